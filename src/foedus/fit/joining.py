r"""The likelihood of who joined: the game's own third-party stage, read on the record.

Utilities, promises and the strategic terms come from `game.payoff` and `game.joining`, the
functions that the simulation draws from. The record says only who fought for whom, so all that
falls short of fighting is one outcome, whose utility is the log-sum of its parts (model note
1.7). Two things that the record does not say are integrated out:

- the effect that all decisions on one side of one dispute share, by quadrature placed where each
  dispute's own evidence is;
- whether pledges to a side were called for and covered what was attacked, the same for all its
  partners: $L = \pi \prod_k \sigma_k(\text{covered}) + (1 - \pi) \prod_k
  \sigma_k(\text{not covered})$ (correction 4).

A duty weighs what it does to an ally of unknown type, and who promised the same side defence is
company (`joining.peer`, at its prior median: the record does not tell it from the duty itself).
"""

from collections.abc import Callable
from functools import reduce
from itertools import product
from operator import mul
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp
from jaxtyping import Array, Float

from foedus.core import features
from foedus.core.kinds import Action, Obligation, Side
from foedus.core.params import GROUPS, Params, fix, load
from foedus.core.world import Dispute, World
from foedus.fit.crises import Crises
from foedus.fit.laplace import Objective, Peak, climb, peak
from foedus.fit.prior import density, location
from foedus.game import joining, payoff

SWEEPS = 2
"""Of the third-party stage; where joining is rare one more changes nothing that matters."""
NEVER = -joining.CERTAIN

FREE = (
    "intercept", "trend", "power", "major", "rivalry", "contiguity", "alongside", "against",
    "affinity", "remoteness", "crowd", "fading",
)  # fmt: skip
"""Coefficients of either sign."""
POSITIVE = ("obligation", "nonaggression", "patron_risk", "side_sd")
"""Coefficients above zero, fitted by their logs."""
SHIFTS = ("era_1816", "era_1914", "era_1946", "era_1991", "display", "force")
"""Effects of the era, and of hostility that fell short of war."""
THETA = (*FREE, *POSITIVE, *SHIFTS)


class Nodes(NamedTuple):
    """Where the shared effects of a stack's disputes are evaluated, standardised.

    Attributes:
        z: Of the target's and the challenger's side [dispute, side, node].
        logw: Log weight of each node under the standard normal [dispute, node].
    """

    z: np.ndarray
    logw: np.ndarray


class Setting(NamedTuple):
    """What the likelihood takes as given.

    Attributes:
        params: One draw of everything; what is not fitted keeps the value it has here.
        covered: Probability that a pledge was called for and covered what was attacked.
    """

    params: Params
    covered: float


def setting(covered: float = 0.5) -> Setting:
    """The prior's medians, and a coverage. The record has only those who came in time."""
    stored = load("prior-2020").params
    groups = {
        group: fields(*(np.median(a, axis=-1, keepdims=True) for a in getattr(stored, group)))
        for group, fields in GROUPS.items()
    }
    known = {"joining.camps": 0.0, "joining.early": 1.0}
    return Setting(fix(Params(**groups), known), covered)


def params_of(theta: Float[Array, " theta"], given: Params) -> Params:
    """Parameters as the game reads them, from the fitted vector."""
    value = dict(zip(THETA, theta, strict=True))
    own = {name: value[name][None] for name in FREE}
    own |= {name: jnp.exp(value[name])[None] for name in POSITIVE}
    own["era"] = jnp.stack([value[name][None] for name in SHIFTS[:4]])
    return given._replace(joining=given.joining._replace(**own))


def shift(theta: Float[Array, " theta"], level: Array) -> Array:
    """Effect of a level of hostility on all decisions to fight; war is the origin."""
    at = {name: i for i, name in enumerate(THETA)}
    by_level = jnp.stack([theta[at["display"]], theta[at["force"]], jnp.zeros(())])
    return by_level[level]


