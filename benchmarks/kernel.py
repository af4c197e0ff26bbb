"""Steady time and memory of the ensemble; called by `run.py` in a process of its own."""

import json
import resource
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from foedus.core import params
from foedus.scenario.arrays import to_arrays
from foedus.scenario.change import change
from foedus.scenario.load import load
from foedus.simulate.ensemble import _compiled, ensemble
from foedus.study.workers import in_order

SCENARIO = "karabakh-2020"


def drop(make) -> None:
    """Make a batch and let it go, as a run does once it is judged."""
    make()


def live(scenario, runs: int, devices: int, block: int = 512) -> float:
    """Seconds that an ensemble takes, everything but the first compilation included."""
    start = time.perf_counter()
    prior = partial(params.take, params.load().params)
    world = partial(to_arrays, scenario, 1)
    makes = ensemble(1, prior, world, runs, 1922, block=block)
    for _ in in_order([partial(drop, make) for make in makes], devices):
        pass
    return time.perf_counter() - start


def reference(scenario, runs: int = 4) -> float:
    """Seconds that the plain-Python reference takes for one run of the same length."""
    from tests.reference.history import live as live_slowly

    draws = np.arange(1)
    prior, world = params.take(params.load().params, draws), to_arrays(scenario, 1, draws)
    start = time.perf_counter()
    for run in range(runs):
        live_slowly(1, run, prior, world, 0, 275)
    return (time.perf_counter() - start) / runs


def with_disputes(scenario, *ids: str):
    """The scenario with some of its disputes."""
    kept = tuple(dispute for dispute in scenario.disputes if dispute.id in ids)
    return scenario.model_copy(update={"disputes": kept})


def main() -> None:
    """Measure and print JSON."""
    runs, devices = int(sys.argv[1]), int(sys.argv[2])
    scenario = load(SCENARIO)
    live(scenario, min(runs, 1024), devices)
    steady = float(np.median([live(scenario, runs, devices) for _ in range(3)]))
    before = _compiled.cache_info().misses
    live(change(scenario, {"states.RUS.capability": "0.05"}), 1024, devices)
    found = {
        "steady_s": steady,
        "recompiled": _compiled.cache_info().misses - before,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }
    if "slots" in sys.argv:
        one = with_disputes(scenario, "karabakh")
        two = with_disputes(scenario, "karabakh", "armenia")
        for name, fewer in (("one_s", one), ("two_s", two)):
            live(fewer, 1024, devices)
            found[name] = float(np.median([live(fewer, runs, devices) for _ in range(3)]))
    if "reference" in sys.argv:
        found["reference_s"] = reference(scenario)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
