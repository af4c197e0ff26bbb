"""What may have held an ally back, by the record: ties with the opponent, wars at home.

Everything is of the years before the onset. Trade and arms are shares, so that rows of different
years can be held against each other.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from foedus.record.opportunities import disputes
from foedus.record.read import read
from foedus.record.ties import add_arms

ARMS_YEARS = 5
"""Years of arms deliveries that count: they come in lumps."""
WARS = {"war_center": "central control", "war_local": "local issues"}
"""Columns of wars at home, and what COW says that they are fought over."""
_KEYS = ["ccode1", "ccode2", "year"]
_LISTED = (1818, 2008)  # first and last year of the wars at home


def add_restraints(sided: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Add what might keep each ally from coming.

    Args:
        sided: From `calls.one_sided`.
        folder: Of the record.

    Returns:
        The rows with `trade_opp` (share of the ally's trade of the year before that was with the
        originators of the other side), `arms_opp` (share of their arms imports of the five years
        before that came from it), `war_center` and `war_local` (a war over the government, or
        over a part of the country, at home in the year before: 0 or 1); NaN where no table says.
    """
    pairs = _opponents(sided, folder)
    wars = {name: _at_war(sided, folder, over) for name, over in WARS.items()}
    return sided.assign(
        trade_opp=_trade(sided, pairs, folder), arms_opp=_arms(sided, pairs, folder), **wars
    )


def _opponents(sided: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Each ally beside each originator of the other side: `row`, and a dyad of the year before."""
    origin = disputes(folder).originator[["dispnum", "ccode", "side"]]
    asks = pd.DataFrame(
        {
            "row": sided.index,
            "dispnum": sided.dispnum,
            "ccode1": sided.ccode,
            "year": sided.year - 1,
            "other": 3 - sided.side % 10,
        }
    )
    found = asks.merge(
        origin.rename(columns={"ccode": "ccode2", "side": "other"}), on=["dispnum", "other"]
    )
    return found[["row", *_KEYS]].astype("int64")


def _trade(sided: pd.DataFrame, pairs: pd.DataFrame, folder: Path) -> np.ndarray:
    whole = read(folder, "cow_trade_sy")
    total = (whole.imports + whole.exports).to_numpy(float, na_value=np.nan)
    by_state = pd.Series(total, pd.MultiIndex.from_frame(whole[["ccode", "year"]]))
    listed = read(folder, "cow_trade_dyad")
    flow = (listed.flow1 + listed.flow2).to_numpy(float, na_value=np.nan)
    first, second = np.sort(pairs[["ccode1", "ccode2"]].to_numpy(), axis=1).T
    with_ = _found(pd.Series(flow, pd.MultiIndex.from_frame(listed[_KEYS])), first, second, pairs)
    summed = pd.Series(with_).groupby(pairs.row.to_numpy()).sum(min_count=1).reindex(sided.index)
    own = by_state.reindex(pd.MultiIndex.from_arrays([sided.ccode, sided.year - 1])).to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        share = summed.to_numpy() / np.where(own > 0, own, np.nan)
    return share.clip(0, 1)


def _found(table: pd.Series, first: np.ndarray, second: np.ndarray, of: pd.DataFrame) -> np.ndarray:
    keys = pd.MultiIndex.from_arrays([first, second, of.year], names=_KEYS)
    return table.reindex(keys).to_numpy()


def _arms(sided: pd.DataFrame, pairs: pd.DataFrame, folder: Path) -> np.ndarray:
    back = [pairs.assign(year=pairs.year - lag) for lag in range(ARMS_YEARS)]
    years = pd.concat(back, ignore_index=True)
    years.attrs["directed"] = True
    sent = add_arms(years, folder).arms_tiv
    buyers = years[["ccode2", "year"]].rename(columns={"ccode2": "ccode"})
    bought = add_arms(buyers, folder).arms_received
    flows = pd.DataFrame({"sent": sent, "bought": bought.to_numpy()}).astype("Float64")
    sums = flows.groupby(years.row).sum(min_count=ARMS_YEARS).reindex(sided.index)
    sent, bought = (sums[name].to_numpy(float, na_value=np.nan) for name in ("sent", "bought"))
    return np.where(bought > 0, sent / np.where(bought > 0, bought, 1), 0 * bought)


def _at_war(sided: pd.DataFrame, folder: Path, over: str) -> np.ndarray:
    listed = read(folder, "cow_war_intra")
    own = listed[(listed.primary_state == 1) & (listed.wartype == over)]
    home = np.where(own.ccodea > 0, own.ccodea, own.ccodeb)  # rebels have no number
    years = pd.MultiIndex.from_arrays([home.astype(int), own.year.astype(int)])
    before = sided.year - 1
    asked = pd.MultiIndex.from_arrays([sided.ccode.astype(int), before.astype(int)])
    return np.where(before.between(*_LISTED), asked.isin(years).astype(float), np.nan)
