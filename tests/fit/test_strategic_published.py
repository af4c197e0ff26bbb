"""What the R package `games` printed (Kenkel and Signorino 2014, and its own examples).

R's search stops where a step gains less than 1.5e-8 of the likelihood, so that its last digits lie
short of the maximum. `tests.fit.nash` is a search like it: on our likelihood, and from the same
start, it stops where R did, to every digit printed.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from foedus.fit.strategic import fit
from foedus.fit.strategic_compare import multinomial_logit, vuong
from foedus.fit.strategic_model import Model
from foedus.fit.strategic_ultimatum import EPSILON, ultimatum
from foedus.game.tree import egame12
from tests.fit.nash import probit, search

WAR = "esc + war ~ s_wt_re1 + revis1 | 0 | regime1 | balanc + regime2"
CURRENCY = (
    "outcome ~ capcont + lreserves + overval + creditgrow + USinterest + service + contagion"
    " + prioratt - 1 | 1 | 1 | unifgov + lexports + preelec + postelec + rightgov + realinterest"
    " + capcont + lreserves"
)
DEFENSES = ("no attack", "devaluation", "defense")
ON_122 = "y ~ x1 + x2 | x3 + f1 | 0 | x4 + x5 | z1 + z2 | z3 + f2"
ON_123 = "y ~ x1 + x2 | 0 | x3 | x4 + x5 | 0 | x6 | x7 | x8"


@pytest.fixture(scope="module")
def table(record):
    """A table of the package's data."""
    return lambda name: pd.read_parquet(record / f"games_{name}.parquet")


@pytest.fixture(scope="module")
def disputes(table):
    outcomes = ("sq", "capit", "war")
    return fit(WAR, table("war1800"), outcomes=outcomes)


@pytest.fixture(scope="module")
def attacks(table):
    return fit(CURRENCY, table("leblang2003"), outcomes=DEFENSES, error="private", starts=5)


def on_the_maximum(found):
    """All starts that ended on a maximum ended on this one, where nothing rises."""
    assert found.starts.log_likelihood[found.starts.maximum].min() > found.log_likelihood - 1e-8
    assert found.starts.slope[found.starts.maximum].max() < 1e-6
    assert np.linalg.eigvalsh(found.information)[0] > 0


def test_disputes_agent_probit(disputes):
    assert disputes.log_likelihood == pytest.approx(-286.123755, abs=5e-7)
    assert disputes.n == 282
    assert len(disputes.starts) == 20
    assert disputes.starts.maximum.all()
    on_the_maximum(disputes)
    target = disputes.table().loc["u2(war)"]
    assert [*target.index] == ["Intercept", "balanc", "regime2dem", "regime2mixed"]
    printed = [0.499088, -0.041972, -1.543614, -0.616827]
    np.testing.assert_allclose(target.estimate, printed, rtol=0, atol=5e-6)
    printed = [0.441376, 0.568738, 0.452642, 0.320831]
    np.testing.assert_allclose(target.se, printed, rtol=0, atol=5e-6)


def test_disputes_where_r_stopped(disputes):
    x11, x14, z24 = (e.design for e in disputes.design.equations)
    second = disputes.design.outcome == 2
    late = disputes.design.outcome > 0
    answer = probit(z24[late], second[late])
    p = ndtr(z24 @ answer)[:, None]
    first = probit(np.hstack([-x11, p * x14]), late)
    start = np.sqrt(2) * np.append(first, answer)
    at, value = search(lambda b: -disputes.value(b), lambda b: -disputes.gradient(b), start)
    assert f"{-value:.6f}" == "-286.123755"
    np.testing.assert_array_equal(at[6:].round(6), [0.499088, -0.041972, -1.543614, -0.616827])


@pytest.mark.parametrize(
    ("kind", "printed"),
    [({"link": "logit"}, -286.182794), ({"error": "private"}, -286.118174)],
    ids=["agent logit", "private probit"],
)
def test_disputes_of_other_kinds(table, kind, printed):
    found = fit(WAR, table("war1800"), **kind)
    assert found.log_likelihood == pytest.approx(printed, abs=5e-7)
    assert found.starts.maximum.sum() == 20
    on_the_maximum(found)


def test_currency_attacks(attacks):
    """Table 1 of Kenkel and Signorino 2014; its errors are of another bootstrap."""
    assert attacks.log_likelihood == pytest.approx(-482.0155, abs=5e-5)
    assert attacks.n == 7240
    on_the_maximum(attacks)
    estimate = attacks.table().estimate
    printed = {
        ("u1(no attack)", "service"): -0.0288,
        ("u1(no attack)", "contagion"): -0.1159,
        ("u1(no attack)", "prioratt"): -0.1218,
        ("u1(devaluation)", "Intercept"): -3.6648,
        ("u1(defense)", "Intercept"): -3.1385,
        ("u2(defense)", "Intercept"): 0.4269,
        ("u2(defense)", "unifgov"): -0.3568,
        ("u2(defense)", "lexports"): -0.1997,
        ("u2(defense)", "preelec"): 1.6632,
        ("u2(defense)", "postelec"): 1.0623,
        ("u2(defense)", "rightgov"): -0.9358,
        ("u2(defense)", "realinterest"): 1.7955,
        ("u2(defense)", "capcont"): 0.0656,
        ("u2(defense)", "lreserves"): 0.3099,
    }
    np.testing.assert_allclose(estimate[[*printed]], [*printed.values()], rtol=0, atol=1.5e-4)


