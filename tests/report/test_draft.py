"""A draft from the record is a sound scenario, in the numbers of the record."""

from datetime import date

import pytest

from foedus.report.draft import asked, draft
from foedus.scenario.load import load, parse


def test_a_draft_is_sound_and_is_what_was_shipped(record):
    text = draft(
        record, "poland-1939", ("DEU", "POL", "GBR", "FRA"), ("DEU", "POL"), date(1939, 9, 1)
    )
    made, own = parse(text.encode()), load("poland-1939")
    assert made.mids == own.mids == (258,)
    assert made.end == own.end
    for code in made.states:
        assert made.states[code] == own.states[code]
    ties = {(t.from_, t.to, t.kind): t for t in own.ties}
    assert all(ties[t.from_, t.to, t.kind] == t for t in made.ties)
    assert len(made.ties) == sum(key[0] in ("GBR", "FRA") for key in ties)
    assert made.disputes[0].personnel == own.disputes[0].personnel


@pytest.mark.parametrize(
    ("listed", "sides", "start", "said"),
    [
        ("DEU,POL", ("DEU", ""), date(1939, 9, 1), "expected --challenger, --target and --start"),
        ("DEU,POL", ("DEU", "POL"), None, "expected --challenger, --target and --start"),
        ("DEU,GBR", ("DEU", "POL"), date(1939, 9, 1), "expected POL among them"),
        ("DEU,GBR", ("XAA", "XAB"), date(1939, 9, 1), "expected a state among"),
    ],
)
def test_mistakes_are_told(listed, sides, start, said):
    with pytest.raises(ValueError, match=said):
        asked(None, "case", listed, sides, start)
