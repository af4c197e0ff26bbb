"""`foedus claims`: a ledger of claims as tables or as JSON."""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import foedus
from foedus.report.columns import Column, paragraph, table
from foedus.report.progress import Progress
from foedus.report.words import percent, percents
from foedus.scenario.ledger import KINDS, Ledger, find, ledger
from foedus.scenario.load import load
from foedus.scenario.schema import Scenario
from foedus.study.answers import Answer
from foedus.study.ledger import Said, Told, Total, ensembles
from foedus.study.ledger import run as study_run
from foedus.study.pipeline import Options
from foedus.study.reopen import beside

CLAIMS = "claims.json"
"""Its name in a run folder."""
_RUN = (
    Column("Id", 4),
    Column("Claim", 30),
    Column("By", 10),
    Column("foedus", 6, True),
    Column("Class", 5, True),
    Column("Words", 6, True),
    Column("Outcome", 7),
)
_OFF = (Column("Id", 4), Column("Claim", 36), Column("Turned off", 20), Column("Verdict", 14))
_REST = (Column("Id", 4), Column("Claim", 33), Column("Outcome", 10), Column("Why", 27))
_SCORES = (
    Column("Mean score, lower is better", 32),
    Column("Events", 6, True),
    Column("foedus", 6, True),
    Column("50 %", 5, True),
    Column("Class", 5, True),
    Column("Words", 11, True),
)
_LEGEND = """\
By      the deadline; o: ours, for none was set; +: the figures are means
        over it, half as long and twice as long
foedus  probability; r: rare, fewer than 20 runs either way
Class   how often it came true in such cases of the record; -- if none is known
Words   how likely the author's words make it, in per cent
Outcome by the deadline; not met: its condition was not; varies: it depends on
        the deadline; v: a vow of one who could keep it, not graded"""
_OFF_LEGEND = """\
Turned off  a system (foedus ablate names them), and what that should do to what
            the claim speaks of
Verdict     none: no detectable effect, less than two standard errors; where no
            change is claimed that is as said, which few runs make easy"""
_SHORT = {
    "came true": "yes",
    "did not come true": "no",
    "condition not met": "not met",
    "depends on the deadline": "varies",
    "settled by then": "settled",
}
_TOTALS = (
    "An event counts once: claims about the same event share its weight, whoever made them. "
    "Claims made together are scored as one. Words are scored at both ends of their range. The "
    "claims are no sample, and were picked by people who know what followed: the totals say "
    "nothing of how good anybody's forecasts are elsewhere."
)


