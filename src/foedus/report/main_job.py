"""`foedus run`: from the options to the printed tables and the run folder."""

import hashlib
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import foedus
from foedus.core import params
from foedus.core.source import JUDGED, mark
from foedus.report import again
from foedus.report.progress import Progress
from foedus.report.summary import short, whole
from foedus.scenario.digest import digest
from foedus.scenario.load import load
from foedus.scenario.schema import Scenario
from foedus.simulate.ensemble import batch_size
from foedus.study.answers import scores
from foedus.study.choices import configured
from foedus.study.folder import Folder
from foedus.study.pipeline import Options, Study
from foedus.study.pipeline import run as study_run
from foedus.study.reopen import keep


class Stopped(KeyboardInterrupt):
    """The user has stopped a run; the message says what is kept."""


def run(
    source: str,
    runs: int,
    seed: int,
    changes: list[str],
    without: list[str],
    out: Path | None,
    *,
    resume: bool,
    block: int,
    as_of: date | None,
    devices: int,
    as_json: bool,
    quiet: bool,
    check: Callable[[], None],
) -> None:
    """Run a scenario, keep the run folder, print the answers, write the report.

    Raises:
        ValueError: Bad input, in one clear message.
        Stopped: The user has stopped it.
    """
    scenario, changed, fixed = configured(load(source), changes, without)
    options = Options(runs, seed, _block(block, runs), devices, fixed, as_of)
    manifest = manifest_of(scenario, options, changed)
    folder = Folder(out or _place(manifest), manifest, resume=resume)
    keep(folder, scenario)
    study = _with_progress(scenario, options, folder, check, quiet=quiet)
    answers = to_json(study, changed)
    folder.write_text("answers.json", _json(answers, indent=2))
    folder.write_text("summary.txt", whole(study, changed, folder.path))
    try:  # nobody waits for the report to see the answers, and a closed pipe costs no report
        sys.stdout.write(_json(answers) if as_json else short(study, changed, folder.path))
        sys.stdout.flush()
    finally:
        again.write(folder, study, quiet=quiet, check=check)


def _block(wanted: int, runs: int) -> int:
    """Runs computed side by side: as many as the user wants, and no more than there are."""
    size = batch_size(runs)
    block = min(wanted, size)
    if size % block:
        fit = ", ".join(str(2**i) for i in range(size.bit_length()))
        raise ValueError(f"--block {wanted}: expected one of {fit}, or more")
    return block


def manifest_of(scenario: Scenario, options: Options, changed: tuple[str, ...]) -> dict:
    """What identifies a run: the same manifest gives the same bits."""
    return {
        "scenario": scenario.id,
        "version": foedus.__version__,
        "content": digest(scenario),
        "engine": mark(JUDGED),
        "parameters": params.load().sha256,
        "changed": list(changed),
        "fixed": dict(options.fixed),
        "seed": options.seed,
        "runs": options.runs,
        "as_of": str(options.as_of),
        "batch": batch_size(options.runs),
    }


def _place(manifest: dict) -> Path:
    """Run folder where none is named: one place for each manifest."""
    mark = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:8]
    return Path("foedus-runs") / f"{manifest['scenario']}-{mark}"


def _with_progress(
    scenario: Scenario,
    options: Options,
    folder: Folder,
    check: Callable[[], None],
    *,
    quiet: bool,
) -> Study:
    """Run with a line of progress; an interrupt says what is kept."""
    progress = Progress(scenario.id, options.runs, quiet=quiet, check=check)
    try:
        with progress:
            return study_run(scenario, options, folder, progress)
    except KeyboardInterrupt:
        raise Stopped(
            f"stopped: {progress.done:,} of {options.runs:,} runs are kept in {folder.path}; "
            "the same command with --resume goes on"
        ) from None


def to_json(study: Study, changed: tuple[str, ...]) -> dict:
    """The object that `--json` prints."""
    scenario, options = study.scenario, study.options
    scored = scores(study.answers, options.runs)
    return {
        "scenario": scenario.id,
        "version": foedus.__version__,
        "hypothetical": scenario.hypothetical,
        "start": scenario.start.isoformat(),
        "horizon_days": (scenario.end - scenario.start).days,
        "runs": options.runs,
        "seed": options.seed,
        "changed": list(changed),
        "fixed": dict(options.fixed),
        **(study.known.to_json() if study.known else {}),
        "answers": [answer.to_json() for answer in study.answers],
        "called": [line._asdict() for line in study.called],
        "scores": scored._asdict() if scored else None,
        "parameters": study.parameters,
        "unsolved": study.unsolved,
    }


def _json(answers: dict, indent: int | None = None) -> str:
    """One object and a line end; NaN and infinity, which JSON does not know, are refused."""
    return json.dumps(answers, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"
