r"""Chance that each third party joins each side, over what is not known of the fighting.

The effects that the decisions on each side share are integrated out. Their standard deviation is
several logits, so Gauss-Hermite rules converge slowly; an even grid over a side's own effect does
well (the integrand is analytic). Of the other side's effect, which matters less, three points do.
A level of hostility moves both effects by as much, so the same nodes serve both levels: with
$\delta$ the step from war to force in standard deviations, the points

$$ -\tfrac{\delta}{2} \quad\text{and}\quad -\tfrac{\delta}{2} \pm \sqrt{3 + \tfrac{\delta^2}{4}} $$

are exact to the third degree under $N(0, 1)$ and under $N(-\delta, 1)$, with weights of their own.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from foedus.core import features
from foedus.core.kinds import Side
from foedus.core.world import World
from foedus.fit.crises import Crises, single
from foedus.fit.joining import Setting, outcomes, params_of, shift
from foedus.game import payoff

LEVELS = ("war", "force")
"""Levels of hostility that are told."""
_WAR, _FORCE = 2, 1  # their index in `fit.crises`
POINTS = 9
"""Of the grid over a side's own effect: chances are within 3 % of those of a dense grid, less
than one part in a hundred as a rule; few draws make more noise."""
_LOW, _HIGH = -2.2, 4.0  # of the grid: joining is rare, so large effects matter
RANGE = (0.05, 0.95)
"""Quantiles of the posterior draws between which an interval lies."""


class Chances(NamedTuple):
    """Chances of a stack of disputes.

    Attributes:
        p: Mean over draws, and the ends of the interval
            [mean low high, level, dispute, side, state].
        felt: Share of a full duty to each side that is felt, 0 to 1 [dispute, side, state].
    """

    p: np.ndarray
    felt: np.ndarray


class Rule(NamedTuple):
    """Where the effects of a side and of the other are evaluated, in standard deviations.

    Attributes:
        own: Of the side itself [node].
        other: Of the other side [node].
        weight: Of each node at each level [level, node].
    """

    own: Float[Array, " node"]
    other: Float[Array, " node"]
    weight: Float[Array, "level node"]


def rule(step: Float[Array, ""], points: int = POINTS) -> Rule:
    """Quadrature for war, and for force, whose effects are lower by `step`.

    Examples:
        >>> made = rule(jnp.array(1.5))
        >>> [round(abs(float(mean)), 3) for mean in made.weight @ made.other]
        [0.0, 1.5]
    """
    mean = jnp.stack([jnp.zeros_like(step), -step])[:, None]
    own = jnp.linspace(_LOW - jnp.maximum(step, 0), _HIGH + jnp.maximum(-step, 0), points)
    density = jnp.exp(-((own - mean) ** 2) / 2)
    grid = density / density.sum(1, keepdims=True)
    reach = jnp.sqrt(3 + step**2 / 4)
    place = jnp.stack([-reach, jnp.zeros_like(step), reach])
    offset = mean + step / 2
    square = 1 + offset**2
    beside = jnp.concatenate([square - reach * offset, square + reach * offset], 1)
    beside = beside / (2 * reach**2)
    few = jnp.stack([beside[:, 0], 1 - beside.sum(1), beside[:, 1]], 1)
    weight = (grid[:, :, None] * few[:, None]).reshape(len(LEVELS), -1)
    return Rule(jnp.repeat(own, 3), jnp.tile(place - step / 2, points), weight)


def joins(
    theta: Float[Array, " theta"],
    given: Setting,
    world: World,
    level: Array,
    z: Float[Array, "side node"],
) -> Float[Array, "side state node"]:
    """Chance of joining each side, whether pledges are called for or not; as `joining.outcomes`."""
    logp, chance = outcomes(theta, given, world, level, z)
    return jnp.einsum("cskn,c->skn", jnp.exp(logp[:, 1:]), jnp.exp(chance))


@partial(jax.jit, static_argnames="points")
def by_draw(
    thetas: Float[Array, "draw theta"], given: Setting, worlds: World, points: int = POINTS
) -> Float[Array, "draw dispute level side state"]:
    """Chance of joining in each posterior draw.

    Args:
        thetas: Posterior draws, in the order of `joining.THETA`.
        given: What was not fitted.
        worlds: A `World` whose arrays begin with `dispute`.
        points: Of the grid over a side's own effect.
    """

    def draw(theta: Array) -> Array:
        spread = params_of(theta, given.params).joining.side_sd[0]
        own, other, weight = rule(-shift(theta, jnp.array(_FORCE)) / spread, points)
        z = jnp.stack([jnp.append(own, other), jnp.append(other, own)])

        def dispute(world: World) -> Array:
            comes = joins(theta, given, world, jnp.array(_WAR), z)
            comes = comes.reshape(len(Side), -1, len(Side), len(own))
            own_grid = jnp.stack([comes[side, :, side] for side in Side])
            p = jnp.einsum("skn,ln->lsk", own_grid, weight)
            return p / jnp.maximum(p.sum(1, keepdims=True), 1)

        return jax.vmap(dispute)(worlds)

    return jax.lax.map(draw, thetas)


@jax.jit
def _felt(theta: Array, given: Setting, worlds: World) -> Float[Array, "dispute side state"]:
    """Duties as far as they are called for, cover the place and are felt where they do not."""
    params = params_of(theta, given.params)
    seen = given.covered + (1 - given.covered) * params.joining.outside

    def dispute(world: World) -> Array:
        due = features.duty(params, world, world.dispute)
        active = world.member[..., None]
        return (payoff.promises(world, world.dispute, active, due).owed * seen)[..., 0]

    return jax.vmap(dispute)(worlds)


def chances(thetas: np.ndarray, given: Setting, stack: Crises, points: int = POINTS) -> Chances:
    """Chances that each third party joins each side of each dispute.

    Args:
        thetas: Posterior draws, in the order of `joining.THETA` [draw, theta].
        given: What was not fitted.
        stack: Disputes.
        points: Of the grid over a side's own effect.
    """
    size = stack.row.shape[1]
    used = _room(int(np.flatnonzero((stack.row >= 0).any(0)).max(initial=0)) + 1, size)
    trimmed = jax.tree.map(lambda a: _cut(np.asarray(a), size, used), stack.world)
    draws, given, worlds = single((thetas, given, trimmed))
    drawn = np.sort(np.moveaxis(np.asarray(by_draw(draws, given, worlds, points)), 0, -1), axis=-1)
    told = np.stack([drawn.mean(-1), *(_quantile(drawn, share) for share in RANGE)])
    return Chances(np.moveaxis(told, 2, 1), np.asarray(_felt(draws[0], given, worlds)))


def _room(needed: int, size: int) -> int:
    """States to compute: a few sizes between half of a stack's and all, so few programs.

    Examples:
        >>> [_room(needed, 48) for needed in (20, 33, 48)]
        [32, 40, 48]
    """
    return next(room for room in (2 * size // 3, 5 * size // 6, size) if room >= needed)


def _cut(array: np.ndarray, size: int, used: int) -> np.ndarray:
    """The first states of an array; no other axis of a stack is as long as that of states."""
    return array[tuple(slice(used if n == size else None) for n in array.shape)]


def _quantile(ordered: np.ndarray, share: float) -> np.ndarray:
    """Quantile of values in order on the last axis, linear between two."""
    place = share * (ordered.shape[-1] - 1)
    below = int(place)
    above = min(below + 1, ordered.shape[-1] - 1)
    return ordered[..., below] + (place - below) * (ordered[..., above] - ordered[..., below])
