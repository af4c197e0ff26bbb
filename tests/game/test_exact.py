"""Enumeration against Gambit, and the closure that simulation uses against enumeration."""

import json
from itertools import product

import jax
import numpy as np
import pytest

from foedus.core.kinds import Action
from foedus.game.challenge import crisis
from foedus.game.exact import enumerate_stage, payoff_table
from foedus.game.joining import solve
from tests.game.make_gambit import (
    CASES,
    FILE,
    RATIONALITY,
    TREE,
    TREE_RATIONALITY,
    from_numbers,
    stage_play,
    tree_play,
)
from tests.game.stages import stage

RECORDED = json.loads(FILE.read_text())
CLOSURE = 0.04  # how far the closure may be from enumeration
PRICE = -1e3  # of an action that nobody takes


def mixed(equilibrium, run=0):
    """Mixed actions of one run [state, action]."""
    return np.stack(equilibrium.play)[..., run].T


def gambit():
    try:
        import pygambit
    except ImportError:
        pytest.skip("pygambit is not installed (group `oracle`); its recorded values are compared")
    return pygambit


@pytest.mark.parametrize("case", RECORDED["stages"])
@pytest.mark.parametrize("rationality", RATIONALITY)
def test_enumeration_gives_what_gambit_gave(case, rationality):
    equilibrium = enumerate_stage(from_numbers(case["stage"])._replace(rationality=rationality))
    assert equilibrium.residual.max() <= 1e-12
    expected = case["play"][str(rationality)]
    np.testing.assert_allclose(mixed(equilibrium), expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize(("states", "seed"), [*CASES, (3, 12)])
def test_enumeration_gives_what_gambit_gives(states, seed):
    game = stage(states, 1, seed)
    for rationality in RATIONALITY:
        equilibrium = enumerate_stage(game._replace(rationality=rationality))
        expected = stage_play(gambit(), game, rationality)
        np.testing.assert_allclose(mixed(equilibrium), expected, rtol=0, atol=1e-8)


def test_record_is_of_the_version_named_in_the_oracle_group():
    assert RECORDED["gambit"] == "16.7.0"


def lonely_ally(rationality):
    """The stage of one ally that may only abandon its client or join it."""
    one = stage(1, 1, 0)
    worth = dict.fromkeys(Action, PRICE)
    worth[Action.ABSTAIN], worth[Action.JOIN_TARGET] = TREE["abandon"][2], TREE["join"][2]
    return one._replace(
        utility=tuple(np.full((1, 1), worth[action]) for action in Action),
        stake=np.zeros((1, 1)),
        rationality=rationality,
    )


def extended_deterrence(rationality):
    """P(attack), P(resist), P(join) by the package's own choices."""
    ally = solve(lonely_ally(rationality), tolerance=1e-12).play[Action.JOIN_TARGET]
    join = float(ally[0, 0])
    challenger, target = (
        (1 - join) * out + join * in_
        for out, in_ in zip(TREE["abandon"][:2], TREE["join"][:2], strict=True)
    )
    choice = crisis(TREE["yield"][:2], (challenger, target), rationality)
    return [float(choice.attack), float(choice.resist), join]


@pytest.mark.parametrize(
    ("rationality", "attack", "resist", "join"),
    [
        (1.0, 0.529844359, 0.646621072, 0.574442517),
        (5.0, 0.027766587, 0.991190022, 0.817574476),
    ],
)
@pytest.mark.usefixtures("double")
def test_extended_deterrence_in_closed_form(rationality, attack, resist, join):
    got = extended_deterrence(rationality)
    np.testing.assert_allclose(got, [attack, resist, join], rtol=0, atol=1e-9)


@pytest.mark.parametrize("rationality", TREE_RATIONALITY)
@pytest.mark.usefixtures("double")
def test_extended_deterrence_is_the_agent_equilibrium_that_gambit_gave(rationality):
    expected = RECORDED["tree"][str(rationality)]
    np.testing.assert_allclose(extended_deterrence(rationality), expected, rtol=0, atol=1e-9)


def test_gambit_still_gives_the_recorded_tree():
    for rationality in TREE_RATIONALITY:
        found = tree_play(gambit(), rationality)
        np.testing.assert_allclose(found, RECORDED["tree"][str(rationality)], rtol=0, atol=1e-9)


closure = jax.jit(lambda stage: solve(stage, tolerance=1e-10))


def closure_errors(leagues=5, runs=8):
    """Largest error of any probability, in each of 120 crises of three to five states."""
    errors = []
    for states, league in product((3, 4, 5), range(leagues)):
        crises = stage(states, runs, 100 * states + league)
        closed = closure(crises)
        exact = enumerate_stage(crises)
        assert exact.residual.max() <= 1e-12
        gap = np.abs(np.stack(closed.play) - np.stack(exact.play))
        errors.append(gap.max((0, 1)))
    return np.concatenate(errors)


@pytest.mark.usefixtures("double")
def test_closure_stays_near_enumeration(record_property):
    errors = closure_errors()
    figures = {
        "median": float(np.median(errors)),
        "p90": float(np.quantile(errors, 0.9)),
        "worst": float(errors.max()),
    }
    for name, value in figures.items():
        record_property(f"closure error, {name}", value)
    assert len(errors) >= 60
    assert figures["worst"] < CLOSURE, figures
    assert figures["median"] < 0.005, figures


def test_a_sixth_free_state_is_refused():
    with pytest.raises(ValueError, match="expected at most 5 free third parties; got 6"):
        enumerate_stage(stage(6, 2, 1))


def test_profiles_must_name_every_state():
    with pytest.raises(ValueError, match="expected profiles of 3 states"):
        payoff_table(stage(3, 1, 1), np.zeros((1, 2), int))


def test_states_that_are_not_free_do_nothing_and_need_no_power():
    game = stage(4, 3, 7)
    free = np.array([[1, 0, 1], [1, 0, 0], [0, 0, 1], [1, 0, 1]], bool)
    padded = game._replace(free=free, power=np.where(free, game.power, 0))
    equilibrium = enumerate_stage(padded)
    whole = np.stack(equilibrium.play).sum(0)
    np.testing.assert_allclose(whole, free, atol=1e-12)
    assert equilibrium.sweeps[1] == 0


def test_who_has_joined_is_met_and_is_company():
    """One that fights for sure counts as one whose joining is certain."""
    game = stage(3, 1, 3)
    game = game._replace(peers=np.ones_like(game.peers))
    free, joined = game.free.copy(), game.joined.copy()
    free[0], joined[1, 0] = False, True
    fights = np.array([[0.0], [1.0]]) * game.power[0]
    after = game._replace(free=free, joined=joined, strength=game.strength + fights)
    profiles = np.array([p for p in product(Action, repeat=3) if p[0] == Action.JOIN_CHALLENGER])
    before = payoff_table(game, profiles)
    np.testing.assert_allclose(payoff_table(after, profiles)[:, 1:], before[:, 1:], atol=1e-12)
