"""What the page is made of, as plain data for its template."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from foedus.report.figures import look
from foedus.report.figures.figure import Figure, address


class Told(NamedTuple):
    """An answer as the page tells it."""

    id: str
    question: str
    words: str
    figure: str
    range: str
    outcome: str
    bar: dict[str, float] | None
    facts: list[tuple[str, str]]


class Items(NamedTuple):
    """A list under its title."""

    title: str
    items: list[str]


class Section(NamedTuple):
    """A part of the page; what it has of each kind is shown in this order."""

    id: str
    title: str
    texts: list[str] = []  # noqa: RUF012
    answers: list[Told] = []  # noqa: RUF012
    figures: list[Figure] = []  # noqa: RUF012
    lists: list[Items] = []  # noqa: RUF012
    code: list[str] = []  # noqa: RUF012

    def shown(self, drawings: Iterator[str], credit: str) -> dict[str, Any]:
        """The section with its figures drawn."""
        return self._asdict() | {"figures": [drawn(f, drawings, credit) for f in self.figures]}


def drawn(figure: Figure, drawings: Iterator[str], credit: str) -> dict[str, Any]:
    """A figure as the template wants it: drawings, downloads, cells.

    Args:
        figure: The figure.
        drawings: Those of its charts come next.
        credit: Stands below the drawing that is downloaded.
    """
    shown = {
        **{name: getattr(figure, name) for name in ("id", "title", "says", "note", "headings")},
        "csv": address("text/csv", figure.csv()),
        "cells": [[_cell(row[name]) for name in figure.columns] for row in figure.rows],
    }
    if figure.draw is None:
        return shown
    wide, narrow = next(drawings), next(drawings)
    return shown | {
        "wide": look.themed(wide),
        "narrow": look.themed(narrow),
        "svg": address("image/svg+xml", look.paper(wide, f"{figure.title}. {credit}")),
    }


def _cell(value: Any) -> dict[str, Any]:
    """A value as the table shows it: numbers as they are in the JSON."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    text = "" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)
    return {"text": text, "number": number}
