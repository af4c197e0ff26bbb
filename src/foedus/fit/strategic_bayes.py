"""Strategic models fitted by Bayes' rule: NUTS through NumPyro, with priors that are told."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import pandas as pd
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.distributions import Normal
from numpyro.infer import MCMC, NUTS, init_to_uniform

from foedus.fit import strategic_search as search
from foedus.fit.strategic import prepare
from foedus.fit.strategic_likelihood import Problem, double, indices
from foedus.fit.strategic_model import Model

PRIOR_SD = 2.0
SCALE_SD = 0.5


class Posterior(NamedTuple):
    """Draws of a strategic model's coefficients.

    Attributes:
        draws: One row a draw, one column a coefficient.
        table: Mean, sd, 5 and 95 per cent, R-hat and effective sample size of each.
        prior: Mean and standard deviation of each coefficient's normal prior.
        divergences: Steps of the sampler that went astray.
    """

    draws: pd.DataFrame
    table: pd.DataFrame
    prior: pd.DataFrame
    divergences: int


@double
def posterior(
    formula: str | Model,
    data: pd.DataFrame,
    *,
    priors: Mapping[tuple[str, str], tuple[float, float]] | None = None,
    prior_sd: float = PRIOR_SD,
    draws: int = 1000,
    warmup: int = 500,
    chains: int = 4,
    seed: int = 1,
    **kind: Any,
) -> Posterior:
    """Draws from the posterior of a strategic model.

    Unless told otherwise a coefficient is normal around 0, with standard deviation `prior_sd`
    divided by the spread of its regressor: what a usual difference in a regressor, or the
    constant, adds to a payoff, in units of the noise. Terms of a log scale have 0.5 instead.

    Args:
        formula: As in `strategic.fit`.
        data: As there.
        priors: Mean and standard deviation of some coefficients, by equation and term.
        prior_sd: Of the others.
        draws: Of all chains together.
        warmup: Steps of each chain that are not kept.
        chains: Run side by side.
        seed: Of the sampler.
        **kind: The other arguments of `strategic.fit`, but `starts`.

    Raises:
        ValueError: As `strategic.fit`; or a prior of no coefficient, or without spread.
    """
    ready = prepare(formula, data, **kind)
    prior = _prior(ready.problem, priors or {}, prior_sd)
    kernel = NUTS(
        partial(_model, ready.problem, prior.to_numpy()),
        dense_mass=True,
        init_strategy=init_to_uniform(radius=1),
    )
    kept = -(-draws // chains)
    run = MCMC(
        kernel,
        num_warmup=warmup,
        num_samples=kept,
        num_chains=chains,
        chain_method="vectorized",
        progress_bar=False,
    )
    run.run(jax.random.key(seed), extra_fields=("diverging",))
    scores = np.asarray(run.get_samples(group_by_chain=True)["score"])  # [chain, draw, ...]
    found = prior["mean"].to_numpy() + prior["sd"].to_numpy() * scores
    divergences = int(np.asarray(run.get_extra_fields()["diverging"]).sum())
    flat = pd.DataFrame(found.reshape(-1, len(prior)), columns=prior.index)
    return Posterior(flat, _table(found, prior.index), prior, divergences)


def _model(problem: Problem, prior: np.ndarray) -> None:
    """Independent normal priors, and the likelihood of the rows."""
    score = numpyro.sample("score", Normal(jnp.zeros(len(prior)), 1.0).to_event(1))
    eta = indices(problem.blocks, prior[:, 0] + prior[:, 1] * score)
    numpyro.factor("rows", problem.rows(eta, *problem.seen).sum())


def _prior(
    problem: Problem, given: Mapping[tuple[str, str], tuple[float, float]], sd: float
) -> pd.DataFrame:
    """Mean and standard deviation of each coefficient."""
    names = pd.MultiIndex.from_tuples(problem.names, names=["equation", "term"])
    if strangers := [name for name in given if name not in problem.names]:
        known = ", ".join(f"{e}: {t}" for e, t in problem.names)
        raise ValueError(f"expected priors of {known}; got {strangers[0]}")
    own = np.where(names.get_level_values(0).str.startswith("log(sigma"), SCALE_SD, sd)
    found = pd.DataFrame({"mean": 0.0, "sd": own / search.spreads(problem.blocks)}, index=names)
    for name, (mean, spread) in given.items():
        found.loc[name, ["mean", "sd"]] = mean, spread
    if not (found.sd > 0).all():
        name = found.index[~(found.sd > 0)][0]
        raise ValueError(f"expected priors with a spread; {name[0]}: {name[1]!r} has none")
    return found


def _table(found: np.ndarray, names: pd.Index) -> pd.DataFrame:
    """What is known of each coefficient, and how well the chains agree."""
    flat = found.reshape(-1, found.shape[-1])
    columns = {
        "mean": flat.mean(axis=0),
        "sd": flat.std(axis=0, ddof=1),
        "low": np.quantile(flat, 0.05, axis=0),
        "high": np.quantile(flat, 0.95, axis=0),
        "rhat": split_gelman_rubin(found),
        "ess": effective_sample_size(found),
    }
    return pd.DataFrame({n: np.asarray(c) for n, c in columns.items()}, index=names)
