"""What each state that is called would do, by the runs, and what it did.

A case that the joining fit has seen is answered without it: a run counts by the weight of its
parameter draw (`fit.without`).
"""

import math
from typing import NamedTuple

import numpy as np

from foedus.claims.conduct import CATEGORIES, conduct
from foedus.claims.judge import judge
from foedus.claims.language import Event
from foedus.claims.runs import Runs, view
from foedus.claims.score import log_floor
from foedus.core import params
from foedus.core.kinds import Side
from foedus.fit.without import Without, without
from foedus.scenario.arrays import frame
from foedus.scenario.history import history
from foedus.scenario.schema import Scenario

UNSEEN = "prior-2020"
"""Draws that have seen no war."""
_BAD = 0.7
"""Pareto k above which weights cannot be trusted (Vehtari and coauthors 2024)."""


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
        khat: Pareto k of the weights that forgot it; None where nothing was forgotten.
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

    @property
    def weak(self) -> bool:
        """Whether the weights that forgot the war cannot be trusted."""
        return self.khat is not None and self.khat > _BAD


class Call(NamedTuple):
    """A state that is called, and the claims that stand for what it may do."""

    state: str
    side: Side
    dispute: str
    claims: dict[str, Event]


def calls(scenario: Scenario) -> tuple[Call, ...]:
    """Every state that is called by a day within the scenario, in the order of the file."""
    found = []
    for call in scenario.called:
        side, dispute = Side[call.side.upper()], scenario.dispute(call.dispute).id
        for code in call.states if call.by <= scenario.end else ():
            found.append(Call(code, side, dispute, conduct(code, side, call.by, dispute)))
    return tuple(found)


def short(scenario: Scenario) -> Scenario:
    """The scenario up to the last day that counts; later weeks change nothing before them."""
    last = max(call.by for call in scenario.called)
    return scenario.model_copy(update={"end": last, "questions": {}})


def happened(scenario: Scenario) -> tuple[str | None, ...]:
    """What each state that is called did, judged as a run is; None where nothing has happened.

    Examples:
        >>> from foedus.scenario.load import load
        >>> happened(load("kuwait-1990"))
        ('join', 'join', 'join', 'none', 'join', 'join')
    """
    brief = short(scenario)
    past = history(brief)
    if past is None or scenario.hypothetical:
        return (None,) * len(calls(scenario))
    return tuple(CATEGORIES[i] for i in did(calls(scenario), view(past, frame(brief)))[:, 0])


def did(asked: tuple[Call, ...], runs: Runs) -> np.ndarray:
    """Which category is true of each state in each run, [state, run]."""
    true = [np.stack([judge(claim, runs) for claim in one.claims.values()]) for one in asked]
    none = np.empty((0, runs.status.shape[-1]), np.int8)
    return np.stack([found.argmax(0).astype(np.int8) for found in true]) if true else none


def forget(scenario: Scenario) -> Without:
    """Weights of the draws once the case's own war is forgotten.

    Raises:
        ValueError: The draws in use cannot forget a war that they may have seen.
    """
    unseen = params.load().sha256 == params.load(UNSEEN).sha256
    return without(() if unseen else scenario.mids)


def lines(
    scenario: Scenario, draw: np.ndarray, category: np.ndarray, forgot: Without
) -> tuple[Line, ...]:
    """The shares of the runs in which each state does so, beside what it did.

    Args:
        scenario: Says who is called.
        draw: Parameter draw of each run, [run].
        category: From `did`, [state, run].
        forgot: From `forget`.
    """
    weight = forgot.weight[draw % len(forgot.weight)]
    weight = weight / weight.sum()
    found = []
    for one, own, fact in zip(calls(scenario), category, happened(scenario), strict=True):
        shares = np.bincount(own, weight, len(CATEGORIES))
        p = dict(zip(CATEGORIES, shares.tolist(), strict=True))
        score = None if fact is None else log_score(p, fact, log_floor(len(draw)))
        line = Line(
            scenario.id, one.state, one.side.name.lower(), one.dispute, p, fact, score,
            forgot.khat is not None, forgot.khat, scenario.hypothetical,
        )  # fmt: skip
        found.append(line)
    return tuple(found)


def log_score(p: dict[str, float], fact: str, floor: float) -> float:
    """Log score of a category in nats, where no probability counts as less than a floor.

    Examples:
        >>> round(log_score({"none": 0.5, "join": 0.5}, "join", 0.001), 3)
        0.693
    """
    return -math.log(max(p[fact], floor))
