"""How well a model tells who joins a dispute: scores, intervals, and what may be claimed.

A side is scored as a whole (`sides`), by one function for every model. Log scores of sides are
negative, higher is better; `log_loss` and `brier` are losses, lower is better.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from foedus.fit.folds import Fold, block
from foedus.fit.sides import Prediction, Rows, joint_log_score, nobody, row_probability

CALIBRATION = (0.0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)
"""Edges of the classes of stated probability."""
_TINY = 1e-12  # smallest probability that a log score is taken of


Reference = Callable[[Rows, Rows, int], Prediction]
"""Learns from the first rows and says what the second will do; the integer is a seed."""
ClassReference = Callable[[Rows, Rows, int], np.ndarray]
"""The same where either side may be joined: probabilities [row, 3] of out, A, B."""


class Scored(NamedTuple):
    """Rows and sides judged; `of` numbers the side of each row, from 0.

    Attributes:
        p: Probability that each came, whatever the others do, [row].
        joined: Whether it came, [row].
        of: Number of its side, [row].
        log_score: Of each side as a whole, [side].
        somebody: Probability that anybody comes, [side].
        came: Whether anybody came, [side].
        usual: Share of the sides learnt from to which somebody came, [side]: climatology.
        dispute: Number of the dispute, [side].
        year: In which it began, [side].
    """

    p: np.ndarray
    joined: np.ndarray
    of: np.ndarray
    log_score: np.ndarray
    somebody: np.ndarray
    came: np.ndarray
    usual: np.ndarray
    dispute: np.ndarray
    year: np.ndarray

    def only(self, sides: np.ndarray) -> "Scored":
        """Some sides and their rows; `sides` is a mask [side]."""
        rows, number = sides[self.of], np.cumsum(sides) - 1
        kept = (self.p[rows], self.joined[rows], number[self.of[rows]])
        return Scored(*kept, *(column[sides] for column in self[3:]))


class ScoredClasses(NamedTuple):
    """Rows judged where either side may be joined.

    Attributes:
        p: Probabilities of staying out, joining A, joining B, [row, 3].
        joined: What happened, [row], 0, 1 or 2.
        usual: Shares of the three among the rows learnt from, [row, 3]: climatology.
        dispute: Number of the dispute, [row].
        year: In which it began, [row].
    """

    p: np.ndarray
    joined: np.ndarray
    usual: np.ndarray
    dispute: np.ndarray
    year: np.ndarray

    def only(self, rows: np.ndarray) -> "ScoredClasses":
        """Some rows; `rows` is a mask."""
        return ScoredClasses(*(column[rows] for column in self))

    @property
    def log_score(self) -> np.ndarray:
        """Log of the probability given to what happened, [row]."""
        stated = self.p[np.arange(len(self.p)), self.joined.astype(int)]
        return np.log(np.maximum(stated, _TINY))


def judge(prediction: Prediction, test: Rows, usual: float) -> Scored:
    """One prediction beside what happened.

    Args:
        prediction: Of the test rows.
        test: What happened.
        usual: Share of sides learnt from to which somebody came.

    Raises:
        ValueError: Another number of rows, or of draws, than the prediction has.
    """
    expected, got = (len(prediction.sigma), len(test.side)), np.shape(prediction.logits)
    if got != expected:
        raise ValueError(f"expected logits [draw, row] of shape {expected}; got {got}")
    _, first, of = np.unique(test.side, return_index=True, return_inverse=True)
    return Scored(
        row_probability(prediction),
        test.joined.astype(bool),
        of,
        joint_log_score(prediction, test),
        1 - nobody(prediction, test),
        np.bincount(of, test.joined) > 0,
        np.full(len(first), usual),
        test.dispute[first],
        test.year[first],
    )


def evaluate(model: Reference, rows: Rows, folds: list[Fold], seed: int) -> Scored:
    """A model learnt and judged on each fold, all folds together."""
    parts, sides = [], 0
    for fold in folds:
        train, test = rows.take(fold.train & ~rows.held_back), rows.take(fold.test)
        part = judge(model(train, test, seed), test, _came(train).mean())
        parts.append(part._replace(of=part.of + sides))
        sides += len(part.came)
    return Scored(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def evaluate_classes(
    model: ClassReference, rows: Rows, folds: list[Fold], seed: int
) -> ScoredClasses:
    """The same where either side may be joined."""
    parts = []
    for fold in folds:
        train, test = rows.take(fold.train & ~rows.held_back), rows.take(fold.test)
        usual = np.bincount(train.joined.astype(int), minlength=3) / len(train.joined)
        given = np.broadcast_to(usual, (len(test.joined), 3))
        p = model(train, test, seed)
        parts.append(ScoredClasses(p, test.joined.astype(int), given, test.dispute, test.year))
    return ScoredClasses(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _came(rows: Rows) -> np.ndarray:
    """Whether anybody came to each side."""
    _, of = np.unique(rows.side, return_inverse=True)
    return np.bincount(of, rows.joined) > 0


def log_loss(p: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Log loss of each event, in nats; probabilities are held off 0 and 1 by 1e-12.

    Examples:
        >>> log_loss(np.array([0.5, 0.1]), np.array([True, False])).round(3)
        array([0.693, 0.105])
    """
    return -np.log(np.clip(np.where(happened, p, 1 - p), _TINY, 1))


