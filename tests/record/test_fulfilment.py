"""Codings of promises kept and broken in war, and those who had promised nothing."""

import pandas as pd
import pytest

from foedus.record import fulfilment
from foedus.record.fulfilment import (
    HONORED,
    OUTSIDE,
    ROLES,
    SCHEMES,
    VIOLATED,
    belligerents,
    bystanders,
    codings,
)
from foedus.record.treaties import CONDITIONS, KINDS

NONE = dict.fromkeys(["honorllm", "violatellm", "dnallm", "honorbf", "violatebf", "dnabf"], None)


@pytest.fixture
def small(monkeypatch):
    """Reads of these tables in place of a folder."""

    def use(**tables):
        monkeypatch.setattr(fulfilment, "load", lambda folder, name: tables[name])

    return use


def fighters(*rows):
    """War, state, side, initiator, first and second year and month of the beginning, end."""
    columns = ["warnum", "ccode", "side", "initiator", "startyear1", "startmonth1", "endyear1"]
    table = pd.DataFrame(rows, columns=columns, dtype="Int32")
    return table.assign(start_date=None, endyear2=pd.array([-8] * len(rows), dtype="Int32"))


def members(*rows):
    """Treaty, member, entry, exit; a condition on place in treaty 1."""
    table = pd.DataFrame(rows, columns=["atopid", "member", "yrent", "yrexit"], dtype="Int32")
    kinds = dict.fromkeys(KINDS, 0) | {"defense": 1}
    table = table.assign(bilat=1, **kinds, **dict.fromkeys(CONDITIONS.values(), 0))
    table.loc[table.atopid == 1, "defcoloc"] = 1
    return table


def coded(war, atopid, name="War1950", early=0, cow=None, **marks):
    row = {"warid": war, "cowwarid": cow, "atopid": atopid, "warname": name, "sample": early}
    return row | {"multilateral": 0, "defense": 1, "offense": 0, "neutral": 0} | {
        "nonagg": 0, "consul": 0} | NONE | marks  # fmt: skip


def studies(*rows, la=()):
    columns = ["war", "atopid", "honor3", "bilat"]
    return {
        "honor_berkemeier_fuhrmann": pd.DataFrame(rows).convert_dtypes(),
        "honor_leeds_anac": pd.DataFrame(la, columns=columns, dtype="Int32"),
    }


WAR = [9, 100, 1, 1, 1950, 1, 1951], [9, 200, 2, 2, 1950, 1, 1951], [9, 300, 2, 2, 1950, 6, 1951]
BOUND = [1, 200, 1940, 0], [1, 400, 1940, 0], [2, 100, 1940, 1960], [2, 400, 1940, 1960]


def test_outcomes_and_roles(small):
    small(
        **studies(
            coded(7, 1, cow=9, honorllm=1, violatebf=1),
            coded(7, 2, cow=9, dnallm=1, dnabf=1),
            coded(8, 1, name="Elsewhere1961", violatellm=1, honorbf=1),
            la=[(9, 1, 0, 1)],
        ),
        cow_war_inter_participants=fighters(*WAR),
        atop51_member=members(*BOUND),
    )
    told = codings(None).set_index(["scheme", "war", "atopid"])
    assert told.outcome.to_dict() == {
        ("llm", 9, 1): HONORED,
        ("llm", 9, 2): OUTSIDE,
        ("llm", -8, 1): VIOLATED,
        ("bf", 9, 1): VIOLATED,
        ("bf", 9, 2): OUTSIDE,
        ("bf", -8, 1): HONORED,
        ("la", 9, 1): VIOLATED,
    }
    assert told.loc[("llm", 9, 1), list(ROLES)].tolist() == [1, 0, 0, 0]
    assert told.loc[("llm", 9, 2), list(ROLES)].tolist() == [0, 1, 0, 0]
    assert told.loc[("llm", -8, 1), list(ROLES)].isna().all()
    assert told.loc[("llm", 9, 1), "place"] == 1
    assert told.loc[("llm", 9, 2), "place"] == 0
    assert told.loc[("llm", -8, 1), "year"] == 1961
    assert (told.loc[("la", 9, 1), ["early", "last"]] == [False, 1951]).all()


def test_older_numbers_of_two_wars_are_translated(small):
    small(
        **studies(coded(7, 1, cow=156, honorllm=1, honorbf=1), la=[(154, 1, 1, 1)]),
        cow_war_inter_participants=fighters([156, 365, 1, 1, 1956, 11, 1956]),
        atop51_member=members([1, 310, 1948, 0]),
    )
    assert codings(None).war.unique().tolist() == [156]


