"""Sections that other commands make: what `foedus ablate` and `foedus claims` put in a folder."""

import json
from pathlib import Path
from typing import Any

from foedus.report.ablate import ABLATION
from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, rounded
from foedus.report.ledger import CLAIMS
from foedus.report.page.section import Section
from foedus.study.pipeline import Study

_MOST = 12


def more(folder: Path, study: Study) -> tuple[Section, ...]:
    """Sections of the commands that have put their JSON into a run folder.

    Raises:
        ValueError: A file there is no such output, or of another scenario or other parameters.
    """
    made = {ABLATION: systems, CLAIMS: ledger}
    return tuple(
        make(folder / name, study) for name, make in made.items() if (folder / name).exists()
    )


def systems(path: Path, study: Study) -> Section:
    """What each system of the essays does, from the output of `foedus ablate`.

    Raises:
        ValueError: The file is no such output, or of another scenario or other parameters.
    """
    said = _read(path, "foedus ablate", "switches", study)
    rows = [
        {
            "system": f"{row['id']} {row['name']}", "question": effect["claim"],
            "without": rounded(effect["p"]), "change": rounded(effect["delta"]),
            "standard_error": rounded(effect["se"]), "detectable": effect["detectable"],
        }
        for row in said["switches"] for effect in row["effects"]
        if effect["kind"] == "event" and effect["p"] is not None
    ]  # fmt: skip
    moved = sorted((r for r in rows if r["detectable"]), key=lambda r: -abs(r["change"]))[:_MOST]
    figure = Figure(
        "systems", "What turning a system off does to the answers", _systems_say(moved), rows,
        (lambda width: _draw_systems(moved, width)) if moved else None,
        f"{said['runs']:,} runs with and without, the same histories. It shows which way the code "
        "of a system works, not whether a theory is true; no detectable effect is a result.",
    )  # fmt: skip
    return Section("systems", "What each system does", [], [], [figure])


def _systems_say(moved: list[Row]) -> str:
    """The largest change in a sentence."""
    if not moved:
        return "No question moves detectably when a system is turned off."
    first = moved[0]
    points = f"{100 * first['change']:+.0f} points"
    return f"The largest: {first['question']} without {first['system']}, {points}."


def _draw_systems(moved: list[Row], width: int) -> look.Spec:
    """The largest changes, in points."""
    told = [
        row | {"row": f"{row['question']} without {row['system']}", "points": 100 * row["change"]}
        for row in moved
    ]
    label = 300 if width > 500 else 170
    at = {
        "x": {
            "field": "points", "type": "quantitative",
            "axis": {"title": "change, percentage points", "tickCount": 5},
        },
        "y": look.name("row", [row["row"] for row in told], look.names_axis(label)),
    }  # fmt: skip
    hue = {"color": look.either("datum.points > 0", look.TARGET, look.CHALLENGER)}
    bars = look.mark("bar", at | hue, height=14, opacity=0.8)
    return look.view(told, width - label - 40, 26 * len(told), bars)


def ledger(path: Path, study: Study) -> Section:
    """The claims of the ledger with their scores, from the output of `foedus claims`.

    Raises:
        ValueError: The file is no such output, or of another scenario or other parameters.
    """
    said = _read(path, "foedus claims", "claims", study)
    rows = [
        {
            "id": claim["id"], "author": claim["author"], "claim": claim["text"],
            "probability": claim["probability"], "happened": _yes_no(claim["happened"]),
            "brier": rounded(claim["brier"]), "brier_of_class": rounded(claim["brier_reference"]),
        }
        for claim in said["claims"] if claim["brier"] is not None
    ]  # fmt: skip
    authors = _authors(rows)
    total = said["scores"]["total"]
    says = (
        f"Over {total['events']} events that {total['claims']} claims speak of, the mean Brier "
        f"score of the model is {total['brier']:.3f}; 50 % each time has {total['coin']:.3f}."
        if total else "No claim can be scored."
    )  # fmt: skip
    figure = Figure(
        "claims", "The claims of the ledger, scored", says, rows,
        (lambda width: _draw_authors(authors, width)) if authors else None,
        "Bars: mean Brier score of the model on the claims of an author, lower is better; a "
        "half each time has .25. The table has every claim.",
    )  # fmt: skip
    return Section("claims", "Claims", [], [], [figure])


def _yes_no(happened: bool | None) -> str:
    """An outcome in a word."""
    return "unknown" if happened is None else "yes" if happened else "no"


def _authors(rows: list[Row]) -> list[Row]:
    """Mean score by author, those with most claims first."""
    by: dict[str, list[float]] = {}
    for row in rows:
        by.setdefault(row["author"], []).append(row["brier"])
    ordered = sorted(by.items(), key=lambda one: (-len(one[1]), one[0]))[:_MOST]
    return [
        {"row": f"{author} ({len(scores)})", "mean": sum(scores) / len(scores)}
        for author, scores in ordered
    ]


def _draw_authors(authors: list[Row], width: int) -> look.Spec:
    """A bar an author."""
    label = 260 if width > 500 else 150
    axis = {"title": "mean Brier score, lower is better", "tickCount": 5}
    at = {
        "x": {"field": "mean", "type": "quantitative", "axis": axis},
        "y": look.name("row", [row["row"] for row in authors], look.names_axis(label)),
    }
    bars = look.mark("bar", at, height=14, opacity=0.8, color=look.TARGET)
    return look.view(authors, width - label - 40, 26 * len(authors), bars)


def _read(path: Path, command: str, key: str, study: Study) -> dict[str, Any]:
    """The output of a command about the same scenario."""
    try:
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise ValueError(f"{path}: expected what `{command} --out` puts there ({fault})") from None
    if not isinstance(said, dict) or key not in said:
        raise ValueError(f"{path}: expected what `{command} --out` puts there")
    ours = {"scenario": study.scenario.id, "parameters": study.parameters}
    differ = [name for name, value in ours.items() if said.get(name) != value]
    if differ:
        raise ValueError(f"{path}: is of another run (other {', '.join(differ)}) than the folder")
    return said
