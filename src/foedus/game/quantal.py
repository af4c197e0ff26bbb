r"""Logit quantal-response equilibria of any finite game, and the rationality that data show.

In equilibrium the actions of every information set have odds

$$ \log \sigma_a - \log \sigma_b = \lambda\,[\,u(a, \sigma) - u(b, \sigma)\,], $$

u the mover's expected payoff where the set is reached, given what all others, and the mover
itself elsewhere, do: the agent form of McKelvey and Palfrey 1998 (*Experimental Economics* 1:
9-41), which for a game in normal form is that of 1995 (*Games and Economic Behavior* 10: 6-38).
At $\lambda = 0$ all actions are alike; from there a curve leads on, the principal branch, which is
followed by arc length in logs of probabilities (Turocy 2005, *Games and Economic Behavior* 51:
243-263). `exact` enumerates one stage of the war game by iteration instead.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float

from foedus.game import tree as trees
from foedus.game.quantal_path import (
    MOST_STEPS,
    Game,
    Step,
    correct,
    follow,
    settle,
    start,
    tangent,
)

Node: TypeAlias = "Choice | Chance | Result"


@dataclass(frozen=True)
class Result:
    """Where a game ends; a payoff a player."""

    payoffs: tuple[float, ...]


@dataclass(frozen=True)
class Chance:
    """Where nature moves; a probability and a node a branch."""

    branches: tuple[tuple[float, Node], ...]


@dataclass(frozen=True)
class Choice:
    """Where a player moves.

    Attributes:
        player: Number of the player.
        actions: What each leads to.
        information: Name of what the player knows; choices that share it cannot be told apart.
    """

    player: int
    actions: Mapping[str, Node]
    information: str


class Point(NamedTuple):
    """A point of the principal branch.

    Attributes:
        rationality: λ.
        log_probabilities: Of each action where its information set is reached.
    """

    rationality: float
    log_probabilities: Float[np.ndarray, " action"]

    @property
    def probabilities(self) -> Float[np.ndarray, " action"]:
        """Of each action."""
        return np.exp(self.log_probabilities)


class Estimate(NamedTuple):
    """The rationality that makes what was observed most likely, on the principal branch.

    Attributes:
        rationality: λ.
        se: Its standard error, from the curvature of the likelihood; nan at an end.
        log_likelihood: Of the counts, without their combinatorial constant.
        point: The equilibrium there.
        inside: Whether the likelihood is at a maximum, and not still rising at the largest λ or
            falling from 0.
    """

    rationality: float
    se: float
    log_likelihood: float
    point: Point
    inside: bool


def normal_form(*tables: Any, actions: Sequence[Sequence[str]] | None = None) -> Game:
    """A game in normal form.

    Args:
        *tables: For each player its payoffs, one axis a player.
        actions: Names of each player's actions; their numbers if not given.

    Raises:
        ValueError: Tables of other shapes than the players ask for, or not finite.

    Examples:
        Ochs' matching pennies, in the units of McKelvey and Palfrey 1995:

        >>> game = normal_form([[1.1141, 0], [0, 0.2785]], [[0, 1.1141], [1.1141, 0]])
        >>> equilibrium(game, 1.0).probabilities.round(4)
        array([0.5868, 0.4132, 0.4518, 0.5482])
    """
    payoffs = [np.asarray(table, float) for table in tables]
    shapes = {p.shape for p in payoffs}
    if len(shapes) != 1 or payoffs[0].ndim != len(payoffs):
        raise ValueError(
            f"expected {len(payoffs)} tables of {len(payoffs)} axes and one shape; "
            f"got {', '.join(str(p.shape) for p in payoffs)}"
        )
    shape = payoffs[0].shape
    named = actions or [[str(a) for a in range(n)] for n in shape]
    if [len(n) for n in named] != list(shape):
        raise ValueError(f"expected names for {shape} actions; got {[len(n) for n in named]}")
    first = np.concatenate([[0], np.cumsum(shape)])
    profiles = np.array(list(product(*map(range, shape))))
    through = np.zeros((len(profiles), first[-1]))
    np.put_along_axis(through, profiles + first[:-1], 1.0, axis=1)
    owner = np.repeat(np.arange(len(shape)), shape)
    values = np.stack([p.reshape(-1) for p in payoffs], axis=1)[:, owner]
    names = [(str(player), a) for player, own in enumerate(named) for a in own]
    return _checked(Game(through, values, np.ones(len(profiles)), owner, tuple(names)))


def extensive_form(root: Node) -> Game:
    """A game given by its tree.

    Raises:
        ValueError: Choices that share an information set but not a player or its actions, a path
            that meets one twice, chances that do not sum to one, payoffs that are not finite.
    """
    sets: dict[str, Choice] = {}
    ends = list(_ends(root, (), 1.0, sets))
    names = [(s, a) for s, choice in sets.items() for a in choice.actions]
    at = {name: i for i, name in enumerate(names)}
    through = np.zeros((len(ends), len(names)))
    for row, (path, _, _) in zip(through, ends, strict=True):
        row[[at[step] for step in path]] = 1.0
    owners = np.array([sets[s].player for s, _ in names], int)
    payoffs = np.array([result for _, _, result in ends])[:, owners]
    order = list(sets)
    information = np.array([order.index(s) for s, _ in names])
    chance = np.array([c for _, c, _ in ends])
    return _checked(Game(through, payoffs, chance, information, tuple(names)))


def of_tree(tree: trees.Decision, payoffs: Mapping[trees.Payoff, float]) -> Game:
    """A strategic tree with given payoffs.

    With logit link and agent error `tree.solve` gives the same choices where the scale of the
    noise is 1 / (λ sqrt 2).

    Examples:
        >>> tree = trees.egame12(("challenger", "target"), ("status quo", "yields", "war"))
        >>> game = of_tree(tree, {("challenger", "yields"): 1.0, ("target", "war"): 0.5})
        >>> game.split(equilibrium(game, 2.0).probabilities)["target after ~status quo"]
        {'yields': 0.2689414213699951, 'war': 0.7310585786300049}
    """
    movers = trees.movers(tree)

    def node(at: trees.Decision | trees.End, path: tuple[str, ...]) -> Node:
        if isinstance(at, trees.End):
            return Result(tuple(float(payoffs.get((m, at.outcome), 0.0)) for m in movers))
        name = f"{at.mover} after {' > '.join(path)}" if path else at.mover
        below = {action: node(child, (*path, action)) for action, child in at.actions.items()}
        return Choice(movers.index(at.mover), below, name)

    return extensive_form(node(tree, ()))


def _ends(
    node: Node, path: tuple[tuple[str, str], ...], chance: float, sets: dict[str, Choice]
) -> Iterator[tuple[tuple[tuple[str, str], ...], float, tuple[float, ...]]]:
    """Every end with the actions that lead to it, nature's part, and its payoffs."""
    if isinstance(node, Result):
        yield path, chance, node.payoffs
    elif isinstance(node, Chance):
        odds = [p for p, _ in node.branches]
        if min(odds) <= 0 or abs(sum(odds) - 1) > 1e-9:
            raise ValueError(f"expected chances above 0 that sum to 1; got {odds}")
        for p, child in node.branches:
            yield from _ends(child, path, chance * p, sets)
    else:
        _check_choice(node, path, sets.setdefault(node.information, node))
        for action, child in node.actions.items():
            yield from _ends(child, (*path, (node.information, action)), chance, sets)


