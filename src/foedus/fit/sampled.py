r"""A check on the joining fit: sampled, with effects of states and of multilateral treaties.

No-U-turn draws (NUTS) of the same likelihood, on a case-control subset of the record: every
dispute that somebody joined, the great wars among them, and `OTHERS` of the rest, drawn at random
and weighted by the inverse of their share, so that the subset stands for the whole. Beside the
parameters of `joining.THETA` there are an effect of each state on all its decisions to fight, and
of each multilateral treaty on its members' decisions to fight for whom it binds them to defend;
both are normal, their spreads half-normal (`SPREAD`), and they are sampled as standard scores.

The effect that a side of a dispute shares is sampled too where somebody joined. Where nobody did
it is summed over a few nodes: a weight may multiply the logarithm of an integral, but not what is
under it.

All is sampled in coordinates in which the Laplace fit is a standard normal, so that little is
left for the warm-up to learn.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jax import lax
from jaxtyping import Array, Float
from numpyro.infer.hmc import HMCState, hmc

from foedus.core.kinds import Side
from foedus.fit.crises import SIZES, Crises, crises
from foedus.fit.diagnose import convergence
from foedus.fit.fitted import Fitted
from foedus.fit.joining import (
    THETA,
    Nodes,
    Setting,
    located,
    loglik_leaning,
    nodes_at,
    prior,
    setting,
)

OTHERS = 150
"""Disputes that nobody joined, drawn from the record."""
SPREAD = {"half": [0.5]}
"""Prior of the sd of states' effects, and of treaties'."""
SPREADS = ("state_sd", "treaty_sd")
NAMES = (*THETA, *SPREADS)
CHAINS = 2
ACCEPT, DEEPEST = 0.85, 5
EXTREME = 5
"""States, and treaties, that are told by name."""
POINTS = 3
"""Nodes of a side, where nobody joined."""


class Part(NamedTuple):
    """Disputes of one size; every array begins with `dispute`.

    Attributes:
        stack: The disputes, by their weight.
        nodes: Where shared effects are evaluated; for those sampled, the centre of their
            coordinate.
        scale: Width of that coordinate [dispute, side].
        state: Place of each state among the states that have effects, their number for none.
        treaty: The same of treaties, for each side [dispute, side, state].
    """

    stack: Crises
    nodes: Nodes
    scale: np.ndarray
    state: np.ndarray
    treaty: np.ndarray


class Subset(NamedTuple):
    """What is sampled from.

    Attributes:
        joined: Disputes that somebody joined, whose shared effects are sampled.
        others: The rest of the sample.
        states: COW codes of the states.
        treaties: ATOP numbers of the treaties.
    """

    joined: list[Part]
    others: list[Part]
    states: np.ndarray
    treaties: np.ndarray


class Known(NamedTuple):
    """The normal whose standard coordinates are sampled, and the prior [parameter].

    Attributes:
        mode: Of `NAMES`.
        root: Lower triangle whose square is the covariance.
        mean: Of the prior's normal.
        sd: Of it.
        log: The normal is that of the exponential.
    """

    mode: np.ndarray
    root: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    log: np.ndarray


class Effects(NamedTuple):
    """What a point of the sampler stands for.

    Attributes:
        theta: In the order of `NAMES`.
        states: Effect of each state, logit.
        treaties: Effect of each treaty, logit.
        shared: Effects of the sides of disputes, as coordinates [dispute, side].
    """

    theta: Float[Array, " parameter"]
    states: Float[Array, " state"]
    treaties: Float[Array, " treaty"]
    shared: Float[Array, "dispute side"]


def weights(joined: np.ndarray, fitted: np.ndarray, others: int, seed: int) -> np.ndarray:
    """Weight of each dispute in the subset, 0 for those left out.

    Args:
        joined: Somebody joined it.
        fitted: It may be fitted.
        others: Wanted of those that nobody joined.
        seed: Of their choice.

    Examples:
        >>> weights(np.array([True, False, False, False]), np.ones(4, bool), 2, seed=1).sum()
        np.float64(4.0)
    """
    rest = np.flatnonzero(fitted & ~joined)
    number = min(others, len(rest))
    chosen = np.random.default_rng(seed).choice(rest, number, replace=False)
    weight = np.where(fitted & joined, 1.0, 0.0)
    weight[chosen] = len(rest) / max(number, 1)
    return weight


def subset(
    calls: pd.DataFrame, treaties: pd.DataFrame, theta: np.ndarray, given: Setting,
    *, others: int = OTHERS, seed: int = 1,
) -> Subset:  # fmt: skip
    """Draw the subset of a calls table.

    Args:
        calls: From `record.calls.table`.
        treaties: From `record.calls.treaties`, of the same rows.
        theta: About which shared effects are placed.
        given: What is not fitted.
        others: Disputes that nobody joined.
        seed: Of the choice.
    """
    stacks = [s for s in crises(calls) if s.weight.any()]
    came = np.concatenate([(s.joined > 0).any(1) for s in stacks])
    weight = weights(came, np.concatenate([s.weight for s in stacks]) > 0, others, seed)
    ends = np.cumsum([len(s.number) for s in stacks])[:-1]
    stacks = [s._replace(weight=w) for s, w in zip(stacks, np.split(weight, ends), strict=True)]
    labels = calls.ccode.to_numpy(), treaties.to_numpy().T
    known = np.unique(labels[0]), np.setdiff1d(labels[1], [0])
    parts = [_part(s, labels, known, *located(jnp.asarray(theta), given, s)) for s in stacks]
    return Subset(_sized(parts, nobody=False), _sized(parts, nobody=True), *known)


def _sized(parts: list[Part], *, nobody: bool) -> list[Part]:
    """One part of each size, of the disputes that nobody joined or of those that somebody did."""
    found = []
    for size in SIZES:
        picked = [_pick(p, nobody=nobody) for p in parts if p.state.shape[1] == size]
        if sum(len(part.scale) for part in picked):
            found.append(jax.tree.map(lambda *a: np.concatenate(a), *picked))
    return found


def _pick(part: Part, *, nobody: bool) -> Part:
    """The disputes of weight that nobody joined, with few nodes, or that somebody did, with one."""
    stack, mean = part.stack, part.nodes.z[..., 0]
    one = Nodes(mean[..., None], np.zeros((len(mean), 1)))
    nodes = nodes_at(mean, part.scale, POINTS) if nobody else one
    which = (stack.weight > 0) & ((stack.joined == 0).all(1) == nobody)
    return jax.tree.map(lambda a: np.asarray(a)[which], part._replace(nodes=nodes))


def _part(
    stack: Crises, labels: tuple[np.ndarray, np.ndarray], known: tuple[np.ndarray, ...],
    mean: np.ndarray, sd: np.ndarray,
) -> Part:  # fmt: skip
    """Disputes with the places of their states and treaties, and where shared effects lie."""
    there, (codes, owing) = stack.row >= 0, labels
    owed = np.moveaxis(owing[list(_COLUMN)][:, stack.row], 0, 1)
    own = np.where(there, np.searchsorted(known[0], codes[stack.row]), len(known[0]))
    bound = there[:, None] & (owed > 0)
    treaty = np.where(bound, np.searchsorted(known[1], owed), len(known[1]))
    nodes = Nodes(mean[..., None], np.zeros((len(mean), 1)))
    return Part(stack, nodes, np.maximum(sd, 0.05), own, treaty)


_COLUMN = tuple({Side.CHALLENGER: 0, Side.TARGET: 1}[side] for side in Side)


def known(table: dict, thetas: np.ndarray) -> Known:
    """Coordinates from draws of a first fit [draw, theta], and the priors of a table."""
    size, more = len(NAMES), len(SPREADS)
    root = np.zeros((size, size))
    root[:-more, :-more] = np.linalg.cholesky(np.cov(thetas.T))
    root[-more:, -more:] = 0.5 * np.eye(more)
    mode = np.append(thetas.mean(0), np.full(more, np.log(0.3)))
    rows = [_normal(dist) for dist in (*prior(table), *[SPREAD] * more)]
    mean, sd, log = np.array(rows).T
    return Known(mode, root, mean, sd, log)


def _normal(dist: dict[str, list[float]]) -> tuple[float, float, float]:
    """Mean and sd of a prior's normal, and 1 if it is that of the exponential.

    Examples:
        >>> _normal({"half": [0.5]})
        (0.0, 0.5, 1.0)
    """
    ((name, arguments),) = dist.items()
    mean, sd = (0.0, *arguments) if name == "half" else arguments
    mean = np.log(mean) if name == "lognormal" else mean
    return float(mean), float(sd), float(name in ("half", "positive"))


def size_of(data: Subset) -> int:
    """Coordinates of the sampler."""
    shared = len(Side) * sum(len(part.scale) for part in data.joined)
    return len(NAMES) + len(data.states) + len(data.treaties) + shared


def effects(x: Float[Array, " coordinate"], data: Subset, about: Known) -> Effects:
    """What a point of the sampler stands for."""
    ends = np.cumsum([len(NAMES), len(data.states), len(data.treaties)])
    own, states, treaties, shared = jnp.split(x, ends)
    theta = jnp.asarray(about.mode) + about.root @ own
    state_sd, treaty_sd = jnp.exp(theta[len(THETA) :])
    return Effects(theta, state_sd * states, treaty_sd * treaties, shared.reshape(-1, len(Side)))


def leaning(part: Part, found: Effects) -> Float[Array, "dispute side state"]:
    """Effect of each state and of its treaty on its decisions to fight for each side."""
    states, treaties = (jnp.append(a, 0.0) for a in (found.states, found.treaties))
    return states[part.state][:, None] + treaties[part.treaty]


def loglik(found: Effects, data: Subset, given: Setting) -> tuple[Array, Array]:
    """Weighted log likelihood, and the log density of the sampled shared effects."""
    theta, at = found.theta[: len(THETA)], 0
    value = law = jnp.zeros((), found.theta.dtype)
    for part in data.others:
        each = loglik_leaning(theta, given, part.stack, part.nodes, leaning(part, found))
        value = value + (each * part.stack.weight).sum()
    for part in data.joined:
        x = found.shared[at : (at := at + len(part.scale))]
        z = part.nodes.z + (part.scale * x)[..., None]
        nodes = part.nodes._replace(z=z)
        value = value + loglik_leaning(theta, given, part.stack, nodes, leaning(part, found)).sum()
        law = law - (z**2).sum() / 2
    return value, law


def log_prior(theta: Array, about: Known) -> Array:
    """Log density of the parameters, up to a constant; a change of scale included."""
    value = jnp.where(about.log > 0, jnp.exp(theta), theta)
    return (-(((value - about.mean) / about.sd) ** 2) / 2 + about.log * theta).sum()


def log_density(x: Array, data: Subset, about: Known, given: Setting) -> Array:
    """Log posterior density at a point of the sampler, up to a constant."""
    found = effects(x, data, about)
    own = x[len(NAMES) : len(NAMES) + len(data.states) + len(data.treaties)]
    value, law = loglik(found, data, given)
    return value + law + log_prior(found.theta, about) - (own**2).sum() / 2


class Draws(NamedTuple):
    """Draws [chain, draw, ..] of parameters and effects, which diverged, and the tree's steps."""

    theta: np.ndarray
    states: np.ndarray
    treaties: np.ndarray
    diverging: np.ndarray
    steps: np.ndarray


