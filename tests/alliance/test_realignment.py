"""Who stays in a treaty, hedges, suspends or leaves; who comes in."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.realignment import everywhere, leads, reconsider, wishes
from foedus.alliance.revise import Week, fell_out, learn, month, unhelped
from foedus.core.clock import MONTH
from foedus.core.features import bound
from foedus.core.kinds import Action, Membership
from foedus.core.params import fix, load
from tests.game.rounds import begin, streams
from tests.worlds import world

RUNS = np.arange(8)
LEAGUE, PACT = 0, 1
ALY, CHA, NBR, PAT, SEA, TAR = range(6)
FULL, HEDGES, SUSPENDED = Membership.FULL, Membership.HEDGES, Membership.SUSPENDED
LEAVING, LEFT, OUTSIDE = Membership.LEAVING, Membership.LEFT, Membership.OUTSIDE
LOST = [HEDGES, SUSPENDED, LEAVING, LEFT]

_reconsidered = jax.jit(reconsider, static_argnames="weeks")


def reconsidered(params, place, alliances, weeks=MONTH, luck=0.999):
    """Nobody takes a part up again, unless it is given the luck to."""
    edges = place.edge.shape[1], alliances.will.shape[-1]
    return _reconsidered(params, place, alliances, weeks, np.full(edges, luck, np.float32))


@jax.jit
def wished(params, place, alliances):
    """Standing wishes of all states about all treaties [treaty, state, run]."""
    return wishes(params, place, alliances, *everywhere(place))


def ready(params=(), **changes):
    """Eight runs on day 0, some parameters held; arguments of the alliance's functions."""
    values = {f"alliance.{name}": value for name, value in dict(params).items()}
    case = begin(world(**changes), RUNS, RUNS, fix(load().params, values))
    return case.params, case.world, case.alliances


@pytest.fixture(scope="module")
def day_0():
    return ready()


@pytest.fixture(scope="module")
def eager():
    """Everybody who may leave at once, does."""
    return ready({"suspend_intercept": 60.0})


@pytest.fixture(scope="module")
def suspends():
    """Everybody suspends at once and nobody gives notice."""
    return ready({"suspend_intercept": 30.0, "exit_step": 90.0})


def months(case, count, luck=0.999):
    """Memberships after each of some months of reconsidering, wishes held."""
    params, place, alliances = case
    found = [np.asarray(alliances.membership)]
    for _ in range(count):
        alliances = reconsidered(params, place, alliances, MONTH, luck)
        found.append(np.asarray(alliances.membership))
    return np.stack(found)


def members(place):
    return np.asarray(place.member)[..., None] & np.ones(len(RUNS), bool)


# ------------------------------------------------------------------------- who leaves


def test_the_leader_never_leaves_nor_hedges(eager):
    history = months(eager, 20)
    for treaty, leader in enumerate(world().leader):
        assert (history[:, treaty, leader] == FULL).all()
    assert (history[-1, LEAGUE, [SEA, TAR]] == LEFT).all()


def test_each_treaty_has_one_leader():
    assert (leads(world()).sum(1) == 1).all()
    assert leads(world())[LEAGUE, ALY]


@given(st.floats(-12, 4), st.floats(0, 6), st.floats(0, 6))
def test_whoever_would_leave_would_suspend_and_whoever_would_suspend_would_hedge(
    base, hedge, leave
):
    held = {"suspend_intercept": base, "hedge_step": hedge, "exit_step": leave}
    wish = wished(*ready(held))
    assert (wish.leave <= wish.suspend).all()
    assert (wish.suspend <= wish.hedge).all()


