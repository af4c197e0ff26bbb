"""A round of decisions in the small world, ready to be played."""

from functools import partial
from typing import NamedTuple

import jax
import numpy as np

from foedus.core.params import Params, load, take
from foedus.core.situation import Situation
from foedus.core.streams import Streams
from foedus.core.world import World
from foedus.game.joining import solve
from foedus.game.play import Outlook, Standing, _stage, play, prepare
from foedus.simulate.ensemble import spread
from foedus.simulate.step import initial
from foedus.war.front import outlook


class Round(NamedTuple):
    """Arguments of `play`, every column a run."""

    params: Params
    world: World
    situation: Situation
    standing: Standing
    outlook: Outlook


def cast(tree, dtype=np.float32):
    """Floating arrays in one type."""
    one = lambda a: np.asarray(a, dtype) if np.asarray(a).dtype.kind == "f" else np.asarray(a)  # noqa: E731
    return jax.tree.map(one, tree)


def streams(run, seed=1) -> Streams:
    return Streams(np.array([seed, 0], np.uint32), np.asarray(run, np.uint32))


@jax.jit
def _begin(streams, params, world):
    situation = initial(streams, params, world)
    curve = outlook(params, situation.front, situation.tempo, params.war.settlement[3], world.era)
    left = situation.stock
    return Round(params, world, situation, prepare(streams, params, world), Outlook(curve, left))


def begin(world: World, run, draw, params=None, dtype=np.float32, seed=1) -> Round:
    """Runs on day 0 of a certain world; parameter draw `draw[i]` in the i-th of them."""
    params = take(load().params if params is None else params, np.asarray(draw))
    params, world = cast((params, world), dtype)
    _, world = spread(params, world, np.zeros(len(draw), int))
    return _begin(streams(run, seed), params, world)


decide = jax.jit(lambda ready: play(*ready, True))


@partial(jax.jit, static_argnames="tolerance")
def settle(ready: Round, tolerance: float = 1e-12):
    """Equilibrium of the third parties' stage, nobody having joined."""
    committed = np.full(ready.situation.action.shape, -1)
    stage, *_ = _stage(*ready, committed)
    return solve(stage, tolerance, sweeps=500)
