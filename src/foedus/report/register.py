"""`foedus register`: a user's forecasts, one by one and scored."""

import json
import sys
from datetime import date
from pathlib import Path

from foedus.report.columns import Column, table
from foedus.report.words import percent
from foedus.study.register import Scored, register, score

_COLUMNS = (
    Column("Date", 10),
    Column("Question", 38),
    Column("Said", 5, True),
    Column("Outcome", 9),
    Column("Brier", 5, True),
)


def add(source: str, name: str, probability: float, today: date, file: Path) -> None:
    """Append a forecast and say so.

    Raises:
        ValueError: As for `study.register.register`.
    """
    line = register(source, name, probability, today, file)
    said = f"{file}: {line['question']} {percent(probability)}, {line['sha256'][:8]}"
    sys.stdout.write(said + "\n")


def scored(file: Path, today: date, *, as_json: bool) -> None:
    """Print what is known of the forecasts of a register.

    Raises:
        ValueError: As for `study.register.score`.
    """
    found = score(file, today)
    known = [one.brier for one in found if one.brier is not None]
    mean = sum(known) / len(known) if known else None
    if as_json:
        whole = {"forecasts": [_entry(one) for one in found], "n": len(known), "brier": mean}
        sys.stdout.write(json.dumps(whole, ensure_ascii=False) + "\n")
        return
    sys.stdout.write(table(_COLUMNS, map(_row, found)) + "\n\n")
    last = "No outcome is known yet." if mean is None else f"Mean Brier of {len(known)}: {mean:.3f}"
    sys.stdout.write(last + "\n")


def _row(one: Scored) -> tuple[str, ...]:
    line = one.line
    mark = "" if one.same else "\n(the scenario has changed since)"
    graded = "--" if one.brier is None else f"{one.brier:.3f}"
    name = f"{line['question']}: {line['text']}{mark}"
    return line["date"], name, percent(line["probability"]), _outcome(one), graded


def _outcome(one: Scored) -> str:
    if not one.met:
        return "not met"
    return {True: "yes", False: "no", None: "open"}[one.outcome]


def _entry(one: Scored) -> dict:
    kept = ("date", "scenario", "question", "probability", "sha256")
    told = {key: one.line[key] for key in kept}
    return {**told, "outcome": _outcome(one), "brier": one.brier, "same_scenario": one.same}
