"""The ledger: every claim of the essays is there, and history says of each what the ledger says."""

from datetime import date, timedelta
from functools import cache

import pytest

from foedus.claims.language import Event
from foedus.scenario import ledger as book
from foedus.scenario.faults import ScenarioError
from foedus.scenario.load import load
from foedus.scenario.questions import claim_of
from foedus.scenario.settled import happened, judge_on, settled_by

KARABAKH = load("karabakh-2020")
LEDGER = book.ledger(KARABAKH)
ROWS = LEDGER.claims.items()
ESSAYS = [
    *(f"A{i:02}" for i in range(1, 43)),
    *(f"B{i:02}" for i in range(1, 49)),
    *(f"R1-{letter}" for letter in "abc"),
    *(f"R2-{letter}" for letter in "ab"),
    *(f"R3-{letter}" for letter in "abcdefghi"),
]
HEADLINES = ["H1", "H2", "H3", "H4", "H5a", "H5b", "H6a", "H6b", "H7a", "H7b", "H8", "H9a", "H9b",
             "H10"]  # fmt: skip
HEAD = """\
foedus: 1
scenario: karabakh-2020
scale:
  may: {range: [0.2, 0.5], says: May., unsourced: true}
claims:
"""


@cache
def end():
    return judge_on(KARABAKH, KARABAKH.end)


def of(*letters):
    return {id_: row for id_, row in ROWS if id_[0] in letters}


def test_every_claim_of_the_essays_and_their_readers_is_there_once():
    assert len(ESSAYS) == 104
    found = list(of("A", "B", "R"))
    assert sorted(id_ for id_ in found if id_ in ESSAYS) == sorted(ESSAYS)
    parts = [id_ for id_ in found if id_ not in ESSAYS]
    assert all(id_[:-1] in ESSAYS and id_[-1] in "bc" for id_ in parts)
    assert list(of("H")) == HEADLINES


def test_most_claims_that_are_no_facts_run():
    run = {id_ for id_, row in ROWS if row.asks or row.switch}
    assert len(run & of("A", "B", "R").keys()) >= 40
    assert len(run & of("O").keys()) >= 90
    assert all(row.why_not or row.kind == "fact" for id_, row in ROWS if id_ not in run)


@pytest.mark.parametrize("id_", [id_ for id_, row in ROWS if row.asks])
def test_history_says_of_a_claim_what_the_ledger_says(id_):
    row = LEDGER.claims[id_]
    asked = next(book.questions(LEDGER, id_, KARABAKH))
    truth = happened(asked.question, end())
    assert truth == (None if row.outcome == "unresolved" else row.outcome)


def test_what_is_settled_stays_so_and_is_what_came_true():
    claims = [
        claim_of(q.question) for id_, _ in ROWS for q in book.questions(LEDGER, id_, KARABAKH)
    ]
    claims = [claim for claim in claims if isinstance(claim, Event)]
    before = [None] * len(claims)
    days = (date(2020, 10, 17), date(2020, 11, 10), date(2021, 12, 31), date(2023, 9, 20))
    for day in (*days, KARABAKH.end):
        judge = judge_on(KARABAKH, day)
        now = [settled_by(judge, claim, day) for claim in claims]
        assert all(was in (None, is_) for was, is_ in zip(before, now, strict=True))
        before = now
    assert before == [end()(claim) for claim in claims]


