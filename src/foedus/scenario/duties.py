"""What does each treaty promise to whom, at the place and on the first day of each dispute?"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from foedus.alliance.casus import due
from foedus.core.kinds import Obligation, Reading, Side
from foedus.scenario.draws import median
from foedus.scenario.law import Incident, dispute_facts, facts
from foedus.scenario.layout import (
    EDGE_BUCKETS,
    TREATY_BUCKETS,
    bucket,
    labels,
    members_on,
    treaty_labels,
)
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Beginning, Clause, Dispute, Scenario, Treaty

_WEEKS_A_MONTH = 365.25 / 12 / 7


def treaty_arrays(scenario: Scenario, size: int) -> dict[str, Any]:
    """The fields of `World` that speak of treaties and need no draws, for `size` states."""
    keys, rows = treaty_labels(scenario), labels(scenario)
    n = bucket(len(keys), TREATY_BUCKETS)
    arrays = {
        "member": np.zeros((n, size), bool),
        "candidate": np.zeros((n, size), bool),
        "leader": np.zeros(n, np.int32),
        "notice": np.zeros(n),
        "promise": np.zeros((n, len(Obligation))),
        "own_land": np.zeros((n, size), np.int32),
        "on_request": np.zeros(n, bool),
    }
    for i, (key, (leader, _)) in enumerate(zip(keys, leaders(scenario), strict=True)):
        treaty = scenario.treaties[key]
        for name, inside in (("member", members_on), ("candidate", candidates)):
            for code in sorted(inside(scenario, treaty)):
                arrays[name][i, rows.index(code)] = True
                arrays["own_land"][i, rows.index(code)] = own_land(scenario, key, code)
        arrays["leader"][i] = rows.index(leader)
        arrays["notice"][i] = round(treaty.notice_months * _WEEKS_A_MONTH)
        arrays["promise"][i, [Obligation[c.kind.upper()] for c in treaty.obligations]] = 1.0
        arrays["on_request"][i] = all(clause.on_request for clause in helping(treaty))
    return arrays | {"edge": _edges(arrays["member"] | arrays["candidate"])}


def _edges(pairs: np.ndarray) -> np.ndarray:
    """Treaty and state of each pair that holds, padded by the last one [2, edge]."""
    found = np.argwhere(pairs).T.astype(np.int32)
    found = found if found.size else np.zeros((2, 1), np.int32)
    lack = bucket(found.shape[1], EDGE_BUCKETS) - found.shape[1]
    return np.concatenate([found, np.repeat(found[:, -1:], lack, axis=1)], axis=1)


def candidates(scenario: Scenario, treaty: Treaty) -> set[str]:
    """Codes of the states that might accede to a treaty, or sign it."""
    return set(treaty.candidates) - members_on(scenario, treaty)


def leaders(scenario: Scenario) -> Iterator[tuple[str, set[str]]]:
    """The strongest member of each treaty, or candidate where it has none; and all of both."""
    for key in treaty_labels(scenario):
        treaty = scenario.treaties[key]
        inside, outside = members_on(scenario, treaty), candidates(scenario, treaty)
        yield strongest(scenario, inside or outside), inside | outside


def strongest(scenario: Scenario, members: Iterable[str]) -> str:
    """The member of the largest median capability; of none, the first state."""

    def strength(code: str) -> tuple[float, str]:
        state = scenario.states[code]
        parts = (median(part, Support.POSITIVE) for part in (state.capability, state.quality))
        return float(np.prod(list(parts))), code

    return max(members, key=strength, default=labels(scenario)[0])


def helping(treaty: Treaty, side: Side = Side.CHALLENGER) -> list[Clause]:
    """Clauses that may oblige a member to fight; else to consult; else whatever there is.

    A promise of offence helps only the side that attacks.
    """
    kinds = ("defense", "offense") if side == Side.CHALLENGER else ("defense",)
    fight = [clause for clause in treaty.obligations if clause.kind in kinds]
    consult = [clause for clause in treaty.obligations if clause.kind == "consultation"]
    return fight or consult or list(treaty.obligations)


def own_land(scenario: Scenario, key: str, code: str) -> Reading:
    """Would an open attack on a state's own land by an outsider make a treaty's promise to it due?

    The attacker is one that the clause counts. Of several clauses that promise help, the one that
    goes furthest counts.

    Examples:
        >>> from foedus.scenario.load import load
        >>> own_land(load("karabakh-2020"), "NATO", "TUR").name
        'YES'
    """
    treaty, found = scenario.treaties[key], [Reading.NO]
    for clause in helping(treaty, Side.TARGET):
        attack = Incident(scenario.start, code, clause.only[:1] or ("",), land=code)
        told = facts(treaty, clause, attack)._replace(in_force=Reading.YES, asked=Reading.YES)
        found.append(Reading(due(told)))
    return max(found)


def casus_arrays(scenario: Scenario, dispute: Dispute) -> dict[str, Any]:
    """`covered`, `triggered` and `home` of `core.world.Dispute`, each [side, treaty]."""
    keys = treaty_labels(scenario)
    shape = (len(Side), bucket(len(keys), TREATY_BUCKETS))
    covered, triggered, home = (np.zeros(shape, np.int32) for _ in range(3))
    for i, key in enumerate(keys):
        for side in Side:
            covered[side, i], triggered[side, i] = casus(scenario, key, dispute, side)
            if (place := getattr(dispute.homes, side.name.lower())) is not None:
                struck = struck_at_home(dispute, side, place)
                home[side, i] = min(casus(scenario, key, struck, Side.TARGET))
    return {"covered": covered, "triggered": triggered, "home": home}


def struck_at_home(dispute: Dispute, side: Side, place: str) -> Dispute:
    """A dispute in which that side's own land is attacked, openly, by the other side.

    That a strike happened is beyond doubt; whether it calls allies is for clauses to say.
    """
    who = {"target": dispute.target, "challenger": dispute.challenger}
    if side == Side.CHALLENGER:
        who = {"target": dispute.challenger, "challenger": dispute.target}
    own = {"territory": place, "form": "open", "object": "territory", "began_as": Beginning()}
    return dispute.model_copy(update={**who, **own})


def casus(scenario: Scenario, key: str, dispute: Dispute, side: Side) -> tuple[Reading, Reading]:
    """Does what is attacked lie inside a treaty of that side's principal; is its promise due?

    A coding of texts and statements, no legal opinion. Of several clauses that promise help, the
    one that goes furthest counts. Candidates are read as if they were members.

    Returns:
        Coverage of what is attacked; whether the fighting triggers the promise.
    """
    treaty, principal = scenario.treaties[key], getattr(dispute, side.name.lower())
    if principal not in members_on(scenario, treaty) | set(treaty.candidates):
        return Reading.NO, Reading.NO
    found = []
    for clause in helping(treaty, side):
        told = dispute_facts(scenario, key, clause, dispute, side)
        triggers = told.attacked, told.unprovoked, told.attributed, told.outsider
        found.append((told.inside, min(*triggers, told.condition)))
    return max(found, key=lambda pair: (min(pair), pair))


def reading_array(scenario: Scenario, size: int) -> np.ndarray:
    """How each of `size` states reads disputed clauses: `kinds.Reading` [state]."""
    reads = np.full(size, Reading.DISPUTED, np.int32)
    said = list(_said(scenario))
    for i, code in enumerate(labels(scenario)):
        answers = {answers[code] for answers in said if code in answers}
        if len(answers) == 1:
            reads[i] = Reading[answers.pop().upper()]
    return reads


def _said(scenario: Scenario) -> Iterator[Mapping[str, str]]:
    """Every place where the file says who reads something how."""
    for key in treaty_labels(scenario):
        for clause in scenario.treaties[key].obligations:
            yield from (entry.by_reading for entry in clause.scope.territories)
    for dispute in scenario.disputes:
        by_side = dispute.began_as.by_reading
        yield from (by_side.target, by_side.challenger)
