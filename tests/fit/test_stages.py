"""The fits one after another: kept, resumed, and never mixed with another fit."""

import json

import numpy as np
import pytest

from foedus.core.priors import read
from foedus.fit import stages
from foedus.fit.fitted import Fitted


@pytest.fixture
def record_folder(tmp_path):
    folder = tmp_path / "record"
    folder.mkdir()
    for name in stages.TABLES:
        (folder / f"{name}.parquet").write_bytes(name.encode())
    return folder


@pytest.fixture
def two_stages(monkeypatch):
    """Two cheap stages that count how often they are made; the second may stop."""
    made = []

    def first(inputs, done):
        made.append("first")
        return Fitted({"war.drift": np.arange(3.0)}, {"rhat": {"war.drift": 1.0}}, {"wars": 2})

    def second(inputs, done):
        made.append("second")
        if stop:
            raise KeyboardInterrupt
        return Fitted({"war.noise": done["first"].draws["war.drift"] + 1}, {}, {})

    stop = [1]
    monkeypatch.setattr(stages, "STAGES", {"first": first, "second": second})
    return made, stop


def inputs(folder, seed=1):
    return stages.Inputs(folder, read(), 3, seed, lambda line: None)


def test_a_stopped_fit_goes_on_where_it_was(record_folder, tmp_path, two_stages):
    made, stop = two_stages
    with pytest.raises(KeyboardInterrupt):
        stages.fit(inputs(record_folder), tmp_path / "out")
    stop.clear()
    done = stages.fit(inputs(record_folder), tmp_path / "out")
    assert made == ["first", "second", "second"]
    np.testing.assert_array_equal(done["second"].draws["war.noise"], [1, 2, 3])
    assert done["first"].n == {"wars": 2}
    stages.fit(inputs(record_folder), tmp_path / "out")
    assert made == ["first", "second", "second"]
    assert not list((tmp_path / "out").glob("*.part*"))


def test_a_folder_of_another_fit_is_not_touched(record_folder, tmp_path, two_stages):
    _, stop = two_stages
    stop.clear()
    stages.fit(inputs(record_folder), tmp_path / "out")
    before = (tmp_path / "out" / "fit.json").read_bytes()
    with pytest.raises(ValueError, match="another fit"):
        stages.fit(inputs(record_folder, seed=2), tmp_path / "out")
    (record_folder / "gml_part.parquet").write_bytes(b"another version")
    with pytest.raises(ValueError, match="another fit"):
        stages.fit(inputs(record_folder), tmp_path / "out")
    assert (tmp_path / "out" / "fit.json").read_bytes() == before


def test_what_was_read_is_told_by_its_hash(record_folder, tmp_path, two_stages):
    _, stop = two_stages
    stop.clear()
    stages.fit(inputs(record_folder), tmp_path / "out")
    told = json.loads((tmp_path / "out" / "fit.json").read_text())
    assert set(told["data"]) == set(stages.TABLES)
    assert all(len(h) == 64 for h in told["data"].values())


def test_a_missing_table_is_named(record_folder, tmp_path):
    (record_folder / "gml_part.parquet").unlink()
    with pytest.raises(ValueError, match="expected the table gml_part"):
        stages.fit(inputs(record_folder), tmp_path / "out")
    assert not (tmp_path / "out").exists()
