"""Laws that the game obeys whatever the numbers."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from foedus.core import features
from foedus.core.features import PLAN
from foedus.core.kinds import Action, Grade, Obligation, Reading, Side
from foedus.core.params import fix, take
from foedus.core.streams import Purpose, entity, uniforms
from foedus.core.world import Dispute, World
from foedus.game import wills
from foedus.game.challenge import attack_and_resist, readiness
from foedus.game.joining import choose, gather, respond, solve
from foedus.game.play import pressed
from foedus.simulate.ensemble import spread
from tests.game.rounds import PRIOR, WILLING, begin, cast, decide, settle, streams
from tests.game.stages import compiled, single, stage
from tests.worlds import STATES, place, world

GRADES = ("statement_", "aid_", "deploy_", "deniable_", "mediate_")
RUNS = 64
DRAWS = np.arange(RUNS)
ALY, CHA, PAT, SEA, TAR = (STATES.index(code) for code in ("ALY", "CHA", "PAT", "SEA", "TAR"))
LEAGUE, PACT = 0, 1
JOIN_TARGET, JOIN_CHALLENGER = Action.JOIN_TARGET, Action.JOIN_CHALLENGER
solved = compiled(solve)
some = partial(settings, suppress_health_check=[HealthCheck.function_scoped_fixture])


def play_of(place, dtype=float, params=None, **conflict):
    """Third parties' mixed actions [action, state, run], in 64 prior draws."""
    ready = begin(place, DRAWS, 17 * DRAWS, params, dtype=dtype).with_conflict(**conflict)
    return np.stack(settle(ready).play)


# -------------------------------------------------------------------------- probabilities


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 4))
@some(max_examples=30)
def test_probabilities_sum_to_one_over_free_parties(seed, rationality):
    rng = np.random.default_rng(seed)
    free, pace = rng.random((4, 16)) < 0.7, np.array(rationality)
    crises = stage(4, 16, seed)._replace(free=free, rationality=pace)
    play = np.stack(solved(single(crises)).play)
    assert play.shape[0] == len(Action) == 12
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
        a.copy() for a in (place().covered, place().triggered, world().promise)
    )
    covered[side, treaty], triggered[side, treaty], promise[treaty] = scope, cause, 0
    promise[treaty, sorted(kinds)] = 1
    called = np.zeros((2, RUNS), bool)
    called[treaty] = asked
    case = bilateral(covered=covered, triggered=triggered, promise=promise)
    return play_of(case, asked=called)


readings = st.lists(st.sampled_from(list(Reading)), min_size=2, max_size=2).map(sorted)
helping = st.sets(
    st.sampled_from([Obligation.DEFENSE, Obligation.OFFENSE, Obligation.CONSULTATION])
)
asking = st.lists(st.booleans(), min_size=2, max_size=2).map(sorted)


@pytest.mark.parametrize(
    ("treaty", "side", "state"), [(LEAGUE, Side.TARGET, ALY), (PACT, Side.CHALLENGER, PAT)]
)
@given(readings, readings, helping, helping, asking)
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


def axes(kind) -> dict[str, list[str]]:
    """Names of the axes of each array of a world or of its disputes."""
    hints = kind.__annotations__.items()
    return {name: hint.dim_str.split() for name, hint in hints if hasattr(hint, "dim_str")}


def along_states(part: World | Dispute, change, keep=()):
    """The same with every axis of states changed, but of the fields in `keep`."""
    changes = {}
    for name, words in axes(type(part)).items():
        value = getattr(part, name)
        for axis, word in enumerate(words):
            if word in ("state", "observer", "ally") and name not in keep:
                value = change(value, axis)
        changes[name] = value
    return part._replace(**changes)


def renumbered(place: World, change, number, keep=()) -> World:
    """A world whose states stand elsewhere; `number` is the new place of each old one."""
    dispute = along_states(place.dispute, change)
    moved = {side: number(getattr(dispute, side)) for side in ("challenger", "target")}
    whole = along_states(place, change, keep)
    return whole._replace(leader=number(whole.leader), dispute=dispute._replace(**moved))


def permuted(place: World, order, keep=()) -> World:
    """State `order[i]` in place i, with all that is its own but the fields in `keep`."""
    place_of = np.argsort(order).astype(np.int32)
    change = lambda a, axis: np.take(a, order, axis)  # noqa: E731
    return renumbered(place, change, lambda i: place_of[i], keep)


@given(st.permutations(range(6)))
@some(max_examples=10)
@pytest.mark.usefixtures("double")
def test_permuting_states_permutes_probabilities(order):
    got, play = play_of(permuted(world(), np.array(order))), play_of(world())
    np.testing.assert_allclose(got, play[:, order], atol=1e-6)


