"""Are the days in order, and does nothing steer from the future?"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise

from foedus.scenario.checks.problem import Problem
from foedus.scenario.schema import Coverage, Member, Scenario, Treaty
from foedus.scenario.walk import Found, Steps

SCORING = ("called", "events", "signals", "questions", "sources", "end", "start")
"""Parts of a scenario that may speak of days after its start: they ask and score."""


def check_steering(found: Found, start: date) -> Iterator[Problem]:
    """Facts dated after the start, outside what only scores."""
    free = found.steps[0] in SCORING
    if isinstance(found.value, date) and not free and found.value > start:
        wanted = f"a day up to {start}: what comes later stands in events and only scores"
        yield Problem(found.steps, f"{found.value} is after the start", wanted)


def check_horizon(scenario: Scenario) -> Iterator[Problem]:
    """An end before the start."""
    if scenario.end <= scenario.start:
        yield Problem(("end",), f"{scenario.end}", f"a day after the start, {scenario.start}")


def check_treaties(scenario: Scenario) -> Iterator[Problem]:
    """Dates of treaties out of order, and treaties neither signed nor possible."""
    for key, treaty in scenario.treaties.items():
        here = ("treaties", key)
        if treaty.possible:
            yield from _possible(treaty, here)
        elif treaty.signed is None:
            wanted = "signed: a day, or possible: true"
            yield Problem(here, "a treaty neither signed nor possible", wanted)
        else:
            yield from _signed(treaty, treaty.signed, here)


def _possible(treaty: Treaty, steps: Steps) -> Iterator[Problem]:
    """A treaty that only might be signed, with what only a signed one has."""
    for name in ("signed", "in_force", "ended"):
        day = getattr(treaty, name)
        if day is not None:
            yield Problem((*steps, name), f"{day} in a possible treaty", "none: nobody has signed")
    if treaty.members:
        yield Problem((*steps, "members"), "members of a possible treaty", "candidates")
    if len(set(treaty.candidates)) < 2:
        yield Problem(steps, "fewer than two candidates", "those who might sign it")


def _signed(treaty: Treaty, signed: date, steps: Steps) -> Iterator[Problem]:
    """Dates of a treaty that was signed, and of its members."""
    if treaty.in_force and treaty.in_force < signed:
        what = f"in force on {treaty.in_force}, before it was signed"
        yield Problem((*steps, "in_force"), what, f"a day from {signed} on")
    if treaty.ended and treaty.ended < (treaty.in_force or signed):
        yield Problem((*steps, "ended"), f"{treaty.ended}", "a day after it came into force")
    if len({member.state for member in treaty.members}) < 2:
        yield Problem(steps, "fewer than two members", "two or more states")
    for i, member in enumerate(treaty.members):
        yield from _member(treaty, signed, member, (*steps, "members", i))
    yield from _spells(treaty, signed, steps)


def _member(treaty: Treaty, signed: date, member: Member, steps: Steps) -> Iterator[Problem]:
    """A spell of membership that runs backwards or lies outside the treaty's own time."""
    first = member.from_ or signed
    if first < signed:
        what = f"a member from {first}, before the treaty was signed"
        yield Problem((*steps, "from"), what, f"a day from {signed} on")
    elif member.to and member.to < first:
        what = f"to {member.to}, before from {first}"
        yield Problem((*steps, "to"), what, f"a day from {first} on")
    if treaty.ended and first >= treaty.ended:
        what = f"a member from {first}, after the treaty ended"
        yield Problem((*steps, "from"), what, f"a day before {treaty.ended}")


def _spells(treaty: Treaty, signed: date, steps: Steps) -> Iterator[Problem]:
    """Two spells of one state that overlap."""
    numbered = sorted(
        enumerate(treaty.members), key=lambda pair: (pair[1].state, pair[1].from_ or signed)
    )
    for (_, one), (i, other) in pairwise(numbered):
        first = other.from_ or signed
        if one.state == other.state and (one.to is None or first < one.to):
            until = f"until {one.to}" if one.to else "without end"
            what = f"overlaps with {one.state}, member from {one.from_ or signed} {until}"
            yield Problem((*steps, "members", i, "from"), what, "spells one after the other")


