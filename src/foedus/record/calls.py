"""The calls table: one row per dispute and third party, with how it stood to each side.

A covariate that speaks of a side ends in `_a` or `_b` (side A made the first codable act; it is
not the aggressor). Everything is dated: capabilities and regimes are those of the year before,
history ends in the month before the onset, pledges are those of the year of onset (`first year`
pledges can be wartime alliances; `pledge_lag=1` takes the year before).

Traps, each with a test: a state that stands twice in a dispute; joiners of day one, who are
originators and no calls; joiners that did nothing (`act` 0); large pacts (score by dispute-side);
parallel disputes of one crisis (block by five years too); missing before and after a table's
coverage; treaty 4400, which makes allies of enemies (`without`).
"""

from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from foedus.record.closeness import affinity, closeness
from foedus.record.opportunities import (
    FORCE,
    Disputes,
    Source,
    bystanders,
    disputes,
    hostility,
    months,
)
from foedus.record.pledges import listed, multilateral
from foedus.record.read import read

SIDES = ("a", "b")
HISTORY = 120
"""Months for which past fights count."""
PLEDGES = ("defense", "offense", "neutral", "nonagg", "consul")
EARTH = 6.371
"""Radius, 1000 km."""


def table(
    folder: Path,
    first: int = 1816,
    last: int = 2010,
    *,
    pledge_lag: int = 0,
    without: Collection[int] = (),
    wide: bool = True,
    source: Source = "gml",
    open_closed: bool = False,
) -> pd.DataFrame:
    """All calls of a span of years: third parties that were relevant, or allied to an originator.

    Relevant is a major power, or a state contiguous to an originator by land or at most 400
    miles of water.

    Args:
        folder: Of the record.
        first: Year of onset.
        last: Year of onset.
        pledge_lag: Years before the onset at which pledges are read.
        without: ATOP treaties whose pledges are not counted, such as 4400.
        wide: Add what only some eras know: votes, peace scale, shared organisations, regimes.
        source: Of the disputes, as for `opportunities.disputes`.
        open_closed: As there.

    Returns:
        dispnum, ccode, styear, month, hostlev, host, held_back, `joined` (0 out, 1 A, 2 B), `act`,
        `entered`, relevant, major, cinc (share, year before), and for each side: a flag for each
        kind of pledge, contiguous, distance (1000 km between capitals), rival, alongside and
        against (disputes of the last ten years in which k stood with, or against, an originator
        of that side), partners (third parties with a defence pledge to that side only), power
        (CINC of its originators), number of originators. `attrs["dropped"]` counts what was left.
    """
    found = disputes(folder, first, last, source=source, open_closed=open_closed)
    rows = bystanders(folder, found)
    dropped = rows.attrs["dropped"]
    rows["year"] = rows.styear
    pairs = _pairs(rows, found.originator)
    rows = _by_side(rows, pairs, pledges(folder, pairs, pledge_lag, without), "max")
    rows = _by_side(rows, pairs, {"contiguous": contiguous(folder, pairs)}, "max")
    rows["major"] = major(folder, rows)
    near = rows[[f"contiguous_{s}" for s in SIDES]].any(axis=1)
    tied = rows[[f"{p}_{s}" for p in PLEDGES for s in SIDES]].any(axis=1)
    rows["relevant"] = near | rows.major
    keep = rows.relevant | tied
    rows.attrs["dropped"] = dropped | {"neither relevant nor allied": int((~keep).sum())}
    rows, pairs = rows[keep], pairs[pairs.row.isin(rows.index[keep])]
    past = disputes(folder, last=last, source=source, open_closed=open_closed)
    return _covariates(folder, rows, pairs, past, wide=wide, without=without)


def _pairs(rows: pd.DataFrame, originator: pd.DataFrame) -> pd.DataFrame:
    """Each row beside each originator `o` of its dispute."""
    left = rows[["dispnum", "ccode", "year", "month"]].rename_axis("row").reset_index()
    right = originator[["dispnum", "ccode", "side"]].rename(columns={"ccode": "o"})
    return left.merge(right, on="dispnum")


def _by_side(
    rows: pd.DataFrame, pairs: pd.DataFrame, values: dict[str, np.ndarray], how: str
) -> pd.DataFrame:
    """Add each value, over the originators of a side, as two columns."""
    attrs = rows.attrs
    for number, side in enumerate(SIDES, 1):
        on = (pairs.side == number).to_numpy()
        grouped = pd.DataFrame({n: v[on] for n, v in values.items()}).groupby(
            pairs.row.to_numpy()[on]
        )
        found = grouped.agg(how).reindex(rows.index)
        flags = [name for name, value in values.items() if value.dtype == bool]
        found[flags] = found[flags].fillna(value=False).astype(bool)
        rows = rows.join(found.add_suffix(f"_{side}"))
    rows.attrs = attrs
    return rows


def _key(*parts: Iterable) -> np.ndarray:
    """One integer for a pair of states and a year."""
    key = np.zeros((), "int64")
    for part in parts:
        key = key * 10_000 + np.asarray(part, "int64")
    return key


