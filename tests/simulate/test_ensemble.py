"""Batches of runs: what may not change a bit, and what no history may break."""

from importlib.resources import files

import jax
import numpy as np
import pytest

from foedus.core.kinds import Action, Grade, Membership, Reading, Side, Status
from foedus.core.params import columns, take
from foedus.core.params import load as load_params
from foedus.core.runs import draw_of
from foedus.core.situation import Trajectories
from foedus.scenario.arrays import to_arrays
from foedus.scenario.load import load
from foedus.simulate.ensemble import Batch, _compiled, ensemble, replay
from foedus.simulate.step import MONTH
from foedus.study.switches import switches
from tests.scenario.same import same
from tests.scenario.texts import raw, write
from tests.simulate.small import SEED, WEEKS, differing, joined, lives, params, place, quickly

SCENARIO, WEEKS_THERE = "karabakh-2020", 10
TEXT = (files("foedus.scenarios") / f"{SCENARIO}.yaml").read_text("utf-8")
AT_WAR = (Status.FIGHTING, Status.TRUCE)


def part(record: Trajectories, runs: slice) -> Trajectories:
    return Trajectories(*(a[..., runs] for a in record))


# ---------------------------------------------------------------- what changes no bit


def test_one_seed_gives_the_same_bits_and_another_gives_others(whole):
    assert not differing(joined(lives(1000, 256)).trajectories, whole.trajectories)
    other = joined(lives(1000, 256, seed=SEED + 2**32)).trajectories
    assert {"status", "front", "deaths", "action"} <= set(differing(other, whole.trajectories))


def test_a_short_ensemble_is_the_beginning_of_a_long_one(whole):
    """Blocks of 64 in a batch of 256 against blocks of 256 in batches of 512."""
    (short,) = lives(200, 64)
    assert not differing(short.trajectories, part(whole.trajectories, slice(200)))
    assert np.array_equal(short.run, np.arange(200))
    assert np.array_equal(short.draw, whole.draw[:200])


def test_neither_later_batches_nor_devices_change_a_bit(whole):
    for devices in (1, 2):
        first, second = lives(900, 256, devices=devices)
        assert not differing(part(whole.trajectories, slice(512)), first.trajectories)
        assert np.array_equal(second.run, np.arange(512, 900))
        assert second.trajectories.status.shape == (7 * WEEKS, 2, 388)


def test_a_changed_number_compiles_nothing(whole):
    known = _compiled.cache_info().misses
    changes = {"covered": np.full((2, 2), Reading.DISPUTED), "ignites": np.bool_(False)}
    elsewhere = lambda draws: place(draws, changes, era=np.int32(1))  # noqa: E731
    other = joined(lives(1000, 256, seed=3, place=elsewhere)).trajectories
    assert "status" in differing(other, whole.trajectories)
    assert _compiled.cache_info().misses == known


def test_a_block_that_divides_no_batch_is_refused():
    with pytest.raises(ValueError, match="expected a block that divides 512"):
        ensemble(1, params, place, 1000, 7, block=100)


# ---------------------------------------------------------------- one run once more


def eventful(past: Trajectories) -> int:
    """A run of the second block of the second batch: both places burn, somebody leaves a treaty."""
    later = (past.status[7:] == Status.FIGHTING).any(0).all(0)
    leaves = (past.membership == Membership.LEAVING).any((0, 1, 2))
    (found,) = np.nonzero(later & leaves)
    return int(found[found >= 512 + 256][0])


@pytest.fixture(scope="module")
def diced(whole):
    run = eventful(whole.trajectories)
    return run, *replay(SEED, params, place, 1000, 7 * WEEKS, run, block=256)


def test_replay_gives_that_run_bit_for_bit(whole, diced):
    run, batch, _ = diced
    assert not differing(batch.trajectories, part(whole.trajectories, slice(run, run + 1)))
    assert (batch.run.tolist(), batch.draw.tolist()) == ([run], [draw_of(run)])


def test_a_run_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="expected a run from 0 to 999; got 1000"):
        replay(SEED, params, place, 1000, 7, 1000)


