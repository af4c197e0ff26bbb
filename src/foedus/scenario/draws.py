"""Which values does a number of a scenario take in each parameter draw?"""

from functools import lru_cache

import jax
import numpy as np
from jax import numpy as jnp
from scipy.special import betaincinv, expit, logit, ndtri

from foedus.core import streams
from foedus.scenario.quantity import PARAMETERS, Quantity, Support


class Draws:
    """Parameter draws of one scenario; each number has its own stream, keyed by its path.

    Attributes:
        number: How many draws there are.
    """

    def __init__(self, seed: int, draws: np.ndarray) -> None:
        self.number = len(draws)
        self._seed, self._draws = seed, np.asarray(draws, np.uint32).tobytes()

    def of(self, path: str, quantity: Quantity | None, support: Support) -> np.ndarray:
        """Value of the number at a path in every draw [draw]; 0 where there is none."""
        if quantity is None or quantity.value is not None:
            return np.full(self.number, 0.0 if quantity is None else quantity.value)
        return quantile(quantity, _uniform(self._seed, self._draws, path), support)


@lru_cache(maxsize=8192)  # a path of a changed scenario keeps its numbers
def _uniform(seed: int, draws: bytes, path: str) -> np.ndarray:
    """Uniform of a path in every draw: Philox at (draw, 0, SCENARIO, entity of the path)."""
    run = jnp.asarray(np.frombuffer(draws, np.uint32))
    key = jnp.uint32(seed & 0xFFFFFFFF), jnp.uint32(seed >> 32)
    first = _first_word(run, jnp.uint32(streams.entity(path)), key)
    uniform = (np.asarray(first, np.float64) + 0.5) * 2.0**-32
    uniform.setflags(write=False)
    return uniform


@jax.jit
def _first_word(run: jax.Array, entity: jax.Array, key: tuple[jax.Array, jax.Array]) -> jax.Array:
    """First word of Philox for each run, on step 0."""
    words = (jnp.uint32(0), jnp.uint32(streams.Purpose.SCENARIO), entity)
    return streams.philox((run, *(jnp.broadcast_to(word, run.shape) for word in words)), key)[0]


def median(quantity: Quantity, support: Support) -> float:
    """The middle value of a number, where only one can be used."""
    return float(quantile(quantity, np.array(0.5), support))


def quantile(quantity: Quantity, uniform: np.ndarray, support: Support) -> np.ndarray:
    """Values of a number at given probabilities.

    Args:
        quantity: Number as written.
        uniform: Probabilities, between 0 and 1.
        support: What it measures, which decides the shape between the ends of a range.

    Examples:
        >>> from foedus.scenario.quantity import Share
        >>> middle = np.array([0.05, 0.5, 0.95])
        >>> quantile(Share(range=(0.2, 0.5)), middle, Support.SHARE).round(3).tolist()
        [0.2, 0.333, 0.5]
        >>> quantile(Share(dist="beta", a=1, b=1), middle, Support.SHARE).tolist()
        [0.05, 0.5, 0.95]
    """
    if quantity.value is not None:
        return np.full(np.shape(uniform), quantity.value, np.float64)
    if quantity.range is not None:
        return _between(np.asarray(quantity.range, np.float64), uniform, support)
    first, second = (getattr(quantity, name) for name in PARAMETERS[quantity.dist or ""])
    match quantity.dist:
        case "beta":
            return betaincinv(first, second, uniform)
        case "normal":
            return first + second * ndtri(uniform)
        case "lognormal":
            return first * np.exp(second * ndtri(uniform))
        case _:
            return first + (second - first) * uniform


def _between(ends: np.ndarray, uniform: np.ndarray, support: Support) -> np.ndarray:
    """Quantiles of the distribution with these 5 and 95 per cent quantiles."""
    if support is Support.SHARE:
        to, back = logit, expit
    elif support in (Support.POSITIVE, Support.AMOUNT):
        to, back = np.log, np.exp
    else:
        to = back = np.asarray
    low, high = to(ends)
    middle, spread = (low + high) / 2, (high - low) / 2 / ndtri(0.95)
    return back(middle + spread * ndtri(uniform))
