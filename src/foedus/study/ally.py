"""Why an ally would fight for the target, or not: the terms of its utility on day 0.

The terms are those of `game.payoff`, evaluated for the draws of a run: the numbers that the
simulation adds up, before prospects, the risk of a wider war and the unexplained will come in.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from foedus.alliance.signals import heard
from foedus.core import features
from foedus.core.kinds import Side
from foedus.core.params import Params
from foedus.core.runs import draw_of
from foedus.core.world import World
from foedus.game import payoff
from foedus.scenario import schema
from foedus.scenario.layout import dispute_labels, labels
from foedus.scenario.schema import Scenario
from foedus.simulate.ensemble import spread
from foedus.study.casus import main_ally
from foedus.study.pipeline import Options, Study, inputs

_PAIRS = ("owed", "duty")
_CHUNK = 53  # draws evaluated at once, so that few and many runs share one program


class Ally(NamedTuple):
    """What speaks for and against fighting for the target, means over the draws.

    Attributes:
        code: The ally.
        n_draws: Number of draws.
        terms: Logits, by name; staying out is 0.
        owed: Share of its strongest duty that is due, before anybody asks and after.
        duty: Logits that this adds, before anybody asks and after.
        stake: Logits that certainty of the target's keeping the land is worth more than
            certainty of its loss.
    """

    code: str
    n_draws: int
    terms: dict[str, float]
    owed: tuple[float, float]
    duty: tuple[float, float]
    stake: float


def ally(study: Study, dispute: schema.Dispute) -> Ally | None:
    """The reasons of the target's strongest ally; None where no treaty binds anybody to it."""
    code = main_ally(study.scenario, dispute)
    if code is None:
        return None
    draws = int(draw_of(study.options.runs - 1)) + 1
    return reasons(study.scenario, dispute, code, draws, study.options)


def reasons(
    scenario: Scenario, dispute: schema.Dispute, code: str, draws: int, options: Options
) -> Ally:
    """The reasons of a third party.

    Args:
        scenario: A checked scenario.
        dispute: One of its disputes.
        code: The third party.
        draws: Parameter draws.
        options: Seed and parameters held at a value.
    """
    row, slot = labels(scenario).index(code), dispute_labels(scenario).index(dispute.id)
    prior, world = inputs(scenario, options)

    def evaluate(some: np.ndarray) -> dict[str, jax.Array]:
        return _reasons(prior(some), world(some), row, slot)

    mean = _means(np.arange(draws), evaluate)
    owed, duty = ((mean.pop(f"{name}, unasked"), mean.pop(f"{name}, asked")) for name in _PAIRS)
    stake = mean.pop("stake")
    return Ally(code, draws, mean, owed, duty, stake)


def _means(
    draws: np.ndarray, evaluate: Callable[[np.ndarray], dict[str, jax.Array]]
) -> dict[str, float]:
    """Means over draws, evaluated some at a time."""
    whole: dict[str, float] = {}
    for first in range(0, len(draws), _CHUNK):
        some = draws[first : first + _CHUNK]
        padded = np.concatenate([some, np.repeat(some[-1:], _CHUNK - len(some))])
        for name, term in evaluate(padded).items():
            part = np.asarray(term, np.float64)[: len(some)].sum()
            whole[name] = whole.get(name, 0.0) + float(part)
    return {name: value / len(draws) for name, value in whole.items()}


@jax.jit
def _reasons(own: Params, world: World, row: int, slot: int) -> dict[str, jax.Array]:
    """Each number in each draw [draw], for the state in one row and the dispute in one slot."""
    number = world.capability.shape[-1]
    own, world = spread(own, world, jnp.arange(number))
    here = partial(lax.dynamic_slice_in_dim, start_index=slot * number, slice_size=number, axis=-1)
    dispute = jax.tree.map(here, world.dispute)
    active = world.member[..., None]
    target, challenger = sides = features.principals(world, dispute)
    esteem = features.trust(own, world, heard(own, world.signals), target)
    steadfast = 2 * own.alliance.trust - 1  # mean of the two types
    watched = features.watched(world, dispute)
    (weight,) = payoff.duty_weights(own, world.year, watched, esteem, steadfast)
    due = features.duty(own, world, dispute)[Side.TARGET]
    terms = {"intercept": jnp.broadcast_to(own.joining.intercept, esteem.shape)}
    terms |= payoff.fight_terms(own, world, dispute, Side.TARGET)
    more = features.added(dispute.domestic[Side.TARGET], world.burden[0])
    terms["pressures at home, at first"] = -own.joining.domestic * more
    held = features.restraint(world, active, challenger)
    terms["promised the opponent peace"] = -own.joining.nonaggression * held
    camp = features.camps(active, sides)[Side.CHALLENGER]
    terms["treaties with the opponent"] = -own.joining.camps * camp
    for name, asked in (("unasked", False), ("asked", True)):
        waits = features.waits(own, world, jnp.full(due.shape, asked))
        owed = features.owed(due * waits, active, target)
        terms[f"owed, {name}"] = owed
        terms[f"duty, {name}"] = weight * owed
    terms["stake"] = features.stake(own, dispute)
    return {name: jnp.asarray(term)[row] for name, term in terms.items()}
