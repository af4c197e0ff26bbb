"""A small made-up calls table: disputes with a handful of third parties each."""

import numpy as np
import pandas as pd

KINDS = ("defense", "offense", "neutral", "nonagg", "consul")
SIDES = ("a", "b")


def calls(disputes: int = 40, third: int = 8, seed: int = 3) -> pd.DataFrame:
    """Covariates at random, in the columns of `record.calls.table`; nobody has joined."""
    rng = np.random.default_rng(seed)
    n = disputes * third
    year = np.sort(rng.integers(1850, 2011, disputes)).repeat(third)
    table = pd.DataFrame({
        "dispnum": np.arange(1, disputes + 1).repeat(third),
        "ccode": np.tile(np.arange(third) + 100, disputes),
        "styear": year,
        "year": year,
        "month": year * 12,
        "host": rng.choice([3, 4, 5], disputes, p=[0.3, 0.5, 0.2]).repeat(third),
        "held_back": False,
        "joined": 0,
        "act": 0,
        "major": rng.random(n) < 0.2,
        "cinc": rng.lognormal(-6, 1.5, n).clip(max=0.3),
    })  # fmt: skip
    table["hostlev"] = table.host
    for side in SIDES:
        for kind in KINDS:
            table[f"{kind}_{side}"] = rng.random(n) < (0.4 if kind == "defense" else 0.1)
        table[f"contiguous_{side}"] = rng.random(n) < 0.3
        table[f"rival_{side}"] = rng.random(n) < 0.15
        table[f"alongside_{side}"] = rng.poisson(0.3, n)
        table[f"against_{side}"] = rng.poisson(0.3, n)
        table[f"distance_{side}"] = rng.gamma(2, 1.5, n)
        table[f"affinity_{side}"] = rng.random(n)
        only = table[f"defense_{side}"] & ~table.get(
            f"defense_{'b' if side == 'a' else 'a'}", False
        )
        table[f"partners_{side}"] = only.groupby(table.dispnum).transform("sum")
    return table
