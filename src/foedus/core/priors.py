"""How the shipped draws were made: the table of priors, and draws from it.

`python -m foedus.core.priors` writes `prior-2020.npz` anew from `priors.toml`; a test does the
same and compares hashes, so a changed prior cannot slip in unseen.
"""

import tomllib
from importlib.resources import files

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

from foedus.core.params import GROUPS, Params, pack

_QUANTILE = {
    "normal": lambda u, mean, sd: mean + sd * ndtri(u),
    "positive": lambda u, mean, sd: mean + sd * ndtri(u + (1 - u) * ndtr(-mean / sd)),
    "half": lambda u, sd: sd * ndtri((1 + u) / 2),
    "lognormal": lambda u, median, sd: median * np.exp(sd * ndtri(u)),
    "beta": lambda u, a, b: betaincinv(a, b, u),
    "uniform": lambda u, low, high: low + (high - low) * u,
}


def read() -> dict:
    """The table of priors: for each parameter its meaning, distribution, basis, source.

    Examples:
        >>> read()["war"]["drift"]["dist"]
        {'lognormal': [0.005, 1.0]}
    """
    return tomllib.loads((files("foedus.core") / "priors.toml").read_text())


def quantile(dist: dict[str, list[float]], u: np.ndarray) -> np.ndarray:
    """Quantile of a distribution named as in `priors.toml`.

    Raises:
        ValueError: Unknown distribution.

    Examples:
        >>> float(quantile({"lognormal": [2.0, 0.5]}, np.array(0.5)))
        2.0
    """
    ((name, arguments),) = dist.items()
    if name not in _QUANTILE:
        raise ValueError(f"expected one of {', '.join(_QUANTILE)}; got {name!r}")
    return _QUANTILE[name](u, *arguments)


def sample(table: dict) -> Params:
    """Draws from the table; draws 2i and 2i + 1 share the parameters that the record informs.

    Eras share one uniform, so an early era that is high is high in all. Correlations hold for
    the normal scores (a Gaussian copula).
    """
    names = [f"{group}.{name}" for group, fields in GROUPS.items() for name in fields._fields]
    scores = _scores(table, names)
    groups: dict[str, list[np.ndarray]] = {group: [] for group in GROUPS}
    for row, full in zip(scores, names, strict=True):
        group, name = full.split(".")
        dists, u = table[group][name]["dist"], ndtr(row)
        drawn = (
            np.stack([quantile(d, u) for d in dists])
            if isinstance(dists, list)
            else quantile(dists, u)
        )
        groups[group].append(drawn)
    return Params(**{group: GROUPS[group](*arrays) for group, arrays in groups.items()})


def _scores(table: dict, names: list[str]) -> np.ndarray:
    """Normal scores [parameter, draw], correlated within and shared between draws of a pair."""
    correlation = np.eye(len(names))
    for entry in table["correlation"]:
        a, b = (names.index(name) for name in entry["pair"])
        correlation[a, b] = correlation[b, a] = entry["value"]
    shared, own = _normals(table, names)
    of_record = np.array(
        [table[g][n]["basis"] == "record" for g, n in (x.split(".") for x in names)]
    )
    # Record-informed scores come first in the factor, so no judgement leaks into them.
    order = np.argsort(~of_record, kind="stable")
    factor = np.linalg.cholesky(correlation[np.ix_(order, order)])
    mixed = np.where(of_record, shared, own)[:, order] @ factor.T
    return mixed[:, np.argsort(order)].T


def _normals(table: dict, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Independent normals [draw, parameter], shared in pairs of draws, and each draw's own.

    Each parameter has its own generator, keyed by its name: a new one shifts no other.
    """
    draws, shared, own = table["draws"], [], []
    for name in names:
        rng = np.random.default_rng([table["seed"], *name.encode()])
        shared.append(rng.standard_normal(draws // 2).repeat(2))
        own.append(rng.standard_normal(draws))
    return np.stack(shared, axis=1), np.stack(own, axis=1)


if __name__ == "__main__":
    import pathlib

    target = pathlib.Path(str(files("foedus.core"))) / "prior-2020.npz"
    target.write_bytes(pack(sample(read()), read()))
