"""The normal at a peak, and the priors on an unbounded scale."""

import numpy as np
import pytest
from scipy import stats

from foedus.fit.laplace import climb, peak
from foedus.fit.posterior import assemble
from foedus.fit.prior import density, location

COVARIANCE = np.array([[2.0, 0.6], [0.6, 0.5]])


def bowl(x):
    inverse = np.linalg.inv(COVARIANCE)
    off = x - np.array([1.0, -2.0])
    return -float(off @ inverse @ off) / 2, -inverse @ off


def test_the_peak_of_a_normal_is_that_normal():
    mode = climb(bowl, np.zeros(2), np.ones(2), 1e-8)
    found = peak(bowl, mode, np.full(2, 5.0))
    np.testing.assert_allclose(found.mode, [1, -2], atol=1e-6)
    np.testing.assert_allclose(found.covariance, COVARIANCE, rtol=1e-6)
    assert found.slope < 1e-5


def test_draws_mirror_each_other_and_have_the_covariance():
    found = peak(bowl, np.array([1.0, -2.0]), np.full(2, 5.0))
    drawn = found.draw(40_000, 1)
    np.testing.assert_allclose(drawn.mean(0), [1, -2], atol=1e-9)
    np.testing.assert_allclose(np.cov(drawn.T), COVARIANCE, rtol=0.05)


def test_a_flat_direction_is_as_wide_as_its_prior():
    found = peak(lambda x: (-float(x[0] ** 2), np.array([-2 * x[0], 0])), np.zeros(2), np.ones(2))
    np.testing.assert_allclose(found.covariance, [[0.5, 0], [0, 1]], atol=1e-9)


LAWS = {
    "normal": ([0.5, 2.0], stats.norm(0.5, 2), False),
    "lognormal": ([2.0, 0.3], stats.lognorm(0.3, scale=2), True),
    "half": ([0.7], stats.halfnorm(scale=0.7), True),
    "positive": ([1.0, 1.0], stats.truncnorm(-1, np.inf, 1, 1), True),
}


@pytest.mark.parametrize("name", LAWS)
def test_densities_are_those_of_the_laws_they_name(name):
    """Up to a constant, a quantity above zero by its log, with the change of scale."""
    arguments, law, logged = LAWS[name]
    at = np.linspace(-1.5, 1.5, 7)
    own = np.array([density({name: arguments}, x) for x in at])
    known = law.logpdf(np.exp(at)) + at if logged else law.logpdf(at)
    np.testing.assert_allclose(np.diff(own[:, 0]), np.diff(known), atol=1e-9)
    step = 1e-6
    slope = [
        (density({name: arguments}, x + step)[0] - density({name: arguments}, x)[0]) / step
        for x in at
    ]
    np.testing.assert_allclose(own[:, 1], slope, atol=1e-4)
    assert np.isfinite(location({name: arguments})).all()


def test_a_posterior_keeps_the_record_in_pairs_and_the_rest_apart():
    from foedus.core.params import columns
    from foedus.core.priors import read
    from foedus.fit.fitted import Fitted

    rng = np.random.default_rng(1)
    fit = Fitted({"war.drift": rng.random(300), "joining.era": rng.random((4, 300))}, {}, {})
    params, table = assemble(read(), [fit], seed=1)
    drift, truce = params.war.drift, params.war.truce
    np.testing.assert_array_equal(drift[::2], drift[1::2])
    assert (truce[::2] != truce[1::2]).all()
    assert set(np.round(drift, 9)) <= set(np.round(fit.draws["war.drift"], 9))
    assert table["war"]["drift"]["basis"] == "record"
    assert "posterior" not in table["war"]["noise"]  # no fit informed it
    together = {tuple(row) for row in np.round(fit.draws["joining.era"].T, 9)}
    assert {tuple(row) for row in np.round(params.joining.era.T, 9)} <= together
    assert all(np.isfinite(a).all() for a in columns(params).values())
    with pytest.raises(ValueError, match="one fit for each"):
        assemble(read(), [fit, fit], seed=1)
    with pytest.raises(ValueError, match="names of parameters"):
        assemble(read(), [Fitted({"war.nothing": rng.random(300)}, {}, {})], seed=1)
