"""What the sides say of the dead, as a table or as JSON."""

import json
from collections.abc import Iterable

from foedus.report.columns import Column, paragraph, table
from foedus.report.words import number
from foedus.scenario.load import load
from foedus.study.reports import Told, told

_COLUMNS = (
    Column("Day", 10),
    Column("Dead of", 20),
    Column("Reported", 20),
    Column("Together, 90 %", 15, True),
    Column("Counted", 7, True),
)


def text(name: str, found: Iterable[Told]) -> str:
    """The reports for people.

    Examples:
        >>> print(text("case", []))
        case: no reports of deaths
    """
    found = tuple(found)
    if not found:
        return f"{name}: no reports of deaths"
    said = (
        f"{name}: what is reported of the dead, by whom; what the reports of a day say "
        "together, given that ministries understate their own dead and overstate the enemy's "
        "(by how much is a judgement); and what was counted later, in a straight line between "
        "the totals that are known."
    )
    return "\n\n".join([paragraph(said), table(_COLUMNS, map(_row, found))])


def _row(one: Told) -> tuple[str, ...]:
    reports = "\n".join(f"{r.source} {r.total:,.0f} ({r.role})" for r in one.reports)
    together = one.estimate
    return (
        one.on.isoformat(),
        f"{one.dispute}, {one.side}",
        reports or "with the wounded",
        f"{number(together.low)}-{number(together.high)}" if together else "--",
        "--" if one.counted is None else number(one.counted),
    )


def run(source: str, *, as_json: bool) -> str:
    """Load a scenario and tell its reports."""
    scenario = load(source, questions=False)
    found = told(scenario)
    if not as_json:
        return text(scenario.id, found)
    whole = {"scenario": scenario.id, "reports": [_plain(one) for one in found]}
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _plain(one: Told) -> dict:
    return one._asdict() | {
        "on": one.on.isoformat(),
        "reports": [report._asdict() for report in one.reports],
        "estimate": one.estimate and one.estimate._asdict(),
    }
