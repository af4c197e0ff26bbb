"""Who was bound, who left, who was left alone, who came in."""

import numpy as np
import pandas as pd
import pytest

from foedus.record import opportunities, treaties
from foedus.record.treaties import (
    candidate_years,
    left_alone,
    member_years,
    memberships,
    spells,
)

PHASES = ["atopid", "member", "phase", "yrent", "yrexit", "termmode", "termcaus"]


def phases(*rows, **more):
    """A small table of members as ATOP has it; 0 or nothing: still in force."""
    return pd.DataFrame(rows, columns=PHASES).convert_dtypes().assign(defense=1, bilat=0, **more)


def years(rows):
    return rows[["member", "entry", "exit"]].astype(float).fillna(-1).to_numpy().tolist()


# ------------------------------------------------------------------ spells


def test_phases_of_a_renegotiated_treaty_are_one_spell():
    found = spells(phases([1, 2, 1, 1949, 1951, 2, 1], [1, 2, 2, 1951, 0, 0, 0]))
    assert years(found) == [[2, 1949, -1]]


def test_who_left_and_came_back_has_two_spells():
    found = spells(phases([4220, 704, 1, 1992, 1999, 1, 4], [4220, 704, 2, 2006, 2012, 3, 4]))
    assert found.spell.tolist() == [1, 2]
    assert found.own_act.tolist() == [True, True]
    assert years(found) == [[704, 1992, 1999], [704, 2006, 2012]]


def test_a_partner_replaced_by_its_successors_ends_no_spell():
    """Two rows from 1993 on, one for each successor of the partner."""
    found = spells(
        phases(
            [3424, 811, 1, 1990, 1992, 4, 2],
            [3424, 811, 2, 1993, 0, 0, 0],
            [3424, 811, 2, 1993, 0, 0, 0],
        )
    )
    assert years(found) == [[811, 1990, -1]]


@pytest.mark.parametrize("end", [0, None])
def test_nothing_and_0_are_still_in_force(end):
    found = spells(phases([1, 2, 0, 1949, end, 0, 0]))
    assert found.exit.isna().all()
    assert not found.own_act.any()
    assert found["mode"].isna().all()


def test_what_atop_does_not_know_stays_missing():
    found = spells(phases([1, 2, 0, 1949, 0, 0, 0], base=pd.array([None], dtype="Int32")))
    assert found.base.isna().all()


# ------------------------------------------------------------------ who left


@pytest.fixture
def small(monkeypatch):
    """Reads of these tables in place of a folder."""

    def use(**tables):
        for module, reader in ((treaties, "load"), (opportunities, "read")):
            monkeypatch.setattr(module, reader, lambda folder, name: tables[name])

    return use


def test_leaving_is_by_own_act_from_a_treaty_that_goes_on(small):
    small(
        atop51_member=phases(
            [1, 2, 0, 1950, 0, 0, 0],
            [1, 3, 0, 1950, 1960, 3, 4],  # leaves
            [1, 4, 0, 1950, 1970, 4, 2],  # loses its independence
            [1, 5, 0, 1950, 0, 0, 0],
            [2, 2, 0, 1950, 1960, 3, 4],  # the last two end it together
            [2, 3, 0, 1950, 1960, 3, 4],
            [3, 2, 0, 1950, 1977, 3, 3],  # most go at once: dissolved, whoever stays
            [3, 3, 0, 1950, 1977, 3, 3],
            [3, 4, 0, 1950, 0, 0, 0],
        )
    )
    found = memberships(None)
    assert found[found.left][["atopid", "member"]].to_numpy().tolist() == [[1, 3]]


def tables(*members, **more):
    """What `member_years` reads, for states 2 to 4: 2 is the strongest."""
    state, year = (a.ravel() for a in np.meshgrid([2, 3, 4], np.arange(1990, 2019)))
    nmc = pd.DataFrame(
        {"ccode": state, "year": year, "cinc": np.choose(state - 2, [0.1, 0.02, 0.01])}
    )
    nmc.loc[(nmc.ccode == 3) & (nmc.year >= 2000), "cinc"] = 0.04
    regime = pd.DataFrame({"ccode": state, "year": year, "v2x_polyarchy": 0.8})
    regime.loc[(regime.ccode == 3) & (regime.year >= 2005), "v2x_polyarchy"] = 0.3
    return {
        "atop51_member": phases(*members),
        "cow_nmc": nmc,
        "democracy_cow": regime,
        "atop51_institution": pd.DataFrame({"atopid": [1], "milinst": [1]}),
        "gml_mid_disps": fought()[0],
        "gml_part": fought()[1],
    } | more


