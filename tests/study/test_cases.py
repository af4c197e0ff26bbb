"""Who is called: the library, its outcomes, and what the command says."""

import json
from collections import Counter

import jax
import numpy as np
import pytest

from foedus.claims.conduct import CATEGORIES
from foedus.claims.score import log_floor
from foedus.report import cases as report
from foedus.scenario.arrays import to_arrays
from foedus.scenario.catalogue import shipped
from foedus.scenario.layout import frame
from foedus.scenario.load import load
from foedus.study import called, cases, pipeline
from foedus.study.called import Line

EVERY = cases.with_calls()
OWN = [scenario for scenario in EVERY if scenario.id != "karabakh-2020"]
"""Those that are nothing but a case."""


def test_the_library():
    assert len(EVERY) >= 16
    assert {scenario.id for scenario in EVERY} == set(shipped())
    assert sum(scenario.hypothetical for scenario in EVERY) == 2


@pytest.mark.parametrize("scenario", OWN, ids=lambda scenario: scenario.id)
def test_a_case_is_short_and_lives_26_weeks(scenario):
    text = shipped()[scenario.id].read_text("utf-8")
    assert text.count("\n") < 80
    assert frame(scenario).weeks == 26
    assert {call.by for call in scenario.called} == {scenario.end}
    assert len(scenario.states) <= 8


def test_no_number_is_free():
    """Judgements are the same range in every case, but for two kinds of aim."""
    said = {
        (dispute.small_theatre.range, state.domestic.value, state.quality.value)
        for scenario in OWN
        for dispute in scenario.disputes
        for state in scenario.states.values()
    }
    aims = Counter(d.limited_aim.range for s in OWN for d in s.disputes)
    assert len(said) == 1
    assert set(aims) == {(0.6, 0.95), (0.05, 0.4)}
    assert not any(d.grievance.value or d.pace.value or d.in_place for s in OWN for d in s.disputes)


def test_one_program_serves_every_case():
    def signature(scenario):
        world = to_arrays(called.short(scenario), 1, np.arange(2))
        return jax.tree.map(lambda a: (np.shape(a), np.asarray(a).dtype.name), world)

    first, *others = map(signature, OWN)
    assert all(other == first for other in others)


def test_events_say_what_happened():
    found = {scenario.id: called.happened(scenario) for scenario in EVERY}
    for scenario in EVERY:
        known = CATEGORIES if not scenario.hypothetical else (None,)
        assert set(found[scenario.id]) <= set(known)
    did = {
        (one.state, scenario.id): fact
        for scenario in EVERY
        for one, fact in zip(called.calls(scenario), found[scenario.id], strict=True)
    }
    assert did["GBR", "poland-1939"] == "join"
    assert did["FRA", "czechoslovakia-1938"] == "mediate"
    assert did["USA", "falklands-1982"] == "oppose"
    assert did["ITA", "july-1914"] == "none"
    assert did["RUS", "karabakh-2020"] == "aid"
    assert did["PRK", "kursk-2024"] == "aid"


def test_outcomes_come_from_events_alone():
    (scenario,) = cases.with_calls(["poland-1939"])
    kept = tuple(e for e in scenario.events if getattr(e, "who", "") != "GBR")
    assert called.happened(scenario.model_copy(update={"events": kept}))[0] == "none"


def test_what_comes_after_the_last_day_that_counts_is_not_lived():
    (karabakh,) = cases.with_calls(["karabakh-2020"])
    assert frame(called.short(karabakh)).weeks == 26 < frame(karabakh).weeks
    assert called.happened(karabakh)[0] == "aid"


def test_a_scenario_that_calls_nobody_is_refused(tmp_path):
    from foedus.scenario.load import scaffold

    text = scaffold("quiet").replace("  - {side: target, states: [BRA], by: 2019-12-31}", "  []")
    (tmp_path / "quiet.yaml").write_text(text, "utf-8")
    with pytest.raises(ValueError, match="quiet: expected `called`"):
        cases.with_calls([str(tmp_path / "quiet.yaml")])


def line(case, fact, **p):
    shares = dict.fromkeys(CATEGORIES, 0.0) | p
    return Line(case, "FRA", "target", "main", shares, fact, None, False, None, False)


def test_scores():
    lines = [line("a", "join", join=0.5, none=0.5), line("b", "none", none=1.0)]
    found = cases.scores(lines, runs=999)
    assert found["foedus"].log == pytest.approx(np.log(2) / 2)
    assert found["foedus"].brier == pytest.approx(0.25)
    assert found["uniform"].log == pytest.approx(np.log(5))
    assert found["uniform"].brier == pytest.approx(0.8)
    assert found["other cases"].log == pytest.approx(np.log(3.5 / 0.5))
    assert found["nobody comes"].log == pytest.approx(-np.log(log_floor(999)) / 2, rel=0.01)


def test_references_are_forecasts():
    lines = [line("a", "join"), line("a", "none"), line("b", "aid")]
    for every in cases.references(lines, 0.01).values():
        for said in every:
            assert list(said) == list(CATEGORIES)
            assert sum(said.values()) == pytest.approx(1)
    alone = cases.references(lines, 0.01)["other cases"]
    assert alone[0] == alone[1] != alone[2]


def test_the_command(capsys):
    only = ["kuwait-1990", "narva-hypothetical"]
    report.run(64, 1, only, devices=1, as_json=True, quiet=True, check=lambda: None)
    found = json.loads(capsys.readouterr().out)
    assert {row["id"] for row in found["cases"]} == set(only)
    for row in found["cases"]:
        assert list(row["probability"]) == list(CATEGORIES)
        assert sum(row["probability"].values()) == pytest.approx(1)
        assert row["in_fit"] == (row["id"] == "kuwait-1990")
        assert (row["happened"] is None) == row["hypothetical"]
    assert found["scores"]["n"] == 6
    assert found["scores"]["uniform"]["brier"] == pytest.approx(0.8)
    study = pipeline.run(load("kuwait-1990"), cases.Options(64, 1))
    own = [row for row in found["cases"] if row["id"] == "kuwait-1990"]
    assert [line._asdict() for line in study.called] == own
    book = cases.Book(
        tuple(Line(**row) for row in found["cases"]), {}, None, 0, cases.Options(64, 1), "0" * 64
    )
    assert found["unread"] == []
    assert "has not read" not in report.text(book)
    said = report.text(book._replace(unread=(3564,)))
    assert "the fit has not read 3564" in " ".join(said.split())
    assert "HYPOTHETICAL" in said
    assert max(map(len, said.splitlines())) <= 80
