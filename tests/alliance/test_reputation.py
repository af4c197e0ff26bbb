"""What is learnt of an ally from what it did: nothing where nothing was due."""

from itertools import pairwise, permutations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.reputation import by_type, fade, likelihood, news
from foedus.alliance.revise import Week, learn
from foedus.core import features
from foedus.core.features import learnt
from foedus.core.kinds import Action, Grade, Obligation, Reading, Side
from foedus.core.params import fix, load
from foedus.core.situation import Moves
from tests.game.rounds import begin, decide
from tests.worlds import STATES, world

ALY, CHA, TAR = (STATES.index(code) for code in ("ALY", "CHA", "TAR"))
JOIN, STAY = Action.JOIN_TARGET, Action.ABSTAIN
NARROW, WIDE = 0.0, 1.0
RUNS = np.arange(64)
share = st.floats(0.02, 0.98)
due = st.floats(0.05, 1)
weight = st.tuples(st.floats(0, 2), st.floats(0.1, 2)).map(lambda w: (w[0] + w[1], w[0]))
conduct = st.sampled_from([JOIN, STAY])
less = st.lists(st.floats(0.01, 0.2), min_size=4, max_size=4)
DUTY = (0.1, 0.3, 0.5, 0.8, 1.0)


def moves(
    probability, owed, weights, action=STAY, felt=None, steadfast=True, less=(0, 0, 0, 0)
) -> Moves:
    """One state in one run; `owed` by each reading, `weights` of a duty to each type.

    `probability` is that of fighting; those of helping with less are shares of the rest.
    """
    one = lambda x: jnp.full((1, 1), x, jnp.float32)  # noqa: E731
    narrow, wide = owed if isinstance(owed, tuple) else (owed, owed)
    actual = weights[0] if steadfast else weights[1]
    no = jnp.zeros((1, 1), bool)
    return Moves(
        action=jnp.full((1, 1), action),
        asked=no,
        attacks=no[0],
        yields=no[0],
        enters=no | (action >= Action.JOIN_TARGET),
        helps=jnp.stack([one(share * (1 - probability)) for share in less] + [one(probability)]),
        duty=jnp.asarray(DUTY, jnp.float32)[:, None],
        felt=one(wide if felt is None else felt),
        owed=jnp.stack([one(narrow), one(wide)]),
        weight=jnp.stack([one(actual), one(weights[0]), one(weights[1])]),
        residual=one(0)[0],
    )


def taught(said: Moves, wide) -> float:
    """What conduct adds to the log-odds that an ally is steadfast, for one who reads so."""
    return float(learnt(likelihood(said)[..., 0, 0], wide))


@given(share, weight, conduct, st.floats(0, 1), st.floats(0, 1))
def test_where_nothing_was_due_nothing_is_learnt_to_the_bit(
    probability, weights, action, felt, wide
):
    """However much of a duty the ally felt, and however its observer reads."""
    assert taught(moves(probability, 0.0, weights, action, felt), wide) == 0.0


@given(share, due, weight, st.sampled_from([NARROW, 0.4, WIDE]))
def test_coming_when_due_earns_trust_and_staying_out_loses_it(probability, owed, weights, wide):
    assert taught(moves(probability, owed, weights, JOIN), wide) > 0
    assert taught(moves(probability, owed, weights, STAY), wide) < 0


@given(share, due, weight, conduct, st.floats(0.01, 0.99))
def test_of_a_disputed_case_the_wide_reader_learns_and_the_narrow_one_nothing(
    probability, owed, weights, action, mixed
):
    """Who may read either way learns something in between."""
    said = moves(probability, (0.0, owed), weights, action)
    narrow, between, wide = (taught(said, reader) for reader in (NARROW, mixed, WIDE))
    assert narrow == pytest.approx(0, abs=1e-6)
    assert (wide > 0) == (action == JOIN)
    assert abs(between) <= abs(wide) + 1e-6
    assert between * wide >= -1e-9


@given(share, due, due, weight, conduct, st.floats(0, 1))
def test_mixtures_of_readings_teach_between_them(probability, one, other, weights, action, mixed):
    said = moves(probability, (one, other), weights, action)
    ends = sorted(taught(said, reader) for reader in (NARROW, WIDE))
    assert ends[0] - 1e-5 <= taught(said, mixed) <= ends[1] + 1e-5


