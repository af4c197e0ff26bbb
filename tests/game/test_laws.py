"""Laws that the game obeys whatever the numbers."""

from functools import partial

import jax
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from foedus.core.kinds import Action, Obligation, Reading, Side
from foedus.core.params import fix, load, take
from foedus.core.streams import Purpose, entity, uniforms
from foedus.core.world import World
from foedus.game import wills
from foedus.game.challenge import attack_and_resist
from foedus.game.joining import choose, solve
from tests.game.rounds import begin, cast, decide, settle, streams
from tests.game.stages import single, stage
from tests.worlds import STATES, world

RUNS = 64
DRAWS = np.arange(RUNS)
ALY, CHA, PAT, SEA, TAR = (STATES.index(code) for code in ("ALY", "CHA", "PAT", "SEA", "TAR"))
LEAGUE, PACT = 0, 1
JOIN_TARGET, JOIN_CHALLENGER = Action.JOIN_TARGET, Action.JOIN_CHALLENGER
AXES = {name: hint.dim_str.split() for name, hint in World.__annotations__.items()}
solved = jax.jit(solve)
draw = jax.jit(wills.draw)
some = partial(settings, suppress_health_check=[HealthCheck.function_scoped_fixture])


def play_of(place, dtype=float, params=None, **situation):
    """Third parties' mixed actions [action, state, run], in 64 prior draws."""
    ready = begin(place, DRAWS, 17 * DRAWS, params, dtype=dtype)
    ready = ready._replace(situation=ready.situation._replace(**situation))
    return np.stack(settle(ready).play)


# -------------------------------------------------------------------------- probabilities


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 4))
@some(max_examples=30)
def test_probabilities_sum_to_one_over_free_parties(seed, rationality):
    rng = np.random.default_rng(seed)
    crises = stage(4, 16, seed)._replace(free=rng.random((4, 16)) < 0.7, rationality=rationality)
    play = np.stack(solved(single(crises)).play)
    assert (play >= 0).all()
    np.testing.assert_allclose(play.sum(0), crises.free, atol=1e-6)


# ------------------------------------------------------------------------------- duties


def bilateral(**changes):
    """ALY alone is bound to TAR and PAT alone to CHA, so each duty is one state's own."""
    member = world().member.copy()
    member[LEAGUE, SEA] = False
    return world(member=member, **changes)


def duties(covered, triggered, kinds, on_request):
    promise = np.zeros((2, len(Obligation)))
    promise[:, sorted(kinds)] = 1
    both = lambda reading: np.full((2, 2), reading, np.int32)  # noqa: E731
    return {
        "covered": both(covered),
        "triggered": both(triggered),
        "promise": promise,
        "on_request": np.full(2, on_request),
    }


def bound(treaty, side, scope, cause, kinds, asked):
    """ALY's and PAT's answers where one treaty promises this, and is so covered and triggered."""
    covered, triggered, promise = (
        getattr(world(), name).copy() for name in ("covered", "triggered", "promise")
    )
    covered[side, treaty], triggered[side, treaty], promise[treaty] = scope, cause, 0
    promise[treaty, sorted(kinds)] = 1
    called = np.zeros((2, RUNS), bool)
    called[treaty] = asked
    place = bilateral(covered=covered, triggered=triggered, promise=promise)
    return play_of(place, asked=called)


ladder = st.lists(st.sampled_from(list(Reading)), min_size=2, max_size=2).map(sorted)
helping = st.sets(
    st.sampled_from([Obligation.DEFENSE, Obligation.OFFENSE, Obligation.CONSULTATION])
)
asking = st.lists(st.booleans(), min_size=2, max_size=2).map(sorted)


@pytest.mark.parametrize(
    ("treaty", "side", "state"), [(LEAGUE, Side.TARGET, ALY), (PACT, Side.CHALLENGER, PAT)]
)
@given(ladder, ladder, helping, helping, asking)
@some(max_examples=15)
@pytest.mark.usefixtures("double")
def test_more_duty_scope_or_request_never_lowers_ones_own_joining(
    treaty, side, state, scope, cause, less, more, asked
):
    kinds, action = (less, less | more), JOIN_TARGET + side
    low, high = (bound(treaty, side, scope[i], cause[i], kinds[i], asked[i]) for i in range(2))
    assert (high[action, state] >= low[action, state] - 1e-10).all()


@pytest.mark.usefixtures("double")
def test_a_duty_in_full_raises_joining():
    wide = duties(Reading.YES, Reading.YES, {Obligation.DEFENSE}, on_request=False)
    none = duties(Reading.YES, Reading.NO, {Obligation.DEFENSE}, on_request=False)
    bound, free = play_of(bilateral(**wide)), play_of(bilateral(**none))
    assert (bound[JOIN_TARGET, ALY] > free[JOIN_TARGET, ALY]).all()