def draw(
    data: Subset, about: Known, given: Setting, *, draws: int, warmup: int, seed: int
) -> Draws:
    """No-U-turn draws, in chains that run side by side.

    Args:
        data: The subset.
        about: Coordinates and priors.
        given: What is not fitted.
        draws: Of each chain.
        warmup: Steps of each chain before, which adapt the step and a diagonal metric.
        seed: Of the sampler.
    """
    leaves, tree = jax.tree.flatten(jax.tree.map(jnp.asarray, (data, about, given)))
    run = jax.jit(partial(_chain, tree=tree, size=size_of(data), warmup=warmup, draws=draws))
    program = run.lower(jax.random.key(0), leaves).compile()
    keys = jax.random.split(jax.random.key(seed), CHAINS)
    with ThreadPoolExecutor(CHAINS) as pool:
        made = list(pool.map(lambda key: jax.block_until_ready(program(key, leaves)), keys))
    return Draws(*(np.stack([np.asarray(a) for a in arrays]) for arrays in zip(*made, strict=True)))


def _chain(
    key: Array, leaves: list[Array], tree: Any, size: int, warmup: int, draws: int
) -> tuple[Array, ...]:
    """One chain: adapt, then draw."""
    given = jax.tree.unflatten(tree, leaves)
    potential = lambda x: -log_density(x, *given)  # noqa: E731
    start, move = hmc(potential)
    first, key = jax.random.split(key)
    near = jax.random.normal(first, (size,)) / 2
    state = start(
        near, warmup, dense_mass=False, target_accept_prob=ACCEPT, max_tree_depth=DEEPEST,
        step_size=0.1, rng_key=key,
    )  # fmt: skip

    def step(state: HMCState, _: None) -> tuple[HMCState, tuple[Array, ...]]:
        state = move(state)
        found = effects(state.z, *given[:2])
        return state, (*found[:3], state.diverging, state.num_steps)

    _, path = lax.scan(step, state, length=warmup + draws)  # one loop, so compiled once
    return tuple(a[warmup:] for a in path)


