"""With and without each system: the same runs, honest errors, tables that fit."""

import json
from functools import cache

import numpy as np
import pytest

from foedus.core.runs import REPLICATES
from foedus.report import ablate as report
from foedus.report import again
from foedus.report.main_job import manifest_of, to_json
from foedus.scenario.change import change
from foedus.scenario.load import parse, scaffold
from foedus.simulate import ensemble
from foedus.study import ablate as study
from foedus.study import pipeline
from foedus.study.ablate import Ablation, Effect, Outcome, Row, Verdict, ablate, effect, usable
from foedus.study.folder import Folder, FolderError
from foedus.study.observables import OBSERVABLES
from foedus.study.pipeline import Options
from foedus.study.reopen import keep
from foedus.study.switches import is_parameter, switches

OPTIONS = Options(runs=200)
CONDITION = """\
  if-asked:
    text: If the target has invoked the treaty by the end of July, will there be a truce?
    given: {invokes: {treaty: PACT, by: 2019-07-31}}
    claim: {truce: {by: 2019-08-31}}
    reference: {none: An invented case.}
  days:
    text: On how many days will there be fighting?
    claim: {fighting_days: {by: 2019-08-31}}
    reference: {none: An invented case.}

sources:
"""


@cache
def case():
    """The scaffold, at war, for four months, with a condition and a quantity."""
    text = scaffold("case").replace("# ignites:", "ignites:").replace("\nsources:\n", CONDITION)
    return change(parse(text.encode()), {"end": "2019-12-31"})


@cache
def ablated():
    """Of S06 only what stands in a scenario, and not in this one."""
    misses = ensemble._compiled.cache_info().misses
    done, (first, lacks, third) = [], usable(["S01", "S06", "S07"])
    places = tuple(one for one in lacks.changes if not is_parameter(one.path))
    assert places
    chosen = (first, lacks._replace(changes=places), third)
    found = ablate(case(), OPTIONS, chosen, done.append)
    return found, done, ensemble._compiled.cache_info().misses - misses


def row(name):
    return next(r for r in ablated()[0].rows if r.switch.id == name)


# ---- of the simulation


def test_the_baseline_is_the_run_itself():
    answers = {a.id: a for a in pipeline.run(case(), OPTIONS).answers}
    full = row("S01").questions
    assert full.keys() == answers.keys()
    for name, found in full.items():
        if answers[name].kind == "event":
            assert found.full == answers[name].value
    assert ablated()[0].events == {n for n, a in answers.items() if a.kind == "event"}


def test_what_is_without_a_system_is_the_run_without_it():
    fixed = (("joining.obligation", 0.0),)
    answers = {a.id: a for a in pipeline.run(case(), OPTIONS._replace(fixed=fixed)).answers}
    for name in ablated()[0].events:
        assert row("S01").questions[name].without == answers[name].value


def test_all_ensembles_are_made_by_one_program():
    _, done, compiled = ablated()
    assert compiled <= 1
    assert done == [200, 400, 600]


def test_a_system_that_a_scenario_lacks_is_told_apart_from_no_effect():
    assert row("S06").effect is None
    assert row("S06").verdict is None
    assert row("S07").verdict == Verdict.AS_SAID
    assert row("S07").effect.without == 0


def test_the_tables_say_it_in_80_columns_and_json_is_one_object():
    found = ablated()[0]
    said = report.text(found)
    assert max(map(len, said.splitlines())) <= 80
    assert "n/a" in said
    assert said.count("as said") == 2 + (row("S01").verdict == Verdict.AS_SAID)
    data = json.loads(json.dumps(report.to_json(found), allow_nan=False))
    assert [s["id"] for s in data["switches"]] == ["S01", "S06", "S07"]
    assert data["switches"][1]["observable"]["verdict"] is None
    first = data["switches"][0]
    assert first["observable"]["expected_sign"] == "-"
    assert {one["kind"] for one in first["effects"]} == {"event", "quantity"}
    for one in first["effects"]:
        if one["p"] is not None and one["kind"] == "event":
            assert one["p"] - one["delta"] == pytest.approx(data["baseline"][one["claim"]])
            assert one["flips"] >= abs(one["delta"]) - 1e-9 or case().questions[one["claim"]].given


def test_a_run_folder_takes_it_and_the_report_shows_it(tmp_path, capsys):
    folder = Folder(tmp_path / "run", manifest_of(case(), OPTIONS, ()), resume=False)
    keep(folder, case())
    answers = to_json(pipeline.run(case(), OPTIONS, folder), ())
    folder.write_text("answers.json", json.dumps(answers))
    source = str(folder.path / "scenario.json")
    options = {"devices": 1, "as_json": True, "quiet": True, "check": lambda: None}
    report.run(source, OPTIONS.runs, 1, ["S07"], out=folder.path, **options)
    said = json.loads(capsys.readouterr().out)
    assert json.loads((folder.path / report.ABLATION).read_text()) == said
    again.run(folder.path, as_json=True)
    shown = json.loads(capsys.readouterr().out)["figures"]["systems"]
    effects = {one["claim"]: one for one in said["switches"][0]["effects"]}
    assert {one["question"] for one in shown} == ablated()[0].events
    for one in shown:
        assert one["without"] == pytest.approx(effects[one["question"]]["p"], abs=1e-4)
        assert one["change"] == pytest.approx(effects[one["question"]]["delta"], abs=1e-4)
        assert one["detectable"] == effects[one["question"]]["detectable"]
    with pytest.raises(FolderError, match="a run of another scenario than kuwait-1990"):
        report.run("kuwait-1990", OPTIONS.runs, 1, [], out=folder.path, **options)


