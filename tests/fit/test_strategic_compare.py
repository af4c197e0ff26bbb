"""Logits and probits, and the tests of Vuong and Clarke, beside what plain arithmetic gives."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import norm

from foedus.fit.strategic import fit
from foedus.fit.strategic_compare import clarke, multinomial_logit, vuong
from tests.fit.strategic_data import FORMULA, NAMES, disputes


@pytest.fixture(scope="module")
def data():
    made = disputes(600, 1)
    made["war"] = (made.outcome == "war").astype("Int32")
    return made


@pytest.fixture(scope="module")
def strategic(data):
    return fit(FORMULA, data, outcomes=NAMES, starts=2)


@pytest.fixture(scope="module")
def rival(data):
    return multinomial_logit("outcome ~ power + army + regime", data)


def test_multinomial_logit_is_that_of_plain_numpy(rival, data):
    x = np.column_stack([np.ones(600), data.power, data.army, data.regime == "b"])
    seen = (data.outcome.to_numpy()[:, None] == ["status quo", "war", "yields"]).argmax(axis=1)

    def value(b):
        scores = np.column_stack([np.zeros(600), x @ b.reshape(2, 4).T])
        return (scores[np.arange(600), seen] - logsumexp(scores, axis=1)).sum()

    best = minimize(lambda b: -value(b), np.zeros(8), method="BFGS")
    assert rival.log_likelihood == pytest.approx(value(rival.coefficients), abs=1e-9)
    assert rival.log_likelihood == pytest.approx(-best.fun, abs=1e-7)
    np.testing.assert_allclose(rival.coefficients, best.x, atol=1e-4)
    shown = rival.predict().to_numpy()[np.arange(600), seen]
    assert rival.log_likelihood == pytest.approx(np.log(shown).sum(), abs=1e-9)
    assert rival.outcomes == ("status quo", "war", "yields")
    pd.testing.assert_frame_equal(rival.predict(data), rival.predict())


def test_probit_of_two_values(data):
    found = multinomial_logit("war ~ army", data, link="probit")
    chance = norm.cdf(found.coefficients[0] + found.coefficients[1] * data.army)
    np.testing.assert_allclose(found.predict()["1"], chance, rtol=1e-12)
    expected = np.log(np.where(data.war == 1, chance, 1 - chance)).sum()
    assert found.log_likelihood == pytest.approx(expected, abs=1e-9)


def test_vuong(strategic, rival):
    test = vuong(strategic, rival)
    gain = strategic.row_log_likelihood() - rival.row_log_likelihood()
    penalty = (6 - 8) * np.log(600) / 2
    expected = (gain.sum() - penalty) / (np.sqrt(600) * gain.std())
    assert test.statistic == pytest.approx(expected, rel=1e-10)
    assert test.p == pytest.approx(2 * norm.sf(abs(expected)), rel=1e-8)
    assert test.preferred == 1  # the strategic model is the truth, and smaller
    back = vuong(rival, strategic)
    assert (back.statistic, back.p) == pytest.approx((-test.statistic, test.p))
    assert back.preferred == 2


def test_clarke(strategic, rival):
    test = clarke(strategic, rival)
    gain = strategic.row_log_likelihood() - rival.row_log_likelihood()
    assert test.statistic == (gain > (6 - 8) * np.log(600) / 1200).sum()
    assert test.preferred == 1
    assert clarke(rival, strategic).statistic == 600 - test.statistic
    assert 0 <= test.p <= 1


def test_one_outcome_against_a_binary_model(strategic, data):
    logit = multinomial_logit("war ~ army", data)
    test = vuong(strategic, logit, outcome="war")
    assert test.n == 600
    assert test.log_likelihoods[1] == pytest.approx(logit.log_likelihood)
    assert test.log_likelihoods[0] > strategic.log_likelihood
    with pytest.raises(ValueError, match=r"same response; row \d+ differs"):
        vuong(strategic, logit, outcome="yields")


def test_models_that_cannot_be_compared_are_refused(strategic, rival, data):
    with pytest.raises(ValueError, match=r"same rows; got 600 and 600 rows .*fit.index"):
        vuong(strategic, replace(rival, index=rival.index + 1))
    with pytest.raises(ValueError, match="their likelihoods are equal in every row"):
        vuong(strategic, strategic)
    with pytest.raises(ValueError, match="expected a binary response; got status quo"):
        vuong(strategic, rival, outcome="war")
    with pytest.raises(ValueError, match="expected 'response ~ regressors'"):
        multinomial_logit("war", data)
    with pytest.raises(ValueError, match="two values with a probit; 'outcome' has 3"):
        multinomial_logit("outcome ~ army", data, link="probit")
    with pytest.raises(ValueError, match="'war': expected two values or more; got 1"):
        multinomial_logit("war ~ army", data.assign(war=1))
    with pytest.raises(ValueError, match="logit: column 'twice' is a combination of 'army'"):
        multinomial_logit("war ~ army + twice", data.assign(twice=2 * data.army))
