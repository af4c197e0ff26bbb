"""Strategic fits to tables drawn from known models, and the laws that every fit obeys."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from foedus.fit.strategic import fit, prepare
from foedus.fit.strategic_effects import marginal_effects
from foedus.fit.strategic_likelihood import row_log_likelihood, scores
from foedus.fit.strategic_model import Model
from foedus.game.tree import egame12
from tests.fit.strategic_data import FORMULA, NAMES, THREE, TRUTH, disputes, play

TRUE = np.array([*TRUTH.values()])


@pytest.fixture(scope="module")
def data():
    return disputes(600, 1)


@pytest.fixture(scope="module")
def found(data):
    return fit(FORMULA, data, outcomes=NAMES)


def test_known_coefficients_are_found_again():
    many = fit(FORMULA, disputes(8000, 2), outcomes=NAMES, starts=2)
    table = many.table()
    assert [*table.index] == [*TRUTH]
    np.testing.assert_array_less(np.abs(table.estimate - TRUE), 4 * table.se)
    np.testing.assert_allclose(table.estimate, TRUE, atol=0.2)


def test_errors_cover_what_they_should(found):
    """Ninety-five per cent intervals of 40 fits of 6 coefficients."""
    held = []
    for seed in range(40):
        table = fit(FORMULA, disputes(600, 100 + seed), outcomes=NAMES, starts=2).table()
        held.append(np.abs(table.estimate - TRUE) < 1.96 * table.se)
    assert 0.9 < np.mean(held) < 0.99


def test_every_start_ends_on_the_same_maximum(found):
    assert found.starts.maximum.all()
    np.testing.assert_allclose(found.starts.log_likelihood, found.log_likelihood, rtol=1e-10)
    assert np.abs(found.gradient(found.coefficients)).max() < 1e-6
    assert np.linalg.eigvalsh(found.information)[0] > 0


def test_likelihood_and_errors_are_those_of_plain_numpy(found, data):
    """The same model written out, and its derivatives by differences."""
    regime, outcome = (data.regime == "b").to_numpy(float), data.outcome.to_numpy()

    def value(b):
        p4 = norm.cdf((b[4] + b[5] * data.army) / np.sqrt(2))
        gain = p4 * (b[2] + b[3] * regime) - (b[0] + b[1] * data.power)
        p2 = norm.cdf(gain / np.sqrt(2))
        chance = np.select([outcome == o for o in NAMES], [1 - p2, p2 * (1 - p4), p2 * p4])
        return np.log(chance).sum()

    b = found.coefficients
    assert found.value(b) == pytest.approx(value(b), abs=1e-9)
    assert found.log_likelihood == pytest.approx(value(b), abs=1e-9)
    elsewhere, step = b + 0.1, 1e-5 * np.eye(len(b))
    slope = [(value(elsewhere + s) - value(elsewhere - s)) / 2e-5 for s in step]
    np.testing.assert_allclose(found.gradient(elsewhere), slope, atol=1e-5)
    bend = [(found.gradient(b + s) - found.gradient(b - s)) / 2e-5 for s in step]
    np.testing.assert_allclose(-np.array(bend), found.information, rtol=1e-6, atol=1e-5)
    np.testing.assert_allclose(
        found.table().se, np.sqrt(np.diag(np.linalg.inv(found.information))), rtol=1e-9
    )
    best = minimize(lambda x: -value(x), 0 * b, method="BFGS")
    assert -best.fun <= found.log_likelihood + 1e-6


def test_order_of_rows_and_units_do_not_matter(found, data):
    turned = data.sample(frac=1, random_state=1).assign(army=lambda d: 1000 * d.army)
    other = fit(FORMULA, turned, outcomes=NAMES)
    scale = np.array([1, 1, 1, 1, 1, 1e-3])
    assert other.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-8)
    np.testing.assert_allclose(other.coefficients, found.coefficients * scale, rtol=1e-6)
    np.testing.assert_allclose(other.table().se, found.table().se * scale, rtol=1e-6)


def test_outcomes_or_moves(found, data):
    moves = data.assign(
        attack=(data.outcome != NAMES[0]).astype("Int32"),
        fight=(data.outcome == NAMES[2]).astype("Int32"),
        ordered=pd.Categorical(data.outcome, NAMES, ordered=True),
        number=data.outcome.map(dict(zip(NAMES, (1, 3, 4), strict=True))),
    )
    moves.loc[moves.attack == 0, "fight"] = pd.NA  # a move that was not reached
    for response in ("attack + fight", "ordered", "number"):
        formula = FORMULA.replace("outcome", response)
        other = fit(formula, moves, outcomes=NAMES, starts=2)
        assert other.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-9)
        assert other.n == len(data)
    named = [prepare(FORMULA.replace("outcome", r), moves) for r in ("attack + fight", "number")]
    assert [ready.problem.names[-1][0] for ready in named] == ["u2(attack,fight)", "u2(4)"]


def test_a_formula_or_a_tree_of_formulas(found, data):
    tree = found.model.tree
    payoffs = {("1", "status quo"): "power", ("1", "war"): "regime", ("2", "war"): "army"}
    other = fit(Model(tree, payoffs, "outcome"), data, starts=2)
    np.testing.assert_allclose(other.coefficients, found.coefficients, atol=1e-8)
    fixed = prepare(
        Model(tree, payoffs | {("1", "yields"): 0.5, ("2", "yields"): 0}, "outcome"), data
    )
    assert fixed.layout.fixed == ((("1", "yields"), 0.5), (("2", "yields"), 0.0))
    assert fixed.problem.names == found.problem.names


def threefold(error, link):
    """Ends of the game with three actions, its model, and the coefficients behind it."""
    rng = np.random.default_rng(5)
    x, z = rng.normal(size=(2, 500))
    truth = {
        ("state", "deal"): 0.5 + 0.7 * x,
        ("state", "war"): -0.4 * np.ones_like(x),
        ("rival", "quarrel"): -0.3 + 0.8 * z,
        ("rival", "war"): 0.6 * np.ones_like(x),
    }
    outcome = play(THREE, truth, rng.uniform(size=500), error=error, link=link)
    payoffs = {p: "1" for p in truth} | {("state", "deal"): "x", ("rival", "quarrel"): "z"}
    model = Model(THREE, payoffs, "end", error, link)
    return model, pd.DataFrame({"x": x, "z": z, "end": outcome}), [0.5, 0.7, -0.4, -0.3, 0.8, 0.6]


def test_a_tree_with_three_actions_and_named_movers():
    model, data, truth = threefold("agent", "logit")
    found = fit(model, data, starts=2)
    table = found.table()
    assert table.index[0] == ("u_state(deal)", "Intercept")
    np.testing.assert_array_less(np.abs(table.estimate - truth), 4 * table.se)
    chances = found.predict()
    assert [*chances.columns] == ["peace", "deal", "quarrel", "rout", "war"]
    np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=1e-12)
    actions = found.predict(kind="action")
    assert [*actions["state"].columns] == ["wait", "demand", "attack"]
    along = actions["state", "attack"] * actions["rival", "attack > fight"]
    np.testing.assert_allclose(along, chances["war"], rtol=1e-12)


def test_scores_average_to_nothing_at_the_truth():
    model, data, truth = threefold("private", "probit")
    each = scores(prepare(model, data).problem, np.array(truth))
    z = each.sum(axis=0) / np.sqrt((each**2).sum(axis=0))
    assert np.abs(z).max() < 3


def test_scales_of_movers():
    """Where payoffs are known, the noise is not: by mover, and by a covariate."""
    rng = np.random.default_rng(7)
    wave = rng.normal(size=3000)
    values = {("1", "status quo"): 0.5, ("1", "war"): 1.5, ("2", "war"): 0.6}
    scale = {"1": 0.5, "2": np.exp(0.3 + 0.4 * wave)}
    data = pd.DataFrame({"wave": wave})
    tree = egame12(outcomes=NAMES)
    data["outcome"] = play(tree, values, rng.uniform(size=3000), scales=scale)
    given = {k: float(v) for k, v in values.items()}
    found = fit(Model(tree, given, "outcome", scale={"1": "1", "2": "wave"}), data, starts=2)
    table = found.table()
    assert [e for e, _ in table.index] == ["log(sigma 1)", "log(sigma 2)", "log(sigma 2)"]
    expected = [np.log(0.5), 0.3, 0.4]
    np.testing.assert_array_less(np.abs(table.estimate - expected), 4 * table.se)
    known = prepare(Model(tree, given, "outcome", scale={"1": 0.5, "2": "wave"}), data)
    assert known.layout.fixed_scales == (("1", 0.5),)
    assert [e for e, _ in known.problem.names] == ["log(sigma 2)"] * 2


def test_robust_errors(found, data):
    """The sandwich around scores that differences give."""
    step = 1e-6 * np.eye(6)
    rows = found.row_log_likelihood()
    assert rows.sum() == pytest.approx(found.log_likelihood, abs=1e-9)
    each = [
        row_log_likelihood(found.problem, found.coefficients + s)
        - row_log_likelihood(found.problem, found.coefficients - s)
        for s in step
    ]
    slopes = np.array(each).T / 2e-6
    bread = np.linalg.inv(found.information)
    expected = bread @ slopes.T @ slopes @ bread
    np.testing.assert_allclose(found.covariance("robust"), expected, rtol=1e-5, atol=1e-8)
    sums = pd.DataFrame(slopes).groupby(data.region.to_numpy()).sum().to_numpy()
    clustered = 25 / 24 * bread @ sums.T @ sums @ bread
    np.testing.assert_allclose(
        found.covariance("robust", cluster=data.region), clustered, rtol=1e-5, atol=1e-8
    )
    alone = found.covariance("robust", cluster=np.arange(600))
    np.testing.assert_allclose(alone, 600 / 599 * found.covariance("robust"), rtol=1e-9)


def test_bootstrap(found, data):
    drawn = found.bootstrap(400, seed=3)
    assert drawn.failed == 0
    np.testing.assert_allclose(drawn.draws.std(), found.table().se, rtol=0.25)
    pd.testing.assert_frame_equal(drawn.draws, found.bootstrap(400, seed=3).draws)
    weights = np.random.default_rng(3).multinomial(600, np.full(600, 1 / 600), 400)[7]
    again = fit(FORMULA, data.loc[np.repeat(data.index, weights)], outcomes=NAMES)
    np.testing.assert_allclose(drawn.draws.iloc[7], again.coefficients, atol=1e-6)
    by_region = found.table("bootstrap", cluster=data.region, samples=400).se
    np.testing.assert_allclose(by_region, found.table("robust", cluster=data.region).se, rtol=0.35)


def test_predictions(found, data):
    chances = found.predict()
    np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=1e-12)
    pd.testing.assert_frame_equal(chances, found.predict(data))
    shown = chances.to_numpy()[np.arange(600), found.design.outcome]
    np.testing.assert_allclose(np.log(shown), found.row_log_likelihood(), rtol=1e-10)
    one = found.predict(pd.DataFrame({"power": [0.5], "regime": ["b"], "army": [0.0]}))
    assert one.shape == (1, 3)
    war = found.outcome_log_likelihood("war")
    np.testing.assert_allclose(
        np.exp(war), np.where(data.outcome == "war", chances["war"], 1 - chances["war"])
    )


def test_marginal_effects(found, data):
    effects = marginal_effects(found)
    assert [*effects.columns] == ["effect", "se", "z", "p"]
    totals = effects.effect.groupby(["covariate", "contrast"]).sum()
    np.testing.assert_allclose(totals, 0, atol=1e-9)
    step = 1e-3
    up, down = (found.predict(data.assign(army=data.army + s)) for s in (step, -step))
    slope = ((up - down) / (2 * step)).mean()
    np.testing.assert_allclose(effects.effect.xs("army").xs("slope"), slope, rtol=1e-5)
    change = (
        found.predict(data.assign(regime="b")) - found.predict(data.assign(regime="a"))
    ).mean()
    np.testing.assert_allclose(effects.effect.xs("regime").xs("b - a"), change, rtol=1e-9)
    drawn = found.bootstrap(100, seed=5).draws.to_numpy()
    spread = np.std(
        [
            replace(found, coefficients=b).predict(data.assign(regime="b")).mean()
            - replace(found, coefficients=b).predict(data.assign(regime="a")).mean()
            for b in drawn
        ],
        axis=0,
    )
    np.testing.assert_allclose(effects.se.xs("regime").xs("b - a"), spread, rtol=0.3)
    logs = fit(
        FORMULA.replace("power", "np.log(size)"),
        data.assign(size=np.exp(data.power)),
        outcomes=NAMES,
        starts=2,
    )
    per_log = marginal_effects(logs, covariates=["size"]).effect
    base = marginal_effects(found, covariates=["power"]).effect
    assert per_log.index[0] == ("size", "slope", NAMES[0])
    assert (np.sign(per_log.to_numpy()) == np.sign(base.to_numpy())).all()


def test_information_criteria_and_citation(found):
    assert found.aic == pytest.approx(12 - 2 * found.log_likelihood)
    assert found.bic == pytest.approx(6 * np.log(600) - 2 * found.log_likelihood)
    assert found.bibtex().count("@article{") == 2
    assert "doi" not in found.table().columns


def test_missing_values_are_left_out_and_counted(found, data):
    holes = data.astype({"outcome": object}).copy()
    holes.loc[[0, 1], "army"] = np.nan
    holes.loc[[1, 2, 3], "regime"] = None
    holes.loc[[5], "outcome"] = None
    other = fit(FORMULA, holes, outcomes=NAMES, starts=2)
    assert other.n == 600 - 5
    assert other.dropped == {"outcome": 1, "regime": 3, "army": 1}
    np.testing.assert_array_equal(other.index, data.index.drop([0, 1, 2, 3, 5]))
    expected = fit(FORMULA, data.drop([0, 1, 2, 3, 5]), outcomes=NAMES, starts=2)
    assert other.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-10)
    by_region = other.covariance("robust", cluster=data.region)
    assert np.isfinite(by_region).all()
