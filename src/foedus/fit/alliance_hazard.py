"""Why members break alliances: the usual hazard model, to compare with and to test for skill.

A logit of each year's outcome with reasons after Leeds and Savun (2007) and Morrow (1991). The
engine does not use it: its own law is in `fit.alliance_law`.
"""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from foedus.fit.folds import rolling_origin
from foedus.record.treaties import Table

COVARIATES = {
    "power_change": +1,
    "regime_change": +1,
    "new_pact": +1,
    "both_democratic": -1,
    "milinst": -1,
    "base": -1,
    "milaid": -1,
    "power": -1,
    "unaided": +1,
    "defense": 0,
    "wartime": 0,
    "log_age": 0,
    "log_members": 0,
    "from_1914": 0,
    "from_1946": 0,
    "from_1991": 0,
}
"""With the sign that Leeds and Savun 2007 or Morrow 1991 lead one to expect
(0: none): `power` is asymmetry, `milinst` stands for institutions and issue linkage."""


def design(years: Table) -> Table:
    """Covariates of the hazard model, of rows that promise to fight and lack none of them."""
    rows = years[(years.defense == 1) | (years.offense == 1)]
    first = {"from_1914": 1914, "from_1946": 1946, "from_1991": 1991}
    rows = rows.assign(
        log_age=np.log1p(rows.age),
        log_members=np.log(rows.members),
        **{name: (rows.year >= year).astype(float) for name, year in first.items()},
    )
    return rows.dropna(subset=list(COVARIATES))


def hazard(years: Table, outcome: str = "breaks") -> Table:
    """Yearly logit hazard that a member breaks or leaves a treaty that promises to fight.

    Args:
        years: `record.treaties.member_years`.
        outcome: `breaks` (by its own act), `leaves` (the treaty goes on) or `ends`.

    Returns:
        By covariate that varies: estimate, `se` (robust, clustered by treaty), z, `expected` sign
        of the literature, and `agrees` (the same sign; missing where none is expected).
    """
    rows = design(years)
    names = [name for name in COVARIATES if rows[name].nunique() > 1]
    x = np.column_stack([np.ones(len(rows)), rows[names].to_numpy(float)])
    beta, cov = _logit(x, rows[outcome].to_numpy(float), rows.atopid.to_numpy("int64"))
    told = pd.DataFrame({"estimate": beta, "se": np.sqrt(np.diag(cov))})
    told.index = pd.Index(["intercept", *names], name="covariate")
    told["z"] = told.estimate / told.se
    told["expected"] = [0, *(COVARIATES[name] for name in names)]
    same = np.sign(told.estimate) == told.expected
    told["agrees"] = [bool(s) if e else None for s, e in zip(same, told.expected, strict=True)]
    return told


def held_out(
    years: Table, first: int = 1900, last: int = 1990, step: int = 10, seed: int = 1
) -> dict[str, Any]:
    """Log score of the hazard model on years after those it learnt from, beside the base rate.

    Args:
        years: `record.treaties.member_years`.
        first: First year judged.
        last: Last origin.
        step: Years between origins.
        seed: Of the bootstrap over treaties.

    Returns:
        `rows`, `events`, `model` and `base_rate` (mean log score a member-year), `gain` and its
        90 per cent `interval` (bootstrap over treaties).
    """
    rows = design(years)
    x = np.column_stack([np.ones(len(rows)), rows[list(COVARIATES)].to_numpy(float)])
    y, treaty = rows.breaks.to_numpy(float), rows.atopid.to_numpy("int64")
    ours, base = np.full(len(y), np.nan), np.full(len(y), np.nan)
    for fold in rolling_origin(rows.year.to_numpy(), first, last, step):
        # A year's outcome falls in the next: the last year before the origin is not known yet.
        known = fold.train & (rows.year.to_numpy() < fold.label - 1)
        beta, _ = _logit(x[known], y[known], treaty[known], ridge=1.0)
        for score, p in ((ours, expit(x @ beta)), (base, np.full(len(y), y[known].mean()))):
            score[fold.test] = np.where(y, np.log(p), np.log1p(-p))[fold.test]
    judged = ~np.isnan(ours)
    gain = (ours - base)[judged]
    return {
        "rows": int(judged.sum()),
        "events": int(y[judged].sum()),
        "model": float(ours[judged].mean()),
        "base_rate": float(base[judged].mean()),
        "gain": float(gain.mean()),
        "interval": bootstrap(gain, treaty[judged], seed),
    }


def bootstrap(
    gain: np.ndarray, group: np.ndarray, seed: int, weight: np.ndarray | None = None
) -> list[float]:
    """5 and 95 per cent of the mean of `gain` (its sum over that of `weight`), by 2,000 bootstraps.

    Args:
        gain: [row].
        group: Whole groups are drawn again, [row].
        seed: Of the bootstrap.
        weight: [row]; 1 if not given.

    Examples:
        >>> bootstrap(np.ones(4), np.array([1, 1, 2, 2]), seed=1)
        [1.0, 1.0]
    """
    _, place = np.unique(group, return_inverse=True)
    total, size = np.bincount(place, gain), np.bincount(place, weight)
    pick = np.random.default_rng(seed).integers(0, len(size), (2000, len(size)))
    means = total[pick].sum(1) / size[pick].sum(1)
    return [float(q) for q in np.quantile(means, (0.05, 0.95))]


def _logit(
    x: np.ndarray, y: np.ndarray, cluster: np.ndarray, ridge: float = 1e-6
) -> tuple[np.ndarray, np.ndarray]:
    """Logit by Newton's method; coefficients and their covariance, robust to clusters."""
    penalty = np.diag([0.0] + [ridge] * (x.shape[1] - 1))
    beta = np.zeros(x.shape[1])
    beta[0] = logit(y.mean().clip(1e-6, 1 - 1e-6))
    for _ in range(50):
        p = expit(x @ beta)
        information = (x * (p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(information, x.T @ (y - p) - penalty @ beta)
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            break
    else:
        raise ValueError("expected a logit with a maximum; a covariate separates the outcomes")
    _, place = np.unique(cluster, return_inverse=True)
    score = np.zeros((place.max() + 1, x.shape[1]))
    np.add.at(score, place, x * (y - expit(x @ beta))[:, None])
    bread = np.linalg.inv(information)
    return beta, bread @ (score.T @ score) @ bread * len(score) / (len(score) - 1)
