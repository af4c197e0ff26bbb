"""What a check finds."""

from collections.abc import Iterable
from typing import NamedTuple

from foedus.scenario.walk import Steps


class Problem(NamedTuple):
    """What is wrong with the entry at some steps."""

    steps: Steps
    what: str
    expected: str = ""
    suggestion: str = ""
    key: bool = False


def one_of(words: Iterable[str], nothing: str = "") -> str:
    """The words that would have been right, or what to say where there is none.

    Examples:
        >>> one_of(["b", "a"]), one_of(["a"]), one_of([], "a member")
        ('one of a, b', 'a', 'a member')
    """
    known = sorted(words)
    return f"one of {', '.join(known)}" if len(known) > 1 else "".join(known) or nothing
