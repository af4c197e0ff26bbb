"""What may happen on a day, before the start or after it?"""

from typing import Annotated, Literal

from pydantic import Field

from foedus.scenario.entry import Code, Date, Key, SideName, Sourced, Tie
from foedus.scenario.quantity import Amount, Model, Share


class Effect(Model):
    """What a known event changed in the inputs."""

    ties: tuple[Tie, ...] = ()


class Event(Sourced):
    """Something that happened on a day."""

    date: Date
    effect: Effect | None = None
    """Only for events up to the start."""


class Attack(Event):
    """Fighting begins, or begins anew after a truce or settlement."""

    kind: Literal["attack"]


class Truce(Event):
    """Fighting stops by agreement for the time being."""

    kind: Literal["truce"]
    broker: tuple[Code, ...] = ()


class Breach(Event):
    """A truce breaks."""

    kind: Literal["breach"]


class Settlement(Event):
    """An agreement ends this war."""

    kind: Literal["settlement"]
    broker: tuple[Code, ...] = ()


class Front(Event):
    """Share of the contested land in the challenger's hands at the end of the day."""

    kind: Literal["front"]
    share: Share


class Join(Event):
    """A third party fights on a side with its own forces."""

    kind: Literal["join"]
    who: Code
    side: SideName
    until: Date | None = None


class Aid(Event):
    """A third party helps a side without fighting."""

    kind: Literal["aid"]
    who: Code
    side: SideName
    until: Date | None = None


class Mediate(Event):
    """A third party mediates."""

    kind: Literal["mediate"]
    who: Code
    until: Date | None = None


class Invoke(Event):
    """A state asks its allies for what a treaty promises."""

    kind: Literal["invoke"]
    who: Code
    treaty: Key
    article: str = ""


class Suspend(Event):
    """A member stops taking part in a treaty, or leaves it."""

    kind: Literal["suspend"]
    who: Code
    treaty: Key


class Deaths(Event):
    """Military deaths of a side since the start, by the end of the day."""

    kind: Literal["deaths"]
    side: SideName
    total: Amount


class Incident(Event):
    """Anything else worth telling; no answer depends on it."""

    kind: Literal["incident"]
    what: str


AnyEvent = Annotated[
    Attack
    | Truce
    | Breach
    | Settlement
    | Front
    | Join
    | Aid
    | Mediate
    | Invoke
    | Suspend
    | Deaths
    | Incident,
    Field(discriminator="kind"),
]
