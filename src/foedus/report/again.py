"""`foedus report`: the report of a finished run made anew, with what other commands add."""

import sys
from collections.abc import Callable
from pathlib import Path

from foedus.report.lines import json_text
from foedus.report.page import PAGE
from foedus.report.page.more import ledger, systems
from foedus.report.page.render import render
from foedus.report.page.section import Section
from foedus.report.page.story import figures, story
from foedus.report.progress import Progress
from foedus.study.folder import Folder
from foedus.study.pipeline import Study
from foedus.study.reopen import reopen


def run(
    path: Path,
    ablation: Path | None,
    claims: Path | None,
    *,
    as_json: bool,
    quiet: bool = False,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Write the report into the run folder and say where, or print its numbers.

    Args:
        path: The run folder.
        ablation: What `foedus ablate --json` printed.
        claims: What `foedus claims --json` printed.
        as_json: Print the numbers of all figures instead.
        quiet: No progress.
        check: Called between steps; may raise KeyboardInterrupt.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    folder, study = reopen(path)
    more = _more(study, ablation, claims)
    if as_json:
        told = figures(story(study, folder.manifest, more))
        numbers = {figure.id: figure.rows for figure in told}
        sys.stdout.write(json_text({"scenario": study.scenario.id, "figures": numbers}))
        return
    write(folder, study, more, quiet=quiet, check=check)
    sys.stdout.write(f"{path / PAGE}\n")


def write(
    folder: Folder,
    study: Study,
    more: tuple[Section, ...] = (),
    *,
    quiet: bool,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Draw the report into the run folder, with progress."""
    progress = Progress("report", 0, quiet=quiet, unit="parts", first="drawing", check=check)
    with progress:
        folder.write_text(PAGE, render(study, folder.manifest, more, progress))


def _more(study: Study, ablation: Path | None, claims: Path | None) -> tuple[Section, ...]:
    """Sections of other commands."""
    sections = [systems(ablation, study)] if ablation else []
    return (*sections, *([ledger(claims, study)] if claims else []))
