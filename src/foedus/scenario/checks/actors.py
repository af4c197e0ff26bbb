"""Are those who act known, and can they act as they do?"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from foedus.core import states
from foedus.core.kinds import Arms
from foedus.scenario.checks.problem import Problem
from foedus.scenario.faults import closest
from foedus.scenario.layout import DISPUTE_BUCKETS, members_on, near, third_parties
from foedus.scenario.schema import Dispute, Scenario
from foedus.scenario.walk import Found, Steps

_REFERENCES = {
    "src": "sources",
    "territory": "territories",
    "treaty": "treaties",
    **dict.fromkeys(
        ("holder", "recognised", "claimants", "from", "to", "by", "challenger"), "actors"
    ),
    **dict.fromkeys(("target", "observer", "ally", "seats", "who", "broker"), "states"),
    **dict.fromkeys(("candidates", "states"), "states"),
    **dict.fromkeys(("dispute", "fights_in"), "disputes"),
}
_THINGS = {
    "sources": "source",
    "territories": "territory",
    "treaties": "treaty",
    "actors": "state or entity",
    "states": "state",
    "disputes": "dispute",
}
_NO_NAMES = {"began_as", "claim", "given"}
"""Parts of a file in which words are no names: answers, and claims, which have their own check."""


class Names(NamedTuple):
    """What a file defines, also where the entry itself is at fault."""

    states: frozenset[str]
    actors: frozenset[str]
    territories: frozenset[str]
    treaties: frozenset[str]
    sources: frozenset[str]
    disputes: frozenset[str]


def check_reference(found: Found, names: Names) -> Iterator[Problem]:
    """Names of things that the file does not define."""
    kind = "territories" if "homes" in found.steps else _REFERENCES.get(found.name)
    if not isinstance(found.value, str) or kind is None or not _NO_NAMES.isdisjoint(found.steps):
        return
    known, thing = getattr(names, kind), _THINGS[kind]
    if found.value not in known:
        what, hint = f"unknown {thing} {found.value!r}", closest(found.value, known)
        yield Problem(found.steps, what, f"a {thing} of this file", hint)


def check_codes(found: Found, names: Names) -> Iterator[Problem]:
    """Codes in treaties, and of readers, that neither the state table nor the file knows."""
    if "by_reading" in found.steps and isinstance(found.steps[-1], str):
        code, key = found.steps[-1], True
    elif found.steps[0] == "treaties" and found.name in ("only", "after", "state"):
        code, key = found.value, False
    else:
        return
    if code not in states.codes() and code not in names.actors:
        known = states.codes() | names.actors
        what, hint = f"unknown state {code!r}", closest(str(code), known)
        yield Problem(found.steps, what, "a code of the state table", hint, key=key)


def check_states(scenario: Scenario) -> Iterator[Problem]:
    """States that the table does not know, or outside the state system on the start date."""
    known, start = states.codes(), scenario.start
    for code in scenario.states:
        steps = ("states", code)
        if code not in known:
            hint, wanted = closest(code, known), "a code of the state table"
            yield Problem(steps, f"unknown state {code!r}", wanted, hint, key=True)
        elif not states.is_member(code, start):
            what = f"{code} was no member of the state system on {start}"
            yield Problem(steps, what, "a state of that day, or an entity", key=True)


def check_entities(scenario: Scenario) -> Iterator[Problem]:
    """Entities without a name, with the code of a state, or of another time."""
    known, start = {entity.code: entity for entity in states.entities()}, scenario.start
    taken = states.codes()
    for code, own in scenario.entities.items():
        entity, steps = known.get(code), ("entities", code)
        if code in taken:
            what = f"{code} is the code of a state"
            yield Problem(steps, what, "X and two letters that no state has", key=True)
        elif entity is None and not own.name:
            hint, wanted = closest(code, known), "a code of the entity table, or a name"
            yield Problem(steps, f"unknown entity {code!r}", wanted, hint, key=True)
        elif entity is not None and not entity.start <= start <= (entity.end or start):
            what = f"{code} did not exist on {start}"
            yield Problem(steps, what, "an entity of that day", key=True)


def check_disputes(scenario: Scenario) -> Iterator[Problem]:
    """More disputes than the engine plays, two of one id, and principals who cannot fight."""
    most, first = DISPUTE_BUCKETS[-1], {}
    for i, dispute in enumerate(scenario.disputes):
        here = ("disputes", i)
        if dispute.id in first:
            what = f"a second dispute {dispute.id!r}, first in disputes[{first[dispute.id]}]"
            yield Problem((*here, "id"), what, "an id of its own")
        first.setdefault(dispute.id, i)
        if i == most:
            yield Problem(here, f"{len(scenario.disputes)} disputes", f"at most {most}")
        if dispute.challenger == dispute.target:
            yield Problem((*here, "target"), "the same state as challenger", "another")
        yield from _challenger(scenario, dispute, here)
        yield from _homes(scenario, dispute, here)
        yield from _third_parties(scenario, dispute, here)


def _homes(scenario: Scenario, dispute: Dispute, steps: Steps) -> Iterator[Problem]:
    """Land beyond the contested that is the contested land, or not the side's own."""
    for side in ("target", "challenger"):
        key, owner = getattr(dispute.homes, side), getattr(dispute, side)
        place = scenario.territories.get(key)
        if place is not None and (key == dispute.territory or place.recognised != owner):
            what = f"{key!r} is not land of {owner} beyond what is contested"
            wanted = f"another territory, recognised as that of {owner}"
            yield Problem((*steps, "homes", side), what, wanted)


