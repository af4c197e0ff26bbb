r"""What third parties do, all at once, each expecting the others to do likewise.

Logit agent quantal-response equilibrium (McKelvey and Palfrey 1998): every third party plays
$\sigma_k = \mathrm{softmax}(\lambda u_k(\cdot\,;\sigma_{-k}))$, where

$$ u_k(a) = v_k(a) + V_k\,E[1 - W \mid a, \sigma_{-k}]
   + \kappa_a\,[\theta_p\,\bar P_k - \theta_r\,\log(1 + X_k/G_k)] $$

An action is to stay out, to mediate, or one of several grades of going with a side, from words to
open combat; a grade adds a share of k's strength and exposes k by $\kappa_a$, 0 to 1. W is the
war's own probability that the challenger wins, X_k the power expected to stand on the other side,
P_k the share of k's co-signatories expected to fight. The expectation over what others
do is closed by means and variances (two-point rules, for the log strength ratio and for X);
`exact` enumerates it for a few states, and a test holds the two within .04 of each other.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from foedus.core import curves
from foedus.core.kinds import Action, Side
from foedus.core.odds import tilt
from foedus.core.shapes import PerColumn, PerSide, PerState, StateFlag
from foedus.core.sums import largest, total

TOLERANCE = 1e-4
MAX_SWEEPS = 60
PLAIN_SWEEPS = 15  # after these, runs that circle are damped
DAMPING = 0.3
CERTAIN = 40.0  # logits
NO_POWER = 1e-15  # of who has no way to the place, or of nobody


Play = tuple[Float[Array, "state column"], ...]
"""Something for each action: staying out, mediating, then each grade for each side.

Probabilities are 0 for who is not free."""

FIRST = 2  # action of the first grade


class Stage(NamedTuple):
    """Everything the simultaneous stage needs. The last grade is open combat.

    Attributes:
        utility: v of each action, duty included.
        stake: V, what the target's keeping the land is worth to k.
        power: G, strength k can bring to the place.
        free: k is a third party that does not fight yet.
        joined: k fights on that side; its strength is in `strength` already.
        strength: Strength of the two sides without those who are free.
        curve: Challenger's win probability by the log strength ratio (`core.curves`).
        shares: Share of k's strength that each grade adds; 0.0 where it adds none.
        exposures: kappa of each grade; 0.0 where there is none.
        patron_risk: theta_r.
        peer: theta_p.
        peers: Third parties that signed a promise of help with the side's principal, by treaty.
        rationality: lambda.
    """

    utility: Play
    stake: Float[Array, "state column"]
    power: Float[Array, "state column"]
    free: Bool[Array, "state column"]
    joined: Bool[Array, "side state column"]
    strength: Float[Array, "side column"]
    curve: Float[Array, "coefficient column"]
    shares: tuple[PerColumn | float, ...]
    exposures: tuple[PerColumn | float, ...]
    patron_risk: Float[Array, " column"]
    peer: Float[Array, " column"]
    peers: Float[Array, "side treaty state column"]
    rationality: float = 1.0


class Equilibrium(NamedTuple):
    """Mixed actions, how far they are from a fixed point, and how many sweeps it took."""

    play: Play
    residual: Float[Array, " column"]
    sweeps: Int[Array, " column"]


class Crowd(NamedTuple):
    """What all third parties together are expected to bring.

    Carried from sweep to sweep, so that each sum over states is made once and in one order.

    Attributes:
        mean: Strength to each side.
        variance: Of that strength.
        covariance: Between the sides, from who might help either.
        power: Strength of the third parties that would stand on each side.
        doubt: Variance of that strength.
        sure: Strength of those who fight on each side already.
        peers: Members of each treaty that fight or would fight on each side.
    """

    mean: tuple[Float[Array, " column"], ...]
    variance: tuple[Float[Array, " column"], ...]
    covariance: Float[Array, " column"]
    power: tuple[Float[Array, " column"], ...]
    doubt: tuple[Float[Array, " column"], ...]
    sure: tuple[Float[Array, " column"], ...]
    peers: tuple[Float[Array, "treaty column"], ...]


def _grades(weights: Sequence[PerColumn | float]) -> list[tuple[int, PerColumn | float]]:
    """Actions and weights of the grades on the target's side whose weight is not 0 for certain."""
    return [
        (FIRST + len(Side) * grade, weight)
        for grade, weight in enumerate(weights)
        if not (isinstance(weight, float) and weight == 0)
    ]


def combat(stage: Stage, side: Side) -> int:
    """The action of fighting openly for a side."""
    return FIRST + len(Side) * (len(stage.shares) - 1) + side


