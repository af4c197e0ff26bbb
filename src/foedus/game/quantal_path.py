"""Following a curve of logit equilibria from where all actions are alike.

Points are arrays [log-probabilities of the actions, rationality]. A step goes along the tangent,
then back to the curve by Newton's steps of least length; it is shortened where the curve bends.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

_TOLERANCE = 1e-12
_FIRST, _LEAST, _GROWTH = 0.03, 1e-12, 1.5  # steps along the branch
_STRAIGHT = 0.9  # least cosine between a step's ends
MOST_STEPS = 20_000


class Game(NamedTuple):
    """A finite game by its ends; make one with `normal_form`, `extensive_form` or `of_tree`.

    Attributes:
        through: Whether an end lies behind an action.
        payoffs: To the player whose action it is.
        chance: Probability that nature leaves an end open.
        information: Number of each action's information set.
        names: Information set and action.
    """

    through: Float[np.ndarray, "end action"]
    payoffs: Float[np.ndarray, "end action"]
    chance: Float[np.ndarray, " end"]
    information: Int[np.ndarray, " action"]
    names: tuple[tuple[str, str], ...]

    def split(self, x: np.ndarray) -> dict[str, dict[str, float]]:
        """Numbers [action] by information set and action."""
        found: dict[str, dict[str, float]] = {}
        for (information, action), value in zip(self.names, x, strict=True):
            found.setdefault(information, {})[action] = float(value)
        return found


class Step(NamedTuple):
    """One step along the branch: [log-probabilities, λ] and unit tangents at its ends."""

    behind: np.ndarray
    ahead: np.ndarray
    slope_behind: np.ndarray
    slope_ahead: np.ndarray


def start(game: Game) -> np.ndarray:
    """All actions alike, at λ = 0."""
    counts = np.bincount(game.information)[game.information]
    return np.append(-np.log(counts), 0.0)


def follow(game: Game) -> Iterator[Step]:
    """Steps along the principal branch; short where it bends."""
    y, size = start(game), _FIRST
    slope = tangent(game, y, np.append(0 * y[:-1], 1.0))
    for _ in range(MOST_STEPS):
        ahead = correct(game, y + size * slope, 0.3 * size)
        turned = slope if ahead is None else tangent(game, ahead, slope)
        if ahead is None or turned @ slope < _STRAIGHT:
            if size < _LEAST:
                raise ValueError(f"the branch cannot be followed beyond {y[-1]:.6g}")
            size /= 2
            continue
        yield Step(y, ahead, slope, turned)
        y, slope, size = ahead, turned, _GROWTH * size


def _expected(game: Game, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Expected payoff of each action, and its slope in the log-probabilities."""
    log_reach = np.log(game.chance) + game.through @ x
    weights = np.where(game.through > 0, log_reach[:, None], -np.inf)
    weights = np.exp(weights - weights.max(axis=0))
    weights /= weights.sum(axis=0)
    value = (weights * game.payoffs).sum(axis=0)
    return value, (weights * (game.payoffs - value)).T @ game.through


def _system(game: Game, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is zero in equilibrium, an equation an action, and its Jacobian in y."""
    x, rationality, n = y[:-1], y[-1], len(y) - 1
    value, slope = _expected(game, x)
    first = np.unique(game.information, return_index=True)[1]
    base = first[game.information]
    gap = x - x[base] - rationality * (value - value[base])
    jacobian = np.eye(n) - np.eye(n)[base] - rationality * (slope - slope[base])
    along = -(value - value[base])
    same = game.information[None] == game.information[first][:, None]
    gap[first] = np.where(same, np.exp(x), 0).sum(axis=1) - 1
    jacobian[first] = np.where(same, np.exp(x), 0)
    along[first] = 0
    return gap, np.column_stack([jacobian, along])


def tangent(game: Game, y: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Unit vector along the branch, on the side of another."""
    across = _system(game, y)[1]
    found = np.linalg.qr(across.T, mode="complete")[0][:, -1]
    return found if found @ like >= 0 else -found


def correct(game: Game, y: np.ndarray, most: float) -> np.ndarray | None:
    """The branch's point next to y; none if it is far, or Newton's steps do not shrink."""
    before = most
    for _ in range(12):
        gap, jacobian = _system(game, y)
        move = np.linalg.lstsq(jacobian, -gap)[0]
        length = np.linalg.norm(move)
        if not length <= before:
            return None
        y = y + move
        if length <= _TOLERANCE * (1 + np.linalg.norm(y)):
            return y
        before = length / 2
    return None


def settle(game: Game, y: np.ndarray) -> np.ndarray:
    """The branch's point at the λ of y."""
    for _ in range(50):
        gap, jacobian = _system(game, y)
        move = np.linalg.lstsq(jacobian[:, :-1], -gap)[0]
        y = y + np.append(move, 0.0)
        if np.abs(move).max() <= _TOLERANCE * (1 + np.abs(y).max()):
            return y
    raise ValueError(f"no equilibrium found at {y[-1]:.6g}")
