"""A round of decisions in the small world, ready to be played."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from foedus.core import features
from foedus.core.kinds import Arms
from foedus.core.params import Params, load, take
from foedus.core.situation import Alliances, Conflict
from foedus.core.streams import Streams
from foedus.core.world import Dispute, World
from foedus.game.joining import Stage, solve
from foedus.game.play import Outlook, Standing, _Round, _stage, _trust, at_war, play
from foedus.simulate.ensemble import spread
from foedus.simulate.step import columns, initial
from foedus.war.front import outlook

PRIOR = load("prior-2020").params
"""Draws of the prior: laws hold in all of them, whichever draws a run uses by default."""

WILLING = {
    "joining.intercept": -3.0,
    "joining.era": 0.0,
    "joining.trend": 0.0,
    "joining.side_sd": 1.5,
    "joining.deploy_intercept": -2.0,
    "joining.aid_intercept": -2.0,
}
"""Third parties of whom some do something of every kind."""


class Round(NamedTuple):
    """Arguments of `play`, every column a run: the world has one dispute."""

    params: Params
    world: World
    dispute: Dispute
    alliances: Alliances
    conflict: Conflict
    standing: Standing
    outlook: Outlook

    def with_conflict(self, **changes) -> "Round":
        return self._replace(conflict=self.conflict._replace(**changes))


def cast(tree, dtype=np.float32):
    """Floating arrays in one type."""
    one = lambda a: np.asarray(a, dtype) if np.asarray(a).dtype.kind == "f" else np.asarray(a)  # noqa: E731
    return jax.tree.map(one, tree)


def streams(run, seed=1) -> Streams:
    return Streams(np.array([seed, 0], np.uint32), np.asarray(run, np.uint32))


@jax.jit
def _begin(streams, params, world):
    own = columns(streams, params, world)
    conflict, alliances = initial(streams, world, own)
    curve = outlook(params, conflict.front, conflict.tempo, params.war.settlement[3], world.era)
    expects = Outlook(curve, conflict.stock[Arms.GROUND])
    return Round(params, world, own.dispute, alliances, conflict, own.standing, expects)


def begin(world: World, run, draw, params=None, dtype=np.float32, seed=1) -> Round:
    """Runs on day 0 of a certain world; parameter draw `draw[i]` in the i-th of them."""
    params = take(PRIOR if params is None else params, np.asarray(draw))
    params, world = cast((params, world), dtype)
    _, world = spread(params, world, np.zeros(len(draw), int))
    return _begin(streams(run, seed), params, world)


decide = jax.jit(lambda ready: play(*ready, True))


def stage_of(ready: Round) -> Stage:
    """The third parties' stage, nobody having joined, the treaties asked for that are asked."""
    params, world, dispute, alliances, conflict, standing, expects = ready
    target, _ = features.principals(world, dispute)
    here = _Round(
        params, world, dispute, conflict, standing, expects, at_war(conflict),
        active=features.bound(alliances.membership),
        esteem=_trust(params, world, alliances, target),
        power=features.arrives(
            params, standing.reach, conflict.present, features.PLAN, dispute.route
        ) - features.garrison(params, dispute),
    )  # fmt: skip
    committed = jnp.full(conflict.action.shape, -1)
    return _stage(here, conflict.asked, committed)[0]


@partial(jax.jit, static_argnames="tolerance")
def settle(ready: Round, tolerance: float = 1e-12):
    """Equilibrium of that stage."""
    return solve(stage_of(ready), tolerance, sweeps=500)
