"""Who arms whom, since when and on what terms, as shares?

Shares of imports and exports are of the five full years before the start; the arms that a side has
are all that is listed.
"""

import numpy as np

from foedus.core.kinds import Side
from foedus.scenario.draws import Draws
from foedus.scenario.layout import labels
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Delivery, Dispute, Scenario

WINDOW = 5
"""Years before the start of which shares are taken."""

Pair = tuple[str | None, str | None]
"""Supplier and receiver; None for all others together."""
Volumes = dict[Pair, np.ndarray]


def shares(scenario: Scenario, drawn: Draws) -> dict[tuple[str, str], np.ndarray]:
    """Share of a receiver's imports of major arms that comes from a supplier [draw]."""
    recent = _volumes(scenario, drawn, WINDOW)
    whole = {code: _sum(recent, drawn, receiver=code) for _, code in recent}
    return {
        (supplier, receiver): volume / np.maximum(whole[receiver], _LEAST)
        for (supplier, receiver), volume in recent.items()
        if supplier is not None and receiver is not None
    }


def arms_arrays(
    scenario: Scenario, dispute: Dispute, drawn: Draws, size: int
) -> dict[str, np.ndarray]:
    """What the sides of a dispute are worth to who arms them, and what they imported."""
    rows, paid = labels(scenario), _volumes(scenario, drawn, WINDOW, times="paid")
    recent, worth = _volumes(scenario, drawn, WINDOW), _volumes(scenario, drawn, times="quality")
    exports = np.zeros((len(Side), size, drawn.number))
    principals = [getattr(dispute, side.name.lower()) for side in Side]
    for (supplier, receiver), volume in paid.items():
        if supplier is None or receiver not in principals or (supplier, None) not in recent:
            continue  # of a supplier whose other exports are not listed nothing is known
        whole = _sum(recent, drawn, supplier=supplier)
        place = principals.index(receiver), rows.index(supplier)
        exports[place] = volume / np.maximum(whole, _LEAST)
    imports = np.stack([_sum(worth, drawn, receiver=code) for code in principals])
    known = (imports > 0).all(0)
    logs = np.log(np.where(known, imports, 1))
    return {"exports": exports, "imports": logs - logs.mean(0)}


def terms(scenario: Scenario, dispute: Dispute, drawn: Draws, size: int, name: str) -> np.ndarray:
    """Mean of a share over what each state sent each side, 1 where nothing [side, state, draw].

    Args:
        scenario: With deliveries.
        dispute: Whose sides.
        drawn: Parameter draws.
        size: Number of states.
        name: Of the share: `paid` or `quality`.
    """
    rows, found = labels(scenario), np.ones((len(Side), size, drawn.number))
    weighed = _volumes(scenario, drawn, WINDOW, times=name)
    principals = [getattr(dispute, side.name.lower()) for side in Side]
    for (supplier, receiver), volume in _volumes(scenario, drawn, WINDOW).items():
        if supplier is not None and receiver in principals:
            mean = weighed[supplier, receiver] / np.maximum(volume, _LEAST)
            place = principals.index(receiver), rows.index(supplier)
            found[place] = np.where(volume > 0, mean, 1)
    return found


_LEAST = 1e-9
"""Below any volume; of nothing no share is taken."""


def _volumes(
    scenario: Scenario, drawn: Draws, window: int | None = None, *, times: str = ""
) -> Volumes:
    """Volume by pair, of the years before the start that a window holds, or of all listed.

    Args:
        scenario: With deliveries.
        drawn: Parameter draws.
        window: Years.
        times: A share of each delivery that its volume is multiplied by.
    """
    found: Volumes = {}
    for entry in sorted(scenario.deliveries, key=lambda entry: entry.key):
        part = 1.0 if window is None else _inside(entry, scenario.start.year, window)
        volume = part * drawn.of(f"{entry.key}.volume", entry.volume, Support.POSITIVE)
        if times:
            share = getattr(entry, times)
            volume = volume * drawn.of(f"{entry.key}.{times}", share, Support.SHARE)
        pair = entry.from_, entry.to
        found[pair] = found.get(pair, 0.0) + volume
    return found


def _inside(entry: Delivery, start: int, window: int) -> float:
    """Share of a delivery's years that lie in the window of years before the start."""
    first, last = entry.years
    inside = min(last, start - 1) - max(first, start - window) + 1
    return max(inside, 0) / (last - first + 1)


def _sum(
    volumes: Volumes, drawn: Draws, *, supplier: str = "", receiver: str | None = ""
) -> np.ndarray:
    """All that went from a supplier, or to a receiver [draw]."""
    whole = np.zeros(drawn.number)
    for (giver, taker), volume in volumes.items():
        if giver == supplier or taker == receiver:
            whole = whole + volume
    return whole
