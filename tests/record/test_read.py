from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from foedus.record.folder import RecordError
from foedus.record.read import blanked, read

MAJORS = "stateabb,ccode,styear,stmonth,stday,endyear,endmonth,endday,version\n"
NMC = "stateabb,ccode,year,milex,milper,irst,pec,tpop,upop,cinc,version\n"
ATOP = "atopid,mem1,mem2,begyr,begmo,begday,endyr,defense,offense,neutral,nonagg,consul,"


def write(folder, name, text, encoding="utf-8"):
    path = Path(folder) / name
    path.write_text(text, encoding=encoding, newline="")
    return path


def fails(folder, name, message):
    with pytest.raises(RecordError) as fault:
        read(folder, name)
    assert "\n" not in str(fault.value)
    assert message in str(fault.value)


# Bad input: one line with file, column and row.


def test_a_folder_that_is_not_there_or_lacks_the_table(tmp_path):
    fails(tmp_path / "gone", "cow_nmc", "gone: expected a folder; got none")
    fails(tmp_path, "cow_nmc", "expected cow_nmc.parquet or NMC-70-abridged.csv; got no such file")
    fails(
        tmp_path, "cow_mindist", "expected cow_mindist.parquet; got no such file; see https://icr"
    )


@pytest.mark.parametrize("kept", [0, 5, 100, -40])
def test_a_truncated_parquet(tmp_path, small, kept):
    whole = (small / "cow_states.parquet").read_bytes()
    (tmp_path / "cow_states.parquet").write_bytes(whole[:kept])
    fails(
        tmp_path, "cow_states", "cow_states.parquet: expected a whole Parquet file; got a damaged"
    )


def test_a_truncated_stata_file(tmp_path):
    pd.DataFrame({"ccode": [2]}).to_stata(tmp_path / "cow_majors.dta", write_index=False)
    part = (tmp_path / "cow_majors.dta").read_bytes()[:60]
    (tmp_path / "cow_majors.dta").write_bytes(part)
    fails(tmp_path, "cow_majors", "cow_majors.dta: expected a Stata file; got a damaged one")


def test_an_empty_text_file(tmp_path):
    write(tmp_path, "majors2016.csv", "")
    fails(tmp_path, "cow_majors", "majors2016.csv: expected a table as text; got one that cannot")


def test_a_missing_column_with_the_nearest_name(tmp_path):
    write(
        tmp_path,
        "majors2016.csv",
        MAJORS.replace("ccode", "code") + "USA,2,1898,8,13,2016,12,31,2016\n",
    )
    fails(tmp_path, "cow_majors", "majors2016.csv: expected column 'ccode'; did you mean 'code'?")


def test_another_version_by_its_column(tmp_path):
    write(
        tmp_path,
        "majors2024.csv",
        MAJORS + "USA,2,1898,8,13,2016,12,31,2016\nUKG,200,1816,1,1,2024,12,31,2024\n",
    )
    fails(tmp_path, "cow_majors", "column version, row 2: expected 2016 (COW v2016); got 2024")
    write(tmp_path, "atop5_0a.csv", f"{ATOP}version\n1,200,220,1815,1,1,1816,1,0,0,0,0,5.0\n")
    fails(tmp_path, "atop51_alliance", "column version, row 1: expected 5.1 (ATOP v5.1")


def test_another_version_by_its_last_year(tmp_path):
    write(tmp_path, "NMC-60-abridged.csv", NMC + "USA,2,2016,1,1,1,1,1,1,.1,2021\n")
    fails(
        tmp_path,
        "cow_nmc",
        "column year, row 1: expected years to 2022 (COW NMC v7.0); got years to 2016",
    )


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("ccode", 0, "column ccode, row 2: expected a number from 1 to 999; got 0"),
        ("cinc", 1.5, "column cinc, row 2: expected a number from 0 to 1; got 1.5"),
        ("ccode", 10, "columns ccode, year, row 2: expected every key once; got 10, 1900 again"),
    ],
)
def test_a_code_that_cannot_be(tmp_path, small, column, value, message):
    table = pd.read_parquet(small / "cow_nmc.parquet")
    table.loc[1, column] = value
    table.assign(year=1900).drop(index=range(2, 6)).to_parquet(tmp_path / "cow_nmc.parquet")
    fails(tmp_path, "cow_nmc", message)


def test_text_where_a_number_should_be(tmp_path):
    write(
        tmp_path,
        "majors2016.csv",
        MAJORS + "USA,2,1898,8,13,2016,12,31,2016\nUKG,UKG,1816,1,1,2016,12,31,2016\n",
    )
    fails(
        tmp_path, "cow_majors", "majors2016.csv, column ccode, row 2: expected a number; got 'UKG'"
    )


