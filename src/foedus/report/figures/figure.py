"""A figure: what it shows in words, its rows, and how they are drawn in a width."""

import base64
import csv
from collections.abc import Callable, Sequence
from io import StringIO
from typing import Any, NamedTuple

from foedus.report.figures import look

Row = dict[str, Any]
Chart = tuple[look.Spec, str]
"""A chart that is whole, and the name of its drawing."""


class Figure(NamedTuple):
    """A chart and the table of its numbers.

    Attributes:
        id: Name in addresses and files.
        title: What it shows, in a line.
        says: What a reader sees in it, in a sentence or two; also for those who see no chart.
        rows: Its numbers, all of them in the chart; the keys are the columns of the table.
        draw: Gives the chart in a width in pixels; None for a table alone.
        note: How to read it, where it comes from.
        labels: Headings of columns, where a key does not say enough.
    """

    id: str
    title: str
    says: str
    rows: list[Row]
    draw: Callable[[int], Any] | None
    note: str = ""
    labels: dict[str, str] = {}  # noqa: RUF012

    @property
    def columns(self) -> list[str]:
        """Keys of the columns."""
        return list(self.rows[0]) if self.rows else []

    @property
    def headings(self) -> list[str]:
        """Headings of the columns."""
        return [self.labels.get(name, name.replace("_", " ")) for name in self.columns]

    def charts(self, banner: str) -> list[Chart]:
        """Its chart in each width of a page, a banner over it; none where it is a table alone."""
        return [
            (look.spec(self.draw, width, banner), f"{self.id}-{width}")
            for width in (look.WIDE, look.NARROW)
            if self.draw
        ]

    def csv(self) -> str:
        """The table as comma-separated values."""
        out = StringIO()
        writer = csv.DictWriter(out, self.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue()


def address(kind: str, text: str) -> str:
    """A `data:` address that holds a whole file.

    Examples:
        >>> address("text/csv", "a")
        'data:text/csv;charset=utf-8;base64,YQ=='
    """
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(text.encode()).decode()}"


def rounded(x: float | None, digits: int = 4) -> float | None:
    """A number as it is told in tables and drawn: None where there is none.

    Examples:
        >>> rounded(0.123456), rounded(float("nan"))
        (0.1235, None)
    """
    value = float("nan") if x is None else float(x)
    return round(value, digits) if value == value and abs(value) != float("inf") else None


def listed(names: Sequence[str]) -> str:
    """Names in a sentence.

    Examples:
        >>> listed(["a", "b", "c"]), listed(["a"])
        ('a, b and c', 'a')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
