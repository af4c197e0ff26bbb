"""`foedus explain`: why an ally comes or stays out: terms of utility, and rival explanations."""

import json
import sys
from collections.abc import Callable, Iterator

from foedus.core import states
from foedus.core.kinds import Side
from foedus.report.columns import Column, paragraph, table
from foedus.report.progress import Progress
from foedus.report.words import percent, percents, signed
from foedus.scenario.load import load
from foedus.study.ally import Ally, reasons
from foedus.study.casus import cases
from foedus.study.explain import Explained, Part, explain, explanations
from foedus.study.pipeline import Options
from foedus.study.scores import Chance

_PARTS = (
    Column("Explanation taken away", 30),
    Column("Alone", 7, True),
    Column("Share", 7, True),
    Column("s.e.", 5, True),
    Column("Largest", 7, True),
    Column("Said by", 14),
)
_LEGEND = """\
Alone    how much the chance rises once this alone is taken away, in points
Share    the same averaged over all orders of taking away (Shapley value); shares
         add up to what all do together
Largest  parameter draws in which no other share is larger"""
_CAUTION = (
    "Each line says what an explanation does in this model, by its priors and the record; it "
    "does not say which was at work. Held-out scores of the explanations are not given: of "
    "requests, rents, trade and cost at home the record of calls has no column."
)


def run(
    source: str,
    by: str | None,
    dispute: str | None,
    draws: int,
    seed: int,
    *,
    as_json: bool,
    quiet: bool,
    check: Callable[[], None],
) -> None:
    """Explain what a state does for the target of a dispute, and print it.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    scenario = load(source)
    active = sum(not one.missing for one in explanations())
    progress = Progress(scenario.id, 2**active, quiet=quiet, unit="evaluations")

    def advance(done: int) -> None:
        progress(done)
        check()

    with progress:
        found = explain(scenario, by, dispute, draws, seed, advance)
    terms = reasons(scenario, found.dispute, found.state, draws, Options(seed=seed))
    said = json.dumps(to_json(found, terms), ensure_ascii=False, allow_nan=False)
    sys.stdout.write((said if as_json else text(found, terms)) + "\n")


def text(found: Explained, terms: Ally) -> str:
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


def to_json(found: Explained, terms: Ally) -> dict:
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
        "held_out": None,
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
