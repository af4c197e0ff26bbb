"""How is one value of a scenario changed for a run?

The changed scenario goes through the same checks as a file, so nothing unsound can be set.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from foedus.scenario.faults import Faults, ScenarioError, closest
from foedus.scenario.load import again, sound
from foedus.scenario.quantity import Quantity
from foedus.scenario.schema import Scenario, Source
from foedus.scenario.text import printable, tree

_PATH = re.compile(r"[A-Za-z][\w-]*(\[\d+\]|\.[A-Za-z][\w-]*)*")
_STEP = re.compile(r"([A-Za-z][\w-]*)|\[(\d+)\]")
_HERE = "this-run"
"""Key of the source of a number that was set."""


def change(scenario: Scenario, values: Mapping[str, str]) -> Scenario:
    """The scenario with other values at some paths, checked once they are all in place.

    Args:
        scenario: A checked scenario.
        values: By path. A path is the keys that lead there, as in messages:
            `states.RUS.capability`, `ties[0].value`; a dispute also goes by its id, as in
            `disputes.karabakh.front`, and where there is only one, `dispute` means it. A value
            is a number, true or false, a date or a word.

    Raises:
        ValueError: Nothing stands at a path, a value does not fit there, or the scenario
            would no longer be sound.

    Examples:
        >>> from foedus.scenario.load import load
        >>> karabakh = change(load("karabakh-2020"), {"states.RUS.capability": "0.05"})
        >>> karabakh.states["RUS"].capability.value
        0.05
    """
    if not values:
        return scenario
    changed, paths = scenario, {}
    for path, text in values.items():
        full = paths[path] = _numbered(scenario, path)
        if not _PATH.fullmatch(full):
            raise ValueError(f"--set {path}: expected a path such as states.RUS.capability")
        changed = _put(changed, [a or int(b) for a, b in _STEP.findall(full)], text, path)
    whole = _with_source(changed)
    sound_as_it_is = all(map(printable, values.values())) and again(whole)
    return sound_as_it_is or _sound(whole, paths)


def _numbered(scenario: Scenario, path: str) -> str:
    """The path with the number of a dispute in the place of its id, or of none."""
    found = re.match(r"dispute(?=\.|$)|disputes\.([A-Za-z][\w-]*)", path)
    if not found:
        return path
    ids = [dispute.id for dispute in scenario.disputes]
    key = found[1] or (ids[0] if len(ids) == 1 else "")
    if key not in ids:
        near = closest(key, ids)
        hint = f"; did you mean {near!r}?" if near else ""
        wanted = " or ".join(f"disputes.{known}" for known in sorted(ids))
        raise ValueError(f"--set {path}: expected {wanted}{hint}")
    return f"disputes[{ids.index(key)}]{path[found.end() :]}"


def _with_source(scenario: Scenario) -> Scenario:
    """The scenario with the source that set numbers name."""
    sources = {**scenario.sources, _HERE: Source(cite="Changed for this run.")}
    return scenario.model_copy(update={"sources": sources})


def _sound(scenario: Scenario, paths: dict[str, str]) -> Scenario:
    """The scenario, checked as if it were a file; the fault told is one at a changed path."""
    content = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    faults = Faults("scenario")
    try:
        return sound(tree(content, faults), faults)
    except ScenarioError as error:
        told = ((f, path) for path, full in paths.items() for f in error.faults
                if f.path.startswith(full))  # fmt: skip
        fault, path = next(told, (error.faults[0], ""))
        at = "" if path else f"{fault.path}: "
        path = path or next(reversed(paths))
        wanted = f"; expected {fault.expected}" if fault.expected else ""
        hint = f"; did you mean {fault.suggestion!r}?" if fault.suggestion else ""
        raise ValueError(f"--set {path}: {at}{fault.what}{wanted}{hint}") from None


def _put(entry: Any, steps: list, text: str, path: str) -> Any:
    """A copy of an entry with the value below it changed."""
    first, *rest = steps
    if isinstance(entry, BaseModel):
        name = _field(entry, first, path)
        old = getattr(entry, name)
        new = _put(old, rest, text, path) if rest else _value(entry, name, old, text, path)
        return entry.model_copy(update={name: new})
    if isinstance(entry, dict) and first in entry:
        return {**entry, first: _below(entry[first], rest, text, path)}
    if isinstance(entry, tuple) and isinstance(first, int) and first < len(entry):
        new = _put(entry[first], _more(rest, path), text, path)
        return (*entry[:first], new, *entry[first + 1 :])
    if isinstance(entry, tuple):
        raise ValueError(f"--set {path}: expected a number from [0] to [{len(entry) - 1}]")
    raise _nothing(path, first, entry if isinstance(entry, dict) else ())


def _below(old: Any, steps: list, text: str, path: str) -> Any:
    """A copy of what stands under a name of the file: a number, or an entry."""
    if isinstance(old, Quantity) and not steps:
        return _quantity(type(old), text, path)
    return _put(old, _more(steps, path), text, path)


def _more(steps: list, path: str) -> list:
    """Steps that lead on from an entry."""
    if not steps:
        raise ValueError(f"--set {path}: holds several values; expected the path of one of them")
    return steps


def _field(entry: BaseModel, key: object, path: str) -> str:
    """Name of the field under a key of the file."""
    fields = {info.alias or name: name for name, info in type(entry).model_fields.items()}
    if key in fields:
        return fields[str(key)]
    raise _nothing(path, key, fields)


def _nothing(path: str, key: object, known: Iterable[str]) -> ValueError:
    near = closest(str(key), known)
    hint = f"; did you mean {near!r}?" if near else ""
    return ValueError(f"--set {path}: nothing stands at {str(key)!r} that can be set{hint}")


def _value(entry: BaseModel, name: str, old: object, text: str, path: str) -> object:
    """The new value, of the kind that stood there."""
    kind: Any = type(entry).model_fields[name].annotation
    if isinstance(old, Quantity):
        return _quantity(type(old), text, path)
    if isinstance(old, bool) and text not in ("true", "false"):
        raise ValueError(f"--set {path}: expected true or false; got {text!r}")
    if isinstance(old, BaseModel | dict) or (isinstance(old, tuple) and old):
        _more([], path)
    try:
        return TypeAdapter(kind).validate_strings(text)
    except ValidationError as fault:
        said = fault.errors()[0]["msg"].removeprefix("Input should be ")
        raise ValueError(f"--set {path}: expected {said}; got {text!r}") from None


def _quantity(kind: type[Quantity], text: str, path: str) -> Quantity:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not (abs(number) < float("inf") and kind.support.holds(number)):
        raise ValueError(f"--set {path}: expected {kind.support.value}; got {text!r}")
    return kind(value=number, src=(_HERE,))
