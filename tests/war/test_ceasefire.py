import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.core.kinds import Era, Status
from foedus.war.ceasefire import (
    ARMISTICE,
    MEDIATED_SHARE,
    failure_hazard,
    firmness,
    probability,
    settlement_hazard,
    signing,
    terms,
    truce_hazard,
)
from tests.war.fights import best, fight, live

RUNS, WEEKS = 8192, 26
TRUCES = {"truce": 0.1, "settlement": (0.002,) * 4, "deaths": 0.002, "mediation": 0.5}
STILL = {"noise": 1e-6, "drift": 1e-9, "tempo_sd": (0.1,) * 4, "mediation": 0.0}
"""A front that goes nowhere, so that nothing but truces and settlement happens."""


def statuses(mediated=1.0, seed=3, weeks=WEEKS, conflict=(), **changes):
    """Status on each day, day 0 first, of wars whose front stands still."""
    case = fight(best(**{**STILL, **changes}), RUNS, seed)
    weight = jnp.full(RUNS, mediated, jnp.float32)
    case = case.with_conflict(mediated=weight, effort=weight, **dict(conflict))
    _, status, _ = live(case, 0, weeks)
    return np.vstack([case.conflict.status, status])


def near(share, p, n, bound=4):
    return abs(share - p) < bound * np.sqrt(p * (1 - p) / n)


@given(week=st.floats(0.01, 0.99), shape=st.floats(0.2, 2), age=st.integers(1, 300))
def test_weibull_hazards_sum(week, shape, age):
    """Summed over days, H(t) = -log(q) (t/7)^k; the first week holds with probability q."""
    params = best(truce_week=week, truce_shape=shape)
    hazards = np.asarray(failure_hazard(params, jnp.arange(300.0)), float)
    assert (hazards >= 0).all()
    known = -np.log(week) * (age / 7) ** shape
    assert hazards[:age].sum() == pytest.approx(known, rel=1e-3)
    assert np.exp(-hazards[:7].sum()) == pytest.approx(week, rel=1e-3)


@given(hazards=st.lists(st.floats(0, 3), min_size=1, max_size=20))
def test_days_multiply_to_the_summed_hazard(hazards):
    held = np.prod([1 - float(probability(h)) for h in hazards])
    assert held == pytest.approx(np.exp(-sum(hazards)), abs=1e-5)


@pytest.mark.parametrize(("week", "shape"), [(0.25, 0.6), (0.6, 1.3)])
def test_truces_hold_as_long_as_they_should(week, shape):
    """Lived by the engine: survival q^((t/7)^k) at 1 to 28 days, within four standard errors."""
    status = statuses(truce=0.2, truce_week=week, truce_shape=shape, settlement=(0.0,) * 4)
    truce = status == Status.TRUCE
    begins = truce & ~np.vstack([np.zeros((1, RUNS), bool), truce[:-1]])
    for days in (1, 3, 7, 14, 28):
        start = begins[: len(status) - days]
        held = np.ones_like(start)
        for later in range(1, days + 1):
            held &= truce[later : later + len(start)]
        n = start.sum()
        assert n > 5000
        assert near(held[start].mean(), week ** ((days / 7) ** shape), n), days


def test_a_truce_begins_before_it_breaks():
    """A truce stands at the end of the day it begins, at age 0, and can break from the next on.

    So no day has a truce begin and break, however brittle; and a truce that breaks leaves a
    whole day of fighting before the next can begin.
    """
    status = statuses(truce=50.0, truce_week=1e-6, truce_shape=0.1, settlement=(0.0,) * 4)
    fighting, truce = status == Status.FIGHTING, status == Status.TRUCE
    assert truce[1].all()  # at that hazard every day of fighting ends in a truce,
    assert truce[1:][fighting[:-1]].all()  # which is on record at the day's end;
    broken = truce[:-1] & fighting[1:]
    first = 1 - np.exp(np.log(1e-6) * (1 / 7) ** 0.1)
    begun = truce[:-1] & np.vstack([np.zeros((1, RUNS), bool), fighting[:-2]])
    begun[0] = False
    assert near(broken[begun].mean(), first, begun.sum())  # broken, if so, a day later


def test_without_a_mediator_no_truce_begins():
    status = statuses(mediated=0.0, truce=50.0)
    assert not (status == Status.TRUCE).any()


@pytest.mark.parametrize("mediated", [0.3, 1.0])
def test_truces_begin_at_their_hazard_times_mediation(mediated):
    status = statuses(mediated, truce=0.02, settlement=(0.01,) * 4)
    fought = status[:-1] == Status.FIGHTING
    n = fought.sum()
    p = (1 - np.exp(-0.02 * mediated)) * np.exp(-0.01)  # settlement comes first
    assert near((status[1:][fought] == Status.TRUCE).mean(), p, n)
    assert float(truce_hazard(best(truce=0.02), mediated)[0]) == pytest.approx(0.02 * mediated)


