"""What happened, in the form of one run, so that the same judge scores runs and history.

Resolution follows the engine's: fighting and land by the day; decisions, keepers, membership and
deaths by the week, as at its end. A change of status shows at the end of at least one day; a
truce that broke on the day it began is a truce on that day and fighting from the next.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from foedus.claims.frame import Frame
from foedus.core.kinds import Action, Grade, Membership, Side, Status
from foedus.core.situation import Trajectories
from foedus.scenario.draws import median
from foedus.scenario.events import AnyEvent, Civilians, Deaths, MembershipEvent
from foedus.scenario.layout import frame, slots
from foedus.scenario.membership import standing
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Dispute, Scenario

_STATUS = {
    "attack": Status.FIGHTING,
    "breach": Status.FIGHTING,
    "truce": Status.TRUCE,
    "settlement": Status.SETTLED,
    "victory": Status.WON,
    "repulse": Status.REPULSED,
}
_AT_WAR = (Status.FIGHTING, Status.TRUCE)
_Events = Sequence[AnyEvent]


def history(scenario: Scenario) -> Trajectories | None:
    """The events after the start as one run, on the axes of `layout.frame`, without padding.

    Returns:
        None where the scenario tells of no event after its start.

    Examples:
        >>> from foedus.scenario.load import load
        >>> karabakh = load("karabakh-2020")
        >>> run, which = history(karabakh), frame(karabakh).dispute("karabakh")
        >>> [Status(run.status[day, which, 0]).name for day in (43, 44)]
        ['FIGHTING', 'SETTLED']
    """
    axes = frame(scenario)
    later = [e for e in scenario.events if scenario.start < e.date <= axes.end]
    later.sort(key=lambda event: (event.date, event.kind, event.model_dump_json()))
    if not later:
        return None
    stories = [
        _story(dispute, [e for e in later if _is_of(dispute, e, scenario)], axes)
        for dispute in slots(scenario)
    ]
    record: dict[str, Any] = {
        name: np.stack([story[name] for story in stories], axis=-1)[..., None]
        for name in stories[0]
    }
    record["membership"] = _membership(scenario, axes)[..., None]
    return Trajectories(**record)


def _is_of(dispute: Dispute, event: AnyEvent, scenario: Scenario) -> bool:
    """Whether an event tells of a dispute: it names it, or there is no other.

    A state that asks for help in no dispute by name asks in all in which it is the target.
    """
    named = getattr(event, "dispute", None)
    if named is None and event.kind == "invoke":
        return event.who == dispute.target
    return named == dispute.id or (named is None and len(scenario.disputes) == 1)


# ---- one dispute


def _story(dispute: Dispute, events: _Events, axes: Frame) -> dict[str, np.ndarray]:
    """The arrays of `Trajectories` that have an axis `dispute`, for one dispute."""
    status = _status(dispute, events, axes)
    return {
        "status": status,
        "front": _front(dispute, events, axes),
        "deaths": _deaths(Deaths, events, axes),
        "civilians": _deaths(Civilians, events, axes),
        "across": _across(events, axes, status),
        "spread": np.zeros((axes.weeks, len(Side)), bool),
        "action": _action(events, axes, status),
        "asked": _asked(events, axes, status),
        "keeper": _keeper(events, axes),
        "residual": np.zeros(axes.weeks),
    }


def _status(dispute: Dispute, events: _Events, axes: Frame) -> np.ndarray:
    """Status at the end of each day [day]."""
    first = Status.QUIET if dispute.ignites is None else Status.FIGHTING
    status = np.full(axes.days, first, np.uint8)
    changed = -1
    for day, kind in _changes(events, axes, first == Status.FIGHTING):
        changed = max(day, changed + 1)
        status[changed:] = _STATUS[kind]
    return status


def _changes(events: _Events, axes: Frame, fights: bool) -> Iterator[tuple[int, str]]:
    """Changes of status in order; on one day, first the one that changes what is."""
    left = [event for event in events if event.kind in _STATUS]
    while left:
        today = [event for event in left if event.date == left[0].date]
        apt = [e for e in today if (_STATUS[e.kind] == Status.FIGHTING) != fights]
        event = (apt or today)[0]
        left.remove(event)
        fights = _STATUS[event.kind] == Status.FIGHTING
        yield axes.day(event.date), event.kind


def _front(dispute: Dispute, events: _Events, axes: Frame) -> np.ndarray:
    """Share of the land in the challenger's hands, from one known day to the next [day]."""
    front = np.full(axes.days, median(dispute.front, Support.SHARE))
    for event in events:
        if event.kind == "front":
            front[axes.day(event.date) :] = median(event.share, Support.SHARE)
    return front


