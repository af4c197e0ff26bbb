"""The sections of the report, answers first."""

import json
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from foedus.core import params
from foedus.core.kinds import Side
from foedus.report.figures.answers import answers as answers_figure
from foedus.report.figures.calibration import calibration
from foedus.report.figures.conduct import conduct
from foedus.report.figures.figure import Figure
from foedus.report.figures.map import place, region
from foedus.report.figures.names import called
from foedus.report.figures.reasons import reasons
from foedus.report.figures.scores import scoreboard
from foedus.report.figures.survival import alliances, truces, wars
from foedus.report.figures.thirds import arrival, responses
from foedus.report.figures.ties import ties
from foedus.report.figures.timeline import timeline
from foedus.report.figures.war import land, losses
from foedus.report.page.section import Items, Section
from foedus.report.page.told import told
from foedus.report.rests import subject
from foedus.scenario.layout import begun
from foedus.scenario.schema import Dispute
from foedus.study.ally import ally
from foedus.study.casus import cases
from foedus.study.pipeline import Study


def story(study: Study, manifest: dict, more: tuple[Section, ...] = ()) -> list[Section]:
    """All sections.

    Args:
        study: A finished run.
        manifest: What identifies it.
        more: Sections of other commands, shown before the model card.
    """
    dispute = main(study)
    sections = [
        _answers(study),
        _who(study, dispute),
        _war(study, dispute),
        _alliances(study, dispute),
        _record(study),
        *more,
        _model(study),
        _provenance(study, manifest),
    ]
    return [section for section in sections if section is not None]


def figures(sections: list[Section]) -> list[Figure]:
    """All figures of a report, in their order."""
    return [figure for section in sections for figure in section.figures]


def main(study: Study) -> Dispute:
    """The dispute of the charts: where fighting has begun, else the first question's."""
    if (found := begun(study.scenario)) is not None or not study.answers:
        return study.scenario.dispute(found or study.scenario.disputes[0].id)
    return subject(study.scenario, study.answers[0].id)


def _answers(study: Study) -> Section | None:
    """Every answer."""
    if not study.answers:
        return None
    return Section(
        "answers", "Answers",
        [
            "Probabilities and ranges come from simulated histories; a range is over what is not "
            "known about the world, not the noise of simulation. Words follow Intelligence "
            "Community Directive 203."
        ],
        [told(study, answer) for answer in study.answers],
        _some(answers_figure(study)),
    )  # fmt: skip


def _who(study: Study, dispute: Dispute) -> Section:
    """Third parties, and why the ally comes or stays out."""
    found = ally(study, dispute)
    why = reasons(study.scenario, dispute, found) if found else None
    target = called(study.scenario, dispute.target)
    law = [str(case) for case in cases(study.scenario, dispute, Side.TARGET)]
    duties = Items(f"Duties to {target}, by the treaties (a coding, no legal opinion)", law)
    return Section(
        "who", "Who comes", [], [],
        _some(
            conduct(study),
            responses(study, dispute),
            arrival(study, dispute),
            why,
            region(study.scenario, dispute),
            place(study.scenario, dispute),
        ),
        [duties] if law else [],
    )  # fmt: skip


def _war(study: Study, dispute: Dispute) -> Section:
    """The war in time."""
    return Section(
        "war", "The war", [], [],
        _some(
            land(study, dispute),
            *(losses(study, dispute, side) for side in Side),
            wars(study, dispute),
            truces(study, dispute),
        ),
    )  # fmt: skip


def _alliances(study: Study, dispute: Dispute) -> Section | None:
    """What becomes of the treaties."""
    figures = _some(alliances(study), ties(study.scenario, dispute))
    return Section("alliances", "Alliances and ties", [], [], figures) if figures else None


def _record(study: Study) -> Section:
    """The record beside the runs."""
    return Section("record", "What happened", [], [], _some(timeline(study), scoreboard(study)))


def _model(study: Study) -> Section:
    """The model card."""
    said = tomllib.loads(_packaged("foedus.report.page", "model.toml"))
    stored = params.load()
    entries = [entry for group in params.GROUPS for entry in stored.table[group].values()]
    record = sum(entry["basis"] == "record" for entry in entries)
    unknown = sum(entry["knowable"] != "yes" for entry in entries)
    counts = (
        f"{len(entries)} parameters: the record informs {record}, {len(entries) - record} are the "
        f"authors' judgement; {len(entries) - unknown} were knowable before September 2020."
    )
    rough = (
        f"In {100 * study.unsolved:.2g} % of rounds the third parties' expectations of each other "
        "had not settled; what these rounds decide is rough."
    )
    return Section(
        "model", "The model, and what it cannot say",
        [
            "Treaties as clauses, one quantal-response game of challenger, target and third "
            "parties, one war as a random walk between two barriers; estimated on two centuries "
            "of disputes, wars and treaties, and scored on years that it has not seen.",
            *([rough] if study.unsolved else []),
        ],
        figures=[calibration()],
        lists=[
            Items("What it was fitted on", [*_fitted(study), counts]),
            Items("Skill on what was not seen", [*said["skill"], said["references"]]),
            Items("What it cannot say", [limit.replace("`", "") for limit in said["cannot"]]),
        ],
    )  # fmt: skip


def _fitted(study: Study) -> Iterator[str]:
    """Sizes of the fits behind the shipped draws; of other draws nothing is known here."""
    known: dict[str, Any] = json.loads(_packaged("foedus.fit", "joining-2020.json"))
    if study.parameters != params.load(params.DEFAULT).sha256:  # judgement was added since the fit
        yield f"Draws {study.parameters[:8]}: not those that come with the program."
        return
    for stage, told_ in known["stages"].items():
        counts = (
            f"{n:,} {what.replace('_', ' ')}"
            for what, n in told_["n"].items()
            if "no fit" not in what
        )
        yield f"{stage}: {', '.join(counts)}"


def _provenance(study: Study, manifest: dict) -> Section:
    """How to check, cite and repeat it."""
    scenario, options = study.scenario, study.options
    made = [
        f"scenario {scenario.id}, content {manifest['content']}",
        f"foedus {manifest['version']}, engine {manifest['engine']}",
        f"parameters {study.parameters}",
        f"{options.runs:,} runs, seed {options.seed}",
    ]
    again = [f"foedus run scenario.json --runs {options.runs} --seed {options.seed}"]
    again += [f"--set {name}={value:g}" for name, value in options.fixed]
    again += [f"--as-of {options.as_of}"] if options.as_of else []
    cite = (
        f"The foedus developers (2026). foedus {manifest['version']}: when a state with allies is "
        f"attacked. Run of {scenario.id} ({manifest['content'][:12]}), seed {options.seed}."
    )
    sources = [f"{key}: {source.cite}" for key, source in sorted(scenario.sources.items())]
    return Section(
        "provenance", "Where this comes from",
        ["The run folder holds the scenario as it was run; this command repeats it bit by bit:"],
        lists=[Items("Made of", made), Items("To cite", [cite]), Items("Sources", sources)],
        code=[" ".join(again)],
    )  # fmt: skip


def _some(*figures: Figure | None) -> list[Figure]:
    """Those figures that there are."""
    return [figure for figure in figures if figure is not None]


def _packaged(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text("utf-8")
