"""One round of decisions: the target asks, third parties act, the challenger weighs an attack."""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jax.scipy.special import ndtr, ndtri
from jaxtyping import Array, Bool, Float, Int

from foedus.core import curves, features
from foedus.core.clock import DAYS
from foedus.core.kinds import Action, Grade, Obligation, Side, Status
from foedus.core.params import Params
from foedus.core.shapes import Flag, PerColumn, PerSide, PerState, PerTreaty, StateFlag
from foedus.core.situation import Alliances, Conflict, Moves
from foedus.core.streams import Streams
from foedus.core.sums import total
from foedus.core.world import Dispute, World
from foedus.game import payoff, wills
from foedus.game.challenge import (
    Crisis,
    ask_probability,
    attack_and_resist,
    hazard,
    may_attack,
    readiness,
)
from foedus.game.joining import NO_POWER, Play, Stage, aided, choose, expected, solve
from foedus.game.mediation import mediation, patrons


class Standing(NamedTuple):
    """What stays the same in every round of a dispute, but for pressures at home (`pressed`)."""

    utility: Play
    stake: Float[Array, "state column"]
    reach: Float[Array, "state column"]
    due: Float[Array, "side treaty column"]
    law: Float[Array, "reading treaty column"]
    due_home: Float[Array, "side treaty column"]
    law_home: Float[Array, "reading treaty column"]
    watched: Float[Array, "state column"]
    rents: Float[Array, "state column"]
    wills: wills.Wills


class Outlook(NamedTuple):
    """What the war module lets the players expect.

    Attributes:
        curve: Challenger's win probability by the log strength ratio (`core.curves`).
        left: Share of each side's strength that losses have left.
    """

    curve: Float[Array, "coefficient column"]
    left: Float[Array, "side column"]


class Odds(NamedTuple):
    """The probabilities behind the moves, for whoever asks why.

    Attributes:
        play: Of each action of each third party.
        ask: That the target invokes each treaty.
        attack: That the challenger attacks; 0 where it does not consider it.
        held: Share that a patron has taken away of it.
        resist: That the target would resist.
        win: That the challenger reaches its aim, with the forces at the place.
        trust: Target's trust in each ally.
        felt: What each state feels that it owes each side.
    """

    play: Float[Array, "action state column"]
    ask: Float[Array, "treaty column"]
    attack: Float[Array, " column"]
    held: Float[Array, " column"]
    resist: Float[Array, " column"]
    win: Float[Array, " column"]
    trust: Float[Array, "state column"]
    felt: Float[Array, "side state column"]


def prepare(streams: Streams, params: Params, world: World, dispute: Dispute) -> Standing:
    """Draw the wills and sum the utilities that no round changes."""
    drawn = wills.draw(streams, params, world, dispute)
    home = features.at_home(dispute)
    return Standing(
        utility=payoff.standing(params, world, dispute, drawn.side),
        stake=features.stake(params, dispute),
        reach=features.reach(params, world, dispute),
        due=features.duty(params, world, dispute),
        law=features.law(params, world, dispute),
        due_home=features.duty(params, world, home),
        law_home=features.law(params, world, home),
        watched=features.watched(world, dispute),
        rents=jnp.where(dispute.party, features.rents(params, dispute), 0),
        wills=drawn,
    )


def pressed(
    params: Params, dispute: Dispute, standing: Standing, now: features.Pressure
) -> Standing:
    """The same in a week: what fighting costs at home now, and how much of a state is free."""
    return standing._replace(
        utility=payoff.burdened(params, dispute, standing.utility, now.burden),
        reach=standing.reach * now.free,
    )


def at_war(conflict: Conflict) -> Flag:
    """Fighting, or in a truce that may break."""
    return (conflict.status == Status.FIGHTING) | (conflict.status == Status.TRUCE)


def decides(
    params: Params, dispute: Dispute, conflict: Conflict, reconsiders: Array | bool
) -> Flag:
    """Somebody has something to decide: in war always; in peace where an attack is thinkable."""
    idle = ~at_war(conflict) & (conflict.status != Status.WON) & dispute.open_
    thinks = may_attack(params, _ready(params, dispute, conflict), conflict.attack_will)
    return at_war(conflict) | (idle & thinks & reconsiders)


def _ready(params: Params, dispute: Dispute, conflict: Conflict) -> PerColumn:
    kept = (conflict.keeper >= 0).astype(dispute.grievance.dtype)
    return readiness(params, dispute.grievance, kept, conflict.seen)


