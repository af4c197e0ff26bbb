"""A wish forgets at its half-life and stays standard normal; log-odds come back."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.core.clock import DAYS, MONTH, drift
from foedus.core.odds import logit, tilt


def test_a_wish_stays_standard_normal_and_forgets_half_in_a_half_life():
    """Thirteen months of four weeks, 200,000 wishes; four standard errors."""
    rng, n = np.random.default_rng(1), 200_000
    first = will = rng.normal(size=n)
    for _ in range(13):
        will = np.asarray(drift(will, rng.normal(size=n), 0.7, MONTH * DAYS), float)
    kept = 2 ** (-13 * 28 / 365.25 / 0.7)
    assert abs(will.mean()) < 4 / np.sqrt(n)
    assert abs(will.std() - 1) < 4 / np.sqrt(2 * n)
    assert abs((first * will).mean() - kept) < 4 * np.sqrt((1 + kept**2) / n)


@given(st.floats(0.01, 0.99), st.floats(-8, 8))
def test_tilting_moves_log_odds_by_the_shift(p, shift):
    got = float(tilt(jnp.asarray(p), shift))
    assert got == pytest.approx(1 / (1 + np.exp(-(np.log(p / (1 - p)) + shift))), abs=1e-6)
    assert float(logit(p)) == pytest.approx(np.log(p / (1 - p)), abs=1e-5)
