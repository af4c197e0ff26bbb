"""Were treaties kept when war invoked them? Two studies' codings, in one table.

Berkemeier and Fuhrmann (2018) take every treaty of a state at war, 1816-2003, and say by two
schemes (`llm`, that of Leeds, Long and Mitchell 2000, and their own, `bf`) whether it was honoured
or violated or did not apply. Leeds and Anac (2005) code treaties that did apply, 1848-1990.
A treaty that did not apply is no treaty kept: the share kept is over honoured and violated, and
the share that applied is another thing (`fit.fulfilment.coverage`).
"""

from pathlib import Path

import numpy as np
import pandas as pd

from foedus.core.kinds import Era
from foedus.record.opportunities import months
from foedus.record.treaties import CONDITIONS, KINDS, NEIGHBOURS, Table, load

HONORED, VIOLATED, OUTSIDE = "honored", "violated", "does not apply"
"""Outcomes."""
SCHEMES = ("llm", "bf", "la")
"""Codings: two of Berkemeier and Fuhrmann, one of Leeds and Anac."""
ROLES = ("attacked", "began", "joined_target", "joined_challenger")
"""What members were in the war: on its first day, attacked or having begun it; later, on a side."""
HELD_BACK = 216
"""War of Armenia and Azerbaijan: counted by its authors, but never fitted."""
_EARLY = 1944
_OLDER = {154: 156, 157: 155}  # Leeds and Anac's numbers of two wars of 1956, and COW v4.0's


def codings(folder: Path) -> Table:
    """One row per scheme, war and treaty.

    Args:
        folder: Of the record.

    Returns:
        scheme (`SCHEMES`), war (COW number; minus the study's own number where COW has no such
        war), name, atopid, year and last (of the war; the first where COW has no such war), era
        (`kinds.Era`), `early` (to 1944), outcome, the promises of `KINDS` (as the study has them,
        else ATOP's), multilateral, the conditions on defence in force in the war (0 or 1, missing
        where ATOP lists no member), the roles of `ROLES` (missing where COW has no such war, or
        both sides began it), held_back (war 216).

    Examples:
        The share kept, by its authors' count::

            told = codings(folder).query("scheme == 'llm' and outcome != 'does not apply'")
            told.groupby("early").outcome.agg(lambda x: (x == "honored").mean())
    """
    phases, fighters = _phases(folder), belligerents(folder)
    began, ended = fighters.groupby("war").year.min(), fighters.groupby("war")["last"].max()
    rows = _stacked(_berkemeier_fuhrmann(folder), _leeds_anac(folder, phases))
    stated = rows.name.str.extract(r"(\d{4})", expand=False).astype(float)
    rows["year"] = rows.war.map(began).fillna(stated).astype("int64")
    rows["era"] = [int(Era.of(year)) for year in rows.year]
    rows["early"] = rows.early.fillna(rows.year <= _EARLY).astype(bool)
    rows["held_back"] = rows.war == HELD_BACK
    rows["last"] = rows.war.map(ended).fillna(rows.year).astype("int64")
    items = rows[["war", "atopid", "year", "last"]].drop_duplicates()
    inside = items.merge(phases, on="atopid")
    inside = inside[(inside.entry <= inside["last"]) & ~(inside.exit < inside.year)]
    terms: Table = inside.groupby(["war", "atopid"])[list(CONDITIONS)].max()
    roles = _roles(items, inside, fighters)
    return rows.join(terms, on=["war", "atopid"]).join(roles, on=["war", "atopid"])


def _stacked(*parts: Table) -> Table:
    return pd.concat(parts, ignore_index=True)


def _phases(folder: Path) -> Table:
    p = load(folder, "atop51_member")
    p = p.assign(entry=p.yrent.astype(float), exit=p.yrexit.where(p.yrexit > 0).astype(float))
    p = p.rename(columns={theirs: ours for ours, theirs in CONDITIONS.items()})
    wanted = ["atopid", "member", "entry", "exit", "bilat", *KINDS, *CONDITIONS]
    return p[wanted].astype(float).astype({"atopid": "int64", "member": "int64"})


