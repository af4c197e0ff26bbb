"""What the tables know of a dated case: how strong, how near, how friendly, who promised what.

By the definitions that the joining model is fitted with (`record.calls`, `record.closeness`), so
that a scenario speaks the language of its own parameters. A table that ends before the case gives
its last year; what no table knows is left out, which is not the same as zero.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from foedus.core import states
from foedus.record import calls
from foedus.record.closeness import affinity, closeness
from foedus.record.opportunities import CLOSED_FROM, Disputes, disputes
from foedus.record.pledges import OBLIGATIONS, READ_APART
from foedus.record.read import read

LAST = {"votes": 2019, "organisations": 2014, "portfolio": 2018, "peace": 2020}
"""Last year of each part of closeness."""
_MATERIAL, _MAJORS, _BORDERS, _RIVALS, _WEAPONS = 2022, 2016, 2016, 2020, 2022
_YEARS = 10
"""Years for which past disputes count."""


class Known(NamedTuple):
    """A state on the first day of a case.

    Attributes:
        code: Of the state.
        capability: CINC of the year before.
        personnel: Soldiers of the year before; None where not known.
        capital: Latitude and longitude.
        major: A major power.
        nuclear: Has nuclear weapons.
    """

    code: str
    capability: float
    personnel: float | None
    capital: tuple[float, float] | None
    major: bool
    nuclear: bool


class Between(NamedTuple):
    """What ties a third party to a principal: kind as in a scenario, and number."""

    from_: str
    to: str
    kind: str
    value: float


class Pledged(NamedTuple):
    """A treaty that binds a principal and a third party on the first day.

    Attributes:
        atop: Its number.
        begins: First day of its first member.
        members: Those among the states of the case, with the day each came in.
        kinds: What it promises.
    """

    atop: int
    begins: date
    members: tuple[tuple[str, date], ...]
    kinds: tuple[str, ...]


class Case(NamedTuple):
    """All of it.

    Attributes:
        states: In the order asked for.
        ties: Of third parties with principals.
        treaties: In the order of their numbers.
        mids: Numbers of the disputes in which this very fighting is recorded; no past of it.
    """

    states: tuple[Known, ...]
    ties: tuple[Between, ...]
    treaties: tuple[Pledged, ...]
    mids: tuple[int, ...]


def case(folder: Path, codes: tuple[str, ...], sides: tuple[str, str], start: date) -> Case:
    """What is known of some states before a day.

    Args:
        folder: Of the record.
        codes: Of the states, principals among them.
        sides: Codes of challenger and target; an entity has no ties in any table.
        start: First day of the case.

    Raises:
        ValueError: A code is that of no state on the day.
    """
    number = {code: _number(code, start) for code in codes}
    principals = [code for code in sides if code in number]
    thirds = [code for code in codes if code not in sides]
    own = _own(folder, [number[code] for code in principals], start)
    return Case(
        tuple(_states(folder, number, start)),
        tuple(_ties(folder, number, thirds, principals, start, own)),
        tuple(_treaties(folder, number, thirds, principals, start)),
        own,
    )


def _own(folder: Path, principals: list[int], start: date) -> tuple[int, ...]:
    """Disputes with both principals on opposite sides, under way within a month of the start."""
    spells = read(folder, "gml_part")
    spells = spells[spells.ccode.isin(principals)]
    begins, ends = (
        _days(spells, "styear", "stmon", "stday"),
        _days(spells, "endyear", "endmon", "endday"),
    )
    last = start + timedelta(days=30)
    near = [
        b is not None and b <= last and (e or last) >= start
        for b, e in zip(begins, ends, strict=True)
    ]
    met = (
        spells[near].groupby("dispnum").agg(states=("ccode", "nunique"), sides=("sidea", "nunique"))
    )
    return tuple(int(n) for n in met.index[(met.states == 2) & (met.sides == 2)])


def _number(code: str, start: date) -> int:
    """COW number of a state on a day."""
    found = states.find(code, start).cow
    if found is None:
        raise ValueError(f"expected a state that the Correlates of War count; got {code}")
    return found


# ---- each state by itself


def _states(folder: Path, number: Mapping[str, int], start: date) -> Iterator[Known]:
    year = min(start.year, _MATERIAL + 1)
    rows = pd.DataFrame({"ccode": list(number.values()), "year": year, "month": _month(start)})
    power = calls.capability(folder, rows.ccode, rows.year)
    major = calls.major(folder, _until(rows, _MAJORS))
    soldiers = read(folder, "cow_nmc").query("year == @year - 1 and milper > 0")
    serving = dict(zip(soldiers.ccode, soldiers.milper, strict=True))
    armed = _armed(folder, min(start.year - 1, _WEAPONS))
    for (code, cow), c, m in zip(number.items(), power, major, strict=True):
        people = serving.get(cow)
        yield Known(
            code, float(c), None if people is None else 1000 * float(people),
            _capital(folder, cow, start), bool(m), code in armed,
        )  # fmt: skip


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _capital(folder: Path, cow: int, start: date) -> tuple[float, float] | None:
    """Where the capital lay on a day."""
    spells = read(folder, "cow_capitals").query("ccode == @cow").sort_values("stdate")
    known = spells[[day <= start for day in spells.stdate]]
    if known.empty:
        return None
    last = known.iloc[-1]
    return round(float(last.lat), 2), round(float(last.lng), 2)


def _armed(folder: Path, year: int) -> set[str]:
    """Codes of the states that had nuclear weapons in a year; the table has names."""
    table = read(folder, "nuclear_status").query("year == @year")
    names = set(table.entity[table.nuclear_weapons_possession == 1])
    return {state.code for state in states.states() if state.name in names}


# ---- pairs


def _ties(
    folder: Path,
    number: Mapping[str, int],
    thirds: list[str],
    sides: list[str],
    start: date,
    own: tuple[int, ...],
) -> Iterator[Between]:
    names = [(third, side) for third in thirds for side in sides]
    pairs = pd.DataFrame({
        "ccode": [number[k] for k, _ in names], "o": [number[o] for _, o in names],
        "year": start.year, "month": _month(start),
    })  # fmt: skip
    if pairs.empty:
        return
    found = {
        "contiguity": calls.contiguous(folder, _until(pairs, _BORDERS)),
        "rivalry": calls.rival(folder, pairs.assign(year=pairs.year.clip(upper=_RIVALS))),
    }
    if start.year <= CLOSED_FROM:
        past = _past(disputes(folder, last=min(start.year, CLOSED_FROM - 1)), own)
        found |= dict(zip(("alongside", "against"), calls.fought(past, pairs), strict=True))
    close = _closeness(folder, pairs)
    for i, (third, side) in enumerate(names):
        both = close[[j for j, (k, _) in enumerate(names) if k == third]]
        if len(sides) == 2 and np.isfinite(both).all():
            yield Between(third, side, "affinity", round(float(close[i]), 2))
        for kind, values in found.items():
            if values[i]:
                yield Between(third, side, kind, float(values[i]))


def _past(found: Disputes, own: tuple[int, ...]) -> Disputes:
    """All disputes but this one."""
    without = (table[~table.dispnum.isin(own)] for table in (found.originator, found.joiner))
    return found._replace(**dict(zip(("originator", "joiner"), without, strict=True)))


def _until(pairs: pd.DataFrame, year: int) -> pd.DataFrame:
    """The same pairs, in no month after the last that a table covers."""
    return pairs.assign(month=pairs.month.clip(upper=year * 12 + 10))


def _closeness(folder: Path, pairs: pd.DataFrame) -> np.ndarray:
    """Affinity of each pair in the year before, or in the last year of each of its parts."""
    parts = {}
    for name, last in LAST.items():
        known = pairs.assign(
            year=pairs.year.clip(upper=last + 1), month=pairs.month.clip(upper=last * 12 + 23)
        )
        parts[name] = closeness(folder, known, READ_APART)[name]
    return affinity(parts)


# ---- treaties


def _treaties(
    folder: Path, number: Mapping[str, int], thirds: list[str], sides: list[str], start: date
) -> Iterator[Pledged]:
    table = read(folder, "atop51_member")
    table = table[~table.atopid.isin(READ_APART)]
    begins = [day or date.max for day in _days(table, "yrent", "moent", "dayent")]
    ends = _days(table, "yrexit", "moexit", "dayexit")
    code = {cow: name for name, cow in number.items()}
    inside = [b <= start and (e is None or e > start) for b, e in zip(begins, ends, strict=True)]
    table = table.assign(begin=begins)
    first = table.groupby(["atopid", "member"]).begin.min()
    table = table[inside]
    for atop, rows in table.groupby("atopid"):
        rows = rows.assign(begin=[first[atop, member] for member in rows.member])
        came = {code[m]: b for m, b in zip(rows.member, rows.begin, strict=True) if m in code}
        if not (set(came) & set(sides) and set(came) & set(thirds)):
            continue
        own = rows[rows.member.isin(number.values())]
        kinds = tuple(kind for kind in OBLIGATIONS if (own[kind] == 1).any())
        signed = min(first[atop])
        yield Pledged(int(atop), signed, tuple(sorted(came.items())), kinds)  # pyright: ignore[reportArgumentType]


def _days(table: pd.DataFrame, *names: str) -> list[date | None]:
    """Days from year, month and day; an unknown month or day is the first, no year is none."""
    parts = [pd.to_numeric(table[name]).fillna(0).astype(int) for name in names]
    return [
        date(y, m if 1 <= m <= 12 else 1, d if 1 <= d <= 28 else max(1, min(d, 28)))
        if y > 0
        else None
        for y, m, d in zip(*parts, strict=True)
    ]
