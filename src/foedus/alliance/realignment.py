r"""Whether a member stays in a treaty, hedges, suspends its part or leaves; who comes in.

Each month a member would go at least so far with probability

$$ \Lambda(a + s - b\,e_\ell + u\,1[\text{unaided}] + q\,1[\text{quarrelled}] - c\,d
   - g\,\Delta I_\ell) $$

where $e_\ell$ is what conduct since the start has added to its trust in the treaty's strongest
member (what signals had said before, membership on the first day reflects already), d its
dependence on it, $\Delta I_\ell$ the influence in the region that this member has gained since the
start (`order`), and s the step of hedging (above 0), suspending (0) or leaving (below 0). One
unexplained wish, which drifts slowly, stands behind all three, so the month does not roll anew
and whoever wants to leave would also suspend. Who has suspended its part and no longer wishes to
takes it up again at a constant hazard. A candidate comes in where that wish points the
other way, sooner if it is close to the strongest member, if that member's influence has grown, or
if it is on its way out elsewhere: leaving one
treaty for another is switching. The strongest member, or candidate of a treaty not yet signed,
takes in whoever comes.
Terms: Leeds and Savun 2007, Morrow 1991; sizes are judgement. Prior-driven throughout.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax.nn import sigmoid
from jax.scipy.special import ndtr
from jaxtyping import Array, Bool, Float

from foedus.core import features
from foedus.core.clock import DAYS, YEAR
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


def wishes(params: Params, world: World, alliances: Alliances, t: Array, s: Array) -> Wishes:
    """Standing wishes of states about treaties.

    Args:
        params: One draw a run.
        world: Treaties.
        alliances: Memberships, and what is known of allies.
        t: Indices of treaties, of any shape.
        s: Indices of states; the two are broadcast together.
    """
    own, out = params.alliance, alliances.membership >= Membership.HEDGES
    news = features.learnt(
        alliances.lessons[:, :, world.leader[t]], features.wide(params, world)[s]
    )
    rising = own.influence * alliances.risen[world.leader[t]]
    standing = (
        own.suspend_intercept
        - own.disappointment * news
        + own.unaided * alliances.unaided[t, s]
        + own.quarrel * alliances.quarrelled[t, s]
        - own.exit_cost * world.dependence[t, s]
        - rising
    )
    elsewhere = out.sum(0)[s] > out[t, s]  # on its way out of another treaty
    come = (
        own.join_intercept
        + own.join_closeness * world.closeness[t, s]
        + own.join_push * elsewhere
        + rising
    )
    return Wishes(
        hedge=sigmoid(standing + own.hedge_step),
        suspend=sigmoid(standing),
        leave=sigmoid(standing - own.exit_step),
        join=sigmoid(come),
    )


def everywhere(world: World) -> tuple[Array, Array]:
    """Indices of all treaties and of all states, as a table."""
    treaties, states = world.member.shape
    return jnp.arange(treaties)[:, None], jnp.arange(states)[None]


def leads(world: World) -> Bool[Array, "treaty state"]:
    """State is the treaty's strongest member, which does not leave its own league."""
    return jnp.arange(world.state_entity.shape[0]) == world.leader[:, None]


def reconsider(
    params: Params, world: World, alliances: Alliances, weeks: float, luck: Float[Array, "edge run"]
) -> Alliances:
    """Memberships after everybody has reconsidered, `weeks` after the last time.

    Args:
        params: One draw a run.
        world: Treaties.
        alliances: Memberships, wishes and what is known of allies.
        weeks: Since the last time.
        luck: Uniform numbers, by which who has suspended its part takes it up again.
    """
    t, s = world.edge
    now, will = alliances.membership[t, s], alliances.will[t, s]
    wish, inner, level = wishes(params, world, alliances, t, s), ndtr(will), 1 - ndtr(will)
    free = ~leads(world)[t, s][:, None]
    hedges, suspends, leaves = (free & (level < p) for p in (wish.hedge, wish.suspend, wish.leave))
    out = now == Membership.SUSPENDED
    thaws = out & ~suspends & (luck < _within(params.alliance.resume, weeks))
    content = (now == Membership.FULL) | (now == Membership.HEDGES) | thaws
    gives_notice = leaves & (content | out)  # who would leave would suspend, so has not thawed
    waits = jnp.where(gives_notice, world.notice[t, None], alliances.waits[t, s] - weeks)
    announced = (now == Membership.LEAVING) | (now == Membership.PARTING)
    stays = jnp.where(hedges, Membership.HEDGES, Membership.FULL)
    new = jnp.where(content, jnp.where(suspends, Membership.SUSPENDED, stays), now)
    notice = jnp.where(out, Membership.PARTING, Membership.LEAVING)
    new = jnp.where(gives_notice, notice, new)
    new = jnp.where(announced & (waits <= 0), Membership.LEFT, new)
    comes = _comes_in(world, alliances.membership, inner < wish.join)
    return alliances._replace(
        membership=alliances.membership.at[t, s].set(jnp.where(comes, Membership.FULL, new)),
        waits=alliances.waits.at[t, s].set(jnp.maximum(waits, 0)),
    )


def _within(hazard: Array, weeks: float) -> Array:
    """Probability of an event within some weeks, by its hazard a year."""
    return -jnp.expm1(-hazard * weeks * DAYS / YEAR)


def _comes_in(
    world: World, membership: Array, willing: Bool[Array, "edge run"]
) -> Bool[Array, "edge run"]:
    """Candidates that come in; with the first of them the strongest signs what it had offered."""
    t, s = world.edge
    now, inside = membership[t, s], features.bound(membership)
    outside = (now == Membership.OUTSIDE) | (now == Membership.LEFT)
    may, leader = outside & world.candidate[t, s][:, None], leads(world)[t, s][:, None]
    comes = may & willing & ~leader
    anybody = jnp.zeros_like(inside).at[t, s].set(comes).any(1)
    comes = comes | (may & leader & anybody[t])
    parties = inside.at[t, s].max(comes).sum(1)
    return comes & (parties > 1)[t]
