"""What a state wants for reasons the model does not see: drawn once a dispute, and kept.

Fresh shocks every week would turn a probability of .05 into .93 within a year (model note,
correction 3): a state decides again when its utilities move, not because it rolls again.
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr
from jaxtyping import Array, Float

from foedus.core.kinds import Side
from foedus.core.params import Params
from foedus.core.shapes import PerColumn, PerState
from foedus.core.streams import Purpose, Streams, normal, uniforms
from foedus.core.sums import total
from foedus.core.world import Dispute, World

WAR_DAYS = np.array([14.0, 36.0, 64.0, 105.0, 149.0, 226.0, 390.0, 600.0, 1761.0])
"""Days of fighting of 94 inter-state wars, each for a ninth of them (COW wars v4.0)."""


class Wills(NamedTuple):
    """Persistent shocks of one dispute.

    Attributes:
        urge: Exponential of each action's Gumbel shock.
        delay: Days of fighting after which a state is able to fight itself.
        steadfast: 1 where an ally takes its duties more seriously than most, else -1.
        side: Effect that all joining decisions on one side share, logit.
        ask: Uniform: the target invokes a treaty once its probability exceeds this.
        resist: Uniform: the target resists if its probability exceeds this.
        calm: Uniform: where a challenger that is known to be at peace on day 0 stands among those
            who are.
    """

    urge: Float[Array, "action state column"]
    delay: Float[Array, "state column"]
    steadfast: Float[Array, "state column"]
    side: Float[Array, "side column"]
    ask: Float[Array, "treaty column"]
    resist: Float[Array, " column"]
    calm: Float[Array, " column"]


def draw(streams: Streams, params: Params, world: World, dispute: Dispute) -> Wills:
    """Draw the wills of every state for each column's dispute."""
    dtype, entity = dispute.distance.dtype, dispute.entity
    state, treaty = world.state_entity[:, None], world.treaty_entity[:, None]
    abstain, mediate, *aid = uniforms(streams, 0, Purpose.WILL, state ^ entity, dtype)
    *join, early, late = uniforms(streams, 0, Purpose.WILL_JOIN, state ^ entity, dtype)
    *words, deploy, deploy_other = uniforms(streams, 0, Purpose.WILL_SHORT, state ^ entity, dtype)
    *denied, _, _ = uniforms(streams, 0, Purpose.WILL_DENIABLE, state ^ entity, dtype)
    kind, *_ = uniforms(streams, 0, Purpose.KIND, state, dtype)
    sides = uniforms(streams, 0, Purpose.SIDE, entity, dtype)
    ask, *_ = uniforms(streams, 0, Purpose.ASK, treaty ^ entity, dtype)
    _, resist, calm, _ = uniforms(streams, 0, Purpose.ATTACK, entity, dtype)
    shocks = (abstain, mediate, *words, *aid, deploy, deploy_other, *denied, *join)
    return Wills(
        urge=-1 / jnp.log(jnp.stack(shocks)),
        delay=_delay(params, early, late),
        steadfast=jnp.where(kind < params.alliance.trust, 1.0, -1.0).astype(dtype),
        side=params.joining.side_sd * normal(jnp.stack(sides[: len(Side)])),
        ask=ask,
        resist=resist,
        calm=calm,
    )


def _delay(params: Params, early: PerState, late: PerState) -> PerState:
    """Days to readiness: some within a week, the others lognormal (war calibration 6)."""
    joining = params.joining
    slow = joining.delay * jnp.exp(joining.delay_sd * normal(late))
    return jnp.where(early < joining.early, 7 * early / joining.early, slow)


def in_time(params: Params) -> PerColumn:
    r"""Share of those who want to fight that a war as long as the record's would see fight.

    The record counts who came before the war was over, so the odds of wanting to are larger by
    $-\log(\text{in time})$ than those that `fit.joining` reads off it:

    $$ \overline{F} = e + (1 - e)\,\tfrac19 \sum_q \Phi\!\left(
       \frac{\log T_q - \log \delta}{\sigma}\right) $$

    Args:
        params: e, delta and sigma are `early`, `delay` and `delay_sd` of `joining`.

    Examples:
        >>> from foedus.core.params import fix, load, take
        >>> one = take(load().params, np.array([0]))
        >>> [float(in_time(fix(one, {"joining.early": e}))[0]) for e in (1.0,)]
        [1.0]
    """
    joining = params.joining
    late = (np.log(WAR_DAYS)[:, None] - jnp.log(joining.delay)) / joining.delay_sd
    return joining.early + (1 - joining.early) * total(ndtr(late)) / len(WAR_DAYS)
