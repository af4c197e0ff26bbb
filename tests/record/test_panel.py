"""Rows: who was a member with whom and when; and laws that all columns obey."""

import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.record import frames, panel
from foedus.record.folder import RecordError

ADD = {
    "capabilities": panel.add_capabilities,
    "alliances": panel.add_alliances,
    "contiguity": panel.add_contiguity,
    "distance": panel.add_distance,
    "disputes": panel.add_disputes,
    "rivalries": panel.add_rivalries,
    "regime": panel.add_regime,
    "arms": panel.add_arms,
    "arms races": panel.add_arms_races,
    "crises": panel.add_crises,
    "majors": panel.add_majors,
    "wars": panel.add_wars,
}
PAIRS_ONLY = {"alliances", "distance", "arms races"}
# Columns that do not depend on the direction in which a pair is read.
MUTUAL = [
    "contiguity",
    "mindist_km",
    "capdist_km",
    "mid_onset",
    "mid_ongoing",
    "mid_hostlev",
    "rivalry",
    "rivalry_spatial",
    "arms_race",
    "crisis",
    "war_onset",
    "war_ongoing",
]


def _rows(table):
    return [tuple(int(x) for x in row) for row in table.iloc[:, :3].to_numpy()]


def _all(frame, folder):
    for add in ADD.values():
        frame = add(frame, folder)
    return frame


def test_a_state_is_there_in_every_year_of_which_it_was_a_member_on_a_day(small):
    table = panel.state_years(small, 1900, 1902)
    assert table[table.ccode == 20].year.tolist() == [1900, 1901]
    assert table[table.ccode == 40].year.tolist() == [1901, 1902]
    assert table.attrs["sources"] == {"cow_states": "COW State System v2016"}


def test_pairs_need_a_common_day(small):
    table = panel.dyad_years(small, 1901, 1901, directed=False)
    assert _rows(table) == [
        (10, 20, 1901),
        (10, 30, 1901),
        (10, 40, 1901),
        (20, 30, 1901),
        (30, 40, 1901),
    ]
    ((reason, count),) = table.attrs["dropped"].items()
    assert "never in the system on one day" in reason
    assert count == 1
    assert list(panel.dyad_years(small, 1901, 1901).attrs["dropped"].values()) == [2]


def test_a_directed_table_is_the_undirected_one_both_ways(small):
    once = panel.dyad_years(small, 1900, 1903, directed=False)
    both = panel.dyad_years(small, 1900, 1903)
    turned = [(b, a, year) for a, b, year in _rows(once)]
    assert sorted(_rows(both)) == sorted(_rows(once) + turned)
    assert (once.ccode1 < once.ccode2).all()
    assert not both.duplicated().any()


def test_relevant_is_contiguous_or_with_a_major_power(small):
    table = panel.dyad_years(small, 1901, 1901, relevant=True, directed=False)
    # 20 and 30 are listed as not contiguous (type 0), but 30 is a major power; 10 and 40 are out.
    assert _rows(table) == [(10, 20, 1901), (10, 30, 1901), (20, 30, 1901), (30, 40, 1901)]
    assert table.attrs["dropped"]["pairs neither contiguous nor with a major power"] == 1
    assert set(table.attrs["sources"]) == {"cow_states", "cow_contdir", "cow_majors"}


def test_years_outside_the_list_are_refused_unless_its_members_are_carried_on(small):
    with pytest.raises(ValueError, match=r"expected years from 1816 to 2016 \(cow_states\); got"):
        panel.state_years(small, 2010, 2020)
    with pytest.raises(ValueError, match=r"got 1700 to 2016$"):
        panel.dyad_years(small, 1700)
    with pytest.raises(ValueError, match=r"got 1950 to 1940$"):
        panel.dyad_years(small, 1950, 1940)
    table = panel.state_years(small, 2016, 2020, extend=True)
    assert table[table.year == 2020].ccode.tolist() == [10, 30, 40]
    with pytest.raises(ValueError, match="extend=False with relevant=True"):
        panel.dyad_years(small, 2016, 2020, relevant=True, extend=True)


def test_the_other_list_of_states_and_its_numbers(small):
    table = panel.dyad_years(small, 1900, 1900, system="gw", directed=False)
    assert table.columns.tolist() == ["gwcode1", "gwcode2", "year"]
    found = panel.add_codes(table, small)
    assert found.ccode1.tolist() == [10]
    assert found.ccode2.isna().all()
    with pytest.raises(RecordError, match=r"call panel\.add_codes first"):
        panel.add_capabilities(table, small)
    seen = panel.add_disputes(panel.add_majors(found, small), small)
    assert seen[["major1", "major2", "mid_onset"]].isna().iloc[0].tolist() == [False, True, True]


