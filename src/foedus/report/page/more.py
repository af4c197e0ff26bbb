"""Sections that other commands make: what `foedus ablate` and `foedus claims` put in a folder."""

import json
from pathlib import Path
from typing import Any

from foedus.report.ablate import ABLATION
from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, rounded
from foedus.report.figures.scores import bars
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
    total = said["scores"]["total"]
    means = _totals(total) if total else []
    says = (
        f"Over {total['events']} events that {total['claims']} claims speak of, the mean Brier "
        f"score of the model is {total['brier']:.3f}; 50 % each time has {total['coin']:.3f}."
        if total else "No claim can be scored."
    )  # fmt: skip
    figure = Figure(
        "claims", "The claims of the ledger, scored", says, rows,
        (lambda width: bars(means, width)) if means else None,
        "An event counts once, however often it is claimed. Words: how likely the authors' words "
        "make their claims, at both ends of what such words mean. The table has every claim; "
        "nobody is ranked.",
    )  # fmt: skip
    return Section("claims", "Claims", [], [], [figure])


def _yes_no(happened: bool | None) -> str:
    """An outcome in a word."""
    return "unknown" if happened is None else "yes" if happened else "no"


def _totals(total: dict[str, Any]) -> list[Row]:
    """Mean scores of the model beside those of a coin, of classes, and of the authors' words."""
    every = f"all {total['events']}"
    rows = [(every, "foedus", "brier"), (every, "50 %", "coin")]
    if total["n_reference"]:
        some = f"the {total['n_reference']} with a class"
        rows += [(some, "foedus", "brier_there"), (some, "classes", "reference")]
    if total["n_words"]:
        some = f"the {total['n_words']} in words"
        rows += [
            (some, "foedus", "brier_words"),
            (some, "words, at best", "words_low"),
            (some, "words, at worst", "words_high"),
        ]
    return [
        {"score": "Brier", "events": events, "of": of, "mean": rounded(total[key])}
        for events, of, key in rows
    ]


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
