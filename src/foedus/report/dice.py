"""`foedus dice`: one run of an ensemble told day by day, with what lies behind each decision."""

import json
import sys
from collections.abc import Iterator
from itertools import groupby

from foedus.report.columns import paragraph
from foedus.report.hypothetical import BANNER
from foedus.report.progress import Progress
from foedus.report.words import number, percent, signed
from foedus.scenario.load import load
from foedus.study.choices import configured
from foedus.study.dice import Tale, dice
from foedus.study.pipeline import Options
from foedus.study.replayed import Told


def run(
    source: str, run: int, runs: int, seed: int, changes: list[str], without: list[str],
    *, as_json: bool, quiet: bool = False,
) -> None:  # fmt: skip
    """Tell a run and print it.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    scenario, _, fixed = configured(load(source), changes, without)
    options = Options(runs, seed, fixed=fixed)
    with Progress(scenario.id, 1, quiet=quiet):
        tale = dice(scenario, options, run)
    head = f"{scenario.title}: run {tale.run} of {runs:,}, seed {seed}, draw {tale.draw}"
    if as_json:
        found = to_json(tale, scenario.id, options) | {"hypothetical": scenario.hypothetical}
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        return
    banner = [BANNER] if scenario.hypothetical else []
    sys.stdout.write("\n".join([*banner, paragraph(head), "", *_told(tale.events)]) + "\n")


def _told(events: tuple[Told, ...]) -> Iterator[str]:
    """Events, those of a day and dispute under one heading."""
    for (on, dispute), group in groupby(events, key=lambda e: (e.on, e.dispute)):
        today = list(group)
        yield f"{on}  {dispute or 'treaties'}"
        forces = [f for e in today if isinstance(f := e.why.get("forces"), dict) and f]
        if forces:
            yield paragraph(_listed(forces[0]), "  ", "  ")
        for event in today:
            yield from told(event)


def to_json(tale: Tale, scenario: str, options: Options) -> dict:
    """The tale as one object."""
    events = [event._asdict() | {"on": event.on.isoformat()} for event in tale.events]
    return {
        "scenario": scenario,
        "run": tale.run,
        "draw": tale.draw,
        "runs": options.runs,
        "seed": options.seed,
        "events": events,
    }


def told(event: Told) -> Iterator[str]:
    """What happens, and below it what lies behind it."""
    odds = "" if event.odds is None else f" [{percent(event.odds)}]"
    yield paragraph(f"- {event.what}{odds}", "  ", "    ")
    for name, value in event.why.items():
        if name != "forces" and value:
            yield paragraph(f"{name}: {_value(name, value)}", "      ", "        ")


def _value(name: str, value: str | float | dict[str, float]) -> str:
    """A reason, as people read it."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return _figure(name, value)
    if name.startswith(("logits", "unexplained")):
        ordered = sorted(value.items(), key=lambda item: -abs(item[1]))
        return ", ".join(f"{label} {signed(x)}" for label, x in ordered)
    return _listed(value, whole=name.startswith("chances"))


def _listed(values: dict[str, float], *, whole: bool = False) -> str:
    """Several numbers in a row."""
    return "; ".join(
        f"{label} {100 * x:.2g} %" if whole else f"{label} {_figure(label, x)}"
        for label, x in values.items()
    )


def _figure(name: str, x: float) -> str:
    """A number, as people read it."""
    share = name.startswith(("share", "probability", "its trust")) or "chance" in name
    return percent(x) if share else number(x) if abs(x) >= 0.01 or not x else f"{x:.1g}"
