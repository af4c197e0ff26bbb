"""The fit of wars: priors, likelihood, recovery, and what the record says of it."""

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from foedus.core import priors
from foedus.fit import war, war_check, war_losses, war_model, war_prior
from foedus.fit.war_losses import LOSSES
from foedus.fit.war_model import LENGTH, Record
from foedus.fit.war_references import REFERENCES
from foedus.fit.war_sample import mode
from foedus.record.wars import wars
from foedus.war import law

TRUE = {  # near the best point of war calibration 4; eras to 1913, to 1945, since
    "war.drift": 0.0059,
    "war.noise": 0.060,
    "war.repulse": 1.16,
    "war.contest": 0.31,
    "war.skill_sd": 0.86,
    "war.initiative": np.array([0.72, -0.09, 0.21]),
    "war.settlement": np.array([0.00014, 0.00015, 0.00073]),
    "war.tempo_sd": np.array([1.11, 1.32, 1.77]),
}
LOST = dict(zip(LOSSES, (1e-4, 1.5, 0.3, 1.05, 0.6), strict=True))


def blank(n, seed=1):
    """Wars of all eras, yet to be fought."""
    rng = np.random.default_rng(seed)
    many = np.zeros(n)
    return Record(
        rng.normal(0.4, 1.7, n), many + 1, many.astype(int), np.arange(n) % 3, many + 1, many, many
    )


def fought(n, seed=1, **changes):
    """Wars made by the law, and losses with them."""
    rng = np.random.default_rng(seed)
    drawn = war_model.simulate(TRUE | changes, blank(n, seed), rng)
    return war_losses.simulate(LOST, drawn, rng)


def frame(n, first=1900, seed=1):
    """Wars made by the law as the record's table has them."""
    record = fought(n, seed)
    soldiers, rate = 1e5, np.exp(record.intensity) * record.days
    year = first + np.arange(n)
    return pd.DataFrame(
        {
            "name": [f"War {i}" for i in range(n)],
            "year": year,
            "era": np.select([year <= 1913, year <= 1945, year <= 1990], [0, 1, 2], 3),
            "days": record.days,
            "outcome": np.array(war_model.OUTCOMES)[record.outcome],
            "log_ratio": record.log_ratio,
            "challenger_deaths": soldiers * rate * np.exp(-record.exchange / 2),
            "target_deaths": soldiers * rate * np.exp(record.exchange / 2),
            "challenger_personnel": soldiers,
            "target_personnel": soldiers,
        }
    )


# ------------------------------------------------------------------ priors


@pytest.mark.parametrize(
    "dist",
    [
        {"normal": [0.3, 2.0]},
        {"lognormal": [0.01, 0.7]},
        {"uniform": [-1.0, 1.0]},
        {"half": [1.5]},
        {"positive": [0.5, 0.5]},
        {"beta": [2.0, 6.0]},
    ],
)
def test_a_score_gives_the_quantile_of_its_prior(dist):
    one = war_prior.prior({"war": {"drift": {"dist": dist}}}, ["war.drift"])
    with jax.enable_x64(True):
        for z in (-3.0, -0.4, 0.0, 1.0, 3.0):
            found = float(war_prior.values(one, jnp.array([z]))["war.drift"])
            known = float(priors.quantile(dist, np.array(stats.norm.cdf(z))))
            assert found == pytest.approx(known, rel=1e-4, abs=1e-6)


def test_eras_lean_on_each_other_or_stand_alone():
    leaning = war_prior.prior(war_prior.weak(), ["war.tempo_sd"])
    assert leaning.size == 5
    with jax.enable_x64(True):
        alike = war_prior.values(leaning, jnp.zeros(5))["war.tempo_sd"]
        apart = war_prior.values(leaning, jnp.array([0, 1.0, 1, 0, -1]))["war.tempo_sd"]
    assert alike.tolist() == [1, 1, 1]
    assert apart[0] > apart[1] > apart[2]
    each = {"war": {"tempo_sd": {"dist": [{"lognormal": [m, 0.1]} for m in (1, 2, 3, 3)]}}}
    alone = war_prior.prior(each, ["war.tempo_sd"])
    assert war_prior.values(alone, jnp.zeros(3))["war.tempo_sd"].tolist() == [1, 2, 3]


def test_priors_that_cannot_be_are_told():
    with pytest.raises(ValueError, match=r"expected a prior for war.drift; got none"):
        war_prior.prior({"war": {}}, ["war.drift"])
    bad = {"war": {"contest": {"dist": {"uniform": [0, 1]}, "era_sd": {"half": [1.0]}}}}
    with pytest.raises(ValueError, match="normal or lognormal prior with era_sd"):
        war_prior.prior(bad, ["war.contest"])