def test_the_ledger_holds_whoever_decides(diced):
    _, batch, ledger = diced
    past, decided = part(batch.trajectories, 0), ledger.disputes.decided
    ends = weekly(past.status)
    war = np.concatenate([[[True, False]], np.isin(ends[:-1], AT_WAR)])
    assert decided[war].all()
    assert not decided[~war & (np.arange(WEEKS)[:, None] % MONTH != 0)].any()
    assert (past.action.swapaxes(1, 2)[~decided] == Action.ABSTAIN).all()
    chances = ledger.disputes.odds.play
    free = chances.sum(1) > 0
    assert np.allclose(chances.sum(1)[free], 1, atol=1e-5)
    chosen = np.take_along_axis(chances, past.action[:, None].astype(int), 1)[:, 0]
    assert (chosen[free & war[:, None]] > 0).all()


def test_the_ledger_explains_attacks_requests_and_memberships(diced):
    _, batch, ledger = diced
    past = part(batch.trajectories, 0)
    below = lambda z: np.asarray(jax.scipy.special.ndtr(z))  # noqa: E731
    attacks = below(ledger.disputes.attack_will) > 1 - ledger.disputes.odds.attack
    opened = begins(past.status)
    assert opened.any()
    assert (attacks >= opened).all()
    asks = past.asked & ~np.concatenate([np.zeros_like(past.asked[:1]), past.asked[:-1]])
    assert (ledger.disputes.odds.ask[asks] > 0).all()
    level = 1 - below(ledger.will)
    ends = np.arange(MONTH - 1, WEEKS, MONTH)
    leaves = (past.membership == Membership.LEAVING)[ends]
    notice = leaves & ~np.concatenate([np.zeros_like(leaves[:1]), leaves[:-1]])
    assert notice.any()
    assert (level[ends] < ledger.wishes.leave[ends])[notice].all()


def test_the_ledger_counts_forces_within_what_there_is(diced):
    *_, ledger = diced
    assert (ledger.disputes.present >= 0).all()
    assert (ledger.disputes.strength >= 0).all()
    assert ((ledger.disputes.left >= 0) & (ledger.disputes.left <= 1)).all()


# ---------------------------------------------------------------- the shipped scenario


def there(scenario) -> Batch:
    """Runs of a scenario with the shipped priors."""
    numbers = load_params().params
    options = (256, 7 * WEEKS_THERE)
    world = lambda draws: to_arrays(scenario, SEED, draws)  # noqa: E731
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("foedus.simulate.ensemble._compiled", quickly)
        (make,) = ensemble(SEED, lambda d: take(numbers, d), world, *options)
        return make()


@pytest.fixture(scope="module")
def shipped():
    return there(load(SCENARIO))


def test_what_came_later_changes_no_simulated_bit(shipped):
    data = raw(TEXT)
    data["events"] = [e for e in data["events"] if e["date"] <= data["start"]]
    for question in data["questions"].values():
        question["reference"] = {"none": "Removed."}
    stripped = write(data)
    assert len(stripped.events) < len(load(SCENARIO).events)
    assert not differing(there(stripped).trajectories, shipped.trajectories)


def test_the_order_of_a_file_changes_no_bit_of_the_world():
    data = raw(TEXT)
    data["states"] = dict(reversed(data["states"].items()))
    data["treaties"] = dict(reversed(data["treaties"].items()))
    data["disputes"] = data["disputes"][::-1]
    draws = np.arange(15)
    assert same(to_arrays(write(data), SEED, draws), to_arrays(load(SCENARIO), SEED, draws))


# ---------------------------------------------------------------- what no history may break


@pytest.fixture(params=["small", "shipped"])
def history(request):
    """A batch and its world: the small one made lively, and the shipped scenario."""
    if request.param == "small":
        return request.getfixturevalue("whole"), place(np.arange(50))
    return request.getfixturevalue("shipped"), to_arrays(load(SCENARIO), SEED, np.arange(15))


def weekly(daily):
    """Value at the end of each week."""
    return daily[6::7]


def before(daily, first):
    """Value at the end of the day before."""
    return np.concatenate([np.broadcast_to(first, daily[:1].shape), daily[:-1]])


def begins(status):
    """Weeks in which an episode of fighting begins, by a decision, and outlasts its first day."""
    opened = status[::7]
    was = before(weekly(status), Status.WON)
    return np.isin(opened, AT_WAR) & ~np.isin(was, (*AT_WAR, Status.WON))


