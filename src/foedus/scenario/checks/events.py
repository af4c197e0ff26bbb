"""Can what is told to have happened happen?"""

from collections.abc import Iterator
from datetime import timedelta

from foedus.core.kinds import Membership
from foedus.scenario.checks.problem import Problem, one_of
from foedus.scenario.events import (
    Accede,
    Aid,
    DisputeEvent,
    Invoke,
    Join,
    Keepers,
    Mediate,
    MembershipEvent,
)
from foedus.scenario.layout import dispute_labels
from foedus.scenario.membership import standing
from foedus.scenario.schema import Dispute, Scenario
from foedus.scenario.walk import Steps


def check_days(scenario: Scenario) -> Iterator[Problem]:
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


def check_actors(scenario: Scenario) -> Iterator[Problem]:
    """Events of no dispute, and by those who cannot bring them about."""
    for i, event in enumerate(scenario.events):
        steps = ("events", i)
        if isinstance(event, MembershipEvent):
            yield from _membership(scenario, event, steps)
        elif isinstance(event, DisputeEvent):
            yield from _dispute(scenario, event, steps)


def _dispute(scenario: Scenario, event: DisputeEvent, steps: Steps) -> Iterator[Problem]:
    """An event in a dispute: which one, and by whom."""
    known = dispute_labels(scenario)
    found = [d for d in scenario.disputes if event.dispute in (None, d.id)]
    if event.dispute is None and len(known) > 1 and not isinstance(event, Invoke):
        yield Problem(steps, "missing key 'dispute'", one_of(known))
    elif found:
        yield from _actor(event, found, steps)


def _actor(event: DisputeEvent, disputes: list[Dispute], steps: Steps) -> Iterator[Problem]:
    """Who brings about an event that may lie in any of the disputes."""
    targets = {dispute.target for dispute in disputes}
    principals = targets | {dispute.challenger for dispute in disputes}
    if isinstance(event, Join | Aid | Mediate | Keepers) and event.who in principals:
        what = f"{event.who} is a principal of the dispute"
        yield Problem((*steps, "who"), what, "a third party")
    if isinstance(event, Invoke) and event.who not in targets:
        yield Problem((*steps, "who"), f"{event.who} is not the target", one_of(targets))


def _membership(scenario: Scenario, event: MembershipEvent, steps: Steps) -> Iterator[Problem]:
    """Members that do what only a member can, and others that come in."""
    treaty = scenario.treaties.get(event.treaty)
    if treaty is None:
        return
    stood = standing(scenario, event.treaty, event.date - timedelta(days=1))
    inside = {code for code, where in stood.items() if where != Membership.LEFT}
    accedes, day = isinstance(event, Accede), event.date
    if not accedes and event.who not in inside:
        what, wanted = f"{event.who} was no member before {day}", one_of(inside, "a member")
        yield Problem((*steps, "who"), what, wanted)
    elif accedes and event.who in inside:
        what = f"{event.who} was a member before {day}"
        yield Problem((*steps, "who"), what, one_of(treaty.candidates, "a candidate"))
    elif accedes and day > scenario.start and event.who not in {*treaty.candidates, *stood}:
        what = f"{event.who} is no candidate of {event.treaty}"
        yield Problem((*steps, "who"), what, one_of(treaty.candidates, "a candidate"))
