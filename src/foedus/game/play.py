"""One round of decisions: the target asks, third parties act, the challenger weighs an attack."""

from functools import partial
from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jax.scipy.special import ndtr
from jaxtyping import Array, Float, Int

from foedus.core import curves, features
from foedus.core.kinds import Action, Side, Status
from foedus.core.params import Params
from foedus.core.shapes import Flag, PerRun, PerSide, PerState, TreatyFlag
from foedus.core.situation import Moves, Situation
from foedus.core.streams import Streams
from foedus.core.sums import total
from foedus.core.world import World
from foedus.game import payoff, wills
from foedus.game.challenge import ask_probability, attack_and_resist
from foedus.game.joining import Play, Stage, choose, expected, solve_where


class Standing(NamedTuple):
    """What stays the same in every round of a run."""

    utility: Play
    stake: Float[Array, "state run"]
    power: Float[Array, "state run"]
    due: Float[Array, "side treaty run"]
    peers: Float[Array, "side treaty state"]
    wills: wills.Wills


class Outlook(NamedTuple):
    """What the war module lets the players expect.

    Attributes:
        curve: Challenger's win probability by the log strength ratio (`core.curves`).
        left: Share of each side's strength that losses have left.
    """

    curve: Float[Array, "coefficient run"]
    left: Float[Array, "side run"]


def prepare(streams: Streams, params: Params, world: World) -> Standing:
    """Draw the wills and sum the utilities that no round changes."""
    drawn = wills.draw(streams, params, world)
    utility = payoff.standing(params, world)
    shared = {Action.JOIN_TARGET + side: drawn.side[side] for side in Side}
    return Standing(
        utility=tuple(u + shared.get(a, 0) for a, u in zip(Action, utility, strict=True)),
        stake=features.stake(params, world),
        power=features.reach(params, world),
        due=features.duty(params, world),
        peers=_peers(world),
        wills=drawn,
    )


def _peers(world: World) -> Float[Array, "side treaty state"]:
    """Third parties that signed a treaty with each side's principal [side, treaty, state]."""
    principals = jnp.stack(features.principals(world))
    signed = world.member & world.party & world.member[:, principals].T[..., None]
    return signed.astype(world.capability.dtype)


def at_war(situation: Situation) -> Flag:
    """Fighting, or in a truce that may break."""
    return (situation.status == Status.FIGHTING) | (situation.status == Status.TRUCE)


def decides(situation: Situation, reconsiders: Array | bool) -> Flag:
    """Somebody has something to decide: in war always, in peace where land is left to take."""
    return at_war(situation) | ((situation.status != Status.WON) & reconsiders)


def play(
    params: Params,
    world: World,
    situation: Situation,
    standing: Standing,
    outlook: Outlook,
    reconsiders: Array | bool,
) -> tuple[Situation, Moves]:
    """Decide one round; returns the situation with actions and strengths, and the moves.

    Args:
        params: One draw a run.
        world: One column a run.
        situation: At the start of the round.
        standing: What no round changes.
        outlook: What the war module lets the players expect.
        reconsiders: In this round challengers at peace weigh an attack.
    """
    war, needed = at_war(situation), decides(situation, reconsiders)
    asked = situation.asked | (war & _asks(params, world, situation, standing, outlook))
    situation = situation._replace(asked=asked)
    committed = jnp.where(war & (situation.action >= Action.JOIN_TARGET), situation.action, -1)
    stage, owed, weights = _stage(params, world, situation, standing, outlook, committed)
    solved = solve_where(stage, needed)
    challenge = partial(_challenge, params, world, situation, standing, outlook)
    quiet = (jnp.zeros_like(war), jnp.zeros_like(war))
    attacks, yields = lax.cond(
        reconsiders, lambda: challenge(stage, solved.play, owed, weights), lambda: quiet
    )
    attacks = attacks & needed & ~war
    fights = attacks & ~yields
    ready = jnp.where(war, situation.fought, 0) >= standing.wills.delay
    chosen = choose(solved.play, standing.wills.urge, ready, committed)
    acts = world.party[:, None] & (war | fights)
    action = jnp.where(acts, chosen, Action.ABSTAIN)
    moves = Moves(
        action=action,
        asked=asked,
        attacks=fights,
        yields=attacks & yields,
        join_probability=solved.play[Action.JOIN_TARGET],
        owed=owed[Side.TARGET],
        weight=jnp.stack(weights),
        residual=solved.residual,
        sweeps=solved.sweeps,
    )
    return _deploy(params, world, situation, standing, action), moves


