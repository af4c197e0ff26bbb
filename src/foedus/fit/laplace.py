"""Where a posterior peaks, how wide it is there, and draws from it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""Log density and its gradient."""


class Peak(NamedTuple):
    """A mode and the covariance of the normal that fits the density there.

    Attributes:
        mode: Vector.
        covariance: Inverse of the negative Hessian.
        value: Log density at the mode.
        slope: Largest component of the gradient there, in standard deviations of the normal.
        evaluations: Of the density.
    """

    mode: np.ndarray
    covariance: np.ndarray
    value: float
    slope: float
    evaluations: int

    def draw(self, number: int, seed: int) -> np.ndarray:
        """Draws of the normal [draw, parameter]; in pairs that mirror each other at the mode."""
        rng = np.random.default_rng(seed)
        half = rng.standard_normal(((number + 1) // 2, len(self.mode)))
        z = np.concatenate([half, -half])[:number]
        return self.mode + z @ np.linalg.cholesky(self.covariance).T


def climb(density: Objective, start: np.ndarray, scale: np.ndarray, tolerance: float) -> np.ndarray:
    """Mode of a log density by BFGS, from `start`, in units of `scale`."""

    def down(x: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = density(start + scale * x)
        return -value, -gradient * scale

    found = minimize(
        down, np.zeros_like(start), jac=True, method="BFGS", options={"gtol": tolerance}
    )
    return start + scale * found.x


def peak(density: Objective, mode: np.ndarray, widest: np.ndarray) -> Peak:
    """The normal at a mode; the Hessian is made of differences of the gradient.

    Where a density is flatter than a prior it cannot be told from, the prior's width is taken: a
    log that wanders off toward minus infinity has next to no curvature there.

    Args:
        density: Log density and gradient.
        mode: Where it peaks.
        widest: Largest sd of each number, that of its prior.

    Examples:
        >>> bowl = lambda x: (-float(x @ x) / 2, -x)
        >>> peak(bowl, np.zeros(2), np.full(2, 3.0)).covariance.round(6).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    step = 1e-3 * widest
    value, slope = density(mode)
    rows = []
    for i, h in enumerate(step):
        moved = mode.copy()
        moved[i] += h
        rows.append((density(moved)[1] - slope) / h)
    hessian = -(np.array(rows) + np.array(rows).T) / 2
    curve, axes = np.linalg.eigh(hessian * np.outer(widest, widest))
    scaled = (axes / np.maximum(curve, 1)) @ axes.T
    covariance = scaled * np.outer(widest, widest)
    steep = float(np.abs(slope * np.sqrt(np.diag(covariance))).max())
    return Peak(mode, (covariance + covariance.T) / 2, float(value), steep, 1 + len(step))