def fought(*rows, **fights):
    """Disputes (number, year, year of the end, fatality, hostility), and who took part.

    `fights`: state, side A or not, originator, highest act, by number.
    """
    columns = ["dispnum", "styear", "endyear", "fatality", "hostlev"]
    listed = pd.DataFrame(rows, columns=columns, dtype="Int32").assign(stmon=1)
    years = listed.set_index("dispnum")[["styear", "endyear"]]
    part = [(int(number[1:]), *one) for number, some in fights.items() for one in some]
    columns = ["dispnum", "ccode", "sidea", "orig", "hiact"]
    part = pd.DataFrame(part, columns=columns, dtype="Int32").join(years, on="dispnum")
    return listed, part.assign(stmon=1, stday=1)


LEAGUE = [1, 2, 0, 1995, 0, 0, 0], [1, 3, 0, 1995, 2010, 3, 4], [1, 4, 0, 1995, 0, 0, 0]


def test_a_row_tells_the_last_day_of_a_year_and_what_the_next_brings(small):
    small(**tables(*LEAGUE))
    rows = member_years(None)
    assert rows.groupby("member").year.agg(["min", "max"]).to_numpy().tolist() == [
        [1995, 2017],
        [1995, 2009],
        [1995, 2017],
    ]
    assert rows[rows.leaves][["member", "year"]].to_numpy().tolist() == [[3, 2009]]
    assert (rows[rows.year >= 2010].members == 2).all()
    assert (rows.leader == (rows.member == 2)).all()


def test_changes_count_from_the_year_of_entry(small):
    small(**tables(*LEAGUE))
    rows = member_years(None).set_index(["member", "year"])
    assert rows.loc[(3, 1999), "power_change"] == 0
    assert np.isclose(rows.loc[(3, 2000), "power_change"], np.log(2))
    assert np.isclose(rows.loc[(3, 1995), "power"], np.log(5))
    assert np.isclose(rows.loc[(3, 2005), "regime_change"], 0.5)
    assert rows.loc[(3, 2004), "both_democratic"] == 1
    assert rows.loc[(3, 2005), "both_democratic"] == 0
    assert (rows.milinst == 1).all()


def test_what_no_table_covers_is_missing(small):
    told = tables(*LEAGUE)
    told["democracy_cow"] = told["democracy_cow"].query("year >= 2000")
    small(**told)
    rows = member_years(None).set_index(["member", "year"])
    assert np.isnan(rows.loc[(3, 1998), "both_democratic"])
    assert np.isnan(rows.loc[(3, 2005), "regime_change"])  # the year of entry is not known


def test_a_new_pact_is_one_with_an_outsider_and_news_for_two_years(small):
    outside = [2, 3, 0, 2001, 0, 0, 0], [2, 9, 0, 2001, 0, 0, 0]
    inside = [3, 3, 0, 2005, 0, 0, 0], [3, 4, 0, 2005, 0, 0, 0]
    small(**tables(*LEAGUE, *outside, *inside))
    rows = member_years(None)
    league = rows[(rows.atopid == 1) & (rows.new_pact == 1)]
    assert league[["member", "year"]].to_numpy().tolist() == [[3, 2001], [3, 2002]]


@pytest.mark.parametrize(
    ("helper", "unaided"), [(None, True), (4, True), (2, False)], ids=["nobody", "weak", "strong"]
)
def test_unaided_is_without_the_strongest_member(small, helper, unaided):
    war = [(9, 1, 1, 16), (3, 0, 1, 16)] + ([(helper, 0, 0, 16)] if helper else [])
    listed, part = fought([7, 2000, 2001, 3, 4], d7=war)
    small(**tables(*LEAGUE, gml_mid_disps=listed, gml_part=part))
    rows = member_years(None)
    found = rows[rows.unaided == 1]
    assert found.year.tolist() == (list(range(2000, 2005)) if unaided else [])
    assert (found.member == 3).all()
    event = left_alone(None, rows)
    assert event.helped.tolist() == [helper is not None]


