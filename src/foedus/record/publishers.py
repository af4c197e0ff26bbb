"""Tables as their publishers ship them, brought to the columns of the record."""

import struct
from pathlib import Path
from typing import Any

import pandas as pd

from foedus.record import checks, shapes
from foedus.record.catalogue import Source
from foedus.record.folder import RecordError

_GONE = ["", "NA", "."]


def load(paths: list[Path], source: Source) -> pd.DataFrame:
    """A table from the file, or the files, of its publisher.

    Args:
        paths: Files that hold it; CSV, tab-separated text or Stata.
        source: What it should be, and how the publisher writes it.

    Returns:
        The table with the columns of the record.

    Raises:
        RecordError: A file cannot be read, lacks a column, is of another version or holds text
            where a number should be.
    """
    if paths[0].stem == source.name:  # under our own name it has our own columns
        source = source._replace(files={"text": source.files.get("text", [])})
    shape = shapes.SHAPES.get(source.files.get("shape", ""))
    parts = [] if source.files.get("raw") else [_file(path, source) for path in paths]
    frame = shape(parts, paths) if shape else parts[0]
    return _finish(frame, source, paths[0])


def _file(path: Path, source: Source) -> pd.DataFrame:
    """One file: names in lower case, renamed; still as text where it was text."""
    frame = _stata(path) if path.suffix.lower() == ".dta" else _text(path, source.files)
    frame.columns = [str(name).strip().lower().replace(".", "_") for name in frame.columns]
    frame = frame.rename(columns=source.files.get("rename", {}))
    checks.version(frame, source, path)
    return frame


def _text(path: Path, how: dict[str, Any]) -> pd.DataFrame:
    """A file of separated text, all cells as text."""
    encodings = dict.fromkeys([how.get("encoding", "utf-8-sig"), "utf-8-sig", "latin-1"])
    names = how.get("header")
    fault: Exception | None = None
    for encoding in encodings:
        try:
            return pd.read_csv(
                path,
                sep=how.get("separator", ","),
                names=names,
                header=None if names else "infer",
                dtype=str,
                encoding=encoding,
                na_values=_GONE,
                keep_default_na=False,
                skip_blank_lines=True,
            )
        except UnicodeDecodeError as found:
            fault = found
        except (pd.errors.EmptyDataError, pd.errors.ParserError, OSError) as found:
            fault = found
            break
    why = str(fault).splitlines()[0]
    raise RecordError(f"{path}: expected a table as text; got one that cannot be read: {why}")


def _stata(path: Path) -> pd.DataFrame:
    """A Stata file; labels of values are not applied."""
    try:
        return pd.read_stata(path, convert_categoricals=False, convert_dates=False)
    except (ValueError, OSError, LookupError, struct.error) as found:
        why = str(found).splitlines()[0]
        raise RecordError(f"{path}: expected a Stata file; got a damaged one: {why}") from None


def _finish(frame: pd.DataFrame, source: Source, path: Path) -> pd.DataFrame:
    """The table with numbers as numbers and dates as dates."""
    how = source.files
    if "keep" in how:
        checks.columns(frame, how["keep"], path)
        frame = frame[how["keep"]]
    frame = frame.drop(columns=[name for name in how.get("drop", []) if name in frame])
    done: dict[str, pd.Series] = {}
    for name in frame.columns:
        if name in how.get("days", []):
            done[name] = _days(frame[name], how.get("day_format", "%Y-%m-%d"), path)
        elif name not in how.get("text", []):
            done[name] = _numbers(frame[name], path, how.get("empty", []))
        else:
            done[name] = frame[name].astype("string")
    for name, parts in how.get("dates", {}).items():
        if all(part in done for part in parts):
            done[name] = _dates(*(done[part] for part in parts))
    made = pd.DataFrame(done)
    _reaches(made, source, path)
    return made


def _numbers(values: pd.Series, path: Path, empty: list[int]) -> pd.Series:
    """Numbers, nullable integers where all are whole; text where most is text."""
    if not pd.api.types.is_numeric_dtype(values):
        numbers = pd.to_numeric(values, errors="coerce")
        wrong = (numbers.isna() & values.notna()).to_numpy()
        if wrong.sum() > values.notna().sum() / 2:
            return values
        if wrong.any():
            row = int(wrong.argmax())
            said = f"expected a number; got {values.iloc[row]!r}"
            raise RecordError(f"{path}, column {values.name}, row {row + 1}: {said}")
        values = numbers
    values = values.mask(values.isin(empty))
    known = values.dropna()
    if ((known % 1) != 0).any() or (known.abs() > 2**62).any():
        return values.astype("float64")
    wide = (known.abs() >= 2**31).any()
    return values.astype("Int64" if wide else "Int32")


def _days(values: pd.Series, form: str, path: Path) -> pd.Series:
    """Days written as text, as `datetime.date`."""
    days = pd.to_datetime(values.str.slice(0, 10), format=form, errors="coerce")
    wrong = (days.isna() & values.notna()).to_numpy()
    if wrong.any():
        row = int(wrong.argmax())
        said = f"expected a day; got {values.iloc[row]!r}"
        raise RecordError(f"{path}, column {values.name}, row {row + 1}: {said}")
    return _as_dates(days)


def _dates(year: pd.Series, month: pd.Series, day: pd.Series) -> pd.Series:
    """Days from year, month and day; empty where one of them is not known."""
    parts = pd.DataFrame({"year": year, "month": month, "day": day}).astype("float64")
    known = (parts > 0).all(axis=1) & (parts["year"] < 10_000)
    days = pd.to_datetime(parts.where(known), errors="coerce")
    return _as_dates(days)


def _as_dates(days: pd.Series) -> pd.Series:
    """Time stamps as `datetime.date`, None where empty."""
    return days.dt.date.astype(object).where(days.notna(), None)


def _reaches(frame: pd.DataFrame, source: Source, path: Path) -> None:
    """Check that a table without a column for its version ends where the right one does."""
    if "reaches" not in source.files:
        return
    column, last = source.files["reaches"]
    got = frame[column].max()
    if got != last:
        said = f"expected years to {last} ({source.data}); got years to {got}"
        raise RecordError(f"{path}, column {column}, row {int(frame[column].argmax()) + 1}: {said}")