# Publishers' files.


def test_parquet_is_taken_before_a_publishers_file(tmp_path, small):
    table = pd.read_parquet(small / "cow_majors.parquet")
    table.to_parquet(tmp_path / "cow_majors.parquet")
    write(tmp_path, "majors2016.csv", "nonsense")
    assert read(tmp_path, "cow_majors").ccode.tolist() == [30]


def test_a_table_under_our_own_name_has_our_own_columns(tmp_path, small):
    table = pd.read_parquet(small / "cow_contdir.parquet")
    table.to_csv(tmp_path / "cow_contdir.csv", index=False)
    found = read(tmp_path, "cow_contdir")
    assert found.astype(str).values.tolist() == table.astype(str).values.tolist()


def test_capabilities_are_empty_where_their_publisher_says_minus_nine(tmp_path):
    rows = "USA,2,2021,-9,15,80,277,8899,106,.03,2024\nUSA,2,2022,5,15,80,277,8899.5,106,.04,2024\n"
    write(tmp_path, "NMC-70-abridged.csv", NMC + rows)
    table = read(tmp_path, "cow_nmc")
    assert table.milex.isna().tolist() == [True, False]
    assert table.milex.dtype == "Int32"
    assert table.tpop.tolist() == [8899, 8899.5]
    assert {"stateabb", "version"}.isdisjoint(table.columns)


def test_wars_with_capitals_and_old_line_ends(tmp_path):
    head = (
        "WarNum,WarName,ccode,StateName,Side,StartMonth1,StartDay1,StartYear1,EndMonth1,EndDay1,"
        "EndYear1,StartMonth2,StartDay2,StartYear2,EndMonth2,EndDay2,EndYear2,TransFrom,Initiator,"
        "Outcome,BatDeath,Version"
    )
    row = "1,A War,220,France,1,4,7,1823,11,13,1823,-8,-8,-8,-8,-8,-8,503,1,1,400,4"
    write(tmp_path, "Inter-StateWarData_v4.0.csv", f"{head}\r{row}\r")
    table = read(tmp_path, "cow_war_inter_participants")
    assert table.loc[0, ["warnum", "start_date", "end_date"]].tolist() == [
        1,
        date(1823, 4, 7),
        date(1823, 11, 13),
    ]
    assert table.start_date2.isna().all()
    assert table.transfrom.tolist() == ["503"]


def test_disputes_with_their_older_number(tmp_path):
    head = (
        "DispNum3,StDay,StMon,StYear,EndDay,EndMon,EndYear,Outcome,Settle,Fatality,HiAct,HostLev,"
        "Version"
    )
    write(tmp_path, "MIDA 5.0.csv", f"{head}\n2,-9,7,1902,24,1,1903,6,1,-9,7,3,5\n")
    table = read(tmp_path, "cow_mida")
    assert table.dispnum.tolist() == [2]
    assert table.start_date.isna().all()
    assert table.end_date.tolist() == [date(1903, 1, 24)]
    assert table.fatality.tolist() == [-9]
    assert blanked(table, "cow_mida").fatality.isna().all()


def test_contiguity_both_ways(tmp_path):
    head = "dyad,statelno,statelab,statehno,statehab,conttype,begin,end,notes,version\n"
    write(tmp_path, "contdir.csv", head + "2020,2,USA,20,CAN,1,192001,201612,,3.2\n")
    table = read(tmp_path, "cow_contdir")
    assert table.values.tolist() == [
        [2, 20, 1, date(1920, 1, 1), date(2016, 12, 1)],
        [20, 2, 1, date(1920, 1, 1), date(2016, 12, 1)],
    ]


def test_the_other_list_of_states_without_a_heading(tmp_path):
    row = "271\tWRT\tWürttemberg\t01:01:1816\t18:01:1871\n"
    write(tmp_path, "iisystem.dat", row, "latin-1")
    table = read(tmp_path, "gw_states")
    assert table.iloc[0].tolist() == [
        271,
        "WRT",
        "Württemberg",
        date(1816, 1, 1),
        date(1871, 1, 18),
    ]


def test_pledges_are_renamed_and_stay_directed(tmp_path):
    head = "stateA,stateB,ddyad,year,atopally,defense,offense,neutral,nonagg,consul,version\n"
    write(tmp_path, "atop5_1ddyr.csv", head + "2,20,2020,1942,1,1,0,0,0,1,5.1\n")
    table = read(tmp_path, "atop_alliance")
    assert table.iloc[0].to_dict() == {
        "ccode1": 2,
        "ccode2": 20,
        "year": 1942,
        "atop_defense": 1,
        "atop_offense": 0,
        "atop_neutral": 0,
        "atop_nonagg": 0,
        "atop_consul": 1,
    }


