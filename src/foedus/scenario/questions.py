"""How is a claim written in a scenario, and can it be judged?

A claim is a mapping with one key, its name; the rest follows `foedus.claims.language`:

    claim: {joins: {states: [RUS], side: target, by: 2020-12-31}}
    claim: {not: {invokes: {treaty: CST, by: 2020-12-31}}}
    claim: {any: [{truce: {by: 2020-10-31}}, {settles: {by: 2020-10-31}}]}

A question may have a condition, a claim too: `given: {truce: {by: 2020-10-31}}`.
"""

import re
import types
from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields
from datetime import date
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from foedus.claims import language
from foedus.claims.language import Claim
from foedus.core.kinds import Side
from foedus.scenario.schema import Question


def _word(kind: type) -> str:
    """Name of a claim in a file.

    Examples:
        >>> _word(language.TruceBreaks)
        'truce_breaks'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


NAMES: dict[str, type] = {_word(kind): kind for kind in (*language.EVENTS, *language.QUANTITIES)}


class ClaimError(ValueError):
    """A claim is not written as it should be.

    Attributes:
        steps: Keys that lead to the fault within the claim.
        word: The word that is unknown; empty if that is not the fault.
        known: Words that would have been right.
    """

    def __init__(
        self, message: str, steps: tuple[str | int, ...], word: str = "", known: Iterable[str] = ()
    ) -> None:
        super().__init__(message)
        self.steps, self.word, self.known = steps, word, tuple(known)


def claim_of(question: Question) -> Claim:
    """The claim that a question asks about."""
    return read(question.claim)


def given_of(question: Question) -> Claim | None:
    """The claim that must be true for the question to count; None if it always counts."""
    return None if question.given is None else read(question.given)


def read(data: object, steps: tuple[str | int, ...] = ()) -> Claim:
    """A claim from its data.

    Raises:
        ClaimError: With the place of the fault.

    Examples:
        >>> read({"not": {"leaves": {"states": "ARM", "treaty": "CST", "by": "2020-10-31"}}})
        Not(claim=Leaves(states=('ARM',), treaty='CST', by=datetime.date(2020, 10, 31)))
    """
    if not isinstance(data, dict) or len(data) != 1:
        raise ClaimError("expected one claim, such as {truce: {by: 2020-10-31}}", steps)
    ((name, body),) = data.items()
    if name not in NAMES:
        raise ClaimError(f"unknown claim {name!r}", (*steps, name), name, NAMES)
    kind, below = NAMES[name], (*steps, name)
    if kind is language.Not:
        part: Any = read(body, below)
        return language.Not(part)
    if kind in (language.All, language.Any):
        if not isinstance(body, tuple | list) or not body:
            raise ClaimError("expected a list of claims", below)
        parts: Any = tuple(read(part, (*below, i)) for i, part in enumerate(body))
        return kind(parts)
    return kind(**_arguments(kind, body, below))


def _arguments(kind: type, body: object, steps: tuple[str | int, ...]) -> dict[str, Any]:
    """Fields of a claim from their data."""
    hints, known = _hints(kind), {field.name: field for field in fields(kind)}
    if not isinstance(body, dict):
        raise ClaimError(f"expected a mapping with {', '.join(known)}", steps)
    for name in body:
        if name not in known:
            raise ClaimError(f"unknown key {name!r}", (*steps, name), name, known)
    values = {name: _value(hints[name], value, (*steps, name)) for name, value in body.items()}
    try:
        kind(**values)
    except TypeError:
        needed = [name for name, field in known.items() if field.default is MISSING]
        missing = [name for name in needed if name not in values]
        raise ClaimError(f"expected {' and '.join(missing)} too", steps) from None
    return values


_hints = cache(get_type_hints)  # of each kind of claim


def _value(hint: Any, value: object, steps: tuple[str | int, ...]) -> Any:
    """A field from its data, by the type it has in the language."""
    if get_origin(hint) is types.UnionType:
        return None if value is None else _value(get_args(hint)[0], value, steps)
    reader = _READERS.get(hint, _words)
    read_value = reader(value)
    if read_value is None:
        raise ClaimError(f"expected {_SHAPES.get(hint, 'a list of codes')}", steps)
    return read_value


def _side(value: object) -> Side | None:
    return {side.name.lower(): side for side in Side}.get(str(value))


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _words(value: object) -> tuple[str, ...] | None:
    """A list of codes; one code will do."""
    value = (value,) if isinstance(value, str) else value
    good = isinstance(value, tuple | list) and value and all(isinstance(v, str) for v in value)
    return tuple(value) if good else None  # pyright: ignore[reportArgumentType]


def _exactly(*kinds: type) -> Callable[[object], Any]:
    """Reads a value of one of the types, and of no other."""
    return lambda value: value if type(value) in kinds else None


_READERS: dict[Any, Callable[[object], Any]] = {
    Side: _side,
    date: _date,
    str: _exactly(str),
    int: _exactly(int),
    float: _exactly(int, float),
    bool: _exactly(bool),
}
_SHAPES = {
    Side: "target or challenger",
    date: "a date such as 2020-10-31",
    str: "a code",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
