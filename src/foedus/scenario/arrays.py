"""Which arrays does the engine get from a scenario?

States stand in the order of their codes (entities among them, as no party), treaties in the
order of their keys, both padded to a bucket so that editing a file rarely recompiles. Every
number is drawn on its own stream, so nothing depends on the order of the file.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from foedus.core import streams
from foedus.core.kinds import Era, Side
from foedus.core.world import World
from foedus.scenario.draws import Draws
from foedus.scenario.duties import treaty_arrays
from foedus.scenario.layout import (
    STATE_BUCKETS,
    TREATY_BUCKETS,
    bucket,
    frame,
    labels,
    near,
    treaty_labels,
)
from foedus.scenario.quantity import Quantity, Support
from foedus.scenario.schema import Scenario
from foedus.scenario.ties import tie_arrays

__all__ = ["frame", "to_arrays"]

_ABSENT = 1e-6
"""Capability of padding, of which a logarithm is taken."""


def to_arrays(scenario: Scenario, seed: int, draws: np.ndarray) -> World:
    """The scenario as float64 arrays.

    Args:
        scenario: A checked scenario.
        seed: Seed of the random streams.
        draws: Numbers of the parameter draws; draw j gets the same values in any selection.

    Examples:
        >>> from foedus.scenario.load import load
        >>> world = to_arrays(load("karabakh-2020"), seed=1, draws=np.arange(3))
        >>> world.capability.shape, int(world.party.sum())
        ((16, 3), 12)
    """
    drawn = Draws(seed, draws)
    size = bucket(len(labels(scenario)), STATE_BUCKETS)
    return World(
        **_principals(scenario),
        **_streams(scenario, size),
        **_states(scenario, drawn, size),
        **_place(scenario, drawn),
        **tie_arrays(scenario, drawn, size),
        **treaty_arrays(scenario, size),
    )


def _principals(scenario: Scenario) -> dict[str, Any]:
    """Who disputes with whom, and when."""
    dispute, rows = scenario.dispute, labels(scenario)
    ignites = dispute.ignites is not None and dispute.ignites <= scenario.start
    return {
        "challenger": np.array(rows.index(dispute.challenger), np.int32),
        "target": np.array(rows.index(dispute.target), np.int32),
        "era": np.array(Era.of(scenario.start.year), np.int32),
        "ignites": np.array(ignites),
        "dispute_entity": np.array(streams.entity(dispute.id), np.uint32),
    }


def _streams(scenario: Scenario, size: int) -> dict[str, Any]:
    """Stream keys; padding has keys of its own."""
    n = bucket(len(scenario.treaties), TREATY_BUCKETS)
    states = [*labels(scenario), *(f"padding {i}" for i in range(size))][:size]
    treaties = [*treaty_labels(scenario), *(f"no treaty {i}" for i in range(n))][:n]
    return {
        "state_entity": np.array(streams.entities(states), np.uint32),
        "treaty_entity": np.array(streams.entities(treaties), np.uint32),
    }


def _states(scenario: Scenario, drawn: Draws, size: int) -> dict[str, Any]:
    """What is known of each state by itself; entities and padding are no parties."""
    rows, dispute = labels(scenario), scenario.dispute
    number, states = drawn.number, scenario.states
    party, major, nuclear, seat = (np.zeros(size) for _ in range(4))
    capability = np.full((size, number), _ABSENT)
    distance, domestic = np.zeros((size, number)), np.zeros((len(Side), size, number))
    close = near(scenario)
    for i, code in enumerate(rows):
        seat[i] = code in scenario.format.seats
        if code not in states:
            continue
        state = states[code]
        of = _reader(drawn, f"states.{code}", state)
        party[i] = code not in (dispute.target, dispute.challenger)
        major[i], nuclear[i] = state.major, state.nuclear
        capability[i] = of("capability", Support.POSITIVE) * of("quality", Support.POSITIVE)
        distance[i] = 0.0 if code in close else of("distance", Support.AMOUNT)
        cost = _reader(drawn, f"states.{code}.domestic", state.domestic)
        for side in Side:
            domestic[side, i] = cost(side.name.lower(), Support.SHARE)
    names = ("party", "major", "nuclear", "seat", "capability", "distance", "domestic")
    values = (party.astype(bool), major, nuclear, seat, capability, distance, domestic)
    return dict(zip(names, values, strict=True))


def _reader(drawn: Draws, path: str, entry: object) -> Callable[[str, Support], np.ndarray]:
    """Reads the numbers of one entry by name, each on the stream of its path."""

    def read(name: str, support: Support) -> np.ndarray:
        quantity: Quantity | None = getattr(entry, name)
        return drawn.of(f"{path}.{name}", quantity, support)

    return read


def _place(scenario: Scenario, drawn: Draws) -> dict[str, Any]:
    """What is known of the place and of the forces there."""
    of = _reader(drawn, "dispute", scenario.dispute)
    return {
        "local": np.stack([_strength(scenario, drawn, side) for side in Side]),
        "personnel": np.stack([_personnel(scenario, drawn, side) for side in Side]),
        "small_theatre": of("small_theatre", Support.REAL),
        "limited_aim": of("limited_aim", Support.SHARE),
        "front": of("front", Support.SHARE),
    }


def _strength(scenario: Scenario, drawn: Draws, side: Side) -> np.ndarray:
    """Strength of a side at the place: as stated or its capability, and that of its entities."""
    dispute, name = scenario.dispute, side.name.lower()
    if dispute.strength is not None:
        own = _reader(drawn, "dispute.strength", dispute.strength)(name, Support.POSITIVE)
    else:
        code = getattr(dispute, name)
        of = _reader(drawn, f"states.{code}", scenario.states[code])
        own = of("capability", Support.POSITIVE) * of("quality", Support.POSITIVE)
    return own + _entities(scenario, drawn, name, "strength", Support.POSITIVE)


def _personnel(scenario: Scenario, drawn: Draws, side: Side) -> np.ndarray:
    """Soldiers of a side in the theatre, and those of its entities."""
    of = _reader(drawn, "dispute.personnel", scenario.dispute.personnel)
    name = side.name.lower()
    own = of(name, Support.POSITIVE)
    return own + _entities(scenario, drawn, name, "personnel", Support.AMOUNT)


def _entities(
    scenario: Scenario, drawn: Draws, side: str, name: str, support: Support
) -> np.ndarray:
    """Sum of a number over the entities that fight with a side."""
    whole = np.zeros(drawn.number)
    for code, entity in sorted(scenario.entities.items()):
        if entity.fights_with == side:
            whole = whole + _reader(drawn, f"entities.{code}", entity)(name, support)
    return whole
