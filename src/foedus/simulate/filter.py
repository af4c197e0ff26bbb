"""Histories conditioned on reports: a particle filter, week by week.

After each week every history is weighed by how well it agrees with what was reported of that
week, and as many are drawn anew by these weights: some end, others go on more than once. Copies
share their past and what lasts (parameters, wills, delays) and differ in all that is still to
come. Where few agree, the week is lived several times before the choice, the first week by other
runs each time, so that what is rare is met by more than a handful of histories.

Without a report that tells histories apart nothing is drawn, and the runs are those of the
ensemble bit for bit.

Reference:
    Gordon, Salmond and Smith (1993), "Novel approach to nonlinear/non-Gaussian Bayesian state
    estimation", IEE Proceedings F 140: 107-113. Douc and Cappe (2005), "Comparison of resampling
    schemes for particle filtering": systematic resampling.
"""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, UInt

from foedus.core.clock import DAYS
from foedus.core.params import Params
from foedus.core.runs import draw_of
from foedus.core.situation import Conflict, Situation, Trajectories
from foedus.core.streams import Purpose, Streams, key_of, uniforms
from foedus.core.world import World
from foedus.simulate.ensemble import Batch, batch_size, cast, live, spread
from foedus.simulate.programs import compiled, placeholders, shapes_of
from foedus.simulate.step import columns, initial

TRIES = 32
"""A week is lived at most so many times before histories are drawn."""
DRAWS = (16, 64, 128, 256, 512, 1024)

Weigh = Callable[[int, Trajectories], Float[np.ndarray, " run"]]
"""Log weight of each history up to a week, by what was reported of that week alone."""


class Contradiction(ValueError):
    """No history agrees with the reports of a week, the attribute `week`."""

    def __init__(self, week: int) -> None:
        super().__init__(f"no history agrees with the reports of week {week}")
        self.week = week


class Cloud(NamedTuple):
    """Histories up to the start of a week, with what they need to go on.

    Attributes:
        origin: Run that each one began as; runs beyond those asked for are other luck with the
            same draws.
        draw: Parameter draw of each.
        situation: As it stands; disputes apart from runs.
        past: Their histories so far; None on day 0.
    """

    origin: Int[np.ndarray, " run"]
    draw: Int[np.ndarray, " run"]
    situation: Situation
    past: Trajectories | None


class Filtered(NamedTuple):
    """Histories that agree with reports up to a week.

    Attributes:
        cloud: They, in the order of their origins.
        weeks: How many weeks have been lived.
        log_evidence: Log probability that the model gives to the reports, nats.
        effective: Equally weighted histories that the weights were worth, in the worst week.
    """

    cloud: Cloud
    weeks: int
    log_evidence: float
    effective: float

    @property
    def ancestors(self) -> int:
        """Runs of which at least one history is left."""
        return len(np.unique(self.cloud.origin))


