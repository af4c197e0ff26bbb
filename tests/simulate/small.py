"""Programs that the tests of the simulation share, and the small world made lively."""

import hashlib

import numpy as np

from foedus.core.kinds import Reading
from foedus.core.params import Params, fix, load, take
from foedus.core.world import World
from foedus.simulate.ensemble import Batch, ensemble
from foedus.study.workers import in_order
from tests.worlds import world

WEEKS = 26
SEED = 2**35 + 11
QUICK = {"xla_backend_optimization_level": 0, "xla_cpu_parallel_codegen_split_count": 1}
"""Compiler options for tests of laws that no compiler may break: half the time to compile."""

LIVELY = fix(
    load().params,
    {
        "joining.intercept": -2.0,
        "joining.early": 0.6,
        "joining.mediate_intercept": -0.5,
        "crisis.ask_intercept": 0.5,
        "crisis.attack_intercept": 0.0,
        "war.truce": 0.05,
        "war.repulse": 0.5,
        "war.settlement": 0.005,
        "alliance.suspend_intercept": -3.0,
    },
)
"""Draws in which much happens within half a year."""

READINGS = np.array([[Reading.YES, Reading.NO], [Reading.NO, Reading.DISPUTED]], np.int32)


def params(draws: np.ndarray) -> Params:
    return take(LIVELY, draws)


def place(draws: np.ndarray, **changes) -> World:
    """The small world, its treaties covering the place, its numbers different in each draw."""
    plain = world(len(draws), **{"covered": READINGS, **changes})
    return plain._replace(local=plain.local * (1 + draws % 7 / 20))


def lives(runs: int, block: int, devices: int = 1, seed: int = SEED, place=place) -> list[Batch]:
    """Batches of the small world as `ensemble` makes them."""
    makes = ensemble(seed, params, place, runs, 7 * WEEKS, block=block)
    return list(in_order(list(makes), devices))


def digests(batch: Batch) -> dict[str, str]:
    """A hash of the type, shape and bits of each array."""
    arrays = batch.trajectories._asdict() | {"run": batch.run, "draw": batch.draw}
    tell = lambda a: f"{a.dtype}{a.shape}".encode() + a.tobytes()  # noqa: E731
    return {name: hashlib.sha256(tell(a)).hexdigest() for name, a in arrays.items()}


def differing(a, b) -> list[str]:
    """Fields of two records of arrays that differ in a bit or in type."""
    same = lambda x, y: x.dtype == y.dtype and np.array_equal(x, y)  # noqa: E731
    pairs = zip(a._fields, a, b, strict=True)
    return [name for name, x, y in pairs if not same(np.asarray(x), np.asarray(y))]
