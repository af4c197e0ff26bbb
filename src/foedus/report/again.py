"""`foedus report`: the report of a finished run made anew, with what other commands add."""

import sys
from pathlib import Path

from foedus.report.lines import json_text
from foedus.report.page import PAGE
from foedus.report.page.more import ledger, systems
from foedus.report.page.render import render
from foedus.report.page.section import Section
from foedus.report.page.story import figures, story
from foedus.study.pipeline import Study
from foedus.study.reopen import reopen


def run(path: Path, ablation: Path | None, claims: Path | None, *, as_json: bool) -> None:
    """Write the report into the run folder and say where, or print its numbers.

    Args:
        path: The run folder.
        ablation: What `foedus ablate --json` printed.
        claims: What `foedus claims --json` printed.
        as_json: Print the numbers of all figures instead.

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
    folder.write_text(PAGE, render(study, folder.manifest, more))
    sys.stdout.write(f"{path / PAGE}\n")


def _more(study: Study, ablation: Path | None, claims: Path | None) -> tuple[Section, ...]:
    """Sections of other commands."""
    sections = [systems(ablation, study)] if ablation else []
    return (*sections, *([ledger(claims, study)] if claims else []))