@given(st.sampled_from([(ALY, SEA), (ALY, PAT), (TAR, CHA), (PAT, TAR)]))
@some(max_examples=4)
@pytest.mark.usefixtures("double")
def test_swapping_names_and_covariates_swaps_answers(pair):
    """With types alike, nothing but the unexplained will knows a name."""
    order = np.arange(6)
    order[list(pair)] = pair[::-1]
    params = fix(PRIOR, {"joining.steadfast": 0.0})
    swapped = permuted(world(), order, keep=["state_entity"])
    got, play = play_of(swapped, params=params), play_of(world(), params=params)
    np.testing.assert_allclose(got, play[:, order], atol=1e-9)


def test_names_do_not_matter_to_how_often_anybody_joins():
    order, draws = np.array([SEA, 1, 2, 3, ALY, 5]), np.arange(512)
    keen = fix(PRIOR, {**WILLING, "joining.intercept": -0.5, "joining.early": 1.0})
    shares = []
    for case in (world(), permuted(world(), order, keep=["state_entity"])):
        ready = begin(case, draws, draws, keen).with_conflict(fought=np.full(512, 30, np.float32))
        _, moves, _ = decide(ready)
        shares.append(np.asarray(moves.action == JOIN_TARGET).mean(1))
    error = np.sqrt(2 * 0.25 / 512)
    np.testing.assert_allclose(shares[1], shares[0][order], atol=4 * error)


def with_bystander(place: World, at: int, capability=1e-4, party=False) -> World:
    """One more state, with no ties and no say."""
    insert = lambda a, axis: np.insert(a, at, 0, axis)  # noqa: E731
    more = renumbered(place, insert, lambda i: (i + (i >= at)).astype(np.int32))
    more.state_entity[at], more.capability[at] = entity("BYS"), capability
    more.dispute.party[at] = party
    return more


@jax.jit
def _wills(streams, params, world):
    return wills.draw(streams, params, world, world.dispute)


def draw(streams, params, world):
    """Wills of some runs, one draw of the world and of the parameters each."""
    _, world = spread(params, world, np.arange(len(streams.run)) % world.capability.shape[-1])
    return _wills(streams, params, world)


