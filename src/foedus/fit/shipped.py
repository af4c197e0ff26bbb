"""The joining fit that the package ships: what a simulation of war does not read of it."""

import json
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from foedus.core.params import GROUPS, Params, columns, fingerprint, pack, unpack
from foedus.core.priors import read, sample
from foedus.fit import stages
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


def extend(posterior: bytes, table: dict) -> bytes:
    """Draws of a fit with the parameters that have been added to the priors since, as believed.

    Nothing that was there changes in a bit: each parameter has a generator of its own, so that
    draws i of old and new belong together as if the fit had been made with the longer table.

    Args:
        posterior: A file of draws, made with a table that had fewer parameters.
        table: Of priors.

    Raises:
        ValueError: A new parameter is one that the record informs, so that it takes a fit.
    """
    with np.load(BytesIO(posterior)) as data:
        old = {name: data[name] for name in data.files}
    told = json.loads(old.pop("header").tobytes())["table"]
    drawn = columns(sample(table))
    for name in drawn.keys() - old.keys():
        group, field = name.split(".")
        if table[group][field]["basis"] == "record":
            raise ValueError(f"expected a new fit: the record informs {name}")
        told[group][field] = table[group][field]
    whole = {name: old.get(name, prior) for name, prior in drawn.items()}
    groups = {
        group: fields(*(whole[f"{group}.{name}"] for name in fields._fields))
        for group, fields in GROUPS.items()
    }
    return pack(Params(**groups), told)


_LONG = 30
"""Entries beyond which a list of diagnostics is not shipped, but its length."""


def ship(fit: Path) -> None:
    """Make a fit that `foedus fit` kept the one that the package ships.

    Args:
        fit: Its folder, made with shipped priors.

    Raises:
        ValueError: The fit is not whole.
    """
    done = {}
    for name in stages.STAGES:
        if (kept := stages.kept(fit, name)) is None:
            raise ValueError(f"{fit}: expected a whole fit; {name} is missing")
        done[name] = kept
    joining, posterior = done["joining"], (fit / "posterior.npz").read_bytes()
    manifest = json.loads((fit / "fit.json").read_text())
    told = {
        **{name: manifest[name] for name in ("data", "version", "seed")},
        "prior": fingerprint(sample(read())),
        "posterior": unpack(posterior).sha256,
        "stages": {n: {"n": f.n, "diagnostics": _brief(f.diagnostics)} for n, f in done.items()},
    }
    own, core = (Path(str(files(f"foedus.{name}"))) for name in ("fit", "core"))
    drawn = BytesIO()
    np.savez_compressed(
        drawn,
        theta=joining.draws["theta"].T.astype(np.float32),
        covered=np.float32(joining.diagnostics["covered"]),
    )
    stages.write(core / "posterior-2020.npz", posterior)
    stages.write(own / f"{NAME}.npz", drawn.getvalue())
    stages.write(own / f"{NAME}.json", (json.dumps(told, indent=1) + "\n").encode())


def _brief(value: Any) -> Any:
    """Diagnostics without what there is of every war or coding, to five figures."""
    if isinstance(value, dict):
        return {k: _brief(v) for k, v in value.items() if k not in ("pointwise", "khat_by", "war")}
    if isinstance(value, list) and len(value) > _LONG:
        return f"{len(value)} values"
    return float(f"{value:.5g}") if isinstance(value, float) else value


if __name__ == "__main__":
    import sys

    if len(sys.argv) > 1:
        ship(Path(sys.argv[1]))
    else:
        target = Path(str(files("foedus.core") / "posterior-2020.npz"))
        stages.write(target, extend(target.read_bytes(), read()))
