"""Disputes, wars and crises of states and pairs, by year, and how long there has been none."""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from foedus.record import frames
from foedus.record.read import blanked, read

Project = Literal["gml", "cow"]
# Disputes of COW that began after this year are kept for one last test and stay closed.
_OPEN = 2010
_CLOSED = "rows of disputes that began in 2011 or later, or of years after 2010 (kept closed)"
_TABLES = {
    "gml": ("gml_dirdisp", "gml_mid_disps"),
    "cow": ("cow_mid_dirdisps", "cow_mid_disps"),
}


def disputes(record: Path, source: Project = "gml", *, open_closed: bool = False) -> pd.DataFrame:
    """Militarised disputes, one row each, with year and month of the start, outcome and level.

    Args:
        record: Folder with the tables.
        source: "gml", Gibler, Miller & Little, 1816-2010, or "cow", the MID project, 1816-2014.
        open_closed: Also the COW disputes that began in 2011-14, which are kept for a last test.
    """
    name = _TABLES[source][1]
    table = blanked(read(record, name), name)
    closed = table["styear"].gt(2014 if open_closed else _OPEN).to_numpy(dtype=bool)
    kept = table[~closed].reset_index(drop=True)
    return frames.noted(kept, sources=[name], dropped={_CLOSED: int(closed.sum())})


def dispute_years(
    record: Path,
    source: Project = "gml",
    *,
    directed: bool = True,
    open_closed: bool = False,
) -> pd.DataFrame:
    """Pairs on the two sides of a dispute, by dispute and year.

    Side A acted first; that does not make it the aggressor.

    Args:
        record: Folder with the tables.
        source: "gml" or "cow", as in `disputes`.
        directed: Each pair in both directions; else once, the smaller number first.
        open_closed: Also COW disputes that began in 2011-14, and years after 2010.

    Returns:
        `dispnum`, `ccode1`, `ccode2`, `year`, `midonset` and `midongoing`, and what the source
        tells of the two states.
    """
    name, heads = _TABLES[source]
    table = read(record, name).rename(
        columns={"disponset": "midonset", "dispongoing": "midongoing"}
    )
    closed = np.zeros(len(table), dtype=bool)
    if source == "cow" and not open_closed:
        starts = read(record, heads)[["dispnum", "styear"]]
        late = starts.loc[starts["styear"] > _OPEN, "dispnum"]
        closed = (table["dispnum"].isin(late) | (table["year"] > _OPEN)).to_numpy(dtype=bool)
    once = np.zeros(len(table), dtype=bool)
    if not directed:
        once = (table["ccode1"] > table["ccode2"]).to_numpy(dtype=bool)
    kept = table[~closed & ~once].reset_index(drop=True)
    kept.attrs["directed"] = directed
    return frames.noted(kept, kept, [name], {_CLOSED: int(closed.sum())})


def add_disputes(
    frame: pd.DataFrame, record: Path, source: Project = "gml", *, open_closed: bool = False
) -> pd.DataFrame:
    """Add `mid_onset` and `mid_ongoing`, 1 where a dispute began or was under way, else 0.

    Pairs get `mid_first` too, 1 where the first state of the row was on the side that acted first
    when a dispute began, as an originator (`mid_first_12` and `mid_first_21` where each pair
    stands once), and `mid_hostlev`, the highest level that either of the two reached in a dispute
    of that year (1 none to 5 war; NA without a dispute): an outcome, no covariate.

    Args:
        frame: State-years or dyad-years with COW codes.
        record: Folder with the tables.
        source: "gml", 1816-2010, or "cow", used here to 2010.
        open_closed: With "cow", also what began in 2011-14.

    Returns:
        The frame with those columns, NA after the last year.
    """
    rows = dispute_years(record, source, open_closed=open_closed)
    last = 2014 if source == "cow" and open_closed else _OPEN
    inside = frames.covered(frame, _TABLES[source][0], last)
    rows = rows.assign(
        first=((rows["sidea1"] == 1) & (rows["orig1"] == 1) & (rows["midonset"] == 1)).astype(
            "Int32"
        ),
        level=rows[["hostlev1", "hostlev2"]].max(axis=1),
    )
    how = {"midonset": "max", "midongoing": "max", "first": "max", "level": "max"}
    table = _by_year(rows, frame, how)
    found = {
        "mid_onset": _flag(frame, table, "midonset", inside),
        "mid_ongoing": _flag(frame, table, "midongoing", inside),
    }
    if frames.is_dyadic(frame):
        pair = ["ccode1", "ccode2"]
        found["mid_hostlev"] = frames.look_up(frame, pair, table, ["level"])["level"].where(inside)
        for sight in frames.directions_of(frame):
            first = frames.look_up(frame, sight.states, table, ["first"])["first"]
            found[f"mid_first{sight.suffix}"] = frames.flags(first, inside)
    return frames.noted(frame.assign(**found), _with(frame, rows), [_TABLES[source][0]])


