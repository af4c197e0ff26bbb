r"""What fighting costs both sides: Lanchester's laws with an exchange ratio that varies by war.

$$ \dot L_C = r\,F_T^{\,b} F_C^{\,1-b}\, e^{-\xi/2}, \qquad
   \dot L_T = r\,F_C^{\,b} F_T^{\,1-b}\, e^{+\xi/2} $$

b = 1 is the square law, b = 1/2 the linear one, which 88 inter-state wars support (b = .52, s.e.
.04, war calibration 7): strength does not predict the exchange ratio, war-specific skill does.

Drones and loitering munitions shift it. Of the other side's heavy arms a share $s_i$ lies within
reach, and air defence stops a share $d_j a_j$ of these strikes; the rest, $h_i$, gets through:

$$ h_i = s_i\,(1 - d_j a_j), \qquad a_j = e_j\, e^{-\eta s_i t}, \qquad
   \xi' = \xi + \theta\,(h_C - h_T) $$

What is left of air defence, a, falls with the stock of heavy arms e and is hunted on each of t
days of fighting. Heavy arms go $1 + \varphi h$ times as fast, and who arms a side makes good some
of what it has lost, the faster the more of its arms were that state's already.
"""

import jax.numpy as jnp
from jaxtyping import Array, Int

from foedus.core.kinds import Action, Grade, Side
from foedus.core.params import Params
from foedus.core.shapes import PerColumn, PerSide
from foedus.core.situation import Conflict
from foedus.core.sums import total
from foedus.core.world import Dispute

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


def strikes(params: Params, dispute: Dispute, conflict: Conflict) -> PerSide:
    """Share of the other side's heavy arms that each side's strikes from the air get at, h."""
    hunted = jnp.exp(-params.war.hunting * dispute.strike[::-1] * conflict.fought)
    shield = dispute.air_defence * conflict.stock * hunted
    return dispute.strike * (1 - shield[::-1])


def struck(params: Params, exchange: PerColumn, hits: PerSide) -> PerColumn:
    """Log exchange ratio of a war with strikes from the air: even ones cancel out.

    Examples:
        >>> from foedus.core.params import load
        >>> war = load().params.war._replace(strike_effect=2.0)
        >>> hits = jnp.array([[0.0, 0.25], [0.5, 0.25]])
        >>> struck(load().params._replace(war=war), jnp.zeros(2), hits).tolist()
        [1.0, 0.0]
    """
    return exchange + params.war.strike_effect * (hits[Side.CHALLENGER] - hits[Side.TARGET])


def wear(params: Params, hits: PerSide) -> PerSide:
    """Share of heavy equipment that each side loses per share of its soldiers killed."""
    return params.war.equipment * (1 + params.war.strike_arms * hits[::-1])


def refill(params: Params, dispute: Dispute, action: Int[Array, "state column"]) -> PerSide:
    """Share of lost heavy equipment that material aid makes good in a day, for each side."""
    aids = jnp.stack([action == Action.of(Grade.AID, side) for side in Side])
    supplied = jnp.stack([total(part) for part in jnp.where(aids, dispute.arms, 0)])
    return -jnp.expm1(-params.war.resupply * supplied)
