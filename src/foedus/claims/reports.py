r"""How many have died, by reports that are biased and noisy?

Source j, which speaks of its own dead, of the enemy's, or from outside, reports y of D dead:

$$ \log y_{ij} = \log D + b_j + \varepsilon_{ij}, \qquad
   b_j \sim N(\beta_{role}, \sigma_{role}^2 + \sigma_\zeta^2), \qquad
   \varepsilon_{ij} \sim \sigma_\varepsilon\, t_4 $$

What a source is off by stays with it, so that it cannot outvote another by repeating itself. The
posterior of log D, a priori flat, is found by quadrature. That a ministry is silent is not used.
Sizes of the biases are judgements (model note 5.2).
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

Role = Literal["own", "enemy", "outsider"]

_SCORE, _WEIGHT = hermegauss(60)
_STEP, _BEYOND = 0.02, 8.0
_FREEDOM = 4


class Report(NamedTuple):
    """A number of dead that a source states.

    Attributes:
        source: Who states it.
        role: Whether the dead are its own or the enemy's.
        total: The number, above 0.
    """

    source: str
    role: Role
    total: float


class Law(NamedTuple):
    """How reports are off, in logs.

    Attributes:
        bias: Mean and spread, between sources, of what those of a role are off by.
        source: Spread between sources of one role beyond that.
        noise: Scale of what is left in each report.
    """

    bias: dict[Role, tuple[float, float]]
    source: float
    noise: float


LAW = Law({"own": (-0.5, 0.5), "enemy": (1.0, 0.7), "outsider": (-0.15, 0.15)}, 0.3, 0.4)
"""Ministries understate their own dead and overstate the enemy's; counts from outside run low."""


class Estimate(NamedTuple):
    """Median of the posterior, and its 5 and 95 per cent quantiles."""

    median: float
    low: float
    high: float


def estimate(reports: Iterable[Report], law: Law = LAW) -> Estimate:
    """How many have died, by reports of one total.

    Args:
        reports: One or more.
        law: How reports are off.

    Raises:
        ValueError: There is no report, or one of none dead.

    Examples:
        The two ministries of a war in which each side says what suits it:

        >>> found = estimate([Report("one", "own", 300), Report("other", "enemy", 1400)])
        >>> round(found.low) < 500 < round(found.high)
        True
    """
    told = list(reports)
    if not told or min(report.total for report in told) <= 0:
        raise ValueError("expected one report or more, each of more than 0 dead")
    logs = np.log([report.total for report in told])
    grid = np.arange(logs.min() - _BEYOND, logs.max() + _BEYOND, _STEP)
    log_density = np.zeros_like(grid)
    sources: set[tuple[str, Role]] = {(report.source, report.role) for report in told}
    for source in sorted(sources):
        own = logs[[(report.source, report.role) == source for report in told]]
        log_density += np.log(_likelihood(own, grid, source[1], law))
    density = np.exp(log_density - log_density.max())
    below = (np.cumsum(density) - density / 2) / density.sum()
    low, median, high = np.exp(np.interp([0.05, 0.5, 0.95], below, grid))
    return Estimate(float(median), float(low), float(high))


def _likelihood(logs: np.ndarray, grid: np.ndarray, role: Role, law: Law) -> np.ndarray:
    """Of one source's reports at each log D, what it is off by averaged out; to a constant."""
    mean, spread = law.bias[role]
    bias = mean + np.hypot(spread, law.source) * _SCORE
    left = logs[:, None, None] - grid[:, None] - bias
    each = ((1 + (left / law.noise) ** 2 / _FREEDOM) ** (-(_FREEDOM + 1) / 2)).prod(axis=0)
    return np.maximum(each @ _WEIGHT, np.finfo(float).tiny)
