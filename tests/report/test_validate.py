"""What `foedus validate` prints and keeps, on figures that never were."""

import json

import numpy as np
import pytest

from foedus.fit.laplace import Peak
from foedus.report import validate as report
from foedus.report.main_job import Stopped

KEYS = (
    "log_loss", "side_log_score", "paired_interval_vs_best_reference", "brier", "auc",
    "average_precision", "side_accuracy", "somebody_skill",
)  # fmt: skip
PEAK = Peak(np.array([1.0, 2.0]), np.eye(2), -12.5, 0.25, 31)


def model(score, verdict, *, by_side=True, **changes):
    return {
        "n_sides": 1886,
        "n_rows": 21131,
        "log_loss": -score / 10,
        "side_log_score": score if by_side else None,
        "paired_interval_vs_best_reference": [-0.01, 0.02],
        "paired_interval_by_five_years": [-0.03, 0.04],
        "difference": 0.01,
        "verdict": verdict,
        "brier": 0.0089,
        "auc": 0.871,
        "average_precision": None,
        "side_accuracy": None if by_side else 0.83,
        "somebody_skill": 0.1 if by_side else None,
        "somebody_expected_over_observed": 1.33,
    } | changes


def one(verdict, best="mixed9", *, by_side=True):
    models = {
        "base_rate": model(-0.48, "loses", by_side=by_side),
        "foedus": model(-0.38, verdict, by_side=by_side),
        best: model(-0.39, "is the reference", by_side=by_side),
    }
    hard = {"n_sides": 41, "foedus": -0.30, best: -0.31, "paired_interval": [0.001, 0.02]}
    cases = {
        "no fight with the opponent's side in ten years": hard | {"by_five_years": [-0.1, 0.1]}
    }
    classes = [{"low": 0.0, "high": 0.002, "n": 12345, "stated": 0.001, "observed": 0.0}]
    whole = {"n_sides": 1886, "n_rows": 21131, "best_reference": best, "calibration": classes}
    return whole | {"models": models} | ({"hard": cases} if by_side else {})


def figures():
    tables = {"S4a": one("ties"), "S4": one("better"), "S5": one("ties")}
    tables["F"] = one("loses", "logit", by_side=False)
    return {"seed": 1, "draws": 32, "tables": tables}


def said():
    told = figures()
    return report.text(told | {"summary": report.summary(told["tables"])})


def test_it_fits_the_page():
    assert max(map(len, said().splitlines())) <= 80


def test_models_stand_from_the_best_to_the_worst():
    for found in figures()["tables"].values():
        assert report.ranked(found) == ["foedus", found["best_reference"], "base_rate"]
    lines = [line.split()[0] for line in said().splitlines() if line[:3] in ("foe", "mix", "bas")]
    assert lines[:3] == ["foedus", "mixed9", "base_rate"]


def test_a_model_shows_both_intervals_and_its_verdict():
    text = said()
    assert (
        "foedus     -0.3800  -0.0100 to +0.0200  better   0.0089  0.87    --   0.10  1.33" in text
    )
    assert "                    -0.0300 to +0.0400" in text
    assert "mixed9     -0.3900  the best reference  " in text
    assert "foedus      0.0380  -0.0100 to +0.0200  loses    0.0089  0.87    --   0.83" in text


def test_hard_cases_and_calibration_stand_apart():
    text = said()
    assert "41  -0.3000  -0.3100  +0.0010 to +0.0200" in text
    assert "ties" in text.split("Of these, apart")[1].split("Calibration")[0]
    assert "0 to 0.2 %        12,345        0.1 %      0.0 %" in text
    assert text.count("Calibration of foedus: somebody comes to a side") == 3


def test_one_sentence_says_where_it_is_better_ties_and_loses():
    assert report.summary(figures()["tables"]) == (
        "foedus is better than mixed9 on S4; ties with mixed9 on S4a and S5; loses to logit on F."
    )
    assert " ".join(said().split()).endswith(report.summary(figures()["tables"]))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of the record, whose validation makes two fits."""

    def validate(folder, table, seed, progress, peaks):
        for origin in (1900, 1910):
            if origin not in peaks:
                peaks[origin] = PEAK
                progress(f"origin {origin}: 26 sides forecast")
        return figures() | {"seed": seed}

    monkeypatch.setattr(report, "validate", validate)
    monkeypatch.setattr(report, "hashes", lambda folder: {"gml_part": "h"})
    (tmp_path / "gml_part.parquet").touch()
    return tmp_path


def run(folder, **options):
    usual = {"as_json": False, "quiet": True, "out": folder / "out"}
    report.run(folder, 3, **(usual | options))


def test_json_has_the_figures_by_the_names_that_others_read(folder, capsys):
    run(folder, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((folder / "out" / "report.json").read_text())
    assert set(told["tables"]) == {"S4a", "S4", "S5", "F"}
    for found in told["tables"].values():
        assert {"n_sides", "n_rows", "models"} <= set(found)
        for each in found["models"].values():
            assert set(KEYS) <= set(each)
    assert told["seed"] == 3


def test_a_stopped_validation_goes_on_where_it_was(folder, capsys):
    calls = []

    def stop():
        calls.append(1)
        raise KeyboardInterrupt

    with pytest.raises(Stopped, match=r"1 origins are kept in .*out, the same command goes on"):
        run(folder, check=stop)
    run(folder, quiet=False)
    told = capsys.readouterr().err
    assert "validate: 1 origins are kept in" in told
    assert "origin 1910" in told
    assert "origin 1900" not in told


def test_without_a_folder_nothing_is_kept(folder, capsys):
    run(folder, out=None)
    assert [path.name for path in folder.iterdir()] == ["gml_part.parquet"]


def test_fits_come_back_as_they_were(tmp_path):
    report.Peaks(tmp_path, "a")[1950] = PEAK
    (tmp_path / "part-1960.npz").write_bytes(b"half of one")
    (back,) = report.Peaks(tmp_path, "a").values()
    for kept, own in zip(back, PEAK, strict=True):
        np.testing.assert_array_equal(kept, own)
    assert isinstance(back.evaluations, int)


def test_a_folder_of_another_validation_is_not_touched(tmp_path):
    report.Peaks(tmp_path, "a")[1950] = PEAK
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match="expected an empty folder or the same validation"):
        report.Peaks(tmp_path, "b")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_broken_fit_names_its_file(tmp_path):
    report.Peaks(tmp_path, "a")
    (tmp_path / "peak-1900.npz").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"peak-1900\.npz: expected the fit of an origin"):
        report.Peaks(tmp_path, "a")


def test_other_tables_priors_or_code_make_another_mark(folder, monkeypatch):
    first = report.mark(folder, {"draws": 2})
    assert report.mark(folder, {"draws": 2}) == first
    assert report.mark(folder, {"draws": 4}) != first
    monkeypatch.setattr(report, "_CODE", ("core",))
    assert report.mark(folder, {"draws": 2}) != first
