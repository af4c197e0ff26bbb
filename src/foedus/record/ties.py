"""What lies between two states, by year: pledges, borders, distance, rivalry, arms."""

from collections.abc import Collection
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from foedus.record import frames, pledges
from foedus.record.folder import RecordError
from foedus.record.read import read

_PROMISES = ("atop_defense", "atop_offense", "atop_neutral", "atop_nonagg", "atop_consul")
# Mean radius of the Earth (IUGG).
_RADIUS_KM = 6371.0088
# Suppliers and recipients to whom the table gives no number although they have one.
_LEFT_EMPTY = {"Serbia": 345, "Micronesia": 987}
_GERMANY = (260, 1990)


def add_alliances(frame: pd.DataFrame, record: Path, without: Collection[int] = ()) -> pd.DataFrame:
    """Add ATOP pledges: what the first state of a row owes the second.

    Columns are `atop_defense`, `atop_offense`, `atop_neutral`, `atop_nonagg`, `atop_consul`, 1 or
    0; a frame with each pair once gets both directions, `atop_defense_12` (owed by the first) and
    `atop_defense_21`. About one directed pledge in a hundred has no like in the other direction.

    A flag says that some treaty promises something, not when the promise holds: neither place,
    nor named enemy, nor condition is read. The worst case is treaty 4400 (Commonwealth of
    Independent States, 1993), by which Armenia and Azerbaijan, and Russia and both, are allies
    through 2018. `without=(4400,)` leaves out what only the named treaties promise; by default
    all treaties count, as in the data set.

    Args:
        frame: Dyad-years with COW codes.
        record: Folder with the tables.
        without: Numbers of treaties (`atopid`) whose pledges do not count.

    Returns:
        The frame with those columns: 0 in 1815-2018 where no pledge is listed, NA elsewhere.

    Raises:
        RecordError: The frame is not of pairs.
    """
    _need_pairs(frame, "add_alliances")
    table = pledges.listed(record, without)
    names = ["atop_alliance", *(["atop51_member"] if without else [])]
    inside = frames.covered(frame, "atop_alliance") & _known(frame)
    new: dict[str, pd.Series] = {}
    for sight in frames.directions_of(frame):
        found = frames.look_up(frame, sight.states, table, _PROMISES)
        new |= {f"{name}{sight.suffix}": frames.flags(found[name], inside) for name in _PROMISES}
    return frames.noted(frame.assign(**new), frame, names)


def add_contiguity(frame: pd.DataFrame, record: Path) -> pd.DataFrame:
    """Add `contiguity`: the closest on any day of the year.

    1 a common border on land; 2 to 5 up to 12, 24, 150 and 400 miles of water; 0 farther apart.
    For states, `land_neighbours` and `sea_neighbours` count.

    Args:
        frame: State-years or dyad-years with COW codes.
        record: Folder with the tables.
    """
    spells = read(record, "cow_contdir")
    spells = spells[spells["conttype"].between(1, 5)]
    dated = spells.assign(
        styear=frames.years_of(spells["stdate"]), endyear=frames.years_of(spells["enddate"])
    )
    years = frames.spell_years(dated, "styear", "endyear", 1816, 2016)
    keys = ["ccode1", "ccode2", "year"]
    table = years.groupby(keys, as_index=False).agg(conttype=("conttype", "min"))
    inside = frames.covered(frame, "cow_contdir") & _known(frame)
    if frames.is_dyadic(frame):
        found = frames.look_up(frame, keys[:2], table, ["conttype"])["conttype"]
        new = {"contiguity": frames.flags(found, inside)}
    else:
        new = {
            name: frames.flags(_count(frame, table[kind], "ccode1"), inside)
            for name, kind in (
                ("land_neighbours", table["conttype"] == 1),
                ("sea_neighbours", table["conttype"] > 1),
            )
        }
    return frames.noted(frame.assign(**new), frame, ["cow_contdir"])


def add_distance(frame: pd.DataFrame, record: Path) -> pd.DataFrame:
    """Add `mindist_km`, between borders (1886-2019), and `capdist_km`, between capitals.

    The latter is the great circle between the capitals at the beginning of the year, or at the
    state's first day in it.

    Args:
        frame: Dyad-years with COW codes.
        record: Folder with the tables.

    Raises:
        RecordError: The frame is not of pairs.
    """
    _need_pairs(frame, "add_distance")
    borders = read(record, "cow_mindist")
    ordered = frame[["year"]].assign(
        low=frame[["ccode1", "ccode2"]].min(axis=1), high=frame[["ccode1", "ccode2"]].max(axis=1)
    )
    found = frames.look_up(ordered, ["low", "high"], borders, ["mindist"])["mindist"]
    capitals = _capitals(read(record, "cow_capitals"))
    here, there = (
        frames.look_up(frame, [state], capitals, ["lat", "lng"]) for state in ("ccode1", "ccode2")
    )
    between = great_circle_km(here["lat"], here["lng"], there["lat"], there["lng"])
    new = {"mindist_km": found, "capdist_km": between}
    return frames.noted(frame.assign(**new), frame, ["cow_mindist", "cow_capitals"])


