"""What a mediator works for, how well, and when a frozen dispute would pay it."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from foedus.core.clock import drift
from foedus.core.features import rents
from foedus.core.kinds import Side
from foedus.core.params import fix, load, take
from foedus.game.challenge import hazard, readiness
from foedus.game.mediation import (
    Regime,
    least_rents,
    mediation,
    net_rents,
    patrons,
    regime,
    status_effort,
)
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


yearly = st.floats(0, 20)


def divided(reach, drawn, risk, cost, restraint=0.6):
    """Effort of each state and how much is held back, in the first draw."""
    params, _ = setting(**{"joining.rent_war": cost, "joining.restraint": restraint})
    shape = (len(STATES), len(DRAWS))
    rent, supplies = (jnp.zeros(shape).at[ALY].set(value) for value in (drawn, reach))
    found = patrons(params, rent, supplies, jnp.full(shape[1], risk))
    return [np.asarray(a)[..., 0] for a in found]


@given(st.floats(0, 1), st.floats(0, 9), yearly, yearly, st.floats(0.01, 30))
def test_more_hazard_turns_a_patron_from_its_client_to_a_settlement(reach, drawn, one, two, cost):
    """Never the other way; at last it lets go and works for a settlement alone."""
    (effort, held), (later, less) = (divided(reach, drawn, h, cost) for h in sorted((one, two)))
    assert (later >= effort).all()
    assert 0 <= less <= held <= 0.6 * reach * (1 + 1e-6)
    assert (np.delete(effort, ALY) == 1).all()
    last, nothing = divided(reach, drawn, 1e6, cost)
    if reach < 1:
        assert (last == 1).all()
        assert nothing == 0


def test_who_draws_no_rents_or_arms_the_challenger_with_nothing_holds_nobody_back():
    for reach, drawn in ((0.0, 5.0), (0.8, 0.0)):
        effort, held = divided(reach, drawn, 0.1, 1.0)
        assert held == 0
        assert effort[ALY] == (1 if drawn == 0 else pytest.approx(1 / (1 + drawn - 0.1)))
    effort, held = divided(0.5, 3.0, 0.0, 5.0)  # no risk: the whole rents count
    assert effort[ALY] == 0.25
    assert held == pytest.approx(0.6 * 0.5 * 0.75)


@given(st.floats(0, 9), st.floats(0, 3), st.floats(0.01, 30))
def test_a_patron_gives_most_of_its_effort_to_its_client_where_the_map_says_frozen(r, h, cost):
    net = float(net_rents(jnp.array(r), jnp.array(h), cost))
    if abs(r - least_rents(np.array(h), cost)) > 1e-4:
        frozen = regime(np.array(r), np.array(h), cost) == Regime.FROZEN
        assert frozen == (status_effort(net) < 0.5)


@pytest.mark.parametrize("half_life", [0.2, 1.0, 4.0])
def test_hazard_is_that_of_two_wishes_a_month_apart(half_life):
    """Against the bivariate normal distribution of another library."""
    params, _ = setting(**{"crisis.half_life": half_life})
    r = 2 ** (-28 / 365.25 / half_life)
    for attack in (1e-4, 0.01, 0.2, 0.5, 0.9):
        level = float(norm.isf(attack))
        both = multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([level, level])
        chance = 1 - both / (1 - attack)
        expected = -np.log1p(-chance) * 365.25 / 28
        found = float(hazard(params, jnp.full(len(DRAWS), attack))[0])
        assert found == pytest.approx(expected, rel=2e-3)


def test_hazard_is_what_challengers_do_whose_wishes_drift():
    """A million of them, a month on: those who begin, of those who did not wish to, 4 errors."""
    params, _ = setting(**{"crisis.half_life": 1.5})
    rng, number = np.random.default_rng(3), 10**6
    wish, shock = rng.standard_normal((2, number))
    later = np.asarray(drift(wish, shock, 1.5, 28))
    for attack in (0.02, 0.3):
        calm = wish <= norm.isf(attack)
        began = (later > norm.isf(attack))[calm]
        chance = -np.expm1(-float(hazard(params, jnp.full(len(DRAWS), attack))[0]) * 28 / 365.25)
        assert abs(began.mean() - chance) < 4 * np.sqrt(chance / calm.sum())


def test_no_hazard_where_no_attack_is_thinkable_and_a_finite_one_where_it_is_sure():
    params, _ = setting()
    found = np.array([hazard(params, jnp.full(len(DRAWS), p)) for p in (0.0, 0.1, 0.9, 1.0)])
    assert (found[0] == 0).all()
    assert np.isfinite(found).all()
    assert (np.diff(found, axis=0) >= 0).all()


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
