"""Reading the numbers of a scenario in every draw, each on the stream of its path."""

from collections.abc import Callable

import numpy as np

from foedus.scenario.draws import Draws
from foedus.scenario.quantity import Quantity, Support
from foedus.scenario.schema import Scenario


def reader(drawn: Draws, path: str, entry: object) -> Callable[[str, Support], np.ndarray]:
    """Reads the numbers of one entry by name, each on the stream of its path [draw]."""

    def read(name: str, support: Support) -> np.ndarray:
        quantity: Quantity | None = getattr(entry, name)
        return drawn.of(f"{path}.{name}", quantity, support)

    return read


def power(scenario: Scenario, drawn: Draws, code: str) -> np.ndarray:
    """Strength of a state, its capability times quality, or that of an entity [draw]."""
    if code in scenario.entities:
        entity = scenario.entities[code]
        return reader(drawn, f"entities.{code}", entity)("strength", Support.POSITIVE)
    of = reader(drawn, f"states.{code}", scenario.states[code])
    return of("capability", Support.POSITIVE) * of("quality", Support.POSITIVE)
