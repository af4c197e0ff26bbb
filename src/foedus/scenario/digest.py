"""Which scenario is it? One number for its content, one for what can change a run."""

import hashlib
import json

from foedus.scenario.schema import Scenario

_TALK = {"note", "src", "unsourced", "words", "name", "names"}
_SCORING = {
    "foedus", "id", "title", "summary", "questions", "sources", "called", "hypothetical", "mids"
}  # fmt: skip


def content(scenario: Scenario) -> dict:
    """What a scenario says, without what it would mean unsaid: a scenario file as an object."""
    return scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def digest(scenario: Scenario) -> str:
    """SHA-256 of the content; order, comments and spelling in short or long do not matter.

    Examples:
        >>> from foedus.scenario.load import load
        >>> len(digest(load("karabakh-2020")))
        64
    """
    return _sha256(content(scenario))


def engine_digest(scenario: Scenario) -> str:
    """SHA-256 of what can change a run: nothing that came later, no questions and no sources."""
    said = content(scenario)
    known = [event for event in scenario.events if event.date <= scenario.start]
    days = {event.date.isoformat() for event in known}
    events = [event for event in said.pop("events", []) if event["date"] in days]
    said["signals"] = [
        signal
        for signal in said.pop("signals", [])
        if signal["date"] <= scenario.start.isoformat() and "as_stated_by" not in signal
    ]
    if not said["signals"]:
        del said["signals"]
    effects = [event["effect"] for event in events if "effect" in event]
    brokers = [
        event["broker"] for event in events if event["kind"] == "truce" and "broker" in event
    ]
    if brokers:
        said["brokers"] = brokers
    engine = {name: part for name, part in said.items() if name not in _SCORING}
    return _sha256(_quiet({**engine, "effects": effects}))


def _quiet(part: object) -> object:
    """The content without what is only told to readers."""
    if isinstance(part, dict):
        return {key: _quiet(value) for key, value in part.items() if key not in _TALK}
    return [_quiet(value) for value in part] if isinstance(part, list) else part


def _sha256(content: object) -> str:
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def _canonical(part: object) -> str:
    """JSON with sorted keys, and sorted lists: their order never matters, but that of numbers."""
    if isinstance(part, dict):
        pairs = (f"{json.dumps(key)}:{_canonical(part[key])}" for key in sorted(part))
        return "{" + ",".join(pairs) + "}"
    if isinstance(part, list):
        items = [_canonical(item) for item in part]
        numbers = all(isinstance(item, int | float) for item in part)
        return "[" + ",".join(items if numbers else sorted(items)) + "]"
    return json.dumps(part)
