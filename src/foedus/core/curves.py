"""A smooth curve of the log strength ratio, cheap enough to be read inside a fixed point.

Known at Chebyshev nodes, kept as the coefficients of the polynomial through them: a few
multiply-adds a reading, no table look-up, so it vectorises over runs.
"""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

LIMIT = 6.0  # log ratios beyond this change nothing any more
DEGREE = 11

_AT = np.cos(np.pi * (np.arange(DEGREE + 1) + 0.5) / (DEGREE + 1))
NODES = LIMIT * _AT
"""Log ratios at which a curve must be known."""

_FIT = np.linalg.inv(np.vander(_AT, increasing=True))


def fit(values: Float[Array, "node run"]) -> Float[Array, "coefficient run"]:
    """Coefficients of the polynomial through `values` at `NODES`.

    Examples:
        >>> curve = fit(jnp.asarray(NODES[:, None] ** 2))
        >>> round(float(read(curve, jnp.array([3.0]))[0]), 4)
        9.0
    """
    rows = []
    for weights in _FIT.astype(values.dtype):
        row = weights[0] * values[0]
        for weight, value in zip(weights[1:], values[1:], strict=True):
            row = row + weight * value
        rows.append(row)
    return jnp.stack(rows)


def read(
    curve: Float[Array, "coefficient run"], x: Float[Array, "... run"]
) -> Float[Array, "... run"]:
    """Value of the curve at log ratios `x`, flat beyond `LIMIT`."""
    place = (x / LIMIT).clip(-1, 1)
    y = curve[-1]
    for coefficient in curve[-2::-1]:
        y = y * place + coefficient
    return y