def _berkemeier_fuhrmann(folder: Path) -> Table:
    b = load(folder, "honor_berkemeier_fuhrmann")
    codes = b.drop(columns="warname").astype(float).fillna(0)  # in this table nothing means 0
    base = codes[["atopid", "multilateral", *KINDS]].astype("int64")
    known = codes.cowwarid > 0
    base["war"] = codes.cowwarid.where(known, -codes.warid).astype("int64")
    base["name"], base["early"] = b.warname, codes["sample"] == 1
    parts = []
    for scheme in ("llm", "bf"):
        told = np.select(
            [codes[f"honor{scheme}"] == 1, codes[f"violate{scheme}"] == 1],
            [HONORED, VIOLATED],
            OUTSIDE,
        )
        parts.append(base.assign(scheme=scheme, outcome=told))
    return pd.concat(parts)


def _leeds_anac(folder: Path, phases: Table) -> Table:
    a = load(folder, "honor_leeds_anac")
    rows = a[["war", "atopid"]].astype("int64")
    rows["war"] = rows.war.replace(_OLDER)
    kept = phases.groupby("atopid")[list(KINDS)].max()
    rows = rows.join(kept, on="atopid").fillna(dict.fromkeys(KINDS, 0))
    rows[list(KINDS)] = rows[list(KINDS)].astype("int64")
    rows["multilateral"] = 1 - a.bilat.astype("int64")
    rows["outcome"] = np.where(a.honor3 == 1, HONORED, VIOLATED)
    return rows.assign(scheme="la", name="")


def belligerents(folder: Path) -> Table:
    """Who fought in each inter-state war (COW v4.0), on which side, and whether from the first day.

    Args:
        folder: Of the record.

    Returns:
        war, ccode, year (in which the war began), last (in which it ended), month (of its
        beginning, since year 0), `side`
        ("challenger": that of the initiators, or "target"; missing where both sides have one),
        first_day.
    """
    p = load(folder, "cow_war_inter_participants")
    known = pd.to_datetime(p.start_date)
    month = p.startmonth1.astype("int64").clip(1, 12)
    about = pd.to_datetime(
        pd.DataFrame({"year": p.startyear1.astype("int64"), "month": month, "day": 15})
    )
    day = known.fillna(about)
    initiates = p.side.where(p.initiator == 1).astype(float)
    of_war = initiates.groupby(p.warnum)
    one = of_war.transform("nunique") == 1
    side = np.where(p.side.astype(float) == of_war.transform("max"), "challenger", "target")
    start = day.groupby(p.warnum).transform("min")
    ends = p[["endyear1", "endyear2"]].astype("int64").max(axis=1)
    found = pd.DataFrame(
        {
            "war": p.warnum.astype("int64"),
            "ccode": p.ccode.astype("int64"),
            "year": start.dt.year,
            "last": ends.groupby(p.warnum).transform("max").astype("int64"),
            "month": months(start.dt.year, start.dt.month),
            "side": pd.Series(side, p.index).where(one, None),
            "first_day": day == start,
        }
    )
    return found.drop_duplicates(["war", "ccode"]).reset_index(drop=True)


def _roles(items: Table, inside: Table, fighters: Table) -> Table:
    """By war and treaty, whether any member had each role.

    Args:
        items: war, atopid: of each row of the answer.
        inside: war, atopid, member: who was bound.
        fighters: `belligerents`.
    """
    fights = fighters.rename(columns={"ccode": "member"})[["war", "member", "side", "first_day"]]
    bound = inside[["war", "atopid", "member"]].drop_duplicates()
    both = bound.merge(fights, on=["war", "member"])
    target, first = both.side == "target", both.first_day
    flags = (target & first, ~target & first, target & ~first, ~target & ~first)
    told = both[["war", "atopid"]].assign(**dict(zip(ROLES, flags, strict=True)))
    told = told[both.side.notna()].groupby(["war", "atopid"])[list(ROLES)].max().astype(float)
    sided = set(fighters.war[fighters.side.notna()])
    known = items[items.war.isin(sided)].set_index(["war", "atopid"]).index
    return told.reindex(known.unique(), fill_value=0.0)


