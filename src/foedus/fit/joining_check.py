"""Is the joining model's fit calibrated? Truths drawn, records made from them, and fitted anew.

Truths come from the very prior that the fits use, which is narrower than the one that ships
(`narrow`): under the wide one many a record has no joiner at all, or is all joiners.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from foedus.core import priors
from foedus.fit.calls import simulated
from foedus.fit.crises import SIZES, Crises, crises
from foedus.fit.diagnose import calibration
from foedus.fit.joining import FREE, POSITIVE, THETA, Posterior, Setting, fit_peak, prior, setting
from foedus.fit.laplace import Peak
from foedus.fit.prior import location

INTERCEPT = -3.0
"""Mean of the narrow prior's intercept: wars that many join, so that few disputes tell much."""
WIDTH, RATIO = 0.4, 0.3
"""Sd of the narrow prior's coefficients, and of the logs of those above zero."""


def narrow(table: dict | None = None) -> dict:
    """Priors whose joining part is narrow, in forms whose scale is the fit's own.

    Coefficients of either sign are N(0, `WIDTH`), the intercept about `INTERCEPT`; those above
    zero are lognormal about their prior's middle. Eras and levels of hostility keep their priors.

    Examples:
        >>> narrow()["joining"]["major"]
        {'dist': {'normal': [0.0, 0.4]}}
    """
    table = priors.read() if table is None else table
    own: dict[str, Any] = {name: {"dist": {"normal": [0.0, WIDTH]}} for name in FREE}
    own["intercept"] = {"dist": {"normal": [INTERCEPT, WIDTH]}}
    for name in POSITIVE:
        middle = float(np.exp(location(table["joining"][name]["dist"])[0]))
        own[name] = {"dist": {"lognormal": [middle, RATIO]}}
    return table | {"joining": table["joining"] | own}


def smallest(calls: pd.DataFrame, number: int, seed: int) -> Crises:
    """So many disputes of few third parties, at random, as one stack.

    Args:
        calls: From `record.calls.table`.
        number: Wanted.
        seed: Of the choice.
    """
    few = [s for s in crises(calls) if s.row.shape[1] == min(SIZES) and s.weight.any()]
    whole = jax.tree.map(lambda *a: np.concatenate(a), *few)
    there = np.flatnonzero(whole.weight > 0)
    chosen = np.sort(np.random.default_rng(seed).permutation(there)[:number])
    return jax.tree.map(lambda a: a[chosen], whole)


def calibrate(
    rounds: int,
    seed: int,
    stack: Crises,
    *,
    table: dict | None = None,
    given: Setting | None = None,
    draws: int = 199,
    off: float = 0.0,
) -> dict[str, dict[str, Any]]:
    """Simulation-based calibration of the normal at the peak (Laplace).

    Args:
        rounds: Records that are made and fitted.
        seed: Of everything.
        stack: Disputes whose outcomes are made anew.
        table: Priors, of truths and of fits; `narrow()` if none are given.
        given: What is not fitted; half of all pledges covered if nothing is given.
        draws: Of each fit.
        off: Prior sds by which every truth is misreported, to see that it would be noticed.

    Returns:
        As `diagnose.calibration`, by the names of `joining.THETA`.
    """
    table = narrow() if table is None else table
    given = setting() if given is None else given
    middle, sd = np.array([location(dist) for dist in prior(table)]).T
    start = Peak(middle, np.diag(np.minimum(sd, 0.5) ** 2), 0.0, 0.0, 0)

    def simulate(rng: np.random.Generator) -> tuple[dict[str, float], Crises]:
        theta = middle + sd * rng.standard_normal(len(THETA))
        key = jax.random.key(int(rng.integers(2**31)))
        joined = np.asarray(simulated(jnp.asarray(theta), given, stack, key))
        told = zip(THETA, theta + off * sd, strict=True)
        return {name: float(x) for name, x in told}, stack._replace(joined=joined)

    def infer(data: Crises, rng: np.random.Generator) -> dict[str, np.ndarray]:
        found: Posterior = fit_peak(table, given, [data], start)
        drawn = rng.multivariate_normal(found.peak.mode, found.peak.covariance, draws)
        return dict(zip(THETA, drawn.T, strict=True))

    return calibration(simulate, infer, rounds, seed)
