"""What does a scenario file contain?

Mappings name things (states, treaties, territories, sources, questions); lists hold facts.
Their order never matters. Dates are ISO dates. Everything dated after `start` stands in
`events` and `questions`, which score a run and never steer it.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from foedus.scenario.entry import (
    Answer,
    Code,
    Date,
    Form,
    Key,
    Kind,
    Object,
    Place,
    PressureKind,
    SideName,
    Sourced,
    Tie,
)
from foedus.scenario.events import AnyEvent, Signal
from foedus.scenario.quantity import Amount, Model, Positive, Quantity, Share


class SharesBySide(Sourced):
    """A share for each side, where one is stated."""

    target: Share | None = None
    challenger: Share | None = None


class Suppliers(Sourced):
    """Who supplies a side's arms of a class, by share; where nobody is named, as its imports."""

    ground: dict[Code, Share] = Field(default_factory=dict)
    """Armour, guns, launchers."""
    air_defence: dict[Code, Share] = Field(default_factory=dict)
    strike: dict[Code, Share] = Field(default_factory=dict)
    """Drones and loitering munitions."""


class SuppliersBySide(Model):
    """Who supplies each side."""

    target: Suppliers = Suppliers()
    challenger: Suppliers = Suppliers()


class AmountsBySide(Sourced):
    """A positive number for each side."""

    target: Positive
    challenger: Positive


class Homes(Sourced):
    """Land of each side that lies beyond what the two fight over: keys of territories."""

    target: Key | None = None
    challenger: Key | None = None


class State(Sourced):
    """A state, under its code of the state table, which knows its name."""

    capability: Positive
    """CINC: its share of the world's material capabilities (COW)."""
    quality: Positive = Positive(value=1)
    """Military quality that multiplies capability; 1 is average."""
    capital: Place | None = None
    """Latitude and longitude of its capital; distances to the disputes run from there."""
    major: bool = False
    """A major power."""
    nuclear: bool = False
    """Has nuclear weapons."""
    domestic: Share = Share(value=0)
    """Cost at home of fighting abroad that lasts, 0 none to 1 prohibitive; needs evidence."""


class Entity(Sourced):
    """Something that fights but is no state, under its code of the table of entities."""

    name: str = ""
    """Needed where the table does not know it."""
    fights_in: Key
    """Dispute in which it fights."""
    fights_with: SideName
    strength: Positive
    """Adds to the side's local strength, in units of capability."""
    personnel: Amount | None = None
    """Adds to the side's soldiers in the theatre."""


class Spell(Sourced):
    """Who held a territory, and from when; the last spell before the start is in force."""

    holder: Code
    from_: Date = Field(alias="from")
    to: Date | None = None


class Territory(Sourced):
    """Contested land."""

    names: Annotated[tuple[str, ...], Field(min_length=1)]
    """Its names, those of all sides."""
    at: Place
    """Latitude and longitude of its middle."""
    area_km2: Positive | None = None
    recognised: Code
    """State whose land it is by the recognition of most states."""
    holders: tuple[Spell, ...] = ()
    claimants: tuple[Code, ...] = ()


class Member(Sourced):
    """A spell of membership; `from` is the day the treaty came into force if not given."""

    state: Code
    from_: Date | None = Field(default=None, alias="from")
    to: Date | None = None


class Coverage(Sourced):
    """Whether a clause covers a territory, where its default rule does not say it."""

    territory: Key
    covered: Answer
    by_reading: dict[str, Answer] = Field(default_factory=dict)
    """Who reads it how."""
    from_: Date | None = Field(default=None, alias="from")
    to: Date | None = None


class Scope(Sourced):
    """Where a clause holds."""

    default: Literal["members-territory", "everywhere"] = "members-territory"
    """`members-territory`: the land of its members as most states recognise it."""
    territories: tuple[Coverage, ...] = ()


class Clause(Sourced):
    """One promise of a treaty."""

    article: str
    kind: Kind
    words: str
    """What it promises, in our words."""
    trigger: Literal["attack", "threat", "any"] = "attack"
    on_request: bool = False
    """Falls due only when the attacked member asks."""
    decision: Literal["consensus", "each"] = "each"
    protects: Annotated[tuple[Object, ...], Field(min_length=1)] = ("territory",)
    """What must be attacked: the territory of a member, its forces or its bases abroad."""
    members: Answer = "disputed"
    """Does an attack by a fellow member count?"""
    internal: Answer = "no"
    """Does unrest inside the member count?"""
    proxies: Answer = "disputed"
    """Does an attack by proxies, or by a force that nobody owns up to, count?"""
    only: tuple[Code, ...] = ()
    """Attackers against which it protects; empty: against anybody."""
    unprovoked: bool = False
    """Only an unprovoked attack counts."""
    after: str = ""
    """Code of the state that must have acted before it falls due; empty if none."""
    attackers: Annotated[int, Field(ge=1)] = 1
    """Falls due only against at least so many attackers at once."""
    scope: Scope = Scope()


