"""Why an ally comes or stays out: the rival explanations, each taken away alone and by turns.

What is measured is the chance that the state sends troops for the side or fights for it, in the
first round of decisions after fighting has begun. The share of an explanation is its Shapley
value: how much taking it away raises that chance, averaged over all orders in which they could be
taken away; the shares add up to what all of them do together.

Reference:
    Shapley (1953), "A value for n-person games", in Contributions to the Theory of Games II.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from itertools import combinations
from math import factorial
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from foedus.core import params
from foedus.core.kinds import TROOPS, Action, Side
from foedus.core.world import World
from foedus.scenario import schema
from foedus.scenario.arrays import to_arrays
from foedus.scenario.layout import dispute_labels, labels, third_parties, where
from foedus.scenario.schema import Scenario
from foedus.study.casus import main_ally
from foedus.study.onset import first_round
from foedus.study.scores import RANGE, Chance
from foedus.study.switches import Change, changed

DRAWS = 50
SURE = 0.9
"""Share of the draws in which an explanation must be the largest to be told apart."""


class Explanation(NamedTuple):
    """Something that is said to keep an ally out.

    Attributes:
        id: A word.
        name: What is said.
        said_by: Rows of the ledger of claims that say it.
        changes: What takes it away.
        missing: Why nothing can be taken away; empty if something can.
        columns: Columns of the record that stand for it, and what each says.
        silent: Why no column of the record does; empty if one does.
    """

    id: str
    name: str
    said_by: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    missing: str = ""
    columns: Mapping[str, str] = MappingProxyType({})
    silent: str = ""


class Part(NamedTuple):
    """What an explanation does to the chance of coming.

    Attributes:
        explanation: Which.
        alone: Chance once it alone is taken away, less the chance as it is.
        share: Its Shapley value, in the same unit.
        error: Standard error of the share over parameter draws.
        largest: Share of the draws in which no explanation has a larger one.
    """

    explanation: Explanation
    alone: float
    share: float
    error: float
    largest: float


class Explained(NamedTuple):
    """Why a state comes or stays out in one dispute.

    Attributes:
        scenario: Of what.
        dispute: Which.
        state: Code of the third party.
        fights: Chance that it fights for the target.
        comes: Chance that it sends troops or fights.
        freed: The same, with all explanations taken away.
        parts: One for each explanation that can be taken away, the largest share first.
        missing: The others.
        draws: Parameter draws.
    """

    scenario: Scenario
    dispute: schema.Dispute
    state: str
    fights: Chance
    comes: Chance
    freed: Chance
    parts: tuple[Part, ...]
    missing: tuple[Explanation, ...]
    draws: int

    @property
    def told_apart(self) -> Part | None:
        """The explanation that does most in nearly all draws; None where none does."""
        first = self.parts[0]
        return first if first.largest >= SURE and first.share > 0 else None


@cache
def explanations() -> tuple[Explanation, ...]:
    """The rival explanations, in the order of the file.

    Examples:
        >>> [one.id for one in explanations()][:3]
        ['patron', 'scope', 'request']
    """
    table = tomllib.loads((files("foedus") / "explanations.toml").read_text("utf-8"))
    return tuple(_explanation(key, dict(entry)) for key, entry in table.items())


def _explanation(key: str, entry: dict) -> Explanation:
    changes = tuple(Change(**change) for change in entry.pop("changes", ()))
    return Explanation(key, changes=changes, said_by=tuple(entry.pop("said_by")), **entry)


def explain(
    scenario: Scenario,
    by: str | None = None,
    dispute: str | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    progress: Callable[[int], None] = lambda done: None,
) -> Explained:
    """Measure each explanation of what a state does for the target of a dispute.

    Args:
        scenario: A checked scenario.
        by: Code of the state; the target's strongest ally if not given.
        dispute: Id of the dispute; as `layout.where` has it if not given.
        draws: Parameter draws.
        seed: Of the random streams.
        progress: Called with the number of evaluations done; there are 2 to the number of
            explanations.

    Raises:
        ValueError: No such state or dispute, the state is a side of it, or nobody owes help.
    """
    place = where(scenario, dispute)
    state = _state(scenario, place, by)
    active = tuple(one for one in explanations() if not one.missing)
    measure, chance = _Measure(scenario, state, place.id, draws, seed), {}
    for number, gone in enumerate(subsets(range(len(active)))):
        chance[gone] = measure([active[i] for i in sorted(gone)])
        progress(number + 1)
    comes = {gone: found.sum(0) for gone, found in chance.items()}
    none, every = frozenset(), frozenset(range(len(active)))
    shares = np.stack([shapley(comes, i) for i in range(len(active))])
    return Explained(
        scenario,
        place,
        state,
        _chance(chance[none][-1]),
        _chance(comes[none]),
        _chance(comes[every]),
        _parts(active, comes, shares),
        tuple(one for one in explanations() if one.missing),
        draws,
    )


def subsets(players: Sequence[int]) -> list[frozenset[int]]:
    """All subsets, the empty one first.

    Examples:
        >>> len(subsets(range(3)))
        8
    """
    return [frozenset(c) for n in range(len(players) + 1) for c in combinations(players, n)]


def shapley(worth: dict[frozenset[int], np.ndarray], player: int) -> np.ndarray:
    """Shapley value of a player: its marginal worth over all orders.

    Args:
        worth: Of every subset of the players.
        player: Which.

    Examples:
        >>> worth = {frozenset(s): np.array(len(s) ** 2.0) for s in ([], [0], [1], [0, 1])}
        >>> float(shapley(worth, 0))
        2.0
    """
    count = max(map(len, worth))
    total = np.zeros_like(worth[frozenset()], dtype=float)
    for others in worth:
        if player not in others:
            before = factorial(len(others)) * factorial(count - len(others) - 1)
            total += before / factorial(count) * (worth[others | {player}] - worth[others])
    return total


def _parts(
    active: tuple[Explanation, ...], comes: dict[frozenset[int], np.ndarray], shares: np.ndarray
) -> tuple[Part, ...]:
    """Each explanation's part, the largest share first."""
    most = shares.argmax(0)
    now = comes[frozenset()].mean()
    found = [
        Part(
            one,
            float(comes[frozenset({i})].mean() - now),
            float(shares[i].mean()),
            float(shares[i].std(ddof=1) / np.sqrt(shares.shape[1])),
            float((most == i).mean()),
        )
        for i, one in enumerate(active)
    ]
    return tuple(sorted(found, key=lambda part: -part.share))