@pytest.mark.parametrize("at", [0, 3, 6])
def test_a_bystander_changes_nobody_elses_draws(at):
    params = cast(take(PRIOR, DRAWS))
    before = draw(streams(DRAWS), params, cast(world(RUNS)))
    after = draw(streams(DRAWS), params, cast(with_bystander(world(RUNS), at)))
    for name, axis in {"urge": 1, "delay": 0, "steadfast": 0}.items():
        kept = np.delete(np.asarray(getattr(after, name)), at, axis)
        np.testing.assert_array_equal(kept, getattr(before, name))
    for name in ("side", "ask", "resist", "calm"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


@pytest.mark.parametrize("party", [False, True])
@pytest.mark.usefixtures("double")
def test_a_bystander_changes_nobody_elses_probabilities(party):
    """One that is no party, or one that is and has no power to speak of."""
    more = with_bystander(world(), 3, 1e-14 if party else 1e-4, party)
    got = np.delete(play_of(more), 3, 1)
    np.testing.assert_allclose(got, play_of(world()), atol=1e-9)


def other_way_round(place: World) -> World:
    """The same dispute with the two sides swapped, and all that stands to them."""
    dispute = place.dispute
    flipped = {
        name: getattr(dispute, name)[::-1]
        for name, words in axes(Dispute).items()
        if words[0] == "side"
    }
    ends = {"challenger": dispute.target, "target": dispute.challenger}
    return place._replace(dispute=dispute._replace(**flipped, **ends))


def turned(curve):
    """W(x) turned into 1 - W(-x): the other side's prospects."""
    signs = np.where(np.arange(curve.shape[0]) % 2, 1.0, -1.0)[:, None]
    return curve * signs + np.eye(1, curve.shape[0]).T


@pytest.mark.usefixtures("double")
def test_swapping_sides_with_all_that_is_theirs_swaps_answers():
    """Duties alike for both sides: nothing on request, no offence; the shared effects at rest."""
    calm = fix(PRIOR, {"joining.side_sd": 0.0})
    case = world(**duties(Reading.YES, Reading.DISPUTED, {Obligation.DEFENSE}, False))
    one = begin(case, DRAWS, 17 * DRAWS, calm, dtype=float)
    other = begin(other_way_round(case), DRAWS, 17 * DRAWS, calm, dtype=float)
    turn = other.outlook._replace(curve=turned(one.outlook.curve))
    play, got = (np.stack(settle(r).play) for r in (one, other._replace(outlook=turn)))
    order = [0, 1, *(Action.of(grade, Side(1 - side)) for grade in Grade for side in Side)]
    np.testing.assert_allclose(got[order], play, atol=1e-9)
    assert np.abs(got - play).max() > 0.1


# --------------------------------------------------------------------- standing reasons


def alone(code=ALY, **changes):
    """The small world with one third party, so that nobody reacts to what it does."""
    return world(party=np.arange(6) == code, **changes)


def odds(play, side, state=ALY):
    """Log-odds of fighting on a side against staying out [run]."""
    return np.log(play[JOIN_TARGET + side, state] / play[Action.ABSTAIN, state])


REASONS = {  # with whom it stands for joining a side: that side, 0, or the other, 1
    "alongside": ("joining.alongside", 0),
    "against": ("joining.against", 1),
    "affinity": ("joining.affinity", 0),
    "pledged": ("joining.audience", 0),
}


def tied(kind, side, number):
    """The same ties, but for ALY's of one kind that speaks for joining a side."""
    ties = getattr(place(), kind).copy()
    ties[side ^ REASONS[kind][1], ALY] = number
    return {kind: ties}


@pytest.mark.parametrize("kind", ["alongside", "against"])
@pytest.mark.parametrize("side", Side)
@given(st.integers(0, 12), st.integers(0, 12), st.floats(0, 3))
@some(max_examples=8)
@pytest.mark.usefixtures("double")
def test_more_past_fights_never_lower_joining_a_side(kind, side, one, other, weight):
    params = fix(PRIOR, {REASONS[kind][0]: weight})
    low, high = (
        play_of(world(**tied(kind, side, n)), params=params)[JOIN_TARGET + side, ALY]
        for n in sorted((one, other))
    )
    assert (high >= low - 1e-10).all()


@pytest.mark.parametrize("kind", REASONS)
@pytest.mark.parametrize("side", Side)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(-3, 3))
@some(max_examples=8)
@pytest.mark.usefixtures("double")
def test_a_reason_moves_the_odds_by_its_weight_and_for_its_own_side(kind, side, one, other, weight):
    """Past fights by the log of one plus their number; closeness as it is, and less for the other;
    a pledge as it is, and only for whom it was made to.

    Nothing is left to react: ALY is alone.
    """
    params = fix(PRIOR, {REASONS[kind][0]: weight})
    before, after = (play_of(alone(**tied(kind, side, x)), params=params) for x in (one, other))
    worth = (lambda x: x) if kind in ("affinity", "pledged") else np.log1p
    moved = weight * (worth(other) - worth(one))
    for which, expected in ((side, moved), (1 - side, -moved if kind == "affinity" else 0.0)):
        got = odds(after, which) - odds(before, which)
        np.testing.assert_allclose(got, expected, atol=1e-8)


@given(st.floats(0, 15), st.floats(0, 15), st.floats(0, 2))
@some(max_examples=8)
@pytest.mark.usefixtures("double")
def test_distance_lowers_the_odds_of_joining_either_side(one, other, weight):
    """By its own weight, strength apart: here nobody loses any on the way."""
    params = fix(PRIOR, {"joining.remoteness": weight, "joining.reach": 0.0})
    near, far = sorted((one, other))
    at = lambda d: play_of(alone(distance=np.full((6, 1), d)), params=params)  # noqa: E731
    before, after = at(near), at(far)
    for side in Side:
        lost = odds(before, side) - odds(after, side)
        np.testing.assert_allclose(lost, weight * np.log((1 + far) / (1 + near)), atol=1e-8)


@given(st.floats(0, 2))
@some(max_examples=6)
@pytest.mark.usefixtures("double")
def test_a_fellow_partner_lowers_the_odds_of_joining_that_side(weight):
    """SEA, of no strength, whom nobody watches or follows, signs the league or does not."""
    held = {"joining.crowd": weight, "joining.reputation": 0.0, "joining.peer": 0.0}
    member, party, capability = (
        world().member.copy(),
        np.zeros(6, bool),
        world().capability.copy(),
    )
    party[[ALY, SEA]], capability[SEA] = True, 1e-14
    readings = np.full((2, 2), Reading.YES, np.int32)
    case = {"party": party, "capability": capability, "covered": readings}
    both = play_of(world(**case), params=fix(PRIOR, held))
    member[LEAGUE, SEA] = False
    one = play_of(world(**case, member=member), params=fix(PRIOR, held))
    lost = [odds(one, side) - odds(both, side) for side in Side]
    np.testing.assert_allclose(lost[Side.TARGET], weight * np.log(2), atol=1e-7)
    np.testing.assert_allclose(lost[Side.CHALLENGER], 0, atol=1e-7)


