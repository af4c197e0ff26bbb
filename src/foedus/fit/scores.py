"""Bulk scores: who would join whom if fighting began, for every relevant pair and third party.

Written year by year to parts that are kept until the whole is there, so that a stopped run goes
on; the file itself is whole or not there.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from foedus.core.kinds import Side
from foedus.fit import shipped
from foedus.fit.crises import crises
from foedus.fit.scores_chances import LEVELS, chances
from foedus.fit.scores_rows import TABLES, Year, history_to, table, third_parties, years
from foedus.record import catalogue, export, panel
from foedus.record.folder import RecordError

PLEDGES_TO = 2018
"""Year in which the table of pledges ends: later scores are missing."""
COLUMNS = {
    "year": "Year in which fighting would begin",
    "target": "COW code of the state that would be attacked, i",
    "challenger": "COW code of the state that would attack, j",
    "state": "COW code of the third party, k",
    "join_target": "P(k joins i against j) in a war: mean over posterior draws",
    "join_target_low": "5 per cent of it over posterior draws",
    "join_target_high": "95 per cent of it over posterior draws",
    "join_challenger": "P(k joins j against i) in a war: mean over posterior draws",
    "join_challenger_low": "5 per cent of it over posterior draws",
    "join_challenger_high": "95 per cent of it over posterior draws",
    "join_target_force": "P(k joins i) where force is used short of war",
    "join_challenger_force": "P(k joins j) where force is used short of war",
    "duty_target": "Share of a full duty to i that k would feel, 0 to 1",
    "duty_challenger": "Share of a full duty to j that k would feel, 0 to 1",
    "history_to": "Last year of disputes that the past fights count",
}
"""Codebook: what each column is."""


class Written(NamedTuple):
    """What was written.

    Attributes:
        files: With the codebook and the references.
        rows: Of the table.
        missing: Rows without a score, because something it rests on is not known.
    """

    files: list[Path]
    rows: int
    missing: int


def write(
    record: Path,
    first: int,
    last: int,
    out: Path,
    *,
    draws: int = 20,
    progress: Callable[[str], None] = lambda line: None,
) -> Written:
    """Score a span of years and write the table.

    Args:
        record: Folder with the tables.
        first: First year.
        last: Last year.
        out: File, by its ending Parquet, CSV or Stata.
        draws: Of the posterior.
        progress: Told of each year.

    Raises:
        RecordError: Another ending, or a file that is there.
    """
    if out.suffix.lower() not in (".parquet", ".csv", ".dta") or out.exists():
        raise RecordError(f"{out}: expected a new file in .parquet, .csv or .dta")
    parts = out.with_name(f"{out.name}.parts")
    parts.mkdir(parents=True, exist_ok=True)
    kept = {int(path.stem) for path in parts.glob("*.parquet")}
    wanted = [y for y in range(first, last + 1) if y not in kept]
    thetas = shipped.thetas(draws)
    pairs = panel.dyad_years(record, first, last, directed=False, relevant=True)
    for year in years(record, pairs, wanted):
        found = score(year, thetas)
        path = parts / f"{year.year}.parquet"
        export.whole(path, lambda part, frame=found: frame.to_parquet(part))
        progress(f"{year.year}: {len(found):,} rows")
    named = [parts / f"{y}.parquet" for y in range(first, last + 1)]
    frame = pd.concat([pd.read_parquet(p) for p in named if p.exists()], ignore_index=True)
    frame.attrs["sources"] = {n: str(catalogue.describe(n).version) for n in TABLES}
    files = export.write(frame, out)
    book = out.with_suffix(".codebook.txt")
    export.whole(book, lambda part: part.write_text(codebook(), encoding="utf-8"))
    shutil.rmtree(parts)
    return Written([*files, book], len(frame), int(frame.join_target.isna().sum()))


def codebook() -> str:
    """Name and meaning of each column, and how to cite.

    Examples:
        >>> codebook().splitlines()[0].split()[0]
        'year'
    """
    width = max(map(len, COLUMNS))
    lines = [f"{name:<{width}}  {meaning}" for name, meaning in COLUMNS.items()]
    notes = [
        "",
        "Empty: something that the score rests on is not known for that year.",
        "Codes: Correlates of War. Draws: the joining fit that foedus ships.",
        "",
        "The foedus developers, foedus: bulk scores of third-party joining. Data behind it:",
        catalogue.cite(TABLES),
    ]
    return "\n".join([*lines, *notes, ""])


def score(year: Year, thetas: np.ndarray) -> pd.DataFrame:
    """Both directions of every pair of a year: columns `COLUMNS`."""
    pair, k = third_parties(year)
    return pd.concat([_direction(year, pair, k, target, thetas) for target in (0, 1)])


def _direction(
    year: Year, pair: np.ndarray, k: np.ndarray, target: int, thetas: np.ndarray
) -> pd.DataFrame:
    rows = table(year, pair, k, target)
    p = np.full((3, len(LEVELS), len(Side), len(rows)), np.nan)
    felt = np.full((len(Side), len(rows)), np.nan)
    for stack in crises(rows):
        told = chances(thetas, shipped.given(), stack)
        dispute, state = np.nonzero(stack.row >= 0)
        at = stack.row[dispute, state]
        p[..., at] = np.moveaxis(told.p[:, :, dispute, :, state], 0, -1)
        felt[:, at] = told.felt[dispute, :, state].T
    unknown = np.isnan(year.cinc[k]) | (year.year > PLEDGES_TO)
    p[..., unknown] = felt[:, unknown] = np.nan
    columns = {
        "year": year.year,
        "target": year.state[year.pair[pair, target]],
        "challenger": year.state[year.pair[pair, 1 - target]],
        "state": year.state[k],
    }
    for side, name in ((Side.TARGET, "target"), (Side.CHALLENGER, "challenger")):
        for i, end in enumerate(("", "_low", "_high")):
            columns[f"join_{name}{end}"] = p[i, 0, side].astype(np.float32)
        columns[f"join_{name}_force"] = p[0, 1, side].astype(np.float32)
        columns[f"duty_{name}"] = felt[side].astype(np.float32)
    columns["history_to"] = history_to(year.year)
    return pd.DataFrame(columns)[list(COLUMNS)]
