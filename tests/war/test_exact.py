"""The oracle against itself: two derivations of every number it is trusted for."""

import numpy as np
import pytest

from foedus.core.kinds import Era
from foedus.war import front
from tests.war import exact
from tests.war.fights import best

LOG_RATIOS = (0.0, float(np.log(2.4)))


def points(n=25):
    """The best point of each era, and points around them, each number off by a third or so."""
    rng = np.random.default_rng(5)
    eras = [exact.Point.of(best().war, era) for era in Era]
    yield from eras
    for i in range(n):
        around = eras[i % 4]
        yield around._replace(**{
            name: value * np.exp(0.3 * rng.standard_normal())
            for name, value in around._asdict().items()
        })  # fmt: skip


def test_every_front_leaves_somewhere():
    for point in points():
        won, lost = exact.exits(point, np.array([-6.0, -1, 0, 1, 6]), 0.3 * point.repulse - 0.2)
        assert np.allclose((won + lost).sum(1) * exact.STEP, 1, atol=1e-8)


def test_the_two_series_agree_where_both_converge():
    point = exact.Point.of(best().war, Era.RECENT)
    near = np.exp(np.linspace(-0.3, 0.3, 7)) * 0.25 * (1 + point.repulse) ** 2 / point.noise**2
    won, lost = exact.exits(point, np.zeros(1), 0.1, near)
    u = point.noise**2 * near / (1 + point.repulse) ** 2
    assert (u < 0.25).any()
    assert (u > 0.25).any()
    steps = np.diff(np.log(won[0] + lost[0]), 2)
    assert np.ptp(steps) < 0.02  # a jump between series would stand out in second differences


def test_outcomes_of_all_wars_sum_to_one():
    for point in points():
        for log_ratio in LOG_RATIOS:
            law = exact.law(point, log_ratio)
            assert law.ended[-1] == pytest.approx(1, abs=1e-4)
            assert (np.diff(law.ended) >= -1e-15).all()


@pytest.mark.parametrize("tempo_sd", [0.8, 1.77])
def test_without_drift_and_with_equal_barriers_sides_win_alike(tempo_sd):
    """Driftless, r = 1, no settlement: half and half, E[length] = E[1/tau] / s^2."""
    point = exact.Point.of(best().war, Era.RECENT)._replace(
        drift=0.0, repulse=1.0, settlement=0.0, tempo_sd=tempo_sd
    )
    law = exact.law(point, 1.0)
    assert np.allclose(law.won, law.repulsed, atol=1e-12)
    assert law.by(1e6)[:2] == pytest.approx(0.5, abs=1e-4)
    density = np.diff(law.ended)
    mean = (density * np.sqrt(exact.DAYS[1:] * exact.DAYS[:-1])).sum()
    if tempo_sd < 1:  # the grid's end cuts the other's mean
        assert mean == pytest.approx(np.exp(tempo_sd**2 / 2) / point.noise**2, rel=1e-3)


def test_series_equations_and_the_engine_s_closed_form_agree():
    """Laplace transform of the series = roots of the differential equation = `front.exits`."""
    for point in points():
        for kill in (1e-5, 1e-3, 0.05):
            v, x = np.array([-3.0, 0.0, 0.7, 3.0]), 0.4 - 0.3 * point.repulse
            killed = np.exp(-kill * exact.WAR_TIME) * exact.STEP
            won, lost = (d @ killed for d in exact.exits(point, v, x))
            drift, variance = point.drift * np.tanh(v / 2), point.noise**2
            up = exact.reach(drift, variance, x, point.repulse, kill)
            assert np.allclose(won, up, atol=1e-8)
            closed = front.exits(
                np.float32(drift), np.float32(variance), x, np.float32(point.repulse), kill
            )
            assert np.allclose(closed.won, up, atol=2e-5)
            assert np.allclose(closed.repulsed, lost, atol=2e-5)


def test_the_law_s_shares_are_the_win_probabilities_over_tempo():
    """Integrated over tempo, the closed form in the hazard gives the law's outcome shares."""
    for point in points(5):
        score = np.arange(-6, 6.01, 0.05)
        weight = np.exp(-(score**2) / 2) / np.exp(-(score**2) / 2).sum()
        won = exact.win(point, np.zeros_like(score), np.zeros_like(score), point.tempo_sd * score)
        assert exact.law(point).won[-1] == pytest.approx(weight @ won, abs=1e-4)


def test_finer_skills_change_nothing(monkeypatch):
    point = exact.Point.of(best().war, Era.RECENT)
    coarse = exact.law(point)
    score = np.arange(-7, 7.01, 0.05)
    weight = np.exp(-(score**2) / 2)
    monkeypatch.setattr(exact, "SCORE", score)
    monkeypatch.setattr(exact, "WEIGHT", weight / weight.sum())
    assert np.allclose(coarse.ended, exact.law(point).ended, atol=1e-9)


def test_the_published_figures_of_the_calibration():
    """War calibration 5, ratio 1 and 2.4 after 1945, posterior medians: .44 and .48 won."""
    point = exact.Point.of(best().war, Era.RECENT)
    for log_ratio, won, lost in zip(LOG_RATIOS, (0.44, 0.48), (0.29, 0.24), strict=True):
        assert exact.law(point, log_ratio).by(1e6)[:2] == pytest.approx([won, lost], abs=0.015)
