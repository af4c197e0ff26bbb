"""What each rival explanation is worth on past cases: scores with it, and with it taken away.

The cases are those of `study.cases`, each answered by draws that have forgotten its own war, so
every line is held out. An explanation earns its place where the others' conduct is foretold worse
without it. The lines of one case share its luck: the standard error is over cases.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from foedus.scenario.schema import Scenario
from foedus.study.called import happened
from foedus.study.cases import Book, cases, with_calls
from foedus.study.explain import Explanation, explanations
from foedus.study.pipeline import Options


class Worth(NamedTuple):
    """What an explanation is worth.

    Attributes:
        explanation: Which.
        log_score: Mean log score without it, nats; lower is better.
        loss: Without it less with it: above zero, it helps.
        error: Standard error of the loss over groups.
    """

    explanation: Explanation
    log_score: float
    loss: float
    error: float


class HeldOut(NamedTuple):
    """Explanations on past cases.

    Attributes:
        n: States called whose conduct is known.
        cases: In how many cases.
        runs: Of each case.
        log_score: Mean log score with all explanations.
        worths: One for each explanation that can be taken away.
    """

    n: int
    cases: int
    runs: int
    log_score: float
    worths: tuple[Worth, ...]


def past() -> tuple[Scenario, ...]:
    """Cases of which it is known what everybody who was called did.

    Examples:
        >>> len(past()) > 10
        True
    """
    return tuple(s for s in with_calls() if None not in happened(s))


def held_out(
    scenarios: Sequence[Scenario],
    options: Options,
    progress: Callable[[int], None] = lambda runs: None,
) -> HeldOut:
    """Score every explanation on past cases.

    Args:
        scenarios: Cases of known conduct.
        options: Runs of each, seed and the like.
        progress: Called with the number of runs done.

    Raises:
        ValueError: The draws in use cannot forget a war that they may have seen.
    """
    active = [one for one in explanations() if not one.missing]
    done = 0

    def scored(without: Explanation | None) -> Book:
        nonlocal done
        gone = tuple((c.path, c.value) for c in without.changes) if without else ()
        book = cases(
            scenarios,
            options._replace(fixed=(*options.fixed, *gone)),
            lambda runs: progress(done + runs),
        )
        done += len(scenarios) * options.runs
        return book

    whole = scored(None)
    where = np.array([line.id for line in whole.lines])
    base = _scores(whole)
    worths = tuple(worth(one, base, _scores(scored(one)), where) for one in active)
    count = len(np.unique(where))
    return HeldOut(len(base), count, options.runs, float(base.mean()), worths)


def _scores(book: Book) -> np.ndarray:
    """Log score of each line."""
    return np.array([line.log_score for line in book.lines], float)


def worth(one: Explanation, base: np.ndarray, without: np.ndarray, where: np.ndarray) -> Worth:
    """What an explanation is worth by log scores with it and without it, in groups."""
    loss = without - base
    return Worth(one, float(without.mean()), float(loss.mean()), clustered(loss, where))


def clustered(x: np.ndarray, group: np.ndarray) -> float:
    """Standard error of a mean whose values come in groups.

    Examples:
        >>> clustered(np.array([1.0, 1.0, 3.0, 3.0]), np.array(["a", "a", "b", "b"]))
        1.0
    """
    _, place = np.unique(group, return_inverse=True)
    sums = np.bincount(place, x - x.mean())
    groups = len(sums)
    return float(np.sqrt((sums**2).sum() * groups / (groups - 1)) / len(x))
