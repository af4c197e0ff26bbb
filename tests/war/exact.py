r"""The exact law of a war's outcome and length, to measure the engine by; NumPy alone, no engine.

In war time the front is a Brownian motion with drift, from x to 1 or -r. Its first-exit density
is a series; Girsanov's factor puts the drift in. One war lives at $\tau$ days of war time a day,
so a mean over the log tempo is a convolution on a grid of log time, and settlement at a constant
calendar hazard is one factor $e^{-ht}$. Nothing is simulated.
"""

from typing import NamedTuple

import numpy as np

STEP = 0.04
WAR_TIME = np.exp(np.arange(np.log(0.1), np.log(1e6), STEP))
DAYS = np.exp(np.arange(np.log(0.005), np.log(1e6), STEP))
SCORE = np.arange(-6.5, 6.51, 0.25)
WEIGHT = np.exp(-(SCORE**2) / 2) / np.exp(-(SCORE**2) / 2).sum()


class Point(NamedTuple):
    """One value of each parameter of the law, for one era; per day of war time."""

    drift: float
    noise: float
    repulse: float
    contest: float
    skill_sd: float
    initiative: float
    settlement: float
    tempo_sd: float

    @classmethod
    def of(cls, war, era, draw=0):
        """From `core.params.War`."""
        pick = lambda name: np.asarray(getattr(war, name), np.float64)  # noqa: E731
        by_era = {"initiative", "settlement", "tempo_sd"}
        return cls(*(float(pick(n)[(era, draw) if n in by_era else draw]) for n in cls._fields))


class Law(NamedTuple):
    """Probability that a war has ended so by each of `DAYS`."""

    won: np.ndarray
    repulsed: np.ndarray
    settled: np.ndarray

    @property
    def ended(self):
        return self.won + self.repulsed + self.settled

    def by(self, day):
        """Probability of each outcome by a day."""
        return np.array([np.interp(np.log(day), np.log(DAYS), share) for share in self])

    def quantile(self, p):
        """Length by which a share p of all wars has ended."""
        return np.exp(np.interp(p, self.ended, np.log(DAYS)))


def first_exit(distance, width, variance, time):
    """Density per log time of leaving (0, width) at 0, from `distance`, without drift.

    Two series for one function: images converge while little time has passed, sines later.
    """
    u, a = variance * time / width**2, distance / width
    n, k = np.arange(1, 13)[:, None], a + 2 * np.arange(-6, 7)[:, None]
    late = np.pi * u * (n * np.sin(n * np.pi * a) * np.exp(-((n * np.pi) ** 2) * u / 2)).sum(0)
    early = (k * np.exp(-(k**2) / (2 * u))).sum(0) / np.sqrt(2 * np.pi * u)
    return np.where(u > 0.25, late, early)


def exits(point: Point, superiority, front=0.0, time=WAR_TIME):
    """Densities per log war time of winning and of being repulsed, [skill, time]."""
    variance, width = point.noise**2, 1 + point.repulse
    drift = (point.drift * np.tanh(np.asarray(superiority) / 2))[:, None]
    slows = -(drift**2) * time / (2 * variance)
    up, down = 1 - front, front + point.repulse
    won = first_exit(up, width, variance, time) * np.exp(drift * up / variance + slows)
    lost = first_exit(down, width, variance, time) * np.exp(-drift * down / variance + slows)
    return won, lost


def law(point: Point, log_ratio=0.0, log_ratio_sd=0.0, tempo=0.0) -> Law:
    """The law of wars of one log strength ratio (or normal ones), their mean log tempo shifted."""
    mean = point.contest * log_ratio + point.initiative
    spread = np.hypot(point.skill_sd, point.contest * log_ratio_sd)
    won, lost = (WEIGHT @ d for d in exits(point, mean + spread * SCORE))
    # log war time = log calendar time + log tempo
    score = (np.log(WAR_TIME) - np.log(DAYS)[:, None] - tempo) / point.tempo_sd
    kernel = np.exp(-(score**2) / 2) * STEP / (point.tempo_sd * np.sqrt(2 * np.pi))
    won, lost = kernel @ won, kernel @ lost
    unsettled = np.exp(-point.settlement * DAYS)
    on = 1 - _summed(won + lost)
    settled = point.settlement * DAYS * unsettled * on
    return Law(*(_summed(d) for d in (won * unsettled, lost * unsettled, settled)))


def _summed(density):
    """Cumulative trapezoid over log time."""
    return np.concatenate([[0], np.cumsum(density[1:] + density[:-1]) * STEP / 2])


def reach(drift, variance, front, repulse, kill):
    r"""Probability of winning before repulse and killing, from the differential equation.

    $\sigma^2 W''/2 + \mu W' = k W$, W(-r) = 0, W(1) = 1, by its two exponential roots.
    """
    root = np.sqrt(drift**2 + 2 * variance * kill)
    rises, falls = (root - drift) / variance, (-root - drift) / variance
    gap = falls - rises
    ahead = np.exp(rises * (front - 1))
    return ahead * np.expm1(gap * (front + repulse)) / np.expm1(gap * (1 + repulse))


def win(point: Point, log_ratio, front, tempo):
    """Probability that a war of known tempo is won, the skill unknown; arrays of one shape."""
    score = np.arange(-7, 7.01, 0.1)
    weight = np.exp(-(score**2) / 2) / np.exp(-(score**2) / 2).sum()
    centre = point.contest * log_ratio + point.initiative
    drift = point.drift * np.tanh((centre[..., None] + point.skill_sd * score) / 2)
    kill = (point.settlement * np.exp(-tempo))[..., None]
    return reach(drift, point.noise**2, front[..., None], point.repulse, kill) @ weight
