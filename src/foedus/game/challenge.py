r"""Whether the challenger attacks, whether the target resists, whether it asks its allies.

$$ \rho = \Lambda(\lambda [U_T(\text{resist}) - U_T(\text{concede})]), \qquad
   \alpha = \Lambda(\lambda [(1-\rho)\,U_C(\text{concede}) + \rho\,U_C(\text{war})]) $$

Values are expected utilities, not log-sums, as in Signorino's strategic logit (1999): the agent
form of the quantal-response equilibrium of the extended-deterrence tree.
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax.nn import sigmoid
from jax.scipy.special import ndtr, ndtri

from foedus.core.clock import DAYS, MONTH, YEAR, correlation
from foedus.core.params import Params
from foedus.core.shapes import Flag, PerColumn, PerTreaty

MARGIN = 0.1  # a win probability read from its curve may pass 1 by a little


class Crisis(NamedTuple):
    """Probabilities of attack, and of resistance once attacked."""

    attack: PerColumn
    resist: PerColumn


def crisis(
    yields: tuple[PerColumn | float, PerColumn | float],
    war: tuple[PerColumn | float, PerColumn | float],
    rationality: float = 1.0,
) -> Crisis:
    """Backward induction of attack and resistance; the status quo is worth 0 to both.

    Args:
        yields: Value to (challenger, target) when the target yields.
        war: Expected value to (challenger, target) of war, over what third parties will do.
        rationality: lambda.

    Reference:
        Signorino (1999), *American Political Science Review* 93, 279-298.

    Examples:
        The ally joins with probability p; payoffs (challenger, target) are (.5, -1.2) if it
        stays out and (-1, .2) if it joins:

        >>> p = float(sigmoid(-0.4 + 0.7))
        >>> war = (0.5 * (1 - p) - p, -1.2 * (1 - p) + 0.2 * p)
        >>> [round(float(x), 6) for x in crisis((1.0, -1.0), war)]
        [0.529844, 0.646621]
    """
    resist = sigmoid(rationality * (war[1] - yields[1]))
    attack = sigmoid(rationality * ((1 - resist) * yields[0] + resist * war[0]))
    return Crisis(attack, resist)


def readiness(
    params: Params, grievance: PerColumn, kept: PerColumn, seen: PerColumn | float = 0.0
) -> PerColumn:
    """Value of attacking for nothing, against the status quo.

    Args:
        params: One draw a column.
        grievance: Log-odds beyond the common prior.
        kept: 1 where peacekeepers stand at the place.
        seen: Wins elsewhere for which nobody stood by the target: force is seen to pay (war as a
            contagion by example: Most and Starr 1980).
    """
    own = params.crisis
    return own.attack_intercept + grievance - own.attack_kept * kept + own.example * seen


def may_attack(params: Params, ready: PerColumn, will: PerColumn) -> Flag:
    """Whether the challenger would attack if it were sure to win at once.

    Where not even then, nothing else about the crisis needs to be known.
    """
    return ndtr(will) > 1 - sigmoid(ready + params.crisis.attack_gain * (1 + MARGIN))


def attack_and_resist(
    params: Params, ready: PerColumn, win: PerColumn, deterrent: PerColumn
) -> Crisis:
    """The crisis with foedus's payoffs.

    Args:
        params: One draw a column.
        ready: `readiness`.
        win: Probability that the challenger would win a war, as it expects third parties to act.
        deterrent: Log of what expected helpers multiply the target's strength by.
    """
    own = params.crisis
    yields = (ready + own.attack_gain, 0.0)
    war = (
        ready + own.attack_gain * win - own.attack_fear * deterrent,
        own.resist_intercept + own.resist_gain * (1 - win),
    )
    return crisis(yields, war)


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)
_SURE = 0.999
"""Beyond this an attack is as good as certain, and its hazard is not told apart."""


def hazard(params: Params, attack: PerColumn) -> PerColumn:
    r"""Hazard of an attack, a year, by a challenger that does not wish for one now.

    Its wish drifts, and a month later exceeds what it takes: for two normals of correlation r

    $$ P(w_0 \le c < w_1) = \frac{1}{2\pi} \int_{\arcsin r}^{\pi/2}
       e^{-c^2 / (1 + \sin\vartheta)}\, d\vartheta $$

    Args:
        params: One draw a column.
        attack: Probability that a wish suffices.

    Reference:
        Drezner and Wesolowsky (1990), *Journal of Statistical Computation and Simulation* 35,
        101-107, for the integral.

    Examples:
        >>> from foedus.core.params import fix, load
        >>> params = fix(load().params, {"crisis.half_life": 1.0})
        >>> [round(float(hazard(params, jnp.array(p))[0]), 2) for p in (0.01, 0.1, 0.5)]
        [0.04, 0.33, 1.42]
    """
    first = jnp.arcsin(correlation(params.crisis.half_life, MONTH * DAYS))
    chance = jnp.minimum(attack, _SURE)
    half, square = (jnp.pi / 2 - first) / 2, ndtri(chance) ** 2
    rises = 0.0
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        rises += weight * jnp.exp(-square / (1 + jnp.sin(first + half * (1 + node))))
    return -jnp.log1p(-rises * half / (2 * jnp.pi * (1 - chance))) * YEAR / (MONTH * DAYS)


def ask_probability(
    params: Params, win: PerColumn, scope: PerTreaty, trust: PerTreaty
) -> PerTreaty:
    """Probability that the target invokes each treaty [treaty, column].

    Args:
        params: One draw a column.
        win: Probability that the target loses as things stand [column].
        scope: How far the treaty's duty to the target would be due [treaty, column].
        trust: Target's trust in the strongest ally of the treaty [treaty, column].
    """
    own = params.crisis
    return sigmoid(
        own.ask_intercept + own.ask_need * win + own.ask_scope * scope + own.ask_trust * trust
    )
