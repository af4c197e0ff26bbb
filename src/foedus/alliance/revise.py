"""One step of diplomacy: the lessons of a war, and once a month, who stays."""

import jax.numpy as jnp
from jax import lax
from jax.scipy.special import ndtr
from jaxtyping import Array, Int

from foedus.alliance.realignment import leads, suspend_probability
from foedus.alliance.reputation import decides, fade, fought_for_target, lesson
from foedus.core.clock import DAYS, MONTH, drift
from foedus.core.kinds import Status
from foedus.core.params import Params
from foedus.core.shapes import Clock, Flag
from foedus.core.situation import Moves, Situation
from foedus.core.streams import Purpose, Streams, normal, uniforms
from foedus.core.world import World


def revise(
    streams: Streams,
    params: Params,
    world: World,
    situation: Situation,
    moves: Moves,
    ended: Flag,
    week: Clock,
) -> Situation:
    """Learn from allies' conduct; every fourth week, let members reconsider.

    An ally that enters a war is judged in the week it does, one that stays out when the war ends.

    Args:
        streams: Seed and runs.
        params: One draw a run.
        world: Treaties.
        situation: After the week's fighting.
        moves: The week's decisions.
        ended: An episode of fighting ended in this week [run].
        week: Number of the week.
    """
    learnt = _learn(params, world, situation, moves, ended)
    return lax.cond(
        (week + 1) % MONTH == 0,
        lambda s: _reconsider(streams, params, world, s, (week + 1) * DAYS),
        lambda s: s,
        learnt,
    )


def _learn(
    params: Params, world: World, situation: Situation, moves: Moves, ended: Flag
) -> Situation:
    joined = fought_for_target(moves)
    judged = (ended | decides(moves)) & world.party[:, None]
    news = jnp.where(judged, lesson(moves, joined), 0)
    absent = ~joined[world.leader] & situation.active[:, world.target]
    return situation._replace(
        evidence=fade(situation.evidence, params.alliance.forget, DAYS) + news,
        unaided=situation.unaided | (ended & absent),
    )


def _reconsider(
    streams: Streams, params: Params, world: World, situation: Situation, day: Clock
) -> Situation:
    """Members' wishes drift a month; one that would rather suspend does."""
    wishes = ndtr(situation.stay_will) > 1 - suspend_probability(params, world, situation)
    key = world.treaty_entity[:, None] ^ world.state_entity
    shock, *_ = uniforms(streams, day, Purpose.STAY, key, situation.front.dtype)
    will = drift(situation.stay_will, normal(shock), params.crisis.half_life, MONTH * DAYS)
    stays = ~wishes | leads(world)[..., None]
    return situation._replace(active=situation.active & stays, stay_will=will)


def over(status: Int[Array, " run"]) -> Flag:
    """Status in which an episode has ended."""
    return (status == Status.SETTLED) | (status == Status.WON) | (status == Status.REPULSED)
