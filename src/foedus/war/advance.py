"""A week of the war: seven days of fighting, truce or quiet, and the start of a new episode."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Int

from foedus.core.clock import DAYS
from foedus.core.kinds import Side, Status
from foedus.core.params import Params
from foedus.core.shapes import Clock, Flag, PerArms, PerColumn, PerSide
from foedus.core.situation import Conflict
from foedus.core.streams import Purpose, Streams, normal, uniforms
from foedus.core.world import Dispute, World
from foedus.war.attrition import Wear, death_rates, left, refill, strikes, struck, wear, worn
from foedus.war.ceasefire import (
    ARMISTICE,
    failure_hazard,
    firmness,
    probability,
    settlement_hazard,
    signing,
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
    wear: Wear
    refill: PerArms  # share a day of war
    personnel: PerSide
    kept: PerColumn
    signs: Flag  # a truce that begins this week
    leverage: PerColumn


class Day(NamedTuple):
    """What a day carries: one number a column each."""

    status: Int[Array, " column"]
    front: PerColumn
    age: PerColumn
    fought: PerColumn
    deaths: PerSide
    stock: PerArms
    signed: Flag
    broker: PerColumn


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
    week = _hold(streams, params, world, dispute, conflict, first_day)
    day = Day(*(getattr(conflict, name) for name in Day._fields))

    def one(day: Day, offset: Clock) -> tuple[Day, tuple[Array, Array]]:
        day = _live(streams, params, dispute, week, day, first_day + offset)
        held = jnp.clip(day.front, 0, 1)
        return day, (day.status.astype(jnp.uint8), held)

    day, record = lax.scan(one, day, jnp.arange(DAYS))
    return conflict._replace(**day._asdict()), record


def _hold(
    streams: Streams,
    params: Params,
    world: World,
    dispute: Dispute,
    conflict: Conflict,
    first_day: Clock,
) -> Week:
    force = conflict.strength * left(params, dispute, conflict)
    ratio = jnp.log(force[Side.CHALLENGER] / force[Side.TARGET])
    sign, *_ = uniforms(streams, first_day, Purpose.SIGN, dispute.entity, conflict.front.dtype)
    return Week(
        superiority=superiority(params, ratio, conflict.skill, world.era),
        settled=probability(settlement_hazard(params, conflict.effort, world.era)),
        paused=probability(truce_hazard(params, conflict.mediated)),
        tempo=conflict.tempo,
        intensity=conflict.intensity,
        exchange=struck(params, conflict.exchange, strikes(dispute, conflict.stock)),
        wear=wear(params, dispute, conflict.stock),
        refill=refill(params, dispute, conflict.action),
        personnel=dispute.personnel,
        kept=(conflict.keeper >= 0).astype(conflict.front.dtype),
        signs=sign < signing(params, conflict.leverage),
        leverage=conflict.leverage,
    )


def _live(
    streams: Streams, params: Params, dispute: Dispute, week: Week, day: Day, number: Clock
) -> Day:
    """One day: fight, then stop or go on; or keep a truce, or break it and fight.

    What a day decides on which a truce breaks is on record as the end of the next.
    """
    draws = uniforms(streams, number, Purpose.DAY, dispute.entity, day.front.dtype)
    shock, crossing, chance, _ = draws
    fighting, truce = day.status == Status.FIGHTING, day.status == Status.TRUCE
    firm = firmness(params, day.signed, week.kept, day.broker)
    fails = probability(failure_hazard(params, day.age, firm))
    settles = chance < week.settled
    turns = chance < week.settled + (1 - week.settled) * jnp.where(truce, fails, week.paused)
    breaks = truce & turns & ~settles
    fights = fighting | breaks
    moved = step(params, day.front, week.superiority, week.tempo, normal(shock), crossing)
    stops = jnp.where(settles, Status.SETTLED, jnp.where(turns, Status.TRUCE, Status.FIGHTING))
    after_fight = jnp.where(
        moved.won, Status.WON, jnp.where(moved.repulsed, Status.REPULSED, stops)
    )
    lasts = jnp.where(day.age + 1 >= ARMISTICE, Status.QUIET, Status.TRUCE)
    after_truce = jnp.where(settles, Status.SETTLED, jnp.where(turns, Status.FIGHTING, lasts))
    status = jnp.where(fighting, after_fight, jnp.where(truce, after_truce, day.status))
    begins = fighting & (status == Status.TRUCE)
    force = jnp.maximum(week.personnel - day.deaths, 0)
    dead = jnp.where(fights, death_rates(force, week.intensity, week.exchange), 0)
    dead = jnp.minimum(dead, force)
    stock = worn(day.stock, week.wear, dead / week.personnel, fights)
    return Day(
        status=status,
        front=jnp.where(fights, moved.front, day.front),
        age=jnp.where(status == day.status, day.age + 1, 0),
        fought=day.fought + fights,
        deaths=day.deaths + dead,
        stock=stock + (1 - stock) * jnp.where(fighting | truce, week.refill, 0),
        signed=jnp.where(begins, week.signs, day.signed),
        broker=jnp.where(begins, week.leverage, day.broker),
    )