class _Round(NamedTuple):
    """What the functions of a round share."""

    params: Params
    world: World
    dispute: Dispute
    conflict: Conflict
    standing: Standing
    outlook: Outlook
    war: Bool[Array, " column"]
    active: Bool[Array, "treaty state column"]
    esteem: Float[Array, "state column"]  # trust, as the target holds it
    power: Float[Array, "state column"]  # added within the time players plan for

    @property
    def due(self) -> Float[Array, "side treaty column"]:
        """How far each treaty's duty to each side is felt, by what has been struck."""
        standing, struck = self.standing, self.conflict.across[::-1]
        return _in_play(struck, standing.due, standing.due_home)

    @property
    def target(self) -> StateFlag:
        return features.principals(self.world, self.dispute)[Side.TARGET]

    @property
    def challenger(self) -> StateFlag:
        return features.principals(self.world, self.dispute)[Side.CHALLENGER]


def play(
    params: Params,
    world: World,
    dispute: Dispute,
    alliances: Alliances,
    conflict: Conflict,
    standing: Standing,
    outlook: Outlook,
    reconsiders: Array | bool,
    first: Array | bool = False,
) -> tuple[Conflict, Moves, Odds]:
    """Decide one round; returns the dispute with actions and strengths, the moves, their odds.

    A dispute that is quiet on day 0 is known to be: a challenger whose drawn wish would have it
    attack at once is given one of those that would not.

    Args:
        params: One draw a column.
        world: States and treaties.
        dispute: The slots.
        alliances: Memberships in force, what is known of allies.
        conflict: At the start of the round.
        standing: What no round changes.
        outlook: What the war module lets the players expect.
        reconsiders: In this round challengers at peace weigh an attack.
        first: This is the round of day 0.
    """
    target, _ = features.principals(world, dispute)
    here = _Round(
        params, world, dispute, conflict, standing, outlook, at_war(conflict),
        active=features.bound(alliances.membership),
        esteem=_trust(params, world, alliances, target),
        power=features.arrives(
            params, standing.reach, conflict.present, features.PLAN, dispute.route
        ) - features.garrison(params, dispute),
    )  # fmt: skip
    war, win = here.war, _win(outlook, conflict.strength * outlook.left)
    ask = _ask(here, win)
    asked = conflict.asked | (war[None] & (standing.wills.ask < ask))
    committed = jnp.where(war & (conflict.action >= Action.JOIN_TARGET), conflict.action, -1)
    stage, made, weights, waits = _stage(here, asked, committed)
    solved = solve(stage)
    crisis = _crisis(here, stage, solved.play, made.owed[Side.TARGET], weights, alliances)
    rentiers = patrons(
        params, standing.rents, dispute.arms[Side.CHALLENGER], hazard(params, crisis.attack)
    )
    attack = crisis.attack * (1 - rentiers.held)
    wants = reconsiders & ~war & (ndtr(conflict.attack_will) > 1 - attack)
    calm = ndtri(standing.wills.calm * (1 - attack))
    attacks, will = wants & ~first, jnp.where(wants & first, calm, conflict.attack_will)
    yields = attacks & (standing.wills.resist > crisis.resist)
    ready = jnp.where(war, conflict.fought, 0) >= standing.wills.delay
    chosen = choose(solved.play, standing.wills.urge, ready, committed)
    acts = dispute.party & (war | (attacks & ~yields))
    action = jnp.where(acts, chosen, Action.ABSTAIN)
    moves = Moves(
        action=action,
        asked=asked,
        attacks=attacks & ~yields,
        yields=yields,
        enters=(action >= Action.JOIN_TARGET) & (committed < 0),
        helps=jnp.stack([solved.play[Action.of(grade, Side.TARGET)] for grade in Grade]),
        duty=_duties(params),
        felt=made.owed[Side.TARGET],
        owed=_owed_by_reading(here, waits),
        weight=jnp.stack(weights),
        residual=solved.residual,
    )
    odds = Odds(
        play=jnp.stack(solved.play),
        ask=jnp.where(war, ask, 0),
        attack=jnp.where(reconsiders & ~war, attack, 0),
        held=jnp.where(reconsiders & ~war, rentiers.held, 0),
        resist=jnp.where(reconsiders & ~war, crisis.resist, 0),
        win=win,
        trust=here.esteem,
        felt=made.owed,
    )
    would = solved.play[Action.MEDIATE]
    after = _deploy(here, action, would, alliances.influence, rentiers.effort)
    return after._replace(asked=asked, attack_will=will), moves, odds


def _trust(params: Params, world: World, alliances: Alliances, observer: StateFlag) -> PerState:
    """Trust of an observer in each ally, by all that has been done and said so far."""
    news = features.news(params, world, alliances, observer)
    return features.trust(params, world, news, observer)