@pytest.mark.parametrize("trend", [-0.8, 0.0, 0.6])
@pytest.mark.usefixtures("double")
def test_the_trend_shifts_all_odds_by_half_centuries(trend):
    params = fix(PRIOR, {"joining.trend": trend, "joining.fading": 0.0})
    years = (1895, 1945, 1970, 2020)
    plays = [play_of(alone(year=np.float64(year)), params=params) for year in years]
    for side in Side:
        shift = [odds(play, side) - odds(plays[1], side) for play in plays]
        expected = trend * np.array([-1, 0, 0.5, 1.5])
        np.testing.assert_allclose(shift, np.outer(expected, np.ones(RUNS)), atol=1e-8)


# ------------------------------------------------------------------------------- grades

INTERCEPT = {
    Grade.STATEMENT: "joining.statement_intercept",
    Grade.AID: "joining.aid_intercept",
    Grade.DEPLOYMENT: "joining.deploy_intercept",
    Grade.DENIABLE: "joining.deniable_intercept",
    Grade.COMBAT: "joining.intercept",
}


def rows(grade):
    return [Action.of(grade, side) for side in Side]


@pytest.mark.parametrize("grade", Grade)
@pytest.mark.usefixtures("double")
def test_raising_a_grades_intercept_raises_that_grade_and_no_other(grade):
    low, high = (
        play_of(alone(), params=fix(PRIOR, {INTERCEPT[grade]: value}))[:, ALY]
        for value in (-3.0, -2.0)
    )
    assert (high[rows(grade)] > low[rows(grade)]).all()
    others = np.delete(np.arange(len(Action)), rows(grade))
    assert (high[others] < low[others]).all()


@pytest.mark.parametrize("name", ["joining.camps", "joining.nonaggression"])
@given(st.floats(0, 3), st.floats(0, 3))
@some(max_examples=8)
@pytest.mark.usefixtures("double")
def test_camps_and_restraint_lower_fighting_and_nothing_short_of_exposure(name, one, other):
    """PAT, bound to CHA, and what it does for TAR against CHA."""
    less, more = sorted((one, other))
    promise = world().promise.copy()
    promise[PACT, Obligation.NONAGGRESSION] = 1
    low, high = (
        play_of(alone(PAT, promise=promise), params=fix(PRIOR, {name: cost}))[:, PAT]
        for cost in (less, more)
    )
    exposed = [Action.of(g, Side.TARGET) for g in Grade if g >= Grade.DEPLOYMENT]
    free = np.delete(np.arange(len(Action)), exposed)
    assert (high[JOIN_TARGET] <= low[JOIN_TARGET] + 1e-12).all()
    assert (high[exposed].sum(0) <= low[exposed].sum(0) + 1e-12).all()
    ratio = lambda play: play[free] / play[Action.ABSTAIN]  # noqa: E731
    np.testing.assert_allclose(ratio(high), ratio(low), rtol=1e-9)


@pytest.mark.usefixtures("double")
def test_a_deployment_on_the_other_side_lowers_combat_by_the_risk_of_meeting_it():
    """ALY stands by TAR instead of staying out; it adds nothing to TAR's strength."""
    game = stage(3, RUNS, 4)
    idle = np.zeros((len(Action), 3, RUNS))
    idle[Action.ABSTAIN] = 1
    stands = idle.copy()
    stands[:, 0], stands[Action.DEPLOY_TARGET, 0] = 0, 1
    answer = lambda s, play: np.stack(respond(s, tuple(play), gather(s, tuple(play))))  # noqa: E731
    before, after = answer(game, idle), answer(game, stands)
    combat = (JOIN_CHALLENGER, slice(1, None))
    assert (game.patron_risk > 0).all()
    assert (after[combat] < before[combat]).all()
    assert (after[JOIN_TARGET, 1:] >= before[JOIN_TARGET, 1:]).all()
    fearless = game._replace(patron_risk=0 * game.patron_risk)
    np.testing.assert_array_equal(answer(fearless, stands)[:, 1:], answer(fearless, idle)[:, 1:])


# --------------------------------------------------------------------------------- lift

FOUGHT = {"fought": np.full(RUNS, 1e4, np.float32)}


