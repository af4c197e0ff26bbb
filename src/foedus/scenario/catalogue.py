"""Which scenarios come with the package? Answered without reading one."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable


def catalogue() -> dict[str, str]:
    """Titles of the scenarios that come with the package, by name; files are not parsed.

    Examples:
        >>> catalogue()["karabakh-2020"]
        'Nagorno-Karabakh, autumn 2020'
    """
    texts = {name: file.read_text("utf-8") for name, file in shipped().items()}
    return {name: _title(text) for name, text in texts.items()}


def _title(text: str) -> str:
    """Title that a scenario file states in one line."""
    found = re.search(r"^title: *(.+)$", text, re.MULTILINE)
    return found.group(1).strip().strip("\"'") if found else ""


def shipped() -> dict[str, Traversable]:
    """Files of the scenarios that come with the package, by name."""
    folder = files("foedus").joinpath("scenarios")
    found = {file.name.removesuffix(".yaml"): file for file in folder.iterdir()}
    return {name: found[name] for name in sorted(found) if found[name].name.endswith(".yaml")}
