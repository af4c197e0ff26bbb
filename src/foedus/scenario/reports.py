"""What had been reported by a day, and how well a history agrees with it.

What is beyond doubt on its day must agree: who fights openly, whether there is fighting, whether
a truce began in the week, applications, peacekeepers, membership, troops that were reported to
have been sent. What is counted or hidden may differ by a stated error: deaths, land, troops of
which nothing was reported. Each week is judged once, by what it brought. Model note 6.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from foedus.claims.frame import Frame
from foedus.claims.runs import Runs, view
from foedus.core.clock import DAYS
from foedus.core.kinds import Action, Grade, Membership, Side, Status
from foedus.core.situation import Trajectories
from foedus.scenario.draws import median
from foedus.scenario.events import AnyEvent, Deaths, Front
from foedus.scenario.history import history
from foedus.scenario.layout import frame
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Scenario

SIZE = 2.0
"""Of the negative binomial of reported deaths around the true number: a coefficient of .7."""
LAND_SD = 0.1
"""Of a reported share of the contested land around the true one."""
UNSEEN = 0.5
"""Chance, week by week, that troops sent to deter are not reported yet."""
WRONG = 0.05
"""Chance that a strike beyond the contested land is reported that was none."""
AHEAD = 0.1
"""Weight of histories that still lack a deployment which a later week reports."""
_SAYS_NOTHING = ("incident", "mediate", "report", "civilians")
"""Kinds of events that no history is weighed by."""
LEAST = 0.5
"""Deaths expected at least, so that a report of a few never is impossible."""


class Reports(NamedTuple):
    """What had been reported of a scenario by a day.

    Attributes:
        axes: Labels of its axes.
        record: Its events up to that day as one run.
        last: Number of that day.
        counts: Reported totals of deaths: dispute, side, and totals by day.
        land: Reported shares of the land: dispute, day, share.
        unused: How many events say nothing that a history has.
    """

    axes: Frame
    record: Runs
    last: int
    counts: tuple[tuple[int, int, dict[int, float]], ...]
    land: tuple[tuple[int, int, float], ...]
    unused: int

    @property
    def weeks(self) -> int:
        """Weeks that have reports; the last may be reported in part."""
        return self.last // DAYS + 1


def reports(scenario: Scenario, on: date) -> Reports | None:
    """The reports of a scenario up to a day.

    Returns:
        None where there is none after the start.

    Raises:
        ValueError: The day lies outside the scenario, or reports contradict each other.

    Examples:
        >>> from foedus.scenario.load import load
        >>> known = reports(load("karabakh-2020"), date(2020, 10, 17))
        >>> known.weeks, known.counts[0][2]
        (3, {6: 602.0, 12: 1011.0, 19: 1935.0})
    """
    if not scenario.start <= on <= scenario.end:
        raise ValueError(
            f"--as-of {on}: expected a day from {scenario.start} to {scenario.end}, "
            "the days of the scenario"
        )
    known = tuple(event for event in scenario.events if event.date <= on)
    past = history(scenario.model_copy(update={"events": known}))
    if past is None:
        return None
    axes = frame(scenario)
    later = [event for event in known if event.date > scenario.start]
    return Reports(
        axes,
        view(past, axes),
        axes.day(on),
        tuple(_counts(later, axes)),
        tuple(_land(later, axes)),
        sum(event.kind in _SAYS_NOTHING for event in later),
    )


def _counts(events: list[AnyEvent], axes: Frame) -> Iterator[tuple[int, int, dict[int, float]]]:
    """Totals of deaths by dispute and side."""
    found: dict[tuple[int, int], dict[int, float]] = {}
    for event in sorted(events, key=lambda event: event.date):
        if isinstance(event, Deaths):
            key = axes.dispute(event.dispute), Side[event.side.upper()]
            totals = found.setdefault(key, {})
            total = median(event.total, Support.AMOUNT)
            if totals and total < max(totals.values()):
                raise ValueError(
                    f"contradictory reports: {total:g} deaths of the {event.side} by "
                    f"{event.date}, more before; expected totals that do not fall"
                )
            totals[axes.day(event.date)] = total
    yield from ((*key, totals) for key, totals in sorted(found.items()))


def _land(events: list[AnyEvent], axes: Frame) -> Iterator[tuple[int, int, float]]:
    """Shares of the land by dispute and day."""
    found: dict[tuple[int, int], float] = {}
    for event in events:
        if isinstance(event, Front):
            key = axes.dispute(event.dispute), axes.day(event.date)
            share = median(event.share, Support.SHARE)
            if found.setdefault(key, share) != share:
                raise ValueError(
                    f"contradictory reports: shares {found[key]:g} and {share:g} of the land "
                    f"on {event.date}; expected one"
                )
    yield from ((*key, share) for key, share in sorted(found.items()))


# ---------------------------------------------------------------- agreement


def agreement(known: Reports, week: int, past: Trajectories) -> dict[str, np.ndarray]:
    """Log weight of each history by what one week's reports say, kind by kind.

    Args:
        known: From `reports`.
        week: The week.
        past: Histories up to its end, on the axes of the engine.

    Returns:
        Log weights [run] by kind of report, up to constants that all histories share; -inf
        where a history cannot be squared with the report.
    """
    runs = _until(known, week, past)
    days = slice(week * DAYS, min((week + 1) * DAYS, known.last + 1))
    own = known.record
    last = days.stop - 1
    return {
        "fighting": _same(runs.status[last], own.status[last]),
        "truces": _same(_begins(runs, days), _begins(own, days)),
        "states that fight": _same(_fights(runs, week), _fights(own, week)),
        "applications": _same(runs.asked[week], own.asked[week]),
        "strikes": _struck(runs, own, week),
        "peacekeepers": _same(runs.keeper[week], own.keeper[week]),
        "membership": _same(_stands(runs, week), _stands(own, week)),
        "deployments": _sent(runs, own, week),
        "territory": _territory(known, runs, days),
        "deaths": _dead(known, runs, days),
    }


def ahead(known: Reports, week: int, past: Trajectories) -> np.ndarray:
    """Log of a weight that favours histories which later reports will ask for.

    Whoever deploys mostly does so early, by a will that lasts; without a look ahead histories
    would be thinned to the few that happen to have it. It is taken back by the last week, so it
    changes how well the answer is sampled and not the answer: the twisted weights of an
    auxiliary particle filter (Pitt and Shephard 1999, JASA 94: 590-599).

    Args:
        known: From `reports`.
        week: The week; -1 for before the first.
        past: Histories at least up to its end.

    Returns:
        Log weights [run]; 0 in the last reported week.
    """
    if week < 0:
        return np.zeros(past.status.shape[-1])
    runs, own = _until(known, week, past), known.record
    due = _deployed(own, known.weeks - 1)
    return (due & ~_deployed(runs, week)).sum((0, 1, 2)) * np.log(AHEAD)


def _until(known: Reports, week: int, past: Trajectories) -> Runs:
    """The histories up to the end of a week, without padding."""
    axes = known.axes
    short = Frame(axes.start, axes.states, axes.treaties, axes.disputes, (week + 1) * DAYS)
    return view(past, short)


def _same(found: np.ndarray, own: np.ndarray) -> np.ndarray:
    """0 where all entries of a history are those reported, else -inf [run]."""
    differs = (found != own).reshape(-1, found.shape[-1]).any(0)
    return np.where(differs, -np.inf, 0.0)


def _struck(runs: Runs, own: Runs, week: int) -> np.ndarray:
    """Log chance of what was reported of strikes beyond the contested land in a week.

    A report may be wrong, since each side says it of the other; a strike may be reported later.
    """
    happened, told = (one.across[: week + 1] != 0 for one in (runs, own))
    missing = (_first_now(told) & ~happened[-1]).sum((0, 1))
    hidden = (_first_now(happened) & ~told[-1]).sum((0, 1))
    return missing * np.log(WRONG) + hidden * np.log(UNSEEN)


def _first_now(holds: np.ndarray) -> np.ndarray:
    """What holds in the last week and did not in the week before."""
    return holds[-1] & ~holds[-2] if len(holds) > 1 else holds[-1]


def _begins(runs: Runs, days: slice) -> np.ndarray:
    """Whether a truce begins on one of the days [dispute, run]."""
    truce = runs.status[: days.stop] == Status.TRUCE
    new = truce[1:] & ~truce[:-1]
    return new[max(days.start - 1, 0) :].any(0)


def _fights(runs: Runs, week: int) -> np.ndarray:
    """Who fights openly, by side [side, state, dispute, run]."""
    return np.stack([runs.action[week] == Action.of(Grade.COMBAT, side) for side in Side])


def _sent(runs: Runs, own: Runs, week: int) -> np.ndarray:
    """Log chance of what was reported of troops sent, by the end of the week.

    What was reported has been done; what was done may be reported later.
    """
    done, told = (_deployed(one, week) for one in (runs, own))
    missing = (told & ~done).any((0, 1, 2))
    hidden = (done & ~told).sum((0, 1, 2))
    return np.where(missing, -np.inf, hidden * np.log(UNSEEN))


def _deployed(runs: Runs, week: int) -> np.ndarray:
    """Who has sent troops to deter by the end of a week [side, state, dispute, run]."""
    sent = [runs.action[: week + 1] == Action.of(Grade.DEPLOYMENT, side) for side in Side]
    return np.stack([one.any(0) for one in sent])


def _stands(runs: Runs, week: int) -> np.ndarray:
    """Membership as it can be seen: who hedges is a member [treaty, state, run]."""
    stands = runs.membership[week]
    return np.where(stands == Membership.HEDGES, Membership.FULL, stands)


def _territory(known: Reports, runs: Runs, days: slice) -> np.ndarray:
    """Log density of the reported shares of the land."""
    log = np.zeros(runs.status.shape[-1])
    for dispute, day, share in known.land:
        if days.start <= day < days.stop:
            log -= (runs.front[day, dispute].astype(float) - share) ** 2 / (2 * LAND_SD**2)
    return log


def _dead(known: Reports, runs: Runs, days: slice) -> np.ndarray:
    """Log chance of the deaths reported since the last report, as a negative binomial."""
    log = np.zeros(runs.status.shape[-1])
    for dispute, side, totals in known.counts:
        for before, day in pairwise([-1, *totals]):
            if days.start <= day < days.stop:
                new = totals[day] - totals.get(before, 0.0)
                deaths = runs.deaths[:, side, dispute].astype(float)
                log += _negative_binomial(new, _by(deaths, day) - _by(deaths, before))
    return log


def _by(deaths: np.ndarray, day: int) -> np.ndarray:
    """Deaths by the end of a day, in a straight line between ends of weeks [run]."""
    week, rest = divmod(day + 1, DAYS)
    before = deaths[week - 1] if week else np.zeros_like(deaths[0])
    return before if not rest else before + rest / DAYS * (deaths[week] - before)


def _negative_binomial(count: float, mean: np.ndarray) -> np.ndarray:
    """Log probability of a count whose mean is that, with `SIZE`."""
    mean = np.maximum(mean, LEAST)
    ways = gammaln(count + SIZE) - gammaln(SIZE) - gammaln(count + 1)
    return ways + SIZE * np.log(SIZE / (SIZE + mean)) + count * np.log(mean / (SIZE + mean))
