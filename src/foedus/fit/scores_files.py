"""Bulk scores on disk: their columns, a codebook, whom to cite, and three formats.

Parts of a year each are joined into one file without ever standing in memory together.
"""

import json
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from foedus import __version__
from foedus.fit import scores_stata
from foedus.fit.scores_chances import LEVELS, RANGE
from foedus.record.export import notes, whole
from foedus.record.folder import RecordError

SIDES = {"target": "ccode1 against ccode2", "challenger": "ccode2 against ccode1"}
"""Who is joined, by the side that it is; in the order of `kinds.Side`."""
WIDTH = 80
"""Of the codebook."""
_ENDS = {"": "", "_low": ", lower end", "_high": ", upper end"}


class Column(NamedTuple):
    """A column of the scores.

    Attributes:
        name: Its name.
        label: What it is, in at most 80 letters.
        about: What else there is to say of it.
        whole: Whether it holds whole numbers.
    """

    name: str
    label: str
    about: str
    whole: bool


def columns() -> tuple[Column, ...]:
    """The columns, in order.

    Examples:
        >>> [column.name for column in columns()][:5]
        ['year', 'ccode1', 'ccode2', 'ccode3', 'p_target_war']
    """
    keys = [
        Column("year", "year in which fighting would begin", "", True),
        Column("ccode1", "target, state number (COW)", "The state attacked, i.", True),
        Column("ccode2", "challenger, state number (COW)", "The state that attacks, j.", True),
        Column("ccode3", "third party, state number (COW)", "The state that may come, k.", True),
    ]
    chances = [
        Column(
            f"p_{side}_{level}{end}",
            f"P(ccode3 joins {who}), fighting at level {level}{said}",
            _about(level, end),
            False,
        )
        for level in LEVELS
        for side, who in SIDES.items()
        for end, said in _ENDS.items()
    ]
    duties = [
        Column(
            f"duty_{side}",
            f"duty that ccode3 feels to {who.split()[0]}, 0 none to 1 in full",
            "The strongest of its pledges, by kind, as far as it is expected to be called for and "
            "to cover what is attacked.",
            False,
        )
        for side, who in SIDES.items()
    ]
    history = Column(
        "history_to",
        "last year of disputes that past conduct is known from",
        "Disputes after 2010 are not read: later rows know less than ten years of past conduct.",
        True,
    )
    return (*keys, *chances, *duties, history)


def _about(level: str, end: str) -> str:
    if end:
        share = RANGE[end == "_high"]
        return f"The {100 * share:.0f} % quantile over posterior draws."
    meant = {"war": "fight a war", "force": "use force, short of war"}[level]
    return f"Mean over posterior draws, if the two {meant}."


def schema() -> pa.Schema:
    """Types of the columns: whole numbers of 16 bits, others single precision."""
    return pa.schema([(c.name, pa.int16() if c.whole else pa.float32()) for c in columns()])


class About(NamedTuple):
    """What a file of scores rests on.

    Attributes:
        years: First and last.
        rows: Number of rows.
        draws: Posterior draws.
        fit: Mark of the fit and of the tables.
        noted: Frame whose `attrs` name sources and rows left out (`record.frames`).
    """

    years: tuple[int, int]
    rows: int
    draws: int
    fit: str
    noted: pd.DataFrame


def beside(path: Path) -> tuple[Path, Path]:
    """Codebook and citation that stand beside a file.

    Examples:
        >>> [file.name for file in beside(Path("scores.csv"))]
        ['scores.codebook.txt', 'scores.cite.txt']
    """
    return path.with_suffix(".codebook.txt"), path.with_suffix(".cite.txt")


def check(path: Path, replace: bool) -> None:
    """Refuse what could not be written, before anything is computed.

    Raises:
        RecordError: Another ending, no such folder, or a file that is there.
    """
    if path.suffix.lower() not in WRITERS:
        raise RecordError(
            f"{path}: expected a name in {', '.join(WRITERS)}; got {path.suffix.lower()!r}"
        )
    if not path.parent.is_dir():
        raise RecordError(f"{path}: expected a folder {path.parent}; got none")
    for file in (path, *beside(path)):
        if file.exists() and not replace:
            raise RecordError(f"{file}: expected no such file; got one, and nothing is overwritten")


def join(path: Path, parts: list[Path], about: About) -> tuple[Path, ...]:
    """Make one file of parts, with a codebook and a citation beside it.

    Args:
        path: File; its ending says which format.
        parts: Parquet files in the order of their rows.
        about: What the codebook says.

    Returns:
        The files written; each is whole, or not there.
    """
    writer = WRITERS[path.suffix.lower()]
    whole(path, lambda file: writer(file, parts, about))
    texts = dict(zip(beside(path), (codebook(about), citation(about)), strict=True))
    for file, text in texts.items():
        whole(file, lambda part, text=text: part.write_text(text, encoding="utf-8"))
    return path, *texts