def pledges(
    folder: Path, pairs: pd.DataFrame, lag: int = 0, without: Collection[int] = ()
) -> dict[str, np.ndarray]:
    """What k has promised the originator, by kind; directed."""
    owed = listed(folder, without)
    owed = owed.assign(key=_key(owed.ccode1, owed.ccode2, owed.year))
    asked = _key(pairs.ccode, pairs.o, pairs.year - lag)
    return {
        kind: np.isin(asked, owed.key[(owed[f"atop_{kind}"] == 1).to_numpy()]) for kind in PLEDGES
    }


def treaties(
    folder: Path, calls: pd.DataFrame, without: Collection[int] = (), source: Source = "gml"
) -> pd.DataFrame:
    """ATOP number of the multilateral treaty by which each third party owes each side defence.

    The largest, where several bind it to originators of a side; 0 where none does.

    Args:
        folder: Of the record.
        calls: From `table`; rows keep their index.
        without: Treaties that are not counted.
        source: Of the disputes, as for `table`.

    Returns:
        `treaty_a` and `treaty_b`.
    """
    years = calls.styear
    found = disputes(folder, int(years.min()), int(years.max()), source=source)
    pairs = _pairs(calls.assign(year=years), found.originator)
    members = read(folder, "atop51_member")
    owed = multilateral(members, without=without)
    size = members[members.defense == 1].groupby("atopid")["member"].nunique()
    owed = pd.Series(owed.atopid.to_numpy(), _key(owed.ccode1, owed.ccode2, owed.year))
    atopid = owed.reindex(_key(pairs.ccode, pairs.o, pairs.year)).fillna(0).to_numpy(int)
    pairs = pairs.assign(atopid=atopid, size=size.reindex(atopid).fillna(0).to_numpy())
    pairs = pairs.sort_values(["size", "atopid"], ascending=[False, True])
    told = pd.DataFrame(index=calls.index)
    for number, side in enumerate(SIDES, 1):
        first = pairs[pairs.side == number].groupby("row").atopid.first()
        told[f"treaty_{side}"] = first.reindex(calls.index).fillna(0).astype(int)
    return told


def contiguous(folder: Path, pairs: pd.DataFrame) -> np.ndarray:
    """Borders by land or at most 400 miles of water on the first day of the month of onset."""
    spells = read(folder, "cow_contdir")
    spells = spells[spells.conttype.between(1, 5)]
    begins, ends = (_month_of(spells[name]) for name in ("stdate", "enddate"))
    asked = pairs.assign(pair=_key(pairs.ccode, pairs.o))[["pair", "month"]]
    spell = pd.DataFrame({"pair": _key(spells.ccode1, spells.ccode2), "b": begins, "e": ends})
    both = asked.reset_index().merge(spell, on="pair")
    within = (both.b <= both.month) & (both.month <= both.e)
    return asked.index.isin(both["index"][within])


def _month_of(dates: pd.Series) -> np.ndarray:
    return np.array([d.year * 12 + d.month - 1 for d in dates])


def major(folder: Path, rows: pd.DataFrame) -> np.ndarray:
    """Whether each state was a major power in that month."""
    spells, found = read(folder, "cow_majors"), np.zeros(len(rows), bool)
    state, month = rows.ccode.to_numpy(), rows.month.to_numpy()
    begins = months(spells.styear, spells.stmonth)
    ends = months(spells.endyear, spells.endmonth)
    for code, begin, end in zip(spells.ccode, begins, ends, strict=True):
        found |= (state == code) & (begin <= month) & (month <= end)
    return found


def _covariates(
    folder: Path,
    rows: pd.DataFrame,
    pairs: pd.DataFrame,
    past: Disputes,
    *,
    wide: bool,
    without: Collection[int],
) -> pd.DataFrame:
    """How strong, how near, how friendly: all but pledges and borders."""
    alongside, against = fought(past, pairs)
    counts = {"alongside": alongside, "against": against, "originators": np.ones(len(pairs), int)}
    rows = _by_side(rows, pairs, counts, "sum")
    rows = _by_side(rows, pairs, {"rival": rival(folder, pairs)}, "max")
    rows = _by_side(rows, pairs, {"distance": distance(folder, pairs)}, "min")
    power = capability(folder, pairs.o, pairs.year)
    rows = _by_side(rows, pairs, {"power": power}, "sum")
    rows["cinc"] = capability(folder, rows.ccode, rows.year)
    attrs = rows.attrs
    rows = rows.join(_partners(rows))
    if wide:
        parts = closeness(folder, pairs, without)
        rows = _by_side(rows, pairs, parts | {"affinity": affinity(parts)}, "mean")
    rows.attrs = attrs
    return rows.reset_index(drop=True)


