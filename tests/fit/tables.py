"""Tables made by the model that `mixed9` fits."""

import numpy as np

from foedus.fit.mixed import NINE
from foedus.fit.sides import Rows

SIGMA, COEFFICIENTS, INTERCEPT = 1.8, np.array([1.0, -0.7, 0, 0.4, 0, 0.8, 0, -0.3, 0]), -3.0


def drawn(seed, sides=400, size=6, sigma=SIGMA):
    """A table made by the very model that `mixed9` fits, with a lean that tells nothing."""
    rng = np.random.default_rng(seed)
    n = sides * size
    x = rng.normal(size=(n, len(NINE)))
    side = np.repeat(np.arange(sides), size)
    eta = INTERCEPT + x @ COEFFICIENTS + sigma * rng.normal(size=sides)[side]
    joined = rng.random(n) < 1 / (1 + np.exp(-eta))
    year = 1850 + side * 150 // sides
    x = np.column_stack([x, rng.normal(size=n)])
    return Rows(side, side, year, joined, np.zeros(n, bool), x, (*NINE, "lean"))
