"""Models that cannot be identified, and formulas and tables that do not fit: one line each."""

import numpy as np
import pandas as pd
import pytest

from foedus.fit.strategic import fit, prepare
from foedus.fit.strategic_formula import redesign
from foedus.fit.strategic_model import Model
from foedus.game.tree import egame12
from tests.fit.strategic_data import FORMULA, NAMES, THREE, disputes

TREE = egame12(outcomes=NAMES)


@pytest.fixture(scope="module")
def data():
    made = disputes(600, 1)
    made["twice"] = 2 * made.power + 1
    made["none"] = 0.0
    made["b"] = (made.regime == "b").astype(int)
    made["c"] = 1 - made.b
    return made


UNIDENTIFIED = {
    "constant": (
        "outcome ~ power | 1 | regime | army",
        "'Intercept' in all payoffs of '1' at one decision "
        r"\(u1\(status quo\), u1\(yields\), u1\(war\)\); leave it out of one",
    ),
    "regressor": (
        "outcome ~ power + army | 0 + power | power | army",
        "'power' in all payoffs of '1'",
    ),
    "combination": (
        "outcome ~ 0 + b + c | 1 | army | army",
        "'b', 'c' in all payoffs of '1'",
    ),
    "collinear": (
        "outcome ~ power + twice | 0 | regime | army",
        r"u1\(status quo\): column 'twice' is a combination of 'Intercept', 'power'",
    ),
    "zero": (
        "outcome ~ power | 0 | 1 | army + none",
        r"u2\(war\): column 'none' is 0 in every row",
    ),
}


@pytest.mark.parametrize(("formula", "message"), UNIDENTIFIED.values(), ids=UNIDENTIFIED)
def test_what_cannot_be_told_apart_is_refused(data, formula, message):
    with pytest.raises(ValueError, match=f"not identified: .*{message}"):
        fit(formula, data, outcomes=NAMES)


def test_shared_regressors_at_each_first_decision(data):
    """The second mover of a wide tree has two decisions, and a difference at each."""
    ends = data.assign(end=np.resize(["peace", "deal", "quarrel", "rout", "war"], len(data)))
    payoffs = {("state", "deal"): "1", ("rival", "quarrel"): "army", ("rival", "war"): "army"}
    assert prepare(Model(THREE, payoffs, "end"), ends).problem.n == 600
    payoffs[("rival", "rout")] = "power"
    with pytest.raises(ValueError, match=r"'Intercept' .* \(u_rival\(rout\), u_rival\(war\)\)"):
        prepare(Model(THREE, payoffs, "end"), ends)


@pytest.mark.parametrize(
    ("scale", "where"),
    [("1", r"log\(sigma\): .* of 1, 2"), ({"2": "army"}, r"log\(sigma 2\): .* of 2")],
)
def test_a_scale_needs_a_measure(data, scale, where):
    with pytest.raises(ValueError, match=f"not identified: {where}.*'- 1'"):
        fit(FORMULA, data, outcomes=NAMES, scale=scale)
    assert prepare(FORMULA, data, outcomes=NAMES, scale="army - 1").layout.scales == ("",)
    fixed = {("1", "yields"): 1.0, ("1", "war"): "regime", ("2", "war"): "army - 1"}
    assert prepare(Model(TREE, fixed, "outcome", scale={"1": "1"}), data).layout.scales == ("1",)


def test_a_sure_prediction_is_refused(data):
    sure = data.assign(outcome=data.outcome.where(data.b == 1, NAMES[0]))
    with pytest.raises(ValueError, match=r"flat or rises without end along .*u1\(status quo\)"):
        fit("outcome ~ b | 0 | regime | army", sure, outcomes=NAMES, starts=2)


def test_an_outcome_that_never_happens_is_refused(data):
    with pytest.raises(ValueError, match="no row has the outcome 'war'"):
        fit(FORMULA, data[data.outcome != "war"], outcomes=NAMES)


