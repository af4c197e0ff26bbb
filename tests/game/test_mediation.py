"""What a mediator works for, how well, and when a frozen dispute would pay it."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.core.features import rents
from foedus.core.kinds import Side
from foedus.core.params import fix, load, take
from foedus.game.challenge import readiness
from foedus.game.mediation import Regime, least_rents, mediation, regime, status_effort
from foedus.game.payoff import aid_terms, mediate_terms
from foedus.simulate.ensemble import cast, spread
from foedus.war.ceasefire import settlement_hazard, truce_hazard
from tests.worlds import STATES, world

DRAWS = np.arange(64)
ALY, PAT, NBR = (STATES.index(code) for code in ("ALY", "PAT", "NBR"))
BOTH = [load(name).params for name in ("prior-2020", "posterior-2020")]
OFF = {"joining.rent": 0, "joining.rent_arms": 0, "joining.rent_hold": 0, "war.acceptance": 0}


def setting(source=BOTH[0], **fixed):
    params, place = cast((take(fix(source, fixed), DRAWS), world(len(DRAWS))), np.float32)
    return spread(params, place, DRAWS)


def mediating(*states):
    found = np.zeros((len(STATES), len(DRAWS)), bool)
    found[list(states)] = True
    return jnp.asarray(found)


def influence(**by):
    found = np.zeros((len(STATES), len(DRAWS)), np.float32)
    for code, value in by.items():
        found[STATES.index(code)] = value
    return jnp.asarray(found)


def of(params, place, mediates, known, would=None):
    """By default NBR, who has no influence, is alone in what others expect."""
    effort = status_effort(rents(params, place.dispute))
    would = influence(NBR=0.5) if would is None else would
    return [np.asarray(a) for a in mediation(params, effort, mediates, would, known)]


def test_rents_are_arms_to_both_and_hold_and_without_them_there_are_none():
    params, place = setting(**{"joining.rent_arms": 2.0, "joining.rent_hold": 3.0})
    found = np.asarray(rents(params, place.dispute))
    assert found[ALY] == pytest.approx(2 * (0.9 + 0.4) + 3 * (1 + 1 + 0) / 3, rel=1e-5)
    assert (np.delete(found, ALY, axis=0) == 0).all()


@pytest.mark.parametrize("source", BOTH, ids=["prior", "posterior"])
def test_a_mediator_with_influence_brings_truces_sooner_and_one_with_rents_settlements_later(
    source,
):
    """In every draw; turned off, both are exactly what they were for any mediator.

    Its leverage is its influence, whatever that does to truces.
    """
    who, known = mediating(ALY), influence(ALY=0.5)  # more than the usual, NBR's none
    on, off = setting(source), setting(source, **OFF)
    mediated, effort, leverage = of(*on, who, known)
    assert (mediated >= 1).all()
    assert mediated.mean() > 1.1
    assert ((effort > 0) & (effort <= 1)).all()
    for plain in of(*off, who, known)[:2]:
        assert (plain == 1).all()
    assert (leverage == 0.5).all()
    for params, _ in (on, off):
        assert (truce_hazard(params, mediated) >= truce_hazard(params, 1.0)).all()
    war = on[0]._replace(war=on[0].war._replace(mediation=np.abs(on[0].war.mediation)))
    assert (settlement_hazard(war, effort, 3) <= settlement_hazard(war, 1.0, 3)).all()


def test_where_nobody_mediates_there_is_neither():
    for value in of(*setting(), mediating(), influence(ALY=0.9)):
        assert (value == 0).all()


def test_the_word_of_the_most_influential_counts_and_the_mean_effort():
    params, place = setting(**{"war.acceptance": 2.0, "joining.rent_arms": 1.0})
    known = influence(ALY=0.1, PAT=0.4, NBR=0.9)
    mediated, effort, leverage = of(params, place, mediating(ALY, PAT), known)
    assert leverage == pytest.approx(0.4)
    assert mediated == pytest.approx(np.exp(2 * (0.4 - 0.9)), rel=1e-5)  # NBR's word is usual
    own = np.asarray(status_effort(rents(params, place.dispute)))
    assert effort == pytest.approx((own[ALY] + own[PAT]) / 2, rel=1e-5)


@pytest.mark.parametrize("source", BOTH, ids=["prior", "posterior"])
def test_influence_says_whose_truces_come_sooner_and_not_that_all_do(source):
    """By how likely each is to mediate and is heard, the mean log is 0 over single mediators.

    Who has no influence counts for nothing.
    """
    params, place = setting(source)
    would = influence(ALY=0.3, PAT=0.15, NBR=0.05, SEA=0.4)
    known = influence(ALY=0.7, PAT=0.1, NBR=0.0, SEA=0.05)
    log = np.array([np.log(of(params, place, mediating(k), known, would)[0]) for k in range(6)])
    heard = np.asarray(would) * np.asarray(known)
    share = heard / heard.sum(0)
    np.testing.assert_allclose((share * log).sum(0), 0, atol=1e-6)
    assert (log[ALY] > log[PAT]).all()
    assert (log[ALY] > 0).all()
    alone = influence(ALY=0.3, PAT=0.15, SEA=0.4)
    assert np.array_equal(log[ALY], np.log(of(params, place, mediating(ALY), known, alone)[0]))


def test_rents_speak_for_mediating_and_against_helping_either_side():
    params, place = setting(**{"joining.rent": 0.5, "joining.rent_arms": 1.0})
    plain, _ = setting(**OFF)
    drawn = 0.5 * np.asarray(rents(params, place.dispute))
    assert (drawn[ALY] > 0).all()
    for side in Side:
        term = aid_terms(params, place.dispute, side)["rents of an open dispute"]
        assert np.asarray(term) == pytest.approx(-drawn)
    assert np.asarray(mediate_terms(params, place, place.dispute)["rents of an open dispute"]) == (
        pytest.approx(drawn)
    )
    none = mediate_terms(plain, place, place.dispute)["rents of an open dispute"]
    assert (np.asarray(none) == 0).all()


def test_a_win_that_nobody_answered_is_an_example():
    for source in BOTH:
        params, _ = setting(source)
        ready = [np.asarray(readiness(params, 0.3, 0.0, seen)) for seen in (0.0, 1.0, 2.0)]
        assert (ready[0] < ready[1]).mean() > 0.95
        assert (ready[0] <= ready[1]).all()
        assert (ready[1] <= ready[2]).all()
        assert (ready[0] == np.asarray(readiness(params, 0.3, 0.0))).all()
    quiet, _ = setting(**{"crisis.example": 0.0})
    assert (
        np.asarray(readiness(quiet, 0.3, 0.0, 5.0)) == np.asarray(readiness(quiet, 0.3, 0.0))
    ).all()


@given(st.floats(0, 9), st.floats(0, 3), st.floats(0.01, 30), st.floats(0, 0.99), st.floats(1, 4))
def test_the_map_is_the_sign_of_the_value_of_waiting_whatever_the_discount(r, h, cost, s, rho):
    """V_F > V_S where frozen is preferred, by the values themselves, with peace worth 1 a year."""
    settled = 1 / rho
    frozen = (r + h * (settled - cost) + s * settled) / (rho + h + s)
    found = regime(np.array(r), np.array(h), cost)
    if abs(frozen - settled) > 1e-9:
        assert (found == Regime.FROZEN) == (frozen > settled and r > 1)
    assert (found == Regime.SETTLED) == (r <= 1)


@given(st.floats(0, 3), st.floats(0, 3), st.floats(0.01, 30))
def test_more_hazard_takes_more_rents_to_keep_a_dispute_frozen(less, more, cost):
    less, more = sorted((less, more))
    assert least_rents(np.array(less), cost) <= least_rents(np.array(more), cost)
    frozen = regime(np.array(1.5), np.array([less, more]), cost)
    assert not (frozen[0] == Regime.COLLAPSE and frozen[1] == Regime.FROZEN)
