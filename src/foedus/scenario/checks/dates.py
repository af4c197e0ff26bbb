"""Are the days in order, and does nothing steer from the future?"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from foedus.scenario.checks.problem import Problem
from foedus.scenario.schema import Scenario
from foedus.scenario.walk import Found, Steps


def check_steering(found: Found, start: date) -> Iterator[Problem]:
    """Facts dated after the start, outside the events and questions that only score."""
    free = found.steps[0] in ("events", "questions", "sources", "end", "start")
    if isinstance(found.value, date) and not free and found.value > start:
        wanted = f"a day up to {start}: what comes later stands in events and only scores"
        yield Problem(found.steps, f"{found.value} is after the start", wanted)


def check_horizon(scenario: Scenario) -> Iterator[Problem]:
    """An end before the start."""
    if scenario.end <= scenario.start:
        yield Problem(("end",), f"{scenario.end}", f"a day after the start, {scenario.start}")


def check_treaties(scenario: Scenario) -> Iterator[Problem]:
    """Dates of treaties and memberships out of order."""
    for key, treaty in scenario.treaties.items():
        here = ("treaties", key)
        if treaty.in_force and treaty.in_force < treaty.signed:
            what = f"in force on {treaty.in_force}, before it was signed"
            yield Problem((*here, "in_force"), what, f"a day from {treaty.signed} on")
        if treaty.ended and treaty.ended < (treaty.in_force or treaty.signed):
            yield Problem((*here, "ended"), f"{treaty.ended}", "a day after it came into force")
        for i, member in enumerate(treaty.members):
            below = (*here, "members", i)
            if member.from_ and member.from_ < treaty.signed:
                what = f"a member from {member.from_}, before the treaty was signed"
                yield Problem((*below, "from"), what, f"a day from {treaty.signed} on")
            yield from _order(below, member.from_, member.to)


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


def check_scopes(scenario: Scenario) -> Iterator[Problem]:
    """Coverage that ends before it begins."""
    for key, treaty in scenario.treaties.items():
        for i, clause in enumerate(treaty.obligations):
            for j, entry in enumerate(clause.scope.territories):
                steps = ("treaties", key, "obligations", i, "scope", "territories", j)
                yield from _order(steps, entry.from_, entry.to)


def check_events(scenario: Scenario) -> Iterator[Problem]:
    """Events that steer from the future, or that nothing can see."""
    for i, event in enumerate(scenario.events):
        if event.effect is not None and event.date > scenario.start:
            what = f"an event of {event.date} that changes inputs"
            wanted = f"no effect: events after the start, {scenario.start}, only score"
            yield Problem(("events", i, "effect"), what, wanted)
        if event.date > scenario.end > scenario.start:
            what = f"{event.date} is after the end"
            yield Problem(("events", i, "date"), what, f"a day up to {scenario.end}")
        until = getattr(event, "until", None)
        if until is not None and until < event.date:
            yield Problem(("events", i, "until"), f"{until}", f"a day from {event.date} on")
