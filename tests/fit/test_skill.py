import numpy as np
import pytest

from foedus.fit import skill
from foedus.fit.folds import block, by_group, rolling_origin
from foedus.fit.sides import Prediction, Rows
from foedus.fit.skill import Scored, ScoredClasses


def rows(side, joined, year=None, dispute=None):
    side = np.asarray(side)
    year = np.full(len(side), 1900) if year is None else np.asarray(year)
    dispute = side if dispute is None else np.asarray(dispute)
    held = np.zeros(len(side), bool)
    return Rows(dispute, side, year, np.asarray(joined), held, np.zeros((len(side), 1)), ("x",))


def one(logits, sigma):
    return Prediction(np.atleast_2d(logits).astype(float), np.array([float(sigma)]))


def test_logits_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"expected logits \[draw, row\] of shape \(1, 2\)"):
        skill.judge(one([0.0], 1), rows([1, 1], [True, False]), 0.1)


def told_in_advance(train, test, seed):
    """Logit of the share that came, and nothing shared."""
    share = train.joined.mean()
    return one(np.full(len(test.joined), np.log(share / (1 - share))), 0)


def test_folds_are_judged_apart_and_put_together():
    r = rows([1, 1, 2, 3, 3], [1, 0, 1, 0, 1], year=[1890, 1890, 1899, 1905, 1905])
    found = skill.evaluate(told_in_advance, r, rolling_origin(r.year), 0)
    assert found.p == pytest.approx(2 / 3)
    assert (found.of.tolist(), found.dispute.tolist(), found.came.tolist()) == ([0, 0], [3], [True])
    assert found.usual.tolist() == [1.0]


def test_rows_held_back_are_judged_but_not_learnt_from():
    r = rows([1, 2, 3, 4], [1, 1, 0, 0], year=[1890, 1891, 1892, 1905])
    r = r._replace(held_back=np.array([True, False, False, True]))
    found = skill.evaluate(told_in_advance, r, rolling_origin(r.year), 0)
    assert found.p == pytest.approx([1 / 2])


def test_some_sides_keep_their_rows():
    r = rows([1, 1, 2, 3, 3], [1, 0, 0, 0, 1])
    found = skill.judge(one(np.arange(5.0), 1), r, 0.5)
    kept = found.only(np.array([True, False, True]))
    np.testing.assert_array_equal(kept.p, found.p[[0, 1, 3, 4]])
    assert (kept.of.tolist(), kept.dispute.tolist()) == ([0, 0, 1, 1], [1, 3])


def test_measures_of_a_known_forecast():
    joined = np.array([True, False, False, False])
    p, sides = np.array([0.8, 0.2, 0.2, 0.2]), np.array([0, 0, 1, 1])
    score, half = np.array([-0.5, -0.3]), np.full(2, 0.5)
    scored = Scored(p, joined, sides, score, np.array([0.8, 0.4]), np.array([True, False]),
                    half, np.array([1, 2]), np.array([1900, 1901]))  # fmt: skip
    found = skill.measures(scored)
    assert found["n_sides"] == 2
    assert found["n_rows"] == 4
    assert found["side_log_score"] == pytest.approx(-0.4)
    assert found["log_loss"] == pytest.approx(-np.log(0.8))
    assert found["brier"] == pytest.approx(0.04)
    assert found["auc"] == found["average_precision"] == found["somebody_auc"] == 1
    assert found["somebody_skill"] == pytest.approx(1 - np.log(0.8 * 0.6) / np.log(0.25))
    assert found["somebody_expected_over_observed"] == pytest.approx(1.2)
    assert found["side_accuracy"] is None


def test_what_cannot_be_told_is_none():
    found = skill.measures(skill.judge(one([0.0, 0], 1), rows([1, 2], [False, False]), 0.1))
    assert found["auc"] is found["somebody_auc"] is None
    assert found["somebody_expected_over_observed"] is None
    assert skill.side_accuracy(np.array([[1.0, 0, 0]]), np.array([0])) is None


