"""Inter-state wars, one row each, and when others came in (COW wars v4.0, NMC).

Traps. `side` names no role (the winner is side 1): the challenger is the side of those that COW
codes as initiators. Some states fought on both sides, or in two spells: each counts once a side.
Five wars had truces, which count neither for length nor for delay. The war over Nagorno-Karabakh
is left out of every table here.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from foedus.core.kinds import Era
from foedus.record.folder import RecordError
from foedus.record.frames import noted
from foedus.record.read import read

KARABAKH = 216
WORLD_WARS = (106, 139)
TRANSFORMED_WON = (189, 225, 227)
"""Coded as transformed into another war, though the initiator had changed the target's regime."""

_PEOPLE, _POWER, _ROLES = "cow_war_inter_participants", "cow_nmc", "cow_war_dyadic"
_JOINED = {2, 4}  # came in on the initiators' side, on the targets'
_NEVER = f"participants of COW war {KARABAKH}, which is in no fit"
_DATES = ("start_date", "end_date", "start_date2", "end_date2")
_DAY = pd.Timedelta(days=1)
_FIRST_WEEK = pd.Timedelta(days=7)


def wars(folder: Path) -> pd.DataFrame:
    """Inter-state wars from the challenger's point of view.

    Args:
        folder: Where the tables of the record lie.

    Returns:
        One row per war, by COW number: `name`; `start`, `end`; `year` and `era` of its first day;
        `days` of fighting (first entry to last exit, truces taken out) and `span` (with them);
        `states` that fought; `outcome` for the challenger, "won", "lost" or "other", and COW's
        own `code`; `log_ratio` of challenger's to target's CINC in the first year, over all
        states that ever fought on a side, and `log_ratio_first` over those of the first week;
        deaths and `personnel` of each side, soldiers under arms in the first year of all that
        fought on it (missing where unknown); `world_war`; `changed_sides`, states that did;
        `transformed_won`, see `TRANSFORMED_WON`.

    Raises:
        RecordError: A table cannot be read, or a war has no initiator.
    """
    people, left_out = _people(folder)
    power = read(folder, _POWER).set_index(["ccode", "year"])[["cinc", "milper"]].astype(float)
    rows = {number: _war(rows, power) for number, rows in people.groupby("warnum")}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("war")
    return noted(table, sources=(_PEOPLE, _POWER), dropped={_NEVER: left_out})


def entries(folder: Path) -> pd.DataFrame:
    """States that came into a war that others had begun, or are coded as joiners.

    Args:
        folder: Where the tables of the record lie.

    Returns:
        One row per war and state: `name`, `year`, `era`; `delay`, days of fighting from the first
        shot to the state's own first day; `war_days`, those of the whole war; `for_challenger`;
        `joiner`, coded as one in the dyadic table (missing where that table lacks state or war);
        `began`, on the first day and either an initiator or alone on its side, so no joiner
        whatever its code; `world_war`.
    """
    people, left_out = _people(folder)
    people = people.sort_values("start_date", kind="stable")
    first = people.drop_duplicates(["warnum", "ccode"])
    joiners = _joiners(folder)
    parts = [
        _entries(first[first.warnum == number], rows, joiners)
        for number, rows in people.groupby("warnum")
    ]
    table = pd.concat(parts, ignore_index=True)
    return noted(table, sources=(_PEOPLE, _ROLES), dropped={_NEVER: left_out})


def _people(folder: Path) -> tuple[pd.DataFrame, int]:
    """Participants with dates, without the war that is never used, and how many that were."""
    people = read(folder, _PEOPLE)
    people = people.assign(**{name: pd.to_datetime(people[name]) for name in _DATES})
    out = people.warnum == KARABAKH
    return people[~out], int(out.sum())


def _war(rows: pd.DataFrame, power: pd.DataFrame) -> dict:
    """One war."""
    spells = _spells(rows)
    start, end = spells[0][0], spells[-1][1]
    challenger = _challenger(rows)
    began = rows[(rows.side == challenger) & (rows.initiator == 1)]
    code = int(began.outcome.iloc[0])
    soon = rows[rows.start_date <= start + _FIRST_WEEK]
    of = {"challenger": challenger, "target": 3 - challenger}
    sums = {role: _sums(rows[rows.side == side], start.year, power) for role, side in of.items()}
    first = {role: _sums(soon[soon.side == side], start.year, power) for role, side in of.items()}
    return {
        "name": rows.warname.iloc[0],
        "start": start,
        "end": end,
        "year": start.year,
        "era": int(Era.of(start.year)),
        "days": _length(spells),
        "span": (end - start).days + 1,
        "states": rows.ccode.nunique(),
        "outcome": {1: "won", 2: "lost"}.get(code, "other"),
        "code": code,
        "log_ratio": _log_ratio(sums),
        "log_ratio_first": _log_ratio(first),
        **{f"{role}_{what}": sums[role][what] for what in ("deaths", "personnel") for role in of},
        "world_war": rows.warnum.iloc[0] in WORLD_WARS,
        "changed_sides": int((rows.groupby("ccode").side.nunique() > 1).sum()),
        "transformed_won": rows.warnum.iloc[0] in TRANSFORMED_WON,
    }


