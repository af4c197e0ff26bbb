"""What each covariate of a decision is: its formula, unit and scaling, defined once.

Scenarios and (later) the historical record fill the same `World`; fitting and simulating call
these functions. Arrays end in `column`: one dispute of one run.
"""

from functools import reduce
from operator import or_
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from foedus.core.kinds import BINDING, Obligation, Reading, Side
from foedus.core.odds import logit
from foedus.core.params import Params
from foedus.core.shapes import Bound, Index, PerColumn, PerState, StateFlag, TreatyFlag
from foedus.core.situation import Alliances
from foedus.core.sums import largest, total
from foedus.core.world import Dispute, World

MEDIAN_CAPABILITY = 0.00093  # CINC of the median state in 2019 (COW NMC v7.0)
PLAN = 90.0
"""Days ahead for which players count what a state can bring to the place."""


def is_state(index: Index, states: int) -> StateFlag:
    """Whether each state is the one of that index [state, column]."""
    return jnp.arange(states)[:, None] == index


def of_state(x: Array, chosen: StateFlag) -> Array:
    """The entries of the chosen state, from an array [..., state, column] to [..., column]."""
    if x.dtype == bool:
        return (x & chosen).any(-2)
    return jnp.where(chosen, x, 0).sum(-2)  # one term only, so no order matters


def principals(world: World, dispute: Dispute) -> tuple[StateFlag, StateFlag]:
    """Who the two sides' principals are, in the order of `kinds.Side`, each [state, column]."""
    n = world.state_entity.shape[0]
    return is_state(dispute.target, n), is_state(dispute.challenger, n)


def bound(membership: Int[Array, "..."]) -> Bool[Array, "..."]:
    """Whether a membership binds: also while one hedges, or until a notice runs out."""
    return reduce(or_, (membership == standing for standing in BINDING))


def reach(params: Params, world: World, dispute: Dispute) -> PerState:
    """Strength a state can bring to the place in the end: capability, less with distance.

    Loss-of-strength gradient: Boulding 1962.
    """
    return world.capability * jnp.exp(-params.joining.reach * dispute.distance)


def power(params: Params, world: World, dispute: Dispute) -> PerState:
    """Log of that strength over the median state's capability."""
    return jnp.log(reach(params, world, dispute) / MEDIAN_CAPABILITY)


def half_centuries(year: Any) -> Any:
    """Time since 1945, in half centuries: the unit of the trend; of an array, each.

    Examples:
        >>> float(half_centuries(jnp.array(2020.0)))
        1.5
    """
    return (year - 1945) / 50


def faded(fading: Any, year: Any) -> Any:
    """What is left of the weight that a duty had in 1945 (`joining.fading`); arrays broadcast."""
    return jnp.exp(-fading * half_centuries(year))


def often(number: Array) -> Array:
    """How much a number of past disputes, or of fellow partners, weighs: log of one plus it."""
    return jnp.log1p(number)


def far(distance: Array) -> Array:
    """How far away a place is: log of one plus the distance in 1000 km."""
    return jnp.log1p(distance)


def closer(affinity: Float[Array, "side state column"], side: Side) -> PerState:
    """How much closer a state is to a side than to the other, -1 to 1."""
    return affinity[side] - affinity[1 - side]


def partners(world: World, dispute: Dispute) -> Float[Array, "side state column"]:
    """Number of third parties, other than each state, bound on day 0 to defend one side alone.

    Many partners can each leave it to the others (Olson and Zeckhauser 1966). A state's own promise
    is not counted, for which it would pay; nor is a treaty that by no reading covers the place.
    """
    defends = (world.member & (world.promise[:, Obligation.DEFENSE] > 0)[:, None])[..., None]
    bound_to = []
    for covered, principal in zip(dispute.covered, principals(world, dispute), strict=True):
        counted = defends & (covered != Reading.NO)[:, None]
        with_ = of_state(counted, principal)
        bound_to.append((counted & with_[:, None]).any(0) & dispute.party)
    target, challenger = bound_to
    only = jnp.stack([target & ~challenger, challenger & ~target])
    return (only.sum(1, keepdims=True) - only).astype(dispute.distance.dtype)


