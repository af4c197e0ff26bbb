"""Wars without third parties, lived by the engine."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from foedus.core.kinds import Era, Status
from foedus.core.params import Params, load, take
from foedus.core.situation import Conflict
from foedus.core.streams import Streams
from foedus.core.world import Dispute, World
from foedus.simulate.ensemble import spread
from foedus.simulate.step import columns, initial
from foedus.war.advance import advance
from tests.worlds import world

BEST = {  # war calibration 4, the best point; eras 1816-1913, 1914-45, 1946-90, 1991-
    "drift": 0.0059,
    "noise": 0.060,
    "repulse": 1.16,
    "contest": 0.31,
    "skill_sd": 0.86,
    "initiative": (0.72, -0.09, 0.21, 0.21),
    "settlement": (0.00014, 0.00015, 0.00073, 0.00073),
    "tempo_sd": (1.11, 1.32, 1.77, 1.77),
}
QUIET = {
    "mediation": 0.0,
    "truce": 0.0,
    "truce_signed": 0.0,
    "truce_leverage": 0.0,
    "deaths": 1e-12,
    "tempo_theatre": 0.0,
    "tempo_aim": 0.0,
}
"""No mediators, no truces (and one class of them), no losses worth the name: nothing but the law of
the front."""

ENDED = (Status.SETTLED, Status.WON, Status.REPULSED)


class Fight(NamedTuple):
    """What the engine needs; every column a run."""

    streams: Streams
    params: Params
    world: World
    dispute: Dispute
    conflict: Conflict

    def with_conflict(self, **changes) -> "Fight":
        return self._replace(conflict=self.conflict._replace(**changes))


def best(**changes) -> Params:
    """One draw: the calibration's best point, quiet but for `changes`."""
    params = take(load().params, np.array([0]))
    war = params.war
    for name, value in {**BEST, **QUIET, **changes}.items():
        old = getattr(war, name)
        column = np.reshape(np.asarray(value, float), (-1, 1) if old.ndim == 2 else (1,))
        war = war._replace(**{name: np.broadcast_to(column, old.shape)})
    return params._replace(war=war)


def fight(params: Params, runs: int, seed=1, ratio=1.0, era=Era.RECENT, **changes) -> Fight:
    """Runs that begin to fight on day 0, one draw after the other."""
    draws = params.war.drift.shape[-1]
    one = np.ones(draws)
    quiet = {"small_theatre": 0 * one, "limited_aim": 0 * one, "era": np.int32(era)}
    place = world(draws, **{**quiet, "local": np.array([[1.0], [ratio]]) * one, **changes})
    cast = lambda a: np.asarray(a, np.float32) if np.asarray(a).dtype.kind == "f" else a  # noqa: E731
    params, place = spread(*jax.tree.map(cast, (params, place)), np.arange(runs) % draws)
    streams = Streams(np.array([seed, 0], np.uint32), np.arange(runs, dtype=np.uint32))
    return Fight(streams, params, place, place.dispute, _initial(streams, params, place))


@jax.jit
def _initial(streams, params, place):
    return initial(streams, place, columns(streams, params, place)).conflict


@partial(jax.jit, static_argnames="weeks")
def _live(streams, params, place, dispute, conflict, first, weeks):
    one = lambda s, week: advance(streams, params, place, dispute, s, week * 7)  # noqa: E731
    return lax.scan(one, conflict, first + jnp.arange(weeks))


def live(case: Fight, first: int, weeks: int):
    """The dispute after some weeks of war alone, and status and front at the end of each day."""
    conflict, record = _live(*case, first, weeks)
    return conflict, *(np.asarray(a).reshape(7 * weeks, -1) for a in record)


BLOCK, HALF_YEAR = 8192, 26


def ends(case: Fight, weeks: int):
    """Day on which each war ended (`inf` if it goes on), and the status it then had.

    Blocks of one size, so that one program serves all; only wars that go on are lived further.
    """
    runs = case.streams.run.shape[0]
    day, status = np.full(runs, np.inf), np.full(runs, Status.FIGHTING)
    now = Conflict(*(np.array(a) for a in case.conflict))
    alive = np.arange(runs)
    for first in range(0, weeks, HALF_YEAR):
        for i in range(0, len(alive), BLOCK):
            rows = alive[i : i + BLOCK]
            part = _rows(case._replace(conflict=now), np.resize(rows, BLOCK))
            after, record, _ = live(part, first, HALF_YEAR)
            for whole, lived in zip(now, after, strict=True):
                whole[..., rows] = np.asarray(lived)[..., : len(rows)]
            over = np.isin(record[:, : len(rows)], ENDED)
            done = over.any(0)
            day[rows[done]] = 7 * first + 1 + over[:, done].argmax(0)
            status[rows] = record[-1, : len(rows)]
        alive = alive[~np.isin(status[alive], ENDED)]
    return day, status


def _rows(case: Fight, rows) -> Fight:
    """Some runs of a fight."""
    by_run = (case.streams.run.shape[0],)
    return jax.tree.map(lambda a: a[..., rows] if np.shape(a)[-1:] == by_run else a, case)
