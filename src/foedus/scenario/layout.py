"""Where does each thing of a scenario stand in the arrays, and what holds on the first day?"""

from collections.abc import Sequence
from datetime import date, timedelta

from foedus.claims.frame import Frame
from foedus.scenario.schema import Scenario, Tie, Treaty

STATE_BUCKETS = (8, 16, 32, 64, 128, 256)
TREATY_BUCKETS = (4, 8, 16, 32, 64)


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
    """Keys along the axis `treaty`, without padding."""
    return tuple(sorted(scenario.treaties))


def frame(scenario: Scenario) -> Frame:
    """Labels of the axes of a run of this scenario: entities stand among the states."""
    days = (scenario.end - scenario.start + timedelta(days=1)).days
    return Frame(scenario.start, labels(scenario), treaty_labels(scenario), days)


def known_ties(scenario: Scenario) -> list[Tie]:
    """Ties of the scenario and those that events up to the start have made, in a fixed order."""
    known = (event.effect for event in scenario.events if event.date <= scenario.start)
    made = [tie for effect in known if effect for tie in effect.ties]
    return sorted([*scenario.ties, *made], key=lambda tie: (tie.kind, tie.from_, tie.to))


def lasts(first: date | None, end: date | None, on: date) -> bool:
    """Whether a spell is in force on a day; it no longer is on the day it ends."""
    return (first is None or first <= on) and (end is None or on < end)


def members_on(scenario: Scenario, treaty: Treaty) -> set[str]:
    """Codes of the states of the scenario that a treaty binds on the start date."""
    start = scenario.start
    if not lasts(treaty.in_force or treaty.signed, treaty.ended, start):
        return set()
    spells = (member for member in treaty.members if member.state in scenario.states)
    return {spell.state for spell in spells if lasts(spell.from_, spell.to, start)}


def near(scenario: Scenario) -> set[str]:
    """The principals and who borders them: distance does not count.

    A base does not bring its owner near: it gives what stands there and a port of entry, not
    the army next door (model note, correction 8).
    """
    sides = {scenario.dispute.target, scenario.dispute.challenger}
    found = set(sides)
    for tie in known_ties(scenario):
        if tie.kind == "contiguity" and {tie.from_, tie.to} & sides and tie.value.value != 0:
            found |= {tie.from_, tie.to}
    return found
