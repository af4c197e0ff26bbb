"""The first round of decisions in each dispute of a scenario: who would do what, and at what odds.

The chances are those of the simulation's own round, with the shared effects spread evenly over
replicates instead of drawn, so that small differences show.
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtri
from jaxtyping import Array

from foedus.core.kinds import Side
from foedus.core.params import Params, take
from foedus.core.streams import Streams, key_of
from foedus.core.world import World
from foedus.game import payoff
from foedus.game.play import Outlook, Standing, play
from foedus.simulate.ensemble import spread
from foedus.simulate.step import Columns, columns, initial, tile
from foedus.war.advance import typical_tempo
from foedus.war.ceasefire import MEDIATED_SHARE, settlement_hazard
from foedus.war.front import outlook

REPLICATES = 64
"""Runs of each draw: shared effects spread evenly, the rest by chance."""
_CHUNK = 25  # draws evaluated at once, so that few and many share one program


def first_round(
    world: Callable[[np.ndarray], World],
    params: Params,
    draws: int,
    seed: int,
    *,
    begun: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """The first round of decisions in each dispute, over the draws.

    Args:
        world: Gives the world of some draws.
        params: All draws.
        draws: How many of them.
        seed: Of the random streams.
        begun: Fighting has begun, and the target has asked whom it would ask by then; else it is
            about to begin and everybody counts as asked.

    Returns:
        Probability of each action [action, state, dispute, draw], and the share of a full duty
        that is felt [side, state, dispute, draw]; states and disputes padded.
    """
    words = key_of(seed)
    parts = []
    for first in range(0, draws, _CHUNK):
        some = np.arange(first, first + _CHUNK)
        arguments = jax.tree.map(_single, (take(params, some), world(some)))
        parts.append(_round(words, some[0], *arguments, np.bool_(begun)))
    play, felt = (np.concatenate(p, axis=-1)[..., :draws] for p in zip(*parts, strict=True))
    return play, felt


def _single(a: np.ndarray) -> Array:
    """As the simulation has it: floating numbers in single precision."""
    array = np.asarray(a)
    return jnp.asarray(array, {"f": np.float32, "i": np.int32}.get(array.dtype.kind, array.dtype))


@jax.jit
def _round(
    words: Array, first: Array, params: Params, world: World, begun: Array
) -> tuple[Array, Array]:
    """The first round of some draws, averaged over their replicates."""
    index = jnp.repeat(jnp.arange(_CHUNK), REPLICATES)
    run = (first * REPLICATES + jnp.arange(_CHUNK * REPLICATES)).astype(jnp.uint32)
    streams = Streams(words, run)
    own, world = spread(params, world, index)
    there = world.dispute._replace(ignites=jnp.broadcast_to(begun, world.dispute.ignites.shape))
    kept = columns(streams, own, world._replace(dispute=there))
    situation = initial(streams, world, kept)
    number = kept.run.shape[0] // run.shape[0]
    wide = world._replace(capability=tile(world.capability, number), dispute=there)
    conflict, alliances = situation.conflict, tile(situation.alliances, number)
    *_, odds = play(
        kept.params, wide, there, alliances, conflict, _even(kept, wide),
        _outlook(kept, wide, conflict.front), True, True,
    )  # fmt: skip
    mean = partial(_mean, number=number)
    return mean(odds.play), mean(odds.felt)


def _mean(x: Array, number: int) -> Array:
    """Mean over replicates: from [..., column] to [..., dispute, draw]."""
    return x.reshape(*x.shape[:-1], number, _CHUNK, REPLICATES).mean(-1)


def _even(kept: Columns, wide: World) -> Standing:
    """The standing utilities, with shared effects that are spread evenly over replicates.

    Each side's are the middles of as many slices of the normal; the second side's go through
    them in another order.
    """
    count, place = kept.run.shape[0], jnp.arange(REPLICATES)
    order = jnp.stack([place, (place * 19 + 7) % REPLICATES])
    z = jnp.tile(ndtri((order + 0.5) / REPLICATES), (1, count // REPLICATES))
    side = kept.params.joining.side_sd * z
    utility = payoff.standing(kept.params, wide, kept.dispute, side)
    drawn = kept.standing.wills._replace(side=side)
    return kept.standing._replace(utility=utility, wills=drawn)


def _outlook(kept: Columns, wide: World, front: Array) -> Outlook:
    """What the war module lets players expect of a war that begins that day, as in a step."""
    own, dispute = kept.params, kept.dispute
    settles = settlement_hazard(own, jnp.full_like(front, MEDIATED_SHARE), wide.era)
    tempo = typical_tempo(own, dispute)
    curve = outlook(own, jnp.maximum(front, 0), tempo, settles, wide.era)
    return Outlook(curve, jnp.ones((len(Side), front.shape[0]), front.dtype))
