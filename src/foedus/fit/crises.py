"""Calls of the record as worlds of the game: one small `World` per dispute, stacked.

The game's own functions then read the record as they read a scenario. Side A of a dispute takes
the challenger's place and side B the target's; neither is called the aggressor, and whether a
pledge to either was called for is left latent (`fit.joining`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from foedus.core.kinds import Era, Obligation, Reading, Side
from foedus.core.world import Dispute, World
from foedus.record.calls import PLEDGES
from foedus.record.opportunities import FORCE, WAR

SIZES = {24: 256, 48: 128, 96: 64, 192: 32}
"""Numbers of states to which disputes are padded, and of disputes in a stack of that size: few
shapes, so few programs are compiled, whatever years are fitted."""
LEVELS = 3
"""Display or less, force, war: the originators' own highest act."""
_LETTER = {Side.TARGET: "b", Side.CHALLENGER: "a"}
_SMALLEST = 1e-7
"""CINC below which a state counts as this strong."""


Sides = Callable[[str], np.ndarray]
"""A covariate of both sides by its stem [dispute, side, state]."""


class Crises(NamedTuple):
    """Disputes of about one size; every array begins with `dispute`.

    Attributes:
        world: What `game.payoff` reads; states 0 and 1 are the challenger and the target.
        joined: What each state did: 0 stayed out, 1 and 2 joined the target and the challenger.
        level: Index of the level of hostility.
        number: `dispnum`, -1 for padding.
        year: Of onset; 9999 for padding.
        row: Row of the calls table of each state, -1 for principals and padding.
        weight: Of the dispute in a likelihood: 0 for what must not be fitted, and for padding.
    """

    world: World
    joined: np.ndarray
    level: np.ndarray
    number: np.ndarray
    year: np.ndarray
    row: np.ndarray
    weight: np.ndarray


def levels(host: np.ndarray) -> np.ndarray:
    """Index of each level of hostility.

    Examples:
        >>> levels(np.array([2, 3, 4, 5])).tolist()
        [0, 0, 1, 2]
    """
    return (host >= FORCE).astype(int) + (host >= WAR)


def crises(calls: pd.DataFrame) -> list[Crises]:
    """The calls table as worlds, in stacks of one shape; those of a size in order of time.

    Args:
        calls: From `record.calls.table`; rows are known by their place in it.
    """
    calls = calls.reset_index(drop=True)
    position = calls.groupby("dispnum").cumcount().to_numpy() + len(Side)
    needed = calls.groupby("dispnum").ccode.transform("size").to_numpy() + len(Side)
    stacks, lower = [], 0
    for size, count in SIZES.items():
        here = (needed > lower) & (needed <= size)
        rank = calls.month[here].to_numpy() * 10_000 + calls.dispnum[here].to_numpy()
        order = np.unique(rank, return_inverse=True)[1]
        for first in range(0, int(order.max(initial=-1)) + 1, count):
            block = (order >= first) & (order < first + count)
            rows = np.flatnonzero(here)[block]
            stacks.append(_stack(calls.iloc[rows], position[rows], size, count))
        lower = size
    return stacks


def _stack(calls: pd.DataFrame, position: np.ndarray, size: int, count: int) -> Crises:
    number, place = np.unique(calls.dispnum.to_numpy(), return_inverse=True)
    first = calls.drop_duplicates("dispnum").set_index("dispnum").loc[number]
    at, shape = (place, position), (count, size)
    more = count - len(number)

    def scatter(values: object, fill: float = 0.0) -> np.ndarray:
        out = np.full(shape, fill)
        out[at] = np.asarray(values, float)
        return out

    def sides(name: str) -> np.ndarray:
        return np.stack([scatter(calls[f"{name}_{_LETTER[s]}"]) for s in Side], 1)

    party = scatter(np.ones(len(calls))) > 0
    year = np.append(first.styear.to_numpy(), [9999] * more).astype(int)
    fields: dict[str, Any] = dict.fromkeys(_UNREAD) | dict(
        state_entity=np.zeros(shape, np.uint32),
        era=np.array([Era.of(int(y)) for y in year.clip(max=2020)], np.int32),
        year=year.astype(float),
        capability=scatter(calls.cinc.fillna(0).clip(lower=_SMALLEST), _SMALLEST)[..., None],
        major=scatter(calls.major),
        nuclear=np.zeros(shape),
        member=_pledged(sides, shape),
        promise=np.broadcast_to(_PROMISE, (count, *_PROMISE.shape)),
        dispute=_dispute(sides, party, count),
    )
    joined = np.select([calls.joined == 2, calls.joined == 1], [1, 2], 0)
    return Crises(
        world=World(**fields),
        joined=scatter(joined).astype(np.int32),
        level=np.append(levels(first.host.to_numpy()), [0] * more).astype(np.int32),
        number=np.append(number, [-1] * more).astype(int),
        year=year,
        row=scatter(calls.index, -1).astype(int),
        weight=np.append((~first.held_back).to_numpy(float), [0.0] * more),
    )


