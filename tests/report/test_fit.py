"""What `foedus fit` prints and keeps, on fits that never were."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from foedus.core import params, priors
from foedus.fit import stages
from foedus.fit.calls import NAMES
from foedus.fit.fitted import Fitted
from foedus.fit.joining import THETA
from foedus.report import fit as report
from foedus.report import refit as formula_report
from foedus.report.lines import Lines, figure, json_text
from foedus.report.main_job import Stopped
from tests.fit.small import calls

DRAWS = 40
GREAT = {"disputes": [257], "down_weighted": {"major": -1.4, "power": 0.2}, "without": {"major": 0}}
CHECKS = {
    "joiners": {"record": 9.0, "low": 10.0, "median": 11.0, "high": 12.0, "tail": 0.0},
    "share": {"observed": 0.2, "low": 0.1, "median": 0.2, "high": 0.3, "tail": 0.5},
}


def fits():
    """One fit that can be trusted, one that cannot, one that informs no parameter."""
    rng = np.random.default_rng(1)
    shape = lambda name: (4, DRAWS) if name == "joining.era" else (DRAWS,)  # noqa: E731
    joining = {name: 1 + rng.random(shape(name)) for name in NAMES}
    joining["theta"] = rng.standard_normal((len(THETA), DRAWS))
    told = {"khat": 0.41, "covered": 0.4, "great_wars": GREAT, "predictive": CHECKS}
    weak = {"rhat": {"war.drift": 1.2, "b": None}, "ess": {"war.drift": 90.0}, "divergences": 3}
    return {
        "war": Fitted({"war.drift": np.exp(rng.normal(-5, 0.2, DRAWS))}, weak, {"wars": 95}),
        "coverage": Fitted({}, {"unconditional": 0.4, "nothing": np.nan}, {"pacts": 12}),
        "joining": Fitted(joining, told, {"member_years": 1200, "none": 0}),
    }


def effects(calls, thetas, given, *, seed):
    assert thetas.shape == (DRAWS, len(THETA))
    assert given.covered == 0.4
    line = {"covariate": "joining.major", "column": "major", "change": "0 -> 1", "chance": 0.004}
    return pd.DataFrame([line | {"mean": 0.002, "sd": 0.001, "low": 0.0005, "high": 0.004}])


def made(inputs, out):
    inputs.progress("war: done")
    out.mkdir(parents=True, exist_ok=True)
    manifest = {"mark": "m", "data": {"gml_part": "h"}, "version": "0", "seed": inputs.seed}
    (out / "fit.json").write_text(json.dumps(manifest))
    return fits()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of the record, which nobody reads."""
    monkeypatch.setattr(stages, "fit", made)
    monkeypatch.setattr(report, "joining_effects", effects)
    monkeypatch.setattr(report.record_calls, "table", lambda folder, without: None)
    (tmp_path / "gml_part.parquet").touch()
    return tmp_path


def run(folder, out="out", **options):
    usual = {"as_json": False, "quiet": True}
    report.run(folder, folder / out, DRAWS, 1, **(usual | options))
    return folder / out


def test_it_fits_the_page_and_says_whom_to_trust(folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)  # a path is never cut
    run(Path())
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    for words in (
        "3 fits of the record, 40 draws each, seed 1",
        "doubtful: R-hat 1.20 above",
        "joining 1,200 member years yes k-hat 0.41",
        "weighted down, shifts of more than one posterior sd: major -1.4 joining: with",
        "joining: 1 of 2 predictive checks fail: joiners: 9, drawn 10 to 12",
        "joining.era, 1946-90",
        "mean chance is 0.40 per cent",
    ):
        assert words in " ".join(said.split())
    assert "theta" not in said


def test_the_draws_are_those_that_a_run_takes(folder, capsys):
    out = run(folder)
    stored, prior = (params.unpack((out / f"{n}.npz").read_bytes()) for n in ("posterior", "prior"))
    assert prior.sha256 == params.fingerprint(priors.sample(priors.read()))
    assert set(stored.params.joining.major) <= set(
        fits()["joining"].draws["joining.major"].astype("f4")
    )
    assert stored.table["joining"]["major"]["basis"] == "record"
    assert stored.table["crisis"]["ask_need"]["basis"] == "judgement"
    np.testing.assert_array_equal(stored.params.crisis.ask_need, prior.params.crisis.ask_need)


