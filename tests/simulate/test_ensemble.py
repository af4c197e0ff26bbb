"""Batches of runs: what may not change a bit, and what no history may break."""

import jax
import numpy as np
import pytest

from foedus.core.kinds import Action, Reading, Status
from foedus.core.params import load as load_params
from foedus.core.params import take
from foedus.scenario.arrays import to_arrays
from foedus.scenario.load import load
from foedus.simulate.ensemble import Batch, _cast, _compiled, ensemble, simulate
from foedus.simulate.step import MONTH
from tests.scenario.test_load import raw, same, write
from tests.simulate.small import (
    QUICK,
    SEED,
    WEEKS,
    differing,
    lives,
    params,
    place,
)

SCENARIO, WEEKS_THERE = "karabakh-2020", 10
AT_WAR = (Status.FIGHTING, Status.TRUCE)


# ---------------------------------------------------------------- what changes no bit


def test_one_seed_gives_the_same_bits_and_another_gives_others(whole):
    assert not differing(lives(1000, 512)[0].trajectories, whole.trajectories)
    other = lives(1000, 512, seed=SEED + 2**32)[0].trajectories
    assert {"status", "front", "deaths", "action"} <= set(differing(other, whole.trajectories))


def test_a_short_ensemble_is_the_beginning_of_a_long_one(whole):
    """Blocks of 64 in a batch of 256 against blocks of 512 in one of 1,024."""
    (short,) = lives(200, 64)
    beginning = [a[..., :200] for a in whole.trajectories]
    assert not differing(short.trajectories, type(whole.trajectories)(*beginning))
    assert np.array_equal(short.run, np.arange(200))
    assert np.array_equal(short.draw, whole.draw[:200])


def test_a_later_batch_changes_no_earlier_one(whole):
    first, second = lives(1100, 512)
    kept = [a[..., :1000] for a in first.trajectories]
    assert not differing(whole.trajectories, type(whole.trajectories)(*kept))
    assert np.array_equal(second.run, np.arange(1024, 1100))
    assert second.trajectories.status.shape == (7 * WEEKS, 76)


def test_neither_blocks_nor_devices_change_a_bit(whole):
    """One program for all: one device or two at once, blocks of 64 or 512."""
    for devices, block in ((1, 64), (2, 64), (2, 512)):
        first, second = lives(2048, block, devices=devices)
        kept = [a[..., :1000] for a in first.trajectories]
        assert not differing(whole.trajectories, type(whole.trajectories)(*kept))
        assert np.array_equal(second.run, np.arange(1024, 2048))


def test_a_changed_number_compiles_nothing(whole):
    known = _compiled.cache_info().misses
    changes = {"covered": np.full((2, 2), Reading.DISPUTED), "ignites": np.bool_(False)}
    elsewhere = lambda draws: place(draws, era=np.int32(1), **changes)  # noqa: E731
    other = lives(1000, 512, seed=3, place=elsewhere)[0].trajectories
    assert "status" in differing(other, whole.trajectories)
    assert _compiled.cache_info().misses == known


def test_a_block_that_divides_no_batch_is_refused():
    with pytest.raises(ValueError, match="expected a block that divides 1024"):
        ensemble(1, params, place, 1000, 7, block=100)


# ---------------------------------------------------------------- the shipped scenario


def there(scenario) -> Batch:
    """Runs of a scenario with the shipped priors."""
    numbers = load_params().params
    options = (256, 7 * WEEKS_THERE)
    world = lambda draws: to_arrays(scenario, SEED, draws)  # noqa: E731
    (batch,) = [make() for make in ensemble(SEED, lambda d: take(numbers, d), world, *options)]
    return batch


@pytest.fixture(scope="module")
def shipped():
    return there(load(SCENARIO))


def test_what_came_later_changes_no_simulated_bit(shipped):
    data = raw(SCENARIO)
    data["events"] = [e for e in data["events"] if e["date"] <= data["start"]]
    for question in data["questions"].values():
        question["reference"] = {"none": "Removed."}
    stripped = write(data)
    assert len(stripped.events) < len(load(SCENARIO).events)
    assert not differing(there(stripped).trajectories, shipped.trajectories)


def test_the_order_of_a_file_changes_no_bit_of_the_world():
    data = raw(SCENARIO)
    data["states"] = dict(reversed(data["states"].items()))
    data["treaties"] = dict(reversed(data["treaties"].items()))
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


def test_shares_and_statuses_are_valid(history):
    past = history[0].trajectories
    assert past.front.min() >= 0
    assert past.front.max() <= 1
    assert np.isfinite(past.front).all()
    assert np.isfinite(past.deaths).all()
    assert set(np.unique(past.status)) <= set(Status)
    assert set(np.unique(past.action)) <= set(Action)


