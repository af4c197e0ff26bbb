"""Work on the columns that need it, gathered in groups that fill the vector units."""

from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Int

from foedus.core.shapes import Flag

SIZE = 128

_Columns = TypeVar("_Columns")
_Runs = TypeVar("_Runs")
_Result = TypeVar("_Result")
_Shown = TypeVar("_Shown")


def where_needed(
    f: Callable[[_Columns, _Runs], tuple[_Result, _Shown]],
    columns: _Columns,
    runs: _Runs,
    needed: Flag,
    others: _Result,
    watched: Int[Array, ""] | int = 0,
) -> tuple[_Result, _Shown]:
    """`f` of the columns that need it; the others get what is given.

    Most disputes of a long history are at peace; working on the rest alone is several times
    faster, and changes nothing in them as long as `f` treats each column by itself.

    Args:
        f: Function of arrays that end in the columns of a group; gives its results, and what to
            show of them.
        columns: Arguments with an entry for each column: slot after slot, each with all runs.
        runs: Arguments with an entry for each run, the same for all its columns.
        needed: Which columns to work on.
        others: Results for the other columns.
        watched: Run of which more is shown.

    Returns:
        Results for every column; what is to be shown of the watched run, by slot, zeros where
        nothing was worked on.

    Examples:
        Two slots of two runs:

        >>> four, two = jnp.arange(4.0), jnp.array([10.0, 20.0])
        >>> needed = jnp.array([True, False, True, True])
        >>> f = lambda column, run: (column + run, run)
        >>> where_needed(f, four, two, needed, 0 * four, watched=1)
        (Array([10.,  0., 12., 23.], dtype=float32), Array([ 0., 20.], dtype=float32))
    """
    count, number = needed.shape[0], jax.tree.leaves(runs)[0].shape[-1]
    size, slots = min(SIZE, count), count // number
    (order,) = jnp.nonzero(needed, size=count, fill_value=0)

    def pick(index: Array) -> tuple[_Result, _Shown]:
        theirs = jax.tree.map(lambda a: a[..., index], columns)
        return f(theirs, jax.tree.map(lambda a: a[..., index % number], runs))

    def group(carry: tuple) -> tuple:
        first, found, shown = carry
        index = lax.dynamic_slice(order, (first,), (size,))
        part, seen = pick(index)
        # A group that is not full holds column 0 too, which may need nothing.
        ours = needed[index]
        place = jnp.where(ours, index, count)
        slot = jnp.where(ours & (index % number == watched), index // number, slots)
        found, shown = _put(found, part, place), _put(shown, seen, slot)
        return first + size, found, shown

    shape = jax.eval_shape(pick, jnp.zeros(size, jnp.int32))[1]
    empty = jax.tree.map(lambda s: jnp.zeros((*s.shape[:-1], slots), s.dtype), shape)
    many = needed.sum()
    return lax.while_loop(lambda carry: carry[0] < many, group, (0, others, empty))[1:]


def _put(whole: _Result, part: _Result, place: Array) -> _Result:
    """Entries of the last axis put in their places; places past the end are dropped."""
    return jax.tree.map(
        lambda old, new: old.at[..., place].set(new.astype(old.dtype), mode="drop"), whole, part
    )