def outcomes(
    theta: Float[Array, " theta"],
    given: Setting,
    world: World,
    level: Array,
    z: Float[Array, "side node"],
    lean: Float[Array, "#side state"] | Float[Array, " state"] | float = 0.0,
) -> tuple[Float[Array, "case 3 state node"], Float[Array, " case"]]:
    """Log probability that each state stays out, joins the target, joins the challenger.

    In each of four cases: pledges to the target, and to the challenger, were called for and cover
    what is attacked, or not; all partners of a side are in the same case. Others are expected to
    act as they would before that is known.

    Args:
        theta: In the order of `THETA`.
        given: What is not fitted.
        world: `World` of one dispute.
        level: Of its hostility.
        z: Shared effects, standardised.
        lean: Effect of each state on all its decisions to fight, or on those for each side; logit.

    Returns:
        Log probabilities, and the log chance of each case.
    """
    params = params_of(theta, given.params)
    dispute = world.dispute
    effect = params.joining.side_sd * z[:, None] + shift(theta, level)
    effect = effect + jnp.asarray(lean)[..., None]
    active = world.member[..., None]
    duty = features.duty(params, world, dispute)
    seen = given.covered + (1 - given.covered) * params.joining.outside
    made = payoff.promises(world, dispute, active, duty)
    watched = features.watched(world, dispute)
    trust = params.alliance.trust
    (weight,) = payoff.duty_weights(params, world.year, watched, trust, 2 * trust - 1)
    felt = made._replace(owed=made.owed * seen)
    utility = payoff.promised(params, payoff.standing(params, world, dispute, effect), felt, weight)
    play = _play(params, world, dispute, utility, z.shape[-1])
    idle = jnp.array([0.0, NEVER, NEVER])[:, None, None]
    logp, chances = [], []
    for called in product((True, False), repeat=len(Side)):
        part = jnp.stack([jnp.where(c, 1.0, params.joining.outside) for c in called])[..., None]
        moved = _tilted(play, weight * made.owed * (part - seen))
        logp.append(jnp.where(dispute.party, moved, idle))
        own = (given.covered if c else 1 - given.covered for c in called)
        chances.append(reduce(mul, own))
    return jnp.stack(logp), jnp.log(jnp.stack(jnp.broadcast_arrays(*chances)))


def _play(
    params: Params, world: World, dispute: Dispute, utility: joining.Play, nodes: int
) -> Float[Array, "3 state node"]:
    """Log probabilities of the three outcomes, each state expecting the others' play."""
    fights = (Action.JOIN_TARGET, Action.JOIN_CHALLENGER)
    rest = reduce_logs(
        [u for action, u in zip(Action, utility, strict=True) if action not in fights]
    )
    shape = (*dispute.party.shape[:1], nodes)
    wide = lambda a: jnp.broadcast_to(a, shape)  # noqa: E731
    relative = [wide(utility[a] - rest) for a in fights]
    power = wide(features.reach(params, world, dispute))
    zero = jnp.zeros(shape, power.dtype)
    stage = joining.Stage(
        utility=(zero, zero + NEVER, *relative),
        stake=zero,
        power=power,
        free=wide(dispute.party),
        joined=jnp.zeros((len(Side), *shape), bool),
        strength=jnp.ones((len(Side), nodes), power.dtype),
        curve=jnp.zeros((12, nodes), power.dtype),
        shares=(0.0,),
        exposures=(1.0,),
        patron_risk=wide(params.joining.patron_risk)[0],
        peer=wide(params.joining.peer)[0],
        peers=_defenders(world, dispute, power.dtype),
    )
    play = (jnp.where(stage.free, 1.0, 0.0), zero, zero, zero)
    for _ in range(SWEEPS):
        play = joining.respond(stage, play, joining.gather(stage, play))
    tiny = jnp.finfo(power.dtype).tiny
    out = jnp.maximum(play[0] + play[1], tiny)
    return jnp.log(jnp.stack([out, *(jnp.maximum(p, tiny) for p in play[2:])]))


def reduce_logs(logs: list[Array]) -> Array:
    """Log of the sum of exponentials, of arrays that broadcast."""
    return logsumexp(jnp.stack(jnp.broadcast_arrays(*logs)), axis=0)