class _Measure:
    """The chance of each grade of coming, without some explanations [grade, draw]."""

    def __init__(self, scenario: Scenario, state: str, dispute: str, draws: int, seed: int) -> None:
        self._scenario, self._draws, self._seed = scenario, draws, seed
        self._row = labels(scenario).index(state)
        self._slot = dispute_labels(scenario).index(dispute)
        self._worlds: dict[int, World] = {}

    def __call__(self, gone: Sequence[Explanation]) -> np.ndarray:
        scenario, held = self._scenario, {}
        for one in gone:
            scenario, held = changed(scenario, held, one.changes, one.id)
        own = params.fix(params.load().params, held)
        world = partial(self._world, scenario)
        play, _ = first_round(world, own, self._draws, self._seed, begun=True)
        actions = [Action.of(grade, Side.TARGET) for grade in TROOPS]  # what counts as coming
        return play[actions, self._row, self._slot].astype(float)

    def _world(self, scenario: Scenario, draws: np.ndarray) -> World:
        """Most explanations are parameters, which change no world: each is built once."""
        if scenario is not self._scenario:
            return to_arrays(scenario, self._seed, draws)
        key = int(draws[0])
        if key not in self._worlds:
            self._worlds[key] = to_arrays(scenario, self._seed, draws)
        return self._worlds[key]


def _chance(values: np.ndarray) -> Chance:
    return Chance(float(values.mean()), *map(float, np.quantile(values, RANGE)))


def _state(scenario: Scenario, dispute: schema.Dispute, code: str | None) -> str:
    """The third party asked for, or the target's strongest ally."""
    third = third_parties(scenario, dispute)
    wanted = main_ally(scenario, dispute) if code is None else code.upper()
    if wanted is None:
        raise ValueError(f"--by: no treaty owes {dispute.target} help; expected a state to explain")
    if wanted not in third:
        raise ValueError(f"--by {code}: expected a third party: one of {', '.join(third)}")
    return wanted
