"""Parameters of war and entry as functions of standard normal scores.

In scores every prior is the same, so one potential serves fits, quick fits and calibration.
"""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr, ndtri
from jaxtyping import Array, Float
from scipy import special

from foedus.core import priors

ERAS = 3
"""Eras told apart in the war's parameters: 1816-1913, 1914-45, 1946-."""

_Dist = dict[str, list[float]]
_OF_SCORE: dict[str, Callable[..., Array]] = {
    "normal": lambda z, mean, sd: mean + sd * z,
    "lognormal": lambda z, median, sd: median * jnp.exp(sd * z),
    "uniform": lambda z, low, high: low + (high - low) * ndtr(z),
    "half": lambda z, sd: -sd * ndtri(ndtr(-z) / 2),
    "positive": lambda z, mean, sd: mean - sd * ndtri(ndtr(-z) * ndtr(mean / sd)),
}
_GRID = np.linspace(-8, 8, 1601)


class Part(NamedTuple):
    """Where one parameter's scores stand, and what they mean."""

    where: slice
    value: Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Prior:
    """All parameters of a fit; each is its own key to what was compiled for it.

    Attributes:
        size: Number of scores.
        parts: By name of the parameter.
    """

    size: int
    parts: dict[str, Part]


def weak(table: dict | None = None) -> dict:
    """The table of weak priors; `war.skill_sd` as in `core/priors.toml`.

    Args:
        table: In place of the shipped `core/priors.toml`.

    Examples:
        >>> weak()["war"]["repulse"]["dist"]
        {'lognormal': [1.0, 0.5]}
    """
    own = tomllib.loads((files("foedus.fit") / "weak_war.toml").read_text())
    own["war"]["skill_sd"] = (priors.read() if table is None else table)["war"]["skill_sd"]
    return own


def prior(table: dict, names: Iterable[str]) -> Prior:
    """Lay out the scores of some parameters.

    Args:
        table: As `weak()` or `core.priors.read()`.
        names: Dotted names.

    Raises:
        ValueError: A parameter without a prior, or one whose form is not known.

    Examples:
        >>> prior(weak(), ["war.drift", "war.initiative"]).size
        6
    """
    parts, start = {}, 0
    for name in names:
        group, field = name.split(".")
        try:
            entry = table[group][field]
        except KeyError:
            raise ValueError(f"expected a prior for {name}; got none") from None
        size, value = _part(name, entry)
        parts[name] = Part(slice(start, start + size), value)
        start += size
    return Prior(start, parts)


def values(prior: Prior, z: Float[Array, " score"]) -> dict[str, Array]:
    """Parameters at some scores; [era] where they differ between eras, else scalars.

    Examples:
        >>> both = prior(weak(), ["war.drift", "war.initiative"])
        >>> {name: value.shape for name, value in values(both, jnp.zeros(6)).items()}
        {'war.drift': (), 'war.initiative': (3,)}
    """
    return {name: part.value(z[part.where]) for name, part in prior.parts.items()}


def _part(name: str, entry: dict) -> tuple[int, Callable[[Array], Array]]:
    """How many scores a parameter takes, and its value at them."""
    dist = entry["dist"]
    if isinstance(dist, list):
        each = [_of_score(d) for d in dist[:ERAS]]
        return ERAS, lambda z: jnp.stack([f(x) for f, x in zip(each, z, strict=True)])
    if "era_sd" not in entry:
        one = _of_score(dist)
        return 1, lambda z: one(z[0])
    ((form, (centre, sd)),) = dist.items()
    if form not in ("normal", "lognormal"):
        raise ValueError(f"expected a normal or lognormal prior with era_sd for {name}; got {form}")
    between = _of_score(entry["era_sd"])

    def by_era(z: Array) -> Array:
        shift = sd * z[0] + between(z[1]) * z[2:]
        return centre + shift if form == "normal" else centre * jnp.exp(shift)

    return 2 + ERAS, by_era


def _of_score(dist: _Dist) -> Callable[[Array], Array]:
    """The quantile of a normal score."""
    ((form, arguments),) = dist.items()
    if form in _OF_SCORE:
        return lambda z: _OF_SCORE[form](z, *arguments)
    known = priors.quantile(dist, special.ndtr(_GRID))  # without a form of its own: tabulated
    return lambda z: jnp.interp(z, _GRID, known)
