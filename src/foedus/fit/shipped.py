"""The joining fit that the package ships: what a simulation of war does not read of it."""

import json
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np

from foedus.fit.joining import THETA, Setting, setting

NAME = "joining-2020"


@cache
def _stored() -> dict[str, np.ndarray]:
    with np.load(BytesIO((files("foedus.fit") / f"{NAME}.npz").read_bytes())) as data:
        return {key: data[key] for key in data.files}


def thetas(number: int | None = None) -> np.ndarray:
    """Posterior draws in the order of `joining.THETA`, evenly from all of them [draw, theta].

    Examples:
        >>> thetas(10).shape[0]
        10
    """
    drawn = _stored()["theta"].astype(float)
    if drawn.shape[1] != len(THETA):
        raise ValueError(f"expected draws of {len(THETA)} numbers; got {drawn.shape[1]}")
    rows = np.arange(len(drawn)) if number is None else np.linspace(0, len(drawn) - 1, number)
    return drawn[rows.astype(int)]


def given() -> Setting:
    """What was not fitted, as it was held then."""
    return setting(float(_stored()["covered"]))


def report() -> dict[str, Any]:
    """Hashes of data and priors, counts and diagnostics of every stage."""
    return json.loads((files("foedus.fit") / f"{NAME}.json").read_text())
