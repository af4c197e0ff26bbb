import json
from datetime import date

import pandas as pd
import pyarrow.parquet as pq
import pytest

from foedus.record import panel
from foedus.record.export import write
from foedus.record.folder import RecordError


@pytest.fixture
def frame(small):
    rows = panel.dyad_years(small, 1900, 1901, directed=False, relevant=True)
    return panel.add_disputes(
        panel.add_alliances(panel.add_capabilities(rows, small), small), small
    )


def _numbers(table):
    return table.astype("float64")


def test_parquet_comes_back_as_it_was_with_its_notes(tmp_path, frame):
    (path,) = write(frame, tmp_path / "pairs.parquet")
    back = pd.read_parquet(path)
    pd.testing.assert_frame_equal(back, frame)
    assert back.attrs == frame.attrs
    told = json.loads(pq.read_schema(path).metadata[b"foedus"])
    assert told["sources"] == frame.attrs["sources"]
    assert told["labels"]["cinc1"] == "share of capabilities (CINC), 1st state"
    assert any("Singer" in line for line in told["cite"])


@pytest.mark.parametrize("ending", ["csv", "dta"])
def test_csv_and_stata_come_back_with_what_was_empty_empty(tmp_path, frame, ending):
    path, beside = write(frame, tmp_path / f"pairs.{ending}")
    back = pd.read_csv(path) if ending == "csv" else pd.read_stata(path)
    assert frame.isna().any().any()
    pd.testing.assert_frame_equal(_numbers(back), _numbers(frame), check_exact=ending == "dta")
    said = beside.read_text(encoding="utf-8")
    assert "atop_alliance: ATOP v5.1" in said
    assert "1 pairs whose members were never in the system" in said
    assert "Leeds, Brett Ashley" in said


def test_stata_has_labels_days_and_short_names(tmp_path):
    long = "a_name_of_a_column_that_is_too_long_for_stata"
    frame = pd.DataFrame(
        {
            "cinc": [0.5, None],
            "day": [date(1900, 1, 2), None],
            "name": pd.array(["one", None], dtype="string"),
            "yes": pd.array([True, None], dtype="boolean"),
            "large": pd.array([3_000_000_000, None], dtype="Int64"),
            long: pd.array([1, None], dtype="Int32"),
        }
    )
    path, _ = write(frame, tmp_path / "x.dta")
    with pd.io.stata.StataReader(path) as reader:
        labels = reader.variable_labels()
        back = reader.read()
    assert labels["cinc"] == "share of capabilities (CINC)"
    assert labels[long[:32]] == long
    assert back.day.tolist()[0] == pd.Timestamp(1900, 1, 2)
    assert back.name.tolist() == ["one", ""]
    assert back.iloc[1].drop("name").isna().all()
    assert back.large[0] == 3e9


def test_stata_refuses_names_that_it_could_not_tell_apart(tmp_path):
    stem = "x" * 32
    with pytest.raises(RecordError, match="differ in their first 32 letters"):
        write(pd.DataFrame({f"{stem}1": [1], f"{stem}2": [2]}), tmp_path / "x.dta")
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over_unless_asked(tmp_path, frame):
    write(frame, tmp_path / "pairs.csv")
    before = (tmp_path / "pairs.csv").read_bytes()
    with pytest.raises(RecordError, match="nothing is overwritten"):
        write(frame.head(1), tmp_path / "pairs.csv")
    assert (tmp_path / "pairs.csv").read_bytes() == before
    write(frame.head(1), tmp_path / "pairs.csv", replace=True)
    assert len(pd.read_csv(tmp_path / "pairs.csv")) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"pairs.csv", "pairs.cite.txt"}


def test_another_ending_is_refused(tmp_path, frame):
    with pytest.raises(
        RecordError, match=r"expected a name in \.parquet, \.csv or \.dta; got '.xls'"
    ):
        write(frame, tmp_path / "pairs.xls")