# ---- of differences


def every(values):
    return Outcome(values, np.ones(len(values), bool))


def test_no_difference_is_none_and_has_no_error():
    runs, rng = np.arange(2000), np.random.default_rng(1)
    same = every(rng.random(2000) < 0.3)
    found = effect(same, same, runs)
    assert found == Effect(same.mean, same.mean, 0, 0)
    assert not found.detectable


def test_a_paired_difference_is_known_better_than_the_two_apart():
    runs, rng = np.arange(2000), np.random.default_rng(2)
    before = rng.random(2000) < 0.3
    after = before & (rng.random(2000) < 0.95)
    found = effect(every(before), every(after), runs)
    apart = effect(every(before), every(rng.permutation(after)), runs)
    assert found.difference == apart.difference
    assert found.error < apart.error / 3
    assert found.detectable


def test_runs_of_one_draw_do_not_count_as_independent():
    draws, rng = 100, np.random.default_rng(3)
    runs = np.arange(draws * REPLICATES)
    before = np.zeros(len(runs))
    after = np.repeat(rng.normal(size=draws), REPLICATES)
    found = effect(every(before), every(after), runs)
    assert found.error == pytest.approx(1 / np.sqrt(draws), rel=0.2)


def test_errors_cover_the_truth_also_where_runs_drop_out():
    """Both means are over the runs that meet a condition, which the system changes."""
    rng, draws = np.random.default_rng(4), 60
    runs = np.arange(draws * REPLICATES)
    z = []
    for _ in range(200):
        tilt = np.repeat(rng.normal(0, 0.1, draws), REPLICATES)
        luck, chance = rng.random(len(runs)), rng.random(len(runs))
        full = Outcome(luck < 0.5 + tilt, chance < 0.6)
        without = Outcome(luck < 0.4 + tilt, chance < 0.4)
        found = effect(full, without, runs)
        z.append((found.difference + 0.1) / found.error)
    assert np.std(z) == pytest.approx(1, abs=0.15)
    assert abs(np.mean(z)) < 0.25


def test_a_condition_that_no_run_meets_gives_nothing():
    none = Outcome(np.ones(40, bool), np.zeros(40, bool))
    assert effect(none, every(np.ones(40, bool)), np.arange(40)) is None
    assert effect(every(np.ones(40, bool)), none, np.arange(40)) is None


@pytest.mark.parametrize("difference", [0.0, 0.0199, 0.02, -0.02, 0.5, -0.5])
def test_the_verdict_turns_with_the_sign_and_the_theory(difference):
    found = Effect(0.5, 0.5 + difference, difference, 0.01)
    raises, lowers = switches()["S03"], switches()["S01"]
    one, other = study.verdict(found, raises), study.verdict(found, lowers)
    if abs(difference) < 0.02:
        assert one == other == Verdict.NONE
    else:
        assert {one, other} == {Verdict.AS_SAID, Verdict.OPPOSITE}
        assert (one == Verdict.AS_SAID) == (difference > 0)


# ---- of the tables


@pytest.mark.parametrize(
    "size", [0.0, 1e-9, 0.0049, 0.049, 0.51, 0.999, 1.96, 9.96, 99.6, 999.6, 12345.6]
)
def test_every_number_and_word_fits_80_columns(size):
    names = list(case().questions)
    rows = []
    for switch in usable():
        share = OBSERVABLES[switch.observable].share
        x = min(size, 1) if share else size
        found = Effect(x, 0.0, -x, x / 3)
        event = Effect(min(size, 1), 0, -min(size, 1), 0)
        rows.append(Row(switch, found, dict.fromkeys(names, event)))
        cells = zip(report._SYSTEMS, report._system(rows[-1]), strict=True)
        assert all(len(word) + 2 <= c.width for c, cell in cells for word in cell.split()[1:])
        cells = zip(report._SYSTEMS[2:], report._system(rows[-1])[2:], strict=True)
        assert all(len(cell) <= column.width for column, cell in cells)
    events = frozenset(names)
    said = report.text(Ablation(case(), OPTIONS, {}, tuple(rows), events, "0" * 64))
    assert max(map(len, said.splitlines())) <= 80
    for switch in switches().values():
        assert switch.id in said


def test_the_questions_told_are_the_events_that_move_most():
    moves = {"a": 0.1, "b": -0.3, "c": 0.2, "d": 0.9, "e": 0.01}
    found = {name: Effect(0.5, 0.5 + d, d, 0.01) for name, d in moves.items()} | {"f": None}
    one = Row(switches()["S01"], Effect(0, 0, 0, 0), found)
    whole = Ablation(case(), OPTIONS, {}, (one,), frozenset("abcef"), "")
    assert [name for name, _ in report.most_moved(one, whole)] == ["b", "c"]
