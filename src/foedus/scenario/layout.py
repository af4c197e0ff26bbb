"""Where does each thing of a scenario stand in the arrays?"""

from collections.abc import Sequence
from datetime import date

from foedus.scenario.schema import Scenario, Tie

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


def known_ties(scenario: Scenario) -> list[Tie]:
    """Ties of the scenario and those that events up to the start have made, in a fixed order."""
    made = [tie for event in scenario.events if event.effect for tie in event.effect.ties]
    return sorted([*scenario.ties, *made], key=lambda tie: (tie.kind, tie.from_, tie.to))


def lasts(first: date | None, end: date | None, on: date) -> bool:
    """Whether a spell is in force on a day; it no longer is on the day it ends."""
    return (first is None or first <= on) and (end is None or on < end)
