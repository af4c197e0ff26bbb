import numpy as np
import pandas as pd
import pytest

from foedus.fit import mixed, references, skill
from foedus.fit.folds import rolling_origin
from foedus.fit.landscape import leans
from foedus.fit.mixed import NINE
from foedus.fit.references import CLASS_REFERENCES, REFERENCES
from foedus.fit.sides import Prediction, Rows, marginal
from tests.fit.tables import COEFFICIENTS, INTERCEPT, SIGMA, drawn


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    monkeypatch.setattr(mixed, "DRAWS", (200, 200))


def test_logits_keep_the_chance():
    p = np.array([1e-6, 0.003, 0.2, 0.5, 0.97])
    for sigma in (0.0, 1.0, 4.0):
        kept = marginal(references.keep_chance(p, sigma), sigma)
        np.testing.assert_allclose(kept, p, rtol=1e-4)


@pytest.mark.parametrize("sigma", [0.0, 2.5])
def test_sigma_is_found_again(sigma):
    rows = drawn(1, sides=1500, sigma=sigma)
    eta = INTERCEPT + rows.of(*NINE) @ COEFFICIENTS
    found = references.fit_sigma(marginal(eta, sigma), rows)
    assert found == pytest.approx(sigma, abs=0.35)


@pytest.mark.parametrize("name", [*REFERENCES])
def test_references_know_nothing_of_what_they_are_asked(name):
    rows = drawn(4, sides=60)
    train, test = (rows.take(when) for when in (rows.year < 1930, rows.year >= 1930))
    first = REFERENCES[name](train, test, 1)
    second = REFERENCES[name](train, test._replace(joined=~test.joined), 1)
    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, two)
    assert first.logits.shape == (len(first.sigma), len(test.year))
    assert np.isfinite(first.logits).all()
    assert (first.sigma >= 0).all()


@pytest.mark.parametrize("name", [*REFERENCES])
def test_references_say_something_where_nobody_ever_came(name):
    rows = drawn(5, sides=25)
    rows = rows._replace(joined=np.zeros(len(rows.year), bool))
    found = skill.judge(REFERENCES[name](rows, rows, 1), rows, 0.0)
    assert np.isfinite(found.log_score).all()
    assert (found.somebody < 0.5).all()


def test_mixed9_comes_near_the_truth_where_data_are_of_its_kind():
    train, test = drawn(6, sides=250), drawn(7, sides=250)
    truth = Prediction((INTERCEPT + test.of(*NINE) @ COEFFICIENTS)[None], np.array([SIGMA]))
    told = (truth, REFERENCES["mixed9"](train, test, 1), REFERENCES["base_rate"](train, test, 1))
    best, ours, base = (skill.judge(prediction, test, 0.5) for prediction in told)
    assert skill.compare(ours, base, 1).verdict == "better"
    # 24 such pairs of smaller tables: .04 below the truth on average
    assert best.log_score.mean() - ours.log_score.mean() < 0.1
    assert ours.somebody.sum() == pytest.approx(best.somebody.sum(), rel=0.15)


def three_ways(seed):
    """Stay-outs, joiners of A and B; the lean tells the side."""
    rng = np.random.default_rng(seed)
    n = 3000
    lean, host = rng.normal(size=n), rng.integers(4, 6, n)
    pact = rng.random((n, 2)) < 0.3
    comes = rng.random(n) < 0.02 + 0.1 * (host == 5)
    on_a = rng.random(n) < 1 / (1 + np.exp(-2 * lean))
    joined = np.where(comes, np.where(on_a, 1, 2), 0)
    dispute = np.arange(n) // 10
    year = 1850 + dispute // 2
    x = np.column_stack([pact, host, year > 1945, lean, np.full(n, np.nan)])
    names = ("defense_a", "defense_b", "host", "postwar", "lean", "votes_a")
    return Rows(dispute, dispute, year, joined, np.zeros(n, bool), x, names)


@pytest.mark.parametrize("name", [*CLASS_REFERENCES])
def test_three_classes_get_chances(name):
    rows = three_ways(1)
    train, test = (rows.take(when) for when in (rows.year < 1950, rows.year >= 1950))
    p = CLASS_REFERENCES[name](train, test, 1)
    assert p.shape == (len(test.year), 3)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(1), 1)
    np.testing.assert_array_equal(p, CLASS_REFERENCES[name](train, test, 1))
    only_a = train.take(train.joined < 2)
    assert (CLASS_REFERENCES[name](only_a, test, 1)[:, 2] > 0).all()