def test_conflicts_with_several_states_in_a_cell(tmp_path):
    head = (
        "conflict_id,location,side_a,year,incompatibility,intensity_level,type_of_conflict,"
        "start_date,start_prec,start_date2,start_prec2,ep_end,ep_end_date,gwno_a,gwno_a_2nd,"
        "gwno_b,gwno_b_2nd,version\n"
    )
    row = '1,X,Y,1990,1,2,2,1990-08-02,1,1990-08-02,1,1,1991-02-28,"2, 200",,645,,25.1\n'
    write(tmp_path, "UcdpPrioConflict_v25_1.csv", head + row)
    table = read(tmp_path, "ucdp_acd")
    assert table.gwno_a.tolist() == [2, 200]
    assert table.gwno_b.tolist() == [645, 645]
    assert table.incompatibility.tolist() == ["territory"] * 2
    assert table.type_of_conflict.tolist() == ["interstate"] * 2
    assert table.ep_end_date.tolist() == [date(1991, 2, 28)] * 2


def test_crises_with_a_byte_order_mark(tmp_path):
    head = (
        "icb2,crisno,cracno,cracid,actor,crisname,yrtrig,motrig,datrig,trigent,outcom,"
        "yrterm,moterm,daterm\n"
    )
    write(
        tmp_path,
        "icb2v14.csv",
        head + "ICB2,1,1,365,RUS,A CRISIS,2017,5,2,996,1,2017,6,1\n",
        "utf-8-sig",
    )
    table = read(tmp_path, "icb2_v14")
    assert table.icb2.tolist() == ["ICB2"]
    assert table.trigger_date.tolist() == [date(2017, 5, 2)]


def test_democracy_from_polity_and_vdem_together(tmp_path):
    write(
        tmp_path,
        "p5v2018.csv",
        "p5,ccode,country,year,polity2\n0,364,USSR,1950,-9\n0,529,Ethiopia,2000,1\n0,2,US,2000,\n",
    )
    write(
        tmp_path,
        "V-Dem-CY-Core-v16.csv",
        "country_name,year,COWcode,v2x_polyarchy\nRussia,1950,365,0.1\nYemen,1950,679,0.05\nX,1950,,0.2\n",
    )
    table = read(tmp_path, "democracy_cow").set_index(["ccode", "year"])
    assert table.loc[(365, 1950), ["polity2", "v2x_polyarchy"]].tolist() == [-9, 0.1]
    assert table.loc[(678, 1950), "v2x_polyarchy"] == 0.05
    assert table.loc[(530, 2000), "polity2"] == 1
    assert table.loc[(2, 2000)].isna().all()


def test_arms_exports_one_file_a_supplier(tmp_path):
    years = ",1980,1981,Total"
    body = (
        '"TIV of arms exports from East Germany (GDR), 1950-2021",,\nFigures are,,\n\n'
        f"{years}\nViet Nam,5,,5\nA band*,,2,2,\n\nTotal,5,2,7\n"
    )
    write(tmp_path, "TIV-Export-GDR-1950-2021.csv", body)
    write(tmp_path, "TIV-Export-ZZZ-1950-2021.csv", body.replace("East Germany (GDR)", "Russia"))
    table = read(tmp_path, "sipri_tiv")
    assert table.supplier_cown.tolist() == [265, 265, 365, 365]
    assert table.recipient_cown.tolist()[0] == 816
    assert table.recipient_cown.isna().tolist() == [False, True] * 2
    assert table[["year", "tiv"]].values.tolist() == [[1980, 5], [1981, 2]] * 2


def test_a_publishers_stata_file(tmp_path):
    columns = {"warID": [4.0], "atopID": [1020.0], "warname": ["A"], "sample": [1.0]}
    flags = [
        "honorLLM",
        "violateLLM",
        "dnaLLM",
        "nonaggLLM",
        "consulLLM",
        "cfnaLLM",
        "defense",
        "offense",
        "neutral",
        "nonagg",
        "consul",
    ]
    table = pd.DataFrame(columns | {flag: [float("nan")] for flag in flags}).assign(honorLLM=1.0)
    table.to_stata(tmp_path / "BerkemeierFuhrmannRAP2018.dta", write_index=False)
    found = read(tmp_path, "honor_berkemeier_fuhrmann")
    assert found.honorllm.tolist() == [1]
    assert found.violatellm.isna().all()
    assert found.atopid.dtype == "Int32"
