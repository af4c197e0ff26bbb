"""`foedus scores`: chances that third parties join, for two centuries or for the shipped facts."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foedus.report.columns import Column, paragraph, table
from foedus.report.lines import fact, json_text
from foedus.report.main_job import Stopped
from foedus.report.progress import Progress
from foedus.report.words import percent, percents

if TYPE_CHECKING:  # these modules load pandas or JAX
    from foedus.fit.scores import Written
    from foedus.study.scores import Chance, Score

SCENARIO = "karabakh-2020"
FIRST, LAST = 1816, 2014
"""Years told where none are named."""
_COLUMNS = (
    Column("Dispute", 10),
    Column("Target", 6),
    Column("Against", 7),
    Column("State", 5),
    Column("Joins target", 21),
    Column("Joins challenger", 21),
)


def run(
    years: str | None,
    record: Path | None,
    out: Path | None,
    *,
    draws: int,
    as_json: bool,
    quiet: bool,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Write scores of a span of years, or print those of the shipped facts.

    Args:
        years: Such as 1816-2014; without years, file and folder: the shipped facts.
        record: Folder with the tables, if one was named.
        out: File to write.
        draws: Posterior draws; of the shipped facts, 200 or more.
        as_json: Print JSON.
        quiet: No progress.
        check: Called between steps; may raise KeyboardInterrupt.

    Raises:
        ValueError: Bad input, in one clear message.
        Stopped: The user has stopped it.
    """
    if years is None and record is None and out is None:
        found = _facts(draws)
        sys.stdout.write(json_text(facts_data(found)) if as_json else facts(found))
        return
    progress = Progress("scores", 0, quiet=quiet, unit="pairs", first="reading", check=check)
    with progress:
        done = _bulk(years, record, out, draws, progress)
    sys.stdout.write(json_text(bulk_data(done)) if as_json else bulk(done))


def span(years: str) -> tuple[int, int]:
    """First and last year of a text such as 1816-2014, or 1914.

    Raises:
        ValueError: Another text, or years that the tables do not span.

    Examples:
        >>> span("1816-2014"), span("1914")
        ((1816, 2014), (1914, 1914))
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", years.strip())
    first, last = (int(y or found[1]) for y in found.groups()) if found else (0, 0)
    if not 1816 <= first <= last <= 2016:
        raise ValueError(
            f"--years: expected years from 1816 to 2016, such as 1816-2014; got {years!r}"
        )
    return first, last


def _bulk(
    years: str | None,
    record: Path | None,
    out: Path | None,
    draws: int,
    progress: Progress,
) -> "Written":
    """Compute and write."""
    first, last = span(years) if years is not None else (FIRST, LAST)
    if out is None:
        raise ValueError("expected --out FILE, in .parquet, .csv or .dta, beside --years")
    from foedus.fit import shipped
    from foedus.fit.scores import write
    from foedus.record.folder import find

    fitted = {"thetas": shipped.thetas(draws), "given": shipped.given()}
    try:
        return write(find(record), out, first, last, **fitted, progress=progress)
    except KeyboardInterrupt:
        raise Stopped(
            f"stopped: years that are done are kept in {out}.parts; the same command goes on"
        ) from None


def bulk(done: "Written") -> str:
    """Where the file is, what it holds, and whom to cite.

    Args:
        done: What was written.
    """
    out, codebook, cite = done.files
    first, last = done.years
    names = [name for name, _ in _labelled()]
    lost = f"{done.missing:,} without a chance: empty, not zero" if done.missing else "none empty"
    facts = [
        ("File", str(out)),
        ("Codebook", str(codebook)),
        ("Years", f"{first} to {last}"),
        ("Rows", f"{done.rows:,}, a third party of a directed dyad-year each; {lost}"),
        ("Dyads", f"{done.dyads:,} directed dyad-years, politically relevant"),
        ("Columns", ", ".join(names)),
        ("Intervals", f"from the 5 to the 95 % quantile of {done.draws} posterior draws"),
        ("Cite", f"foedus, fit {done.fit}, and {len(done.sources)} tables: see {cite}"),
    ]
    return "\n".join(fact(name, said, 11) for name, said in facts) + "\n"


def bulk_data(done: "Written") -> dict[str, Any]:
    """The same for JSON."""
    out, codebook, cite = map(str, done.files)
    return {
        "file": out,
        "codebook": codebook,
        "cite": cite,
        "years": list(done.years),
        "rows": done.rows,
        "missing": done.missing,
        "dyads": done.dyads,
        "draws": done.draws,
        "fit": done.fit,
        "columns": [{"name": name, "label": label} for name, label in _labelled()],
        "sources": done.sources,
    }


def _labelled() -> list[tuple[str, str]]:
    from foedus.fit.scores_files import columns

    return [(column.name, column.label) for column in columns()]


def _facts(draws: int) -> "list[Score]":
    from foedus.scenario.load import load
    from foedus.study.scores import DRAWS, scores

    return scores(load(SCENARIO), max(draws, DRAWS))  # cheap here, and intervals are smoother


def facts(found: "list[Score]") -> str:
    """Chances of the shipped scenario's third parties, as a table.

    Args:
        found: From `study.scores`.
    """
    head = paragraph(
        f"{SCENARIO}: probability that each third party fights for a side, if fighting began on "
        "the first day; in brackets nine tenths of the posterior draws. States below 1 % on both "
        "sides are left out."
    )
    shown = [s for s in found if max(s.join_target.p, s.join_challenger.p) >= 0.01]
    rows = [
        (s.dispute, s.target, s.challenger, s.state, _said(s.join_target), _said(s.join_challenger))
        for s in shown
    ]
    tail = paragraph("Two centuries of dyads: --years 1816-2014 --record DIR --out FILE.")
    return f"{head}\n\n{table(_COLUMNS, rows)}\n\n{tail}\n"


def _said(chance: "Chance") -> str:
    return f"{percent(chance.p)} ({percents(chance.low, chance.high)})"


def facts_data(found: "list[Score]") -> dict[str, Any]:
    """The same for JSON, with every third party."""
    scores = [s._asdict() | {name: getattr(s, name)._asdict() for name in _CHANCES} for s in found]
    return {"scenario": SCENARIO, "scores": scores}


_CHANCES = ("join_target", "join_challenger")
