"""How long fighting stays stopped between states, and how long pacts keep all their members.

Both are told from the record to its end, so that what had not ended by then is censored; nothing
of Armenia and Azerbaijan past 1993 is in them.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from foedus.record.opportunities import FORCE, SHARED
from foedus.record.read import read
from foedus.record.treaties import LAST, Table, memberships

ORIGINATORS = (1, 3)
"""Roles in the dyadic table of wars: states that were in a war from its beginning."""
TOLD = pd.Timestamp("2010-12-31")
"""Last day of the disputes of Gibler, Miller and Little."""
FOLLOWED = 10
"""Years for which a pact is followed from the first day of a decade."""
_PAIR = ["a", "b"]
_SECONDS = "datetime64[s]"


def survival(days: np.ndarray, ended: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Share that lasts longer than so many days, by the estimate of Kaplan and Meier (1958).

    Args:
        days: Until the end, or until it was last seen, [case].
        ended: Whether it ended then, [case].
        at: Days to tell it of.

    Examples:
        >>> survival(np.array([5, 8, 9]), np.array([True, False, True]), np.array([4, 5, 9]))
        array([1.        , 0.66666667, 0.        ])
    """
    times = np.unique(days[ended])
    risk = (days[:, None] >= times).sum(0)
    ends = (days[ended][:, None] == times).sum(0)
    left = np.append(1.0, np.cumprod(1 - ends / risk))
    return left[np.searchsorted(times, at, "right")]


def truces(folder: Path) -> Table:
    """One row for each time that fighting between two states that began a war stopped.

    It stops with the last day of a spell of war on which both fought, and begins again with their
    next spell, or their next dispute in which force was used and one of them had dead. Disputes
    begin with their first act, and one that went on over the stop is not seen to flare up.

    Args:
        folder: Of the record.

    Returns:
        war, `a` and `b` (COW codes), `stop`, year, `days` until fighting began again or until
        the pair was last seen (a state ended, or the year 2010), `ended`.
    """
    wars = _spells(folder)
    again = pd.concat([wars[[*_PAIR, "start"]], _disputes(folder)]).sort_values("start")
    stops = wars[["war", *_PAIR, "end"]].rename(columns={"end": "stop"}).sort_values("stop")
    rows = pd.merge_asof(
        stops, again, left_on="stop", right_on="start", by=_PAIR, direction="forward",
        allow_exact_matches=False,
    )  # fmt: skip
    rows = rows.assign(until=_seen(folder, rows), year=rows.stop.dt.year)
    rows["ended"] = rows.start <= rows.until
    rows["days"] = (rows.start.where(rows.ended, rows.until) - rows.stop).dt.days
    return rows[rows.days > 1].drop(columns=["start", "until"]).reset_index(drop=True)


def _spells(folder: Path) -> Table:
    """Spells of war on which two states that began it both fought: war, a, b, start, end."""
    pairs = read(folder, "cow_war_dyadic")
    began = pairs.warolea.isin(ORIGINATORS) & pairs.waroleb.isin(ORIGINATORS)
    pairs = pairs[began & (pairs.statea < pairs.stateb)]
    pairs = pairs[["warnum", "statea", "stateb"]].drop_duplicates().astype("int64")
    pairs = pairs.set_axis(["war", *_PAIR], axis=1)
    people = read(folder, "cow_war_inter_participants")
    parts = [
        people[["warnum", "ccode", f"start_date{n}", f"end_date{n}"]].set_axis(
            ["war", "state", "start", "end"], axis=1
        )
        for n in ("", "2")
    ]
    own = pd.concat(parts).dropna().astype({"war": "int64", "state": "int64"})
    own = own.assign(**{name: own[name].astype(_SECONDS) for name in ("start", "end")})
    for name in _PAIR:
        pairs = pairs.merge(own.rename(columns={"state": name}), on=["war", name])
    start = pairs[["start_x", "start_y"]].max(axis=1)
    end = pairs[["end_x", "end_y"]].min(axis=1)
    found = pairs[["war", *_PAIR]].assign(start=start, end=end)
    return found[(start <= end) & ~(found.a.isin(SHARED) & found.b.isin(SHARED))]


