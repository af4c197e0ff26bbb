"""Logit equilibria: Gambit's, published ones, and laws."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.game.quantal import (
    Chance,
    Choice,
    Result,
    branch,
    equilibrium,
    extensive_form,
    fit,
    normal_form,
    of_tree,
)
from foedus.game.tree import egame12, egame123, movers, outcomes, solve
from tests.game.make_gambit_games import (
    EXTENSIVE,
    FILE,
    NORMAL,
    RATIONALITY,
    extensive_play,
    gambit_extensive,
    gambit_normal,
    normal_play,
)

RECORDED = json.loads(FILE.read_text())
OCHS = NORMAL["Ochs 1995, matching pennies"]


def node(spec):
    """A tree as the file writes it."""
    if isinstance(spec, list):
        return Result(tuple(spec))
    if "chance" in spec:
        return Chance(tuple((p, node(child)) for p, child in spec["chance"]))
    actions = {a: node(child) for a, child in spec["actions"].items()}
    return Choice(spec["player"], actions, spec["information"])


GAMES = {
    **{n: (normal_form(*t), RECORDED["normal"][n]) for n, t in NORMAL.items()},
    **{n: (extensive_form(node(r)), RECORDED["extensive"][n]) for n, r in EXTENSIVE.items()},
}
ALL = pytest.mark.parametrize(("game", "recorded"), GAMES.values(), ids=GAMES)


@ALL
def test_equilibria_are_those_that_gambit_gave(game, recorded):
    for rationality, play in recorded["play"].items():
        found = equilibrium(game, float(rationality)).probabilities
        np.testing.assert_allclose(found, play, rtol=0, atol=2e-9)


@ALL
def test_rationality_is_what_gambit_fitted(game, recorded):
    """Gambit stops its search about 1e-7 from the maximum; the likelihoods agree to 1e-12."""
    found, expected = fit(game, recorded["fit"]["counts"]), recorded["fit"]
    assert found.inside
    assert found.log_likelihood >= expected["log_likelihood"] - 1e-11
    np.testing.assert_allclose(found.log_likelihood, expected["log_likelihood"], rtol=1e-13)
    np.testing.assert_allclose(found.rationality, expected["rationality"], rtol=0, atol=2e-7)


def test_gambit_gives_the_same_today():
    gambit = pytest.importorskip("pygambit", reason="pygambit is not installed (group `oracle`)")
    for name in ("chicken, uneven", "drawn, three players"):
        game = gambit_normal(gambit, NORMAL[name])
        (found,) = gambit.qre.logit_solve_lambda(game, [RATIONALITY[-1]])
        expected = RECORDED["normal"][name]["play"][str(RATIONALITY[-1])]
        np.testing.assert_allclose(normal_play(game, found.profile), expected, atol=1e-9)
    root = EXTENSIVE["crisis with a hidden kind"]
    game = gambit_extensive(gambit, root)
    (found,) = gambit.qre.logit_solve_lambda(game, [1.0], use_strategic=False)
    expected = RECORDED["extensive"]["crisis with a hidden kind"]["play"]["1.0"]
    np.testing.assert_allclose(extensive_play(game, found, root), expected, atol=1e-9)


def test_ochs():
    """McKelvey and Palfrey 1995; to 15 digits by decimal arithmetic of 45.

    Gambit 16.7.0 prints 0.5867840364, 0.4518070317 and, fitted, 1.8456097537.
    """
    game = normal_form(*OCHS)
    found = equilibrium(game, 1.0).probabilities
    np.testing.assert_allclose(found[0], 0.586784036663789804, rtol=0, atol=1e-14)
    np.testing.assert_allclose(found[2], 0.451807031389501080, rtol=0, atol=1e-14)
    np.testing.assert_allclose(found[[0, 2]], [0.5867840364, 0.4518070317], rtol=0, atol=5e-10)
    best, expected = fit(game, RECORDED["ochs"]["counts"]), RECORDED["ochs"]
    np.testing.assert_allclose(best.rationality, 1.845609746434944276, rtol=0, atol=1e-12)
    np.testing.assert_allclose(best.rationality, 1.8456097537, rtol=0, atol=1e-8)
    np.testing.assert_allclose(best.log_likelihood, expected["log_likelihood"], rtol=1e-14)


def test_ochs_comes_to_nash():
    far = equilibrium(normal_form(*OCHS), 1e4).probabilities
    np.testing.assert_allclose(far[[0, 2]], [0.5, 0.2785 / (1.1141 + 0.2785)], atol=1e-3)


def odds_of(game, point) -> np.ndarray:
    """How far the odds of actions are from those of their expected payoffs."""
    x, gaps = point.log_probabilities, []
    weight = game.chance * np.exp(game.through @ x)
    value = (game.through.T * weight) @ game.payoffs
    value = np.diag(value) / (game.through.T @ weight)
    for s in np.unique(game.information):
        own = game.information == s
        shown = point.rationality * value[own]
        shown = shown - np.log(np.exp(shown - shown.max()).sum()) - shown.max()
        gaps.append(np.abs(np.exp(x[own]) - np.exp(shown)).max())
    return np.array(gaps)


@ALL
def test_every_point_of_a_branch_is_an_equilibrium(game, recorded):
    points = branch(game, 5.0)
    assert points[0].rationality == 0
    assert points[-1].rationality >= 5
    for point in points:
        assert odds_of(game, point).max() < 1e-10
        assert [sum(s.values()) for s in game.split(point.probabilities).values()] == pytest.approx(
            [1.0] * len(game.split(point.probabilities))
        )


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6), factor=st.floats(0.2, 5))
def test_units_shifts_and_names_of_payoffs_do_not_matter(seed, factor):
    rng = np.random.default_rng(seed)
    one, two = rng.uniform(-1, 1, (2, 3, 2))
    before = equilibrium(normal_form(one, two), 1.0).probabilities
    shifted = one + rng.normal(size=2), two + rng.normal(size=(3, 1))
    for tables, rationality in (((factor * one, factor * two), 1 / factor), (shifted, 1.0)):
        after = equilibrium(normal_form(*tables), rationality).probabilities
        np.testing.assert_allclose(after, before, atol=1e-10)
    order = [2, 0, 1]
    after = equilibrium(normal_form(one[order], two[order]), 1.0).probabilities
    np.testing.assert_allclose(after, np.append(before[order], before[3:]), atol=1e-10)
    after = equilibrium(normal_form(two.T, one.T), 1.0).probabilities
    np.testing.assert_allclose(after, np.append(before[3:], before[:3]), atol=1e-10)


def test_indifferent_at_zero():
    for game, _ in GAMES.values():
        for actions in game.split(equilibrium(game, 0.0).probabilities).values():
            np.testing.assert_allclose([*actions.values()], 1 / len(actions), rtol=1e-14)


@pytest.mark.parametrize("tree", [egame12(), egame123()], ids=["12", "123"])
@pytest.mark.usefixtures("double")
def test_a_strategic_tree_with_logit_errors_is_a_quantal_response(tree):
    rng, rationality = np.random.default_rng(1), 1.3
    given = {(m, o): float(rng.normal()) for m in movers(tree) for o in outcomes(tree)}
    game = of_tree(tree, given)
    found = equilibrium(game, rationality).log_probabilities
    scales = dict.fromkeys(movers(tree), 1 / (np.sqrt(2) * rationality))
    play = solve(tree, given, scales, link="logit")
    expected = {(" > ".join(p[:-1]), p[-1]): float(v) for p, v in play.actions.items()}
    for (information, action), x in zip(game.names, found, strict=True):
        after = information.partition(" after ")[2]
        assert x == pytest.approx(expected[after, action], abs=1e-12)


@pytest.mark.parametrize("rationality", [0.6, 2.5])
def test_a_known_rationality_is_found_again(rationality):
    game = GAMES["crisis with a hidden kind"][0]
    exact = 1e5 * equilibrium(game, rationality).probabilities
    assert fit(game, exact).rationality == pytest.approx(rationality, abs=1e-6)
    rng = np.random.default_rng(3)
    chance = game.split(equilibrium(game, rationality).probabilities).values()
    counts = np.concatenate([rng.multinomial(5000, [*c.values()]) for c in chance])
    found = fit(game, counts)
    assert abs(found.rationality - rationality) < 4 * found.se < 0.2
    for near in (-0.01, 0.01):
        x = equilibrium(game, found.rationality + near).log_probabilities
        assert counts @ x < found.log_likelihood


def test_the_likelihood_may_rise_without_end():
    dilemma = normal_form(*NORMAL["prisoners' dilemma"])
    found = fit(dilemma, [0, 50, 0, 50])
    assert not found.inside
    assert np.isnan(found.se)
    assert fit(dilemma, [50, 0, 50, 0]).rationality == 0  # nobody plays what never pays


PAIR = {"a": Result((0.0, 1.0)), "b": Result((1.0, 0.0))}
BAD_TREES = {
    "chance": (Chance(((0.5, PAIR["a"]), (0.4, PAIR["b"]))), "chances above 0 that sum to 1"),
    "players": (
        Choice(0, {"a": Choice(1, PAIR, "s"), "b": Choice(0, PAIR, "s")}, "r"),
        "one player and one list of actions at 's'",
    ),
    "recall": (Choice(0, {"a": Choice(0, PAIR, "s"), "b": PAIR["a"]}, "s"), "'s' once"),
    "lone": (Choice(0, {"a": PAIR["a"]}, "s"), "two actions or more at 's'"),
    "payoff": (Choice(0, {"a": PAIR["a"], "b": Result((np.nan, 0.0))}, "s"), "finite payoffs"),
}


@pytest.mark.parametrize(("root", "message"), BAD_TREES.values(), ids=BAD_TREES)
def test_trees_that_are_no_games_are_refused(root, message):
    with pytest.raises(ValueError, match=message):
        extensive_form(root)


def test_bad_tables_counts_and_rationality_are_refused():
    with pytest.raises(ValueError, match=r"expected 2 tables of 2 axes and one shape"):
        normal_form([[1, 2]], [[1], [2]])
    with pytest.raises(ValueError, match=r"expected names for \(2, 2\) actions"):
        normal_form(*OCHS, actions=[["a", "b"], ["a"]])
    game = normal_form(*OCHS)
    with pytest.raises(ValueError, match="rationality of 0 or more; got -1"):
        equilibrium(game, -1.0)
    with pytest.raises(ValueError, match="expected 4 counts"):
        fit(game, [1, 2])
