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


def listed() -> dict[str, str]:
    """The same, where what is hypothetical says so in front of its title.

    Examples:
        >>> [name for name, title in listed().items() if title.startswith("HYPOTHETICAL")]
        ['narva-hypothetical', 'taiwan-hypothetical']
    """
    texts = {name: file.read_text("utf-8") for name, file in shipped().items()}
    return {
        name: f"{'HYPOTHETICAL: ' if _is_hypothetical(text) else ''}{_title(text)}"
        for name, text in texts.items()
    }


def _is_hypothetical(text: str) -> bool:
    """Whether a scenario file says at its top that nothing of the kind has happened."""
    return re.search(r"^hypothetical: *true", text, re.MULTILINE) is not None


def _title(text: str) -> str:
    """Title that a scenario file states in one line."""
    found = re.search(r"^title: *(.+)$", text, re.MULTILINE)
    return found.group(1).strip().strip("\"'") if found else ""


def shipped() -> dict[str, Traversable]:
    """Files of the scenarios that come with the package, by name."""
    folder = files("foedus").joinpath("scenarios")
    found = {file.name.removesuffix(".yaml"): file for file in folder.iterdir()}
    return {name: found[name] for name in sorted(found) if found[name].name.endswith(".yaml")}
