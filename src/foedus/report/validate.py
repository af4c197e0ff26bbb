"""`foedus validate`: skill on what no fit has seen, as tables or as JSON."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import foedus
from foedus.core import priors
from foedus.fit.laplace import Peak
from foedus.fit.skill import verdict
from foedus.fit.stages import hashes, write
from foedus.fit.validate import OURS, validate
from foedus.record.folder import find
from foedus.report.columns import Column, paragraph, table
from foedus.report.lines import Lines, figure, json_text, span
from foedus.report.main_job import Stopped

TITLES = {
    "S4a": "opportunities fixed at onset, escalation integrated out: the forecast",
    "S4": "where the originators used force, their own highest act known",
    "S5": "given that it became war",
    "F": "all relevant or allied third parties, either side, highest act known",
}
_CODE = ("core", "fit", "game", "record")
_SIDES = (
    Column("Model", 9),
    Column("Score", 7, True),
    Column("Less best, 90 %", 18),
    Column("Verdict", 7),
    Column("Brier", 6, True),
    Column("AUC", 4, True),
    Column("AP", 4, True),
    Column("Some", 5, True),
    Column("E/O", 4, True),
)
_CLASSES = (
    Column("Model", 9),
    Column("Loss", 7, True),
    Column("Less best, 90 %", 18),
    Column("Verdict", 7),
    Column("Brier", 6, True),
    Column("AUC", 4, True),
    Column("AP", 4, True),
    Column("Side", 5, True),
)
_HARD = (
    Column("Of these, apart", 30),
    Column("Sides", 5, True),
    Column("foedus", 7, True),
    Column("Best", 7, True),
    Column("Less best, 90 %", 18),
)
_CALIBRATION = (
    Column("Stated", 16),
    Column("Cases", 6, True),
    Column("Mean stated", 11, True),
    Column("Came true", 9, True),
)
_LEGEND = """\
Score      mean log score of a side as a whole, in nats; higher is better
Loss       mean log loss of a row, in nats; lower is better
Less best  difference of log scores from the best reference, above zero better:
           disputes drawn anew, then blocks of five years; "better" needs both
Some       log skill of "somebody comes" to a side, against its usual share
E/O        sides to which somebody was expected to come, over those where it did
AP, Side   average precision; share of joiners whose side was held the likelier"""


def run(
    record: Path | None,
    seed: int,
    *,
    as_json: bool,
    quiet: bool,
    out: Path | None = None,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Validate, and print how foedus stands beside its references.

    Args:
        record: Folder of the tables, if one is named.
        seed: Of draws and resamples.
        as_json: Print JSON.
        quiet: No progress.
        out: Folder for the fit of each origin, so that a stopped validation goes on, and for
            the report.
        check: Called between steps; may raise KeyboardInterrupt.

    Raises:
        ValueError: Bad input, in one clear message; the folder holds another validation.
        Stopped: The user has stopped it.
    """
    folder, chosen = find(record), priors.read()
    progress = Lines("validate", quiet=quiet, check=check)
    peaks = {} if out is None else Peaks(out, mark(folder, chosen))
    if peaks:
        progress(f"{len(peaks)} origins are kept in {out}")
    try:
        found = validate(folder, chosen, seed, progress, peaks)
    except KeyboardInterrupt:
        kept = f"; {len(peaks)} origins are kept in {out}, the same command goes on" if out else ""
        raise Stopped(f"stopped{kept}") from None
    told = {"version": foedus.__version__, **found, "summary": summary(found["tables"])}
    if out is not None:
        write(out / "report.json", json_text(told, indent=1).encode())
    sys.stdout.write(json_text(told) if as_json else text(told))


class Peaks(dict[int, Peak]):
    """Fits by the first year that they did not see, kept in a folder as they are made.

    Args:
        folder: Where they are kept; made if it is not there.
        mark: Hash of all that they depend on.

    Raises:
        ValueError: The folder holds those of another validation, or a file that is no fit.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Peaks(Path(folder), "a")[1900] = Peak(np.zeros(1), np.eye(1), -2.0, 0.1, 3)
        ...     Peaks(Path(folder), "a")[1900].value
        -2.0
    """

    def __init__(self, folder: Path, mark: str) -> None:
        super().__init__()
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        manifest = folder / "validate.json"
        if manifest.exists() and json.loads(manifest.read_text()).get("mark") != mark:
            raise ValueError(
                f"{folder}: expected an empty folder or the same validation; got one of other "
                "tables, priors or code"
            )
        write(manifest, json.dumps({"mark": mark, "version": foedus.__version__}).encode())
        for path in sorted(folder.glob("peak-[0-9]*.npz")):
            super().__setitem__(int(path.stem.removeprefix("peak-")), _peak(path))

    def __setitem__(self, origin: int, peak: Peak) -> None:
        part = self._folder / f"part-{origin}.npz"
        np.savez(part, allow_pickle=False, **{k: np.asarray(v) for k, v in peak._asdict().items()})
        os.replace(part, self._folder / f"peak-{origin}.npz")
        super().__setitem__(origin, peak)


