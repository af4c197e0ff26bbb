"""From a scenario to answers: what they depend on, and what they must not."""

from functools import cache, partial

import numpy as np
import pytest

from foedus.claims.evaluate import evaluate
from foedus.core.kinds import Action, Side
from foedus.scenario.arrays import frame, to_arrays
from foedus.scenario.change import change
from foedus.scenario.history import history
from foedus.scenario.layout import dispute_labels, labels
from foedus.scenario.load import load
from foedus.scenario.questions import claim_of, given_of
from foedus.study import pipeline
from foedus.study.ally import ally
from foedus.study.answers import Answer, scores
from foedus.study.folder import Folder
from foedus.study.pipeline import Options, run

KARABAKH = load("karabakh-2020")
OPTIONS = Options(runs=200)


@cache
def study():
    return run(KARABAKH, OPTIONS)


def said(answers):
    return {a.id: (a.value, a.low, a.high, a.spread) for a in answers}


def test_every_question_is_answered_in_order_with_sane_numbers():
    answers = study().answers
    assert [a.id for a in answers] == list(KARABAKH.questions)
    for a in answers:
        if a.value is None:
            assert a.flags == ("no run counts",)
            continue
        assert a.low <= a.value <= a.high
        assert sum(a.spread) == pytest.approx(1)
        assert min(a.spread) >= 0
        assert set(a.flags) <= {"judgement", "rare", "few draws"}
        assert a.kind == "quantity" or 0 <= a.low <= a.high <= 1


def test_an_answer_moves_to_itself():
    """Asked of its own day, a question has the answer that is given; shares stay shares."""
    moved = 0
    for a in study().answers:
        on = [day for day, _ in a.course]
        values = [value for _, value in a.course]
        assert on == sorted(set(on))
        if a.course:
            assert values[-1] == pytest.approx(a.value, abs=1e-12)
            assert a.kind == "quantity" or 0 <= min(values) <= max(values) <= 1
            moved += len(set(values)) > 1
        else:
            assert a.value is None or a.id == "days-to-first-stop"
        told = a.to_json()["course"]
        assert [point["value"] for point in told] == values
    assert moved > 20


def test_history_is_judged_by_the_same_function():
    past, axes = history(KARABAKH), frame(KARABAKH)
    for a in study().answers:
        question = KARABAKH.questions[a.id]
        truth = evaluate(claim_of(question), past, axes)[0]
        met = question.given is None or evaluate(given_of(question), past, axes)[0]
        assert a.happened == (truth.item() if met else None)


def test_a_condition_leaves_only_the_runs_that_meet_it():
    name = next(name for name, q in KARABAKH.questions.items() if q.given)
    _, (batch,) = pipeline.batches(KARABAKH, OPTIONS)
    past, axes = batch().trajectories, frame(KARABAKH)
    met = evaluate(given_of(KARABAKH.questions[name]), past, axes)
    true = evaluate(claim_of(KARABAKH.questions[name]), past, axes)
    assert 0 < met.sum() < len(met)
    forecast = study().forecasts[name]
    np.testing.assert_array_equal(forecast.run, np.flatnonzero(met))
    np.testing.assert_array_equal(forecast.values, true[met])


def test_what_came_later_changes_no_answer():
    known = tuple(e for e in KARABAKH.events if e.date <= KARABAKH.start)
    blind = run(KARABAKH.model_copy(update={"events": known}), OPTIONS)
    assert said(blind.answers) == said(study().answers)
    assert all(a.happened is None and a.to_json()["happened"] is None for a in blind.answers)
    assert scores(blind.answers, 200) is None


def test_setting_a_number_to_what_it_is_changes_nothing():
    same = change(KARABAKH, {"ties[0].value": str(KARABAKH.ties[0].value.value)})
    assert said(run(same, OPTIONS).answers) == said(study().answers)


def test_holding_a_parameter_moves_what_depends_on_it():
    held = run(KARABAKH, OPTIONS._replace(fixed=(("joining.intercept", 5.0),)))
    assert held.answers[0].value < study().answers[0].value - 0.3


