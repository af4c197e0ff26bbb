"""What can be claimed about a run: a closed vocabulary of propositions, as data.

An `Event` is true or false in a run; a `Quantity` has a number. `evaluate` judges both. Dates
are inclusive. What is recorded by the day (fighting, truces, land) is judged to the day; what is
recorded by the week (decisions, invocations, membership, deaths) includes the whole week that
contains the date. States and treaties are named by the codes of a `Frame`.

Examples:
    >>> from datetime import date
    >>> by = date(2020, 11, 10)
    >>> claim = All((Joins(("TUR",), Side.CHALLENGER, by), Not(Invokes("CSTO", by))))
    >>> claim.claims[1]
    Not(claim=Invokes(treaty='CSTO', by=datetime.date(2020, 11, 10)))
"""

from dataclasses import dataclass
from datetime import date

from foedus.core.kinds import Side


class Event:
    """A claim that is true or false in a run."""

    __slots__ = ()


class Quantity:
    """A claim that has a number in a run."""

    __slots__ = ()


Claim = Event | Quantity


@dataclass(frozen=True, slots=True)
class Joins(Event):
    """Any of the states fights on that side in a week between `start` (else day 0) and `by`."""

    states: tuple[str, ...]
    side: Side
    by: date
    start: date | None = None


@dataclass(frozen=True, slots=True)
class Aids(Event):
    """Any of the states helps that side without fighting, in a week between `start` and `by`.

    A state that joins does not aid: for "aids or joins" say `Any((Aids(...), Joins(...)))`.
    """

    states: tuple[str, ...]
    side: Side
    by: date
    start: date | None = None


@dataclass(frozen=True, slots=True)
class Mediates(Event):
    """Any of the states mediates in a week between `start` (else day 0) and `by`."""

    states: tuple[str, ...]
    by: date
    start: date | None = None


@dataclass(frozen=True, slots=True)
class Invokes(Event):
    """The target has asked for help under the treaty."""

    treaty: str
    by: date


@dataclass(frozen=True, slots=True)
class Suspends(Event):
    """The membership of any of the states is out of force at the end of a week up to `by`.

    Meant for states that are members at the start: one that never was a member is out of force.
    """

    states: tuple[str, ...]
    treaty: str
    by: date


@dataclass(frozen=True, slots=True)
class Clash(Event):
    """State `a` fights on one side and `b` on the other in the same week."""

    a: str
    b: str
    by: date


@dataclass(frozen=True, slots=True)
class Fighting(Event):
    """There is fighting on that date."""

    on: date


@dataclass(frozen=True, slots=True)
class Quiet(Event):
    """There is no fighting on any of the `days` days from `since` on.

    "The war is over for good by a date" is `Quiet` from that date to the end of the frame.
    """

    since: date
    days: int


@dataclass(frozen=True, slots=True)
class Truce(Event):
    """A truce begins after day 0 and by that date."""

    by: date


@dataclass(frozen=True, slots=True)
class TruceBreaks(Event):
    """The first truce that begins by `by` is followed by fighting within that many days.

    False where no truce begins. The last day that counts must lie in the frame.
    """

    within_days: int
    by: date


@dataclass(frozen=True, slots=True)
class Settles(Event):
    """A settlement begins after day 0 and by that date.

    With `with_mediator`, it begins in a week in which that state mediates.
    """

    by: date
    with_mediator: str | None = None


@dataclass(frozen=True, slots=True)
class Resumes(Event):
    """Fighting begins again after a settlement, a challenger's victory or its repulse."""

    by: date


@dataclass(frozen=True, slots=True)
class Holds(Event):
    """The challenger holds more than `share` of the contested land on that date.

    With `above=False`: it holds at most that share, the exact opposite.
    """

    share: float
    on: date
    above: bool = True


@dataclass(frozen=True, slots=True)
class All(Event):
    """Every one of the claims is true."""

    claims: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Any(Event):
    """At least one of the claims is true."""

    claims: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Not(Event):
    """The claim is false."""

    claim: Event


@dataclass(frozen=True, slots=True)
class FightingDays(Quantity):
    """Days with fighting from day 0 to that date, both included."""

    by: date


@dataclass(frozen=True, slots=True)
class FirstStop(Quantity):
    """Days from day 0 until fighting first stops for at least `quiet_days` days.

    The value is the index of the first quiet day. Censored: where no such stop is seen in the
    frame (or no fighting at all), the value is the number of days of the frame.
    """

    quiet_days: int = 30


@dataclass(frozen=True, slots=True)
class Deaths(Quantity):
    """Military deaths of a side (None: of both) from day 0 to the end of the date's week."""

    side: Side | None
    on: date


@dataclass(frozen=True, slots=True)
class Share(Quantity):
    """Share of the contested land in the challenger's hands on that date, 0 to 1."""

    on: date


EVENTS: tuple[type[Event], ...] = (
    *(Joins, Aids, Mediates, Invokes, Suspends, Clash),
    *(Fighting, Quiet, Truce, TruceBreaks, Settles, Resumes, Holds),
    *(All, Any, Not),
)
QUANTITIES: tuple[type[Quantity], ...] = (FightingDays, FirstStop, Deaths, Share)