def great_circle_km(
    lat1: pd.Series, lng1: pd.Series, lat2: pd.Series, lng2: pd.Series
) -> pd.Series:
    """Distance on a sphere, by the haversine formula.

    Args:
        lat1: Degrees north.
        lng1: Degrees east.
        lat2: Degrees north, of the other place.
        lng2: Degrees east, of the other place.

    Examples:
        >>> zero, ninety = pd.Series([0.0]), pd.Series([90.0])
        >>> round(float(great_circle_km(zero, zero, ninety, zero)[0]))
        10008
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half = np.sin((phi2 - phi1) / 2) ** 2
    turn = np.sin(np.radians(lng2 - lng1) / 2) ** 2
    chord = np.sqrt((half + np.cos(phi1) * np.cos(phi2) * turn).clip(0, 1))
    return pd.Series(2 * _RADIUS_KM * np.arcsin(chord), lat1.index)


def add_rivalries(
    frame: pd.DataFrame, record: Path, source: Literal["tss", "td"] = "tss"
) -> pd.DataFrame:
    """Add `rivalry`, 1 where the pair were strategic rivals in the year, else 0.

    With "tss" also by what it is about: `rivalry_spatial`, `rivalry_positional`,
    `rivalry_ideological`, `rivalry_interventionary`. For states, `rivals` counts.

    Args:
        frame: State-years or dyad-years with COW codes.
        record: Folder with the tables.
        source: "tss", Thompson, Sakuwa & Suhas 2021, or "td", Thompson & Dreyer 2012.
    """
    name = f"{source}_rivalries"
    start, end = ("start", "end") if source == "tss" else ("styear", "endyear")
    kinds = ["spatial", "positional", "ideological", "interventionary"] if source == "tss" else []
    spells = read(record, name).assign(rivalry=1)
    years = frames.spell_years(spells, start, end, 1494, 2020).fillna({kind: 0 for kind in kinds})
    columns = ["rivalry", *kinds]
    table = years.groupby(["ccode1", "ccode2", "year"], as_index=False)[columns].max()
    table = _both_ways(table)
    inside = frames.covered(frame, name) & _known(frame)
    if frames.is_dyadic(frame):
        found = frames.look_up(frame, ["ccode1", "ccode2"], table, columns)
        called = {kind: f"rivalry_{kind}" for kind in kinds} | {"rivalry": "rivalry"}
        new = {called[column]: frames.flags(found[column], inside) for column in columns}
    else:
        new = {"rivals": frames.flags(_count(frame, table, "ccode1"), inside)}
    return frames.noted(frame.assign(**new), frame, [name])


def add_arms(frame: pd.DataFrame, record: Path) -> pd.DataFrame:
    """Add `arms_tiv`: SIPRI trend-indicator value, in millions, of what the first state supplied.

    A frame with each pair once gets `arms_tiv_12` and `arms_tiv_21`; states get `arms_supplied`
    and `arms_received`. A pair-year that is not listed is 0 in 1950-2021, as is a listed transfer
    below half a million. Left out are armed groups (names that end in an asterisk, which the
    table files under a state), organisations and unknown parties. A table without West Germany
    says nothing of it, so its rows are NA.

    Args:
        frame: State-years or dyad-years with COW codes.
        record: Folder with the tables.
    """
    listed = read(record, "sipri_tiv")
    table, apart = _transfers(listed)
    inside = frames.covered(frame, "sipri_tiv") & _known(frame) & ~_silent(frame, table)
    new: dict[str, pd.Series] = {}
    if frames.is_dyadic(frame):
        for sight in frames.directions_of(frame):
            found = frames.look_up(frame, sight.states, table, ["tiv"])["tiv"]
            new[f"arms_tiv{sight.suffix}"] = frames.flags(found, inside)
    else:
        for name, side in (("arms_supplied", "ccode1"), ("arms_received", "ccode2")):
            sums = table.groupby([side, "year"], as_index=False).agg(tiv=("tiv", "sum"))
            found = frames.look_up(frame, ["ccode"], sums, ["tiv"])["tiv"]
            new[name] = frames.flags(found, inside)
    return frames.noted(frame.assign(**new), frame, ["sipri_tiv"], apart)


def add_arms_races(frame: pd.DataFrame, record: Path) -> pd.DataFrame:
    """Add `arms_race`, 1 where the pair were in an arms race in the year, else 0.

    Args:
        frame: Dyad-years with COW codes.
        record: Folder with the tables.

    Raises:
        RecordError: The frame is not of pairs.
    """
    _need_pairs(frame, "add_arms_races")
    spells = read(record, "grh_arms_races").assign(arms_race=1)
    years = frames.spell_years(spells, "styear", "endyear", 1816, 2020)
    keys = ["ccode1", "ccode2", "year"]
    table = _both_ways(years[[*keys, "arms_race"]].drop_duplicates(keys))
    found = frames.look_up(frame, keys[:2], table, ["arms_race"])["arms_race"]
    inside = frames.covered(frame, "grh_arms_races") & _known(frame)
    new = frames.flags(found, inside)
    return frames.noted(frame.assign(arms_race=new), frame, ["grh_arms_races"])


def _need_pairs(frame: pd.DataFrame, function: str) -> None:
    """Refuse a frame of states."""
    if not frames.is_dyadic(frame):
        raise RecordError(f"{function}: expected pairs (ccode1, ccode2, year); got states")


def _known(frame: pd.DataFrame) -> np.ndarray:
    """Rows whose states all have a number."""
    states = [name for sight in frames.states_of(frame) for name in sight.states]
    return frame[states].notna().all(axis=1).to_numpy(dtype=bool)


def _both_ways(table: pd.DataFrame) -> pd.DataFrame:
    """A symmetric table that lists pairs once, or now and then twice, with both directions."""
    turned = table.rename(columns={"ccode1": "ccode2", "ccode2": "ccode1"})
    both = pd.concat([table, turned[table.columns]], ignore_index=True)
    return both.groupby(["ccode1", "ccode2", "year"], as_index=False).max()


def _count(frame: pd.DataFrame, table: pd.DataFrame, state: str) -> pd.Series:
    """How many rows of a directed table each state-year has."""
    counts = table.groupby([state, "year"], as_index=False).agg(n=("ccode2", "size"))
    return frames.look_up(frame, ["ccode"], counts, ["n"])["n"]


def _capitals(spells: pd.DataFrame) -> pd.DataFrame:
    """The capital of each state and year: the first of the year."""
    dated = spells.assign(
        styear=frames.years_of(spells["stdate"]), endyear=frames.years_of(spells["enddate"])
    )
    years = frames.spell_years(dated, "styear", "endyear", 1816, 2024)
    ordered = years.sort_values(["ccode", "year", "styear"], kind="stable")
    return ordered.drop_duplicates(["ccode", "year"])[["ccode", "year", "lat", "lng"]]


def _transfers(listed: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Value by supplying state, receiving state and year; and what was left out."""
    table = listed.rename(columns={"supplier_cown": "ccode1", "recipient_cown": "ccode2"})
    for side, code in (("supplier", "ccode1"), ("recipient", "ccode2")):
        table[code] = table[code].fillna(table[side].map(_LEFT_EMPTY))
    groups = table["supplier"].str.endswith("*") | table["recipient"].str.endswith("*")
    groups = groups.fillna(False).to_numpy(dtype=bool)
    unknown = table[["ccode1", "ccode2"]].isna().any(axis=1).to_numpy() & ~groups
    kept = table[~groups & ~unknown].astype({"ccode1": "Int32", "ccode2": "Int32"})
    sums = kept.groupby(["ccode1", "ccode2", "year"], as_index=False).agg(tiv=("tiv", "sum"))
    return sums, {
        "arms transfers to or from armed groups and organisations": int(groups.sum()),
        "arms transfers to or from parties without a COW number": int(unknown.sum()),
    }


def _silent(frame: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    """Rows of West Germany, if the table does not know it."""
    code, last = _GERMANY
    early = table[table["year"] <= last]
    if early["ccode1"].eq(code).any() or early["ccode2"].eq(code).any():
        return np.zeros(len(frame), dtype=bool)
    states = [name for sight in frames.states_of(frame) for name in sight.states]
    named = frame[states].eq(code).fillna(False).any(axis=1)
    return (named & (frame["year"] <= last)).to_numpy(dtype=bool)