def test_currency_attacks_against_others(table, attacks):
    """Section 4.2: private against agent error, and attack or not against a logit."""
    data = table("leblang2003")
    agent = fit(CURRENCY, data, outcomes=DEFENSES, starts=2)
    test = vuong(attacks, agent)
    assert (round(test.statistic, 2), round(test.p, 2), test.preferred) == (-0.15, 0.88, 0)
    data["noattack"] = (data.outcome == "no attack").astype(int)
    regressors = "lreserves + overval + creditgrow + contagion + prioratt + rightgov + realinterest"
    logit = multinomial_logit(f"noattack ~ {regressors}", data)
    test = vuong(attacks, logit, outcome="no attack")
    assert (round(test.statistic, 1), test.preferred) == (-9.8, 2)
    assert [round(x) for x in test.log_likelihoods] == [-430, -431]
    assert logit.n_parameters == 8


def test_currency_attacks_with_a_scale(table):
    """Section 3.2: a scale that depends on a covariate, and one for payoffs that are known."""
    data = table("leblang2003")
    found = fit(
        "outcome ~ lreserves + overval - 1 | 1 | 1 | preelec + realinterest",
        data,
        outcomes=DEFENSES,
        error="private",
        scale="prioratt - 1",
        starts=2,
    )
    assert found.log_likelihood == pytest.approx(-495.37, abs=5e-3)
    assert found.aic == pytest.approx(1006.7, abs=0.05)
    shown = found.table().loc[[("u2(defense)", "preelec"), ("log(sigma)", "prioratt")]]
    np.testing.assert_allclose(shown.estimate, [1.3690, 0.0427], rtol=0, atol=3e-4)
    np.testing.assert_allclose(shown.se, [0.6406, 0.0186], rtol=0, atol=5e-3)
    known = {("1", "no attack"): 1.0, ("1", "devaluation"): -1.0, ("2", "defense"): 1.0}
    tree = egame12(outcomes=DEFENSES)
    found = fit(Model(tree, known, "outcome", error="private", scale="1"), data, starts=2)
    assert found.log_likelihood == pytest.approx(-646.54, abs=6e-3)
    (row,) = found.table().itertuples(index=False)
    assert row.estimate == pytest.approx(-1.0513, abs=5e-5)
    assert row.se == pytest.approx(0.0199, abs=5e-5)


def test_three_movers(table):
    found = fit(ON_123, table("data_123"), error="private")
    assert found.log_likelihood == pytest.approx(-559.308847, abs=5e-7)
    assert found.starts.maximum.sum() >= 10  # other starts drift off where the likelihood is flat
    on_the_maximum(found)


def test_an_answer_to_either_action(table):
    """R printed -1239.234001; the maximum is 0.00001 higher."""
    found = fit(ON_122, table("data_122"))
    assert found.log_likelihood >= -1239.234001
    assert found.log_likelihood == pytest.approx(-1239.234001, abs=1.5e-5)
    assert found.starts.maximum.sum() == 20
    on_the_maximum(found)
    x1, x2, x4, z2, z4 = (e.design for e in found.design.equations)
    seen = found.design.outcome
    left, right = (
        probit(z2[seen < 2], (seen == 1)[seen < 2]),
        probit(z4[seen > 1], (seen == 3)[seen > 1]),
    )
    p, q = ndtr(z2 @ left)[:, None], ndtr(z4 @ right)[:, None]
    first = probit(np.hstack([-(1 - p) * x1, -p * x2, q * x4]), seen > 1)
    start = np.sqrt(2) * np.concatenate([first, left, right])
    value = search(lambda b: -found.value(b), lambda b: -found.gradient(b), start)[1]
    assert f"{-value:.6f}" == "-1239.234001"


def test_offers_of_students(table):
    """The package counts no probability below 2.2e-16, and printed -663.45, then -663.00.

    So counted there is a better optimum, -662.841; without that floor there is only one.
    """
    data, formula = table("student_offers"), "offer + accept ~ gender1 | gender2"
    exact = ultimatum(formula, data, max_offer=100, s2=1.0)
    assert exact.starts.maximum.sum() == 20
    assert exact.log_likelihood == pytest.approx(-696.8091487, abs=5e-8)
    on_the_maximum(exact)
    floored = ultimatum(formula, data, max_offer=100, s2=1.0, floor=EPSILON)
    assert floored.log_likelihood >= -663.00
    assert floored.log_likelihood == pytest.approx(-662.8411384, abs=5e-8)
    wide = ultimatum(formula, data, max_offer=100, s2=3.0)
    assert wide.log_likelihood == pytest.approx(-292.14, abs=5e-3)  # section 3.3
    printed = [62.198, -25.409, 37.684, -0.897, 3.934]
    np.testing.assert_allclose(wide.coefficients, printed, rtol=2e-3)
    printed = [18.734, 39.290, 1.616, 1.150, 0.430]
    np.testing.assert_allclose(wide.table().se, printed, rtol=1.5e-3)


def test_students_scale_has_no_end(table):
    with pytest.raises(ValueError, match=r"not identified: .* along R1: 'Intercept', R2"):
        ultimatum("offer + accept ~ gender1 | gender2", table("student_offers"), max_offer=100)