def run(
    source: str,
    runs: int,
    seed: int,
    as_of: date | None,
    only: list[str],
    *,
    each_day: bool,
    mechanisms: bool,
    devices: int,
    as_json: bool,
    quiet: bool,
    check: Callable[[], None],
    out: Path | None = None,
) -> None:
    """Run the ledger of a scenario and print it.

    With `out`, the folder of a finished run, the JSON is kept there too, for its report.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    scenario = load(source)
    book, folder = ledger(scenario), beside(out, scenario) if out else None
    if each_day and as_of:
        raise ValueError("--each-day and --as-of: expected one of them")
    as_of = as_of or (None if each_day else scenario.start)
    total = runs * _ensembles(scenario, book, as_of, only, mechanisms=mechanisms)
    progress = Progress(scenario.id, total, quiet=quiet, check=check)

    options = Options(runs, seed, devices=devices)
    with progress:
        told = study_run(
            scenario, book, options, as_of=as_of, only=only, mechanisms=mechanisms,
            progress=progress,
        )  # fmt: skip
    said = json.dumps(to_json(told), ensure_ascii=False, allow_nan=False) + "\n"
    if folder:
        folder.write_text(CLAIMS, said)
    sys.stdout.write(said if as_json else text(told) + "\n")


def _ensembles(
    scenario: Scenario, book: Ledger, as_of: date | None, only: list[str], *, mechanisms: bool
) -> int:
    """Ensembles that will be made; those of the systems come on top."""
    rows = (book.claims[id_] for id_ in find(book, only))
    off = {row.switch.id for row in rows if row.switch is not None}
    more = 1 + len(off) if mechanisms and off else 0
    return max(ensembles(scenario, book, as_of, only) + more, 1)


# ---- text


def text(told: Told) -> str:
    """What the terminal shows."""
    return "\n\n".join(_parts(told))


def _parts(told: Told) -> Iterator[str]:
    yield _head(told)
    asked = [c for c in told.claims if c.answers]
    if asked:
        yield "CLAIMS THAT RUN\n" + table(_RUN, (_asked(c, told.ledger) for c in asked))
        yield _LEGEND
        yield from (paragraph(f"{day}: {why}") for day, why in told.refused.items())
    off = [c for c in told.claims if c.row.switch is not None]
    if off:
        yield "CLAIMS ABOUT A SYSTEM OF THE MODEL\n" + table(_OFF, map(_of_system, off))
        yield _OFF_LEGEND
    facts = [c for c in told.claims if c.row.kind == "fact"]
    if facts:
        yield "CLAIMS OF FACT\n" + table(_REST, map(_fact, facts))
    rest = [c for c in told.claims if c.row.why_not]
    if rest:
        yield "CLAIMS THAT DO NOT RUN\n" + table(_REST, map(_not_run, rest))
    yield from _scores(told)


def _head(told: Told) -> str:
    scenario, options = told.scenario, told.options
    counts = {kind: [c for c in told.claims if c.row.kind == kind] for kind in KINDS}
    said = (f"{len(found)} {_many(kind, len(found))}" for kind, found in counts.items() if found)
    lines = (
        paragraph(f"{scenario.title}: {len(told.claims)} claims ({', '.join(said)})"),
        f"{options.runs:,} runs, seed {options.seed}; parameters {told.parameters[:8]}",
        paragraph(_put(told)),
    )
    return "\n".join(lines)


def _many(kind: str, n: int) -> str:
    """A kind in the number.

    Examples:
        >>> _many("fact", 1), _many("forecast", 2)
        ('fact', 'forecasts')
    """
    return kind if n == 1 else f"{kind}s"


def _put(told: Told) -> str:
    """On which day the claims are put, and what the model knows there."""
    start = told.scenario.start
    if told.as_of == start:
        return (
            f"Every claim is put on {start}, the first day: the model knows nothing of what "
            "most of their authors knew (--each-day: what was known when each was made)."
        )
    day = "the day on which it was made" if told.as_of is None else str(told.as_of)
    return f"Every claim is put on {day}, and the model knows what was known then."


def _asked(said: Said, book: Ledger) -> tuple[str, ...]:
    row = said.row
    words = book.scale[row.words].range if row.words else None
    p = "--" if said.probability is None else _bare(percent(said.probability))
    rate = said.answers[0].reference.p
    rare = " r" if any("rare" in answer.flags for answer in said.answers) else ""
    return (
        said.id,
        row.text,
        _by(said),
        f"{p}{rare}",
        "--" if rate is None else _bare(percent(rate)),
        _bare(percents(*words)) if words else "--",
        f"{_SHORT.get(said.verdict, said.verdict)}{' v' if row.vow else ''}",
    )


def _by(said: Said) -> str:
    """The deadline and its marks."""
    row = said.row
    marks = f"{'o' if row.ours else ''}{'+' if len(said.by) > 1 else ''}"
    return f"{row.deadline or '--'}" + (f"\n{marks}" if marks else "")


def _bare(per_cent: str) -> str:
    return per_cent.removesuffix(" %")


def _of_system(said: Said) -> tuple[str, ...]:
    off = said.row.switch
    assert off is not None
    wanted = {"raises": "raises it", "lowers": "lowers it", "nothing": "changes nothing"}
    return said.id, said.row.text, f"{off.id} {wanted[off.without]}", said.verdict


def _fact(said: Said) -> tuple[str, ...]:
    return said.id, said.row.text, said.verdict, said.row.because


def _not_run(said: Said) -> tuple[str, ...]:
    return said.id, said.row.text, said.verdict, said.row.why_not


def _scores(told: Told) -> Iterator[str]:
    """Totals: over all events, and by kind."""
    if told.total is None:
        yield "No claim here has an outcome that is known: nothing to score."
        return
    rows = [*_rows("all", told.total)]
    for kind, found in told.kinds.items():
        if len(told.kinds) > 1:
            rows += _rows(_many(kind, 2), found)
    yield table(_SCORES, rows)
    yield paragraph(_TOTALS)


def _rows(name: str, total: Total) -> Iterator[tuple[str, ...]]:
    """Lines of one total."""
    coin = _figure(total.coin)
    yield f"Brier, {name}", str(total.events), _figure(total.brier), coin, "--", "--"
    if total.n_reference:
        there = _figure(total.brier_there), coin, _figure(total.reference), "--"
        yield "  with a class of cases", str(total.n_reference), *there
    if total.n_words:
        span = f"{_figure(total.words_low)}-{_figure(total.words_high)}"
        yield "  with words", str(total.n_words), _figure(total.brier_words), coin, "--", span
    log = _figure(total.log), _figure(total.coin_log), "--", "--"
    yield "  log score in nats", str(total.events), *log


def _figure(x: float | None) -> str:
    return "--" if x is None else f"{x:.3f}"


# ---- JSON


def to_json(told: Told) -> dict:
    """The object that `--json` prints."""
    return {
        "scenario": told.scenario.id,
        "version": foedus.__version__,
        "runs": told.options.runs,
        "seed": told.options.seed,
        "parameters": told.parameters,
        "as_of": told.as_of.isoformat() if told.as_of else None,
        "known": [known.to_json() for known in told.known.values()],
        "mechanisms": "run" if told.mechanisms else "run with --mechanisms",
        "claims": [_claim(said, told) for said in told.claims],
        "scores": {
            "total": told.total._asdict() if told.total else None,
            "kinds": {kind: total._asdict() for kind, total in told.kinds.items()},
            "joint": [grade._asdict() for grade in told.joint],
        },
    }


def _claim(said: Said, told: Told) -> dict[str, Any]:
    row, book, grade = said.row, told.ledger, said.grade
    cites = book.sources | told.scenario.sources
    return {
        "id": said.id,
        "author": book.author(row),
        "kind": row.kind,
        "text": row.text,
        "date": book.made(row).isoformat(),
        "put_on": said.made.isoformat(),
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "ours": row.ours,
        "runs": _runs(said),
        "probability": said.probability,
        "low": said.low,
        "high": said.high,
        "deadlines": [
            {"deadline": day.isoformat() if day else None, **_at(answer)}
            for day, answer in zip(said.by, said.answers, strict=True)
        ],
        "reference_class": _reference(said),
        "words": list(book.scale[row.words].range) if row.words else None,
        "happened": said.happened,
        "brier": grade.brier if grade else None,
        "brier_reference": grade.reference if grade else None,
        "brier_words": list(grade.words) if grade and grade.words else None,
        "log_score": grade.log if grade else None,
        "verdict": said.verdict,
        "effect": _effect(said),
        "outcome": row.outcome,
        "because": row.because,
        "shares": row.shares,
        "with": list(row.with_),
        "vow": row.vow,
        "source": [cites[key].cite for key in row.src],
        "why_not": row.why_not or _silent(said, told),
    }


def _runs(said: Said) -> str:
    """How a claim is run."""
    if said.answers:
        return "simulation"
    return "no" if said.row.switch is None else "a system turned off"


def _silent(said: Said, told: Told) -> str:
    """Why there is no probability, where the ledger need not say it."""
    if said.row.kind == "fact":
        return "a claim of fact: checked against sources, not run"
    if said.answers:
        return told.refused.get(said.made, "")
    return said.verdict if said.row.switch is not None and said.effect is None else ""


def _at(answer: Answer) -> dict[str, Any]:
    return {
        "probability": answer.value,
        "low": answer.low,
        "high": answer.high,
        "happened": answer.happened,
        "flags": list(answer.flags),
    }


def _reference(said: Said) -> dict | None:
    if not said.answers:
        return None
    return said.answers[0].reference.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _effect(said: Said) -> dict | None:
    """What turning a system off was expected to do, and did."""
    off = said.row.switch
    if off is None:
        return None
    found = said.effect
    numbers = {**found._asdict(), "detectable": found.detectable} if found else {}
    return {"switch": off.id, "expected": f"{off.without} without it", **numbers}
