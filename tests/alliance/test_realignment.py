"""Who stays in a treaty: the leader always, the dependent longer, the let down less long."""

from itertools import pairwise

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.realignment import leads, suspend_probability
from foedus.alliance.revise import revise
from foedus.core.params import fix, load
from tests.alliance.test_reputation import conduct
from tests.game.rounds import begin, streams
from tests.worlds import STATES, world

RUNS = np.arange(8)
LEAGUE = 0
ALY, SEA, TAR = (STATES.index(code) for code in ("ALY", "SEA", "TAR"))
EAGER = fix(load().params, {"alliance.suspend_intercept": 30.0})


@pytest.fixture(scope="module")
def day_0():
    return begin(world(), RUNS, RUNS)


@pytest.fixture(scope="module")
def eager():
    return begin(world(), RUNS, RUNS, EAGER)


@pytest.fixture(scope="module")
def months():
    """Four months of diplomacy without a war."""

    def live(ready):
        situation, history = ready.situation, []
        said, never = conduct(0, 0.0, 0.0), np.zeros(8, bool)
        for week in range(16):
            situation = revise(streams(RUNS), *ready[:2], situation, said, never, week)
            history.append(situation.active)
        return history

    return jax.jit(live)


@pytest.fixture(scope="module")
def probability(day_0):
    """Probability that members suspend, by what has changed [treaty, state, run]."""

    def of(dependence=0.0, evidence=0.0, unaided=False, exit_cost=1.0, disappointment=1.0):
        values = {"exit_cost": exit_cost, "disappointment": disappointment}
        params = fix(load().params, {f"alliance.{n}": v for n, v in values.items()})
        ready = begin(world(), RUNS, RUNS, params)
        place = ready.world._replace(dependence=np.full((2, 6, 8), dependence, np.float32))
        now = ready.situation._replace(
            evidence=np.full((6, 8), evidence, np.float32), unaided=np.full((2, 8), unaided)
        )
        return np.asarray(suspend_probability(ready.params, place, now))

    return of


def test_the_leader_never_leaves(eager, months):
    last = np.asarray(months(eager)[-1])
    for treaty, leader in enumerate(world().leader):
        assert last[treaty, leader].all()
    assert not last[LEAGUE, [SEA, TAR]].any()


def test_each_treaty_has_one_leader():
    assert (leads(world()).sum(1) == 1).all()
    assert leads(world())[LEAGUE, ALY]


def test_who_suspended_stays_suspended(day_0, months):
    gone = np.asarray(day_0.situation.active).copy()
    gone[LEAGUE, SEA] = False
    for active in months(day_0._replace(situation=day_0.situation._replace(active=gone))):
        assert not active[LEAGUE, SEA].any()


def test_membership_only_ever_ends(day_0, months):
    history = [np.asarray(day_0.situation.active), *map(np.asarray, months(day_0))]
    for before, after in pairwise(history):
        assert (after <= before).all()


def test_members_reconsider_once_a_month(eager, months):
    counts = [int(np.asarray(active).sum()) for active in months(eager)]
    assert counts[0] == counts[2] == int(np.asarray(eager.situation.active).sum())
    assert counts[3] < counts[2]
    assert counts[3] == counts[-1]


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 3))
def test_dependence_holds_back(probability, low, high, cost):
    low, high = sorted((low, high))
    assert (probability(high, exit_cost=cost) <= probability(low, exit_cost=cost)).all()


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 3))
def test_being_let_down_drives_out(probability, one, other, weight):
    worse, better = sorted((one, other))
    let_down, kept = (probability(evidence=e, disappointment=weight) for e in (worse, better))
    assert (let_down >= kept).all()


def test_a_victim_that_fought_alone_wants_out_more(probability):
    alone, helped = probability(unaided=True), probability(unaided=False)
    assert (alone[LEAGUE, TAR] > helped[LEAGUE, TAR]).all()
    np.testing.assert_array_equal(alone[LEAGUE, SEA], helped[LEAGUE, SEA])