def _asks(
    params: Params, world: World, situation: Situation, standing: Standing, outlook: Outlook
) -> TreatyFlag:
    """Target invokes a treaty to which it belongs, whose leader is somebody else [treaty, run]."""
    win = _win(outlook, situation.strength * outlook.left)
    trust = features.trust(params, world, situation, world.target)[world.leader]
    wish = ask_probability(params, win, standing.due[Side.TARGET], trust)
    may = situation.active[:, world.target] & (world.leader != world.target)[:, None]
    return may & (standing.wills.ask < wish)


def _win(outlook: Outlook, strength: PerSide) -> PerRun:
    ratio = jnp.log(strength[Side.CHALLENGER] / strength[Side.TARGET])
    return curves.read(outlook.curve, ratio)


def _stage(
    params: Params,
    world: World,
    situation: Situation,
    standing: Standing,
    outlook: Outlook,
    committed: Int[Array, "state run"],
) -> tuple[Stage, Float[Array, "side state run"], list[PerState]]:
    """The simultaneous stage as it stands; an attack yet to come is thought of as asked for."""
    asked = jnp.where(at_war(situation), situation.asked, True)
    owed = features.obligation(params, world, situation, standing.due, asked)
    types = (standing.wills.steadfast, 1.0, -1.0)
    weights = payoff.duty_weights(params, world, situation, *types)
    restrained = features.restraint(world, situation)
    utility = payoff.promised(params, standing.utility, owed, weights[0], restrained)
    joined = jnp.stack([committed == Action.JOIN_TARGET + side for side in Side])
    fielded = world.local + jnp.stack([total(jnp.where(j, standing.power, 0)) for j in joined])
    stage = Stage(
        utility=utility,
        stake=standing.stake,
        power=standing.power,
        free=world.party[:, None] & (committed < 0),
        joined=joined,
        strength=fielded * outlook.left,
        curve=outlook.curve,
        aid_share=params.joining.aid_share,
        patron_risk=params.joining.patron_risk,
        peer=params.joining.peer,
        peers=standing.peers,
    )
    return stage, owed, weights


def _challenge(
    params: Params,
    world: World,
    situation: Situation,
    standing: Standing,
    outlook: Outlook,
    stage: Stage,
    acts: Play,
    owed: Float[Array, "side state run"],
    weights: list[PerState],
) -> tuple[Flag, Flag]:
    """Would the challenger attack, and would the target then yield?"""
    actual, *types = weights
    trust = features.trust(params, world, situation, world.challenger)
    joins = acts[Action.JOIN_TARGET]
    seen = expected(joins, owed[Side.TARGET], types, actual, trust)
    power = jnp.where(stage.free, standing.power, 0)
    helpers = total(power * seen)
    allies = total(power * acts[Action.JOIN_CHALLENGER])
    strength = stage.strength + jnp.stack([helpers, allies])
    deterrent = jnp.log1p(helpers / stage.strength[Side.TARGET])
    crisis = attack_and_resist(params, _win(outlook, strength), deterrent)
    attacks = ndtr(situation.attack_will) > 1 - crisis.attack
    return attacks, standing.wills.resist > crisis.resist


def _deploy(
    params: Params,
    world: World,
    situation: Situation,
    standing: Standing,
    action: Int[Array, "state run"],
) -> Situation:
    """Strengths at the place, and whether anybody mediates, once everybody has acted."""
    fielded = []
    for side in Side:
        joined = jnp.where(action == Action.JOIN_TARGET + side, 1.0, 0.0)
        aided = jnp.where(action == Action.AID_TARGET + side, params.joining.aid_share, 0.0)
        fielded.append(world.local[side] + total(standing.power * (joined + aided)))
    return situation._replace(
        action=action,
        strength=jnp.stack(fielded),
        mediated=(action == Action.MEDIATE).any(0).astype(situation.front.dtype),
    )
