"""Fighting that might have begun: each relevant pair of each year as a dispute that never was.

A row is what `record.calls` would make of it, from the same functions, so that a score reads what
the fit has read. Ties of k to o depend on the two and the year, not on who fights whom: they are
looked up once for each ordered pair of members and then spread over the rows.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from foedus.record import calls, catalogue
from foedus.record.closeness import affinity, closeness
from foedus.record.opportunities import CLOSED_FROM, WAR, disputes, months
from foedus.record.pledges import READ_APART
from foedus.record.read import read

TABLES = (
    "atop_alliance", "cow_capitals", "cow_contdir", "cow_igo_ndy", "cow_igo_sy", "cow_majors",
    "cow_nmc", "cow_states", "democracy_cow", "gml_mid_disps", "gml_part", "peace_scale_spells",
    "td_rivalries", "tss_rivalries", "unga_idealpoints",
)  # fmt: skip
"""What a score rests on, beside the fit."""
SPAN = 25
"""Years whose ties are looked up at once."""
LARGEST = 9_999
"""Disputes of a year that `fit.crises` can tell apart."""
_FLAGS = (*calls.PLEDGES, "contiguous", "rival")
_NUMBERS = ("alongside", "against", "distance", "affinity")


class Year(NamedTuple):
    """One year: who was there, and how each stood to each.

    Attributes:
        year: Calendar year.
        state: COW codes of the members, in order [state].
        first: Month of the year in which each was a member first [state].
        last: The same, last [state].
        major: Major power [state].
        cinc: Share of capabilities, the year before; NaN where not known [state].
        ties: By name, of k to o [state, state].
        pair: Members, by index, of each politically relevant pair; the smaller code first
            [pair, 2].
    """

    year: int
    state: np.ndarray
    first: np.ndarray
    last: np.ndarray
    major: np.ndarray
    cinc: np.ndarray
    ties: dict[str, np.ndarray]
    pair: np.ndarray


def years(record: Path, pairs: pd.DataFrame, wanted: Collection[int]) -> Iterator[Year]:
    """The years that are wanted, in order.

    Args:
        record: Folder with the tables.
        pairs: Politically relevant pairs of each year, each pair once (`panel.dyad_years`).
        wanted: Years; the others are passed over.
    """
    rest = sorted(wanted)
    while rest:
        some = [year for year in rest if year < rest[0] + SPAN]
        yield from _span(record, some, pairs[pairs.year.isin(some)])
        rest = rest[len(some) :]


def history_to(year: int) -> int:
    """Last year of disputes that are known as a year begins; those after 2010 stay closed.

    Examples:
        >>> history_to(1914), history_to(2014)
        (1913, 2010)
    """
    return min(year, CLOSED_FROM) - 1


def _span(record: Path, some: list[int], pairs: pd.DataFrame) -> Iterator[Year]:
    """Years whose ties are looked up at once."""
    there = _members(record, some)
    both = there.merge(there.rename(columns={"ccode": "o", "first": "first_o"}), on="year")
    both = both[both.ccode != both.o]
    both["month"] = both[["first", "first_o"]].max(axis=1)
    both = both[["ccode", "o", "year", "month"]].reset_index(drop=True)
    ties = _ties(record, both)
    rows = there.rename(columns={"first": "month"})
    there["major"] = calls.major(record, rows)
    there["cinc"] = calls.capability(record, rows.ccode, rows.year)
    for year in some:
        yield _year(year, *(t[(t.year == year).to_numpy()] for t in (there, ties, pairs)))


def _members(record: Path, some: list[int]) -> pd.DataFrame:
    """Members of each year, with the first and the last month; spells in a year count as one."""
    spells = read(record, "cow_states")
    begin = months(spells.styear, spells.stmonth)
    end = months(spells.endyear, spells.endmonth)
    end = end.mask(
        spells.endyear >= catalogue.describe("cow_states").years[1], np.iinfo("int64").max
    )
    parts = []
    for year in some:
        inside = (begin <= year * 12 + 11) & (end >= year * 12)
        parts.append(
            pd.DataFrame({
                "ccode": spells.ccode[inside].astype("int64"),
                "year": year,
                "first": begin[inside].clip(lower=year * 12),
                "last": end[inside].clip(upper=year * 12 + 11),
            })
        )  # fmt: skip
    found = pd.concat(parts).groupby(["year", "ccode"], as_index=False)
    return found.agg({"first": "min", "last": "max"})


def _ties(record: Path, both: pd.DataFrame) -> pd.DataFrame:
    """What `record.calls` says of each ordered pair."""
    alongside, against = calls.fought(disputes(record), both)
    found = calls.pledges(record, both, without=READ_APART) | {
        "contiguous": calls.contiguous(record, both),
        "rival": calls.rival(record, both),
        "alongside": alongside,
        "against": against,
        "distance": calls.distance(record, both),
        "affinity": affinity(closeness(record, both, READ_APART)),
    }
    numbers = {name: np.asarray(found[name], np.float32) for name in _NUMBERS}
    return both.assign(**found | numbers)


def _year(year: int, there: pd.DataFrame, ties: pd.DataFrame, pairs: pd.DataFrame) -> Year:
    state = there.ccode.to_numpy()
    at = (np.searchsorted(state, ties.ccode), np.searchsorted(state, ties.o))
    square = {}
    for name in (*_FLAGS, *_NUMBERS):
        values = ties[name].to_numpy()
        square[name] = np.zeros((len(state), len(state)), values.dtype)
        square[name][at] = values
    pair = np.searchsorted(state, pairs[["ccode1", "ccode2"]].to_numpy("int64"))
    first, last, major, cinc = (
        there[name].to_numpy() for name in ("first", "last", "major", "cinc")
    )
    return Year(year, state, first, last, major, cinc, square, pair)


def third_parties(year: Year) -> tuple[np.ndarray, np.ndarray]:
    """Pair and state, by index, of each row: third parties that were relevant to a pair.

    A major power, a state contiguous to one of the two by land or at most 400 miles of water, or
    one with a pledge of any kind to one of them; a member in the month in which both first were.
    """
    i, j = year.pair.T
    pledged = np.any([year.ties[kind] for kind in calls.PLEDGES], axis=0)
    near = year.ties["contiguous"] | pledged | year.major[:, None]
    month = np.maximum(year.first[i], year.first[j])
    inside = (year.first[:, None] <= month) & (month <= year.last[:, None])
    kept = (near[:, i] | near[:, j]) & inside
    every = np.arange(len(i))
    kept[i, every] = kept[j, every] = False
    pair, k = np.nonzero(kept.T)
    return pair, k


def table(year: Year, pair: np.ndarray, k: np.ndarray, target: int) -> pd.DataFrame:
    """Rows as `record.calls.table` makes them; side B is the target.

    Args:
        year: From `years`.
        pair: Of each row, from `third_parties`.
        k: Third party of each row.
        target: Which of a pair is attacked, 0 or 1.

    Returns:
        What `fit.crises` reads; pairs are numbered by how many third parties they have, so that
        those of about one size are computed together.

    Raises:
        ValueError: More pairs than can be told apart.
    """
    if len(year.pair) > LARGEST:
        raise ValueError(f"expected at most {LARGEST} pairs a year; got {len(year.pair)}")
    sides = {"b": year.pair[pair, target], "a": year.pair[pair, 1 - target]}
    rows = {
        "dispnum": _numbers(np.bincount(pair, minlength=len(year.pair)))[pair],
        "ccode": year.state[k],
        "styear": np.full(len(k), year.year),
        "month": np.full(len(k), year.year * 12),
        "host": np.full(len(k), WAR),
        "held_back": np.zeros(len(k), bool),
        "joined": np.zeros(len(k), int),
        "major": year.major[k],
        "cinc": year.cinc[k],
    }
    for letter, o in sides.items():
        rows |= {f"{name}_{letter}": tie[k, o] for name, tie in year.ties.items()}
    return pd.DataFrame(rows)


def _numbers(sizes: np.ndarray) -> np.ndarray:
    """Numbers from 1 on, in order of size."""
    number = np.empty(len(sizes), int)
    number[np.argsort(sizes, kind="stable")] = np.arange(1, len(sizes) + 1)
    return number
