"""Where does each state stand in a treaty on a day, events after the start included?

Up to the start the spells of the members tell it; after the start, the events do.
"""

from collections.abc import Iterator
from datetime import date

from foedus.core.kinds import BINDING, Membership
from foedus.scenario.events import Accede, MembershipEvent, Notice, Suspend
from foedus.scenario.law import runs_out
from foedus.scenario.layout import members_on
from foedus.scenario.schema import Member, Scenario, Treaty


def standing(scenario: Scenario, key: str, on: date) -> dict[str, Membership]:
    """Membership of every state that is or was a member of a treaty, on a day.

    Args:
        scenario: The scenario.
        key: Key of the treaty.
        on: The day; what happened on it counts.

    Returns:
        By code, also of members that are not among the states of the scenario.
    """
    treaty = scenario.treaties[key]
    inside = members_on(scenario, treaty, min(on, scenario.start), everybody=True)
    found = dict.fromkeys(sorted(inside), Membership.FULL)
    for event in _events(scenario, key):
        if event.date <= on:
            before = found.get(event.who, Membership.OUTSIDE)
            found[event.who] = _after(event, before, treaty.notice_months, on)
    return found


def bound_on(scenario: Scenario, key: str, on: date) -> set[str]:
    """Codes of the states that a treaty binds on a day, events included."""
    return {code for code, where in standing(scenario, key, on).items() if where in BINDING}


def _events(scenario: Scenario, key: str) -> Iterator[MembershipEvent]:
    """What became of memberships after the start, in order of time."""
    found = [e for e in scenario.events if isinstance(e, MembershipEvent) and e.treaty == key]
    later = [event for event in found if event.date > scenario.start]
    yield from sorted(later, key=lambda event: (event.date, event.model_dump_json()))


def _after(event: MembershipEvent, before: Membership, notice_months: int, on: date) -> Membership:
    """Membership that follows from an event, on a day from its date on."""
    match event:
        case Suspend():
            return Membership.SUSPENDED
        case Accede():
            return Membership.FULL
        case Notice() if on < runs_out(event.date, notice_months):
            suspended = before == Membership.SUSPENDED
            return Membership.PARTING if suspended else Membership.LEAVING
        case _:
            return Membership.LEFT


def as_of(scenario: Scenario, key: str, on: date) -> Treaty:
    """A treaty as it stands on a day: its members are those that it binds, events included.

    Who has left stays among its members, with a spell that has ended.
    """
    treaty, bound = scenario.treaties[key], bound_on(scenario, key, on)
    former = {spell.state for spell in treaty.members} | standing(scenario, key, on).keys()
    ended = (Member(state=code, to=date.min) for code in sorted(former - bound))
    members = (*(Member(state=code) for code in sorted(bound)), *ended)
    signed = on if treaty.possible and bound else treaty.signed
    changes = {"members": members, "signed": signed, "possible": signed is None}
    return treaty.model_copy(update=changes)
