"""What a state wants for reasons the model does not see: drawn once a run, and kept.

Fresh shocks every week would turn a probability of .05 into .93 within a year (model note,
correction 3): a state decides again when its utilities move, not because it rolls again.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from foedus.core.kinds import Side
from foedus.core.params import Params
from foedus.core.shapes import PerState
from foedus.core.streams import Purpose, Streams, normal, uniforms
from foedus.core.world import World


class Wills(NamedTuple):
    """Persistent shocks of one dispute.

    Attributes:
        urge: Exponential of each action's Gumbel shock.
        delay: Days of fighting after which a state is able to fight itself.
        steadfast: 1 where an ally takes its duties more seriously than most, else -1.
        side: Effect that all joining decisions on one side share, logit.
        ask: Uniform: the target invokes a treaty once its probability exceeds this.
        resist: Uniform: the target resists if its probability exceeds this.
    """

    urge: Float[Array, "action state run"]
    delay: Float[Array, "state run"]
    steadfast: Float[Array, "state run"]
    side: Float[Array, "side run"]
    ask: Float[Array, "treaty run"]
    resist: Float[Array, " run"]


def draw(streams: Streams, params: Params, world: World) -> Wills:
    """Draw the wills of every state for each run's dispute."""
    dtype = world.capability.dtype
    key = world.state_entity ^ world.dispute_entity
    shy = uniforms(streams, 0, Purpose.WILL, key, dtype)
    *keen, early, late = uniforms(streams, 0, Purpose.WILL_JOIN, key, dtype)
    kind, *_ = uniforms(streams, 0, Purpose.KIND, world.state_entity, dtype)
    sides = uniforms(streams, 0, Purpose.SIDE, world.dispute_entity, dtype)
    ask, *_ = uniforms(streams, 0, Purpose.ASK, world.treaty_entity ^ world.dispute_entity, dtype)
    _, resist, *_ = uniforms(streams, 0, Purpose.ATTACK, world.dispute_entity, dtype)
    return Wills(
        urge=-1 / jnp.log(jnp.stack([*shy, *keen])),
        delay=_delay(params, early, late),
        steadfast=jnp.where(kind < params.alliance.trust, 1.0, -1.0).astype(dtype),
        side=params.joining.side_sd * normal(jnp.stack(sides[: len(Side)])),
        ask=ask,
        resist=resist,
    )


def _delay(params: Params, early: PerState, late: PerState) -> PerState:
    """Days to readiness: some within a week, the others lognormal (war calibration 6)."""
    joining = params.joining
    slow = joining.delay * jnp.exp(joining.delay_sd * normal(late))
    return jnp.where(early < joining.early, 7 * early / joining.early, slow)
