"""`foedus run`: from the options to the printed table and the run folder."""

import hashlib
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

import foedus
from foedus.core import params
from foedus.report import terminal
from foedus.report.rests import rests_on
from foedus.scenario.change import change
from foedus.scenario.digest import digest
from foedus.scenario.load import load
from foedus.scenario.schema import Scenario
from foedus.study.answers import scores
from foedus.study.folder import Folder
from foedus.study.pipeline import Options, Study
from foedus.study.pipeline import run as study_run


def run(
    source: str,
    runs: int,
    seed: int,
    changes: list[str],
    out: Path | None,
    *,
    resume: bool,
    block: int,
    devices: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run a scenario, keep the run folder, print the answers.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    scenario, fixed = _changed(load(source), changes)
    options = Options(runs, seed, block, devices, fixed)
    manifest = _manifest(scenario, options)
    folder = Folder(out or _place(manifest), manifest, resume=resume)
    study = _with_progress(scenario, options, folder, quiet=quiet)
    answers = to_json(study)
    text = summary(study, folder.path)
    folder.write_text("answers.json", json.dumps(answers, indent=2, ensure_ascii=False) + "\n")
    folder.write_text("summary.txt", text)
    sys.stdout.write(json.dumps(answers, ensure_ascii=False) + "\n" if as_json else text)


def _changed(scenario: Scenario, changes: list[str]) -> tuple[Scenario, tuple]:
    """Apply `--set`: numbers of the scenario, or parameters held fixed."""
    fixed = []
    for text in changes:
        path, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"--set {text}: expected path=value")
        if path.split(".")[0] in params.GROUPS:
            fixed.append((path, _number(path, value)))
        else:
            scenario = change(scenario, path, value)
    params.fix(params.load().params, dict(fixed))
    return scenario, tuple(fixed)


def _number(path: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < float("inf"):
        raise ValueError(f"--set {path}: expected a number; got {text!r}")
    return number


def _manifest(scenario: Scenario, options: Options) -> dict:
    """What identifies a run: the same manifest gives the same bits."""
    return {
        "scenario": scenario.id,
        "version": foedus.__version__,
        "content": digest(scenario),
        "parameters": params.load().sha256,
        "fixed": dict(options.fixed),
        "seed": options.seed,
        "runs": options.runs,
    }


def _place(manifest: dict) -> Path:
    """Run folder where none is named: one place for each manifest."""
    mark = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:8]
    return Path("foedus-runs") / f"{manifest['scenario']}-{mark}"


def _with_progress(scenario: Scenario, options: Options, folder: Folder, *, quiet: bool) -> Study:
    """Run with a line of progress on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(30), TextColumn("{task.completed:,}"))
    with Progress(
        *columns, TimeRemainingColumn(), console=Console(stderr=True), disable=quiet, transient=True
    ) as bar:
        task = bar.add_task(f"{scenario.id}: compiling, then runs", total=options.runs)
        return study_run(scenario, options, folder, lambda done: bar.update(task, completed=done))


def to_json(study: Study) -> dict:
    """The object that `--json` prints."""
    scenario, options = study.scenario, study.options
    scored = scores(study.answers, options.runs)
    return {
        "scenario": scenario.id,
        "version": foedus.__version__,
        "start": scenario.start.isoformat(),
        "horizon_days": (scenario.end - scenario.start).days,
        "runs": options.runs,
        "seed": options.seed,
        "answers": [answer.to_json() for answer in study.answers],
        "scores": scored._asdict() if scored else None,
        "parameters": study.parameters,
    }


def summary(study: Study, place: Path) -> str:
    """Everything the terminal shows, as text of 80 columns."""
    console = Console(width=terminal.WIDTH, no_color=True, force_terminal=False, record=True)
    with console.capture() as captured:
        terminal.show(console, _parts(study, place))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _parts(study: Study, place: Path):
    scenario, options = study.scenario, study.options
    yield (
        f"{scenario.title}\n{scenario.start} to {scenario.end}; {options.runs:,} runs, "
        f"seed {options.seed}; parameters {study.parameters[:8]}"
    )
    yield terminal.table(study.answers)
    yield (
        "90 %: of a probability over what is not known, of a quantity over runs. "
        "*: rests more on judgement than on the record."
    )
    yield terminal.scoreboard(scores(study.answers, options.runs))
    yield from rests_on(study)
    if study.unsolved:
        yield f"{100 * study.unsolved:.2g} % of rounds did not converge; their answers are rough."
    yield f"Run folder: {place}"
