"""The one clock of the engine: days in whole weeks, weeks in months of four; slow wishes."""

import jax.numpy as jnp
from jaxtyping import Array

from foedus.core.shapes import PerRun

DAYS = 7
"""Days in a week."""
MONTH = 4
"""Weeks after which a challenger at peace, or a member of a treaty, reconsiders."""
YEAR = 365.25
"""Days in a year."""


def correlation(half_life: PerRun, days: float) -> PerRun:
    """Correlation of a wish with what it was `days` ago."""
    return jnp.exp2(-days / (YEAR * half_life))


def drift(will: Array, shock: Array, half_life: PerRun, days: float) -> Array:
    """A wish `days` later: it forgets half of itself in a half-life (years) and stays normal.

    Examples:
        >>> float(drift(jnp.array(1.0), jnp.array(0.0), 1.0, 365.25))
        0.5
    """
    keep = correlation(half_life, days)
    return keep * will + jnp.sqrt(1 - keep**2) * shock
