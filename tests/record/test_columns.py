"""What each column says, on the small record; and a few facts of the real one."""

import pandas as pd
import pytest

from foedus.record import panel, pledges
from foedus.record.folder import RecordError
from foedus.record.read import read


def _at(table, *key):
    """The row of a state, or of a pair, in a year."""
    names = ["ccode1", "ccode2", "year"] if len(key) == 3 else ["ccode", "year"]
    return table.set_index(names).loc[key]


@pytest.fixture
def pairs(small):
    return panel.dyad_years(small, 1900, 1902)


def test_capabilities_are_those_of_each_state_and_lag_looks_back(small, pairs):
    table = panel.add_capabilities(pairs, small, ["cinc"])
    assert _at(table, 10, 20, 1900)[["cinc1", "cinc2"]].tolist() == [0.1, 0.2]
    assert pd.isna(_at(table, 40, 10, 1901).cinc1)
    late = panel.add_capabilities(pairs, small, ["cinc"], lag=1)
    assert pd.isna(_at(late, 10, 20, 1900).cinc1)
    assert _at(late, 10, 30, 1902).cinc2 == 0.3
    with pytest.raises(RecordError, match=r"cow_nmc: expected one of milex.*; got 'cinch'"):
        panel.add_capabilities(pairs, small, ["cinch"])


def test_regime_keeps_minus_nine_which_is_a_real_value_of_polity2(small, pairs):
    row = _at(panel.add_regime(pairs, small), 10, 20, 1900)
    assert [row.polity21, row.polity22] == [9, -9]


def test_major_powers_by_state_and_pair(small, pairs):
    assert _at(panel.add_majors(pairs, small), 10, 30, 1900)[["major1", "major2"]].tolist() == [
        0,
        1,
    ]
    states = panel.add_majors(panel.state_years(small, 1900, 1900), small)
    assert states.major.tolist() == [0, 0, 1]


def test_pledges_are_directed(small, pairs):
    table = panel.add_alliances(pairs, small)
    assert _at(table, 10, 20, 1900).atop_defense == 1
    assert _at(table, 20, 10, 1900).atop_defense == 0
    assert _at(table, 10, 20, 1901).atop_defense == 0
    once = panel.add_alliances(panel.dyad_years(small, 1900, 1900, directed=False), small)
    row = _at(once, 10, 20, 1900)
    assert [row.atop_defense_12, row.atop_defense_21] == [1, 0]
    assert [row.atop_nonagg_12, row.atop_nonagg_21] == [1, 1]


def test_a_part_of_a_directed_table_is_still_directed(small, pairs):
    part = pairs[pairs.ccode1 == 10]
    assert (part.ccode1 < part.ccode2).all()
    assert "atop_defense" in panel.add_alliances(part, small)


def test_a_treaty_left_out_takes_only_what_no_other_promises(small, pairs):
    table = panel.add_alliances(pairs, small, without=[1])
    row = _at(table, 10, 20, 1900)
    assert [row.atop_defense, row.atop_nonagg] == [0, 1]
    assert _at(table, 10, 30, 1900).atop_defense == 1
    assert "atop51_member" in table.attrs["sources"]
    with pytest.raises(ValueError, match="expected numbers of ATOP treaties; got 99"):
        panel.add_alliances(pairs, small, without=[1, 99])


def test_contiguity_is_the_closest_of_the_year_and_listed_pairs_can_be_far(small, pairs):
    table = panel.add_contiguity(pairs, small)
    assert _at(table, 10, 20, 1900).contiguity == 1
    assert _at(table, 30, 10, 1900).contiguity == 4
    assert _at(table, 30, 10, 1901).contiguity == 2
    assert _at(table, 20, 30, 1900).contiguity == 0
    states = panel.add_contiguity(panel.state_years(small, 1900, 1900), small)
    assert _at(states, 10, 1900)[["land_neighbours", "sea_neighbours"]].tolist() == [1, 1]


def test_distance_between_borders_and_between_capitals_of_new_year(small, pairs):
    table = panel.add_distance(pairs, small)
    assert _at(table, 30, 10, 1901).mindist_km == 120.5
    assert pd.isna(_at(table, 30, 10, 1900).mindist_km)
    assert _at(table, 10, 20, 1900).capdist_km == pytest.approx(10_007.557, abs=0.01)
    degree = 111.1951
    assert _at(table, 10, 30, 1900).capdist_km == pytest.approx(degree, abs=1e-3)
    assert _at(table, 10, 30, 1901).capdist_km == pytest.approx(2 * degree, abs=1e-3)


def test_rivalries_that_follow_each_other_are_one_column(small, pairs):
    table = panel.add_rivalries(pairs, small)
    columns = ["rivalry", "rivalry_spatial", "rivalry_positional"]
    assert _at(table, 30, 10, 1900)[columns].tolist() == [1, 1, 1]
    assert _at(table, 10, 30, 1901)[columns].tolist() == [1, 0, 1]
    assert _at(table, 10, 30, 1902)[columns].tolist() == [0, 0, 0]
    states = panel.add_rivalries(panel.state_years(small, 1900, 1900), small)
    assert states.rivals.tolist() == [1, 0, 1]


def test_arms_of_states_only_and_all_names_of_a_state_together(small):
    table = panel.add_arms(panel.dyad_years(small, 1949, 1950), small)
    assert _at(table, 10, 30, 1950).arms_tiv == 10
    assert _at(table, 30, 10, 1950).arms_tiv == 0
    assert pd.isna(_at(table, 10, 30, 1949).arms_tiv)
    assert table.attrs["dropped"] == {
        "arms transfers to or from armed groups and organisations": 1,
        "arms transfers to or from parties without a COW number": 1,
    }
    states = panel.add_arms(panel.state_years(small, 1950, 1950), small)
    assert _at(states, 10, 1950)[["arms_supplied", "arms_received"]].tolist() == [10, 0]


