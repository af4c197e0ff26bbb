"""Calls: the counts of the predictability study, and each of its traps."""

import numpy as np
import pandas as pd
import pytest

from foedus.record import calls
from foedus.record.onsets import KNOWN, onsets
from foedus.record.opportunities import bystanders, disputes, hostility


@pytest.fixture(scope="module")
def found(record):
    return disputes(record)


@pytest.fixture(scope="module")
def table(record):
    return calls.table(record)


def test_every_state_that_stood_by_is_an_opportunity(record, found):
    """2,174 disputes, 256,816 opportunities, 552 joins (250 A, 302 B) in 220 disputes."""
    rows = bystanders(record, found)
    assert len(found.dispute) == 2174
    assert len(rows) == 256_816
    assert rows.joined.value_counts().to_dict() == {0: 256_264, 1: 250, 2: 302}
    assert rows.dispnum[rows.joined > 0].nunique() == 220
    assert rows.attrs["dropped"]["joiners outside the state system"] == 5


def test_the_tables_of_the_study_are_its_tables(table):
    """Rows, joins, disputes and sides of S4, S4a and S5; test sides from 1900 on."""
    force, every, war = (calls.one_sided(table, **o) for o in ({"force": True}, {}, {"war": True}))
    size = lambda t: (len(t), t.joined.sum(), t.dispnum.nunique(), t.side.nunique())  # noqa: E731
    assert size(force) == (15_613, 169, 1082, 1433)
    assert size(war) == (571, 66, 58, 70)
    later = [t[t.year >= 1900].side.nunique() for t in (force, every)]
    assert later == [1392, 1886]


def test_a_state_listed_twice_counts_with_its_first_spell(found):
    assert found.dropped["later spells of a state in one dispute"] == 20
    took = pd.concat([found.originator, found.joiner])
    assert not took.duplicated(["dispnum", "ccode"]).any()


def test_states_there_on_day_one_are_originators_and_no_calls(table, found):
    keys = ["dispnum", "ccode"]
    assert not table[keys].merge(found.originator[keys], on=keys).size


def test_joiners_that_did_nothing_keep_their_level(table):
    """45 of the 169 joiners of S4 have no militarised act of their own."""
    force = calls.one_sided(table, force=True)
    assert (force.level[force.joined] == 1).sum() == 45


def test_levels_of_hostility_follow_the_action_codes():
    assert hostility(pd.Series([0, 1, 7, 12, 13, 19, 20, 21])).tolist() == [1, 2, 3, 3, 4, 4, 5, 5]


def test_side_a_is_no_aggressor_and_both_sides_are_asked_for(table):
    """In MID 258 (1939) Germany is on side B; Poland's partners are asked on side A."""
    asked = calls.one_sided(table[table.dispnum == 258])
    assert set(asked.side % 10) == {1, 2}


def test_a_side_s_columns_are_those_of_its_originators(table):
    one = calls.one_sided(table)
    assert one.defense_own.all()
    assert not one.defense_opp.any()
    assert (one.partners_own >= 1).all()


def test_what_no_table_covers_is_missing_and_not_zero(table):
    early = table[table.year < 1946]
    assert early.votes_a.isna().all()
    assert table.peace_a[table.year < 1900].isna().all()
    assert table.votes_a[table.year > 1950].notna().mean() > 0.8


def test_affinity_is_a_share(table):
    known = table.affinity_a.dropna()
    assert known.between(0, 1).all()
    assert table.affinity_a.notna().mean() > 0.95


def test_history_ends_before_the_onset(record, table):
    """What a dispute itself brings is no history of it: the first dispute of all has none."""
    first = table[table.month == table.month.min()]
    columns = [f"{n}_{s}" for n in ("alongside", "against") for s in "ab"]
    assert not first[columns].to_numpy().any()


def test_treaty_4400_makes_allies_of_enemies_until_it_is_left_out(record):
    """ATOP has Armenia and Azerbaijan bound to each other by defence from 1993 to 2018."""
    pair = pd.DataFrame({"ccode": [371], "o": [373], "year": [2005], "month": [2005 * 12]})
    assert calls.pledges(record, pair)["defense"].all()
    assert not calls.pledges(record, pair, without=(4400,))["defense"].any()


def test_disputes_of_armenia_and_azerbaijan_past_1993_are_never_fitted(found, table):
    late = found.dispute.index[found.dispute.held_back]
    both = pd.concat([found.originator, found.joiner])
    members = both[both.dispnum.isin(late)].groupby("dispnum").ccode.agg(set)
    assert all({371, 373} <= m for m in members)
    assert 3564 in late
    assert set(table.dispnum[table.held_back]) <= set(late)


def test_disputes_of_2011_to_2014_are_closed(record):
    with pytest.raises(ValueError, match="closed; got 2012"):
        disputes(record, 2011, 2012, source="cow")


def test_a_table_of_a_few_years_is_part_of_the_whole(record, table):
    some = calls.table(record, 1910, 1914)
    whole = table[table.year.between(1910, 1914)].reset_index(drop=True)
    pd.testing.assert_frame_equal(some, whole, check_dtype=False)


def test_onsets_know_every_dispute_and_nothing_after(record, found):
    told = onsets(record)
    assert told.index.equals(found.dispute.index)
    assert np.isfinite(told[list(KNOWN)].to_numpy()).all()
    assert told.level.value_counts().sort_index().tolist() == [
        (found.dispute.host < 4).sum(),
        (found.dispute.host == 4).sum(),
        (found.dispute.host == 5).sum(),
    ]