def test_closed_and_held_back_disputes_are_not_read(small):
    league = [1, 2, 0, 1990, 0, 0, 0], [1, 3, 0, 1990, 0, 0, 0], [1, 371, 0, 1990, 0, 0, 0]
    open_, closed = [(9, 1, 1, 16), (3, 0, 1, 16)], [(9, 1, 1, 16), (3, 0, 1, 16)]
    shared = [(373, 1, 1, 20), (371, 0, 1, 20)]
    listed, part = fought(
        [7, 2010, 2010, 3, 4],
        [8, 2011, 2012, 3, 4],
        [9, 1992, 1995, 6, 5],
        d7=open_,
        d8=closed,
        d9=shared,
    )
    small(**tables(*league, gml_mid_disps=listed, gml_part=part))
    assert left_alone(None, member_years(None)).dispnum.tolist() == [7]


def test_candidates_are_neighbours_outside_and_join_the_year_after(small):
    days = pd.to_datetime(["1990-01-01", "2016-12-31"]).date
    pairs = [(2, 8), (8, 2), (3, 4), (4, 3), (2, 9), (9, 2)]
    spell = pd.DataFrame(pairs, columns=["ccode1", "ccode2"], dtype="Int32").assign(
        conttype=[1, 1, 1, 1, 6, 6], stdate=days[0], enddate=days[1]
    )
    small(cow_contdir=spell)
    bound = pd.DataFrame(
        [(1, 2, y) for y in range(2000, 2006)] + [(1, 8, y) for y in range(2004, 2006)],
        columns=["atopid", "member", "year"],
    )
    found = candidate_years(None, bound)
    assert found[["state", "year"]].to_numpy().tolist() == [[8, y] for y in range(2000, 2004)]
    assert found[found.joins].year.tolist() == [2003]


# ------------------------------------------------------------------ the record


@pytest.fixture(scope="module")
def told(record):
    return member_years(record)


def league(rows):
    """Multilateral defence pacts, as the reference classes count them."""
    many = (rows.bilateral == 0) & (rows.defense == 1)
    return rows[many & (rows.groupby("atopid").member.transform("nunique") >= 3)]


def test_memberships_of_the_record(record):
    found = memberships(record)
    assert not found.duplicated(["atopid", "member", "spell"]).any()
    assert (found.exit.fillna(9999) >= found.entry).all()
    assert found.exit.max() <= treaties.LAST
    treaty = found[found.atopid == 4220].set_index(["member", "spell"])
    assert treaty.exit.dropna().to_dict() == {
        (372, 1): 1999,
        (373, 1): 1999,
        (704, 1): 1999,
        (704, 2): 2012,
    }
    assert treaty[treaty.exit.notna()].left.all()
    assert (treaty.place == 0).all()  # ATOP codes no territorial condition for it


def test_leaving_is_as_rare_as_the_reference_classes_say(told):
    """Reference classes 15 and 15c: 97 exits within five years, 20 exits, 4 in 179 years."""
    rows = league(told)
    since = rows[rows.year >= 1946]
    known = since[since.year <= 2013]
    assert (known.left & (known.exit <= known.year + 5)).sum() == 97
    assert since.leaves.sum() == 20
    assert abs(len(known) - 9562) < 50  # theirs counts Egypt of 1979-89 as inside
    own = rows[rows.atopid == 4220]
    assert (len(own), own.leaves.sum()) == (179, 4)


def test_the_unhelped_seldom_leave(record, told):
    """Reference class 17: 1 of 85 by COW's disputes to 2013, 4 of 183 on either side.

    GML 2.2.1 to 2010 puts three of these four (Egypt, Pakistan, Georgia) on side B.
    """
    event = left_alone(record, league(told))
    event = event[(event.year >= 1946) & ~event.helped]
    left = memberships(record).query("left")[["atopid", "member", "exit"]]
    soon = event.merge(left, "left", on=["atopid", "member"])
    assert len(event) == 102
    assert ((soon.exit >= soon.year) & (soon.exit <= soon.year + 5)).sum() == 3
    assert event.year.max() <= treaties.TOLD


def test_covariates_of_the_record_lie_where_they_should(told):
    assert not told.duplicated(["atopid", "member", "spell", "year"]).any()
    assert (told.power_change.dropna() >= 0).all()
    assert told.regime_change.dropna().between(0, 1).all()
    assert (told[told.age == 0].power_change.dropna() == 0).all()
    assert told.groupby(["atopid", "year"]).leader.sum().le(1).all()
    assert (told.leaves <= told.breaks).all()
    assert (told.breaks <= told.ends).all()
