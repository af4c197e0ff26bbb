"""Which code made a result."""

import hashlib
from functools import cache
from pathlib import Path

LAWS = ("alliance", "core", "game", "simulate", "war")
"""Folders that decide what a compiled program does."""
JUDGED = (*LAWS, "claims", "scenario")
"""Folders that decide what a run answers."""


@cache
def mark(folders: tuple[str, ...]) -> str:
    """Hash of the source in some folders of the package.

    Examples:
        >>> len(mark(LAWS)), mark(LAWS) == mark(JUDGED)
        (64, False)
    """
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for folder in sorted(folders):
        for file in sorted((package / folder).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