@pytest.mark.parametrize("name", ADD)
@pytest.mark.parametrize("directed", [True, False])
def test_adding_changes_no_row_and_nothing_that_was_there(small, name, directed):
    before = panel.dyad_years(small, 1899, 1902, directed=directed).sample(frac=1, random_state=1)
    copy, notes = before.copy(deep=True), dict(before.attrs)
    after = ADD[name](before, small)
    pd.testing.assert_frame_equal(before, copy)
    assert before.attrs == notes
    pd.testing.assert_frame_equal(after[before.columns.tolist()], before)
    assert len(after.columns) > len(before.columns)
    assert set(notes["sources"]) < set(after.attrs["sources"])


@pytest.mark.parametrize("name", ADD)
def test_states_by_year_get_columns_too_or_a_clear_message(small, name):
    states = panel.state_years(small, 1900, 1901)
    if name in PAIRS_ONLY:
        with pytest.raises(RecordError, match="expected pairs"):
            ADD[name](states, small)
    else:
        assert len(ADD[name](states, small)) == len(states)


def test_what_is_mutual_stays_symmetric(small):
    table = _all(panel.dyad_years(small, 1900, 1902), small)
    turned = table.rename(columns={"ccode1": "ccode2", "ccode2": "ccode1"})
    keys = ["ccode1", "ccode2", "year"]
    left, right = (t.set_index(keys).sort_index()[MUTUAL] for t in (table, turned))
    pd.testing.assert_frame_equal(left, right)


def test_outside_its_coverage_a_table_says_nothing_and_never_zero(small):
    early = _all(panel.dyad_years(small, 1900, 1900), small).filter(regex="^arms_tiv|^crisis")
    assert early.shape[1] == 3
    assert early.isna().all().all()
    late = panel.dyad_years(small, 2016, 2019, extend=True)
    late = _all(late[late.year == 2019], small)
    known = {"rivalry", "arms_tiv"}
    empty = [c for c in late if late[c].isna().all()]
    assert known.isdisjoint(empty)
    assert {
        "contiguity",
        "major1",
        "atop_defense",
        "mid_onset",
        "war_onset",
        "cinc1",
        "crisis",
    } <= set(empty)


def test_notes_survive_a_chain_and_picking_of_rows(small):
    table = _all(panel.dyad_years(small, 1900, 1901, relevant=True), small)
    part = table[table.year == 1900][["ccode1", "year"]]
    assert part.attrs == table.attrs
    assert len(part.attrs["sources"]) == 14
    assert part.attrs["dropped"]["arms transfers to or from armed groups and organisations"] == 1


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1900, 1905)), unique=True, max_size=20),
    st.lists(st.tuples(st.integers(1, 9), st.integers(1900, 1905)), max_size=20),
)
def test_a_look_up_is_a_left_join(table, rows):
    keys = pd.DataFrame(table, columns=["ccode", "year"], dtype="int64").assign(x=range(len(table)))
    asked = pd.DataFrame(rows, columns=["ccode", "year"], dtype="int64")
    found = frames.look_up(asked, ["ccode"], keys, ["x"])["x"]
    joined = asked.merge(keys, "left", on=["ccode", "year"]).x
    assert len(found) == len(asked)
    assert (
        found.astype("float64").fillna(-1).tolist() == joined.astype("float64").fillna(-1).tolist()
    )


def test_a_look_up_refuses_a_key_that_stands_twice():
    twice = pd.DataFrame({"ccode": [1, 1], "year": [1900, 1900], "x": [1, 2]})
    with pytest.raises(ValueError, match="got row 2 of the table again"):
        frames.look_up(twice, ["ccode"], twice, ["x"])


# On the record itself.


@pytest.fixture(scope="module")
def relevant(record):
    start = time.perf_counter()
    table = _all(panel.dyad_years(record, 1816, 2014, relevant=True), record)
    table.attrs["seconds"] = time.perf_counter() - start
    return table


def test_all_relevant_pairs_of_two_centuries_take_seconds(relevant):
    assert len(relevant) == 239_058
    assert relevant.attrs["seconds"] < 20
    assert not relevant.duplicated(["ccode1", "ccode2", "year"]).any()
    assert relevant.attrs["dropped"]["pairs neither contiguous nor with a major power"] == 1_597_572


def test_the_record_is_symmetric_where_it_should_be(relevant):
    turned = relevant.rename(columns={"ccode1": "ccode2", "ccode2": "ccode1"})
    keys = ["ccode1", "ccode2", "year"]
    left, right = (t.set_index(keys).sort_index()[MUTUAL] for t in (relevant, turned))
    pd.testing.assert_frame_equal(left, right, check_exact=False, rtol=1e-12)


def test_pairs_hold_all_that_were_ever_in_a_dispute(record):
    keys = ["ccode1", "ccode2", "year"]
    disputed = panel.dispute_years(record, "gml")[keys].drop_duplicates()
    pairs = panel.dyad_years(record, 1816, 2010)
    assert len(disputed.merge(pairs, on=keys)) == len(disputed)