def test_shares_and_statuses_are_valid(history):
    past = history[0].trajectories
    assert past.front.min() >= 0
    assert past.front.max() <= 1
    assert np.isfinite(past.front).all()
    assert np.isfinite(past.deaths).all()
    assert set(np.unique(past.status)) <= set(Status)
    assert set(np.unique(past.action)) <= set(Action)
    assert set(np.unique(past.membership)) <= set(Membership)
    assert past.keeper.min() >= -1
    assert past.keeper.max() < past.action.shape[1]


ENDS = {Status.TRUCE, Status.SETTLED, Status.WON, Status.REPULSED}
FROM = {
    Status.QUIET: {Status.QUIET, Status.FIGHTING, *ENDS},  # the first day may be the last
    Status.SETTLED: {Status.FIGHTING, *ENDS},
    Status.REPULSED: {Status.FIGHTING, *ENDS},
    Status.FIGHTING: {Status.FIGHTING, *ENDS},
    Status.TRUCE: {Status.TRUCE, Status.FIGHTING, Status.SETTLED, Status.QUIET},
    Status.WON: {Status.WON},
}
"""What a day may make of each status: a truce begins in fighting, and only then can it break."""


def test_each_day_follows_from_the_day_before(history):
    status = history[0].trajectories.status
    was, now = status[:-1], status[1:]
    for old, after in FROM.items():
        assert set(np.unique(now[was == old])) <= after, old.name
    wakes = ~np.isin(was, (*AT_WAR, Status.WON)) & (now != was)
    days = np.arange(1, len(status))
    assert (days[wakes.any((1, 2))] % (7 * MONTH) == 0).all()


def test_who_is_known_to_be_at_peace_on_day_0_stays_so_for_a_month(history):
    batch, world = history
    slots = world.dispute
    quiet = batch.trajectories.status[: 7 * MONTH, slots.open_ & ~slots.ignites]
    assert quiet.size
    assert (quiet == Status.QUIET).all()


def test_a_war_that_is_won_has_taken_all(history):
    status, front = history[0].trajectories.status, history[0].trajectories.front
    assert (status == Status.WON).any()
    assert (front[status == Status.WON] == 1).all()
    assert (front[status == Status.REPULSED] == 0).all()


def test_a_front_moves_only_while_armies_fight_or_terms_are_carried_out(history):
    status, front = history[0].trajectories.status, history[0].trajectories.front
    moved = front[1:] != front[:-1]
    was, now = status[:-1], status[1:]
    breaks = (was == Status.TRUCE) & (now == Status.FIGHTING)
    fights = (was == Status.FIGHTING) | breaks | ~np.isin(was, AT_WAR) & (now != was)
    monday = (np.arange(1, len(status)) % 7 == 0)[:, None, None]
    handed = monday & (was == Status.SETTLED)
    renewed = monday & ~np.isin(was, AT_WAR)
    assert (fights | handed | renewed)[moved].all()
    assert (front[1:] >= front[:-1])[handed & ~fights & ~renewed].all()


def peaceful(batch):
    """Weeks that begin in peace and in which no challenger weighs an attack [week, ...]."""
    began = before(weekly(batch.trajectories.status), Status.FIGHTING)
    weeks = np.arange(len(began))[:, None, None]
    return ~np.isin(began, AT_WAR) & (weeks % MONTH != 0)


def test_the_dead_stay_dead_and_nobody_falls_in_peace(history):
    deaths = history[0].trajectories.deaths
    more = np.diff(deaths, axis=0)
    assert (more >= 0).all()
    assert more.any()
    assert (more.swapaxes(0, 1)[:, peaceful(history[0])[1:]] == 0).all()


def test_who_has_joined_stays_until_the_episode_ends(history):
    past = history[0].trajectories
    goes_on = np.isin(weekly(past.status), AT_WAR)[:-1, None]
    fights = (past.action[:-1] >= Action.JOIN_TARGET) & goes_on
    assert fights.any()
    assert (past.action[1:] == past.action[:-1])[fights].all()


def test_only_third_parties_act_and_only_in_war(history):
    batch, world = history
    action = batch.trajectories.action
    assert (action[:, ~world.dispute.party] == Action.ABSTAIN).all()
    assert (action.swapaxes(0, 1)[:, peaceful(batch)] == Action.ABSTAIN).all()


