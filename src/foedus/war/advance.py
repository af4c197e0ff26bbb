"""A week of the war: seven days of fighting, truce or quiet, and the start of a new episode."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Int

from foedus.core.clock import DAYS
from foedus.core.kinds import Side, Status
from foedus.core.params import Params
from foedus.core.shapes import Clock, Flag, PerColumn, PerSide
from foedus.core.situation import Conflict
from foedus.core.streams import Purpose, Streams, normal, uniforms
from foedus.core.world import Dispute, World
from foedus.war.attrition import death_rates, left, refill, strikes, struck, wear
from foedus.war.ceasefire import (
    ARMISTICE,
    failure_hazard,
    probability,
    settlement_hazard,
    truce_hazard,
)
from foedus.war.front import step, superiority


class Week(NamedTuple):
    """What holds through a week, so that a day need not compute it again."""

    superiority: PerColumn
    settled: PerColumn  # probability a day
    paused: PerColumn  # probability a day of fighting
    tempo: PerColumn
    intensity: PerColumn
    exchange: PerColumn
    wear: PerSide
    refill: PerSide  # share a day of war
    personnel: PerSide
    kept: PerColumn


class Day(NamedTuple):
    """What a day carries: one number a column each."""

    status: Int[Array, " column"]
    front: PerColumn
    age: PerColumn
    fought: PerColumn
    deaths: PerSide
    stock: PerSide


def typical_tempo(params: Params, dispute: Dispute) -> PerColumn:
    """Log tempo that theatre and aim imply, and what the scenario adds."""
    war = params.war
    of_place = war.tempo_theatre * dispute.small_theatre + war.tempo_aim * dispute.limited_aim
    return of_place + dispute.pace


def begin(
    streams: Streams,
    params: Params,
    world: World,
    dispute: Dispute,
    conflict: Conflict,
    day: Clock | int,
    begins: Flag,
) -> Conflict:
    """Start an episode of fighting where `begins`: new tempo and intensity, the front as it lies.

    A front below zero was an army driven back, not land: it starts again from zero. Armies have
    been made good since the last episode. The wish that led to this war is spent on it: what the
    challenger will want next is drawn anew, else it would attack again the month after.
    """
    war, dtype = params.war, conflict.front.dtype
    first, second, third, _ = uniforms(streams, day, Purpose.TEMPO, dispute.entity, dtype)
    tempo = typical_tempo(params, dispute) + war.tempo_sd[world.era] * normal(first)
    intensity = jnp.log(war.deaths) + tempo + war.deaths_sd * normal(second)

    def pick(new: Array | float, old: Array) -> Array:
        return jnp.where(begins, new, old)

    return conflict._replace(
        status=pick(Status.FIGHTING, conflict.status),
        front=pick(jnp.maximum(conflict.front, 0), conflict.front),
        age=pick(0.0, conflict.age),
        fought=pick(0.0, conflict.fought),
        buried=pick(conflict.buried + conflict.deaths, conflict.buried),
        deaths=pick(0.0, conflict.deaths),
        stock=pick(1.0, conflict.stock),
        tempo=pick(tempo, conflict.tempo),
        intensity=pick(intensity, conflict.intensity),
        attack_will=pick(normal(third), conflict.attack_will),
    )


def advance(
    streams: Streams,
    params: Params,
    world: World,
    dispute: Dispute,
    conflict: Conflict,
    first_day: Clock,
) -> tuple[Conflict, tuple[Array, Array]]:
    """Seven days from `first_day`; returns the dispute and each day's status and front."""
    week = _hold(params, world, dispute, conflict)
    day = Day(*(getattr(conflict, name) for name in Day._fields))

    def one(day: Day, offset: Clock) -> tuple[Day, tuple[Array, Array]]:
        day = _live(streams, params, dispute, week, day, first_day + offset)
        held = jnp.clip(day.front, 0, 1)
        return day, (day.status.astype(jnp.uint8), held)

    day, record = lax.scan(one, day, jnp.arange(DAYS))
    return conflict._replace(**day._asdict()), record


def _hold(params: Params, world: World, dispute: Dispute, conflict: Conflict) -> Week:
    losses = left(params, dispute.personnel, conflict.deaths, conflict.stock)
    force = conflict.strength * losses
    ratio = jnp.log(force[Side.CHALLENGER] / force[Side.TARGET])
    hits = strikes(params, dispute, conflict)
    return Week(
        superiority=superiority(params, ratio, conflict.skill, world.era),
        settled=probability(settlement_hazard(params, conflict.effort, world.era)),
        paused=probability(truce_hazard(params, conflict.mediated)),
        tempo=conflict.tempo,
        intensity=conflict.intensity,
        exchange=struck(params, conflict.exchange, hits),
        wear=wear(params, hits),
        refill=refill(params, dispute, conflict.action),
        personnel=dispute.personnel,
        kept=(conflict.keeper >= 0).astype(conflict.front.dtype),
    )


def _live(
    streams: Streams, params: Params, dispute: Dispute, week: Week, day: Day, number: Clock
) -> Day:
    """One day: fight, then stop or go on; or keep a truce, or break it."""
    draws = uniforms(streams, number, Purpose.DAY, dispute.entity, day.front.dtype)
    shock, crossing, chance, _ = draws
    fighting, truce = day.status == Status.FIGHTING, day.status == Status.TRUCE
    moved = step(params, day.front, week.superiority, week.tempo, normal(shock), crossing)
    settles = chance < week.settled
    pauses = chance < week.settled + (1 - week.settled) * week.paused
    fails = probability(failure_hazard(params, day.age, week.kept))
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
    lasts = jnp.where(day.age + 1 >= ARMISTICE, Status.QUIET, Status.TRUCE)
    after_truce = jnp.where(settles, Status.SETTLED, jnp.where(breaks, Status.FIGHTING, lasts))
    status = jnp.where(fighting, after_fight, jnp.where(truce, after_truce, day.status))
    force = jnp.maximum(week.personnel - day.deaths, 0)
    dead = jnp.where(fighting, death_rates(force, week.intensity, week.exchange), 0)
    dead = jnp.minimum(dead, force)
    stock = day.stock * jnp.exp(-week.wear * dead / week.personnel)
    stock = stock + (1 - stock) * jnp.where(fighting | truce, week.refill, 0)
    return Day(
        status=status,
        front=jnp.where(fighting, moved.front, day.front),
        age=jnp.where(status == day.status, day.age + 1, 0),
        fought=day.fought + fighting,
        deaths=day.deaths + dead,
        stock=stock,
    )
