"""Our forecasts reach the scores row by row and side by side."""

import jax
import numpy as np
import pytest

from foedus.fit import validate
from foedus.fit.crises import crises
from foedus.fit.folds import rolling_origin
from foedus.fit.joining import THETA, setting
from foedus.record.calls import one_sided
from tests.fit.small import calls

LEVELS = np.array([0.3, 0.5, 0.2])


@pytest.fixture(scope="module")
def table():
    made = calls(disputes=60)
    made.loc[made.index % 11 == 0, "joined"] = 1
    made.loc[made.index % 13 == 0, "joined"] = 2
    return made.rename_axis("row").reset_index()


@pytest.fixture(scope="module")
def told(table):
    start = dict.fromkeys(THETA, 0.0) | {"intercept": -3.0, "patron_risk": -3.0}
    theta = np.array([[start[name] for name in THETA]] * 2)
    one = (table.defense_a != table.defense_b).to_numpy()
    called = np.stack([one & table.defense_a, one & table.defense_b], 1)
    levels = np.tile(LEVELS, (int(table.dispnum.max()) + 1, 1))
    with jax.enable_x64(True):
        stacks = crises(table.drop(columns="row"))
        return validate.forecast_origin(stacks, called, levels, theta, setting(), (1800, 2100))


def test_every_row_and_side_is_forecast_once(table, told):
    np.testing.assert_array_equal(np.sort(told.rows[:, 0]), table.row)
    np.testing.assert_array_equal(np.sort(told.sides[:, 0]), np.unique(one_sided(table).side))
    assert ((told.rows[:, 1:] >= 0) & (told.rows[:, 1:] <= 1)).all()
    assert (told.sides[:, 1:] <= 1e-6).all()


def test_a_level_that_makes_no_difference_integrates_to_itself(told):
    """With shifts of zero, war known and not known are one forecast."""
    np.testing.assert_allclose(told.rows[:, 1:3], told.rows[:, 3:5], rtol=1e-4)
    np.testing.assert_allclose(told.sides[:, 1], told.sides[:, 2], atol=1e-3)
    np.testing.assert_allclose(told.sides[:, 3], told.sides[:, 4], atol=1e-3)


def test_scores_stand_beside_what_happened(table, told):
    sided = one_sided(table)
    folds = rolling_origin(sided.year.to_numpy())
    scored = validate.one_side_scored(told, sided, folds, known=True)
    tested = sided[sided.year >= folds[0].label]
    assert len(scored.p) == len(tested)
    assert len(scored.log_score) == tested.side.nunique()
    assert scored.joined.sum() == tested.joined.sum()
    none = ~scored.came
    np.testing.assert_allclose(scored.log_score[none], np.log1p(-scored.somebody[none]), atol=1e-4)


def test_classes_are_out_a_and_b(table, told):
    scored = validate.classes_scored(told, table, rolling_origin(table.year.to_numpy()))
    np.testing.assert_allclose(scored.p.sum(1), 1)
    by_row = table[table.year >= 1900].sort_values("year", kind="stable")
    assert np.bincount(scored.joined, minlength=3).tolist() == (
        by_row.joined.value_counts().reindex([0, 1, 2], fill_value=0).tolist()
    )
