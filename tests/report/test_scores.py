"""What `foedus scores` says: years one can ask for, a file that was written, shipped facts."""

import json
from pathlib import Path

import pytest

from foedus.fit import scores as fit_scores
from foedus.fit import shipped
from foedus.fit.scores import Written
from foedus.fit.scores_files import columns
from foedus.report import progress
from foedus.report import scores as report
from foedus.report.main_job import Stopped
from foedus.report.scores import run, span
from foedus.study.scores import Chance, Score


def _written(folder):
    files = tuple(folder / f"own{e}" for e in (".csv", ".codebook.txt", ".cite.txt"))
    return Written(files, (1900, 1901), 12_345, 67, 890, 20, "0123456789abcdef", {"cow_nmc": "v7"})


def _fits(text):
    return all(len(line) <= 80 for line in text.splitlines() if "/" not in line)


def test_a_span_is_one_year_or_two():
    assert span("1816-2014") == (1816, 2014)
    assert span(" 1914 ") == (1914, 1914)


@pytest.mark.parametrize("years", ["", "1914-1900", "1700-1800", "14-18", "1900-2030"])
def test_other_spans_are_refused(years):
    with pytest.raises(ValueError, match="expected years from 1816 to 2016"):
        span(years)


@pytest.mark.parametrize("asked", [("1914", None), (None, Path("record"))])
def test_a_span_wants_a_file(asked):
    with pytest.raises(ValueError, match="expected --out FILE"):
        run(*asked, None, draws=2, as_json=False, quiet=True)


def test_what_was_written_is_told_on_a_page(tmp_path):
    done = _written(tmp_path)
    text = report.bulk(done)
    assert _fits(text)
    said = " ".join(text.split())
    for part in ("own.csv", "own.codebook.txt", "own.cite.txt", "12,345", "67 without", "890"):
        assert part in said
    for column in columns():
        assert column.name in said
    told = json.loads(json.dumps(report.bulk_data(done)))
    assert (told["rows"], told["years"]) == (12_345, [1900, 1901])
    assert [c["name"] for c in told["columns"]] == [c.name for c in columns()]


@pytest.mark.parametrize("as_json", [False, True])
def test_a_file_is_asked_for_and_told(tmp_path, monkeypatch, capsys, as_json):
    asked = []

    def write(*args, thetas, given, progress):
        asked.extend(args)
        assert (thetas, given) == (7, "given")
        progress(1, 2)
        return _written(tmp_path)

    monkeypatch.setattr(fit_scores, "write", write)
    monkeypatch.setattr(shipped, "thetas", lambda number: number)
    monkeypatch.setattr(shipped, "given", lambda: "given")
    (tmp_path / "states.csv").touch()
    out = tmp_path / "own.csv"
    run("1900-1901", tmp_path, out, draws=7, as_json=as_json, quiet=True)
    assert asked == [tmp_path, out, 1900, 1901]
    said = capsys.readouterr().out
    assert (json.loads(said)["rows"] == 12_345) if as_json else said.startswith("File ")


def test_a_stop_says_what_is_kept(tmp_path, monkeypatch):
    def write(*args, progress, **more):
        progress(1, 2)

    def stop():
        raise KeyboardInterrupt

    monkeypatch.setattr(fit_scores, "write", write)
    monkeypatch.setattr(shipped, "thetas", lambda number: number)
    monkeypatch.setattr(shipped, "given", lambda: "given")
    (tmp_path / "states.csv").touch()
    with pytest.raises(Stopped, match=r"own\.csv\.parts; the same command goes on"):
        run(
            "1900", tmp_path, tmp_path / "own.csv",
            draws=7, as_json=False, quiet=True, check=stop,
        )  # fmt: skip


def test_progress_is_said_now_and_then(monkeypatch, capsys):
    clock = iter([0.0, 5.0, 20.0, 25.0, 60.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock, 61.0))
    pace = progress.Progress("scores", 0, unit="pairs")
    for done in (100, 1_000, 2_000):
        pace(done, 12_000)
    said = capsys.readouterr().err
    assert said.startswith("scores: 1,000 of 12,000 pairs")
    assert "left" in said


FOUND = [
    Score(2020, "here", "AAA", "BBB", "CCC", Chance(0.2, 0.1, 0.3), Chance(0.01, 0.0, 0.1), 1, 0),
    Score(2020, "here", "AAA", "BBB", "DDD", Chance(0.0, 0.0, 0.0), Chance(0.0, 0.0, 0.0), 0, 0),
]


def test_shipped_facts_are_a_table():
    text = report.facts(FOUND)
    assert _fits(text)
    assert "20 % (10-30 %)" in text
    assert "DDD" not in text  # nobody expects it
    told = json.loads(json.dumps(report.facts_data(FOUND)))["scores"]
    assert told[0]["join_target"] == {"p": 0.2, "low": 0.1, "high": 0.3}
    assert told[1]["state"] == "DDD"
