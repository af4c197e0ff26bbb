"""Who is tied how closely to whom, as arrays?"""

from typing import Any

import numpy as np

from foedus.core.kinds import Side
from foedus.scenario.draws import Draws, median
from foedus.scenario.duties import strongest
from foedus.scenario.layout import (
    TREATY_BUCKETS,
    bucket,
    known_ties,
    labels,
    members_on,
    treaty_labels,
)
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Dispute, Scenario, Tie

NEUTRAL = 0.5
"""Affinity where the scenario states none."""

_DRAWN = ("affinity", "arms", "trade", "energy", "base")
_FIXED = {"rivalry": "rivalry", "contiguity": "contiguous"}
_MUTUAL = ("energy", "rivalry", "contiguity")
_DEPENDENCE = ("base", "arms", "energy", "trade")


def tie_arrays(scenario: Scenario, drawn: Draws, size: int) -> dict[str, Any]:
    """The fields of `World` that speak of ties, for `size` states."""
    rows = labels(scenario)
    arrays = {kind: np.zeros((len(Side), size, drawn.number)) for kind in _DRAWN}
    arrays |= {name: np.zeros((len(Side), size)) for name in _FIXED.values()}
    arrays["affinity"][:, : len(rows)] = NEUTRAL
    for tie in known_ties(scenario):
        for side, state in _ends(scenario.dispute, tie):
            place = side, rows.index(state)
            if tie.kind in _FIXED:
                arrays[_FIXED[tie.kind]][place] = median(tie.value, Support.SHARE)
            elif tie.kind in _DRAWN:
                arrays[tie.kind][place] = _value(drawn, tie)
    trust = np.zeros((size, size))
    for entry in scenario.trust:
        place = rows.index(entry.observer), rows.index(entry.ally)
        trust[place] = median(entry.value, Support.REAL)
    return arrays | {"trust": trust, "dependence": _dependence(scenario, drawn, size)}


def _value(drawn: Draws, tie: Tie) -> np.ndarray:
    """Strength of a tie in each draw, on the stream of its kind and ends."""
    return drawn.of(f"ties.{tie.kind}.{tie.from_}.{tie.to}", tie.value, Support.SHARE)


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


def _dependence(scenario: Scenario, drawn: Draws, size: int) -> np.ndarray:
    """Of each member on the strongest: mean of four shares, 0 where none is stated."""
    keys, rows = treaty_labels(scenario), labels(scenario)
    arrays = np.zeros((bucket(len(keys), TREATY_BUCKETS), size, drawn.number))
    for i, key in enumerate(keys):
        inside = members_on(scenario, scenario.treaties[key])
        leader = strongest(scenario, inside)
        for tie in known_ties(scenario):
            if tie.kind in _DEPENDENCE and tie.from_ == leader and tie.to in inside:
                arrays[i, rows.index(tie.to)] += _value(drawn, tie) / len(_DEPENDENCE)
    return arrays
