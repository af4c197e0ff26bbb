"""Who would join whom in the disputes of a scenario, from its own facts and no table.

The chances are those of the simulation's first round of decisions, had fighting begun that day
over that place: what third parties would do, and what the two sides would expect of them.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from foedus.core.kinds import Action, Side
from foedus.core.params import load
from foedus.scenario.arrays import to_arrays
from foedus.scenario.layout import labels, slots
from foedus.scenario.schema import Scenario
from foedus.study.onset import first_round

DRAWS = 200
RANGE = (0.05, 0.95)


class Chance(NamedTuple):
    """A probability: its mean over draws, and the ends of the interval that holds nine in ten."""

    p: float
    low: float
    high: float


class Score(NamedTuple):
    """A third party of a dispute.

    Attributes:
        year: Of the scenario's start.
        dispute: Its id.
        target: Attacked state or entity.
        challenger: Attacker.
        state: Third party.
        join_target: Chance that it fights for the target.
        join_challenger: Chance that it fights for the challenger.
        duty_target: Share of a full duty to the target that it feels, if asked.
        duty_challenger: The same for the challenger.
    """

    year: int
    dispute: str
    target: str
    challenger: str
    state: str
    join_target: Chance
    join_challenger: Chance
    duty_target: float
    duty_challenger: float


def scores(scenario: Scenario, draws: int = DRAWS, seed: int = 1) -> list[Score]:
    """Every third party of every dispute, if fighting began on the first day.

    Args:
        scenario: A checked scenario; each of its disputes is taken by itself.
        draws: Posterior draws.
        seed: Of the random streams.

    Raises:
        ValueError: Fewer than two draws.
    """
    if draws < 2:
        raise ValueError(f"expected at least two posterior draws; got {draws}")
    world = partial(to_arrays, scenario, seed)
    play, felt = first_round(world, load().params, draws, seed)
    joins = play[[Action.JOIN_TARGET, Action.JOIN_CHALLENGER]]
    told = np.stack([joins.mean(-1), *np.quantile(joins, RANGE, axis=-1)])
    duty = felt.mean(-1)
    found = []
    for n, dispute in enumerate(slots(scenario)):
        for k, code in enumerate(labels(scenario)):
            if code in (dispute.target, dispute.challenger) or code in scenario.entities:
                continue
            target, challenger = (Chance(*map(float, told[:, side, k, n])) for side in Side)
            owed = duty[:, k, n].tolist()
            names = dispute.id, dispute.target, dispute.challenger, code
            found.append(Score(scenario.start.year, *names, target, challenger, *owed))
    return found
