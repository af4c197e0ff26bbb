"""Enumeration against Gambit, and the closure that simulation uses against enumeration."""

import json
from itertools import product

import numpy as np
import pytest

from foedus.core.kinds import Action, Grade, Side
from foedus.game.challenge import crisis
from foedus.game.exact import enumerate_stage, payoff_table
from foedus.game.joining import combat, solve
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
from tests.game.stages import FIVE, TWO, compiled, stage

RECORDED = json.loads(FILE.read_text())
CLOSURE = 0.04  # how far the closure may be from enumeration
GRADES = pytest.mark.parametrize("grades", [TWO, FIVE], ids=["two grades", "five"])
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
    game = stage(states, 1, seed, TWO)
    for rationality in RATIONALITY:
        equilibrium = enumerate_stage(game._replace(rationality=rationality))
        expected = stage_play(gambit(), game, rationality)
        np.testing.assert_allclose(mixed(equilibrium), expected, rtol=0, atol=1e-8)


def test_record_is_of_the_version_named_in_the_oracle_group():
    assert RECORDED["gambit"] == "16.7.0"


def lonely_ally(rationality):
    """The stage of one ally that may only abandon its client or join it."""
    worth = dict.fromkeys(Action, PRICE)
    worth[Action.ABSTAIN], worth[Action.JOIN_TARGET] = TREE["abandon"][2], TREE["join"][2]
    return stage(1, 1, 0)._replace(
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


closure = compiled(lambda stage: solve(stage, tolerance=1e-10))


def closure_errors(grades, sizes):
    """Largest error of any probability in each crisis; so many crises of so many states."""
    errors = []
    for states, leagues, runs in sizes:
        for league in range(leagues):
            crises = stage(states, runs, 100 * states + league, grades)
            closed, exact = closure(crises), enumerate_stage(crises)
            assert exact.residual.max() <= 1e-12
            gap = np.abs(np.stack(closed.play) - np.stack(exact.play))
            errors.append(gap.max((0, 1)))
    return np.concatenate(errors)


@pytest.mark.parametrize(
    ("grades", "sizes"),
    [(TWO, [(3, 5, 8), (4, 5, 8), (5, 5, 8)]), (FIVE, [(3, 25, 8), (4, 15, 8)])],
    ids=["two grades", "five"],
)
@pytest.mark.usefixtures("double")
def test_closure_stays_near_enumeration(record_property, grades, sizes):
    """120 crises of three to five states with two grades, 320 of three or four with five.

    Median, nine in ten, worst: .0002, .0016, .015 with two grades; .0003, .0016, .006 with five.
    """
    errors = closure_errors(grades, sizes)
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


@pytest.mark.parametrize(("grades", "most"), [(TWO, 5), (FIVE, 4)])
def test_one_free_state_too_many_is_refused(grades, most):
    said = f"expected at most {most} free third parties; got {most + 1}"
    with pytest.raises(ValueError, match=said):
        enumerate_stage(stage(most + 1, 2, 1, grades))


def test_profiles_must_name_every_state():
    with pytest.raises(ValueError, match="expected profiles of 3 states"):
        payoff_table(stage(3, 1, 1), np.zeros((1, 2), int))


@GRADES
def test_states_that_are_not_free_do_nothing_and_need_no_power(grades):
    game = stage(4, 3, 7, grades)
    free = np.array([[1, 0, 1], [1, 0, 0], [0, 0, 1], [1, 0, 1]], bool)
    padded = game._replace(free=free, power=np.where(free, game.power, 0))
    equilibrium = enumerate_stage(padded)
    whole = np.stack(equilibrium.play).sum(0)
    np.testing.assert_allclose(whole, free, atol=1e-12)
    assert equilibrium.sweeps[1] == 0


@GRADES
def test_who_has_joined_is_met_and_is_company(grades):
    """One that fights for sure counts as one whose joining is certain."""
    game = stage(3, 1, 3, grades)
    game = game._replace(peers=np.ones_like(game.peers))
    free, joined = game.free.copy(), game.joined.copy()
    free[0], joined[1, 0] = False, True
    fights = np.array([[0.0], [1.0]]) * game.power[0]
    after = game._replace(free=free, joined=joined, strength=game.strength + fights)
    sure, actions = combat(game, Side.CHALLENGER), range(len(game.utility))
    profiles = np.array([(sure, *rest) for rest in product(actions, repeat=2)])
    before = payoff_table(game, profiles)
    np.testing.assert_allclose(payoff_table(after, profiles)[:, 1:], before[:, 1:], atol=1e-12)


def test_a_grade_that_adds_nothing_and_is_not_met_is_worth_its_utility():
    """A statement moves neither the war nor the others; a deployment is met, and adds nothing."""
    game = stage(2, 1, 5)
    said, stands = (
        payoff_table(game, np.array([[Action.of(grade, Side.TARGET), other] for other in Action]))
        for grade in (Grade.STATEMENT, Grade.DEPLOYMENT)
    )
    idle = payoff_table(game, np.array([[Action.ABSTAIN, other] for other in Action]))
    own = game.utility[Action.STATE_TARGET][0, 0]
    np.testing.assert_allclose(said[:, 0] - idle[:, 0], own, atol=1e-12)
    np.testing.assert_allclose(said[:, 1], idle[:, 1], atol=1e-12)
    meets = (stands[:, 1] - idle[:, 1])[:, 0]
    exposed = [np.ravel(e)[0] * side for e in game.exposures for side in Side]
    risk = game.patron_risk[0] * np.log1p(game.exposures[2] * game.power[0, 0] / game.power[1, 0])
    np.testing.assert_allclose(meets, [0, 0, *(-risk * np.array(exposed))], atol=1e-12)
