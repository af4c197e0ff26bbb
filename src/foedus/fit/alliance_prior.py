"""Weak priors of the fits of alliances and of fulfilment, and how both draw from a posterior."""

import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import jax
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax.flatten_util import ravel_pytree
from numpyro.infer import MCMC, NUTS
from numpyro.infer.util import initialize_model

from foedus.core import priors

CHAINS = 4
ENOUGH = 4000
"""Draws that are made at least, for R-hat and effective sizes to be what they should."""

draw: Callable[..., Any] = numpyro.sample
"""NumPyro's, whose own type is too wide to calculate with."""


def weak(table: dict | None = None) -> dict:
    """The frozen priors, with weak ones for what the record informed there.

    Args:
        table: In place of the shipped `core/priors.toml`.

    Examples:
        >>> weak()["alliance"]["suspend_intercept"]["dist"]
        {'normal': [-6.0, 2.5]}
    """
    table = priors.read() if table is None else table
    own = tomllib.loads((files("foedus.fit") / "weak_alliance.toml").read_text())
    return table | {group: table.get(group, {}) | fields for group, fields in own.items()}


_FORMS: dict[str, Callable[..., dist.Distribution]] = {
    "normal": dist.Normal,
    "positive": lambda mean, sd: dist.TruncatedNormal(mean, sd, low=0.0),
    "half": dist.HalfNormal,
    "lognormal": lambda median, sd: dist.LogNormal(np.log(median), sd),
    "beta": dist.Beta,
    "uniform": dist.Uniform,
}


def distribution(table: dict, name: str, part: str = "dist") -> dist.Distribution:
    """A prior of the table as NumPyro has it.

    Args:
        table: As `weak()`.
        name: Dotted name of the parameter.
        part: `dist`, or `era_sd`.

    Raises:
        ValueError: No prior of that name or form.

    Examples:
        >>> distribution(weak(), "alliance.treaty_sd").scale
        1.0
    """
    group, field = name.split(".")
    try:
        ((form, arguments),) = table[group][field][part].items()
        return _FORMS[form](*arguments)
    except KeyError as lack:
        raise ValueError(f"expected a prior ({part}) for {name}; no {lack}") from None


def sample(
    model: Callable, *data: Any, draws: int, seed: int, warmup: int = 600, accept: float = 0.98
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Draws of a NumPyro model by NUTS, in four chains side by side.

    Args:
        model: Called with `data`.
        data: Its arguments.
        draws: Wanted in all; rounded up to whole chains.
        seed: Of the sampler.
        warmup: Steps of each chain.
        accept: Acceptance aimed at.

    Returns:
        Draws [chain, draw, ..] by name; which transitions diverged.
    """
    first, rest = jax.random.split(jax.random.key(seed))
    start = initialize_model(jax.random.split(first, CHAINS), model, model_args=data)
    # One flat vector of all sites: the sampler compiles in half the time.
    _, unravel = ravel_pytree(jax.tree.map(lambda site: site[0], start.param_info.z))
    run = MCMC(
        NUTS(potential_fn=lambda v: start.potential_fn(unravel(v)), target_accept_prob=accept),
        num_warmup=warmup,
        num_samples=-(-draws // CHAINS),
        num_chains=CHAINS,
        chain_method="vectorized",
        progress_bar=False,
    )
    flat = jax.vmap(lambda site: ravel_pytree(site)[0])(start.param_info.z)
    run.run(rest, init_params=flat, extra_fields=("diverging",))
    told = jax.vmap(jax.vmap(lambda v: start.postprocess_fn(unravel(v))))
    found = jax.jit(told)(run.get_samples(group_by_chain=True))
    diverging = run.get_extra_fields()["diverging"]
    return {name: np.asarray(a, float) for name, a in found.items()}, np.asarray(diverging)


def thin(found: dict[str, np.ndarray], draws: int) -> dict[str, np.ndarray]:
    """So many draws of all chains, evenly spaced [draw, ..] by name.

    Args:
        found: Draws [chain, draw, ..] by name.
        draws: Wanted.

    Examples:
        >>> thin({"x": np.arange(8.0).reshape(2, 4)}, 4)["x"]
        array([0., 2., 4., 7.])
    """
    flat = {name: a.reshape(-1, *a.shape[2:]) for name, a in found.items()}
    pick = {name: np.linspace(0, len(a) - 1, draws).astype(int) for name, a in flat.items()}
    return {name: a[pick[name]] for name, a in flat.items()}