def test_settlement_is_constant_in_calendar_time():
    """Same daily probability in fighting and in truce, early and late; survival exp(-h t)."""
    h = 0.01
    status = statuses(truce=0.05, truce_week=0.5, settlement=(h,) * 4)
    p = 1 - np.exp(-h)
    for before in (Status.FIGHTING, Status.TRUCE):
        for days in (slice(0, 30), slice(30, 90), slice(90, 182)):
            at_risk = status[:-1][days] == before
            settles = (status[1:][days] == Status.SETTLED)[at_risk]
            assert near(settles.mean(), p, len(settles)), (before, days)
    for day in (7, 45, 100, 182):
        assert near((status[day] == Status.SETTLED).mean(), 1 - np.exp(-h * day), RUNS)


def test_settlement_does_not_go_with_tempo():
    """b = 0: wars of ten times the pace settle no sooner."""
    for tempo in (0.0, 2.3):
        case = fight(
            best(**{**STILL, "tempo_aim": tempo, "settlement": (0.01,) * 4}),
            RUNS,
            4,
            limited_aim=np.ones(1),
        )
        _, status, _ = live(case, 0, WEEKS)
        assert near((status[99] == Status.SETTLED).mean(), 1 - np.exp(-1), RUNS)


def test_mediation_raises_a_hazard_whose_mean_is_the_record_s():
    """exp(b) between mediated and not; over the record's mix within 5 % of the fitted hazard."""
    params = best(mediation=0.5)
    on, off = (float(settlement_hazard(params, m, Era.RECENT)[0]) for m in (1.0, 0.0))
    assert on / off == pytest.approx(np.exp(0.5), rel=1e-5)
    mixed = MEDIATED_SHARE * on + (1 - MEDIATED_SHARE) * off
    assert mixed == pytest.approx(0.00073, rel=0.05)


def test_a_truce_that_has_held_half_a_year_is_an_armistice():
    """A truce that begins on day 1 and cannot fail is over, and the dispute quiet, on day 183."""
    status = statuses(truce=50.0, truce_week=1.0, settlement=(0.0,) * 4, weeks=28)
    assert ARMISTICE == 182
    assert (status[1 : ARMISTICE + 1] == Status.TRUCE).all()
    assert (status[ARMISTICE + 1 :] == Status.QUIET).all()


@pytest.mark.parametrize("kept", [0.0, 0.8, 2.0])
def test_peacekeepers_lower_the_hazard_that_a_truce_fails(kept):
    """Of day-old truces, q^((1/7)^k e^(-kept)) hold the next day; settlements are not touched."""
    said = {"truce": 0.2, "truce_week": 0.25, "truce_shape": 0.6, "settlement": (0.0,) * 4}
    place = {"keeper": jnp.zeros(RUNS, jnp.int32)}
    status = statuses(**said, truce_kept=kept, conflict=place)
    truce = status == Status.TRUCE
    begins = truce[1:-1] & ~truce[:-2]
    holds = 0.25 ** ((1 / 7) ** 0.6 * np.exp(-kept))
    n = begins.sum()
    assert n > 5000
    assert near(truce[2:][begins].mean(), holds, n)
    days = jnp.arange(30.0)
    params = best(truce_week=0.25, truce_shape=0.6, truce_kept=kept)
    firm = firmness(params, kept=1.0)
    ratio = np.asarray(failure_hazard(params, days, firm) / failure_hazard(params, days))
    np.testing.assert_allclose(ratio, np.exp(-kept), rtol=1e-4)


# ---- classes of truces and their brokers


SAID = {"truce": 0.2, "truce_week": 0.25, "truce_shape": 0.6, "settlement": (0.0,) * 4}


def first_days(leverage, **changes):
    """Truces that began on the first day of a week: class at its end, whether each held a day."""
    place = {"leverage": jnp.full(RUNS, leverage, jnp.float32)}
    case = fight(best(**{**STILL, **SAID, **changes}), RUNS, 11)
    case = case.with_conflict(mediated=jnp.ones(RUNS, jnp.float32), **place)
    signed, holds = [], []
    for week in range(20):
        before = np.asarray(case.conflict.status)
        after, status, _ = live(case, week, 1)
        begins = (before == Status.FIGHTING) & (status[0] == Status.TRUCE)
        signed.append(np.asarray(after.signed)[begins])
        holds.append((status[1] == Status.TRUCE)[begins])
        case = case._replace(conflict=after)
    return np.concatenate(signed), np.concatenate(holds)


@pytest.mark.parametrize("leverage", [0.0, 0.8])
def test_truces_are_signed_as_often_as_their_broker_s_leverage_has_it(leverage):
    """Of truces that cannot fail, the share Lambda(c + l I) is signed."""
    changes = {"sign": -0.5, "sign_leverage": 2.0, "truce_week": 1.0}
    signed, _ = first_days(leverage, **changes)
    p = 1 / (1 + np.exp(0.5 - 2.0 * leverage))
    assert len(signed) > 1500
    assert near(signed.mean(), p, len(signed))
    assert float(signing(best(**changes), leverage)[0]) == pytest.approx(p, rel=1e-5)


