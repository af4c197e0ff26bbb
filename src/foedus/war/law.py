r"""The exact law of how a war ends and when, for whole wars without third parties.

What `war.front` lives day by day has a closed form. In war time s the front leaves (-r, 1) with
the first-exit density of a driftless walk, a series in two forms, times Girsanov's factor
$e^{\mu d/\sigma^2 - \mu^2 s/(2\sigma^2)}$ for a barrier at signed distance d. A war lives $\tau$
days of war time a day, so a mean over the log tempo is one product on a grid of log time, and a
mean over unseen skill another. Settlement kills at a hazard in calendar time. Nothing is drawn,
and all of it can be differentiated. `tests.war.exact` derives the same law apart from this.
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr
from jaxtyping import Array, Float

from foedus.core.clock import YEAR
from foedus.core.params import War

SPACING = 1 / 10
"""Of the grid of log time. A front with little noise leaves at nearly one time, and a grid coarser
than that peak gives it a density several times too high."""
WAR_TIME = np.exp(np.arange(np.log(0.002), np.log(1e6), SPACING))
"""Days of war time, evenly spaced in their log."""
SKILL = 0.3 * np.sinh(np.linspace(-4, 4, 41))
"""Logits of the challenger's superiority; dense at zero, where a calm front tips over."""
_SLICE = np.gradient(SKILL)
_SWITCH = 0.2  # variance spent over squared width where the two series change places


class Terms(NamedTuple):
    """What the law needs to know; per day of war time. The last five may differ between wars.

    Attributes:
        drift: kappa.
        noise: s_x.
        repulse: r.
        contest: m.
        skill_sd: Spread of unseen skill.
        initiative: Advantage of the challenger, logit.
        settlement: Hazard per calendar day, h0.
        tempo_sd: Spread of the log tempo.
        tempo_power: b; the hazard is h0 tau^b (1 + years)^growth. The engine's wars have 0.
        growth: eta; the engine's wars have 0.
    """

    drift: Float[Array, ""] | float
    noise: Float[Array, ""] | float
    repulse: Float[Array, ""] | float
    contest: Float[Array, ""] | float
    skill_sd: Float[Array, ""] | float
    initiative: Float[Array, "*war"] | float
    settlement: Float[Array, "*war"] | float
    tempo_sd: Float[Array, "*war"] | float
    tempo_power: Float[Array, ""] | float = 0.0
    growth: Float[Array, ""] | float = 0.0


class Ends(NamedTuple):
    """Densities per log day, of wars that end so."""

    won: Float[Array, "..."]
    repulsed: Float[Array, "..."]
    settled: Float[Array, "..."]


def terms(war: War, era: int, draw: int) -> Terms:
    """Terms of one draw of the parameters.

    Args:
        war: Draws of the war's parameters.
        era: One of `kinds.Era`.
        draw: Which draw.
    """
    by_era = {"initiative", "settlement", "tempo_sd"}
    names = Terms._fields[:8]
    return Terms(*(getattr(war, n)[(era, draw) if n in by_era else draw] for n in names))


def density(
    terms: Terms,
    log_ratio: Float[Array, " war"],
    days: Float[Array, " war"],
    skill: Float[Array, "war skill"] | None = None,
    tempo: Float[Array, "time war"] | None = None,
) -> Ends:
    """How densely wars end so after `days`, each with its own length and ratio.

    Args:
        terms: Scalars, or one value a war.
        log_ratio: Log ratio of challenger's to target's strength.
        days: Length of each war.
        skill: Log likelihood, at each of `SKILL`, of what else is known of a war.
        tempo: The same at each log tempo log(`WAR_TIME`) - log(days).

    Examples:
        >>> even = Terms(0.0, 0.06, 1.0, 0.3, 0.9, 0.0, 1e-3, 1.5)
        >>> at = density(even, jnp.zeros(1), jnp.array([100.0]))
        >>> bool(abs(at.won - at.repulsed)[0] < 1e-6)
        True
    """
    weight = skills(terms, log_ratio)
    if skill is not None:
        weight = weight * jnp.exp(skill)
    return Ends(*((weight * end.T).sum(1) for end in by_skill(terms, days, tempo)))


def table(terms: Terms, log_ratio: Float[Array, " war"], days: Float[Array, " day"]) -> Ends:
    """The law of each war at each length, [war, day].

    Args:
        terms: Scalars.
        log_ratio: Log ratio of challenger's to target's strength.
        days: Lengths.

    Examples:
        >>> some = Terms(0.006, 0.06, 1.2, 0.3, 0.9, 0.2, 7e-4, 1.8)
        >>> days = jnp.exp(jnp.arange(-5, 14, 0.05))
        >>> law = table(some, jnp.array([0.0]), days)
        >>> round(float(sum(end.sum() for end in law) * 0.05), 2)
        1.0
    """
    weight = skills(terms, log_ratio)
    return Ends(*(weight @ end for end in by_skill(terms, days)))


