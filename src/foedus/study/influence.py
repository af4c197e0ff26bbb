"""Who leads the region, what becomes of those who hold land unrecognised, and who is next.

All of it is read off the runs of an ensemble: influence and its parts at each year's end, the
standing of each entity that held a dispute's land at the start, and how often fighting begins in
the other disputes in the year after the first war, by how that war ended.
"""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from foedus.alliance.order import Parts
from foedus.core.clock import DAYS, MONTH
from foedus.core.kinds import TROOPS, Action, Side, Status
from foedus.core.situation import Trajectories
from foedus.scenario.layout import begun, dispute_labels, frame, labels, lasts, slots
from foedus.scenario.schema import Scenario
from foedus.simulate.filter import engine
from foedus.simulate.monthly import Months, monthly
from foedus.study.pipeline import Options, inputs

LEAST = 0.01
"""Mean influence below which a state is not told of."""
YEAR = 365
_WAR = (Status.FIGHTING, Status.TRUCE)
_TROOPS = [Action.of(grade, Side.TARGET) for grade in TROOPS]


class Holding(StrEnum):
    """What has become of an entity's hold on the land, by front and settlement."""

    HOLDS = "holds all"
    CONTESTED = "contested"
    SETTLED = "keeps most"  # by a settlement
    ABSORBED = "loses most"
    DISPLACED = "displaced"


class Ending(StrEnum):
    """How a first war ended."""

    UNANSWERED = "won, nobody stood by the target"
    ANSWERED = "won, somebody did"
    OTHER = "not won"


class Place(NamedTuple):
    """Influence of a state on a day.

    Attributes:
        state: Its code.
        influence: Mean over runs.
        low: 5 per cent of the runs lie below.
        high: 5 per cent lie above.
        leads: Share of the runs in which nobody has more.
        parts: Their means, by name; they add up to the influence.
    """

    state: str
    influence: float
    low: float
    high: float
    leads: float
    parts: dict[str, float]


class Next(NamedTuple):
    """Fighting that begins in a dispute in the year after the first war.

    Attributes:
        dispute: Its id.
        after: How the first war ended.
        runs: In which it so ended a year or more before the horizon, with this dispute at rest.
        share: Of these, with fighting within a year; None where there are none.
    """

    dispute: str
    after: Ending
    runs: int
    share: float | None


class Order(NamedTuple):
    """Answers about one scenario.

    Attributes:
        scenario: Its id.
        options: Runs, seed and the like.
        places: Influence on day 0 and at each year's end, the largest first.
        entities: Share of the runs by what became of each entity's hold, on the same days.
        next: Hazard of the next target.
    """

    scenario: str
    options: Options
    places: dict[date, tuple[Place, ...]]
    entities: dict[str, dict[date, dict[str, float]]]
    next: tuple[Next, ...]


def influence(
    scenario: Scenario, options: Options, progress: Callable[[int], None] = lambda runs: None
) -> Order:
    """Simulate a scenario and say who leads in it.

    Args:
        scenario: A checked scenario.
        options: Runs, seed, parameters that are held.
        progress: Called with the number of runs done.
    """
    axes, states = frame(scenario), len(labels(scenario))
    months = _ends(scenario)
    parts, held, after = [], [], []
    done = 0
    source = engine(options.seed, *inputs(scenario, options), options.runs)
    for batch in monthly(source, axes.days):
        parts.append(batch.parts[list(months.values()), :, :states])
        held.append(_held(scenario, batch, months))
        after.append(_after(scenario, batch.batch.trajectories, axes.days))
        done += len(batch.batch.run)
        progress(done)
    whole = np.concatenate(parts, -1)
    return Order(
        scenario.id,
        options,
        {day: places(labels(scenario), whole[i]) for i, day in enumerate(months)},
        _shares(scenario, list(months), np.concatenate(held, -1)),
        _hazards(scenario, np.concatenate(after, -1)),
    )


def _ends(scenario: Scenario) -> dict[date, int]:
    """Months at whose ends the years end, 0 for the start, by the last day."""
    length = DAYS * MONTH
    found = {scenario.start: 0}
    for year in range(scenario.start.year, scenario.end.year + 1):
        last = min(date(year, 12, 31), scenario.end)
        number = ((last - scenario.start).days + 1) // length
        if number:
            found[scenario.start + timedelta(days=number * length - 1)] = number
    return found