def test_the_weak_priors_cover_every_parameter_of_the_fits():
    assert war_prior.prior(war_prior.weak(), war.NAMES).size == 25
    assert war_prior.prior(war_prior.weak(), war.PROPOSED.names).size == 21
    assert war_prior.weak()["war"]["skill_sd"] == priors.read()["war"]["skill_sd"]


# ------------------------------------------------------------------ likelihood


@pytest.mark.parametrize("form", [{}, {"form.tempo_power": 1.0, "form.growth": 0.8}])
def test_wars_that_are_drawn_follow_the_law(form):
    """30,000 wars of one era, drawn by skill, tempo, exit and settlement, against the exact law."""
    n = 30_000
    record = blank(n)._replace(log_ratio=np.full(n, 0.5), era=np.full(n, 2))
    theta = TRUE | form
    drawn = war_model.simulate(theta, record, np.random.default_rng(5)).record
    days = np.exp(np.arange(-3, 14, 0.05))
    with jax.enable_x64(True):
        whole = law.table(war_model.terms(theta, 2), jnp.array([0.5]), jnp.asarray(days))
    for outcome, end in enumerate(whole):
        mine = drawn.days[drawn.outcome == outcome]
        known = np.cumsum(np.asarray(end)[0]) * 0.05
        for day in (20, 100, 500, 5000):
            share, p = (mine <= day).sum() / n, np.interp(np.log(day), np.log(days) + 0.025, known)
            assert abs(share - p) < 4 * np.sqrt(p * (1 - p) / n) + 1e-3, (outcome, day)


def test_losses_are_densities_given_how_the_war_ended():
    """Over all exchange ratios, and over all death rates, the density sums to one."""
    grid = np.arange(-25, 25, 0.1)
    one = Record(*(np.repeat(x[3:4], len(grid)) for x in fought(6)))
    unknown = np.full(len(grid), np.nan)
    with jax.enable_x64(True):
        for known in (
            one._replace(exchange=grid, intensity=unknown),
            one._replace(intensity=grid, exchange=unknown),
        ):
            density = np.exp(war_losses.log_likelihood(LOST, TRUE, known))
            assert integrate.trapezoid(density, grid) == pytest.approx(1, abs=2e-3)
        nothing = one._replace(intensity=unknown, exchange=unknown)
        assert np.allclose(war_losses.log_likelihood(LOST, TRUE, nothing), 0, atol=1e-12)


def test_a_won_war_speaks_for_skill_and_a_short_one_for_tempo():
    n = 2
    record = Record(
        np.zeros(n), np.array([30.0, 300]), np.array([0, 1]), np.full(n, 2), np.ones(n),
        np.full(n, -8.0), np.full(n, 1.5),
    )  # fmt: skip
    with jax.enable_x64(True):
        seen = lambda **known: war_losses.log_likelihood(LOST, TRUE, record._replace(**known))  # noqa: E731
        exchange = seen(intensity=np.full(n, np.nan))
        deadly = seen(exchange=np.full(n, np.nan))
    assert exchange[0] > exchange[1]  # a ratio of e^1.5 fits the challenger that won
    assert deadly[0] > deadly[1]  # three in ten thousand a day fit the short war


def test_bad_wars_are_told():
    table = frame(4)
    with pytest.raises(ValueError, match=r"war 2: expected a log_ratio and days above 0; got nan"):
        war_model.arrays(table.assign(log_ratio=[1, 2, np.nan, 0]))
    with pytest.raises(ValueError, match=r"war 0: .*; got .* and 0"):
        war_model.arrays(table.assign(days=[0, 2, 3, 4]))


def test_a_war_without_weight_says_nothing():
    prior = war_prior.prior(war_prior.weak(), LENGTH)
    likelihood, record = war.likelihood(prior), fought(30)
    some = Record(*(x[:20] for x in record))
    off = record._replace(weight=np.r_[np.ones(20), np.zeros(10)])
    with jax.enable_x64(True):
        z = jnp.linspace(-0.5, 0.5, prior.size)
        assert likelihood(z, off) == pytest.approx(float(likelihood(z, some)), rel=1e-12)


# ------------------------------------------------------------------ recovery


def test_parameters_are_recovered_from_many_wars():
    """Mode and Laplace's spread from 3,000 synthetic wars; each truth within 3.5 spreads."""
    prior = war_prior.prior(war_prior.weak(), LENGTH)
    found = mode(war.likelihood(prior), prior.size, fought(3000, seed=2))
    rng = np.random.default_rng(3)
    z = found.z + rng.normal(size=(400, prior.size)) @ np.linalg.cholesky(found.covariance).T
    for name, draws in war.values(prior, z).items():
        gap = np.abs(draws.mean(0) - TRUE[name]) / draws.std(0)
        assert np.max(gap) < 3.5, (name, gap)
    noise = war.values(prior, z)["war.noise"]
    assert noise.std() < 0.1 * noise.mean()


