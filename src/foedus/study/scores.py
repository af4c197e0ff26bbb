"""Who would join whom in the disputes of a scenario, from its own facts and no table."""

from typing import NamedTuple

from foedus.core.kinds import Action
from foedus.scenario.layout import labels, slots
from foedus.scenario.schema import Scenario
from foedus.study.pipeline import ONSET_WEEKS, Options, run

WEEKS = ONSET_WEEKS
"""Within which a state would have begun to fight."""


class Score(NamedTuple):
    """A third party of a dispute.

    Attributes:
        year: Of the scenario's start.
        dispute: Its id.
        target: Attacked state or entity.
        challenger: Attacker.
        state: Third party.
        join_target: Share of runs in which it fights for the target within `WEEKS`.
        join_challenger: The same for the challenger.
    """

    year: int
    dispute: str
    target: str
    challenger: str
    state: str
    join_target: float
    join_challenger: float


def scores(scenario: Scenario, runs: int = 2000, seed: int = 1) -> list[Score]:
    """Every third party of every dispute, if fighting began on the first day.

    Args:
        scenario: A checked scenario; each of its disputes is taken to ignite at its start.
        runs: Simulated runs.
        seed: Of the random streams.
    """
    lit = tuple(d.model_copy(update={"ignites": scenario.start}) for d in slots(scenario))
    field = "disputes" if "disputes" in type(scenario).model_fields else "dispute"
    begun = scenario.model_copy(update={field: list(lit)})
    took = run(begun, Options(runs=runs, seed=seed)).took
    found = []
    for number, dispute in enumerate(lit):
        for row, code in enumerate(labels(scenario)):
            if code in (dispute.target, dispute.challenger) or code in scenario.entities:
                continue
            joins = (
                float(took[a, row, number]) for a in (Action.JOIN_TARGET, Action.JOIN_CHALLENGER)
            )
            found.append(
                Score(
                    scenario.start.year,
                    dispute.id,
                    dispute.target,
                    dispute.challenger,
                    code,
                    *joins,
                )
            )
    return found
