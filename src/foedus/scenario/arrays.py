"""Which arrays does the engine get from a scenario?

States stand in the order of their codes (entities among them, as no party), treaties in the
order of their keys, disputes in that of their ids; all are padded to a bucket, so that editing
a file rarely recompiles. Every number is drawn on its own stream, keyed by its path, so nothing
depends on the order of the file.
"""

from typing import Any

import numpy as np

from foedus.core import streams
from foedus.core.kinds import Era
from foedus.core.world import World
from foedus.scenario.draws import Draws, median
from foedus.scenario.duties import reading_array, treaty_arrays
from foedus.scenario.layout import (
    STATE_BUCKETS,
    TREATY_BUCKETS,
    bucket,
    frame,
    labels,
    treaty_labels,
)
from foedus.scenario.numbers import power
from foedus.scenario.pressures import pressure_arrays
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Scenario
from foedus.scenario.signals import counts, signals_by
from foedus.scenario.slots import dispute_arrays
from foedus.scenario.ties import leader_arrays, region_arrays

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
        >>> world.capability.shape[-1], bool(world.dispute.open_.any())
        (3, True)
    """
    drawn = Draws(seed, draws)
    size = bucket(len(labels(scenario)), STATE_BUCKETS)
    return World(
        **_common(scenario, size),
        **_streams(scenario, size),
        **_states(scenario, drawn, size),
        **treaty_arrays(scenario, size),
        **leader_arrays(scenario, drawn, size),
        **region_arrays(scenario, drawn, size),
        **pressure_arrays(scenario, drawn, size),
        dispute=dispute_arrays(scenario, drawn, size),
    )


def _common(scenario: Scenario, size: int) -> dict[str, Any]:
    """The time, how each state reads disputed clauses, who trusts whom, what signals were sent."""
    return {
        "era": np.array(Era.of(scenario.start.year), np.int32),
        "year": np.array(float(scenario.start.year)),
        "reads": reading_array(scenario, size),
        "trust": _trust(scenario, size),
        "signals": counts(scenario, signals_by(scenario, scenario.start), size),
    }


def _streams(scenario: Scenario, size: int) -> dict[str, Any]:
    """Stream keys; padding has keys of its own."""
    n = bucket(len(treaty_labels(scenario)), TREATY_BUCKETS)
    states = [*labels(scenario), *(f"padding {i}" for i in range(size))][:size]
    treaties = [*treaty_labels(scenario), *(f"no treaty {i}" for i in range(n))][:n]
    return {
        "state_entity": np.array(streams.entities(states), np.uint32),
        "treaty_entity": np.array(streams.entities(treaties), np.uint32),
    }


def _states(scenario: Scenario, drawn: Draws, size: int) -> dict[str, Any]:
    """What is known of each state by itself; an entity has its strength."""
    capability = np.full((size, drawn.number), _ABSENT)
    major, nuclear = np.zeros(size), np.zeros(size)
    for i, code in enumerate(labels(scenario)):
        capability[i] = power(scenario, drawn, code)
        state = scenario.states.get(code)
        if state is not None:
            major[i], nuclear[i] = state.major, state.nuclear
    return {"capability": capability, "major": major, "nuclear": nuclear}


def _trust(scenario: Scenario, size: int) -> np.ndarray:
    """What observers add to the common prior trust in an ally [observer, ally]."""
    rows, trust = labels(scenario), np.zeros((size, size))
    for entry in scenario.trust:
        place = rows.index(entry.observer), rows.index(entry.ally)
        trust[place] = median(entry.value, Support.REAL)
    return trust
