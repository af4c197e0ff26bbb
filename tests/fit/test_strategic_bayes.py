"""The Bayesian fit: where data are many it is the maximum, where the prior is narrow the prior."""

import numpy as np
import pytest

from foedus.fit.strategic import fit
from foedus.fit.strategic_bayes import posterior
from tests.fit.strategic_data import FORMULA, NAMES, disputes

ARMY = ("u2(war)", "army")
MEAN, SD = 1.0, 0.02


@pytest.fixture(scope="module")
def found():
    kind = {"outcomes": NAMES, "draws": 600, "warmup": 300, "chains": 2}
    return posterior(FORMULA, disputes(600, 1), priors={ARMY: (MEAN, SD)}, **kind)


def test_many_rows_give_the_maximum(found):
    table = fit(FORMULA, disputes(600, 1), outcomes=NAMES, starts=2).table().drop(ARMY)
    shown = found.table.drop(ARMY)
    assert found.draws.shape == (600, 6)
    np.testing.assert_array_less(np.abs(shown["mean"] - table.estimate), 0.6 * table.se)
    np.testing.assert_allclose(shown["sd"], table.se, rtol=0.3)
    assert (found.table.low < found.table["mean"]).all()
    assert (found.table.high > found.table["mean"]).all()


def test_a_narrow_prior_holds(found):
    assert found.table["mean"][ARMY] == pytest.approx(MEAN, abs=SD)
    assert found.table["sd"][ARMY] == pytest.approx(SD, rel=0.2)


def test_chains_agree(found):
    assert found.table.rhat.max() < 1.05
    assert found.table.ess.min() > 100
    assert found.divergences == 0


def test_priors_are_told(found):
    assert found.prior.loc[[ARMY]].to_numpy().tolist() == [[MEAN, SD]]
    others = found.prior.drop(ARMY)
    assert (others["mean"] == 0).all()
    assert others.sd["u1(war)", "Intercept"] == 2
    spread = disputes(600, 1).power.std(ddof=0)
    assert others.sd["u1(status quo)", "power"] == pytest.approx(2 / spread)


def test_bad_priors_are_refused():
    data = disputes(100, 2)
    with pytest.raises(ValueError, match=r"expected priors of u1\(status quo\): Intercept.*; got"):
        posterior(FORMULA, data, outcomes=NAMES, priors={("u2(war)", "power"): (0.0, 1.0)})
    with pytest.raises(ValueError, match=r"priors with a spread; u2\(war\): 'army' has none"):
        posterior(FORMULA, data, outcomes=NAMES, priors={ARMY: (0.0, 0.0)})
