"""What happened, in the form of one run, so that the same judge scores runs and history.

Resolution follows the engine's: fighting and land by the day, decisions, membership and deaths
by the week. A change of status shows at the end of at least one day; a truce that broke on the
day it began is a truce on that day and fighting from the next.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from foedus.claims.frame import Frame
from foedus.core.kinds import Action, Side, Status
from foedus.core.situation import Trajectories
from foedus.scenario.draws import median
from foedus.scenario.duties import treaty_arrays
from foedus.scenario.events import AnyEvent, Event
from foedus.scenario.layout import STATE_BUCKETS, TREATY_BUCKETS, bucket, frame
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Scenario

_STATUS = {
    "attack": Status.FIGHTING,
    "breach": Status.FIGHTING,
    "truce": Status.TRUCE,
    "settlement": Status.SETTLED,
}
_ACTION = {
    ("aid", "target"): Action.AID_TARGET,
    ("aid", "challenger"): Action.AID_CHALLENGER,
    ("join", "target"): Action.JOIN_TARGET,
    ("join", "challenger"): Action.JOIN_CHALLENGER,
}


def history(scenario: Scenario) -> Trajectories | None:
    """The events after the start as one run, axes as in a simulated batch.

    Returns:
        None where the scenario tells of no event after its start.

    Examples:
        >>> from foedus.scenario.load import load
        >>> run = history(load("karabakh-2020"))
        >>> Status(run.status[43, 0]).name, Status(run.status[44, 0]).name
        ('FIGHTING', 'SETTLED')
    """
    axes = frame(scenario)
    later = [e for e in scenario.events if scenario.start < e.date <= axes.end]
    later.sort(key=lambda event: (event.date, event.kind, event.model_dump_json()))
    if not later:
        return None
    status = _status(scenario, later, axes)
    record: dict[str, Any] = dict(
        status=status[:, None].astype(np.uint8),
        front=_front(scenario, later, axes)[:, None],
        deaths=_deaths(later, axes)[..., None],
        action=_action(later, axes, status)[..., None],
        asked=_asked(later, axes)[..., None],
        active=_active(scenario, later, axes)[..., None],
        residual=np.zeros((axes.weeks, 1)),
    )
    return Trajectories(**record)


def _status(scenario: Scenario, later: Sequence[AnyEvent], axes: Frame) -> np.ndarray:
    """Status at the end of each day [day]."""
    ignites = scenario.dispute.ignites is not None
    status = np.full(axes.days, Status.FIGHTING if ignites else Status.QUIET, np.int32)
    changed = -1
    for day, kind in _changes(later, axes, status[0] == Status.FIGHTING):
        changed = max(day, changed + 1)
        status[changed:] = _STATUS[kind]
    return status


def _changes(later: Sequence[AnyEvent], axes: Frame, fights: bool) -> Iterator[tuple[int, str]]:
    """Changes of status in order; on one day, first the one that changes what is."""
    left = [event for event in later if event.kind in _STATUS]
    while left:
        today = [event for event in left if event.date == left[0].date]
        apt = [e for e in today if (_STATUS[e.kind] == Status.FIGHTING) != fights]
        event = (apt or today)[0]
        left.remove(event)
        fights = _STATUS[event.kind] == Status.FIGHTING
        yield axes.day(event.date), event.kind


def _front(scenario: Scenario, later: Sequence[AnyEvent], axes: Frame) -> np.ndarray:
    """Share of the land in the challenger's hands, from one known day to the next [day]."""
    front = np.full(axes.days, median(scenario.dispute.front, Support.SHARE))
    for event in later:
        if event.kind == "front":
            front[axes.day(event.date) :] = median(event.share, Support.SHARE)
    return front


def _deaths(later: Sequence[AnyEvent], axes: Frame) -> np.ndarray:
    """Deaths by the end of each week, in a straight line between known totals [week, side]."""
    ends = np.minimum(np.arange(axes.weeks) * 7 + 6, axes.days - 1)
    sides = []
    for side in Side:
        points = {-1: 0.0}
        for event in later:
            if event.kind == "deaths" and event.side == side.name.lower():
                points[axes.day(event.date)] = median(event.total, Support.AMOUNT)
        sides.append(np.interp(ends, list(points), list(points.values())))
    return np.stack(sides, axis=1)


def _action(later: Sequence[AnyEvent], axes: Frame, status: np.ndarray) -> np.ndarray:
    """What each state did in each week: the most it did in it [week, state]."""
    action = np.zeros((axes.weeks, bucket(len(axes.states), STATE_BUCKETS)), np.uint8)
    for event in later:
        for code, what, until in _acts(event, axes, status):
            weeks = slice(axes.week(event.date), axes.week(min(until, axes.end)) + 1)
            row = action[weeks, axes.state(code)]
            np.maximum(row, np.uint8(what), out=row)
    return action


def _acts(event: AnyEvent, axes: Frame, status: np.ndarray) -> Iterator[tuple[str, Action, date]]:
    """Who acted in an event, how, and until when: help lasts while the fighting is not over."""
    match event.kind:
        case "truce" | "settlement":
            yield from ((code, Action.MEDIATE, event.date) for code in event.broker)
        case "mediate":
            yield event.who, Action.MEDIATE, event.until or event.date
        case "aid" | "join":
            until = event.until or _over(event, axes, status)
            yield event.who, _ACTION[event.kind, event.side], until


def _over(event: Event, axes: Frame, status: np.ndarray) -> date:
    """Last day on which the fighting that an event falls into was not over."""
    first = axes.day(event.date)
    over = np.flatnonzero(~np.isin(status[first:], (Status.FIGHTING, Status.TRUCE)))
    last = first + max(int(over[0]) - 1, 0) if len(over) else axes.days - 1
    return date.fromordinal(axes.start.toordinal() + last)


def _asked(later: Sequence[AnyEvent], axes: Frame) -> np.ndarray:
    """Which treaties the target had invoked by the end of each week [week, treaty]."""
    asked = np.zeros((axes.weeks, bucket(len(axes.treaties), TREATY_BUCKETS)), bool)
    for event in later:
        if event.kind == "invoke":
            asked[axes.week(event.date) :, axes.treaty(event.treaty)] = True
    return asked


def _active(scenario: Scenario, later: Sequence[AnyEvent], axes: Frame) -> np.ndarray:
    """Memberships in force at the end of each week [week, treaty, state]."""
    member = treaty_arrays(scenario, bucket(len(axes.states), STATE_BUCKETS))["member"]
    active = np.repeat(member[None], axes.weeks, axis=0)
    for event in later:
        if event.kind == "suspend":
            place = axes.treaty(event.treaty), axes.state(event.who)
            active[axes.week(event.date) :, *place] = False
    return active
