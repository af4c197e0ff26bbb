"""What signals do to beliefs, as a table or as JSON."""

import json
from collections.abc import Iterable

from foedus.report.columns import Column, paragraph, table
from foedus.report.words import percent
from foedus.scenario.load import load
from foedus.study.signals import DOCUMENTED, Belief, beliefs


def text(name: str, found: Iterable[Belief], start: str) -> str:
    """The beliefs for people.

    Examples:
        >>> print(text("case", [], "2020-09-27"))
        case: no signals
    """
    found = tuple(found)
    if not found:
        return f"{name}: no signals"
    later = list(found[0].later)
    columns = (
        Column("Observer, ally", 14),
        Column("Before", 8, True),
        Column("Start", 8, True),
        *(Column(f"Later, {who}"[:20], 20, True) for who in later),
    )
    rows = [
        (f"{b.observer}, {b.ally}", percent(b.before), percent(b.start), *_later(b)) for b in found
    ]
    told = (
        f"{name}: how far an observer trusts an ally to be steadfast, mean over the parameter "
        f"draws, before any signal, with those up to the start ({start}), and with the later "
        "ones, which steer no run."
    )
    return "\n\n".join([paragraph(told), table(columns, rows), *_legend(later)])


def _later(belief: Belief) -> list[str]:
    return [percent(value) for value in belief.later.values()]


def _legend(later: list[str]) -> list[str]:
    others = [who for who in later if who != DOCUMENTED]
    if not others:
        return []
    said = f"By the account of {', '.join(others)} some signals differ from what is documented."
    return [paragraph(said)]


def run(source: str, *, as_json: bool) -> str:
    """Load a scenario and tell its beliefs."""
    scenario = load(source, questions=False)
    found, start = beliefs(scenario), scenario.start.isoformat()
    if not as_json:
        return text(scenario.id, found, start)
    whole = {"scenario": scenario.id, "start": start, "beliefs": [b._asdict() for b in found]}
    return json.dumps(whole, indent=2, ensure_ascii=False)