def test_of_one_wish_the_keener_goes_further():
    """Eight runs of one draw, wishes from -3 to 3."""
    held = {"suspend_intercept": 0.0, "hedge_step": 1.5, "exit_step": 1.5, "exit_cost": 0.0}
    params, place, alliances = ready(held)
    will = jnp.broadcast_to(jnp.linspace(-3, 3, 8, dtype=jnp.float32), alliances.will.shape)
    after = reconsidered(params, place, alliances._replace(will=will), weeks=MONTH)
    rank = [FULL, HEDGES, SUSPENDED, LEAVING].index
    ranks = [rank(m) for m in np.asarray(after.membership[LEAGUE, SEA])]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2, 3}


@pytest.mark.parametrize("weeks", [0, 4, 12, 24, 26, 52])
def test_a_notice_runs_its_weeks_and_binds_while_it_runs(weeks):
    """To the end of the month in which they are over; then, and not before, a member has left."""
    case = ready({"suspend_intercept": 60.0}, notice=np.full(2, float(weeks)))
    history = months(case, 15)[:, LEAGUE, SEA]
    runs = max(-(-weeks // MONTH), 1)
    assert (history[0] == FULL).all()
    assert (history[1 : 1 + runs] == LEAVING).all()
    assert (history[1 + runs :] == LEFT).all()
    assert np.asarray(bound(history[: 1 + runs])).all()
    assert not np.asarray(bound(history[1 + runs :])).any()


def test_who_changes_its_mind_while_a_notice_runs_leaves_all_the_same():
    params, place, alliances = ready({"suspend_intercept": 60.0})
    gone = reconsidered(params, place, alliances, weeks=MONTH)
    calm = fix(params, {"alliance.suspend_intercept": -60.0})
    calm = jax.tree.map(lambda new, old: jnp.asarray(new, old.dtype), calm, params)
    assert (months((calm, place, gone), 7)[-1, LEAGUE, SEA] == LEFT).all()


def test_who_suspended_stays_suspended_and_who_hedged_may_come_back(day_0, suspends):
    params, place, alliances = suspends
    gone = reconsidered(params, place, alliances, weeks=MONTH)
    assert (np.asarray(gone.membership)[LEAGUE, [SEA, TAR]] == SUSPENDED).all()
    calm = ready({"suspend_intercept": -60.0})[0]
    history = months((calm, place, gone), 4)
    assert (history[:, LEAGUE, [SEA, TAR]] == SUSPENDED).all()
    hedging = alliances.membership.at[LEAGUE, SEA].set(HEDGES)
    back = months((calm, place, alliances._replace(membership=hedging)), 1)
    assert (back[1, LEAGUE, SEA] == FULL).all()


@pytest.mark.parametrize("hazard", [0.0, 0.5, 3.0])
def test_who_no_longer_wishes_to_be_out_takes_its_part_up_again_at_a_hazard(suspends, hazard):
    """By luck alone below its chance in a month; who still wishes to be out never does."""
    _, place, alliances = suspends
    gone = alliances.membership.at[LEAGUE, SEA].set(SUSPENDED)
    known = alliances._replace(membership=gone)
    chance = 1 - np.exp(-hazard * 28 / 365.25)
    calm, keen = (ready({"suspend_intercept": s, "resume": hazard})[0] for s in (-60.0, 60.0))
    for luck in (chance - 1e-4, chance + 1e-4):
        after = months((calm, place, known), 1, max(luck, 1e-9))[-1, LEAGUE, SEA]
        assert (after == (FULL if 1e-9 < luck < chance else SUSPENDED)).all()
    after = months((keen, place, known), 1, 0.0)[-1, LEAGUE, SEA]
    assert (after == Membership.PARTING).all()


def test_who_is_no_member_and_no_candidate_stays_outside(eager):
    keen = {"join_intercept": 60.0, "suspend_intercept": 60.0}
    history = months(ready(keen), 20)
    outside = ~members(eager[1])
    assert (history[:, outside] == OUTSIDE).all()


def test_members_reconsider_by_one_wish_that_drifts_and_does_not_roll_anew(day_0):
    """Wishes held, nothing changes after the first month but notices that run out."""
    history = months(ready({"suspend_intercept": 0.0}), 3)
    np.testing.assert_array_equal(history[1], history[3])
    assert (history[1] != history[0]).any()
    params, place, alliances = day_0
    after = month(streams(RUNS), params, place, alliances, 28)
    moved = np.asarray(after.will - alliances.will)
    assert 0.05 < moved.std() < 1


# -------------------------------------------------------------------------- who comes in


def candidates(*codes):
    may = np.zeros((2, 6), bool)
    may[PACT, list(codes)] = True
    return {"candidate": may}


KEEN = {"join_intercept": 60.0, "suspend_intercept": -60.0}


def test_a_candidate_comes_in_where_there_is_somebody_to_join():
    after = months(ready(KEEN, **candidates(NBR)), 1)[-1]
    assert (after[PACT, NBR] == FULL).all()
    assert (after[LEAGUE, NBR] == OUTSIDE).all()


def unsigned(*codes, **changes):
    """A world in which the pact is only possible, with these would-be signatories."""
    member = world().member.copy()
    member[PACT] = False
    return {"member": member, **candidates(*codes), **changes}


@pytest.mark.parametrize(("willing", "signed"), [([NBR], False), ([NBR, PAT], True)])
def test_it_takes_two_to_sign(willing, signed):
    after = months(ready(KEEN, **unsigned(*willing)), 3)
    assert (after[1:, PACT, willing] == (FULL if signed else OUTSIDE)).all()


@pytest.mark.parametrize(("unwilling", "signed"), [(NBR, False), (PAT, True)])
def test_the_strongest_candidate_signs_with_the_first_that_comes(unwilling, signed):
    params, place, alliances = ready({"join_intercept": 0.0}, **unsigned(NBR, PAT))
    will = np.array(alliances.will)
    will[PACT, [NBR, PAT]] = -5
    will[PACT, unwilling] = 5
    after = months((params, place, alliances._replace(will=jnp.asarray(will))), 2)
    assert (after[1:, PACT, [NBR, PAT]] == (FULL if signed else OUTSIDE)).all()


def test_who_left_may_come_back_only_as_a_candidate(eager):
    keen = {"join_intercept": 60.0, "suspend_intercept": -60.0}
    for may, expected in ((candidates(SEA), LEFT), ({"candidate": np.ones((2, 6), bool)}, FULL)):
        params, place, alliances = ready(keen, **may)
        gone = alliances.membership.at[LEAGUE, SEA].set(LEFT)
        after = months((params, place, alliances._replace(membership=gone)), 1)[-1]
        assert (after[LEAGUE, SEA] == expected).all()


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 3))
def test_closeness_draws_in(low, high, weight):
    low, high = sorted((low, high))
    params, place, alliances = ready({"join_closeness": weight})
    near, far = (
        wished(params, place._replace(closeness=jnp.full((2, 6, 8), c, jnp.float32)), alliances)
        for c in (high, low)
    )
    assert (near.join >= far.join).all()


