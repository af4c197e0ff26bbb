"""Priors of one's own: a table in the form of `core/priors.toml`, laid over it.

What is not in the file keeps its shipped prior. A name, a key or a distribution that is not known
is refused, and so is a prior that no fit would read.
"""

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from foedus.core import priors
from foedus.core.params import GROUPS
from foedus.fit import alliance, calls, entry, fulfilment, war

KEYS = ("meaning", "dist", "basis", "source", "knowable")
"""What may stand under a parameter."""
WHOLE = ("title", "draws", "seed", "correlation")
"""What may stand beside the groups of parameters."""
_APART = {*war.NAMES, *entry.NAMES, *alliance.NAMES, *fulfilment.NAMES}
"""Parameters whose fits have weak priors of their own (`weak_war.toml`, `weak_alliance.toml`)."""
_REAL, _ABOVE = (-np.inf, np.inf), (0.0, np.inf)
_SUPPORT = {
    "normal": _REAL, "positive": _ABOVE, "half": _ABOVE, "lognormal": _ABOVE, "beta": (0.0, 1.0),
}  # fmt: skip
_FITTED = {_REAL: ("normal",), _ABOVE: ("positive", "half", "lognormal")}
"""Forms that the joining fit knows on either scale."""


def read(path: Path) -> dict:
    """The shipped table of priors with those of a file in place of its own.

    Args:
        path: TOML, such as `[joining.major]` and under it `dist = { normal = [0.5, 0.3] }`.

    Raises:
        ValueError: Naming the file and the parameter: no TOML; an unknown name or key; a
            distribution that is unknown, has other arguments or goes where the parameter cannot;
            a parameter whose fit reads other priors.
        OSError: It cannot be read.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ValueError(f"{path}: expected TOML; {fault}") from None
    try:
        return over(priors.read(), given)
    except ValueError as fault:
        raise ValueError(f"{path}: {fault}") from None


def over(table: dict, given: dict) -> dict:
    """A table of priors with others laid over it.

    Raises:
        ValueError: As for `read`, without the name of a file.

    Examples:
        >>> own = {"joining": {"major": {"dist": {"normal": [0.5, 0.3]}}}}
        >>> over(priors.read(), own)["joining"]["major"]["dist"]
        {'normal': [0.5, 0.3]}
        >>> over(priors.read(), {"joining": {"mayor": {}}})
        Traceback (most recent call last):
        ValueError: joining.mayor: expected a parameter; got none (did you mean 'major'?)
    """
    merged = dict(table)
    for key, value in given.items():
        if key in GROUPS:
            _of("expected a table of parameters", key, value, dict)
            merged[key] = _group(key, table[key], value)
        elif key in WHOLE:
            merged[key] = value
        else:
            raise ValueError(_unknown(key, "a group of parameters", key, (*GROUPS, *WHOLE)))
    _check_whole(merged)
    return merged


def _group(group: str, table: dict, given: dict) -> dict:
    merged = dict(table)
    for field, entry_ in given.items():
        name = f"{group}.{field}"
        if field not in table:
            raise ValueError(_unknown(name, "a parameter", field, tuple(table)))
        _of("expected a table with a dist", name, entry_, dict)
        for key in entry_:
            if key not in KEYS:
                raise ValueError(_unknown(name, f"one of {', '.join(KEYS)}", key, KEYS, key))
        dist = _dists(name, table[field]["dist"], entry_.get("dist", table[field]["dist"]))
        if dist != table[field]["dist"] and name in _APART:
            raise ValueError(
                f"{name}: expected a parameter whose fit reads this table; its own has weak priors"
            )
        merged[field] = table[field] | entry_ | {"dist": dist}
    return merged


def _of(expected: str, name: str, value: Any, kind: type) -> None:
    """Refuse a value of another kind."""
    if not isinstance(value, kind):
        raise ValueError(f"{name}: {expected}; got {value!r}")


def _unknown(
    where: str, expected: str, name: str, known: tuple[str, ...], got: str = "none"
) -> str:
    """What to say of a name that is not known."""
    near = get_close_matches(name, known, 1)
    return f"{where}: expected {expected}; got {got}" + (
        f" (did you mean {near[0]!r}?)" if near else ""
    )


def _dists(name: str, shipped: Any, given: Any) -> Any:
    """One distribution, or one for each era."""
    if not isinstance(shipped, list):
        return _dist(name, shipped, given)
    each = given if isinstance(given, list) else [given] * len(shipped)
    if len(each) != len(shipped):
        raise ValueError(
            f"{name}: expected a dist for each of {len(shipped)} eras; got {len(each)}"
        )
    return [_dist(name, own, one) for own, one in zip(shipped, each, strict=True)]


def _dist(name: str, shipped: dict, given: Any) -> dict:
    """A distribution that can be drawn from, and goes where the shipped one could."""
    if not isinstance(given, dict) or len(given) != 1:
        raise ValueError(f"{name}: expected one dist such as {shipped}; got {given!r}")
    try:
        drawn = priors.quantile(given, np.array([0.05, 0.5, 0.95]))
    except (TypeError, ValueError) as fault:
        raise ValueError(f"{name}: expected a distribution such as {shipped}; {fault}") from None
    ((form, arguments),) = given.items()
    if not (np.isfinite(drawn).all() and (np.diff(drawn) > 0).all()):
        raise ValueError(f"{name}: expected a distribution with some spread; got {given}")
    (low, high), (least, most) = _support(form, arguments), _support(*next(iter(shipped.items())))
    if name in calls.NAMES and form not in _FITTED[least, most]:
        known = ", ".join(_FITTED[least, most])
        raise ValueError(f"{name}: expected one of {known}, as its fit reads them; got {form!r}")
    if low < least or high > most:
        raise ValueError(f"{name}: expected values from {least:g} to {most:g}; got {given}")
    return given


def _support(form: str, arguments: list[float]) -> tuple[float, float]:
    """Where a distribution can go; a uniform one stands for the shortest of the usual ranges."""
    if form != "uniform":
        return _SUPPORT[form]
    low, high = arguments
    if low < 0:
        return _REAL
    return (0.0, 1.0) if high <= 1 else _ABOVE


def _check_whole(table: dict) -> None:
    """Refuse numbers of draws and correlations of which no draws can be made."""
    draws = table["draws"]
    if not isinstance(draws, int) or draws < 2 or draws % 2:
        raise ValueError(f"draws: expected an even number above 0; got {draws!r}")
    try:
        priors.sample(table | {"draws": 2})
    except (KeyError, TypeError, ValueError, np.linalg.LinAlgError) as fault:
        raise ValueError(
            f"correlation, seed: expected those of a table of priors; {fault}"
        ) from None
