"""One step of diplomacy: the lessons of a week, and once a month, who stays."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from foedus.alliance.realignment import reconsider
from foedus.alliance.reputation import fade
from foedus.alliance.signals import lessons
from foedus.core.clock import DAYS, MONTH, drift
from foedus.core.features import of_state
from foedus.core.kinds import Action, Status
from foedus.core.params import Params
from foedus.core.shapes import Bound, Clock, Flag, StateFlag, TreatyFlag
from foedus.core.situation import Alliances
from foedus.core.streams import Purpose, Streams, normal, uniforms
from foedus.core.world import World


def unhelped(
    world: World, active: Bound, target: StateFlag, action: Int[Array, "state column"], ended: Flag
) -> TreatyFlag:
    """Treaties whose strongest member did not fight for a target whose war has ended."""
    absent = (action != Action.JOIN_TARGET)[world.leader]
    return ended & absent & of_state(active, target)


def learn(
    world: World,
    alliances: Alliances,
    news: Float[Array, "type reading ally run"],
    left_alone: Bool[Array, "edge run"],
    brokered: Float[Array, "state run"],
) -> Alliances:
    """Add what the disputes of a week have taught, and who brokered what."""
    unaided = alliances.unaided.at[*world.edge].max(left_alone)
    return alliances._replace(
        lessons=alliances.lessons + news,
        unaided=unaided,
        brokered=alliances.brokered + brokered,
    )


def month(
    streams: Streams, params: Params, world: World, alliances: Alliances, day: Clock
) -> Alliances:
    """At the end of a month members reconsider; lessons fade and wishes drift."""
    after = reconsider(params, world, alliances, MONTH)
    t, s = world.edge
    key = (world.treaty_entity[t] ^ world.state_entity[s])[:, None]
    shock, *_ = uniforms(streams, day, Purpose.STAY, key, alliances.will.dtype)
    will = drift(alliances.will[t, s], normal(shock), params.crisis.half_life, MONTH * DAYS)
    left = fade(alliances.lessons, params.alliance.forget, MONTH * DAYS)
    return after._replace(will=alliances.will.at[t, s].set(will), lessons=left)


def start(streams: Streams, params: Params, world: World, dtype: jnp.dtype) -> Alliances:
    """Alliances on day 0: treaties as signed, nothing learnt yet but what signals have said."""
    runs, (treaties, states) = streams.run.shape[0], world.member.shape
    key = world.treaty_entity[:, None, None] ^ world.state_entity[:, None]
    will, *_ = uniforms(streams, 0, Purpose.STAY, key, dtype)
    none = jnp.zeros((treaties, states, runs), dtype)
    heard = lessons(params, world.signals)
    return Alliances(
        membership=jnp.broadcast_to(world.member[..., None], none.shape).astype(jnp.int32),
        waits=none,
        unaided=none.astype(bool),
        lessons=jnp.broadcast_to(heard, (*heard.shape[:-1], runs)).astype(dtype),
        will=normal(will),
        brokered=jnp.broadcast_to(world.brokered[:, None], (states, runs)).astype(dtype),
        influence=none[0],
        risen=none[0],
    )


def over(status: Int[Array, " column"]) -> Flag:
    """Status in which an episode has ended."""
    ends = (Status.QUIET, Status.SETTLED, Status.WON, Status.REPULSED)
    return jnp.isin(status, jnp.array(ends))
