"""The ledger run: what is said of each claim, its scores, and how totals count."""

import json
from functools import cache
from types import SimpleNamespace

import pytest

from foedus import cli
from foedus.claims.score import brier
from foedus.report import ledger as report
from foedus.report.page.more import more
from foedus.scenario.ledger import ledger
from foedus.scenario.load import load
from foedus.study import ledger as study
from foedus.study import switches, systems
from foedus.study.ablate import Ablation, Effect, Row
from foedus.study.grades import conjunction, total
from foedus.study.ledger import run
from foedus.study.pipeline import Options

KARABAKH = load("karabakh-2020")
LEDGER = ledger(KARABAKH)
OPTIONS = Options(runs=200)


@cache
def told():
    """All claims as on the first day, in one ensemble."""
    return run(KARABAKH, LEDGER, OPTIONS, as_of=KARABAKH.start)


def by_id():
    return {said.id: said for said in told().claims}


def test_every_claim_that_runs_has_a_probability_and_no_other_has():
    for said in told().claims:
        assert bool(said.answers) == said.row.asks
        if said.probability is not None:
            assert 0 <= said.low <= said.probability <= said.high <= 1


def test_a_claim_with_several_deadlines_is_their_mean():
    said = by_id()["A33"]
    values = [answer.value for answer in said.answers]
    assert len(values) == 2
    assert said.probability == pytest.approx(sum(values) / 2)
    assert said.grade.brier == pytest.approx(sum(v**2 for v in values) / 2)
    assert by_id()["O34"].verdict == "depends on the deadline"


def test_claims_made_together_are_scored_as_one_and_are_no_likelier_than_each():
    (joint,) = told().joint
    parts = [by_id()[id_] for id_ in joint.ids]
    assert joint.ids == ("A13", "A13b")
    assert joint.p <= min(part.probability for part in parts)
    assert joint.happened == all(part.happened for part in parts)


def test_the_report_shows_what_the_command_says(tmp_path):
    said = report.to_json(told())
    (tmp_path / report.CLAIMS).write_text(json.dumps(said))
    ours = SimpleNamespace(scenario=KARABAKH, parameters=told().parameters)
    (section,) = more(tmp_path, ours)
    (figure,) = section.figures
    graded = {claim["id"]: claim for claim in said["claims"] if claim["brier"] is not None}
    assert graded.keys() == {row["id"] for row in figure.rows}
    for row in figure.rows:
        assert row["brier"] == pytest.approx(graded[row["id"]]["brier"], abs=1e-4)
    assert f"{said['scores']['total']['brier']:.3f}" in figure.says
    assert figure.draw(760)["data"]["values"]


def test_vows_facts_and_unmet_conditions_are_not_graded():
    for said in told().claims:
        open_ = said.row.vow or said.row.kind == "fact" or said.happened is None
        assert not (open_ and said.grade)
    assert by_id()["B44"].verdict == "condition not met"
    assert by_id()["A27"].verdict == "runs with --mechanisms"


def test_words_are_scored_at_both_ends():
    graded = [s for s in told().claims if s.grade and s.grade.words and len(s.answers) == 1]
    assert {said.happened for said in graded} == {False, True}
    for said in graded:
        ends = [float(brier(p, said.happened)) for p in LEDGER.scale[said.row.words].range]
        assert said.grade.words == pytest.approx((min(ends), max(ends)))
    assert conjunction([(0.9, 0.99), (0.2, 0.55)]) == pytest.approx((0.1, 0.55))


def test_an_event_counts_once_however_often_it_is_claimed():
    found = told()
    graded = [c.grade for c in found.claims if c.grade and c.id not in ("A13", "A13b")]
    graded += found.joint
    events = {LEDGER.claims[grade.ids[0]].shares or grade.ids[0] for grade in graded}
    assert found.total.events == len(events) < found.total.claims == len(graded)
    twice = total([*graded, *(g for g in graded if g.event == "H1")])
    assert twice.brier == pytest.approx(found.total.brier)
    assert twice.events == found.total.events