def _spread(
    power: PerState, play: Play, side: Side, weights: Sequence[PerColumn | float]
) -> tuple[PerState, PerState]:
    """Mean and variance of the strength that each third party is expected to put on a side."""
    grades = _grades(weights)
    if not grades:
        return jnp.zeros_like(play[0]), jnp.zeros_like(play[0])
    mean = power * reduce(add, (weight * play[a + side] for a, weight in grades))
    square = power**2 * reduce(add, (weight**2 * play[a + side] for a, weight in grades))
    return mean, jnp.maximum(square - mean**2, 0)


def _brings(stage: Stage, play: Play, side: Side) -> tuple[PerState, PerState]:
    """Strength that each third party brings into the fight."""
    return _spread(stage.power, play, side, stage.shares)


def aided(stage: Stage, play: Play) -> PerSide:
    """Strength that third parties are expected to give each side without fighting openly."""
    short = stage.shares[:-1]
    return jnp.stack([total(_spread(stage.power, play, side, short)[0]) for side in Side])


def _stands(stage: Stage, play: Play, side: Side) -> tuple[PerState, PerState]:
    """Strength of each third party that one would meet on a side."""
    return _spread(stage.power, play, side, stage.exposures)


def gather(stage: Stage, play: Play) -> Crowd:
    """Sum the crowd over states."""
    brings = [_brings(stage, play, side) for side in Side]
    stands = [_stands(stage, play, side) for side in Side]
    fights = [play[combat(stage, side)] + stage.joined[side] for side in Side]
    return Crowd(
        mean=tuple(total(mean) for mean, _ in brings),
        variance=tuple(total(variance) for _, variance in brings),
        covariance=-total(brings[0][0] * brings[1][0]),  # nobody helps both
        power=tuple(total(mean) for mean, _ in stands),
        doubt=tuple(total(variance) for _, variance in stands),
        sure=tuple(total(stage.power * joined) for joined in stage.joined),
        peers=tuple(total(jnp.moveaxis(stage.peers[side] * fights[side], 1, 0)) for side in Side),
    )


class _Others(NamedTuple):
    """What one side has without k: mean and variance of its strength."""

    mean: Float[Array, "state column"]
    variance: Float[Array, "state column"]

    def plus(self, power: PerState) -> "_Others":
        """The same with k's own help."""
        return self._replace(mean=self.mean + power)


def _keeps(stage: Stage, target: _Others, challenger: _Others, covariance: PerState) -> PerState:
    """Probability that the target keeps the land, given what both sides have."""
    inverse_t, inverse_c = 1 / target.mean, 1 / challenger.mean
    ratio_t, ratio_c = target.variance * inverse_t**2, challenger.variance * inverse_c**2
    cross = covariance * inverse_t * inverse_c
    centre = jnp.log(challenger.mean * inverse_t) - (ratio_c - ratio_t) / 2
    spread = jnp.sqrt(jnp.maximum(ratio_t + ratio_c - 2 * cross, 0))
    low, high = curves.read(stage.curve, centre - spread), curves.read(stage.curve, centre + spread)
    return 1 - (low + high) / 2


def _prospects(stage: Stage, play: Play, crowd: Crowd) -> dict[int, Float[Array, "state column"]]:
    """What k's own help in each grade adds to the probability that the target keeps the land."""
    brings = [_brings(stage, play, side) for side in Side]
    target, challenger = (
        _Others(
            crowd.mean[side] - brings[side][0] + stage.strength[side],
            jnp.maximum(crowd.variance[side] - brings[side][1], 0),
        )
        for side in Side
    )
    covariance = crowd.covariance + brings[0][0] * brings[1][0]
    without = _keeps(stage, target, challenger, covariance)
    adds = {}
    for action, share in _grades(stage.shares):
        own = share * stage.power
        helped = _keeps(stage, target.plus(own), challenger, covariance)
        harmed = _keeps(stage, target, challenger.plus(own), covariance)
        adds |= {action: helped - without, action + Side.CHALLENGER: harmed - without}
    return adds


def _risk(stage: Stage, sure: PerColumn, mean: PerState, variance: PerState) -> PerState:
    """Mean of log(1 + X/G), X the power that k would meet on a side.

    To who fights there already adds, all or nothing, one power with the mean and variance of the
    rest: exact for a single state in doubt, and never past the sure loss that a mean would pretend.
    """
    sure = stage.power + sure
    square = mean**2 + variance
    comes, added = mean**2 / square, square / mean
    return jnp.log(sure / stage.power) + comes * jnp.log1p(added / sure)


def _company(stage: Stage, play: Play, crowd: Crowd, side: Side) -> PerState:
    """Comfort of co-signatories who come too, less the risk of meeting the other side's friends."""
    own, spread = _stands(stage, play, Side(1 - side))
    mean = jnp.maximum(crowd.power[1 - side] - own, NO_POWER)
    doubt = jnp.maximum(crowd.doubt[1 - side] - spread, 0)
    risk = _risk(stage, crowd.sure[1 - side], mean, doubt)
    signed, comes = stage.peers[side], play[combat(stage, side)]
    members = total(jnp.moveaxis(signed, 1, 0))
    coming = total(signed * (crowd.peers[side][:, None] - signed * comes))
    number = total(signed * (members[:, None] - signed))
    return stage.peer * coming / jnp.maximum(number, 1) - stage.patron_risk * risk