def fought(past: Disputes, pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Disputes of the ten years before in which k stood with, and against, the originator.

    A dispute counts from the month in which both had acted, so nothing later leaks in.
    """
    took = pd.concat([past.originator, past.joiner])[["dispnum", "ccode", "side", "month"]]
    both = took.merge(took, on="dispnum", suffixes=("", "_o"))
    both = both[both.ccode != both.ccode_o]
    when = both[["month", "month_o"]].max(axis=1)
    same = both.side == both.side_o
    with_, against = (_since(both[chosen], when[chosen], pairs) for chosen in (same, ~same))
    return with_, against


def _since(both: pd.DataFrame, when: pd.Series, pairs: pd.DataFrame) -> np.ndarray:
    """Number of events of each pair within `HISTORY` before the month of onset."""
    stamp = np.sort(_key(both.ccode, both.ccode_o) * 100_000 + when.to_numpy())
    asked = _key(pairs.ccode, pairs.o) * 100_000
    month = pairs.month.to_numpy()
    until = np.searchsorted(stamp, asked + month)
    return until - np.searchsorted(stamp, asked + month - HISTORY)


def rival(folder: Path, pairs: pd.DataFrame) -> np.ndarray:
    """Strategic rivals in the year of onset, by either list (they end in 2020 and 2007)."""
    spells = pd.concat([
        read(folder, "tss_rivalries").rename(columns={"start": "b", "end": "e"}),
        read(folder, "td_rivalries").rename(columns={"styear": "b", "endyear": "e"}),
    ])  # fmt: skip
    years = [np.arange(max(b, 1816), e + 1) for b, e in zip(spells.b, spells.e, strict=True)]
    length = [len(y) for y in years]
    one, two = (np.repeat(spells[c].to_numpy("int64"), length) for c in ("ccode1", "ccode2"))
    year = np.concatenate(years)
    known = np.concatenate([_key(one, two, year), _key(two, one, year)])
    return np.isin(_key(pairs.ccode, pairs.o, pairs.year), known)


def distance(folder: Path, pairs: pd.DataFrame) -> np.ndarray:
    """Great-circle distance between capitals, 1000 km."""
    places = read(folder, "cow_capitals").sort_values(["ccode", "stdate"])
    begins = np.array([d.year for d in places.stdate])
    stamp = _key(places.ccode, begins)

    def at(state: pd.Series) -> np.ndarray:
        i = np.searchsorted(stamp, _key(state, pairs.year), "right") - 1
        found = places.ccode.to_numpy("int64")[i] == state.to_numpy()
        spot = places[["lat", "lng"]].to_numpy()[i]
        return np.radians(np.where(found[:, None], spot, np.nan))

    (lat, lng), (lat_o, lng_o) = at(pairs.ccode).T, at(pairs.o).T
    half = np.sin((lat - lat_o) / 2) ** 2
    half = half + np.cos(lat) * np.cos(lat_o) * np.sin((lng - lng_o) / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(half))


def capability(folder: Path, state: pd.Series, year: pd.Series) -> np.ndarray:
    """CINC of the year before, or of the first year known where that is the onset's."""
    known = read(folder, "cow_nmc")
    known = known[known.cinc.notna()]
    value = pd.Series(known.cinc.to_numpy(float), _key(known.ccode, known.year))
    lagged = value.reindex(_key(state, year - 1)).to_numpy()
    same = value.reindex(_key(state, year)).to_numpy()
    return np.where(np.isnan(lagged), same, lagged)


def _partners(rows: pd.DataFrame) -> pd.DataFrame:
    """How many third parties have a defence pledge to that side and not to the other."""
    only = {
        "partners_a": rows.defense_a & ~rows.defense_b,
        "partners_b": rows.defense_b & ~rows.defense_a,
    }
    return pd.DataFrame(only).groupby(rows.dispnum).transform("sum")


def one_sided(calls: pd.DataFrame, *, force: bool = False, war: bool = False) -> pd.DataFrame:
    """Calls of states with a defence pledge to exactly one side: the casus-foederis tables.

    S4a of the predictability study is all of them, as on the first day; S4 those in which the
    originators used force; S5 those that became war. The columns of the ally's side end in
    `_own`, those of the other in `_opp`.

    Returns:
        The rows with `joined` true where the ally came in on its partner's side, and `side`, a
        number for dispute and side.
    """
    one = calls.defense_a != calls.defense_b
    if force:
        one &= calls.host >= FORCE
    if war:
        one &= calls.hostlev > FORCE
    rows = calls[one]
    own = np.where(rows.defense_a, 1, 2)
    turned = {}
    for name in [c[:-2] for c in rows.columns if c.endswith("_a")]:
        a, b = rows[f"{name}_a"], rows[f"{name}_b"]
        turned[f"{name}_own"], turned[f"{name}_opp"] = a.where(own == 1, b), b.where(own == 1, a)
    plain = rows[[c for c in rows.columns if c[-2:] not in ("_a", "_b")]]
    sided = plain.assign(joined=rows.joined == own, side=rows.dispnum * 10 + own, **turned)
    sided["level"] = hostility(rows.act)
    return sided.reset_index(drop=True)