def weeks_of_war(action, count=8, **changes):
    """Strength of PAT at the place after each week of doing the same [week, run]."""
    ready = begin(world(**changes), DRAWS, 17 * DRAWS)
    committed = np.array(ready.conflict.action)
    committed[PAT] = action
    ready = ready.with_conflict(action=jnp.asarray(committed))
    found = [np.asarray(ready.conflict.present[PAT])]
    for _ in range(count):
        conflict, _, _ = decide(ready)
        ready = ready._replace(conflict=conflict)
        found.append(np.asarray(conflict.present[PAT]))
    return np.stack(found), np.asarray(ready.standing.reach[PAT]), ready


@pytest.mark.parametrize("stands", [0.0, 0.002, 1.0])
def test_forces_at_the_place_grow_by_lift_up_to_reach(stands):
    in_place = np.zeros((6, 1))
    in_place[PAT] = stands
    present, reach, ready = weeks_of_war(JOIN_CHALLENGER, in_place=in_place)
    lift = np.asarray(ready.params.joining.lift)
    most = np.maximum(reach, stands)
    expected = np.minimum(most, stands + 7 * np.arange(1, 9)[:, None] * lift * reach)
    np.testing.assert_allclose(present[1:], expected, rtol=1e-5)
    assert (present[1:] <= most * (1 + 1e-6)).all()


def test_forces_come_only_by_the_way_there_is_and_without_one_only_those_that_stand_there_fight():
    in_place = np.full((6, 1), 0.0005)
    half, none = np.ones((6, 1)), np.ones((6, 1))
    half[PAT], none[PAT] = 0.5, 0.0
    whole, reach, ready = weeks_of_war(JOIN_CHALLENGER, in_place=in_place)
    slower, *_ = weeks_of_war(JOIN_CHALLENGER, in_place=in_place, route=half)
    left, *_ = weeks_of_war(JOIN_CHALLENGER, in_place=in_place, route=none)
    lift = np.asarray(ready.params.joining.lift)
    expected = np.minimum(reach, 0.0005 + 3.5 * np.arange(1, 9)[:, None] * lift * reach)
    np.testing.assert_allclose(slower[1:], expected, rtol=1e-5)
    np.testing.assert_array_equal(left, np.float32(0.0005))
    assert (whole[1] > slower[1]).all()


def test_who_stays_away_leaves_what_stands_there():
    in_place = np.full((6, 1), 0.001)
    ready = begin(world(in_place=in_place), DRAWS, 17 * DRAWS, fix(PRIOR, WILLING))
    conflict, moves, _ = decide(ready.with_conflict(**FOUGHT))
    sends = np.isin(moves.action, [*rows(Grade.DEPLOYMENT), *rows(Grade.COMBAT)])
    np.testing.assert_array_equal(conflict.present[~sends], np.float32(0.001))
    assert sends.any()


def test_a_base_gives_only_what_stands_there():
    """It moves PAT's stake; it brings no army next door."""
    base = np.zeros((2, 6, 1))
    base[Side.CHALLENGER, PAT] = 1
    plain, has = (weeks_of_war(JOIN_CHALLENGER, 2, base=b) for b in (0 * base, base))
    np.testing.assert_array_equal(has[0], plain[0])
    np.testing.assert_array_equal(has[1], plain[1])
    assert (has[2].standing.stake[PAT] != plain[2].standing.stake[PAT]).all()


def test_strength_at_the_place_is_what_its_own_and_its_helpers_bring():
    """Combat brings what stands there; aid and deniable force a share; a deployment nothing."""
    willing = fix(PRIOR, {**WILLING, "joining.early": 1.0})
    ready = begin(world(), DRAWS, 17 * DRAWS, willing)
    conflict, moves, _ = decide(ready.with_conflict(**FOUGHT))
    own, action = ready.params.joining, np.asarray(moves.action)
    reach, days = np.asarray(ready.standing.reach), np.asarray(own.lift) * PLAN
    power = reach * np.minimum(1, days)
    brings = {
        Grade.COMBAT: np.asarray(conflict.present),
        Grade.DENIABLE: power * own.deniable_share,
        Grade.AID: power * own.aid_share,
    }
    for side in Side:
        helped = sum(np.where(action == Action.of(g, side), b, 0) for g, b in brings.items())
        expected = ready.dispute.local[side] + helped.sum(0)
        np.testing.assert_allclose(conflict.strength[side], expected, rtol=1e-5)
    assert set(np.unique(action)) >= {Action.AID_TARGET, JOIN_CHALLENGER}


# --------------------------------------------------------------------------------- garrisons


NOBODY = {f"joining.{name}intercept": -1000.0 for name in ("", *GRADES)}
"""Third parties that stay out."""


def stood(strength=0.0004):
    """PAT's troops stand on the land that is attacked."""
    in_place = np.zeros((6, 1))
    in_place[PAT] = strength
    return in_place


