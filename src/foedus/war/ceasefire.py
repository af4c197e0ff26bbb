r"""When fighting stops, and when it starts again.

Settlement ends a war at a constant hazard per calendar day (war calibration 2), a mediator who
works for it raises it; its terms lie between the front of the day and what the war was expected
to bring. A brokered truce is the weaker thing: it begins only where somebody mediates, sooner
where those who do are influential (`game.mediation` says how hard and how well a mediator works
for each), and fails at a Weibull hazard,
$H(t) = -\log q\,(t/7)^k$ with q the probability that it holds a week. One that has held half a
year is an armistice: from then on a new war is a decision.
"""

import jax.numpy as jnp

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


def failure_hazard(params: Params, age: PerColumn, kept: PerColumn | float = 0.0) -> PerColumn:
    """Hazard summed over one day of a truce that is `age` days old.

    Args:
        params: One draw a column.
        age: Days.
        kept: 1 where peacekeepers stand between the sides.

    Examples:
        A truce that holds the first week with probability .25:

        >>> from foedus.core.params import load
        >>> war = load().params.war._replace(truce_week=0.25, truce_shape=0.6, truce_kept=0.0)
        >>> days = failure_hazard(load().params._replace(war=war), jnp.arange(7.0))
        >>> round(float(jnp.exp(-days.sum())), 4)
        0.25
    """
    war = params.war
    day = ((age + 1) / 7) ** war.truce_shape - (age / 7) ** war.truce_shape
    return -jnp.log(war.truce_week) * day * jnp.exp(-war.truce_kept * kept)


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