def _check_choice(node: Choice, path: tuple[tuple[str, str], ...], known: Choice) -> None:
    """Refuse information sets that contradict themselves."""
    name = node.information
    if (known.player, list(known.actions)) != (node.player, list(node.actions)):
        raise ValueError(f"expected one player and one list of actions at {name!r}; got two")
    if name in (step[0] for step in path):
        raise ValueError(f"expected a path to meet {name!r} once (perfect recall); got twice")


def _checked(game: Game) -> Game:
    """The game, if its payoffs are numbers and every set has a choice."""
    if not np.isfinite(game.payoffs).all():
        raise ValueError("expected finite payoffs")
    counts = np.bincount(game.information)
    if (counts < 2).any():
        name = game.names[int(np.flatnonzero(counts[game.information] < 2)[0])][0]
        raise ValueError(f"expected two actions or more at {name!r}")
    return game


def equilibrium(game: Game, rationality: float) -> Point:
    """The logit equilibrium at a given λ, where the principal branch first reaches it.

    Raises:
        ValueError: λ is negative, or was not reached.

    Examples:
        >>> game = normal_form([[3, 0], [5, 1]], [[3, 5], [0, 1]])  # prisoners' dilemma
        >>> equilibrium(game, 0.0).probabilities
        array([0.5, 0.5, 0.5, 0.5])
    """
    if not 0 <= rationality < np.inf:
        raise ValueError(f"expected a rationality of 0 or more; got {rationality}")
    for step in follow(game):
        if step.ahead[-1] >= rationality:
            share = (rationality - step.behind[-1]) / (step.ahead[-1] - step.behind[-1])
            y = step.behind + share * (step.ahead - step.behind)
            y[-1] = rationality
            return _point(settle(game, y))
    raise ValueError(f"the branch did not reach {rationality} in {MOST_STEPS} steps")


