"""What a covariate does to the outcomes: marginal effects averaged over the rows."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from foedus.fit.strategic import Layout, StrategicFit
from foedus.fit.strategic_estimate import Errors, coefficient_table
from foedus.fit.strategic_formula import column, subtable
from foedus.fit.strategic_likelihood import double, indices
from foedus.game import tree as trees

_STEP = 1e-4  # of a standard deviation, either way, for a slope


class _Contrast(NamedTuple):
    """Two tables that differ in one covariate, and how far apart they are."""

    covariate: str
    name: str
    low: pd.DataFrame
    high: pd.DataFrame
    distance: float


def marginal_effects(
    fit: StrategicFit,
    data: pd.DataFrame | None = None,
    *,
    covariates: Sequence[str] | None = None,
    errors: Errors = "hessian",
    cluster: pd.Series | np.ndarray | None = None,
) -> pd.DataFrame:
    """Average marginal effects of covariates on the probabilities of outcomes.

    Of a number with more than two values the slope, per unit, averaged over the rows; of one with
    two values, or of levels, the change from the lowest to each other value, all else as it is in
    every row. A covariate moves wherever it stands, in all equations and terms. Errors by the
    delta method.

    Args:
        fit: Where.
        data: The rows to average over; those fitted if not given.
        covariates: Which; all that the formulas name if not given.
        errors: Of the coefficients, as in `Estimate.covariance`.
        cluster: As there.

    Returns:
        `effect, se, z, p` by covariate, contrast (`slope`, or `high - low`) and outcome.

    Raises:
        ValueError: A covariate that is in no formula.
    """
    table = fit.design.table if data is None else subtable(data, fit.design.table.columns)
    known = list(table.columns)
    for name in covariates or ():
        if name not in known:
            raise ValueError(f"expected a covariate {', '.join(known)}; got {name!r}")
    covariance = fit.covariance(errors, cluster=cluster)
    names, effects, deviations = [], [], []
    for name in covariates or known:
        for contrast in _contrasts(table, name):
            effect, slope = _effect(fit, contrast)
            effects.append(effect)
            deviations.append(np.sqrt(np.einsum("oi,ij,oj->o", slope, covariance, slope)))
            names += [(name, contrast.name, o) for o in trees.outcomes(fit.model.tree)]
    index = pd.MultiIndex.from_tuples(names, names=["covariate", "contrast", "outcome"])
    found = coefficient_table(np.concatenate(effects), np.concatenate(deviations), index)
    return found.rename(columns={"estimate": "effect"})


def _contrasts(table: pd.DataFrame, name: str) -> Iterator[_Contrast]:
    """The tables to compare for one covariate."""
    values = column(table, name)
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > 2:
        step = _STEP * float(np.std(values.to_numpy()))
        if (least := float(np.min(values.to_numpy()))) > 0:
            step = min(step, least / 2)  # so that a logarithm stays defined
        low, high = (table.assign(**{name: values + s * step}) for s in (-1, 1))
        yield _Contrast(name, "slope", low, high, 2 * step)
        return
    first, *others = sorted(values.unique())
    for value in others:
        low, high = (table.assign(**{name: v}) for v in (first, value))
        yield _Contrast(name, f"{value} - {first}", low, high, 1.0)


@double
def _effect(fit: StrategicFit, contrast: _Contrast) -> tuple[np.ndarray, np.ndarray]:
    """The mean difference of outcomes' probabilities, and its slope in the coefficients."""
    at = jnp.asarray(fit.coefficients)
    (low, low_slope), (high, high_slope) = (
        _mean(fit.layout)(fit.blocks(table), at) for table in (contrast.low, contrast.high)
    )
    effect, slope = np.asarray(high - low), np.asarray(high_slope - low_slope)
    return effect / contrast.distance, slope / contrast.distance


@lru_cache(maxsize=64)
def _mean(layout: Layout) -> Callable[..., Any]:
    """Mean probability of each outcome, with its Jacobian."""

    def mean(blocks: tuple, coefficients: Any) -> tuple:
        eta = indices(blocks, coefficients)
        found = layout.play(eta).outcomes.values()
        chance = jnp.stack([jnp.broadcast_to(jnp.exp(p), eta[0].shape).mean() for p in found])
        return chance, chance

    slope = jax.jacrev(mean, argnums=1, has_aux=True)
    return jax.jit(lambda blocks, coefficients: slope(blocks, coefficients)[::-1])
