"""What a run says, as text: for the terminal, and in full for its folder."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from foedus.report import terminal
from foedus.report.columns import for_file, paragraph
from foedus.report.hypothetical import BANNER
from foedus.report.page import PAGE
from foedus.report.rests import driven, rests_on, shares
from foedus.report.words import percent, quantity
from foedus.study.answers import Answer, brier_of, scores
from foedus.study.pipeline import Study


def short(study: Study, changed: tuple[str, ...], place: Path) -> str:
    """What the terminal shows."""
    where = (
        f"Run folder: {place}\n"
        f"Report: {place / PAGE}\n"
        "(summary.txt has the class, spread and drivers of every answer)"
    )
    return _joined([*_head(study, changed), where])


def whole(study: Study, changed: tuple[str, ...], place: Path) -> str:
    """The same, and every question with its reference class, spread, flags and drivers."""
    details = ("\n".join(_detail(study, answer)) for answer in study.answers)
    title = "EVERY QUESTION"
    with for_file():
        return _joined([*_head(study, changed), title, *details, f"Run folder: {place}"])


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _head(study: Study, changed: tuple[str, ...]) -> Iterator[str]:
    scenario, options = study.scenario, study.options
    yield "\n".join(
        [
            *([BANNER] if scenario.hypothetical else []),
            paragraph(scenario.title),
            f"{scenario.start} to {scenario.end}; {options.runs:,} runs, seed {options.seed}; "
            f"parameters {study.parameters[:8]}",
            *_changes(study, changed),
            *_known(study),
        ]
    )
    yield from terminal.tables(study.answers)
    events = sum(answer.kind == "event" for answer in study.answers)
    if events:
        yield terminal.scoreboard(scores(study.answers, options.runs), events)
    yield from rests_on(study)
    if study.unsolved:
        yield paragraph(
            f"In {100 * study.unsolved:.2g} % of rounds the third parties' expectations of each "
            "other had not settled; what these rounds decide is rough."
        )


def _changes(study: Study, changed: tuple[str, ...]) -> Iterator[str]:
    """What `--set` has changed, one line each."""
    for said in (*changed, *(f"{name}={value:g}" for name, value in study.options.fixed)):
        yield paragraph(f"changed: {said}", more="  ")


def _known(study: Study) -> Iterator[str]:
    """What had been reported by the day, and how far the runs stand for it."""
    known = study.known
    if known is None:
        return
    yield paragraph(
        f"As reported by {known.on}: the runs agree with it. Worth {known.effective_sample:,.0f} "
        f"equally weighted ones in the worst week; {known.ancestors:,} different beginnings, "
        f"{known.draws:,} parameter draws; log evidence {known.log_evidence:.1f}.",
        more="  ",
    )
    if known.unused:
        yield paragraph(f"{known.unused} reports tell of nothing that a run has: not used.")


def _detail(study: Study, answer: Answer) -> Iterator[str]:
    """Everything known of one answer."""
    yield paragraph(f"{answer.id}: {answer.question}", more="  ")
    said, within = (" ".join(text.split("\n")) for text in terminal.said(answer))
    flags = f"; {', '.join(answer.flags)}" if answer.flags else ""
    score = brier_of(answer)
    scored = "" if score is None else f"; Brier {score:.3f}"
    yield _item(f"answer: {said} (90 %: {within}){flags}")
    if answer.course:
        yield _item(f"asked of earlier days: {', '.join(_earlier(answer))}")
    yield _item(f"outcome: {terminal.outcome(answer)}{scored}")
    yield _item(f"reference class: {_reference(answer)}")
    if answer.spread is not None:
        yield _item(f"variance: {shares(answer.spread)}")
    yield from (f"  {line}" if len(line) < 79 else line for line in _drivers(study, answer))


def _earlier(answer: Answer) -> Iterator[str]:
    """The answers of earlier days."""
    for day, value in answer.course:
        yield f"{day} {percent(value) if answer.kind == 'event' else quantity(value, answer.unit)}"


def _drivers(study: Study, answer: Answer) -> Iterator[str]:
    """Parameters that move an answer, where there are draws enough to tell."""
    forecast = study.forecasts[answer.id]
    lines = list(driven(forecast)) if forecast else []
    yield from lines if len(lines) > 1 else ()


def _reference(answer: Answer) -> str:
    """The class of cases, or why there is none."""
    known = answer.reference
    if known.p is None:
        return f"none: {known.none}"
    return f"{percent(known.p)} of {known.n} {known.class_} ({', '.join(known.src)})"


def _item(text: str) -> str:
    return paragraph(text, "  ", "    ")
