"""Why the target's strongest ally would fight for it, or not: the terms of its utility on day 0.

The terms are those of `game.payoff`, evaluated for the draws of a run: the numbers that the
simulation adds up, before prospects, the risk of a wider war and the unexplained will come in.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from foedus.core import features, params
from foedus.core.kinds import Side
from foedus.core.params import Params
from foedus.core.runs import draw_of
from foedus.core.situation import Situation
from foedus.core.world import World
from foedus.game import payoff
from foedus.scenario.arrays import to_arrays
from foedus.scenario.layout import labels
from foedus.study.casus import main_ally
from foedus.study.pipeline import Study

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


def ally(study: Study) -> Ally | None:
    """The reasons of the target's strongest ally; None where no treaty binds anybody to it."""
    code = main_ally(study.scenario)
    if code is None:
        return None
    options = study.options
    row = labels(study.scenario).index(code)
    draws = np.arange(int(draw_of(options.runs - 1)) + 1)
    held = params.fix(params.load().params, dict(options.fixed))
    world = partial(to_arrays, study.scenario, options.seed)
    mean = _means(draws, lambda some: _reasons(params.take(held, some), world(some), row))
    owed, duty = ((mean.pop(f"{name}, unasked"), mean.pop(f"{name}, asked")) for name in _PAIRS)
    stake = mean.pop("stake")
    return Ally(code, len(draws), mean, owed, duty, stake)


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
def _reasons(own: Params, world: World, row: int) -> dict[str, jax.Array]:
    """Each number in each draw [draw], for the state in one row."""
    today = _first_day(world)
    steadfast = 2 * own.alliance.trust - 1  # mean of the two types
    (weight,) = payoff.duty_weights(own, world, today, steadfast)
    due = features.duty(own, world)
    terms = payoff.join_terms(own, world, Side.TARGET)
    held = features.restraint(world, today)[Side.CHALLENGER]
    terms["promised the opponent peace"] = -own.joining.nonaggression * held
    for name, asked in (("unasked", False), ("asked", True)):
        owed = features.obligation(own, world, today, due, jnp.full_like(today.asked, asked))
        terms[f"owed, {name}"] = owed[Side.TARGET]
        terms[f"duty, {name}"] = weight * owed[Side.TARGET]
    terms["stake"] = features.stake(own, world)
    return {name: jnp.asarray(term)[row] for name, term in terms.items()}


def _first_day(world: World) -> Situation:
    """The part of the situation on day 0 that duties depend on."""
    treaties, states = world.member.shape
    rest: dict[str, Any] = dict.fromkeys(Situation._fields)
    known = {
        "asked": jnp.zeros((treaties, 1), bool),
        "active": world.member[..., None],
        "evidence": jnp.zeros((states, 1)),
    }
    return Situation(**rest | known)
