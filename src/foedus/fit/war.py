"""The war's parameters from inter-state wars 1823-1992: outcome and length, then losses.

The likelihood is the exact law (`war.law`), so nothing is simulated in the fit. Wars that began
from 1993 on are held out, and the war over Nagorno-Karabakh is not in the table at all. The law of
outcome and length is fitted alone; losses follow for each of its draws (`fit.war_losses`).
"""

from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jax import lax

from foedus.fit import war_losses, war_model, war_prior
from foedus.fit.diagnose import convergence, leave_one_out
from foedus.fit.fitted import Fitted
from foedus.fit.war_losses import LOSSES
from foedus.fit.war_model import LENGTH, OUTCOMES, Record
from foedus.fit.war_sample import Likelihood, nuts
from foedus.war import law

NAMES = LENGTH + LOSSES
HELD_OUT_FROM = 1993
"""Wars that began in this year or later are for judging only."""
_BATCH = 100
_AT_LEAST = 1000  # draws a chain, of which those wanted are kept


class Form(NamedTuple):
    """Which law of outcome and length is fitted.

    Attributes:
        names: Parameters to estimate.
        fixed: Values of others.
    """

    names: tuple[str, ...] = LENGTH
    fixed: tuple[tuple[str, float], ...] = ()


ENGINE = Form()
"""Settlement at a constant hazard per calendar day, as the engine has it."""
PROPOSED = Form((*LENGTH, "form.growth"), (("form.tempo_power", 1.0),))
"""Settlement in war time, with a hazard that may grow with the years (b = 1)."""


class Posterior(NamedTuple):
    """Draws of the law of outcome and length.

    Attributes:
        theta: By name, [chain, draw, ...]; eras last.
        log_density: Of each war that was fitted, [chain, draw, war].
        diverging: [chain, draw].
    """

    theta: dict[str, np.ndarray]
    log_density: np.ndarray
    diverging: np.ndarray

    def thinned(self, draws: int) -> dict[str, np.ndarray]:
        """So many draws, evenly from all chains, [..., draw]."""
        flat = {name: x.reshape(-1, *x.shape[2:]) for name, x in self.theta.items()}
        number = self.diverging.size
        kept = np.linspace(0, number - 1, draws).round().astype(int)
        return {name: np.moveaxis(x[kept], 0, -1) for name, x in flat.items()}


def fit(
    wars: pd.DataFrame,
    *,
    draws: int = 1000,
    seed: int,
    table: dict | None = None,
    chains: int = 4,
    warmup: int = 400,
) -> Fitted:
    """The war's parameters.

    Args:
        wars: As `record.wars.wars` gives them.
        draws: Wanted of each parameter; joint over all of them.
        seed: Of everything.
        table: Priors; the weak ones if none are given.
        chains: Of the sampler.
        warmup: Steps of each.

    Returns:
        Draws of `NAMES`, [draw] or [era, draw] (one value from 1946 on); diagnostics:
        convergence; `leave_one_out` over wars (per log day); `held_out`, log score of each later
        war; `losses`, how far their walks have settled; counts.

    Raises:
        ValueError: A war without a ratio or a length, or a parameter without a prior.
    """
    table = war_prior.weak() if table is None else table
    known, later = split(wars)
    record = war_model.arrays(known)
    many = max(draws, _AT_LEAST * chains) if chains > 1 else draws
    found = posterior(record, table, draws=many, seed=seed, chains=chains, warmup=warmup)
    theta = found.thinned(draws)
    losses_prior = war_prior.prior(table, LOSSES)
    lost = war_losses.draw(losses_prior, theta, record, seed=seed)
    loo = leave_one_out(found.log_density)
    diagnostics: dict[str, Any] = convergence(found.theta, found.diverging)
    diagnostics |= {
        "leave_one_out": loo | {"war": known.index.tolist()},
        "held_out": held_out(theta, later),
        "losses": {"accepted": lost.accepted, "drift": lost.drift},
    }
    return Fitted(by_era(theta) | lost.draws, diagnostics, _counts(wars, known, later))