def places(codes: tuple[str, ...], parts: np.ndarray) -> tuple[Place, ...]:
    """States by influence, the largest first, without those that have next to none.

    Args:
        codes: Of the states.
        parts: Of each run [part, state, run].

    Examples:
        >>> [(p.state, p.influence, p.leads) for p in places(("A", "B"), np.full((5, 2, 4), 0.125))]
        [('A', 0.625, 0.5), ('B', 0.625, 0.5)]
    """
    whole = parts.sum(0)
    top = whole >= whole.max(0)
    leads = (top / top.sum(0)).mean(-1)
    low, high = np.quantile(whole, (0.05, 0.95), axis=-1)
    found = [
        Place(
            code,
            float(whole[k].mean()),
            float(low[k]),
            float(high[k]),
            float(leads[k]),
            dict(zip(Parts._fields, map(float, parts[:, k].mean(-1)), strict=True)),
        )
        for k, code in enumerate(codes)
        if whole[k].mean() >= LEAST
    ]
    return tuple(sorted(found, key=lambda place: (-place.influence, place.state)))


def holding(status: np.ndarray, front: np.ndarray) -> np.ndarray:
    """What has become of the hold on the land of whoever held it against the challenger.

    Args:
        status: `kinds.Status` of its dispute.
        front: Share of the land that the challenger holds.

    Examples:
        >>> [str(h) for h in holding(np.array([1, 4, 3, 0]), np.array([0.2, 1.0, 0.7, 0.0]))]
        ['contested', 'displaced', 'loses most', 'holds all']
    """
    settled = np.where(front < 0.5, Holding.SETTLED, Holding.ABSORBED)
    rest = np.where(front > 0, Holding.CONTESTED, Holding.HOLDS)
    found = np.where(status == Status.SETTLED, settled, rest)
    found = np.where(np.isin(status, _WAR), Holding.CONTESTED, found)
    return np.where(status == Status.WON, Holding.DISPLACED, found)


def holders(scenario: Scenario) -> dict[str, int]:
    """Entities that held the land of a dispute at the start, and the dispute's slot."""
    found = {}
    for slot, dispute in enumerate(slots(scenario)):
        for spell in scenario.territories[dispute.territory].holders:
            if spell.holder in scenario.entities and lasts(spell.from_, spell.to, scenario.start):
                found[spell.holder] = slot
    return found


def _held(scenario: Scenario, batch: Months, months: dict[date, int]) -> np.ndarray:
    """Standing of each entity on each day [entity, day, run]."""
    past, days = batch.batch.trajectories, [n * DAYS * MONTH - 1 for n in months.values() if n]
    found = [
        holding(np.asarray(past.status)[days, slot], np.asarray(past.front)[days, slot])
        for slot in holders(scenario).values()
    ]
    return np.array(found).reshape(len(found), len(days), len(batch.batch.run))


def _shares(
    scenario: Scenario, days: list[date], held: np.ndarray
) -> dict[str, dict[date, dict[str, float]]]:
    return {
        entity: {
            day: {str(kind): float((held[i, j] == kind).mean()) for kind in Holding}
            for j, day in enumerate(days[1:])
        }
        for i, entity in enumerate(holders(scenario))
    }


def first_war(scenario: Scenario) -> int | None:
    """Slot of the dispute in which fighting has begun; None where there is none or several."""
    name = begun(scenario)
    return None if name is None else dispute_labels(scenario).index(name)


def _after(scenario: Scenario, past: Trajectories, days: int) -> np.ndarray:
    """How the first war ended [0], and whether fighting began elsewhere [1:], each [run].

    An ending is an index of `Ending`, -1 where none came in time; fighting is 1 where it began
    within a year, 0 where not, and -1 where the dispute was not at rest.
    """
    first, runs = first_war(scenario), past.status.shape[-1]
    found = np.full((1 + past.status.shape[1], runs), -1)
    if first is None:
        return found
    over = ~np.isin(past.status[:, first], _WAR)
    end = over.argmax(0)
    ends = over.any(0) & (end + YEAR <= days)
    for run in np.flatnonzero(ends):
        found[0, run] = list(Ending).index(ending(past, first, int(end[run]), int(run)))
        for slot in range(past.status.shape[1]):
            later = past.status[end[run] : end[run] + YEAR + 1, slot, run]
            if slot != first and later[0] not in _WAR:
                found[1 + slot, run] = (later == Status.FIGHTING).any()
    return found


def ending(past: Trajectories, slot: int, day: int, run: int) -> Ending:
    """How a war that ended on a day ended."""
    if past.status[day, slot, run] != Status.WON:
        return Ending.OTHER
    answered = np.isin(past.action[day // DAYS, :, slot, run], _TROOPS).any()
    return Ending.ANSWERED if answered else Ending.UNANSWERED


def _hazards(scenario: Scenario, after: np.ndarray) -> tuple[Next, ...]:
    """The hazard of each dispute that is not the first war, by how that ended."""
    first, found = first_war(scenario), []
    for slot, name in enumerate(dispute_labels(scenario)):
        for number, kind in enumerate(Ending):
            began = after[1 + slot, (after[0] == number) & (after[1 + slot] >= 0)]
            if slot != first and first is not None:
                share = float(began.mean()) if began.size else None
                found.append(Next(name, kind, began.size, share))
    return tuple(found)