def test_landscape_tells_the_side_where_the_lean_does():
    rows = three_ways(2)
    folds = rolling_origin(rows.year, first=1900, last=1980, step=20)
    found = {
        name: skill.class_measures(skill.evaluate_classes(CLASS_REFERENCES[name], rows, folds, 1))
        for name in ("base_rate", "look_up", "landscape")
    }
    assert found["landscape"]["side_accuracy"] > 0.75
    assert found["look_up"]["log_loss"] < found["base_rate"]["log_loss"]


def test_thinning_keeps_the_base_rate(monkeypatch):
    monkeypatch.setattr(references, "_STAY_OUTS", 500)
    rows = three_ways(3)
    thin, weight = references._thinned(rows, 1)
    assert len(thin.joined) == 500 + (rows.joined > 0).sum()
    assert weight.sum() == pytest.approx(len(rows.joined))


def small_table():
    return pd.DataFrame({
        "dispnum": [1, 1, 2], "side": [11, 11, 22], "year": [1914, 1914, 1939],
        "joined": [True, False, False], "held_back": False, "host": [5, 5, 4], "act": [20, 0, 0],
        "hostlev": [5, 5, 5], "rival_opp": [True, False, False], "cinc": [0.1, 0.01, 0.0],
        "partners_own": [2, 2, 1],
    })  # fmt: skip


def test_rows_of_a_table_leave_out_what_the_dispute_decided():
    rows = references.one_side_rows(small_table(), war=True, lean=np.array([0.5, 0.9, 0.1]))
    assert not {"act", "joined", "hostlev", "host", "dispnum"} & set(rows.names)
    np.testing.assert_array_equal(rows.of("war")[:, 0], [1, 1, 0])
    np.testing.assert_allclose(rows.of("cinc")[:, 0], np.log([0.1, 0.01, 1e-6]))
    np.testing.assert_allclose(rows.of("partners_own")[:, 0], np.log1p([2, 2, 1]))
    assert rows.of("lean")[0, 0] == 0
    assert "war" not in references.one_side_rows(small_table(), war=False).names


@pytest.fixture(scope="module")
def calls(record):
    from foedus.record import calls as made

    return made.table(record, wide=False)


MARKS = {"S4": (1392, -0.4818, -0.4130), "S4a": (1886, -0.3967, -0.3421)}
"""Test sides, and scores of base rate and nine-number logit in the study of the record."""


@pytest.mark.parametrize("table", [*MARKS])
def test_marks_on_the_record(calls, table):
    from foedus.record.calls import one_sided

    forced = table == "S4"
    rows = references.one_side_rows(one_sided(calls, force=forced), war=forced)
    folds = rolling_origin(rows.year)
    n, *marks = MARKS[table]
    for name, mark in zip(("base_rate", "logit9"), marks, strict=True):
        found = skill.evaluate(REFERENCES[name], rows, folds, 1).log_score
        assert len(found) == n
        # the study's ridge and its choice of sigma are not told to the last digit
        assert found.mean() == pytest.approx(mark, abs=0.005)


def test_landscape_tells_sides_on_the_record(calls, record):
    """Nothing is estimated: of those who came, seven in ten stand where the theory puts them."""
    came = calls[calls.groupby("dispnum").joined.transform("max") > 0]
    lean = leans(record, came, seed=1)
    joined = came.joined.to_numpy()
    p = np.column_stack([np.zeros(len(lean)), lean, 1 - lean])
    assert skill.side_accuracy(p, joined) > 0.65


def test_prediction_is_judged_row_by_row(calls):
    """`Prediction` of our own model goes the same way as that of a reference."""
    rows = references.class_rows(calls)
    two = rows._replace(joined=rows.joined == 1).take(np.flatnonzero(rows.year >= 2008))
    found = skill.judge(Prediction(np.full((3, len(two.year)), -4.0), np.full(3, 2.0)), two, 0.1)
    assert found.p == pytest.approx(marginal(np.array([-4.0]), 2.0)[0])
