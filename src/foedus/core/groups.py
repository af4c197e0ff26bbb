"""Work on the runs that need it, gathered in groups that fill the vector units."""

from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
from jax import lax

from foedus.core.shapes import Flag

SIZE = 128

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def where_needed(f: Callable[[_In], _Out], columns: _In, needed: Flag) -> _Out:
    """`f` of the runs that need it, zeros for the others.

    Most runs of a long history are at peace; working on the rest alone is several times faster,
    and changes nothing in them as long as `f` treats each run by itself.

    Args:
        f: Function of arrays that all end in `run`, and so do its results.
        columns: Its arguments for every run.
        needed: Which runs to work on.

    Examples:
        >>> where_needed(lambda x: x + 1.0, jnp.arange(4.0), jnp.array([True, False, True, False]))
        Array([1., 0., 3., 0.], dtype=float32)
    """
    runs = needed.shape[0]
    size = min(SIZE, runs)
    order = jnp.argsort(~needed, stable=True)

    def group(carry: tuple) -> tuple:
        first, found = carry
        index = lax.dynamic_slice(order, (first,), (size,))
        part = f(jax.tree.map(lambda a: a[..., index], columns))
        # The last group may overlap the one before, or hold runs that need nothing.
        ours = needed[index]
        put = jax.tree.map(
            lambda whole, new: whole.at[..., index].set(jnp.where(ours, new, whole[..., index])),
            found,
            part,
        )
        return first + size, put

    shapes = jax.eval_shape(f, jax.tree.map(lambda a: a[..., :size], columns))
    empty = jax.tree.map(lambda s: jnp.zeros((*s.shape[:-1], runs), s.dtype), shapes)
    number = needed.sum()
    return lax.while_loop(lambda carry: carry[0] < number, group, (0, empty))[1]
