"""Curves: exact for what they can hold, flat beyond their limit, good enough for the war's law."""

import jax.numpy as jnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from foedus.core import curves
from foedus.core.curves import DEGREE, LIMIT, NODES
from foedus.core.params import load, take
from foedus.war.front import outlook

X = np.linspace(-LIMIT, LIMIT, 241)


def prior_curves():
    """The war's prospects at many log ratios, in all prior draws."""
    params = take(load().params, np.arange(1000))
    rng = np.random.default_rng(1)
    front, tempo = rng.uniform(-0.5, 0.8, 1000), rng.normal(0, 1.5, 1000)
    hazard = np.float32(params.war.settlement[3])
    curve = outlook(params, np.float32(front), np.float32(tempo), hazard, 3)
    return np.asarray(curve, float), curves.read(np.asarray(curve, float), X[:, None])


@given(st.lists(st.floats(-1, 1), min_size=DEGREE + 1, max_size=DEGREE + 1))
def test_a_polynomial_of_its_degree_is_read_back(coefficients):
    values = np.polynomial.polynomial.polyval(NODES / LIMIT, coefficients)
    curve = curves.fit(jnp.asarray(values[:, None], jnp.float32))
    got = np.asarray(curves.read(curve, jnp.asarray(X[:, None], jnp.float32)))[:, 0]
    expected = np.polynomial.polynomial.polyval(X / LIMIT, coefficients)
    np.testing.assert_allclose(got, expected, atol=2e-4)


def test_a_curve_is_flat_beyond_its_limit():
    curve, _ = prior_curves()
    far = curves.read(curve, np.array([[LIMIT], [2 * LIMIT], [-LIMIT], [-9.0]]))
    np.testing.assert_array_equal(far[0], far[1])
    np.testing.assert_array_equal(far[2], far[3])


def test_the_wars_prospects_are_probabilities_but_for_ripples():
    _, value = prior_curves()
    assert value.min() > -0.01
    assert value.max() < 1.01


def test_more_strength_lowers_the_wars_prospects_by_no_more_than_a_ripple():
    _, value = prior_curves()
    fall = (np.maximum.accumulate(value, 0) - value).max(0)
    assert np.quantile(fall, 0.9) < 1e-3
    assert np.quantile(fall, 0.99) < 0.01
    assert fall.max() < 0.03


def test_numpy_and_jax_read_alike():
    curve, value = prior_curves()
    got = curves.read(jnp.asarray(curve, jnp.float32), jnp.asarray(X[:, None], jnp.float32))
    np.testing.assert_allclose(got, value, atol=1e-5)
