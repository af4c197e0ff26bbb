"""`foedus fit --formula`: coefficients and effects of a user's own covariates."""

import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

import foedus
from foedus.fit.formula import Refit, refit
from foedus.fit.stages import write
from foedus.record import calls as record_calls
from foedus.record.folder import find
from foedus.report.columns import Column, paragraph, table
from foedus.report.lines import Lines, fact, figure, json_text, span

TABLES = {
    "S4a": "defence pledges to one side, from the first day of a dispute",
    "S4": "defence pledges to one side, where its originators used force",
    "S5": "defence pledges to one side, where the dispute became war",
}
_READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": pd.read_csv,
    ".parquet": pd.read_parquet,
    ".dta": pd.read_stata,
}
_DAMAGED = (ValueError, KeyError, EOFError, struct.error)
"""What pandas raises on a file that is not whole or not of its kind."""
_COEFFICIENTS = (
    Column("Regressor (logit)", 28),
    Column("Mean", 8, True),
    Column("sd", 7, True),
    Column("90 %", 18, True),
    Column("Odds ratio", 10, True),
)
_EFFECTS = (
    Column("Variable", 26),
    Column("Change", 18),
    Column("Points", 8, True),
    Column("90 %", 20, True),
)


def run_formula(
    record: Path | None,
    formula: str,
    which: str,
    seed: int,
    *,
    extra: Path | None = None,
    prior_sd: float = 1.0,
    out: Path | None = None,
    as_json: bool,
    quiet: bool,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Fit who came by a formula, and print coefficients and effects.

    Args:
        record: Folder of the tables, if one is named.
        formula: As for `fit.formula.refit`.
        which: Table of calls: S4a, S4 or S5.
        seed: Of the draws.
        extra: CSV, Parquet or Stata file with the user's own columns.
        prior_sd: Of the coefficients of standardised regressors.
        out: Folder for the tables and references, if they are to be kept.
        as_json: Print JSON.
        quiet: No progress.
        check: Called between steps; may raise KeyboardInterrupt.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    progress = Lines("fit", quiet=quiet, check=check)
    own = None if extra is None else read(extra)
    calls = record_calls.table(find(record))
    progress(f"{len(calls):,} calls read")
    found = refit(calls, formula, table=which, prior_sd=prior_sd, extra=own, seed=seed)
    told = to_json(found) | {"seed": seed, "prior_sd": prior_sd}
    if out is not None:
        keep(found, told, out)
    sys.stdout.write(json_text(told) if as_json else text(found))


def read(path: Path) -> pd.DataFrame:
    """The user's own columns.

    Raises:
        ValueError: Another kind of file, or one that cannot be read.
        OSError: There is none.
    """
    if path.suffix.lower() not in _READERS:
        raise ValueError(f"{path}: expected a name in {', '.join(_READERS)}; got {path.suffix!r}")
    try:
        return _READERS[path.suffix.lower()](path)
    except _DAMAGED as fault:
        raise ValueError(f"{path}: expected a table; {str(fault).splitlines()[0]}") from None


def keep(found: Refit, told: dict[str, Any], out: Path) -> None:
    """Write tables, references and the report; each whole or not at all."""
    out.mkdir(parents=True, exist_ok=True)
    coefficients = found.coefficients.rename_axis("regressor").reset_index()
    for name, frame in (("coefficients", coefficients), ("effects", found.effects)):
        write(out / f"{name}.csv", frame.to_csv(index=False).encode())
    write(out / "citations.bib", found.bibtex().encode())
    write(out / "report.json", json_text(told, indent=1).encode())


def to_json(found: Refit) -> dict[str, Any]:
    """What `--json` prints."""
    coefficients = found.coefficients.rename_axis("regressor").reset_index()
    return {
        "version": foedus.__version__,
        "formula": found.formula,
        "table": found.table,
        "n": found.n,
        "dropped": found.dropped,
        "coefficients": coefficients.to_dict("records"),
        "effects": found.effects.to_dict("records"),
        "scores": found.scores,
        "sources": list(found.sources),
        "bibtex": found.bibtex(),
    }


def text(found: Refit) -> str:
    """What the terminal shows."""
    coefficients = ((str(name), *_numbers(row)) for name, row in found.coefficients.iterrows())
    parts = [_head(found), table(_COEFFICIENTS, coefficients)]
    if len(found.effects):
        lines = (_effect(row) for _, row in found.effects.iterrows())
        parts += [table(_EFFECTS, lines), _legend(found)]
    parts += [_scores(found.scores), paragraph(f"Data: {', '.join(found.sources)}", "", "  ")]
    return "\n\n".join(parts) + "\n"


def _head(found: Refit) -> str:
    n = found.n
    lines = [
        paragraph(f"joined ~ {found.formula}", "", "  "),
        fact("Rows", f"{found.table}: {TABLES[found.table]}"),
        fact(
            "",
            f"{n['rows']:,} rows, {n['sides']:,} sides of {n['disputes']:,} disputes; "
            f"{n['came']:,} came",
        ),
    ]
    if found.dropped:
        said = ", ".join(f"{count:,} without {name}" for name, count in found.dropped.items())
        lines.append(fact("Left out", said.replace("without disputes", "in disputes")))
    return "\n".join(lines)


def _numbers(row: pd.Series) -> tuple[str, ...]:
    ends = span(row["low"], row["high"], ".3g")
    return figure(row["mean"]), figure(row["sd"]), ends, figure(row["odds_ratio"])


def _effect(row: pd.Series) -> tuple[str, ...]:
    low, high = 100 * row["low"], 100 * row["high"]
    points = figure(100 * row["mean"], "+.2f")
    return str(row["variable"]), str(row["change"]), points, span(low, high, "+.2f")


def _legend(found: Refit) -> str:
    return paragraph(
        "Points  change of the chance of coming, in per cent, if every row changed so; the mean "
        f"chance is {100 * found.scores['chance']:.2f} per cent",
        "",
        " " * 8,
    )


def _scores(scores: dict[str, Any]) -> str:
    """How well a side is told, and whether the draws can be trusted."""
    said = (
        f"Log score of a side {scores['side_log_score']:.4f} as fitted, {scores['loo']:.4f} "
        f"(s.e. {scores['loo_se']:.4f}) as if left out; draws worth "
        f"{100 * scores['efficiency']:.0f} % of independent ones"
    )
    if scores["loo_bad"]:
        said += f"; leaving out fails for {scores['loo_bad']} sides, so fit without them to be sure"
    return paragraph(said, "", "  ")