def _spells(rows: pd.DataFrame) -> list[list[pd.Timestamp]]:
    """Times of fighting, [first day, last day], in which somebody fought without a break."""
    pairs = [
        (start, end)
        for suffix in ("", "2")
        for start, end in zip(rows[f"start_date{suffix}"], rows[f"end_date{suffix}"], strict=True)
        if pd.notna(start)
    ]
    spells: list[list[pd.Timestamp]] = []
    for start, end in sorted(pairs):
        if spells and start <= spells[-1][1] + _DAY:
            spells[-1][1] = max(spells[-1][1], end)
        else:
            spells.append([start, end])
    return spells


def _length(spells: list[list[pd.Timestamp]], until: pd.Timestamp | None = None) -> int:
    """Days of fighting, of those before `until` if that is given."""
    days = 0
    for start, end in spells:
        last = end + _DAY if until is None else min(end + _DAY, until)
        days += max((last - start).days, 0)
    return days


def _challenger(rows: pd.DataFrame) -> int:
    """COW's number for the side of most initiators."""
    sides = rows[rows.initiator == 1].side
    if sides.empty:
        raise RecordError(
            f"{_PEOPLE}: war {rows.warnum.iloc[0]}, column initiator: "
            "expected an initiator (1); got none"
        )
    return int(sides.mode().iloc[0])


def _sums(side: pd.DataFrame, year: int, power: pd.DataFrame) -> dict[str, float]:
    """Power and deaths of a side; each state's power once, in the first year of the war."""
    keys = pd.MultiIndex.from_product([side.ccode.unique(), [year]])
    known = power.reindex(keys).sum(min_count=1)
    deaths = side.batdeath[side.batdeath >= 0].sum(min_count=1)
    soldiers = known.milper * 1000
    return {
        "cinc": known.cinc,
        "personnel": soldiers if soldiers > 0 else np.nan,
        "deaths": np.nan if pd.isna(deaths) else float(deaths),
    }


def _log_ratio(sums: dict[str, dict[str, float]]) -> float:
    """Log CINC ratio of the sides, missing where one side's is unknown or nothing."""
    ours, theirs = sums["challenger"]["cinc"], sums["target"]["cinc"]
    return float(np.log(ours / theirs)) if ours > 0 and theirs > 0 else np.nan


def _joiners(folder: Path) -> pd.Series:
    """Whether the dyadic table has a state join a war, by war and state, in its first role."""
    pairs = read(folder, _ROLES)
    roles = pd.concat(
        [
            pairs[["warnum", f"state{x}", f"warole{x}"]].set_axis(["war", "state", "role"], axis=1)
            for x in "ab"
        ]
    )
    return roles.drop_duplicates(["war", "state"]).set_index(["war", "state"]).role.isin(_JOINED)


def _entries(first: pd.DataFrame, rows: pd.DataFrame, joiners: pd.Series) -> pd.DataFrame:
    """Later entrants and coded joiners of one war."""
    spells, challenger = _spells(rows), _challenger(rows)
    number = int(rows.warnum.iloc[0])
    days = [_length(spells, until=pd.Timestamp(day)) for day in first.start_date]
    delay = pd.Series(days, index=first.index)
    at_once = first[delay == 0]
    alone = at_once.side.map(at_once.side.value_counts() == 1).reindex(
        first.index, fill_value=False
    )
    keys = pd.MultiIndex.from_product([[number], first.ccode])
    joiner = joiners.reindex(keys).set_axis(first.index).astype("boolean")
    table = pd.DataFrame(
        {
            "war": number,
            "state": first.ccode,
            "name": first.warname,
            "year": spells[0][0].year,
            "era": int(Era.of(spells[0][0].year)),
            "delay": delay,
            "war_days": _length(spells),
            "for_challenger": first.side == challenger,
            "joiner": joiner,
            "began": (delay == 0) & ((first.initiator == 1) | alone.astype(bool)),
            "world_war": number in WORLD_WARS,
        }
    )
    return table[(delay > 0) | joiner.fillna(False)]
