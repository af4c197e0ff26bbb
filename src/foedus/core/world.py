"""What is fixed while a trajectory runs: states, treaties, and the disputes they may fight over."""

from typing import NamedTuple

from jaxtyping import Array, Bool, Float, Int, UInt


class Dispute(NamedTuple):
    """Who may fight whom over what, and how third parties stand to it.

    A scenario declares its disputes as slots: every array ends in `dispute`, those that it may
    leave uncertain in `dispute draw`. The engine lays slots and runs side by side on one axis,
    `column`: a column is one dispute of one run, and mechanisms see nothing else.
    `side` is `kinds.Side`; `tie[side, k]` reads from k to that side's principal.

    Attributes:
        challenger: Index of the state or entity that holds the grievance and may attack.
        target: Index of the state attacked.
        party: True for third parties; False for principals, non-state entities and padding.
        entity: Stream key of the dispute.
        covered: `kinds.Reading`: does what is attacked lie inside the treaty, for each side?
        triggered: `kinds.Reading`: would the fighting trigger the promise to that side?
        home: `kinds.Reading`: would a strike on land of that side's beyond what is contested make
            the promise to it due?
        seat: Sits in the format that mediates the dispute.
        rivalry: k is a strategic rival of the side.
        contiguous: k borders the side.
        alongside: Disputes of the last ten years in which k stood with the side.
        against: Disputes of the last ten years in which k stood against the side.
        pledged: k has pledged help to the side in public, 0 or 1.
        ignites: Fighting begins on day 0 as a known event.
        open_: The slot is used; padding is not, and nothing ever happens there.
        unrest: It is a rising inside the target.
        distance: From the state's capital (0 if it borders a principal) to the place, 1000 km.
        in_place: Strength of each third party that stands at the place on day 0, in capability:
            its garrison on the land that the target defends.
        local: Strength of each side's own at the place on day 0, in capability units.
        personnel: Soldiers of each side in the theatre on day 0.
        domestic: Domestic cost of fighting for a side that lasts, 0 none to 1 prohibitive.
        affinity: Political closeness to a side, 0 to 1.
        arms: Share of the side's arms imports that come from k.
        exports: Share of k's arms exports that goes to the side and is paid for.
        imports: Log of a side's imports of major arms over the geometric mean of the two sides'.
        trade: Share of the side's trade that is with k.
        energy: Share of k's energy imports that come from the side, or of the side's from k.
        base: k has a base on the side's land.
        small_theatre: Standardised density of forces on the contested land.
        limited_aim: 1 where the aim is the contested land and not the state itself.
        pace: Log tempo beyond what theatre and aim imply.
        grievance: Log-odds that the challenger attacks, beyond the common prior.
        front: Share of the contested land already in the challenger's hands on day 0.
        strike: Share of the other side's heavy arms within reach of a side's strikes from the air,
            as long as its drones and loitering munitions are whole.
        air_defence: Share of such strikes that a side's air defence, whole, stops.
        supply: Share of the side's arms of each class (`kinds.Arms`) that comes from k, times what
            its arms are worth against new ones.
        sold: Share of k's arms for the side that it sells for money; the rest it lends or gives.
        route: Share of its lift that a third party's way to the place lets through.
        long_range: How far a side's long-range arms reach land of the other's beyond the contested,
            0 not at all, 1 all of it.
        spill: How far the own land of outsiders that fight lies within reach of the other side's, 0
            to 1.
    """

    challenger: Int[Array, " dispute"]
    target: Int[Array, " dispute"]
    party: Bool[Array, "state dispute"]
    entity: UInt[Array, " dispute"]
    covered: Int[Array, "side treaty dispute"]
    triggered: Int[Array, "side treaty dispute"]
    home: Int[Array, "side treaty dispute"]
    seat: Float[Array, "state dispute"]
    rivalry: Float[Array, "side state dispute"]
    contiguous: Float[Array, "side state dispute"]
    alongside: Float[Array, "side state dispute"]
    against: Float[Array, "side state dispute"]
    pledged: Float[Array, "side state dispute"]
    ignites: Bool[Array, " dispute"]
    open_: Bool[Array, " dispute"]
    unrest: Bool[Array, " dispute"]
    distance: Float[Array, "state dispute draw"]
    in_place: Float[Array, "state dispute draw"]
    local: Float[Array, "side dispute draw"]
    personnel: Float[Array, "side dispute draw"]
    domestic: Float[Array, "side state dispute draw"]
    affinity: Float[Array, "side state dispute draw"]
    arms: Float[Array, "side state dispute draw"]
    exports: Float[Array, "side state dispute draw"]
    imports: Float[Array, "side dispute draw"]
    trade: Float[Array, "side state dispute draw"]
    energy: Float[Array, "side state dispute draw"]
    base: Float[Array, "side state dispute draw"]
    small_theatre: Float[Array, "dispute draw"]
    limited_aim: Float[Array, "dispute draw"]
    pace: Float[Array, "dispute draw"]
    grievance: Float[Array, "dispute draw"]
    front: Float[Array, "dispute draw"]
    strike: Float[Array, "side dispute draw"]
    air_defence: Float[Array, "side dispute draw"]
    supply: Float[Array, "class side state dispute draw"]
    sold: Float[Array, "side state dispute draw"]
    route: Float[Array, "state dispute draw"]
    long_range: Float[Array, "side dispute draw"]
    spill: Float[Array, "dispute draw"]


