"""What `foedus validate` prints: every table and model, and in plain words who is better."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from foedus.core.priors import read
from foedus.fit.laplace import Peak
from foedus.fit.validate import BEST, OURS, validate
from foedus.record.folder import find
from foedus.report.columns import Column, paragraph, table

MEANING = {
    "S4a": "one-sided defence partners of every dispute; escalation integrated out: the forecast",
    "S4": "the same where the originators used force, their own highest act known",
    "S5": "the same given war",
    "F": "all relevant or allied third parties, either side; the highest act known",
}
_COLUMNS = (
    Column("Model", 11),
    Column("Score", 8, right=True),
    Column("Interval", 15, right=True),
    Column("Says", 7),
    Column("Brier", 6, right=True),
    Column("AUC", 5, right=True),
    Column("AP", 5, right=True),
    Column("Any", 5, right=True),
)


class Peaks(dict):
    """Fits by origin, each kept in a folder as it is made, so that a stopped run goes on."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__()
        self._folder = folder
        for path in sorted(folder.glob("origin-*.npz")) if folder is not None else []:
            with np.load(path) as data:
                numbers = (float(data["value"]), float(data["slope"]), int(data["evaluations"]))
                peak = Peak(data["mode"], data["covariance"], *numbers)
            super().__setitem__(int(path.stem.split("-")[1]), peak)

    def __setitem__(self, origin: int, peak: Peak) -> None:
        """Keep a fit whole, or not at all."""
        super().__setitem__(origin, peak)
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = self._folder / f"part-{origin}.npz"
            np.savez(part, allow_pickle=False, **peak._asdict())
            part.replace(self._folder / f"origin-{origin}.npz")


def run(
    record: Path | None, seed: int, *, as_json: bool, quiet: bool, out: Path | None = None
) -> None:
    """Validate and print."""
    say = (lambda line: None) if quiet else _progress
    found = validate(find(record), read(), seed, say, Peaks(out))
    sys.stdout.write((json.dumps(found, indent=2) if as_json else text(found)) + "\n")


def _progress(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def text(found: dict[str, Any]) -> str:
    """All tables at 80 columns, each model beside the best reference."""
    parts = [_one(name, told) for name, told in found["tables"].items()]
    return "\n\n".join([*parts, paragraph(verdicts(found))])


def _one(name: str, told: dict[str, Any]) -> str:
    score = "side_log_score" if name != "F" else "log_loss"
    better = -1 if name == "F" else 1
    models = sorted(told["models"].items(), key=lambda item: -better * item[1][score])
    rows = [
        (
            model,
            f"{figures[score]:.4f}",
            "{:+.3f} {:+.3f}".format(*figures["paired_interval_vs_best_reference"]),
            "" if model == told["best_reference"] else figures["verdict"],
            f"{figures['brier']:.4f}",
            _bare(figures["auc"]),
            _bare(figures["average_precision"]),
            _bare(figures["side_accuracy"] if name == "F" else figures["somebody_skill"]),
        )
        for model, figures in models
    ]
    what = "log loss, lower is better" if name == "F" else "log score a side, higher is better"
    last = "Any: side accuracy" if name == "F" else 'Any: log skill of "somebody comes"'
    head = paragraph(
        f"{name}: {MEANING[name]}. {told['n_sides']:,} "
        f"{'disputes' if name == 'F' else 'sides'}, {told['n_rows']:,} rows. Score: {what}; "
        f"interval: 90 % of the difference from {told['best_reference']}, by disputes. {last}."
    )
    lines = [head, table(_COLUMNS, rows), _calibration(told["calibration"])]
    return "\n".join([*lines, *_hard(told.get("hard", {})), *_total(name, told)])


def _bare(x: float | None) -> str:
    return "--" if x is None else f"{x:.2f}"


def _calibration(classes: list[dict[str, Any]]) -> str:
    said = ", ".join(
        f"{100 * c['stated']:.1f} -> {100 * c['observed']:.1f} ({c['n']})" for c in classes
    )
    return paragraph(f"Somebody comes, stated -> seen in per cent (n), {OURS}: {said}", more="  ")


def _total(name: str, told: dict[str, Any]) -> list[str]:
    if name == "F":
        return []
    ratio = told["models"][OURS]["somebody_expected_over_observed"]
    return [f"Expected over observed sides with somebody coming, {OURS}: {ratio:.2f}"]


def _hard(cases: dict[str, Any]) -> list[str]:
    said = "Hard, {}: {:,} sides; {} {:.4f}, {} {:.4f} ({:+.3f} {:+.3f})"
    return [
        paragraph(
            said.format(
                name, told["n_sides"], OURS, told[OURS], BEST, told[BEST], *told["paired_interval"]
            ),
            more="  ",
        )
        for name, told in cases.items()
    ]


def verdicts(found: dict[str, Any]) -> str:
    """One sentence: where ours is better, ties or loses against the best reference."""
    said = {name: told["models"][OURS]["verdict"] for name, told in found["tables"].items()}
    words = {"better": "is better on", "ties": "ties on", "loses": "loses on"}
    parts = [
        f"{words[verdict]} {' and '.join(n for n, v in said.items() if v == verdict)}"
        for verdict in words
        if verdict in said.values()
    ]
    return (
        f"Against the best reference of each table {OURS} {'; '.join(parts)} (better: the paired "
        "90 % interval lies above zero by disputes and by blocks of five years)."
    )
