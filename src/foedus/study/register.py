"""A register of a user's own forecasts: dated lines of JSON, each chained to the one before.

A line holds the claim itself and the hash of the scenario it was taken from, so that later
changes of the scenario do not change what was said. Its own hash covers the hash of the line
before: a line that is altered, moved or taken out breaks the chain.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from foedus.claims.language import Event
from foedus.claims.score import brier
from foedus.scenario.digest import digest
from foedus.scenario.faults import closest
from foedus.scenario.load import load
from foedus.scenario.questions import claim_of, given_of
from foedus.scenario.schema import Question, Reference, Scenario
from foedus.scenario.settled import judge_on, settled_by

_KEYS = {
    "date", "scenario", "content", "question", "text", "given", "claim", "probability",
    "previous", "sha256",
}  # fmt: skip
_NO_CLASS = Reference(none="A forecast of the user's.")


class Scored(NamedTuple):
    """A line and what is known of it.

    Attributes:
        line: The line.
        outcome: Whether it came true; None while that is open or where its condition failed.
        met: Whether its condition, if it has one, has not failed.
        brier: Its score; None without an outcome.
        same: Whether the scenario is the one that the line was taken from.
    """

    line: dict[str, Any]
    outcome: bool | None
    met: bool
    brier: float | None
    same: bool


def register(source: str, name: str, probability: float, today: date, file: Path) -> dict[str, Any]:
    """Append a forecast to a register.

    Args:
        source: A shipped scenario or a file.
        name: Key of one of its questions, about an event that is open.
        probability: Of that event.
        today: Date of the forecast.
        file: The register; it is made where there is none.

    Returns:
        The line.

    Raises:
        ValueError: No such question, one that is settled, no probability, or a register that
            was altered.
    """
    scenario = load(source)
    asked = _question(scenario, name)
    if not 0 <= probability <= 1:
        raise ValueError(f"expected a probability from 0 to 1; got {probability}")
    known, met = _known(scenario, asked, today)
    if known is not None or not met:
        said = {True: "it came true", False: "it did not come true", None: "its condition failed"}
        raise ValueError(f"{name}: expected an open question; by {today} {said[known]}")
    lines = list(read(file)) if file.exists() else []
    line = {
        "date": today.isoformat(),
        "scenario": source,
        "content": digest(scenario),
        "question": name,
        "text": asked.text,
        "given": asked.given,
        "claim": asked.claim,
        "probability": probability,
        "previous": lines[-1]["sha256"] if lines else "",
    }
    line["sha256"] = _sha256(line)
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return line


def read(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a register, each checked against its hash and the line before.

    Raises:
        ValueError: A line that is not what was written.
    """
    previous = ""
    for number, text in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            line = json.loads(text)
        except ValueError:
            line = None
        if not isinstance(line, dict) or line.keys() != _KEYS:
            raise ValueError(f"{file}:{number}: expected a line of a register")
        if line["sha256"] != _sha256(line):
            raise ValueError(f"{file}:{number}: altered since it was written")
        if line["previous"] != previous:
            raise ValueError(f"{file}:{number}: does not follow the line before it")
        previous = line["sha256"]
        yield line


def score(file: Path, today: date) -> list[Scored]:
    """What is known of the forecasts of a register.

    Raises:
        ValueError: A line that is not what was written, or a scenario that cannot be found.
    """
    lines = list(read(file))
    scenarios = {source: load(source) for source in {line["scenario"] for line in lines}}
    return [_score(line, scenarios[line["scenario"]], today) for line in lines]


def _score(line: dict[str, Any], scenario: Scenario, today: date) -> Scored:
    """A line by the events that the scenario knows today."""
    asked = Question(
        text=line["text"], given=line["given"], claim=line["claim"], reference=_NO_CLASS
    )
    outcome, met = _known(scenario, asked, today)
    graded = None if outcome is None else float(brier(line["probability"], outcome))
    return Scored(line, outcome, met, graded, line["content"] == digest(scenario))


def _question(scenario: Scenario, name: str) -> Question:
    """A question about an event."""
    if name not in scenario.questions:
        hint = closest(name, scenario.questions)
        said = f"; did you mean {hint!r}?" if hint else ""
        raise ValueError(f"expected a question of {scenario.id}; got {name!r}{said}")
    asked = scenario.questions[name]
    if not isinstance(claim_of(asked), Event):
        raise ValueError(f"{name}: expected a question about an event; got one about a quantity")
    return asked


def _known(scenario: Scenario, asked: Question, today: date) -> tuple[bool | None, bool]:
    """Outcome as far as it is settled, and whether the condition has not failed."""
    judge, given = judge_on(scenario, today), given_of(asked)
    met = True if given is None else settled_by(judge, given, today)
    if met is not True:
        return None, met is None
    return settled_by(judge, claim_of(asked), today), True


def _sha256(line: dict[str, Any]) -> str:
    """Hash of a line without its own."""
    said = {key: value for key, value in line.items() if key != "sha256"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
