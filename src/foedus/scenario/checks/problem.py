"""What a check finds."""

from typing import NamedTuple

from foedus.scenario.walk import Steps


class Problem(NamedTuple):
    """What is wrong with the entry at some steps."""

    steps: Steps
    what: str
    expected: str = ""
    suggestion: str = ""
    key: bool = False
