"""Tables of states and pairs by year, to which further columns are added one after another.

    dyads = panel.dyad_years(record, 1946, 2010, relevant=True)
    dyads = panel.add_alliances(panel.add_capabilities(dyads, record), record)

Each function takes a frame and returns a new one with the same rows in the same order. A row's
year outside the coverage of a table gives NA, never 0; inside, 0 where the table lists all cases.
`attrs["sources"]` names the versions and `attrs["dropped"]` counts rows left out, by reason.
"""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from foedus.record import catalogue, frames
from foedus.record.read import read
from foedus.record.strife import (
    add_crises,
    add_disputes,
    add_peace_years,
    add_wars,
    dispute_years,
    disputes,
)
from foedus.record.ties import (
    add_alliances,
    add_arms,
    add_arms_races,
    add_contiguity,
    add_distance,
    add_rivalries,
)
from foedus.record.traits import add_capabilities, add_codes, add_majors, add_regime

__all__ = [
    "add_alliances",
    "add_arms",
    "add_arms_races",
    "add_capabilities",
    "add_codes",
    "add_contiguity",
    "add_crises",
    "add_disputes",
    "add_distance",
    "add_majors",
    "add_peace_years",
    "add_regime",
    "add_rivalries",
    "add_wars",
    "dispute_years",
    "disputes",
    "dyad_years",
    "state_years",
]

System = Literal["cow", "gw"]
_LIST = {"cow": "cow_states", "gw": "gw_states"}
_CODE = {"cow": "ccode", "gw": "gwcode"}
_APART = "pairs whose members were never in the system on one day of the year"
_FAR = "pairs neither contiguous nor with a major power"


def state_years(
    record: Path,
    first: int | None = None,
    last: int | None = None,
    system: System = "cow",
    extend: bool = False,
) -> pd.DataFrame:
    r"""Members of the state system by year: all that were members on at least one day of it.

    Args:
        record: Folder with the tables.
        first: First year; without it, that of the list of members.
        last: Last year; without it, that of the list.
        system: Whose list: "cow", the Correlates of War, or "gw", Gleditsch and Ward.
        extend: Carry the members of the list's last day on beyond its end. Nobody has joined or
            left since 2016.

    Returns:
        `ccode` (or `gwcode`) and `year`, in that order.

    Raises:
        ValueError: Years outside the list, and `extend` is not set.
        RecordError: The list cannot be read.

    Examples:
        >>> import tempfile
        >>> heading = "stateabb,ccode,statenme,styear,stmonth,stday,endyear,endmonth,endday,version"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     text = f"{heading}\nCAN,20,Canada,1920,1,10,2016,12,31,2016"
        ...     _ = Path(folder, "states2016.csv").write_text(text)
        ...     table = state_years(Path(folder), 1919, 1921)
        >>> table.year.tolist(), table.attrs["sources"]
        ([1920, 1921], {'cow_states': 'COW State System v2016'})
    """
    spans = _members(record, first, last, system, extend)
    code = _CODE[system]
    table = spans[[code, "year"]].drop_duplicates().sort_values([code, "year"], ignore_index=True)
    return frames.noted(table, sources=[_LIST[system]])


def dyad_years(
    record: Path,
    first: int | None = None,
    last: int | None = None,
    *,
    system: System = "cow",
    directed: bool = True,
    relevant: bool = False,
    extend: bool = False,
) -> pd.DataFrame:
    """Pairs of members by year: all that were members on one and the same day of it.

    Politically relevant is a pair that is contiguous, by land or across at most 400 miles of
    water (types 1 to 5), or of which one is a major power (Lemke & Reed 2001, "The Relevance of
    Politically Relevant Dyads", Journal of Conflict Resolution 45(1), 126-144).

    Args:
        record: Folder with the tables.
        first: First year; without it, that of the list of members.
        last: Last year; without it, that of the list.
        system: Whose list of members.
        directed: Each pair in both directions; else once, the smaller number first.
        relevant: Only politically relevant pairs. With Gleditsch-Ward codes, judged by the codes
            of COW.
        extend: As in `state_years`; not with `relevant`, for contiguity ends in 2016.

    Returns:
        `ccode1`, `ccode2` (or `gwcode1`, `gwcode2`) and `year`, in that order.

    Raises:
        ValueError: Years outside the list, and `extend` is not set; or set with `relevant`.
        RecordError: A table cannot be read.
    """
    if relevant and extend:
        raise ValueError("expected extend=False with relevant=True: contiguity is known to 2016")
    spans = _members(record, first, last, system, extend)
    pairs, apart = _pairs(spans, _CODE[system], directed)
    pairs.attrs["directed"] = directed
    table = frames.noted(pairs, pairs, [_LIST[system]], {_APART: apart})
    return _relevant(table, record, system) if relevant else table


