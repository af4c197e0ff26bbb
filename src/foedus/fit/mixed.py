r"""The reference to beat: a nine-number logit with the shared effect inside its likelihood.

The gain over the same logit without it comes from the effect in the likelihood and from averaging
over the posterior, not from covariates. Priors are stated, not tuned, but for the intercept's: of
N(-4, 2) and N(-5, 3) the second makes the reference stronger, by .002 to .003 a side on rolling
origins, and brings it to the score of the study of predictability before this package.

Reference:
    Zeger, Liang and Albert (1988), *Biometrics* 44(4), 1049-1060, for the attenuation of a logit
    averaged over a normal effect.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

from foedus.fit.sides import Layout, Prediction, Rows, layouts, log_parts

INTERCEPT = (-5.0, 3.0)
"""Prior mean and sd of `mixed9`'s intercept: joining is rare, the more so where sigma is large."""
COEFFICIENT = 1.0
"""Prior sd of the coefficients of standardised covariates."""
LOG_SIGMA = (float(np.log(2)), 0.5)
"""Prior mean and sd of the log of sigma; the study found about 2."""
DRAWS = (400, 2000)
"""Least and most of `mixed9`'s posterior; more where rows are few and little is known."""
NINE = (
    "rival_opp",
    "major",
    "contiguous_opp",
    "cinc",
    "partners_own",
    "alongside_own",
    "against_opp",
    "year",
    "war",
)
"""The nine numbers; where war is not known beforehand, the first eight."""
_WORK = 2_000_000  # rows times draws
_HEAVY = 20  # degrees of freedom of the proposal, so that no tail is missed
_ATTENUATION = 0.346  # (16 sqrt(3) / (15 pi))^2: a logit averaged over a normal effect


def nine(rows: Rows) -> tuple[str, ...]:
    """Names of the nine numbers, or of the eight where war is not known."""
    return tuple(name for name in NINE if name != "war" or name in rows.names)


