"""Runs of an ensemble with each state's influence at the end of every month.

They are the runs of the ensemble bit for bit: the same weeks are lived, by the same function.
"""

from collections.abc import Iterator
from functools import cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from foedus.alliance import order
from foedus.core.clock import DAYS, MONTH
from foedus.core.params import Params
from foedus.core.runs import draw_of
from foedus.core.situation import Situation, Trajectories
from foedus.core.streams import Streams
from foedus.core.world import World
from foedus.simulate.ensemble import Batch, lived, spread
from foedus.simulate.filter import Engine
from foedus.simulate.programs import compiled, placeholders, shapes_of
from foedus.simulate.step import columns, initial, troops_of


class Months(NamedTuple):
    """A batch, and what influence is made of on day 0 and at the end of each month.

    Attributes:
        batch: Runs and their histories.
        parts: `alliance.order.Parts`, which add up to influence.
    """

    batch: Batch
    parts: Float[np.ndarray, "month part state run"]


def monthly(source: Engine, days: int) -> Iterator[Months]:
    """Batches of whole months, as many as hold the days.

    Args:
        source: From `filter.engine`.
        days: Days to live.
    """
    months = -(-days // (DAYS * MONTH))
    for first in range(0, source.runs, source.size):
        run = np.arange(first, first + source.size, dtype=np.uint32)
        draw = draw_of(run).astype(np.int32)
        inputs = source.seed, run, draw, source.params, source.world
        program = _program(months, *shapes_of(inputs))
        record, parts = jax.tree.map(np.asarray, program(*inputs))
        kept = min(source.size, source.runs - first)
        past = jax.tree.map(lambda a, kept=kept: a[..., :kept], record)
        yield Months(Batch(run[:kept], draw[:kept], past), parts[..., :kept])


@cache
def _program(months: int, structure: Any, shapes: tuple) -> Any:
    arguments = placeholders(structure, shapes)
    lower = partial(jax.jit(partial(_months, months=months)).lower, *arguments)
    return compiled("monthly", (months, structure, shapes), lower)


def _months(
    seed: Array, run: Array, draw: Array, params: Params, world: World, *, months: int
) -> tuple[Trajectories, Array]:
    """Histories of one batch, and the parts of influence [month, part, state, run]."""
    streams = Streams(seed, run)
    params, world = spread(params, world, draw)
    own = columns(streams, params, world)

    def parts(now: Situation) -> Array:
        troops = troops_of(own.dispute, now.conflict, run.shape[0])
        return jnp.stack(order.parts(params, world, now.alliances, troops))

    def month(now: Situation, number: Array) -> tuple[Situation, tuple[Trajectories, Array]]:
        after, record, _ = lived(streams, params, world, own, now, MONTH * number, MONTH)
        return after, (record, parts(after))

    begun = initial(streams, world, own)
    _, (record, later) = lax.scan(month, begun, jnp.arange(months))
    record = jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:]), record)
    return record, jnp.concatenate([parts(begun)[None], later])
