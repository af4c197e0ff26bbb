"""One step of diplomacy: the lessons of a week, and once a month, who stays."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from foedus.alliance.realignment import reconsider
from foedus.alliance.reputation import fade
from foedus.alliance.signals import heard
from foedus.core.clock import DAYS, MONTH, drift
from foedus.core.features import of_state
from foedus.core.kinds import Action, Status
from foedus.core.params import Params
from foedus.core.shapes import Bound, Clock, Flag, StateFlag, TreatyFlag
from foedus.core.situation import Alliances
from foedus.core.streams import Purpose, Streams, normal, uniforms
from foedus.core.world import World


class Week(NamedTuple):
    """What all disputes of a week together say to the alliances.

    Attributes:
        news: Log-likelihoods of conduct, as `reputation.news` gives them.
        left_alone: Member whose war ended without the treaty's strongest member.
        fell_out: Member that fought another.
        brokered: Truces and settlements that each state has mediated.
    """

    news: Float[Array, "type reading ally run"]
    left_alone: Bool[Array, "edge run"]
    fell_out: Bool[Array, "edge run"]
    brokered: Float[Array, "state run"]


def unhelped(
    world: World, active: Bound, target: StateFlag, action: Int[Array, "state column"], ended: Flag
) -> TreatyFlag:
    """Treaties whose strongest member did not fight for a target whose war has ended."""
    absent = (action != Action.JOIN_TARGET)[world.leader]
    return ended & absent & of_state(active, target)


def fell_out(active: Bound, target: StateFlag, challenger: StateFlag, fought: Flag) -> TreatyFlag:
    """Treaties that bind both sides of a war that was fought this week."""
    return fought & of_state(active, target) & of_state(active, challenger)


def learn(params: Params, world: World, alliances: Alliances, week: Week) -> Alliances:
    """Add what the disputes of a week have taught, and who brokered what.

    Observers take in a share of what conduct would teach by Bayes' rule.
    """
    edge = world.edge
    return alliances._replace(
        lessons=alliances.lessons + params.alliance.learning * week.news,
        unaided=alliances.unaided.at[*edge].max(week.left_alone),
        quarrelled=alliances.quarrelled.at[*edge].max(week.fell_out),
        brokered=alliances.brokered + week.brokered,
    )


def month(
    streams: Streams, params: Params, world: World, alliances: Alliances, day: Clock
) -> Alliances:
    """At the end of a month members reconsider; lessons fade and wishes drift."""
    t, s = world.edge
    key = (world.treaty_entity[t] ^ world.state_entity[s])[:, None]
    shock, luck, *_ = uniforms(streams, day, Purpose.STAY, key, alliances.will.dtype)
    after = reconsider(params, world, alliances, MONTH, luck)
    will = drift(alliances.will[t, s], normal(shock), params.crisis.half_life, MONTH * DAYS)
    lessons, heard = (
        fade(known, params.alliance.forget, MONTH * DAYS)
        for known in (alliances.lessons, alliances.heard)
    )
    return after._replace(will=alliances.will.at[t, s].set(will), lessons=lessons, heard=heard)


def start(streams: Streams, params: Params, world: World, dtype: jnp.dtype) -> Alliances:
    """Alliances on day 0: treaties as signed, signals heard, nothing learnt of conduct yet."""
    runs, (treaties, states) = streams.run.shape[0], world.member.shape
    key = world.treaty_entity[:, None, None] ^ world.state_entity[:, None]
    will, *_ = uniforms(streams, 0, Purpose.STAY, key, dtype)
    none = jnp.zeros((treaties, states, runs), dtype)
    said = heard(params, world.signals)
    return Alliances(
        membership=jnp.broadcast_to(world.member[..., None], none.shape).astype(jnp.int32),
        waits=none,
        unaided=none.astype(bool),
        quarrelled=none.astype(bool),
        lessons=jnp.zeros((2, 2, states, runs), dtype),
        heard=jnp.broadcast_to(said, (states, runs)).astype(dtype),
        will=normal(will),
        brokered=jnp.broadcast_to(world.brokered[:, None], (states, runs)).astype(dtype),
        influence=none[0],
        risen=none[0],
    )


def over(status: Int[Array, " column"]) -> Flag:
    """Status in which an episode has ended."""
    ends = (Status.QUIET, Status.SETTLED, Status.WON, Status.REPULSED)
    return jnp.isin(status, jnp.array(ends))
