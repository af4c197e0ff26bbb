"""What a batch of runs does day by day and week by week, kept small enough to keep whole.

Shares and quantiles of a batch are averaged over batches, runs weighing alike: exact for shares,
and for quantiles of batches of a thousand runs as good as the quantiles of all.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from typing import NamedTuple

import numpy as np

from foedus.claims.frame import Frame
from foedus.claims.judge import judge
from foedus.claims.language import FirstStop
from foedus.claims.runs import Runs
from foedus.core.clock import DAYS
from foedus.core.kinds import BINDING, Action, Status

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
QUIET_DAYS = 30
"""Days without fighting after which a war has ended, as the Correlates of War count."""
_BY_RUN = ("lasted", "held", "killed")


class Course(NamedTuple):
    """What some runs do in time.

    Attributes:
        status: Share of the runs in which a dispute stands so, [day, status, dispute].
        front: Quantiles of the share of the land in the challenger's hands, as `QUANTILES`,
            [quantile, week, dispute], at each week's first day.
        deaths: Quantiles of military deaths since the start, [quantile, week, side, dispute].
        acts: Share of the runs in which a state does so, [week, action, state, dispute].
        bound: Share of the runs in which a treaty binds a state, [week, treaty, state].
        intact: Share of the runs in which it has bound all members of the first week ever since,
            [week, treaty].
        lasted: Days until fighting first stops for `QUIET_DAYS`, counted from its beginning; NaN
            where none begins, infinite where it does not stop in time, [run, dispute].
        held: Days that the first truce holds before fighting begins again; NaN where there is
            none, infinite where none begins again in time, [run, dispute].
        killed: Deaths of both sides, civilians among them, by calendar month,
            [run, month, dispute].
    """

    status: np.ndarray
    front: np.ndarray
    deaths: np.ndarray
    acts: np.ndarray
    bound: np.ndarray
    intact: np.ndarray
    lasted: np.ndarray
    held: np.ndarray
    killed: np.ndarray


def course(runs: Runs) -> Course:
    """What a batch does in time."""
    bound = reduce(np.logical_or, [runs.membership == int(place) for place in BINDING])
    return Course(
        status=_shares(runs.status, Status),
        front=_quantiles(runs.front[::DAYS]),
        deaths=_quantiles(runs.deaths),
        acts=_shares(runs.action, Action),
        bound=_share(bound),
        intact=_share(np.logical_and.accumulate((bound | ~bound[:1]).all(2))),
        lasted=np.stack([_lasted(runs, name) for name in runs.frame.disputes], axis=-1),
        held=_held(runs),
        killed=_killed(runs),
    )


def merged(parts: Sequence[Course]) -> Course:
    """One course of several batches."""
    weights = [len(part.lasted) for part in parts]
    whole = {
        name: np.concatenate(arrays)
        if name in _BY_RUN
        else np.average(np.stack(arrays), axis=0, weights=weights)
        for name in Course._fields
        for arrays in [[getattr(part, name) for part in parts]]
    }
    return Course(**whole)


def months(axes: Frame) -> list[date]:
    """First days of the calendar months that a scenario touches.

    Examples:
        >>> months(Frame(date(2020, 11, 9), (), (), (), 60))[-1]
        datetime.date(2021, 1, 1)
    """
    first, last = axes.start, axes.end
    count = 12 * (last.year - first.year) + last.month - first.month + 1
    whole = [first.month - 1 + i for i in range(count)]
    return [date(first.year + m // 12, m % 12 + 1, 1) for m in whole]


def _shares(entries: np.ndarray, kinds: type[Status] | type[Action]) -> np.ndarray:
    """Share of the runs with each kind, [time, kind, ...]."""
    return np.stack([_share(entries == int(kind)) for kind in kinds], axis=1)


def _share(holds: np.ndarray) -> np.ndarray:
    """Share of the runs in which something holds, [...]; counted by bits, which is fast.

    Examples:
        >>> _share(np.array([[True, False, True, True], [False] * 4])).tolist()
        [0.75, 0.0]
    """
    bits = np.bitwise_count(np.packbits(holds, axis=-1))
    return (bits.sum(-1, dtype=np.int32) / holds.shape[-1]).astype(np.float32)


def _quantiles(values: np.ndarray) -> np.ndarray:
    """Quantiles over the runs, [quantile, ...]: as those of NumPy, with one sort for all.

    Examples:
        >>> _quantiles(np.array([[3.0, 1.0, 2.0]])).ravel()
        array([1.1, 1.5, 2. , 2.5, 2.9], dtype=float32)
    """
    ordered = np.sort(values.astype(np.float32), axis=-1)
    place = np.array(QUANTILES) * (values.shape[-1] - 1)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, values.shape[-1] - 1)
    found = ordered[..., low] + (place - low) * (ordered[..., high] - ordered[..., low])
    return np.moveaxis(found, -1, 0).astype(np.float32)


def _lasted(runs: Runs, dispute: str) -> np.ndarray:
    """Days of the first war, [run]."""
    axes = runs.frame
    if axes.days <= QUIET_DAYS:
        return np.full(runs.status.shape[-1], np.nan)
    fights = runs.status[:, axes.dispute(dispute)] == Status.FIGHTING
    stop = judge(FirstStop(QUIET_DAYS, dispute), runs)
    length = np.where(stop < axes.days, stop - fights.argmax(0), np.inf)
    return np.where(fights.any(0), length, np.nan)


def _held(runs: Runs) -> np.ndarray:
    """Days that the first truce holds, [run, dispute]."""
    truce = runs.status == Status.TRUCE
    first = truce.argmax(0)
    day = np.arange(len(truce))[:, None, None]
    again = (runs.status == Status.FIGHTING) & (day > first)
    held = np.where(again.any(0), again.argmax(0) - first, np.inf)
    return np.where(truce.any(0), held, np.nan).T


def _killed(runs: Runs) -> np.ndarray:
    """Deaths by month: between the weeks in which one month ends and the next."""
    dead = (runs.deaths + runs.civilians).sum(1)
    axes = runs.frame
    ends = [min(following - timedelta(days=1), axes.end) for following in months(axes)[1:]]
    weeks = [*(axes.week(end) for end in ends), axes.weeks - 1]
    by = dead[weeks]
    monthly = np.diff(by, axis=0, prepend=np.zeros_like(by[:1]))
    return np.moveaxis(monthly, -1, 0).astype(np.float32)
