"""Where does each thing of a scenario stand in the arrays, and what holds on a day?"""

from collections.abc import Sequence
from datetime import date, timedelta

from foedus.claims.frame import Frame
from foedus.scenario.schema import Dispute, Scenario, Tie, Treaty

STATE_BUCKETS = (8, 16, 32, 64, 128, 256)
TREATY_BUCKETS = (8, 12, 16, 24, 32, 48, 64)
DISPUTE_BUCKETS = (1, 2, 4, 8)
EDGE_BUCKETS = (32, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384)


def bucket(n: int, sizes: Sequence[int]) -> int:
    """Smallest of the sizes that holds n.

    Raises:
        ValueError: None does.

    Examples:
        >>> bucket(9, STATE_BUCKETS)
        16
    """
    for size in sizes:
        if n <= size:
            return size
    raise ValueError(f"expected at most {sizes[-1]}; got {n}")


def labels(scenario: Scenario) -> tuple[str, ...]:
    """Codes along the axis `state`, entities among them, without padding."""
    return tuple(sorted([*scenario.states, *scenario.entities]))


def treaty_labels(scenario: Scenario) -> tuple[str, ...]:
    """Keys along the axis `treaty`, without padding: signed up to the start, or possible."""
    return tuple(
        key
        for key, treaty in sorted(scenario.treaties.items())
        if treaty.possible or (treaty.signed is not None and treaty.signed <= scenario.start)
    )


def dispute_labels(scenario: Scenario) -> tuple[str, ...]:
    """Ids along the axis `dispute`, without padding."""
    return tuple(sorted(dispute.id for dispute in scenario.disputes))


def slots(scenario: Scenario) -> tuple[Dispute, ...]:
    """The disputes in the order of the axis `dispute`, so that file order never matters."""
    return tuple(sorted(scenario.disputes, key=lambda dispute: dispute.id))


def third_parties(scenario: Scenario, dispute: Dispute) -> list[str]:
    """Codes of the states that are no side of a dispute, in their order."""
    return sorted(scenario.states.keys() - {dispute.target, dispute.challenger})


def begun(scenario: Scenario) -> str | None:
    """Id of the dispute in which fighting has begun; None where there is none or several."""
    found = [dispute.id for dispute in scenario.disputes if dispute.ignites]
    return found[0] if len(found) == 1 else None


def where(scenario: Scenario, key: str | None = None) -> Dispute:
    """The dispute of that id; without one, where alone fighting has begun, else the only dispute.

    Raises:
        ValueError: There is none of that id, or without one there are several.

    Examples:
        >>> from foedus.scenario.load import load
        >>> where(load("karabakh-2020")).id
        'karabakh'
    """
    return scenario.dispute(key or begun(scenario))


def frame(scenario: Scenario) -> Frame:
    """Labels of the axes of a run of this scenario: entities stand among the states."""
    days = (scenario.end - scenario.start + timedelta(days=1)).days
    axes = labels(scenario), treaty_labels(scenario), dispute_labels(scenario)
    return Frame(scenario.start, *axes, days)


def known_ties(scenario: Scenario) -> list[Tie]:
    """Ties of the scenario and those that events up to the start have made, in a fixed order."""
    known = (event.effect for event in scenario.events if event.date <= scenario.start)
    made = [tie for effect in known if effect for tie in effect.ties]
    return sorted([*scenario.ties, *made], key=lambda tie: (tie.kind, tie.from_, tie.to))


def lasts(first: date | None, end: date | None, on: date) -> bool:
    """Whether a spell is in force on a day; it no longer is on the day it ends."""
    return (first is None or first <= on) and (end is None or on < end)


def in_force(treaty: Treaty, on: date) -> bool:
    """Whether a treaty is in force on a day; one that is only possible never is."""
    first = treaty.in_force or treaty.signed
    return first is not None and lasts(first, treaty.ended, on)


def members_on(
    scenario: Scenario, treaty: Treaty, on: date | None = None, everybody: bool = False
) -> set[str]:
    """Codes of the states that a treaty binds on a day, by the spells of its members.

    Args:
        scenario: The scenario.
        treaty: One of its treaties; one that is only possible has no members.
        on: The day; the start if not given. Events after the start are not followed.
        everybody: Also members that are not among the states of the scenario.
    """
    day = scenario.start if on is None else on
    if not in_force(treaty, day):
        return set()
    inside = {spell.state for spell in treaty.members if lasts(spell.from_, spell.to, day)}
    return inside if everybody else inside & scenario.states.keys()


def near(scenario: Scenario, dispute: Dispute) -> set[str]:
    """The principals of a dispute and who borders them: distance does not count.

    A base does not bring its owner near: it gives what stands there and a port of entry, not
    the army next door (model note, correction 8).
    """
    sides = {dispute.target, dispute.challenger}
    found = set(sides)
    for tie in known_ties(scenario):
        if tie.kind == "contiguity" and {tie.from_, tie.to} & sides and tie.value.value != 0:
            found |= {tie.from_, tie.to}
    return found
