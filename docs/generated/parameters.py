"""Priors of all parameters and what the fit made of them; switches; rival explanations."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from foedus.core import params, priors
from foedus.study.switches import switches
from generated.markdown import table

NO_DATA = "no"
BY_PRIOR = "through its prior"
"""The prior was set by a count in a table, and no fit has moved it."""


@cache
def known() -> dict[str, dict[str, Any]]:
    """Priors by dotted name."""
    read = priors.read()
    return {f"{g}.{n}": entry for g in params.GROUPS for n, entry in read[g].items()}


def prior_words(dist: Any) -> str:
    """A distribution as a page gives it; eras that are alike are told once.

    Examples:
        >>> prior_words({"beta": [2, 6]})
        'beta(2, 6)'
    """
    every = dist if isinstance(dist, list) else [dist]
    told = [_one(each) for each in every]
    if not isinstance(dist, list):
        return told[0]
    return f"{told[0]}, each era" if len(set(told)) == 1 else f"by era: {'; '.join(told)}"


def _one(dist: dict[str, list[float]]) -> str:
    ((name, arguments),) = dist.items()
    return f"{name}({', '.join(f'{x:g}' for x in arguments)})"


def data_words(name: str) -> str:
    """Whether a fit informed a parameter: mean and spread of its draws, in the era of 2020."""
    group, field = name.split(".")
    stored = params.load(params.DEFAULT)
    if "posterior" not in stored.table[group][field]:
        return BY_PRIOR if known()[name]["basis"] == "record" else NO_DATA
    draws = np.asarray(getattr(getattr(stored.params, group), field), float)
    own = draws[-1] if draws.ndim > 1 else draws
    return f"yes: {own.mean():.2g} ± {own.std():.2g}"


def page() -> str:
    """Every parameter by group: meaning, prior, source, grade, what the data say."""
    mark = params.load(params.DEFAULT).sha256[:12]
    parts = [f"## The shipped draws\n\nRuns use these draws by default; their hash is `{mark}`."]
    head = ["Parameter", "Meaning", "Prior", "Source", "Grade", "Data"]
    for group in params.GROUPS:
        rows = [
            _row(name, entry) for name, entry in known().items() if name.startswith(f"{group}.")
        ]
        parts.append(f"## {group}\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def _row(name: str, entry: dict[str, Any]) -> list[str]:
    late = "" if entry["knowable"] == "yes" else f"; knowable before the start: {entry['knowable']}"
    source = f"{entry['source']}{late}"
    prior, data = prior_words(entry["dist"]), data_words(name)
    return [f"`{name}`", entry["meaning"], prior, source, entry["basis"], data]


def switches_page() -> str:
    """What turns each system off, and what is taken away to compare explanations."""
    systems = [
        (
            f"[{s.id}](../systems/{s.id}.md)",
            s.name,
            _held([c._asdict() for c in s.changes], s.missing),
        )
        for s in switches().values()
    ]
    told = tomllib.loads((files("foedus") / "explanations.toml").read_text("utf-8"))
    rivals = [
        (
            f"`{id_}`",
            e["name"],
            _held(e.get("changes", []), e.get("missing")),
            ", ".join(e["said_by"]),
        )
        for id_, e in told.items()
    ]
    return "\n\n".join(
        [
            "## Systems",
            table(["Switch", "System", "Held at"], systems),
            "## Rival explanations",
            table(["Explanation", "What is said", "Taken away by", "Claims"], rivals),
        ]
    )


def _held(changes: list[dict[str, Any]], missing: str | None) -> str:
    """What is held at which value, and why; or why there is nothing."""
    return "; ".join(f"`{c['path']}` = {c['value']:g}: {c['why']}" for c in changes) or f"{missing}"