def _disputes(folder: Path) -> Table:
    """Disputes in which two states used force and one had dead: a, b, start."""
    pairs = read(folder, "gml_dirdisp")
    deadly = (pairs.hostlev >= FORCE) & ((pairs.fatality1 > 0) | (pairs.fatality2 > 0))
    pairs = pairs[deadly & (pairs.ccode1 < pairs.ccode2)]
    pairs = pairs[["dispnum", "ccode1", "ccode2"]].drop_duplicates().astype("int64")
    pairs = pairs.set_axis(["dispnum", *_PAIR], axis=1)
    part = read(folder, "gml_part")
    own = part[["dispnum", "ccode"]].assign(start=_date(part.styear, part.stmon, part.dummy_stday))
    own = own.sort_values("start").drop_duplicates(["dispnum", "ccode"])
    own = own.astype({"dispnum": "int64", "ccode": "int64"})
    for name in _PAIR:
        pairs = pairs.merge(own.rename(columns={"ccode": name}), on=["dispnum", name])
    return pairs[_PAIR].assign(start=pairs[["start_x", "start_y"]].max(axis=1))


def _seen(folder: Path, rows: Table) -> pd.Series:
    """Last day on which both states of a pair are there and disputes are told of."""
    spells = read(folder, "cow_states")
    open_ = spells.endyear == spells.endyear.max()
    ends = _date(spells.endyear, spells.endmonth, spells.endday).where(~open_, TOLD)
    begins = _date(spells.styear, spells.stmonth, spells.stday)
    until = pd.Series(TOLD, rows.index, dtype=_SECONDS)
    for name in _PAIR:
        own = pd.DataFrame({name: spells.ccode.astype("int64"), "from": begins, "to": ends})
        asked = rows[[name, "stop"]].reset_index().sort_values("stop")
        found = pd.merge_asof(
            asked, own.sort_values("from"), left_on="stop", right_on="from", by=name
        ).set_index("index")
        last = found.to.reindex(rows.index).fillna(rows.stop)
        until = until.where(until < last, last)
    return until


def pacts(folder: Path, decades: range = range(1950, 2020, 10)) -> Table:
    """One row for each pact of defence in force on the first day of a decade, and ten years of it.

    It has lost a member once one that was bound on that day breaks it off, leaves it or lets its
    term run out unrenewed (`record.treaties`). A pact that ends or changes otherwise, or that is
    whole after ten years or at the end of 2018, is censored.

    Args:
        folder: Of the record.
        decades: Their first years.

    Returns:
        atopid, year, `members` on that day, `days`, `ended`.
    """
    bound = memberships(folder)
    bound = bound[(bound.defense == 1) & ~bound.atopid.isin(_shared(bound))]
    begin = _day(bound.entry_date, bound.entry)
    end = _day(bound.exit_date, bound.exit).fillna(pd.Timestamp(LAST + 1, 1, 1))
    bound = bound[["atopid", "member", "own_act"]].assign(begin=begin, end=end)
    parts = []
    for year in decades:
        first = pd.Timestamp(year, 1, 1)
        here = bound[(bound.begin <= first) & (bound.end > first)]
        over = pd.Timestamp(min(year + FOLLOWED, LAST + 1), 1, 1)
        # Where several go on one day, one by its own act is enough.
        here = here.sort_values(["end", "own_act"], ascending=[True, False])
        found = here.groupby("atopid").agg(
            members=("member", "nunique"), end=("end", "first"), ended=("own_act", "first")
        )
        found["ended"] &= found.end < over
        found["days"] = (found.end.clip(upper=over) - first).dt.days
        parts.append(found[found.members > 1].drop(columns="end").assign(year=year))
    return pd.concat(parts).reset_index()


def _shared(bound: Table) -> Table:
    """Treaties of Armenia or Azerbaijan, which were states from 1991 on only."""
    return bound[bound.member.isin(SHARED)].atopid.unique()


def _day(date: pd.Series, year: pd.Series) -> pd.Series:
    """The day; where it is not known, the middle of its year."""
    middle = _date(year.fillna(1900), 7, 1).where(year.notna())
    return date.astype(_SECONDS).fillna(middle)


def _date(year: pd.Series, month: pd.Series | int, day: pd.Series | int) -> pd.Series:
    """Days of a calendar."""
    named = pd.DataFrame({"year": year, "month": month, "day": day})
    return pd.to_datetime(named).astype(_SECONDS)
