"""Influence by month: of the runs that the ensemble lives, and of no others."""

import numpy as np
import pytest

from foedus.alliance.order import Parts
from foedus.core.clock import DAYS, MONTH
from foedus.simulate.filter import engine
from foedus.simulate.monthly import monthly
from tests.simulate.small import SEED, differing, params, place

RUNS, MONTHS = 1000, 3


@pytest.fixture(scope="module")
def found():
    """Compiled as the command compiles it: the order of operations within a week is at stake."""
    (batch,) = monthly(engine(SEED, params, place, RUNS), DAYS * MONTH * MONTHS)
    return batch


def test_they_are_the_runs_of_the_ensemble_bit_for_bit(found, whole):
    past = found.batch.trajectories
    assert past.status.shape[0] == DAYS * MONTH * MONTHS
    first = type(past)(*(a[: len(b)] for a, b in zip(whole.trajectories, past, strict=True)))
    assert not differing(past, first)
    np.testing.assert_array_equal(found.batch.run, whole.run)
    np.testing.assert_array_equal(found.batch.draw, whole.draw)


def test_influence_is_told_of_the_start_and_of_each_months_end(found):
    assert found.parts.shape[:2] == (MONTHS + 1, len(Parts._fields))
    assert found.parts.shape[-1] == RUNS
    assert (found.parts >= 0).all()
    assert (np.diff(found.parts, axis=0) != 0).any((1, 2, 3)).all()  # each month moves somebody
