"""When a frozen dispute would pay the state that mediates: a map, and no forecast.

Two things are varied, how hard the patron holds the challenger back and how much of what it could
bring an outside patron gives that. The hazard of war is the one that runs read, while both sides
stand at the place with what they have and nobody else helps. Rents, their weights, restraint and
the cost of a war are priors alone, so regimes are shown at low, middle and high rents, and no
chance is given of what anybody means to do (`game.mediation`; model note 4).
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from foedus.core import curves, features
from foedus.core.kinds import Side
from foedus.core.params import Params
from foedus.core.world import Dispute, World
from foedus.game.challenge import attack_and_resist, hazard, readiness
from foedus.game.mediation import least_rents, regime
from foedus.scenario import schema
from foedus.scenario.duties import strongest
from foedus.scenario.layout import dispute_labels, labels, third_parties, where
from foedus.scenario.schema import Scenario
from foedus.simulate.ensemble import spread
from foedus.study.casus import cases
from foedus.study.pipeline import Options, inputs
from foedus.war.advance import typical_tempo
from foedus.war.ceasefire import MEDIATED_SHARE, settlement_hazard
from foedus.war.front import outlook

EFFORTS = (1.0, 0.75, 0.5, 0.25, 0.0)
SUPPORTS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
LEVELS = {"low": 0.05, "middle": 0.5, "high": 0.95}
"""Levels of the rents, as quantiles over draws."""
DRAWS = Options(runs=200)


class Map(NamedTuple):
    """Regimes of a patron in a dispute.

    Attributes:
        scenario: Its id.
        dispute: Id of the dispute.
        patron: Who mediates.
        outsider: Who may help the challenger.
        rents: Of the patron at each level, in units of what a settled peace is worth to it.
        cost: Of a war, in years of settled peace; median.
        restraint: Share of the hazard that all of its effort takes away; median.
        hazard: Of war a year without effort, by the mean chance of a year, at each of `SUPPORTS`.
        least: Rents beyond which a frozen dispute pays, for each of `EFFORTS` and of `SUPPORTS`.
        regimes: At each level of rents, for each of `EFFORTS` and of `SUPPORTS`.
        draws: Parameter draws.
    """

    scenario: str
    dispute: str
    patron: str
    outsider: str
    rents: dict[str, float]
    cost: float
    restraint: float
    hazard: tuple[float, ...]
    least: tuple[tuple[float, ...], ...]
    regimes: dict[str, tuple[tuple[str, ...], ...]]
    draws: int


class _Numbers(NamedTuple):
    """What the map is made of [draw]; chances have the axis of `SUPPORTS` first."""

    rents: jax.Array
    hazard: jax.Array
    cost: jax.Array
    restraint: jax.Array


def rents_map(
    scenario: Scenario,
    patron: str | None = None,
    outsider: str | None = None,
    dispute: str | None = None,
    options: Options = DRAWS,
) -> Map:
    """Map the regimes.

    Args:
        scenario: A checked scenario.
        patron: Code of the third party that mediates; whom most rents go to if not given.
        outsider: Code of the challenger's patron; the strongest state that a treaty binds to it,
            other than the patron and the target's side, if not given.
        dispute: Id; as `layout.where` has it if not given.
        options: Number of draws (as `runs`), seed, parameters that are held.

    Raises:
        ValueError: No such dispute or third party; or none stands out.
    """
    place = where(scenario, dispute)
    slot = dispute_labels(scenario).index(place.id)
    prior, world = inputs(scenario, options)
    draws = np.arange(options.runs)
    numbers = prior(draws), world(draws)
    who = patron or _rentier(scenario, place, np.asarray(_rents(*numbers, slot)))
    other = outsider or _outsider(scenario, place, who)
    rows = [labels(scenario).index(_third(scenario, place, code)) for code in (who, other)]
    own = _evaluate(*numbers, *rows, slot)
    return _drawn(own, scenario.id, place.id, who, other, options.runs)


def _drawn(own: _Numbers, scenario: str, dispute: str, who: str, other: str, draws: int) -> Map:
    """The map at the medians of all but rents."""
    rents = {name: float(np.quantile(own.rents, q)) for name, q in LEVELS.items()}
    cost, restraint = (float(np.median(a)) for a in (own.cost, own.restraint))
    within_a_year = -np.expm1(-np.asarray(own.hazard, float))
    yearly = -np.log1p(-within_a_year.mean(-1))
    left = (1 - restraint * np.array(EFFORTS)[:, None]) * yearly
    regimes = {
        name: tuple(tuple(map(str, row)) for row in regime(rent, left, cost))
        for name, rent in rents.items()
    }
    least = tuple(tuple(map(float, row)) for row in least_rents(left, cost))
    return Map(
        scenario, dispute, who, other, rents, cost, restraint, tuple(map(float, yearly)), least,
        regimes, draws,
    )  # fmt: skip


def _third(scenario: Scenario, dispute: schema.Dispute, code: str) -> str:
    """The code, if it is that of a third party.

    Raises:
        ValueError: It is not.
    """
    others = third_parties(scenario, dispute)
    if code not in others:
        raise ValueError(f"expected a third party: one of {', '.join(others)}; got {code}")
    return code


def _rentier(scenario: Scenario, dispute: schema.Dispute, rents: np.ndarray) -> str:
    """The third party that most rents go to, in the mean."""
    mean = dict(zip(labels(scenario), rents.mean(-1), strict=False))
    return max(third_parties(scenario, dispute), key=lambda code: mean[code])


def _outsider(scenario: Scenario, dispute: schema.Dispute, patron: str) -> str:
    """The strongest state bound to the challenger and not to the target, other than the patron.

    Raises:
        ValueError: There is none.
    """
    bound = [{code for case in cases(scenario, dispute, s) for code in case.owing} for s in Side]
    found = bound[Side.CHALLENGER] - bound[Side.TARGET] - {patron, dispute.target}
    if not found:
        raise ValueError("expected --outsider: no treaty binds anybody to the challenger alone")
    return strongest(scenario, found)


@partial(jax.jit, static_argnames="slot")
def _rents(own: Params, world: World, slot: int) -> jax.Array:
    """Rents of every state [state, draw]."""
    own, _, dispute = _here(own, world, slot)
    return features.rents(own, dispute)


def _here(own: Params, world: World, slot: int) -> tuple[Params, World, Dispute]:
    """One column a draw, for the dispute in one slot."""
    number = world.capability.shape[-1]
    own, world = spread(own, world, jnp.arange(number))
    here = slice(slot * number, (slot + 1) * number)
    return own, world, jax.tree.map(lambda a: a[..., here], world.dispute)


@partial(jax.jit, static_argnames="slot")
def _evaluate(own: Params, world: World, patron: int, outsider: int, slot: int) -> _Numbers:
    """What the map is made of, in each draw."""
    own, world, dispute = _here(own, world, slot)
    brought = features.reach(own, world, dispute)[outsider]
    front = jnp.maximum(dispute.front, 0)
    settles = settlement_hazard(own, MEDIATED_SHARE, world.era)
    curve = outlook(own, front, typical_tempo(own, dispute), settles, world.era)
    ready = readiness(own, dispute.grievance, jnp.zeros_like(front))
    fielded = features.fielded(own, dispute)

    def of(support: jax.Array) -> jax.Array:
        challenger = fielded[Side.CHALLENGER] + support * brought
        win = curves.read(curve, jnp.log(challenger / fielded[Side.TARGET]))
        return hazard(own, attack_and_resist(own, ready, win, jnp.zeros_like(win)).attack)

    return _Numbers(
        rents=features.rents(own, dispute)[patron],
        hazard=jax.vmap(of)(jnp.array(SUPPORTS)),
        cost=own.joining.rent_war,
        restraint=own.joining.restraint * dispute.arms[Side.CHALLENGER, patron],
    )