FORMULAS = {
    "parts": ("outcome ~ power | 0 | regime", {}, r"4, 6 or 8 payoffs split by '\|'.*got 3"),
    "empty": ("outcome ~ power | | regime | army", {}, "expected 'response ~ payoff"),
    "no response": ("power | 0 | regime | army", {}, "expected 'response ~ payoff"),
    "no column": (
        "outcome ~ powr | 0 | regime | army",
        {},
        r"'powr' .* \(did you mean 'power'\?\)",
    ),
    "response": ("outcme ~ power | 0 | regime | army", {}, r"response: .*did you mean 'outcome'"),
    "syntax": (
        "outcome ~ power + | 0 | regime | army",
        {},
        r"u1\(status quo\): expected a formula",
    ),
    "function": ("outcome ~ bad(power) | 0 | 1 | army", {}, r"u1\(status quo\): .*bad"),
    "infinite": ("outcome ~ np.log(none) | 0 | 1 | army", {}, r"'np.log\(none\)' is -inf in row 0"),
    "tree": ("outcome ~ 1 | 0 | 1", {"tree": TREE}, "expected 4 payoffs, u1.status quo.*; got 3"),
    "outcomes": (FORMULA, {"outcomes": ("a", "b")}, "expected 3 outcomes; got a, b"),
    "levels": (FORMULA, {"outcomes": ("a", "b", "war")}, "expected outcomes a, b, war; got status"),
    "values": ("region ~ power | 0 | 1 | army", {}, "'region': expected 3 values; got 25"),
    "moves": ("region + b ~ power | 0 | 1 | army", {}, "'region': expected 0 or 1; got"),
    "many": ("b + b + b ~ power | 0 | 1 | army", {"outcomes": NAMES}, "expected 2 or 2 columns"),
    "private": (FORMULA, {"error": "private", "link": "logit"}, "link 'probit' with private"),
    "scale": (FORMULA, {"scale": {"9": "army"}}, "expected scales of 1, 2; got '9'"),
    "starts": (FORMULA, {"starts": 1}, "expected two starts or more; got 1"),
}


@pytest.mark.parametrize(("formula", "kind", "message"), FORMULAS.values(), ids=FORMULAS)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_formulas_that_do_not_fit_are_refused(data, formula, kind, message):
    with pytest.raises(ValueError, match=message) as caught:
        fit(formula, data, **kind)
    assert "\n" not in str(caught.value)


def test_a_payoff_that_no_choice_depends_on_is_refused(data):
    with pytest.raises(ValueError, match=r"u2\(status quo\): no choice of '2' depends on it"):
        fit(Model(TREE, {("2", "status quo"): "army"}, "outcome"), data)
    with pytest.raises(ValueError, match=r"u3\(war\): no choice of '3'"):
        fit(Model(TREE, {("3", "war"): "army"}, "outcome"), data)
    with pytest.raises(ValueError, match="a payoff or scale to estimate; got fixed numbers alone"):
        fit(Model(TREE, {("2", "war"): 1.0}, "outcome"), data)
    with pytest.raises(ValueError, match="got a Model"):
        fit(Model(TREE, {("2", "war"): "army"}, "outcome"), data, link="logit")


def test_a_table_without_rows_is_refused(data):
    with pytest.raises(ValueError, match="rows without missing values; got none of 600"):
        fit(FORMULA, data.assign(army=np.nan), outcomes=NAMES)
    twice = pd.concat([data, data[["army"]]], axis=1)
    with pytest.raises(ValueError, match="expected one column 'army' in the table; got several"):
        fit(FORMULA, twice, outcomes=NAMES)


def test_other_tables_need_the_same_columns_and_levels(data):
    design = prepare(FORMULA, data, outcomes=NAMES).design
    regime = design.payoffs["1", "war"]
    assert redesign(regime, data.tail(3)).shape == (3, 2)
    with pytest.raises(ValueError, match=r"u1\(war\): expected a column 'regime'"):
        redesign(regime, data[["army"]])
    with pytest.raises(ValueError, match=r"u1\(war\): expected levels that were in the fit"):
        redesign(regime, data.assign(regime="z"))
    with pytest.raises(
        ValueError, match=r"u1\(war\): expected a value of 'regime'; row 7 has none"
    ):
        redesign(regime, data.assign(regime=data.regime.where(data.index != 7)))


def test_errors_clusters_and_kinds_that_do_not_fit_are_refused(data):
    found = fit(FORMULA, data, outcomes=NAMES, starts=2)
    with pytest.raises(ValueError, match="errors hessian, robust or bootstrap; got 'hc3'"):
        found.table("hc3")
    with pytest.raises(ValueError, match="no clusters with errors 'hessian'"):
        found.table(cluster=data.region)
    with pytest.raises(ValueError, match="a cluster for each of 600 rows; got 5"):
        found.table("robust", cluster=np.arange(5))
    with pytest.raises(ValueError, match="two clusters or more"):
        found.table("robust", cluster=np.zeros(600))
    with pytest.raises(ValueError, match="kind outcome or action; got 'both'"):
        found.predict(kind="both")
    with pytest.raises(ValueError, match="an outcome status quo, yields, war; got 'peace'"):
        found.outcome_log_likelihood("peace")
