"""One week of a history, written once: decide, fight seven days, draw the lessons.

Everything below is a pure function of arrays. Mechanisms work on columns, one dispute of one run
each; only alliances, which all disputes of a run share, have one entry a run.
"""

from functools import reduce
from operator import add, or_
from typing import NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from foedus.alliance import order
from foedus.alliance.realignment import Wishes, everywhere, wishes
from foedus.alliance.reputation import news
from foedus.alliance.revise import Week, fell_out, learn, month, over, start, unhelped
from foedus.core.clock import DAYS, MONTH, drift
from foedus.core.features import Pressure, bound, fielded, pressure, principals
from foedus.core.groups import where_needed
from foedus.core.kinds import TROOPS, Action, Arms, Side, Status
from foedus.core.params import Params
from foedus.core.shapes import Clock, Flag, PerColumn
from foedus.core.situation import Alliances, Conflict, Moves, Situation, Trajectories
from foedus.core.streams import Purpose, Streams, normal, uniforms
from foedus.core.world import DRAWN, Dispute, World
from foedus.game.play import (
    Odds,
    Outlook,
    Standing,
    at_war,
    decides,
    fighters,
    play,
    prepare,
    pressed,
    threatened,
)
from foedus.war.advance import advance, begin, typical_tempo
from foedus.war.attrition import left
from foedus.war.ceasefire import MEDIATED_SHARE, settlement_hazard, terms
from foedus.war.escalation import across_hazard, escalate, spill_hazard
from foedus.war.front import outlook
from foedus.war.peacekeeping import NOBODY, come, leave, mandate


class Columns(NamedTuple):
    """What stays the same in every week of each column.

    Attributes:
        run: Number of its run.
        params: Its draw.
        dispute: Its slot.
        standing: What no round of decisions changes.
    """

    run: Array
    params: Params
    dispute: Dispute
    standing: Standing


class Lived(NamedTuple):
    """What a week gives for each column: the dispute at its end, and the record of it."""

    conflict: Conflict
    status: Array
    front: Array
    action: Int[Array, "state column"]
    asked: Bool[Array, "treaty column"]
    across: Bool[Array, "side column"]
    spread: Bool[Array, "side column"]
    residual: Float[Array, " column"]
    news: Float[Array, "type reading ally column"]
    unhelped: Bool[Array, "treaty column"]
    fell_out: Bool[Array, "treaty column"]
    brokered: Bool[Array, "state column"]
    unanswered: Bool[Array, " column"]


class Behind(NamedTuple):
    """What lies behind the decisions of a week in one dispute.

    Attributes:
        decided: Whether anybody had something to decide.
        odds: Probabilities of the decisions.
        strength: Of each side at the place, before losses.
        left: Share of it that losses had left.
        present: Of each third party at the place.
        attack_will: Challenger's unexplained wish, standard normal.
        mediated: What mediators multiply the hazard of a truce by.
        effort: Theirs for a settlement.
        leverage: Influence of the one whose word weighs most.
        signed: The parties have signed the week's last truce.
        broker: Leverage of who brokered it.
        burden: Cost at home that dated pressures and a rising add for each state.
    """

    decided: Bool[Array, " column"]
    odds: Odds
    strength: Float[Array, "side column"]
    left: Float[Array, "side column"]
    present: Float[Array, "state column"]
    attack_will: Float[Array, " column"]
    mediated: Float[Array, " column"]
    effort: Float[Array, " column"]
    leverage: Float[Array, " column"]
    signed: Bool[Array, " column"]
    broker: Float[Array, " column"]
    burden: Float[Array, "state column"]


class Ledger(NamedTuple):
    """Of one run, what lies behind each decision of a week.

    Attributes:
        disputes: In each dispute; the last axis is `dispute`.
        wishes: To hedge, suspend, leave or come in, in weeks that end a month, else 0.
        will: What is unexplained in them, standard normal.
    """

    disputes: Behind
    wishes: Wishes
    will: Float[Array, "treaty state"]


_Tree = TypeVar("_Tree")


