"""The register: what may be registered, what is scored, and that nobody alters a line."""

import json
from datetime import date

import pytest

from foedus.scenario.load import scaffold
from foedus.study.register import read, register, score

DAY = date(2019, 6, 15)


@pytest.fixture
def files(tmp_path):
    """A scenario and the place of a register."""
    scenario = tmp_path / "case.yaml"
    scenario.write_text(scaffold("case"))
    return str(scenario), tmp_path / "mine.jsonl"


def test_a_forecast_is_kept_and_scored_when_its_outcome_is_known(files):
    source, mine = files
    register(source, "settles", 0.7, DAY, mine)
    register(source, "ally-fights", 0.2, DAY, mine)
    assert [one.outcome for one in score(mine, date(2019, 8, 1))] == [None, None]
    first, second = score(mine, date(2019, 10, 1))
    assert (first.outcome, first.brier) == (True, pytest.approx(0.09))
    assert (second.outcome, second.brier, second.same) == (None, None, True)
    assert score(mine, date(2020, 1, 1))[1].brier == pytest.approx(0.04)


def test_what_is_known_or_unknown_is_refused(files):
    source, mine = files
    with pytest.raises(ValueError, match=r"expected an open question; .* it came true"):
        register(source, "settles", 0.7, date(2019, 9, 1), mine)
    with pytest.raises(ValueError, match="did you mean 'settles'"):
        register(source, "settle", 0.7, DAY, mine)
    with pytest.raises(ValueError, match="from 0 to 1"):
        register(source, "settles", 70, DAY, mine)
    assert not mine.exists()


@pytest.mark.parametrize("change", ["alter", "swap", "drop"])
def test_an_altered_register_is_refused(files, change):
    source, mine = files
    for p in (0.1, 0.2, 0.3):
        register(source, "settles", p, DAY, mine)
    first, second, third = mine.read_text().splitlines()
    altered = json.dumps(json.loads(second) | {"probability": 0.9})
    lines = {"alter": [first, altered, third], "swap": [second, first, third],
             "drop": [first, third]}[change]  # fmt: skip
    mine.write_text("\n".join(lines) + "\n")
    with pytest.raises(ValueError, match=r"mine.jsonl:[12]: (altered|does not follow)"):
        list(read(mine))
    with pytest.raises(ValueError, match=r"mine\.jsonl"):
        register(source, "settles", 0.5, DAY, mine)


def test_a_changed_scenario_is_told_and_the_claim_stays(files):
    source, mine = files
    register(source, "settles", 0.7, DAY, mine)
    with open(source, encoding="utf-8") as file:
        text = file.read()
    with open(source, "w", encoding="utf-8") as file:
        file.write(text.replace("by: 2019-09-30, with", "by: 2019-08-01, with"))
    (one,) = score(mine, date(2020, 1, 1))
    assert (one.outcome, one.same) == (True, False)
