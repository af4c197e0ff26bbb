"""What is learnt of an ally from what it did: nothing where nothing was due."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.reputation import decides, fade, fought_for_target, join_by_type, lesson
from foedus.alliance.revise import revise
from foedus.core.kinds import Action
from foedus.core.situation import Moves
from tests.game.rounds import begin, streams
from tests.worlds import STATES, world

ALY = STATES.index("ALY")
JOIN, STAY = Action.JOIN_TARGET, Action.ABSTAIN
share = st.floats(0.02, 0.98)
weight = st.tuples(st.floats(0, 2), st.floats(0.1, 2)).map(lambda w: (w[0] + w[1], w[0]))


def moves(probability, owed, weights, action=STAY, steadfast=True) -> Moves:
    """One state in one run; `weights` of a duty to the steadfast type and the other."""
    one = lambda x: jnp.full((1, 1), x, jnp.float32)  # noqa: E731
    actual = weights[0] if steadfast else weights[1]
    no = jnp.zeros((1, 1), bool)
    return Moves(
        action=jnp.full((1, 1), action),
        asked=no,
        attacks=no[0],
        yields=no[0],
        join_probability=one(probability),
        owed=one(owed),
        weight=jnp.stack([one(actual), one(weights[0]), one(weights[1])]),
        residual=one(0)[0],
        sweeps=one(0)[0],
    )


def learnt(*args, **kwargs):
    said = moves(*args, **kwargs)
    return float(lesson(said, fought_for_target(said))[0, 0])


@given(share, weight, st.sampled_from([JOIN, STAY]))
def test_where_nothing_was_due_nothing_is_learnt_to_the_bit(probability, weights, action):
    assert learnt(probability, 0.0, weights, action) == 0.0


@given(share, st.floats(0.05, 1), weight)
def test_coming_when_due_earns_trust_and_staying_out_loses_it(probability, owed, weights):
    assert learnt(probability, owed, weights, JOIN) > 0
    assert learnt(probability, owed, weights, STAY) < 0


@given(st.floats(0.02, 0.5), st.floats(0.1, 0.9), st.floats(0.02, 0.1), weight)
def test_the_more_surely_it_was_due_the_more_is_learnt(absent, owed, more, weights):
    """What one would do without a duty held fixed."""
    surer = [_after(absent, o, weights) for o in (owed, owed + more)]
    for action in (JOIN, STAY):
        less, greater = (
            abs(learnt(p, o, weights, action))
            for p, o in zip(surer, (owed, owed + more), strict=True)
        )
        assert greater > less


def _after(absent, owed, weights):
    """Probability of joining once `owed` is due, for the steadfast type."""
    odds = absent / (1 - absent) * np.exp(owed * weights[0])
    return odds / (1 + odds)


@given(share, st.floats(0, 1), weight, st.booleans())
def test_the_steadfast_are_likelier_to_come(probability, owed, weights, steadfast):
    keen, other = join_by_type(moves(probability, owed, weights, steadfast=steadfast))
    assert keen >= other - 1e-6


@pytest.mark.parametrize("probability", [0.0, 1e-30, 1.0])
@pytest.mark.parametrize("action", [JOIN, STAY])
def test_certainty_teaches_finitely(probability, action):
    assert np.isfinite(learnt(probability, 0.7, (3.0, 1.0), action))


def test_who_fights_already_teaches_nothing_more():
    already = moves(0.0, 1.0, (3.0, 1.0), JOIN)
    assert not decides(already).any()
    assert lesson(already, fought_for_target(already)) == 0
    assert decides(moves(0.3, 1.0, (3.0, 1.0), JOIN)).all()
    assert not decides(moves(0.3, 1.0, (3.0, 1.0), STAY)).any()


def test_a_lesson_fades():
    year = float(fade(1.0, 0.1, 365.25))
    assert year == pytest.approx(0.9)
    assert float(fade(fade(1.0, 0.1, 100.0), 0.1, 265.25)) == pytest.approx(year)
    assert float(fade(-2.0, 0.0, 1e4)) == -2.0


@pytest.fixture(scope="module")
def day_0():
    return begin(world(), np.arange(8), np.arange(8))


@pytest.fixture(scope="module")
def step():
    return jax.jit(lambda ready, said, ended: revise(streams(np.arange(8)), *ready, said, ended, 0))


def conduct(action, probability, owed):
    """ALY's action, and what it owed and was expected to do; nobody else owes anything."""
    only = (np.arange(6) == ALY)[:, None] * np.ones((6, 8), np.float32)
    return moves(0.5, 0.0, (2.0, 1.0))._replace(
        action=jnp.asarray(only * action, jnp.int32),
        join_probability=jnp.asarray(only * probability, jnp.float32),
        owed=jnp.asarray(only * owed, jnp.float32),
        weight=jnp.stack([jnp.full((6, 8), w, jnp.float32) for w in (2.0, 2.0, 1.0)]),
    )


@pytest.mark.parametrize(
    ("action", "probability", "ended", "sign"),
    [
        (STAY, 0.4, False, 0),  # may still come
        (STAY, 0.4, True, -1),
        (JOIN, 0.4, False, 1),  # enters this week
        (JOIN, 0.4, True, 1),
        (JOIN, 0.0, True, 0),  # entered, and was judged, before
        (Action.JOIN_CHALLENGER, 0.4, False, -1),
    ],
)
def test_an_ally_is_judged_when_it_enters_or_when_the_war_ends(
    day_0, step, action, probability, ended, sign
):
    said = conduct(action, probability, 1.0)
    after = step(day_0[:3], said, np.full(8, ended))
    assert (np.sign(after.evidence[ALY]) == sign).all()
    assert (np.delete(np.asarray(after.evidence), ALY, 0) == 0).all()


def test_where_nothing_was_due_a_war_changes_no_trust(day_0, step):
    after = step(day_0[:3], conduct(STAY, 0.4, 0.0), np.full(8, True))
    assert (np.asarray(after.evidence) == 0).all()