def test_a_small_fit_returns_what_is_promised():
    table = frame(60, first=1936)
    found = war.fit(table, draws=40, seed=4, chains=1, warmup=40)
    assert set(found.draws) == set(war.NAMES)
    for name, draws in found.draws.items():
        eras = name in ("war.initiative", "war.settlement", "war.tempo_sd")
        assert draws.shape == ((4, 40) if eras else (40,))
        assert np.isfinite(draws).all()
        assert (draws[2] == draws[3]).all() if eras else True
    assert len(np.unique(found.draws["war.deaths"])) > 30
    assert found.n["wars"] == 57
    assert found.n["wars held out"] == 3
    assert set(found.diagnostics["held_out"]["log_score"]) == {"War 57", "War 58", "War 59"}
    assert len(found.diagnostics["leave_one_out"]["khat"]) == 57
    assert set(found.diagnostics["rhat"]) == set(LENGTH)


def test_calibration_ranks_every_parameter():
    """Two rounds, of wars as many as are fitted above: that it runs, not that it is even."""
    told = war_check.calibrate(2, 1, record=blank(57), draws=10, warmup=40)
    assert {"war.drift", "war.tempo_sd 1946-", "war.exchange_skill"} <= set(told)
    assert all(sum(one["ranks"]) == 2 for one in told.values())


# ------------------------------------------------------------------ checks and references


def test_statistics_of_the_model_s_own_wars_are_in_its_band():
    record = fought(90)
    theta = {name: np.repeat(np.asarray(x)[..., None], 150, -1) for name, x in TRUE.items()}
    theta |= {name: np.full(150, x) for name, x in LOST.items()}
    told = war_check.checked(theta, record, seed=1)
    inside = [one["low"] <= one["observed"] <= one["high"] for one in told.values()]
    assert np.mean(inside) > 0.75


@pytest.mark.parametrize("name", REFERENCES)
def test_references_are_densities(name):
    train = fought(60)
    grid = np.arange(-20, 30, 0.05)
    total = 0
    for outcome in range(3):
        test = Record(*(np.repeat(x[:1], len(grid)) for x in train))
        test = test._replace(days=np.exp(grid), outcome=np.full(len(grid), outcome))
        total += np.exp(REFERENCES[name](train, test)).sum() * 0.05
    assert total == pytest.approx(1, abs=1e-3)


def test_a_gain_over_a_reference_has_an_interval():
    rng = np.random.default_rng(1)
    base = rng.normal(-3, 1, 50)
    era = np.repeat([0, 2], 25)
    scores = {"foedus": base + 0.2, "climatology": base, "by_era": base - rng.normal(0, 1, 50)}
    told = war_check._compared(scores, era, 1)
    assert told["climatology"]["gain"] == pytest.approx([0.2, 0.2, 0.2])
    mean, low, high = told["by_era"]["gain"]
    assert low < mean < high
    assert set(told["by_era"]) >= {"log_score", "gain"}
    assert set(told["eras"]) == {"1816-1913", "1946-"}


# ------------------------------------------------------------------ the record


@pytest.fixture(scope="module")
def known(record):
    return war.split(wars(record))


def test_the_record_has_the_published_statistics(known):
    """War calibration 3, column "record": Weibull shapes and the slope of the logit."""
    record = war_model.arrays(known[0])
    told = {name: f(record) for name, f in war_check.statistics().items()}
    shapes = [told[f"{era} Weibull shape"] for era in war_check.ERAS]
    assert shapes == pytest.approx([0.82, 0.88, 0.59], abs=0.0051)
    assert told["slope of winning on log ratio"] == pytest.approx(0.35, abs=0.0051)
    assert told["1946- median days of wars won"] == 28
    assert told["1946- won within 45 days"] == pytest.approx(0.23, abs=0.0051)


def test_six_later_wars_are_foreseen_as_well_as_by_the_calibration(known):
    """Log score per war at the mode, calibrated on 1823-1992; published: -2.91, at its optimum.

    The posterior's own, which averages over draws, is in the diagnostics of the fit.
    """
    prior = war_prior.prior(war_prior.weak(), LENGTH)
    best = mode(war.likelihood(prior), prior.size, war_model.arrays(known[0]))
    theta = {n: np.asarray(x)[..., None] for n, x in war.values(prior, best.z).items()}
    told = war.held_out(theta, known[1])
    assert len(told["log_score"]) == 6
    assert told["mean"] == pytest.approx(-2.91, abs=0.06)
