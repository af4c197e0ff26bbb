"""The systems of the essays as switches: data, applied by the same function as `--set`.

A switch holds parameters, and numbers of a scenario, at values that leave its system without
effect. No mechanism knows that a switch exists.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from foedus.core.params import GROUPS
from foedus.scenario.change import change
from foedus.scenario.checks.dates import SCORING
from foedus.scenario.faults import closest
from foedus.scenario.schema import Scenario


class Change(NamedTuple):
    """One number of a parameter or of a scenario, the value that is neutral, and why it is."""

    path: str
    value: float
    why: str


class Switch(NamedTuple):
    """A system that can be turned off.

    Attributes:
        id: Such as 'S03'.
        name: What it is.
        theory: What it is said to do.
        observable: Measure of `study.observables` that the theory names.
        without: What the theory expects of that measure once the system is off.
        changes: What turns it off.
        missing: Why it cannot be turned off yet; empty if it can.
    """

    id: str
    name: str
    theory: str
    observable: str = ""
    without: Literal["raises", "lowers"] = "lowers"
    changes: tuple[Change, ...] = ()
    missing: str = ""


@cache
def switches() -> dict[str, Switch]:
    """All switches by their ids, those that are missing too.

    Examples:
        >>> switches()["S03"].name
        'The rival patron'
    """
    table = tomllib.loads((files("foedus") / "switches.toml").read_text("utf-8"))
    return {name: _switch(name, entry) for name, entry in sorted(table.items())}


def _switch(name: str, entry: dict[str, Any]) -> Switch:
    changes = tuple(Change(**change) for change in entry.pop("changes", ()))
    return Switch(id=name, changes=changes, **entry)


def find(ids: Iterable[str], option: str = "--without") -> tuple[Switch, ...]:
    """The switches with these ids, each once, in the order of the file.

    Raises:
        ValueError: No such switch, with a suggestion; or there is nothing to turn off yet.

    Examples:
        >>> [switch.id for switch in find(["S09", "S03", "S09"])]
        ['S03', 'S09']
        >>> find(["S3"])
        Traceback (most recent call last):
        ValueError: --without S3: expected a switch from S01 to S16; did you mean 'S03'?
    """
    known, wanted = switches(), set(ids)
    for name in sorted(wanted):
        if name not in known:
            near = _meant(name, known)
            hint = f"; did you mean {near!r}?" if near else ""
            first, *_, last = known
            raise ValueError(f"{option} {name}: expected a switch from {first} to {last}{hint}")
        if known[name].missing:
            raise ValueError(f"{option} {name}: cannot be turned off: {known[name].missing}")
    return tuple(switch for name, switch in known.items() if name in wanted)


def _meant(name: str, known: Iterable[str]) -> str:
    """The id of the same number, else one that is spelt like it, else an empty text."""
    number = "".join(letter for letter in name if letter in "0123456789")
    padded = f"S{int(number):02}" if number else ""
    return padded if padded in known else closest(name, known)


def apply(
    scenario: Scenario, fixed: Mapping[str, float], ids: Iterable[str]
) -> tuple[Scenario, dict[str, float]]:
    """Turn switches off.

    Args:
        scenario: A checked scenario.
        fixed: Parameters that are held at a value already.
        ids: Switches; what a scenario does not have is left alone.

    Returns:
        The scenario, and the parameters that are held now.

    Raises:
        ValueError: A switch cannot be found, or a parameter is held at another value already.

    Examples:
        >>> from foedus.scenario.load import load
        >>> apply(load("karabakh-2020"), {}, ["S01"])[1]
        {'joining.obligation': 0.0}
    """
    held = dict(fixed)
    for switch in find(ids):
        scenario, held = changed(scenario, held, switch.changes, f"--without {switch.id}")
    return scenario, held


def changed(
    scenario: Scenario, fixed: Mapping[str, float], changes: Iterable[Change], what: str
) -> tuple[Scenario, dict[str, float]]:
    """Put changes into a scenario and among the parameters that are held at a value.

    Args:
        scenario: A checked scenario; a path that it does not have is left alone.
        fixed: Parameters that are held at a value already.
        changes: Paths and values.
        what: Wants them, for the message.

    Raises:
        ValueError: A parameter is held at another value already, or a path leads to what may be
            later than the start.
    """
    held, numbers = dict(fixed), {}
    for path, value, _ in changes:
        if path.split(".")[0] in SCORING:
            raise ValueError(f"{what}: {path} may be later than the start; expected what steers")
        if is_parameter(path):
            if held.setdefault(path, float(value)) != value:
                raise ValueError(
                    f"{what}: turns {path} to {value:g}; it is held at {held[path]:g} already"
                )
        elif _stands(scenario, path):
            numbers[path] = f"{value:g}"
    return change(scenario, numbers), held


def applies(scenario: Scenario, switch: Switch) -> bool:
    """Whether a switch has anything to turn off in a scenario.

    Examples:
        >>> from foedus.scenario.load import load
        >>> applies(load("karabakh-2020"), switches()["S06"])
        True
    """
    return any(is_parameter(path) or _stands(scenario, path) for path, *_ in switch.changes)


def said(scenario: Scenario, ids: Iterable[str]) -> tuple[str, ...]:
    """What is turned off, in words, and what the scenario does not have.

    Examples:
        >>> from foedus.scenario.load import load
        >>> said(load("karabakh-2020"), ["S03"])
        ('without S03, the rival patron',)
    """
    return tuple(
        f"without {switch.id}, {switch.name[0].lower()}{switch.name[1:]}"
        + ("" if applies(scenario, switch) else " (not applicable: this scenario has none)")
        for switch in find(ids)
    )


def is_parameter(path: str) -> bool:
    """Whether a path names a parameter, and not a number of a scenario."""
    return path.split(".")[0] in GROUPS


def _stands(scenario: Scenario, path: str) -> bool:
    """Whether a scenario has something at a path; disputes go by their ids."""
    here: Any = scenario
    for step in path.split("."):
        if isinstance(here, tuple):
            here = {entry.id: entry for entry in here}
        here = here.get(step) if isinstance(here, dict) else getattr(here, step, None)
        if here is None:
            return False
    return True
