"""Headline numbers against what their authors print, and against our own earlier studies."""

import sys

import numpy as np
import pytest

from foedus.cli import estimate
from foedus.record import headline
from foedus.report import record as report


@pytest.fixture(scope="module")
def found(record):
    return {each.name: each for each in headline.headlines(record)}


def _is(each, value, n=None, within=0.005):
    assert each.value == pytest.approx(value, abs=within)
    assert n is None or each.n == n


def test_every_number_stands_beside_its_definition_and_source(found):
    assert len(found) >= 40
    for each in found.values():
        assert len(each.definition) > 20
        assert each.source
        assert each.n > 0
        assert np.isfinite(each.value)


def test_fulfilment_is_that_of_berkemeier_and_fuhrmann(found):
    _is(found["fulfilment"], 73 / 146, 146, 1e-9)
    _is(found["fulfilment, to 1945"], 61 / 92, 92, 1e-9)
    _is(found["fulfilment, after 1945"], 12 / 54, 54, 1e-9)
    _is(found["fulfilment, defence"], 0.41, 102)
    _is(found["fulfilment, non-aggression"], 0.37, 49)
    _is(found["fulfilment, offence"], 0.74, 42)
    _is(found["fulfilment, neutrality"], 0.78, 45)
    for each in found.values():
        assert each.published is None or round(each.value, 2) == each.published


def test_joining_by_era_is_that_of_the_study_of_predictability(found):
    """Counts of its section 2: force or war, and war alone."""
    force = {
        "1816-1913": (20, 172),
        "1914-45": (41, 1375),
        "1946-90": (76, 9687),
        "1991-": (32, 4379),
    }
    war = {"1816-1913": (17, 61), "1914-45": (8, 49), "1946-90": (21, 315), "1991-": (20, 146)}
    for level, counts in (("force", force), ("war", war)):
        for era, (came, n) in counts.items():
            _is(found[f"joining, {level}, {era}"], came / n, n, 1e-9)
    _is(found["joining, force"], 169 / 15_613, 15_613, 1e-9)
    _is(found["joining, war"], 66 / 571, 571, 1e-9)
    _is(found["somebody came, force"], 91 / 1433, 1433, 1e-9)
    _is(found["somebody came, war"], 24 / 70, 70, 1e-9)


def test_wars_end_as_in_the_study_of_wars(found):
    _is(found["initiator, won"], 0.54, 95)
    _is(found["initiator, lost"], 0.27, 95)
    _is(found["initiator, other"], 0.19, 95)
    for when, won in (("1816-1913", 0.76), ("1914-45", 0.47), ("1946-", 0.34)):
        _is(found[f"initiator, won, {when}"], won)


def test_wars_last_as_in_the_study_of_wars(found, record):
    for level, days in (("10%", 19), ("25%", 59), ("50%", 150), ("75%", 448), ("90%", 1206)):
        _is(found[f"war days, {level}"], days, 95, 0.5)
    wars = headline.all_wars(record)
    spans = {
        (1816, 1913): (38, [31, 65, 161, 277, 669]),
        (1914, 1945): (19, [58, 110, 408, 907, 1576]),
        (1946, 1992): (31, [11, 31, 141, 368, 1130]),
    }
    for span, (n, days) in spans.items():
        part = wars[wars.year.between(*span)]
        assert len(part) == n
        assert np.quantile(part.days, [0.1, 0.25, 0.5, 0.75, 0.9]) == pytest.approx(days, abs=1)


def test_the_slope_of_the_contest(found):
    _is(found["contest slope"], 0.36, 77)
    _is(found["contest slope, to 1992"], 0.35, 74)
    assert found["contest slope, to 1992"].error == pytest.approx(0.14, abs=0.005)


def test_the_table_of_headlines_fits_the_page(found):
    text = report.headlines(list(found.values()))
    assert max(map(len, text.splitlines())) <= 80
    assert "fulfilment, non-aggression" in text
    assert report.headlines_data(list(found.values()))[0]["n"] == 146


@pytest.mark.parametrize("quiet", [False, True])
def test_the_command_says_how_far_it_is(record, monkeypatch, capsys, quiet):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    estimate.headline(record, quiet=quiet)
    out, said = capsys.readouterr()
    assert "What is counted" in out
    assert (said == "") == quiet
    assert quiet or all(word in said for word in ("headline: reading", "5 of 5 kinds", "s left"))


def test_a_logit_of_pure_noise_has_no_slope():
    x = np.tile([-1.0, 1.0], 50)
    y = np.repeat([0.0, 1.0], 50)
    slope, error = headline.logit(x, y)
    assert slope == pytest.approx(0, abs=1e-9)
    assert error == pytest.approx(0.2, abs=1e-9)
