"""What each third party's actions are worth to it, term by term.

The utility of staying out is 0. Help comes in grades (`kinds.Grade`): each grade weighs the
reasons for fighting by its exposure and those for arming a friend by the rest, so that one set of
terms serves them all. Each term is named: the reasons of an answer are the numbers the
simulation used. Model note 1.3.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from foedus.core import features
from foedus.core.kinds import Action, Grade, Side
from foedus.core.params import Params
from foedus.core.shapes import Bound, PerColumn, PerSide, PerState
from foedus.core.world import Dispute, World
from foedus.game.wills import in_time

Terms = dict[str, PerState]


class Rung(NamedTuple):
    """What sets one grade of help apart.

    Attributes:
        intercept: Logit without ties and duty.
        duty: Weight of a duty, as a share of its weight on combat.
        exposure: Share of the reasons for and against fighting that it takes on.
        share: Strength that it adds, as a share of fighting.
    """

    intercept: PerColumn
    duty: PerColumn | float
    exposure: PerColumn | float
    share: PerColumn | float


def ladder(params: Params) -> dict[Grade, Rung]:
    """The grades of help, from words to open combat."""
    own = params.joining
    return {
        Grade.STATEMENT: Rung(own.statement_intercept, own.statement_duty, 0.0, 0.0),
        Grade.AID: Rung(own.aid_intercept, own.aid_duty, 0.0, own.aid_share),
        Grade.DEPLOYMENT: Rung(own.deploy_intercept, own.deploy_duty, own.deploy_exposure, 0.0),
        Grade.DENIABLE: Rung(
            own.deniable_intercept, own.deniable_duty, own.deniable_exposure, own.deniable_share
        ),
        Grade.COMBAT: Rung(own.intercept - jnp.log(in_time(params)), 1.0, 1.0, 1.0),
    }


def fight_terms(params: Params, world: World, dispute: Dispute, side: Side) -> Terms:
    """Standing reasons to fight on a side: all but promises, prospects and the shared effect."""
    joining, other = params.joining, Side(1 - side)
    shape = dispute.distance.shape
    opponent = features.principals(world, dispute)[other]
    nuclear = features.of_state(world.nuclear[:, None], opponent)
    return {
        "era": jnp.broadcast_to(joining.era[world.era], shape),
        "trend": jnp.broadcast_to(joining.trend * features.half_centuries(world.year), shape),
        "power": joining.power * features.power(params, world, dispute),
        "major power": joining.major * world.major[:, None],
        "rival of the opponent": joining.rivalry * dispute.rivalry[other],
        "borders the opponent": joining.contiguity * dispute.contiguous[other],
        "fought at its side before": joining.alongside * features.often(dispute.alongside[side]),
        "fought the opponent before": joining.against * features.often(dispute.against[other]),
        "closer to this side": joining.affinity * features.closer(dispute.affinity, side),
        "far away": -joining.remoteness * features.far(dispute.distance),
        "others are bound too": -joining.crowd
        * features.often(features.partners(world, dispute)[side]),
        "nuclear opponent": jnp.broadcast_to(-joining.nuclear * nuclear, shape),
        "arms sold to the opponent": -features.customer(params, dispute, other),
        "cost at home": -joining.domestic * dispute.domestic[side],
        "pledged in public": joining.audience * dispute.pledged[side],
        "own troops attacked": joining.tripwire * features.stands(dispute, side),
    }


def aid_terms(params: Params, dispute: Dispute, side: Side) -> Terms:
    """Standing reasons to help a side without fighting."""
    joining, other = params.joining, Side(1 - side)
    return {
        "arms supplied": joining.aid_arms * dispute.arms[side],
        "affinity": joining.aid_affinity * features.closer(dispute.affinity, side),
        "arms sold to the opponent": -features.customer(params, dispute, other),
        "rents of an open dispute": -joining.rent * features.rents(params, dispute),
    }


def mediate_terms(params: Params, world: World, dispute: Dispute) -> Terms:
    """Standing reasons to mediate."""
    joining = params.joining
    both = jnp.sqrt(dispute.arms[Side.TARGET] * dispute.arms[Side.CHALLENGER])
    return {
        "intercept": jnp.broadcast_to(joining.mediate_intercept, both.shape),
        "major power": joining.mediate_major * world.major[:, None],
        "seat in the format": joining.mediate_seat * dispute.seat,
        "arms both sides": joining.mediate_both * both,
        "rents of an open dispute": joining.rent * features.rents(params, dispute),
    }


def add(terms: Terms) -> PerState:
    """Sum of the terms, in their order."""
    first, *rest = terms.values()
    for term in rest:
        first = first + term
    return first


def standing(
    params: Params, world: World, dispute: Dispute, side_effect: Float[Array, "side column"]
) -> tuple[PerState, ...]:
    """Utility of each action before promises and prospects, each [state, column].

    Args:
        params: One draw a column.
        world: States.
        dispute: Ties.
        side_effect: Effect that all decisions to fight on a side share.
    """
    rows = {
        Action.ABSTAIN: jnp.zeros_like(dispute.distance),
        Action.MEDIATE: add(mediate_terms(params, world, dispute)),
    }
    for side in Side:
        fight = add(fight_terms(params, world, dispute, side)) + side_effect[side]
        aid = add(aid_terms(params, dispute, side))
        for grade, rung in ladder(params).items():
            mixed = rung.exposure * fight + (1 - rung.exposure) * aid
            rows[Action.of(grade, side)] = rung.intercept + mixed
    return tuple(rows[action] for action in Action)


def duty_weights(
    params: Params, year: Array, watched: PerState, esteem: PerState, *types: PerState | float
) -> list[PerState]:
    """Utility of a duty in full to allies of each type, trusted and watched.

    Args:
        params: One draw a column.
        year: Of the dispute: promises have lost weight with time.
        watched: `features.watched`.
        esteem: Trust in each ally, as the target holds it.
        types: 1 for the steadfast type, -1 for the other; numbers or [state, column].
    """
    joining = params.joining
    full = joining.obligation * features.faded(joining.fading, year)
    full = full * (1 + joining.reputation * esteem * watched)
    return [full * (1 + joining.steadfast * type_) for type_ in types]


class Promises(NamedTuple):
    """What a state has promised to each side.

    Attributes:
        owed: What it owes the side, 0 to 1.
        restraint: It has promised not to fight the side, 0 or 1.
        camp: Share of its treaties with either side that bind it to this one, 0 to 1.
    """

    owed: Float[Array, "side state column"]
    restraint: Float[Array, "side state column"]
    camp: Float[Array, "side state column"]


def promises(
    world: World,
    dispute: Dispute,
    active: Bound,
    due: Float[Array, "side treaty column"],
) -> Promises:
    """Promises in force, given how far each treaty's duty is felt."""
    sides = features.principals(world, dispute)
    return Promises(
        jnp.stack([features.owed(d, active, p) for d, p in zip(due, sides, strict=True)]),
        jnp.stack([features.restraint(world, active, p) for p in sides]),
        features.camps(active, sides).astype(due.dtype),
    )


