"""Strategic trees: laws that any has, closed forms, and what is refused."""

from functools import cache
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, log_ndtr
from scipy.stats import multivariate_normal, norm

from foedus.game.tree import (
    Decision,
    End,
    check,
    decisions,
    egame12,
    egame122,
    egame123,
    first_decisions,
    movers,
    outcomes,
    payoffs,
    solve,
)

WIDE = Decision(
    "a",
    {
        "left": End("l"),
        "middle": Decision("b", {"x": End("mx"), "y": End("my")}),
        "right": Decision(
            "c", {"x": End("rx"), "y": Decision("b", {"p": End("p"), "q": End("q")})}
        ),
    },
)
TREES = {"12": egame12(), "122": egame122(), "123": egame123(), "wide": WIDE}
KINDS = [("agent", "probit"), ("agent", "logit"), ("private", "probit")]
pytestmark = pytest.mark.usefixtures("double")


def drawn(tree, seed: int, rows: int = 3) -> dict:
    """Payoffs of every mover at every outcome."""
    rng = np.random.default_rng(seed)
    return {(m, o): rng.normal(0, 2, rows) for m, o in product(movers(tree), outcomes(tree))}


@cache
def compiled(tree, error, link):
    """Solves a tree at given payoffs and scales."""
    return jax.jit(lambda given, scales: solve(tree, given, scales, error=error, link=link))


def played(tree, given, error="agent", link="probit", **scales):
    """The tree at payoffs of all movers at all outcomes, three rows of them."""
    zero, one = np.zeros(3), dict.fromkeys(movers(tree), 1.0)
    whole = {k: zero + given.get(k, 0.0) for k in product(movers(tree), outcomes(tree))}
    return compiled(tree, error, link)(whole, one | scales)


def chances(play) -> np.ndarray:
    """Probabilities [outcome, row]."""
    return np.exp(np.stack([np.asarray(p) for _, p in sorted(play.outcomes.items())]))


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
@pytest.mark.parametrize(("error", "link"), KINDS)
@settings(max_examples=5)
@given(seed=st.integers(0, 10**6))
def test_probabilities_sum_to_one(tree, error, link, seed):
    play = played(tree, drawn(tree, seed), error, link)
    np.testing.assert_allclose(chances(play).sum(axis=0), 1, rtol=1e-12)
    for path, decision in decisions(tree):
        taken = sum(np.exp(play.actions[(*path, action)]) for action in decision.actions)
        np.testing.assert_allclose(taken, 1, rtol=1e-12)


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_an_outcome_is_as_likely_as_the_actions_that_lead_to_it(tree):
    play = played(tree, drawn(tree, 3))
    ends = {
        child.outcome: (*path, action)
        for path, decision in decisions(tree)
        for action, child in decision.actions.items()
        if isinstance(child, End)
    }
    for outcome, path in ends.items():
        along = sum(play.actions[path[: i + 1]] for i in range(len(path)))
        np.testing.assert_allclose(play.outcomes[outcome], along, rtol=1e-12)


@pytest.mark.parametrize(("error", "link"), KINDS)
def test_order_of_actions_and_names_do_not_matter(error, link):
    def turned(node):
        if isinstance(node, End):
            return node
        return Decision(node.mover, {a: turned(c) for a, c in [*node.actions.items()][::-1]})

    given = drawn(WIDE, 5)
    one, two = (played(tree, given, error, link) for tree in (WIDE, turned(WIDE)))
    for outcome, p in one.outcomes.items():
        np.testing.assert_allclose(two.outcomes[outcome], p, atol=1e-9)


@pytest.mark.parametrize(("error", "link"), KINDS)
@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_only_differences_between_payoffs_matter(tree, error, link):
    given = drawn(tree, 7)
    before = chances(played(tree, given, error, link))
    for mover in movers(tree):
        for _, decision in first_decisions(tree, mover):
            more = {(mover, o): given[mover, o] + 1.7 for o in outcomes(decision)}
            after = chances(played(tree, given | more, error, link))
            np.testing.assert_allclose(after, before, atol=1e-9)


@pytest.mark.parametrize(("error", "link"), KINDS)
def test_payoffs_are_in_units_of_the_noise(error, link):
    given, scales = drawn(WIDE, 9), {"a": 0.5, "b": 2.0}
    before = chances(played(WIDE, given, error, link, **scales))
    larger = {k: 3 * v for k, v in given.items()}
    scales = {m: 3 * scales.get(m, 1.0) for m in movers(WIDE)}
    after = chances(played(WIDE, larger, error, link, **scales))
    np.testing.assert_allclose(after, before, rtol=1e-10)


@pytest.mark.parametrize(("error", "link"), KINDS)
def test_one_ends_the_game_or_the_other_answers(error, link):
    u11, u13, u14, u24 = 0.3, -0.8, 1.1, 0.4
    s1, s2 = 0.7, 1.3
    given = {("1", "1"): u11, ("1", "2"): u13, ("1", "3"): u14, ("2", "3"): u24}
    below = norm.cdf if link == "probit" else expit
    p4 = below(u24 / (np.sqrt(2) * s2))
    own = 2 if error == "agent" else 1 + p4**2 + (1 - p4) ** 2
    p2 = below(((1 - p4) * u13 + p4 * u14 - u11) / np.sqrt(s1**2 * own))
    found = chances(played(egame12(), given, error, link, **{"1": s1, "2": s2}))
    np.testing.assert_allclose(found[:, 0], [1 - p2, p2 * (1 - p4), p2 * p4], rtol=1e-12)


