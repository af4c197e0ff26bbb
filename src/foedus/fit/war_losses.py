r"""Death rates and exchange ratios, given the law of outcome and length.

In the engine deaths per soldier and day (geometric mean of the sides) are $r_0\tau$ times a
lognormal of the war, and the log ratio of the sides' deaths is a t whose normal is correlated with
unseen skill. Tempo and skill of a recorded war are known only through its length and outcome,
so each draw of the law carries its own posterior of the losses. Nothing flows back: a poor count
of the dead must not move the law of lengths (a cut, as in modular Bayes).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.stats import norm
from jaxtyping import Array, Float
from scipy.special import roots_genlaguerre

from foedus.fit.war_model import FLOOR, LENGTH, Fought, Record, seen, terms
from foedus.fit.war_prior import Prior, values
from foedus.fit.war_sample import THREADS, Likelihood, mode
from foedus.war import law

LOSSES = (
    "war.deaths",
    "war.deaths_sd",
    "war.exchange",
    "war.exchange_sd",
    "war.exchange_skill",
)
TAILS = 6
"""Degrees of freedom of the exchange ratio, as in the engine."""
_BLOCK = 50  # draws of the law at a time


class Lost(NamedTuple):
    """Draws of the losses' parameters, one for each draw of the law.

    Attributes:
        draws: [draw] by name.
        accepted: Share of proposals taken.
        drift: Largest shift of a score's mean between the middle and the end of the walks, in its
            standard deviations: small where the walks were long enough.
    """

    draws: dict[str, np.ndarray]
    accepted: float
    drift: float


def log_likelihood(
    given: dict[str, Array], theta: dict[str, Array], record: Record
) -> Float[Array, " war"]:
    """Log density of each war's losses, given how it ended and when.

    Args:
        given: Values of `LOSSES`.
        theta: Values of `war_model.LENGTH`.
        record: The wars; losses that are nan tell nothing.
    """
    of = terms(theta, record.era)
    alone, both = seen(of, record), seen(of, record, **_told(given, of, record))
    return jnp.log(both + FLOOR) - jnp.log(alone + FLOOR)


def _told(given: dict[str, Array], of: law.Terms, record: Record) -> dict[str, Array]:
    """Log likelihood of each war's losses at every skill and every tempo."""
    pace = np.log(law.WAR_TIME)[:, None] - jnp.log(record.days)
    intensity, exchange = jnp.nan_to_num(record.intensity), jnp.nan_to_num(record.exchange)
    gap = intensity - jnp.log(given["war.deaths"]) - pace
    tempo = norm.logpdf(gap, 0.0, given["war.deaths_sd"])
    rho, own = given["war.exchange_skill"], jnp.sqrt(1 - given["war.exchange_skill"] ** 2)
    skill = (law.SKILL - (of.contest * record.log_ratio + of.initiative)[:, None]) / of.skill_sd
    scale = given["war.exchange_sd"]
    ratio = (exchange - given["war.exchange"]) / scale
    density = sum(
        weight * root / scale * norm.pdf(ratio[:, None] * root, rho * skill, own)
        for root, weight in zip(_ROOTS, _WEIGHTS, strict=True)
    )
    unknown = jnp.isnan(record.exchange)[:, None]
    return {
        "tempo": jnp.where(jnp.isnan(record.intensity), 0.0, tempo),
        "skill": jnp.where(unknown, 0.0, jnp.log(density + FLOOR)),
    }