def tile(tree: _Tree, slots: int) -> _Tree:
    """Entries of each run, once for every slot: from [..., run] to [..., column]."""
    return jax.tree.map(lambda a: jnp.concatenate([a] * slots, axis=-1), tree)


def columns(streams: Streams, params: Params, world: World) -> Columns:
    """What stays the same for each column of a block; `world.dispute` has one column already."""
    slots = world.dispute.entity.shape[-1] // streams.run.shape[0]
    run, own = tile(streams.run, slots), tile(params, slots)
    wide = world._replace(capability=tile(world.capability, slots))
    standing = prepare(Streams(streams.seed, run), own, wide, world.dispute)
    return Columns(run, own, world.dispute, standing)


def initial(streams: Streams, world: World, own: Columns) -> Situation:
    """Situation on day 0: treaties as signed, and each dispute as the scenario has it."""
    dispute, dtype = own.dispute, own.dispute.front.dtype
    here = Streams(streams.seed, own.run)
    skill, exchange = _quality(here, own.params, dispute, dtype)
    wish, *_ = uniforms(here, 0, Purpose.ATTACK, dispute.entity, dtype)
    zeros, states = jnp.zeros_like(dispute.front), world.state_entity.shape[0]
    sides, count = jnp.zeros((len(Side), *zeros.shape), dtype), zeros.shape[0]
    conflict = Conflict(
        status=jnp.where(dispute.open_, Status.QUIET, Status.WON).astype(jnp.int32),
        front=dispute.front,
        age=zeros,
        fought=zeros,
        deaths=sides,
        buried=sides,
        stock=jnp.ones((len(Arms), *sides.shape), dtype),
        strength=fielded(own.params, dispute),
        present=dispute.in_place,
        mediated=zeros,
        effort=zeros,
        leverage=zeros,
        signed=jnp.zeros(count, bool),
        broker=zeros,
        tempo=zeros,
        intensity=zeros,
        skill=skill,
        exchange=exchange,
        action=jnp.full((states, count), Action.ABSTAIN, jnp.int32),
        asked=jnp.zeros((world.treaty_entity.shape[0], count), bool),
        keeper=jnp.full(count, NOBODY, jnp.int32),
        mandate=zeros,
        attack_will=normal(wish),
        across=jnp.zeros(sides.shape, bool),
        spread=jnp.zeros(sides.shape, bool),
        civilians=sides,
        seen=zeros,
    )
    conflict = begin(here, own.params, world, dispute, conflict, 0, dispute.ignites)
    by_run = jax.tree.map(lambda a: a[..., : streams.run.shape[0]], own.params)  # the first slot's
    alliances = start(streams, by_run, world, dtype)
    troops = troops_of(dispute, conflict, streams.run.shape[0])
    return Situation(conflict, order.first(by_run, world, alliances, troops))


def _quality(
    streams: Streams, params: Params, dispute: Dispute, dtype: np.dtype | type
) -> tuple[PerColumn, PerColumn]:
    """Unseen skill and the exchange ratio that goes with it (t with six degrees of freedom)."""
    skilled, other, *_ = uniforms(streams, 0, Purpose.WAR, dispute.entity, dtype)
    tails = uniforms(streams, 0, Purpose.EXCHANGE, dispute.entity, dtype)
    own, rho = params.war, params.war.exchange_skill
    z = normal(skilled)
    mixed = rho * z + jnp.sqrt(1 - rho**2) * normal(other)
    six = -2 * (jnp.log(tails[0]) + jnp.log(tails[1]) + jnp.log(tails[2]))  # chi-square
    return own.skill_sd * z, own.exchange + own.exchange_sd * mixed / jnp.sqrt(six / 6)


