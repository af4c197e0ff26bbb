"""Text in columns that never grow wider than the page."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import NamedTuple

WIDTH = 80
GAP = "  "
_HARD = "\u00a0"  # keeps a number and its % on one line


class Column(NamedTuple):
    """A column: its heading, its width, and whether it stands to the right."""

    title: str
    width: int
    right: bool = False


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells that wrap at words, under their headings.

    Examples:
        >>> print(table([Column("What", 10), Column("How", 4, True)], [("one and more", "5 %")]))
        What         How
        ----------  ----
        one and      5 %
          more
    """
    lines = [_line(columns, [column.title for column in columns])]
    lines.append(GAP.join("-" * column.width for column in columns))
    for row in rows:
        cells = [_wrapped(cell, c.width) for c, cell in zip(columns, row, strict=True)]
        for i in range(max(map(len, cells))):
            lines.append(_line(columns, [cell[i] if i < len(cell) else "" for cell in cells]))
    return "\n".join(lines)


def paragraph(text: str, indent: str = "", more: str | None = None) -> str:
    """Text wrapped to the page; lines after the first are indented by `more`."""
    wrapped = textwrap.fill(
        text.replace(" %", f"{_HARD}%"),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if more is None else more,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped.replace(_HARD, " ")


def _line(columns: Sequence[Column], cells: Sequence[str]) -> str:
    padded = [
        cell.rjust(column.width) if column.right else cell.ljust(column.width)
        for column, cell in zip(columns, cells, strict=True)
    ]
    return GAP.join(padded).rstrip()


def _wrapped(cell: str, width: int) -> list[str]:
    """Lines of a cell: its own, and those that a long one needs, a little further in."""
    wrap = textwrap.TextWrapper(width, subsequent_indent="  ", break_on_hyphens=False)
    return [line for own in cell.split("\n") for line in (wrap.wrap(own) or [""])]