def _peak(path: Path) -> Peak:
    try:
        with np.load(path, allow_pickle=False) as data:
            told = {name: data[name] for name in Peak._fields}
    except (KeyError, OSError, ValueError, EOFError):
        raise ValueError(f"{path}: expected the fit of an origin; delete the file") from None
    scalars = {name: told[name].item() for name in ("value", "slope", "evaluations")}
    return Peak(told["mode"], told["covariance"], **scalars)


def mark(folder: Path, table: dict) -> str:
    """Hash of all that the fits of the origins depend on: tables, priors, code."""
    digest = hashlib.sha256(json.dumps([hashes(folder), table], sort_keys=True).encode())
    source = Path(foedus.__file__).parent
    for part in _CODE:
        for file in sorted((source / part).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def text(told: dict[str, Any]) -> str:
    """What the terminal shows."""
    parts = [f"Rolling origin: learn before T, judge the ten years from T; seed {told['seed']}"]
    for name, found in told["tables"].items():
        parts += _table(name, found)
    return "\n\n".join([*parts, _LEGEND, paragraph(told["summary"])]) + "\n"


def _table(name: str, found: dict[str, Any]) -> Iterator[str]:
    """One table: models, hard cases, calibration."""
    by_side, best = by_score(found), found["best_reference"]
    unit = "sides" if by_side else "disputes"
    sizes = f"{found['n_sides']:,} {unit}, {found['n_rows']:,} rows; the best reference is {best}"
    head = paragraph(f"{name}: {TITLES.get(name, '')}", "", "  ")
    models = ranked(found)
    lines = (_model(each, found["models"][each], by_side=by_side) for each in models)
    yield f"{head}\n{sizes}\n\n{table(_SIDES if by_side else _CLASSES, lines)}"
    if hard := found.get("hard"):
        yield table(_HARD, (_hard(case, one, found) for case, one in hard.items()))
    if made := found.get("calibration"):
        yield "\n".join(
            [f"Calibration of foedus: {_what(by_side)}", table(_CALIBRATION, map(_class, made))]
        )


def _what(by_side: bool) -> str:
    return "somebody comes to a side" if by_side else "a third party comes, to either side"


def by_score(found: dict[str, Any]) -> bool:
    """Whether a table is scored by sides, not rows."""
    return all(one["side_log_score"] is not None for one in found["models"].values())


def ranked(found: dict[str, Any]) -> list[str]:
    """Models from the best to the worst, by side log score, or by log loss of rows."""
    models = found["models"]
    if by_score(found):
        return sorted(models, key=lambda name: -models[name]["side_log_score"])
    return sorted(models, key=lambda name: models[name]["log_loss"])


def _model(name: str, one: dict[str, Any], *, by_side: bool) -> tuple[str, ...]:
    ends = "paired_interval_vs_best_reference", "paired_interval_by_five_years"
    apart = "\n".join(_span(one[key]) for key in ends)
    said = one["verdict"]
    if said == "is the reference":
        apart, said = "the best reference", ""
    rates = [figure(one[key], ".2f") for key in ("auc", "average_precision")]
    shared = apart, said, figure(one["brier"], ".4f"), *rates
    if by_side:
        some = figure(one["somebody_skill"], ".2f")
        ratio = figure(one.get("somebody_expected_over_observed"), ".2f")
        return name, figure(one["side_log_score"], ".4f"), *shared, some, ratio
    return name, figure(one["log_loss"], ".4f"), *shared, figure(one["side_accuracy"], ".2f")


def _hard(case: str, one: dict[str, Any], found: dict[str, Any]) -> tuple[str, ...]:
    best = one[found["best_reference"]]
    ends = one["paired_interval"], one["by_five_years"]
    said = verdict(*map(tuple, ends))
    apart = "\n".join(map(_span, ends))
    scores = figure(one[OURS], ".4f"), figure(best, ".4f")
    return f"{case}\n{said}", f"{one['n_sides']:,}", *scores, apart


def _span(ends: list[float]) -> str:
    low, high = ends
    return span(low, high, "+.4f")


def _class(one: dict[str, Any]) -> tuple[str, ...]:
    stated = f"{100 * one['low']:g} to {100 * one['high']:g} %"
    rates = (f"{100 * one[key]:.1f} %" for key in ("stated", "observed"))
    return stated, f"{one['n']:,}", *rates


def summary(tables: dict[str, Any]) -> str:
    """Where foedus is better, ties and loses, in one sentence.

    Examples:
        >>> one = {"best_reference": "mixed9", "models": {"foedus": {"verdict": "ties"}}}
        >>> summary({"S4a": one, "S4": one})
        'foedus ties with mixed9 on S4a and S4.'
    """
    said = {"better": "is better than", "ties": "ties with", "loses": "loses to"}
    places: dict[tuple[str, str], list[str]] = {}
    for name, found in tables.items():
        key = found["models"][OURS]["verdict"], found["best_reference"]
        places.setdefault(key, []).append(name)
    parts = [
        f"{said[how]} {best} on {_listed(names)}"
        for how in said
        for (own, best), names in places.items()
        if own == how
    ]
    return f"{OURS} {'; '.join(parts)}."


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