def test_json_is_what_is_kept_and_knows_no_nan(folder, capsys):
    out = run(folder, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((out / "report.json").read_text())
    assert told["stages"]["coverage"]["diagnostics"]["nothing"] is None
    assert [one["sound"] for one in told["stages"].values()] == [False, True, True]
    assert {line["parameter"] for line in told["coefficients"]} == {"war.drift", *NAMES}
    assert told["posterior"] == params.load(str(out / "posterior.npz")).sha256
    assert (told["mark"], told["seed"], told["priors"]) == ("m", 1, None)


def test_all_that_is_kept_is_the_same_the_second_time(folder, capsys):
    out = run(folder)
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    run(folder)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    assert set(first) == {
        "fit.json", "posterior.npz", "prior.npz", "coefficients.csv", "effects.csv",
        "citations.bib", "report.json",
    }  # fmt: skip
    lines = pd.read_csv(out / "coefficients.csv")
    assert lines.parameter.nunique() == 1 + len(NAMES)
    assert (out / "citations.bib").read_text().startswith("@software{foedus,")


def test_priors_of_a_file_are_laid_over_and_named(folder, capsys):
    file = folder / "own.toml"
    file.write_text("[crisis.ask_need]\ndist = { half = [9.0] }\n")
    out = run(folder, priors=file, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["priors"] == str(file)
    stored = params.load(str(out / "posterior.npz"))
    assert stored.table["crisis"]["ask_need"]["dist"] == {"half": [9.0]}


def test_a_prior_of_a_fit_with_weak_ones_stands_beside_its_estimate(folder, capsys):
    file = folder / "own.toml"
    file.write_text("[war.drift]\ndist = { lognormal = [0.02, 0.5] }\n")
    run(folder, as_json=True)
    run(folder, out="own", priors=file, as_json=True)
    shipped, own = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert own["priors_sha256"] != shipped["priors_sha256"]
    assert own["posterior"] == shipped["posterior"]  # the fits are made up
    (line,) = (x for x in own["coefficients"] if x["parameter"] == "war.drift")
    assert line["prior"] == "lognormal(0.02, 0.5)"


def test_progress_is_told_to_whom_it_concerns(folder, capsys):
    run(folder, quiet=False)
    assert "fit: war: done (0:00)" in capsys.readouterr().err
    run(folder)
    assert capsys.readouterr().err == ""


def test_a_stopped_fit_says_what_is_kept(folder):
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(Stopped, match=r"kept in .*out; the same command goes on"):
        run(folder, check=stop)


@pytest.mark.parametrize(
    ("diagnostics", "said"),
    [
        ({}, []),
        ({"rhat": {"a": 1.009}, "ess": {"a": 401.0}, "khat": 0.7}, []),
        ({"ess": {"a": 401.0}, "ess_tail": {"a": 399.0}}, ["ESS 399 below 400"]),
        ({"khat": float("nan")}, ["k-hat nan above 0.70"]),
    ],
)
def test_what_speaks_against_a_fit(diagnostics, said):
    assert list(report.doubts(diagnostics)) == said


def test_numbers_that_are_none_are_shown_as_such():
    assert figure(float("nan")) == "--"
    assert figure(1270.4, ",.0f") == "1,270"
    assert json_text({"a": np.inf}) == '{"a": null}\n'


def test_lines_stop_the_job_where_they_are_told_to(capsys):
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Lines("fit", quiet=False, check=stop)("done")
    assert capsys.readouterr().err == "fit: done (0:00)\n"


@pytest.fixture
def few(tmp_path, monkeypatch):
    """Calls of which every third is answered, in place of those of the record."""
    table = calls(60, 6)
    own = np.where(table.defense_a, 1, 2)
    table["joined"] = np.where(np.arange(len(table)) % 3 == 0, own, 0)
    monkeypatch.setattr(formula_report.record_calls, "table", lambda folder: table)
    (tmp_path / "gml_part.parquet").touch()
    return tmp_path


def formula(few, text="joined ~ major + log(cinc)", **options):
    usual = {"as_json": False, "quiet": True}
    report.run_formula(few, text, "S4a", 1, **(usual | options))


def test_a_formula_gives_tables_that_fit_the_page(few, capsys):
    formula(few)
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    for words in (
        "joined ~ major + log(cinc)",
        "log(cinc)",
        "doubled",
        "cow_nmc",
        "as if left out",
    ):
        assert words in " ".join(said.split())


def test_a_formula_as_json_and_as_files_says_the_same(few, capsys):
    extra = few / "own.csv"
    table = calls(60, 6)[["dispnum", "ccode"]]
    table.assign(warmth=np.arange(len(table)) % 5).to_csv(extra, index=False)
    formula(few, "warmth", extra=extra, out=few / "kept", as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((few / "kept" / "report.json").read_text())
    assert [line["regressor"] for line in told["coefficients"]] == ["Intercept", "warmth", "sigma"]
    assert told["coefficients"][0]["odds_ratio"] is None
    assert told["effects"][0]["change"] == "+1"
    assert told["bibtex"] == (few / "kept" / "citations.bib").read_text()
    assert len(pd.read_csv(few / "kept" / "effects.csv")) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("own.xlsx", "", r"own.xlsx: expected a name in \.csv, \.parquet, \.dta; got '\.xlsx'"),
        ("own.csv", "", "own.csv: expected a table; "),
        ("own.parquet", "nothing", "own.parquet: expected a table; "),
        ("own.dta", "", "own.dta: expected a table; "),
        ("own.dta", "s" * 100, "own.dta: expected a table; "),
        ("own.dta", "<stata_dta><header><release>118</release>", "own.dta: expected a table; "),
    ],
)
def test_own_columns_that_cannot_be_read_name_their_file(few, name, content, said):
    (few / name).write_text(content)
    with pytest.raises(ValueError, match=said) as fault:
        formula(few, extra=few / name)
    assert "\n" not in str(fault.value)


def test_a_sampler_s_answer_is_told_in_two_lines():
    one = {"label": 2, "mean": 0.71, "low": 0.1, "high": 1.2}
    found = {
        "moved": {"power": {"shift": -0.4, "sd": 1.0}, "major": {"shift": 0.2, "sd": 1.1}},
        "spread": {"state_sd": one, "treaty_sd": one},
        "states": [one],
        "treaties": [one | {"label": 3150, "mean": -0.3}],
    }
    said = list(report.checks({"sampled": {"diagnostics": found, "failed_checks": []}}))
    assert max(map(len, "\n".join(said).splitlines())) <= 80
    words = " ".join(" ".join(said).split())
    assert "off by more than 0.4 posterior sd (power)" in words
    assert "states (COW) 2 +0.7; treaties (ATOP) 3150 -0.3" in words
