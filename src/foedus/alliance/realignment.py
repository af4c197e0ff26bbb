r"""Whether a member stays in a treaty, hedges, suspends its part or leaves; who comes in.

Each month a member would go at least so far with probability

$$ \Lambda(a + s - b\,e_\ell + u\,1[\text{unaided}] - c\,d) $$

where $e_\ell$ is what conduct has added to its trust in the treaty's strongest member, d its
dependence on it, and s the step of hedging (above 0), suspending (0) or leaving (below 0). One
unexplained wish, which drifts slowly, stands behind all three, so the month does not roll anew
and whoever wants to leave would also suspend. A candidate comes in where that wish points the
other way, sooner if it is close to the strongest member or on its way out elsewhere: leaving one
treaty for another is switching. The strongest member, or candidate of a treaty not yet signed,
takes in whoever comes.
Terms: Leeds and Savun 2007, Morrow 1991; sizes are judgement. Prior-driven throughout.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax.nn import sigmoid
from jax.scipy.special import ndtr
from jaxtyping import Array, Bool

from foedus.core import features
from foedus.core.kinds import Membership
from foedus.core.params import Params
from foedus.core.shapes import Members
from foedus.core.situation import Alliances
from foedus.core.world import World


class Wishes(NamedTuple):
    """Probability, as things stand, of going at least so far; of coming in."""

    hedge: Members
    suspend: Members
    leave: Members
    join: Members


def wishes(params: Params, world: World, alliances: Alliances) -> Wishes:
    """Standing wishes of each state about each treaty."""
    own = params.alliance
    standing = (
        own.suspend_intercept
        - own.disappointment * leader_news(params, world, alliances)
        + own.unaided * alliances.unaided
        - own.exit_cost * world.dependence
    )
    come = (
        own.join_intercept
        + own.join_closeness * world.closeness
        + own.join_push * on_the_way_out(alliances)
    )
    return Wishes(
        hedge=sigmoid(standing + own.hedge_step),
        suspend=sigmoid(standing),
        leave=sigmoid(standing - own.exit_step),
        join=sigmoid(come),
    )


def leader_news(params: Params, world: World, alliances: Alliances) -> Members:
    """What each state has learnt of each treaty's strongest member, log-odds."""
    of_leader = alliances.lessons[:, :, world.leader][:, :, :, None]
    return features.learnt(of_leader, features.wide(params, world)[None])


def on_the_way_out(alliances: Alliances) -> Bool[Array, "treaty state run"]:
    """Whether a state hedges in, has suspended, is leaving or has left another treaty."""
    out = alliances.membership >= Membership.HEDGES
    return out.sum(0) > out


def leads(world: World) -> Bool[Array, "treaty state"]:
    """State is the treaty's strongest member, which does not leave its own league."""
    return jnp.arange(world.state_entity.shape[0]) == world.leader[:, None]


def reconsider(params: Params, world: World, alliances: Alliances, weeks: float) -> Alliances:
    """Memberships after everybody has reconsidered, `weeks` after the last time."""
    now, wish = alliances.membership, wishes(params, world, alliances)
    inner, level = ndtr(alliances.will), 1 - ndtr(alliances.will)
    free = ~leads(world)[..., None]
    hedges, suspends, leaves = (free & (level < p) for p in (wish.hedge, wish.suspend, wish.leave))
    content = (now == Membership.FULL) | (now == Membership.HEDGES)
    out = now == Membership.SUSPENDED
    gives_notice = leaves & (content | out)
    waits = jnp.where(gives_notice, world.notice[:, None, None], alliances.waits - weeks)
    announced = (now == Membership.LEAVING) | (now == Membership.PARTING)
    stays = jnp.where(hedges, Membership.HEDGES, Membership.FULL)
    new = jnp.where(content, jnp.where(suspends, Membership.SUSPENDED, stays), now)
    notice = jnp.where(out, Membership.PARTING, Membership.LEAVING)
    new = jnp.where(gives_notice, notice, new)
    new = jnp.where(announced & (waits <= 0), Membership.LEFT, new)
    new = jnp.where(_comes_in(world, now, inner < wish.join), Membership.FULL, new)
    return alliances._replace(membership=new, waits=jnp.maximum(waits, 0))


def _comes_in(
    world: World, now: Array, willing: Bool[Array, "treaty state run"]
) -> Bool[Array, "treaty state run"]:
    """Candidates that come in; with the first of them the strongest signs what it had offered."""
    outside = (now == Membership.OUTSIDE) | (now == Membership.LEFT)
    may, leader = outside & world.candidate[..., None], leads(world)[..., None]
    comes = may & willing & ~leader
    comes = comes | (may & leader & comes.any(1, keepdims=True))
    parties = (features.bound(now) | comes).sum(1, keepdims=True)
    return comes & (parties > 1)
