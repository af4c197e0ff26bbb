"""Sums in one fixed order, so that bits do not depend on the size of a block."""

from functools import reduce

import jax.numpy as jnp
from jaxtyping import Array, Float


def total(x: Float[Array, "n ..."]) -> Float[Array, "..."]:
    """Sum over the first axis as a balanced tree of elementwise additions.

    A compiler may reorder `sum` and `einsum` by the size of the other axes; it may not
    reorder these. Works on NumPy and JAX arrays.

    Examples:
        >>> import numpy as np
        >>> float(total(np.array([1.0, 2.0, 3.0])))
        6.0
    """
    n = x.shape[0]
    if n == 1:
        return x[0]
    if n % 2:
        return x[0] + total(x[1:])
    return total(x[: n // 2] + x[n // 2 :])


def largest(x: Float[Array, "n ..."]) -> Float[Array, "..."]:
    """Largest over the first axis, as elementwise maxima: vectorised over the others.

    Examples:
        >>> float(largest(jnp.array([1.0, 3.0, 2.0])))
        3.0
    """
    return reduce(jnp.maximum, x)