@pytest.mark.parametrize("effect", [-1.0, 0.0, 1.0])
def test_a_signed_truce_holds_longer_and_a_broker_s_leverage_counts_either_way(effect):
    """A day: q^((1/7)^k e^(m I - s S)), for both classes, whatever the sign of m."""
    changes = {"sign": 0.0, "sign_leverage": 0.0, "truce_signed": 0.9, "truce_leverage": effect}
    for signs in (-50.0, 50.0):
        case = {**changes, "sign": signs}
        _, holds = first_days(0.7, **case)
        firm = 0.9 * (signs > 0) - 0.7 * effect
        assert len(holds) > 4000
        assert near(holds.mean(), 0.25 ** ((1 / 7) ** 0.6 * np.exp(-firm)), len(holds))


def test_at_their_neutral_values_classes_and_brokers_change_no_bit():
    """Truces are of two classes and by brokers of all kinds, and hold as if they were of one."""
    neutral = {**TRUCES, "truce_signed": 0.0, "truce_leverage": 0.0}
    one = jnp.ones(RUNS, jnp.float32)
    lived = []
    for sign, leverage in ((0.5, np.linspace(0, 1, RUNS)), (-50.0, np.zeros(RUNS))):
        case = fight(best(**neutral, sign=sign), RUNS, 7)
        weight = jnp.asarray(leverage, jnp.float32)
        lived.append(live(case.with_conflict(mediated=one, effort=one, leverage=weight), 0, 20))
    (first, *days), (second, *others) = lived
    assert np.asarray(first.signed).any()
    assert not np.asarray(second.signed).any()
    for one, other in zip(days, others, strict=True):
        assert (one == other).all()
    for name, value in first._asdict().items():
        if name not in ("leverage", "signed", "broker"):
            assert (np.asarray(value) == np.asarray(getattr(second, name))).all(), name


@given(signed=st.booleans(), kept=st.booleans(), leverage=st.floats(0, 1))
def test_what_makes_a_truce_firm_lowers_its_hazard(signed, kept, leverage):
    params = best(truce_signed=0.5, truce_kept=0.7, truce_leverage=0.3)
    firm = float(firmness(params, float(signed), float(kept), leverage)[0])
    assert firm == pytest.approx(0.5 * signed + 0.7 * kept - 0.3 * leverage, abs=1e-6)


# ---- breach within hours


BRITTLE = {"truce": 0.3, "truce_week": 1e-30, "truce_shape": 0.1, "settlement": (0.0,) * 4}
"""Truces that never see a second day."""


def test_truces_that_break_within_hours_stop_nothing():
    """Fronts, losses and days fought are those of the same wars without any truce, bit for bit."""
    one, moving = jnp.ones(RUNS, jnp.float32), {"noise": 0.003, "deaths": 1e-4}
    lived = []
    for truce in (BRITTLE["truce"], 0.0):
        case = fight(best(**{**STILL, **BRITTLE, **moving, "truce": truce}), RUNS, 3)
        lived.append(live(case.with_conflict(mediated=one), 0, 12))
    (broken, status, front), (none, plain, land) = lived
    assert (plain == Status.FIGHTING).all()  # nowhere is the front near an end
    assert (status == Status.TRUCE).mean() > 0.2
    assert (front == land).all()
    for name in ("front", "deaths", "stock", "fought"):
        assert (np.asarray(getattr(broken, name)) == np.asarray(getattr(none, name))).all(), name
    assert np.asarray(broken.deaths).min() > 0


def test_what_the_day_of_a_breach_decides_the_next_has_on_record():
    """No truce turns into a win: fighting is on record first, so that a breach can be seen."""
    case = fight(best(**{**BRITTLE, "truce": 5.0, "noise": 0.2}), RUNS, 3)
    case = case.with_conflict(mediated=jnp.ones(RUNS, jnp.float32))
    _, status, front = live(case, 0, 26)
    ends = np.isin(status, [Status.WON, Status.REPULSED])
    first = ends[1:] & ~ends[:-1]
    assert first.sum() > 1000
    assert (status[:-1][first] == Status.FIGHTING).all()
    reached = (status[:-1] == Status.FIGHTING) & (front[:-1] == 1)
    assert reached.sum() > 1000
    assert (status[1:][reached] == Status.WON).all()
    assert (first & (status[1:] == Status.REPULSED)).sum() > 1000


share = st.floats(0, 1)


@given(front=st.floats(-1.5, 1), win=st.floats(-0.03, 1.03), way=share, further=share)
def test_terms_lie_between_the_front_and_what_the_war_was_expected_to_bring(
    front, win, way, further
):
    """They make no land: the target's share is what is left, and never negative."""
    held, sure = max(front, 0), min(max(win, 0), 1)
    less, more = sorted((way, further))
    one, other = (float(terms(best(terms=w), front, win)[0]) for w in (less, more))
    assert held - 1e-6 <= one <= other + 1e-6
    assert other <= held + sure * (1 - held) + 1e-6 <= 1 + 2e-6
    as_it_lies, expected = (float(terms(best(terms=w), front, win)[0]) for w in (0.0, 1.0))
    assert as_it_lies == pytest.approx(held, abs=1e-6)
    assert expected == pytest.approx(held + sure * (1 - held), abs=1e-6)