@given(st.floats(0.02, 0.5), st.floats(0.1, 0.9), st.floats(0.02, 0.1), weight)
def test_the_more_surely_it_was_due_the_more_is_learnt(absent, owed, more, weights):
    """What one would do without a duty held fixed."""
    surer = [_after(absent, o, weights) for o in (owed, owed + more)]
    for action in (JOIN, STAY):
        less, greater = (
            abs(taught(moves(p, o, weights, action), WIDE))
            for p, o in zip(surer, (owed, owed + more), strict=True)
        )
        assert greater > less


def _after(absent, owed, weights):
    """Probability of joining once `owed` is due, for the steadfast type."""
    odds = absent / (1 - absent) * np.exp(owed * weights[0])
    return odds / (1 + odds)


@given(share, st.floats(0, 1), weight, st.booleans())
def test_the_steadfast_are_likelier_to_come(probability, owed, weights, steadfast):
    keen, other = by_type(moves(probability, owed, weights, steadfast=steadfast))
    assert (keen[:, -1] >= other[:, -1] - 1e-6).all()


@given(share, weight, less)
def test_help_short_of_war_speaks_for_an_ally_by_how_much_a_duty_moves_it_to_that(
    probability, weights, less
):
    """More than staying out, mediating or helping the other side, which are all one."""
    by = {a: taught(moves(probability, 1.0, weights, a, less=less), WIDE) for a in Action}
    graded = [by[STAY], *(by[Action.of(grade, Side.TARGET)] for grade in Grade)]
    assert graded == sorted(graded)
    assert graded[0] < 0 < graded[-1]
    assert all(b - a > 1e-6 for a, b in pairwise(graded))
    rest = {by[a] for a in Action if a < 2 or a.side == Side.CHALLENGER}
    assert rest == {by[STAY]}


@given(share, st.floats(0, 1), weight, less, st.booleans())
def test_chances_of_conduct_sum_to_one_for_each_type_and_reading(
    probability, owed, weights, less, steadfast
):
    def said(action):
        kept = moves(probability, owed, weights, action, steadfast=steadfast, less=less)
        return np.exp(np.asarray(likelihood(kept), float))

    whole = said(STAY) + sum(said(Action.of(grade, Side.TARGET)) for grade in Grade)
    np.testing.assert_allclose(whole, 1, rtol=1e-5)


@given(share, st.floats(0, 1), weight, less)
def test_one_as_it_is_acts_as_the_round_says(probability, owed, weights, less):
    """A duty taken off and put on again, to the same type, changes nothing."""
    said = moves(probability, 1.0, weights, felt=1.0, less=less)
    keen, _ = by_type(said)
    np.testing.assert_allclose(keen[0, 1:], said.helps, rtol=2e-4, atol=1e-6)


@pytest.mark.parametrize("weights", [(3.0, 1.0), (40.0, 1.0)])
@pytest.mark.parametrize("probability", [0.0, 1e-30, 1.0])
@pytest.mark.parametrize("action", [JOIN, STAY])
@pytest.mark.parametrize("wide", [NARROW, 0.5, WIDE])
def test_certainty_teaches_finitely(probability, action, wide, weights):
    assert np.isfinite(taught(moves(probability, (0.0, 0.7), weights, action, felt=1.0), wide))


@pytest.mark.parametrize(
    ("action", "probability", "ended", "sign"),
    [
        (STAY, 0.4, False, 0),  # may still come
        (STAY, 0.4, True, -1),
        (JOIN, 0.4, False, 1),  # enters this week
        (JOIN, 0.4, True, 1),
        (JOIN, 0.0, True, 0),  # entered, and was judged, before
        (Action.JOIN_CHALLENGER, 0.4, False, -1),
        (Action.STATE_TARGET, 0.4, True, -1),  # words are little
        (Action.DENIABLE_TARGET, 0.4, True, 1),  # force is much, owned up to or not
        (Action.DEPLOY_TARGET, 0.4, False, 0),
    ],
)
@pytest.mark.parametrize("party", [True, False])
def test_an_ally_is_judged_when_it_enters_or_when_the_war_ends(
    action, probability, ended, sign, party
):
    said = moves(probability, 1.0, (3.0, 1.0), action, less=(0.05,) * 4)
    found = news(said, jnp.full((1, 1), party), jnp.full(1, ended))
    assert np.sign(float(learnt(found[..., 0, 0], WIDE))) == (sign if party else 0)