def branch(game: Game, until: float) -> list[Point]:
    """Points along the principal branch, from λ = 0 to where it first passes `until`."""
    found = [_point(start(game))]
    for step in follow(game):
        found.append(_point(step.ahead))
        if step.ahead[-1] >= until:
            break
    return found


def fit(game: Game, counts: Any, until: float | None = None) -> Estimate:
    """The λ of the principal branch that makes observed actions most likely.

    Args:
        game: What was played.
        counts: How often each action was seen, [action].
        until: Largest λ tried; 1,000 over the range of payoffs if not given.

    Raises:
        ValueError: Counts that do not fit the game.

    Reference:
        McKelvey and Palfrey (1995), *Games and Economic Behavior* 10, 6-38.
    """
    seen = np.asarray(counts, float)
    if seen.shape != game.information.shape or (seen < 0).any() or not seen.sum() > 0:
        raise ValueError(f"expected {len(game.information)} counts of 0 or more; got {counts}")
    until = until or 1e3 / max(np.ptp(game.payoffs), 1e-12)
    best, inside = start(game), False
    for step in follow(game):
        if seen @ step.slope_behind[:-1] > 0 >= seen @ step.slope_ahead[:-1]:
            y = _crest(game, seen, step)
            if seen @ y[:-1] > seen @ best[:-1]:
                best, inside = y, True
        if step.ahead[-1] >= until:
            if seen @ step.ahead[:-1] > seen @ best[:-1]:
                best, inside = step.ahead, False
            break
    log_likelihood = float(seen @ best[:-1])
    se = _standard_error(game, seen, best) if inside else float("nan")
    return Estimate(float(best[-1]), se, log_likelihood, _point(best), inside)


def _point(y: np.ndarray) -> Point:
    return Point(float(y[-1]), y[:-1].copy())


def _crest(game: Game, seen: np.ndarray, step: Step) -> np.ndarray:
    """Where the likelihood stops rising between the ends of a step."""
    low, high, slope = step.behind, step.ahead, step.slope_behind
    for _ in range(200):
        width = float(np.linalg.norm(high - low))
        middle = correct(game, (low + high) / 2, width)
        if middle is None or width < 1e-13 * (1 + np.linalg.norm(high)):
            break
        if seen @ tangent(game, middle, slope)[:-1] > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _standard_error(game: Game, seen: np.ndarray, y: np.ndarray) -> float:
    """From the likelihood's curvature in λ."""

    def rise(rationality: float) -> float:
        at = settle(game, np.append(y[:-1], rationality))
        slope = tangent(game, at, np.append(0 * y[:-1], 1.0))
        return float(seen @ slope[:-1] / slope[-1])

    width = 1e-4 * max(float(y[-1]), 1e-3)
    bend = (rise(y[-1] + width) - rise(y[-1] - width)) / (2 * width)
    return float(1 / np.sqrt(-bend)) if bend < 0 else float("nan")
