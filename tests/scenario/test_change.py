"""Changing one value of a scenario: by its path, and never into something unsound."""

import pytest

from foedus.scenario.change import change
from foedus.scenario.load import load

KARABAKH = load("karabakh-2020")


@pytest.mark.parametrize(
    ("path", "text", "read"),
    [
        ("states.RUS.capability", "0.05", lambda s: s.states["RUS"].capability.value),
        ("ties[0].value", "0.5", lambda s: s.ties[0].value.value),
        ("dispute.front", "0.25", lambda s: s.dispute.front.value),
        ("disputes[0].front", "0.25", lambda s: s.dispute.front.value),
        (
            "treaties.CST.obligations[0].on_request",
            "false",
            lambda s: s.treaties["CST"].obligations[0].on_request,
        ),
        ("dispute.began_as.target", "yes", lambda s: s.dispute.began_as.target),
    ],
)
def test_a_value_is_set_by_its_path(path, text, read):
    found = read(change(KARABAKH, path, text))
    assert str(found).lower() == text
    assert str(read(KARABAKH)).lower() != text


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("ties[0].value", "3", "--set ties[0].value: 3; expected a share from 0 to 1"),
        ("dispute.front", "2", "--set dispute.front: expected a share from 0 to 1; got '2'"),
        ("states.RUS.capability", "0", "expected a number above 0"),
        ("states.RUS.capability", "nan", "expected a number above 0"),
        ("states.RUS.capability", "much", "got 'much'"),
        ("states.RUZ.capability", "1", "nothing stands at 'RUZ' that can be set; did you mean"),
        ("states.RUS.capabilty", "1", "did you mean 'capability'?"),
        ("states.RUS", "1", "holds several values"),
        ("states.RUS.domestic", "1", "holds several values"),
        ("ties", "1", "holds several values"),
        ("ties[999].value", "1", "expected a number from [0] to ["),
        ("ties[0].kind", "arm", "expected 'arms'"),
        ("ties[0].from", "XXX", "unknown state"),
        ("treaties.CST.obligations[0].on_request", "maybe", "expected true or false"),
        ("end", "2020-01-01", "expected a day after the start"),
        ("disputes[0].target", "GEO", "ARM is not the target"),
        ("a..b", "1", "expected a path such as"),
        ("", "1", "expected a path such as"),
        ("[0]", "1", "expected a path such as"),
        ("title.x", "1", "nothing stands at 'x'"),
    ],
)
def test_what_is_unsound_is_refused_in_one_message(path, text, said):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        change(KARABAKH, path, text)
    assert said in str(refusal.value)
    assert str(refusal.value).startswith(f"--set {path}: ")
    assert "\n" not in str(refusal.value)


def test_a_set_number_says_that_it_was_set():
    changed = change(KARABAKH, "states.RUS.domestic.target", "0.3")
    (key,) = changed.states["RUS"].domestic.target.src
    assert "this run" in changed.sources[key].cite