def _order(steps: Steps, first: date | None, end: date | None) -> Iterator[Problem]:
    """A spell that ends before it begins."""
    if first and end and end < first:
        yield Problem((*steps, "to"), f"to {end}, before from {first}", f"a day from {first} on")


def check_holders(scenario: Scenario) -> Iterator[Problem]:
    """Spells of holding that overlap or run backwards."""
    for key, territory in scenario.territories.items():
        here = ("territories", key, "holders")
        for i, spell in enumerate(territory.holders):
            yield from _order((*here, i), spell.from_, spell.to)
        numbered = sorted(enumerate(territory.holders), key=lambda pair: pair[1].from_)
        for (_, one), (i, other) in pairwise(numbered):
            if one.to is None or other.from_ < one.to:
                until = f"until {one.to}" if one.to else "without end"
                what = f"overlaps with {one.holder}, holder from {one.from_} {until}"
                yield Problem((*here, i, "from"), what, "spells one after the other")


def check_deliveries(scenario: Scenario) -> Iterator[Problem]:
    """Years that run backwards or are not over, arms of nobody to nobody, arms told twice."""
    stated = {tie.to for tie in scenario.ties if tie.kind == "arms"}
    first: dict[str, int] = {}
    for i, entry in enumerate(scenario.deliveries):
        here, start = ("deliveries", i), scenario.start.year
        if not entry.years[0] <= entry.years[1] < start:
            wanted = f"the first and the last, up to {start - 1}"
            yield Problem((*here, "years"), f"{list(entry.years)}", wanted)
        if entry.from_ is None and entry.to is None:
            yield Problem(here, "arms from all others to all others", "from, to or both")
        if entry.to in stated:
            wanted = "deliveries or shares, not both"
            yield Problem(here, f"arms to {entry.to}, whose shares stand under ties", wanted)
        if (twin := first.setdefault(entry.key, i)) != i:
            what = f"the same arms in the same years as deliveries[{twin}]"
            yield Problem(here, what, "one entry")


def check_pressures(scenario: Scenario) -> Iterator[Problem]:
    """Pressures that weigh nothing, and two that nothing tells apart."""
    first: dict[tuple, int] = {}
    for i, entry in enumerate(scenario.pressures):
        here = ("pressures", i)
        if not {"cost", "forces"} & entry.model_fields_set:
            yield Problem(here, "a pressure that weighs nothing", "cost, forces or both")
        for code in sorted(set(entry.states)):
            key = (code, entry.kind, entry.from_, entry.name)
            if key in first:
                twin = f"pressures[{first[key]}]"
                what = f"a second {entry.kind} on {code} from {entry.from_}, as {twin}"
                yield Problem(here, what, "one entry, or a name for each")
            first[key] = i


def check_scopes(scenario: Scenario) -> Iterator[Problem]:
    """Scopes that list no territory or one twice, and coverage that ends before it begins."""
    for key, treaty in scenario.treaties.items():
        for i, clause in enumerate(treaty.obligations):
            scope, steps = clause.scope, ("treaties", key, "obligations", i, "scope", "territories")
            if not scope.territories and "territories" in scope.model_fields_set:
                wanted = "a territory of this file, or no such list"
                yield Problem(steps, "a scope that names no territory", wanted)
            for j, entry in enumerate(scope.territories):
                yield from _order((*steps, j), entry.from_, entry.to)
            yield from _twice(scope.territories, steps)


def _twice(entries: Sequence[Coverage], steps: Steps) -> Iterator[Problem]:
    """Two answers of a clause for one territory on one day."""
    for (i, one), (j, other) in combinations(enumerate(entries), 2):
        apart = (one.to and other.from_ and one.to <= other.from_) or (
            other.to and one.from_ and other.to <= one.from_
        )
        if one.territory == other.territory and not apart:
            what = f"{other.territory} stated twice, first in territories[{i}]"
            yield Problem((*steps, j), what, "one answer for a day")