def _deaths(kind: type[Deaths | Civilians], events: _Events, axes: Frame) -> np.ndarray:
    """Deaths of a kind by the end of each week, straight lines between totals [week, side]."""
    ends = np.minimum(np.arange(axes.weeks) * 7 + 6, axes.days - 1)
    sides = []
    for side in Side:
        points = {-1: 0.0}
        for event in events:
            if isinstance(event, kind) and event.side == side.name.lower():
                points[axes.day(event.date)] = median(event.total, Support.AMOUNT)
        sides.append(np.interp(ends, list(points), list(points.values())))
    return np.stack(sides, axis=1)


def _action(events: _Events, axes: Frame, status: np.ndarray) -> np.ndarray:
    """What each state did in each week: the most it did in it [week, state].

    Who brought about a truce or settlement mediates in that week, whatever else it does.
    """
    action = np.zeros((axes.weeks, len(axes.states)), np.uint8)
    for event in events:
        for code, what, until in _acts(event, axes, status):
            weeks = slice(axes.week(event.date), axes.week(min(until, axes.end)) + 1)
            row = action[weeks, axes.state(code)]
            np.maximum(row, np.uint8(what), out=row)
    for event in events:
        for code in getattr(event, "broker", ()):
            action[axes.week(event.date), axes.state(code)] = Action.MEDIATE
    return action


def _acts(event: AnyEvent, axes: Frame, status: np.ndarray) -> Iterator[tuple[str, Action, date]]:
    """Who acted in an event, how, and until when: help lasts while the fighting is not over."""
    match event.kind:
        case "mediate":
            yield event.who, Action.MEDIATE, event.until or event.date
        case "aid" | "join":
            grade = Grade[getattr(event, "grade", "combat").upper()]
            until = event.until or _over(event.date, axes, status)
            yield event.who, Action.of(grade, Side[event.side.upper()]), until


def _over(on: date, axes: Frame, status: np.ndarray) -> date:
    """Last day on which the war that a day falls into was not over; else that day."""
    first = axes.day(on)
    over = np.flatnonzero(~np.isin(status[first:], _AT_WAR))
    last = first + max(int(over[0]) - 1, 0) if len(over) else axes.days - 1
    return axes.start + timedelta(days=last)


def _asked(events: _Events, axes: Frame, status: np.ndarray) -> np.ndarray:
    """Which treaties the target has invoked in this episode, by the end of each week.

    A request stands until another episode of fighting begins [week, treaty].
    """
    asked = np.zeros((axes.weeks, len(axes.treaties)), bool)
    for event in events:
        if event.kind == "invoke":
            asked[_episode(event, axes, status), axes.treaty(event.treaty)] = True
    return asked


def _across(events: _Events, axes: Frame, status: np.ndarray) -> np.ndarray:
    """Who has struck the other's own land in this episode, by the end of each week [week, side]."""
    across = np.zeros((axes.weeks, len(Side)), bool)
    for event in events:
        if event.kind == "strike":
            across[_episode(event, axes, status), Side[event.side.upper()]] = True
    return across


def _episode(event: AnyEvent, axes: Frame, status: np.ndarray) -> slice:
    """Weeks from an event on until another episode of fighting begins."""
    at_war, day = np.isin(status, _AT_WAR), axes.day(event.date)
    begins = np.flatnonzero(~at_war[:-1] & at_war[1:]) + 1
    end = next((int(b) // 7 for b in begins if b > day), axes.weeks)
    return slice(day // 7, max(end, day // 7 + 1))


def _keeper(events: _Events, axes: Frame) -> np.ndarray:
    """State whose peacekeepers stand there at the end of each week; -1 without [week]."""
    keeper = np.full(axes.weeks, -1, np.int8)
    for event in events:
        if event.kind == "keepers":
            keeper[axes.week(event.date) : _weeks_to(event.until, axes)] = axes.state(event.who)
    return keeper


def _weeks_to(until: date | None, axes: Frame) -> int:
    """Number of weeks whose last day lies before a day."""
    return axes.weeks if until is None or until > axes.end else axes.week(until)


# ---- treaties


def _membership(scenario: Scenario, axes: Frame) -> np.ndarray:
    """Where each state stands in each treaty at the end of each week [week, treaty, state]."""
    shape = (axes.weeks, len(axes.treaties), len(axes.states))
    membership = np.full(shape, Membership.OUTSIDE, np.uint8)
    ends = [min(axes.start + timedelta(days=7 * w + 6), axes.end) for w in range(axes.weeks)]
    for i, key in enumerate(axes.treaties):
        changes = any(isinstance(e, MembershipEvent) and e.treaty == key for e in scenario.events)
        for week, end in enumerate(ends if changes else ends[:1]):
            for code, stands in standing(scenario, key, end).items():
                if code in axes.states:
                    membership[week:, i, axes.state(code)] = stands
    return membership