_UNREAD = (
    "treaty_entity", "candidate", "edge", "dependence", "closeness", "leader",
    "notice", "on_request", "reads", "trust", "signals", "own_land",
    "region", "brokered", "supplies", "bases", "burden", "engaged",
)  # fmt: skip
"""Fields that only a course of events needs."""

_PROMISE = np.tile(np.eye(len(Obligation)), (len(Side), 1))
"""Every pledge is a treaty of its own: of one kind, with one side."""
_KINDS = {
    "defense": Obligation.DEFENSE,
    "offense": Obligation.OFFENSE,
    "neutral": Obligation.NEUTRALITY,
    "nonagg": Obligation.NONAGGRESSION,
    "consul": Obligation.CONSULTATION,
}


def _pledged(sides: Sides, shape: tuple[int, int]) -> np.ndarray:
    """Members of each of these treaties: a side's principal, and whoever pledged it that."""
    member = np.zeros((shape[0], len(_PROMISE), shape[1]), bool)
    for kind in PLEDGES:
        pledged = sides(kind) > 0
        for side in Side:
            treaty = side * len(Obligation) + _KINDS[kind]
            member[:, treaty] = pledged[:, side]
            member[:, treaty, _INDEX[side]] = True
    return member


_INDEX = {Side.CHALLENGER: 0, Side.TARGET: 1}


def _dispute(sides: Sides, party: np.ndarray, number: int) -> Dispute:
    """Who may fight whom, as one column for each dispute."""
    tie = lambda name: np.nan_to_num(sides(name))[..., None]  # noqa: E731
    near = sides("contiguous").any(1)
    distance = np.where(near, 0, np.nan_to_num(sides("distance"), nan=np.inf).min(1))
    distance = np.where(np.isfinite(distance), distance, 0)
    every = (number, len(Side), len(_PROMISE), 1)
    nothing = np.zeros((number, len(Side), party.shape[1], 1))
    fields: dict[str, Any] = dict.fromkeys(Dispute._fields) | {
        "challenger": np.full((number, 1), _INDEX[Side.CHALLENGER], np.int32),
        "target": np.full((number, 1), _INDEX[Side.TARGET], np.int32),
        "party": party[..., None],
        "covered": np.full(every, Reading.YES, np.int32),
        "triggered": np.full(every, Reading.YES, np.int32),
        "seat": np.zeros((*party.shape, 1)),
        "rivalry": tie("rival"),
        "contiguous": tie("contiguous"),
        "alongside": tie("alongside"),
        "against": tie("against"),
        "distance": distance[..., None],
        "in_place": np.zeros_like(distance)[..., None],
        "affinity": _affinity(sides("affinity"))[..., None],
    }
    unknown = ("domestic", "arms", "exports", "trade", "energy", "base", "pledged")
    fields |= dict.fromkeys(unknown, nothing)
    return Dispute(**fields)


def _affinity(known: np.ndarray) -> np.ndarray:
    """Closeness to both sides where both are known, else the same to both."""
    return np.where(np.isfinite(known).all(1, keepdims=True), known, 0.5)


def single(tree: Any) -> Any:
    """Arrays in single precision, whatever JAX is set to: chances need no more, at half the time.

    Examples:
        >>> single((np.array([0.1]), np.array([1])))[0].dtype.name
        'float32'
    """

    def one(values: Any) -> jax.Array:
        array = np.asarray(values)
        return jnp.asarray(array.astype(np.float32) if array.dtype.kind == "f" else array)

    return jax.tree.map(one, tree)