def test_a_deadline_of_ours_stands_for_half_and_twice_as_far():
    asked = list(book.questions(LEDGER, "A13b", KARABAKH))
    made, own, *others = LEDGER.made(LEDGER.claims["A13b"]), *(one.deadline for one in asked)
    assert own == LEDGER.claims["A13b"].deadline
    assert [(day - made).days for day in others] == [(own - made).days // 2, 2 * (own - made).days]
    assert [claim_of(one.question).by for one in asked] == [own, *others]


def test_no_deadline_lies_beyond_what_is_judged_and_one_of_an_author_stands_alone():
    for id_, row in ROWS:
        days = [one.deadline for one in book.questions(LEDGER, id_, KARABAKH)]
        assert len(set(days)) == len(days) <= (3 if row.ours else 1)
        assert all(day is None or LEDGER.made(row) < day <= KARABAKH.end for day in days)


def faults(text):
    with pytest.raises(ScenarioError) as found:
        book.parse(text.encode(), KARABAKH)
    return [str(fault).splitlines()[0] for fault in found.value.faults]


def row(day, claim, **more):
    lines = [f"author: Somebody, date: {day}, kind: forecast, text: It, claim: {claim}"]
    lines += [f"{key}: {value}" for key, value in more.items()]
    return f"{HEAD}  X1: {{{', '.join(lines)}}}\n"


@pytest.mark.parametrize(
    ("day", "claim", "said"),
    [
        (date(2020, 10, 12), "{truce: {by: 2020-11-30, dispute: karabakh}}", "true"),
        (date(2020, 10, 28), "{fighting: {on: 2020-10-27, dispute: karabakh}}", "true"),
        (date(2020, 11, 5), "{settles: {by: 2020-11-04, dispute: karabakh}}", "false"),
        (date(2020, 10, 11), "{quiet: {since: 2020-10-01, days: 40, dispute: karabakh}}", "false"),
        (date(2020, 10, 28), "{truce_breaks: {within_days: 7, by: 2020-12-01, dispute: karabakh}}",
         "true"),
    ],
)  # fmt: skip
def test_what_was_settled_on_its_own_day_is_no_forecast(day, claim, said):
    (fault,) = faults(row(day, claim))
    assert fault.startswith("claims.yaml:6:7: claims.X1: a claim that was settled by")
    assert f": {said};" in fault


@pytest.mark.parametrize(
    ("claim", "given", "said"),
    [
        ("{event: peacekeepers}", "", "unknown claim 'event'"),
        ("{truce: {by: the-armistice, dispute: karabakh}}", "", "expected a date such as"),
        ("{truce: {by: 2020-11-30, dispute: karabakh, after: the-armistice}}", "", "after"),
        ("{truce: {by: 2020-11-30, dispute: karabakh}}",
         "{settles: {by: 2020-10-08, dispute: karabakh}}", "a condition that had failed by"),
        ("{truce: {by: 2020-11-30, dispute: second-karabakh-armistice}}", "", "unknown dispute"),
    ],
)  # fmt: skip
def test_a_claim_can_name_no_event_but_by_what_runs_tell(claim, given, said):
    """So none can name what came later: there is no word for it."""
    more = {"given": given} if given else {}
    assert said in faults(row(date(2020, 10, 9), claim, **more))[0]


def test_what_was_open_on_its_day_is_one():
    for days in (0, 1):
        day = date(2020, 10, 9) + timedelta(days)
        text = row(day, "{truce: {by: 2020-11-30, dispute: karabakh}}")
        assert book.parse(text.encode(), KARABAKH) if not days else faults(text)


def test_every_fault_is_told_at_once_with_its_place():
    text = f"""{HEAD}
  X1: {{author: S, date: 2020-10-09, kind: forcast, text: It, why_not: No.}}
  X2: {{author: S, kind: forecast, text: It, why_not: No.}}
  X3: {{author: S, date: 2020-10-09, kind: forecast, text: I, words: mya, why_not: N, shares: X9}}
  X4: {{author: S, date: 2020-10-09, kind: mechanism, text: It}}
  X5: {{author: S, date: 2020-10-09, kind: fact, text: It}}
  X6: {{author: S, date: 2020-10-09, kind: forecast, text: It, question: H11}}
  X7: {{author: S, date: 2020-10-09, kind: forecast, text: It, becuse: x, why_not: No.}}
"""
    told = faults(text)
    assert [fault.split(":")[1] for fault in told] == ["7", "8", "9", "9", "10", "11", "12", "13"]
    for said in ("did you mean 'forecast'?", "a claim without a day", "did you mean 'may'?",
                 "unknown claim 'X9'", "a row that says nothing", "a fact without an outcome",
                 "unknown question 'H11'", "did you mean 'because'?"):  # fmt: skip
        assert any(said in fault for fault in told), said


def test_a_scenario_without_a_ledger_says_so():
    other = KARABAKH.model_copy(update={"id": "karabakh-2021"})
    with pytest.raises(ValueError, match="did you mean 'karabakh-2020'"):
        book.ledger(other)
    with pytest.raises(ValueError, match="did you mean 'A33'"):
        book.find(LEDGER, ["A333"])
