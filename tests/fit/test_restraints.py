"""With a column and without it, on unseen years: what tells something is worth something."""

import numpy as np
import pytest

from foedus.fit.restraints import ALL, without_each
from foedus.study.held_out import clustered
from tests.fit.tables import drawn

NAMES = {"told": ("signal",), "noise": ("one", "other")}


@pytest.fixture(scope="module")
def found():
    """Rows in which one more column decides who comes, and two that decide nothing."""
    rows = drawn(11, sides=500)
    rng = np.random.default_rng(3)
    signal = np.where(rows.joined, 1.0, -1.0) + rng.normal(0, 1.5, len(rows.joined))
    x = np.column_stack([rows.x, signal, rng.normal(size=(len(signal), 2))])
    done = []
    table = rows._replace(x=x, names=(*rows.names, "signal", "one", "other"))
    scores = without_each(table, NAMES, 1, done.append)
    assert done == [1, 2, 3]
    return scores


def loss(found, name):
    each = found[ALL].log_score - found[name].log_score
    return each.mean(), clustered(each, found[ALL].dispute)


def test_what_decides_is_missed_where_it_is_left_out(found):
    mean, error = loss(found, "told")
    assert mean > 3 * error > 0


def test_what_decides_nothing_is_not(found):
    mean, error = loss(found, "noise")
    assert abs(mean) < 3 * error + 0.01


def test_only_years_that_come_later_are_judged(found):
    assert {one.year.min() for one in found.values()} == {1900}
    with pytest.raises(ValueError, match="expected covariates"):
        without_each(drawn(1, sides=20), {"x": ("nowhere",)})
