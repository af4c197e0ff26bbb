"""What can be claimed about a run: a closed vocabulary of propositions, as data.

An `Event` is true or false in a run; a `Quantity` has a number. `evaluate` judges both. Dates
are inclusive. What is recorded by the day (fighting, truces, land) is judged to the day; what is
recorded by the week (decisions, invocations, keepers, membership, deaths) includes the whole week
that contains the date. States, treaties and disputes are named by the codes of a `Frame`.

A claim about a dispute names it last. `dispute=None` means the only one; where a frame has
several, only claims about what states do (`Joins`, `Aids`, `Backs`, `Mediates`, `Invokes`,
`Clash`, `Keeps`, `Deploys`, `StrikesAcross`) may leave it out, and then mean: in any of them.

Examples:
    >>> from datetime import date
    >>> by = date(2020, 11, 10)
    >>> claim = All((Joins(("TUR",), Side.CHALLENGER, by), Not(Invokes("CSTO", by))))
    >>> claim.claims[1].claim.treaty
    'CSTO'
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


# ---- what third parties do


@dataclass(frozen=True, slots=True)
class Joins(Event):
    """Any of the states fights openly on that side in a week between `start` (else day 0) and `by`.

    Force that is not owned up to does not count; see `Backs`.
    """

    states: tuple[str, ...]
    side: Side
    by: date
    start: date | None = None
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Aids(Event):
    """Any of the states gives that side material help short of open combat, from `start` to `by`.

    Advisers and arms, a deterrent deployment, or force that is not owned up to; words alone and
    open combat are not. For "helps or fights" say `Backs(..., "aid", ...)`.
    """

    states: tuple[str, ...]
    side: Side
    by: date
    start: date | None = None
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Backs(Event):
    """Any of the states goes at least as far for that side as the grade, from `start` to `by`.

    The grades in order: statement, aid, deployment, deniable, combat (`kinds.Grade`).
    """

    states: tuple[str, ...]
    side: Side
    grade: str
    by: date
    start: date | None = None
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Mediates(Event):
    """Any of the states mediates in a week between `start` (else day 0) and `by`."""

    states: tuple[str, ...]
    by: date
    start: date | None = None
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Clash(Event):
    """State `a` fights openly on one side and `b` on the other of one dispute in the same week."""

    a: str
    b: str
    by: date
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Keeps(Event):
    """Peacekeepers of any of the states stand at the place on that date."""

    states: tuple[str, ...]
    on: date
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Deploys(Event):
    """Peacekeepers of any of the states have come to the place by that date."""

    states: tuple[str, ...]
    by: date
    dispute: str | None = None


# ---- treaties


@dataclass(frozen=True, slots=True)
class Invokes(Event):
    """The target asks for help under the treaty in a week between `start` (else day 0) and `by`."""

    treaty: str
    by: date
    start: date | None = None
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Hedges(Event):
    """Any of the states hedges, or goes further from the treaty, at the end of a week up to `by`.

    This and the next three are meant for states that are members at the start.
    """

    states: tuple[str, ...]
    treaty: str
    by: date


@dataclass(frozen=True, slots=True)
class Suspends(Event):
    """Any of the states is suspended, gave notice or has left, at the end of a week up to `by`."""

    states: tuple[str, ...]
    treaty: str
    by: date


@dataclass(frozen=True, slots=True)
class Notifies(Event):
    """Any of the states gave notice of leaving, or has left, at the end of a week up to `by`."""

    states: tuple[str, ...]
    treaty: str
    by: date


@dataclass(frozen=True, slots=True)
class Leaves(Event):
    """Any of the states has left the treaty at the end of a week up to `by`."""

    states: tuple[str, ...]
    treaty: str
    by: date


@dataclass(frozen=True, slots=True)
class Accedes(Event):
    """Any of the states comes to be bound by the treaty by that date.

    It is bound at the end of a week and was not at the end of the first week.
    """

    states: tuple[str, ...]
    treaty: str
    by: date


@dataclass(frozen=True, slots=True)
class Member(Event):
    """All of the states are bound by the treaty on that date; notice still running binds."""

    states: tuple[str, ...]
    treaty: str
    on: date


# ---- fighting and land


@dataclass(frozen=True, slots=True)
class Fighting(Event):
    """There is fighting on that date."""

    on: date
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Quiet(Event):
    """There is no fighting on any of the `days` days from `since` on.

    "The war is over for good by a date" is `Quiet` from that date to the end of the frame.
    """

    since: date
    days: int
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Ignites(Event):
    """Fighting begins after day 0, between `start` and `by`.

    It breaks a quiet, a settlement, a victory or a repulse. The breach of a truce is no beginning.
    """

    by: date
    start: date | None = None
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Truce(Event):
    """A truce begins after day 0 and by that date."""

    by: date
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class TruceBreaks(Event):
    """The first truce that begins by `by` is followed by fighting within that many days.

    False where no truce begins. The last day that counts must lie in the frame.
    """

    within_days: int
    by: date
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Settles(Event):
    """A settlement begins after day 0 and by that date.

    With `with_mediator`, it begins in a week in which that state mediates.
    """

    by: date
    with_mediator: str | None = None
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Resumes(Event):
    """Fighting begins again after a settlement, an armistice, a victory or a repulse."""

    by: date
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Holds(Event):
    """The challenger holds more than `share` of the contested land on that date.

    With `above=False`: it holds at most that share, the exact opposite.
    """

    share: float
    on: date
    above: bool = True
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class StrikesAcross(Event):
    """That side strikes recognised land of the other's beyond the contested, from `start` to `by`.

    Its first such strike of an episode of fighting counts.
    """

    side: Side
    by: date
    start: date | None = None
    dispute: str | None = None


# ---- logic


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


# ---- quantities


@dataclass(frozen=True, slots=True)
class FightingDays(Quantity):
    """Days with fighting from day 0 to that date, both included."""

    by: date
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class FirstStop(Quantity):
    """Days from day 0 until fighting first stops for at least `quiet_days` days.

    The value is the index of the first quiet day. Censored: where no such stop is seen in the
    frame (or no fighting at all), the value is the number of days of the frame.
    """

    quiet_days: int = 30
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Deaths(Quantity):
    """Military deaths of a side (None: of both) from day 0 to the end of the date's week."""

    side: Side | None
    on: date
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class CivilianDeaths(Quantity):
    """Civilian deaths of a side (None: of both) from day 0 to the end of the date's week."""

    side: Side | None
    on: date
    dispute: str | None = None


@dataclass(frozen=True, slots=True)
class Share(Quantity):
    """Share of the contested land in the challenger's hands on that date, 0 to 1."""

    on: date
    dispute: str | None = None


EVENTS: tuple[type[Event], ...] = (
    *(Joins, Aids, Backs, Mediates, Clash, Keeps, Deploys),
    *(Invokes, Hedges, Suspends, Notifies, Leaves, Accedes, Member),
    *(Fighting, Quiet, Ignites, Truce, TruceBreaks, Settles, Resumes, Holds, StrikesAcross),
    *(All, Any, Not),
)
QUANTITIES: tuple[type[Quantity], ...] = (FightingDays, FirstStop, Deaths, CivilianDeaths, Share)