def respond(stage: Stage, play: Play, crowd: Crowd) -> Play:
    """Quantal best response of every third party to what the others do.

    Actions are a tuple and not an axis: the compiler vectorises each over states and columns.
    """
    # Utilities are counted from staying out, whose prospect is left out of all of them.
    utility = list(stage.utility)
    for action, adds in _prospects(stage, play, crowd).items():
        utility[action] = utility[action] + stage.stake * adds
    for side in Side:
        company = _company(stage, play, crowd, side)
        for action, exposure in _grades(stage.exposures):
            utility[action + side] = utility[action + side] + exposure * company
    # No shift by the maximum: it would make the compiler work out every utility again for each
    # action. Beyond the clip a choice is certain anyway.
    odds = [jnp.exp((stage.rationality * u).clip(-CERTAIN, CERTAIN)) for u in utility]
    whole = reduce(add, odds)
    return tuple(jnp.where(stage.free, o / whole, 0) for o in odds)


def solve(stage: Stage, tolerance: float = TOLERANCE, sweeps: int = MAX_SWEEPS) -> Equilibrium:
    """Fixed point by iteration from a world in which nobody acts, damped if it circles.

    A run that has converged is left as it is while the rest of its block goes on, so results do
    not depend on who shares the block. Runs that have not converged carry their residual.
    """
    shape, dtype = stage.power.shape, stage.power.dtype
    none = jnp.zeros(shape, dtype)
    rest = (none,) * (len(stage.utility) - 1)
    start = (jnp.where(stage.free, jnp.ones(shape, dtype), 0), *rest)
    unsolved = jnp.full(shape[-1:], jnp.inf, dtype)

    def going(carry: tuple) -> Array:
        *_, residual, _, sweep = carry
        return (residual > tolerance).any() & (sweep < sweeps)

    def sweep_once(carry: tuple) -> tuple:
        play, crowd, residual, taken, sweep = carry
        best = respond(stage, play, crowd)
        change = tuple(new - old for new, old in zip(best, play, strict=True))
        live = residual > tolerance
        size = largest(reduce(jnp.maximum, [jnp.abs(c) for c in change]))
        pace = jnp.where(sweep < PLAIN_SWEEPS, 1.0, DAMPING).astype(dtype)
        step = jnp.where(live, pace, 0)
        play = tuple(p + step * c for p, c in zip(play, change, strict=True))
        residual = jnp.where(live, size, residual)
        return play, gather(stage, play), residual, taken + live, sweep + 1

    zero = jnp.zeros(shape[-1:], jnp.int32)
    carry = (start, gather(stage, start), unsolved, zero, 0)
    play, _, residual, taken, _ = lax.while_loop(going, sweep_once, carry)
    return Equilibrium(play, residual, taken)


def choose(
    play: Play,
    urges: Float[Array, "action state column"],
    ready: StateFlag,
    committed: Int[Array, "state column"],
) -> Int[Array, "state column"]:
    """What each third party does (`kinds.Action`), given its persistent shocks.

    The shocks are Gumbel and stay: with constant probabilities nobody changes its mind, and the
    share that ever joins is the probability of joining, however often it is asked.

    Args:
        play: Mixed actions.
        urges: Exponential of each action's shock, drawn once per dispute and state.
        ready: State could fight today; until then it does the best of the rest.
        committed: Action that a state which has joined goes on with, else -1.
    """
    best = jnp.zeros(ready.shape, urges[0].dtype)
    chosen = jnp.full(ready.shape, Action.ABSTAIN, jnp.int32)
    for action, probability in zip(Action, play, strict=True):
        score = probability * urges[action]
        able = ready | (action < Action.JOIN_TARGET)
        better = able & (score > best)
        best, chosen = jnp.where(better, score, best), jnp.where(better, action, chosen)
    return jnp.where(committed >= 0, committed, chosen)


def expected(
    probability: PerState,
    owed: PerState,
    weights: Sequence[PerState],
    actual: PerState,
    trust: PerState,
) -> PerState:
    """Probability that each state joins the target, as one sees it who doubts its type.

    Args:
        probability: That it joins, being what it is [state, column].
        owed: What it owes the target, 0 to 1.
        weights: Utility of a duty in full, for the steadfast and the other type.
        actual: The same for the type that it is.
        trust: Observer's probability that it is steadfast.
    """
    steadfast, other = (tilt(probability, owed * (w - actual)) for w in weights)
    return trust * steadfast + (1 - trust) * other