def bystanders(folder: Path) -> Table:
    """How many states without any duty fought for each side of each war.

    They are relevant (a major power, or contiguous by land or at most 400 miles of water to a
    state that fought on the first day), and had promised neither defence nor offence to the
    first-day states of that side, in the year of the war or the year before. War 216 is left out.

    Args:
        folder: Of the record.

    Returns:
        war, side, year, era, `relevant` (number of such states), `joined` (of them).
    """
    fighters = belligerents(folder)
    fighters = fighters[fighters.side.notna() & (fighters.war != HELD_BACK)]
    first = fighters[fighters.first_day]
    rows = _in_system(folder, fighters.drop_duplicates("war")[["war", "year", "month"]])
    began = pd.MultiIndex.from_frame(first[["war", "ccode"]])
    rows = rows[~pd.MultiIndex.from_frame(rows[["war", "ccode"]]).isin(began)]
    near = rows.merge(first[["war", "ccode"]].rename(columns={"ccode": "other"}), on="war")
    near = near[_contiguous(folder, near)]
    near_keys = pd.MultiIndex.from_frame(near[["war", "ccode"]])
    relevant = pd.MultiIndex.from_frame(rows[["war", "ccode"]]).isin(near_keys)
    rows = rows[relevant | _major(folder, rows)]
    came = fighters.set_index(["war", "ccode"]).side
    keys = pd.MultiIndex.from_frame(rows[["war", "ccode"]])
    rows = rows.assign(went=came.reindex(keys).to_numpy())
    parts = []
    for side in ("target", "challenger"):
        free = rows[~_promised(folder, rows, first[first.side == side])]
        told = free.assign(joined=free.went == side).groupby(["war", "year"]).joined
        parts.append(told.agg(relevant="size", joined="sum").reset_index().assign(side=side))
    found = pd.concat(parts, ignore_index=True)
    return found.assign(era=[int(Era.of(year)) for year in found.year])


def _in_system(folder: Path, wars: Table) -> Table:
    """States of the system in the month in which each war began; the list ends in 2011."""
    spells = load(folder, "cow_states")
    pairs = wars.merge(spells, how="cross")
    begins, ends = months(pairs.styear, pairs.stmonth), months(pairs.endyear, pairs.endmonth)
    lasts = pairs.endyear >= spells.endyear.max()
    there = (begins <= pairs.month) & ((ends >= pairs.month) | lasts)
    return pairs[there][["war", "year", "ccode"]].astype("int64")


def _contiguous(folder: Path, pairs: Table) -> np.ndarray:
    """Whether `ccode` and `other` were neighbours in the year."""
    spell = load(folder, "cow_contdir")
    spell = spell[spell.conttype <= NEIGHBOURS]
    known = pd.DataFrame(
        {
            "ccode": spell.ccode1.astype("int64"),
            "other": spell.ccode2.astype("int64"),
            "begin": pd.to_datetime(spell.stdate).dt.year,
            "end": pd.to_datetime(spell.enddate).dt.year,
        }
    )
    asked = pairs[["ccode", "other", "year"]].reset_index(drop=True).rename_axis("row")
    met = asked.reset_index().merge(known, on=["ccode", "other"])
    rows = met.row[(met.begin <= met.year) & (met.year <= met.end)]
    return np.isin(np.arange(len(pairs)), rows)


def _major(folder: Path, rows: Table) -> np.ndarray:
    spells = load(folder, "cow_majors")[["ccode", "styear", "endyear"]].astype("int64")
    asked = rows[["ccode", "year"]].reset_index(drop=True).rename_axis("row").reset_index()
    met = asked.merge(spells, on="ccode")
    return np.isin(np.arange(len(rows)), met.row[met.year.between(met.styear, met.endyear)])


def _promised(folder: Path, rows: Table, principals: Table) -> np.ndarray:
    """Whether a state had promised to fight for any of its war's principals."""
    a = load(folder, "atop_alliance")
    a = a[(a.atop_defense == 1) | (a.atop_offense == 1)]
    pledges = pd.MultiIndex.from_frame(a[["ccode1", "ccode2", "year"]].astype("int64"))
    asked = rows[["war", "year", "ccode"]].reset_index(drop=True).rename_axis("row").reset_index()
    pairs = asked.merge(principals[["war", "ccode"]], on="war", suffixes=("", "_to"))
    bound = np.zeros(len(pairs), bool)
    for lag in (0, 1):
        at = pd.MultiIndex.from_arrays([pairs.ccode, pairs.ccode_to, pairs.year - lag])
        bound |= at.isin(pledges)
    return np.isin(np.arange(len(rows)), pairs.row[bound])
