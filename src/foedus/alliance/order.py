r"""Who leads the region: an index of each state's influence there, the sum of five parts.

The region is the principals of a scenario's disputes. The parts, each a fifth of a share from 0
to 1, are what a state brokers (its share in the truces and settlements so far), the disputes at
which it has troops, peacekeepers included, the arms that it supplies to the others, how far those
who are bound to it by a league that it leads may trust it, and the bases that it has with them.
Equal weights: no source gives others. The index feeds back: whose word weighs more brokers
truces sooner (`game.mediation`), and a league whose leader's influence rises keeps its members
and draws others in (`realignment`).
Kinds of influence follow the literature on leverage and on alliances as control: Touval and
Zartman 1985, Morrow 1991; the sum is ours.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax.nn import sigmoid
from jaxtyping import Array, Float, Int

from foedus.core.features import bound, learnt
from foedus.core.kinds import Obligation
from foedus.core.odds import logit
from foedus.core.params import Params
from foedus.core.situation import Alliances
from foedus.core.sums import total
from foedus.core.world import World

PerStateRun = Float[Array, "state run"]


class Parts(NamedTuple):
    """Parts of each state's influence; they add up to it."""

    brokers: PerStateRun
    troops: PerStateRun
    arms: PerStateRun
    trust: PerStateRun
    bases: PerStateRun


def parts(params: Params, world: World, alliances: Alliances, troops: PerStateRun) -> Parts:
    """The parts as things stand.

    Args:
        params: One draw a run.
        world: Arms, bases, treaties.
        alliances: What each has brokered, memberships, what is known of allies.
        troops: Share of the disputes at which each state has troops.
    """
    done = total(alliances.brokered)
    news = learnt(alliances.lessons, params.joining.disputed) + alliances.heard
    trust = sigmoid(logit(params.alliance.trust) + news)
    shares = (
        alliances.brokered / jnp.maximum(done, 1),
        troops,
        world.supplies,
        trust * following(params, world, alliances.membership),
        world.bases,
    )
    return Parts(*(share / len(shares) for share in shares))


def index(of: Parts) -> PerStateRun:
    """The sum of the parts."""
    first, *rest = of
    for part in rest:
        first = first + part
    return first


def following(
    params: Params, world: World, membership: Int[Array, "treaty state run"]
) -> PerStateRun:
    """Share of the region's other states bound to each in one league that it leads.

    A league that promises only to consult counts as little as such a promise weighs.
    """
    inside, states = bound(membership), jnp.arange(world.region.shape[0])
    leads = states == world.leader[:, None]  # [treaty, state]
    kinds = world.promise[:, Obligation.DEFENSE], world.promise[:, Obligation.CONSULTATION]
    weight = jnp.maximum(kinds[0][:, None], kinds[1][:, None] * params.joining.consultation)
    led = (inside & leads[..., None]).any(1)  # its leader is in it
    others = (inside & (world.region & ~leads)[..., None]).sum(1)
    size = jnp.maximum(world.region.sum() - world.region[world.leader], 1)[:, None]
    share = jnp.where(led, weight * others / size, 0)
    nobody = jnp.zeros((len(states), share.shape[-1]), share.dtype)
    return nobody.at[world.leader].max(share)


def review(params: Params, world: World, alliances: Alliances, troops: PerStateRun) -> Alliances:
    """Influence as things stand, and what has been gained of it."""
    now = index(parts(params, world, alliances, troops))
    return alliances._replace(influence=now, risen=alliances.risen + (now - alliances.influence))


def first(params: Params, world: World, alliances: Alliances, troops: PerStateRun) -> Alliances:
    """Influence on day 0, from which gains are counted."""
    begun = review(params, world, alliances, troops)
    return begun._replace(risen=jnp.zeros_like(begun.risen))