def _tables(parts: list[Path]) -> Iterator[pa.Table]:
    return (pq.read_table(part, schema=schema()) for part in parts)


def _parquet(path: Path, parts: list[Path], about: About) -> None:
    told = {
        "sources": about.noted.attrs.get("sources", {}),
        "dropped": about.noted.attrs.get("dropped", {}),
        "labels": {column.name: column.label for column in columns()},
        "codebook": codebook(about),
        "cite": citation(about),
    }
    named = schema().with_metadata({"foedus": json.dumps(told)})
    with pq.ParquetWriter(path, named, compression="zstd") as file:
        for table in _tables(parts):
            file.write_table(table.replace_schema_metadata(named.metadata))


def _csv(path: Path, parts: list[Path], about: About) -> None:
    del about
    bare = arrow_csv.WriteOptions(include_header=False)
    with path.open("wb") as file:
        file.write((",".join(schema().names) + "\n").encode())
        for table in _tables(parts):
            arrow_csv.write_csv(table, file, bare)


def _stata(path: Path, parts: list[Path], about: About) -> None:
    variables = [
        scores_stata.Variable(column.name, column.label, "<i2" if column.whole else "<f4")
        for column in columns()
    ]
    arrays = (
        {name: table[name].to_numpy() for name in table.column_names} for table in _tables(parts)
    )
    title = f"foedus {__version__}: chances that third parties join, {_span(about.years)}"
    scores_stata.write(path, variables, about.rows, arrays, title)


WRITERS: dict[str, Callable[[Path, list[Path], About], None]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".dta": _stata,
}
"""How a file is written, by the ending of its name."""


def _span(years: tuple[int, int]) -> str:
    return "-".join(map(str, dict.fromkeys(years)))


_RULES = (
    "A row is a directed dyad-year and a third party: ccode1 is attacked by ccode2 in a year, and "
    "ccode3 may join either. Dyads are politically relevant: contiguous by land or at most 400 "
    "miles of water, or one of the two a major power, on any day of the year. Third parties are "
    "major powers, states contiguous to one of the two, and states with an ATOP pledge of any "
    "kind to one of the two.",
    "Covariates are those known as the year begins: capabilities of the year before, past conduct "
    "of the ten years before, borders and rank in January (or in the first month in which both "
    "states are members of the system). Pledges are those that ATOP lists for the year, so some "
    "made in a war of that year are among them; clauses on place, enemy and condition are not "
    "read.",
    "Chances are those of the fitted joining model (foedus fit), averaged over what is not known: "
    "the effects that all decisions on a side share, whether pledges are called for, and the "
    "parameters. They take the fighting as given and say nothing of how likely it is, nor of help "
    "short of fighting. The two rows of a dyad show the same chances in turn, except where a "
    "third party has pledged offence, which binds it to a challenger alone.",
    "Missing is empty (in Stata, a dot): a chance is missing where the capability of the third "
    "party, or its distance from both, is not known. Nothing is filled in. Figures have four "
    "significant digits; the sums over shared effects are within three parts in a hundred.",
)


def codebook(about: About) -> str:
    """What the file holds, column by column."""
    head = (
        f"foedus {__version__}; years {_span(about.years)}; {about.rows:,} rows; "
        f"{about.draws} posterior draws; fit {about.fit}"
    )
    parts = ["CODEBOOK. Chances that third parties join, if fighting begins", head]
    parts += [textwrap.fill(rule, WIDTH) for rule in _RULES]
    told = [
        "\n".join([column.name, *(_indented(text) for text in column[1:3] if text)])
        for column in columns()
    ]
    return "\n\n".join([*parts, "COLUMNS", "\n".join(told)]) + "\n"


def _indented(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="    ", subsequent_indent="    ")


def citation(about: About) -> str:
    """Whom to cite: foedus, and the tables that the scores rest on."""
    own = (
        f"The foedus developers. foedus: when a state with allies is attacked. Version "
        f"{__version__}. Scores {_span(about.years)}, fit {about.fit}."
    )
    return f"These scores\n  {own}\n\n{notes(about.noted)}"


def arrays_to_table(values: dict[str, np.ndarray]) -> pa.Table:
    """Columns by name as a table; NaN becomes missing."""
    return pa.table(
        {
            field.name: pa.array(values[field.name], field.type, from_pandas=True)
            for field in schema()
        },
        schema=schema(),
    )