def test_a_war_that_is_won_has_taken_all_and_stays_won(history):
    status, front = history[0].trajectories.status, history[0].trajectories.front
    won = status == Status.WON
    assert won.any()
    assert (front[won] == 1).all()
    assert (front[status == Status.REPULSED] == 0).all()
    assert won[1:][won[:-1]].all()


def peaceful(batch):
    """Weeks that begin in peace and in which no challenger weighs an attack [week, run]."""
    ends = weekly(batch.trajectories.status)
    weeks = np.arange(len(ends))[:, None]
    began = np.concatenate([np.full_like(ends[:1], Status.FIGHTING), ends[:-1]])
    return ~np.isin(began, AT_WAR) & (weeks % MONTH != 0)


def test_the_dead_stay_dead_and_nobody_falls_in_peace(history):
    deaths = history[0].trajectories.deaths
    more = np.diff(deaths, axis=0)
    assert (more >= 0).all()
    assert more.any()
    assert (more.swapaxes(1, 2)[peaceful(history[0])[1:]] == 0).all()


def test_who_has_joined_stays_until_the_episode_ends(history):
    past = history[0].trajectories
    goes_on = np.isin(weekly(past.status), AT_WAR)[:-1, None]
    fights = (past.action[:-1] >= Action.JOIN_TARGET) & goes_on
    assert fights.any()
    assert (past.action[1:] == past.action[:-1])[fights].all()


def test_only_third_parties_act_and_only_in_war(history):
    batch, world = history
    past = batch.trajectories
    assert (past.action[:, ~world.party] == Action.ABSTAIN).all()
    assert (past.action.swapaxes(1, 2)[peaceful(batch)] == Action.ABSTAIN).all()


def test_the_target_asks_only_under_its_own_treaties_and_not_itself(history):
    batch, world = history
    may = world.member[:, world.target] & (world.leader != world.target)
    asked = batch.trajectories.asked
    assert asked.any()
    assert not asked[:, ~may].any()
    left = ~batch.trajectories.active[:, :, world.target]
    assert not (asked[1:] & ~asked[:-1] & left[:-1]).any()


def test_membership_never_comes_back(history):
    batch, world = history
    active = batch.trajectories.active
    assert not active[:, ~world.member].any()
    assert not (active[1:] & ~active[:-1]).any()
    leads = np.arange(world.party.size) == world.leader[:, None]
    assert active[:, leads & world.member].all()


def test_the_third_party_stage_is_nearly_always_solved(history, record_property):
    residual = history[0].trajectories.residual
    record_property("share above 1e-3", float((residual > 1e-3).mean()))
    record_property("share above 1e-4", float((residual > 1e-4).mean()))
    assert (residual <= 1e-3).mean() > 0.999


def test_the_small_world_is_lively(whole):
    """The laws above would hold of a world in which nothing happens."""
    past = whole.trajectories
    assert set(np.unique(past.status)) == set(Status) - {Status.QUIET}
    assert set(np.unique(past.action)) == set(Action)
    assert 0 < past.active[-1].mean() < past.active[0].mean()


# ---------------------------------------------------------------- precision


def test_double_precision_gives_the_same_distribution(whole):
    """The same luck to 24 bits, so nearly every run lives the same."""
    run = np.arange(1000)
    draws, index = np.unique(whole.draw, return_inverse=True)
    with jax.enable_x64(True):
        program = jax.jit(simulate, static_argnums=5, compiler_options=QUICK)
        words = np.array([SEED & 0xFFFFFFFF, SEED >> 32], np.uint32)
        inputs = _cast((params(draws), place(draws)), np.float64)
        double = jax.tree.map(np.asarray, program(words, run, index, *inputs, WEEKS))
    single = whole.trajectories
    assert double.front.dtype == np.float64
    alike = (double.status == single.status).all(0) & (double.action == single.action).all((0, 1))
    assert alike.mean() > 0.99
    for status in Status:
        share = [(weekly(t.status) == status).mean(1) for t in (single, double)]
        np.testing.assert_allclose(*share, atol=0.01)
    for action in Action:
        share = [(t.action == action).mean((0, 2)) for t in (single, double)]
        np.testing.assert_allclose(*share, atol=0.01)
    np.testing.assert_allclose(single.front[:, alike], double.front[:, alike], atol=1e-3)
    deaths = [np.log1p(t.deaths[..., alike]) for t in (single, double)]
    np.testing.assert_allclose(*deaths, atol=1e-2)
