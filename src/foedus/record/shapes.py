"""Tables that their publishers lay out otherwise: wide, in several files, or with lists in cells.

Each function takes the files of one table as frames of text, and their paths, and gives one frame
with the rows and columns of the record; `publishers` then turns text into numbers.
"""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from foedus.core import states
from foedus.record import checks
from foedus.record.folder import RecordError

Shape = Callable[[list[pd.DataFrame], list[Path]], pd.DataFrame]


def contdir(parts: list[pd.DataFrame], paths: list[Path]) -> pd.DataFrame:
    """COW contiguity: each spell once, months as yyyymm; here both directions, months as days.

    Examples:
        >>> spell = {"ccode1": [2], "ccode2": [20], "conttype": [1]}
        >>> months = {"begin": ["192001"], "end": ["201612"]}
        >>> contdir([pd.DataFrame(spell | months)], [Path("contdir.csv")])[["ccode1", "stdate"]]
           ccode1      stdate
        0       2  1920-01-01
        1      20  1920-01-01
    """
    frame = parts[0]
    checks.columns(frame, ["ccode1", "ccode2", "conttype", "begin", "end"], paths[0])
    once = frame[["ccode1", "ccode2", "conttype"]].assign(
        stdate=_month(frame["begin"]), enddate=_month(frame["end"])
    )
    turned = once.rename(columns={"ccode1": "ccode2", "ccode2": "ccode1"})
    return pd.concat([once, turned], ignore_index=True)


def ucdp_acd(parts: list[pd.DataFrame], paths: list[Path]) -> pd.DataFrame:
    """UCDP/PRIO conflicts: lists of states in a cell; here one row for each combination."""
    frame = parts[0]
    sides = ["gwno_a", "gwno_a_2nd", "gwno_b", "gwno_b_2nd"]
    checks.columns(frame, [*sides, "incompatibility", "type_of_conflict"], paths[0])
    for side in sides:
        listed = frame[side].astype("string").str.split(r"\s*,\s*", regex=True)
        frame = frame.assign(**{side: listed}).explode(side)
    issue = {"1": "territory", "2": "government", "3": "both"}
    kind = {"1": "extrasystemic", "2": "interstate", "3": "intrastate", "4": "II"}
    named = frame.assign(
        incompatibility=frame["incompatibility"].replace(issue),
        type_of_conflict=frame["type_of_conflict"].replace(kind),
    )
    return named.reset_index(drop=True)


def sipri_tiv(parts: list[pd.DataFrame], paths: list[Path]) -> pd.DataFrame:
    """SIPRI exports: one file a supplier, a column a year; here one row for each transfer.

    The files start with remarks, the first of which names the supplier, and their rows are of
    unequal length; so they are read here, and `parts` is empty.
    """
    del parts
    table = pd.DataFrame(
        [row for path in paths for row in _exports(path)],
        columns=["supplier", "recipient", "year", "tiv"],
    )
    for side in ("supplier", "recipient"):
        pairs = zip(table[side], table["year"], strict=True)
        table[f"{side}_cown"] = pd.array([_number(*pair) for pair in pairs], dtype="Int32")
    return table


def _exports(path: Path) -> Iterator[tuple[str, str, int, str]]:
    """Supplier, recipient, year and value of the transfers in one file."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        rows = list(csv.reader(lines))
    named = re.search(r"exports from (.+), \d{4}-\d{4}", rows[0][0] if rows and rows[0] else "")
    if not named:
        raise RecordError(
            f"{path}, row 1: expected 'TIV of arms exports from ...'; got no such line"
        )
    years: list[str] = []
    for recipient, *cells in filter(None, rows):
        if cells[:1] and re.fullmatch(r"\d{4}", cells[0]):
            years = [cell for cell in cells if re.fullmatch(r"\d{4}", cell)]
        elif years and recipient not in ("", "Total"):
            filled = zip(years, cells, strict=False)
            yield from ((named[1], recipient, int(y), tiv) for y, tiv in filled if tiv)


# Names of SIPRI that differ from those of `core.states`.
_CALLED = {
    "Bosnia-Herzegovina": "BIH",
    "Cabo Verde": "CPV",
    "Congo": "COG",
    "Cote d'Ivoire": "CIV",
    "Czechia": "CZE",
    "DR Congo": "COD",
    "East Germany (GDR)": "DDR",
    "Saint Vincent": "VCT",
    "Timor-Leste": "TLS",
    "UAE": "ARE",
    "Viet Nam": "VNM",
    "Yemen Arab Republic": "YEM",
    "eSwatini": "SWZ",
}


@cache
def _number(name: str, year: int) -> int | None:
    """COW number of a state in a year, by its name; None for all who are no members."""
    for day in (date(year, 12, 31), date(year, 1, 1)):
        try:
            return states.find(_CALLED.get(name, name), day).cow
        except ValueError:
            continue
    return None


def democracy(parts: list[pd.DataFrame], paths: list[Path]) -> pd.DataFrame:
    """Polity5 and V-Dem, either or both: here one row a state and year, with the codes of COW."""
    table: pd.DataFrame | None = None
    for part, path in zip(parts, paths, strict=True):
        one = _vdem(part, path) if "v2x_polyarchy" in part else _polity(part, path)
        keys = ["ccode", "year"]
        table = one if table is None else table.merge(one, "outer", keys, validate="1:1")
    assert table is not None
    return table.reindex(columns=["ccode", "year", "euds", "aeuds", "polity2", "v2x_polyarchy"])


# Numbers of Polity that are not those of COW: the Soviet Union, Ethiopia after 1993, Vietnam,
# Pakistan before 1972, Sudan and South Sudan after 2011, Sardinia, Serbia under three names,
# Montenegro and Kosovo.
_OF_POLITY = {
    364: 365,
    529: 530,
    818: 816,
    769: 770,
    626: 625,
    525: 626,
    324: 325,
    342: 345,
    347: 345,
    348: 341,
    341: 347,
}


def _polity(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Polity2 by state and year; where two Polity states are one of COW, the one that is known."""
    checks.columns(frame, ["ccode", "year", "polity2"], path)
    numbers = frame[["ccode", "year", "polity2"]].apply(pd.to_numeric, errors="coerce")
    numbers["ccode"] = numbers["ccode"].replace(_OF_POLITY)
    known = numbers.dropna(subset=["ccode", "year"]).sort_values("polity2", na_position="last")
    return known.drop_duplicates(["ccode", "year"]).sort_values(["ccode", "year"])


def _vdem(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Polyarchy by state and year; V-Dem counts North Yemen as Yemen, and COW does not."""
    checks.columns(frame, ["cowcode", "year", "v2x_polyarchy"], path)
    numbers = frame[["cowcode", "year", "v2x_polyarchy"]].apply(pd.to_numeric, errors="coerce")
    table = numbers.rename(columns={"cowcode": "ccode"}).dropna(subset=["ccode", "year"])
    north = (table["ccode"] == 679) & (table["year"] < 1990)
    table["ccode"] = table["ccode"].mask(north, 678)
    known = table.sort_values("v2x_polyarchy", na_position="last")
    return known.drop_duplicates(["ccode", "year"]).sort_values(["ccode", "year"])


def _month(values: pd.Series) -> pd.Series:
    """Months written yyyymm, as their first day."""
    return pd.to_datetime(values.astype("string").str.slice(0, 6), format="%Y%m").dt.date


SHAPES: dict[str, Shape] = {
    "contdir": contdir,
    "ucdp_acd": ucdp_acd,
    "sipri_tiv": sipri_tiv,
    "democracy": democracy,
}
