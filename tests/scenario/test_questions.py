"""How questions are written, which are refused, and those of the shipped scenario."""

import json
from dataclasses import fields, is_dataclass
from datetime import date

import numpy as np
import pytest

from foedus.claims import language as say
from foedus.claims.evaluate import check, evaluate
from foedus.core.kinds import Action, Membership, Side, Status
from foedus.core.situation import Trajectories
from foedus.scenario.checks.questions import constant
from foedus.scenario.faults import ScenarioError
from foedus.scenario.history import history
from foedus.scenario.layout import frame
from foedus.scenario.load import load
from foedus.scenario.questions import NAMES, ClaimError, claim_of, given_of, read
from tests.scenario.texts import raw, write

KARABAKH = load("karabakh-2020")
AXES = frame(KARABAKH)
BY = "2020-01-01"
NONE = {"none": "A test."}


def ask(claim, **more):
    """A question as data."""
    return {"text": "Will it?", "claim": claim, "reference": NONE, **more}


def faults(*questions):
    """What is wrong with the small scenario when it asks these, without places in the file."""
    asked = {f"q{i}": question for i, question in enumerate(questions)}
    data = raw() | {"questions": json.loads(json.dumps(asked))}  # YAML without aliases
    try:
        write(data)
    except ScenarioError as error:
        return [
            f"{f.path}: {f.what}; {f.expected}; {f.suggestion}".rstrip("; ") for f in error.faults
        ]
    return []


# ---------------------------------------------------------------- reading

WRITTEN = {
    "joins": {"states": ["BRA"], "side": "target", "by": BY},
    "aids": {"states": "BRA", "side": "challenger", "by": BY, "dispute": "north"},
    "backs": {"states": ["BRA", "CHL"], "side": "target", "grade": "deployment", "by": BY},
    "mediates": {"states": ["BRA"], "by": BY, "start": "2019-07-01"},
    "clash": {"a": "BRA", "b": "CHL", "by": BY, "dispute": "north"},
    "keeps": {"states": ["BRA"], "on": BY},
    "deploys": {"states": ["BRA"], "by": BY, "dispute": "coast"},
    "invokes": {"treaty": "PACT", "by": BY, "start": "2019-07-01", "dispute": "north"},
    "hedges": {"states": ["ECU"], "treaty": "PACT", "by": BY},
    "suspends": {"states": ["ECU"], "treaty": "PACT", "by": BY},
    "notifies": {"states": ["ECU", "COL"], "treaty": "PACT", "by": BY},
    "leaves": {"states": ["ECU"], "treaty": "PACT", "by": BY},
    "accedes": {"states": ["CHL"], "treaty": "PACT", "by": BY},
    "member": {"states": ["PER", "BRA"], "treaty": "SOON", "on": BY},
    "fighting": {"on": BY, "dispute": "north"},
    "quiet": {"since": BY, "days": 30, "dispute": "north"},
    "ignites": {"by": BY, "dispute": "coast"},
    "truce": {"by": BY, "dispute": "north"},
    "truce_breaks": {"within_days": 7, "by": BY, "dispute": "north"},
    "settles": {"by": BY, "with_mediator": "BRA", "dispute": "north"},
    "resumes": {"by": BY, "dispute": "north"},
    "holds": {"share": 0.5, "on": BY, "above": False, "dispute": "north"},
    "strikes_across": {"side": "target", "by": BY, "dispute": "north"},
    "all": [
        {"truce": {"by": BY, "dispute": "north"}},
        {"fighting": {"on": BY, "dispute": "coast"}},
    ],
    "any": [
        {"truce": {"by": BY, "dispute": "coast"}},
        {"fighting": {"on": BY, "dispute": "north"}},
    ],
    "not": {"truce": {"by": BY, "dispute": "inland"}},
    "fighting_days": {"by": BY, "dispute": "north"},
    "first_stop": {"quiet_days": 30, "dispute": "north"},
    "deaths": {"side": None, "on": BY, "dispute": "north"},
    "civilian_deaths": {"side": "target", "on": BY, "dispute": "north"},
    "share": {"on": BY, "dispute": "north"},
}


