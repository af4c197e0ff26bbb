"""Text in columns that never grow wider than the page."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

WIDTH = 80
"""Columns that everything fits, in files and pipes too."""
WIDEST = 140
"""Columns of a terminal that are used."""
_PROSE = 100  # longer lines are hard to read
GAP = "  "
BLOCKS, ASCII = "▁▂▃▄▅▆▇█", "_.:-=oO#"
"""Eight heights, as a terminal can show them."""
_HARD = "\u00a0"  # keeps a number and its % on one line


class Page(NamedTuple):
    """What text is laid out for.

    Attributes:
        width: Columns.
        blocks: Whether it can show what is not ASCII.
    """

    width: int
    blocks: bool


_FILE = Page(WIDTH, True)
_chosen: ContextVar[Page | None] = ContextVar("page", default=None)


def page() -> Page:
    """The page that text is for: a file's, if `for_file` says so, else what stdout can show.

    Where stdout is no terminal it has `WIDTH` columns, unless COLUMNS says otherwise.
    """
    if (chosen := _chosen.get()) is not None:
        return chosen
    told = os.environ.get("COLUMNS") or sys.stdout.isatty()
    columns = shutil.get_terminal_size((WIDTH, 24)).columns if told else WIDTH
    return Page(min(max(columns, WIDTH), WIDEST), _shows_blocks(sys.stdout.encoding))


def _shows_blocks(encoding: str | None) -> bool:
    try:
        BLOCKS.encode(encoding or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


@contextmanager
def for_file() -> Iterator[None]:
    """Lay text out for a file, which is the same whoever looks on."""
    before = _chosen.set(_FILE)
    try:
        yield
    finally:
        _chosen.reset(before)


class Column(NamedTuple):
    """A column: its heading, its least width, and whether it stands to the right."""

    title: str
    width: int
    right: bool = False


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells under their headings; a cell wraps at words where the page is too narrow.

    Examples:
        >>> print(table([Column("What", 10), Column("How", 4, True)], [("one and", "5 %")]))
        What         How
        ----------  ----
        one and      5 %
    """
    split = [[cell.split("\n") for cell in row] for row in rows]
    columns = [c._replace(width=w) for c, w in zip(columns, _widths(columns, split), strict=True)]
    lines = [_line(columns, [column.title for column in columns])]
    lines.append(GAP.join("-" * column.width for column in columns))
    for row in split:
        cells = [_wrapped(cell, c.width) for c, cell in zip(columns, row, strict=True)]
        for i in range(max(map(len, cells))):
            lines.append(_line(columns, [cell[i] if i < len(cell) else "" for cell in cells]))
    return "\n".join(lines)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[list[str]]]) -> list[int]:
    """Width of each column: what the page leaves goes to those whose cells would wrap most."""
    width = [column.width for column in columns]
    need = [
        max([least, *(len(line) for row in rows for line in row[i])])
        for i, least in enumerate(width)
    ]
    spare = page().width - sum(width) - len(GAP) * (len(width) - 1)
    for _ in range(min(spare, sum(need) - sum(width))):
        width[max(range(len(width)), key=lambda i: need[i] - width[i])] += 1
    return width


def paragraph(text: str, indent: str = "", more: str | None = None) -> str:
    """Text wrapped to the page; lines after the first are indented by `more`."""
    wrapped = textwrap.fill(
        unbroken(text),
        min(page().width, _PROSE),
        initial_indent=indent,
        subsequent_indent=indent if more is None else more,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped.replace(_HARD, " ")


def unbroken(text: str) -> str:
    """Text in which no line ends between a number and its per cent sign.

    Examples:
        >>> unbroken("50 % of them") == "50\u00a0% of them"
        True
    """
    return text.replace(" %", f"{_HARD}%")


def _line(columns: Sequence[Column], cells: Sequence[str]) -> str:
    padded = [
        cell.rjust(column.width) if column.right else cell.ljust(column.width)
        for column, cell in zip(columns, cells, strict=True)
    ]
    return GAP.join(padded).rstrip()


def _wrapped(cell: list[str], width: int) -> list[str]:
    """Lines of a cell: its own, and those that a long one needs, a little further in."""
    wrap = textwrap.TextWrapper(width, subsequent_indent="  ", break_on_hyphens=False)
    return [line for own in cell for line in (wrap.wrap(own) or [""])]


def spark(values: Iterable[float], top: float = 1.0) -> str:
    """Values from 0 to `top` as heights, one character each.

    Examples:
        >>> with for_file():
        ...     spark([0.0, 0.12, 0.5, 0.99, 1.0])
        '▁▁▅██'
    """
    heights = BLOCKS if page().blocks else ASCII
    last = len(heights) - 1
    return "".join(heights[min(int(len(heights) * x / top), last)] for x in values)