@pytest.mark.parametrize("scale", [0.4, 2.5])
def test_the_largest_of_three_normals(scale):
    tree = Decision("a", {n: End(n) for n in "xyz"})
    values = np.array([0.2, -0.5, 0.6])
    given = {("a", n): v for n, v in zip("xyz", values, strict=True)}
    found = chances(played(tree, given, a=scale))[:, 0]
    for k in range(3):
        others = [j for j in range(3) if j != k]
        spread = scale**2 * (np.ones((2, 2)) + np.eye(2))
        expected = multivariate_normal(np.zeros(2), spread).cdf(values[k] - values[others])
        np.testing.assert_allclose(found[k], expected, atol=1e-6)


def test_a_lone_decision_is_the_same_under_both_errors():
    tree = Decision("a", {n: End(n) for n in "xyz"})
    given = drawn(tree, 11)
    one, two = (chances(played(tree, given, error)) for error in ("agent", "private"))
    np.testing.assert_allclose(one, two, rtol=1e-12)


def test_errors_agree_where_the_answer_is_certain():
    """Then the first mover's action leads to one payoff, with the noise of one."""
    given = drawn(egame12(), 13) | {("2", "2"): 0.0, ("2", "3"): 60.0}
    one, two = (chances(played(egame12(), given, error)) for error in ("agent", "private"))
    np.testing.assert_allclose(one, two, atol=1e-12)
    given |= {("2", "3"): 0.0}
    one, two = (chances(played(egame12(), given, error)) for error in ("agent", "private"))
    assert np.abs(one - two).max() > 0.01


def test_tails_keep_their_digits():
    tree = Decision("a", {"x": End("x"), "y": End("y")})
    z = np.array([-200.0, -60, -31, -30, -29, -8, -1, 0, 2, 9, 31])
    solved = jax.jit(lambda y: solve(tree, {("a", "y"): y}).outcomes)
    found = solved(np.sqrt(2) * z)
    np.testing.assert_allclose(found["y"], log_ndtr(z), rtol=1e-12, atol=1e-100)
    np.testing.assert_allclose(found["x"], log_ndtr(-z), rtol=1e-12, atol=1e-100)


@pytest.mark.parametrize(("error", "link"), KINDS[1:])
def test_gradient_is_that_of_differences(error, link):
    keys = list(drawn(WIDE, 0))
    start = np.array([v[0] for v in drawn(WIDE, 17).values()])

    @jax.jit
    def value(x):
        found = solve(WIDE, dict(zip(keys, x, strict=True)), error=error, link=link).outcomes
        return sum((i + 1) * p for i, p in enumerate(found.values()))

    slope, step = jax.jit(jax.grad(value))(jnp.asarray(start)), 1e-5
    for i in range(len(start)):
        unit = step * np.eye(len(start))[i]
        expected = (value(start + unit) - value(start - unit)) / (2 * step)
        np.testing.assert_allclose(slope[i], expected, rtol=1e-6, atol=1e-8)


def test_single_precision_is_enough_for_play():
    with jax.enable_x64(False):
        play = played(egame123(), drawn(egame123(), 19), "private")
        assert play.outcomes["1"].dtype == np.float32
        extreme = chances(played(egame123(), {("2", "3"): 1e4}, "private"))
        assert np.isfinite(extreme).all()
    expected = chances(played(egame123(), drawn(egame123(), 19), "private"))
    np.testing.assert_allclose(chances(play), expected, rtol=2e-4)


def test_payoffs_in_the_order_of_formulas():
    assert payoffs(egame122()) == (
        *((("1", str(o))) for o in (1, 2, 3, 4)),
        ("2", "2"),
        ("2", "4"),
    )
    assert [o for m, o in payoffs(egame123()) if m == "2"] == ["2", "3", "4"]
    assert payoffs(egame123())[-1] == ("3", "4")


def test_moves_are_named_by_outcomes():
    tree = egame123(outcomes=("~a", "a,~b", "a,b,~c", "a,b,c"))
    assert [path for path, _ in decisions(tree)] == [(), ("a",), ("a", "b")]
    assert list(egame122(outcomes=("~a,~b", "~a,b", "a,~b", "a,b")).actions) == ["~a", "a"]


def test_equal_trees_are_equal_and_order_counts():
    assert egame12() == egame12()
    assert hash(egame12()) == hash(egame12())
    assert egame12() != egame12(outcomes=("1", "3", "2"))


BAD = {
    "twice": (Decision("a", {"x": End("x"), "y": End("x")}), {}, "'x' comes twice"),
    "lone": (Decision("a", {"x": End("x")}), {}, "two actions or more of 'a' after the start"),
    "error": (egame12(), {"error": "none"}, "expected one of agent, private; got 'none'"),
    "link": (egame12(), {"link": "cauchit"}, "expected one of probit, logit"),
    "private logit": (egame12(), {"error": "private", "link": "logit"}, "link 'probit'"),
    "again": (
        Decision(
            "a",
            {
                "x": End("x"),
                "y": Decision(
                    "b", {"l": End("l"), "m": Decision("a", {"s": End("s"), "t": End("t")})}
                ),
            },
        ),
        {"error": "private"},
        "'a' moves again",
    ),
}


@pytest.mark.parametrize(("tree", "kind", "message"), BAD.values(), ids=BAD)
def test_trees_without_a_likelihood_are_refused(tree, kind, message):
    with pytest.raises(ValueError, match=message):
        check(tree, **kind)


def test_payoffs_and_scales_of_nobody_are_refused():
    with pytest.raises(ValueError, match=r"expected payoffs of movers 1, 2 at outcomes 1, 2, 3"):
        solve(egame12(), {("3", "1"): 0.0})
    with pytest.raises(ValueError, match=r"expected scales of .*; got '3'"):
        solve(egame12(), {}, {"3": 1.0})
