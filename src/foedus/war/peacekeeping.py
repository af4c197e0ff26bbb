r"""Peacekeepers: they come with the mediator of a truce or settlement, and one day they leave.

Under a truce they may leave on any day, at a hazard $\ell$ a year. A settlement gives them a term
of N years, at the end of which they stay for another with probability $e^{-\ell N}$: as long on
the whole, but on days known beforehand. Where one side has taken all of the land no term binds,
and they go sooner.
"""

import jax.numpy as jnp
from jaxtyping import Array, Int

from foedus.core.clock import YEAR
from foedus.core.kinds import Action, Status
from foedus.core.params import Params
from foedus.core.shapes import Clock, Flag, PerColumn, PerState
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


def mandate(params: Params, conflict: Conflict, settled: Flag) -> PerColumn:
    """Days that peacekeepers may stay, after a week in which a settlement was made or not."""
    granted = settled & (conflict.keeper != NOBODY)
    return jnp.where(granted, params.war.keepers_term * YEAR, conflict.mandate)


def leave(
    streams: Streams, params: Params, dispute: Dispute, conflict: Conflict, day: Clock, days: float
) -> Conflict:
    """Who is left after some days more, and for how long.

    Args:
        streams: Seed and runs.
        params: One draw a column.
        dispute: Its stream key.
        conflict: As those days begin.
        day: Last of them.
        days: How many they are; no term is shorter.
    """
    _, chance, *_ = uniforms(streams, day, Purpose.KEEP, dispute.entity, conflict.front.dtype)
    taken = conflict.status == Status.WON
    bound = (conflict.mandate > 0) & ~taken
    ends = bound & (conflict.mandate <= days)
    term = jnp.maximum(params.war.keepers_term * YEAR, days)
    span = jnp.where(bound, jnp.where(ends, term, 0), days)
    idle = jnp.exp(params.war.keepers_idle * taken)
    goes = chance < -jnp.expm1(-params.war.keepers_leave * idle * span / YEAR)
    rest = jnp.where(bound, conflict.mandate - days, 0) + jnp.where(ends, term, 0)
    return conflict._replace(
        keeper=jnp.where(goes, NOBODY, conflict.keeper), mandate=jnp.where(goes, 0, rest)
    )
