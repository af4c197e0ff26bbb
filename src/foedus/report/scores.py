"""What `foedus scores` writes and prints: P(k joins i against j)."""

import json
import re
import sys
from pathlib import Path

from foedus.report.columns import Column, paragraph, table
from foedus.report.words import percent

SCENARIO = "karabakh-2020"
_COLUMNS = (
    Column("Dispute", 14),
    Column("Target", 6),
    Column("Challenger", 10),
    Column("State", 5),
    Column("Joins target", 12, right=True),
    Column("Joins challenger", 16, right=True),
)


def run(
    years: str | None,
    record: Path | None,
    out: Path | None,
    *,
    draws: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write scores of a span of years, or print those of the shipped facts."""
    if years is None:
        _facts(as_json=as_json)
        return
    from foedus.fit import shipped
    from foedus.fit.scores import write
    from foedus.record.folder import find

    first, last = span(years)
    if out is None:
        raise ValueError("--years: expected --out FILE, in .parquet, .csv or .dta, beside it")

    def say(now: int, total: int) -> None:
        if not quiet:
            sys.stderr.write(f"\r{now:,} of {total:,} pairs and years")

    done = write(
        find(record),
        out,
        first,
        last,
        thetas=shipped.thetas(draws),
        given=shipped.given(),
        progress=say,
    )
    told = {"files": [str(f) for f in done.files], "rows": done.rows, "missing": done.missing}
    said = paragraph(
        f"{done.rows:,} rows, {done.missing:,} of them without a score (empty, not zero): "
        f"{', '.join(told['files'])}"
    )
    sys.stdout.write((json.dumps(told, indent=2) if as_json else said) + "\n")


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


def _facts(*, as_json: bool) -> None:
    from foedus.scenario.load import load
    from foedus.study.scores import WEEKS, scores

    found = scores(load(SCENARIO))
    if as_json:
        sys.stdout.write(json.dumps([s._asdict() for s in found], indent=2) + "\n")
        return
    rows = [
        (
            s.dispute,
            s.target,
            s.challenger,
            s.state,
            percent(s.join_target),
            percent(s.join_challenger),
        )
        for s in found
    ]
    head = paragraph(
        f"{SCENARIO}: probability that each third party fights for a side within {WEEKS} weeks, if "
        "fighting began on the first day. Other years: --years FIRST-LAST --record DIR --out FILE."
    )
    sys.stdout.write(f"{head}\n\n{table(_COLUMNS, rows)}\n")
