"""Who leaves and who comes in: the engine's own law, and what the record says of it."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from foedus.alliance.revise import month
from foedus.core.kinds import Membership
from foedus.core.params import fix, load
from foedus.fit import alliance, alliance_law
from foedus.fit.alliance import Cells, after_violations, cells, fit, league, leaving
from foedus.fit.alliance_hazard import COVARIATES, _logit, bootstrap, hazard, held_out
from foedus.fit.alliance_law import Law, crosses, five_years, law, standing
from foedus.fit.alliance_prior import distribution, weak
from foedus.record.fulfilment import codings
from foedus.record.treaties import candidate_years, member_years
from tests.game.rounds import begin, streams
from tests.worlds import AT, world

MONTHS = 65  # in five years
RUNS = 3000


@pytest.fixture(scope="module")
def curves():
    return law(weak())


# ------------------------------------------------------------------ the engine's law


@jax.jit
def five_years_on(random, params, place, alliances):
    """Alliances after five years of the engine's months."""

    def step(now, day):
        return month(random, params, place, now, day), None

    days = jnp.arange(1, MONTHS + 1, dtype=jnp.int32) * 28
    return jax.lax.scan(step, alliances, days)[0]


@pytest.mark.parametrize(("level", "half_life"), [(-4.5, 1.0), (-3.0, 0.3), (-5.5, 4.0)])
def test_the_law_is_what_the_engine_does(level, half_life):
    """Members that have gone after five years of the engine's own months, nothing else moving."""
    held = {"alliance.suspend_intercept": level, "alliance.exit_step": 1.0}
    held |= {"alliance.exit_cost": 0.0, "alliance.disappointment": 0.0}
    held |= {"crisis.half_life": half_life}
    held |= {"alliance.resume": 0.0}  # the law, as the record, counts who goes, come back or not
    run = np.arange(RUNS)
    case = begin(world(), run, run, fix(load().params, held))
    after = five_years_on(streams(run, seed=5), case.params, case.world, case.alliances)
    members = [(0, AT["SEA"]), (0, AT["TAR"]), (1, AT["CHA"])]
    now = np.stack([np.asarray(after.membership)[t, s] for t, s in members])
    wish = standing(suspend_intercept=np.array([level]), exit_step=np.array([1.0]))
    gone = now >= Membership.SUSPENDED
    given_notice = now >= Membership.LEAVING
    for share, chance in ((gone.mean(), wish.suspend), (given_notice.mean(), wish.leave)):
        exact = crosses(np.asarray(chance, float), half_life)[0]
        assert abs(share - exact) < 4 * np.sqrt(exact * (1 - exact) / now.size)


@given(st.floats(0.0005, 0.2), st.floats(0.1, 15.0))
def test_more_wish_and_a_shorter_memory_mean_more_leaving(chance, half_life):
    once, more = crosses(np.array([chance, chance * 1.5]), half_life)
    assert chance <= once + 1e-9
    assert once <= more
    assert once <= 1 - (1 - chance) ** MONTHS + 1e-6
    assert crosses(np.array([chance]), half_life / 2)[0] >= once - 1e-6
    assert crosses(np.array([chance]), half_life, years=2.5)[0] <= once + 1e-9


@pytest.mark.parametrize("wrong", [0.0, -1.0, 50.0])
def test_a_half_life_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match="half-life"):
        crosses(np.array([0.1]), wrong)


def test_standing_wishes_are_the_engines():
    wish = standing(
        suspend_intercept=np.array([-3.0]),
        exit_step=np.array([1.0]),
        join_intercept=np.array([-4.0]),
        join_closeness=np.array([2.0]),
    )
    expected = expit([-3.0, -4.0, -4.0 + 2.0 * alliance_law.MIDDLING])
    assert np.allclose([wish.suspend[0], wish.leave[0], wish.join[0]], expected, atol=1e-6)


