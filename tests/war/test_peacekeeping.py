"""Peacekeepers: they need a mediator and an agreement, and they do not stay for ever."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.core.kinds import Action, Status
from foedus.game.challenge import attack_and_resist, readiness
from foedus.war.peacekeeping import NOBODY, come, leave, mandate
from tests.war.fights import best, fight

RUNS, STATES = 8192, 6
REACH = jnp.asarray([3.0, 1.0, 2.0, 5.0, 4.0, 0.5])[:, None] * jnp.ones(RUNS)
WEAK, STRONG = 2, 4  # of the two that mediate; state 3 is stronger, and does not


@pytest.fixture(scope="module")
def war():
    """Wars of one draw in which two states mediate."""
    case = fight(best(keepers=0.3, keepers_leave=0.13, keepers_idle=0.9), RUNS)
    action = np.full((STATES, RUNS), Action.ABSTAIN)
    action[[WEAK, STRONG]], action[3] = Action.MEDIATE, Action.DEPLOY_TARGET
    return case.with_conflict(action=jnp.asarray(action))


def after_truce(case, stopped=True, **changes):
    """Who stands at the place once fighting has stopped in a week."""
    params = case.params._replace(war=case.params.war._replace(**changes))
    stops = jnp.broadcast_to(stopped, RUNS)
    return np.asarray(come(case.streams, params, case.dispute, case.conflict, REACH, stops, 70))


def near(share, p, n=RUNS):
    return abs(share - p) < 4 * np.sqrt(p * (1 - p) / n)


def test_the_strongest_mediator_sends_them_as_often_as_is_said(war):
    keeper = after_truce(war)
    assert set(np.unique(keeper)) == {NOBODY, STRONG}
    assert near((keeper == STRONG).mean(), 0.3)
    assert (after_truce(war, keepers=jnp.ones(RUNS)) == STRONG).all()


def test_nobody_comes_without_an_agreement_or_without_a_mediator(war):
    sure = {"keepers": jnp.ones(RUNS)}
    stops = np.arange(RUNS) % 2 == 0
    assert ((after_truce(war, stops, **sure) == STRONG) == stops).all()
    action = jnp.where(war.conflict.action == Action.MEDIATE, Action.AID_TARGET, 0)
    assert (after_truce(war.with_conflict(action=action), **sure) == NOBODY).all()


def test_who_stands_there_is_not_relieved(war):
    there = war.with_conflict(keeper=jnp.full(RUNS, 1))
    assert (after_truce(there, keepers=jnp.ones(RUNS)) == 1).all()


def left(case, days, status=Status.TRUCE, day=70):
    """Who is left after some days of standing there."""
    there = case.with_conflict(
        keeper=jnp.full(RUNS, STRONG), status=jnp.full(RUNS, status, jnp.int32)
    )
    gone = leave(case.streams, case.params, case.dispute, there.conflict, day, days)
    return np.asarray(gone.keeper)


@pytest.mark.parametrize(
    ("status", "rate"),
    [(Status.TRUCE, 0.13), (Status.SETTLED, 0.13), (Status.WON, 0.13 * np.exp(0.9))],
)
def test_they_leave_at_the_hazard_that_is_said(war, status, rate):
    for days in (28, 365.25):
        gone = left(war, days, status) == NOBODY
        assert near(gone.mean(), 1 - np.exp(-rate * days / 365.25))


def test_of_a_mission_what_the_hazard_leaves_is_left_after_five_years(war):
    """Month by month, with new luck each month."""
    there = np.ones(RUNS, bool)
    one_month = jax.jit(lambda day: leave(*war[:2], war.dispute, stands.conflict, day, 28.0).keeper)
    stands = war.with_conflict(keeper=jnp.full(RUNS, STRONG))
    for month in range(65):
        there &= np.asarray(one_month(28 * month)) == STRONG
    assert near(there.mean(), np.exp(-0.13 * 65 * 28 / 365.25))


def test_where_nobody_stands_nobody_leaves(war):
    none = war.with_conflict(keeper=jnp.full(RUNS, NOBODY))
    assert (
        np.asarray(leave(*war[:2], war.dispute, none.conflict, 70, 28.0).keeper) == NOBODY
    ).all()


# ---- terms


def served(case, term, months, status=Status.SETTLED):
    """Whether peacekeepers with a term of so many years are there, month by month."""
    params = case.params._replace(war=case.params.war._replace(keepers_term=jnp.full(RUNS, term)))
    stands = case.with_conflict(
        keeper=jnp.full(RUNS, STRONG), status=jnp.full(RUNS, status, jnp.int32)
    ).conflict
    stands = stands._replace(mandate=mandate(params, stands, jnp.full(RUNS, True)))
    step = jax.jit(lambda s, day: leave(case.streams, params, case.dispute, s, day, 28.0))
    past = []
    for month in range(months):
        stands = step(stands, 28 * month)
        past.append(np.asarray(stands.keeper) == STRONG)
    return np.array(past)


def test_until_its_term_ends_a_mission_stays_and_then_as_many_go_as_by_the_hazard(war):
    """A term of two years: nobody goes in the first 26 months of 28 days, e^(-2 l) stay longer."""
    there = served(war, 2.0, 56)
    assert there[:26].all()
    for month, terms in ((26, 1), (51, 1), (53, 2)):  # the 27th ends the first, the 53rd the second
        assert near(there[month].mean(), np.exp(-0.13 * 2 * terms)), month


def test_no_term_is_shorter_than_the_time_between_reviews(war):
    """Terms of a day are those of a month, and go at the hazard that is said."""
    assert near(served(war, 0.003, 26)[-1].mean(), np.exp(-0.13 * 26 * 28 / 365.25))


def test_no_term_binds_once_the_land_is_taken(war):
    there = served(war, 5.0, 13, Status.WON)
    assert near(there[-1].mean(), np.exp(-0.13 * np.exp(0.9) * 13 * 28 / 365.25))


def test_only_a_settlement_gives_a_term_and_only_to_those_who_are_there(war):
    settled = jnp.arange(RUNS) % 2 == 0
    keeper = jnp.where(jnp.arange(RUNS) % 3 == 0, STRONG, NOBODY)
    params = war.params._replace(war=war.params.war._replace(keepers_term=jnp.full(RUNS, 2.0)))
    given = np.asarray(mandate(params, war.with_conflict(keeper=keeper).conflict, settled))
    assert ((given > 0) == (settled & (keeper == STRONG))).all()
    assert given.max() == pytest.approx(2 * 365.25)


@given(win=st.floats(0, 1), one=st.floats(0, 3), other=st.floats(0, 3))
def test_they_lower_the_wish_to_attack(win, one, other):
    less, more = sorted((one, other))
    odds = []
    for cost, kept in ((less, 0.0), (less, 1.0), (more, 1.0)):
        params = best()
        params = params._replace(crisis=params.crisis._replace(attack_kept=np.array([cost])))
        odds.append(
            float(attack_and_resist(params, readiness(params, 0.3, kept), win, 0.2).attack[0])
        )
    assert odds[0] >= odds[1] >= odds[2]
