"""Numbers as people read them, and tables that keep to the page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.report.columns import Column, paragraph, table
from foedus.report.progress import left
from foedus.report.words import chance, percent, percents, quantities, quantity

SHARE = st.floats(0, 1)
WORDS = st.lists(st.sampled_from(["a", "word", "of", "7 %", "some", "length"]), max_size=60)


@given(SHARE)
def test_no_per_cent_is_nought_or_a_hundred(p):
    assert percent(p) not in ("0 %", "100 %")


@given(SHARE, SHARE)
def test_more_is_never_said_to_be_less(p, q):
    low, high = sorted((p, q))
    figure = lambda x: float(percent(x).strip("<> %"))  # noqa: E731
    assert figure(low) <= figure(high)
    assert percents(low, high).endswith(percent(high))


def test_words_follow_their_table():
    said = [chance(p) for p in (0, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1)]
    assert len(set(said)) == len(said)
    assert said[4] == "about even"
    assert max(map(len, said)) <= 17


def test_shares_and_people_are_whole():
    assert quantity(0.9, "people") == "1"
    assert quantities(0.7, 6621.0, "people") == "1-6,600"
    assert quantities(0.001, 0.999, "share") == "0-100 %"


@given(st.lists(st.tuples(WORDS, WORDS), max_size=5))
def test_a_table_loses_no_word_and_keeps_to_its_width(rows):
    columns = (Column("One", 20), Column("Two", 9, right=True))
    text = table(columns, [(" ".join(a), " ".join(b)) for a, b in rows])
    assert max(map(len, text.splitlines())) <= 31
    assert sorted(text.split()[4:]) == sorted(
        " ".join(w for row in rows for c in row for w in c).split()
    )


@given(WORDS)
def test_a_paragraph_keeps_a_number_with_its_sign(words):
    text = paragraph(" ".join(words), "  ")
    assert all(len(line) <= 80 and not line.strip().startswith("%") for line in text.splitlines())
    assert text.split() == " ".join(words).split()


@pytest.mark.parametrize("first", [None, (0.0, 1024)])
def test_time_left_needs_two_batches(first):
    assert left(first, (1.0, 1024), 2048) == ""
