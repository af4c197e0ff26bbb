r"""When fighting stops, and when it starts again.

Settlement ends a war at a constant hazard per calendar day (war calibration 2), a mediator raises
it. A brokered truce is the weaker thing: it begins only where somebody mediates, and fails at a
Weibull hazard, $H(t) = -\log q\,(t/7)^k$ with q the probability that it holds a week.
"""

import jax.numpy as jnp

from foedus.core.params import Params
from foedus.core.shapes import Index, PerRun

MEDIATED_SHARE = (
    44 / 72
)  # of disputes since 1945 (Bercovitch 1986): the record's hazard has it inside


def settlement_hazard(params: Params, mediated: PerRun | float, era: Index) -> PerRun:
    """Settlement hazard per calendar day, for wars that are mediated (1) or not (0)."""
    war = params.war
    return war.settlement[era] * jnp.exp(war.mediation * (mediated - MEDIATED_SHARE))


def truce_hazard(params: Params, mediated: PerRun) -> PerRun:
    """Hazard of a brokered truce per day of fighting."""
    return params.war.truce * mediated


def failure_hazard(params: Params, age: PerRun) -> PerRun:
    """Hazard summed over one day of a truce that is `age` days old.

    Examples:
        A truce that holds the first week with probability .25:

        >>> from foedus.core.params import load
        >>> war = load().params.war._replace(truce_week=0.25, truce_shape=0.6)
        >>> days = failure_hazard(load().params._replace(war=war), jnp.arange(7.0))
        >>> round(float(jnp.exp(-days.sum())), 4)
        0.25
    """
    war = params.war
    day = ((age + 1) / 7) ** war.truce_shape - (age / 7) ** war.truce_shape
    return -jnp.log(war.truce_week) * day


def probability(hazard: PerRun) -> PerRun:
    """Probability that a hazard summed over a day strikes."""
    return -jnp.expm1(-hazard)