def test_a_day_of_the_users_leaves_out_what_was_settled_by_then(monkeypatch):
    monkeypatch.setattr(study, "simulate", lambda asked, how, progress: pick(asked))
    late = run(KARABAKH, LEDGER, OPTIONS, as_of=KARABAKH.end, only=["H6a", "H5b"])
    assert [said.verdict for said in late.claims] == ["settled by then"] * 2
    assert late.total is None
    with pytest.raises(ValueError, match="expected a day from 2020-09-27"):
        run(KARABAKH, LEDGER, OPTIONS, as_of=KARABAKH.start.replace(year=1999))


def pick(asked):
    """A finished study without a simulation: what was said of these questions before."""
    known = {answer.id: answer for said in told().claims for answer in said.answers}
    return SimpleNamespace(answers=tuple(known[n] for n in asked.questions), known=None)


def test_a_day_that_no_history_agrees_with_leaves_its_claims_unsaid(monkeypatch):
    def refuse(asked, how, progress):
        if how.as_of is not None:
            raise ValueError("no simulated history agrees")
        return pick(asked)

    monkeypatch.setattr(study, "simulate", refuse)
    first, second = run(KARABAKH, LEDGER, OPTIONS, only=["H1", "A33"]).claims
    assert first.grade
    assert (second.probability, second.grade, second.happened) == (None, None, False)
    assert second.answers[0].flags == (study.OUTSIDE,)


def test_systems_that_claims_speak_of_can_be_turned_off():
    spoken = {row.switch.id for row in LEDGER.claims.values() if row.switch}
    assert len(switches.find(spoken)) == len(spoken) > 5


def test_a_system_turned_off_gives_claims_about_it_a_verdict(monkeypatch):
    def ablate(asked, options, chosen, progress):
        (measure,) = asked.questions  # both rows speak of the same
        rows = tuple(Row(switch, None, {measure: Effect(0.1, 0.3, 0.2, 0.01)}) for switch in chosen)
        return Ablation(asked, options, {}, rows, frozenset(), "")

    monkeypatch.setattr(systems, "ablate", ablate)
    off = run(KARABAKH, LEDGER, OPTIONS, only=["A27", "B45"], mechanisms=True)
    assert [said.verdict for said in off.claims] == ["as said"] * 2
    assert report.to_json(off)["claims"][0]["effect"]["difference"] == 0.2


def test_the_table_fits_the_page():
    text = report.text(told())
    assert max(map(len, text.splitlines())) <= 80
    for said in ("CLAIMS THAT RUN", "CLAIMS OF FACT", "CLAIMS THAT DO NOT RUN", "first day",
                 "An event counts once", "runs with"):  # fmt: skip
        assert said in text, said


def test_the_command_prints_one_object(monkeypatch, capsys):
    monkeypatch.setattr(report, "study_run", lambda *_, **__: told())
    cli.app(
        ["claims", "karabakh-2020", "--as-of", "2020-09-27", "--json", "--quiet"],
        standalone_mode=False,
    )
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == json.loads(json.dumps(report.to_json(told())))


def test_json_says_of_every_row_whether_it_runs_and_why_not():
    whole = json.loads(json.dumps(report.to_json(told()), allow_nan=False))
    assert [claim["id"] for claim in whole["claims"]] == list(LEDGER.claims)
    assert whole["mechanisms"] == "run with --mechanisms"
    for claim in whole["claims"]:
        assert (claim["runs"] == "simulation") != bool(claim["why_not"])
        assert {"author", "kind", "text", "deadline", "probability", "low", "high",
                "reference_class", "happened", "brier", "log_score", "verdict",
                "source"} <= claim.keys()  # fmt: skip
    assert whole["scores"]["total"]["events"] == told().total.events
