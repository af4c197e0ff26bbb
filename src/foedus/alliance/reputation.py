"""What observers learn about an ally from what it did when it was called.

An ally is of one of two types, steadfast or not; conduct is judged by the game's own
probabilities. Whether the duty was due is itself uncertain, so the likelihood mixes over readings:
where nothing was due under any reading both types act alike and nothing is learnt (the finding of
LeVeck and Narang 2017 on harder times, as a theorem).
"""

import jax.numpy as jnp

from foedus.core.kinds import Action
from foedus.core.odds import tilt
from foedus.core.shapes import PerRun, PerState, StateFlag
from foedus.core.situation import Moves


def join_by_type(moves: Moves) -> list[PerState]:
    """Probability that each state joins the target, if steadfast and if not, over readings.

    With probability `owed` the duty was due in full, else not at all.
    """
    actual, *types = moves.weight
    absent = tilt(moves.join_probability, -moves.owed * actual)
    return [moves.owed * tilt(absent, weight) + (1 - moves.owed) * absent for weight in types]


def lesson(moves: Moves, joined: StateFlag) -> PerState:
    """Log-odds that conduct adds to the trust in each ally [ally, run].

    Whoever fights already has nothing left to decide (`join_probability` 0) and teaches nothing
    more.

    Args:
        moves: The round in which the state entered the war, or the war's last round.
        joined: State fights for the target.
    """
    limits = jnp.finfo(moves.join_probability.dtype)
    steadfast, other = (p.clip(limits.tiny, 1 - limits.eps) for p in join_by_type(moves))
    came = jnp.log(steadfast) - jnp.log(other)
    stayed = jnp.log1p(-steadfast) - jnp.log1p(-other)
    return jnp.where(joined, came, stayed)


def fought_for_target(moves: Moves) -> StateFlag:
    """State is in the war on the target's side [state, run]."""
    return moves.action == Action.JOIN_TARGET


def decides(moves: Moves) -> StateFlag:
    """State enters the war in this round: it fights now, and was free until now [state, run]."""
    return (moves.action >= Action.JOIN_TARGET) & (moves.join_probability > 0)


def fade(evidence: PerState, forget: PerRun, days: float) -> PerState:
    """What is left of a lesson after some days; `forget` is the share lost in a year."""
    return evidence * (1 - forget) ** (days / 365.25)