def fit(
    calls: pd.DataFrame,
    treaties: pd.DataFrame,
    table: dict,
    thetas: np.ndarray,
    *,
    covered: float,
    draws: int = 400,
    warmup: int = 200,
    others: int = OTHERS,
    seed: int = 1,
    progress: Callable[[str], None] = lambda line: None,
) -> Fitted:
    """Sample the subset, and say how far the fit that ships lies from it.

    Args:
        calls: From `record.calls.table`.
        treaties: From `record.calls.treaties`.
        table: Of priors.
        thetas: Draws of the fit that is checked [draw, theta].
        covered: As for `calls.fit`.
        draws: Of each of two chains.
        warmup: Of each chain.
        others: Disputes that nobody joined.
        seed: Of everything.
        progress: Told what was done.

    Returns:
        No draws of parameters: `diagnostics` of the sampler (`rhat`, `ess`, ..), `moved` (by
        parameter, the difference of means in sd of the fit that is checked, and the ratio of
        sds), `spread` (of the effects' sds) and the `states` and `treaties` that have the largest
        effects.
    """
    given = setting(covered)
    data = subset(calls, treaties, thetas.mean(0), given, others=others, seed=seed)
    about = known(table, thetas)
    made = draw(data, about, given, draws=draws, warmup=warmup, seed=seed)
    progress(f"{CHAINS} chains of {draws} drawn, {made.steps.mean():.0f} steps each")
    n = {
        "disputes": sum(len(p.scale) for p in (*data.joined, *data.others)),
        "joined": sum(len(p.scale) for p in data.joined),
        "states": len(data.states),
        "treaties": len(data.treaties),
    }
    return Fitted({}, told(made, data, thetas), n)


