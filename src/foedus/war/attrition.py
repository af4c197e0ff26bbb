r"""What fighting costs both sides: Lanchester's laws with an exchange ratio that varies by war.

$$ \dot L_C = r\,F_T^{\,b} F_C^{\,1-b}\, e^{-\xi/2}, \qquad
   \dot L_T = r\,F_C^{\,b} F_T^{\,1-b}\, e^{+\xi/2} $$

b = 1 is the square law, b = 1/2 the linear one, which 88 inter-state wars support (b = .52, s.e.
.04, war calibration 7): strength does not predict the exchange ratio, war-specific skill does.

Heavy arms are stocks of three classes (`kinds.Arms`), each 1 when an episode begins: ground arms g,
air defence a, and strike arms u, which are drones and loitering munitions. Of the other side's
heavy arms strikes reach a share $s_i$ while strike arms are whole, and air defence stops a share
$d_j$ of them while that is whole; $h_i$ gets through and shifts the exchange ratio:

$$ h_i = s_i u_i\,(1 - d_j a_j), \qquad \xi' = \xi + \theta\,(h_C - h_T) $$

Stocks run down with the share l of soldiers killed, and with each day t of fighting:

$$ d\log g_j = -q\,(1 + \varphi h_i)\,dl_j, \qquad d\log a_j = -q\,dl_j - \eta h_i\,dt, \qquad
   d\log u_i = -k\,[d_j a_j + c\,(1 - d_j a_j)]\,dt $$

Air defence is hunted by what it lets through; of the strikes flown what it stops is shot down,
and of the rest a share c is used up. In a day suppliers make good of what is lost of a class

$$ 1 - e^{-\rho \sum_k A_k Q_k M_k} $$

by their share A of it, the worth Q of their arms against new ones, and their terms: M is 1 for who
stands by the side with more than words, 0 for who so stands by the other, else a share $\sigma$ of
what it sells for money. A class counts in strength for what it can do: ground arms 1, the others
$\beta d$ and $\beta s$.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Int

from foedus.core.kinds import Action, Arms, Grade, Side
from foedus.core.params import Params
from foedus.core.shapes import PerArms, PerColumn, PerSide
from foedus.core.situation import Conflict
from foedus.core.sums import total
from foedus.core.world import Dispute

LINEAR, SQUARE = 0.5, 1.0


def death_rates(
    force: PerSide,
    intensity: PerColumn | float,
    exchange: PerColumn | float,
    exponent: float = LINEAR,
) -> PerSide:
    """Deaths of each side per day.

    Args:
        force: Soldiers of each side.
        intensity: Log deaths per soldier and day.
        exchange: Log ratio of target's to challenger's deaths at equal forces.
        exponent: b.

    Examples:
        >>> import numpy as np
        >>> death_rates(np.array([[800.0], [1000.0]]), 0.0, 0.0, SQUARE)[:, 0].tolist()
        [1000.0, 800.0]
    """
    target, challenger = force[Side.TARGET], force[Side.CHALLENGER]
    rate, half = jnp.exp(intensity), jnp.exp(exchange / 2)
    return jnp.stack(
        [
            rate * challenger**exponent * target ** (1 - exponent) * half,
            rate * target**exponent * challenger ** (1 - exponent) / half,
        ]
    )


def left(params: Params, dispute: Dispute, conflict: Conflict) -> PerSide:
    """Share of a side's strength that losses have left: soldiers times a power of equipment."""
    soldiers = jnp.maximum(1 - conflict.deaths / dispute.personnel, 0.05)
    return soldiers * equipment(params, dispute, conflict.stock) ** params.war.equipment_weight


def equipment(params: Params, dispute: Dispute, stock: PerArms) -> PerSide:
    """Share of its heavy arms that each side has left, each class weighed by what it can do.

    Examples:
        Half of the ground arms, all else whole; and the same with nothing else to speak of:

        >>> from foedus.core.params import load
        >>> from types import SimpleNamespace as Some
        >>> params = load().params
        >>> params = params._replace(war=params.war._replace(air_weight=1.0))
        >>> whole = jnp.ones((3, 2, 1)).at[Arms.GROUND].set(0.5)
        >>> reach = Some(strike=jnp.array([[0.5], [0.0]]), air_defence=jnp.array([[0.5], [0.0]]))
        >>> equipment(params, reach, whole)[:, 0].tolist()
        [0.75, 0.5]
    """
    ground, shield, strike = stock
    own = params.war.air_weight
    beside = dispute.air_defence * (shield - ground) + dispute.strike * (strike - ground)
    return ground + own * beside / (1 + own * (dispute.air_defence + dispute.strike))


def stopped(dispute: Dispute, stock: PerArms) -> PerSide:
    """Share of each side's strikes from the air that the other's air defence stops."""
    return (dispute.air_defence * stock[Arms.AIR_DEFENCE])[::-1]


def strikes(dispute: Dispute, stock: PerArms) -> PerSide:
    """Share of the other side's heavy arms that each side's strikes from the air get at, h."""
    return dispute.strike * stock[Arms.STRIKE] * (1 - stopped(dispute, stock))


def struck(params: Params, exchange: PerColumn, hits: PerSide) -> PerColumn:
    """Log exchange ratio of a war with strikes from the air: even ones cancel out.

    Examples:
        >>> from foedus.core.params import load
        >>> war = load().params.war._replace(strike_effect=2.0)
        >>> hits = jnp.array([[0.0, 0.25], [0.5, 0.25]])
        >>> struck(load().params._replace(war=war), jnp.zeros(2), hits).tolist()
        [1.0, 0.0]
    """
    return exchange + params.war.strike_effect * (hits[Side.CHALLENGER] - hits[Side.TARGET])


class Wear(NamedTuple):
    """Fall of the log of each stock."""

    killed: PerArms  # per share of its soldiers killed
    day: PerArms  # per day of fighting


def wear(params: Params, dispute: Dispute, stock: PerArms) -> Wear:
    """How fast each side's stocks run down while they stand as they do."""
    own, taken, none = params.war, strikes(dispute, stock)[::-1], jnp.zeros_like(dispute.strike)
    down = stopped(dispute, stock)
    ground = own.equipment * (1 + own.strike_arms * taken)
    flown = own.sorties * (down + own.spent * (1 - down))
    return Wear(
        killed=jnp.stack([ground, own.equipment + none, none]),
        day=jnp.stack([none, own.hunting * taken, flown]),
    )


def worn(stock: PerArms, wear: Wear, killed: PerSide, fights: PerColumn) -> PerArms:
    """Stocks after a day.

    Args:
        stock: Before it.
        wear: How fast they run down.
        killed: Share of each side's soldiers killed on it.
        fights: 1 on a day of fighting, else 0.
    """
    return stock * jnp.exp(-(wear.killed * killed + wear.day * fights))


def refill(params: Params, dispute: Dispute, action: Int[Array, "state column"]) -> PerArms:
    """Share of lost arms of each class that suppliers make good in a day.

    Who stands by a side with more than words sends all it can, on credit too; who does so for the
    other side, nothing; and anybody else a part of what it sells for money.
    """
    more = [grade for grade in Grade if grade > Grade.STATEMENT]
    with_ = [[action == Action.of(grade, side) for grade in more] for side in Side]
    helps = jnp.stack([jnp.stack(grades).any(0) for grades in with_])
    trades = jnp.where(helps[::-1], 0, params.war.sales * dispute.sold)
    supplied = dispute.supply * jnp.where(helps, 1, trades)
    return -jnp.expm1(-params.war.resupply * total(jnp.moveaxis(supplied, 2, 0)))
