r"""The engine's law of leaving and joining, as yearly hazards that a record can be held against.

In the engine a member goes when a wish that drifts passes a level (`alliance.realignment`). Given
the level and the wish's half-life, the probability that it does so within five years is a first
passage of a Gaussian autoregression, worked out here by quadrature with the engine's own step.
"""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from scipy.special import expit, logit, ndtri
from scipy.stats import qmc

from foedus.alliance.realignment import Wishes, wishes
from foedus.core import params, priors
from foedus.core.clock import DAYS, MONTH, drift
from foedus.core.params import Params
from foedus.core.situation import Alliances
from foedus.core.world import World

YEARS = 5
"""Horizon over which the engine's law and the record's are made to agree."""
MIDDLING = 0.5
"""Closeness to the strongest member of a state that might come in; the record has no such scale."""
_LEVELS = np.linspace(-16.0, 4.0, 61)
_LOW = -8.0  # of the quadrature over the wish
_LONGEST = 20.0  # half-life that its nodes resolve, years
_POINTS = 64  # over what the record does not inform


def crosses(chance: np.ndarray, half_life: float, years: float = YEARS) -> np.ndarray:
    """Probability that a member goes within some years, whose wish to go has a constant level.

    It goes in the first month in which its wish, drifting as `core.clock.drift` says, lies in the
    uppermost `chance` of its distribution; the first month counts.

    Args:
        chance: `realignment.Wishes` of one kind: the probability as things stand, of any shape.
        half_life: Of the wish, years; at most 20.
        years: Horizon.

    Returns:
        Probabilities, of the same shape.

    Raises:
        ValueError: A half-life or horizon out of range.

    Examples:
        A wish that forgets at once is asked anew 65 times; one that lasts is not:

        >>> crosses(np.array([0.01]), 1e-3).round(4), round(1 - 0.99**65, 4)
        (array([0.4797]), 0.4797)
        >>> crosses(np.array([0.01]), 10.0).round(4)
        array([0.0345])
    """
    if not (0 < half_life <= _LONGEST and years > 0):
        raise ValueError(
            f"expected a half-life up to {_LONGEST:g} years and a horizon above 0; "
            f"got {half_life} and {years}"
        )
    chance = np.asarray(chance, float)
    level = ndtri(1 - chance).clip(_LOW + 1, -_LOW).reshape(-1, 1)
    # What a month leaves of a wish of 1, and what a shock of 1 adds to a wish of 0.
    old, new = jnp.array([1.0, 0.0]), jnp.array([0.0, 1.0])
    keep, spread = np.asarray(drift(old, new, jnp.array([half_life]), MONTH * DAYS), float)
    number = max(64, int(1.7 * (level.max() - _LOW) / spread))
    nodes, weights = np.polynomial.legendre.leggauss(number)
    half = (level - _LOW) / 2
    wish, weight = _LOW + half * (nodes + 1), half * weights
    density = np.exp(-(wish**2) / 2)[..., None]
    z = (wish[:, :, None] - keep * wish[:, None, :]) / spread
    step = np.exp(-(z**2) / 2) / spread * weight[:, None, :] / np.sqrt(2 * np.pi)
    for _ in range(int(years * 365.25 // (MONTH * DAYS)) - 1):
        density = step @ density
    stays = (density[..., 0] * weight).sum(1) / np.sqrt(2 * np.pi)
    return (1 - stays).clip(0, 1).reshape(chance.shape)


class Law(NamedTuple):
    """Yearly hazards by the level of a standing wish, over all that the record does not inform.

    Attributes:
        level: `alliance.suspend_intercept`, or `join_intercept`, [level].
        going: Logit of the hazard that ATOP codes an exit, [level].
        coming: Logit of the hazard of coming in, of a candidate of `MIDDLING` closeness, [level].
    """

    level: np.ndarray
    going: np.ndarray
    coming: np.ndarray


def law(table: dict) -> Law:
    """The engine's law of going and coming, as yearly hazards.

    Args:
        table: Priors, as `weak()`.
    """
    drawn = _unseen(table)
    level = np.repeat(_LEVELS, _POINTS)
    held = {"suspend_intercept": level, "join_intercept": level}
    held |= {name: np.tile(drawn[name], len(_LEVELS)) for name in ("exit_step", "join_closeness")}
    wish = standing(**held)
    shape = (len(_LEVELS), _POINTS)
    suspend, leave, join = (
        np.asarray(w, float).reshape(shape) for w in (wish.suspend, wish.leave, wish.join)
    )
    going, coming = np.empty(shape), np.empty(shape)
    for i, (half_life, coded) in enumerate(zip(drawn["half_life"], drawn["coded"], strict=True)):
        out, gone, come = (crosses(w[:, i], half_life) for w in (suspend, leave, join))
        going[:, i], coming[:, i] = gone + coded * (out - gone), come
    yearly = [1 - (1 - p.mean(1)) ** (1 / YEARS) for p in (going, coming)]
    return Law(_LEVELS, *(logit(p.clip(1e-12, 1 - 1e-12)) for p in yearly))


def standing(**held: np.ndarray) -> Wishes:
    """What a member wishes that nobody has disappointed and nothing ties, by the engine's function.

    Args:
        held: Parameters of the alliance, [run]; the rest are 0.

    Examples:
        >>> float(standing(suspend_intercept=np.array([0.0])).suspend[0])
        0.5
    """
    values = {name: jnp.asarray(value) for name, value in held.items()}
    runs = len(next(iter(values.values())))
    zero, empty = jnp.zeros(runs), None
    groups = (fields(*(zero,) * len(fields._fields)) for fields in params.GROUPS.values())
    blank = Params(*groups)
    lone: Any = dict.fromkeys(World._fields, empty) | {
        "leader": jnp.array([0]),
        "reads": jnp.zeros(2, int),
        "dependence": jnp.zeros((1, 2, runs)),
        "closeness": jnp.full((1, 2, runs), MIDDLING),
    }
    new: Any = dict.fromkeys(Alliances._fields, empty) | {
        "membership": jnp.zeros((1, 2, runs), int),
        "unaided": jnp.zeros((1, 2, runs), bool),
        "quarrelled": jnp.zeros((1, 2, runs), bool),
        "lessons": jnp.zeros((2, 2, 2, runs)),
        "risen": jnp.zeros((2, runs)),
    }
    own = blank._replace(alliance=blank.alliance._replace(**values))
    return wishes(own, World(**lone), Alliances(**new), jnp.array(0), jnp.array(1))


def _unseen(table: dict) -> dict[str, np.ndarray]:
    """Values, evenly spread over their priors, of what moves the law and no table tells."""
    sources = {
        "half_life": table["crisis"]["half_life"],
        "exit_step": table["alliance"]["exit_step"],
        "join_closeness": table["alliance"]["join_closeness"],
        "coded": table["alliance"]["suspension_coded"],
    }
    points = qmc.Sobol(len(sources), rng=np.random.default_rng(0)).random(_POINTS)
    drawn = {
        name: priors.quantile(entry["dist"], u)
        for (name, entry), u in zip(sources.items(), points.T, strict=True)
    }
    return drawn | {"half_life": drawn["half_life"].clip(max=_LONGEST)}


def five_years(level: np.ndarray, curve: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Probability of the event within five years at a level of the standing wish.

    Args:
        level: Of any shape.
        curve: `Law.going` or `Law.coming`.
        levels: `Law.level`.
    """
    return 1 - (1 - expit(np.interp(level, levels, curve))) ** YEARS
