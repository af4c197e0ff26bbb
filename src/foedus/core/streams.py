"""Random numbers that depend on what they are for, never on who else draws.

Philox4x32-10 (Salmon and coauthors 2011) is a function from a counter and a key to four
32-bit words. The counter is (run, step, purpose, entity), the key is the seed; so adding an
actor shifts no other draw, the size of a block changes nothing, and two scenarios with one
seed meet the same luck.
"""

import hashlib
from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import ndtri
from jaxtyping import Array, Float, UInt

_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_WEYL = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10

Words = tuple[Array, Array, Array, Array]


class Purpose(IntEnum):
    """What a draw is for; the third word of the counter. Values never change meaning."""

    WILL = 1  # third parties' persistent shocks: abstain, mediate, aid target, aid challenger
    WILL_JOIN = 2  # the same: join target, join challenger; entry delay
    KIND = 3  # reliability type of an ally
    SIDE = 4  # shared effect of a dispute and side
    WAR = 5  # skill, exchange ratio
    EXCHANGE = 6  # tails of the exchange ratio
    TEMPO = 7  # tempo and intensity of one episode of fighting
    DAY = 8  # front, crossing, settlement, truce
    ASK = 9  # wish to invoke a treaty
    ATTACK = 10  # wish to attack and to resist, first value and drift
    STAY = 11  # wish to stay in a treaty, first value and drift; taking one's part up again
    SCENARIO = 12  # numbers that a scenario leaves uncertain
    WILL_SHORT = 13  # the third parties' shocks: statement for target, challenger; deployment
    WILL_DENIABLE = 14  # the same: deniable force
    KEEP = 15  # peacekeepers come, or leave
    RESAMPLE = 16  # which histories are carried on after a report
    ACROSS = 17  # strikes across the recognised border, and whom they kill
    SPILL = 18  # fighting reaches the own land of outsiders
    SIGN = 19  # the parties sign a truce


class Streams(NamedTuple):
    """Key of the generator and the runs that draw from it."""

    seed: UInt[Array, " 2"]
    run: UInt[Array, " run"]


def key_of(seed: int) -> UInt[np.ndarray, " 2"]:
    """A seed of 64 bits as the two words that key the generator.

    Examples:
        >>> key_of(2**32 + 7)
        array([7, 1], dtype=uint32)
    """
    return np.array([seed & 0xFFFFFFFF, seed >> 32], np.uint32)


def entity(name: str) -> int:
    """Stable 32-bit key of a name.

    Examples:
        >>> entity("ARM") == entity("ARM"), entity("ARM") == entity("AZE")
        (True, False)
    """
    return int.from_bytes(hashlib.blake2s(name.encode(), digest_size=4).digest(), "little")


def entities(names: Iterable[str]) -> list[int]:
    """Keys of several names.

    Raises:
        ValueError: Two names have one key; rename one of them.
    """
    keys: dict[int, str] = {}
    for name in names:
        other = keys.setdefault(entity(name), name)
        if other != name:
            raise ValueError(f"{name!r} and {other!r} share one stream key; rename one of them")
    return list(keys)


def _multiply(a: Array, b: int) -> tuple[Array, Array]:
    """High and low word of a 32 x 32-bit product, in 32-bit arithmetic."""
    b = jnp.uint32(b)
    low, high = a & 0xFFFF, a >> 16
    b_low, b_high = b & 0xFFFF, b >> 16
    cross, part = low * b_high, high * b_low
    middle = (low * b_low >> 16) + (cross & 0xFFFF) + (part & 0xFFFF)
    return high * b_high + (cross >> 16) + (part >> 16) + (middle >> 16), a * b


@jax.jit
def philox(counter: Words, key: tuple[Array, Array]) -> Words:
    """Four 32-bit words for a counter of four and a key of two (Philox4x32-10).

    Reference:
        Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11.

    Examples:
        >>> zero = jnp.uint32(0)
        >>> [hex(int(word)) for word in philox((zero,) * 4, (zero,) * 2)]
        ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """

    def one(_: Array, state: tuple[Array, ...]) -> tuple[Array, ...]:
        a, b, c, d, k, m = state
        high_a, low_a = _multiply(a, _MULTIPLIERS[0])
        high_c, low_c = _multiply(c, _MULTIPLIERS[1])
        words = high_c ^ b ^ k, low_c, high_a ^ d ^ m, low_a
        return *words, k + jnp.uint32(_WEYL[0]), m + jnp.uint32(_WEYL[1])

    # A loop, not ten copies: a third less to compile in whatever draws, and no slower.
    return lax.fori_loop(0, _ROUNDS, one, (*counter, *key))[:4]


def _unit(word: Array, dtype: np.dtype | type) -> Array:
    """Uniform in the open unit interval: a bit less than float32 holds, so never 1."""
    if jnp.dtype(dtype) == jnp.float64:
        return (word.astype(dtype) + 0.5) * 2.0**-32
    return ((word >> 9).astype(dtype) + 0.5) * 2.0**-23


def uniforms(
    streams: Streams,
    step: Array | int,
    purpose: Purpose,
    key: Array | np.ndarray,
    dtype: np.dtype | type,
) -> tuple[Float[Array, "... run"], ...]:
    """Four independent uniforms for each run (and each entity, if `key` has axes before it).

    Args:
        streams: Seed and run ids.
        step: Day of the draw, counted from the start.
        purpose: What the draw is for.
        key: Entity key or an array of them, whose last axis meets that of the runs (or is 1).
        dtype: float32 (23 bits) or float64 (32 bits).
    """
    key = jnp.asarray(key, jnp.uint32)
    shape = jnp.broadcast_shapes(key.shape, streams.run.shape)
    step = jnp.asarray(step).astype(jnp.uint32)
    counter = (streams.run, step, jnp.uint32(purpose), key)
    words = philox(tuple(jnp.broadcast_to(w, shape) for w in counter), tuple(streams.seed))
    return tuple(_unit(word, dtype) for word in words)


def normal(uniform: Array) -> Array:
    """Standard normal quantile of a uniform."""
    return ndtri(uniform)
