"""How good a forecast was: proper scores, all negatively oriented (lower is better).

Orientation and formulas are those of `scoringrules`; arguments come forecast first.
"""

import numpy as np
from numpy.typing import ArrayLike


def brier(p: ArrayLike, y: ArrayLike) -> np.ndarray:
    r"""Brier score $(p - y)^2$ of each forecast: 0 best, 1 worst, .25 for always one half.

    Args:
        p: Probabilities.
        y: Outcomes, 0 or 1 (or bool); shapes broadcast.

    Raises:
        ValueError: A probability outside [0, 1] or an outcome other than 0 and 1.

    Reference:
        Brier (1950), *Monthly Weather Review* 78(1), 1-3.

    Examples:
        >>> float(brier(0.8, True).round(3))
        0.04
    """
    p, y = _events(p, y)
    return (p - y) ** 2


def mean_brier(p: ArrayLike, y: ArrayLike) -> float:
    """Mean Brier score over questions.

    Raises:
        ValueError: As for `brier`, or no question.

    Examples:
        >>> mean_brier([0.5, 1.0], [1, 1])
        0.125
    """
    scores = brier(p, y)
    if scores.size == 0:
        raise ValueError("expected at least one question; got none")
    return float(scores.mean())


def log_floor(n_runs: int) -> float:
    """Smallest probability that an ensemble may state: 1 / (N + 1).

    No hits in N runs do not show that an event is impossible; without a floor one such event
    would cost infinity.

    Raises:
        ValueError: No run.

    Examples:
        >>> log_floor(99)
        0.01
    """
    if n_runs < 1:
        raise ValueError(f"expected at least one run; got {n_runs}")
    return 1 / (n_runs + 1)


def log_score(p: ArrayLike, y: ArrayLike, floor: float) -> np.ndarray:
    r"""Log score $-\ln|p + y - 1|$ in nats of each forecast: 0 best, $-\ln$ `floor` worst.

    Args:
        p: Probabilities; held between `floor` and 1 - `floor` first.
        y: Outcomes, 0 or 1 (or bool); shapes broadcast.
        floor: For an ensemble of N runs `log_floor(N)`; 0 scores `p` as it stands, with
            infinity for a certainty that failed.

    Raises:
        ValueError: As for `brier`, or a floor outside [0, .5].

    Reference:
        Good (1952), *Journal of the Royal Statistical Society B* 14(1), 107-114.

    Examples:
        >>> log_score([0.5, 0.0], 1, floor=0.01).round(3)
        array([0.693, 4.605])
    """
    p, y = _events(p, y)
    if not 0 <= floor <= 0.5:
        raise ValueError(f"expected a floor from 0 to .5; got {floor}")
    stated = np.clip(p, floor, 1 - floor)
    with np.errstate(divide="ignore"):
        return -np.log(np.where(y == 1, stated, 1 - stated))


def crps(values: ArrayLike, y: float) -> float:
    r"""Continuous ranked probability score of an ensemble, in the unit of the quantity.

    $$ \frac1n \sum_i |x_i - y| - \frac{1}{2 n (n-1)} \sum_{i, k} |x_i - x_k| , $$

    the fair estimator: unbiased for the score of the law that the runs are drawn from, so that
    an ensemble is not punished for being small. It may be slightly negative.

    Args:
        values: The quantity in each run, [run], at least two.
        y: What happened.

    Raises:
        ValueError: Fewer than two runs, or more than one axis.

    Reference:
        Ferro (2014), *Quarterly Journal of the Royal Meteorological Society* 140(683), 1917-1923.

    Examples:
        >>> crps([1.0, 3.0], 2.0)
        0.0
        >>> crps([1.0, 2.0, 3.0], 6.0).__round__(3)
        3.333
    """
    x = np.sort(np.asarray(values, float))
    n = x.size
    if x.ndim != 1 or n < 2:
        raise ValueError(f"expected two or more runs on one axis; got shape {x.shape}")
    apart = (2 * np.arange(n) - n + 1) @ x / (n * (n - 1))
    return float(np.abs(x - y).mean() - apart)


def _events(p: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and outcomes as floats."""
    p, y = np.asarray(p, float), np.asarray(y, float)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"expected probabilities from 0 to 1; got {p}")
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"expected outcomes of 0 or 1; got {y}")
    return p, y