# ----------------------------------------------------------------------------- symmetry


def permuted(place: World, order, keep=()) -> World:
    """State `order[i]` in place i, with all that is its own but the fields in `keep`."""
    order, changes = np.asarray(order), {}
    for name, axes in AXES.items():
        value = getattr(place, name)
        for axis, word in enumerate(axes):
            if word in ("state", "observer", "ally") and name not in keep:
                value = np.take(value, order, axis)
        changes[name] = value
    place_of = np.argsort(order).astype(np.int32)
    moved = {name: place_of[getattr(place, name)] for name in ("challenger", "target", "leader")}
    return place._replace(**{**changes, **moved})


@given(st.permutations(range(6)))
@some(max_examples=10)
@pytest.mark.usefixtures("double")
def test_permuting_states_permutes_probabilities(order):
    got, play = play_of(permuted(world(), order)), play_of(world())
    np.testing.assert_allclose(got, play[:, order], atol=1e-6)


@given(st.sampled_from([(ALY, SEA), (ALY, PAT), (TAR, CHA), (PAT, TAR)]))
@some(max_examples=4)
@pytest.mark.usefixtures("double")
def test_swapping_names_and_covariates_swaps_answers(pair):
    """With types alike, nothing but the unexplained will knows a name."""
    order = np.arange(6)
    order[list(pair)] = pair[::-1]
    params = fix(load().params, {"joining.steadfast": 0.0})
    swapped = permuted(world(), order, keep=["state_entity"])
    got, play = play_of(swapped, params=params), play_of(world(), params=params)
    np.testing.assert_allclose(got, play[:, order], atol=1e-9)


def test_names_do_not_matter_to_how_often_anybody_joins():
    order, draws = np.array([SEA, 1, 2, 3, ALY, 5]), np.arange(512)
    keen = fix(load().params, {"joining.intercept": -0.5, "joining.early": 1.0})
    shares = []
    for place in (world(), permuted(world(), order, keep=["state_entity"])):
        ready = begin(place, draws, draws, keen)
        fought = ready.situation._replace(fought=np.full(512, 30, np.float32))
        _, moves = decide(ready._replace(situation=fought))
        shares.append(np.asarray(moves.action == JOIN_TARGET).mean(1))
    error = np.sqrt(2 * 0.25 / 512)
    np.testing.assert_allclose(shares[1], shares[0][order], atol=4 * error)


def with_bystander(place: World, at: int) -> World:
    """One more state, with no ties, no power and no say."""
    changes = {}
    for name, axes in AXES.items():
        value = getattr(place, name)
        for axis, word in enumerate(axes):
            if word in ("state", "observer", "ally"):
                value = np.insert(value, at, 0, axis)
        changes[name] = value
    changes["state_entity"][at] = entity("BYS")
    changes["capability"][at] = 1e-4
    shifted = {
        name: (getattr(place, name) + (getattr(place, name) >= at)).astype(np.int32)
        for name in ("challenger", "target", "leader")
    }
    return place._replace(**{**changes, **shifted})


