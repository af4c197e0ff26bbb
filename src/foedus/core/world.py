"""What is fixed while a trajectory runs, and what changes: the records the mechanics pass on."""

from typing import NamedTuple

from jaxtyping import Array, Bool, Float, Int, UInt


class World(NamedTuple):
    """A dispute and its surroundings, fixed while a trajectory runs.

    Numbers that a scenario may leave uncertain end in the axis `draw`; `side` is
    `kinds.Side`, and `tie[side, k]` reads from k to that side's principal.
    States stand in the order of their codes.

    Attributes:
        challenger: Index of the state that holds the grievance and may attack.
        target: Index of the state attacked.
        party: True for third parties; False for principals, non-state entities and padding.
        state_entity: Stream key of each state (`streams.entity`).
        treaty_entity: Stream key of each treaty.
        dispute_entity: Stream key of the dispute.
        era: Index of `kinds.Era` at the start.
        capability: CINC share times military quality.
        distance: From the state's capital (0 if it borders a principal) to the place, 1000 km.
        local: Strength of each side at the place on day 0, in capability units.
        personnel: Soldiers of each side in the theatre on day 0.
        major: Major power.
        nuclear: Has nuclear weapons.
        seat: Sits in the format that mediates the dispute.
        domestic: Domestic cost of fighting for a side, 0 none to 1 prohibitive.
        affinity: Political closeness to a side, 0 to 1.
        arms: Share of the side's arms imports that come from k.
        trade: Share of the side's trade that is with k.
        energy: Share of k's energy imports that come from the side, or of the side's from k.
        base: k has a base on the side's land.
        rivalry: k is a strategic rival of the side.
        contiguous: k borders the side.
        member: State is a party to the treaty, in force at the start.
        dependence: Of a member on the treaty's leader: mean of base, arms, energy and trade shares.
        leader: Index of the strongest member of each treaty.
        promise: Treaty contains an obligation of that kind, 0 or 1.
        covered: `kinds.Reading`: is the place of fighting inside the treaty, for each side's claim?
        triggered: `kinds.Reading`: did what began the fighting trigger the promise to that side?
        on_request: The duty falls due only when the attacked member asks.
        trust: Log-odds that an observer adds to the common prior trust in an ally; 0 = none.
        small_theatre: Standardised density of forces on the contested land.
        limited_aim: 1 where the aim is the contested land and not the state itself.
        front: Share of the contested land already in the challenger's hands on day 0.
        ignites: Fighting begins on day 0 as a known event.
    """

    challenger: Int[Array, ""]
    target: Int[Array, ""]
    party: Bool[Array, " state"]
    state_entity: UInt[Array, " state"]
    treaty_entity: UInt[Array, " treaty"]
    dispute_entity: UInt[Array, ""]
    era: Int[Array, ""]
    capability: Float[Array, "state draw"]
    distance: Float[Array, "state draw"]
    local: Float[Array, "side draw"]
    personnel: Float[Array, "side draw"]
    major: Float[Array, " state"]
    nuclear: Float[Array, " state"]
    seat: Float[Array, " state"]
    domestic: Float[Array, "side state draw"]
    affinity: Float[Array, "side state draw"]
    arms: Float[Array, "side state draw"]
    trade: Float[Array, "side state draw"]
    energy: Float[Array, "side state draw"]
    base: Float[Array, "side state draw"]
    rivalry: Float[Array, "side state"]
    contiguous: Float[Array, "side state"]
    member: Bool[Array, "treaty state"]
    dependence: Float[Array, "treaty state draw"]
    leader: Int[Array, " treaty"]
    promise: Float[Array, "treaty obligation"]
    covered: Int[Array, "side treaty"]
    triggered: Int[Array, "side treaty"]
    on_request: Bool[Array, " treaty"]
    trust: Float[Array, "observer ally"]
    small_theatre: Float[Array, " draw"]
    limited_aim: Float[Array, " draw"]
    front: Float[Array, " draw"]
    ignites: Bool[Array, ""]


DRAWN = (
    "capability",
    "distance",
    "local",
    "personnel",
    "domestic",
    "affinity",
    "arms",
    "trade",
    "energy",
    "base",
    "dependence",
    "small_theatre",
    "limited_aim",
    "front",
)
"""Fields of `World` whose last axis is `draw`, in one order, so that programs are cached."""
