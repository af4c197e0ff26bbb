"""What may have held allies back: of the year before, towards the other side, by the tables."""

import numpy as np
import pandas as pd
import pytest

from foedus.record.opportunities import disputes
from foedus.record.read import read
from foedus.record.restraints import WARS, add_restraints

SHARES = ["trade_opp", "arms_opp"]


@pytest.fixture(scope="module")
def told(record):
    """Great powers beside either side of a number of disputes, in the columns that are read."""
    heads = disputes(record).dispute.reset_index()
    some = heads.iloc[:: max(len(heads) // 80, 1)]
    years = "styear" if "styear" in heads else "year"
    allies = pd.DataFrame({"ccode": [2, 200, 220, 365, 640]})
    rows = some.merge(allies, how="cross").merge(pd.DataFrame({"own": [1, 2]}), how="cross")
    rows = rows.assign(side=rows.dispnum * 10 + rows.own, year=rows[years])
    return add_restraints(rows[["dispnum", "ccode", "year", "side"]], record)


def opponents(record, row):
    origin = disputes(record).originator
    other = 3 - row.side % 10
    return origin.ccode[(origin.dispnum == row.dispnum) & (origin.side == other)].tolist()


def some(told, column):
    """Rows in which there is something to see."""
    return told[told[column] > 0].iloc[:12].itertuples()


def test_shares_are_shares_and_years_that_no_table_covers_are_unknown(told):
    for name in SHARES:
        known = told[name].dropna()
        assert known.between(0, 1).all()
        assert (known > 0).any()
    assert told.trade_opp[told.year <= 1870].isna().all()
    assert told.arms_opp[told.year <= 1954].isna().all()
    for name in WARS:
        assert set(told[name].dropna()) == {0.0, 1.0}
        assert (told[name].isna() == ~told.year.between(1819, 2009)).all()


def test_trade_with_the_other_side_is_counted_once_whoever_reports_it(record, told):
    dyads, totals = read(record, "cow_trade_dyad"), read(record, "cow_trade_sy")
    for row in some(told, "trade_opp"):
        both = 0.0
        for other in opponents(record, row):
            pair = (dyads.ccode1 == min(row.ccode, other)) & (dyads.ccode2 == max(row.ccode, other))
            found = dyads[pair & (dyads.year == row.year - 1)]
            both += float(np.nansum(found[["flow1", "flow2"]].to_numpy(float, na_value=np.nan)))
        own = totals[(totals.ccode == row.ccode) & (totals.year == row.year - 1)]
        whole = float(own.imports.iloc[0] + own.exports.iloc[0])
        assert row.trade_opp == pytest.approx(min(both / whole, 1), rel=1e-6)


def test_arms_are_those_of_five_years_and_of_what_the_other_side_bought(record, told):
    listed = read(record, "sipri_tiv")
    listed = listed[~listed.recipient.str.endswith("*") & ~listed.supplier.str.endswith("*")]
    for row in some(told, "arms_opp"):
        bought = listed[listed.recipient_cown.isin(opponents(record, row))]
        bought = bought[bought.year.between(row.year - 5, row.year - 1)]
        own = bought[bought.supplier_cown == row.ccode]
        assert row.arms_opp == pytest.approx(own.tiv.sum() / bought.tiv.sum(), abs=0.02)


@pytest.mark.parametrize("name", WARS)
def test_a_war_at_home_is_one_that_the_state_itself_fought_the_year_before(record, told, name):
    listed = read(record, "cow_war_intra")
    listed = listed[(listed.wartype == WARS[name]) & (listed.primary_state == 1)]
    for row in some(told, name):
        then = listed[listed.year == row.year - 1]
        assert row.ccode in {*then.ccodea, *then.ccodeb}
    quiet = told[told[name] == 0].iloc[::37]
    for row in quiet.itertuples():
        then = listed[(listed.year == row.year - 1) & (listed.ccodea == row.ccode)]
        assert then.empty
