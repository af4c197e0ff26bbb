"""Priors of one's own: a table in the form of `core/priors.toml`, laid over those that fits read.

The joining fit and simulations read `core/priors.toml`; the fits of wars and of alliances read
weak tables of their own (`weak_war.toml`, `weak_alliance.toml`), since the shipped priors of what
they estimate rest on the same record. A prior of one's own stands in each table that has one of
its name. What is not in the file, or is there as it is shipped, keeps its shipped prior. A name, a
key or a distribution that is not known is refused, and so is a prior that no fit would read.
"""

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit

from foedus.core import priors
from foedus.core.params import GROUPS
from foedus.fit import alliance_prior, calls, war_prior

KEYS = ("meaning", "dist", "basis", "source", "knowable")
"""What may stand under a parameter; `era_sd` and `reason` too where a weak table has them."""
WHOLE = ("title", "draws", "seed", "correlation")
"""What may stand beside the groups of parameters."""
_WAR, _ALLIANCE = ("war", "entry"), ("coverage", "alliance", "fulfilment")
_MADE_OF = {"joining.delay_sd": "joining.delay_between and joining.delay_within"}
"""Parameters that have no prior in their fit, but follow from others that do."""
_REAL, _ABOVE = (-np.inf, np.inf), (0.0, np.inf)
_SUPPORT = {
    "normal": _REAL, "positive": _ABOVE, "half": _ABOVE, "lognormal": _ABOVE, "beta": (0.0, 1.0),
}  # fmt: skip
_FITTED = {_REAL: ("normal",), _ABOVE: ("positive", "half", "lognormal")}
"""Forms that the joining fit knows on either scale."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(61)


class Tables(NamedTuple):
    """Tables of priors, each as some fits read it.

    Attributes:
        core: Of every parameter of a simulation; the joining fit reads it.
        war: Of the fits of wars and of entry.
        alliance: Of the fits of coverage, alliances and fulfilment.
    """

    core: dict
    war: dict
    alliance: dict

    def of(self, stage: str) -> dict:
        """The table that a stage reads.

        Examples:
            >>> shipped().of("fulfilment")["alliance"]["trust"]["dist"]
            {'normal': [0.0, 1.5]}
        """
        if stage in _WAR:
            return self.war
        return self.alliance if stage in _ALLIANCE else self.core


def shipped() -> Tables:
    """The tables without any prior of one's own."""
    return over({})


