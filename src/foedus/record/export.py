"""Frames written to files that other programs read, with their sources beside the numbers."""

import json
import os
from collections.abc import Callable, Hashable
from datetime import date
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from foedus.record import catalogue
from foedus.record.folder import RecordError

_LONGEST = 32


def write(frame: pd.DataFrame, path: Path, replace: bool = False) -> list[Path]:
    """Write a frame as Parquet, CSV or Stata, by the ending of the name.

    Empty cells stay empty: in CSV nothing, in Stata `.`. Parquet carries sources, rows left out
    and references in its metadata (`foedus`); beside CSV and Stata stands a text of the same name
    that ends in `.cite.txt`. Stata gets a label for each column and no name of more than 32
    letters. A file is either whole or not there.

    Args:
        frame: What the grammar of `panel` makes, or any frame with plain columns.
        path: File to write.
        replace: Write over files that are there.

    Returns:
        The files written.

    Raises:
        RecordError: Another ending, a file that is there, or columns that Stata cannot tell
            apart by their first 32 letters.

    Examples:
        >>> import tempfile
        >>> years = pd.DataFrame({"ccode": [2], "year": [1900]})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     [file.name for file in write(years, Path(folder) / "years.csv")]
        ['years.csv', 'years.cite.txt']
    """
    path = Path(path)
    writers: dict[str, Callable[[pd.DataFrame, Path], None]]
    writers = {".parquet": _parquet, ".csv": _csv, ".dta": _stata}
    ending = path.suffix.lower()
    if ending not in writers:
        raise RecordError(f"{path}: expected a name in .parquet, .csv or .dta; got {ending!r}")
    beside = path.with_suffix(".cite.txt")
    files = [path] if ending == ".parquet" else [path, beside]
    for file in files:
        if file.exists() and not replace:
            raise RecordError(f"{file}: expected no such file; got one, and nothing is overwritten")
    whole(path, lambda part: writers[ending](frame, part))
    if ending != ".parquet":
        whole(beside, lambda part: part.write_text(notes(frame), encoding="utf-8"))
    return files


def whole(path: Path, write_to: Callable[[Path], Any]) -> None:
    """Write a file under another name first, so that it is never there in part."""
    part = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        write_to(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def notes(frame: pd.DataFrame) -> str:
    """Sources with versions, rows left out with reasons, and references, as text."""
    sources, dropped = frame.attrs.get("sources", {}), frame.attrs.get("dropped", {})
    parts = [["Sources"] + [f"  {name}: {version}" for name, version in sources.items()]]
    parts.append(["Left out"] + [f"  {count:,} {reason}" for reason, count in dropped.items()])
    parts.append(["Cite", *(f"  {line}" for line in catalogue.cite(sources).splitlines())])
    told = [part if len(part) > 1 else [*part, "  nothing"] for part in parts]
    return "\n\n".join("\n".join(part) for part in told) + "\n"


def _parquet(frame: pd.DataFrame, path: Path) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    told = {
        "sources": frame.attrs.get("sources", {}),
        "dropped": frame.attrs.get("dropped", {}),
        "cite": catalogue.cite(frame.attrs.get("sources", {})).splitlines(),
        "labels": {name: catalogue.label(name) for name in map(str, frame.columns)},
    }
    metadata = {**(table.schema.metadata or {}), b"foedus": json.dumps(told).encode()}
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd")


def _csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, lineterminator="\n")


def _stata(frame: pd.DataFrame, path: Path) -> None:
    short = {name: str(name)[:_LONGEST] for name in frame.columns}
    seen: dict[str, str] = {}
    for name, cut in short.items():
        if cut in seen:
            raise RecordError(
                f"{path}: expected columns that differ in their first {_LONGEST} letters; "
                f"got {seen[cut]} and {name}"
            )
        seen[cut] = str(name)
    table = pd.DataFrame({short[name]: _for_stata(frame[name]) for name in frame.columns})
    labels: dict[Hashable, str] = {
        short[name]: catalogue.label(str(name))[:80] for name in frame.columns
    }
    # A day without an hour; cast, because pandas types the two kinds of key apart.
    days = {name: "td" for name in table if table[name].dtype.kind == "M"}
    table.to_stata(
        path,
        write_index=False,
        version=118,
        variable_labels=labels,
        convert_dates=cast("Any", days),
    )


def _for_stata(values: pd.Series) -> pd.Series:
    """Numbers, text or days, in a form that Stata knows."""
    kind = values.dtype
    if pd.api.types.is_bool_dtype(kind):
        return values.astype("Int8")
    if pd.api.types.is_integer_dtype(kind):
        large = values.abs().gt(2_147_483_620).fillna(False).any()
        return values.astype("float64" if large else "Int32")
    if pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind):
        return values
    known = values.dropna()
    if len(known) and known.map(lambda cell: isinstance(cell, date)).all():
        return pd.to_datetime(values)
    return values.astype(object).where(values.notna(), "").astype(str)
