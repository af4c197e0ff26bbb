r"""When fighting stops, and when it starts again.

Settlement ends a war at a constant hazard per calendar day (war calibration 2), a mediator who
works for it raises it; its terms lie between the front of the day and what the war was expected
to bring. A brokered truce is the weaker thing: it begins only where somebody mediates, sooner
where those who do are influential (`game.mediation` says how hard and how well a mediator works
for each). The mediator announces it, or the parties sign it, which they do with probability
$\Lambda(c + \lambda I)$ for a broker of influence I. It fails at a Weibull hazard,

$$ H(t) = -\log q\,(t/7)^k\,e^{-f}, \qquad f = \sigma S + b K - \mu I $$

with q the probability that one holds a week which is announced by a broker without influence, S
for signed and K for kept by peacekeepers. What a broker's influence does to a truce is open in
theory: what outsiders press for fails sooner (Werner and Yuen 2005), while leverage keeps the peace
for a time (Beardsley 2008). A day on which a truce breaks is a day of fighting, so one that breaks
within hours stops nothing. One that has held half a year is an armistice: from then on a new war
is a decision.
"""

import jax.numpy as jnp
from jax.nn import sigmoid

from foedus.core.params import Params
from foedus.core.shapes import Clock, PerColumn

MEDIATED_SHARE = (
    44 / 72
)  # of disputes since 1945 (Bercovitch 1986): the record's hazard has it inside


ARMISTICE = 182
"""Days after which a truce that has held is no longer a pause of the war."""


def settlement_hazard(params: Params, effort: PerColumn | float, era: Clock) -> PerColumn:
    """Settlement hazard per calendar day, by the mediators' effort for one, 0 (none) to 1."""
    war = params.war
    return war.settlement[era] * jnp.exp(war.mediation * (effort - MEDIATED_SHARE))


def truce_hazard(params: Params, mediated: PerColumn) -> PerColumn:
    """Hazard of a brokered truce per day of fighting; `mediated` is as of `Conflict`."""
    return params.war.truce * mediated


def signing(params: Params, leverage: PerColumn) -> PerColumn:
    """Probability that the parties sign a truce, by the influence of its broker."""
    return sigmoid(params.war.sign + params.war.sign_leverage * leverage)


def firmness(
    params: Params,
    signed: PerColumn | float = 0.0,
    kept: PerColumn | float = 0.0,
    leverage: PerColumn | float = 0.0,
) -> PerColumn:
    """Fall of the log hazard that a truce fails.

    Args:
        params: One draw a column.
        signed: 1 where the parties have signed it.
        kept: 1 where peacekeepers stand between the sides.
        leverage: Influence of who brokered it, 0 to 1.
    """
    war = params.war
    return war.truce_signed * signed + war.truce_kept * kept - war.truce_leverage * leverage


def failure_hazard(params: Params, age: PerColumn, firm: PerColumn | float = 0.0) -> PerColumn:
    """Hazard summed over one day of a truce that is `age` days old.

    Args:
        params: One draw a column.
        age: Days.
        firm: From `firmness`.

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
    return -jnp.log(war.truce_week) * day * jnp.exp(-firm)


def terms(params: Params, front: PerColumn, win: PerColumn) -> PerColumn:
    """Share of the land that a settlement gives the challenger.

    Args:
        params: One draw a column.
        front: Share it holds on the day.
        win: Probability that it would have taken the rest.

    Examples:
        >>> from foedus.core.params import load
        >>> war = load().params.war._replace(terms=0.5)
        >>> float(terms(load().params._replace(war=war), 0.2, 0.75))
        0.5
    """
    held = jnp.clip(front, 0, 1)
    return held + params.war.terms * jnp.clip(win, 0, 1) * (1 - held)


def probability(hazard: PerColumn) -> PerColumn:
    """Probability that a hazard summed over a day strikes."""
    return -jnp.expm1(-hazard)