def test_the_war_of_scoring_is_marked(small):
    small(
        **studies(coded(7, 1, cow=216, violatellm=1, violatebf=1)),
        cow_war_inter_participants=fighters([216, 373, 1, 1, 1993, 2, 1994]),
        atop51_member=members([1, 371, 1992, 0]),
    )
    assert codings(None).held_back.all()


def test_sides_first_day_and_those_who_come_later(small):
    small(cow_war_inter_participants=fighters(*WAR))
    found = belligerents(None).set_index("ccode")
    assert found.side.to_dict() == {100: "challenger", 200: "target", 300: "target"}
    assert found.first_day.to_dict() == {100: True, 200: True, 300: False}


def test_where_both_sides_began_it_nobody_is_the_target(small):
    small(
        cow_war_inter_participants=fighters(
            [9, 1, 1, 1, 1950, 1, 1950], [9, 2, 2, 1, 1950, 1, 1950]
        )
    )
    assert belligerents(None).side.isna().all()


def test_bystanders_are_relevant_and_have_promised_nothing(small):
    """300 and 500 border the target, 600 borders nobody; 500 has promised defence to 200."""
    states = pd.DataFrame({"ccode": [100, 200, 300, 500, 600, 700]}, dtype="Int32").assign(
        styear=1900, stmonth=1, endyear=2011, endmonth=12
    )
    states.loc[5, "endyear"] = 1940
    near = [(200, 300), (200, 500), (200, 700)]
    border = pd.DataFrame(near + [(b, a) for a, b in near], columns=["ccode1", "ccode2"])
    days = pd.to_datetime(["1900-01-01", "2016-12-31"]).date
    pledge = pd.DataFrame({"ccode1": [500], "ccode2": [200], "year": [1949]})
    small(
        cow_war_inter_participants=fighters(*WAR),
        cow_states=states,
        cow_contdir=border.assign(conttype=1, stdate=days[0], enddate=days[1]),
        cow_majors=pd.DataFrame({"ccode": [2], "styear": [1898], "endyear": [2016]}),
        atop_alliance=pledge.assign(atop_defense=1, atop_offense=0),
    )
    found = bystanders(None).set_index("side")
    assert found.relevant.to_dict() == {"target": 1, "challenger": 2}
    assert found.joined.to_dict() == {"target": 1, "challenger": 0}


# ------------------------------------------------------------------ the record


@pytest.fixture(scope="module")
def told(record):
    return codings(record)


def test_shares_kept_are_those_of_the_article(told):
    """Berkemeier and Fuhrmann 2018: 50 per cent, 66 to 1944 and 22 after; by kind."""
    kept = told[(told.scheme == "llm") & (told.outcome != OUTSIDE)]
    share = kept.groupby("early").outcome.agg(lambda x: (x == HONORED).sum()).to_dict()
    assert share == {True: 61, False: 12}
    assert kept.groupby("early").size().to_dict() == {True: 92, False: 54}
    assert len(kept) == 146
    by_kind = {"defense": (102, 0.41), "offense": (42, 0.74), "neutral": (45, 0.78)}
    for kind, (number, mean) in by_kind.items():
        rows = kept[kept[kind] == 1]
        assert len(rows) == number
        assert round((rows.outcome == HONORED).mean(), 2) == mean


def test_codings_of_the_record(told):
    assert told.scheme.value_counts().to_dict() == {"llm": 576, "bf": 576, "la": 137}
    assert not told.duplicated(["scheme", "war", "atopid"]).any()
    assert set(told.scheme) == set(SCHEMES)
    assert told[told.scheme == "la"].year.between(1848, 1990).all()
    held = told[told.held_back & (told.outcome == VIOLATED) & (told.scheme == "llm")]
    assert sorted(held.atopid) == [3740, 4220, 4400, 4550]


def test_the_studies_mostly_agree(told):
    wide = told.pivot(index=["war", "atopid"], columns="scheme", values="outcome")
    both = wide[["llm", "la"]].dropna()
    both = both[both.llm != OUTSIDE]
    assert (both.llm == both.la).mean() > 0.9


def test_bystanders_of_the_record(record):
    found = bystanders(record)
    assert 216 not in set(found.war)
    assert (found.joined <= found.relevant).all()
    rate = found.groupby("side")[["joined", "relevant"]].sum()
    assert (rate.joined / rate.relevant).between(0.005, 0.05).all()