def told(made: Draws, data: Subset, thetas: np.ndarray) -> dict[str, Any]:
    """Diagnostics of the sampler, and what it found."""
    named = dict(zip(NAMES, np.moveaxis(made.theta, -1, 0), strict=True))
    mixed = convergence(named | {"states": made.states, "treaties": made.treaties}, made.diverging)
    spread = {name: _brief(np.exp(named[name])) for name in SPREADS}
    return mixed | {
        "steps": float(made.steps.mean()),
        "moved": moved(made.theta, thetas),
        "spread": spread,
        "states": largest(made.states, data.states),
        "treaties": largest(made.treaties, data.treaties),
    }


def moved(theta: np.ndarray, thetas: np.ndarray) -> dict[str, dict[str, float]]:
    """How far each parameter lies from another fit of it.

    Args:
        theta: Draws [chain, draw, parameter], in the order of `NAMES`.
        thetas: Draws of the other fit [draw, theta].
    """
    flat = theta.reshape(-1, theta.shape[-1])[:, : len(THETA)]
    off = (flat.mean(0) - thetas.mean(0)) / thetas.std(0)
    ratio = flat.std(0) / thetas.std(0)
    rows = zip(THETA, off, ratio, strict=True)
    return {name: {"shift": round(float(a), 2), "sd": round(float(b), 2)} for name, a, b in rows}


def largest(effect: np.ndarray, labels: np.ndarray) -> list[dict[str, float]]:
    """Those with the largest mean effects, either way: `label`, mean, 5 and 95 per cent.

    Examples:
        >>> draws = np.zeros((1, 4, 2)) + [0.0, -1.0]
        >>> largest(draws, np.array([2, 365]))[0]
        {'label': 365, 'mean': -1.0, 'low': -1.0, 'high': -1.0}
    """
    flat = effect.reshape(effect.shape[0] * effect.shape[1], -1)
    first = np.argsort(-np.abs(flat.mean(0)), kind="stable")[:EXTREME]
    return [{"label": int(labels[i])} | _brief(flat[:, i]) for i in first]


def _brief(values: np.ndarray) -> dict[str, float]:
    low, high = np.quantile(values, [0.05, 0.95])
    return {"mean": float(values.mean()), "low": float(low), "high": float(high)}
