"""A week of the war: seven days of fighting, truce or quiet, and the start of a new episode."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Int

from foedus.core.clock import DAYS
from foedus.core.kinds import Side, Status
from foedus.core.params import Params
from foedus.core.shapes import Clock, Flag, PerRun, PerSide
from foedus.core.situation import Situation
from foedus.core.streams import Purpose, Streams, normal, uniforms
from foedus.core.world import World
from foedus.war.attrition import death_rates, left
from foedus.war.ceasefire import failure_hazard, probability, settlement_hazard, truce_hazard
from foedus.war.front import step, superiority


class Week(NamedTuple):
    """What holds through a week, so that a day need not compute it again."""

    superiority: PerRun
    settled: PerRun  # probability a day
    paused: PerRun  # probability a day of fighting
    tempo: PerRun
    intensity: PerRun
    exchange: PerRun
    personnel: PerSide


class Day(NamedTuple):
    """What a day carries: one number a run each."""

    status: Int[Array, " run"]
    front: PerRun
    age: PerRun
    fought: PerRun
    deaths: PerSide
    stock: PerSide


def begin(
    streams: Streams,
    params: Params,
    world: World,
    situation: Situation,
    day: Clock | int,
    begins: Flag,
) -> Situation:
    """Start an episode of fighting where `begins`: new tempo and intensity, the front as it lies.

    A front below zero was an army driven back, not land: it starts again from zero. Armies have
    been made good since the last episode.
    """
    war, dtype = params.war, situation.front.dtype
    first, second, *_ = uniforms(streams, day, Purpose.TEMPO, world.dispute_entity, dtype)
    tempo = (
        war.tempo_theatre * world.small_theatre
        + war.tempo_aim * world.limited_aim
        + war.tempo_sd[world.era] * normal(first)
    )
    intensity = jnp.log(war.deaths) + tempo + war.deaths_sd * normal(second)

    def pick(new: Array | float, old: Array) -> Array:
        return jnp.where(begins, new, old)

    return situation._replace(
        status=pick(Status.FIGHTING, situation.status),
        front=pick(jnp.maximum(situation.front, 0), situation.front),
        age=pick(0.0, situation.age),
        fought=pick(0.0, situation.fought),
        buried=pick(situation.buried + situation.deaths, situation.buried),
        deaths=pick(0.0, situation.deaths),
        stock=pick(1.0, situation.stock),
        tempo=pick(tempo, situation.tempo),
        intensity=pick(intensity, situation.intensity),
        asked=situation.asked & ~begins,
    )


def strength(params: Params, world: World, situation: Situation) -> PerSide:
    """Strength of each side now, after losses."""
    return situation.strength * left(params, world.personnel, situation.deaths, situation.stock)


def advance(
    streams: Streams, params: Params, world: World, situation: Situation, first_day: Clock
) -> tuple[Situation, tuple[Array, Array]]:
    """Seven days from `first_day`; returns the situation and each day's status and front."""
    week = _hold(params, world, situation)
    day = Day(*(getattr(situation, name) for name in Day._fields))

    def one(day: Day, offset: Clock) -> tuple[Day, tuple[Array, Array]]:
        day = _live(streams, params, world, week, day, first_day + offset)
        held = jnp.clip(day.front, 0, 1)
        return day, (day.status.astype(jnp.uint8), held)

    day, record = lax.scan(one, day, jnp.arange(DAYS))
    return situation._replace(**day._asdict()), record


def _hold(params: Params, world: World, situation: Situation) -> Week:
    force = strength(params, world, situation)
    ratio = jnp.log(force[Side.CHALLENGER] / force[Side.TARGET])
    return Week(
        superiority=superiority(params, ratio, situation.skill, world.era),
        settled=probability(settlement_hazard(params, situation.mediated, world.era)),
        paused=probability(truce_hazard(params, situation.mediated)),
        tempo=situation.tempo,
        intensity=situation.intensity,
        exchange=situation.exchange,
        personnel=world.personnel,
    )


def _live(
    streams: Streams, params: Params, world: World, week: Week, day: Day, number: Clock
) -> Day:
    """One day: fight, then stop or go on; or keep a truce, or break it."""
    draws = uniforms(streams, number, Purpose.DAY, world.dispute_entity, day.front.dtype)
    shock, crossing, chance, _ = draws
    fighting, truce = day.status == Status.FIGHTING, day.status == Status.TRUCE
    moved = step(params, day.front, week.superiority, week.tempo, normal(shock), crossing)
    settles = chance < week.settled
    pauses = chance < week.settled + (1 - week.settled) * week.paused
    fails = probability(failure_hazard(params, day.age))
    breaks = chance < week.settled + (1 - week.settled) * fails
    after_fight = jnp.where(
        moved.won,
        Status.WON,
        jnp.where(
            moved.repulsed,
            Status.REPULSED,
            jnp.where(settles, Status.SETTLED, jnp.where(pauses, Status.TRUCE, Status.FIGHTING)),
        ),
    )
    after_truce = jnp.where(
        settles, Status.SETTLED, jnp.where(breaks, Status.FIGHTING, Status.TRUCE)
    )
    status = jnp.where(fighting, after_fight, jnp.where(truce, after_truce, day.status))
    force = jnp.maximum(week.personnel - day.deaths, 0)
    dead = jnp.where(fighting, death_rates(force, week.intensity, week.exchange), 0)
    dead = jnp.minimum(dead, force)
    return Day(
        status=status,
        front=jnp.where(fighting, moved.front, day.front),
        age=jnp.where(status == day.status, day.age + 1, 0),
        fought=day.fought + fighting,
        deaths=day.deaths + dead,
        stock=day.stock * jnp.exp(-params.war.equipment * dead / week.personnel),
    )
