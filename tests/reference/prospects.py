"""Where a war may end, by the log strength ratio: what the players expect of it."""

from math import cos, exp, pi, sinh, sqrt
from statistics import NormalDist

LIMIT, NODES, SKILLS = 6.0, 12, 31

ANGLES = [pi * (i + 0.5) / NODES for i in range(NODES)]


def _skills():
    """Normal quantiles of even slices, scaled to unit variance."""
    score = [NormalDist().inv_cdf((i + 0.5) / SKILLS) for i in range(SKILLS)]
    size = sqrt(sum(z * z for z in score) / SKILLS)
    return [z / size for z in score]


SCORES = _skills()


def superiority(p, w, log_ratio, skill):
    """Logit of the challenger's local superiority."""
    return p.war.contest * log_ratio + p.war.initiative[w.era] + skill


def drift(p, superiority):
    """Of the front per day of war time: kappa (2 p - 1)."""
    return p.war.drift * (2 / (1 + exp(-superiority)) - 1)


def wins(p, drift, front, kill):
    """Probability that a Brownian front reaches 1 before -r and before it is killed."""
    variance, barrier = p.war.noise**2, p.war.repulse
    gamma = max(sqrt(drift**2 + 2 * variance * kill) / variance, 1e-6)
    tilt = exp(drift * (1 - front) / variance)
    return tilt * sinh((front + barrier) * gamma) / sinh((1 + barrier) * gamma)


def outlook(p, w, front, tempo, hazard):
    """Chebyshev coefficients of the win probability, the unseen skill averaged out."""
    kill = hazard / exp(tempo)
    values = []
    for angle in ANGLES:
        by_skill = [
            wins(
                p, drift(p, superiority(p, w, LIMIT * cos(angle), z * p.war.skill_sd)), front, kill
            )
            for z in SCORES
        ]
        values.append(sum(by_skill) / SKILLS)

    def transform(n):
        return sum(v * cos(n * angle) for v, angle in zip(values, ANGLES, strict=True))

    return [transform(n) * (1 if n == 0 else 2) / NODES for n in range(NODES)]


def read(curve, log_ratio):
    """The polynomial at a log strength ratio, flat beyond the limit (Clenshaw)."""
    x = min(max(log_ratio / LIMIT, -1.0), 1.0)
    after, later = 0.0, 0.0
    for coefficient in reversed(curve[1:]):
        after, later = coefficient + 2 * x * after - later, after
    return curve[0] + x * after - later