def promised(
    params: Params, utility: tuple[PerState, ...], made: Promises, weight: PerState
) -> tuple[PerState, ...]:
    """Add what a state has promised: duty to its side, restraint toward the other.

    A duty counts in full for combat and in part for less, so more of it never lowers combat.

    Args:
        params: One draw a column.
        utility: Standing utility of each action.
        made: Promises in force.
        weight: Utility of a duty in full.
    """
    joining, rows = params.joining, list(utility)
    held = joining.nonaggression * made.restraint + joining.camps * made.camp
    for side in Side:
        due = weight * made.owed[side]
        for grade, rung in ladder(params).items():
            action = Action.of(grade, side)
            rows[action] = rows[action] + rung.duty * due - rung.exposure * held[1 - side]
    return tuple(rows)


def burdened(
    params: Params, dispute: Dispute, utility: tuple[PerState, ...], burden: PerState
) -> tuple[PerState, ...]:
    """Add what dated pressures at home cost, to each grade by its exposure.

    Args:
        params: One draw a column.
        dispute: With the cost at home that lasts.
        utility: Standing utility of each action.
        burden: `features.Pressure.burden`.
    """
    rows = list(utility)
    for side in Side:
        cost = params.joining.domestic * features.added(dispute.domestic[side], burden)
        for grade, rung in ladder(params).items():
            action = Action.of(grade, side)
            rows[action] = rows[action] - rung.exposure * cost
    return tuple(rows)


HUNDREDS = 100.0
"""Civilian deaths in which outsiders count."""


def horror(across: Bool[Array, "side column"], civilians: PerSide) -> PerSide:
    """How much the civilian dead speak against each side: 0 unless it struck the other's own land.

    Log of one plus the hundreds of the other side's civilian dead.

    Args:
        across: Side has struck land of the other's beyond the contested.
        civilians: Civilian deaths of each side.

    Examples:
        >>> across = jnp.array([[False], [True]])
        >>> horror(across, jnp.array([[300.0], [900.0]]))[:, 0].round(2).tolist()
        [0.0, 1.3899999856948853]
    """
    return jnp.where(across, jnp.log1p(civilians[::-1] / HUNDREDS), 0)


def outraged(
    params: Params, utility: tuple[PerState, ...], against: PerSide
) -> tuple[PerState, ...]:
    """Add what outsiders think of strikes on towns: none backs the striker so readily.

    It costs every grade of help for that side; words for the other side, and mediation, gain.

    Args:
        params: One draw a column.
        utility: Utility of each action so far.
        against: `horror` that speaks against each side.
    """
    rows, weight = list(utility), params.joining.outrage
    for side in Side:
        for grade in Grade:
            action = Action.of(grade, side)
            rows[action] = rows[action] - weight * against[side]
        words = Action.of(Grade.STATEMENT, Side(1 - side))
        rows[words] = rows[words] + weight * against[side]
    rows[Action.MEDIATE] = rows[Action.MEDIATE] + weight * against.max(0)
    return tuple(rows)