def arrives(
    params: Params, full: PerState, present: PerState, days: float, route: PerState | float = 1.0
) -> PerState:
    """Strength at the place after some days of transport: what stands there, plus lift.

    A base gives what stands there and a port of entry, not the army next door; what comes after
    it needs a way there.

    Args:
        params: One draw a column.
        full: Strength that each state can bring in the end.
        present: What stands at the place.
        days: Of transport.
        route: Share of its lift that its way to the place lets through.

    Examples:
        >>> from foedus.core.params import fix, load
        >>> params = fix(load().params, {"joining.lift": 0.02})
        >>> round(float(arrives(params, jnp.ones(1), 0.1 * jnp.ones(1), 10, 0.5)[0]), 3)
        0.2
    """
    flow = params.joining.lift * route * full * days
    return jnp.maximum(present, jnp.minimum(full, present + flow))


class Pressure(NamedTuple):
    """What weighs on each state in a week.

    Attributes:
        burden: Cost at home of fighting, beyond what lasts, 0 to 1.
        free: Share of its forces that are free to come.
    """

    burden: PerState
    free: PerState


def pressure(params: Params, world: World, month: Index, rising: StateFlag) -> Pressure:
    """Dated pressures of a month, and a rising at home; each array ends as the flags do.

    Args:
        params: One draw an entry.
        world: With its months.
        month: Number of the month from the start.
        rising: States inside which people have risen.
    """
    now = [lax.dynamic_index_in_dim(a, month, 0, False) for a in (world.burden, world.engaged)]
    trouble = jnp.where(rising, params.joining.unrest, 0)
    return Pressure(now[0] + added(now[0], trouble), 1 - params.joining.elsewhere * now[1])


def added(cost: Any, more: Any) -> Any:
    """What a second cost adds to a first, both 0 to 1: together they are 1 - (1 - a)(1 - b).

    Examples:
        >>> 0.5 + added(0.5, 0.5)
        0.75
    """
    return (1 - cost) * more


def garrison(params: Params, dispute: Dispute) -> PerState:
    """Strength with which what stands at the place resists an attack even if its owner stays out.

    Peacekeepers are not among them.
    """
    return params.joining.garrison * dispute.in_place


def fielded(
    params: Params, dispute: Dispute, turned: StateFlag | bool = False
) -> Float[Array, "side column"]:
    """Strength of each side while nobody helps: its own, and garrisons on the attacked land.

    Arms imported count by an elasticity: of two sides that are otherwise alike, the one that
    imported more is the stronger.

    Args:
        params: One draw a column.
        dispute: What stands where.
        turned: States that fight for the challenger: their garrisons do not resist it.
    """
    resists = jnp.where(turned, 0, garrison(params, dispute))
    own = dispute.local * jnp.exp(params.war.imports * dispute.imports)
    return jnp.stack([own[Side.TARGET] + total(resists), own[Side.CHALLENGER]])


def stands(dispute: Dispute, side: Side) -> PerState:
    """Whether a state's troops stand on the attacked land, for the side that defends it: 0 or 1."""
    there = (dispute.in_place > 0).astype(dispute.in_place.dtype)
    return there if side == Side.TARGET else jnp.zeros_like(there)


def _share(
    reading: Int[Array, "side treaty column"], by_none: PerColumn | float, by_some: PerColumn
) -> Float[Array, "side treaty column"]:
    """Share of a duty that is felt under a `kinds.Reading`."""
    agreed = jnp.where(reading == Reading.YES, 1.0, by_some)
    return jnp.where(reading == Reading.NO, by_none, agreed)


def _kinds(
    params: Params, world: World, trigger: Float[Array, "side treaty column"]
) -> Float[Array, "side treaty column"]:
    """How much is promised once triggered: all for defence, less for consultation.

    A promise of offence counts in full to the challenger, whatever began the fighting.
    """
    promised = world.promise[None, :, :, None]
    attacks = jnp.arange(len(Side))[:, None, None] == Side.CHALLENGER
    kinds = (
        promised[:, :, Obligation.DEFENSE] * trigger,
        promised[:, :, Obligation.OFFENSE] * attacks,
        promised[:, :, Obligation.CONSULTATION] * params.joining.consultation * trigger,
    )
    return jnp.maximum(jnp.maximum(kinds[0], kinds[1]), kinds[2])


