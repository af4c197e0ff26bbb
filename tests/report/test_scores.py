"""Years that can be asked for, and what is said of others."""

import pytest

from foedus.report.scores import run, span


def test_a_span_is_one_year_or_two():
    assert span("1816-2014") == (1816, 2014)
    assert span(" 1914 ") == (1914, 1914)


@pytest.mark.parametrize("years", ["", "1914-1900", "1700-1800", "14-18", "1900-2030"])
def test_other_spans_are_refused(years):
    with pytest.raises(ValueError, match="expected years from 1816 to 2016"):
        span(years)


def test_years_want_a_file():
    with pytest.raises(ValueError, match="expected --out FILE"):
        run("1914", None, None, draws=2, as_json=False, quiet=True)
