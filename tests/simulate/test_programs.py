"""Programs kept between processes: loaded as they were made, made again where a file is bad."""

import jax
import numpy as np
import pytest

from foedus.simulate import programs


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "_folder", lambda: tmp_path / "programs")
    return tmp_path / "programs"


class Trace:
    """Counts how often a program is traced."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return jax.jit(lambda x: 2 * x).lower(np.zeros(3, np.float32))


def twice(shapes, trace):
    return np.asarray(programs.compiled("twice", shapes, trace)(np.ones(3, np.float32))).tolist()


def test_a_program_is_made_once_and_loaded_after(folder):
    trace = Trace()
    assert [twice("a", trace) for _ in range(3)] == [[2, 2, 2]] * 3
    assert trace.times == 1
    assert len(list(folder.iterdir())) == 1


def test_other_shapes_or_another_source_are_other_programs(folder, monkeypatch):
    trace = Trace()
    twice("a", trace), twice("b", trace)
    monkeypatch.setattr(programs, "mark", lambda folders: "other")
    twice("a", trace)
    assert trace.times == 3


def test_a_damaged_file_is_replaced(folder):
    trace = Trace()
    twice("a", trace)
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    assert twice("a", trace) == twice("a", trace) == [2, 2, 2]
    assert trace.times == 2


def test_few_are_kept_and_none_without_a_folder(folder, monkeypatch):
    monkeypatch.setattr(programs, "KEPT", 2)
    for name in "abc":
        twice(name, Trace())
    assert len(list(folder.iterdir())) == 2
    monkeypatch.setattr(programs, "_folder", lambda: None)
    assert twice("a", trace := Trace()) == [2, 2, 2]
    assert trace.times == 1
