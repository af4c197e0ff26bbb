import pandas as pd
import pytest

from foedus.record.folder import RecordError
from foedus.record.importing import import_
from foedus.record.read import read


def test_what_is_known_is_copied_and_the_rest_is_named(tmp_path, small):
    done = import_(small, tmp_path / "mine")
    assert sorted(done.written) == sorted(path.stem for path in small.iterdir())
    assert not done.refused
    pd.testing.assert_frame_equal(read(tmp_path / "mine", "cow_nmc"), read(small, "cow_nmc"))


def test_folders_in_the_folder_are_searched(tmp_path, small):
    (tmp_path / "download" / "deep").mkdir(parents=True)
    table = (small / "cow_majors.parquet").read_bytes()
    (tmp_path / "download" / "deep" / "cow_majors.parquet").write_bytes(table)
    (tmp_path / "download" / "notes.csv").touch()
    done = import_(tmp_path / "download", tmp_path / "mine")
    assert list(done.written) == ["cow_majors"]
    assert [path.name for path in done.unknown] == ["notes.csv"]


def test_twice_is_the_same_as_once(tmp_path, small):
    import_(small, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    done = import_(small, tmp_path)
    assert not done.written
    assert len(done.same) == len(before)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_another_table_is_not_written_over_unless_asked(tmp_path, small):
    import_(small, tmp_path / "mine")
    other = pd.read_parquet(small / "cow_majors.parquet").assign(ccode=20)
    (tmp_path / "new").mkdir()
    other.to_parquet(tmp_path / "new" / "cow_majors.parquet")
    done = import_(tmp_path / "new", tmp_path / "mine")
    assert "expected the same table or none; got another one" in done.refused["cow_majors"]
    assert read(tmp_path / "mine", "cow_majors").ccode.tolist() == [30]
    assert "cow_majors" in import_(tmp_path / "new", tmp_path / "mine", replace=True).written
    assert read(tmp_path / "mine", "cow_majors").ccode.tolist() == [20]


def test_a_bad_table_is_refused_and_the_others_go_on(tmp_path, small):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "cow_nmc.parquet").write_bytes(b"PAR1")
    good = (small / "cow_majors.parquet").read_bytes()
    (tmp_path / "new" / "cow_majors.parquet").write_bytes(good)
    done = import_(tmp_path / "new", tmp_path / "mine")
    assert list(done.written) == ["cow_majors"]
    assert "expected a whole Parquet file" in done.refused["cow_nmc"]
    assert [path.name for path in done.folder.iterdir()] == ["cow_majors.parquet"]


def test_a_folder_without_tables_makes_nothing(tmp_path):
    with pytest.raises(RecordError, match="expected tables of the record; got none that is known"):
        import_(tmp_path, tmp_path / "mine")
    with pytest.raises(RecordError, match="expected a folder; got none"):
        import_(tmp_path / "gone", tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_the_users_data_folder_is_the_default(tmp_path, small, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert import_(small).folder == tmp_path / "foedus" / "record"
