"""How is one value of a scenario changed for a run?"""

import re
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from foedus.scenario.faults import closest
from foedus.scenario.quantity import Quantity
from foedus.scenario.schema import Scenario

_STEP = re.compile(r"([A-Za-z][\w-]*)|\[(\d+)\]")


def change(scenario: Scenario, path: str, text: str) -> Scenario:
    """The scenario with another value at a path.

    Args:
        scenario: A checked scenario.
        path: Keys that lead to it, as in messages: `states.RUS.capability`, `ties[0].value`.
        text: The value: a number, true or false, or a word.

    Raises:
        ValueError: Nothing stands at the path, or the value does not fit there.

    Examples:
        >>> from foedus.scenario.load import load
        >>> karabakh = change(load("karabakh-2020"), "states.RUS.capability", "0.05")
        >>> karabakh.states["RUS"].capability.value
        0.05
    """
    steps = [a or int(b) for a, b in _STEP.findall(path)]
    if not steps or re.sub(_STEP, "", path).strip("."):
        raise ValueError(f"--set {path}: expected a path such as states.RUS.capability")
    return _put(scenario, steps, text, path)


def _put(entry: Any, steps: list, text: str, path: str) -> Any:
    """A copy of an entry with the value below it changed."""
    first, *rest = steps
    if isinstance(entry, BaseModel):
        name = _field(entry, first, path)
        old = getattr(entry, name)
        new = _put(old, rest, text, path) if rest else _value(entry, name, old, text, path)
        return entry.model_copy(update={name: new})
    if isinstance(entry, dict) and first in entry and rest:
        return {**entry, first: _put(entry[first], rest, text, path)}
    if isinstance(entry, tuple) and isinstance(first, int) and first < len(entry) and rest:
        return (*entry[:first], _put(entry[first], rest, text, path), *entry[first + 1 :])
    raise _nothing(path, first, entry)


def _field(entry: BaseModel, key: object, path: str) -> str:
    """Name of the field under a key of the file."""
    fields = {info.alias or name: name for name, info in type(entry).model_fields.items()}
    if key in fields:
        return fields[str(key)]
    raise _nothing(path, key, fields)


def _nothing(path: str, key: object, known: object) -> ValueError:
    near = closest(str(key), list(known)) if isinstance(known, dict) else ""
    hint = f"; did you mean {near!r}?" if near else ""
    return ValueError(f"--set {path}: nothing stands at {str(key)!r} that can be set{hint}")


def _value(entry: BaseModel, name: str, old: object, text: str, path: str) -> object:
    """The new value, of the kind that stood there."""
    if isinstance(old, Quantity):
        return _quantity(old, text, path)
    info = type(entry).model_fields[name]
    try:
        return TypeAdapter(info.annotation).validate_strings(text)
    except ValidationError as fault:
        raise ValueError(f"--set {path}: {fault.errors()[0]['msg']}; got {text!r}") from None


def _quantity(old: Quantity, text: str, path: str) -> Quantity:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not (abs(number) < float("inf") and old.support.holds(number)):
        raise ValueError(f"--set {path}: expected {old.support.value}; got {text!r}")
    return type(old)(value=number, src=old.src, note="changed for this run")