def skill(loss: float, usual: float) -> float:
    """Share of a usual loss that a model does away with: 1 perfect, 0 no better, below 0 worse."""
    return 1 - loss / usual


def measures(scored: Scored) -> dict[str, Any]:
    """All figures of one model on one table, by their names in the JSON report.

    `somebody_skill` is the log skill of "somebody comes" against the share of sides learnt from.
    A figure that cannot be told (no join, or no row without) is None.
    """
    p, joined = scored.p, scored.joined
    came, stated = scored.came, scored.somebody
    usual_loss = float(log_loss(scored.usual, came).mean())
    return {
        "n_sides": len(came),
        "n_rows": len(p),
        "log_loss": float(log_loss(p, joined).mean()),
        "side_log_score": float(scored.log_score.mean()),
        "brier": float(np.mean((p - joined) ** 2)),
        "auc": _ranking(roc_auc_score, joined, p),
        "average_precision": _ranking(average_precision_score, joined, p),
        "side_accuracy": None,
        "somebody_skill": skill(float(log_loss(stated, came).mean()), usual_loss),
        "somebody_auc": _ranking(roc_auc_score, came, stated),
        "somebody_expected_over_observed": float(stated.sum() / came.sum()) if came.any() else None,
    }


def class_measures(scored: ScoredClasses) -> dict[str, Any]:
    """The same where either side may be joined; AUC and precision are of joining at all."""
    happened = scored.joined[:, None] == np.arange(3)
    joined, p = scored.joined > 0, 1 - scored.p[:, 0]
    return {
        "n_sides": len(np.unique(scored.dispute)),
        "n_rows": len(p),
        "log_loss": -float(scored.log_score.mean()),
        "side_log_score": None,
        "brier": float(np.mean(((scored.p - happened) ** 2).sum(1))),
        "auc": _ranking(roc_auc_score, joined, p),
        "average_precision": _ranking(average_precision_score, joined, p),
        "side_accuracy": side_accuracy(scored.p, scored.joined),
        "somebody_skill": None,
    }


def _ranking(
    score: Callable[[np.ndarray, np.ndarray], float], y: np.ndarray, p: np.ndarray
) -> float | None:
    return float(score(y, p)) if y.any() and not y.all() else None


def side_accuracy(p: np.ndarray, joined: np.ndarray) -> float | None:
    """Share of joiners whose side was held the likelier; a tie is half right.

    Args:
        p: Probabilities of out, A, B, [row, 3].
        joined: 0, 1 or 2, [row].

    Examples:
        >>> side_accuracy(np.array([[0.9, 0.06, 0.04], [0.8, 0.1, 0.1]]), np.array([1, 2]))
        0.75
    """
    came = joined > 0
    if not came.any():
        return None
    lead = np.sign(p[came, 1] - p[came, 2]) * np.where(joined[came] == 1, 1, -1)
    return float(np.mean((lead + 1) / 2))