def duty(params: Params, world: World, dispute: Dispute) -> Float[Array, "side treaty column"]:
    """How far each treaty's duty to each side is felt, if asked: kind x scope x trigger, 0 to 1.

    Scope and trigger count in full where every reading agrees, in part where readings differ, and
    little (scope) or not at all (trigger) where none does.
    """
    joining = params.joining
    scope = _share(dispute.covered, joining.outside, joining.disputed)
    return scope * _kinds(params, world, _share(dispute.triggered, 0.0, joining.disputed))


def at_home(dispute: Dispute) -> Dispute:
    """The dispute as treaties see it once land of each side beyond the contested is struck.

    Its reading is counted once, as scope.
    """
    triggered = jnp.where(dispute.home == Reading.NO, Reading.NO, Reading.YES)
    return dispute._replace(covered=dispute.home, triggered=triggered)


def law(params: Params, world: World, dispute: Dispute) -> Float[Array, "reading treaty column"]:
    """How far each treaty's duty to the target is due under the narrow and the wide reading."""
    readings = []
    for least in (Reading.YES, Reading.DISPUTED):
        holds = (dispute.covered >= least) & (dispute.triggered >= least)
        due = _kinds(params, world, holds.astype(params.joining.outside.dtype))
        readings.append(jnp.where(dispute.covered >= least, due, 0)[Side.TARGET])
    return jnp.stack(readings)


def waits(params: Params, world: World, asked: TreatyFlag) -> Float[Array, "treaty column"]:
    """What is left of a duty that falls due on request, until the target asks."""
    left = jnp.where(asked, 1.0, params.joining.unasked)
    return jnp.where(world.on_request[:, None], left, 1.0)


def owed(
    due: Float[Array, "treaty column"], active: Bound, principal: StateFlag
) -> Float[Array, "state column"]:
    """What each state owes a principal: the strongest of the duties in force, 0 to 1."""
    called = due * of_state(active, principal)
    return largest(called[:, None] * active)


def own_land(
    params: Params, world: World
) -> tuple[Float[Array, "treaty state column"], Float[Array, "reading treaty state column"]]:
    """How far each treaty's promise to a state is felt, and due, if its own land is attacked.

    Due under the narrow reading and under the wide one; all 0 to 1.
    """
    read, promise = world.own_land[..., None], world.promise
    felt = jnp.where(read == Reading.YES, 1.0, params.joining.disputed)
    felt = jnp.where(read == Reading.NO, 0.0, felt)
    due = jnp.stack([read >= least for least in (Reading.YES, Reading.DISPUTED)])
    consults = promise[:, Obligation.CONSULTATION, None, None] * params.joining.consultation
    kinds = jnp.maximum(promise[:, Obligation.DEFENSE, None, None], consults)
    return felt * kinds, due * kinds


def owed_fighters(
    due: Float[Array, "treaty state column"], active: Bound, fights: StateFlag
) -> PerState:
    """What each state that does not fight owes those who do: the strongest of the duties, 0 to 1.

    Args:
        due: What each treaty promises a state, as far as it is due [treaty, state, column].
        active: Treaties in force.
        fights: States to whom it might be due.
    """
    called = (due * (active & fights)).max(1)
    return jnp.where(fights, 0, (called[:, None] * active).max(0))


def restraint(world: World, active: Bound, principal: StateFlag) -> PerState:
    """Whether each state has promised not to fight a principal, 0 or 1."""
    kinds = world.promise[:, Obligation.NONAGGRESSION], world.promise[:, Obligation.NEUTRALITY]
    promised = jnp.maximum(*kinds)[:, None] * of_state(active, principal)
    return largest(promised[:, None] * active)


def camps(
    active: Bound, principals: tuple[StateFlag, StateFlag]
) -> Float[Array, "side state column"]:
    """Share of each state's treaties with either principal that bind it to that one.

    Of a league in which all are together, all count for both; of one that leaves a side out, only
    for the other. 0 for a state with neither.
    """
    shared = jnp.stack([of_state(active, who)[:, None] & active for who in principals])
    either = shared.any(0).sum(0)
    return shared.sum(1) / jnp.maximum(either, 1)


