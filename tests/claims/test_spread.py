"""The interval and the split of variance, on ensembles whose truth is known."""

import numpy as np
import pytest
from scipy.stats import beta

from foedus.claims.spread import beta_interval, components, draw_sums

R = 20


def sums(p, rng, replicates=R):
    """An ensemble of an event with the given probability in each draw."""
    hits = rng.random((len(p), replicates)) < np.asarray(p)[:, None]
    return draw_sums(hits.ravel(), np.repeat(np.arange(len(p)), replicates))


def exact(hits, draws, replicates=R):
    """An ensemble with that many hits in every draw."""
    runs = np.tile(np.arange(replicates) < hits, draws)
    return draw_sums(runs, np.repeat(np.arange(draws), replicates))


# ---- interval --------------------------------------------------------------------------------


def test_the_interval_of_one_ensemble_is_the_known_beta():
    # Sampling error of an end, m + z s with 500 draws: the mean's is (.0344 / 500)^.5 = .008, the
    # standard deviation's is about .16 x .043 = .007, taken 1.4 (low) to 1.9 (high) times. So
    # about .015 in all; three of these are allowed.
    rng = np.random.default_rng(20)
    found = beta_interval(sums(rng.beta(2, 5, 500), rng), 0.9)
    assert found == pytest.approx(beta.ppf([0.05, 0.95], 2, 5), abs=0.045)


def test_the_interval_has_no_bias_and_raw_quantiles_have():
    # The mean of 200 ensembles has an error of .015 / 200^.5 = .001; four of these are allowed.
    rng = np.random.default_rng(21)
    ensembles = [sums(rng.beta(2, 5, 500), rng) for _ in range(200)]
    found = np.mean([beta_interval(e, 0.9) for e in ensembles], axis=0)
    raw = np.mean([np.quantile(e.mean, [0.05, 0.95]) for e in ensembles], axis=0)
    truth = beta.ppf([0.05, 0.95], 2, 5)
    assert found == pytest.approx(truth, abs=0.004)
    assert (np.abs(raw - truth) > [0.01, 0.02]).all()


@pytest.mark.parametrize("shape", [(2, 5), (0.5, 5), (20, 20), (0.2, 0.2)])
@pytest.mark.parametrize("draws", [20, 100, 500])
def test_the_interval_holds_about_nine_tenths_of_the_draws(shape, draws):
    # With 20 draws the variance itself is known to a third only; .8 is the honest bar there.
    rng = np.random.default_rng(22)
    held = []
    for _ in range(200):
        low, high = beta_interval(sums(rng.beta(*shape, draws), rng), 0.9)
        held.append(beta.cdf(high, *shape) - beta.cdf(low, *shape))
    assert np.mean(held) > {20: 0.8, 100: 0.85, 500: 0.88}[draws]


@pytest.mark.parametrize("draws", [3, 5, 8])
def test_few_draws_are_widened_for_their_few_degrees_of_freedom(draws):
    # Without the t quantile these hold .82 to .86; the mean of 400 has an error of about .005.
    rng = np.random.default_rng(27)
    held = []
    for _ in range(400):
        low, high = beta_interval(sums(rng.beta(2, 5, draws), rng), 0.9)
        held.append(beta.cdf(high, 2, 5) - beta.cdf(low, 2, 5))
    assert np.mean(held) == pytest.approx(0.9, abs=0.045)
    assert np.mean(held) > {3: 0.89, 5: 0.85, 8: 0.85}[draws]


def test_draws_that_agree_leave_only_the_error_of_the_mean():
    rng = np.random.default_rng(23)
    widths = []
    for draws in (50, 500, 5000):
        ranges = [beta_interval(sums(np.full(draws, 0.3), rng), 0.9) for _ in range(50)]
        assert np.mean([low < 0.3 < high for low, high in ranges]) > 0.9
        widths.append(np.mean([high - low for low, high in ranges]))
    assert widths[0] > widths[1] > widths[2]
    assert widths[2] < 0.04


@pytest.mark.parametrize("hits", [0, R])
def test_nothing_or_everything_is_no_certainty(hits):
    widths = []
    for draws in (1, 2, 5, 20, 100, 500):
        low, high = beta_interval(exact(hits, draws), 0.9)
        assert (low == 0) if hits == 0 else (high == 1)
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 0.5  # one draw is one observation
    assert widths[-1] == pytest.approx(beta.ppf(0.95, 0.5, 10_000.5), rel=0.1)  # Jeffreys


def test_one_draw_leaves_a_wide_range():
    low, high = beta_interval(exact(10, 1), 0.9)
    assert low < 0.1
    assert high > 0.9


