"""How is a mistake in a scenario file told to its author?"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

_WIDTH = 100


class Mark(NamedTuple):
    """Position in a file, counted from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake, with its place.

    Attributes:
        file: Name of the file.
        line: Line, counted from 1.
        column: Column in characters, counted from 1.
        path: Keys that lead to the place, such as `treaties.CST.obligations[0].kind`.
        what: What was found.
        expected: What would have been right; empty if `what` says it.
        suggestion: The word that was probably meant; empty if none is close.
        source: The line of the file.

    Examples:
        >>> print(Fault("a.yaml", 3, 7, "ties[0].from", "unknown state 'ARN'",
        ...     "a state of this file", "ARM", "from: ARN"))
        a.yaml:3:7: ties[0].from: unknown state 'ARN'; expected a state of this file; did you mean 'ARM'?
            from: ARN
                  ^
    """  # noqa: E501

    file: str
    line: int
    column: int
    path: str
    what: str
    expected: str = ""
    suggestion: str = ""
    source: str = ""

    def __str__(self) -> str:
        start = f"{self.file}:{self.line}:{self.column}: "
        parts = [f"{self.path}: {self.what}" if self.path else self.what]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.suggestion:
            parts.append(f"did you mean {self.suggestion!r}?")
        return start + "; ".join(parts) + self._excerpt()

    def _excerpt(self) -> str:
        """The source line with a caret below the place; a window of it where it is long."""
        if not self.source:
            return ""
        first = max(0, self.column - 1 - _WIDTH // 2) if len(self.source) > _WIDTH else 0
        shown = self.source[first : first + _WIDTH]
        before = shown[: self.column - 1 - first]
        pad = "".join("\t" if letter == "\t" else " " for letter in before)
        return f"\n    {shown}\n    {pad}^"


class ScenarioError(ValueError):
    """A scenario cannot be used.

    Attributes:
        faults: Every mistake that was found, in the order of the file.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Faults:
    """Mistakes found so far in one file."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self.lines = text.splitlines()
        self.found: list[Fault] = []

    def add(
        self, mark: Mark, path: str, what: str, *, expected: str = "", suggestion: str = ""
    ) -> None:
        """Note a mistake at a position."""
        source = self.lines[mark.line] if mark.line < len(self.lines) else ""
        place = (self.file, mark.line + 1, mark.column + 1)
        fault = Fault(*place, path, what, expected, suggestion, source)
        if fault not in self.found:
            self.found.append(fault)

    def error(self) -> ScenarioError:
        """Everything that was found, in the order of the file."""
        return ScenarioError(sorted(self.found, key=lambda fault: (fault.line, fault.column)))


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or an empty text.

    Examples:
        >>> closest("artsak", ["Artsakh", "Abkhazia"]), closest("xyz", ["Artsakh"])
        ('Artsakh', '')
    """
    by_lower = {name.lower(): name for name in sorted(known)}
    cutoff = 0.5 if len(word) <= 3 else 0.6
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[near[0]] if near else ""
