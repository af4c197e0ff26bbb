"""`foedus explain`: why an ally comes or stays out: terms of utility, and rival explanations."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from foedus.core import states
from foedus.core.kinds import Side
from foedus.report.columns import Column, paragraph, table
from foedus.report.progress import Progress
from foedus.report.words import percent, percents, signed
from foedus.scenario.load import load
from foedus.study.ally import Ally, reasons
from foedus.study.casus import cases
from foedus.study.explain import Explained, Part, explain, explanations
from foedus.study.held_out import HeldOut, Worth, held_out, past
from foedus.study.pipeline import Options
from foedus.study.scores import Chance

if TYPE_CHECKING:
    from foedus.study.on_record import OnRecord

_PARTS = (
    Column("Explanation taken away", 30),
    Column("Alone", 7, True),
    Column("Share", 7, True),
    Column("s.e.", 5, True),
    Column("Largest", 7, True),
    Column("Said by", 14),
)
_WORTHS = (
    Column("Explanation taken away", 44),
    Column("Log, nats", 9, True),
    Column("Loss", 7, True),
    Column("s.e.", 7, True),
)
_ON_RECORD = (
    Column("Without its column", 26),
    Column("Log", 6, True),
    Column("Loss", 7, True),
    Column("s.e.", 6, True),
    Column("Column", 24),
)
_LEGEND = """\
Alone    how much the chance rises once this alone is taken away, in points
Share    the same averaged over all orders of taking away (Shapley value);
         shares add up to what all do together
Largest  parameter draws in which no other share is larger"""
_CAUTION = (
    "Each line says what an explanation does in this model, by its priors and the record; it "
    "does not say which was at work. On past cases, with --cases, a loss above zero says that "
    "conduct is foretold worse without it. On the record, with --record, a plain logit is scored, "
    "and a column may stand for more than one thing."
)


def run(
    source: str,
    by: str | None,
    dispute: str | None,
    draws: int,
    seed: int,
    cases_runs: int,
    folder: Path | None,
    *,
    devices: int,
    as_json: bool,
    quiet: bool,
    check: Callable[[], None],
) -> None:
    """Explain what a state does for the target of a dispute, and print it.

    Args:
        source: Scenario.
        by: State to explain.
        dispute: Id.
        draws: Parameter draws.
        seed: Of the random streams.
        cases_runs: Runs of each past case; 0 for no score on these.
        folder: Of the record; without one no score on it.
        devices: Batches at once.
        as_json: Print one JSON object.
        quiet: No progress.
        check: Called often; may stop all.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    scenario = load(source)
    active = sum(not one.missing for one in explanations())
    progress = Progress(scenario.id, 2**active, quiet=quiet, unit="evaluations", check=check)

    with progress:
        found = explain(scenario, by, dispute, draws, seed, progress)
    terms = reasons(scenario, found.dispute, found.state, draws, Options(seed=seed))
    options = Options(runs=cases_runs, seed=seed, devices=devices)
    held = _on_cases(options, active, quiet, check) if cases_runs else None
    known = _on_record(folder, seed, quiet, check) if folder else None
    said = json.dumps(to_json(found, terms, held, known), ensure_ascii=False, allow_nan=False)
    sys.stdout.write((said if as_json else text(found, terms, held, known)) + "\n")


def _on_cases(options: Options, active: int, quiet: bool, check: Callable[[], None]) -> HeldOut:
    """Scores on past cases, with progress."""
    known = past()
    progress = Progress("cases", options.runs * len(known) * (1 + active), quiet=quiet, check=check)

    with progress:
        return held_out(known, options, progress)


def _on_record(folder: Path, seed: int, quiet: bool, check: Callable[[], None]) -> "OnRecord":
    """Scores on the record; what reads and fits it is loaded for nothing else here."""
    from foedus.record.folder import find
    from foedus.study.on_record import on_record

    place = find(folder)
    models = 1 + sum(bool(one.columns) for one in explanations())
    progress = Progress("record", models, quiet=quiet, unit="models", check=check)

    with progress:
        return on_record(place, seed, progress)


def text(
    found: Explained, terms: Ally, held: HeldOut | None = None, known: "OnRecord | None" = None
) -> str:
    """What the terminal shows."""
    state, target = (
        states.called(code, found.scenario.start) for code in (found.state, found.dispute.target)
    )
    head = [
        paragraph(f"{found.scenario.title}: why {state} comes to {target}'s side, or stays out"),
        paragraph(
            f"Dispute {found.dispute.id}, first round of decisions after fighting begins on "
            f"{found.scenario.start}; {found.draws} parameter draws."
        ),
    ]
    chances = [
        f"  sends troops or fights      {_chance(found.comes)}",
        f"  fights openly               {_chance(found.fights)}",
        f"  ... all below taken away    {_chance(found.freed)}",
    ]
    law = [f"  {case}" for case in cases(found.scenario, found.dispute, Side.TARGET)
           if found.state in case.owing]  # fmt: skip
    parts = (
        "\n".join(head),
        "\n".join(chances),
        "\n".join([f"Treaties under which {state} may owe {target} help:", *map(_wrap, law)]),
        "\n".join(_terms(terms)),
        table(_PARTS, map(_part, found.parts)),
        _LEGEND,
        paragraph(verdict(found)),
        *(paragraph(f"Not taken away: {one.name}: {one.missing}.") for one in found.missing),
        _worths(held) if held else "",
        _columns(known) if known else "",
        paragraph(_CAUTION),
    )
    return "\n\n".join(part for part in parts if part)


