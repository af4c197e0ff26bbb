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


def test_what_the_fit_has_not_read_needs_no_forgetting():
    """Held back, of a later year, or never coded: beside a war that it has read, or alone."""
    found = without.without([3564, 99_999])
    assert found.khat is None
    assert np.ptp(found.weight) == 0
    both, one = without.without([3564, 258]), without.without([258])
    assert (both.weight == one.weight).all()
    assert both.khat == one.khat


def test_what_it_has_read_and_cannot_forget_is_refused():
    lacking = sorted(set(without.stored().seen.tolist()) - set(KNOWN))
    assert lacking
    for numbers in ([lacking[0]], [lacking[-1], 258], [lacking[0], 3564]):
        with pytest.raises(ValueError, match=r"the fit has read \[\d+\] and cannot forget them"):
            without.without(numbers)


def test_draws_are_those_of_the_joining_fit():
    params, rows = load().params, without.rows(load().params)
    assert (rows[::2] == rows[1::2]).all()
    assert len(np.unique(rows)) == len(np.unique(shipped.thetas(), axis=0))
    own = shipped.thetas()[rows, FREE.index("rivalry")]
    np.testing.assert_allclose(params.joining.rivalry, own, rtol=1e-6)


def test_what_it_cannot_do_is_refused(monkeypatch):
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
    assert (without.read_by_fit(record) == without.stored().seen).all()
