"""Peacekeepers: they come with the mediator of a truce or settlement, and one day they leave."""

import jax.numpy as jnp
from jaxtyping import Array, Int

from foedus.core.kinds import Action, Status
from foedus.core.params import Params
from foedus.core.shapes import Clock, Flag, PerState
from foedus.core.situation import Conflict
from foedus.core.streams import Purpose, Streams, uniforms
from foedus.core.world import Dispute

NOBODY = -1


def come(
    streams: Streams,
    params: Params,
    dispute: Dispute,
    conflict: Conflict,
    reach: PerState,
    stopped: Flag,
    day: Clock,
) -> Int[Array, " column"]:
    """Whose peacekeepers stand at the place once fighting has stopped by agreement.

    Args:
        streams: Seed and runs.
        params: One draw a column.
        dispute: Its stream key.
        conflict: After the week's fighting.
        reach: Strength each state can bring to the place: the strongest mediator may come.
        stopped: A truce or settlement began this week.
        day: First day of the week.
    """
    chance, *_ = uniforms(streams, day, Purpose.KEEP, dispute.entity, conflict.front.dtype)
    mediates = conflict.action == Action.MEDIATE
    strongest = jnp.where(mediates, reach, -1.0).argmax(0).astype(conflict.keeper.dtype)
    comes = stopped & mediates.any(0) & (chance < params.war.keepers)
    return jnp.where(comes & (conflict.keeper == NOBODY), strongest, conflict.keeper)


def leave(
    streams: Streams, params: Params, dispute: Dispute, conflict: Conflict, day: Clock, days: float
) -> Int[Array, " column"]:
    """Who is left after some days more; they go sooner where nothing is left to keep apart."""
    _, chance, *_ = uniforms(streams, day, Purpose.KEEP, dispute.entity, conflict.front.dtype)
    idle = params.war.keepers_idle * (conflict.status == Status.WON)
    hazard = params.war.keepers_leave * jnp.exp(idle) * days / 365.25
    return jnp.where(chance < -jnp.expm1(-hazard), NOBODY, conflict.keeper)