@pytest.mark.parametrize("at", [0, 3, 6])
def test_a_bystander_changes_nobody_elses_draws(at):
    params = cast(take(load().params, DRAWS))
    before = draw(streams(DRAWS), params, cast(world(RUNS)))
    after = draw(streams(DRAWS), params, cast(with_bystander(world(RUNS), at)))
    for name, axis in {"urge": 1, "delay": 0, "steadfast": 0}.items():
        alone = np.delete(np.asarray(getattr(after, name)), at, axis)
        np.testing.assert_array_equal(alone, getattr(before, name))
    for name in ("side", "ask", "resist"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


@pytest.mark.usefixtures("double")
def test_a_bystander_changes_nobody_elses_probabilities():
    got = np.delete(play_of(with_bystander(world(), 3)), 3, 1)
    np.testing.assert_allclose(got, play_of(world()), atol=1e-9)


# ---------------------------------------------------------------------- wills and delays

MANY = 20_000
SIGMA = np.array([0.45, 0.1, 0.1, 0.05, 0.2, 0.1])
ERROR = 4 / np.sqrt(4 * MANY)  # four standard errors of a share, at most


@pytest.fixture(scope="module")
def drawn():
    """Wills of one state in many runs, all of one parameter draw."""
    params = cast(take(load().params, np.zeros(MANY, int)))
    place = cast(world())
    return draw(streams(np.arange(MANY)), params, place), params


def constant_play():
    return tuple(np.full((6, MANY), p, np.float32) for p in SIGMA)


def entered(drawn, days):
    """What each state has committed itself to once the last of `days` has passed."""
    play, committed = constant_play(), np.full((6, MANY), -1)
    for day in days:
        chosen = choose(play, drawn.urge, day >= np.asarray(drawn.delay), committed)
        committed = np.where(np.asarray(chosen) >= JOIN_TARGET, chosen, -1)
    return committed


def ready_by(params, day):
    """Probability that a state is able to fight by a day: F of the record's mixture."""
    joining = jax.tree.map(lambda a: float(np.ravel(a)[-1]), params.joining)
    slow = ndtr(np.log(max(day, 1e-9) / joining.delay) / joining.delay_sd)
    return joining.early * min(day / 7, 1) + (1 - joining.early) * slow


@pytest.mark.parametrize("day", [7, 28, 91])
def test_cumulative_entry_does_not_depend_on_the_clock(drawn, day):
    weekly, daily = (entered(drawn[0], range(0, day + 1, step)) for step in (7, 1))
    np.testing.assert_array_equal(weekly, daily)
    for action in (JOIN_TARGET, JOIN_CHALLENGER):
        share = (weekly == action).mean(1)
        np.testing.assert_allclose(share, SIGMA[action] * ready_by(drawn[1], day), atol=ERROR)


@pytest.mark.parametrize("day", [1, 3.5, 7, 14, 39, 64, 120, 365])
def test_entry_delays_follow_the_records_mixture(drawn, day):
    share = (np.asarray(drawn[0].delay) <= day).mean(1)
    np.testing.assert_allclose(share, ready_by(drawn[1], day), atol=ERROR)


def test_choices_are_as_frequent_as_they_are_probable(drawn):
    chosen = choose(constant_play(), drawn[0].urge, np.True_ | (drawn[0].delay > 0), -1)
    for action in Action:
        share = np.asarray(chosen == action).mean(1)
        np.testing.assert_allclose(share, SIGMA[action], atol=ERROR)


def test_until_it_is_ready_a_state_does_the_best_of_the_rest(drawn):
    never = np.zeros((6, MANY), bool)
    chosen = np.asarray(choose(constant_play(), drawn[0].urge, never, -1))
    rest = SIGMA[:JOIN_TARGET] / SIGMA[:JOIN_TARGET].sum()
    for action, share in zip(Action, rest, strict=False):
        np.testing.assert_allclose((chosen == action).mean(1), share, atol=ERROR)


def test_wills_of_different_states_are_independent(drawn):
    gumbels = np.log(np.asarray(drawn[0].urge)).reshape(-1, MANY)
    correlation = np.corrcoef(gumbels) - np.eye(len(gumbels))
    assert np.abs(correlation).max() < 5 / np.sqrt(MANY)


def test_types_are_as_frequent_as_trust(drawn):
    trust = float(drawn[1].alliance.trust[0])
    share = (np.asarray(drawn[0].steadfast) > 0).mean(1)
    np.testing.assert_allclose(share, trust, atol=ERROR)


def test_a_type_belongs_to_a_state_and_not_to_a_dispute():
    params, run = cast(take(load().params, DRAWS)), streams(DRAWS)
    other = world(RUNS, dispute_entity=np.uint32(entity("another")))
    one, two = (draw(run, params, cast(place)) for place in (world(RUNS), other))
    np.testing.assert_array_equal(one.steadfast, two.steadfast)
    assert (one.delay != two.delay).all()
    u, *_ = uniforms(run, 0, Purpose.KIND, other.state_entity, np.float32)
    np.testing.assert_array_equal(np.asarray(u) < params.alliance.trust, one.steadfast > 0)


# ---------------------------------------------------------------------------- deterrence


@given(st.floats(0.05, 0.95), st.floats(0, 3), st.floats(0, 3))
@some(max_examples=60)
@pytest.mark.usefixtures("double")
def test_more_expected_help_never_raises_the_chance_of_attack(win, one, other):
    """Help multiplies the target's strength; the odds of winning fall with it."""
    params = take(load().params, np.arange(200))
    less, more = sorted((one, other))
    chance = [attack_and_resist(params, win * np.exp(-0.4 * h), h) for h in (less, more)]
    assert (chance[1].attack <= chance[0].attack + 1e-12).all()
    assert (chance[1].resist >= chance[0].resist - 1e-12).all()


def test_an_ally_sure_to_come_deters():
    """In the whole round: challengers at peace attack less often where a duty is due."""
    kinds = {Obligation.DEFENSE}
    eager = fix(load().params, {"crisis.attack_intercept": 0.0, "joining.obligation": 6.0})
    attacks = []
    for trigger in (Reading.NO, Reading.YES):
        place = world(**duties(Reading.YES, trigger, kinds, False), ignites=np.bool_(False))
        draws = np.arange(512)
        _, moves = decide(begin(place, draws, draws, eager))
        attacks.append(np.asarray(moves.attacks | moves.yields))
    assert (attacks[1] <= attacks[0]).mean() > 0.99
    assert attacks[1].mean() < attacks[0].mean()
