"""What each covariate of a decision is: its formula, unit and scaling, defined once.

Scenarios and (later) the historical record fill the same `World`; fitting and simulating call
these functions. They work on NumPy and on JAX arrays.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from foedus.core.kinds import Obligation, Reading, Side
from foedus.core.odds import logit
from foedus.core.params import Params
from foedus.core.shapes import Index, PerRun, PerState, TreatyFlag
from foedus.core.situation import Situation
from foedus.core.world import World

MEDIAN_CAPABILITY = 0.00093  # CINC of the median state in 2019 (COW NMC v7.0)


def reach(params: Params, world: World) -> PerState:
    """Strength a state can bring to the place: capability, less with distance [state, run].

    Loss-of-strength gradient: Boulding 1962.
    """
    return world.capability * jnp.exp(-params.joining.reach * world.distance)


def power(params: Params, world: World) -> PerState:
    """Log of that strength over the median state's capability [state, run]."""
    return jnp.log(reach(params, world) / MEDIAN_CAPABILITY)


def _share(
    reading: Int[Array, "side treaty"], by_none: PerRun | float, by_some: PerRun
) -> Float[Array, "side treaty run"]:
    """Share of a duty that holds under a `kinds.Reading` [side, treaty, run]."""
    reading = reading[..., None]
    agreed = jnp.where(reading == Reading.YES, 1.0, by_some)
    return jnp.where(reading == Reading.NO, by_none, agreed)


def duty(params: Params, world: World) -> Float[Array, "side treaty run"]:
    """How far each treaty's duty to each side is due, if asked: kind x scope x trigger.

    In [0, 1], [side, treaty, run]. The kind counts 1 for defence (and for offence, to the
    challenger), less for consultation; scope and trigger count in full where every reading
    agrees, in part where readings differ, and little or not at all where none does.
    """
    joining = params.joining
    scope = _share(world.covered, joining.outside, joining.disputed)
    trigger = _share(world.triggered, 0.0, joining.disputed)
    promised = world.promise[None, :, :, None]
    attacks = jnp.arange(len(Side))[:, None, None] == Side.CHALLENGER
    kinds = (
        promised[:, :, Obligation.DEFENSE] * trigger,
        promised[:, :, Obligation.OFFENSE] * attacks,
        promised[:, :, Obligation.CONSULTATION] * joining.consultation * trigger,
    )
    return scope * jnp.maximum(jnp.maximum(kinds[0], kinds[1]), kinds[2])


def principals(world: World) -> tuple[Index, Index]:
    """Indices of the two sides' principals, in the order of `kinds.Side`."""
    return (world.target, world.challenger)


def obligation(
    params: Params,
    world: World,
    situation: Situation,
    due: Float[Array, "side treaty run"],
    asked: TreatyFlag | None = None,
) -> Float[Array, "side state run"]:
    """What each state owes each side now: the strongest duty in force, in [0, 1].

    A duty that falls due on request counts little until the target asks.

    Args:
        params: One draw a run.
        world: Treaties.
        situation: Memberships in force, treaties invoked.
        due: `duty(params, world)`.
        asked: Use this instead of what was asked [treaty, run].
    """
    asked = situation.asked if asked is None else asked
    waits = jnp.where(asked, 1.0, params.joining.unasked)
    waits = jnp.where(world.on_request[:, None], waits, 1.0)
    owed = []
    for side, principal in zip(Side, principals(world), strict=True):
        called = due[side] * (waits if side == Side.TARGET else 1.0)
        called = called * situation.active[:, principal]
        owed.append((called[:, None] * situation.active).max(0))
    return jnp.stack(owed)


def restraint(world: World, situation: Situation) -> Float[Array, "side state run"]:
    """Whether each state has promised not to fight each side [side, state, run]."""
    kinds = world.promise[:, Obligation.NONAGGRESSION], world.promise[:, Obligation.NEUTRALITY]
    promised = jnp.maximum(*kinds)[:, None, None]
    bound = promised * situation.active
    return jnp.stack([(bound * situation.active[:, p][:, None]).max(0) for p in principals(world)])


def stake(params: Params, world: World) -> PerState:
    """What a state gains when the target keeps the land, by its ties to both [state, run].

    Ties stand here and nowhere else but in aid: obligations never do, so that the two can be
    told apart (model note 1.7).
    """
    joining = params.joining
    ties = (
        joining.affinity * world.affinity
        + joining.trade * world.trade
        + joining.energy * world.energy
        + joining.base * world.base
    )
    return ties[Side.TARGET] - ties[Side.CHALLENGER]


def trust(params: Params, world: World, situation: Situation, observer: Index) -> PerState:
    """Probability that `observer` gives each ally of being steadfast [ally, run].

    One who shares a treaty with the ally takes its conduct in full, others in part.
    """
    prior = params.alliance.trust
    shares = (world.member & world.member[:, observer][:, None]).any(0)
    attention = jnp.where(shares[:, None], 1.0, params.alliance.attention)
    odds = logit(prior) + world.trust[observer][:, None]
    return 1 / (1 + jnp.exp(-(odds + attention * situation.evidence)))


def watchers(world: World) -> Int[Array, " state"]:
    """Number of states, less the principals, that share a treaty with each state [state]."""
    shared = (world.member[:, :, None] & world.member[:, None, :]).any(0)
    return (shared & world.party[None, :]).sum(1) - (world.member.any(0) & world.party)
