"""Programs that the tests of the simulation share, and the small world made lively."""

from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import numpy as np

from foedus.core.kinds import Reading
from foedus.core.params import Params, fix, load, take
from foedus.core.world import Dispute, World
from foedus.simulate.ensemble import Batch, _blocks, ensemble
from foedus.study.workers import in_order
from tests import worlds
from tests.worlds import AT, STATES

WEEKS = 26
SEED = 2**35 + 11
QUICK = {"xla_backend_optimization_level": 0, "xla_cpu_parallel_codegen_split_count": 1}
"""Compiler options for tests of laws that no compiler may break: half the time to compile."""

LIVELY = fix(
    load("prior-2020").params,
    {
        "joining.intercept": -2.0,
        "joining.era": -0.4,
        "joining.trend": 0.0,
        "joining.obligation": 1.8,
        "joining.steadfast": 0.5,
        "joining.nonaggression": 0.7,
        "joining.power": 0.3,
        "joining.major": 0.8,
        "joining.rivalry": 1.2,
        "joining.contiguity": 0.9,
        "joining.alongside": 0.4,
        "joining.against": 0.4,
        "joining.affinity": 0.5,
        "joining.remoteness": 0.2,
        "joining.crowd": 0.2,
        "joining.side_sd": 2.0,
        "joining.patron_risk": 0.5,
        "joining.deploy_intercept": -1.5,
        "joining.deniable_intercept": -1.5,
        "joining.early": 0.6,
        "joining.delay": 120.0,
        "joining.delay_sd": 1.25,
        "joining.mediate_intercept": -0.5,
        "crisis.ask_intercept": 0.5,
        "crisis.attack_intercept": 0.0,
        "war.drift": 0.006,
        "war.noise": 0.06,
        "war.contest": 0.5,
        "war.skill_sd": 0.9,
        "war.initiative": 0.2,
        "war.tempo_sd": 1.5,
        "war.deaths": 7e-5,
        "war.deaths_sd": 2.0,
        "war.exchange": 0.3,
        "war.exchange_sd": 1.0,
        "war.exchange_skill": 0.6,
        "war.truce": 0.05,
        "war.truce_week": 0.4,
        "war.repulse": 0.5,
        "war.settlement": 0.005,
        "war.keepers": 0.7,
        "war.keepers_leave": 1.5,
        "war.terms": 0.5,
        "alliance.trust": 0.3,
        "alliance.unaided": 0.6,
        "alliance.suspend_intercept": -3.0,
        "alliance.join_intercept": -2.0,
    },
)
"""Draws in which much happens within half a year.

What the record informs is held, so that these tests depend on no fit; the rest varies.
"""


@cache
def quickly(weeks: int, structure: Any, shapes: tuple) -> Callable:
    """`ensemble._compiled` with those options."""
    arguments = jax.tree.unflatten(structure, [jax.ShapeDtypeStruct(*shape) for shape in shapes])
    program = jax.jit(_blocks, static_argnames="weeks").lower(*arguments, weeks=weeks)
    return program.compile(QUICK)


READINGS = np.array([[Reading.YES, Reading.NO], [Reading.NO, Reading.DISPUTED]], np.int32)


def params(draws: np.ndarray) -> Params:
    return take(LIVELY, draws)


def border(draws: int, name: str = "border", **changes) -> Dispute:
    """A second place: NBR may attack SEA, of the league; the principals of the first look on."""
    own = {
        "challenger": np.int32(AT["NBR"]),
        "target": np.int32(AT["SEA"]),
        "party": np.array([s not in ("NBR", "SEA") for s in STATES]),
        "covered": np.array([[Reading.YES, Reading.NO], [Reading.NO, Reading.NO]], np.int32),
        "triggered": np.array([[Reading.DISPUTED, Reading.NO], [0, 0]], np.int32),
        "distance": np.array([2.0, 0.5, 0, 1.0, 0, 0.3])[:, None] * np.ones(draws),
        "in_place": np.array([5e-4, 0, 0, 0, 0, 1e-4])[:, None] * np.ones(draws),
        "grievance": np.full(draws, 0.3),
        "ignites": np.bool_(False),
    }
    return worlds.place(draws, name, **{**own, **changes})


def candidates() -> np.ndarray:
    """NBR might come into either treaty, TAR into the pact."""
    found = np.zeros((2, len(STATES)), bool)
    found[:, AT["NBR"]] = found[1, AT["TAR"]] = True
    return found


def place(draws: np.ndarray, first=None, second=None, **changes) -> World:
    """The small world with two places, its numbers different in each draw.

    `first` and `second` change the places, `changes` the world.
    """
    count = len(draws)
    force = np.array([0.0006, 0.0014])[:, None] * (1 + draws % 7 / 20)
    one = worlds.place(count, **{"covered": READINGS, "local": force, **(first or {})})
    slots = (one, border(count, **(second or {})))
    own = {"candidate": candidates(), "notice": np.array([4.0, 10.0])}
    return worlds.world(count, slots, **{**own, **changes})


def lives(runs: int, block: int, devices: int = 1, seed: int = SEED, place=place) -> list[Batch]:
    """Batches of the small world as `ensemble` makes them."""
    makes = ensemble(seed, params, place, runs, 7 * WEEKS, block=block)
    return list(in_order(list(makes), devices))


def joined(batches: list[Batch]) -> Batch:
    """Batches side by side, as one."""
    return jax.tree.map(lambda *parts: np.concatenate(parts, axis=-1), *batches)


def differing(a, b) -> list[str]:
    """Fields of two records of arrays, of records within, that differ in a bit or in type."""
    found = []
    for name, x, y in zip(a._fields, a, b, strict=True):
        if hasattr(x, "_fields"):
            found += differing(x, y)
        elif not _same(np.asarray(x), np.asarray(y)):
            found.append(name)
    return found


def _same(x, y):
    return x.dtype == y.dtype and np.array_equal(x, y)
