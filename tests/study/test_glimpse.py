"""The opening months: their answers are those of the whole."""

from datetime import date

from foedus.claims.due import due
from foedus.scenario.load import load
from foedus.scenario.questions import claim_of
from foedus.study.glimpse import glimpse
from foedus.study.pipeline import Options, run

KARABAKH = load("karabakh-2020")


def test_answers_of_the_opening_months_are_those_of_the_whole():
    options = Options(runs=100)
    opening = glimpse(KARABAKH)
    short = run(opening, options).answers
    whole = {answer.id: answer for answer in run(KARABAKH, options).answers}
    assert len(short) > 10
    assert [answer.to_json() for answer in short] == [whole[a.id].to_json() for a in short]


def test_nothing_falls_due_within_a_day():
    assert glimpse(KARABAKH, days=1) is None


def test_all_that_is_asked_falls_due_in_time():
    opening = glimpse(KARABAKH)
    days = [due(claim_of(question)) for question in opening.questions.values()]
    assert max(days) == opening.end <= date(2021, 1, 25)
