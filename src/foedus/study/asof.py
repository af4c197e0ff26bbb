"""A scenario as of a later day: histories that agree with what had been reported by then."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from foedus.core.clock import DAYS
from foedus.core.params import Params
from foedus.core.situation import Trajectories
from foedus.core.world import World
from foedus.scenario.arrays import frame
from foedus.scenario.reports import Reports, agreement, ahead, reports
from foedus.scenario.schema import Scenario
from foedus.simulate.ensemble import Batch
from foedus.simulate.filter import Contradiction, Filtered, continued, engine, follow


class Known(NamedTuple):
    """What conditioning on reports came to.

    Attributes:
        on: Day by which they had been made.
        effective_sample: Equally weighted histories that the weights were worth in the worst week.
        log_evidence: Log probability that the model gives to the reports, nats; up to constants
            that depend on the reports alone, so it compares models and parameters, not days.
        ancestors: Of the runs asked for, how many have at least one history left.
        draws: Parameter draws among them.
        unused: Reports that tell of nothing that a history has.
    """

    on: date
    effective_sample: float
    log_evidence: float
    ancestors: int
    draws: int
    unused: int

    def to_json(self) -> dict:
        """The part of the object of `--json` that tells of it."""
        return {
            "as_of": self.on.isoformat(),
            **{k: v for k, v in self._asdict().items() if k != "on"},
        }


Inputs = tuple[Callable[[np.ndarray], Params], Callable[[np.ndarray], World]]


def conditioned(
    scenario: Scenario, on: date, seed: int, inputs: Inputs, runs: int
) -> tuple[Known, Iterator[Callable[[], Batch]]] | None:
    """Batches of histories that agree with what had been reported by a day.

    Args:
        scenario: A checked scenario; its events up to the day are the reports.
        on: The day.
        seed: Key of the random streams.
        inputs: Parameters and world of some draws.
        runs: How many histories.

    Returns:
        None where nothing had been reported: the ensemble stands as it is.

    Raises:
        ValueError: The day lies outside the scenario, reports contradict each other, or no
            history agrees with them; the message names the kind of report.
    """
    known = reports(scenario, on)
    if known is None or on == scenario.start:
        return None
    source = engine(seed, *inputs, runs)
    weigh = _Weigh(known)
    try:
        found = follow(source, weigh, known.weeks)
    except Contradiction as fault:
        raise ValueError(_refusal(scenario, on, fault.week, weigh)) from None
    return _summary(on, known, found), continued(source, found, frame(scenario).days)


def nothing_known(on: date, runs: int) -> Known:
    """The summary where there is no report: nothing is changed."""
    draws = -(-runs // 20)
    return Known(on, float(runs), 0.0, runs, draws, 0)


def _summary(on: date, known: Reports, found: Filtered) -> Known:
    return Known(
        on,
        found.effective,
        found.log_evidence,
        found.ancestors,
        len(np.unique(found.cloud.draw)),
        known.unused,
    )


class _Weigh:
    """Weighs histories by reports, and remembers with which kinds none of a week agreed."""

    def __init__(self, known: Reports) -> None:
        self._known, self._week = known, -1
        self.possible: dict[str, bool] = {}

    def __call__(self, week: int, past: Trajectories) -> np.ndarray:
        if week != self._week:
            self._week, self.possible = week, {}
        parts = agreement(self._known, week, past)
        for kind, log in parts.items():
            self.possible[kind] = self.possible.get(kind, False) or bool(np.isfinite(log).any())
        guided = ahead(self._known, week, past) - ahead(self._known, week - 1, past)
        return np.sum([*parts.values(), guided], axis=0)


def _refusal(scenario: Scenario, on: date, week: int, weigh: _Weigh) -> str:
    first = scenario.start + timedelta(days=week * DAYS)
    none = [kind for kind, possible in weigh.possible.items() if not possible]
    what = " and ".join(none) or ", ".join(weigh.possible) + " taken together"
    return (
        f"--as-of {on}: what was reported of the week from {first} lies outside the model: no "
        f"simulated history agrees with it ({what}); more --runs may find one"
    )
