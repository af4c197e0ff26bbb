"""What each third party's actions are worth to it, term by term.

The utility of staying out is 0. Each term is named, so that the reasons of an answer are the
numbers the simulation used. Model note 1.3.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from foedus.core import features
from foedus.core.kinds import Action, Side
from foedus.core.params import Params
from foedus.core.shapes import PerState
from foedus.core.situation import Situation
from foedus.core.world import World

Terms = dict[str, PerState]


def join_terms(params: Params, world: World, side: Side) -> Terms:
    """Standing reasons to fight on a side: all but promises, prospects and the shared effect."""
    joining, other = params.joining, Side(1 - side)
    shape = world.capability.shape
    opponent = features.principals(world)[other]
    return {
        "intercept": jnp.broadcast_to(joining.intercept, shape),
        "era": jnp.broadcast_to(joining.era[world.era], shape),
        "power": joining.power * features.power(params, world),
        "major power": joining.major * world.major[:, None],
        "rival of the opponent": joining.rivalry * world.rivalry[other][:, None],
        "borders the opponent": joining.contiguity * world.contiguous[other][:, None],
        "nuclear opponent": -joining.nuclear * world.nuclear[opponent] * jnp.ones(shape),
        "arms sold to the opponent": -joining.aid_hedge * world.arms[other],
        "cost at home": -joining.domestic * world.domestic[side],
    }


def aid_terms(params: Params, world: World, side: Side) -> Terms:
    """Standing reasons to help a side without fighting."""
    joining = params.joining
    return {
        "intercept": jnp.broadcast_to(joining.aid_intercept, world.capability.shape),
        "arms supplied": joining.aid_arms * world.arms[side],
        "affinity": joining.aid_affinity * (world.affinity[side] - world.affinity[1 - side]),
        "arms sold to the opponent": -joining.aid_hedge * world.arms[1 - side],
    }


def mediate_terms(params: Params, world: World) -> Terms:
    """Standing reasons to mediate."""
    joining = params.joining
    both = jnp.sqrt(world.arms[Side.TARGET] * world.arms[Side.CHALLENGER])
    return {
        "intercept": jnp.broadcast_to(joining.mediate_intercept, world.capability.shape),
        "major power": joining.mediate_major * world.major[:, None],
        "seat in the format": joining.mediate_seat * world.seat[:, None],
        "arms both sides": joining.mediate_both * both,
    }


def add(terms: Terms) -> PerState:
    """Sum of the terms, in their order."""
    first, *rest = terms.values()
    for term in rest:
        first = first + term
    return first


def standing(params: Params, world: World) -> tuple[PerState, ...]:
    """Utility of each action before promises, prospects and risk, each [state, run]."""
    rows = {
        Action.ABSTAIN: jnp.zeros_like(world.capability),
        Action.MEDIATE: add(mediate_terms(params, world)),
        Action.AID_TARGET: add(aid_terms(params, world, Side.TARGET)),
        Action.AID_CHALLENGER: add(aid_terms(params, world, Side.CHALLENGER)),
        Action.JOIN_TARGET: add(join_terms(params, world, Side.TARGET)),
        Action.JOIN_CHALLENGER: add(join_terms(params, world, Side.CHALLENGER)),
    }
    return tuple(rows[action] for action in Action)


def duty_weights(
    params: Params, world: World, situation: Situation, *types: PerState | float
) -> list[PerState]:
    """Utility of a duty in full to allies of each type, trusted and watched, each [state, run].

    Args:
        params: One draw a run.
        world: Treaties.
        situation: Trust in each ally, as the target holds it.
        types: 1 for the steadfast type, -1 for the other; numbers or [state, run].
    """
    joining = params.joining
    watched = jnp.log1p(features.watchers(world).clip(0).astype(world.capability.dtype))
    esteem = features.trust(params, world, situation, world.target)
    full = joining.obligation * (1 + joining.reputation * esteem * watched[:, None])
    return [full * (1 + joining.steadfast * type_) for type_ in types]


def promised(
    params: Params,
    utility: tuple[PerState, ...],
    owed: Float[Array, "side state run"],
    weight: PerState,
    restrained: Float[Array, "side state run"],
) -> tuple[PerState, ...]:
    """Add what a state has promised: duty to its side, restraint toward the other.

    A duty counts in full for joining and in part for aid on that side, so more of it never lowers
    joining.

    Args:
        params: One draw a run.
        utility: Standing utility of each action.
        owed: What each state owes each side, 0 to 1 [side, state, run].
        weight: Utility of a duty in full [state, run].
        restrained: State has promised not to fight the side [side, state, run].
    """
    joining = params.joining
    due = weight * owed
    cost = joining.nonaggression * restrained
    rows = {
        Action.AID_TARGET: joining.aid_duty * due[Side.TARGET],
        Action.AID_CHALLENGER: joining.aid_duty * due[Side.CHALLENGER],
        Action.JOIN_TARGET: due[Side.TARGET] - cost[Side.CHALLENGER],
        Action.JOIN_CHALLENGER: due[Side.CHALLENGER] - cost[Side.TARGET],
    }
    return tuple(u + rows.get(a, 0) for a, u in zip(Action, utility, strict=True))
