"""Numbers as people read them, and tables that keep to the page."""

import io
import os
import shutil
from contextlib import contextmanager
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.record.folder import known
from foedus.report import casus, reports
from foedus.report import record as tables
from foedus.report.columns import (
    ASCII,
    BLOCKS,
    GAP,
    WIDTH,
    Column,
    for_file,
    page,
    paragraph,
    spark,
    table,
)
from foedus.report.lines import Lines
from foedus.report.progress import Progress, left
from foedus.report.words import chance, percent, percents, quantities, quantity
from foedus.scenario import cases

WIDTHS = (80, 100, 160)
SHARE = st.floats(0, 1)
WORDS = st.lists(st.sampled_from(["a", "word", "of", "7 %", "some", "length"]), max_size=60)


@contextmanager
def wide(width):
    """A terminal of so many columns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        yield


class Screen(io.StringIO):
    """A terminal that knows some letters."""

    def __init__(self, encoding, watched=True):
        super().__init__()
        self.letters, self.watched = encoding, watched

    encoding = property(lambda self: self.letters)

    def isatty(self):
        return self.watched


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
    wanted = [[" ".join(w for row in rows for w in row[i]).split()] for i in (0, 1)]
    columns = (Column("One", 20), Column("Two", 9, right=True))
    for width in WIDTHS:
        with wide(width):
            text = table(columns, [(" ".join(a), " ".join(b)) for a, b in rows])
        head, rule, *body = text.splitlines()
        assert max(map(len, text.splitlines())) <= width
        assert len(rule) >= 31
        first = len(rule.split()[0])
        halves = [line[:first] for line in body], [line[first:] for line in body]
        assert [[" ".join(half).split()] for half in halves] == wanted
        assert head.split() == ["One", "Two"]


@given(WORDS)
def test_a_paragraph_keeps_a_number_with_its_sign(words):
    for width in WIDTHS:
        with wide(width):
            lines = paragraph(" ".join(words), "  ").splitlines()
        assert all(len(line) <= width and not line.strip().startswith("%") for line in lines)
        assert " ".join(lines).split() == " ".join(words).split()


@pytest.mark.parametrize("first", [None, (0.0, 1024)])
def test_time_left_needs_two_batches(first):
    assert left(first, (1.0, 1024), 2048) == ""


@pytest.mark.parametrize(
    "said",
    [
        lambda: casus.listing(cases.catalogue()),
        lambda: casus.agreement(cases.catalogue()),
        lambda: casus.one(cases.catalogue(), "C66"),
        lambda: reports.run("karabakh-2020", as_json=False),
        lambda: tables.listing(known(None)),
        lambda: tables.one("gml_part"),
    ],
    ids=["casus", "agreement", "case", "reports", "record list", "describe"],
)
def test_a_command_uses_the_width_there_is(said):
    """The same words, in no more lines, and none beyond the edge."""
    found = {}
    for width in WIDTHS:
        with wide(width):
            found[width] = [line for line in said().splitlines() if set(line) - set("- ")]
        assert max(map(len, found[width])) <= width
    words = [sorted(" ".join(lines).split()) for lines in found.values()]
    assert words[0] == words[1] == words[2]
    assert len(found[80]) >= len(found[100]) >= len(found[160])


def test_one_place_says_how_wide_a_page_is(monkeypatch):
    for watched, width in ((True, 123), (False, 80)):
        monkeypatch.setattr("sys.stdout", Screen("utf-8", watched))
        monkeypatch.setattr(shutil, "get_terminal_size", lambda _: os.terminal_size((123, 24)))
        assert page().width == width
        with for_file():
            assert page() == (80, True)
    monkeypatch.undo()
    for told, width in ((40, 80), (100, 100), (1000, 140)):
        with wide(told):
            assert page().width == width


@given(st.lists(SHARE, min_size=1, max_size=9))
def test_heights_rise_with_the_values_and_any_terminal_shows_them(values):
    for encoding, heights in (("utf-8", BLOCKS), ("ascii", ASCII), ("latin-1", ASCII)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdout", Screen(encoding))
            found = spark(values)
            assert spark([0.0, 1.0]) == heights[0] + heights[-1]
        found.encode(encoding)
        assert len(found) == len(values)
        places = [heights.index(height) for height in found]
        assert places == [min(int(8 * x), 7) for x in values]


@pytest.mark.parametrize("quiet", [False, True])
def test_progress_is_a_line_without_colour_or_nothing(monkeypatch, quiet):
    screen = Screen("utf-8")
    monkeypatch.setattr("sys.stderr", screen)
    with Progress("job", 0, quiet=quiet, first="reading") as progress:
        for done in range(1, 5):
            progress(done, 4)
    said = screen.getvalue()
    assert "\x1b[" not in said.replace("\x1b[K", "")  # clears a line; no colour, NO_COLOR or not
    assert (said == "") == quiet
    assert quiet or all(word in said for word in ("job: reading", "4 of 4 runs", "s left"))


def test_lines_say_the_time_left_once_it_is_known(monkeypatch, capsys):
    clock = iter([0.0, 30.0, 60.0, 240.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    lines = Lines("fit", quiet=False, check=lambda: None)
    lines("begun")
    lines("a third", 0.25)
    lines("all", 1.0)
    begun, third, whole = capsys.readouterr().err.splitlines()
    assert begun == "fit: begun (0:30)"
    assert third == "fit: a third (1:00, 3 min left)"
    assert whole == "fit: all (4:00)"


MODULES = [
    "ablate", "calls", "cases", "casus", "dice", "explain", "fit", "influence", "ledger", "record",
    "refit", "register", "rents", "reports", "rests", "scores", "signals", "terminal", "validate",
]  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_legends_and_tables_fit_the_narrowest_page(name):
    """What is laid out by hand: legends, and the least widths of columns."""
    found = 0
    for key, value in vars(import_module(f"foedus.report.{name}")).items():
        if key != "__doc__" and isinstance(value, str) and "\n" in value:
            assert max(map(len, value.splitlines())) <= WIDTH
        if isinstance(value, tuple) and value and all(isinstance(c, Column) for c in value):
            assert sum(c.width for c in value) + len(GAP) * (len(value) - 1) <= WIDTH
            found += 1
    assert found or name not in ("terminal", "ablate", "cases", "explain", "ledger")
