"""The report: one file, its numbers those of `--json`, hostile text as text."""

import base64
import csv
import json
import re
import shutil
import tomllib
from html.parser import HTMLParser
from importlib.resources import files
from io import StringIO
from pathlib import Path
from subprocess import Popen

import pytest

from foedus.report import again
from foedus.report.figures import calibration, look, pens
from foedus.report.page.story import figures, story
from foedus.scenario.load import load
from foedus.study.folder import FolderError
from foedus.study.reopen import beside, reopen
from tests.report import small

README = Path(__file__).resolve().parents[2] / "README.md"


class Page(HTMLParser):
    """Tags, addresses, tables and downloads of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.tables, self.where, self.cell = [], [], {}, None, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        self.links += [found[name] for name in ("href", "src") if name in found]
        if tag == "figure":
            self.where = found["id"].removeprefix("figure-")
            self.tables[self.where] = []
        if tag == "tr" and self.where:
            self.tables[self.where].append([])
        self.cell = "" if tag == "td" else None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag == "td" and self.where:
            self.tables[self.where][-1].append(self.cell or "")
            self.cell = None


@pytest.fixture(scope="module")
def page(finished):
    return Page((finished / "report.html").read_text())


@pytest.fixture(scope="module")
def told(finished):
    folder, study = reopen(finished)
    return figures(story(study, folder.manifest))


def test_it_is_one_small_file_that_needs_nothing_else(finished, page):
    assert (finished / "report.html").stat().st_size < 3_000_000
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "iframe", "object", "form"})
    assert all(link.startswith(("#", "data:")) for link in page.links)
    assert not any(name.startswith("on") for _, found in page.tags for name in found)
    policy = next(
        f["content"] for t, f in page.tags if f.get("http-equiv", "").startswith("Content")
    )
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_it_has_what_was_asked_for(page, told):
    wanted = {
        "answers", "conduct", "responses", "arrival", "reasons", "map", "place", "land",
        "losses-target", "losses-challenger", "war-survival", "truce-survival",
        "alliance-survival", "ties", "timeline", "scores", "calibration",
    }  # fmt: skip
    assert wanted == {figure.id for figure in told} == page.tables.keys()
    first = next(found["id"] for tag, found in page.tags if tag == "section")
    assert first == "answers"


def test_tables_and_downloads_have_the_numbers_of_json(finished, page, capsys):
    again.run(finished, as_json=True)
    numbers = json.loads(capsys.readouterr().out)["figures"]
    assert numbers.keys() == page.tables.keys()
    files_ = [link for link in page.links if link.startswith("data:text/csv")]
    assert len(files_) == len(numbers)
    for (name, rows), file in zip(numbers.items(), files_, strict=True):
        shown = page.tables[name][1:]
        text = base64.b64decode(file.split(",", 1)[1]).decode()
        kept = list(csv.reader(StringIO(text)))[1:]
        assert len(shown) == len(kept) == len(rows), name
        for row, cells, fields in zip(rows, shown, kept, strict=True):
            for value, cell, field in zip(row.values(), cells, fields, strict=True):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    assert float(cell) == pytest.approx(value, rel=1e-9)
                    assert float(field) == value
                else:
                    assert cell == field == ("" if value is None else str(value))


def test_answers_are_those_of_the_run(finished, told):
    answers = json.loads((finished / "answers.json").read_text())["answers"]
    rows = {row["id"]: row for row in told[0].rows}
    events = [a for a in answers if a["kind"] == "event" and a["probability"] is not None]
    assert rows.keys() == {a["id"] for a in events}
    for a in events:
        row = rows[a["id"]]
        assert (row["probability"], row["low"], row["high"]) == (
            a["probability"],
            a["low"],
            a["high"],
        )
        assert row["happened"] == {True: "yes", False: "no", None: "unknown"}[a["happened"]]


def test_conduct_of_those_called_is_that_of_the_json(finished, told):
    lines = json.loads((finished / "answers.json").read_text())["called"]
    (figure,) = (one for one in told if one.id == "conduct")
    assert len(lines) == 6
    for line, row in zip(lines, range(0, len(figure.rows), 5), strict=True):
        cells = figure.rows[row : row + 5]
        assert {c["conduct"]: c["probability"] for c in cells} == pytest.approx(
            line["probability"], abs=1e-4
        )
        assert {c["happened"] for c in cells} == {line["happened"]}


def test_every_chart_is_drawn_with_its_numbers_and_in_colours_of_the_look(told):
    known = {hue.light for hue in look.HUES.values()}
    assert len(known) == len(look.HUES)
    for figure in told:
        for width, chart in zip((look.WIDE, look.NARROW), figure.charts(""), strict=True):
            drawing = look.drawing(*chart)
            assert set(re.findall(r'"(#[0-9a-f]{6})"', drawing)) <= known, figure.id
            assert "NaN" not in drawing
            assert "e+308" not in drawing
            size = float(re.search(r'viewBox="0 0 ([\d.]+)', drawing)[1])
            assert size <= width + 12, (figure.id, size)
            assert not re.search(r"#[0-9a-f]{6}", look.themed(drawing)), figure.id


def test_a_hypothetical_case_says_so_in_every_chart(tmp_path):
    small.run("taiwan-hypothetical", tmp_path / "run")
    text = (tmp_path / "run" / "report.html").read_text()
    charts = re.findall(r'<div class="chart [^>]*>(.*?)</div>', text, re.DOTALL)
    assert len(charts) > 10
    assert all("HYPOTHETICAL" in chart for chart in charts)
    files_ = [link for link in Page(text).links if link.startswith("data:image/svg")]
    for file in files_:
        drawing = base64.b64decode(file.split(",", 1)[1]).decode()
        assert "HYPOTHETICAL" in drawing
        assert "taiwan-hypothetical" in drawing


def test_made_anew_it_is_the_same_file(finished, capsys):
    before = (finished / "report.html").read_bytes()
    again.run(finished, as_json=False)
    assert capsys.readouterr().out == f"{finished / 'report.html'}\n"
    assert (finished / "report.html").read_bytes() == before


def test_a_stop_leaves_nothing_that_draws(finished, monkeypatch):
    begun = []
    monkeypatch.setattr(pens, "Popen", lambda *a, **k: begun.append(Popen(*a, **k)) or begun[-1])

    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        again.run(finished, as_json=False, check=stop)
    assert begun
    assert all(process.returncode is not None for process in begun)


def test_a_chart_that_cannot_be_drawn_is_named(capfd):
    with pens.pens() as draw, pytest.raises(RuntimeError, match="odd-760: expected a drawing"):
        list(draw([({"mark": "nonsense"}, "odd-760")]))
    assert "vegalite_to_svg" in capfd.readouterr().err


def test_hostile_text_is_shown_as_text(tmp_path):
    small.run(small.hostile(tmp_path), tmp_path / "run")
    text = (tmp_path / "run" / "report.html").read_text()
    page = Page(text)
    assert "e+308" not in text
    assert text.count("&lt;script&gt;") > 10
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img"})
    assert not any(name.startswith("on") for _, found in page.tags for name in found)


def test_what_other_commands_say_is_shown_as_text_and_foreign_output_is_refused(finished, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(finished, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    same = {"scenario": "karabakh-2020", "parameters": manifest["parameters"], "runs": 40}
    claim = {
        "id": "A1", "author": "essay", "text": small.HOSTILE, "probability": 0.3,
        "happened": True, "brier": 0.49, "brier_reference": None,
    }  # fmt: skip
    total = {"events": 1, "claims": 1, "brier": 0.49, "coin": 0.25, "n_reference": 0, "n_words": 0}
    claims = json.dumps({**same, "claims": [claim], "scores": {"total": total}})
    (folder / "claims.json").write_text(claims)
    again.run(folder, as_json=False)
    page = Page((folder / "report.html").read_text())
    assert page.tables["claims"][1][2] == small.HOSTILE
    assert "script" not in {tag for tag, _ in page.tags}
    (folder / "ablation.json").write_text(claims)
    with pytest.raises(ValueError, match=r"ablation\.json: expected what `foedus ablate --out`"):
        again.run(folder, as_json=True)
    (folder / "ablation.json").write_text(json.dumps({**same, "parameters": "0", "switches": []}))
    with pytest.raises(ValueError, match=r"of another run \(other parameters\)"):
        again.run(folder, as_json=True)


def test_a_folder_takes_what_is_said_of_its_own_scenario_alone(finished, tmp_path):
    scenario = load(finished / "scenario.json")
    assert beside(finished, scenario).path == finished
    other = scenario.model_copy(update={"title": "another"})
    with pytest.raises(FolderError, match="run of another scenario"):
        beside(finished, other)
    copy = tmp_path / "copy"
    copy.mkdir()
    manifest = json.loads((finished / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(FolderError, match="holds no finished run"):
        beside(copy, scenario)
    (copy / "answers.json").write_text("{}")
    (copy / "manifest.json").write_text(json.dumps(manifest | {"fixed": {"war.truce": 0.3}}))
    with pytest.raises(FolderError, match="held parameters"):
        beside(copy, scenario)


def test_a_folder_that_is_no_finished_run_is_one_message(finished, tmp_path):
    with pytest.raises(FolderError, match="holds no finished run"):
        reopen(tmp_path)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("manifest.json", "scenario.json", "answers.json"):
        (copy / name).write_bytes((finished / name).read_bytes())
    with pytest.raises(FolderError, match="batches are missing or damaged"):
        reopen(copy)
    scenario = (copy / "scenario.json").read_text()
    (copy / "scenario.json").write_text(scenario.replace("autumn 2020", "autumn of 2020"))
    with pytest.raises(FolderError, match="was changed after the run"):
        reopen(copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | {"engine": "0"}))
    with pytest.raises(FolderError, match="by another version of the program"):
        reopen(copy)
    (copy / "manifest.json").write_text(json.dumps(manifest | {"parameters": "0"}))
    with pytest.raises(FolderError, match="name them with --parameters"):
        reopen(copy)


def test_the_model_card_says_what_the_readme_says():
    said = tomllib.loads(files("foedus.report.page").joinpath("model.toml").read_text())
    readme = " ".join(README.read_text().split())
    for limit in said["cannot"]:
        assert limit in readme
    figures_ = {x for line in said["skill"] for x in re.findall(r"-?\.\d+|\d\.\d+", line)}
    assert len(figures_) > 6
    assert all(x in readme for x in figures_)


def test_the_model_card_knows_the_fits_of_the_shipped_draws(finished):
    text = (finished / "report.html").read_text()
    assert "not those that come with the program" not in text
    assert "war: 88 wars" in text


def test_calibration_says_of_unseen_years_what_the_readme_says():
    rows = calibration.calibration().rows
    by = {row["forecast"]: [] for row in rows}
    for row in rows:
        by[row["forecast"]].append(row)
        least, most = (float(x) / 100 for x in re.findall(r"[\d.]+", row["class"]))
        assert row["n"] > 0
        assert least <= row["stated"] <= most
        assert 0 <= row["low"] <= row["came_true"] <= row["high"] <= 1
    assert len(by) == 4
    onset, force, *_ = (calibration.ratio(own) for own in by.values())
    readme = " ".join(README.read_text().split())
    assert f"{force:.2f} times as often as it happened where force was used" in readme
    assert f"{onset:.2f} times at onset" in readme


def test_curves_of_the_record_are_what_the_record_gives(record):
    from foedus.report.figures import record as figures_

    shipped = files("foedus.report.figures").joinpath(figures_.NAME).read_text()
    assert json.loads(shipped) == json.loads(json.dumps(figures_.make(record)))


def test_a_curve_of_the_record_falls_and_says_of_how_many_it_is():
    from foedus.report.figures.record import DAYS, YEARS, curves

    for of, at in (("wars", DAYS), ("truces", DAYS), ("alliances", YEARS)):
        for curve in curves(of):
            assert f" {curve.n} " in curve.label
            assert len(curve.lasted) == len(at)
            assert list(curve.lasted) == sorted(curve.lasted, reverse=True)
            assert 0 <= curve.lasted[-1] < curve.lasted[0] <= 1
