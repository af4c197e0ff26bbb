"""Small tables drawn from strategic models, for the tests of their fits."""

import jax
import numpy as np
import pandas as pd

from foedus.game.tree import Decision, End, egame12, outcomes, solve

FORMULA = "outcome ~ power | 0 | regime | 1 + army"
NAMES = ("status quo", "yields", "war")
TRUTH = {
    ("u1(status quo)", "Intercept"): 0.3,
    ("u1(status quo)", "power"): -0.9,
    ("u1(war)", "Intercept"): 0.6,
    ("u1(war)", "regimeb"): -1.2,
    ("u2(war)", "Intercept"): 0.2,
    ("u2(war)", "army"): 0.8,
}
THREE = Decision(
    "state",
    {
        "wait": End("peace"),
        "demand": Decision("rival", {"accept": End("deal"), "refuse": End("quarrel")}),
        "attack": Decision("rival", {"flee": End("rout"), "fight": End("war")}),
    },
)


def play(tree, payoffs, seed, **kind) -> pd.Series:
    """Outcomes drawn at random."""
    with jax.enable_x64(True):
        found = solve(tree, payoffs, **kind).outcomes
        chance = np.exp(np.stack([np.broadcast_to(p, len(seed)) for p in found.values()]))
    row = (chance.cumsum(axis=0) < seed).sum(axis=0)
    return pd.Series(np.array(outcomes(tree))[row])


def disputes(n: int, seed: int, **kind) -> pd.DataFrame:
    """Disputes of the game in which the second mover answers, with outcomes by `TRUTH`."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "power": rng.normal(size=n),
            "army": rng.normal(size=n),
            "regime": rng.choice(["a", "b"], n),
            "region": rng.integers(0, 25, n),
        }
    )
    payoffs = {
        ("1", "status quo"): 0.3 - 0.9 * data.power.to_numpy(),
        ("1", "war"): 0.6 - 1.2 * (data.regime == "b").to_numpy(),
        ("2", "war"): 0.2 + 0.8 * data.army.to_numpy(),
    }
    tree = egame12(outcomes=NAMES)
    return data.assign(outcome=play(tree, payoffs, rng.uniform(size=n), **kind))
