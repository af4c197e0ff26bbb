r"""Strikes across the recognised border, and what a war costs civilians.

Some land of each side lies beyond what the two fight over, recognised as its own, within reach of
the other's missiles, rockets and aircraft. In a week of fighting side i strikes it with

$$ p_i = 1 - e^{-h_i}, \qquad
   h_i = \lambda\, r_i\, [1 + \delta (1 - l_i)]\, e^{-\omega d_j}\, n / 7 $$

r is how far its long-range arms reach, l the share of its strength that losses have left it, d what
the allies of the struck side j would feel they owe it, n the days fought. Costly wars make states
desperate (Downes 2006, 2008: a third of inter-state wars since 1816 saw civilians targeted); a
treaty that would fall due restrains them. Civilian deaths of side j grow by

$$ \Delta C_j = \rho\, \Delta L_j + \nu E\, s_i, \qquad E \sim \mathrm{Exp}(1) $$

where L are its military deaths and s_i says whether the week saw a strike on its own land. Half
of the dead of wars since 1700 were civilians, hunger and disease included (Eckhardt 1989).

Reference:
    Eckhardt (1989), "Civilian deaths in wartime", *Bulletin of Peace Proposals* 20(1): 89-98.
    Downes (2006), "Desperate times, desperate measures", *International Security* 30(4): 152-195.
"""

import jax.numpy as jnp

from foedus.core.params import Params
from foedus.core.shapes import Clock, Flag, PerSide
from foedus.core.situation import Conflict
from foedus.core.streams import Purpose, Streams, uniforms
from foedus.core.world import Dispute
from foedus.war.ceasefire import probability

WEEK = 7.0


def across_hazard(params: Params, dispute: Dispute, left: PerSide, owed: PerSide) -> PerSide:
    """Hazard a week of fighting that each side strikes the other's own land.

    Args:
        params: One draw a column.
        dispute: How far each side's long-range arms reach.
        left: Share of each side's strength that losses have left.
        owed: What the allies of each side would owe it if its own land were struck, 0 to 1.
    """
    own = params.war
    desperate = 1 + own.across_losses * (1 - left)
    return own.across * dispute.long_range * desperate * jnp.exp(-own.across_duty * owed[::-1])


def spill_hazard(params: Params, dispute: Dispute, owed: PerSide, clash: Flag) -> PerSide:
    r"""Hazard a week of fighting that the own land of outsiders who fight for a side is struck.

    $$ h_j = \sigma\, z\, e^{-\omega d_j} $$

    where outsiders fight on both sides, else 0.

    Args:
        params: One draw a column.
        dispute: How far such land lies within reach, z.
        owed: What others would owe those outsiders if their land were struck, d, 0 to 1.
        clash: Outsiders fight on both sides.
    """
    hazard = params.war.spill * dispute.spill * jnp.exp(-params.war.across_duty * owed)
    return jnp.where(clash, hazard, 0)


def escalate(
    streams: Streams,
    params: Params,
    dispute: Dispute,
    before: Conflict,
    after: Conflict,
    hazard: PerSide,
    spill: PerSide,
    day: Clock,
) -> Conflict:
    """A week's strikes on land beyond the contested, and its civilian deaths.

    Args:
        streams: Seed and runs.
        params: One draw a column.
        dispute: Its stream key.
        before: At the start of the week's fighting.
        after: At its end.
        hazard: From `across_hazard`.
        spill: From `spill_hazard`.
        day: First day of the week.
    """
    draws = uniforms(streams, day, Purpose.ACROSS, dispute.entity, hazard.dtype)
    weeks = (after.fought - before.fought) / WEEK
    strikes = jnp.stack(draws[:2]) < probability(hazard * weeks)
    toll = jnp.where(strikes, -params.war.across_toll * jnp.log(jnp.stack(draws[2:])), 0)[::-1]
    chance = uniforms(streams, day, Purpose.SPILL, dispute.entity, hazard.dtype)[:2]
    near = params.war.civilians * (after.deaths - before.deaths)
    return after._replace(
        across=after.across | strikes,
        spread=after.spread | (jnp.stack(chance) < probability(spill * weeks)),
        civilians=after.civilians + near + toll,
    )
