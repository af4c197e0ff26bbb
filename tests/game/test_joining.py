"""The third-party stage: it converges, and no run depends on its neighbours."""

import jax
import numpy as np
import pytest

from foedus.core.kinds import Action, Reading
from foedus.game.joining import DAMPING, TOLERANCE, choose, expected, solve
from tests.game.rounds import begin, decide
from tests.game.stages import columns, compiled, single, stage
from tests.worlds import STATES, world

PARTIES = np.array([code not in ("CHA", "TAR") for code in STATES])
ALL = Reading.YES
WORLDS = {
    "nothing covered": {},
    "covered, without asking": {
        "covered": np.full((2, 2), ALL, np.int32),
        "triggered": np.full((2, 2), ALL, np.int32),
        "on_request": np.zeros(2, bool),
    },
    "at peace": {"ignites": np.bool_(False)},
    "one league of all": {"member": np.ones((2, 6), bool)},
}
solved = compiled(solve)


@pytest.fixture(scope="module")
def crises():
    """512 runs of one league in float32."""
    return single(stage(6, 512, 11))


@pytest.mark.parametrize("changes", WORLDS.values(), ids=WORLDS)
def test_prior_draws_converge(changes):
    for first in (0, 512):
        draws = np.arange(first, first + 512)
        _, moves, odds = decide(begin(world(**changes), draws, draws))
        assert moves.residual.max() <= TOLERANCE
        assert (odds.play[:, PARTIES].min(0) > 0).all()  # so it was solved


def test_strong_company_still_converges_where_it_has_one_answer():
    crises = stage(5, 256, 5)
    strong = single(crises._replace(peer=4 * crises.peer, rationality=np.array(2.0)))
    found = solved(strong)
    assert (np.asarray(found.residual) <= TOLERANCE).mean() > 0.99


def test_a_residual_is_the_change_that_one_more_sweep_would_make(crises):
    unfinished = compiled(lambda s: solve(s, 0.0, 2))(crises)
    finished = solved(crises)
    gap = np.abs(np.stack(unfinished.play) - np.stack(finished.play)).max((0, 1))
    assert (gap <= np.asarray(unfinished.residual) / DAMPING + TOLERANCE).all()
    assert (np.asarray(unfinished.sweeps) == 2).all()


@pytest.mark.parametrize("first", [0, 64, 448])
def test_a_run_does_not_depend_on_its_block(crises, first):
    index = np.arange(first, first + 64)
    whole, part = solved(crises), solved(columns(crises, index))
    for ours, alone in zip(jax.tree.leaves(whole), jax.tree.leaves(part), strict=True):
        np.testing.assert_array_equal(np.asarray(ours)[..., index], alone)


def test_a_round_does_not_depend_on_its_block():
    draws = np.arange(512)
    whole = decide(begin(world(), draws, draws))
    part = decide(begin(world(), draws[128:192], draws[128:192]))
    for ours, alone in zip(jax.tree.leaves(whole), jax.tree.leaves(part), strict=True):
        np.testing.assert_array_equal(np.asarray(ours)[..., 128:192], alone)


def test_states_that_have_joined_go_on():
    play = tuple(np.full((1, 3), p, np.float32) for p in (0.78, *[0.02] * 11))
    committed = np.array([[-1, Action.JOIN_TARGET, Action.JOIN_CHALLENGER]])
    urges = np.ones((12, 1, 3), np.float32)
    chosen = choose(play, urges, np.ones((1, 3), bool), committed)
    assert chosen.tolist() == [[Action.ABSTAIN, Action.JOIN_TARGET, Action.JOIN_CHALLENGER]]


def test_who_doubts_a_type_expects_less_help_the_less_it_trusts():
    probability, owed = np.full((1, 1), 0.4), np.ones((1, 1))
    seen = [
        float(expected(probability, owed, (3.0, 1.0), 3.0, trust)[0, 0]) for trust in (0, 0.5, 1)
    ]
    assert seen == sorted(seen)
    assert seen[2] == pytest.approx(0.4, abs=1e-6)
    assert expected(probability, 0 * owed, (3.0, 1.0), 3.0, 0.3)[0, 0] == pytest.approx(0.4)