class World(NamedTuple):
    """States and treaties, and the disputes among them. States stand in the order of their codes.

    Attributes:
        era: Index of `kinds.Era` at the start.
        year: Calendar year of the start.
        state_entity: Stream key of each state (`streams.entity`).
        treaty_entity: Stream key of each treaty.
        capability: CINC share times military quality.
        major: Major power.
        nuclear: Has nuclear weapons.
        member: State is a party to the treaty, in force at the start.
        candidate: State might sign or accede to it later.
        edge: Treaty and state of each pair that is or may be a membership; only these are
            reconsidered. A pair may stand there twice.
        dependence: Of a state on the treaty's leader: mean of base, arms, energy and trade shares.
        closeness: Affinity of a state to the treaty's leader, 0 to 1.
        leader: Index of the strongest member, or candidate, of each treaty.
        notice: Weeks from the notice of leaving a treaty to its effect.
        promise: Treaty contains an obligation of that kind, 0 or 1.
        own_land: `kinds.Reading`: would an attack on a state's own land by an outsider make the
            promise to it due?
        on_request: The duty falls due only when the attacked member asks.
        reads: `kinds.Reading`: how each state reads disputed clauses: narrowly (NO), widely (YES),
            or not known (DISPUTED).
        trust: Log-odds that an observer adds to the common prior trust in an ally; 0 = none.
        signals: Number of signals of each kind (`kinds.Signal`), up to the start, that an ally was
            looked to for and did not send, and of those that it sent.
        region: State is a principal of one of the disputes.
        brokered: Number of truces up to the start that each state brokered.
        supplies: Mean share of the arms imports of the region's other states that come from each.
        bases: Mean over them of whether it has a base there, 0 to 1.
        burden: Cost at home of fighting that dated pressures put on each state in each month from
            the start, 0 to 1; the last month's stays.
        engaged: Share of its forces that they tie up elsewhere or take away.
        dispute: The slots.
    """

    era: Int[Array, ""]
    year: Float[Array, ""]
    state_entity: UInt[Array, " state"]
    treaty_entity: UInt[Array, " treaty"]
    capability: Float[Array, "state draw"]
    major: Float[Array, " state"]
    nuclear: Float[Array, " state"]
    member: Bool[Array, "treaty state"]
    candidate: Bool[Array, "treaty state"]
    edge: Int[Array, "2 edge"]
    dependence: Float[Array, "treaty state draw"]
    closeness: Float[Array, "treaty state draw"]
    leader: Int[Array, " treaty"]
    notice: Float[Array, " treaty"]
    promise: Float[Array, "treaty obligation"]
    own_land: Int[Array, "treaty state"]
    on_request: Bool[Array, " treaty"]
    reads: Int[Array, " state"]
    trust: Float[Array, "observer ally"]
    signals: Float[Array, "signal 2 state"]
    region: Bool[Array, " state"]
    brokered: Float[Array, " state"]
    supplies: Float[Array, "state draw"]
    bases: Float[Array, "state draw"]
    burden: Float[Array, "month state draw"]
    engaged: Float[Array, "month state draw"]
    dispute: Dispute


DRAWN = ("capability", "dependence", "closeness", "supplies", "bases", "burden", "engaged")
"""Fields of `World` whose last axis is `draw`, in one order, so that programs are cached."""

DISPUTE_DRAWN = Dispute._fields[Dispute._fields.index("distance") :]
"""Fields of `Dispute` whose last axis is `draw`."""
