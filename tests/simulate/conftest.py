from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from foedus.core.streams import Streams
from foedus.game import joining
from foedus.simulate.ensemble import cast, spread
from foedus.simulate.step import columns, initial, week
from tests.simulate.small import QUICK, joined, lives

SIDE_BY_SIDE, WEEKS = 64, 40


@pytest.fixture(scope="package")
def whole():
    """1,000 runs, two batches of blocks of 256."""
    return joined(lives(1000, 256))


@pytest.fixture(scope="package")
def double():
    """64 runs in float64, every week's situation kept, third parties solved to 1e-13.

    Call it with a seed, 64 run numbers, the draw of each, parameters and world; it gives the
    record, the situations and the ledger of the first run.
    """
    exact = partial(joining.solve, tolerance=1e-13, sweeps=2000)

    def lived(seed, run, draw, params, world):
        streams = Streams(seed, run)
        params, world = spread(params, world, draw)
        own = columns(streams, params, world)
        step = partial(week, streams, params, world, own, jnp.asarray(0))

        def one(situation, number):
            situation, (record, ledger) = step(situation, number)
            return situation, (record, situation, ledger)

        return lax.scan(one, initial(streams, world, own), jnp.arange(WEEKS))[1]

    program = jax.jit(lived, compiler_options=QUICK)

    def call(seed, run, draw, params, world):
        with pytest.MonkeyPatch.context() as patch, jax.enable_x64(True):
            patch.setattr("foedus.game.play.solve", exact)
            words = np.array([seed & 0xFFFFFFFF, seed >> 32], np.uint32)
            inputs = cast((params, world), np.float64)
            return jax.tree.map(np.asarray, program(words, run.astype(np.uint32), draw, *inputs))

    return call