def _members(
    record: Path, first: int | None, last: int | None, system: System, extend: bool
) -> pd.DataFrame:
    """One row a spell and year, with the first and last day of it in the spell."""
    name = _LIST[system]
    begin, end = catalogue.describe(name).years
    low, high = begin if first is None else first, end if last is None else last
    if low < begin or low > high or (high > end and not extend):
        hint = "" if low < begin or low > high else "; extend=True carries its members on"
        raise ValueError(
            f"expected years from {begin} to {end} ({name}); got {low} to {high}{hint}"
        )
    spells = _spells(record, system)
    ends = spells["last"].where(
        spells["last"] < pd.Timestamp(end, 12, 31), pd.Timestamp(high, 12, 31)
    )
    spells = spells.assign(last=ends, styear=spells["first"].dt.year, endyear=ends.dt.year)
    rows = frames.spell_years(spells, "styear", "endyear", low, high)
    since = pd.to_datetime({"year": rows["year"], "month": 1, "day": 1})
    until = pd.to_datetime({"year": rows["year"], "month": 12, "day": 31})
    return rows.assign(first=rows["first"].clip(lower=since), last=rows["last"].clip(upper=until))


def _spells(record: Path, system: System) -> pd.DataFrame:
    """Spells of membership as code, `first` and `last` day."""
    table = read(record, _LIST[system])
    if system == "gw":
        first, last = pd.to_datetime(table["startdate"]), pd.to_datetime(table["enddate"])
    else:
        first, last = _day(table, "st"), _day(table, "end")
    return pd.DataFrame({_CODE[system]: table[_CODE[system]], "first": first, "last": last})


def _day(table: pd.DataFrame, prefix: str) -> pd.Series:
    """Days of the COW list, which has them in three columns."""
    parts = {name: table[f"{prefix}{name}"].astype(int) for name in ("year", "month", "day")}
    return pd.to_datetime(pd.DataFrame(parts))


def _pairs(spans: pd.DataFrame, code: str, directed: bool) -> tuple[pd.DataFrame, int]:
    """Pairs with a common day, and how many had none. Several spells of one state count as one."""
    hull = spans.groupby(["year", code], as_index=False).agg({"first": "min", "last": "max"})
    firsts, lasts = hull["first"].to_numpy(), hull["last"].to_numpy()
    codes, years = hull[code].to_numpy(dtype=np.int32), hull["year"].to_numpy(dtype=np.int32)
    starts = np.flatnonzero(np.r_[True, years[1:] != years[:-1]])
    left, right = [], []
    for start, stop in zip(starts, np.r_[starts[1:], len(years)], strict=True):
        one, two = np.triu_indices(stop - start, 1)
        left.append(one + start)
        right.append(two + start)
    one, two = np.concatenate(left), np.concatenate(right)
    met = np.maximum(firsts[one], firsts[two]) <= np.minimum(lasts[one], lasts[two])
    apart = int((~met).sum()) * (2 if directed else 1)
    one, two = one[met], two[met]
    if directed:
        one, two = np.concatenate([one, two]), np.concatenate([two, one])
    order = np.lexsort((years[one], codes[two], codes[one]))
    table = {f"{code}1": codes[one], f"{code}2": codes[two], "year": years[one]}
    return pd.DataFrame({name: values[order] for name, values in table.items()}), apart


def _relevant(pairs: pd.DataFrame, record: Path, system: System) -> pd.DataFrame:
    """The politically relevant pairs."""
    with_codes = add_codes(pairs, record) if system == "gw" else pairs
    seen = add_majors(add_contiguity(with_codes, record), record)
    near = seen["contiguity"].between(1, 5).fillna(False)
    great = (seen["major1"].eq(1) | seen["major2"].eq(1)).fillna(False)
    kept = (near | great).to_numpy(dtype=bool)
    table = pairs[kept].reset_index(drop=True)
    return frames.noted(table, seen, dropped={_FAR: int((~kept).sum())})
