"""Influence by month: of the runs that the ensemble lives, and of no others."""

import numpy as np
import pytest

from foedus.alliance.order import Parts
from foedus.core.clock import DAYS, MONTH
from foedus.simulate.ensemble import ensemble
from foedus.simulate.filter import engine
from foedus.simulate.monthly import monthly
from tests.simulate.small import QUICK, SEED, differing, params, place, quickly

RUNS, MONTHS = 200, 3
WHOLE = DAYS * MONTH * MONTHS


@pytest.fixture(scope="module")
def both():
    """The same runs by month and as the ensemble has them, at one level of optimisation."""
    with pytest.MonkeyPatch.context() as patch:
        quick = lambda name, shapes, lower: lower().compile(QUICK)  # noqa: E731
        patch.setattr("foedus.simulate.monthly.compiled", quick)
        patch.setattr("foedus.simulate.ensemble._compiled", quickly)
        (months,) = monthly(engine(SEED, params, place, RUNS), WHOLE)
        (make,) = ensemble(SEED, params, place, RUNS, WHOLE)
        return months, make()


def test_they_are_the_runs_of_the_ensemble_bit_for_bit(both):
    months, plain = both
    assert plain.trajectories.status.shape[0] == WHOLE
    assert not differing(months.batch.trajectories, plain.trajectories)
    np.testing.assert_array_equal(months.batch.run, plain.run)
    np.testing.assert_array_equal(months.batch.draw, plain.draw)


def test_influence_is_told_of_the_start_and_of_each_months_end(both):
    parts = both[0].parts
    assert parts.shape[:2] == (MONTHS + 1, len(Parts._fields))
    assert parts.shape[-1] == RUNS
    assert (parts >= 0).all()
    assert (np.diff(parts, axis=0) != 0).any((1, 2, 3)).all()  # each month moves somebody
