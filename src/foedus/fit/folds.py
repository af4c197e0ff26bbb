"""Which rows a model learns from, and which it is judged on.

Rolling origin is the honest order, past before future. Folds of disputes use more data, but let
parallel disputes of one crisis stand on both sides; blocks of years do not.
"""

from typing import NamedTuple

import numpy as np


class Fold(NamedTuple):
    """One division of the rows.

    Attributes:
        label: First year judged, or number of the fold.
        train: Rows to learn from, [row], bool.
        test: Rows to judge, [row], bool.
    """

    label: int
    train: np.ndarray
    test: np.ndarray


def rolling_origin(
    year: np.ndarray, first: int = 1900, last: int = 2000, step: int = 10
) -> list[Fold]:
    """Learn from all years before T, judge the years from T on to the next T.

    T runs from `first` to `last`; the last one is judged to the end of the rows. An origin with
    nothing to learn from or nothing to judge is left out.

    Args:
        year: In which each row's dispute began, [row].
        first: First T.
        last: Last T.
        step: Years between two T.

    Examples:
        >>> folds = rolling_origin(np.array([1890, 1905, 2010]), step=50)
        >>> [(fold.label, fold.train.sum().item(), fold.test.sum().item()) for fold in folds]
        [(1900, 1, 1), (2000, 2, 1)]
    """
    year, folds = np.asarray(year), []
    for origin in range(first, last + 1, step):
        until = origin + step if origin + step <= last else np.inf
        folds.append(Fold(origin, year < origin, (year >= origin) & (year < until)))
    return [fold for fold in folds if fold.train.any() and fold.test.any()]


def by_group(group: np.ndarray, n: int, seed: int) -> list[Fold]:
    """Whole groups left out, in `n` folds of about equally many groups.

    Args:
        group: What stays together, [row]: disputes, or `block` of their years.
        n: Folds; at most as many as there are groups.
        seed: Of the shuffle.

    Raises:
        ValueError: Fewer than two folds, or more folds than groups.

    Examples:
        >>> folds = by_group(np.array([7, 7, 8, 9]), 3, seed=1)
        >>> sum(fold.test for fold in folds).tolist(), folds[0].label
        ([1, 1, 1, 1], 0)
    """
    groups, place = np.unique(group, return_inverse=True)
    if not 2 <= n <= len(groups):
        raise ValueError(f"expected from 2 to {len(groups)} folds, one group each; got {n}")
    fold = np.random.default_rng(seed).permutation(len(groups))[place] % n
    return [Fold(k, fold != k, fold == k) for k in range(n)]


def block(year: np.ndarray, years: int = 5) -> np.ndarray:
    """Number of the block of years that each row falls in.

    Examples:
        >>> block(np.array([1914, 1915, 1919, 1920])).tolist()
        [382, 383, 383, 384]
    """
    return np.asarray(year) // years