def week(
    streams: Streams,
    params: Params,
    world: World,
    own: Columns,
    watched: Int[Array, ""],
    situation: Situation,
    number: Clock,
) -> tuple[Situation, tuple[Trajectories, Ledger]]:
    """Live one week of every run.

    Args:
        streams: Seed and runs.
        params: One draw a run.
        world: One column a run, its disputes one a column.
        own: What stays the same for each column.
        watched: Run whose decisions are written down.
        situation: At the start of the week.
        number: Of the week.

    Returns:
        The situation at its end; what is recorded of every run, and of the watched one.
    """
    conflict, alliances = situation
    opens, now = number % MONTH == 0, _pressures(params, world, own, conflict, number)
    needed = lax.cond(
        opens,
        lambda: decides(own.params, own.dispute, conflict, True),
        lambda: at_war(conflict),
    )

    def some(part: tuple[Columns, Conflict, Pressure], known: Alliances) -> tuple[Lived, Behind]:
        return _live(streams, world, *part, known, opens, number * DAYS)

    lived, shown = where_needed(
        some, (own, conflict, now), alliances, needed, _quiet(world, conflict), watched
    )
    known = _learn(params, world, own, alliances, lived)
    after = Situation(_see(lived, streams.run.shape[0]), known)
    closes = (number + 1) % MONTH == 0
    ledger = Ledger(shown, *_wishes_of(params, world, after.alliances, watched, closes))
    after = lax.cond(
        closes, lambda s: _month(streams, params, world, own, s, number), lambda s: s, after
    )
    return after, (_record(streams, lived, after), ledger)


