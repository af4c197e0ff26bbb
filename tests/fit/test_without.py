"""The fit without one war: weights, which draws they belong to, and what is refused."""

import numpy as np
import pytest

from foedus.core.params import load
from foedus.fit import shipped, without
from foedus.fit.diagnose import GOOD_KHAT
from foedus.fit.joining import FREE

KNOWN = without.stored().number.tolist()


@pytest.mark.parametrize("number", KNOWN)
def test_weights(number):
    found = without.without([number])
    assert (found.weight > 0).all()
    assert found.weight.sum() == pytest.approx(1)
    assert found.khat < GOOD_KHAT


def test_a_war_that_came_to_pass_is_likelier_with_it():
    """The less likely a draw makes the war, the more it counts without it."""
    stored = without.stored()
    found, seen = without.without([258]).weight, stored.loglik[:, KNOWN.index(258)]
    own = seen[without.rows(load().params)]
    assert found @ own < own.mean()
    assert np.corrcoef(np.log(found), own)[0, 1] < -0.99


def test_nothing_to_forget():
    found = without.without([])
    assert found.khat is None
    assert np.ptp(found.weight) == 0


def test_draws_are_those_of_the_joining_fit():
    params, rows = load().params, without.rows(load().params)
    assert (rows[::2] == rows[1::2]).all()
    assert len(np.unique(rows)) == len(np.unique(shipped.thetas(), axis=0))
    own = shipped.thetas()[rows, FREE.index("rivalry")]
    np.testing.assert_allclose(params.joining.rivalry, own, rtol=1e-6)


def test_what_it_cannot_do_is_refused(monkeypatch):
    with pytest.raises(ValueError, match="expected disputes among"):
        without.without([1])
    monkeypatch.setenv("FOEDUS_PARAMETERS", "prior-2020")
    with pytest.raises(ValueError, match="expected draws made from the shipped joining fit"):
        without.without([258])


def test_the_file_is_what_the_record_gives(record):
    """One small dispute anew; all of them take a minute."""
    thetas = shipped.thetas()
    anew = without.loglik(record, [3630])[:, 0]
    assert len(anew) == len(thetas)
    np.testing.assert_allclose(
        anew, without.stored().loglik[:, KNOWN.index(3630)], rtol=1e-3, atol=1e-3
    )
