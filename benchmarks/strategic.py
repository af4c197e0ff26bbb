"""Strategic fits: the gradient beside the value, and 1,000 bootstraps beside plain NumPy.

`python benchmarks/strategic.py`; with FOEDUS_RECORD also on the tables of the R package `games`.

R is not on the machine where this was written, so its package is not timed. In its place stands
the same model in plain NumPy with its gradient written out, maximised by SciPy's BFGS from the
estimate, as the package does it: each sample a fit of its own. Of these a few are timed, and
multiplied.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import log_ndtr, ndtr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.fit.strategic_data import FORMULA, NAMES, disputes

from foedus.fit.strategic import StrategicFit, fit

SAMPLES, SINGLE = 1000, 40
WAR = "esc + war ~ s_wt_re1 + revis1 | 0 | regime1 | balanc + regime2"
CURRENCY = (
    "outcome ~ capcont + lreserves + overval + creditgrow + USinterest + service + contagion"
    " + prioratt - 1 | 1 | 1 | unifgov + lexports + preelec + postelec + rightgov + realinterest"
    " + capcont + lreserves"
)
ON_122 = "y ~ x1 + x2 | x3 + f1 | 0 | x4 + x5 | z1 + z2 | z3 + f2"
ON_123 = "y ~ x1 + x2 | 0 | x3 | x4 + x5 | 0 | x6 | x7 | x8"


def seconds(act, least: float = 0.5) -> float:
    """Shortest time of an act, which is repeated for a while: others may use the processor too."""
    act()
    taken, start = [], time.perf_counter()
    while time.perf_counter() - start < least or len(taken) < 3:
        before = time.perf_counter()
        act()
        taken.append(time.perf_counter() - before)
    return min(taken)


class Plain:
    """Agent probit of the game in which the second mover answers; payoffs as `FORMULA` has them."""

    def __init__(self, found: StrategicFit) -> None:
        self.x, self.z, self.w = (e.design for e in found.design.equations)
        self.y = found.design.outcome

    def loss(self, b: np.ndarray, weight: np.ndarray) -> tuple[float, np.ndarray]:
        """Minus the log-likelihood, and its gradient."""
        x, z, w, y = self.x, self.z, self.w, self.y
        k, m = x.shape[1], x.shape[1] + z.shape[1]
        u11, u14, u24 = x @ b[:k], z @ b[k:m], w @ b[m:]
        q4 = u24 / np.sqrt(2)
        p4 = ndtr(q4)
        q2 = (p4 * u14 - u11) / np.sqrt(2)
        stay, go, yes, no = log_ndtr(-q2), log_ndtr(q2), log_ndtr(q4), log_ndtr(-q4)
        value = weight @ np.select([y == 0, y == 1], [stay, go + no], go + yes)
        d2, d4 = (
            np.exp(-(q2**2) / 2) / np.sqrt(2 * np.pi),
            np.exp(-(q4**2) / 2) / np.sqrt(2 * np.pi),
        )
        by2 = weight * np.where(y == 0, -d2 / np.exp(stay), d2 / np.exp(go)) / np.sqrt(2)
        by4 = np.select([y == 1, y == 2], [-d4 / np.exp(no), d4 / np.exp(yes)], 0.0) / np.sqrt(2)
        through = by2 * u14 * d4 / np.sqrt(2)
        gradient = np.concatenate([-by2 @ x, (by2 * p4) @ z, (weight * by4 + through) @ w])
        return -value, -gradient


def bootstraps(name: str, found: StrategicFit) -> None:
    """1,000 samples at once, and a few one by one."""
    failed = found.bootstrap(SAMPLES, seed=1).failed
    ours = seconds(lambda: found.bootstrap(SAMPLES, seed=2))
    plain, n = Plain(found), found.n
    assert abs(plain.loss(found.coefficients, np.ones(n))[0] + found.log_likelihood) < 1e-8
    weights = np.random.default_rng(1).multinomial(n, np.full(n, 1 / n), SINGLE).astype(float)

    def one_by_one() -> None:
        for weight in weights:
            minimize(plain.loss, found.coefficients, (weight,), jac=True, method="BFGS")

    single = seconds(one_by_one) / SINGLE * SAMPLES
    print(
        f"{name}: 1,000 bootstraps {ours:.2f} s ({failed} samples without a maximum); "
        f"plain NumPy {single:.1f} s; ratio {single / ours:.1f}"
    )


def gradient(name: str, found: StrategicFit) -> None:
    """The gradient's time over the value's."""
    at = found.coefficients
    value, slope = seconds(lambda: found.value(at)), seconds(lambda: found.gradient(at))
    print(
        f"{name}: value {value * 1e6:.0f} us, gradient {slope * 1e6:.0f} us, "
        f"ratio {slope / value:.2f} ({found.n} rows, {found.n_parameters} coefficients)"
    )


def fits() -> dict[str, StrategicFit]:
    """Fits to drawn tables, and to those of the package where they are."""
    drawn = {f"drawn, {n}": disputes(n, 1) for n in (300, 10_000)}
    found = {name: fit(FORMULA, data, outcomes=NAMES) for name, data in drawn.items()}
    if folder := os.environ.get("FOEDUS_RECORD"):

        def table(name: str) -> pd.DataFrame:
            return pd.read_parquet(Path(folder) / f"games_{name}.parquet")

        defenses = ("no attack", "devaluation", "defense")
        found["war1800"] = fit(WAR, table("war1800"))
        found["data_122"] = fit(ON_122, table("data_122"))
        found["data_123, private"] = fit(ON_123, table("data_123"), error="private")
        attacks = fit(CURRENCY, table("leblang2003"), outcomes=defenses, error="private")
        found["leblang2003, private"] = attacks
    return found


def main() -> None:
    """Measure and print."""
    found = fits()
    for name, one in found.items():
        gradient(name, one)
    for name in ("drawn, 300", "war1800"):
        if name in found:
            bootstraps(name, found[name])


if __name__ == "__main__":
    main()
