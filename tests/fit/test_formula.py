"""Refits by formula: numbers recovered, units, effects by hand, what is refused."""

import numpy as np
import pandas as pd
import pytest

from foedus.fit.formula import refit
from foedus.fit.sides import marginal
from foedus.record.calls import one_sided
from tests.fit.small import calls

TRUTH = {"Intercept": -2.0, "major": 1.5, "rival_opp": 1.0, "log1p(alongside_own)": 0.8}
SIGMA = 1.5


def drawn(disputes=150, seed=5):
    """Calls answered by a mixed logit with known numbers."""
    table, rng = calls(disputes, 10, seed), np.random.default_rng(seed)
    sided = one_sided(table)
    x = {"major": sided.major, "rival_opp": sided.rival_opp}
    x["log1p(alongside_own)"] = np.log1p(sided.alongside_own)
    eta = TRUTH["Intercept"] + sum(TRUTH[name] * column.astype(float) for name, column in x.items())
    shared = pd.Series(rng.standard_normal(sided.side.max() + 1))[sided.side].to_numpy()
    came = rng.random(len(sided)) < 1 / (1 + np.exp(-eta - SIGMA * shared))
    own = pd.Series(np.where(came, sided.side % 10, 0), [sided.dispnum, sided.ccode])
    key = pd.MultiIndex.from_frame(table[["dispnum", "ccode"]])
    table["joined"] = own.reindex(key).fillna(0).to_numpy().astype(int)
    return table


@pytest.fixture(scope="module")
def table():
    return drawn()


@pytest.fixture(scope="module")
def found(table):
    return refit(table, f"joined ~ {' + '.join([*TRUTH][1:])}", seed=1)


def test_it_recovers_what_the_calls_were_drawn_from(found):
    told = found.coefficients
    for name, truth in (TRUTH | {"sigma": SIGMA}).items():
        assert abs(told["mean"][name] - truth) < 3 * told["sd"][name], name
    assert (told.sd < 0.6).all()
    assert found.scores["loo"] < found.scores["side_log_score"] < 0
    assert abs(found.scores["chance"] * found.n["rows"] / found.n["came"] - 1) < 0.2
    assert found.dropped == {}


def test_units_of_a_regressor_change_only_its_own_number(table):
    """Thousandfold the share, a thousandth of its coefficient; another origin, another constant."""
    plain = refit(table, "cinc + year", seed=1, draws=50)
    moved = refit(table, "I(1000 * cinc) + I(year - 1900)", seed=1, draws=50)
    same = (plain.draws["cinc"], 1000 * moved.draws["I(1000 * cinc)"])
    np.testing.assert_allclose(*same, rtol=1e-4, atol=1e-6)
    shifted = plain.draws["Intercept"] + 1900 * plain.draws["year"]
    np.testing.assert_allclose(shifted, moved.draws["Intercept"], rtol=1e-4, atol=1e-4)


def test_a_narrow_prior_holds_coefficients_near_zero(table, found):
    narrow = refit(table, "major", seed=1, prior_sd=0.01, draws=50)
    assert abs(narrow.coefficients["mean"]["major"]) < 0.1 < found.coefficients["mean"]["major"]


def test_effects_are_those_of_the_draws_by_hand(table):
    """One flag: before and after are the same in every row."""
    one = refit(table, "major", seed=1, draws=60)
    (line,) = one.effects.to_dict("records")
    pairs = zip(one.draws["Intercept"], one.draws["major"], one.draws["sigma"], strict=True)
    by_hand = [float(np.diff(marginal(np.array([a, a + b]), s))[0]) for a, b, s in pairs]
    assert line["change"] == "0 -> 1"
    np.testing.assert_allclose(line["mean"], np.mean(by_hand), rtol=1e-3)
    np.testing.assert_allclose(line["sd"], np.std(by_hand), rtol=1e-2)


def test_a_variable_moves_wherever_it_stands(table):
    """Twice in a formula, half the coefficient each: the effect is that of both."""
    one = refit(table, "alongside_own:major + log(cinc)", seed=1, draws=50)
    effects = one.effects.set_index("variable")
    assert effects.change.to_dict() == {"major": "0 -> 1", "cinc": "doubled", "alongside_own": "+1"}
    still = one.draws["alongside_own:major"].mean()
    assert np.sign(effects["mean"]["major"]) == np.sign(still)


