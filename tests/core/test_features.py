"""Covariates: the table of duties for every reading and kind, and what trust may be."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.core import features
from foedus.core.kinds import Obligation, Reading, Side
from foedus.core.params import fix, load, take
from foedus.core.streams import Streams
from foedus.simulate.step import initial
from tests.worlds import STATES, world

SHARES = {"outside": 0.2, "disputed": 0.5, "consultation": 0.3, "unasked": 0.1}
PARAMS = fix(take(load().params, np.array([0])), {f"joining.{n}": v for n, v in SHARES.items()})
LEAGUE, PACT = 0, 1
ALY, CHA, TAR = (STATES.index(code) for code in ("ALY", "CHA", "TAR"))
SCOPE = {Reading.NO: 0.2, Reading.DISPUTED: 0.5, Reading.YES: 1.0}
TRIGGER = {Reading.NO: 0.0, Reading.DISPUTED: 0.5, Reading.YES: 1.0}
KIND = {Obligation.DEFENSE: 1.0, Obligation.CONSULTATION: 0.3}


def readings(value):
    return np.full((2, 2), value, np.int32)


def promises(*kinds):
    promise = np.zeros((2, len(Obligation)))
    promise[:, list(kinds)] = 1
    return promise


def due(**changes):
    """Duty to each side [side, treaty] in the one draw."""
    return np.asarray(features.duty(PARAMS, world(**changes)))[..., 0]


def expected_duty(kind, side, covered, triggered):
    if kind == Obligation.OFFENSE:
        return SCOPE[covered] * (side == Side.CHALLENGER)
    return KIND.get(kind, 0.0) * SCOPE[covered] * TRIGGER[triggered]


@pytest.mark.parametrize(("covered", "triggered"), list(product(Reading, Reading)))
@pytest.mark.parametrize("kind", Obligation)
def test_table_of_duties(kind, covered, triggered):
    got = due(promise=promises(kind), covered=readings(covered), triggered=readings(triggered))
    for side in Side:
        expected = expected_duty(kind, side, covered, triggered)
        np.testing.assert_allclose(got[side], expected, atol=1e-6)


@pytest.mark.parametrize(("covered", "triggered"), list(product(Reading, Reading)))
def test_of_several_promises_the_strongest_counts(covered, triggered):
    at = {"covered": readings(covered), "triggered": readings(triggered)}
    singles = [due(promise=promises(kind), **at) for kind in Obligation]
    np.testing.assert_array_equal(due(promise=promises(*Obligation), **at), np.max(singles, 0))


def situation(place):
    numbers = Streams(np.array([1, 0], np.uint32), np.arange(1, dtype=np.uint32))
    single = place._replace(
        **{name: np.float32(a) for name, a in place._asdict().items() if a.dtype == float}
    )
    return initial(numbers, PARAMS, single)


@pytest.fixture(scope="module")
def day_0():
    return situation(world())


def owed(day_0, asked=False, active=None, **changes):
    """What each state owes each side [side, state]."""
    place = world(**changes)
    active = place.member[..., None] if active is None else active
    now = day_0._replace(active=active, asked=np.full((2, 1), asked))
    return np.asarray(features.obligation(PARAMS, place, now, features.duty(PARAMS, place)))[..., 0]


WIDE = {"covered": readings(Reading.YES), "triggered": readings(Reading.YES)}


def test_a_duty_on_request_counts_little_until_asked_for(day_0):
    assert owed(day_0, asked=True, **WIDE)[Side.TARGET, ALY] == pytest.approx(1)
    assert owed(day_0, asked=False, **WIDE)[Side.TARGET, ALY] == pytest.approx(0.1)
    unasked = {**WIDE, "on_request": np.zeros(2, bool)}
    assert owed(day_0, asked=False, **unasked)[Side.TARGET, ALY] == pytest.approx(1)


def test_nobody_owes_a_side_with_which_it_shares_no_treaty(day_0):
    shares = owed(day_0, asked=True, **WIDE) > 0
    league, pact = world().member
    np.testing.assert_array_equal(shares[Side.TARGET], league)
    np.testing.assert_array_equal(shares[Side.CHALLENGER], pact)


@pytest.mark.parametrize("gone", [ALY, TAR])
def test_who_suspended_its_membership_owes_nothing_and_is_owed_nothing(day_0, gone):
    active = world().member[..., None].copy()
    active[LEAGUE, gone] = False
    assert owed(day_0, asked=True, active=active, **WIDE)[Side.TARGET, ALY] == 0


@given(st.data())
def test_more_promise_scope_trigger_or_request_never_lowers_an_obligation(day_0, data):
    low, high = (sorted(data.draw(st.sampled_from(Reading)) for _ in range(2)) for _ in range(2))
    asked = sorted(data.draw(st.booleans()) for _ in range(2))
    kinds = data.draw(st.sets(st.sampled_from(Obligation)))
    more = kinds | data.draw(st.sets(st.sampled_from(Obligation)))
    less, greater = (
        owed(
            day_0,
            asked=asked[i],
            promise=promises(*k),
            covered=readings(low[i]),
            triggered=readings(high[i]),
        )
        for i, k in enumerate((kinds, more))
    )
    assert (greater >= less).all()
    assert (less >= 0).all()
    assert (greater <= 1).all()


@given(
    st.floats(0.01, 0.99),
    st.floats(-12, 12),
    st.floats(-12, 12),
    st.floats(0, 1),
    st.integers(0, 5),
)
def test_trust_is_a_probability_and_rises_with_good_conduct(day_0, prior, added, seen, part, who):
    params = fix(PARAMS, {"alliance.trust": prior, "alliance.attention": part})
    place = world(trust=np.full((6, 6), added))
    look = lambda evidence: np.asarray(  # noqa: E731
        features.trust(params, place, day_0._replace(evidence=np.full((6, 1), evidence)), who)
    )
    trust = look(seen)
    assert ((trust >= 0) & (trust <= 1)).all()
    assert (look(seen + 1) >= trust).all()


def test_an_ally_minds_conduct_more_than_an_onlooker(day_0):
    params = fix(PARAMS, {"alliance.trust": 0.5, "alliance.attention": 0.3})
    after = day_0._replace(evidence=np.full((6, 1), -2.0))
    own, onlooker = (features.trust(params, world(), after, who)[ALY, 0] for who in (TAR, CHA))
    assert float(own) == pytest.approx(1 / (1 + np.exp(2.0)), abs=1e-6)
    assert float(onlooker) == pytest.approx(1 / (1 + np.exp(0.6)), abs=1e-6)


def test_watchers_are_the_other_third_parties_of_ones_leagues():
    expected = {"ALY": 1, "SEA": 1, "TAR": 2, "PAT": 0, "CHA": 1, "NBR": 0}
    got = dict(zip(STATES, features.watchers(world()).tolist(), strict=True))
    assert got == expected


def test_ties_to_both_sides_cancel_and_swap():
    place = world()
    swapped = {name: getattr(place, name)[::-1] for name in ("affinity", "trade", "energy", "base")}
    stake = features.stake(PARAMS, place)
    np.testing.assert_allclose(features.stake(PARAMS, place._replace(**swapped)), -stake)


def test_strength_falls_with_distance_and_rises_with_capability():
    place = world()
    near = features.reach(PARAMS, place)
    assert (features.reach(PARAMS, place._replace(distance=place.distance + 1)) < near).all()
    np.testing.assert_allclose(
        features.reach(PARAMS, place._replace(capability=2 * place.capability)), 2 * near
    )
    logged = np.log(near / features.MEDIAN_CAPABILITY)
    np.testing.assert_allclose(features.power(PARAMS, place), logged, rtol=1e-5, atol=1e-5)
