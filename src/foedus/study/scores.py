"""Who would join whom in the disputes of a scenario, from its own facts and no table.

The chances are those of the simulation's first round of decisions, had fighting begun that day
over that place: what third parties would do, and what the two sides would expect of them.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtri
from jaxtyping import Array

from foedus.core.kinds import Action, Side
from foedus.core.params import Params, load, take
from foedus.core.streams import Streams, key_of
from foedus.core.world import World
from foedus.game import payoff
from foedus.game.play import Outlook, Standing, play
from foedus.scenario.arrays import to_arrays
from foedus.scenario.layout import labels, slots
from foedus.scenario.schema import Scenario
from foedus.simulate.ensemble import spread
from foedus.simulate.step import Columns, columns, initial, tile
from foedus.war.advance import typical_tempo
from foedus.war.ceasefire import MEDIATED_SHARE, settlement_hazard
from foedus.war.front import outlook

DRAWS = 200
REPLICATES = 64
"""Runs of each draw: shared effects spread evenly, the rest by chance."""
_CHUNK = 25  # draws evaluated at once, so that few and many share one program
RANGE = (0.05, 0.95)


class Chance(NamedTuple):
    """A probability: its mean over draws, and the ends of the interval that holds nine in ten."""

    p: float
    low: float
    high: float


class Score(NamedTuple):
    """A third party of a dispute.

    Attributes:
        year: Of the scenario's start.
        dispute: Its id.
        target: Attacked state or entity.
        challenger: Attacker.
        state: Third party.
        join_target: Chance that it fights for the target.
        join_challenger: Chance that it fights for the challenger.
        duty_target: Share of a full duty to the target that it feels, if asked.
        duty_challenger: The same for the challenger.
    """

    year: int
    dispute: str
    target: str
    challenger: str
    state: str
    join_target: Chance
    join_challenger: Chance
    duty_target: float
    duty_challenger: float


def scores(scenario: Scenario, draws: int = DRAWS, seed: int = 1) -> list[Score]:
    """Every third party of every dispute, if fighting began on the first day.

    Args:
        scenario: A checked scenario; each of its disputes is taken by itself.
        draws: Posterior draws.
        seed: Of the random streams.

    Raises:
        ValueError: Fewer than two draws.
    """
    if draws < 2:
        raise ValueError(f"expected at least two posterior draws; got {draws}")
    joins, felt = _by_draw(scenario, draws, seed)
    told = np.stack([joins.mean(-1), *np.quantile(joins, RANGE, axis=-1)])
    duty = felt.mean(-1)
    found = []
    for n, dispute in enumerate(slots(scenario)):
        for k, code in enumerate(labels(scenario)):
            if code in (dispute.target, dispute.challenger) or code in scenario.entities:
                continue
            target, challenger = (Chance(*map(float, told[:, side, k, n])) for side in Side)
            owed = duty[:, k, n].tolist()
            names = dispute.id, dispute.target, dispute.challenger, code
            found.append(Score(scenario.start.year, *names, target, challenger, *owed))
    return found


def _by_draw(scenario: Scenario, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Chances of joining, and duties felt, in each draw [side, state, dispute, draw]."""
    stored, words = load().params, key_of(seed)
    parts = []
    for first in range(0, draws, _CHUNK):
        some = np.arange(first, first + _CHUNK)
        arguments = jax.tree.map(_single, (take(stored, some), to_arrays(scenario, seed, some)))
        parts.append(_round(words, some[0], *arguments))
    joins, felt = (np.concatenate(p, axis=-1)[..., :draws] for p in zip(*parts, strict=True))
    return joins, felt


def _single(a: np.ndarray) -> Array:
    """As the simulation has it: floating numbers in single precision."""
    array = np.asarray(a)
    return jnp.asarray(array, {"f": np.float32, "i": np.int32}.get(array.dtype.kind, array.dtype))


@jax.jit
def _round(words: Array, first: Array, params: Params, world: World) -> tuple[Array, Array]:
    """The first round of some draws, averaged over their replicates."""
    index = jnp.repeat(jnp.arange(_CHUNK), REPLICATES)
    run = (first * REPLICATES + jnp.arange(_CHUNK * REPLICATES)).astype(jnp.uint32)
    streams = Streams(words, run)
    own, world = spread(params, world, index)
    quiet = world.dispute._replace(ignites=jnp.zeros_like(world.dispute.ignites))
    kept = columns(streams, own, world._replace(dispute=quiet))
    situation = initial(streams, world, kept)
    number = kept.run.shape[0] // run.shape[0]
    wide = world._replace(capability=tile(world.capability, number), dispute=quiet)
    conflict, alliances = situation.conflict, tile(situation.alliances, number)
    *_, odds = play(
        kept.params, wide, quiet, alliances, conflict, _even(kept, wide),
        _outlook(kept, wide, conflict.front), True, True,
    )  # fmt: skip
    joins = jnp.stack([odds.play[Action.JOIN_TARGET], odds.play[Action.JOIN_CHALLENGER]])
    mean = partial(_mean, number=number)
    return mean(joins), mean(odds.felt)


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