@pytest.mark.parametrize("standing", LOST)
def test_who_is_on_its_way_out_elsewhere_is_readier_to_come_in(day_0, standing):
    params, place, alliances = day_0
    out = alliances._replace(membership=alliances.membership.at[LEAGUE, SEA].set(standing))
    before, after = (wished(params, place, a).join for a in (alliances, out))
    assert (after[PACT, SEA] > before[PACT, SEA]).all()
    np.testing.assert_array_equal(after[LEAGUE], before[LEAGUE])
    np.testing.assert_array_equal(np.delete(after, SEA, 1), np.delete(before, SEA, 1))


# -------------------------------------------------------------- what makes them want to go


@pytest.fixture(scope="module")
def wish():
    """Wishes to hedge, suspend and leave [wish, treaty, state, run], by what has changed."""

    def of(
        dependence=0.0,
        evidence=0.0,
        unaided=False,
        exit_cost=1.0,
        disappointment=1.0,
        heard=0.0,
        quarrelled=False,
    ):
        held = {"exit_cost": exit_cost, "disappointment": disappointment}
        params, place, alliances = ready(held)
        place = place._replace(dependence=jnp.full((2, 6, 8), dependence, jnp.float32))
        lessons = jnp.zeros_like(alliances.lessons).at[0].set(evidence)
        now = alliances._replace(
            lessons=lessons,
            heard=alliances.heard + heard,
            unaided=jnp.full((2, 6, 8), unaided),
            quarrelled=jnp.full((2, 6, 8), quarrelled),
        )
        found = wished(params, place, now)
        return np.stack([found.hedge, found.suspend, found.leave])

    return of


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 3))
def test_dependence_holds_back(wish, low, high, cost):
    low, high = sorted((low, high))
    assert (wish(high, exit_cost=cost) <= wish(low, exit_cost=cost)).all()


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 3))
def test_being_let_down_raises_every_wish(wish, one, other, weight):
    worse, better = sorted((one, other))
    let_down, kept = (wish(evidence=e, disappointment=weight) for e in (worse, better))
    assert (let_down >= kept).all()
    if weight > 0.01 and better - worse > 0.01:
        assert (let_down > kept).any()


