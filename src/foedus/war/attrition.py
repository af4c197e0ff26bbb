r"""What fighting costs both sides: Lanchester's laws with an exchange ratio that varies by war.

$$ \dot L_C = r\,F_T^{\,b} F_C^{\,1-b}\, e^{-\xi/2}, \qquad
   \dot L_T = r\,F_C^{\,b} F_T^{\,1-b}\, e^{+\xi/2} $$

b = 1 is the square law, b = 1/2 the linear one, which 88 inter-state wars support (b = .52, s.e.
.04, war calibration 7): strength does not predict the exchange ratio, war-specific skill does.
"""

import jax.numpy as jnp

from foedus.core.kinds import Side
from foedus.core.params import Params
from foedus.core.shapes import PerColumn, PerSide

LINEAR, SQUARE = 0.5, 1.0


def death_rates(
    force: PerSide,
    intensity: PerColumn | float,
    exchange: PerColumn | float,
    exponent: float = LINEAR,
) -> PerSide:
    """Deaths of each side per day.

    Args:
        force: Soldiers of each side.
        intensity: Log deaths per soldier and day.
        exchange: Log ratio of target's to challenger's deaths at equal forces.
        exponent: b.

    Examples:
        >>> import numpy as np
        >>> death_rates(np.array([[800.0], [1000.0]]), 0.0, 0.0, SQUARE)[:, 0].tolist()
        [1000.0, 800.0]
    """
    target, challenger = force[Side.TARGET], force[Side.CHALLENGER]
    rate, half = jnp.exp(intensity), jnp.exp(exchange / 2)
    return jnp.stack(
        [
            rate * challenger**exponent * target ** (1 - exponent) * half,
            rate * target**exponent * challenger ** (1 - exponent) / half,
        ]
    )


def left(
    params: Params,
    personnel: PerSide,
    deaths: PerSide,
    stock: PerSide,
) -> PerSide:
    """Share of a side's strength that losses have left: soldiers times a power of equipment."""
    soldiers = jnp.maximum(1 - deaths / personnel, 0.05)
    return soldiers * stock**params.war.equipment_weight
