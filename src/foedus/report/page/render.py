"""From a finished run to one HTML file that needs nothing else."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

import foedus
from foedus.report.columns import unbroken
from foedus.report.figures import look
from foedus.report.figures.pens import pens
from foedus.report.hypothetical import BANNER
from foedus.report.page.section import Section
from foedus.report.page.story import figures, story
from foedus.study.pipeline import Study


def render(
    study: Study,
    manifest: dict,
    more: tuple[Section, ...] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> str:
    """The report of a run: all text from files is shown as text.

    Args:
        study: A finished run.
        manifest: What identifies it.
        more: Sections of other commands.
        progress: Told how many parts of how many are drawn.
    """
    with pens() as draw:  # they get ready while the story is made
        parts, (banner, credit) = story(study, manifest, more), marks(study, manifest)
        drawings = draw([c for figure in figures(parts) for c in figure.charts(banner)])
        return _page(study, manifest, parts, _shown(parts, drawings, credit, progress))


def _shown(
    parts: list[Section],
    drawings: Iterator[str],
    credit: str,
    progress: Callable[[int, int], None],
) -> Iterator[dict[str, Any]]:
    """Parts, each once its charts are drawn."""
    for done, part in enumerate(parts, 1):
        yield part.shown(drawings, credit)
        progress(done, len(parts))


def _page(study: Study, manifest: dict, parts: list[Section], shown: Iterator[dict]) -> str:
    """The file, written as its parts come."""
    scenario, options = study.scenario, study.options
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["unbroken"] = unbroken
    template = environment.from_string(_packaged("page.html"))
    return template.render(
        title=scenario.title,
        name=scenario.id,
        version=foedus.__version__,
        summary=" ".join(scenario.summary.split()),
        hypothetical=marks(study, manifest)[0],
        facts=f"{scenario.start} to {scenario.end}. {options.runs:,} simulated histories, seed "
        f"{options.seed}; scenario {manifest['content'][:8]}, parameters {study.parameters[:8]}, "
        f"foedus {foedus.__version__}.",
        changes=_changes(study, manifest),
        parts=parts,
        sections=shown,
        light=Markup(look.style("light")),
        dark=Markup(look.style("dark")),
        css=Markup(_packaged("page.css")),
        foot="Coding, not legal opinion. Consistent with, never because. It takes no side.",
    )  # fmt: skip


def marks(study: Study, manifest: dict) -> tuple[str, str]:
    """What stands over each drawing of a case that has not happened, and below a downloaded one."""
    scenario = study.scenario
    mark = f"{scenario.id} {manifest['content'][:8]}"
    banner = f"{BANNER} ({scenario.start}; {mark})" if scenario.hypothetical else ""
    return banner, f"foedus {foedus.__version__}, {mark}, {study.options.runs:,} runs"


def _changes(study: Study, manifest: dict) -> list[str]:
    """What was changed of the scenario, and what was known by a later day."""
    held = (f"{name}={value:g}" for name, value in study.options.fixed)
    changed = [f"Changed: {said}" for said in (*manifest["changed"], *held)]
    if study.known is not None:
        changed.append(
            f"As reported by {study.known.on}: the runs agree with it. "
            f"{study.known.ancestors:,} beginnings, {study.known.draws:,} parameter draws."
        )
    return changed


def _packaged(name: str) -> str:
    return files("foedus.report.page").joinpath(name).read_text("utf-8")
