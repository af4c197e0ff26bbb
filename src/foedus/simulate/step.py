"""One week of a history, written once: decide, fight seven days, draw the lessons.

Everything below is a pure function of arrays that end in the axis `run`.
"""

import jax.numpy as jnp
import numpy as np

from foedus.alliance.revise import over, revise
from foedus.core.clock import DAYS, MONTH, drift
from foedus.core.groups import where_needed
from foedus.core.kinds import Action, Side, Status
from foedus.core.params import Params
from foedus.core.shapes import Clock, Flag, PerRun
from foedus.core.situation import Moves, Situation, Trajectories
from foedus.core.streams import Purpose, Streams, normal, uniforms
from foedus.core.world import World
from foedus.game.play import Outlook, Standing, at_war, decides, play
from foedus.war.advance import advance, begin
from foedus.war.attrition import left
from foedus.war.ceasefire import MEDIATED_SHARE, settlement_hazard
from foedus.war.front import outlook


def initial(streams: Streams, params: Params, world: World) -> Situation:
    """Situation on day 0: treaties as signed, and the dispute as the scenario has it."""
    dtype = world.capability.dtype
    runs, (treaties, states) = streams.run.shape[0], world.member.shape
    zeros, none = jnp.zeros(runs, dtype), jnp.zeros((states, runs), dtype)
    skill, exchange = _quality(streams, params, world, dtype)
    wish, *_ = uniforms(streams, 0, Purpose.ATTACK, world.dispute_entity, dtype)
    edge = world.treaty_entity[:, None] ^ world.state_entity
    stay, *_ = uniforms(streams, 0, Purpose.STAY, edge, dtype)
    situation = Situation(
        status=jnp.full(runs, Status.QUIET, jnp.int32),
        front=zeros + world.front,
        age=zeros,
        fought=zeros,
        deaths=jnp.zeros((len(Side), runs), dtype),
        buried=jnp.zeros((len(Side), runs), dtype),
        stock=jnp.ones((len(Side), runs), dtype),
        strength=jnp.broadcast_to(world.local, (len(Side), runs)),
        mediated=zeros,
        tempo=zeros,
        intensity=zeros,
        skill=skill,
        exchange=exchange,
        action=jnp.full((states, runs), Action.ABSTAIN, jnp.int32),
        asked=jnp.zeros((treaties, runs), bool),
        active=jnp.broadcast_to(world.member[..., None], (treaties, states, runs)),
        unaided=jnp.zeros((treaties, runs), bool),
        evidence=none,
        attack_will=normal(wish),
        stay_will=normal(stay),
    )
    return begin(streams, params, world, situation, 0, jnp.broadcast_to(world.ignites, (runs,)))


def _quality(
    streams: Streams, params: Params, world: World, dtype: np.dtype | type
) -> tuple[PerRun, PerRun]:
    """Unseen skill and the exchange ratio that goes with it (t with six degrees of freedom)."""
    skilled, other, *_ = uniforms(streams, 0, Purpose.WAR, world.dispute_entity, dtype)
    tails = uniforms(streams, 0, Purpose.EXCHANGE, world.dispute_entity, dtype)
    own, rho = params.war, params.war.exchange_skill
    z = normal(skilled)
    mixed = rho * z + jnp.sqrt(1 - rho**2) * normal(other)
    six = -2 * (jnp.log(tails[0]) + jnp.log(tails[1]) + jnp.log(tails[2]))  # chi-square
    return own.skill_sd * z, own.exchange + own.exchange_sd * mixed / jnp.sqrt(six / 6)


def week(
    streams: Streams,
    params: Params,
    world: World,
    standing: Standing,
    situation: Situation,
    number: Clock,
) -> tuple[Situation, Trajectories]:
    """Live one week; returns the situation at its end and what is recorded of it."""
    day = number * DAYS
    month = number % MONTH == 0
    foresight = _foresee(params, world, situation, decides(situation, month))
    situation, moves = play(params, world, situation, standing, foresight, month)
    situation = begin(streams, params, world, situation, day, moves.attacks)
    situation = _cede(situation, moves)
    fought = at_war(situation)
    situation, (status, front) = advance(streams, params, world, situation, day)
    ended = fought & over(situation.status)
    situation = revise(streams, params, world, situation, moves, ended, number)
    situation = _turn(streams, params, world, situation, day)
    record = Trajectories(
        status=status,
        front=front,
        deaths=situation.buried + situation.deaths,
        action=moves.action.astype(jnp.uint8),
        asked=moves.asked,
        active=situation.active,
        residual=jnp.where(fought, moves.residual, 0),
    )
    return situation, record


def _foresee(params: Params, world: World, situation: Situation, needed: Flag) -> Outlook:
    """What the war module lets players expect: of this war, or of one that began today.

    Only where somebody decides; elsewhere the curve is 0 and nobody reads it.
    """
    fought = at_war(situation)
    typical = params.war.tempo_theatre * world.small_theatre
    typical = typical + params.war.tempo_aim * world.limited_aim
    mediated = jnp.where(fought, situation.mediated, MEDIATED_SHARE)
    seen = (
        jnp.where(fought, situation.front, jnp.maximum(situation.front, 0)),
        jnp.where(fought, situation.tempo, typical),
        settlement_hazard(params, mediated, world.era),
    )
    curve = where_needed(
        lambda part: outlook(params._replace(war=part[0]), *part[1], world.era),
        (params.war, seen),
        needed,
    )
    losses = left(params, world.personnel, situation.deaths, situation.stock)
    return Outlook(curve, jnp.where(fought, losses, 1.0))


def _cede(situation: Situation, moves: Moves) -> Situation:
    """Land given up without a fight, on the day it is demanded."""
    return situation._replace(
        status=jnp.where(moves.yields, Status.WON, situation.status),
        front=jnp.where(moves.yields, 1.0, situation.front),
    )


def _turn(
    streams: Streams,
    params: Params,
    world: World,
    situation: Situation,
    day: Clock,
) -> Situation:
    """What a week leaves behind: a wish to attack that has drifted."""
    shock, *_ = uniforms(
        streams, day + DAYS, Purpose.ATTACK, world.dispute_entity, situation.front.dtype
    )
    will = drift(situation.attack_will, normal(shock), params.crisis.half_life, DAYS)
    return situation._replace(attack_will=will)