def add_wars(frame: pd.DataFrame, record: Path) -> pd.DataFrame:
    """Add `war_onset` and `war_ongoing`: COW inter-state war, of the pair against each other.

    Args:
        frame: State-years or dyad-years with COW codes.
        record: Folder with the tables.

    Returns:
        The frame with those columns; 0 in 1816-2007 without war, NA elsewhere.
    """
    rows = read(record, "cow_war_inter")
    how = {"cowinteronset": "max", "cowinterongoing": "max"}
    table = _by_year(rows, frame, how)
    # The list of wars runs from 1816 to 2007; the first on it began in 1823.
    inside = frame["year"].between(1816, 2007).to_numpy(dtype=bool)
    found = {
        "war_onset": _flag(frame, table, "cowinteronset", inside),
        "war_ongoing": _flag(frame, table, "cowinterongoing", inside),
    }
    return frames.noted(frame.assign(**found), frame, ["cow_war_inter"])


def add_crises(frame: pd.DataFrame, record: Path) -> pd.DataFrame:
    """Add `crisis`, 1 where ICB counts a crisis for the state in the year, else 0.

    Of pairs, `crisis` says that both were actors of one and the same crisis, not that they stood
    against each other; `crisis_trigger` that an act of the first state set off a crisis for the
    second in that year (`_12` and `_21` where each pair stands once).

    Args:
        frame: State-years or dyad-years with COW codes.
        record: Folder with the tables.

    Returns:
        The frame with those columns, 0 in 1918-2017 without a crisis, NA elsewhere.
    """
    actors = read(record, "icb2_v14").rename(columns={"cracid": "ccode"})
    actors["last"] = actors[["yrtrig", "yrterm"]].max(axis=1)
    spells = actors[["crisno", "ccode", "trigent", "yrtrig", "last"]]
    years = frames.spell_years(spells, "yrtrig", "last", 1918, 2017).assign(crisis=1)
    inside = frames.covered(frame, "icb2_v14")
    if not frames.is_dyadic(frame):
        table = years.drop_duplicates(["ccode", "year"])[["ccode", "year", "crisis"]]
        found = {"crisis": _flag(frame, table, "crisis", inside)}
        return frames.noted(frame.assign(**found), frame, ["icb2_v14"])
    keys = ["ccode1", "ccode2", "year"]
    both = years.merge(years, on=["crisno", "year"], suffixes=("1", "2"))
    both = both[both["ccode1"] != both["ccode2"]].drop_duplicates(keys)
    table = both[keys].assign(crisis=1)
    begun = spells.rename(columns={"trigent": "ccode1", "ccode": "ccode2", "yrtrig": "year"})
    begun = begun[keys].dropna().drop_duplicates().assign(trigger=1)
    found = {"crisis": _flag(frame, table, "crisis", inside)}
    for sight in frames.directions_of(frame):
        value = frames.look_up(frame, sight.states, begun, ["trigger"])["trigger"]
        found[f"crisis_trigger{sight.suffix}"] = frames.flags(value, inside)
    return frames.noted(frame.assign(**found), frame, ["icb2_v14"])


def add_peace_years(
    frame: pd.DataFrame, of: str = "mid_ongoing", name: str = "peace_years"
) -> pd.DataFrame:
    """Add the years since the last event of a state or pair, before the year of the row.

    0 in the year after an event and in the first year that the frame has of the state or pair,
    whose earlier history it does not know. From the first year in which the event is unknown
    on, the count is unknown too (Beck, Katz & Tucker 1998, "Taking Time Seriously", American
    Journal of Political Science 42(4), 1260-1288).

    Args:
        frame: State-years or dyad-years, with the event.
        of: Column that is 1 in years with an event and 0 without.
        name: Column to add.

    Examples:
        >>> years = pd.DataFrame({"ccode": 2, "year": range(1900, 1905)})
        >>> add_peace_years(years.assign(war=[0, 0, 1, 0, 0]), "war").peace_years.tolist()
        [0, 1, 2, 0, 1]
    """
    ids = [column for sight in frames.states_of(frame) for column in sight.states]
    ordered = frame.sort_values([*ids, "year"])
    unit = ordered.groupby(ids, sort=False, dropna=False)
    year = ordered["year"].astype("float64")
    event = ordered[of].astype("float64")
    groups = [ordered[column] for column in ids]
    marked = year.where(event == 1)
    last = marked.groupby(groups, dropna=False).ffill().groupby(groups, dropna=False).shift()
    start = unit["year"].transform("min").astype("float64") - 1
    since = year - 1 - last.fillna(start)
    unknown = event.isna().astype(int).groupby(groups, dropna=False).cummax().astype(bool)
    count = since.mask(unknown).astype("Int32")
    return frames.noted(frame.assign(**{name: count.reindex(frame.index)}), frame)


def _by_year(rows: pd.DataFrame, frame: pd.DataFrame, how: dict[str, str]) -> pd.DataFrame:
    """Rows of pairs by pair and year, or by first state and year, as the frame needs."""
    keys = ["ccode1", "ccode2", "year"] if frames.is_dyadic(frame) else ["ccode1", "year"]
    return rows.groupby(keys, as_index=False).agg(how)


def _flag(frame: pd.DataFrame, table: pd.DataFrame, column: str, inside: np.ndarray) -> pd.Series:
    """A flag of a symmetric table; unknown also where a state has no number."""
    states = ["ccode1", "ccode2"] if frames.is_dyadic(frame) else ["ccode"]
    known = inside & frame[states].notna().all(axis=1).to_numpy(dtype=bool)
    return frames.flags(frames.look_up(frame, states, table, [column])[column], known)


def _with(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """An empty frame with the notes of a frame and the rows left out of another."""
    return frames.noted(pd.DataFrame(), frame, dropped=rows.attrs["dropped"])
