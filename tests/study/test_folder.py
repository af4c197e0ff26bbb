"""The run folder: whole files or none, one run a folder."""

import numpy as np
import pytest

from foedus.study.course import Course
from foedus.study.folder import Folder, FolderError, Kept

BATCH = Kept(
    run=np.arange(3),
    draw=np.zeros(3, int),
    values={"a-b": np.array([True, False, True]), "q": np.array([1.0, 2.0, 3.5])},
    counts={"q": np.array([True, True, False])},
    earlier={"a-b": np.zeros((8, 3), bool), "q": np.ones((2, 3))},
    course=Course(*(np.full((2, 1), i) for i, _ in enumerate(Course._fields))),
    unsolved=0.25,
    took=np.zeros((12, 4, 1)),
    called=np.zeros((2, 3), np.int8),
)


def folder(path, resume=True, **manifest):
    return Folder(path, {"seed": 1, **manifest}, resume=resume)


def test_a_batch_comes_back_as_it_was_only_if_resumed(tmp_path):
    folder(tmp_path / "r").write(0, BATCH)
    back = folder(tmp_path / "r").read(0)
    assert back is not None
    assert back.values.keys() == BATCH.values.keys()
    assert back.values["a-b"].dtype == bool
    assert (back.values["q"] == BATCH.values["q"]).all()
    assert (back.counts["q"] == BATCH.counts["q"]).all()
    assert back.earlier["a-b"].dtype == bool
    assert (back.earlier["q"] == BATCH.earlier["q"]).all()
    assert back.unsolved == 0.25
    assert all((a == b).all() for a, b in zip(back.course, BATCH.course, strict=True))
    assert folder(tmp_path / "r").read(1) is None
    assert folder(tmp_path / "r", resume=False).read(0) is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"nothing of the kind"])
def test_a_damaged_batch_counts_as_none(tmp_path, content):
    place = folder(tmp_path / "r")
    (place.path / "batches" / "00000.npz").write_bytes(content)
    assert place.read(0) is None


def test_what_a_killed_run_left_half_written_goes(tmp_path):
    place = folder(tmp_path / "r").path
    left = [place / ".part-x", place / "batches" / ".part-y"]
    for part in left:
        part.write_bytes(b"half")
    (place / "manifest.json").unlink()
    folder(place)
    assert not any(part.exists() for part in left)


def test_another_run_is_refused_and_stays(tmp_path):
    before = folder(tmp_path / "r").path / "manifest.json"
    content = before.read_bytes()
    with pytest.raises(FolderError, match=r"holds another run \(other seed\)"):
        Folder(tmp_path / "r", {"seed": 2}, resume=False)
    assert before.read_bytes() == content


def test_other_files_are_refused_and_nothing_is_added(tmp_path):
    (tmp_path / "letter.txt").write_text("dear reader")
    with pytest.raises(FolderError, match="holds other files"):
        folder(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "f").write_text("")
    with pytest.raises(FolderError, match="is a file"):
        folder(tmp_path / "f")
    with pytest.raises(FolderError, match="cannot be written"):
        folder(tmp_path / "f" / "below")


def test_a_broken_write_leaves_the_old_file(tmp_path, monkeypatch):
    place = folder(tmp_path / "r")
    place.write_text("answers.json", "old")

    def broken(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", broken)
    with pytest.raises(KeyboardInterrupt):
        place.write_text("answers.json", "new")
    assert (place.path / "answers.json").read_text() == "old"
    assert not list(place.path.glob(".part-*"))
