"""What may happen on a day, before the start or after it?"""

from typing import Annotated, Literal

from pydantic import Field

from foedus.scenario.entry import (
    Code,
    Date,
    GradeName,
    Key,
    SideName,
    SignalName,
    Sourced,
    Tie,
)
from foedus.scenario.quantity import Amount, Model, Positive, Share


class Effect(Model):
    """What a known event changed in the inputs."""

    ties: tuple[Tie, ...] = ()


class Signal(Sourced):
    """What a state said or did, or was looked to for and did not, to show that it would help.

    Signals up to the start steer a run, later ones only tell what became of beliefs.
    """

    date: Date
    from_: Code = Field(alias="from")
    to: Code
    kind: SignalName
    sent: Literal["yes", "no"] = "yes"
    """no: it was expected and did not come."""
    as_stated_by: str = ""
    """Who states it so, against what is documented; such a version steers nothing."""


class Event(Sourced):
    """Something that happened on a day."""

    date: Date
    effect: Effect | None = None
    """Only for events up to the start."""


class DisputeEvent(Event):
    """Something that happened in a dispute."""

    dispute: Key | None = None
    """Id of the dispute; may be left out where there is only one."""


class Attack(DisputeEvent):
    """Fighting begins, or begins anew after a truce or settlement."""

    kind: Literal["attack"]


class Truce(DisputeEvent):
    """Fighting stops by agreement for the time being."""

    kind: Literal["truce"]
    broker: tuple[Code, ...] = ()


class Breach(DisputeEvent):
    """A truce breaks."""

    kind: Literal["breach"]


class Settlement(DisputeEvent):
    """An agreement ends this war."""

    kind: Literal["settlement"]
    broker: tuple[Code, ...] = ()


class Victory(DisputeEvent):
    """The challenger has what it fought for, and fighting ends without an agreement."""

    kind: Literal["victory"]


class Repulse(DisputeEvent):
    """The challenger is beaten off or put down, and fighting ends without an agreement."""

    kind: Literal["repulse"]


class Front(DisputeEvent):
    """Share of the contested land in the challenger's hands at the end of the day."""

    kind: Literal["front"]
    share: Share


class Join(DisputeEvent):
    """A third party fights on a side with its own forces."""

    kind: Literal["join"]
    who: Code
    side: SideName
    until: Date | None = None


class Aid(DisputeEvent):
    """A third party goes some way for a side, short of open combat."""

    kind: Literal["aid"]
    who: Code
    side: SideName
    grade: GradeName = "aid"
    """How far: words, advisers and arms, troops that deter, or force not owned up to."""
    until: Date | None = None


class Mediate(DisputeEvent):
    """A third party mediates."""

    kind: Literal["mediate"]
    who: Code
    until: Date | None = None


class Invoke(DisputeEvent):
    """A state asks its allies for what a treaty promises; in every dispute if none is named."""

    kind: Literal["invoke"]
    who: Code
    treaty: Key
    article: str = ""


class Keepers(DisputeEvent):
    """Peacekeepers of a third party come."""

    kind: Literal["keepers"]
    who: Code
    until: Date | None = None
    """First day without them."""


class MembershipEvent(Event):
    """What a state does about its part in a treaty."""

    who: Code
    treaty: Key


class Suspend(MembershipEvent):
    """A member stops taking part in a treaty and does not leave it."""

    kind: Literal["suspend"]


class Notice(MembershipEvent):
    """A member gives notice that it will leave; it is bound until the notice runs out."""

    kind: Literal["notice"]


class Leave(MembershipEvent):
    """A member is bound no longer."""

    kind: Literal["leave"]


class Accede(MembershipEvent):
    """A state becomes bound: it accedes, or signs a treaty that was only possible."""

    kind: Literal["accede"]


class Deaths(DisputeEvent):
    """Military deaths of a side since the start, by the end of the day."""

    kind: Literal["deaths"]
    side: SideName
    total: Amount


class Civilians(DisputeEvent):
    """Civilian deaths of a side since the start, by the end of the day."""

    kind: Literal["civilians"]
    side: SideName
    total: Amount


class Strike(DisputeEvent):
    """A side strikes recognised land of the other's beyond what the two fight over."""

    kind: Literal["strike"]
    side: SideName
    """Who strikes."""


class Report(DisputeEvent):
    """What somebody said of a side's military deaths since the start; no answer depends on it."""

    kind: Literal["report"]
    by: Code
    """State or entity that says so."""
    side: SideName
    total: Positive
    wounded: bool = False
    """The figure counts the wounded too."""


class Incident(Event):
    """Anything else worth telling; no answer depends on it."""

    kind: Literal["incident"]
    what: str


AnyEvent = Annotated[
    Attack
    | Truce
    | Breach
    | Settlement
    | Victory
    | Repulse
    | Front
    | Join
    | Aid
    | Mediate
    | Invoke
    | Keepers
    | Suspend
    | Notice
    | Leave
    | Accede
    | Deaths
    | Civilians
    | Strike
    | Report
    | Incident,
    Field(discriminator="kind"),
]