def test_every_claim_of_the_language_can_be_written():
    assert WRITTEN.keys() == NAMES.keys()
    assert faults(*(ask({name: body}) for name, body in WRITTEN.items())) == []


@pytest.mark.parametrize("name", [name for name in WRITTEN if name not in ("all", "any", "not")])
def test_what_is_written_is_what_is_read(name):
    claim = read({name: WRITTEN[name]})
    assert is_dataclass(claim)
    for field in fields(claim):
        wrote, found = WRITTEN[name].get(field.name, field.default), getattr(claim, field.name)
        if isinstance(found, date):
            assert str(found) == wrote
        elif isinstance(found, Side):
            assert found.name.lower() == wrote
        elif isinstance(found, tuple):
            assert list(found) == ([wrote] if isinstance(wrote, str) else wrote)
        else:
            assert found == wrote


def test_a_condition_is_read_like_a_claim():
    given = {"truce": {"by": BY, "dispute": "north"}}
    data = raw() | {"questions": {"q": ask({"joins": WRITTEN["joins"]}, given=given)}}
    question = write(data).questions["q"]
    assert given_of(question) == say.Truce(date(2020, 1, 1), "north")
    assert isinstance(claim_of(question), say.Joins)
    assert given_of(KARABAKH.questions["H1"]) is None


def test_a_claim_says_what_is_wrong_and_where():
    with pytest.raises(ClaimError, match="unknown key 'dispte'") as caught:
        read({"not": {"truce": {"by": BY, "dispte": "north"}}})
    assert caught.value.steps == ("not", "truce", "dispte")


# ---------------------------------------------------------------- what is refused

REFUSED = {
    "no dispute named": (
        {"truce": {"by": BY}},
        "questions.q0.claim: a claim that nobody can judge; "
        "dispute: one of coast, inland, north; got none",
    ),
    "unknown dispute": (
        {"not": {"truce": {"by": BY, "dispute": "nroth"}}},
        "questions.q0.claim.not.truce.dispute: unknown dispute 'nroth'; "
        "a dispute of this file; north",
    ),
    "unknown dispute in a list": (
        {"any": [{"truce": {"by": BY, "dispute": "coats"}}, {"not": WRITTEN["not"]}]},
        "questions.q0.claim.any[0].truce.dispute: unknown dispute 'coats'; "
        "a dispute of this file; coast",
    ),
    "unknown grade": (
        {"backs": WRITTEN["backs"] | {"grade": "troops"}},
        "questions.q0.claim: a claim that nobody can judge; a grade: one of statement, aid, "
        "deployment, deniable, combat; got 'troops'",
    ),
    "a principal joins": (
        {"joins": {"states": ["PER"], "side": "target", "by": BY, "dispute": "north"}},
        "questions.q0.claim: PER cannot do that; an open question",
    ),
    "a principal keeps the peace": (
        {"keeps": {"states": ["ECU"], "on": BY, "dispute": "north"}},
        "questions.q0.claim: ECU cannot do that; an open question",
    ),
    "an entity deploys": (
        {"deploys": {"states": ["XNK"], "by": BY}},
        "questions.q0.claim: XNK cannot do that; an open question",
    ),
    "a principal clashes": (
        {"clash": {"a": "BRA", "b": "ECU", "by": BY, "dispute": "north"}},
        "questions.q0.claim: ECU cannot do that; an open question",
    ),
    "a principal brokers": (
        {"settles": {"by": BY, "with_mediator": "COL", "dispute": "inland"}},
        "questions.q0.claim: COL cannot do that; an open question",
    ),
    "no member leaves": (
        {"leaves": {"states": ["CHL"], "treaty": "PACT", "by": BY}},
        "questions.q0.claim: CHL cannot do that; an open question",
    ),
    "a past member hedges": (
        {"hedges": {"states": ["PER"], "treaty": "PACT", "by": BY}},
        "questions.q0.claim: PER cannot do that; an open question",
    ),
    "a member accedes": (
        {"accedes": {"states": ["ECU"], "treaty": "PACT", "by": BY}},
        "questions.q0.claim: ECU cannot do that; an open question",
    ),
    "neither member nor candidate": (
        {"member": {"states": ["BRA", "CHL", "PER"], "treaty": "PACT", "on": BY}},
        "questions.q0.claim: PER cannot do that; an open question",
    ),
    "a target outside the treaty invokes": (
        {"invokes": {"treaty": "PACT", "by": BY, "dispute": "coast"}},
        "questions.q0.claim: PER cannot do that; an open question",
    ),
    "the first day": (
        {"ignites": {"by": "2019-06-01", "dispute": "coast"}},
        "questions.q0.claim: a claim about 2019-06-01, the start, which is given; an open question",
    ),
    "all the land": (
        {"holds": {"share": 1.0, "on": BY, "dispute": "north"}},
        "questions.q0.claim: a share that nobody can exceed; an open question",
    ),
}


