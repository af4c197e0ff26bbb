"""`foedus export`: other programs read the same numbers."""

import csv
import json
from datetime import date

import numpy as np
import pyarrow.parquet as pq
import pytest
import xarray

from foedus.core import states
from foedus.report import export
from foedus.study import views
from foedus.study.reopen import reopen


@pytest.fixture(scope="module")
def answers(finished):
    return json.loads((finished / "answers.json").read_text())["answers"]


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_each_run_and_its_means_are_the_answers(finished, answers, tmp_path, capsys):
    export.run(finished, "csv", tmp_path / "out")
    assert capsys.readouterr().out == f"{tmp_path / 'out'}\n"
    found = rows(tmp_path / "out" / "runs.csv")
    assert len(found) == 80
    for answer in answers:
        values = [float(row[answer["id"]]) for row in found if row[answer["id"]]]
        if answer["kind"] == "event" and answer["probability"] is not None:
            assert np.mean(values) == pytest.approx(answer["probability"], abs=1e-9)
    said = {row["id"]: row for row in rows(tmp_path / "out" / "answers.csv")}
    assert float(said["H2"]["value"]) == next(a for a in answers if a["id"] == "H2")["probability"]


def test_parquet_is_the_same_as_csv(finished, tmp_path):
    export.run(finished, "csv", tmp_path / "c")
    export.run(finished, "parquet", tmp_path / "p")
    names = {path.stem for path in (tmp_path / "c").iterdir()}
    assert names == {path.stem for path in (tmp_path / "p").iterdir()}
    for name in names:
        table = pq.read_table(tmp_path / "p" / f"{name}.parquet")
        with (tmp_path / "c" / f"{name}.csv").open() as file:
            assert table.column_names == next(csv.reader(file))
            assert table.num_rows == sum(1 for _ in csv.reader(file))


def test_netcdf_names_its_axes(finished, tmp_path):
    export.run(finished, "netcdf", tmp_path / "run.nc")
    _, study = reopen(finished)
    with xarray.open_dataset(tmp_path / "run.nc", engine="scipy") as data:
        front = data["front"].sel(dispute="karabakh", quantile=0.5)
        slot = list(data["dispute"].values).index("karabakh")
        assert np.allclose(front, study.course.front[2, :, slot])
        assert data.attrs["parameters"] == study.parameters
        assert str(data["day"].values[0])[:10] == "2020-09-27"


def test_views_has_the_form_of_its_challenge(finished, tmp_path):
    """Columns, numbers and folders as its own test of a submission wants them."""
    export.run(finished, "views", tmp_path / "views")
    _, study = reopen(finished)
    total, runs = 0, 80
    for year in range(2020, 2026):
        (file,) = (tmp_path / "views" / "cm" / f"window=Y{year}").iterdir()
        assert file.name == f"predictions_{year}.parquet"
        table = pq.read_schema(file)
        assert table.names == ["month_id", "country_id", "draw", "outcome"]
        assert {str(kind) for kind in table.types} == {"int64"}
        table = {
            name: np.array(own) for name, own in pq.ParquetFile(file).read().to_pydict().items()
        }
        first = 12 * (year - 1980) + 1
        months = range(first + 8 if year == 2020 else first, first + 12)
        assert set(table["month_id"]) == set(months)
        assert set(table["country_id"]) == {63, 125, 126, 137}
        cells = set(zip(table["month_id"], table["country_id"], table["draw"], strict=True))
        assert len(cells) == len(table["outcome"]) == runs * len(months) * 4
        assert set(table["draw"]) == set(range(runs))
        assert (table["outcome"] >= 0).all()
        total += table["outcome"].sum()
    assert total == pytest.approx(float(study.course.killed.sum()), rel=0.01)


def test_views_knows_every_state_of_its_list_or_says_that_it_does_not():
    today, lacking = date(2020, 1, 1), set()
    found = {}
    for state in states.states():
        if state.gw is not None and state.end is None:
            try:
                found[state.code] = views.country_id(state.code, today)
            except ValueError:
                lacking.add(state.code)
    assert lacking == {"IDN", "SAU", "SRB", "ZAF", "TZA", "YEM"}
    assert len(set(found.values())) == len(found) == 168


def test_a_mistake_is_one_message(finished, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="--to pdf: expected one of netcdf, parquet, csv, views"):
        export.run(finished, "pdf", None)

    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(export, "import_module", missing)
    with pytest.raises(ValueError, match=r"needs xarray, which comes with the extra \[fit\]"):
        export.run(finished, "netcdf", tmp_path / "x.nc")
