"""`foedus report`: the report of a finished run made anew, with what other commands added."""

import sys
from collections.abc import Callable
from pathlib import Path

from foedus.report.lines import json_text
from foedus.report.page import PAGE
from foedus.report.page.more import more
from foedus.report.page.render import render
from foedus.report.page.story import figures, story
from foedus.report.progress import Progress
from foedus.study.folder import Folder
from foedus.study.pipeline import Study
from foedus.study.reopen import reopen


def run(
    path: Path,
    *,
    as_json: bool,
    quiet: bool = False,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Write the report into the run folder and say where, or print its numbers.

    Args:
        path: The run folder.
        as_json: Print the numbers of all figures instead.
        quiet: No progress.
        check: Called between steps; may raise KeyboardInterrupt.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    folder, study = reopen(path)
    if as_json:
        told = figures(story(study, folder.manifest, more(path, study)))
        numbers = {figure.id: figure.rows for figure in told}
        sys.stdout.write(json_text({"scenario": study.scenario.id, "figures": numbers}))
        return
    write(folder, study, quiet=quiet, check=check)
    sys.stdout.write(f"{path / PAGE}\n")


def write(
    folder: Folder,
    study: Study,
    *,
    quiet: bool,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Draw the report into the run folder, with progress."""
    progress = Progress("report", 0, quiet=quiet, unit="parts", first="drawing", check=check)
    with progress:
        folder.write_text(PAGE, render(study, folder.manifest, more(folder.path, study), progress))
