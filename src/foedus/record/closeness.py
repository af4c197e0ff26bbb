"""How close a state stood to each originator, by what different eras know of it."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from foedus.record.pledges import listed
from foedus.record.read import read


def closeness(
    folder: Path, pairs: pd.DataFrame, without: Collection[int] = ()
) -> dict[str, np.ndarray]:
    """Closeness of k to the originator `o` in the year before the onset; NaN where not known.

    Args:
        folder: Of the record.
        pairs: ccode, o, year, month.
        without: ATOP treaties whose pledges are not counted, such as 4400.

    Returns:
        votes: distance of ideal points in the UN General Assembly (1946-2019).
        peace: peace scale, 0 severe rivalry to 1 security community (1900-2020).
        organisations: memberships shared, over the geometric mean of the two numbers of them.
        portfolio: similarity of the two states' defence pacts, -1 to 1 (S score on them).
        democracy: product of the two electoral democracy scores, 0 to 1.
    """
    year = pairs.year.to_numpy("int64") - 1
    k, o = pairs.ccode.to_numpy("int64"), pairs.o.to_numpy("int64")
    return {
        "votes": np.abs(_votes(folder, k, year) - _votes(folder, o, year)),
        "peace": _peace(folder, k, o, pairs.month.to_numpy("int64")),
        "organisations": _organisations(folder, k, o, year),
        "portfolio": _portfolio(folder, k, o, year, without),
        "democracy": _democracy(folder, k, year) * _democracy(folder, o, year),
    }


def _look_up(table: pd.Series, *parts: np.ndarray) -> np.ndarray:
    return table.reindex(pd.MultiIndex.from_arrays(parts)).to_numpy(float)


def _by(table: pd.DataFrame, value: str, *keys: str) -> pd.Series:
    kept = table[[*keys, value]].dropna().drop_duplicates([*keys])
    return kept.astype(dict.fromkeys(keys, "int64")).set_index([*keys])[value]


def _votes(folder: Path, state: np.ndarray, year: np.ndarray) -> np.ndarray:
    known = _by(read(folder, "unga_idealpoints"), "idealpoint", "ccode", "year")
    lagged = _look_up(known, state, year)
    earlier = _look_up(known, state, year - 1)  # no votes in 1964
    return np.where(np.isnan(lagged), earlier, lagged)


def _democracy(folder: Path, state: np.ndarray, year: np.ndarray) -> np.ndarray:
    return _look_up(
        _by(read(folder, "democracy_cow"), "v2x_polyarchy", "ccode", "year"), state, year
    )


def _peace(folder: Path, k: np.ndarray, o: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Peace scale in the month before the onset; the scale codes transitions as -9."""
    spells = read(folder, "peace_scale_spells")
    spells = spells[spells.peace_scale >= 0]
    begins = spells.start_year.to_numpy("int64") * 12
    one, two = (spells[c].to_numpy("int64") for c in ("ccode1", "ccode2"))
    low, high = np.minimum(one, two), np.maximum(one, two)
    stamp = (low * 1000 + high) * 100_000 + begins
    order = np.argsort(stamp, kind="stable")
    asked = (np.minimum(k, o) * 1000 + np.maximum(k, o)) * 100_000 + month - 12
    place = np.searchsorted(stamp[order], asked, "right") - 1
    spell = order[place.clip(0)]
    same = (place >= 0) & (stamp[spell] // 100_000 == asked // 100_000)
    live = same & (spells.end_year.to_numpy("int64")[spell] * 12 + 11 >= month - 12)
    return np.where(live, spells.peace_scale.to_numpy(float)[spell], np.nan)


def _organisations(folder: Path, k: np.ndarray, o: np.ndarray, year: np.ndarray) -> np.ndarray:
    shared = _by(read(folder, "cow_igo_ndy"), "dyadigos", "ccode1", "ccode2", "year")
    each = _by(read(folder, "cow_igo_sy"), "sum_igo_full", "ccode", "year")
    both = _look_up(shared, np.minimum(k, o), np.maximum(k, o), year)
    size = np.sqrt(_look_up(each, k, year) * _look_up(each, o, year))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(size > 0, both / size, np.nan)


def _portfolio(
    folder: Path, k: np.ndarray, o: np.ndarray, year: np.ndarray, without: Collection[int]
) -> np.ndarray:
    """Share of defence partners in common, over the geometric mean of their numbers (cosine)."""
    owed = listed(folder, without)
    owed = owed[owed.atop_defense == 1]
    found = np.full(len(k), np.nan)
    for y in np.unique(year[year <= owed.year.max()]):
        bound = owed[owed.year == y]
        net = pd.crosstab(bound.ccode1, bound.ccode2).clip(upper=1)
        at = year == y
        rows = [net.reindex(index=who[at], fill_value=0).to_numpy(float) for who in (k, o)]
        size = np.sqrt(rows[0].sum(1) * rows[1].sum(1))
        with np.errstate(divide="ignore", invalid="ignore"):
            found[at] = np.where(size > 0, (rows[0] * rows[1]).sum(1) / size, 0)
    return found


VOTES = 7.0
"""Distance of ideal points, about the widest of any year, at which two states agree on nothing."""


def affinity(parts: dict[str, np.ndarray]) -> np.ndarray:
    """Political closeness, 0 to 1: the mean of what is known of a pair; NaN where nothing is.

    Its parts are the agreement of votes (1 less the distance over `VOTES`), shared organisations,
    common defence partners and the peace scale: each 0 to 1, each covering other years. Scenarios
    fill the same number.

    Examples:
        >>> known = {"votes": np.array([0.7]), "peace": np.array([np.nan])}
        >>> known |= {"organisations": np.array([0.5]), "portfolio": np.array([0.1])}
        >>> round(float(affinity(known)[0]), 3)
        0.5
    """
    votes = (1 - parts["votes"] / VOTES).clip(0, 1)
    known = np.stack([votes, parts["organisations"], parts["portfolio"], parts["peace"]])
    seen = np.isfinite(known)
    return np.where(seen, known, 0).sum(0) / np.where(seen.any(0), seen.sum(0), np.nan)
