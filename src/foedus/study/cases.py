"""Who was called in each case, what the model says that they would do, and what they did.

Every case is lived for as long as its calls count, all by one compiled program where their shapes
are one.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from foedus.claims.conduct import CATEGORIES
from foedus.claims.runs import view
from foedus.claims.score import log_floor
from foedus.core import params
from foedus.fit.without import seen
from foedus.scenario.arrays import frame
from foedus.scenario.catalogue import catalogue
from foedus.scenario.load import load
from foedus.scenario.schema import Scenario
from foedus.simulate.ensemble import Batch
from foedus.study.called import Line, calls, did, forget, lines, log_score, short
from foedus.study.pipeline import Options, batches
from foedus.study.workers import in_order

_PRIOR_COUNT = 0.5
"""Added to each count of outcomes, so that what has not happened yet may."""


class Score(NamedTuple):
    """Mean scores over the states of known conduct; lower is better.

    Attributes:
        log: Log score, nats.
        brier: Sum over the categories of squared errors, 0 to 2.
    """

    log: float
    brier: float


class Book(NamedTuple):
    """All cases.

    Attributes:
        lines: One a state called.
        titles: Of the scenarios, by id.
        scores: Of the model and of the references, by name; None where nothing is known.
        n: Number of lines that are scored.
        options: How it was simulated.
        parameters: Hash of the parameter draws.
        unread: Numbers of disputes that cases name and the fit has not read: nothing to forget.
    """

    lines: tuple[Line, ...]
    titles: dict[str, str]
    scores: dict[str, Score] | None
    n: int
    options: Options
    parameters: str
    unread: tuple[int, ...] = ()


def with_calls(names: Iterable[str] = ()) -> tuple[Scenario, ...]:
    """Scenarios that say who is called: those named, or all that come with the package.

    Raises:
        ValueError: One cannot be read, or calls nobody.

    Examples:
        >>> [scenario.id for scenario in with_calls(["kuwait-1990"])]
        ['kuwait-1990']
    """
    chosen = tuple(names)
    found = [load(name, questions=False) for name in chosen or catalogue()]
    for scenario in found:
        if chosen and not scenario.called:
            raise ValueError(f"{scenario.id}: expected `called`, who is asked to help; got none")
    return tuple(scenario for scenario in found if scenario.called)


def cases(
    scenarios: Sequence[Scenario],
    options: Options,
    progress: Callable[[int], None] = lambda runs: None,
) -> Book:
    """Simulate the cases and compare.

    Args:
        scenarios: Those with calls.
        options: Runs of each, seed and the like.
        progress: Called with the number of runs done after each batch.

    Raises:
        ValueError: The draws in use cannot forget a war that they may have seen.
    """
    forgot = {scenario.id: forget(scenario) for scenario in scenarios}
    tasks, whose = [], []
    for scenario in scenarios:
        for make in batches(short(scenario), options)[1]:
            tasks.append(partial(_judged, scenario, make))
            whose.append(scenario.id)
    judged: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {s.id: [] for s in scenarios}
    done = 0
    for name, found in zip(whose, in_order(tasks, options.devices), strict=True):
        judged[name].append(found)
        progress(done := done + len(found[0]))
    found = [
        line
        for one in scenarios
        for draw, category in [zip(*judged[one.id], strict=True)]
        for line in lines(one, np.concatenate(draw), np.concatenate(category, 1), forgot[one.id])
    ]
    known = [line for line in found if line.happened is not None]
    titles = {scenario.id: scenario.title for scenario in scenarios}
    told = scores(known, options.runs) if known else None
    named = {number for scenario in scenarios for number in scenario.mids}
    unread = tuple(sorted(named - set(seen(named))))
    return Book(tuple(found), titles, told, len(known), options, params.load().sha256, unread)


def _judged(scenario: Scenario, make: Callable[[], Batch]) -> tuple[np.ndarray, np.ndarray]:
    """Draws of a batch's runs, and which category is true of each state [state, run]."""
    batch = make()
    return batch.draw, did(calls(scenario), view(batch.trajectories, frame(short(scenario))))


# ---- scores


def brier(p: dict[str, float], fact: str) -> float:
    """Brier score over the categories, 0 best, 2 worst.

    Examples:
        >>> brier({"none": 0.5, "join": 0.5}, "join")
        0.5
    """
    return sum((value - (name == fact)) ** 2 for name, value in p.items())


def references(lines: Sequence[Line], floor: float) -> dict[str, list[dict[str, float]]]:
    """What one might say without a model: all alike, as in the other cases, nobody comes."""
    n = len(CATEGORIES)
    nobody = {name: floor for name in CATEGORIES} | {"none": 1 - (n - 1) * floor}
    return {
        "uniform": [dict.fromkeys(CATEGORIES, 1 / n)] * len(lines),
        "other cases": [_elsewhere(lines, line.id) for line in lines],
        "nobody comes": [nobody] * len(lines),
    }


def _elsewhere(lines: Sequence[Line], case: str) -> dict[str, float]:
    """How often each category came true in all cases but one."""
    facts = [line.happened for line in lines if line.id != case]
    counts = {name: facts.count(name) + _PRIOR_COUNT for name in CATEGORIES}
    return {name: count / sum(counts.values()) for name, count in counts.items()}


def scores(lines: Sequence[Line], runs: int) -> dict[str, Score]:
    """Mean scores of the model and of the references over lines whose outcome is known."""
    floor = log_floor(runs)
    said = {"foedus": [line.probability for line in lines]} | references(lines, floor)
    found = {}
    for name, every in said.items():
        pairs = [(p, str(line.happened)) for p, line in zip(every, lines, strict=True)]
        found[name] = Score(
            float(np.mean([log_score(p, fact, floor) for p, fact in pairs])),
            float(np.mean([brier(p, fact) for p, fact in pairs])),
        )
    return found
