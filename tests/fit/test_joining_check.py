"""Calibration of the joining fit on records made from it."""

import numpy as np
import pytest

from foedus.fit import joining_check
from foedus.fit.joining import THETA
from tests.fit.small import calls

pytestmark = pytest.mark.usefixtures("small_stacks")

ROUNDS = 6


@pytest.fixture(scope="module")
def stack():
    return joining_check.smallest(calls(disputes=40), 25, seed=1)


def test_every_truth_has_a_rank(stack):
    assert stack.number.shape == (25,)
    told = joining_check.calibrate(ROUNDS, 2, stack)
    assert set(told) == set(THETA)
    for one in told.values():
        assert sum(one["ranks"]) == ROUNDS
        assert 0 <= one["chi_square"] <= 1
        assert 0 <= one["ecdf"] <= 1
    assert np.median([one["ecdf"] for one in told.values()]) > 0.05


def test_truths_that_are_misreported_are_noticed(stack):
    told = joining_check.calibrate(ROUNDS, 2, stack, off=2.0)
    assert np.median([one["ecdf"] for one in told.values()]) < 0.01
