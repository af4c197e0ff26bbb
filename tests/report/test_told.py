"""What `foedus signals` and `foedus reports` say of the shipped scenario."""

import json

import pytest

from foedus.report import reports, signals

CASE = "karabakh-2020"


@pytest.mark.parametrize("command", [reports, signals])
def test_a_page_is_80_columns_wide(command):
    lines = command.run(CASE, as_json=False).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) > 8


def test_both_accounts_of_the_exercise_stand_side_by_side():
    told = json.loads(signals.run(CASE, as_json=True))
    found = {(b["observer"], b["ally"]): b for b in told["beliefs"]}
    for ally in ("KAZ", "KGZ", "TJK"):
        belief = found["ARM", ally]
        assert belief["later"]["essay"] < belief["before"] == belief["start"]
        assert belief["later"]["documented"] > belief["start"]
    for ally in ("BLR", "RUS"):
        later = found["ARM", ally]["later"]
        assert later["essay"] == later["documented"]
    assert found["AZE", "TUR"]["start"] > found["AZE", "TUR"]["before"]


def test_who_speaks_of_whose_dead_is_told_and_the_wounded_are_left_out():
    told = json.loads(reports.run(CASE, as_json=True))["reports"]
    first = next(t for t in told if (t["on"], t["side"]) == ("2020-09-30", "target"))
    assert [(r["source"], r["role"]) for r in first["reports"]] == [("XNK", "own")]
    roles = {(r["source"], t["side"]): r["role"] for t in told for r in t["reports"]}
    assert roles["ARM", "challenger"] == roles["XNK", "challenger"] == "enemy"
    assert roles["RUS", "target"] == roles["RUS", "challenger"] == "outsider"
    assert all(t["counted"] > 0 for t in told)
