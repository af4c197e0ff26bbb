"""`foedus report`: the report of a finished run made anew, with what other commands added."""

import sys
from pathlib import Path

from foedus.report.lines import json_text
from foedus.report.page import PAGE
from foedus.report.page.more import more
from foedus.report.page.render import render
from foedus.report.page.story import figures, story
from foedus.study.reopen import reopen


def run(path: Path, *, as_json: bool) -> None:
    """Write the report into the run folder and say where, or print its numbers.

    Args:
        path: The run folder.
        as_json: Print the numbers of all figures instead.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    folder, study = reopen(path)
    added = more(path, study)
    if as_json:
        told = figures(story(study, folder.manifest, added))
        numbers = {figure.id: figure.rows for figure in told}
        sys.stdout.write(json_text({"scenario": study.scenario.id, "figures": numbers}))
        return
    folder.write_text(PAGE, render(study, folder.manifest, added))
    sys.stdout.write(f"{path / PAGE}\n")
