"""What the record says of each war, how likely the law makes it, and wars drawn from the law."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float, Int

from foedus.core.clock import YEAR
from foedus.war import law

OUTCOMES = ("won", "lost", "other")
LENGTH = (
    "war.drift",
    "war.noise",
    "war.repulse",
    "war.contest",
    "war.skill_sd",
    "war.initiative",
    "war.settlement",
    "war.tempo_sd",
)
"""Parameters of outcome and length."""
FLOOR = 1e-300


PerWar = Float[np.ndarray, " war"] | Float[Array, " war"]
Code = Int[np.ndarray, " war"] | Int[Array, " war"]


class Record(NamedTuple):
    """Wars as arrays.

    Attributes:
        log_ratio: Log ratio of challenger's to target's strength.
        days: Length.
        outcome: Index into `OUTCOMES`.
        era: 0 to 1913, 1 to 1945, 2 since.
        weight: 1, or 0 for a war that is left out.
        intensity: Log of deaths per soldier and day, geometric mean of the sides; nan if unknown.
        exchange: Log ratio of target's to challenger's deaths; nan if unknown.
    """

    log_ratio: PerWar
    days: PerWar
    outcome: Code
    era: Code
    weight: PerWar
    intensity: PerWar
    exchange: PerWar


def arrays(wars: pd.DataFrame, days: str = "days") -> Record:
    """The record of wars as `record.wars.wars` has them.

    Args:
        wars: One row a war, all with a known `log_ratio`.
        days: Column of lengths: "days", or "span" to count truces.

    Raises:
        ValueError: A war without a ratio of capabilities or with no days.
    """
    bad = wars[wars.log_ratio.isna() | ~(wars[days] > 0)]
    if len(bad):
        raise ValueError(
            f"wars: war {bad.index[0]}: expected a log_ratio and {days} above 0; "
            f"got {bad.log_ratio.iloc[0]} and {bad[days].iloc[0]}"
        )
    sides = ("challenger", "target")
    dead, soldiers = (
        np.log(np.stack([wars[f"{side}_{what}"].to_numpy(float) for side in sides]))
        for what in ("deaths", "personnel")
    )
    length = wars[days].to_numpy(float)
    return Record(
        log_ratio=wars.log_ratio.to_numpy(float),
        days=length,
        outcome=wars.outcome.map(OUTCOMES.index).to_numpy(int),
        era=np.minimum(wars.era.to_numpy(int), 2),
        weight=np.ones(len(wars)),
        intensity=dead.mean(0) - soldiers.mean(0) - np.log(length),
        exchange=dead[1] - dead[0],
    )


def terms(theta: Mapping[str, Any], era: Code | Int[Array, ""] | int) -> law.Terms:
    """Terms of the law for wars of these eras; a form that the engine lacks if `theta` has it."""
    one = {name.split(".")[1]: value for name, value in theta.items()}
    by_era = {"initiative", "settlement", "tempo_sd"}
    known = {
        name: one[name][era] if name in by_era else one[name]
        for name in law.Terms._fields
        if name in one
    }
    return law.Terms(**known)


def log_density(theta: Mapping[str, Any], record: Record) -> Float[Array, " war"]:
    """Log density of each war's outcome and log length.

    Args:
        theta: Values of `LENGTH`, eras first.
        record: The wars.
    """
    return jnp.log(seen(terms(theta, record.era), record) + FLOOR)


def seen(of: law.Terms, record: Record, **known: Array) -> Float[Array, " war"]:
    """Density of the outcome that each war had at its length; `known` as in `law.density`."""
    ends = law.density(of, jnp.asarray(record.log_ratio), jnp.asarray(record.days), **known)
    return jnp.stack(ends)[record.outcome, jnp.arange(len(record.days))]


class Fought(NamedTuple):
    """Wars drawn from the law, and what the record does not tell of them.

    Attributes:
        record: The wars.
        skill: Their unseen skill, in its standard deviations.
        tempo: Their log tempo.
    """

    record: Record
    skill: Float[np.ndarray, " war"]
    tempo: Float[np.ndarray, " war"]


def simulate(theta: dict[str, Any], record: Record, rng: np.random.Generator) -> Fought:
    """The same wars fought anew: skill and tempo drawn, then the front's exit, then settlement.

    Args:
        theta: Values of `LENGTH`.
        record: Ratios and eras to take.
        rng: Source of chance.
    """
    n = len(record.days)
    of = terms(theta, record.era)
    z, pace, chance, patience = rng.normal(size=n), rng.normal(size=n), *rng.random((2, n))
    log_tempo = np.asarray(of.tempo_sd) * pace
    v = np.asarray(of.contest * record.log_ratio + of.initiative + of.skill_sd * z)
    won, exit_time = _leave(of, v, chance)
    fought = exit_time / np.exp(log_tempo)
    settled = _settled(of, log_tempo, -np.log(patience))
    changed = {
        "days": np.minimum(fought, settled),
        "outcome": np.where(settled < fought, 2, np.where(won, 0, 1)),
    }
    return Fought(record._replace(**changed), z, log_tempo)


def _leave(of: law.Terms, v: np.ndarray, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether fronts end in a win, and when, in war time; by inverting the law's own integral."""
    with jax.enable_x64(True):
        ends = np.concatenate([np.asarray(x) for x in law.exits(of, v, law.WAR_TIME)], axis=1)
    up_to = np.cumsum(ends, axis=1)
    place = (up_to < chance[:, None] * up_to[:, -1:]).sum(1)
    row, half = np.arange(len(v)), len(law.WAR_TIME)
    within = (chance * up_to[:, -1] - up_to[row, place]) / ends[row, place] + 0.5
    step = place % half + within
    return place < half, law.WAR_TIME[0] * np.exp(step * law.SPACING)


def _settled(of: law.Terms, log_tempo: np.ndarray, patience: np.ndarray) -> np.ndarray:
    """Day on which the settlement's cumulated hazard reaches `patience`."""
    growth = np.asarray(of.growth) + 1
    hazard = np.asarray(of.settlement) * np.exp(np.asarray(of.tempo_power) * log_tempo)
    years = (1 + growth * patience / (hazard * YEAR)) ** (1 / growth) - 1
    return YEAR * years