class Engine(NamedTuple):
    """Programs and inputs that all weeks share.

    Attributes:
        seed: Two words.
        params: Of all draws in use.
        world: Of all draws in use.
        size: Runs in a batch.
        runs: Runs asked for; whole batches are lived.
    """

    seed: UInt[np.ndarray, " 2"]
    params: Params
    world: World
    size: int
    runs: int

    @property
    def padded(self) -> int:
        """Runs that are lived: whole batches."""
        return -(-self.runs // self.size) * self.size


def engine(
    seed: int,
    params: Callable[[np.ndarray], Params],
    world: Callable[[np.ndarray], World],
    runs: int,
    dtype: np.dtype | type = np.float32,
) -> Engine:
    """Inputs of a filter over as many runs; arguments as for `ensemble`."""
    size = batch_size(runs)
    last = int(draw_of(-(-runs // size) * size - 1))
    number = next((n for n in DRAWS if last < n), last + 1)
    draws = np.minimum(np.arange(number), last)
    own, place = cast((params(draws), world(draws)), dtype)
    return Engine(key_of(seed), own, place, size, runs)


def follow(source: Engine, weigh: Weigh, weeks: int) -> Filtered:
    """Live the first weeks, drawing histories anew after each by what was reported of it.

    Args:
        source: From `engine`.
        weigh: Log weight of each history by a week's reports; equal ones for no report.
        weeks: How many weeks have reports.

    Raises:
        Contradiction: No history agrees with a week's reports.
    """
    cloud = _begin(source, 0)
    evidence, effective = 0.0, float(source.runs)
    for week in range(weeks):
        tried, log, tries = _tried(source, cloud, week, weigh)
        if not tries:
            cloud, evidence = tried, evidence + float(log[0])
            continue
        if not log.size:
            raise Contradiction(week)
        top = float(log.max())
        weight = np.exp(log - top)
        evidence += top + float(np.log(weight.sum() / (tries * source.runs)))
        effective = min(effective, float(weight.sum() ** 2 / (weight**2).sum()))
        chosen = _systematic(weight, source, week)
        cloud = _taken(tried, chosen[np.argsort(tried.origin[chosen], kind="stable")])
    return Filtered(cloud, weeks, evidence, effective)


def continued(source: Engine, known: Filtered, days: int) -> Iterator[Callable[[], Batch]]:
    """Batches of whole histories: the past that agrees with the reports, and futures from it.

    Args:
        source: As for `follow`.
        known: From `follow`.
        days: Days of the whole; whole weeks are lived.
    """
    left = -(-days // DAYS) - known.weeks

    def make(first: int) -> Batch:
        run = np.arange(first, first + source.size, dtype=np.uint32)
        here = _taken(known.cloud, slice(first, first + source.size))
        if left:
            here = _then(here, *_live(source, here, run, known.weeks, left))
        asked = slice(0, min(source.size, source.runs - first))
        return Batch(run[asked], here.draw[asked], _taken(_whole(here), asked))

    return (partial(make, first) for first in range(0, source.runs, source.size))


# ---------------------------------------------------------------- one week of all histories


def _tried(source: Engine, cloud: Cloud, week: int, weigh: Weigh) -> tuple[Cloud, np.ndarray, int]:
    """A week lived once or more: what agrees at all with its reports, log weights, and how often.

    Where the reports tell no history from another, all go on as they are, after 0 tries.
    """
    kept: list[Cloud] = []
    logs: list[np.ndarray] = []
    asked = np.arange(source.padded) < source.runs
    for number in range(TRIES):
        shift = number * source.padded
        start = cloud if week or not number else _begin(source, shift)
        lived = _lived(source, start, np.arange(source.padded) + shift, week)
        log = np.where(asked, weigh(week, _whole(lived)), -np.inf)
        if not number and np.isfinite(log[0]) and (log[asked] == log[0]).all():
            return lived, log, 0
        alive = np.flatnonzero(np.isfinite(log))
        kept.append(_taken(lived, alive))
        logs.append(log[alive])
        if _enough(np.concatenate(logs), source.runs):
            break
    return _joined(kept), np.concatenate(logs), len(logs)


def _lived(source: Engine, cloud: Cloud, run: np.ndarray, week: int) -> Cloud:
    """One week of all histories."""
    parts = [_live(source, _taken(cloud, r), run[r], week, 1) for r in _batches(source)]
    situation, record = (_joined([part[i] for part in parts]) for i in range(2))
    return _then(cloud, situation, record)


def _then(cloud: Cloud, situation: Situation, record: Trajectories) -> Cloud:
    """Histories with what they have lived since."""
    if cloud.past is not None:
        record = jax.tree.map(lambda a, b: np.concatenate([a, b]), cloud.past, record)
    return cloud._replace(situation=situation, past=record)


def _whole(cloud: Cloud) -> Trajectories:
    """The histories of a cloud that has lived a week or more."""
    assert cloud.past is not None
    return cloud.past


def _enough(log: np.ndarray, runs: int) -> bool:
    """Whether the weights are worth half as many equally weighted histories as are asked for."""
    weight = np.exp(log - log.max()) if log.size else np.zeros(1)
    return weight.sum() ** 2 >= runs / 2 * (weight**2).sum() > 0


def _systematic(weight: np.ndarray, source: Engine, week: int) -> np.ndarray:
    """Which tries go on, one for each run asked for: evenly spaced marks on the summed weights.

    Padding repeats the last, so that whole batches are lived.
    """
    one = Streams(jnp.asarray(source.seed), jnp.zeros(1, jnp.uint32))
    start, *_ = uniforms(one, week * DAYS, Purpose.RESAMPLE, np.zeros(1), np.float32)
    place = np.minimum(np.arange(source.padded), source.runs - 1)
    marks = (place + float(start[0])) / source.runs
    summed = np.cumsum(weight, dtype=float)
    return np.searchsorted(summed / summed[-1], marks, side="right").clip(max=weight.size - 1)


# ---------------------------------------------------------------- programs


def _begin(source: Engine, shift: int) -> Cloud:
    """Day 0 of all runs, numbered on from `shift`: other luck with the same parameters."""
    run = np.arange(source.padded)
    origin, draw = (run + shift).astype(np.uint32), draw_of(run).astype(np.int32)
    inputs = [
        (source.seed, origin[rows], draw[rows], source.params, source.world)
        for rows in _batches(source)
    ]
    program = _started(*shapes_of(inputs[0]))
    parts = [program(*one) for one in inputs]
    return Cloud(origin, draw, _joined(jax.tree.map(np.asarray, parts)), None)


def _live(
    source: Engine, cloud: Cloud, run: np.ndarray, first: int, weeks: int
) -> tuple[Situation, Trajectories]:
    """Some weeks of one batch, as NumPy arrays."""
    numbers = source.seed, cloud.origin, run.astype(np.uint32), cloud.draw
    inputs = (*numbers, source.params, source.world, cloud.situation, np.int32(first))
    return jax.tree.map(np.asarray, _stretch(weeks, *shapes_of(inputs))(*inputs))


@cache
def _started(structure: Any, shapes: tuple) -> Callable[..., Situation]:
    def start(seed: Array, run: Array, draw: Array, params: Params, world: World) -> Situation:
        streams = Streams(seed, run)
        params, world = spread(params, world, draw)
        return _apart(initial(streams, world, columns(streams, params, world)), len(run))

    return _program(start, (structure, shapes))


@cache
def _stretch(weeks: int, structure: Any, shapes: tuple) -> Callable[..., tuple]:
    def stretch(
        seed: Array,
        origin: Array,
        run: Array,
        draw: Array,
        params: Params,
        world: World,
        situation: Situation,
        first: Array,
    ) -> tuple[Situation, Trajectories]:
        params, world = spread(params, world, draw)
        before, streams = Streams(seed, origin), Streams(seed, run)
        after, record, _ = live(
            streams, params, world, _flat(situation), first, weeks, origin=before
        )
        return _apart(after, len(run)), record

    return _program(stretch, (weeks, structure, shapes))


def _program(function: Callable, key: tuple) -> Callable:
    """The function compiled for arguments of these shapes."""
    *_, structure, shapes = key
    arguments = placeholders(structure, shapes)
    return compiled(function.__name__, key, partial(jax.jit(function).lower, *arguments))


def _apart(situation: Situation, runs: int) -> Situation:
    """Disputes apart from runs, so that the last axis of everything is the run."""
    conflict = jax.tree.map(lambda a: a.reshape(*a.shape[:-1], -1, runs), situation.conflict)
    return situation._replace(conflict=conflict)


def _flat(situation: Situation) -> Situation:
    """One column for each dispute of each run, as mechanisms want it."""
    conflict: Conflict = jax.tree.map(lambda a: a.reshape(*a.shape[:-2], -1), situation.conflict)
    return situation._replace(conflict=conflict)


# ---------------------------------------------------------------- pieces of arrays


def _batches(source: Engine) -> list[slice]:
    return [slice(i, i + source.size) for i in range(0, source.padded, source.size)]


def _taken(tree: Any, rows: slice | np.ndarray) -> Any:
    """Some of the runs."""
    return jax.tree.map(lambda a: a[..., rows], tree)


def _joined(parts: list) -> Any:
    """Batches side by side."""
    return jax.tree.map(lambda *a: np.concatenate(a, axis=-1), *parts)
