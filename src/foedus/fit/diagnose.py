"""How far to trust a fit: convergence, leave-one-out, calibration of the sampler, prediction.

Draws come as arrays [chain, draw, ..] by name. What these functions return can be written as JSON.
R-hat, effective sizes and Pareto smoothing are arviz-stats' (Vehtari and coauthors 2021, 2024).
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
from arviz_stats.base.array import array_stats
from scipy import stats

from foedus.core import priors

GOOD_RHAT, GOOD_ESS = 1.01, 400.0
"""What is wanted of R-hat (at most) and of both effective sizes (at least); Vehtari 2021."""
GOOD_KHAT = 0.7
"""Pareto k above which leave-one-out cannot be told from the draws at hand."""
TAIL = 0.9  # tail effective sizes are those of the 5 and 95 per cent quantiles

_Data = TypeVar("_Data")
_Draws = Mapping[str, np.ndarray]


def convergence(
    samples: _Draws, diverging: np.ndarray | None = None
) -> dict[str, dict[str, Any] | int | bool]:
    """R-hat, effective sizes and Monte Carlo error of the mean of each parameter.

    Args:
        samples: [chain, draw, ..] by name.
        diverging: Which transitions diverged, any shape.

    Returns:
        `rhat`, `ess` (bulk), `ess_tail` and `mcse`, each by name, with the worst entry of an
        array; `divergences`; `good`: all R-hat and effective sizes are as wanted and nothing
        diverged. A parameter that never moves has no R-hat (None).

    Examples:
        >>> rng = np.random.default_rng(1)
        >>> told = convergence({"war.drift": rng.normal(size=(4, 500))})
        >>> told["good"], told["ess"]["war.drift"] > 1000
        (True, True)
    """
    worst: dict[str, dict[str, float | None]] = {
        name: {} for name in ("rhat", "ess", "ess_tail", "mcse")
    }
    for name, array in samples.items():
        flat = _entries(name, array)
        tail = [array_stats.ess(e, method="tail", prob=TAIL) for e in flat]
        worst["rhat"][name] = _extreme(max, [array_stats.rhat(e) for e in flat])
        worst["ess"][name] = _extreme(min, [array_stats.ess(e) for e in flat])
        worst["ess_tail"][name] = _extreme(min, tail)
        worst["mcse"][name] = _extreme(max, [array_stats.mcse(e) for e in flat])
    many = 0 if diverging is None else int(np.sum(diverging))
    mixed = all(r is None or r <= GOOD_RHAT for r in worst["rhat"].values())
    sizes = [*worst["ess"].values(), *worst["ess_tail"].values()]
    enough = all(size is None or size >= GOOD_ESS for size in sizes)
    return {**worst, "divergences": many, "good": mixed and enough and many == 0}


def _entries(name: str, array: np.ndarray) -> list[np.ndarray]:
    """Each scalar of an array of draws [chain, draw, ..] that moves."""
    array = np.asarray(array, float)
    if array.ndim < 2 or min(array.shape[:2]) < 1 or array.shape[1] < 4:
        raise ValueError(
            f"expected draws [chain, draw, ..] of {name}, four or more; got shape {array.shape}"
        )
    entries = array.reshape(*array.shape[:2], -1).transpose(2, 0, 1)
    return [entry for entry in entries if np.ptp(entry) > 0]


def _extreme(which: Callable, values: list) -> float | None:
    known = [float(v) for v in values if np.isfinite(v)]
    return which(known) if known else None


def leave_one_out(loglik: np.ndarray) -> dict[str, Any]:
    """Expected log score of each observation from a fit without it (PSIS-LOO).

    Args:
        loglik: Log-likelihood of each observation, [chain, draw, observation].

    Returns:
        `elpd` (their sum, higher is better), `se`, `p_loo` (effective number of parameters),
        `pointwise` [observation], `khat` [observation], `bad` (how many exceed `GOOD_KHAT`: for
        these refit without them).

    Raises:
        ValueError: Another shape.

    Examples:
        >>> told = leave_one_out(np.full((2, 50, 3), -0.5))
        >>> told["elpd"], told["bad"]
        (-1.5, 0)
    """
    loglik = np.asarray(loglik, float)
    if loglik.ndim != 3:
        raise ValueError(f"expected [chain, draw, observation]; got shape {loglik.shape}")
    flat = np.ptp(loglik, axis=(0, 1)) < 1e-9  # what no parameter moves is known exactly
    elpd, khat = loglik.mean((0, 1)), np.zeros(loglik.shape[2])
    for i in np.flatnonzero(~flat):
        elpd[i], khat[i], _ = _quiet(array_stats.loo, loglik[..., i])
    khat[~np.isfinite(elpd)] = np.inf  # smoothing failed: one draw has all the weight
    whole = np.logaddexp.reduce(loglik, axis=(0, 1)) - np.log(loglik.shape[0] * loglik.shape[1])
    return {
        "elpd": float(elpd.sum()),
        "se": float(np.sqrt(len(elpd)) * elpd.std()),
        "p_loo": float((whole - elpd).sum()),
        "pointwise": elpd.tolist(),
        "khat": khat.tolist(),
        "bad": int((khat > GOOD_KHAT).sum()),
    }


def _quiet(smooth: Callable[..., Any], ratios: np.ndarray) -> Any:
    """Pareto smoothing without NumPy's warnings, which no user can act on; k-hat tells."""
    with np.errstate(all="ignore"):
        return smooth(ratios)