def test_variance_below_zero_after_noise_removal_is_the_jeffreys_interval():
    ensemble = exact(6, 500)  # every draw alike: less than the noise
    assert np.ptp(ensemble.mean) == 0
    found = beta_interval(ensemble, 0.9)
    assert found == pytest.approx(beta.ppf([0.05, 0.95], 3000.5, 7000.5), abs=0.001)


def test_an_event_that_parameters_decide_ranges_from_never_to_always():
    p = np.repeat([0.0, 1.0], 50)
    low, high = beta_interval(sums(p, np.random.default_rng(24)), 0.9)
    assert low < 0.001
    assert high > 0.999


def test_an_event_of_a_few_odd_draws_keeps_its_share_inside():
    p = np.zeros(500)
    p[3] = 1.0
    low, high = beta_interval(sums(p, np.random.default_rng(25)), 0.9)
    assert low == pytest.approx(0, abs=1e-9)
    assert high >= 1 / 500


def test_a_last_draw_cut_short_counts_for_its_runs():
    rng = np.random.default_rng(26)
    hits = rng.random(10_000) < np.repeat(rng.beta(2, 5, 500), R)
    draw = np.arange(10_000) // R
    whole = beta_interval(draw_sums(hits, draw), 0.9)
    for cut in (9_981, 9_990, 9_999):
        assert beta_interval(draw_sums(hits[:cut], draw[:cut]), 0.9) == pytest.approx(
            whole, abs=0.002
        )


# ---- spread ----------------------------------------------------------------------------------


