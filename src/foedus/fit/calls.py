"""The joining model fitted to all calls of the record: draws, checks, and how much they bear.

The posterior is drawn by importance from a Student law at its peak (Pareto-smoothed, k-hat
reported). Beside it stand three fits of the great wars, posterior predictive checks, calibration
on simulated records (`fit.joining_check`), and a sampler of a case-control subset in which states
and treaties have effects of their own (`fit.sampled`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from foedus.core.kinds import Era, Side
from foedus.core.world import World
from foedus.fit import diagnose
from foedus.fit.crises import Crises, crises
from foedus.fit.fitted import Fitted
from foedus.fit.joining import (
    FREE,
    POSITIVE,
    SHIFTS,
    THETA,
    Posterior,
    Setting,
    fit_peak,
    objective,
    outcomes,
    prior,
    setting,
    weighted,
)
from foedus.fit.laplace import Peak, climb
from foedus.fit.prior import density, location

NAMES = tuple(f"joining.{name}" for name in (*FREE, *POSITIVE, "era"))
HEAVY = 12
"""Degrees of freedom of the proposal, so that no tail is missed."""
PROPOSED = 400
GREAT = 5
"""Joiners beyond which a dispute is down-weighted; and how many great ones are left out."""


class Fit(NamedTuple):
    """The fit with what cannot be a parameter of a simulation.

    Attributes:
        fitted: Draws by name.
        thetas: The same draws as vectors, in the order of `joining.THETA` [draw, theta].
        peak: Of the posterior.
    """

    fitted: Fitted
    thetas: np.ndarray
    peak: Peak


def fit(
    calls: pd.DataFrame,
    table: dict,
    *,
    covered: float,
    draws: int = 500,
    seed: int = 1,
    proposed: int = PROPOSED,
    start: Peak | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> Fit:
    """Fit all calls.

    Args:
        calls: From `record.calls.table`.
        table: Of priors.
        covered: Probability that a pledge was called for and covered what was attacked.
        draws: Wanted.
        seed: Of everything.
        proposed: Draws of the proposal.
        start: A peak to start from.
        progress: Told what was done.
    """
    given = setting(covered)
    found = fit_peak(table, given, crises(calls), start)
    progress(f"peak found: log density {found.peak.value:.1f}")
    thetas, khat, efficiency = importance_draws(table, found, proposed, draws, seed)
    progress(f"{proposed} draws weighed: k-hat {khat:.2f}")
    great = great_wars(table, found)
    progress("great wars down-weighted, and left out")
    diagnostics = {
        "khat": khat,
        "efficiency": efficiency,
        "slope": found.peak.slope,
        "contraction": contraction(table, thetas),
        "great_wars": great,
        "predictive": predictive(found, thetas, seed),
        "covered": covered,
    }
    n = {
        "disputes": int(sum((s.weight > 0).sum() for s in found.stacks)),
        "calls": int(sum(((s.row >= 0) & (s.weight > 0)[:, None]).sum() for s in found.stacks)),
        "joiners": int(sum(((s.joined > 0) & (s.weight > 0)[:, None]).sum() for s in found.stacks)),
    }
    return Fit(Fitted(named(thetas), diagnostics, n), thetas, found.peak)


def named(thetas: np.ndarray) -> dict[str, np.ndarray]:
    """Draws by the names of `core.params`.

    Examples:
        >>> sorted(named(np.zeros((2, len(THETA)))))[:2]
        ['joining.affinity', 'joining.against']
    """
    at = {name: thetas[:, i] for i, name in enumerate(THETA)}
    drawn = {f"joining.{name}": at[name] for name in FREE}
    drawn |= {f"joining.{name}": np.exp(at[name]) for name in POSITIVE}
    return drawn | {"joining.era": np.stack([at[name] for name in SHIFTS[: len(Era)]])}


def importance_draws(
    table: dict, found: Posterior, proposed: int, draws: int, seed: int
) -> tuple[np.ndarray, float, float]:
    """Posterior draws by importance, k-hat, and the share of draws that count."""
    rng, k = np.random.default_rng(seed), len(THETA)
    z = rng.standard_normal((proposed, k))
    z = z / np.sqrt(rng.chisquare(HEAVY, (proposed, 1)) / HEAVY)
    spread = np.linalg.cholesky(found.peak.covariance)
    tried = found.peak.mode + z @ spread.T
    log_proposal = -(HEAVY + k) / 2 * np.log1p((z**2).sum(1) / HEAVY)
    log_target = np.array([log_posterior(table, found, t) for t in tried])
    weight, khat = diagnose.importance(log_target, log_proposal)
    at = (np.arange(draws) + rng.random()) / draws
    chosen = np.searchsorted(weight.cumsum(), at).clip(max=proposed - 1)
    return tried[chosen], float(khat), float(1 / (weight @ weight) / proposed)


def log_posterior(table: dict, found: Posterior, theta: np.ndarray) -> float:
    """Log density, up to a constant."""
    known = sum(density(d, x)[0] for d, x in zip(prior(table), theta, strict=True))
    parts = zip(found.stacks, found.nodes, strict=True)
    return known + sum(float(weighted(jnp.asarray(theta), found.given, s, n)) for s, n in parts)


def contraction(table: dict, thetas: np.ndarray) -> dict[str, float]:
    """How much narrower the record makes each parameter: 1 wholly told by it, 0 not at all."""
    wide = np.array([sd for _, sd in (location(d) for d in prior(table))])
    told = 1 - (thetas.std(0) / wide) ** 2
    return {name: round(float(c), 3) for name, c in zip(THETA, told, strict=True)}


def great_wars(table: dict, found: Posterior) -> dict[str, Any]:
    """Shift of each parameter, in posterior sd, when the great wars count less, or not at all."""
    joiners = [(s.joined > 0).sum(1) for s in found.stacks]
    limit = np.sort(np.concatenate(joiners))[-GREAT]
    fits = {
        "down_weighted": [np.minimum(1, GREAT / np.maximum(j, 1)) for j in joiners],
        "without": [(j < limit).astype(float) for j in joiners],
    }
    sd, shifts = np.sqrt(np.diag(found.peak.covariance)), {}
    for name, weights in fits.items():
        stacks = [
            s._replace(weight=s.weight * w) for s, w in zip(found.stacks, weights, strict=True)
        ]
        mode = climb(objective(table, found.given, stacks, found.nodes), found.peak.mode, sd, 0.3)
        moved = (mode - found.peak.mode) / sd
        shifts[name] = dict(zip(THETA, np.round(moved, 2).tolist(), strict=True))
    great = [
        int(n) for s, j in zip(found.stacks, joiners, strict=True) for n in s.number[j >= limit]
    ]
    return {"disputes": sorted(great), **shifts}


@jax.jit
def simulated(theta: jax.Array, given: Setting, stack: Crises, key: jax.Array) -> jax.Array:
    """What every state of a stack does in a record drawn anew [dispute, state]."""
    effect, choice, cover = jax.random.split(key, 3)
    z = jax.random.normal(effect, (len(stack.level), len(Side), 1))

    def one(world: World, level: jax.Array, own: jax.Array, at: jax.Array) -> jax.Array:
        logp, chance = outcomes(theta, given, world, level, own)
        return logp[jax.random.categorical(at, chance), ..., 0]

    world, level = jax.tree.map(jnp.asarray, (stack.world, stack.level))
    logp = jax.vmap(one)(world, level, z, jax.random.split(cover, len(stack.level)))
    drawn = jax.random.categorical(choice, jnp.moveaxis(logp, 1, -1))
    return jnp.where(jnp.asarray(stack.row) >= 0, drawn, 0)


def statistics(stacks: list[Crises], joined: list[np.ndarray]) -> dict[str, float]:
    """Headline numbers of a record of joining."""
    told: dict[str, float] = {}
    counts = [
        np.column_stack([
            s.year, (j > 0).sum(1), (j == 1).sum(1), s.level,
            ((j > 0) & s.world.member[:, 0] & (s.row >= 0)).sum(1),
        ])[s.weight > 0]
        for s, j in zip(stacks, joined, strict=True)
    ]  # fmt: skip
    year, came, target, level, pledged = np.concatenate(counts).T
    eras = np.array([int(Era.of(int(y))) for y in year])
    for era in Era:
        told[f"joiners, {era.name}"] = float(came[eras == era].sum())
    told["share of disputes with a joiner"] = float((came > 0).mean())
    told["the same in wars"] = float((came[level == 2] > 0).mean())
    told["joiners on side B"] = float(target.sum())
    told["joiners in the largest five disputes"] = float(np.sort(came)[-5:].sum())
    told["joiners with a defence pledge to side B"] = float(pledged.sum())
    return told


def predictive(found: Posterior, thetas: np.ndarray, seed: int, number: int = 100) -> dict:
    """The record's headline numbers beside those of records drawn from the posterior."""
    keys = jax.random.split(jax.random.key(seed), (number, len(found.stacks)))
    rows = np.linspace(0, len(thetas) - 1, number).astype(int)
    drawn = []
    for row, own in zip(rows, keys, strict=True):
        pairs = zip(found.stacks, own, strict=True)
        made = [
            np.asarray(simulated(jnp.asarray(thetas[row]), found.given, s, k)) for s, k in pairs
        ]
        drawn.append(statistics(found.stacks, made))
    seen = statistics(found.stacks, [s.joined for s in found.stacks])
    told = {}
    for name, value in seen.items():
        values = np.array([d[name] for d in drawn])
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        told[name] = {
            "record": value, "low": float(low), "median": float(middle), "high": float(high),
            "tail": float(min((values <= value).mean(), (values >= value).mean())),
        }  # fmt: skip
    return told