def test_the_law_rises_with_the_level(curves):
    assert (np.diff(curves.going) > 0).all()
    assert (np.diff(curves.coming) > 0).all()
    chance = five_years(np.array([-8.0, -6.0, -4.0]), curves.going, curves.level)
    assert ((chance > 0) & (chance < 1)).all()


def test_a_curve_of_the_law_is_read_by_level():
    line = Law(np.array([-10.0, 0.0]), np.array([-10.0, 0.0]), np.array([-10.0, 0.0]))
    chance = five_years(np.array([-5.0]), line.going, line.level)
    assert np.allclose(chance, 1 - (1 - expit(-5.0)) ** 5)


# ------------------------------------------------------------------ priors


def test_weak_priors_replace_what_the_record_informed():
    from foedus.core import priors

    frozen, table = priors.read(), weak()
    for name in ("suspend_intercept", "join_intercept", "trust"):
        assert frozen["alliance"][name]["basis"] == "record"
        assert "reason" in table["alliance"][name]
    for name in ("unaided", "exit_step"):
        assert table["alliance"][name] == frozen["alliance"][name]


def test_a_prior_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"expected a prior \(dist\) for alliance.none"):
        distribution(weak(), "alliance.none")


# ------------------------------------------------------------------ the fit


def test_cells_count_years_and_events():
    rows = pd.DataFrame({"atopid": [7, 7, 7, 9], "leaves": [True, False, True, False]})
    told = cells(rows, "leaves", np.array([True, False, False, False]))
    assert told.atopid.tolist() == [7, 9]
    assert told.years.tolist() == [2, 1, 1]
    assert told.events.tolist() == [1, 1, 0]
    assert told.unaided.tolist() == [False, True, False]
    with pytest.raises(ValueError, match="none"):
        cells(rows[:0], "leaves")


LEVELS = {"suspend_intercept": -5.0, "join_intercept": -6.0, "unaided": 1.0}
TREATIES, SPREAD = 60, 0.8


def made(curves, seed=2):
    """Member-years and candidates of treaties with known levels; violations follow no pattern."""
    rng = np.random.default_rng(seed)

    def rows(centre, curve, shift, size):
        treaty = np.repeat(np.arange(TREATIES), size)
        flag = rng.random(len(treaty)) < 0.2
        level = centre + SPREAD * rng.standard_normal(TREATIES)[treaty] + shift * flag
        goes = rng.random(len(treaty)) < expit(np.interp(level, curves.level, curve))
        year = 1950 + np.arange(len(treaty)) % 50
        return pd.DataFrame({"atopid": treaty, "unaided": flag * 1.0, "goes": goes, "year": year})

    years = rows(LEVELS["suspend_intercept"], curves.going, LEVELS["unaided"], 500)
    for name in {*COVARIATES} - {*years, "log_age", "log_members", "defense"}:
        years[name] = rng.normal(size=len(years))
    years = years.assign(leaves=years.goes, breaks=years.goes, exit=years.year + 1.0)
    years = years.assign(bilateral=0, defense=1, offense=0, members=5, leader=False)
    years["age"] = rng.integers(30, size=len(years))
    candidates = rows(LEVELS["join_intercept"], curves.coming, 0.0, 500).assign(
        joins=lambda x: x.goes
    )
    none = pd.DataFrame(
        columns=[
            "scheme",
            "early",
            "held_back",
            "defense",
            "multilateral",
            "outcome",
            "atopid",
            "year",
        ]
    ).astype({"early": bool, "held_back": bool})
    return years, candidates, none


@pytest.fixture(scope="module")
def found(curves):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alliance, "ENOUGH", 800)
        return fit(*made(curves), draws=400, seed=1)


def test_known_levels_are_recovered(found):
    """Centres, spreads and shift within three standard deviations, which are small."""
    truth = LEVELS | {"suspend_intercept_sd": SPREAD, "join_intercept_sd": SPREAD}
    for name, value in truth.items():
        told = found.diagnostics["centres"][name]
        assert abs(told["mean"] - value) < 3 * told["sd"], name
        assert told["sd"] < 0.4