def test_own_columns_are_merged_by_either_key(table):
    rng = np.random.default_rng(2)
    by_call = table[["dispnum", "ccode"]].assign(warmth=rng.random(len(table)))
    by_year = table[["ccode", "year"]].drop_duplicates().iloc[:-40]
    by_year = by_year.assign(kind=rng.choice(["x", "y"], len(by_year)))
    one = refit(table, "warmth", extra=by_call, seed=1, draws=50)
    assert one.effects.change[0].endswith("(1 sd)")
    assert one.dropped == {}
    two = refit(table, "kind", extra=by_year, seed=1, draws=50)
    assert list(two.coefficients.index) == ["Intercept", "kindy", "sigma"]
    assert two.effects.change.tolist() == ["x -> y"]
    assert two.dropped == {"kind": one.n["rows"] - two.n["rows"]}
    assert two.dropped["kind"] > 0
    assert "cow_nmc" not in two.sources


def test_what_is_held_back_is_not_learnt_from(table):
    held = table.assign(held_back=table.dispnum <= 10)
    other = held.copy()
    other.loc[other.held_back, "joined"] = 0
    one, two = (refit(t, "major", seed=1, draws=50) for t in (held, other))
    np.testing.assert_array_equal(one.draws["major"], two.draws["major"])
    assert one.dropped["disputes of Armenia and Azerbaijan past 1993"] > 0


def test_references_name_foedus_and_the_data_behind_the_columns(found, table):
    told = refit(table, "log(cinc)", seed=1, draws=50).bibtex()
    assert told.startswith("@software{foedus,")
    assert "Singer" in told
    assert "Thompson" in found.bibtex()
    assert "Thompson" not in told


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("majr", r"column 'majr' in the table; got none \(did you mean 'major'\?\)"),
        ("joined ~ major + (", "expected a formula; got"),
        ("major ~ cinc", "expected a formula of 'joined'; got 'major'"),
        ("joined ~ ", "expected a formula such as"),
        ("major | cinc", "expected one right side"),
        ("0 + major", "expected a constant"),
        ("defense_own", "expected columns that vary; defense_own is 1 in every row"),
        ("cinc + I(2 * cinc)", r"'I\(2 \* cinc\)' is a combination of 'cinc'"),
        ("log(alongside_own)", r"finite regressors; log\(alongside_own\) is -inf for state"),
        ("hostlev", "known beforehand; the dispute itself decided 'hostlev'"),
        ("host", "known beforehand; the dispute itself decided 'host'"),
        ("joined", "known beforehand; the dispute itself decided 'joined'"),
        ("poly(act, 2)", "known beforehand; the dispute itself decided 'act'"),
        ("hm(cinc)", "formula of the table's columns; .*name 'hm' is not defined"),
    ],
)
def test_formulas_that_cannot_be_fitted_are_refused(table, formula, said):
    with pytest.raises(ValueError, match=said) as fault:
        refit(table, formula, seed=1)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"table": "S6"}, "expected one of the tables S4a, S4, S5; got 'S6'"),
        ({"prior_sd": 0.0}, "expected a prior standard deviation above 0; got 0.0"),
        ({"extra": pd.DataFrame({"ccode": [1], "x": [1]})}, "expected dispnum and ccode, or"),
        (
            {"extra": pd.DataFrame({"ccode": [1, 1], "year": [2, 2], "x": [1, 2]})},
            "expected one row for each key; got several for ccode 1, year 2",
        ),
        (
            {"extra": pd.DataFrame({"ccode": [1], "year": [2], "major": [1]})},
            "expected new names; got 'major', which calls have",
        ),
    ],
)
def test_other_arguments_that_make_no_sense_are_refused(table, change, said):
    with pytest.raises(ValueError, match=said):
        refit(table, "major", seed=1, **change)


def test_a_text_of_many_kinds_is_refused_and_not_fitted(table):
    own = table[["dispnum", "ccode"]].drop_duplicates()
    own = own.assign(noted=[f"note {i}" for i in range(len(own))])
    with pytest.raises(ValueError, match=r"at most 100 regressors; got .*'noted' is text of \d+ k"):
        refit(table, "major + noted", seed=1, extra=own)


def test_own_columns_that_meet_no_row_are_named(table):
    own = pd.DataFrame({"ccode": [9999], "year": [1900], "warmth": [1.0]})
    with pytest.raises(ValueError, match=r"none of \d+ \(\d+ without warmth\)"):
        refit(table, "major + warmth", seed=1, extra=own)


def test_calls_that_nobody_answered_tell_nothing():
    with pytest.raises(ValueError, match=r"S4a: expected some that came .*; got none"):
        refit(calls(), "major", seed=1)
