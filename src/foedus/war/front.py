r"""How a front moves, where it ends, and what the players may expect of it.

The front is a Brownian motion in war time with drift $\kappa(2p - 1)$ and variance $s_x^2$ a day,
$p = \Lambda(v)$ the challenger's superiority; it ends at 1 (the land is taken) or $-r$ (the
challenger's army is beaten). War time runs $\tau$ times as fast as the calendar; settlement
kills at rate $h$ a calendar day. Fronts as random walks between barriers: Slantchev 2004.
"""

from statistics import NormalDist
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from foedus.core import curves
from foedus.core.params import Params
from foedus.core.shapes import Clock, PerColumn


def _midpoints(n: int) -> np.ndarray:
    """Normal quantiles of n even slices, scaled to unit variance."""
    score = np.array([NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)])
    return score / np.sqrt((score**2).mean())


_SKILL = _midpoints(31)  # as good as exact: with eleven, sure wars came in visible steps


class Barriers(NamedTuple):
    """Probabilities that a front ends at the challenger's aim, or at its repulse."""

    won: Float[Array, "... column"]
    repulsed: Float[Array, "... column"]


def superiority(params: Params, log_ratio: Array, skill: Array, era: Clock) -> Array:
    """Logit of the challenger's local superiority, v = m log(S_C / S_T) + a_init + skill."""
    return params.war.contest * log_ratio + params.war.initiative[era] + skill


def exits(
    drift: Array | float,
    variance: Array | float,
    front: Array | float,
    repulse: Array | float,
    kill: Array | float,
) -> Barriers:
    r"""Probability that a front leaves at either barrier before it is killed.

    With $\gamma = \sqrt{\mu^2 + 2 s^2 k}/s^2$ the first exit from $(-r, 1)$ has
    $P(1) = e^{\mu(1-x)/s^2}\,\sinh((x+r)\gamma)/\sinh((1+r)\gamma)$, and the mirror image below.

    Args:
        drift: Per day of war time.
        variance: Per day of war time.
        front: Where the front stands, x.
        repulse: r.
        kill: Settlement hazard per day of war time, h / tau.

    Examples:
        >>> [round(float(p), 6) for p in exits(0.0, 1.0, 0.0, 1.0, 1e-12)]
        [0.5, 0.5]
    """
    # The floor keeps 0 / 0 away where drift and hazard vanish; it moves no probability by 1e-6.
    gamma = jnp.maximum(jnp.sqrt(drift**2 + 2 * variance * kill) / variance, 1e-6)
    width = -jnp.expm1(-2 * (1 + repulse) * gamma)
    above, below = 1 - front, front + repulse
    won = jnp.exp((drift / variance - gamma) * above) * -jnp.expm1(-2 * below * gamma) / width
    lost = jnp.exp((-drift / variance - gamma) * below) * -jnp.expm1(-2 * above * gamma) / width
    return Barriers(won, lost)


def outlook(
    params: Params, front: PerColumn, tempo: PerColumn, hazard: PerColumn, era: Clock
) -> Float[Array, "coefficient column"]:
    """Challenger's probability of reaching its aim, as a curve of the log strength ratio.

    This is the war module's own law, with the unseen skill averaged over its distribution;
    read it with `core.curves.read`.

    Args:
        params: One draw a column.
        front: Where the front stands.
        tempo: Log tempo.
        hazard: Settlement hazard per calendar day.
        era: Clock of `kinds.Era`.
    """
    war = params.war
    ratio = jnp.asarray(curves.NODES, front.dtype)[:, None, None]
    skill = jnp.asarray(_SKILL, front.dtype)[:, None] * war.skill_sd
    drift = war.drift * jnp.tanh(superiority(params, ratio, skill, era) / 2)
    won = exits(drift, war.noise**2, front, war.repulse, hazard * jnp.exp(-tempo)).won
    return curves.fit(_mean(won))


def _mean(x: Float[Array, "node skill column"]) -> Float[Array, "node column"]:
    """Mean over skills, in a fixed order."""
    # A loop ends what the compiler fuses: else each coefficient of the curve would sum anew.
    n = x.shape[1]
    return lax.fori_loop(1, n, lambda i, y: y + x[:, i], x[:, 0]) / n


class Step(NamedTuple):
    """What one day did to a front."""

    front: Float[Array, " column"]
    won: Float[Array, " column"]
    repulsed: Float[Array, " column"]


def step(
    params: Params,
    front: PerColumn,
    superiority: PerColumn,
    tempo: PerColumn,
    shock: PerColumn,
    crossing: PerColumn,
) -> Step:
    """One calendar day of fighting, with the bridge's crossing between its two ends.

    A front that stands at a barrier has reached it, on a day that could not record it. The ends of
    all others are Gaussian; between them a Brownian bridge passes a barrier with probability
    exp(-2 (distance before) (distance after) / variance), so whole days are not too long.

    Args:
        params: One draw a column.
        front: At the start of the day.
        superiority: Logit of the challenger's superiority, v.
        tempo: Log tempo.
        shock: Standard normal.
        crossing: Uniform that decides a crossing: low values upward, high values downward.
    """
    war, pace = params.war, jnp.exp(tempo)
    variance = pace * war.noise**2
    end = front + pace * war.drift * jnp.tanh(superiority / 2) + jnp.sqrt(variance) * shock
    up = _passes(1 - front, 1 - end, variance)
    down = _passes(front + war.repulse, end + war.repulse, variance)
    # The two crossings exclude each other but for a term of second order; the end decides a tie.
    beaten = front <= -war.repulse
    won = (front >= 1) | ((crossing < up) & (end > -war.repulse) & ~beaten)
    repulsed = beaten | ((crossing > 1 - down) & ~won)
    return Step(jnp.where(won, 1.0, jnp.where(repulsed, -war.repulse, end)), won, repulsed)


def _passes(before: PerColumn, after: PerColumn, variance: PerColumn) -> PerColumn:
    """Probability that the bridge touches a barrier at these distances from its ends."""
    return jnp.exp(-2 * jnp.maximum(before, 0) * jnp.maximum(after, 0) / variance)