@pytest.mark.parametrize("share", [0.0, 0.6])
@pytest.mark.parametrize("action", [JOIN_TARGET, JOIN_CHALLENGER])
def test_a_garrison_counts_once_and_not_against_its_owner(share, action):
    """Who fights beside it brings the rest of what it has there; who turns finds it gone."""
    alone = fix(PRIOR, {**NOBODY, "joining.garrison": share, "joining.early": 1.0})
    ready = begin(world(in_place=stood()), DRAWS, 17 * DRAWS, alone)
    own, resists = np.array(ready.dispute.local), np.array([[share * 0.0004], [0]])
    np.testing.assert_allclose(ready.conflict.strength, own + resists, rtol=1e-6)
    conflict, moves, _ = decide(ready)
    assert (np.asarray(moves.action) == Action.ABSTAIN).all()
    np.testing.assert_allclose(conflict.strength, own + resists, rtol=1e-6)
    committed = np.array(conflict.action)
    committed[PAT] = action
    conflict, _, _ = decide(ready.with_conflict(action=jnp.asarray(committed)))
    own[action - JOIN_TARGET] += conflict.present[PAT]
    np.testing.assert_allclose(conflict.strength, own, rtol=1e-6)


def test_a_garrison_deters_and_one_that_resists_deters_more():
    """Where nobody comes, the land is harder to take; all else is as it was."""
    odds = {}
    for share in (0.0, 0.3, 0.9):
        held = fix(PRIOR, {**NOBODY, "joining.garrison": share})
        case = world(in_place=stood(), ignites=np.bool_(False))
        odds[share] = decide(begin(case, DRAWS, 17 * DRAWS, held))[2]
    for less, more in ((0.0, 0.3), (0.3, 0.9)):
        assert (odds[more].win < odds[less].win).all()
        assert (odds[more].attack < odds[less].attack).all()
        assert (odds[more].resist > odds[less].resist).all()


PATRON = {
    "joining.rent": 0.0,
    "joining.rent_arms": 2.0,
    "joining.rent_war": 2.0,
    "joining.restraint": 0.8,
    "crisis.attack_intercept": -3.0,
    "joining.mediate_intercept": 3.0,
    "joining.camps": 30.0,
    "joining.intercept": 0.0,
}
"""ALY, who arms both sides, draws rents, fears war and mediates; no ally changes sides."""


def held_back(outsider, ignites, **by):
    """A round with a PAT of some strength."""
    capability = world().capability.copy()
    capability[PAT] = outsider
    case = world(capability=capability, ignites=np.bool_(ignites))
    params = fix(PRIOR, {**WILLING, **PATRON, **by})
    return decide(begin(case, DRAWS, 17 * DRAWS, params))


def test_what_is_frozen_collapses_when_an_outside_patron_raises_the_hazard_of_war():
    """The challenger's own patron lets go of it, and as a mediator works for a settlement.

    In every draw in which the outsider's help makes an attack likelier; in war, in nine of ten.
    """
    alone, helped = (held_back(outsider, ignites=False)[2] for outsider in (1e-5, 0.05))
    freely = [np.asarray(odds.attack / (1 - odds.held)) for odds in (alone, helped)]
    likelier = freely[1] > freely[0] * (1 + 1e-5)
    assert likelier.mean() > 0.8
    assert (helped.held <= alone.held)[likelier].all()
    assert (helped.held < alone.held)[likelier].mean() > 0.9
    assert (alone.held > 0.05).mean() > 0.5
    before, after = (held_back(outsider, ignites=True)[0] for outsider in (1e-5, 0.05))
    mediate = [np.asarray(conflict.action) == Action.MEDIATE for conflict in (before, after)]
    alike = (mediate[0] == mediate[1]).all(0) & mediate[0][ALY]
    assert alike.sum() > RUNS / 4
    gained = np.asarray(after.effort - before.effort)[alike]
    assert (gained > 0).mean() > 0.9


def test_arms_for_the_challenger_make_an_attack_likelier_and_arms_for_the_target_less_so():
    """Also where nobody fights: an outside patron raises the hazard of war by aid alone.

    Wherever victory is open: near certainty its curve is not monotone to the last digit.
    """
    chance = {}
    capability = world().capability.copy()
    capability[PAT] = 0.001  # as strong as the sides, so that nothing is certain
    held = {**NOBODY, "joining.aid_intercept": -20.0, "joining.aid_arms": 40.0}
    for side in Side:
        arms = np.zeros((2, len(STATES), 1))
        arms[side, PAT] = 1
        case = world(arms=arms, capability=capability, ignites=np.bool_(False))
        for aid in (0.0, 0.6):
            params = fix(PRIOR, {**held, "joining.aid_share": aid})
            odds = decide(begin(case, DRAWS, 17 * DRAWS, params))[2]
            chance[side, aid] = np.asarray(odds.attack)[np.asarray(odds.win) < 0.95]
    for side, sign in ((Side.CHALLENGER, 1), (Side.TARGET, -1)):
        assert (sign * (chance[side, 0.6] - chance[side, 0.0]) > 0).all()


