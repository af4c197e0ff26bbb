"""Is a table what the catalogue says it is?"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from foedus.record.catalogue import Source
from foedus.record.folder import RecordError

# Least and greatest number that either list of states gives (2 to 990), with room for both.
_CODES = (1, 999)


def check(frame: pd.DataFrame, source: Source, path: Path) -> None:
    """Check columns, version, codes and keys of a table.

    Args:
        frame: The table.
        source: What it should be.
        path: File to name in a message.

    Raises:
        RecordError: The first fault found.

    Examples:
        >>> from foedus.record.catalogue import describe
        >>> majors = pd.DataFrame({"code": [2], "styear": [1898], "endyear": [2016]})
        >>> check(majors, describe("cow_majors"), Path("majors.csv"))
        Traceback (most recent call last):
        foedus.record.folder.RecordError: majors.csv: expected column 'ccode'; did you mean 'code'?
    """
    columns(frame, source.columns, path)
    version(frame, source, path)
    limits = {code: _CODES for code in source.codes} | source.ranges
    for column, (least, greatest) in limits.items():
        if column in frame:
            _within(frame[column], least, greatest, path)
    _keys(frame, source.keys, path)


def columns(frame: pd.DataFrame, wanted: Iterable[str], path: Path) -> None:
    """Check that columns are there.

    Raises:
        RecordError: One is not; the message suggests the nearest name.
    """
    for column in wanted:
        if column not in frame:
            near = get_close_matches(column, map(str, frame.columns), 1)
            hint = f"did you mean {near[0]!r}?" if near else f"got {_some(frame.columns)}"
            raise RecordError(f"{path}: expected column {column!r}; {hint}")


def version(frame: pd.DataFrame, source: Source, path: Path) -> None:
    """Check the column `version`, where there is one and the catalogue knows what it should say.

    Raises:
        RecordError: The table is of another version.
    """
    known = source.versions or source.files.get("versions", [])
    if not known or "version" not in frame:
        return
    wrong = ~frame["version"].map(lambda said: any(_same(said, right) for right in known))
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        expected = " or ".join(str(right) for right in known)
        said = f"expected {expected} ({source.data}); got {frame['version'].iloc[row]}"
        raise RecordError(f"{path}, column version, row {row + 1}: {said}")


def _same(said: object, right: float | str) -> bool:
    """Whether a version is the right one, however it is written."""
    if isinstance(right, str):
        return said == right
    try:
        return abs(float(str(said)) - right) < 1e-3
    except ValueError:
        return False


def _within(values: pd.Series, least: float, greatest: float, path: Path) -> None:
    """Check that all numbers that are there lie in a range."""
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    wrong = values.notna() & ~numbers.between(least, greatest)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        said = f"expected a number from {least} to {greatest}; got {values.iloc[row]}"
        raise RecordError(f"{path}, column {values.name}, row {row + 1}: {said}")


def _keys(frame: pd.DataFrame, keys: list[str], path: Path) -> None:
    """Check that the key of each row is its own."""
    if not keys:
        return
    again = frame.duplicated(keys).to_numpy()
    if again.any():
        row = int(again.argmax())
        said = ", ".join(str(frame[key].iloc[row]) for key in keys)
        where = f"{path}, columns {', '.join(keys)}, row {row + 1}"
        raise RecordError(f"{where}: expected every key once; got {said} again")


def _some(names: Iterable[object]) -> str:
    """The first few names."""
    listed = [str(name) for name in names]
    return ", ".join(listed[:5]) + (", ..." if len(listed) > 5 else "")
