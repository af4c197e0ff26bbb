"""Random third-party stages, with magnitudes like the record's: few allies, uneven powers."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np

from foedus.core.kinds import Side
from foedus.core.params import take
from foedus.game.joining import Stage
from foedus.war.front import outlook
from tests.game.rounds import PRIOR


class Grades(NamedTuple):
    """What sets the grades of help apart, from the least; the last is combat.

    Each tuple of utilities is for the target, then for the challenger.
    """

    base: tuple[float, ...]
    of_ally: tuple[float, ...]
    of_patron: tuple[float, ...]
    share: tuple[tuple[float, float] | float, ...]  # of a beta, or for certain
    exposure: tuple[tuple[float, float] | float, ...]


TWO = Grades(
    base=(0.0, -2.5, -1.5, -1.8, -3.5, -4.2),
    of_ally=(0.0, 0.0, 1.0, -0.5, 2.0, -2.0),
    of_patron=(0.0, 0.0, -0.5, 1.0, -2.0, 1.2),
    share=((2, 8), 1.0),
    exposure=(0.0, 1.0),
)
"""Aid and combat."""

FIVE = Grades(
    base=(0.0, -2.5, -1.0, -1.3, -1.5, -1.8, -2.5, -3.0, -3.0, -3.2, -3.5, -4.2),
    of_ally=(0.0, 0.0, 0.8, -0.5, 1.0, -0.5, 1.5, -1.5, 1.0, -1.0, 2.0, -2.0),
    of_patron=(0.0, 0.0, -0.5, 0.8, -0.5, 1.0, -1.5, 1.0, -1.0, 1.1, -2.0, 1.2),
    share=(0.0, (2, 8), 0.0, (3, 7), 1.0),
    exposure=(0.0, 0.0, (4, 4), (5, 4), 1.0),
)
"""All of `kinds.Grade`, with the priors' shares and exposures."""


def stage(
    states: int, runs: int, seed: int, grades: Grades = FIVE, rationality: float = 1.0
) -> Stage:
    """Target's allies and the challenger's patrons in two leagues, all free, in float64."""
    rng, shape = np.random.default_rng(seed), (states, runs)
    allies = rng.random(states) < 0.5
    patrons = ~allies & (rng.random(states) < 0.4)
    ally, patron = allies[:, None], patrons[:, None]
    base, of_ally, of_patron = (np.array(u)[:, None, None] for u in grades[:3])
    utility = base + 0.5 * rng.normal(size=(len(base), *shape))
    utility[0] = 0
    utility += of_ally * ally + of_patron * patron
    near = np.exp(-0.8 * rng.exponential(size=shape))
    peers = np.zeros((2, 2, states, runs))
    peers[Side.TARGET, 0], peers[Side.CHALLENGER, 1] = ally, patron
    drawn = lambda how: how if isinstance(how, float) else rng.beta(*how, runs)  # noqa: E731
    return Stage(
        utility=tuple(utility),
        stake=2.0 * ally - 2.0 * patron + 0.8 * rng.normal(size=shape),
        power=np.exp(1.3 * rng.normal(size=shape) - 0.5) * near,
        free=np.ones(shape, bool),
        joined=np.zeros((2, *shape), bool),
        strength=np.exp(0.8 * rng.normal(size=(2, runs))),
        curve=curve(runs, seed),
        shares=tuple(drawn(how) for how in grades.share),
        exposures=tuple(drawn(how) for how in grades.exposure),
        patron_risk=np.abs(0.7 * rng.normal(size=runs)),
        peer=np.abs(0.5 * rng.normal(size=runs)),
        peers=peers,
        rationality=rationality,
    )


def curve(runs: int, seed: int):
    """The war module's own prospects in prior draws, the front and tempo as it happens."""
    rng = np.random.default_rng([seed, 1])
    params = take(PRIOR, rng.integers(0, 1000, runs))
    front, tempo = np.float32(rng.uniform(-0.3, 0.6, runs)), np.float32(rng.normal(0, 1, runs))
    return np.asarray(outlook(params, front, tempo, np.float32(0.0007), 3), np.float64)


def single(stage: Stage) -> Stage:
    """The same in float32."""
    double = lambda a: isinstance(a, np.ndarray) and a.dtype.kind == "f"  # noqa: E731
    return jax.tree.map(lambda a: np.float32(a) if double(a) else a, stage)


def columns(stage: Stage, index) -> Stage:
    """Some runs of a stage."""
    return jax.tree.map(lambda a: a[..., index] if np.ndim(a) else a, stage)


def compiled(f: Callable[[Stage], Any]) -> Callable[[Stage], Any]:
    """A function of a stage as a program that knows the stage's plain floats, as the engine's."""

    @partial(jax.jit, static_argnums=(1, 2))
    def run(arrays, known, structure):
        leaves = [a if k is None else k for a, k in zip(arrays, known, strict=True)]
        return f(jax.tree.unflatten(structure, leaves))

    def call(stage: Stage):
        leaves, structure = jax.tree.flatten(stage)
        known = tuple(leaf if type(leaf) is float else None for leaf in leaves)
        arrays = [None if type(leaf) is float else leaf for leaf in leaves]
        return run(arrays, known, structure)

    return call