class Treaty(Sourced):
    """A treaty as data."""

    name: str
    atop: int | None = None
    """Its number in ATOP."""
    possible: bool = False
    """Not signed at the start; its candidates might sign it."""
    signed: Date | None = None
    """Day of signature; missing where the treaty is only possible."""
    in_force: Date | None = None
    ended: Date | None = None
    notice_months: Annotated[int, Field(ge=0)] = 6
    """Months from the notice of leaving to its effect."""
    members: tuple[Member, ...] = ()
    """Members by spells: any state of the state table, also one not among `states`."""
    candidates: tuple[Code, ...] = ()
    """States of `states` that might accede, or sign it where it is only possible."""
    obligations: Annotated[tuple[Clause, ...], Field(min_length=1)]


class Readings(Model):
    """Who reads it how, for each side."""

    target: dict[str, Answer] = Field(default_factory=dict)
    challenger: dict[str, Answer] = Field(default_factory=dict)


class Beginning(Sourced):
    """Was what began the fighting an attack on that side, as its treaties read it?"""

    target: Answer = "yes"
    challenger: Answer = "no"
    by_reading: Readings = Readings()


class MediationFormat(Sourced):
    """The format in which third parties mediate."""

    name: str = ""
    seats: tuple[Code, ...] = ()


class Dispute(Sourced):
    """Who may fight whom over what."""

    id: Key
    challenger: Code
    """State or entity that holds the grievance and may attack."""
    target: Code
    territory: Key
    form: Form = "open"
    """How the attack is or would be made."""
    object: Object = "territory"
    """What is or would be attacked: territory, or forces or a base abroad."""
    ignites: Date | None = None
    """Day on which fighting is known to begin; empty if it only may."""
    began_as: Beginning = Beginning()
    small_theatre: Quantity = Quantity(value=0)
    """Standardised density of forces on the contested land."""
    limited_aim: Share = Share(value=1)
    """1 where the aim is the land and not the state itself."""
    strength: AmountsBySide | None = None
    """Strength of each side at the place on day 0, in units of capability; else its capability."""
    personnel: AmountsBySide
    """Soldiers of each side in the theatre on day 0."""
    front: Share = Share(value=0)
    """Share of the contested land in the challenger's hands on day 0."""
    strike: SharesBySide = SharesBySide()
    """Share of the other side's heavy arms that a side's drones and loitering munitions reach, as
    long as they are whole."""
    air_defence: SharesBySide = SharesBySide()
    """Share of such strikes that a side's air defence stops, as long as it is whole."""
    suppliers: SuppliersBySide = SuppliersBySide()
    """Who makes lost arms of a class good, where the shares of imports do not say it."""
    homes: Homes = Homes()
    """Land of each side beyond the contested that the other might strike."""
    long_range: SharesBySide = SharesBySide()
    """How far a side's missiles, rockets and aircraft reach that land of the other's, 0 to 1."""
    spill: Share = Share(value=0)
    """How far the own land of outsiders that fight lies within reach of the other side's."""
    pace: Quantity = Quantity(value=0)
    """Log tempo beyond what theatre and aim imply."""
    grievance: Quantity = Quantity(value=0)
    """Log-odds that the challenger attacks, beyond the common prior."""
    domestic: dict[Code, SharesBySide] = Field(default_factory=dict)
    """Cost at home of fighting here, where it is not the state's own."""
    in_place: dict[Code, Amount] = Field(default_factory=dict)
    """Strength of a third party's garrison at the place on day 0, in units of capability."""
    route: dict[Code, Share] = Field(default_factory=dict)
    """Share of its lift that a third party's way to the place lets through; 1 if not stated."""
    format: MediationFormat = MediationFormat()


class Delivery(Sourced):
    """Major arms that went from one state to another in some years before the start."""

    from_: Code | None = Field(default=None, alias="from")
    """Supplier; without it, all others together."""
    to: Code | None = None
    """Receiver; without it, all others together."""
    years: Annotated[tuple[int, ...], Field(min_length=2, max_length=2)]
    """The first and the last."""
    volume: Positive
    """In a unit that is the same throughout the file."""
    quality: Share = Share(value=1)
    """What its arms can do against new ones, where the unit of `volume` does not tell."""
    paid: Share = Share(value=1)
    """What the supplier earns of its worth: 1 for a sale, less on credit, 0 for aid."""

    @property
    def key(self) -> str:
        """What tells it from all others; its numbers are drawn by it."""
        first, last = self.years
        return f"deliveries.{self.from_ or 'others'}.{self.to or 'others'}.{first}-{last}"