def _duties(params: Params) -> Float[Array, "grade column"]:
    """Weight of a duty on each grade of help, as a share of its weight on combat."""
    rungs = payoff.ladder(params)
    like = params.joining.aid_duty
    return jnp.stack([jnp.broadcast_to(rungs[grade].duty, like.shape) for grade in Grade])


def _in_play(struck: Bool[Array, "... column"], here: Array, home: Array) -> Array:
    """What treaties ask: as for the place, and once a side's own land is struck as for that too."""
    return jnp.where(struck[:, None], jnp.maximum(here, home), here)


def _owed_by_reading(here: _Round, waits: PerTreaty) -> Float[Array, "reading state column"]:
    """What each state owes the target's side under the narrow and the wide reading."""
    standing, struck = here.standing, here.conflict.across[Side.CHALLENGER]
    laws = _in_play(struck[None], standing.law, standing.law_home)
    owed = [features.owed(law * waits, here.active, here.target) for law in laws]
    return _drawn_in(here, jnp.stack(owed), lambda: _owed_spread(here, Side.TARGET)[1:])


def threatened(world: World, dispute: Dispute, alliances: Alliances, standing: Standing) -> PerSide:
    """What the allies of each side would feel they owe it, asked, if its own land were struck."""
    active = features.bound(alliances.membership)
    sides = zip(standing.due_home, features.principals(world, dispute), strict=True)
    owed = [features.owed(due, active, who) for due, who in sides]
    return jnp.stack([jnp.where(dispute.party, one, 0).max(0) for one in owed])


def fighters(
    params: Params,
    world: World,
    dispute: Dispute,
    alliances: Alliances,
    action: Int[Array, "state column"],
) -> tuple[PerSide, Flag]:
    """What others would owe the outsiders who fight for each side if their land were struck.

    Returns:
        The most that a third party would feel it owes, 0 to 1, and 0 where not both sides have
        outsiders; whether they have.
    """
    active, fights = features.bound(alliances.membership), _does(action, Grade.COMBAT)
    clash = fights.any(1).all(0)

    def most() -> PerSide:
        due, _ = features.own_land(params, world)
        owed = [features.owed_fighters(due, active, side) for side in fights]
        third = [jnp.where(dispute.party & clash, one, 0).max(0) for one in owed]
        return jnp.stack(third)

    none = jnp.zeros((len(Side), *clash.shape), params.joining.disputed.dtype)
    return lax.cond(clash.any(), most, lambda: none), clash


def _drawn_in(here: _Round, owed: Array, spread: Callable[[], Array]) -> Array:
    """The most of what states owe and of what `spread` adds where outsiders' own land was struck.

    It seldom is, and the work is left out where it is in no column.
    """
    return lax.cond(here.conflict.spread.any(), lambda: jnp.maximum(owed, spread()), lambda: owed)


def _owed_spread(here: _Round, side: Side) -> Float[Array, "3 state column"]:
    """What each state owes the outsiders of a side whose own land has been struck.

    As it feels it, and under the narrow and the wide reading.
    """
    fights = (here.conflict.action == Action.of(Grade.COMBAT, side)) & here.war
    felt, by_reading = features.own_land(here.params, here.world)
    owed = [features.owed_fighters(due, here.active, fights) for due in (felt, *by_reading)]
    return jnp.where(here.conflict.spread[side], jnp.stack(owed), 0)


def _ask(here: _Round, win: PerColumn) -> PerTreaty:
    """Probability that the target invokes each treaty that binds it, led by somebody else."""
    leader = here.world.leader
    wish = ask_probability(here.params, win, here.due[Side.TARGET], here.esteem[leader])
    led = leader[:, None] == here.dispute.target
    return jnp.where(features.of_state(here.active, here.target) & ~led, wish, 0)


def _win(outlook: Outlook, strength: PerSide) -> PerColumn:
    ratio = jnp.log(strength[Side.CHALLENGER] / strength[Side.TARGET])
    return curves.read(outlook.curve, ratio)


