"""Scores of claims: each by itself, and means in which an event counts once."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from foedus.claims.score import brier, log_score
from foedus.scenario.ledger import Ledger, Row
from foedus.study.answers import Answer

Range = tuple[float, float]
HALF = 0.5


class Grade(NamedTuple):
    """Scores of one claim, or of several made together; the less, the better.

    Attributes:
        ids: Its rows.
        kind: Of the first of them.
        event: Id of the event that it is about.
        p: What the model says.
        happened: Whether it came true, by its own deadline.
        brier: Of the model.
        log: Log score of the model, nats.
        there: Brier score of the model by its own deadline, where it has a class of cases.
        reference: That of the class, whose rate is for this deadline.
        words: Brier scores of the author's words: the best and the worst of their range.
    """

    ids: tuple[str, ...]
    kind: str
    event: str
    p: float
    happened: bool
    brier: float
    log: float
    there: float | None
    reference: float | None
    words: Range | None


class Total(NamedTuple):
    """Mean scores over events, each counted once.

    Attributes:
        events: Number of events.
        claims: Number of claims about them; those made together are one.
        brier: Of the model.
        coin: Of 50 per cent for each.
        log: Log score of the model, nats.
        coin_log: Of 50 per cent for each.
        n_reference: Events with a class of cases.
        brier_there: Of the model on these, each by its own deadline.
        reference: Of the classes.
        n_words: Events with a claim whose words tell a probability.
        brier_words: Of the model on these.
        words_low: Of the words, each at the better end of its range.
        words_high: Each at the worse end.
    """

    events: int
    claims: int
    brier: float
    coin: float
    log: float
    coin_log: float
    n_reference: int
    brier_there: float | None
    reference: float | None
    n_words: int
    brier_words: float | None
    words_low: float | None
    words_high: float | None


def graded(
    ids: tuple[str, ...],
    row: Row,
    answers: tuple[Answer, ...],
    words: Sequence[float] | None,
    ledger: Ledger,
    floor: float,
) -> Grade | None:
    """Scores of a claim, means over its deadlines; None where nothing can be scored.

    Args:
        ids: Rows of the claim.
        row: The first of them.
        answers: By its deadlines.
        words: Range of the author's words.
        ledger: Tells which event it is about.
        floor: Least probability that the log score reads.
    """
    known = [a for a in answers if a.scored]
    if not known:
        return None
    y = np.array([bool(a.happened) for a in known])
    p = np.array([a.value for a in known], float)
    rate = known[0].reference.p
    classed = rate is not None
    return Grade(
        ids=ids,
        kind=row.kind,
        event=ledger.event(ids[0]),
        p=float(p.mean()),
        happened=bool(y[0]),
        brier=float(brier(p, y).mean()),
        log=float(log_score(p, y, floor).mean()),
        there=float(brier(p[0], y[0])) if classed else None,
        reference=float(brier(rate, y[0])) if classed else None,
        words=_worded(words, y) if words else None,
    )


def _worded(words: Sequence[float], y: np.ndarray) -> Range:
    """Least and greatest Brier score of a probability within a range."""
    best = float(np.clip(y.mean(), min(words), max(words)))
    scores = [float(brier(p, y).mean()) for p in (best, *map(float, words))]
    return min(scores), max(scores)


def conjunction(ranges: Sequence[Sequence[float]]) -> Range:
    """Least and greatest probability that all of several claims are true, whatever ties them.

    Reference:
        Fréchet (1935), *Fundamenta Mathematicae* 25, 379-387.

    Examples:
        >>> conjunction([(0.75, 1.0), (0.75, 0.875)])
        (0.5, 0.875)
    """
    low = sum(low for low, _ in ranges) - (len(ranges) - 1)
    return max(0.0, low), min(high for _, high in ranges)


def total(grades: Iterable[Grade]) -> Total | None:
    """Mean scores, each event counted once: claims about one event share its weight.

    Examples:
        >>> one = Grade(("A",), "forecast", "E", 0.5, True, 0.25, 0.7, None, None, (0.0, 0.2))
        >>> two = one._replace(ids=("B",), brier=0.75)
        >>> three = one._replace(event="F", brier=0.0, there=0.0, reference=0.1, words=None)
        >>> found = total([one, two, three])
        >>> found.events, found.claims, found.brier, found.n_reference, found.n_words
        (2, 3, 0.25, 1, 1)
        >>> total([]) is None
        True
    """
    grades = list(grades)
    if not grades:
        return None
    classed = [g for g in grades if g.reference is not None]
    worded = [g for g in grades if g.words is not None]
    return Total(
        events=len({g.event for g in grades}),
        claims=len(grades),
        brier=_by_event(grades, [g.brier for g in grades]) or 0.0,
        coin=float(brier(HALF, True)),
        log=_by_event(grades, [g.log for g in grades]) or 0.0,
        coin_log=math.log(2),
        n_reference=len({g.event for g in classed}),
        brier_there=_by_event(classed, [g.there for g in classed]),
        reference=_by_event(classed, [g.reference for g in classed]),
        n_words=len({g.event for g in worded}),
        brier_words=_by_event(worded, [g.brier for g in worded]),
        words_low=_by_event(worded, [g.words[0] for g in worded if g.words]),
        words_high=_by_event(worded, [g.words[1] for g in worded if g.words]),
    )


def _by_event(grades: Sequence[Grade], scores: Sequence[float | None]) -> float | None:
    """Mean over events of the mean over the claims about each; None without any."""
    events: dict[str, list[float]] = {}
    for grade, score in zip(grades, scores, strict=True):
        if score is not None:
            events.setdefault(grade.event, []).append(score)
    return mean([mean(found) for found in events.values()])


def mean(numbers: Sequence[float | None]) -> float | None:
    """Mean of numbers; None without any, or where one is not known."""
    known = [x for x in numbers if x is not None]
    return math.fsum(known) / len(known) if known and len(known) == len(numbers) else None