def _tails(nodes: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Root of a chi-square over its degrees of freedom, at the nodes of a mean over it."""
    x, weight = roots_genlaguerre(nodes, TAILS / 2 - 1)
    return np.sqrt(2 * x / TAILS), weight / weight.sum()


_ROOTS, _WEIGHTS = _tails()


def draw(
    prior: Prior, theta: dict[str, np.ndarray], record: Record, *, seed: int, steps: int = 100
) -> Lost:
    """One draw of the losses' parameters for each draw of the law.

    Each is the end of a random walk (Metropolis) that starts from a normal approximation at the
    median law and moves in its shape.

    Args:
        prior: Of `LOSSES`.
        theta: Draws of `war_model.LENGTH`, [..., draw].
        record: The wars.
        seed: Seed.
        steps: Of each walk.
    """
    middle = {name: np.median(x, axis=-1) for name, x in theta.items()}
    near = mode(_of_scores(prior), prior.size, (middle, record))
    number = theta[LENGTH[0]].shape[-1]
    blocks = np.arange(-(-number // _BLOCK) * _BLOCK).reshape(-1, _BLOCK) % number

    def walked(block: np.ndarray) -> tuple[np.ndarray, ...]:
        with jax.enable_x64(True):
            keys = jax.random.split(jax.random.key(seed), number)[block]
            part = {name: jnp.asarray(x[..., block]) for name, x in theta.items()}
            factor = jnp.linalg.cholesky(near.covariance)
            found = _walks(keys, part, record, near.z, factor, _of_scores(prior), steps)
            return tuple(np.asarray(x) for x in found)

    with ThreadPoolExecutor(THREADS) as pool:
        ends = map(np.concatenate, zip(*pool.map(walked, blocks), strict=True))
    halfway, last, taken = (x[:number] for x in ends)
    shift = (last.mean(0) - halfway.mean(0)) / last.std(0)
    with jax.enable_x64(True):
        found = jax.vmap(lambda z: values(prior, z), out_axes=-1)(jnp.asarray(last))
    return Lost(
        {name: np.asarray(x) for name, x in found.items()},
        float(taken.mean()),
        float(abs(shift).max()),
    )


@cache
def _of_scores(prior: Prior) -> Likelihood:
    """Log likelihood of the losses' scores, given a draw of the law and the record."""

    def of_scores(z: Array, data: tuple[dict[str, Array], Record]) -> Array:
        return log_likelihood(values(prior, z), *data).sum()

    return of_scores


@partial(jax.jit, static_argnames=("likelihood", "steps"))
def _walks(
    keys: Array,
    theta: dict[str, Array],
    record: Record,
    centre: Array,
    factor: Array,
    likelihood: Likelihood,
    steps: int,
) -> tuple[Array, Array, Array]:
    """A walk for each draw of the law."""

    def walk(key: Array, one: dict[str, Array]) -> tuple[Array, Array, Array]:
        def potential(z: Array) -> Array:
            return (z**2).sum() / 2 - likelihood(z, (one, record))

        return _walk(potential, centre, factor, key, steps)

    return jax.vmap(walk, (0, dict.fromkeys(theta, -1)))(keys, theta)


def _walk(
    potential: Callable[[Array], Array],
    centre: Float[Array, " score"],
    factor: Float[Array, "score score"],
    key: Array,
    steps: int,
) -> tuple[Array, Array, Array]:
    """A random walk: where it is half-way, where it ends, and the share of moves taken."""
    size = centre.shape[0]
    stride = 2.38 / np.sqrt(size)

    def step(now: tuple[Array, Array], key: Array) -> tuple[tuple[Array, Array], tuple]:
        z, height = now
        move, lot = jax.random.split(key)
        there = z + stride * factor @ jax.random.normal(move, (size,), z.dtype)
        new = potential(there)
        takes = jnp.log(jax.random.uniform(lot, dtype=z.dtype)) < height - new
        now = (jnp.where(takes, there, z), jnp.where(takes, new, height))
        return now, (now[0], takes)

    first, rest = jax.random.split(key)
    z = centre + factor @ jax.random.normal(first, (size,), centre.dtype)
    _, (path, taken) = lax.scan(step, (z, potential(z)), jax.random.split(rest, steps))
    return path[steps // 2], path[-1], taken.mean()


def simulate(given: dict[str, np.ndarray], fought: Fought, rng: np.random.Generator) -> Record:
    """The record of wars drawn from the law, with losses drawn for them.

    Args:
        given: Values of `LOSSES`.
        fought: As `war_model.simulate` returns it.
        rng: Source of chance.
    """
    rho, n = given["war.exchange_skill"], len(fought.skill)
    mixed = rho * fought.skill + np.sqrt(1 - rho**2) * rng.normal(size=n)
    tails = np.sqrt(rng.chisquare(TAILS, n) / TAILS)
    noise = given["war.deaths_sd"] * rng.normal(size=n)
    return fought.record._replace(
        intensity=np.log(given["war.deaths"]) + fought.tempo + noise,
        exchange=given["war.exchange"] + given["war.exchange_sd"] * mixed / tails,
    )
