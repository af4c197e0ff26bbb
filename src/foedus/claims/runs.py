"""A batch of runs as NumPy arrays, cut to a frame: what the judges of claims read."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from foedus.claims.frame import Frame

if TYPE_CHECKING:  # the record of arrays imports JAX, which judging does not need
    from foedus.core.situation import Trajectories

Axes = tuple[int, ...]


class Runs(NamedTuple):
    """The arrays of a `Trajectories` that claims read, with the labels of their axes.

    Attributes:
        frame: Names and dates of the axes.
        status: `kinds.Status` at the end of each day, [day, dispute, run].
        front: Share of the contested land held by the challenger, [day, dispute, run].
        deaths: Military deaths since the start, [week, side, dispute, run].
        civilians: Civilian deaths since the start, [week, side, dispute, run].
        across: Side has struck land of the other's beyond the contested in this episode,
            [week, side, dispute, run].
        spread: The own land of outsiders that fight for the side was struck in this episode,
            [week, side, dispute, run].
        action: `kinds.Action`, [week, state, dispute, run].
        asked: Treaty invoked, [week, treaty, dispute, run].
        keeper: Index of the state whose peacekeepers stand there, else -1, [week, dispute, run].
        membership: `kinds.Membership`, [week, treaty, state, run].
    """

    frame: Frame
    status: np.ndarray
    front: np.ndarray
    deaths: np.ndarray
    civilians: np.ndarray
    across: np.ndarray
    spread: np.ndarray
    action: np.ndarray
    asked: np.ndarray
    keeper: np.ndarray
    membership: np.ndarray


def view(trajectories: "Trajectories", frame: Frame) -> Runs:
    """Arrays of a batch, without the days beyond the frame and without padding.

    Raises:
        ValueError: The arrays are smaller than the frame.
    """
    arrays = {
        name: _cut(name, getattr(trajectories, name), axes) for name, axes in _axes(frame).items()
    }
    return Runs(frame, **arrays)


def nothing(frame: Frame) -> Runs:
    """A batch of no runs: judging it shows whether a claim can be judged at all."""
    return Runs(frame, **{name: np.zeros((*axes, 0)) for name, axes in _axes(frame).items()})


def _axes(frame: Frame) -> dict[str, Axes]:
    """Length of every axis but the last, for each array."""
    weeks, states, treaties = frame.weeks, len(frame.states), len(frame.treaties)
    disputes = len(frame.disputes)
    return {
        "status": (frame.days, disputes),
        "front": (frame.days, disputes),
        "deaths": (weeks, 2, disputes),
        "civilians": (weeks, 2, disputes),
        "across": (weeks, 2, disputes),
        "spread": (weeks, 2, disputes),
        "action": (weeks, states, disputes),
        "asked": (weeks, treaties, disputes),
        "keeper": (weeks, disputes),
        "membership": (weeks, treaties, states),
    }


def _cut(name: str, values: Any, axes: Axes) -> np.ndarray:
    """The leading part of an array, as large as the frame says."""
    array = np.asarray(values)
    found = array.shape[:-1]
    if len(found) != len(axes) or any(n < m for n, m in zip(found, axes, strict=True)):
        raise ValueError(f"expected {name} of at least {(*axes, 'run')}; got {array.shape}")
    return array[tuple(slice(n) for n in axes)]
