"""What each member of a treaty owes each other member, by year (ATOP members, dated)."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from foedus.record import frames
from foedus.record.read import read

OBLIGATIONS = ("defense", "offense", "neutral", "nonagg", "consul")
READ_APART = (4400,)
"""Treaties whose text does not bear the flag: the charter of the CIS speaks of consultation, and
coded as defence it makes allies of enemies. The shipped fit does without them."""

MANY = 9
"""Members from which a treaty is called multilateral here."""


def listed(folder: Path, without: Collection[int] = ()) -> pd.DataFrame:
    """Table `atop_alliance`, less what only some treaties promise."""
    table = read(folder, "atop_alliance")
    return less(table, read(folder, "atop51_member"), without) if without else table


def by_treaty(members: pd.DataFrame) -> pd.DataFrame:
    """Pledges of every treaty: who owes whom what in which year.

    A member owes its obligation to all that are members on one and the same day. Taken over all
    treaties this gives the pairs and years of ATOP's own table of pairs; where a treaty binds a
    member to some partners only (under one obligation in a hundred), it gives a pledge too many.

    Args:
        members: Table `atop51_member`; an end that is 0 or empty goes on to 2018.

    Returns:
        `atopid`, `ccode1` (who owes), `ccode2`, `year` and the five obligations, 1 or 0.
    """
    table = members.assign(
        begin=_day(members, "yrent", "moent", "dayent", 1),
        stop=_day(members, "yrexit", "moexit", "dayexit", 31),
    )
    columns = ["atopid", "member", "begin", "stop"]
    pairs = table[[*columns, *OBLIGATIONS]].merge(table[columns], on="atopid", suffixes=("", "_of"))
    met = (pairs["begin"] <= pairs["stop_of"]) & (pairs["begin_of"] <= pairs["stop"])
    pairs = pairs[met & (pairs["member"] != pairs["member_of"])]
    spells = pairs.assign(
        first=pairs[["begin", "begin_of"]].max(axis=1) // 10_000,
        last=pairs[["stop", "stop_of"]].min(axis=1) // 10_000,
    ).rename(columns={"member": "ccode1", "member_of": "ccode2"})
    years = frames.spell_years(spells, "first", "last", 1815, 2018)
    years[list(OBLIGATIONS)] = years[list(OBLIGATIONS)].clip(0, 1)
    keys = ["atopid", "ccode1", "ccode2", "year"]
    return years.groupby(keys, as_index=False)[list(OBLIGATIONS)].max()


def multilateral(
    members: pd.DataFrame, least: int = MANY, without: Collection[int] = ()
) -> pd.DataFrame:
    """Which multilateral treaty makes each pledge of defence; where several do, the largest.

    Args:
        members: Table `atop51_member`.
        least: States that were ever bound by it to defend, for a treaty to count as multilateral.
        without: Treaties that are not counted.

    Returns:
        `ccode1` (who owes), `ccode2`, `year` and `atopid`, a row for each pledge of that kind.
    """
    bound = members[(members["defense"] == 1) & ~members["atopid"].isin(list(without))]
    size = bound.groupby("atopid")["member"].nunique()
    wide = size.index[size >= least]
    pledges = by_treaty(members[members["atopid"].isin(wide)])
    pledges = pledges[pledges["defense"] == 1]
    # of two of one size the older number comes first, whatever the order of the table
    order = pledges.assign(size=-pledges["atopid"].map(size)).sort_values(["size", "atopid"])
    return order.drop_duplicates(keys := ["ccode1", "ccode2", "year"])[[*keys, "atopid"]]


def less(table: pd.DataFrame, members: pd.DataFrame, treaties: Collection[int]) -> pd.DataFrame:
    """The table of pledges less those that only the named treaties make.

    Args:
        table: Table `atop_alliance`.
        members: Table `atop51_member`.
        treaties: Numbers of the treaties left out.

    Raises:
        ValueError: A treaty that the members' table does not know.
    """
    known = set(members["atopid"].unique())
    if strange := sorted(set(treaties) - known):
        raise ValueError(f"expected numbers of ATOP treaties; got {strange[0]}")
    parties = members[members["atopid"].isin(list(treaties))]["member"].unique()
    own = by_treaty(members[members["member"].isin(parties)])
    named = own["atopid"].isin(list(treaties))
    keys = ["ccode1", "ccode2", "year"]
    lost = own[named].groupby(keys, as_index=False)[list(OBLIGATIONS)].max()
    kept = own[~named].groupby(keys, as_index=False)[list(OBLIGATIONS)].max()
    gone, stays = (frames.look_up(table, keys[:2], part, OBLIGATIONS) for part in (lost, kept))
    cleared = {}
    for name in OBLIGATIONS:
        only = gone[name].eq(1).fillna(False) & ~stays[name].eq(1).fillna(False)
        cleared[f"atop_{name}"] = table[f"atop_{name}"].mask(only, 0)
    left = table.assign(**cleared)
    return left[(left[list(cleared)] == 1).any(axis=1)].reset_index(drop=True)


def _day(members: pd.DataFrame, year: str, month: str, day: str, default: int) -> np.ndarray:
    """Days as yyyymmdd; what is unknown is early for an entry and late for an exit."""
    parts = members[[year, month, day]].to_numpy(dtype=float, na_value=np.nan)
    parts = np.where(parts > 0, parts, np.nan)
    filled = np.where(np.isnan(parts), [2018, 1 if default == 1 else 12, default], parts)
    return filled @ np.array([10_000, 100, 1])
