"""A sum has the same bits whatever stands beside it."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.core.sums import total


@pytest.mark.parametrize("n", [1, 2, 3, 7, 12, 33])
def test_bits_do_not_depend_on_the_trailing_block(n):
    x = np.random.default_rng(n).lognormal(0, 6, (n, 512)).astype(np.float32)
    summed = jax.jit(total)
    whole = np.asarray(summed(x))
    for size in (1, 5, 64, 128):
        np.testing.assert_array_equal(summed(x[:, 64 : 64 + size]), whole[64 : 64 + size])
    np.testing.assert_array_equal(summed(x.reshape(n, 8, 64)), whole.reshape(8, 64))
    np.testing.assert_array_equal(total(x), whole)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_it_is_the_sum(values):
    assert float(total(np.array(values))) == pytest.approx(sum(values), abs=1e-6)
