"""The map of when a frozen dispute would pay, for the shipped scenario."""

import json

import numpy as np
import pytest

from foedus.report import rents
from foedus.scenario.load import load
from foedus.study.pipeline import Options
from foedus.study.rents import EFFORTS, SUPPORTS, rents_map

CASE = load("karabakh-2020", questions=False)
DRAWS = Options(40)


@pytest.fixture(scope="module")
def found():
    return rents_map(CASE, options=DRAWS)


def test_the_mediator_with_most_rents_and_the_challengers_own_ally_are_told(found):
    assert (found.patron, found.outsider, found.dispute) == ("RUS", "TUR", "karabakh")
    assert found.rents["low"] < found.rents["middle"] < found.rents["high"]


def test_support_raises_the_hazard_and_effort_lowers_the_rents_that_it_takes(found):
    assert (np.diff(found.hazard) >= 0).all()
    assert found.hazard[-1] > found.hazard[0]
    least = np.array(found.least)
    assert least.shape == (len(EFFORTS), len(SUPPORTS))
    assert (np.diff(least, axis=1) >= 0).all()
    assert (np.diff(least, axis=0) >= 0).all()  # the largest effort comes first
    assert (least > 1).all()


def test_a_regime_is_that_of_its_rents(found):
    for level, cells in found.regimes.items():
        for row, limits in zip(cells, found.least, strict=True):
            for cell, limit in zip(row, limits, strict=True):
                rent = found.rents[level]
                frozen = "frozen preferred" if rent > limit else "collapse"
                assert cell == ("settlement preferred" if rent <= 1 else frozen)


def test_without_rents_a_settlement_is_preferred_everywhere():
    off = (("joining.rent_arms", 0.0), ("joining.rent_hold", 0.0))
    none = rents_map(CASE, patron="RUS", options=Options(40, fixed=off))
    assert set(none.rents.values()) == {0.0}
    assert {c for rows in none.regimes.values() for row in rows for c in row} == {
        "settlement preferred"
    }


@pytest.mark.parametrize("who", ["ARM", "XYZ"])
def test_a_patron_is_a_third_party(who):
    with pytest.raises(ValueError, match=f"expected a third party: one of BLR.*; got {who}"):
        rents_map(CASE, patron=who, options=DRAWS)


def test_the_page_is_80_columns_wide_and_is_no_forecast():
    page = rents.run("karabakh-2020", None, None, None, 40, as_json=False)
    assert max(map(len, page.splitlines())) <= 80
    assert "not a probability of what anybody" in " ".join(page.split())
    told = json.loads(rents.run("karabakh-2020", None, None, None, 40, as_json=True))
    assert set(told["regimes"]) == {"low", "middle", "high"}