def test_what_was_signalled_before_the_start_moves_no_wish(wish):
    """Membership on the first day reflects it already; what drives out is conduct."""
    np.testing.assert_array_equal(wish(heard=3.0), wish())


def test_a_quarrel_with_a_member_drives_out(wish):
    assert (wish(quarrelled=True) > wish(quarrelled=False)).all()


def test_only_members_that_fight_each_other_fall_out():
    """SEA and TAR are in the league; CHA is not."""
    place = world()
    active = np.repeat(place.member[..., None], 3, -1)
    state = np.arange(6)[:, None]
    sides = state == np.array([TAR, TAR, TAR]), state == np.array([SEA, CHA, SEA])
    found = np.asarray(fell_out(active, *sides, np.array([True, True, False])))
    assert found[LEAGUE].tolist() == [True, False, False]
    assert not found[PACT].any()
    suspended = active.copy()
    suspended[LEAGUE, SEA] = False
    assert not np.asarray(fell_out(suspended, *sides, np.full(3, True))).any()


def test_a_state_that_fought_alone_wants_out_more(wish):
    assert (wish(unaided=True) > wish(unaided=False)).all()


def test_only_the_target_of_a_war_that_its_leader_stayed_out_of_is_left_alone():
    place = world()
    active = np.repeat(place.member[..., None], 3, -1)
    target = (np.arange(6) == TAR)[:, None] & np.ones(3, bool)
    action = np.full((6, 3), Action.ABSTAIN)
    action[ALY] = [Action.JOIN_TARGET, Action.AID_TARGET, Action.AID_TARGET]
    ended = np.array([True, True, False])
    alone = np.asarray(unhelped(place, active, target, action, ended))
    assert alone[LEAGUE].tolist() == [False, True, False]
    assert not alone[PACT].any()


@pytest.mark.parametrize(("told", "kept"), [("left_alone", "unaided"), ("fell_out", "quarrelled")])
def test_who_was_left_alone_or_fought_a_member_once_remembers(day_0, told, kept):
    params, place, alliances = day_0
    those = jnp.zeros((2, 6, 8), bool).at[LEAGUE, TAR].set(True)
    edges = those[*place.edge]
    quiet = Week(jnp.zeros_like(alliances.lessons), edges & False, edges & False, 0.0)
    once = learn(params, place, alliances, quiet._replace(**{told: edges}))
    after = learn(params, place, once, quiet)
    for name in ("unaided", "quarrelled"):
        expected = those if name == kept else jnp.zeros_like(those)
        np.testing.assert_array_equal(getattr(after, name), expected)