def stake(params: Params, dispute: Dispute) -> PerState:
    """What a state gains when the target keeps the land, by its material ties to both.

    What stands here stands nowhere else, so that the two can be told apart (model note 1.7):
    obligations and closeness speak for fighting as such, and are estimated there.
    """
    joining = params.joining
    ties = (
        joining.trade * dispute.trade
        + joining.energy * dispute.energy
        + joining.base * dispute.base
    )
    return ties[Side.TARGET] - ties[Side.CHALLENGER]


def customer(params: Params, dispute: Dispute, side: Side) -> PerState:
    """What going against a side costs who arms it: its hold on the side, and what the side pays."""
    own = params.joining
    return own.aid_hedge * dispute.arms[side] + own.customer * dispute.exports[side]


def rents(params: Params, dispute: Dispute) -> PerState:
    """What an open dispute pays a third party, in units of what a settled peace is worth to it.

    Arms that it sells to the two sides, and the hold on them that a seat, bases and energy give.
    """
    own = params.joining
    bases, energy = (
        tie[Side.TARGET] + tie[Side.CHALLENGER] for tie in (dispute.base, dispute.energy)
    )
    hold = (dispute.seat + bases + energy) / 3
    return own.rent_arms * (dispute.arms[Side.TARGET] + dispute.arms[Side.CHALLENGER]) + (
        own.rent_hold * hold
    )


def wide(params: Params, world: World) -> Float[Array, "state run"]:
    """Probability that each observer gives the wide reading of what was due.

    One that has stated its reading holds to it.
    """
    reads = world.reads[:, None]
    stated = jnp.where(reads == Reading.YES, 1.0, 0.0)
    return jnp.where(reads == Reading.DISPUTED, params.joining.disputed, stated)


def learnt(lessons: Float[Array, "type reading ..."], wide: Array) -> Array:
    """Log-odds of steadfastness that conduct has added, for one who reads widely so likely.

    The likelihood of each type mixes over readings: an observer who holds that nothing was due
    learns nothing from an ally that stayed away.
    """
    steadfast, other = (_mixed(by_reading, wide) for by_reading in lessons)
    return steadfast - other


def _mixed(loglik: Float[Array, "reading ..."], wide: Array) -> Array:
    top = jnp.maximum(loglik[0], loglik[1])
    mean = (1 - wide) * jnp.exp(loglik[0] - top) + wide * jnp.exp(loglik[1] - top)
    return top + jnp.log(jnp.maximum(mean, jnp.finfo(mean.dtype).tiny))


def news(params: Params, world: World, alliances: Alliances, observer: StateFlag) -> PerState:
    """Log-odds of steadfastness that conduct and signals have added, as an observer reads."""
    return learnt(alliances.lessons, of_state(wide(params, world), observer)) + alliances.heard


def trust(params: Params, world: World, news: PerState, observer: StateFlag) -> PerState:
    """Probability that an observer gives each ally of being steadfast [ally, column].

    One who shares a treaty with the ally takes the news in full, others in part.

    Args:
        params: One draw a column.
        world: Treaties, and whom the observer trusts more than others do.
        news: Log-odds that conduct and signals have added, as the observer reads.
        observer: Who.
    """
    shares = (world.member[:, :, None] & of_state(world.member[..., None], observer)[:, None]).any(
        0
    )
    attention = jnp.where(shares, 1.0, params.alliance.attention)
    prior = logit(params.alliance.trust) + of_state(world.trust.T[..., None], observer[None])
    return 1 / (1 + jnp.exp(-(prior + attention * news)))


def watchers(world: World, dispute: Dispute) -> Int[Array, "state column"]:
    """Number of third parties, other than each state, that signed with it a principal's treaty."""
    signed = [of_state(world.member[..., None], p) for p in principals(world, dispute)]
    member = world.member[..., None] & (signed[0] | signed[1])[:, None]
    shared = (member[:, :, None] & member[:, None]).any(0)
    return (shared & dispute.party).sum(1) - (member.any(0) & dispute.party)


def watched(world: World, dispute: Dispute) -> PerState:
    """Log of one plus the number of those that watch each state keep its word, or not."""
    return jnp.log1p(watchers(world, dispute).clip(0).astype(dispute.distance.dtype))