def importance(log_target: np.ndarray, log_proposal: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights that turn draws of an approximation into draws of the posterior, and their k-hat.

    Args:
        log_target: Log posterior at each draw, up to a constant, [draw].
        log_proposal: Log density from which they were drawn, [draw].

    Returns:
        Pareto-smoothed weights that sum to one [draw]; k-hat: above `GOOD_KHAT` the approximation
        (Laplace, variational) is not good enough to be weighted.

    Examples:
        >>> x = np.random.default_rng(1).normal(size=2000)
        >>> weight, khat = importance(-(x**2) / 2, -(x**2) / 2 + 1e-6 * x)
        >>> round(float(weight.sum()), 6), khat < 0.7
        (1.0, True)
    """
    # It negates what it is given, made for log-likelihoods that are left out.
    log_ratio = np.asarray(log_proposal) - np.asarray(log_target)
    log_weight, khat = _quiet(array_stats.psislw, log_ratio)
    if not np.isfinite(log_weight).all():  # smoothing failed: one draw has all the weight
        log_weight, khat = -log_ratio, np.inf
    weight = np.exp(log_weight - np.max(log_weight))
    return weight / weight.sum(), float(khat)


def calibration(
    simulate: Callable[[np.random.Generator], tuple[Mapping[str, float], _Data]],
    infer: Callable[[_Data, np.random.Generator], _Draws],
    n: int,
    seed: int,
    bins: int = 10,
) -> dict[str, dict[str, Any]]:
    """Simulation-based calibration: are posteriors right on data drawn from the model itself?

    The rank of a truth among posterior draws is uniform where the sampler is right (Talts and
    coauthors 2018). Draws should be thinned to be about independent.

    Args:
        simulate: Draws parameters from their prior and data from the model.
        infer: Draws from the posterior given data, [draw] by name.
        n: Rounds.
        seed: Of everything.
        bins: Of the rank histogram.

    Returns:
        By name: `ranks` (histogram), `chi_square` and `ecdf`, probabilities of so uneven ranks
        were the sampler right (of the histogram; of the largest gap of the distribution function).

    Examples:
        A normal mean with a normal prior, where the posterior is known:

        >>> def simulate(rng):
        ...     mean = rng.normal()
        ...     return {"mean": mean}, rng.normal(mean, size=4)
        >>> def infer(data, rng):
        ...     return {"mean": rng.normal(data.sum() / 5, 0.2**0.5, size=99)}
        >>> told = calibration(simulate, infer, n=200, seed=3)["mean"]
        >>> sum(told["ranks"]), told["ecdf"] > 0.01
        (200, True)
    """
    rng = np.random.default_rng(seed)
    place: dict[str, list[float]] = {}
    for _ in range(n):
        truth, data = simulate(rng)
        found = infer(data, rng)
        for name, value in truth.items():
            draws = np.asarray(found[name], float)
            below = (draws < value).sum() + rng.integers((draws == value).sum() + 1)
            place.setdefault(name, []).append((below + rng.random()) / (len(draws) + 1))
    return {name: _uniform(np.array(u), bins) for name, u in place.items()}


def _uniform(u: np.ndarray, bins: int) -> dict[str, Any]:
    counts, _ = np.histogram(u, bins, (0, 1))
    return {
        "ranks": counts.tolist(),
        "chi_square": float(stats.chisquare(counts).pvalue),
        "ecdf": float(stats.kstest(u, "uniform").pvalue),
    }


def predictive(
    observed: _Data,
    statistics: Mapping[str, Callable[[_Data], float]],
    simulate: Callable[[dict[str, np.ndarray], np.random.Generator], _Data],
    draws: _Draws,
    seed: int,
) -> dict[str, dict[str, float]]:
    """Prior or posterior predictive check: does the model make data like those observed?

    Args:
        observed: The data.
        statistics: What to compare, by name.
        simulate: Makes data of the same kind from one draw.
        draws: Of the prior or the posterior; arrays end in `draw`.
        seed: Of the simulated data.

    Returns:
        By statistic: `observed`, `low`, `median`, `high` (5, 50, 95 per cent of simulated data),
        `tail`: share of simulated data at or above the observed value (half of those equal).

    Raises:
        ValueError: No draws.

    Examples:
        >>> draws = {"p": np.full(400, 0.5)}
        >>> told = predictive(
        ...     np.repeat([0, 1], 50), {"share": np.mean},
        ...     lambda d, rng: rng.binomial(1, d["p"], 100), draws, seed=1)
        >>> told["share"]["observed"], 0.4 < told["share"]["tail"] < 0.6
        (0.5, True)
    """
    if not draws:
        raise ValueError("expected draws of some parameter; got none")
    rng = np.random.default_rng(seed)
    number = min(np.shape(array)[-1] for array in draws.values())
    values = {name: np.empty(number) for name in statistics}
    for i in range(number):
        data = simulate({name: np.asarray(array)[..., i] for name, array in draws.items()}, rng)
        for name, statistic in statistics.items():
            values[name][i] = statistic(data)
    return {
        name: _compared(float(statistic(observed)), values[name])
        for name, statistic in statistics.items()
    }


def _compared(observed: float, simulated: np.ndarray) -> dict[str, float]:
    low, median, high = np.quantile(simulated, (0.05, 0.5, 0.95))
    tail = (simulated > observed).mean() + (simulated == observed).mean() / 2
    numbers = {"low": low, "median": median, "high": high, "tail": tail}
    return {"observed": observed} | {name: float(value) for name, value in numbers.items()}


def contraction(prior_sd: float, posterior_sd: float) -> float:
    """Share of the prior's variance that the data took away: 0 they said nothing, 1 all.

    Negative where the posterior is wider than the prior.

    Raises:
        ValueError: A prior without spread.

    Examples:
        >>> contraction(2.0, 1.0)
        0.75
    """
    if not prior_sd > 0:
        raise ValueError(f"expected a prior standard deviation above 0; got {prior_sd}")
    return 1 - (posterior_sd / prior_sd) ** 2


def prior_sd(dist: Mapping[str, list[float]]) -> float:
    """Standard deviation of a prior named as in `core/priors.toml`.

    Examples:
        >>> round(prior_sd({"normal": [1.0, 0.5]}), 3), round(prior_sd({"uniform": [0, 1]}), 3)
        (0.5, 0.289)
    """
    nodes, weights = np.polynomial.legendre.leggauss(400)
    x = priors.quantile(dict(dist), (nodes + 1) / 2)
    mean = np.average(x, weights=weights)
    return float(np.sqrt(np.average((x - mean) ** 2, weights=weights)))


def summary(samples: _Draws) -> dict[str, dict[str, float]]:
    """Mean, standard deviation and 5, 50, 95 per cent of scalars [chain, draw] or [draw].

    Examples:
        >>> summary({"x": np.arange(101.0)})["x"]["median"]
        50.0
    """
    told = {}
    for name, array in samples.items():
        flat = np.ravel(array)
        low, median, high = np.quantile(flat, (0.05, 0.5, 0.95))
        numbers = {
            "mean": flat.mean(),
            "sd": flat.std(),
            "low": low,
            "median": median,
            "high": high,
        }
        told[name] = {key: float(value) for key, value in numbers.items()}
    return told