def read(path: Path) -> Tables:
    """The tables with the priors of a file in place of their own.

    Args:
        path: TOML, such as `[joining.major]` and under it `dist = { normal = [0.5, 0.3] }`.

    Raises:
        ValueError: Naming the file and the parameter: no TOML; an unknown name or key; a
            distribution that is unknown, has other arguments, goes where the parameter cannot, or
            is of a form that its fit does not know; a parameter that no fit has a prior for.
        OSError: It cannot be read.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ValueError(f"{path}: expected TOML; {fault}") from None
    try:
        return over(given)
    except ValueError as fault:
        raise ValueError(f"{path}: {fault}") from None


def over(given: dict) -> Tables:
    """The shipped tables with other priors laid over them.

    Raises:
        ValueError: As for `read`, without the name of a file.

    Examples:
        >>> own = over({"joining": {"delay": {"dist": {"lognormal": [30, 0.5]}}}})
        >>> own.war["joining"]["delay"]["dist"], own.core["joining"]["delay"]["dist"]
        ({'lognormal': [30, 0.5]}, {'lognormal': [30, 0.5]})
        >>> over({"joining": {"mayor": {}}})
        Traceback (most recent call last):
        ValueError: joining.mayor: expected a parameter; got none (did you mean 'major'?)
    """
    table, weak = priors.read(), _weak()
    core: dict[str, dict] = {}
    apart: dict[str, dict] = {}
    for key, value in given.items():
        if key in WHOLE:
            table[key] = value
            continue
        if key not in (known := (*GROUPS, *(g for g in weak if g not in GROUPS))):
            raise ValueError(_unknown(key, "a group of parameters", key, (*known, *WHOLE)))
        _of("expected a table of parameters", key, value, dict)
        had = table.get(key, {}), weak.get(key, {})
        core[key], apart[key] = _group(key, *had, value)
    table = _laid(table, core)
    _check_whole(table)
    weaks = war_prior.weak(table), alliance_prior.weak(table)
    return Tables(table, *(_laid(one, apart) for one in weaks))


def _weak() -> dict[str, dict[str, dict]]:
    """What the weak tables have, but for what the joining fit estimates."""
    found: dict[str, dict[str, dict]] = {}
    for table in (war_prior.weak(), alliance_prior.weak()):
        for group in (*GROUPS, "fulfilment", "coverage"):
            for field, entry in table.get(group, {}).items():
                if "reason" in entry and f"{group}.{field}" not in calls.NAMES:
                    found.setdefault(group, {})[field] = entry
    return found


def _laid(table: dict, own: dict[str, dict]) -> dict:
    """A table with entries in place of those of the same names."""
    return table | {
        group: table[group] | {f: entry for f, entry in fields.items() if f in table[group]}
        for group, fields in own.items()
        if group in table
    }


def _group(group: str, core: dict, weak: dict, given: dict) -> tuple[dict, dict]:
    """Entries of a group as the engine reads them, and as fits with weak priors do."""
    for_core, for_weak, known = {}, {}, tuple(core | weak)
    for field, entry in given.items():
        name, had, apart = f"{group}.{field}", core.get(field, {}), weak.get(field, {})
        if field not in known:
            raise ValueError(_unknown(name, "a parameter", field, known))
        own = _changed(name, had, apart, entry)
        if not own:
            continue
        if apart:
            for_weak[field] = _apart(name, had, apart, own)
            own = own | _engine(had, apart, for_weak[field])
        elif "dist" in own:
            own["dist"] = _dists(name, had["dist"], own["dist"])
        for_core[field] = had | {key: value for key, value in own.items() if key in KEYS}
    return for_core, for_weak


def _changed(name: str, core: dict, weak: dict, given: Any) -> dict:
    """What is given of one parameter and is not as it is shipped."""
    _of("expected a table with a dist", name, given, dict)
    keys = tuple(dict.fromkeys((*KEYS, *weak)))
    for key in given:
        if key not in keys:
            raise ValueError(_unknown(name, f"one of {', '.join(keys)}", key, keys, key))
    own = {key: value for key, value in given.items() if value != core.get(key)}
    if "dist" in own and name in _MADE_OF:
        raise ValueError(f"{name}: expected {_MADE_OF[name]}, of which its fit makes it")
    return own


def _apart(name: str, core: dict, weak: dict, own: dict) -> dict:
    """An entry of a weak table with one's own over it, in a form that its fit knows.

    One prior for each era stands in place of a mean over eras and their spread.
    """
    dist, spread = own.get("dist", weak["dist"]), weak.get("era_sd")
    if isinstance(dist, list) and isinstance(core.get("dist"), list) and "era_sd" not in own:
        alone = {key: value for key, value in weak.items() if key != "era_sd"}
        return alone | own | {"dist": _dists(name, core["dist"], dist)}
    form = next(iter(weak["dist"]))
    if spread and not (isinstance(dist, dict) and form in dist):
        scale = " of the logit" if _of_logit(core, weak) else ""
        raise ValueError(
            f"{name}: expected a {form}{scale}, as its fit reads it, such as {weak['dist']}; "
            f"got {dist!r}"
        )
    found = weak | own | {"dist": _dist(name, weak["dist"], dist)}
    if spread and list(_dist(f"{name}, era_sd", spread, found["era_sd"])) != ["half"]:
        raise ValueError(f"{name}, era_sd: expected one such as {spread}; got {found['era_sd']!r}")
    return found


def _of_logit(core: dict, weak: dict) -> bool:
    """Whether a weak prior is one of the logit of a share."""
    shares = any(form in core.get("dist", ()) for form in ("beta", "uniform"))
    return shares and "normal" in weak["dist"]


def _engine(core: dict, weak: dict, own: dict) -> dict:
    """The prior of one era for the engine, which knows no spread of eras; none if none is new.

    A half normal spread of scale s has mean square s^2. A share whose logit is normal has the beta
    of the same mean and variance.
    """
    if not core or all(own.get(key) == weak.get(key) for key in ("dist", "era_sd")):
        return {}
    dist = own["dist"]
    if "era_sd" in own:
        ((form, (centre, sd)),) = dist.items()
        sd = float(np.hypot(sd, *own["era_sd"]["half"]))
        dist = {form: [centre, sd]}
        if _of_logit(core, weak):
            share, weight = expit(centre + sd * _NODES), _WEIGHTS / _WEIGHTS.sum()
            mean = float(share @ weight)
            size = mean * (1 - mean) / float((share - mean) ** 2 @ weight) - 1
            dist = {"beta": [mean * size, (1 - mean) * size]}
    if isinstance(core["dist"], list) and not isinstance(dist, list):
        dist = [dist] * len(core["dist"])
    return {"dist": dist}


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
        return _REAL if low < -1 or high > 1 else (-1.0, 1.0)
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
