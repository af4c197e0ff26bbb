"""A search that stops early, and where it starts: to meet figures that such a search left.

Statistical backwards induction (Bas, Signorino and Walker 2008, *Political Analysis* 16: 21-40)
fits the last decision first, and the first to what it expects of the last. The search is the
variable metric of Nash 1990 (*Compact Numerical Methods for Computers*, algorithm 21).
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_ndtr

SMALL = float(np.sqrt(np.finfo(float).eps))


def probit(x, seen):
    """Coefficients of a probit."""
    sign = np.where(seen, 1.0, -1.0)
    found = minimize(lambda b: -log_ndtr(sign * (x @ b)).sum(), np.zeros(x.shape[1]), method="BFGS")
    return found.x


def search(value, gradient, at):
    """Where the search stops, and the value there.

    It begins anew, along the last slope it knows, when a step gains next to nothing, and stops
    when that gains nothing either.
    """
    low, slope, metric, steps = value(at), gradient(at), np.eye(len(at)), 0
    while True:
        move = -metric @ slope
        while (new := value(at + move)) > low + 1e-4 * (move @ slope):
            move = 0.2 * move
        at, gain, low = at + move, low - new, new
        if gain <= SMALL * (abs(low + gain) + SMALL):
            if steps == 0:
                return at, low
            metric, steps = np.eye(len(at)), 0
            continue
        change = gradient(at) - slope
        slope = slope + change
        along, turned = move @ change, metric @ change
        stretch = 1 + change @ turned / along
        cross = np.outer(move, turned)
        metric = metric + (stretch * np.outer(move, move) - cross - cross.T) / along
        steps += 1