@pytest.mark.parametrize(("claim", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_question_that_is_none_is_refused(claim, message):
    assert faults(ask(claim)) == [message]


@pytest.mark.parametrize(("claim", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_condition_is_checked_like_a_claim(claim, message):
    question = ask({"mediates": WRITTEN["mediates"]}, given=claim)
    assert faults(question) == [message.replace("q0.claim", "q0.given")]


def test_what_states_can_do_in_some_dispute_is_open():
    assert faults(ask({"joins": {"states": ["ECU"], "side": "target", "by": BY}})) == []
    assert faults(ask({"invokes": {"treaty": "PACT", "by": BY}})) == []
    anybody = {"clash": {"a": "ECU", "b": "BRA", "by": BY}}
    assert faults(ask(anybody)) == []


NORTH = {"truce": {"by": BY, "dispute": "north"}}
COAST = {"ignites": {"by": BY, "dispute": "coast"}}
TWO = {"joins": {"states": ["BRA", "CHL"], "side": "target", "by": BY}}
TURNED = {"joins": {"by": BY, "side": "target", "states": ["CHL", "BRA"]}}
HOLDS = {"holds": {"share": 0.5, "on": BY, "dispute": "north"}}
SAME = {
    "itself": (ask(NORTH), ask(NORTH)),
    "its opposite": (ask({"not": NORTH}), ask(NORTH)),
    "twice denied": (ask({"not": {"not": NORTH}}), ask({"not": NORTH})),
    "in another order": (ask(TWO), ask(TURNED)),
    "of parts in another order": (
        ask({"all": [NORTH, {"not": {"not": COAST}}]}),
        ask({"all": [COAST, NORTH]}),
    ),
    "at most": (ask(HOLDS), ask({"holds": HOLDS["holds"] | {"above": False}})),
    "with the same condition": (ask(TWO, given=NORTH), ask(TURNED, given=NORTH)),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_no_question_is_another_ones_answer(one, other):
    message = "questions.q1.claim: the answer is that of q0, or its opposite; another question"
    assert faults(one, other) == [message]


def test_other_dates_disputes_and_conditions_are_other_questions():
    later = {"truce": {"by": "2020-02-01", "dispute": "north"}}
    elsewhere = {"truce": {"by": BY, "dispute": "coast"}}
    questions = [NORTH, later, elsewhere]
    assert faults(*(ask(claim) for claim in questions)) == []
    conditions = [COAST, {"not": COAST}, later]
    assert faults(ask(NORTH), *(ask(NORTH, given=given) for given in conditions)) == []


@pytest.mark.parametrize("given", [NORTH, {"not": NORTH}, {"all": [COAST, NORTH]}])
def test_a_condition_does_not_answer_the_claim(given):
    message = "a claim that its condition answers; a question that its condition leaves open"
    assert faults(ask(NORTH, given=given)) == [f"questions.q0.claim: {message}"]


def test_a_condition_is_an_event():
    given = {"deaths": {"side": "target", "on": BY, "dispute": "north"}}
    found = faults(ask(NORTH, given=given))
    assert found == ["questions.q0.given: a condition that is a quantity; an event"]


# ---------------------------------------------------------------- the shipped scenario

HEADLINES = ("H1", "H2", "H3", "H4", "H5a", "H5b", "H6a", "H6b", "H7a", "H7b", "H8", "H9a")


def test_the_headlines_are_asked():
    assert len(KARABAKH.questions) >= 25
    assert {*HEADLINES, "H9b", "H10"} <= KARABAKH.questions.keys()


@pytest.mark.parametrize("key", KARABAKH.questions)
def test_every_shipped_question_can_be_judged_and_is_open(key):
    question = KARABAKH.questions[key]
    for claim in (claim_of(question), given_of(question)):
        if claim is not None:
            check(claim, AXES)
            assert list(constant(KARABAKH, claim)) == []


def runs_of_all_kinds() -> list[Trajectories]:
    """History, and runs in which nothing happens, everything does, or some of it."""
    run = history(KARABAKH)
    still = run._replace(
        status=np.full_like(run.status, Status.QUIET),
        front=np.zeros_like(run.front),
        deaths=np.zeros_like(run.deaths),
        civilians=np.zeros_like(run.civilians),
        across=np.zeros_like(run.across),
        action=np.zeros_like(run.action),
        asked=np.zeros_like(run.asked),
        keeper=np.full_like(run.keeper, -1),
        membership=np.full_like(run.membership, Membership.FULL),
    )
    wild = still._replace(
        status=np.where(np.arange(AXES.days) % 9 == 0, Status.QUIET, Status.FIGHTING).repeat(4),
        action=np.full_like(run.action, Action.JOIN_TARGET),
        asked=np.ones_like(run.asked),
        keeper=np.full_like(run.keeper, AXES.state("RUS")),
        membership=np.full_like(run.membership, Membership.OUTSIDE),
    )
    wild = wild._replace(status=wild.status.reshape(run.status.shape).astype(np.uint8))
    wild.action[:, AXES.state("TUR")] = Action.JOIN_CHALLENGER
    wild.membership[60:] = Membership.LEFT
    wild.membership[60:, :, AXES.state("UZB")] = Membership.FULL
    calm = run._replace(action=still.action, asked=still.asked, membership=still.membership)
    frozen = run._replace(status=np.full_like(run.status, Status.TRUCE))
    return [run, still, wild, calm, frozen]


def test_no_shipped_answer_is_a_constant():
    """Each question is one that some thinkable run answers the other way."""
    runs = runs_of_all_kinds()
    for key, question in KARABAKH.questions.items():
        claim = claim_of(question)
        answers = {float(evaluate(claim, run, AXES)[0]) for run in runs}
        assert len(answers) > 1, key


CLASSES = {
    "H1": (50, 50),
    "H4": (1, 85),
    "H5b": (23, 29),
    "H6a": (12, 37),
    "H7a": (7, 45),
    "H7b": (50, 50),
    "H8": (0, 73),
    "H9a": (6, 60),
    "H9b": (7, 16),
    "H10": (21, 153),
    "russia-mediates": (3, 13),
    "fighting-day-30": (29, 37),
    "fighting-resumes": (83, 159),
    "member-leaves": (32, 337),
    "kgz-tjk-clash": (72, 319),
}
"""Hits and cases of the reference classes, counted before 2020."""

MEANS = {"H3": (0.054, 337), "notice-by-2021": (0.010, 373), "notice-by-2023": (0.032, 355)}
"""Mean chance that one of four members picked at random leaves, and pact-years."""


def test_reference_classes_follow_the_one_rule():
    found = {k: (q.reference.p, q.reference.n) for k, q in KARABAKH.questions.items()}
    classed = {key: pair for key, pair in found.items() if pair[0] is not None}
    ruled = {key: (round((hits + 0.5) / (n + 1), 2), n) for key, (hits, n) in CLASSES.items()}
    assert classed == ruled | {key: (round(mean, 2), n) for key, (mean, n) in MEANS.items()}
    for key, question in KARABAKH.questions.items():
        assert bool(question.reference.none) == (key not in classed)
        assert key not in classed or question.reference.src