def skills(terms: Terms, log_ratio: Float[Array, " war"]) -> Float[Array, "war skill"]:
    """Probability of each superiority of `SKILL` in each war; its ends stand for all beyond."""
    centre = (terms.contest * log_ratio + terms.initiative)[:, None]
    skill, slice_ = (a.astype(centre.dtype) for a in (SKILL, _SLICE))
    score = (skill - centre) / terms.skill_sd
    inside = slice_ * jnp.exp(-(score**2 - (score**2).min(1, keepdims=True)) / 2)
    edge = SKILL[-1] + _SLICE[-1] / 2
    below, above = (ndtr((side * centre - edge) / terms.skill_sd) for side in (-1, 1))
    inside = inside / inside.sum(1, keepdims=True) * (1 - below - above)
    return (inside.at[:, 0].add(below[:, 0])).at[:, -1].add(above[:, 0])


def by_skill(
    terms: Terms, days: Float[Array, " war"], tempo: Float[Array, "time war"] | None = None
) -> Ends:
    """The same densities for each superiority of `SKILL`, [skill, war]; `tempo` as above."""
    # Of one type with the data: a table used in both precisions would be taken for the other's.
    skill, time, log_time = (a.astype(days.dtype) for a in (SKILL, WAR_TIME, np.log(WAR_TIME)))
    won, repulsed = exits(terms, skill, time)
    pace = log_time[:, None] - jnp.log(days)
    years = days / YEAR
    power, growth = terms.tempo_power, terms.growth
    quick = terms.settlement * jnp.exp(power * pace)
    spent = quick * YEAR / (growth + 1) * ((1 + years) ** (growth + 1) - 1)
    log_weight = -((pace / terms.tempo_sd) ** 2) / 2 - spent
    if tempo is not None:
        log_weight = log_weight + tempo
    weight = jnp.exp(log_weight) * SPACING / (terms.tempo_sd * np.sqrt(2 * np.pi))
    hazard = quick * days * (1 + years) ** growth
    going_on = 1 - _summed(won + repulsed)
    return Ends(won @ weight, repulsed @ weight, going_on @ (weight * hazard))


def exits(
    terms: Terms, superiority: Array | np.ndarray, time: Array | np.ndarray
) -> tuple[Float[Array, "skill time"], Float[Array, "skill time"]]:
    """Densities per log war time of a win and of a repulse, from a front at zero, unsettled."""
    drift = terms.drift * jnp.tanh(jnp.asarray(superiority)[:, None] / 2)
    return (
        _first_exit(terms, drift, 1.0, time),
        _first_exit(terms, -drift, terms.repulse, time),
    )


def _first_exit(
    terms: Terms, drift: Array, distance: Array | float, time: Array | np.ndarray
) -> Float[Array, "skill time"]:
    """Leaving at a barrier so far ahead, of two that stand 1 + r apart.

    Two series for one function: images converge while little time has passed, sines later. The
    leading exponent of either goes together with Girsanov's: alone they over- and underflow.
    """
    variance, width = terms.noise**2, 1 + terms.repulse
    spent, place = variance * time / width**2, distance / width
    n, k = np.arange(1, 13)[:, None], place + 2 * np.arange(-5, 6)[:, None]
    sines = n * jnp.sin(n * np.pi * place) * jnp.exp(-(n**2 - 1) * np.pi**2 * spent / 2)
    images = k * jnp.exp(-(k**2 - place**2) / (2 * spent))
    late = spent > _SWITCH
    series = jnp.where(
        late, np.pi * spent * sines.sum(0), images.sum(0) / jnp.sqrt(2 * np.pi * spent)
    )
    leading = jnp.where(late, -(np.pi**2) * spent / 2, -(place**2) / (2 * spent))
    girsanov = drift * distance / variance - drift**2 * time / (2 * variance)
    return jnp.maximum(series, 0) * jnp.exp(leading + girsanov)


def _summed(density: Float[Array, "skill time"]) -> Float[Array, "skill time"]:
    """Integral over log time up to each node: trapezoid, with its first correction."""
    whole = (jnp.cumsum(density, axis=1) - density / 2) * SPACING
    slope = jnp.pad(density[:, 2:] - density[:, :-2], ((0, 0), (1, 1))) / 2
    return jnp.clip(whole - slope * SPACING / 12, 0, 1)