def test_a_patron_without_rents_or_hold_leaves_the_chance_of_attack_alone():
    """Bit for bit; with them it is lower by what it holds back, and nothing else differs."""
    held = held_back(0.013, ignites=False)[2]
    for off in ({"joining.restraint": 0.0}, {"joining.rent_arms": 0.0, "joining.rent_hold": 0.0}):
        free = held_back(0.013, ignites=False, **off)[2]
        assert (free.held == 0).all()
        assert (free.attack >= held.attack).all()
        assert (free.resist == held.resist).all()
    np.testing.assert_allclose(held.attack, free.attack * (1 - held.held), rtol=1e-6)


@pytest.mark.usefixtures("double")
def test_troops_that_are_attacked_draw_their_owner_in_and_nobody_else():
    held = [fix(PRIOR, {"joining.tripwire": pull, "joining.peer": 0.0}) for pull in (0.0, 1.5)]
    calm, drawn = (play_of(world(in_place=stood()), params=one) for one in held)
    assert (drawn[JOIN_TARGET, PAT] > calm[JOIN_TARGET, PAT]).all()
    empty, same = (play_of(world(), params=one) for one in held)
    np.testing.assert_array_equal(empty, same)


# ---------------------------------------------------------------- arms bought


def test_the_side_that_imported_more_is_the_stronger_by_the_elasticity():
    ratio = np.log(8.0)
    more = np.array([[-ratio / 2], [ratio / 2]])
    for elasticity in (0.0, 0.2):
        held = fix(PRIOR, {**NOBODY, "war.imports": elasticity, "joining.garrison": 0.0})
        plain, bought = (
            np.asarray(begin(world(imports=i), DRAWS, 17 * DRAWS, held).conflict.strength)
            for i in (0 * more, more)
        )
        np.testing.assert_allclose(
            bought[1] / bought[0], plain[1] / plain[0] * 8**elasticity, rtol=1e-5
        )
        if not elasticity:
            np.testing.assert_array_equal(bought, plain)


@pytest.mark.usefixtures("double")
def test_who_sells_to_a_side_goes_against_it_less_readily():
    sold, none = np.zeros((2, 6, 1)), np.zeros((2, 6, 1))
    sold[Side.CHALLENGER, PAT] = 0.4
    dear = fix(PRIOR, {"joining.customer": 2.0})
    before, after = (play_of(world(exports=e), params=dear) for e in (none, sold))
    for grade in (Grade.AID, Grade.COMBAT):
        against = Action.of(grade, Side.TARGET)
        assert (after[against, PAT] < before[against, PAT]).all()
    cheap = fix(PRIOR, {"joining.customer": 0.0})
    same = (play_of(world(exports=e), params=cheap) for e in (none, sold))
    np.testing.assert_array_equal(*same)


# ---------------------------------------------------------------- pressures at home

pressing = jax.jit(features.pressure)


def weighed(month, rising=(), held=None, **changes):
    """What weighs on each state in a month, and a round played under it."""
    ready = begin(world(**changes), DRAWS, 17 * DRAWS, fix(PRIOR, held or {}), dtype=float)
    risen = np.isin(np.arange(6), rising)[:, None] & np.full(RUNS, True)
    now = pressing(ready.params, ready.world, month, risen)
    standing = pressed(ready.params, ready.dispute, ready.standing, now)
    return now, np.stack(settle(ready._replace(standing=standing)).play)


def months(*values):
    """A number of each month for PAT alone."""
    return np.array(values)[:, None, None] * (np.arange(6) == PAT)[:, None]


@pytest.mark.usefixtures("double")
def test_a_pressure_holds_its_state_back_for_as_long_as_it_weighs():
    dated = {"burden": months(0.8, 0.8, 0.1), "engaged": months(0, 0, 0)}
    plays = [weighed(month, **dated)[1] for month in range(5)]
    none = weighed(0)[1]
    for heavy in plays[:2]:
        assert (heavy[JOIN_CHALLENGER, PAT] < plays[2][JOIN_CHALLENGER, PAT]).all()
    assert (plays[2][JOIN_CHALLENGER, PAT] < none[JOIN_CHALLENGER, PAT]).all()
    np.testing.assert_array_equal(plays[0], plays[1])
    np.testing.assert_array_equal(plays[2], plays[4])  # the last month stays