def split(wars: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The wars that are fitted, and the later ones that judge; both with a known ratio."""
    known = wars[wars.log_ratio.notna()]
    return known[known.year < HELD_OUT_FROM], known[known.year >= HELD_OUT_FROM]


def _counts(wars: pd.DataFrame, known: pd.DataFrame, later: pd.DataFrame) -> dict[str, int]:
    """What was counted."""
    record = war_model.arrays(known)
    return {
        "wars": len(known),
        **{f"wars {outcome}": int((known.outcome == outcome).sum()) for outcome in OUTCOMES},
        "wars with death rates": int(np.isfinite(record.intensity).sum()),
        "wars with an exchange ratio": int(np.isfinite(record.exchange).sum()),
        "wars held out": len(later),
        "wars without a ratio of capabilities": int(wars.log_ratio.isna().sum()),
        **wars.attrs.get("dropped", {}),
    }


def by_era(theta: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The draws as the engine has them: four eras, of which the last two are alike."""
    four = np.array([0, 1, 2, 2])
    return {name: x if x.ndim == 1 else x[four] for name, x in theta.items()}


@cache
def likelihood(prior: war_prior.Prior, form: Form = ENGINE) -> Likelihood:
    """Log likelihood of scores, given a `Record` (its weights apply)."""

    def of_scores(z: jax.Array, record: Record) -> jax.Array:
        theta = war_prior.values(prior, z) | dict(form.fixed)
        return (record.weight * war_model.log_density(theta, record)).sum()

    return of_scores


def posterior(
    record: Record,
    table: dict,
    *,
    draws: int,
    seed: int,
    form: Form = ENGINE,
    chains: int = 4,
    warmup: int = 400,
) -> Posterior:
    """Draws of the law of outcome and length.

    Args:
        record: The wars.
        table: Priors.
        draws: At least so many in all.
        seed: Of the sampler.
        form: Which law.
        chains: Of the sampler.
        warmup: Steps of each.
    """
    prior = war_prior.prior(table, form.names)
    each = -(-draws // chains)
    run = nuts(
        likelihood(prior, form),
        prior.size,
        record,
        draws=each,
        seed=seed,
        warmup=warmup,
        chains=chains,
    )
    theta = values(prior, run.z, form)
    densities = pointwise({name: _flat(x) for name, x in theta.items()}, record)
    return Posterior(theta, densities.reshape(*run.z.shape[:2], -1), run.diverging)


def values(prior: war_prior.Prior, z: np.ndarray, form: Form = ENGINE) -> dict[str, np.ndarray]:
    """Parameters at scores [..., score]; leading axes stay."""
    lead = z.shape[:-1]
    with jax.enable_x64(True):
        flat = jnp.asarray(z.reshape(-1, z.shape[-1]))
        found = jax.vmap(lambda one: war_prior.values(prior, one))(flat)
    theta = {name: np.asarray(x).reshape(lead + x.shape[1:]) for name, x in found.items()}
    return theta | {name: np.full(lead, x) for name, x in form.fixed}


def _flat(x: np.ndarray) -> np.ndarray:
    """Chains one after the other, draws last."""
    return np.moveaxis(x.reshape(-1, *x.shape[2:]), 0, -1)


def pointwise(theta: dict[str, np.ndarray], record: Record) -> np.ndarray:
    """Log density (outcome and log length) of each war at each draw, [draw, war].

    Args:
        theta: [..., draw] by name.
        record: The wars.
    """
    with jax.enable_x64(True):
        first = {name: jnp.moveaxis(jnp.asarray(x), -1, 0) for name, x in theta.items()}
        run = jax.jit(
            lambda t: lax.map(lambda one: war_model.log_density(one, record), t, batch_size=_BATCH)
        )
        return np.asarray(run(first))


def held_out(theta: dict[str, np.ndarray], later: pd.DataFrame) -> dict[str, Any]:
    """Log score of wars that were not fitted: log of the mean density over the draws.

    Args:
        theta: [..., draw] by name.
        later: Wars, as `record.wars.wars` gives them.

    Returns:
        `log_score` by name of the war, and their `mean`, both per log day; `expected`, the
        probability of each war's outcome, whatever its length.
    """
    if not len(later):
        return {"log_score": {}, "mean": None, "expected": {}}
    record = war_model.arrays(later)
    density = pointwise(theta, record)
    score = np.logaddexp.reduce(density, axis=0) - np.log(len(density))
    shares = outcome_shares(theta, record)[record.outcome, np.arange(len(later))]
    return {
        "log_score": dict(zip(later.name, score.tolist(), strict=True)),
        "mean": float(score.mean()),
        "expected": dict(zip(later.name, shares.tolist(), strict=True)),
    }


def outcome_shares(theta: dict[str, np.ndarray], record: Record) -> np.ndarray:
    """Probability of each outcome of each war, averaged over draws, [outcome, war]."""
    days = jnp.exp(jnp.arange(-3, 14, 0.1))

    def one(theta: dict[str, jax.Array]) -> jax.Array:
        def of_war(ratio: jax.Array, era: jax.Array) -> jax.Array:
            law_of = law.table(war_model.terms(theta, era), ratio[None], days)
            share = jnp.stack([end.sum() for end in law_of])
            return share / share.sum()

        return jax.vmap(of_war, out_axes=1)(jnp.asarray(record.log_ratio), jnp.asarray(record.era))

    with jax.enable_x64(True):
        first = {name: jnp.moveaxis(jnp.asarray(x), -1, 0) for name, x in theta.items()}
        return np.asarray(jax.jit(lambda t: lax.map(one, t))(first)).mean(0)
