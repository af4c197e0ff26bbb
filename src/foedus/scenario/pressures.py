"""What weighs on states at home, and for how long, as arrays?"""

from typing import Any

import numpy as np

from foedus.core.clock import DAYS, MONTH
from foedus.core.features import added
from foedus.scenario.draws import Draws
from foedus.scenario.layout import frame, labels
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Pressure, Scenario

DAYS_OF_A_MONTH = 365.25 / 12


def pressure_arrays(scenario: Scenario, drawn: Draws, size: int) -> dict[str, Any]:
    """Cost at home and forces tied up in each month of the clock, for `size` states.

    Several pressures add up as costs do: 1 less the product of what each leaves.
    """
    rows, begins = labels(scenario), _months(scenario)
    shape = (len(begins), size, drawn.number)
    burden, engaged = np.zeros(shape), np.zeros(shape)
    for entry in sorted(scenario.pressures, key=lambda one: (one.kind, one.from_, one.name)):
        for code in entry.states:
            path, place = f"pressures.{_key(entry)}.{code}", (slice(None), rows.index(code))
            lasts = drawn.of(f"{path}.months", entry.months, Support.POSITIVE)
            weighs = (entry.months is None) | (begins[:, None] < lasts * DAYS_OF_A_MONTH)
            for whole, name in ((burden, "cost"), (engaged, "forces")):
                part = drawn.of(f"{path}.{name}", getattr(entry, name), Support.SHARE)
                whole[place] += added(whole[place], part * weighs)
    return {"burden": burden, "engaged": engaged}


def _key(entry: Pressure) -> str:
    return ".".join(part for part in (entry.kind, entry.from_.isoformat(), entry.name) if part)


def _months(scenario: Scenario) -> np.ndarray:
    """Day on which each month of the clock begins, as many as the horizon has [month]."""
    return np.arange(0, frame(scenario).days, DAYS * MONTH)
