"""Log-odds and back."""

import jax.numpy as jnp
from jaxtyping import Array


def logit(p: Array | float) -> Array:
    """Log-odds of a probability."""
    return jnp.log(p) - jnp.log1p(-p)


def tilt(p: Array | float, shift: Array | float) -> Array:
    """Probability after its log-odds move by `shift`.

    Examples:
        >>> round(float(tilt(0.5, 1.0)), 4)
        0.7311
    """
    odds = jnp.exp(shift) * p
    return odds / (1 - p + odds)
