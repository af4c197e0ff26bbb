"""What all tables of the grammar share: what a row is, where its numbers are from, and look-ups.

A frame carries in `attrs` the versions of its sources (`sources`), how many rows were left out
and why (`dropped`), and whether pairs stand in both directions (`directed`). pandas keeps them when
rows or columns are picked, and drops them in a merge.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from foedus.record import catalogue
from foedus.record.folder import RecordError


class Sight(NamedTuple):
    """One way to look from a row at a state or at a pair.

    Attributes:
        suffix: What column names end in.
        states: Columns of the states, in the order in which a table is asked.
    """

    suffix: str
    states: tuple[str, ...]


def noted(
    frame: pd.DataFrame,
    like: pd.DataFrame | None = None,
    sources: Iterable[str] = (),
    dropped: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """The frame with its notes: those of `like`, further sources, further rows left out.

    Args:
        frame: New frame; it is changed in its `attrs` only.
        like: Frame that it was made from.
        sources: Names of tables that were read.
        dropped: Reason and number of rows left out.
    """
    old = {} if like is None else like.attrs
    known = dict(old.get("sources", {})) | {name: catalogue.describe(name).data for name in sources}
    counts = dict(old.get("dropped", {}))
    for reason, count in (dropped or {}).items():
        if count:
            counts[reason] = counts.get(reason, 0) + int(count)
    frame.attrs = {**old, "sources": known, "dropped": counts}
    return frame


def is_dyadic(frame: pd.DataFrame, system: str = "cow") -> bool:
    """Whether a row is a pair of states.

    Raises:
        RecordError: The frame has neither a state nor a pair of that system of codes.
    """
    code = "ccode" if system == "cow" else "gwcode"
    if {f"{code}1", f"{code}2", "year"} <= set(frame.columns):
        return True
    if {code, "year"} <= set(frame.columns):
        return False
    hint = "call panel.add_codes first" if _other(code, frame) else "start from panel.dyad_years"
    raise RecordError(f"expected columns {code} or {code}1 and {code}2, and year; {hint}")


def is_directed(frame: pd.DataFrame) -> bool:
    """Whether a row is of the first state towards the second: as noted, else as the rows show.

    Examples:
        >>> is_directed(pd.DataFrame({"ccode1": [2, 20], "ccode2": [20, 2]}))
        True
    """
    if "directed" in frame.attrs:
        return bool(frame.attrs["directed"])
    one, two = ("ccode1", "ccode2") if "ccode1" in frame else ("gwcode1", "gwcode2")
    return bool((frame[one] > frame[two]).any())


def states_of(frame: pd.DataFrame, system: str = "cow") -> list[Sight]:
    """How to look at each state of a row: `cinc`, or `cinc1` and `cinc2`."""
    code = "ccode" if system == "cow" else "gwcode"
    if not is_dyadic(frame, system):
        return [Sight("", (code,))]
    return [Sight("1", (f"{code}1",)), Sight("2", (f"{code}2",))]


def directions_of(frame: pd.DataFrame) -> list[Sight]:
    """How to look at what one state owes or sends another.

    In a directed frame the first state of a row is the one that acts. A frame with each pair
    once shows both directions: names in `_12` are of the first state towards the second.
    """
    pair = ("ccode1", "ccode2")
    if is_directed(frame):
        return [Sight("", pair)]
    return [Sight("_12", pair), Sight("_21", pair[::-1])]


def look_up(
    frame: pd.DataFrame,
    states: Iterable[str],
    table: pd.DataFrame,
    columns: Iterable[str],
    lag: int = 0,
) -> dict[str, pd.Series]:
    """Values of a table for the rows of a frame; the number of rows cannot change.

    Args:
        frame: Rows that ask; has `year`.
        states: Columns of the frame that hold the states asked for.
        table: Has its state columns first, in the same order, and `year`; one row a key.
        columns: What to fetch.
        lag: Years to look back.

    Returns:
        By column, a value for each row; NA where the table has no such key.

    Raises:
        ValueError: The table has a key twice.

    Examples:
        >>> rows = pd.DataFrame({"ccode": [2, 20], "year": [1900, 1900]})
        >>> table = pd.DataFrame({"ccode": [2], "year": [1900], "cinc": [0.2]})
        >>> look_up(rows, ["ccode"], table, ["cinc"])["cinc"].tolist()
        [0.2, nan]
    """
    asked = list(states)
    index = pd.Index(packed(*(table[name] for name in table.columns[: len(asked)]), table["year"]))
    if not index.is_unique:
        row = int(index.duplicated().argmax())
        raise ValueError(f"expected every key once; got row {row + 1} of the table again")
    keys = packed(*(frame[name] for name in asked), frame["year"] - lag)
    at = index.get_indexer(pd.Index(keys))  # -1, which no row is called, where there is none
    return {
        column: table[column].reset_index(drop=True).reindex(at).set_axis(frame.index)
        for column in columns
    }


def packed(*parts: pd.Series) -> np.ndarray:
    """Numbers below ten thousand as one integer a row; -1 where one of them is missing."""
    key = np.zeros(len(parts[0]), dtype=np.int64)
    gone = np.zeros(len(parts[0]), dtype=bool)
    for part in parts:
        numbers = part.to_numpy(dtype=np.float64, na_value=np.nan)
        missing = np.isnan(numbers)
        gone |= missing
        key = key * 10_000 + np.where(missing, 0, numbers).astype(np.int64)
    return np.where(gone, -1, key)


def flags(values: pd.Series, covered: np.ndarray) -> pd.Series:
    """0 and 1: what is not listed is 0 where the table covers it, and unknown elsewhere."""
    numbers = values.astype("Int32")
    return numbers.fillna(0).where(covered, pd.NA)


def covered(frame: pd.DataFrame, name: str, last: int | None = None) -> np.ndarray:
    """Rows whose year a table covers.

    Args:
        frame: Has `year`.
        name: Name of the table; its years are those of the catalogue.
        last: Last year, where not all of the table is used.
    """
    first, end = catalogue.describe(name).years
    return frame["year"].between(first, end if last is None else last).to_numpy(dtype=bool)


def spell_years(spells: pd.DataFrame, start: str, end: str, first: int, last: int) -> pd.DataFrame:
    """Spells by year: each row once for each year from `start` to `end`, as `year`.

    Args:
        spells: One row a spell.
        start: Column with the first year.
        end: Column with the last year.
        first: First year wanted.
        last: Last year wanted.

    Examples:
        >>> spells = pd.DataFrame({"ccode": [2], "styear": [1898], "endyear": [2016]})
        >>> spell_years(spells, "styear", "endyear", 1890, 1899).year.tolist()
        [1898, 1899]
    """
    begin = spells[start].astype("float64").clip(lower=first)
    stop = spells[end].astype("float64").clip(upper=last)
    length = (stop - begin + 1).fillna(0).clip(lower=0).astype(int).to_numpy()
    at = np.repeat(np.arange(len(spells)), length)
    step = np.arange(len(at)) - np.repeat(np.cumsum(length) - length, length)
    years = begin.to_numpy()[at].astype(int) + step
    return spells.iloc[at].reset_index(drop=True).assign(year=years)


def years_of(days: pd.Series) -> pd.Series:
    """Year of dates, NA where there is none."""
    return pd.to_datetime(days).dt.year.astype("Int32")


def _other(code: str, frame: pd.DataFrame) -> Any:
    """Whether the frame has the codes of the other system."""
    other = "gwcode" if code == "ccode" else "ccode"
    return other in frame or f"{other}1" in frame
