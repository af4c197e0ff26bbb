"""A run made again, and what its tellers need of it."""

from datetime import date, timedelta
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from foedus.core import states
from foedus.core.kinds import Side
from foedus.core.params import Params
from foedus.core.situation import Trajectories
from foedus.core.streams import Streams, key_of
from foedus.core.world import World
from foedus.game import payoff
from foedus.scenario.arrays import frame
from foedus.scenario.schema import Scenario
from foedus.simulate.ensemble import spread
from foedus.simulate.step import Columns, Ledger, columns, tile


class Told(NamedTuple):
    """Something that happens in a run.

    Attributes:
        on: The day; decisions are taken on the first day of a week, memberships at a month's end.
        dispute: Id of the dispute; empty for what concerns a treaty.
        who: Code of the state that acts; empty if none does.
        what: What happens, in words.
        odds: Probability of the decision as things stood; None where nothing was decided.
        why: What lies behind it, by name: clauses, forces, ties (in logits), draws.
    """

    on: date
    dispute: str
    who: str
    what: str
    odds: float | None
    why: dict[str, str | float | dict[str, float]]


class Replay(NamedTuple):
    """A run made again.

    Attributes:
        scenario: What was simulated.
        record: Its history, as in the ensemble, without the axis `run`.
        ledger: What lay behind its decisions.
        own: What stays the same in each of its disputes.
        world: The world in its draw.
        terms: Standing terms of fighting and of aid by side, kind and name, each [state, dispute].
    """

    scenario: Scenario
    record: Trajectories
    ledger: Ledger
    own: Columns
    world: World
    terms: dict[tuple[Side, str, str], np.ndarray]

    def day(self, number: int) -> date:
        """Date of a day."""
        return self.scenario.start + timedelta(days=number)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the states."""
        return frame(self.scenario).states


def behind(seed: int, run: int, own: Params, world: World) -> tuple:
    """What stays the same in a run, and the standing terms of each grade of help by name."""
    single = jax.tree.map(lambda a: jnp.asarray(a, _kind(a)), (own, world))
    return jax.tree.map(
        np.asarray, _evaluate(jnp.asarray(key_of(seed)), jnp.array([run], jnp.uint32), *single)
    )


def _kind(a: np.ndarray) -> np.dtype:
    return np.dtype(np.float32) if np.asarray(a).dtype.kind == "f" else np.asarray(a).dtype


def _evaluate(words: jax.Array, run: jax.Array, own: Params, world: World) -> tuple:
    some, world = spread(own, world, jnp.zeros(1, jnp.int32))
    kept = columns(Streams(words, run), some, world)
    wide = world._replace(capability=tile(world.capability, len(kept.run)))
    terms = {}
    for side in Side:
        fight = payoff.fight_terms(kept.params, wide, kept.dispute, side)
        aid = payoff.aid_terms(kept.params, kept.dispute, side)
        terms |= {(side, "fight", name): term for name, term in fight.items()}
        terms |= {(side, "aid", name): term for name, term in aid.items()}
    return kept, wide, terms


def name(here: Replay, code: str) -> str:
    """Short name of a state, or what the scenario calls an entity."""
    entity = here.scenario.entities.get(code)
    if entity is not None and entity.name:
        return entity.name
    return states.called(code, here.scenario.start)
