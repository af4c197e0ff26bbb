"""Batches of runs: draws of the unknown times replicates of chance.

A batch is computed in blocks, which change no bit of the result.
"""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Int, UInt

from foedus.core.params import Params
from foedus.core.runs import REPLICATES, draw_of
from foedus.core.situation import Situation, Trajectories
from foedus.core.streams import Streams, key_of
from foedus.core.world import DISPUTE_DRAWN, DRAWN, World
from foedus.simulate.programs import compiled, placeholders, shapes_of
from foedus.simulate.step import Columns, Ledger, columns, initial, tile, week

BATCHES = (256, 512)
BLOCK = 512


class Batch(NamedTuple):
    """Some runs: their numbers, the draw each belongs to, and their histories."""

    run: Int[np.ndarray, " run"]
    draw: Int[np.ndarray, " run"]
    trajectories: Trajectories


def spread(params: Params, world: World, draw: Int[Array, " run"]) -> tuple[Params, World]:
    """One entry a run from one a draw; disputes get one a column, slot after slot."""
    params, world = of_draws(params, world, draw)
    dispute = world.dispute
    slots = {
        name: (a if name in DISPUTE_DRAWN else jnp.repeat(a[..., None], len(draw), -1))
        for name, a in dispute._asdict().items()
    }
    flat = {name: a.reshape(*a.shape[:-2], -1) for name, a in slots.items()}
    return params, world._replace(dispute=dispute._replace(**flat))


def of_draws(params: Params, world: World, draw: Array | np.ndarray) -> tuple[Params, World]:
    """The parameters and the world of some of their draws, in that order."""
    params = jax.tree.map(lambda a: a[..., draw], params)
    own = {name: getattr(world, name)[..., draw] for name in DRAWN}
    slots = {name: getattr(world.dispute, name)[..., draw] for name in DISPUTE_DRAWN}
    return params, world._replace(**own, dispute=world.dispute._replace(**slots))


