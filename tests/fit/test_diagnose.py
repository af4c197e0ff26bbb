"""Does a fit tell when it should not be trusted?"""

import json

import numpy as np
import pytest
from scipy import stats

from foedus.fit.diagnose import (
    calibration,
    contraction,
    convergence,
    importance,
    leave_one_out,
    predictive,
    prior_sd,
    summary,
)

RNG = np.random.default_rng


def chains(shift=0.0, draws=500):
    x = RNG(1).normal(size=(4, draws))
    return x + shift * np.arange(4)[:, None]


# ------------------------------------------------------------------ convergence


def test_independent_draws_are_good():
    told = convergence({"x": chains(), "y": RNG(2).normal(size=(4, 500, 3))})
    assert told["good"]
    assert told["rhat"]["x"] < 1.01
    assert told["ess"]["x"] > 1500
    assert np.isclose(told["mcse"]["x"], 1 / np.sqrt(2000), rtol=0.2)


def test_chains_apart_are_not():
    told = convergence({"x": chains(shift=0.5)})
    assert told["rhat"]["x"] > 1.05
    assert not told["good"]


def test_sticky_chains_are_worth_few_draws():
    noise = RNG(3).normal(size=(4, 2000))
    x = np.zeros_like(noise)
    for t in range(1, 2000):
        x[:, t] = 0.98 * x[:, t - 1] + noise[:, t]
    told = convergence({"x": x})
    assert told["ess"]["x"] < 400
    assert not told["good"]


def test_the_worst_entry_of_an_array_counts():
    both = np.stack([chains(), chains(shift=1.0)], axis=-1)
    assert convergence({"x": both})["rhat"] == convergence({"x": both[..., 1]})["rhat"]


def test_one_divergence_is_one_too_many():
    told = convergence({"x": chains()}, np.array([[False, True]]))
    assert (told["divergences"], told["good"]) == (1, False)


def test_a_parameter_that_never_moves_has_no_rhat():
    told = convergence({"x": np.ones((2, 100))})
    assert told["rhat"]["x"] is None
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("shape", [(100,), (2, 3)])
def test_draws_without_chains_or_too_few_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected draws \[chain, draw, ..\] of x"):
        convergence({"x": np.zeros(shape)})


# ------------------------------------------------------------------ leave one out


def test_leave_one_out_of_a_normal_mean_is_exact():
    """y ~ N(m, 1), flat prior: one y left out is N(mean of the rest, 1 + 1/(n - 1))."""
    y = RNG(4).normal(size=30)
    m = RNG(5).normal(y.mean(), 1 / np.sqrt(30), size=(4, 4000))
    told = leave_one_out(stats.norm.logpdf(y, m[..., None]))
    rest = (y.sum() - y) / 29
    exact = stats.norm.logpdf(y, rest, np.sqrt(1 + 1 / 29))
    assert np.allclose(told["pointwise"], exact, atol=0.01)
    assert told["bad"] == 0
    assert np.isclose(told["elpd"], exact.sum(), atol=0.05)
    assert 0.7 < told["p_loo"] < 1.4


def test_an_observation_that_rules_the_fit_is_flagged():
    loglik = np.zeros((4, 1000, 2))
    loglik[..., 1] = -3 * RNG(6).standard_exponential((4, 1000))
    told = leave_one_out(loglik)
    assert told["bad"] == 1
    assert told["khat"][0] == 0


def test_a_draw_with_all_the_weight_is_told_by_khat_and_by_no_warning():
    ratio = np.zeros(2000)
    ratio[0] = 50.0  # arviz divides by the spread of the others
    weight, khat = importance(ratio, np.zeros(2000))
    assert weight.sum() == pytest.approx(1.0)
    assert weight[0] == pytest.approx(1.0)
    assert khat == np.inf
    told = leave_one_out(-ratio.reshape(4, 500, 1))
    assert (told["bad"], told["khat"]) == (1, [np.inf])


def test_leave_one_out_wants_three_axes():
    with pytest.raises(ValueError, match="expected"):
        leave_one_out(np.zeros((4, 100)))