def _challenger(scenario: Scenario, dispute: Dispute, steps: Steps) -> Iterator[Problem]:
    """An entity that challenges and does not fight there."""
    entity = scenario.entities.get(dispute.challenger)
    if entity and (entity.fights_in, entity.fights_with) != (dispute.id, "challenger"):
        what = f"{dispute.challenger} does not fight in {dispute.id} as its challenger"
        wanted = f"an entity with fights_in: {dispute.id} and fights_with: challenger, or a state"
        yield Problem((*steps, "challenger"), what, wanted)


def _stated(dispute: Dispute) -> Iterator[tuple[Steps, dict[str, Any]]]:
    """What a dispute states by the codes of third parties, and where."""
    for name in ("domestic", "in_place", "route"):
        yield (name,), getattr(dispute, name)
    for side, suppliers in dispute.suppliers:
        for name in (arms.name.lower() for arms in Arms):
            yield ("suppliers", side, name), getattr(suppliers, name)


def _third_parties(scenario: Scenario, dispute: Dispute, steps: Steps) -> Iterator[Problem]:
    """Numbers of third parties that are stated for somebody else."""
    third = third_parties(scenario, dispute)
    for path, codes in _stated(dispute):
        for code in codes:
            if code not in third:
                what, hint = f"{code} is no third party of {dispute.id}", closest(code, third)
                place = (*steps, *path, code)
                yield Problem(place, what, "a state of this file", hint, key=True)


def check_capitals(scenario: Scenario) -> Iterator[Problem]:
    """Third parties whose distance nobody can compute."""
    close = {dispute.id: near(scenario, dispute) for dispute in scenario.disputes}
    for code, state in scenario.states.items():
        far = sorted(key for key, codes in close.items() if code not in codes)
        if far and state.capital is None:
            wanted = f"its latitude and longitude, for the distance to {far[0]}"
            yield Problem(("states", code), "missing key 'capital'", wanted)


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


def check_signals(scenario: Scenario) -> Iterator[Problem]:
    """Signals to oneself."""
    for i, signal in enumerate(scenario.signals):
        if signal.from_ == signal.to:
            what = f"a signal of {signal.to} to itself"
            yield Problem(("signals", i, "to"), what, "another state")


def check_candidates(scenario: Scenario) -> Iterator[Problem]:
    """Candidates that are members already."""
    for key, treaty in scenario.treaties.items():
        inside = members_on(scenario, treaty)
        for i, code in enumerate(treaty.candidates):
            if code in inside:
                what = f"{code} is a member already"
                wanted = "a state that is no member at the start"
                yield Problem(("treaties", key, "candidates", i), what, wanted)
