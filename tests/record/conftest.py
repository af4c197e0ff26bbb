"""A small home-made record: four states that never were, in the columns of the real tables."""

from datetime import date

import pandas as pd
import pytest

# 10 to 30 are members throughout; 40 comes in July 1901, and 20 leaves in March of that year.
SPELLS = [
    (10, 1900, 1, 1, 2016),
    (20, 1900, 1, 1, 1901),
    (30, 1900, 1, 1, 2016),
    (40, 1901, 7, 1, 2016),
]


def _states():
    ends = {2016: (12, 31), 1901: (3, 31)}
    rows = [
        (f"S{code}", code, f"State {code}", year, month, day, end, *ends[end], 2016)
        for code, year, month, day, end in SPELLS
    ]
    columns = ["stateabb", "ccode", "statenme", "styear", "stmonth", "stday"]
    return pd.DataFrame(rows, columns=[*columns, "endyear", "endmonth", "endday", "version"])


def _both_ways(rows, columns):
    return pd.DataFrame([*rows, *((b, a, *rest) for a, b, *rest in rows)], columns=columns)


def tables():
    """The small tables by name."""
    keys = ["ccode1", "ccode2"]
    spell = [*keys, "conttype", "stdate", "enddate"]
    since, until = date(1900, 1, 1), date(2016, 12, 1)
    nmc = [
        (code, year, 5, 6, 7, 8, 9.0, 1.0, code / 100)
        for code in (10, 20, 30)
        for year in (1900, 1901)
    ]
    pledge = [
        *keys,
        "year",
        "atop_defense",
        "atop_offense",
        "atop_neutral",
        "atop_nonagg",
        "atop_consul",
    ]
    side = ["sidea1", "sidea2", "orig1", "orig2", "hostlev1", "hostlev2"]
    dispute = ["dispnum", *keys, "year", "midonset", "midongoing", *side, "version"]
    war = ["warnum", *keys, "year", "cowinteronset", "cowinterongoing"]
    return {
        "cow_states": _states(),
        "cow_contdir": _both_ways(
            [
                (10, 20, 1, since, until),
                (10, 30, 4, since, date(1901, 6, 1)),
                (10, 30, 2, date(1901, 7, 1), until),
                (20, 30, 0, since, until),
            ],
            spell,
        ),
        "cow_majors": pd.DataFrame(
            [(30, 1900, 1, 1, 2016, 12, 31, 2016)],
            columns=[
                "ccode",
                "styear",
                "stmonth",
                "stday",
                "endyear",
                "endmonth",
                "endday",
                "version",
            ],
        ),
        "cow_nmc": pd.DataFrame(
            nmc, columns=["ccode", "year", "milex", "milper", "irst", "pec", "tpop", "upop", "cinc"]
        ).astype({"milex": "Int32"}),
        "atop_alliance": pd.DataFrame(
            [
                (10, 20, 1900, 1, 0, 0, 1, 0),
                (20, 10, 1900, 0, 0, 0, 1, 0),
                (10, 30, 1900, 1, 0, 0, 0, 0),
            ],
            columns=pledge,
        ),
        "atop51_member": pd.DataFrame(
            [
                # treaty, member, phase, entry, exit, then the five obligations
                (1, 10, 0, 1900, 1, 1, 1900, 12, 31, 1, 0, 0, 1, 0),
                (1, 20, 0, 1900, 1, 1, 1900, 12, 31, 0, 0, 0, 1, 0),
                (2, 10, 0, 1900, 1, 1, 1900, 12, 31, 1, 0, 0, 0, 0),
                (2, 30, 0, 1900, 1, 1, 1900, 12, 31, 0, 0, 0, 0, 0),
                (3, 10, 0, 1900, 1, 1, 1900, 12, 31, 0, 0, 0, 1, 0),
                (3, 20, 0, 1900, 1, 1, 1900, 12, 31, 0, 0, 0, 1, 0),
            ],
            columns=[
                "atopid",
                "member",
                "phase",
                "yrent",
                "moent",
                "dayent",
                "yrexit",
                "moexit",
                "dayexit",
                "defense",
                "offense",
                "neutral",
                "nonagg",
                "consul",
            ],
        ).assign(termcaus=0, version=5.1),
        "cow_mindist": pd.DataFrame([(10, 30, 1901, 120.5)], columns=[*keys, "year", "mindist"]),
        "cow_capitals": pd.DataFrame(
            [
                (10, since, until, 0.0, 0.0),
                (20, since, until, 0.0, 90.0),
                (30, since, date(1900, 6, 1), 0.0, 1.0),
                (30, date(1900, 6, 2), until, 0.0, 2.0),
            ],
            columns=["ccode", "stdate", "enddate", "lat", "lng"],
        ),
        "gml_dirdisp": pd.DataFrame(
            [
                (1, 10, 20, 1900, 1, 1, 1, 0, 1, 1, 4, 2, "gml-2.2.1"),
                (1, 20, 10, 1900, 1, 1, 0, 1, 1, 1, 2, 4, "gml-2.2.1"),
                (1, 10, 20, 1901, 0, 1, 1, 0, 1, 1, 4, 2, "gml-2.2.1"),
                (1, 20, 10, 1901, 0, 1, 0, 1, 1, 1, 2, 4, "gml-2.2.1"),
            ],
            columns=dispute,
        ),
        "cow_mid_dirdisps": pd.DataFrame(
            [(7, 10, 30, 2010, 1, 1, 1, 0, 1, 1, 4, 1), (8, 10, 30, 2012, 1, 1, 1, 0, 1, 1, 5, 5)],
            columns=["dispnum", *keys, "year", "disponset", "dispongoing", *side],
        ),
        "cow_mid_disps": pd.DataFrame(
            [(7, 2010, 1, -9, 1, -9, 14, 4), (8, 2012, 1, 1, 1, 6, 20, 5)],
            columns=[
                "dispnum",
                "styear",
                "stmon",
                "outcome",
                "settle",
                "fatality",
                "hiact",
                "hostlev",
            ],
        ).astype("Int32"),
        "cow_war_inter": _both_ways(
            [(20, 30, 1900, 1, 1), (20, 30, 1900, 0, 1)],
            [*keys, "year", "cowinteronset", "cowinterongoing"],
        ).assign(warnum=1)[war],
        "tss_rivalries": pd.DataFrame(
            [(1, "a", 10, 30, 1890, 1900, 1, None), (2, "b", 30, 10, 1900, 1901, None, 1)],
            columns=["tssr_id", "rivalry", *keys, "start", "end", "spatial", "positional"],
        )
        .assign(ideological=pd.NA, interventionary=pd.NA)
        .astype(
            {name: "Int32" for name in ("spatial", "positional", "ideological", "interventionary")}
        ),
        "democracy_cow": pd.DataFrame(
            [(10, 1900, 9, 0.8), (20, 1900, -9, 0.1)],
            columns=["ccode", "year", "polity2", "v2x_polyarchy"],
        ),
        "sipri_tiv": pd.DataFrame(
            [
                ("A", "C", 1950, 7, 10, 30),
                ("A2", "C", 1950, 3, 10, 30),
                ("A", "Band (C)*", 1950, 9, 10, 30),
                ("A", "Unknown", 1950, 2, 10, None),
            ],
            columns=["supplier", "recipient", "year", "tiv", "supplier_cown", "recipient_cown"],
        ).astype({"recipient_cown": "Int32", "supplier_cown": "Int32", "tiv": "Int32"}),
        "grh_arms_races": pd.DataFrame(
            [(1, 30, 10, 1900, 1900)], columns=["race_id", *keys, "styear", "endyear"]
        ),
        "icb2_v14": pd.DataFrame(
            [(1, 1, 10, 1950, 1951, 30, 1), (1, 2, 30, 1950, None, 10, 1)],
            columns=["crisno", "cracno", "cracid", "yrtrig", "yrterm", "trigent", "outcom"],
        ).astype({"yrterm": "Int32"}),
        "gw_states": pd.DataFrame(
            [(11, "A", "A", since, date(2017, 12, 31)), (33, "C", "C", since, date(2017, 12, 31))],
            columns=["gwcode", "stateabb", "statename", "startdate", "enddate"],
        ),
        "state_codes_cow_gw": pd.DataFrame(
            [("A", 1900, 11, 10, "A"), ("A", 1900, 11, 12, None), ("C", 1900, 33, None, "C")],
            columns=["stateabb", "year", "gwcode", "ccode", "gw_name"],
        ).astype({"ccode": "Int32"}),
    }


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """Folder with the small tables."""
    folder = tmp_path_factory.mktemp("record")
    for name, table in tables().items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    return folder
