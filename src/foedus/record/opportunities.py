"""Who could have come: every dispute, its originators, and the states that stood by.

Dispute and participant tables are those of Gibler, Miller and Little (2016), version 2.2.1. Side A
is the side of the first codable act, not the aggressor: both sides are kept, always.
"""

from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from foedus.record.read import read

FORCE, WAR = 4, 5
"""Levels of hostility: the use of force, and war."""

SHARED = (371, 373)
"""Armenia and Azerbaijan: what they fought out past 1993 is for scoring, never for fitting."""
HELD_BACK_FROM = 1994


class Disputes(NamedTuple):
    """The record of disputes, as three tables.

    Attributes:
        dispute: One row per dispute, indexed by `dispnum`: year, month, final hostility `hostlev`,
            the originators' own highest `host`, and their number on each side.
        originator: dispnum, ccode, `side` (1 for A, 2 for B), `month`, `act`.
        joiner: The same for those that came later, but for the day of their first act.
        dropped: Rows left out, by reason.
    """

    dispute: pd.DataFrame
    originator: pd.DataFrame
    joiner: pd.DataFrame
    dropped: dict[str, int]


def hostility(act: pd.Series) -> pd.Series:
    """Level of hostility of a MID action code: 1 none, 2 threat, 3 display, 4 force, 5 war.

    Codes 1-6 threaten, 7-12 display, 13-19 use force, 20 and 21 are war (MID codebook).

    Examples:
        >>> hostility(pd.Series([0, 6, 7, 13, 20])).tolist()
        [1, 2, 3, 4, 5]
    """
    steps = np.array([1, 7, 13, 20])
    return pd.Series(np.searchsorted(steps, act.to_numpy(), "right") + 1, act.index)


def months(year: pd.Series, month: pd.Series) -> pd.Series:
    """Months since year 0: one number for a year and a month.

    Examples:
        >>> months(pd.Series([1914]), pd.Series([7])).tolist()
        [22974]
    """
    return (year.astype("int64") * 12 + month.astype("int64") - 1).rename("month")


Source = Literal["gml", "cow"]
CLOSED_FROM = 2011
"""COW disputes from here on judge a frozen model, once."""


def disputes(
    folder: Path,
    first: int = 1816,
    last: int = 2010,
    *,
    source: Source = "gml",
    open_closed: bool = False,
) -> Disputes:
    """Disputes that began in these years, and who took part.

    A state that stands twice in a dispute (20 rows, seven of them on both sides) counts with its
    first spell. Disputes of Armenia and Azerbaijan that reach past 1993 are marked `held_back`.

    Args:
        folder: Of the record.
        first: Year.
        last: Year; the table of Gibler, Miller and Little ends in 2010, that of COW in 2014.
        source: Whose coding of disputes.
        open_closed: Let COW disputes of 2011-14 be read.

    Raises:
        ValueError: Closed years are asked for and `open_closed` is not set.
    """
    if last >= CLOSED_FROM and not open_closed:
        raise ValueError(f"expected a last year before {CLOSED_FROM}, which is closed; got {last}")
    names = ("gml_part", "gml_mid_disps") if source == "gml" else ("cow_midb", "cow_mida")
    acts, listed = (read(folder, name) for name in names)
    acts = acts.assign(
        month=months(acts.styear, acts.stmon),
        side=np.where(acts.sidea == 1, 1, 2),
        act=acts.hiact.astype("int64"),
        orig=acts.orig.astype("int64"),
    ).sort_values(["dispnum", "ccode", "month"], kind="stable")
    spells, acts = len(acts), acts.drop_duplicates(["dispnum", "ccode"])
    once = len(acts)
    years = listed.styear.between(first, last)
    kept = listed[years].set_index("dispnum")
    dispute = kept[["styear", "stmon", "hostlev"]].astype("int64")
    dispute = dispute.assign(
        month=months(dispute.styear, dispute.stmon),
        held_back=dispute.index.isin(_held_back(acts)),
    )
    acts = acts[acts.dispnum.isin(dispute.index)]
    columns = ["dispnum", "ccode", "side", "month", "act", "styear", "stmon", "stday"]
    originator, joiner = (acts.loc[acts.orig == o, columns].astype("int64") for o in (1, 0))
    highest = hostility(originator.act).groupby(originator.dispnum).max()
    dropped = {
        "later spells of a state in one dispute": spells - once,
        "disputes that began outside the years": int((~years).sum()),
    }
    return Disputes(dispute.assign(host=highest), originator, joiner, dropped)


def _held_back(acts: pd.DataFrame) -> list[int]:
    late = acts[acts.ccode.isin(SHARED) & (acts.endyear >= HELD_BACK_FROM)]
    both = late.groupby("dispnum").ccode.nunique()
    return [int(number) for number in both.index[both == len(SHARED)]]


def bystanders(folder: Path, found: Disputes) -> pd.DataFrame:
    """One row per dispute and state that was in the system in its first month, originators apart.

    Adds what the state did: `joined` 0 for staying out, 1 and 2 for coming in on side A and B;
    `act`, its own highest action, 0 for none; `entered`, month of its first act, -1 for none.
    Joiners that no list of states knew in that month are dropped and counted in `attrs`.
    """
    spells = read(folder, "cow_states")
    begins = months(spells.styear, spells.stmonth).to_numpy()
    ends = months(spells.endyear, spells.endmonth).to_numpy()
    ends = np.where(spells.endyear.to_numpy() >= spells.endyear.max(), np.iinfo("int64").max, ends)
    onset = found.dispute.month.to_numpy()
    which, spell = np.nonzero((begins <= onset[:, None]) & (ends >= onset[:, None]))
    pairs = pd.DataFrame({
        "dispnum": found.dispute.index.to_numpy()[which],
        "ccode": spells.ccode.to_numpy()[spell].astype("int64"),
    }).drop_duplicates()  # fmt: skip
    took = found.originator[["dispnum", "ccode"]].assign(began=True)
    pairs = pairs.merge(took, "left", on=["dispnum", "ccode"], validate="1:1")
    pairs = pairs[pairs.began.isna()].drop(columns="began")
    came = found.joiner.rename(columns={"side": "joined", "month": "entered"})
    came = came[["dispnum", "ccode", "joined", "act", "entered"]]
    rows = pairs.merge(came, "left", on=["dispnum", "ccode"], validate="1:1")
    rows = rows.fillna({"joined": 0, "act": 0, "entered": -1})
    rows = rows.astype({name: "int64" for name in ("dispnum", "joined", "act", "entered")})
    unknown = len(found.joiner) - int((rows.joined > 0).sum())
    of_dispute = found.dispute.drop(columns="stmon")
    rows = rows.merge(of_dispute, left_on="dispnum", right_index=True).reset_index(drop=True)
    rows.attrs["dropped"] = found.dropped | {"joiners outside the state system": unknown}
    return rows