def _pressures(
    params: Params, world: World, own: Columns, conflict: Conflict, number: Clock
) -> Pressure:
    """What weighs on each state in a week, the same in all disputes of a run."""
    target, _ = principals(world, own.dispute)
    runs = params.joining.unrest.shape[-1]
    rising = _by_slot(target & own.dispute.unrest & at_war(conflict), runs).any(-2)
    now = pressure(params, world, number // MONTH, rising)
    return tile(now, own.run.shape[0] // runs)


def _wishes_of(
    params: Params, world: World, alliances: Alliances, run: Int[Array, ""], closes: Array
) -> tuple[Wishes, Array]:
    """What one run's states wish of their treaties at the end of a month, and the unexplained."""
    drawn = {name: getattr(world, name) for name in DRAWN}
    only = (params, drawn, alliances)
    own, some, known = jax.tree.map(lambda a: a[..., run][..., None], only)
    wish = wishes(own, world._replace(**some), known, *everywhere(world))
    return jax.tree.map(lambda p: jnp.where(closes, p[..., 0], 0), wish), known.will[..., 0]


def _live(
    streams: Streams,
    world: World,
    own: Columns,
    conflict: Conflict,
    now: Pressure,
    alliances: Alliances,
    opens: Array,
    day: Clock,
) -> tuple[Lived, Behind]:
    """One week of some columns: decide, fight, stop; and what lies behind it."""
    run, params, dispute, standing = own
    standing = pressed(params, dispute, standing, now)
    here = Streams(streams.seed, run)
    foresight = _foresee(params, world, dispute, conflict)
    conflict, moves, odds = play(
        params, world, dispute, alliances, conflict, standing, foresight, opens, day == 0
    )
    will = conflict.attack_will
    conflict = begin(here, params, world, dispute, conflict, day, moves.attacks)
    conflict = _cede(conflict, moves)
    fought, began, before = at_war(conflict), conflict.status, conflict
    conflict, (status, front) = advance(here, params, world, dispute, conflict, day)
    owed = threatened(world, dispute, alliances, standing)
    hazard = across_hazard(params, dispute, foresight.left, owed)
    owed, clash = fighters(params, world, dispute, alliances, moves.action)
    spill = spill_hazard(params, dispute, owed, clash)
    conflict = escalate(here, params, dispute, before, conflict, hazard, spill, day)
    ended = fought & over(conflict.status)
    stopped = (conflict.status != began) & (
        (conflict.status == Status.TRUCE) | (conflict.status == Status.SETTLED)
    )
    settled = stopped & (conflict.status == Status.SETTLED)
    keeper = come(here, params, dispute, conflict, standing.reach, stopped, day)
    conflict = conflict._replace(keeper=keeper)
    conflict = conflict._replace(mandate=mandate(params, conflict, settled))
    target, challenger = principals(world, dispute)
    active = bound(alliances.membership)
    lived = Lived(
        conflict=_close(params, dispute, conflict, ended, odds.win),
        status=status,
        front=front,
        action=moves.action,
        asked=conflict.asked,
        across=conflict.across,
        spread=conflict.spread,
        residual=jnp.where(fought, moves.residual, 0),
        news=news(moves, dispute.party, ended),
        unhelped=unhelped(world, active, target, moves.action, ended),
        fell_out=fell_out(active, target, challenger, fought),
        brokered=(moves.action == Action.MEDIATE) & stopped,
        unanswered=(conflict.status == Status.WON) & ~_answered(moves.action),
    )
    behind = Behind(
        decided=jnp.ones_like(ended),
        odds=odds,
        strength=conflict.strength,
        left=foresight.left,
        present=conflict.present,
        attack_will=will,
        mediated=conflict.mediated,
        effort=conflict.effort,
        leverage=conflict.leverage,
        signed=conflict.signed,
        broker=conflict.broker,
        burden=now.burden,
    )
    return lived, behind


def _foresee(params: Params, world: World, dispute: Dispute, conflict: Conflict) -> Outlook:
    """What the war module lets players expect: of this war, or of one that began today."""
    fought = at_war(conflict)
    curve = outlook(
        params,
        jnp.where(fought, conflict.front, jnp.maximum(conflict.front, 0)),
        jnp.where(fought, conflict.tempo, typical_tempo(params, dispute)),
        settlement_hazard(params, jnp.where(fought, conflict.effort, MEDIATED_SHARE), world.era),
        world.era,
    )
    return Outlook(curve, jnp.where(fought, left(params, dispute, conflict), 1.0))


def _cede(conflict: Conflict, moves: Moves) -> Conflict:
    """Land given up without a fight, on the day it is demanded."""
    return conflict._replace(
        status=jnp.where(moves.yields, Status.WON, conflict.status),
        front=jnp.where(moves.yields, 1.0, conflict.front),
    )


def _close(
    params: Params, dispute: Dispute, conflict: Conflict, ended: Flag, win: PerColumn
) -> Conflict:
    """An episode that has ended: land is handed over by its terms, outsiders go home.

    In the next one the target will have to ask again.
    """
    settled = ended & (conflict.status == Status.SETTLED)
    return conflict._replace(
        front=jnp.where(settled, terms(params, conflict.front, win), conflict.front),
        action=jnp.where(ended, Action.ABSTAIN, conflict.action),
        asked=conflict.asked & ~ended,
        across=conflict.across & ~ended,
        spread=conflict.spread & ~ended,
        present=jnp.where(ended, dispute.in_place, conflict.present),
        strength=jnp.where(ended, fielded(params, dispute), conflict.strength),
        mediated=jnp.where(ended, 0.0, conflict.mediated),
        effort=jnp.where(ended, 0.0, conflict.effort),
        leverage=jnp.where(ended, 0.0, conflict.leverage),
    )


def _quiet(world: World, conflict: Conflict) -> Lived:
    """The week of columns in which nobody has anything to decide."""
    states, count = conflict.action.shape
    nothing = jnp.zeros((world.treaty_entity.shape[0], count), bool)
    held = jnp.clip(conflict.front, 0, 1)
    return Lived(
        conflict=conflict,
        status=jnp.broadcast_to(conflict.status.astype(jnp.uint8), (DAYS, count)),
        front=jnp.broadcast_to(held, (DAYS, count)),
        action=jnp.full((states, count), Action.ABSTAIN, jnp.int32),
        asked=conflict.asked,
        across=conflict.across,
        spread=conflict.spread,
        residual=jnp.zeros_like(held),
        news=jnp.zeros((2, 2, states, count), held.dtype),
        unhelped=nothing,
        fell_out=nothing,
        brokered=jnp.zeros((states, count), bool),
        unanswered=jnp.zeros(count, bool),
    )


def _by_slot(x: Array, runs: int) -> Array:
    """From [..., column] to [..., dispute, run]."""
    return x.reshape(*x.shape[:-1], -1, runs)


def _pooled(news: Array) -> Array:
    """Sum over slots, the first axis, from the largest down.

    So neither their order nor an empty one changes a bit: no lesson is above zero.
    """
    rows = list(news)
    for end in range(len(rows) - 1, 0, -1):
        for i in range(end):
            rows[i : i + 2] = jnp.maximum(*rows[i : i + 2]), jnp.minimum(*rows[i : i + 2])
    return reduce(add, rows)


def _learn(
    params: Params, world: World, own: Columns, alliances: Alliances, lived: Lived
) -> Alliances:
    """What the week's disputes together teach about allies."""
    runs = alliances.will.shape[-1]
    taught = _pooled(jnp.moveaxis(_by_slot(lived.news, runs), -2, 0))
    target, challenger = principals(world, own.dispute)
    treaty, state = world.edge
    sides = (target | challenger)[state]
    told = Week(
        news=taught,
        left_alone=_by_slot(lived.unhelped[treaty] & target[state], runs).any(-2),
        fell_out=_by_slot(lived.fell_out[treaty] & sides, runs).any(-2),
        brokered=_by_slot(lived.brokered, runs).sum(-2).astype(taught.dtype),
    )
    return learn(params, world, alliances, told)


def _answered(action: Int[Array, "state column"]) -> Flag:
    """Whether any third party stood by the target with troops of its own."""
    return reduce(or_, [(action == Action.of(g, Side.TARGET)).any(0) for g in TROOPS])


def _see(lived: Lived, runs: int) -> Conflict:
    """Challengers everywhere see a win for which nobody stood by the target."""
    wins = _by_slot(lived.unanswered, runs).sum(0).astype(lived.conflict.seen.dtype)
    return lived.conflict._replace(
        seen=lived.conflict.seen + tile(wins, lived.asked.shape[-1] // runs)
    )


def troops_of(dispute: Dispute, conflict: Conflict, runs: int) -> Float[Array, "state run"]:
    """Share of the open disputes at which each state has troops, peacekeepers included."""
    keeps = jnp.arange(conflict.present.shape[0])[:, None] == conflict.keeper
    there = _by_slot((conflict.present > 0) | keeps, runs).sum(-2)
    open_ = _by_slot(dispute.open_, runs).sum(-2)
    return (there / jnp.maximum(open_, 1)).astype(conflict.front.dtype)


def _month(
    streams: Streams,
    params: Params,
    world: World,
    own: Columns,
    situation: Situation,
    number: Clock,
) -> Situation:
    """What a month leaves behind: members and peacekeepers have reconsidered, wishes drifted."""
    conflict, alliances = situation
    here, day = Streams(streams.seed, own.run), (number + 1) * DAYS
    shock, *_ = uniforms(here, day, Purpose.ATTACK, own.dispute.entity, conflict.front.dtype)
    will = drift(conflict.attack_will, normal(shock), own.params.crisis.half_life, MONTH * DAYS)
    stays = leave(here, own.params, own.dispute, conflict, day, MONTH * DAYS)
    left = stays._replace(attack_will=will)
    troops = troops_of(own.dispute, left, streams.run.shape[0])
    after = month(streams, params, world, alliances, day)
    return Situation(left, order.review(params, world, after, troops))


def _record(streams: Streams, lived: Lived, after: Situation) -> Trajectories:
    """What is kept of a week."""
    runs, conflict = streams.run.shape[0], after.conflict
    kept = Trajectories(
        status=lived.status,
        front=lived.front,
        deaths=conflict.buried + conflict.deaths,
        civilians=conflict.civilians,
        across=lived.across,
        spread=lived.spread,
        action=lived.action.astype(jnp.uint8),
        asked=lived.asked,
        keeper=conflict.keeper.astype(jnp.int8),
        membership=after.alliances.membership.astype(jnp.uint8),
        residual=lived.residual,
    )
    by_slot = {
        name: _by_slot(a, runs) for name, a in kept._asdict().items() if name != "membership"
    }
    return kept._replace(**by_slot)
