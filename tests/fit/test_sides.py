from itertools import product

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from foedus.fit import sides, skill
from foedus.fit.sides import Prediction, Rows


def rows(side, joined, year=None, dispute=None):
    side = np.asarray(side)
    year = np.full(len(side), 1900) if year is None else np.asarray(year)
    dispute = side if dispute is None else np.asarray(dispute)
    held = np.zeros(len(side), bool)
    return Rows(dispute, side, year, np.asarray(joined), held, np.zeros((len(side), 1)), ("x",))


def one(logits, sigma):
    return Prediction(np.atleast_2d(logits).astype(float), np.array([float(sigma)]))


def by_quadrature(logits, joined, sigma):
    """Likelihood of one side, by adaptive quadrature around its mode."""

    def log_integrand(z):
        eta = logits + sigma * z
        return np.where(joined, eta, 0).sum() - np.logaddexp(0, eta).sum() + norm.logpdf(z)

    grid = np.linspace(-9, 9, 721)
    heights = [log_integrand(z) for z in grid]
    top, peak = max(heights), grid[np.argmax(heights)]
    value, _ = quad(
        lambda z: np.exp(log_integrand(z) - top), -9, 9, points=[peak], limit=400, epsabs=1e-12
    )
    return top + np.log(value)


@pytest.mark.parametrize("sigma", [0.3, 2.0, 3.5])
@pytest.mark.parametrize(("size", "came"), [(1, 0), (1, 1), (9, 3), (60, 0), (60, 25)])
def test_score_of_a_side_is_its_integral(sigma, size, came):
    logits = np.random.default_rng(size).normal(-3, 1.5, size)
    joined = np.arange(size) < came
    score = sides.joint_log_score(one(logits, sigma), rows(np.zeros(size), joined))
    assert score[0] == pytest.approx(by_quadrature(logits, joined, sigma), abs=1e-6)


def test_without_shared_effect_rows_are_independent():
    logits, joined = np.array([-1.0, 0.5, 2.0]), np.array([True, False, True])
    expected = -skill.log_loss(1 / (1 + np.exp(-logits)), joined)
    score = sides.joint_log_score(one(logits, 0), rows([1, 1, 2], joined))
    np.testing.assert_allclose(score, [expected[:2].sum(), expected[2]], atol=1e-12)


def test_chances_of_all_that_a_side_can_do_sum_to_one():
    prediction = Prediction(np.array([[-2.0, 0, 1], [-1, -1, -1]]), np.array([1.5, 3.0]))
    outcomes = product([False, True], repeat=3)
    chances = [np.exp(sides.joint_log_score(prediction, rows([1] * 3, y))[0]) for y in outcomes]
    assert sum(chances) == pytest.approx(1, abs=1e-9)
    assert chances[0] == pytest.approx(
        sides.nobody(prediction, rows([1] * 3, [True] * 3))[0], abs=1e-6
    )


def test_score_is_the_log_of_the_mean_over_draws():
    side, y = [1, 1], [True, False]
    draws = [one([-1, 0], 1.0), one([2, -3], 0.5)]
    both = Prediction(np.concatenate([d.logits for d in draws]), np.array([1.0, 0.5]))
    mean = np.mean([np.exp(sides.joint_log_score(d, rows(side, y))) for d in draws])
    assert sides.joint_log_score(both, rows(side, y))[0] == pytest.approx(np.log(mean))


def test_order_of_rows_does_not_matter():
    rng = np.random.default_rng(1)
    side, joined = rng.integers(0, 8, 40), rng.random(40) < 0.2
    logits, order = rng.normal(-2, 1, 40), rng.permutation(40)
    first = skill.judge(one(logits, 2), rows(side, joined), 0.1)
    second = skill.judge(one(logits[order], 2), rows(side[order], joined[order]), 0.1)
    np.testing.assert_allclose(first.log_score, second.log_score)
    np.testing.assert_allclose(first.somebody, second.somebody)
    np.testing.assert_allclose(first.p[order], second.p)


def test_chance_of_a_row_averages_the_effect():
    expected, _ = quad(lambda z: norm.pdf(z) / (1 + np.exp(3 - 2.5 * z)), -9, 9)
    assert sides.marginal(np.array([-3.0]), 2.5)[0] == pytest.approx(expected, abs=1e-8)


def test_unknown_covariate_is_refused():
    with pytest.raises(ValueError, match="expected covariates war"):
        rows([1], [True]).of("war")