def test_a_lesson_fades():
    year = float(fade(1.0, 0.1, 365.25))
    assert year == pytest.approx(0.9)
    assert float(fade(fade(1.0, 0.1, 100.0), 0.1, 265.25)) == pytest.approx(year)
    assert float(fade(-2.0, 0.0, 1e4)) == -2.0


# ---------------------------------------------------------------------- in whole rounds

judged = jax.jit(lambda said, party, ended: news(said, party, ended))


def after_a_war(case, params=None):
    """A round, and what a war that ended in it teaches [type, reading, ally, run]."""
    ready = begin(case, RUNS, 17 * RUNS, params)
    said = decide(ready)[1]
    return ready, said, judged(said, ready.dispute.party, np.ones(64, bool))


def trust_of(ready, lessons, observer, reads):
    world_ = ready.world._replace(reads=np.full(6, reads))
    who = np.arange(6)[:, None] == np.full(64, observer)
    known = ready.alliances._replace(lessons=lessons)
    told = features.news(ready.params, world_, known, who)
    return np.asarray(features.trust(ready.params, world_, told, who))


def readings(covered, triggered=Reading.YES):
    both = lambda r: np.full((2, 2), r, np.int32)  # noqa: E731
    promise = np.zeros((2, len(Obligation)))
    promise[:, Obligation.DEFENSE] = 1
    return {"covered": both(covered), "triggered": both(triggered), "promise": promise}


READY = fix(load().params, {"joining.intercept": -3.0, "joining.side_sd": 1.0})
"""Allies that do come, so that coming and staying away both teach something."""


@pytest.mark.parametrize("observer", [TAR, CHA])
def test_trust_follows_the_verdict_and_the_reading(observer):
    """Due by no reading: nobody's trust moves. By some: the wide reader's alone. By all: both."""
    for covered in Reading:
        ready, said, lessons = after_a_war(world(**readings(covered)), READY)
        before = {r: trust_of(ready, 0 * lessons, observer, r) for r in Reading}
        after = {r: trust_of(ready, lessons, observer, r) for r in Reading}
        change = {r: (after[r] - before[r])[ALY] for r in Reading}
        came = np.asarray(said.action[ALY] == JOIN)
        idle = ~np.isin(said.action[ALY], [Action.of(grade, Side.TARGET) for grade in Grade])
        for reads in Reading:
            if covered == Reading.NO:
                np.testing.assert_array_equal(after[reads], before[reads])
            elif covered == Reading.DISPUTED and reads == Reading.NO:
                np.testing.assert_allclose(after[reads], before[reads], atol=1e-6)
            else:
                assert (change[reads][idle] < 0).all()
                assert (change[reads][came] > 0).all()
        assert (np.abs(change[Reading.NO]) <= np.abs(change[Reading.YES]) + 1e-6).all()


def test_a_duty_felt_beyond_the_treaty_is_no_test_of_trust():
    """ALY feels bound where every reading puts the place outside; observers learn nothing."""
    _, said, lessons = after_a_war(world(**readings(Reading.NO)))
    assert (said.felt[ALY] > 0).all()
    np.testing.assert_array_equal(learnt(lessons, jnp.full((6, 64), 0.5)), 0)


def test_trust_does_not_depend_on_the_order_of_lessons():
    ready, _, first = after_a_war(world(**readings(Reading.YES)))
    others = (0.3 * first - 1, jnp.roll(first, 3, -1), -0.5 * jnp.flip(first, -1))
    nobody, none = jnp.zeros((12, 64), bool), jnp.zeros((6, 64))
    found = []
    for order in permutations((first, *others)):
        known = ready.alliances
        for lesson in order:
            known = learn(ready.params, ready.world, known, Week(lesson, nobody, nobody, none))
        found.append(trust_of(ready, known.lessons, TAR, Reading.DISPUTED))
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], atol=2e-6)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_observers_take_in_so_much_of_what_conduct_teaches(share):
    """Nothing at 0; at 1 all that Bayes' rule gives. Signals are no part of it."""
    ready, _, lesson = after_a_war(world(**readings(Reading.YES)), fix(READY, learns(share)))
    nobody, none = jnp.zeros((12, 64), bool), jnp.zeros((6, 64))
    known = ready.alliances._replace(heard=ready.alliances.heard + 0.7)
    after = learn(ready.params, ready.world, known, Week(lesson, nobody, nobody, none))
    np.testing.assert_allclose(after.lessons, share * lesson, rtol=1e-6)
    np.testing.assert_array_equal(after.heard, known.heard)


def learns(share):
    return {"alliance.learning": share}
