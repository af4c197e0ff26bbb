"""Who was called in each case, what the model says that they would do, and what they did.

Every case is lived for as long as its calls count, all by one compiled program where their shapes
are one. A case that the joining fit has seen is answered without it: its runs count by the weight
of their parameter draw (`fit.without`).
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from foedus.claims.conduct import CATEGORIES, conduct
from foedus.claims.evaluate import evaluate
from foedus.claims.language import Event
from foedus.claims.score import log_floor
from foedus.core import params
from foedus.core.kinds import Side
from foedus.core.runs import draw_of
from foedus.fit.without import Without, seen, without
from foedus.scenario.arrays import frame
from foedus.scenario.catalogue import catalogue
from foedus.scenario.history import history
from foedus.scenario.load import load
from foedus.scenario.schema import Scenario
from foedus.simulate.ensemble import Batch
from foedus.study.pipeline import Options, batches
from foedus.study.workers import in_order

UNSEEN = "prior-2020"
"""Draws that have seen no war."""
_PRIOR_COUNT = 0.5
"""Added to each count of outcomes, so that what has not happened yet may."""


class Line(NamedTuple):
    """One state that is called.

    Attributes:
        id: Of the scenario.
        called: Code of the state.
        side: That calls it.
        dispute: In which.
        probability: Of each category.
        happened: Category that came true; None where nothing has happened.
        log_score: Of that, in nats.
        in_fit: Whether the fit has seen this war, so that it was forgotten for this answer.
        khat: Pareto k of the weights that forgot it; above .7 they cannot be trusted.
        hypothetical: Nothing of the kind has happened.
    """

    id: str
    called: str
    side: str
    dispute: str
    probability: dict[str, float]
    happened: str | None
    log_score: float | None
    in_fit: bool
    khat: float | None
    hypothetical: bool

    @property
    def likeliest(self) -> str:
        """Category of the largest probability."""
        return max(CATEGORIES, key=lambda name: self.probability[name])


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


class Asked(NamedTuple):
    """A state that is called, and the claims that stand for what it may do."""

    state: str
    side: Side
    dispute: str
    claims: dict[str, Event]


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


def short(scenario: Scenario) -> Scenario:
    """The scenario up to the last day that counts; later weeks change nothing before them."""
    last = max(call.by for call in scenario.called)
    return scenario.model_copy(update={"end": last, "questions": {}})


def asked(scenario: Scenario) -> tuple[Asked, ...]:
    """Every state that is called, in the order of the file."""
    found = []
    for call in scenario.called:
        side, dispute = Side[call.side.upper()], scenario.dispute(call.dispute).id
        for code in call.states:
            found.append(Asked(code, side, dispute, conduct(code, side, call.by, dispute)))
    return tuple(found)


def happened(scenario: Scenario) -> tuple[str | None, ...]:
    """What each state that is called did, judged as a run is; None where nothing has happened.

    Examples:
        >>> (kuwait,) = with_calls(["kuwait-1990"])
        >>> happened(kuwait)
        ('join', 'join', 'join', 'none', 'join', 'join')
    """
    brief = short(scenario)
    past, axes = history(brief), frame(brief)
    if past is None or scenario.hypothetical:
        return (None,) * len(asked(scenario))
    return tuple(
        next(name for name, claim in one.claims.items() if evaluate(claim, past, axes)[0])
        for one in asked(scenario)
    )


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
    forgot = {scenario.id: _forget(scenario) for scenario in scenarios}
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
    lines = [
        line
        for scenario in scenarios
        for line in _lines(scenario, judged[scenario.id], forgot[scenario.id], options.runs)
    ]
    known = [line for line in lines if line.happened is not None]
    titles = {scenario.id: scenario.title for scenario in scenarios}
    told = scores(known, options.runs) if known else None
    named = {number for scenario in scenarios for number in scenario.mids}
    unread = tuple(sorted(named - set(seen(named))))
    return Book(tuple(lines), titles, told, len(known), options, params.load().sha256, unread)


def _forget(scenario: Scenario) -> Without:
    """Weights of the draws once the case's own war is forgotten."""
    unseen = params.load().sha256 == params.load(UNSEEN).sha256
    return without(() if unseen else scenario.mids)


def _judged(scenario: Scenario, make: Callable[[], Batch]) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of a batch's runs, and which category is true of each state [state, run]."""
    batch, axes = make(), frame(short(scenario))
    true = [
        np.stack([evaluate(claim, batch.trajectories, axes) for claim in one.claims.values()])
        for one in asked(scenario)
    ]
    return batch.run, np.stack([found.argmax(0) for found in true])


def _lines(
    scenario: Scenario,
    judged: list[tuple[np.ndarray, np.ndarray]],
    forgot: Without,
    runs: int,
) -> Iterable[Line]:
    """The lines of one case."""
    weight = forgot.weight[draw_of(np.concatenate([run for run, _ in judged])) % len(forgot.weight)]
    weight = weight / weight.sum()
    did = np.concatenate([category for _, category in judged], axis=1)
    in_fit = forgot.khat is not None
    for one, own, fact in zip(asked(scenario), did, happened(scenario), strict=True):
        shares = np.bincount(own, weight, len(CATEGORIES))
        p = dict(zip(CATEGORIES, shares.tolist(), strict=True))
        score = None if fact is None else log_score(p, fact, log_floor(runs))
        yield Line(
            scenario.id, one.state, one.side.name.lower(), one.dispute, p, fact, score,
            in_fit, forgot.khat, scenario.hypothetical,
        )  # fmt: skip


# ---- scores


def log_score(p: dict[str, float], fact: str, floor: float) -> float:
    """Log score of a category in nats, where no probability counts as less than a floor.

    Examples:
        >>> round(log_score({"none": 0.5, "join": 0.5}, "join", 0.001), 3)
        0.693
    """
    return -math.log(max(p[fact], floor))


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