def test_a_table_of_arms_without_west_germany_is_silent_on_it(small):
    rows = pd.DataFrame({"ccode1": [260, 255], "ccode2": [10, 10], "year": [1960, 1991]})
    assert panel.add_arms(rows, small).arms_tiv.isna().tolist() == [True, False]


def test_disputes_with_who_acted_first(small, pairs):
    table = panel.add_disputes(pairs, small)
    columns = ["mid_onset", "mid_ongoing", "mid_first", "mid_hostlev"]
    assert _at(table, 10, 20, 1900)[columns].tolist() == [1, 1, 1, 4]
    assert _at(table, 20, 10, 1900)[columns].tolist() == [1, 1, 0, 4]
    assert _at(table, 10, 20, 1901)[columns].tolist() == [0, 1, 0, 4]
    assert _at(table, 10, 30, 1900)[columns[:3]].tolist() == [0, 0, 0]
    assert pd.isna(_at(table, 10, 30, 1900).mid_hostlev)
    states = panel.add_disputes(panel.state_years(small, 1900, 1900), small)
    assert states.mid_onset.tolist() == [1, 1, 0]


def test_disputes_of_cow_after_2010_are_closed(small):
    rows = panel.dyad_years(small, 2009, 2014, directed=False)
    table = panel.add_disputes(rows, small, "cow")
    assert _at(table, 10, 30, 2010).mid_onset == 1
    assert table[table.year > 2010][["mid_onset", "mid_ongoing", "mid_hostlev"]].isna().all().all()
    assert 8 not in panel.dispute_years(small, "cow").dispnum.tolist()
    assert panel.disputes(small, "cow").dispnum.tolist() == [7]
    (reason,) = panel.disputes(small, "cow").attrs["dropped"]
    assert "kept closed" in reason
    opened = panel.add_disputes(rows, small, "cow", open_closed=True)
    assert _at(opened, 10, 30, 2012).mid_onset == 1


def test_codes_for_unknown_are_empty_in_disputes(small):
    assert panel.disputes(small, "cow")[["outcome", "fatality"]].isna().all().all()


def test_a_dispute_by_pair_and_year_in_one_direction(small):
    once = panel.dispute_years(small, directed=False)
    assert once[["ccode1", "ccode2", "year"]].values.tolist() == [[10, 20, 1900], [10, 20, 1901]]


def test_wars_that_were_resumed_count_once(small, pairs):
    table = panel.add_wars(pairs, small)
    assert _at(table, 20, 30, 1900)[["war_onset", "war_ongoing"]].tolist() == [1, 1]
    assert _at(table, 10, 30, 1900)[["war_onset", "war_ongoing"]].tolist() == [0, 0]


def test_crises_of_pairs_and_who_set_them_off(small):
    table = panel.add_crises(panel.dyad_years(small, 1950, 1952), small)
    assert _at(table, 10, 30, 1950)[["crisis", "crisis_trigger"]].tolist() == [1, 1]
    assert _at(table, 10, 30, 1951)[["crisis", "crisis_trigger"]].tolist() == [0, 0]
    states = panel.add_crises(panel.state_years(small, 1951, 1951), small)
    assert states.crisis.tolist() == [1, 0, 0]


def test_peace_years_by_pair_with_gaps_and_the_unknown():
    years = pd.DataFrame(
        {
            "ccode1": 1,
            "ccode2": 2,
            "year": [1905, 1900, 1901, 1902, 1906, 1907],
            "war": pd.array([0, 0, 1, 0, None, 0], dtype="Int32"),
        }
    )
    assert panel.add_peace_years(years, "war", "calm").calm.tolist()[:4] == [3, 0, 1, 0]
    assert (
        panel.add_peace_years(years, "war").peace_years.isna().tolist() == [False] * 4 + [True] * 2
    )


# On the record itself.


def test_pledges_taken_from_the_treaties_give_the_table_of_pairs(record):
    """The reading of ATOP's members that `without` rests on."""
    members = read(record, "atop51_member")
    table = read(record, "atop_alliance")
    own = pledges.by_treaty(members[members["member"] < 1000])
    keys = ["ccode1", "ccode2", "year"]
    found = own.groupby(keys)[list(pledges.OBLIGATIONS)].max()
    both = table.set_index(keys).join(found, how="left")
    assert both["defense"].notna().all()
    assert len(found) - len(table) <= 8
    for name in pledges.OBLIGATIONS:
        listed, made = both[f"atop_{name}"], both[name]
        assert (made >= listed).all()
        assert (made != listed).mean() < 0.001


def test_treaty_4400_makes_enemies_of_2020_allies_unless_left_out(record):
    rows = pd.DataFrame({"ccode1": [371, 365, 365], "ccode2": [373, 373, 371], "year": 2018})
    rows.attrs["directed"] = True
    assert panel.add_alliances(rows, record).atop_defense.tolist() == [1, 1, 1]
    without = panel.add_alliances(rows, record, without=[4400])
    assert without.atop_defense.tolist() == [0, 0, 1]


def test_germany_and_yemen_change_their_number_and_canada_comes_in_1920(record):
    table = panel.state_years(record)
    assert table[table.ccode == 260].year.agg(["min", "max"]).tolist() == [1955, 1990]
    assert table[table.ccode == 678].year.max() == table[table.ccode == 679].year.min() == 1990
    assert table[table.ccode == 20].year.min() == 1920
    gw = panel.state_years(record, system="gw")
    assert gw[gw.gwcode == 20].year.min() == 1867
    codes = panel.add_codes(gw, record)
    assert codes[(codes.gwcode == 260) & (codes.year > 1990)].ccode.unique().tolist() == [255]
