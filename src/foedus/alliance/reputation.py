"""What observers learn about an ally from what it did when it was called.

An ally is of one of two types, steadfast or not; conduct, from staying out over arms and troops
that deter to open war, is judged by the game's own probabilities. Whether a duty was due depends
on the reading, so each reading keeps its own likelihood and observers mix them by how they read
(`features.learnt`): where nothing was due under any reading both types act alike and nothing is
learnt (the finding of LeVeck and Narang 2017 on harder times, as a theorem).
"""

from functools import reduce
from operator import add

import jax.numpy as jnp
from jaxtyping import Array, Float

from foedus.core.clock import YEAR
from foedus.core.kinds import Action, Grade, Side
from foedus.core.shapes import Flag, StateFlag
from foedus.core.situation import Moves


def by_type(moves: Moves) -> Float[Array, "type reading conduct state column"]:
    """Probability of each conduct, by type of ally and by reading of what was owed.

    Conduct is not to help the target, then each grade of help. With probability `owed` the duty
    was due in full, else not at all.
    """
    actual, *types = moves.weight
    rest = jnp.maximum(1 - reduce(add, moves.helps), jnp.finfo(moves.helps.dtype).eps)
    absent = _due(moves, jnp.concatenate([rest[None], moves.helps]), -moves.felt * actual)
    full = jnp.stack([_due(moves, absent, weight) for weight in types])[:, None]
    owed = moves.owed[:, None]
    return owed * full + (1 - owed) * absent


def _due(moves: Moves, chance: Array, weight: Array) -> Array:
    """Probabilities of conduct after a duty of some weight has come on top.

    It counts in full for combat, in part for less (`Moves.duty`), and for no help not at all.
    """
    duty = jnp.concatenate([jnp.zeros_like(moves.duty[:1]), moves.duty])
    raised = chance * jnp.exp(duty[:, None] * weight)
    return raised / reduce(add, raised)  # one after the other, in one order


def likelihood(moves: Moves) -> Float[Array, "type reading state column"]:
    """Log-likelihood of what each state did, by type and by reading.

    Help short of war speaks for an ally by as much as a duty would have moved it to that.
    """
    limits = jnp.finfo(moves.helps.dtype)
    helped = jnp.stack([moves.action == Action.of(grade, Side.TARGET) for grade in Grade])
    did = jnp.concatenate([~helped.any(0)[None], helped])
    chance = reduce(add, jnp.moveaxis(jnp.where(did, by_type(moves), 0), 2, 0))
    return jnp.log(chance.clip(limits.tiny, 1 - limits.eps))


def news(moves: Moves, party: StateFlag, ended: Flag) -> Float[Array, "type reading ally column"]:
    """What a week teaches: an ally is judged when it enters the war, or stays out to its end.

    Whoever fights already has nothing left to decide and teaches nothing more.

    Args:
        moves: The week's decisions.
        party: Third parties.
        ended: An episode of fighting ended this week.
    """
    free = moves.helps[Grade.COMBAT] > 0
    judged = (ended | moves.enters) & party & free
    return jnp.where(judged, likelihood(moves), 0)


def fade(lessons: Array, forget: Array, days: float) -> Array:
    """What is left of lessons after some days; `forget` is the share lost in a year."""
    return lessons * (1 - forget) ** (days / YEAR)