def standard(train: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """Covariates by the mean and standard deviation of the first; unknown is the mean."""
    known = ~np.isnan(train)
    n = np.maximum(known.sum(0), 1)
    mean = np.where(known, train, 0).sum(0) / n
    sd = np.sqrt(np.where(known, (train - mean) ** 2, 0).sum(0) / n)
    return [np.nan_to_num((x - mean) / np.where(sd > 0, sd, 1)) for x in (train, *others)]


def mixed9(train: Rows, test: Rows, seed: int) -> Prediction:
    r"""Nine-number logit with the shared effect in its likelihood, over its posterior.

    $$ y_k \sim \Lambda(\alpha + \beta x_k + \sigma z_s), \quad z_s \sim N(0, 1), \quad
       \alpha \sim N(-5, 3), \quad \beta \sim N(0, 1), \quad \log\sigma \sim N(\log 2, 0.5) , $$

    standardised by the rows learnt from. The effect is integrated on a grid; the posterior is
    drawn by importance from a Student law fitted at its mode, in coordinates where the intercept
    is the one that is seen with the effect averaged out, which sigma hardly moves.

    Raises:
        ValueError: The rows lack one of the numbers.
    """
    names = nine(train)
    x, z = standard(train.of(*names), test.of(*names))
    draws, _ = mixed_posterior(x, layouts(train), seed, int(np.clip(_WORK // len(x), *DRAWS)))
    return Prediction(draws[:, :1] + draws[:, 1:-1] @ z.T, np.exp(draws[:, -1]))


def mixed_posterior(
    x: np.ndarray, parts: list[Layout], seed: int, draws: int
) -> tuple[np.ndarray, float]:
    """Draws of intercept, coefficients and log sigma, [draw, 2 + covariate].

    Args:
        x: Standardised covariates, [row, covariate].
        parts: The sides, from `sides.layouts`.
        seed: Of the proposals and of the choice among them.
        draws: How many are proposed, and as many taken by their weights, some more than once.

    Returns:
        The draws, and the share of them that independent draws as good would need.
    """

    def loss(seen: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = _log_posterior(seen, x, parts)
        return -value, -slope

    start = np.concatenate([[-3.0], np.zeros(x.shape[1]), LOG_SIGMA[:1]])
    mode = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-2}).x
    spread = np.linalg.cholesky(np.linalg.inv(_curvature(loss, mode)))
    rng, k = np.random.default_rng(seed), len(mode)
    z = rng.standard_normal((draws, k))
    z /= np.sqrt(rng.chisquare(_HEAVY, (draws, 1)) / _HEAVY)
    proposed = mode + z @ spread.T
    density = -(_HEAVY + k) / 2 * np.log1p((z**2).sum(1) / _HEAVY)
    found = np.array([_log_posterior(seen, x, parts, slope=False)[0] for seen in proposed])
    weight = np.exp(found - density - (found - density).max())
    weight /= weight.sum()
    at = (np.arange(draws) + rng.random()) / draws  # systematic: least noise
    chosen = proposed[np.searchsorted(weight.cumsum(), at).clip(max=draws - 1)]
    chosen[:, 0] *= _stretch(chosen[:, -1])
    return chosen, float(1 / (weight @ weight) / draws)


def _stretch(log_sigma: np.ndarray) -> np.ndarray:
    """Intercept where the effect is zero, over the one that is seen with it averaged out."""
    return np.sqrt(1 + _ATTENUATION * np.exp(2 * log_sigma))


def _curvature(
    loss: Callable[[np.ndarray], tuple[float, np.ndarray]], mode: np.ndarray
) -> np.ndarray:
    """Second derivatives of a loss, by differences of its slope."""
    step = 1e-3 * np.eye(len(mode))
    rows = [(loss(mode + h)[1] - loss(mode - h)[1]) / 2e-3 for h in step]
    return (np.array(rows) + np.array(rows).T) / 2


def _log_posterior(
    seen: np.ndarray, x: np.ndarray, parts: list[Layout], *, slope: bool = True
) -> tuple[float, np.ndarray]:
    """Log posterior at (intercept as seen, coefficients, log sigma), and its slope.

    The Jacobian of the stretched intercept is part of it. Without `slope`, zeros for it.
    """
    stretch, sigma = float(_stretch(seen[-1])), float(np.exp(seen[-1]))
    intercept, beta = seen[0] * stretch, seen[1:-1]
    value, by_row, by_sigma = _log_likelihood(intercept + x @ beta, sigma, parts, slope=slope)
    means = np.array([INTERCEPT[0], *np.zeros(len(beta)), LOG_SIGMA[0]])
    sds = np.array([INTERCEPT[1], *np.full(len(beta), COEFFICIENT), LOG_SIGMA[1]])
    off = (np.array([intercept, *beta, seen[-1]]) - means) / sds
    value += np.log(stretch) - off @ off / 2
    if not slope:
        return value, np.zeros_like(seen)
    at = np.array([by_row.sum(), *(by_row @ x), by_sigma * sigma]) - off / sds
    log_stretch = _ATTENUATION * sigma**2 / stretch**2  # its slope in log sigma
    at[-1] += log_stretch * (1 + at[0] * intercept)
    at[0] *= stretch
    return value, at


def _log_likelihood(
    eta: np.ndarray, sigma: float, parts: list[Layout], *, slope: bool
) -> tuple[float, np.ndarray, float]:
    """Log likelihood of all sides, its slope in each row's logit, and in sigma."""
    value, by_row, by_sigma = 0.0, np.zeros(len(eta)), 0.0
    for part in parts:
        inside, total, odds = log_parts(part, eta, sigma)
        value += float(total.sum())
        if not slope:
            continue
        weight = np.exp(inside - total[:, None])
        size = np.diff(np.append(part.start, len(part.row)))
        p = odds / (1 + odds) * np.repeat(weight, size, axis=0)
        by_row[part.row] = part.joined - p.sum(1)
        came = np.add.reduceat(part.joined, part.start)
        by_sigma += float(came @ (weight @ part.z) - (p @ part.z).sum())
    return value, by_row, by_sigma