def test_draws_are_of_a_treaty_not_seen(found):
    assert tuple(found.draws) == alliance.NAMES
    assert all(a.shape == (400,) and np.isfinite(a).all() for a in found.draws.values())
    assert (found.draws["alliance.unaided"] >= 0).all()
    for name in ("suspend_intercept", "join_intercept"):
        assert found.draws[f"alliance.{name}"].std() > 0.6 * SPREAD


def test_the_fit_tells_how_it_went(found):
    assert max(found.diagnostics["rhat"].values()) < 1.05
    assert found.n["member_years"] == found.n["candidate_years"] == TREATIES * 500
    assert found.diagnostics["violated"]["cases"] == 0
    json.dumps(found.diagnostics, allow_nan=False)


def test_one_treaty_may_be_asked_for():
    told = Cells(np.zeros(1, int), np.zeros(1, bool), np.ones(1), np.ones(1), np.array([4220]))
    assert alliance._place(told, 4220) == 0
    with pytest.raises(ValueError, match="expected a multilateral defence pact among 4220; got 1"):
        alliance._place(told, 1)


def test_newton_finds_known_coefficients():
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(20000), rng.normal(size=(20000, 2))])
    y = (rng.random(20000) < expit(x @ [-2.0, 1.0, -0.5])).astype(float)
    beta, cov = _logit(x, y, np.arange(20000))
    assert np.allclose(beta, [-2.0, 1.0, -0.5], atol=0.1)
    p = expit(x @ beta)
    plain = np.linalg.inv((x * (p * (1 - p))[:, None]).T @ x)
    assert np.allclose(np.diag(cov), np.diag(plain), rtol=0.1)  # one row a cluster
    twice = _logit(np.repeat(x, 2, 0), np.repeat(y, 2), np.repeat(np.arange(20000), 2))[1]
    assert np.allclose(twice, cov, rtol=1e-6)  # copies of a row tell nothing new


def test_whole_groups_are_drawn_again():
    gain = np.concatenate([np.ones(50), -np.ones(50)])
    low, high = bootstrap(gain, np.repeat([1, 2], 50), seed=1)
    assert (low, high) == (-1.0, 1.0)


# ------------------------------------------------------------------ the record


@pytest.fixture(scope="module")
def years(record):
    return member_years(record)


@pytest.fixture(scope="module")
def coded(record):
    return codings(record)


def test_counts_of_the_fit(record, years):
    """Nineteen of the twenty exits of the reference classes: Egypt in 1979 was the strongest."""
    going = cells(leaving(years), "leaves")
    assert going.events.sum() == 19
    coming = cells(candidate_years(record, league(years)), "joins")
    assert 0.002 < coming.events.sum() / coming.years.sum() < 0.01


def test_after_a_violated_pact_members_go(years, coded):
    """Reference class 21: 5 of 19 multilateral pacts, 1945-2003, without the war of scoring."""
    after = after_violations(years, coded)
    assert (after.ended, after.cases) == (5, 19)
    assert 0.05 < after.usual < 0.25


def test_signs_of_broken_alliances(years):
    """As measured; Leeds and Savun also expect more after a new pact, less with institutions."""
    told = hazard(years)
    assert list(told.index) == ["intercept", *COVARIATES]
    assert told.agrees.dropna().sum() >= 6
    assert (told.estimate[["power_change", "regime_change"]] > 0).all()
    assert (told.estimate[["both_democratic", "base", "power"]] < 0).all()
    assert (told.se > 0).all()


def test_covariates_do_not_foretell_who_breaks_better_than_the_base_rate(years):
    """They tie, and the report says so."""
    told = held_out(years)
    assert told["rows"] > 10000
    low, high = told["interval"]
    assert low < 0 < high