def _stage(
    here: _Round, asked: Bool[Array, "treaty column"], committed: Int[Array, "state column"]
) -> tuple[Stage, payoff.Promises, list[PerState], PerTreaty]:
    """The simultaneous stage as it stands; an attack yet to come is thought of as asked for."""
    params, world, dispute, standing = here.params, here.world, here.dispute, here.standing
    waits = features.waits(params, world, asked | ~here.war)
    due = jnp.stack([here.due[Side.TARGET] * waits, here.due[Side.CHALLENGER]])
    made = payoff.promises(world, dispute, here.active, due)

    def spread() -> Array:
        return jnp.stack([_owed_spread(here, side)[0] for side in Side])

    made = made._replace(owed=_drawn_in(here, made.owed, spread))
    types = (standing.wills.steadfast, 1.0, -1.0)
    weights = payoff.duty_weights(params, world.year, standing.watched, here.esteem, *types)
    joined = jnp.stack([committed == Action.JOIN_TARGET + side for side in Side])
    fielded = features.fielded(params, dispute, joined[Side.CHALLENGER]) + jnp.stack(
        [total(jnp.where(j, here.power, 0)) for j in joined]
    )
    rungs = payoff.ladder(params).values()
    against = payoff.horror(here.conflict.across, here.conflict.civilians)
    utility = payoff.promised(params, standing.utility, made, weights[0])
    stage = Stage(
        utility=payoff.outraged(params, utility, against),
        stake=standing.stake,
        power=jnp.maximum(here.power, NO_POWER),  # of it a logarithm is taken
        free=dispute.party & (committed < 0),
        joined=joined,
        strength=fielded * here.outlook.left,
        curve=here.outlook.curve,
        shares=tuple(rung.share for rung in rungs),
        exposures=tuple(rung.exposure for rung in rungs),
        patron_risk=params.joining.patron_risk,
        peer=params.joining.peer,
        peers=_peers(world, dispute, here.power.dtype),
    )
    return stage, made, weights, waits


def _peers(
    world: World, dispute: Dispute, dtype: jnp.dtype
) -> Float[Array, "side treaty state column"]:
    """Third parties that signed a promise of help with each side's principal."""
    kinds = jnp.array([Obligation.DEFENSE, Obligation.OFFENSE, Obligation.CONSULTATION])
    helps = (world.promise[:, kinds] > 0).any(1)
    signed = (world.member & helps[:, None])[..., None]
    with_ = [features.of_state(signed, p)[:, None] for p in features.principals(world, dispute)]
    return jnp.stack([(signed & dispute.party & w).astype(dtype) for w in with_])


def _crisis(
    here: _Round,
    stage: Stage,
    acts: Play,
    owed: PerState,
    weights: list[PerState],
    alliances: Alliances,
) -> Crisis:
    """Would the challenger attack, and would the target resist, as the challenger sees allies?"""
    params, (actual, *types) = here.params, weights
    trust = _trust(params, here.world, alliances, here.challenger)
    seen = expected(acts[Action.JOIN_TARGET], owed, types, actual, trust)
    power = jnp.where(stage.free, here.power, 0)
    helpers, allies = total(power * seen), total(power * acts[Action.JOIN_CHALLENGER])
    strength = stage.strength + jnp.stack([helpers, allies]) + aided(stage, acts)
    deterrent = jnp.log1p(helpers / stage.strength[Side.TARGET])
    ready = _ready(params, here.dispute, here.conflict)
    return attack_and_resist(params, ready, _win(here.outlook, strength), deterrent)


def _deploy(
    here: _Round,
    action: Int[Array, "state column"],
    would: PerState,
    influence: PerState,
    effort: PerState,
) -> Conflict:
    """Forces at the place, and what mediators do, once everybody has acted.

    Who deploys or fights brings what lift allows in a week; who stays away leaves things as
    they are.
    """
    params, conflict, standing = here.params, here.conflict, here.standing
    own = here.params.joining
    moves = _does(action, Grade.DEPLOYMENT) | _does(action, Grade.COMBAT)
    route = here.dispute.route
    arrived = features.arrives(params, standing.reach, conflict.present, DAYS, route)
    present = jnp.where(moves.any(0), arrived, conflict.present)
    fights, denied, aids = (_does(action, g) for g in (Grade.COMBAT, Grade.DENIABLE, Grade.AID))
    shared = jnp.where(denied, own.deniable_share, 0) + jnp.where(aids, own.aid_share, 0)
    adds = jnp.stack([present - features.garrison(params, here.dispute), present])
    brought = jnp.where(fights, adds, here.power * shared)
    fielded = features.fielded(params, here.dispute, fights[Side.CHALLENGER])
    mediates = action == Action.MEDIATE
    mediated = mediation(params, effort, mediates, would, influence)
    return conflict._replace(
        action=action,
        present=present,
        strength=fielded + jnp.stack([total(part) for part in brought]),
        mediated=mediated.word,
        effort=mediated.effort,
        leverage=mediated.leverage,
    )


def _does(action: Int[Array, "state column"], grade: Grade) -> Bool[Array, "side state column"]:
    """Who goes exactly so far for each side."""
    return jnp.stack([action == Action.of(grade, side) for side in Side])
