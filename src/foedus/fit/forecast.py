"""What the joining model says of disputes it has not seen: of rows, of sides, of everybody.

A side's effect is integrated on an even grid. What a side's third parties do together is smooth
in that effect, so its log is interpolated between the grid's points: many joiners pin the effect
down more finely than any grid that could be afforded.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp
from scipy.interpolate import CubicSpline

from foedus.core.kinds import Side
from foedus.fit.crises import LEVELS, Crises, single
from foedus.fit.joining import Setting, outcomes

GRID = np.linspace(-4.5, 4.5, 25)
FINE = np.linspace(-4.5, 4.5, 481)
OTHER = np.array([-1.0, 1.0])
"""Effect on the other side: two points with the normal's mean and variance."""


class Told(NamedTuple):
    """Forecasts of a stack's disputes under each level of hostility; means over draws.

    Attributes:
        p: Probability that each state joins each side [level, dispute, side, state].
        score: Log probability of what the called did on each side [level, dispute, side].
        nobody: Log probability that none of them comes [level, dispute, side].
    """

    p: np.ndarray
    score: np.ndarray
    nobody: np.ndarray


def _pairs() -> np.ndarray:
    """Grid for each side in turn, beside the two points of the other [2, side, node]."""
    own, other = (a.ravel() for a in np.meshgrid(GRID, OTHER, indexing="ij"))
    return np.stack([np.stack([own, other]), np.stack([other, own])])


@jax.jit
def _parts(thetas: jax.Array, given: Setting, stack: Crises, called: jax.Array) -> tuple:
    """For each draw, level and dispute: chances of rows, and side log likelihoods by grid point."""
    pairs = jnp.asarray(_pairs())
    weight = jnp.exp(-(jnp.asarray(GRID) ** 2) / 2)
    weight = weight / weight.sum()

    def dispute(theta: jax.Array, level: jax.Array, item: tuple) -> tuple:
        world, joined, asked = item

        def each(a: jax.Array) -> jax.Array:
            return a.reshape(*a.shape[:-1], len(GRID), len(OTHER))

        def over(a: jax.Array) -> jax.Array:
            return logsumexp(each(a), axis=-1) - jnp.log(len(OTHER))

        p, score, silent = [], [], []
        for side in Side:
            logp, chance = outcomes(theta, given, world, level, pairs[side])
            comes = jnp.exp(logp[:, 1 + side])
            stays = jnp.log1p(-jnp.minimum(comes, 1 - 1e-6))
            did = jnp.where((joined == 1 + side)[:, None], logp[:, 1 + side], stays)
            mixed = (jnp.exp(chance)[:, None, None] * comes).sum(0)
            p.append((each(mixed).mean(-1) * weight).sum(-1))
            for told, rows in ((score, did), (silent, stays)):
                asked_of = jnp.where(asked[side][:, None], rows, 0).sum(1)
                told.append(over(logsumexp(asked_of + chance[:, None], axis=0)))
        return jnp.stack(p), jnp.stack(score), jnp.stack(silent)

    def draw(theta: jax.Array) -> tuple:
        items = (stack.world, stack.joined, called)
        levels = jnp.arange(LEVELS)
        return jax.vmap(lambda v: jax.vmap(lambda i: dispute(theta, v, i))(items))(levels)

    p, score, silent = jax.lax.map(draw, thetas)
    return p.mean(0), score, silent


def _integrate(by_grid: np.ndarray) -> np.ndarray:
    """Log of the normal mean of exp, known at `GRID` on the last axis; mean over draws first."""
    logw = -(FINE**2) / 2
    logw = logw - logsumexp(logw)
    fine = CubicSpline(GRID, by_grid, axis=-1)(FINE) + logw
    top = fine.max(-1)
    each = np.log(np.exp(fine - top[..., None]).sum(-1)) + top
    return np.asarray(logsumexp(each, axis=0)) - np.log(len(each))


def tell(thetas: np.ndarray, given: Setting, stack: Crises, called: np.ndarray) -> Told:
    """Forecast a stack.

    Args:
        thetas: Posterior draws [draw, theta].
        given: What was not fitted.
        stack: Disputes.
        called: Who is asked about on each side [dispute, side, state].
    """
    small = single((thetas, given, stack, called))
    p, score, silent = (np.asarray(part, float) for part in _parts(*small))
    return Told(p, _integrate(score), _integrate(silent))
