"""What observers learn about an ally from what it did when it was called.

An ally is of one of two types, steadfast or not; conduct is judged by the game's own
probabilities. Whether a duty was due depends on the reading, so each reading keeps its own
likelihood and observers mix them by how they read (`features.learnt`): where nothing was due
under any reading both types act alike and nothing is learnt (the finding of LeVeck and Narang
2017 on harder times, as a theorem).
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from foedus.core.kinds import Action
from foedus.core.odds import tilt
from foedus.core.shapes import Flag, StateFlag
from foedus.core.situation import Moves


def join_by_type(moves: Moves) -> Float[Array, "type reading state column"]:
    """Probability that each state joins the target, by type and by reading of what it owed.

    With probability `owed` the duty was due in full, else not at all.
    """
    actual, *types = moves.weight
    absent = tilt(moves.join_probability, -moves.felt * actual)
    return jnp.stack(
        [moves.owed * tilt(absent, weight) + (1 - moves.owed) * absent for weight in types]
    )


def likelihood(moves: Moves) -> Float[Array, "type reading state column"]:
    """Log-likelihood of what each state did, by type and by reading."""
    limits = jnp.finfo(moves.join_probability.dtype)
    joins = join_by_type(moves).clip(limits.tiny, 1 - limits.eps)
    return jnp.where(moves.action == Action.JOIN_TARGET, jnp.log(joins), jnp.log1p(-joins))


def news(moves: Moves, party: StateFlag, ended: Flag) -> Float[Array, "type reading ally column"]:
    """What a week teaches: an ally is judged when it enters the war, or stays out to its end.

    Whoever fights already has nothing left to decide and teaches nothing more.

    Args:
        moves: The week's decisions.
        party: Third parties.
        ended: An episode of fighting ended this week.
    """
    free = moves.join_probability > 0
    judged = (ended | moves.enters) & party & free
    return jnp.where(judged, likelihood(moves), 0)


def fade(lessons: Array, forget: Array, days: float) -> Array:
    """What is left of lessons after some days; `forget` is the share lost in a year."""
    return lessons * (1 - forget) ** (days / 365.25)