def test_a_truce_begins_only_where_somebody_mediates(history):
    past = history[0].trajectories
    was, now = past.status[:-1], past.status[1:]
    day, *where = np.nonzero((now == Status.TRUCE) & (was != Status.TRUCE))
    mediated = (past.action == Action.MEDIATE).any(1)
    assert day.size
    assert mediated[((day + 1) // 7, *where)].all()


def test_peacekeepers_come_with_a_mediator_when_fighting_stops(history):
    past = history[0].trajectories
    was, now = before(past.keeper, -1), past.keeper
    comes = (now != was) & (now >= 0)
    assert comes.any()
    assert (was[comes] == -1).all()
    assert np.isin(weekly(past.status)[comes], [Status.TRUCE, Status.SETTLED]).all()
    theirs = np.take_along_axis(past.action, now[:, None].clip(0).astype(int), 1)[:, 0]
    assert (theirs[comes] == Action.MEDIATE).all()
    weeks = np.broadcast_to(np.arange(len(now))[:, None, None], now.shape)
    assert ((weeks[(now != was) & (now < 0)] + 1) % MONTH == 0).all()


def test_the_target_asks_only_under_treaties_that_bind_it_and_not_itself(history):
    batch, world = history
    past, slots = batch.trajectories, world.dispute
    asked = past.asked
    assert asked.any()
    assert not asked[:, world.leader[:, None] == slots.target].any()
    binds = np.isin(past.membership, BINDING)[:, :, slots.target]
    held = np.concatenate([np.broadcast_to(world.member[:, slots.target, None], binds[:1].shape),
                           binds[:-1]])  # fmt: skip
    new = asked & ~before(asked, False)
    assert held[new].all()


def test_in_a_new_war_nobody_has_asked_yet(history):
    past = history[0].trajectories
    opened = begins(past.status)
    assert opened.any()
    assert not past.asked.swapaxes(0, 1)[:, opened].any()


BINDING = (Membership.FULL, Membership.HEDGES, Membership.LEAVING)
STAYS = {Membership.FULL, Membership.HEDGES, Membership.SUSPENDED, Membership.LEAVING}
MAY_BECOME = {
    Membership.OUTSIDE: {Membership.OUTSIDE, Membership.FULL},
    Membership.FULL: STAYS,
    Membership.HEDGES: STAYS,
    # who takes its part up again hedges at first
    Membership.SUSPENDED: {Membership.SUSPENDED, Membership.PARTING, Membership.HEDGES},
    Membership.LEAVING: {Membership.LEAVING, Membership.LEFT},
    Membership.PARTING: {Membership.PARTING, Membership.LEFT},
    Membership.LEFT: {Membership.LEFT, Membership.FULL},
}


def members(history):
    """Memberships before and after each week [week, treaty, state, run]."""
    batch, world = history
    now = batch.trajectories.membership
    return before(now, world.member[..., None].astype(now.dtype)), now


def test_memberships_change_by_legal_steps_at_the_end_of_a_month(history):
    was, now = members(history)
    for old, after in MAY_BECOME.items():
        assert set(np.unique(now[was == old])) <= after, old.name
    (weeks, *_) = np.nonzero(now != was)
    assert weeks.size
    assert ((weeks + 1) % MONTH == 0).all()


def test_only_candidates_come_in_and_the_strongest_stays(history):
    _, world = history
    was, now = members(history)
    outside = (Membership.OUTSIDE, Membership.LEFT)
    comes = np.isin(was, outside) & ~np.isin(now, outside)
    assert not comes[:, ~world.candidate].any()
    leads = np.arange(world.state_entity.size) == world.leader[:, None]
    assert (now[:, leads & world.member] == Membership.FULL).all()


@pytest.mark.parametrize("notice", [Membership.LEAVING, Membership.PARTING])
def test_notice_takes_its_time_to_the_end_of_the_month(history, notice):
    batch, world = history
    ends = batch.trajectories.membership[MONTH - 1 :: MONTH]
    was = before(ends, world.member[..., None].astype(ends.dtype))
    months = np.maximum(np.ceil(world.notice / MONTH), 1)
    for month, treaty, *where in zip(*np.nonzero((ends == notice) & (was != notice)), strict=True):
        then = ends[(slice(month, None), treaty, *where)]
        served = np.arange(len(then)) < months[treaty]
        assert (then[served] == notice).all()
        assert (then[~served][:1] == Membership.LEFT).all()


def test_the_third_party_stage_is_nearly_always_solved(history, record_property):
    residual = history[0].trajectories.residual
    record_property("share above 1e-3", float((residual > 1e-3).mean()))
    record_property("share above 1e-4", float((residual > 1e-4).mean()))
    assert (residual <= 1e-3).mean() > 0.999


def test_the_small_world_is_lively(whole):
    """The laws above would hold of a world in which nothing happens."""
    past, world = whole.trajectories, place(np.arange(50))
    assert set(np.unique(past.membership)) == set(Membership)
    for slot in (0, 1):
        happens = set(np.unique(past.status[:, slot]))
        assert happens >= {*ENDS, Status.FIGHTING}, slot
        assert set(np.unique(past.action[:, :, slot])) == set(Action), slot
        status = past.status[:, slot]
        breaks = (status[1:] == Status.FIGHTING) & (status[:-1] == Status.TRUCE)
        assert breaks.any(), slot
        assert begins(past.status)[1:, slot].any(), slot
    assert (past.status == Status.FIGHTING).all(1).any()
    came_in = np.isin(past.membership[-1], BINDING) & world.candidate[..., None]
    assert came_in.any()


def test_every_grade_is_seen_for_each_side(whole):
    seen = whole.trajectories.action
    assert all((seen == Action.of(grade, side)).any() for grade in Grade for side in Side)


# ---------------------------------------------------------------- precision


def test_double_precision_gives_the_same_distribution(whole, double):
    """The same luck to 24 bits, so nearly every run lives the same."""
    parts = []
    for first in range(0, 512, 64):
        run = first + np.arange(64)
        draws = draw_of(run)
        parts.append(double(SEED, run, np.arange(64), params(draws), place(draws))[0])
    exact = Trajectories(*(np.concatenate(a, -1)[:WEEKS] for a in zip(*parts, strict=True)))
    daily = {name: getattr(exact, name).reshape(7 * WEEKS, 2, -1) for name in ("status", "front")}
    assert exact.front.dtype == np.float64
    _alike(part(whole.trajectories, slice(512)), exact._replace(**daily))


def _alike(single, exact):
    same_days = (exact.status == single.status).all((0, 1))
    alike = same_days & (exact.action == single.action).all((0, 1, 2))
    assert alike.mean() > 0.97
    for name, kinds in (("status", Status), ("action", Action), ("membership", Membership)):
        for kind in kinds:
            share = [float((getattr(t, name) == kind).mean()) for t in (single, exact)]
            np.testing.assert_allclose(*share, atol=0.01)
    np.testing.assert_allclose(single.front[..., alike], exact.front[..., alike], atol=1e-3)
    deaths = [np.log1p(t.deaths[..., alike]) for t in (single, exact)]
    np.testing.assert_allclose(*deaths, atol=1e-2)


# ---------------------------------------------------------------- who is heard, who is next


SWITCHED = {change.path: change.value for change in switches()["S15"].changes}


@pytest.mark.parametrize("name", ["prior-2020", "posterior-2020"])
def test_without_example_fewer_wars_begin_under_prior_and_posterior_draws(whole, name):
    """The sign that the switch states, of runs that share their luck; the program is `whole`'s."""
    own = {n: columns(load_params(name).params)[n] for n in SWITCHED}
    counts = []
    for held in (own, SWITCHED):
        values = lambda draws, held=held: set_(params(draws), held, draws)  # noqa: E731
        makes = ensemble(SEED, values, place, 1000, 7 * WEEKS, block=256)
        counts.append(sum(ignitions(make().trajectories).sum() for make in makes))
    assert counts[1] < counts[0]


def set_(drawn, held, draws):
    """Draws with some parameters taken from others, or held at a value."""
    for path, value in held.items():
        group, field = path.split(".")
        array = np.broadcast_to(value, 1000)[draws % 1000].astype(float)
        drawn = drawn._replace(**{group: getattr(drawn, group)._replace(**{field: array})})
    return drawn


def ignitions(past):
    was, now = past.status[:-1], past.status[1:]
    rest = np.isin(was, (Status.QUIET, Status.SETTLED, Status.WON, Status.REPULSED))
    return (now == Status.FIGHTING) & rest