def live(
    streams: Streams,
    params: Params,
    world: World,
    situation: Situation | None,
    first: int | Int[Array, ""],
    weeks: int,
    watched: Int[Array, ""] | int = 0,
    origin: Streams | None = None,
) -> tuple[Situation, Trajectories, Ledger]:
    """Live some weeks of one block of runs; two halves equal the whole.

    Args:
        streams: Seed and run numbers.
        params: One draw a run.
        world: One column a run, its disputes one a column.
        situation: At the start of the first week; None on day 0.
        first: Number of the first week.
        weeks: How many.
        watched: Index of the run whose decisions are written down.
        origin: Run numbers by which each run drew what lasts (wills, delays), where these are
            not its own: several futures of one past.
    """
    own = columns(origin or streams, params, world)
    own = own._replace(run=tile(streams.run, own.run.shape[0] // streams.run.shape[0]))
    if situation is None:
        situation = initial(streams, world, own)
    return lived(streams, params, world, own, situation, first, weeks, watched)


def lived(
    streams: Streams,
    params: Params,
    world: World,
    own: Columns,
    situation: Situation,
    first: int | Int[Array, ""],
    weeks: int,
    watched: Int[Array, ""] | int = 0,
) -> tuple[Situation, Trajectories, Ledger]:
    """Weeks lived on from a situation, of columns that are at hand; the rest is as for `live`."""
    step = partial(week, streams, params, world, own, jnp.asarray(watched))
    situation, (record, ledger) = lax.scan(step, situation, first + jnp.arange(weeks))
    daily = {
        name: getattr(record, name).reshape(-1, *getattr(record, name).shape[2:])
        for name in ("status", "front")
    }
    return situation, record._replace(**daily), ledger


def simulate(
    seed: UInt[Array, " 2"],
    run: Int[Array, " run"] | UInt[Array, " run"],
    draw: Int[Array, " run"],
    params: Params,
    world: World,
    watched: Int[Array, ""],
    weeks: int,
) -> tuple[Trajectories, Ledger]:
    """Histories of one block of runs, from day 0."""
    streams = Streams(seed, run.astype(jnp.uint32))
    params, world = spread(params, world, draw)
    return live(streams, params, world, None, 0, weeks, watched)[1:]


def _blocks(
    seed: Array,
    run: Array,
    draw: Array,
    params: Params,
    world: World,
    watched: Array,
    *,
    weeks: int,
) -> tuple[Trajectories, Ledger]:
    """A batch, block by block."""

    def one(block: tuple[Array, Array]) -> tuple[Trajectories, Ledger]:
        return simulate(seed, *block, params, world, watched, weeks)

    return lax.map(one, (run, draw))


@cache
def _compiled(weeks: int, structure: Any, shapes: tuple) -> Callable:
    """The whole of a batch as one program; numbers are arguments, so editing them is free."""
    arguments = placeholders(structure, shapes)
    traced = partial(jax.jit(_blocks, static_argnames="weeks").lower, *arguments, weeks=weeks)
    return compiled("ensemble", (weeks, structure, shapes), traced)


def _program(weeks: int, arguments: tuple) -> Callable[..., tuple[Trajectories, Ledger]]:
    """The program for arguments of these shapes."""
    return _compiled(weeks, *shapes_of(arguments))


def batch_size(runs: int) -> int:
    """Runs in a batch: the largest size that leaves work for a second thread.

    Examples:
        >>> batch_size(200), batch_size(10_000)
        (256, 512)
    """
    return next((size for size in BATCHES[::-1] if runs > size), BATCHES[0])


def ensemble(
    seed: int,
    params: Callable[[np.ndarray], Params],
    world: Callable[[np.ndarray], World],
    runs: int,
    days: int,
    *,
    block: int = BLOCK,
    dtype: np.dtype | type = np.float32,
) -> Iterator[Callable[[], Batch]]:
    """Histories in batches of 512 runs, or of 256 where there would be one batch only.

    Each item makes its batch when called, so one that is already at hand need not be made, and
    several can be made at once, one a thread: the program is the same, and so are the bits.

    Args:
        seed: Key of the random streams, 0 to 2**64 - 1.
        params: Gives the parameters of some draws, last axis `draw`.
        world: Gives the world of some draws, last axis `draw`.
        runs: How many runs.
        days: Days to live; whole weeks are lived.
        block: Runs that are computed side by side; changes speed, never results.
        dtype: float32, or float64 where JAX has it enabled.

    Raises:
        ValueError: `block` does not divide a batch.
    """
    size, batch = _batches(seed, params, world, runs, days, block, dtype)

    def make(first: int) -> Batch:
        run, record, _ = batch(first, 0)
        kept = min(size, runs - first)
        return Batch(run[:kept], draw_of(run)[:kept], _joined(record, kept))

    return (partial(make, first) for first in range(0, runs, size))


def replay(
    seed: int,
    params: Callable[[np.ndarray], Params],
    world: Callable[[np.ndarray], World],
    runs: int,
    days: int,
    run: int,
    *,
    block: int = BLOCK,
    dtype: np.dtype | type = np.float32,
) -> tuple[Batch, Ledger]:
    """One run of an ensemble once more, bit for bit, with what lay behind its decisions.

    It is made by the program of the ensemble, in the same batch.

    Args:
        seed: As for `ensemble`, and so are the next four.
        params: Gives the parameters of some draws.
        world: Gives the world of some draws.
        runs: Runs of the ensemble.
        days: Days to live.
        run: Number of the run.
        block: Runs that are computed side by side.
        dtype: float32, or float64.

    Raises:
        ValueError: The ensemble has no such run, or the block does not fit.
    """
    if not 0 <= run < runs:
        raise ValueError(f"expected a run from 0 to {runs - 1}; got {run}")
    size, batch = _batches(seed, params, world, runs, days, block, dtype)
    place = run % size
    width = min(block, size)
    number, record, ledger = batch(run - place, place % width)
    whole = _joined(record, size)
    one = jax.tree.map(lambda a: a[..., place : place + 1], whole)
    ledger = jax.tree.map(lambda a: np.asarray(a)[place // width], ledger)
    chosen = number[place : place + 1]
    return Batch(chosen, draw_of(chosen), one), ledger


def _batches(
    seed: int,
    params: Callable[[np.ndarray], Params],
    world: Callable[[np.ndarray], World],
    runs: int,
    days: int,
    block: int,
    dtype: np.dtype | type,
) -> tuple[int, Callable[[int, int], tuple]]:
    """Runs in a batch, and a function that makes the batch from a run on, watching one."""
    size = batch_size(runs)
    block = min(block, size)
    if size % block:
        raise ValueError(f"expected a block that divides {size}, such as 64 or 128; got {block}")
    key, made = key_of(seed), -(-runs // size) * size
    every = np.arange(draw_of(made - 1) + 1)
    values, place = cast((params(every), world(every)), dtype)  # once: few depend on the draw

    def arguments(first: int) -> tuple:
        run = np.arange(first, first + size, dtype=np.uint32)
        draws, index = np.unique(draw_of(run), return_inverse=True)
        own = of_draws(values, place, _padded(draws, size // REPLICATES + 2))
        return key, run.reshape(-1, block), index.reshape(-1, block).astype(np.int32), *own

    opening, unwatched = arguments(0), np.int32(0)
    program = _program(-(-days // 7), (*opening, unwatched))

    def batch(first: int, watched: int) -> tuple:
        given = arguments(first) if first else opening
        return given[1].ravel(), *program(*given, np.int32(watched))

    return size, batch


def _padded(draws: np.ndarray, size: int) -> np.ndarray:
    """Draws padded to one length, so that every batch runs the same program."""
    return np.concatenate([draws, np.repeat(draws[-1:], size - len(draws))])


def cast(tree: tuple, dtype: np.dtype | type) -> tuple:
    """Floating arrays in one type, integers in another; keys and truth values as they are."""

    def cast(leaf: np.ndarray) -> np.ndarray:
        array = np.asarray(leaf)
        return array.astype({"f": dtype, "i": np.int32}.get(array.dtype.kind, array.dtype))

    return jax.tree.map(cast, tree)


def _joined(record: Trajectories, kept: int) -> Trajectories:
    """Blocks side by side on the last axis, as NumPy arrays of the runs asked for."""
    return jax.tree.map(lambda a: _side_by_side(np.asarray(a))[..., :kept], record)


def _side_by_side(blocks: Float[np.ndarray, "block ... run"]) -> np.ndarray:
    if len(blocks) == 1:
        return blocks[0]
    moved = np.moveaxis(blocks, 0, -2)
    return moved.reshape(*moved.shape[:-2], -1)
