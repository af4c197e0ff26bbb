"""Are those who act known, and do they act in ways that can be?"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from foedus.core import states
from foedus.scenario.checks.problem import Problem
from foedus.scenario.faults import closest
from foedus.scenario.layout import members_on, near
from foedus.scenario.schema import Scenario
from foedus.scenario.walk import Found

_REFERENCES = {
    "src": "sources",
    "territory": "territories",
    "treaty": "treaties",
    **dict.fromkeys(("holder", "recognised", "claimants", "from", "to"), "actors"),
    **dict.fromkeys(("challenger", "target", "observer", "ally", "seats"), "states"),
    **dict.fromkeys(("who", "broker"), "states"),
}
_THINGS = {
    "sources": "source",
    "territories": "territory",
    "treaties": "treaty",
    "actors": "state or entity",
    "states": "state",
}


class Names(NamedTuple):
    """What a file defines, also where the entry itself is at fault."""

    states: frozenset[str]
    actors: frozenset[str]
    territories: frozenset[str]
    treaties: frozenset[str]
    sources: frozenset[str]


def check_reference(found: Found, names: Names) -> Iterator[Problem]:
    """Names of things that the file does not define."""
    kind = _REFERENCES.get(found.name)
    if not isinstance(found.value, str) or kind is None or _is_answer(found):
        return
    known, thing = getattr(names, kind), _THINGS[kind]
    if found.value not in known:
        what, hint = f"unknown {thing} {found.value!r}", closest(found.value, known)
        yield Problem(found.steps, what, f"a {thing} of this file", hint)


def _is_answer(found: Found) -> bool:
    """Whether a word is no name: an answer of `began_as`, or part of a claim."""
    return "began_as" in found.steps or "claim" in found.steps


def check_states(scenario: Scenario) -> Iterator[Problem]:
    """States that the table does not know, or outside the state system on the start date."""
    known, start = {state.code for state in states.states()}, scenario.start
    for code in scenario.states:
        steps = ("states", code)
        if code not in known:
            hint, wanted = closest(code, known), "a code of the state table"
            yield Problem(steps, f"unknown state {code!r}", wanted, hint, key=True)
        elif not states.is_member(code, start):
            what = f"{code} was no member of the state system on {start}"
            yield Problem(steps, what, "a state of that day, or an entity", key=True)
    for key, treaty in scenario.treaties.items():
        for i, member in enumerate(treaty.members):
            if member.state not in known:
                steps, hint = ("treaties", key, "members", i, "state"), closest(member.state, known)
                yield Problem(
                    steps, f"unknown state {member.state!r}", "a code of the state table", hint
                )


def check_entities(scenario: Scenario) -> Iterator[Problem]:
    """Entities that the table does not know, or that did not exist on the start date."""
    known, start = {entity.code: entity for entity in states.entities()}, scenario.start
    for code in scenario.entities:
        entity, steps = known.get(code), ("entities", code)
        if entity is None:
            hint, wanted = closest(code, known), "a code of the entity table"
            yield Problem(steps, f"unknown entity {code!r}", wanted, hint, key=True)
        elif not entity.start <= start <= (entity.end or start):
            what = f"{code} did not exist on {start}"
            yield Problem(steps, what, "an entity of that day", key=True)


def check_disputes(scenario: Scenario) -> Iterator[Problem]:
    """More disputes than the engine plays, and disputes of a state with itself."""
    for i, dispute in enumerate(scenario.disputes):
        if i:
            what = f"a second dispute {dispute.id!r}"
            yield Problem(("disputes", i), what, "one: this version plays one dispute a scenario")
        if dispute.challenger == dispute.target:
            yield Problem(("disputes", i, "target"), "the same state as challenger", "another")


def check_distances(scenario: Scenario) -> Iterator[Problem]:
    """Third parties whose distance nobody states."""
    close = near(scenario)
    for code, state in scenario.states.items():
        if code not in close and state.distance is None:
            yield Problem(
                ("states", code), "missing key 'distance'", "from its capital to the place, 1000 km"
            )


def check_ties(scenario: Scenario) -> Iterator[Problem]:
    """Ties with oneself, and ties stated twice."""
    seen: dict[tuple[str, str, str], int] = {}
    for i, tie in enumerate(scenario.ties):
        if tie.from_ == tie.to:
            yield Problem(("ties", i, "to"), f"a tie of {tie.to} with itself", "two states")
        key = (tie.from_, tie.to, tie.kind)
        if key in seen:
            first = f"first in ties[{seen[key]}]"
            what = f"{tie.kind} from {tie.from_} to {tie.to} stated twice, {first}"
            yield Problem(("ties", i), what, "one figure")
        seen.setdefault(key, i)


def check_events(scenario: Scenario) -> Iterator[Problem]:
    """Events by those who cannot bring them about."""
    dispute = scenario.dispute
    for i, event in enumerate(scenario.events):
        steps, who = ("events", i, "who"), getattr(event, "who", "")
        if event.kind in ("join", "aid", "mediate") and who in (dispute.target, dispute.challenger):
            yield Problem(steps, f"{who} is a principal of the dispute", "a third party")
        if event.kind == "invoke" and who != dispute.target:
            yield Problem(steps, f"{who} is not the target", dispute.target)
        if event.kind == "suspend" and event.treaty in scenario.treaties:
            inside = members_on(scenario, scenario.treaties[event.treaty])
            if who not in inside:
                yield Problem(steps, f"{who} was no member at the start", _listed(inside))


def _listed(words: Iterable[str]) -> str:
    return "one of " + ", ".join(sorted(words))
