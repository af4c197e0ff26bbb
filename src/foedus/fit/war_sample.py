"""Posteriors of standard normal scores: by no-U-turn draws, or near their mode."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpyro.infer.hmc import HMCState, hmc
from scipy import optimize

THREADS = 2
ACCEPT = 0.95
Likelihood = Callable[[jax.Array, Any], jax.Array]
"""Log likelihood of scores, given data."""


class Mode(NamedTuple):
    """Where the posterior of the scores is highest, and its covariance there."""

    z: np.ndarray
    covariance: np.ndarray


class Chains(NamedTuple):
    """Draws of the scores, [chain, draw, score], and which were marred, [chain, draw]."""

    z: np.ndarray
    diverging: np.ndarray

    def thinned(self, draws: int) -> np.ndarray:
        """So many draws, evenly from all chains, [draw, score]."""
        flat = self.z.reshape(-1, self.z.shape[-1])
        return flat[np.linspace(0, len(flat) - 1, draws).round().astype(int)]


def nuts(
    log_likelihood: Likelihood,
    size: int,
    data: Any,
    *,
    draws: int,
    seed: int,
    warmup: int = 400,
    chains: int = 4,
) -> Chains:
    """No-U-turn draws of standard normal scores given data, in double precision.

    Args:
        log_likelihood: Of the scores, given the data; pure. What is compiled is kept for it.
        size: Number of scores.
        data: A pytree of arrays.
        draws: A chain.
        seed: Seed.
        warmup: Steps a chain that adapt step size and metric and are thrown away.
        chains: Two run at a time.

    Examples:
        >>> mean = lambda z, x: -((x - z[0]) ** 2).sum() / 2
        >>> z = nuts(mean, 1, jnp.ones(99), draws=200, seed=1, warmup=100, chains=1).z
        >>> bool(abs(z.mean() - 0.99) < 0.05)
        True
    """
    with jax.enable_x64(True):
        leaves, tree = jax.tree.flatten(jax.tree.map(jnp.asarray, data))
        shapes = tuple(jax.ShapeDtypeStruct(x.shape, x.dtype) for x in leaves)
        program = _compiled(log_likelihood, size, warmup, draws, tree, shapes)

    def run(key: jax.Array) -> tuple[np.ndarray, ...]:
        with jax.enable_x64(True):
            return tuple(np.asarray(x) for x in program(key, jax.tree.unflatten(tree, leaves)))

    keys = jax.random.split(jax.random.key(seed), chains)
    with ThreadPoolExecutor(THREADS) as pool:
        z, bad = zip(*pool.map(run, keys), strict=True)
    return Chains(np.stack(z), np.stack(bad))


@cache
def _compiled(
    log_likelihood: Likelihood, size: int, warmup: int, draws: int, tree: Any, shapes: tuple
) -> Callable:
    """The program of one chain: made before threads ask for it, and once for data of one shape."""
    chain = partial(_chain, log_likelihood=log_likelihood, size=size, warmup=warmup, draws=draws)
    data = jax.tree.unflatten(tree, shapes)
    return jax.jit(chain).lower(jax.random.key(0), data).compile()


def _chain(
    key: jax.Array, data: Any, log_likelihood: Likelihood, size: int, warmup: int, draws: int
) -> tuple[jax.Array, jax.Array]:
    """One chain: adapt, then draw."""
    start, move = hmc(potential_fn_gen=lambda data: partial(_potential, log_likelihood, data))
    state = start(
        jnp.zeros(size),
        warmup,
        dense_mass=True,
        target_accept_prob=ACCEPT,
        model_args=(data,),
        rng_key=key,
    )

    def step(state: HMCState, _: None) -> tuple[HMCState, tuple[jax.Array, jax.Array]]:
        state = move(state, model_args=(data,))
        return state, (state.z, state.diverging)

    _, path = lax.scan(step, state, length=warmup + draws)
    return path[0][warmup:], path[1][warmup:]


def _potential(log_likelihood: Likelihood, data: Any, z: jax.Array) -> jax.Array:
    return (z**2).sum() / 2 - log_likelihood(z, data)


_slope = jax.jit(jax.value_and_grad(_potential, argnums=2), static_argnums=0)


def mode(log_likelihood: Likelihood, size: int, data: Any) -> Mode:
    """Mode of the scores by quasi-Newton steps from the prior's, and Laplace's covariance.

    Args:
        log_likelihood: Of the scores, given the data; pure. What is compiled is kept for it.
        size: Number of scores.
        data: A pytree of arrays.

    Examples:
        >>> found = mode(lambda z, x: -((x - z[0]) ** 2).sum() / 2, 1, jnp.ones(99))
        >>> round(float(found.z[0]), 3), round(float(found.covariance[0, 0]), 3)
        (0.99, 0.01)
    """
    with jax.enable_x64(True):

        def both(z: np.ndarray) -> tuple[np.ndarray, ...]:
            return tuple(np.asarray(x) for x in _slope(log_likelihood, data, z))

        at = optimize.minimize(both, np.zeros(size), jac=True, method="BFGS").x
        step = 1e-4 * np.eye(size)
        rows = [(both(at + d)[1] - both(at - d)[1]) / 2e-4 for d in step]
    curvature = np.stack(rows)
    return Mode(at, np.linalg.inv((curvature + curvature.T) / 2))
