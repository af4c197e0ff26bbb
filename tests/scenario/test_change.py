"""Changing one value of a scenario: by its path, and never into something unsound."""

import pytest

from foedus.scenario.catalogue import shipped
from foedus.scenario.change import change
from foedus.scenario.faults import Faults
from foedus.scenario.load import again, load, parse, scaffold, sound
from foedus.scenario.text import tree
from tests.scenario.texts import WIDE

CASE = parse(WIDE.encode())
ONE = parse(scaffold("case").encode())


@pytest.mark.parametrize(
    ("path", "text", "read"),
    [
        ("states.BRA.capability", "0.05", lambda s: s.states["BRA"].capability.value),
        ("states.BRA.domestic", "0.05", lambda s: s.states["BRA"].domestic.value),
        ("ties[0].value", "0.5", lambda s: s.ties[0].value.value),
        ("disputes.north.front", "0.25", lambda s: s.dispute("north").front.value),
        ("disputes[0].front", "0.25", lambda s: s.dispute("north").front.value),
        ("disputes.inland.form", "proxy", lambda s: s.dispute("inland").form),
        (
            "disputes.north.domestic.BRA.target",
            "0.5",
            lambda s: s.dispute("north").domestic["BRA"].target.value,
        ),
        ("disputes.north.in_place.BRA", "0.5", lambda s: s.dispute("north").in_place["BRA"].value),
        (
            "treaties.PACT.obligations[0].on_request",
            "false",
            lambda s: s.treaties["PACT"].obligations[0].on_request,
        ),
        ("treaties.PACT.notice_months", "3", lambda s: s.treaties["PACT"].notice_months),
        ("disputes.north.began_as.target", "yes", lambda s: s.dispute("north").began_as.target),
    ],
)
def test_a_value_is_set_by_its_path(path, text, read):
    found = read(change(CASE, {path: text}))
    assert str(found).lower() == text
    assert str(read(CASE)).lower() != text


def test_the_only_dispute_needs_no_id():
    for path in ("dispute.front", "disputes.province.front", "disputes[0].front"):
        assert change(ONE, {path: "0.25"}).dispute().front.value == 0.25


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("ties[0].value", "3", "--set ties[0].value: 3; expected a share from 0 to 1"),
        ("disputes.north.front", "2", "expected a share from 0 to 1; got '2'"),
        ("dispute.front", "0.2", "expected disputes.coast or disputes.inland or disputes.north"),
        ("disputes.nort.front", "0.2", "did you mean 'north'?"),
        ("states.BRA.capability", "0", "expected a number above 0"),
        ("states.BRA.capability", "nan", "expected a number above 0"),
        ("states.BRA.capability", "much", "got 'much'"),
        ("states.BRZ.capability", "1", "nothing stands at 'BRZ' that can be set; did you mean"),
        ("states.BRA.capabilty", "1", "did you mean 'capability'?"),
        ("states.BRA", "1", "holds several values"),
        ("states.BRA.capital", "1", "holds several values"),
        ("disputes.north.domestic.BRA", "1", "holds several values"),
        ("ties", "1", "holds several values"),
        ("disputes", "1", "holds several values"),
        ("ties[999].value", "1", "expected a number from [0] to ["),
        ("ties[0].kind", "arm", "expected 'arms'"),
        ("ties[0].from", "XXX", "unknown state"),
        ("treaties.PACT.obligations[0].on_request", "maybe", "expected true or false"),
        ("treaties.PACT.notice_months", "-3", "-3; expected a whole number of 0 or more"),
        ("end", "2018-01-01", "expected a day after the start"),
        ("disputes.north.target", "CHL", "ECU is not the target"),
        ("a..b", "1", "expected a path such as"),
        ("", "1", "expected a path such as"),
        ("[0]", "1", "expected a path such as"),
        ("title.x", "1", "nothing stands at 'x'"),
    ],
)
def test_what_is_unsound_is_refused_in_one_message(path, text, said):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        change(CASE, {path: text})
    assert said in str(refusal.value)
    assert str(refusal.value).startswith(f"--set {path}: ")
    assert "\n" not in str(refusal.value)


def test_a_set_number_says_that_it_was_set():
    changed = change(CASE, {"states.BRA.domestic": "0.3"})
    (key,) = changed.states["BRA"].domestic.src
    assert "this run" in changed.sources[key].cite


def test_values_are_put_in_one_by_one_and_checked_together():
    both = {"states.BRA.domestic": "0.3", "disputes.north.front": "0.25"}
    one_by_one = CASE
    for path, text in both.items():
        one_by_one = change(one_by_one, {path: text})
    assert change(CASE, both) == one_by_one
    assert change(CASE, {}) is CASE


def test_a_fault_is_told_of_the_path_that_made_it():
    with pytest.raises(ValueError, match=r"^--set ties\[0\]\.from: unknown state"):
        change(CASE, {"states.BRA.domestic": "0.3", "ties[0].from": "XXX", "title": "New"})


@pytest.mark.parametrize("name", shipped())
def test_what_is_read_anew_is_what_its_file_would_be(name):
    scenario, faults = load(name), Faults(name)
    content = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    anew, whole = again(scenario), sound(tree(content, faults), faults)
    assert anew == whole
    assert repr(anew) == repr(whole)


def test_text_that_no_file_holds_is_refused():
    with pytest.raises(ValueError, match=r"^--set title: the character U\+0007"):
        change(CASE, {"title": "a\x07"})
