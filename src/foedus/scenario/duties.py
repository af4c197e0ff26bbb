"""What does each treaty promise to whom, at the place and on the day of the dispute?"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from foedus.core.kinds import Obligation, Reading, Side
from foedus.scenario.draws import median
from foedus.scenario.layout import (
    TREATY_BUCKETS,
    bucket,
    labels,
    lasts,
    members_on,
    treaty_labels,
)
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Clause, Scenario, Treaty

_READING = {"no": Reading.NO, "disputed": Reading.DISPUTED, "yes": Reading.YES}


def treaty_arrays(scenario: Scenario, size: int) -> dict[str, Any]:
    """The fields of `World` that speak of treaties, for `size` states."""
    keys, rows = treaty_labels(scenario), labels(scenario)
    n = bucket(len(keys), TREATY_BUCKETS)
    arrays = {
        "member": np.zeros((n, size), bool),
        "leader": np.zeros(n, np.int32),
        "promise": np.zeros((n, len(Obligation))),
        "covered": np.zeros((len(Side), n), np.int32),
        "triggered": np.zeros((len(Side), n), np.int32),
        "on_request": np.zeros(n, bool),
    }
    for i, key in enumerate(keys):
        treaty = scenario.treaties[key]
        inside = members_on(scenario, treaty)
        arrays["member"][i, [rows.index(code) for code in sorted(inside)]] = True
        arrays["leader"][i] = rows.index(strongest(scenario, inside))
        arrays["promise"][i, [Obligation[c.kind.upper()] for c in treaty.obligations]] = 1.0
        arrays["on_request"][i] = all(clause.on_request for clause in _helping(treaty))
        for side in Side:
            covered, triggered = casus(scenario, key, side)
            arrays["covered"][side, i], arrays["triggered"][side, i] = covered, triggered
    return arrays


def strongest(scenario: Scenario, members: Iterable[str]) -> str:
    """The member of the largest median capability; of none, the first state."""

    def strength(code: str) -> tuple[float, str]:
        state = scenario.states[code]
        parts = (median(part, Support.POSITIVE) for part in (state.capability, state.quality))
        return float(np.prod(list(parts))), code

    return max(members, key=strength, default=labels(scenario)[0])


def casus(scenario: Scenario, key: str, side: Side) -> tuple[Reading, Reading]:
    """Is the place inside a treaty of that side's principal, and did its promise fall due?

    A coding of texts and statements, no legal opinion.

    Returns:
        Coverage of the contested land; whether what began the fighting was an attack on the side.
    """
    dispute, name = scenario.dispute, side.name.lower()
    treaty, principal = scenario.treaties[key], getattr(dispute, name)
    if principal not in members_on(scenario, treaty):
        return Reading.NO, Reading.NO
    covered = max(_covered(scenario, clause, principal) for clause in _helping(treaty))
    return covered, _READING[getattr(dispute.began_as, name)]


def _helping(treaty: Treaty) -> list[Clause]:
    """Clauses that may oblige a member to fight; else to consult; else whatever there is."""
    fight = [clause for clause in treaty.obligations if clause.kind in ("defense", "offense")]
    consult = [clause for clause in treaty.obligations if clause.kind == "consultation"]
    return fight or consult or list(treaty.obligations)


def _covered(scenario: Scenario, clause: Clause, principal: str) -> Reading:
    """Coverage by one clause: as it says of the territory, else by its default rule."""
    place = scenario.dispute.territory
    for entry in clause.scope.territories:
        if entry.territory == place and lasts(entry.from_, entry.to, scenario.start):
            differ = len(set(entry.by_reading.values())) > 1
            return Reading.DISPUTED if differ else _READING[entry.covered]
    if clause.scope.default == "everywhere":
        return Reading.YES
    recognised = scenario.territories[place].recognised
    return Reading.YES if recognised == principal else Reading.NO
