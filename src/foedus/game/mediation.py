r"""What a mediator works for: a truce, a settlement, or neither; and when a frozen dispute pays.

A patron draws rents R from a dispute that stays open (`features.rents`), counted in units of
what a settled peace is worth to it. What is left of them after the risk of war is

$$ R' = \max(0,\; R - (1 - \chi a)\,h\,L) $$

with h the hazard of war a year as forces stand, L what a war costs it in years of peace, and a the
share of the challenger's arms that it supplies: by them it holds its client back, and all its
effort takes away the share $\chi a$ of the hazard. It works for a settlement with the share of its
effort that a peace is worth beside R', 1 / (1 + R'), and holds its client back with the rest, so
that an attack is less likely by $\chi \max_k a_k R'_k / (1 + R'_k)$; if it mediates in war it works
for a truce with all it has, since war is bad for it either way. An outside patron of the
challenger raises h. Where rents would pay but for that hazard, R > 1 > R', what is frozen
collapses: the patron lets go of its client and works for a settlement.

On a settlement those who mediate work together, and their mean effort counts; a truce comes by
the one whose word weighs most, $e^{\gamma (I - \bar I)}$ for influence I (`alliance.order`).
$\bar I$ is the mean influence of whoever would mediate here, by how likely each is to and how much
it is heard: the hazard that this multiplies is a base rate over all mediators, so that influence
says whose truces come sooner, and not that all do; and who has none changes nothing by standing by.

A frozen dispute is worth more to a patron than a settled one where R' > 1. The value of waiting
is $V_F = (R + h V_W + s V_S) / (\rho + h + s)$ with the hazard h that it leaves, and neither the
discount $\rho$ nor the hazard s of a settlement changes the sign of $V_F - V_S$. `regime` maps it;
the map says what would pay, never how probable it is that anybody means to do it. Model note 4.
"""

from enum import StrEnum
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from numpy.typing import ArrayLike

from foedus.core.params import Params
from foedus.core.shapes import PerColumn, PerState, StateFlag
from foedus.core.sums import largest, total


def net_rents(rents: Array, hazard: Array, cost: Array | float) -> Array:
    """What is left of a patron's rents after the risk of war, in the same units.

    Args:
        rents: In units of what a settled peace is worth.
        hazard: Of war a year, as the patron's effort leaves it.
        cost: Of a war, in years of settled peace.

    Examples:
        >>> [float(r) for r in net_rents(jnp.array([0.5, 2.0]), jnp.array([0.2, 0.2]), 5.0)]
        [0.0, 1.0]
    """
    return jnp.maximum(rents - hazard * cost, 0)


def status_effort(rents: Array) -> Array:
    """Share of a patron's effort that goes to a settlement, by what its rents leave it.

    Examples:
        >>> [float(e) for e in status_effort(jnp.array([0.0, 1.0, 3.0]))]
        [1.0, 0.5, 0.25]
    """
    return 1 / (1 + rents)


class Patrons(NamedTuple):
    """What those who draw rents from a dispute do about it.

    Attributes:
        effort: Share of each state's effort that goes to a settlement; 1 for who has no rents.
        held: Share of the challenger's chance of attacking that its patron takes away.
    """

    effort: PerState
    held: PerColumn


def patrons(params: Params, rents: PerState, supplies: PerState, hazard: PerColumn) -> Patrons:
    """How patrons divide their effort, and how far the challenger's holds it back.

    Args:
        params: One draw a column.
        rents: `features.rents` of third parties, 0 for all others.
        supplies: Share of the challenger's arms that comes from each state.
        hazard: Of war a year, with nobody holding back.
    """
    own = params.joining
    reach = own.restraint * supplies
    effort = status_effort(net_rents(rents, (1 - reach) * hazard, own.rent_war))
    return Patrons(effort, largest(reach * (1 - effort)))


class Mediation(NamedTuple):
    """What those who mediate bring; all 0 where nobody does.

    Attributes:
        word: What they multiply the hazard of a truce by; 1 where all have as much influence.
        effort: Theirs for a settlement; 1 where they have no rents.
        leverage: Influence of the one whose word weighs most, 0 to 1.
    """

    word: PerColumn
    effort: PerColumn
    leverage: PerColumn


def mediation(
    params: Params, effort: PerState, mediates: StateFlag, would: PerState, influence: PerState
) -> Mediation:
    """What those who mediate bring to a dispute.

    Args:
        params: One draw a column.
        effort: Share of each state's that would go to a settlement (`Patrons`).
        mediates: Who does.
        would: Probability that each does.
        influence: Of each state, 0 to 1.
    """
    heard = would * influence
    usual = total(heard * influence) / jnp.maximum(total(heard), jnp.finfo(would.dtype).tiny)
    leverage = jnp.where(mediates, influence, 0).max(0)
    word = jnp.exp(params.war.acceptance * (leverage - usual))
    word = jnp.where(mediates.any(0), word, 0)
    number = total(mediates.astype(effort.dtype))
    together = total(jnp.where(mediates, effort, 0)) / jnp.maximum(number, 1)
    return Mediation(word, together, leverage)


class Regime(StrEnum):
    """What would pay a patron that mediates."""

    SETTLED = "settlement preferred"
    FROZEN = "frozen preferred"
    COLLAPSE = "collapse"


def least_rents(hazard: np.ndarray, cost: float) -> np.ndarray:
    """Rents beyond which a frozen dispute is worth more to a patron than a settled one.

    Args:
        hazard: Of war a year, as the patron's effort leaves it.
        cost: Of a war, in years of settled peace.

    Examples:
        >>> float(least_rents(np.array(0.2), 5.0))
        2.0
    """
    return 1 + hazard * cost


def regime(rents: ArrayLike, hazard: np.ndarray, cost: float) -> np.ndarray:
    """What would pay; arrays broadcast.

    Args:
        rents: In units of what a settled peace is worth.
        hazard: As for `least_rents`.
        cost: As for `least_rents`.

    Examples:
        >>> [str(r) for r in regime(np.array([0.5, 2.0, 2.0]), np.array([0.1, 0.1, 0.3]), 5.0)]
        ['settlement preferred', 'frozen preferred', 'collapse']
    """
    unsettled = np.where(
        np.asarray(rents) > least_rents(hazard, cost), Regime.FROZEN, Regime.COLLAPSE
    )
    return np.where(np.asarray(rents) <= 1, Regime.SETTLED, unsettled)