def test_measures_where_either_side_may_be_joined():
    p = np.array([[0.7, 0.2, 0.1], [0.9, 0.06, 0.04], [0.98, 0.01, 0.01]])
    joined, dispute = np.array([1, 2, 0]), np.array([1, 1, 2])
    scored = ScoredClasses(p, joined, np.full((3, 3), 1 / 3), dispute, np.full(3, 1900))
    found = skill.class_measures(scored)
    assert found["log_loss"] == pytest.approx(-np.log([0.2, 0.04, 0.98]).mean())
    assert found["side_accuracy"] == 0.5
    assert found["auc"] == 1
    assert found["brier"] == pytest.approx(
        np.mean([0.7**2 + 0.8**2 + 0.1**2, 0.9**2 + 0.06**2 + 0.96**2, 0.02**2 + 2 * 0.01**2])
    )
    assert found["n_sides"] == 2


def test_calibration_counts_every_row_once():
    rng = np.random.default_rng(1)
    p = rng.beta(0.3, 3, 5000)
    lines = skill.calibration(p, rng.random(5000) < p)
    assert sum(line["n"] for line in lines) == 5000
    for line in lines:
        assert line["low"] <= line["stated"] <= line["high"]
        allowed = 4 * np.sqrt(line["stated"] * (1 - line["stated"]) / line["n"])
        assert line["observed"] == pytest.approx(line["stated"], abs=allowed)


def test_interval_covers_where_cases_of_a_cluster_hang_together():
    rng, hits, tries = np.random.default_rng(2), 0, 150
    for seed in range(tries):
        size = rng.integers(1, 6, 80)
        cluster = np.repeat(np.arange(80), size)
        ours = 0.1 + rng.normal(0, 1, 80)[cluster] + rng.normal(0, 0.3, len(cluster))
        low, high = skill.paired_interval(
            ours, np.zeros(len(ours)), cluster, seed=seed, resamples=300
        )
        hits += low < 0.1 < high
    # 90 per cent asked for; 150 tries give 135 with a standard deviation of 3.7
    assert 121 <= hits <= 147


def test_interval_is_of_the_difference():
    rng = np.random.default_rng(3)
    hard = rng.normal(0, 10, 200)  # cases differ far more than models do
    low, high = skill.paired_interval(hard + 0.1, hard, np.arange(200), seed=1)
    assert (low, high) == (pytest.approx(0.1), pytest.approx(0.1))


def test_better_needs_both_intervals():
    assert skill.verdict((0.01, 0.02), (0.001, 0.03)) == "better"
    assert skill.verdict((0.01, 0.02), (-0.001, 0.03)) == "ties"
    assert skill.verdict((-0.01, 0.02), (-0.02, -0.001)) == "loses"


def test_models_are_compared_on_the_same_cases_only():
    r = rows([1, 2, 3, 4], [1, 0, 0, 0], year=[1900, 1901, 1911, 1912])
    ours, theirs = (skill.judge(one(np.full(4, x), 1), r, 0.5) for x in (-2.0, -1.0))
    found = skill.compare(ours, theirs, seed=1)
    assert found.difference == pytest.approx(np.mean(ours.log_score - theirs.log_score))
    assert found.by_dispute[0] <= found.difference <= found.by_dispute[1]
    with pytest.raises(ValueError, match="same cases"):
        skill.compare(ours, theirs.only(np.array([True, True, True, False])), seed=1)


def test_past_before_future():
    year = np.arange(1816, 2011)
    folds = rolling_origin(year)
    assert [fold.label for fold in folds] == list(range(1900, 2001, 10))
    for fold in folds:
        assert year[fold.train].max() < fold.label <= year[fold.test].min()
    np.testing.assert_array_equal(sum(fold.test for fold in folds), year >= 1900)


@pytest.mark.parametrize("years", [None, 5])
def test_groups_are_left_out_whole(years):
    rng = np.random.default_rng(1)
    dispute = rng.integers(0, 60, 400)
    group = dispute if years is None else block(1900 + dispute, years)
    folds = by_group(group, 10, seed=1)
    np.testing.assert_array_equal(sum(fold.test for fold in folds), 1)
    for fold in folds:
        assert not set(group[fold.train]) & set(group[fold.test])
    with pytest.raises(ValueError, match="expected from 2 to"):
        by_group(np.zeros(5), 2, seed=1)
