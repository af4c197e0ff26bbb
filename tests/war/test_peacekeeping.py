"""Peacekeepers: they need a mediator and an agreement, and they do not stay for ever."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.core.kinds import Action, Status
from foedus.game.challenge import attack_and_resist, readiness
from foedus.war.peacekeeping import NOBODY, come, leave
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
    return np.asarray(leave(case.streams, case.params, case.dispute, there.conflict, day, days))


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
    one_month = jax.jit(lambda day: leave(*war[:2], war.dispute, stands.conflict, day, 28.0))
    stands = war.with_conflict(keeper=jnp.full(RUNS, STRONG))
    for month in range(65):
        there &= np.asarray(one_month(28 * month)) == STRONG
    assert near(there.mean(), np.exp(-0.13 * 65 * 28 / 365.25))


def test_where_nobody_stands_nobody_leaves(war):
    none = war.with_conflict(keeper=jnp.full(RUNS, NOBODY))
    assert (np.asarray(leave(*war[:2], war.dispute, none.conflict, 70, 28.0)) == NOBODY).all()


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
