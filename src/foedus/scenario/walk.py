"""Every value of a scenario with the keys that lead to it."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, TypeGuard

from pydantic import BaseModel

from foedus.scenario.quantity import Quantity
from foedus.scenario.schema import Scenario

Steps = tuple[str | int, ...]


class Found(NamedTuple):
    """A value that the file states.

    Attributes:
        steps: Keys and numbers that lead to it.
        value: A word, number, date or `Quantity`; lists of words come word by word.
        around: The entry it is a field of.
        sourced: An entry around it names a source.
        judged: An entry around it says that it has none.
    """

    steps: Steps
    value: object
    around: BaseModel
    sourced: bool
    judged: bool

    @property
    def name(self) -> str:
        """Key under which it stands, without the number in a list."""
        return next(filter(_is_word, reversed(self.steps)))


def _is_word(step: str | int) -> TypeGuard[str]:
    return isinstance(step, str)


def walk(scenario: Scenario) -> Iterator[Found]:
    """Every value that the file states, in the order of the schema.

    Examples:
        >>> from foedus.scenario.load import load
        >>> next(iter(walk(load("karabakh-2020")))).steps
        ('foedus',)
    """
    yield from _entry((), scenario, sourced=False, judged=False)


def _entry(steps: Steps, entry: BaseModel, *, sourced: bool, judged: bool) -> Iterator[Found]:
    """Values of an entry and of the entries below it."""
    sourced = sourced or bool(getattr(entry, "src", ()))
    judged = judged or getattr(entry, "unsourced", False)
    given = entry.model_fields_set
    for name, key in _keys(type(entry)):
        if name in given:
            yield from _value((*steps, key), getattr(entry, name), entry, sourced, judged)


@cache
def _keys(kind: type[BaseModel]) -> list[tuple[str, str]]:
    """Fields of an entry, each with its key in the file."""
    return [(name, info.alias or name) for name, info in kind.model_fields.items()]


def _value(
    steps: Steps, value: object, around: BaseModel, sourced: bool, judged: bool
) -> Iterator[Found]:
    """A value, or those within it."""
    if isinstance(value, Quantity) or not isinstance(value, (BaseModel, tuple, dict)):
        yield Found(steps, value, around, sourced, judged)
        if isinstance(value, Quantity):
            for i, key in enumerate(value.src):
                yield Found((*steps, "src", i), key, value, sourced, judged)
    elif isinstance(value, BaseModel):
        yield from _entry(steps, value, sourced=sourced, judged=judged)
    else:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for step, part in pairs:
            yield from _value((*steps, step), part, around, sourced, judged)