def shared(draws, rng, record, judgement):
    """A mean for each draw: what the pair shares, and what it does not."""
    return np.repeat(rng.normal(0, record, draws // 2), 2) + rng.normal(0, judgement, draws)


@pytest.mark.parametrize(
    ("record", "judgement"), [(0.1, 0.05), (0.05, 0.1), (0.12, 0.0), (0, 0.12)]
)
def test_the_split_of_an_event_is_recovered(record, judgement):
    # A share's error with 4,000 draws is about (.0025 + .0125) / .25 x (2 / 2000)^.5 = .002 of a
    # variance between draw means of .015; four of these are allowed.
    rng = np.random.default_rng(30)
    p = np.clip(0.5 + shared(4000, rng, record, judgement), 0, 1)
    found = components(sums(p, rng)).shares()
    truth = np.array([record**2, judgement**2, 0.25 - record**2 - judgement**2]) / 0.25
    assert found == pytest.approx(truth, abs=0.008)
    assert (found.prior > found.data) == (judgement > record)


def test_the_split_of_a_quantity_is_recovered():
    # Relative error of each component: about (2 / 2000)^.5 = 3 per cent of the largest.
    rng = np.random.default_rng(31)
    mean = shared(4000, rng, record=3, judgement=2)
    values = rng.normal(mean[:, None], 4, (4000, R))
    parts = components(draw_sums(values.ravel(), np.repeat(np.arange(4000), R)))
    assert parts[:3] == pytest.approx((9, 4, 16), abs=1.2)


def test_the_parts_are_unbiased_with_few_draws():
    # Averages of 4,000 splits of 40 draws, before clipping matters (both parts well above zero).
    rng = np.random.default_rng(32)
    found = []
    for _ in range(4000):
        values = rng.normal(shared(40, rng, 3, 3)[:, None], 1, (40, 5))
        found.append(components(draw_sums(values.ravel(), np.repeat(np.arange(40), 5)))[:3])
    assert np.mean(found, axis=0) == pytest.approx((9, 9, 1), rel=0.03)


def test_equal_draws_give_the_formula():
    rng = np.random.default_rng(33)
    ensemble = sums(rng.beta(2, 5, 60), rng)
    p, parts = ensemble.mean, components(ensemble)
    noise = np.mean(p * (1 - p)) / (R - 1)
    assert parts.data + parts.prior == pytest.approx(np.var(p, ddof=1) - noise)
    assert parts.chance == pytest.approx(R * noise)


def test_without_two_pairs_what_differs_is_judgement():
    rng = np.random.default_rng(34)
    for p in ([0.1, 0.9], [0.1, 0.9, 0.5]):
        found = components(sums(p, rng)).shares()
        assert found.data == 0
        assert found.prior > 0.1


def test_draws_without_their_partner_are_left_out_of_the_covariance():
    rng = np.random.default_rng(35)
    values = rng.normal(shared(400, rng, 3, 1)[:, None], 1, (400, R))
    draw = np.repeat(np.arange(400), R)
    kept = draw % 8 != 0
    parts = components(draw_sums(values.ravel()[kept], draw[kept]))
    assert parts.data == pytest.approx(9, rel=0.25)
    assert parts.prior == pytest.approx(1, abs=1)


@pytest.mark.parametrize("ensemble", [exact(0, 50), exact(R, 50), exact(7, 1), exact(0, 1)])
def test_where_nothing_tells_draws_apart_all_is_chance(ensemble):
    assert components(ensemble).shares() == (0, 0, 1)


def test_one_run_a_draw_cannot_be_split():
    values = np.random.default_rng(36).normal(size=50)
    assert components(draw_sums(values, np.arange(50))).shares() == (0, 0, 1)


def test_a_constant_has_no_variance_whatever_its_value():
    for value in (0.1, 1e9 / 3, -7.7):
        ensemble = draw_sums(np.full(61, value), np.arange(61) // R)
        assert components(ensemble) == (0, 0, 0, 0)


# ---- draws with unequal numbers of runs ------------------------------------------------------


def kept(p, chance, rng):
    """An ensemble of which only runs in which a condition came true are left, draw by draw."""
    hits = rng.random((len(p), R)) < np.asarray(p)[:, None]
    left = rng.random((len(p), R)) < np.broadcast_to(chance, (len(p),))[:, None]
    draw = np.repeat(np.arange(len(p)), R).reshape(-1, R)
    return draw_sums(hits[left], draw[left])


@pytest.mark.parametrize("chance", [0.05, 0.1, 0.4])
def test_draws_that_lost_runs_at_random_give_the_known_beta(chance):
    # With .05, a third of the draws have no run left and most others one: a rough variance.
    rng = np.random.default_rng(40)
    ensembles = [kept(rng.beta(2, 5, 2000), chance, rng) for _ in range(40)]
    assert (len(ensembles[0].n) < 2000) == (chance < 0.4)
    found = np.mean([beta_interval(e, 0.9) for e in ensembles], axis=0)
    assert found == pytest.approx(beta.ppf([0.05, 0.95], 2, 5), abs=0.02)


def test_what_a_condition_tells_of_the_draws_is_kept():
    # Runs are kept as often as the draw's own probability, so a draw of Beta(2, 5) weighs by it:
    # what the condition leaves is Beta(3, 5).
    rng = np.random.default_rng(41)
    found = []
    for _ in range(60):
        p = rng.beta(2, 5, 1000)
        found.append(beta_interval(kept(p, p, rng), 0.9))
    assert np.mean(found, axis=0) == pytest.approx(beta.ppf([0.05, 0.95], 3, 5), abs=0.02)


def test_the_split_survives_a_condition():
    rng = np.random.default_rng(42)
    found = []
    for _ in range(40):
        values = rng.normal(shared(1000, rng, 3, 2)[:, None], 4, (1000, R))
        left = rng.random((1000, R)) < rng.uniform(0, 0.3, (1000, 1))
        draw = np.repeat(np.arange(1000), R).reshape(-1, R)
        found.append(components(draw_sums(values[left], draw[left]))[:3])
    assert np.mean(found, axis=0) == pytest.approx((9, 4, 16), rel=0.05)


def test_one_draw_that_has_nearly_all_runs_counts_as_one():
    rng = np.random.default_rng(43)
    draw = np.concatenate([np.zeros(1000, int), np.arange(1, 21)])
    low, high = beta_interval(draw_sums(rng.random(1020) < 0.5, draw), 0.9)
    assert low < 0.1
    assert high > 0.9


@pytest.mark.parametrize("runs", [1, 2, 3, 7])
def test_a_handful_of_runs_left_is_a_wide_range(runs):
    draw = 10 * np.arange(runs)
    low, high = beta_interval(draw_sums(np.ones(runs, bool), draw), 0.9)
    assert high == 1
    assert low == pytest.approx(beta.ppf(0.1, runs + 0.5, 0.5), abs=0.15)
    assert components(draw_sums(np.ones(runs, bool), draw)).shares() == (0, 0, 1)


def test_the_error_of_the_mean_knows_unequal_draws():
    # Variance of the mean of all runs over many ensembles of the same unequal sizes.
    rng = np.random.default_rng(44)
    n = np.tile([1, 2, 30], 20)
    draw = np.repeat(np.arange(60), n)
    means, stated = [], []
    for _ in range(3000):
        values = rng.normal(rng.normal(0, 2, 60)[draw], 3)
        means.append(values.mean())
        stated.append(components(draw_sums(values, draw)).mean)
    assert np.mean(stated) == pytest.approx(np.var(means), rel=0.1)