def _defenders(world: World, dispute: Dispute, dtype: jnp.dtype) -> Array:
    """Third parties that have promised each side defence [side, 1, state, 1]."""
    defence = world.member[jnp.array([len(Obligation) * side for side in Side])]
    return (defence[:, None, :, None] & dispute.party).astype(dtype)


def _tilted(
    logp: Float[Array, "3 state node"], more: Float[Array, "side state 1"]
) -> Float[Array, "3 state node"]:
    """Outcomes when the duties to the two sides weigh so much more than on average."""
    moved = jnp.stack([logp[0], logp[1] + more[0], logp[2] + more[1]])
    return moved - logsumexp(moved, axis=0)


def _each(stack: Crises, nodes: Nodes, one: Callable[[tuple], Any]) -> Any:
    """Something for every dispute of a stack."""
    items = (stack.world, stack.joined, stack.level, stack.weight, nodes.z, nodes.logw)
    return jax.vmap(one)(jax.tree.map(jnp.asarray, items))


def _seen(
    logp: Float[Array, "case 3 state node"], joined: Array
) -> Float[Array, "case state node"]:
    """Log probability of what each state did."""
    return jnp.take_along_axis(logp, joined[None, None, :, None], axis=1)[:, 0]


def _dispute_loglik(
    theta: Array, given: Setting, item: tuple, lean: Array | float = 0.0
) -> tuple[Float[Array, ""], Float[Array, " node"]]:
    """Log likelihood of a dispute, and what each node adds to it."""
    world, joined, level, _, z, logw = item
    logp, chance = outcomes(theta, given, world, level, z, lean)
    rows = jnp.where(world.dispute.party, _seen(logp, joined), 0)
    nodes = logw + logsumexp(rows.sum(1) + chance[:, None], axis=0)
    return logsumexp(nodes), nodes


@jax.jit
def loglik(theta: Array, given: Setting, stack: Crises, nodes: Nodes) -> Float[Array, " dispute"]:
    """Log likelihood of each dispute of a stack."""
    return _each(stack, nodes, lambda item: _dispute_loglik(theta, given, item)[0])


def loglik_leaning(
    theta: Array,
    given: Setting,
    stack: Crises,
    nodes: Nodes,
    lean: Float[Array, "dispute state"] | Float[Array, "dispute side state"],
) -> Float[Array, " dispute"]:
    """The same where each state has an effect of its own, or one for each side."""
    items = (stack.world, stack.joined, stack.level, stack.weight, nodes.z, nodes.logw)
    one = lambda item, own: _dispute_loglik(theta, given, item, own)[0]  # noqa: E731
    return jax.vmap(one)(jax.tree.map(jnp.asarray, items), lean)


@jax.jit
def _moments(theta: Array, given: Setting, stack: Crises, nodes: Nodes) -> Any:
    """Mean and sd of each dispute's effects, given what was done in it [dispute, side]."""

    def one(item: tuple) -> tuple[Array, Array]:
        share = jax.nn.softmax(_dispute_loglik(theta, given, item)[1])
        z = item[4]
        mean = (share * z).sum(-1)
        return mean, jnp.sqrt((share * (z - mean[:, None]) ** 2).sum(-1))

    return _each(stack, nodes, one)


POINTS = 5
"""Nodes of a side."""


def prior_nodes(number: int, points: int = 9) -> Nodes:
    """An even grid over both effects, for a first look."""
    grid = np.linspace(-4, 4, points)
    pair = np.stack([a.ravel() for a in np.meshgrid(grid, grid, indexing="ij")])
    logw = -(pair**2).sum(0) / 2
    logw = logw - logsumexp(logw)
    return Nodes(np.tile(pair, (number, 1, 1)), np.tile(logw, (number, 1)))


def nodes_at(mean: np.ndarray, sd: np.ndarray, points: int = POINTS) -> Nodes:
    """Gauss-Hermite nodes for effects of about this mean and spread [dispute, side]."""
    sd = 1.2 * np.maximum(sd, 0.05)
    at, weigh = np.polynomial.hermite_e.hermegauss(points)
    pair = np.stack([a.ravel() for a in np.meshgrid(at, at, indexing="ij")])
    own = np.log(weigh / weigh.sum())
    weight = np.add.outer(own, own).ravel()
    z = mean[..., None] + sd[..., None] * pair
    # importance: the normal's density at z over that of the nodes' own normal
    logw = weight + ((pair**2).sum(0) - (z**2).sum(1)) / 2 + np.log(sd).sum(1)[:, None]
    return Nodes(z, logw)