def verdict(found: Explained) -> str:
    """Which explanation does most, or that they cannot be told apart."""
    if (most := found.told_apart) is not None:
        return (
            f"In the model {most.explanation.name[0].lower()}{most.explanation.name[1:]} does "
            f"most, in {percent(most.largest)} of the draws."
        )
    return "Not distinguishable: no explanation has the largest share in nine of ten draws."


def _worths(held: HeldOut) -> str:
    """What each explanation is worth on past cases."""
    head = paragraph(
        f"On {held.n} states called in {held.cases} past cases ({held.runs:,} runs each) the mean "
        f"log score with all of them is {held.log_score:.3f}."
    )
    return f"{head}\n\n{table(_WORTHS, map(_worth, held.worths))}"


def _columns(known: "OnRecord") -> str:
    """What each is worth on unseen years of the record, and which have no column there."""
    head = paragraph(
        f"On {known.sides:,} sides of disputes of 1900-2010, each decade foretold from the years "
        f"before, the mean log score with all columns is {known.log_score:.4f}. A column that "
        "stands for an explanation is left out in turn:"
    )
    none = [
        paragraph(f'No column for "{one.name}": {one.silent}.')
        for one in explanations()
        if not one.columns
    ]
    lines = table(_ON_RECORD, map(_by_columns, known.worths))
    return "\n\n".join([head, lines, *none])


def _by_columns(one: Worth) -> tuple[str, ...]:
    numbers = f"{one.log_score:.4f}", f"{one.loss:+.4f}", f"{one.error:.4f}"
    return one.explanation.name, *numbers, "; ".join(one.explanation.columns.values())


def _worth(one: Worth) -> tuple[str, ...]:
    return one.explanation.name, f"{one.log_score:.3f}", f"{one.loss:+.3f}", f"{one.error:.3f}"


def to_json(
    found: Explained, terms: Ally, held: HeldOut | None = None, known: "OnRecord | None" = None
) -> dict:
    """The object that `--json` prints."""
    chances = {name: getattr(found, name)._asdict() for name in ("fights", "comes", "freed")}
    return {
        "scenario": found.scenario.id,
        "dispute": found.dispute.id,
        "state": found.state,
        "draws": found.draws,
        "chances": chances,
        "terms": {**terms.terms, "duty, unasked": terms.duty[0], "duty, asked": terms.duty[1]},
        "stake": terms.stake,
        "explanations": [
            {
                "id": part.explanation.id,
                "name": part.explanation.name,
                "said_by": list(part.explanation.said_by),
                "alone": part.alone,
                "shapley": part.share,
                "se": part.error,
                "largest": part.largest,
            }
            for part in found.parts
        ],
        "missing": {one.id: one.missing for one in found.missing},
        "told_apart": found.told_apart.explanation.id if found.told_apart else None,
        "held_out": _held_json(held) if held else None,
        "record": _record_json(known) if known else None,
    }


def _held_json(held: HeldOut) -> dict:
    own = {name: getattr(held, name) for name in ("n", "cases", "runs", "log_score")}
    return own | {"explanations": [_scored(one) for one in held.worths]}


def _record_json(known: "OnRecord") -> dict:
    columns = {one.id: one.columns for one in explanations()}
    lines = [_scored(one) for one in known.worths]
    return {
        "sides": known.sides,
        "log_score": known.log_score,
        "explanations": [line | {"columns": list(columns[line["id"]])} for line in lines],
        "no_column": {one.id: one.silent for one in explanations() if not one.columns},
    }


def _scored(one: Worth) -> dict:
    return {
        "id": one.explanation.id,
        "log_score": one.log_score,
        "loss": one.loss,
        "se": one.error,
    }


def _terms(terms: Ally) -> Iterator[str]:
    """Terms of the utility of fighting, the largest first."""
    ordered = sorted(terms.terms.items(), key=lambda term: -abs(term[1]))
    said = ", ".join(f"{name} {signed(x)}" for name, x in ordered if abs(x) >= 0.05)
    unasked, asked = map(signed, terms.duty)
    yield paragraph("What fighting is worth on day 0, in logits against staying out (mean):")
    yield paragraph(f"{said}; duty {unasked}, once asked {asked}", "  ", "    ")
    yield paragraph(f"stake in the outcome {signed(terms.stake)}", "  ", "    ")


def _part(part: Part) -> tuple[str, ...]:
    points = [f"{100 * x:+.2f}" for x in (part.alone, part.share)]
    said = ", ".join(part.explanation.said_by)
    return part.explanation.name, *points, f"{100 * part.error:.2f}", percent(part.largest), said


def _chance(one: Chance) -> str:
    return f"{percent(one.p)} ({percents(one.low, one.high)})"


def _wrap(line: str) -> str:
    return paragraph(line.strip(), "  ", "    ")