class Pressure(Sourced):
    """What weighs on states at home from a day up to the start on, beside their `domestic`.

    Pressures add up: 1 less the product of what each leaves.
    """

    states: Annotated[tuple[Code, ...], Field(min_length=1)]
    """On whom; each has a draw of its own."""
    kind: PressureKind
    name: str = ""
    """What is meant, to tell apart what has one kind and day."""
    from_: Date = Field(alias="from")
    months: Positive | None = None
    """For how many months from the start, as expected then; without it, to the horizon."""
    cost: Share = Share(value=0)
    """Cost at home of fighting that it adds, 0 none to 1 prohibitive."""
    forces: Share = Share(value=0)
    """Share of their forces that it ties up elsewhere, or takes away."""


class Trust(Sourced):
    """Log-odds that an observer adds to the common trust in an ally."""

    observer: Code
    ally: Code
    value: Quantity


class Reference(Sourced):
    """What the record says about the class of cases a question belongs to, or why it says nothing.

    Attributes:
        class_: The class of cases (`class` in the file).
    """

    p: float | None = None
    """Share of the class in which the claim came true."""
    n: int | None = None
    """Number of cases."""
    class_: str = Field(default="", alias="class")
    none: str = ""
    """Why there is no class."""


class Question(Sourced):
    """A claim with a deadline, to be answered by a probability, or a quantity by a range."""

    text: str
    given: dict[str, Any] | None = None
    """Claim that must be true for the question to count; see `foedus.claims`."""
    claim: dict[str, Any]
    """The claim as data; see `foedus.claims`."""
    reference: Reference


class Source(Model):
    """Where a fact comes from."""

    cite: str
    url: str = ""
    date: Date | None = None


class Called(Sourced):
    """Who is asked to help a side, or bound to; what they did stands in `events` alone."""

    dispute: Key | None = None
    """Id of the dispute; may be left out where there is only one."""
    side: SideName
    states: Annotated[tuple[Code, ...], Field(min_length=1)]
    by: Date
    """Day up to which counts what they do."""


class Scenario(Model):
    """A dated situation."""

    foedus: Literal[1]
    """Version of the file format: 1."""
    id: Key
    """Name of the scenario."""
    title: str
    """Title in one line."""
    summary: str = ""
    start: Date
    """First day; what was known on it may steer the run."""
    end: Date
    """Horizon: last day that is simulated."""
    hypothetical: bool = False
    """Nothing of the kind has happened; whatever is printed of it says so."""
    mids: tuple[int, ...] = ()
    """Numbers of this war in the record of disputes, for answers from a fit without it."""
    called: tuple[Called, ...] = ()
    """Who is asked to help whom; `foedus cases` says what each would do, and did."""
    states: dict[Code, State]
    """States by their codes."""
    entities: dict[Code, Entity] = Field(default_factory=dict)
    territories: dict[Key, Territory]
    """Contested land by name."""
    treaties: dict[Key, Treaty] = Field(default_factory=dict)
    disputes: tuple[Dispute, ...]
    """Who may fight whom over what: one to eight of them."""
    ties: tuple[Tie, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    """Who armed whom, when and on what terms; `arms` under `ties` gives shares alone."""
    pressures: tuple[Pressure, ...] = ()
    """What weighs on states at home for a time: war elsewhere, epidemic, unrest, sanctions."""
    trust: tuple[Trust, ...] = ()
    signals: tuple[Signal, ...] = ()
    """Words and deeds that show who would help; those up to the start steer."""
    events: tuple[AnyEvent, ...] = ()
    questions: dict[Key, Question] = Field(default_factory=dict)
    sources: dict[Key, Source] = Field(default_factory=dict)

    def dispute(self, key: str | None = None) -> Dispute:
        """The dispute of that id; without one, the only dispute.

        Raises:
            ValueError: There is none of that id, or several where no id is given.
        """
        known = sorted(dispute.id for dispute in self.disputes)
        found = [dispute for dispute in self.disputes if key in (None, dispute.id)]
        if len(found) != 1:
            raise ValueError(f"expected dispute: one of {', '.join(known)}; got {key or 'none'}")
        return found[0]
