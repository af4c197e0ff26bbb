r"""What one side of a dispute does as a whole: rows, a prediction of them, and its likelihood.

Joins on one side of one dispute hang together. A model gives each third party a logit and each
side one shared normal effect,

$$ L_s = \int \phi(z) \prod_{k \in s} p_k(z)^{y_k} (1 - p_k(z))^{1 - y_k}\, dz, \qquad
   p_k(z) = \Lambda(\eta_k + \sigma z) , $$

and with posterior draws the score of a side is the log of the mean of $L_s$ over them. This one
function both fits the reference `mixed9` and scores every model, ours and the references alike.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp


class Rows(NamedTuple):
    """One row per dispute and third party that could have come.

    Attributes:
        dispute: Number of the dispute, [row].
        side: Number of the dispute's side that is asked about, [row]; rows of one number share an
            effect. Where either side may be joined, the dispute again.
        year: In which the dispute began, [row].
        joined: Whether it came, [row], bool; where either side may be joined 0 stayed out,
            1 joined A, 2 joined B.
        held_back: Rows that may be judged but never learnt from, [row], bool.
        x: Covariates, [row, covariate].
        names: Of the covariates.
    """

    dispute: np.ndarray
    side: np.ndarray
    year: np.ndarray
    joined: np.ndarray
    held_back: np.ndarray
    x: np.ndarray
    names: tuple[str, ...]

    def take(self, keep: np.ndarray) -> "Rows":
        """These rows alone; `keep` is a mask or indices."""
        return self._make([*(column[keep] for column in self[:6]), self.names])

    def of(self, *names: str) -> np.ndarray:
        """These covariates, [row, name].

        Raises:
            ValueError: A name that the rows lack.
        """
        if missing := [name for name in names if name not in self.names]:
            raise ValueError(f"expected covariates {', '.join(missing)}; got {self.names}")
        return self.x[:, [self.names.index(name) for name in names]].astype(float)


class Prediction(NamedTuple):
    """What a model says of some rows; one draw where it has no posterior.

    Attributes:
        logits: Log-odds of joining where the shared effect is zero, [draw, row].
        sigma: Standard deviation of the shared effect, on the logit, [draw].
    """

    logits: np.ndarray
    sigma: np.ndarray


class Layout(NamedTuple):
    """Some sides with their rows in a row, and the grid on which their effect is integrated.

    Attributes:
        row: Where these rows stand in the table, side after side.
        start: Where in `row` each side begins, [side].
        side: Number of each side, from 0.
        joined: Whether each came, [row of the layout].
        z: Values of the standard normal effect, [node].
        log_weight: Their log weights, [node].
    """

    row: np.ndarray
    start: np.ndarray
    side: np.ndarray
    joined: np.ndarray
    z: np.ndarray
    log_weight: np.ndarray


def layouts(rows: Rows) -> list[Layout]:
    """Sides to which nobody came, on a coarse grid, and the others on a fine one.

    A trapezoid rule on a grid much finer than the integrand is wide is as good as exact. Nobody
    coming leaves the effect nearly as wide as it was; many coming pin it down to a tenth.
    """
    _, place = np.unique(rows.side, return_inverse=True)
    came = np.bincount(place, rows.joined) > 0
    parts = ((~came, 0.2), (came, 0.05))
    return [_layout(place, rows.joined, which, step) for which, step in parts if which.any()]


def _layout(place: np.ndarray, joined: np.ndarray, which: np.ndarray, step: float) -> Layout:
    row = np.argsort(place, kind="stable")
    row = row[which[place[row]]]
    start = np.flatnonzero(np.diff(place[row], prepend=-1))
    z = np.arange(-8, 8 + step / 2, step)
    log_weight = np.log(step) - z**2 / 2 - np.log(2 * np.pi) / 2
    return Layout(row, start, place[row[start]], joined[row].astype(float), z, log_weight)


def log_parts(
    layout: Layout, logits: np.ndarray, sigma: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each side's log likelihood in parts: the integrand by node, and each row's odds there.

    Args:
        layout: Of the sides.
        logits: Of all rows of the table, [row].
        sigma: Of the shared effect.

    Returns:
        Log of the integrand times its weight, [side, node]; its log sum over nodes, which is the
        side's log likelihood, [side]; odds of joining, [row of the layout, node].
    """
    eta = logits[layout.row]
    odds = np.exp(np.minimum(eta[:, None] + sigma * layout.z, 700))
    out = np.add.reduceat(np.log1p(odds), layout.start, axis=0)
    joins = np.add.reduceat(layout.joined, layout.start)
    fixed = np.add.reduceat(layout.joined * eta, layout.start)
    inside = fixed[:, None] + joins[:, None] * (sigma * layout.z) - out + layout.log_weight
    return inside, np.asarray(logsumexp(inside, axis=1)), odds


def joint_log_score(prediction: Prediction, rows: Rows) -> np.ndarray:
    """Log probability of what each side's third parties did together, [side].

    Sides come in the order of `numpy.unique(rows.side)`; probabilities are means over draws.

    Examples:
        >>> one = np.zeros(2)  # two third parties of one side, one came; no shared effect
        >>> rows = Rows(one, one, one, np.array([True, False]), one, one[:, None], ("x",))
        >>> joint_log_score(Prediction(np.zeros((1, 2)), np.zeros(1)), rows).round(3)
        array([-1.386])
    """
    by_draw = np.empty((len(prediction.sigma), len(np.unique(rows.side))))
    for layout in layouts(rows):
        for draw, sigma in enumerate(prediction.sigma):
            by_draw[draw, layout.side] = log_parts(layout, prediction.logits[draw], sigma)[1]
    return logsumexp(by_draw, axis=0) - np.log(len(by_draw))


def nobody(prediction: Prediction, rows: Rows) -> np.ndarray:
    """Probability that nobody joins each side, [side]."""
    silent = rows._replace(joined=np.zeros(len(rows.side), bool))
    return np.exp(joint_log_score(prediction, silent))


def marginal(logits: np.ndarray, sigma: float) -> np.ndarray:
    r"""Probability once the effect is averaged out: $E\,\Lambda(\eta + \sigma z)$.

    Examples:
        >>> marginal(np.array([0.0, -4.0]), 2.0).round(3)
        array([0.5  , 0.068])
    """
    z = np.arange(-8, 8.1, 0.25)
    weight = 0.25 * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return 1 / (1 + np.exp(-np.clip(logits[..., None] + sigma * z, -700, 700))) @ weight


def row_probability(prediction: Prediction) -> np.ndarray:
    """Probability that each third party comes, over draws and the shared effect, [row]."""
    total = np.zeros(prediction.logits.shape[1])
    for logits, sigma in zip(prediction.logits, prediction.sigma, strict=True):
        total += marginal(logits, sigma)
    return total / len(prediction.sigma)