def test_a_folder_changes_nothing_and_a_resumed_run_makes_no_batch_again(tmp_path, monkeypatch):
    first = run(KARABAKH, OPTIONS, Folder(tmp_path / "run", {"id": 1}, resume=False))
    assert said(first.answers) == said(study().answers)
    refuse = partial(pytest.fail, "a batch was made again")
    monkeypatch.setattr(pipeline, "_judge", lambda *_: refuse())
    again = run(KARABAKH, OPTIONS, Folder(tmp_path / "run", {"id": 1}, resume=True))
    assert said(again.answers) == said(study().answers)
    np.testing.assert_array_equal(again.took, first.took)


def test_batches_add_in_any_cut():
    whole = study().forecasts["H1"]
    parts = [
        type(whole)(whole.values[cut], whole.run[cut]) for cut in (slice(None, 77), slice(77, None))
    ]
    assert (parts[1] + parts[0]).interval() == whole.interval()


def test_always_one_half_scores_a_quarter():
    coins = tuple(a._replace(value=0.5) for a in study().answers if a.kind == "event")
    found = scores(coins, 200)
    assert found.brier == found.coin == 0.25
    assert found.log == pytest.approx(np.log(2)) == pytest.approx(found.coin_log)


def test_the_scoreboard_counts_what_has_a_reference_class():
    found = scores(study().answers, 200)
    events = [a for a in study().answers if a.kind == "event"]
    assert found.n == len(events)
    assert found.n_reference == sum(a.reference.p is not None for a in events)


def test_a_question_that_no_run_meets_has_no_answer_and_no_score():
    question = KARABAKH.questions["H7b"]
    found = pipeline.answer("H7b", question, None, True)
    assert (found.value, found.spread, found.flags) == (None, None, ("no run counts",))
    assert not found.scored
    assert found.to_json()["probability"] is None


def test_an_outcome_that_is_no_number_is_not_known():
    question = KARABAKH.questions["deaths-target"]
    found = pipeline.answer("x", question, study().forecasts["deaths-target"], float("nan"))
    assert isinstance(found, Answer)
    assert found.happened is None


def test_third_parties_do_something_in_every_run_of_the_war():
    took = study().took
    assert took.shape[0] == len(Action)
    assert ((took >= 0) & (took <= 1)).all()


def test_the_main_ally_owes_more_once_it_is_asked():
    found = ally(study(), KARABAKH.dispute("karabakh"))
    assert found.code == "RUS"
    assert found.n_draws == 10
    assert 0 <= found.owed[0] <= found.owed[1] <= 1
    assert found.duty[0] <= found.duty[1]
    assert {"intercept", "era", "power"} <= found.terms.keys()


def test_the_terms_of_an_ally_are_its_own_and_weighed_by_the_parameters():
    """Of the state's row in every draw, whatever does not vary between states included."""
    held = {"trend": 0.4, "crowd": 1.0, "alongside": 1.0, "affinity": 2.0, "remoteness": 0.5}
    fixed = tuple((f"joining.{name}", value) for name, value in held.items())
    dispute = KARABAKH.dispute("kazakhstan")
    found = ally(study()._replace(options=OPTIONS._replace(fixed=fixed)), dispute)
    world = to_arrays(KARABAKH, OPTIONS.seed, np.arange(10))
    row, slot = labels(KARABAKH).index(found.code), dispute_labels(KARABAKH).index("kazakhstan")
    affinity = world.dispute.affinity[:, row, slot].mean(-1)
    bound = {"ARM", "BLR", "KGZ", "RUS", "TJK", "UZB", "AZE"}  # to Kazakhstan; of these RUS itself
    expected = {
        "trend": 0.4 * 1.5,
        "closer to this side": 2 * (affinity[Side.TARGET] - affinity[Side.CHALLENGER]),
        "others are bound too": -np.log1p(len(bound) - 1),
        "fought at its side before": 0,
        "far away": 0,
    }
    for name, value in expected.items():
        assert found.terms[name] == pytest.approx(value, abs=1e-5), name
