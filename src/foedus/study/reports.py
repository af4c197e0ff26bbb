"""What the sides' reports of the dead say together, beside what was counted later."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from foedus.claims.reports import Estimate, Report, Role, estimate
from foedus.scenario import events
from foedus.scenario.draws import median
from foedus.scenario.layout import slots
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Dispute, Scenario


class Told(NamedTuple):
    """What is said on a day of a side's dead.

    Attributes:
        dispute: Its id.
        side: target or challenger.
        on: The day.
        reports: What each source says, but for those that count the wounded too.
        estimate: What they say together; None where there is none.
        counted: Deaths by that day as counted later, in a straight line between known totals;
            None where the scenario tells of none.
    """

    dispute: str
    side: str
    on: date
    reports: tuple[Report, ...]
    estimate: Estimate | None
    counted: float | None


def told(scenario: Scenario) -> tuple[Told, ...]:
    """Every day of a scenario on which somebody reports deaths, in the order of time.

    Examples:
        >>> from foedus.scenario.load import load
        >>> [t.reports[0].role for t in told(load("karabakh-2020")) if t.side == "target"][0]
        'own'
    """
    return tuple(found for dispute in slots(scenario) for found in _of(scenario, dispute))


def _of(scenario: Scenario, dispute: Dispute) -> Iterator[Told]:
    """Those of one dispute."""
    said = [
        event
        for event in scenario.events
        if isinstance(event, events.Report) and _is_of(scenario, dispute, event)
    ]
    for on, side in sorted({(event.date, event.side) for event in said}):
        today = sorted((e for e in said if (e.date, e.side) == (on, side)), key=lambda e: e.by)
        reports = tuple(
            Report(e.by, _role(scenario, dispute, e), median(e.total, Support.POSITIVE))
            for e in today
            if not e.wounded
        )
        found = estimate(reports) if reports else None
        yield Told(dispute.id, side, on, reports, found, _counted(scenario, dispute, side, on))


def _is_of(scenario: Scenario, dispute: Dispute, event: events.DisputeEvent) -> bool:
    return event.dispute == dispute.id or (event.dispute is None and len(scenario.disputes) == 1)


def _role(scenario: Scenario, dispute: Dispute, event: events.Report) -> Role:
    """Whether a source speaks of its own dead, of the enemy's, or from outside."""
    entity = scenario.entities.get(event.by)
    with_ = entity.fights_with if entity and entity.fights_in == dispute.id else None
    side = {dispute.target: "target", dispute.challenger: "challenger"}.get(event.by, with_)
    return "outsider" if side is None else ("own" if side == event.side else "enemy")


def _counted(scenario: Scenario, dispute: Dispute, side: str, on: date) -> float | None:
    """Deaths of a side by a day, in a straight line between the totals that are known."""
    points = {scenario.start - timedelta(days=1): 0.0}
    for event in [event for event in scenario.events if isinstance(event, events.Deaths)]:
        if _is_of(scenario, dispute, event) and event.side == side:
            points[event.date] = median(event.total, Support.AMOUNT)
    days = sorted(points)
    if on > days[-1]:
        return None
    return float(
        np.interp(on.toordinal(), [d.toordinal() for d in days], [points[d] for d in days])
    )
