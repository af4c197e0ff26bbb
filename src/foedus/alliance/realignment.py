r"""Whether a member stays in a treaty or suspends its part in it (first form).

Each month a member would rather suspend with probability

$$ \Lambda(a - b\,e_\ell + u\,1[\text{unaided}] - c\,d) $$

where $e_\ell$ is what conduct has added to the trust in the treaty's strongest member, d the
member's dependence on it. Its unexplained wish drifts slowly, so the month does not roll anew.
Terms: Leeds and Savun 2007, Morrow 1991; sizes are judgement. Prior-driven throughout.
"""

import jax.numpy as jnp
from jax.nn import sigmoid
from jaxtyping import Array, Bool

from foedus.core.params import Params
from foedus.core.shapes import Members
from foedus.core.situation import Situation
from foedus.core.world import World


def suspend_probability(params: Params, world: World, situation: Situation) -> Members:
    """Standing wish of each member to suspend [treaty, state, run]."""
    own = params.alliance
    let_down = -situation.evidence[world.leader][:, None]
    victim = (jnp.arange(world.party.shape[0]) == world.target)[:, None]
    unaided = situation.unaided[:, None] & victim
    return sigmoid(
        own.suspend_intercept
        + own.disappointment * let_down
        + own.unaided * unaided
        - own.exit_cost * world.dependence
    )


def leads(world: World) -> Bool[Array, "treaty state"]:
    """State is the treaty's strongest member, which does not leave its own league."""
    return jnp.arange(world.party.shape[0]) == world.leader[:, None]
