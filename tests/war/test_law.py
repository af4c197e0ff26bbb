"""The law that fits use, against the same law derived apart, and against itself."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from foedus.core.kinds import Era
from foedus.war import law
from tests.war import exact
from tests.war.fights import best

table, density = jax.jit(law.table), jax.jit(law.density)
STEP = 0.05
DAYS = np.exp(np.arange(np.log(0.005), np.log(1e6), STEP))
CALM = {"drift": 0.008, "noise": 0.02, "repulse": 0.8, "contest": 0.9, "skill_sd": 0.6}
"""A front with little noise: who is superior wins, and the odds turn over within .1 logit."""


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def points():
    """The best point of each era, then calm, wild, quick and slow fronts."""
    recent = exact.Point.of(best().war, Era.RECENT)
    yield from (exact.Point.of(best().war, era) for era in (Era.CONCERT, Era.WORLD_WARS))
    yield recent
    yield recent._replace(**CALM)
    yield recent._replace(noise=0.2, drift=0.001, repulse=2.0)
    yield recent._replace(skill_sd=2.5, contest=0.1, tempo_sd=0.8)
    yield recent._replace(settlement=0.02, tempo_sd=2.4)


def by_day(point, log_ratio):
    """Cumulative law on `DAYS`, [outcome, day]."""
    ends = table(law.Terms(*map(float, point)), jnp.array([log_ratio]), jnp.asarray(DAYS))
    return [np.cumsum(np.asarray(end)[0]) * STEP for end in ends]


@pytest.mark.parametrize("log_ratio", [0.0, -1.5, 3.0])
def test_the_law_is_the_one_derived_apart(monkeypatch, log_ratio):
    """Largest gap of a probability by any day: .0004, of settling early in wars of wide tempo."""
    score = np.arange(-7, 7.001, 0.02)  # calm fronts need more skills than the oracle's own
    monkeypatch.setattr(exact, "SCORE", score)
    monkeypatch.setattr(exact, "WEIGHT", np.exp(-(score**2) / 2) / np.exp(-(score**2) / 2).sum())
    for point in points():
        whole = exact.law(point, log_ratio)
        for ours, theirs in zip(by_day(point, log_ratio), whole, strict=True):
            middle = np.interp(np.log(DAYS) + STEP / 2, np.log(exact.DAYS), theirs)
            assert np.abs(ours - middle).max() < 1e-3


def test_all_wars_end_some_way():
    for point in points():
        assert sum(end[-1] for end in by_day(point, 0.7)) == pytest.approx(1, abs=2e-3)


def test_a_stronger_challenger_wins_more_and_loses_less():
    for point in points():
        ratios = jnp.linspace(-4, 4, 17)
        ends = table(law.Terms(*map(float, point)), ratios, jnp.asarray(DAYS))
        won, repulsed = (np.asarray(end).sum(1) * STEP for end in ends[:2])
        assert (np.diff(won) > 0).all()
        assert (np.diff(repulsed) < 0).all()


def test_each_war_s_density_is_its_place_in_the_table():
    terms = law.Terms(*map(float, exact.Point.of(best().war, Era.CONCERT)))
    days, ratio = jnp.array([5.0, 80, 400, 2000]), jnp.array([0.2, -2, 1, 0])
    for one, whole in zip(density(terms, ratio, days), table(terms, ratio, days), strict=True):
        assert np.allclose(one, np.diag(whole), rtol=1e-12)


def test_eras_may_differ_between_wars():
    """Terms with one value a war give what scalars give war by war."""
    two = [exact.Point.of(best().war, era) for era in (Era.CONCERT, Era.RECENT)]
    days, ratio = jnp.array([50.0, 300]), jnp.array([1.0, -1])
    named = {n: jnp.array([getattr(p, n) for p in two]) for n in law.Terms._fields[5:8]}
    shared = law.Terms(*map(float, two[0]))
    both = density(shared._replace(**named), ratio, days)
    for i, point in enumerate(two):
        terms = shared._replace(**{n: float(getattr(point, n)) for n in law.Terms._fields[5:8]})
        alone = density(terms, ratio[i : i + 1], days[i : i + 1])
        assert np.allclose([end[i] for end in both], [end[0] for end in alone], rtol=1e-12)


def test_terms_come_from_the_parameters():
    params = best()
    terms = law.terms(params.war, Era.RECENT, 0)
    assert tuple(terms[:8]) == pytest.approx(tuple(exact.Point.of(params.war, Era.RECENT)))
    assert terms[8:] == (0, 0)


def test_what_else_is_known_of_a_war_weighs_its_skills_and_tempos():
    """A log likelihood that is the same everywhere scales the density and no more."""
    terms = law.Terms(*map(float, exact.Point.of(best().war, Era.RECENT)))
    days, ratio = jnp.array([30.0, 300]), jnp.zeros(2)
    skill = jnp.full((2, len(law.SKILL)), -1.5)
    tempo = jnp.full((len(law.WAR_TIME), 2), 0.5)
    plain, told = density(terms, ratio, days), density(terms, ratio, days, skill, tempo)
    assert np.allclose(np.array(told), np.array(plain) * np.exp(-1.0))
    quick = jnp.log(law.WAR_TIME)[:, None] - jnp.log(days)  # the log tempo itself
    assert (np.array(density(terms, ratio, days, tempo=quick)) != np.array(plain)).all()


def test_slopes_are_finite_far_from_the_middle():
    def height(z):
        terms = law.Terms(
            *jnp.exp(z[:5] - jnp.array([5, 3, 0, 1, 0])), z[5], jnp.exp(z[6] - 7), jnp.exp(z[7])
        )
        ends = law.density(terms, jnp.array([-5.0, 0, 5]), jnp.array([1.0, 100, 4000]))
        return jnp.log(jnp.stack(ends) + 1e-300).sum()

    slope = jax.jit(jax.grad(height))
    for seed in range(20):
        z = np.random.default_rng(seed).normal(size=8) * 2
        assert np.isfinite(slope(z)).all()
