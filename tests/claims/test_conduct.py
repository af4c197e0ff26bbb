"""Exactly one category of conduct is true, whatever was done."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from foedus.claims.conduct import CATEGORIES, conduct
from foedus.claims.evaluate import evaluate
from foedus.claims.frame import Frame
from foedus.core.kinds import Action, Side, Status
from foedus.core.situation import Trajectories

WEEKS = 3
FRAME = Frame(date(2000, 1, 1), ("FRA",), (), ("main",), days=7 * WEEKS)


def acted(*actions):
    """A run in which the state did that, week by week."""
    return Trajectories(
        status=np.full((7 * WEEKS, 1, 1), Status.FIGHTING),
        front=np.zeros((7 * WEEKS, 1, 1)),
        deaths=np.zeros((WEEKS, 2, 1, 1)),
        civilians=np.zeros((WEEKS, 2, 1, 1)),
        across=np.zeros((WEEKS, 2, 1, 1), bool),
        spread=np.zeros((WEEKS, 2, 1, 1), bool),
        action=np.array(actions).reshape(WEEKS, 1, 1, 1),
        asked=np.zeros((WEEKS, 0, 1, 1), bool),
        keeper=np.full((WEEKS, 1, 1), -1),
        membership=np.zeros((WEEKS, 0, 1, 1), int),
        residual=np.zeros((WEEKS, 1, 1)),
    )


def category(side, *actions):
    claims = conduct("FRA", side, FRAME.end)
    found = [name for name, claim in claims.items() if evaluate(claim, acted(*actions), FRAME)[0]]
    assert list(claims) == list(CATEGORIES)
    (only,) = found
    return only


@given(st.tuples(*[st.sampled_from(Action)] * WEEKS), st.sampled_from(Side))
def test_exactly_one_is_true(actions, side):
    assert category(side, *actions) in CATEGORIES


def test_the_furthest_counts():
    quiet = Action.ABSTAIN
    assert category(Side.TARGET, quiet, Action.STATE_TARGET, quiet) == "none"
    assert category(Side.TARGET, Action.MEDIATE, quiet, quiet) == "mediate"
    assert category(Side.TARGET, Action.MEDIATE, Action.AID_TARGET, quiet) == "aid"
    assert category(Side.TARGET, Action.DENIABLE_TARGET, quiet, quiet) == "aid"
    assert category(Side.TARGET, Action.AID_TARGET, Action.JOIN_TARGET, quiet) == "join"
    assert category(Side.TARGET, Action.JOIN_TARGET, Action.AID_CHALLENGER, quiet) == "oppose"
    assert category(Side.CHALLENGER, quiet, quiet, Action.JOIN_TARGET) == "oppose"
    assert category(Side.TARGET, quiet, quiet, Action.STATE_CHALLENGER) == "none"