def calibration(
    p: np.ndarray, happened: np.ndarray, edges: tuple[float, ...] = CALIBRATION
) -> list[dict[str, Any]]:
    """For each class of stated probability: how many, what was stated, what came true.

    Examples:
        >>> calibration(np.array([0.001, 0.5]), np.array([False, True]))[-1]
        {'low': 0.4, 'high': 1.0, 'n': 1, 'stated': 0.5, 'observed': 1.0}
    """
    where = np.clip(np.searchsorted(edges, p, "right") - 1, 0, len(edges) - 2)
    lines = []
    for k in np.unique(where):
        inside = where == k
        numbers = int(inside.sum()), float(p[inside].mean()), float(happened[inside].mean())
        names = ("low", "high", "n", "stated", "observed")
        lines.append(dict(zip(names, (edges[k], edges[k + 1], *numbers), strict=True)))
    return lines


def paired_interval(
    ours: np.ndarray,
    theirs: np.ndarray,
    cluster: np.ndarray,
    seed: int,
    level: float = 0.9,
    resamples: int = 4000,
) -> tuple[float, float]:
    """Interval of the mean difference of two models' scores: whole clusters drawn anew.

    Args:
        ours: Scores of one model, [case]: sides, or rows.
        theirs: Of the other, on the same cases.
        cluster: What is drawn as a whole, [case]: the dispute, or `folds.block` of its year.
        seed: Of the resampling.
        level: Share of the resampled means inside.
        resamples: How many.

    Returns:
        Low and high; above zero, ours is the better.

    Reference:
        Efron and Tibshirani (1993), *An Introduction to the Bootstrap*, chapter 13.

    Examples:
        >>> better = np.full(5, 0.1)
        >>> low, high = paired_interval(better, np.zeros(5), np.arange(5), seed=1)
        >>> round(low, 3), round(high, 3)
        (0.1, 0.1)
    """
    _, place = np.unique(cluster, return_inverse=True)
    total, n = np.bincount(place, ours - theirs), np.bincount(place)
    rng, means = np.random.default_rng(seed), np.empty(resamples)
    for k in range(resamples):
        times = np.bincount(rng.integers(0, len(n), len(n)), minlength=len(n))
        means[k] = times @ total / (times @ n)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


class Comparison(NamedTuple):
    """One model beside another, on the same cases.

    Attributes:
        difference: Of the mean scores, above zero where ours is the higher.
        by_dispute: 90 per cent interval, disputes drawn as wholes.
        by_block: The same with blocks of five years drawn as wholes.
        verdict: "better", "ties" or "loses".
    """

    difference: float
    by_dispute: tuple[float, float]
    by_block: tuple[float, float]
    verdict: str


def compare(ours: Scored | ScoredClasses, theirs: Scored | ScoredClasses, seed: int) -> Comparison:
    """Our log scores beside those of another model.

    Raises:
        ValueError: The two were not judged on the same cases.
    """
    if not np.array_equal(ours.dispute, theirs.dispute):
        raise ValueError("expected two models judged on the same cases; got different disputes")
    score = ours.log_score, theirs.log_score
    clusters = (ours.dispute, block(ours.year))
    by_dispute, by_block = (paired_interval(*score, cluster, seed) for cluster in clusters)
    difference = float(np.mean(score[0] - score[1]))
    return Comparison(difference, by_dispute, by_block, verdict(by_dispute, by_block))


def verdict(by_dispute: tuple[float, float], by_block: tuple[float, float]) -> str:
    """What may be said: "better" needs both intervals above zero, "loses" one below.

    Examples:
        >>> verdict((0.01, 0.02), (-0.01, 0.03)), verdict((-0.02, -0.01), (-0.03, 0.01))
        ('ties', 'loses')
    """
    if by_dispute[0] > 0 and by_block[0] > 0:
        return "better"
    return "loses" if by_dispute[1] < 0 or by_block[1] < 0 else "ties"
