"""Who is tied how closely to whom, as arrays?"""

from typing import Any

import numpy as np

from foedus.core.features import added
from foedus.core.kinds import Side
from foedus.scenario import deliveries
from foedus.scenario.draws import Draws, median
from foedus.scenario.duties import leaders
from foedus.scenario.events import Truce
from foedus.scenario.layout import (
    TREATY_BUCKETS,
    bucket,
    known_ties,
    labels,
    treaty_labels,
)
from foedus.scenario.schema import Dispute, Scenario, Tie

NEUTRAL = 0.5
"""Affinity where the scenario states none."""

_DRAWN = ("affinity", "arms", "trade", "energy", "base")
_FIXED = {"contiguity": "contiguous"} | {k: k for k in ("rivalry", "alongside", "against")}
_MUTUAL = ("energy", *_FIXED)
_DEPENDENCE = ("base", "arms", "energy", "trade")
_MONEY = ("trade", "remittances", "debt")
"""What counts as trade does in dependence: together 1 less the product of what each leaves."""


def side_arrays(scenario: Scenario, dispute: Dispute, drawn: Draws, size: int) -> dict[str, Any]:
    """How each of `size` states is tied to the sides of a dispute."""
    rows = labels(scenario)
    arrays = {kind: np.zeros((len(Side), size, drawn.number)) for kind in _DRAWN}
    arrays |= {name: np.zeros((len(Side), size)) for name in _FIXED.values()}
    arrays["affinity"][:, : len(rows)] = NEUTRAL
    for tie in known_ties(scenario):
        for side, state in _ends(dispute, tie):
            place = side, rows.index(state)
            if tie.kind in _FIXED:
                arrays[_FIXED[tie.kind]][place] = median(tie.value, tie.support)
            elif tie.kind in _DRAWN:
                arrays[tie.kind][place] = _value(drawn, tie)
    for (supplier, receiver), share in deliveries.shares(scenario, drawn).items():
        for side in Side:
            if receiver == getattr(dispute, side.name.lower()):
                arrays["arms"][side, rows.index(supplier)] = share
    return arrays


def _value(drawn: Draws, tie: Tie) -> np.ndarray:
    """Strength of a tie in each draw, on the stream of its kind and ends."""
    return drawn.of(f"ties.{tie.kind}.{tie.from_}.{tie.to}", tie.value, tie.support)


def _ends(dispute: Dispute, tie: Tie) -> list[tuple[Side, str]]:
    """Sides to which, and state from which, a tie counts."""
    found = []
    for side in Side:
        principal = getattr(dispute, side.name.lower())
        if tie.to == principal:
            found.append((side, tie.from_))
        elif tie.from_ == principal and tie.kind in _MUTUAL:
            found.append((side, tie.to))
    return found


def leader_arrays(scenario: Scenario, drawn: Draws, size: int) -> dict[str, Any]:
    """How each of `size` states is tied to the leader of each treaty."""
    keys, rows = treaty_labels(scenario), labels(scenario)
    shape = (bucket(len(keys), TREATY_BUCKETS), size, drawn.number)
    dependence, closeness = np.zeros(shape), np.zeros(shape)
    closeness[: len(keys), : len(rows)] = NEUTRAL
    supplied, known = deliveries.shares(scenario, drawn), known_ties(scenario)
    for i, (leader, others) in enumerate(leaders(scenario)):
        ties = [tie for tie in known if leader in (tie.from_, tie.to)]
        for code in others:
            held = [tie for tie in ties if (tie.from_, tie.to) == (leader, code)]
            arms = supplied.get((leader, code), np.zeros(drawn.number))
            dependence[i, rows.index(code)] = _dependence(held, arms, drawn)
        for code, stated in _affinities(ties, drawn, leader).items():
            closeness[i, rows.index(code)] = np.mean(stated, axis=0)
        closeness[i, rows.index(leader)] = 1.0
    return {"dependence": dependence, "closeness": closeness}


def _dependence(ties: list[Tie], arms: np.ndarray, drawn: Draws) -> np.ndarray:
    """Mean of what ties a state to a leader by base, arms, energy and money [draw]."""
    parts = dict.fromkeys(_DEPENDENCE, np.zeros(drawn.number)) | {"arms": arms}
    for tie in ties:
        part = "trade" if tie.kind in _MONEY else tie.kind
        if part in parts:
            parts[part] = parts[part] + added(parts[part], _value(drawn, tie))
    return sum(parts.values(), np.zeros(drawn.number)) / len(parts)


def region_arrays(scenario: Scenario, drawn: Draws, size: int) -> dict[str, Any]:
    """The states that disputes are between, and who arms, bases troops with and has brokered them.

    Shares are means over the others of them: a state's hold on itself does not count.
    """
    rows, shape = labels(scenario), (size, drawn.number)
    sides = {who for d in scenario.disputes for who in (d.target, d.challenger)}
    own = {code for code in sides if code in scenario.states}
    region, brokered = np.zeros(size, bool), np.zeros(size)
    region[[rows.index(code) for code in own]] = True
    found = {"arms": np.zeros(shape), "base": np.zeros(shape)}
    for tie in known_ties(scenario):
        if tie.kind in found and tie.to in own:
            number = max(len(own - {tie.from_}), 1)
            found[tie.kind][rows.index(tie.from_)] += _value(drawn, tie) / number
    for (supplier, receiver), share in deliveries.shares(scenario, drawn).items():
        if receiver in own:
            found["arms"][rows.index(supplier)] += share / max(len(own - {supplier}), 1)
    for event in scenario.events:
        if isinstance(event, Truce) and event.date <= scenario.start:
            brokered[[rows.index(code) for code in event.broker if code in rows]] += 1
    return {
        "region": region,
        "brokered": brokered,
        "supplies": found["arms"],
        "bases": found["base"],
    }


def _affinities(ties: list[Tie], drawn: Draws, leader: str) -> dict[str, list[np.ndarray]]:
    """What is stated of each state's closeness to a leader, in either direction."""
    found: dict[str, list[np.ndarray]] = {}
    for tie in ties:
        if tie.kind == "affinity":
            other = tie.to if tie.from_ == leader else tie.from_
            found.setdefault(other, []).append(_value(drawn, tie))
    return found