def test_weights_turn_an_approximation_into_the_posterior():
    x = RNG(7).normal(0.3, 1.2, 20000)
    weight, khat = importance(stats.norm.logpdf(x), stats.norm.logpdf(x, 0.3, 1.2))
    assert np.isclose(weight.sum(), 1)
    assert abs((weight * x).sum()) < 0.03
    assert khat < 0.5
    narrow = RNG(8).normal(0, 0.3, 20000)
    assert importance(stats.norm.logpdf(narrow), stats.norm.logpdf(narrow, 0, 0.3))[1] > 0.7


# ------------------------------------------------------------------ calibration


def toy(rng):
    mean = rng.normal()
    return {"mean": mean}, rng.normal(mean, size=4)


@pytest.mark.parametrize(
    ("shift", "spread", "right"),
    [(0.0, 1.0, True), (0.4, 1.0, False), (0.0, 0.5, False), (0.0, 2.0, False)],
    ids=["right", "biased", "too narrow", "too wide"],
)
def test_calibration_finds_a_wrong_posterior_and_only_that(shift, spread, right):
    def infer(data, rng):
        return {"mean": rng.normal(data.sum() / 5 + shift, spread * np.sqrt(0.2), size=99)}

    told = calibration(toy, infer, n=500, seed=1)["mean"]
    assert sum(told["ranks"]) == 500
    assert (min(told["chi_square"], told["ecdf"]) > 0.01) == right


def test_ranks_of_discrete_draws_are_even_too():
    def simulate(rng):
        truth = rng.integers(3)
        return {"x": truth}, None

    def infer(_, rng):
        return {"x": rng.integers(3, size=50)}

    assert calibration(simulate, infer, n=500, seed=2)["x"]["chi_square"] > 0.01


# ------------------------------------------------------------------ prediction


def test_a_model_that_makes_such_data_passes_and_another_does_not():
    data = RNG(9).poisson(3.0, 200)
    statistics = {"mean": np.mean, "variance": np.var}
    draws = {"rate": RNG(10).gamma(600, 1 / 200, 400)}

    def poisson(draw, rng):
        return rng.poisson(draw["rate"], 200)

    right = predictive(data, statistics, poisson, draws, seed=1)
    assert all(0.05 < told["tail"] < 0.95 for told in right.values())
    wide = RNG(11).negative_binomial(1, 0.25, 200)
    wrong = predictive(wide, statistics, poisson, draws, seed=1)
    assert wrong["variance"]["tail"] == 0
    assert wrong["variance"]["observed"] > wrong["variance"]["high"]
    json.dumps(right)


def test_prediction_takes_eras_and_refuses_nothing():
    draws = {"rate": np.ones((2, 5))}
    seen = []
    predictive(0, {"zero": float}, lambda d, rng: seen.append(d["rate"].shape) or 0, draws, seed=1)
    assert seen == [(2,)] * 5
    with pytest.raises(ValueError, match="draws"):
        predictive(0, {}, lambda d, rng: 0, {}, seed=1)


def test_contraction():
    assert contraction(1.0, 1.0) == 0
    assert contraction(1.0, 0.0) == 1
    assert contraction(1.0, 2.0) == -3
    with pytest.raises(ValueError, match="above 0"):
        contraction(0.0, 1.0)


@pytest.mark.parametrize(
    ("dist", "sd"),
    [
        ({"normal": [1, 2]}, 2),
        ({"half": [1]}, np.sqrt(1 - 2 / np.pi)),
        ({"beta": [2, 5]}, stats.beta(2, 5).std()),
        ({"lognormal": [1, 0.5]}, stats.lognorm(0.5).std()),
    ],
    ids=lambda x: next(iter(x)) if isinstance(x, dict) else "",
)
def test_spread_of_priors(dist, sd):
    assert np.isclose(prior_sd(dist), sd, rtol=0.01)


def test_summary():
    told = summary({"x": chains()})["x"]
    assert told["low"] < told["median"] < told["high"]
    json.dumps(told)