def located(theta: Array, given: Setting, stack: Crises) -> tuple[np.ndarray, np.ndarray]:
    """Where each dispute's evidence puts its effects: mean and sd [dispute, side]."""
    near = prior_nodes(len(stack.number))
    mean, sd = _moments(theta, given, stack, near)
    near = nodes_at(np.asarray(mean), np.asarray(sd))
    mean, sd = _moments(theta, given, stack, near)
    return np.asarray(mean), np.asarray(sd)


def place(theta: Array, given: Setting, stacks: list[Crises]) -> list[Nodes]:
    """Nodes where each dispute's evidence puts its effects."""
    return [nodes_at(*located(theta, given, stack)) for stack in stacks]


@jax.jit
def weighted(theta: Array, given: Setting, stack: Crises, nodes: Nodes) -> Array:
    """Log likelihood of a stack, each dispute by its weight."""
    return (loglik(theta, given, stack, nodes) * stack.weight).sum()


_gradient = jax.jit(jax.value_and_grad(weighted))


def total(
    theta: Array, given: Setting, stacks: list[Crises], nodes: list[Nodes]
) -> tuple[float, np.ndarray]:
    """Weighted log likelihood of all disputes, and its gradient."""
    parts = [_gradient(theta, given, s, n) for s, n in zip(stacks, nodes, strict=True)]
    return float(sum(v for v, _ in parts)), np.sum([np.asarray(g) for _, g in parts], axis=0)


LEVEL_PRIOR = {"normal": [-2.0, 2.0]}
"""Hostility short of war: what the record informs and no simulation of a war reads."""


def prior(table: dict) -> list[dict]:
    """Distribution of each of `THETA`, from a table of priors."""
    own = table["joining"]
    eras = own["era"]["dist"]
    dists = [own[name]["dist"] for name in (*FREE, *POSITIVE)]
    return [*dists, *eras, LEVEL_PRIOR, LEVEL_PRIOR]


class Posterior(NamedTuple):
    """A fit of the joining model.

    Attributes:
        peak: Normal approximation, in the order of `THETA`.
        given: What was not fitted.
        stacks: What it was fitted to.
        nodes: Where the shared effects were evaluated.
    """

    peak: Peak
    given: Setting
    stacks: list[Crises]
    nodes: list[Nodes]


def objective(table: dict, given: Setting, stacks: list[Crises], nodes: list[Nodes]) -> Objective:
    """Log posterior density and its gradient."""
    dists = prior(table)

    def at(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = total(jnp.asarray(theta), given, stacks, nodes)
        parts = np.array([density(d, x) for d, x in zip(dists, theta, strict=True)])
        return value + parts[:, 0].sum(), slope + parts[:, 1]

    return at


def fit_peak(
    table: dict,
    given: Setting,
    stacks: list[Crises],
    start: Peak | None = None,
    rounds: int = 2,
) -> Posterior:
    """Find the posterior's peak; quadrature nodes follow the estimate from round to round."""
    places = [location(d) for d in prior(table)]
    stacks = [s for s in stacks if s.weight.any()]
    mode = np.array([m for m, _ in places]) if start is None else start.mode
    widest = np.array([s for _, s in places])
    scale = widest.clip(max=0.3)
    if start is not None:
        scale = np.sqrt(np.diag(start.covariance))
    nodes = place(jnp.asarray(mode), given, stacks)
    for last in range(rounds):
        density_ = objective(table, given, stacks, nodes)
        mode = climb(density_, mode, scale, tolerance=0.3 if last < rounds - 1 else 0.1)
        nodes = place(jnp.asarray(mode), given, stacks)
    return Posterior(
        peak(objective(table, given, stacks, nodes), mode, widest), given, stacks, nodes
    )
