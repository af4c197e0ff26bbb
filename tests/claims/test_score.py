import numpy as np
import pytest
import scoringrules as sr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from foedus.claims.score import brier, crps, log_floor, log_score, mean_brier

P = arrays(float, 7, elements=st.floats(0, 1))
Y = arrays(bool, 7)
VALUES = arrays(float, st.integers(2, 30), elements=st.floats(-1e3, 1e3))


@settings(deadline=None)
@given(p=P, y=Y)
def test_brier_equals_scoringrules(p, y):
    assert np.allclose(brier(p, y), sr.brier_score(y, p), rtol=1e-14, atol=0)
    assert mean_brier(p, y) == pytest.approx(np.mean(sr.brier_score(y, p)))


@settings(deadline=None)
@given(p=arrays(float, 7, elements=st.floats(0.001, 0.999)), y=Y)
def test_log_score_equals_scoringrules_above_the_floor(p, y):
    assert np.allclose(log_score(p, y, floor=0.001), sr.log_score(y, p), rtol=1e-9)
    assert np.allclose(log_score(p, y, floor=0.001), sr.logs_binomial(y, 1, p), rtol=1e-9)


@settings(deadline=None)
@given(p=P, y=Y, n=st.integers(1, 10**6))
def test_the_floor_bounds_the_log_score(p, y, n):
    scores = log_score(p, y, log_floor(n))
    assert (scores <= np.log(n + 1) * (1 + 1e-9)).all()
    assert (scores >= -np.log1p(-log_floor(n)) * (1 - 1e-9)).all()


def test_without_a_floor_a_failed_certainty_costs_infinity():
    assert log_score([0.0, 1.0], 1, floor=0).tolist() == [np.inf, 0]


@settings(deadline=None)
@given(x=VALUES, y=st.floats(-1e3, 1e3))
def test_crps_equals_scoringrules(x, y):
    assert crps(x, y) == pytest.approx(sr.crps_ensemble(y, x, estimator="fair"), abs=1e-9)


def test_crps_is_unbiased_for_small_ensembles():
    rng = np.random.default_rng(5)
    small = [crps(rng.normal(size=3), 0.5) for _ in range(20_000)]
    # one score of three standard normals has a standard deviation below .6
    assert np.mean(small) == pytest.approx(sr.crps_normal(0.5, 0, 1), abs=4 * 0.6 / 20_000**0.5)


@pytest.mark.parametrize("score", [brier, lambda p, y: log_score(p, y, 0.01)])
@settings(deadline=None)
@given(q=st.floats(0.01, 0.99), p=st.floats(0.01, 0.99))
def test_the_truth_scores_best_on_average(score, q, p):
    def average(stated):
        return q * score(stated, 1) + (1 - q) * score(stated, 0)

    assert average(q) <= average(p) + 1e-12


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: brier(1.1, 1), "probabilities from 0 to 1"),
        (lambda: brier(float("nan"), 1), "probabilities from 0 to 1"),
        (lambda: brier(0.5, 0.5), "outcomes of 0 or 1"),
        (lambda: mean_brier([], []), "at least one question"),
        (lambda: log_score(0.5, 1, floor=0.6), "floor from 0 to .5"),
        (lambda: log_floor(0), "at least one run"),
        (lambda: crps([1.0], 1.0), "two or more runs"),
        (lambda: crps([[1.0, 2.0]], 1.0), "two or more runs"),
    ],
)
def test_what_is_no_forecast_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
