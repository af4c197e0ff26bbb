"""How many have died, by sources that are off: who knows all is believed, ranges hold the truth."""

import numpy as np
import pytest

from foedus.claims.reports import LAW, Law, Report, estimate

KNOWS_ALL = Law({"outsider": (0.0, 0.0)}, 0.0, 1e-3)


@pytest.mark.parametrize("truth", [3.0, 812.0, 150_000.0])
def test_who_is_not_off_and_knows_all_tells_the_truth(truth):
    found = estimate([Report("count", "outsider", truth)], KNOWS_ALL)
    assert found.median == pytest.approx(truth, rel=1e-2)
    assert found.high / found.low < 1.05


def test_two_ministries_that_are_off_in_opposite_ways_cover_the_truth_at_the_nominal_rate():
    """90 % ranges over 400 wars in which they are off as the law says: within three errors."""
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(400):
        log = rng.uniform(3, 9)
        told = []
        for role in ("own", "enemy"):
            mean, spread = LAW.bias[role]
            off = rng.normal(mean, spread) + rng.normal(0, LAW.source)
            noise = LAW.noise * rng.standard_t(4)
            told.append(Report(role, role, float(np.exp(log + off + noise))))
        found = estimate(told)
        inside += found.low < np.exp(log) < found.high
    assert abs(inside / 400 - 0.9) < 3 * np.sqrt(0.09 / 400)


def test_an_estimate_scales_with_the_reports():
    one = np.array(estimate([Report("a", "own", 100.0), Report("b", "enemy", 500.0)]))
    ten = np.array(estimate([Report("a", "own", 1000.0), Report("b", "enemy", 5000.0)]))
    np.testing.assert_allclose(ten, 10 * one, rtol=1e-6)


def test_own_figures_are_raised_and_the_enemys_lowered():
    assert estimate([Report("a", "own", 100.0)]).median == pytest.approx(100 * np.exp(0.5), 0.01)
    assert estimate([Report("a", "enemy", 100.0)]).median == pytest.approx(100 / np.e, 0.01)


def test_a_source_that_repeats_itself_does_not_become_sure():
    """What it is off by stays; another source narrows the range more than its thousandth word."""
    once, often = (estimate([Report("a", "own", 100.0)] * n) for n in (1, 50))
    other = estimate([Report("a", "own", 100.0), Report("b", "outsider", 165.0)])
    width = lambda e: np.log(e.high / e.low)  # noqa: E731
    least = 2 * 1.645 * np.hypot(0.5, 0.3)
    assert width(once) > width(often) > 0.95 * least
    assert width(other) < width(often)


def test_order_does_not_matter():
    told = [Report("a", "own", 90.0), Report("b", "enemy", 700.0), Report("a", "own", 120.0)]
    assert estimate(told) == pytest.approx(estimate(told[::-1]), rel=1e-12)


@pytest.mark.parametrize("told", [[], [Report("a", "own", 0.0)]])
def test_no_report_and_none_dead_are_refused(told):
    with pytest.raises(ValueError, match="expected one report or more"):
        estimate(told)
