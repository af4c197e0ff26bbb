"""The ultimatum game: its likelihood by quadrature, known coefficients found again, bad input."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import expit, wrightomega

from foedus.fit.strategic_likelihood import row_log_likelihood
from foedus.fit.strategic_ultimatum import ultimatum

TRUTH = [4.0, 1.2, 3.0, -0.8, np.log(1.5), np.log(0.7)]


def games(n: int, seed: int) -> pd.DataFrame:
    """Offers of 0 to 10, and answers."""
    rng = np.random.default_rng(seed)
    rich, proud = rng.normal(size=(2, n))
    s1, s2 = np.exp(TRUTH[4:])
    own, other = 4 + 1.2 * rich, 3 - 0.8 * proud
    room = 10 - own - s1 * rng.logistic(size=n) - s2
    offer = np.clip(room - s2 * wrightomega((room - other) / s2), 0, 10)
    accept = (offer > other + s2 * rng.logistic(size=n)).astype(int)
    return pd.DataFrame({"offer": offer, "accept": accept, "rich": rich, "proud": proud})


@pytest.fixture(scope="module")
def found():
    return ultimatum("offer + accept ~ rich | proud", games(1500, 1), max_offer=10, starts=5)


def test_known_coefficients_are_found_again(found):
    table = found.table()
    assert [*table.index][-2:] == [("log(s1)", "Intercept"), ("log(s2)", "Intercept")]
    np.testing.assert_array_less(np.abs(table.estimate - TRUTH), 4 * table.se)
    assert found.starts.maximum.all()
    assert found.starts.log_likelihood.max() - found.starts.log_likelihood.min() < 1e-7
    np.testing.assert_allclose(found.scales, np.exp(found.coefficients[4:]))


def test_gradient_is_that_of_differences(found):
    at, step = found.coefficients + 0.05, 1e-6 * np.eye(6)
    slope = [(found.value(at + s) - found.value(at - s)) / 2e-6 for s in step]
    np.testing.assert_allclose(found.gradient(at), slope, rtol=1e-6, atol=1e-4)


def test_offers_are_the_best_there_are():
    """What the first mover would choose by search is what the closed form says."""
    for noise in (-2.0, 0.5):
        reserve = 4 + noise

        def worth(y, r=reserve):
            return -(expit((y - 3) / 0.7) * (10 - y - r) + r)

        best = minimize_scalar(worth, bounds=(-5, 10), method="bounded", options={"xatol": 1e-9})
        room = 10 - reserve - 0.7
        assert best.x == pytest.approx(room - 0.7 * wrightomega((room - 3) / 0.7), abs=1e-5)


def test_densities_of_offers_sum_to_one(found):
    """Both ends and the density between them, whatever the answers."""

    def log_likelihood(offer: float) -> float:
        one = ultimatum_problem(offer)
        return float(row_log_likelihood(one, found.coefficients)[0])

    def ultimatum_problem(offer: float):
        rows = [b[:, :1] for b in found.problem.blocks]
        seen = (np.array([offer]), np.array([1.0]))
        return found.problem._replace(blocks=tuple(rows), seen=seen)

    design = [e.design[0] for e in found.reserves]
    r2 = design[1] @ found.coefficients[2:4]
    s2 = found.scales[1]

    def density(y: float) -> float:
        return np.exp(log_likelihood(y)) / expit((y - r2) / s2)

    inside = quad(density, 1e-6, 10 - 1e-6, epsabs=1e-6, limit=60)[0]
    assert density(0.0) + inside + density(10.0) == pytest.approx(1, abs=1e-4)


def test_expected_offers_and_answers(found):
    shown, seen = found.predict(), games(1500, 1)
    assert shown.offer.mean() == pytest.approx(seen.offer.mean(), abs=0.05)
    assert shown.accept.mean() == pytest.approx(seen.accept.mean(), abs=0.02)
    one = found.predict(pd.DataFrame({"rich": [0.0, 1.0], "proud": [0.0, 0.0]}))
    assert one.offer[0] > one.offer[1]  # who has more to lose by agreeing offers less
    assert "Ramsay" in found.bibtex()


def test_offers_alone_with_a_fixed_scale():
    kind = {"max_offer": 10, "outcome": "offer", "s2": 0.7, "starts": 2}
    alone = ultimatum("offer ~ rich | proud", games(1500, 1), **kind)
    assert alone.n_parameters == 5
    assert alone.scales[1] == 0.7
    np.testing.assert_array_less(np.abs(alone.coefficients - TRUTH[:5]), 4 * alone.table().se)


def test_missing_values_are_left_out_and_counted(found):
    data = pd.concat([games(4, 2).assign(rich=np.nan), games(1500, 1)], ignore_index=True)
    other = ultimatum("offer + accept ~ rich | proud", data, max_offer=10, starts=2)
    assert other.dropped == {"rich": 4}
    np.testing.assert_allclose(other.coefficients, found.coefficients, atol=1e-7)


def test_bad_input_is_refused():
    data = games(50, 3)
    formula = "offer + accept ~ rich | proud"
    for wrong, kind, message in (
        ("offer + accept ~ rich", {}, "expected 'offer . accept ~ R1 . R2'"),
        ("offer ~ rich | proud", {}, "expected 'offer . accept ~ R1 . R2'"),
        (formula, {"max_offer": 3}, r"'offer': expected 0.0 to 3.0; got .* in row \d+"),
        (formula.replace("accept", "rich"), {}, "'rich': expected 0 or 1; got"),
        (formula.replace("proud", "prowd"), {}, "R2: expected a column 'prowd'.*'proud'"),
        (formula + " + proud2", {}, "not identified: R2: column 'proud2'"),
        (formula, {"outcome": "answer"}, "expected outcome both or offer; got 'answer'"),
    ):
        with pytest.raises(ValueError, match=message):
            ultimatum(wrong, data.assign(proud2=2 * data.proud), **{"max_offer": 10} | kind)