@pytest.mark.usefixtures("double")
def test_without_weight_no_pressure_and_no_rising_changes_a_bit():
    off = {"joining.domestic": 0.0, "joining.elsewhere": 0.0}
    dated = {"burden": months(0.8), "engaged": months(0.9)}
    np.testing.assert_array_equal(weighed(0, [ALY], off, **dated)[1], weighed(0, [], off)[1])


@pytest.mark.usefixtures("double")
def test_a_rising_at_home_is_one_cost_more():
    dated = {"burden": months(0.4), "engaged": months(0.5)}
    now, play_ = weighed(0, [PAT, ALY], **dated)
    calm, before = weighed(0, [], **dated)
    own = take(PRIOR, 17 * DRAWS).joining
    unrest, missed = own.unrest, 0.5 * own.elsewhere
    np.testing.assert_allclose(now.burden[PAT], 1 - 0.6 * (1 - unrest))
    np.testing.assert_allclose(now.burden[ALY], unrest)
    np.testing.assert_array_equal(now.burden[SEA], 0)
    np.testing.assert_allclose(now.free[PAT], 1 - missed)
    np.testing.assert_array_equal(calm.free, now.free)
    assert (play_[JOIN_TARGET, ALY] < before[JOIN_TARGET, ALY]).all()


# ---------------------------------------------------------------------- wills and delays

MANY = 20_000
SIGMA = np.array([0.25, 0.1, 0.05, 0.05, 0.07, 0.05, 0.05, 0.03, 0.03, 0.02, 0.2, 0.1])
ERROR = 4 / np.sqrt(4 * MANY)  # four standard errors of a share, at most


@pytest.fixture(scope="module")
def drawn():
    """Wills of one state in many runs, all of one parameter draw."""
    params = cast(take(PRIOR, np.zeros(MANY, int)))
    return draw(streams(np.arange(MANY)), params, cast(world())), params


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
    assert len(gumbels) == 12 * len(STATES)
    correlation = np.corrcoef(gumbels) - np.eye(len(gumbels))
    assert np.abs(correlation).max() < 5 / np.sqrt(MANY)


def test_types_are_as_frequent_as_trust(drawn):
    trust = float(drawn[1].alliance.trust[0])
    share = (np.asarray(drawn[0].steadfast) > 0).mean(1)
    np.testing.assert_allclose(share, trust, atol=ERROR)


def test_a_type_belongs_to_a_state_and_not_to_a_dispute():
    params, run = cast(take(PRIOR, DRAWS)), streams(DRAWS)
    other = world(RUNS, (place(RUNS, "another"),))
    one, two = (draw(run, params, cast(case)) for case in (world(RUNS), other))
    np.testing.assert_array_equal(one.steadfast, two.steadfast)
    assert (one.delay != two.delay).all()
    u, *_ = uniforms(run, 0, Purpose.KIND, other.state_entity[:, None], np.float32)
    np.testing.assert_array_equal(np.asarray(u) < params.alliance.trust, one.steadfast > 0)


# ---------------------------------------------------------------------------- deterrence


@given(st.floats(0.05, 0.95), st.floats(0, 3), st.floats(0, 3))
@some(max_examples=60)
@pytest.mark.usefixtures("double")
def test_more_expected_help_never_raises_the_chance_of_attack(win, one, other):
    """Help multiplies the target's strength; the odds of winning fall with it."""
    params = take(PRIOR, np.arange(200))
    less, more = sorted((one, other))
    ready = readiness(params, 0.0, 0.0)
    chance = [attack_and_resist(params, ready, win * np.exp(-0.4 * h), h) for h in (less, more)]
    assert (chance[1].attack <= chance[0].attack + 1e-12).all()
    assert (chance[1].resist >= chance[0].resist - 1e-12).all()


def test_an_ally_sure_to_come_deters():
    """In the whole round: challengers at peace attack less often where a duty is due."""
    kinds = {Obligation.DEFENSE}
    true_to_it = {**WILLING, "joining.obligation": 6.0}
    eager = fix(PRIOR, {**true_to_it, "crisis.attack_intercept": 0.0})
    attacks = []
    for trigger in (Reading.NO, Reading.YES):
        case = world(**duties(Reading.YES, trigger, kinds, False), ignites=np.bool_(False))
        draws = np.arange(512)
        _, moves, _ = decide(begin(case, draws, draws, eager))
        attacks.append(np.asarray(moves.attacks | moves.yields))
    assert (attacks[1] <= attacks[0]).mean() > 0.99
    assert attacks[1].mean() < attacks[0].mean()
