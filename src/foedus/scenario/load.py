"""How does a file become a scenario?"""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from foedus.scenario.catalogue import shipped
from foedus.scenario.checks.actors import Names
from foedus.scenario.checks.run import check, problems
from foedus.scenario.faults import Fault, Faults, ScenarioError, closest
from foedus.scenario.schema import Scenario
from foedus.scenario.text import Node, read
from foedus.scenario.validate import build


def load(source: str | Path, *, questions: bool = True) -> Scenario:
    """Scenario of a file, or one that comes with the package.

    Args:
        source: Path of a YAML file, or the name of a shipped scenario.
        questions: Also check the questions, which takes a little longer.

    Raises:
        ScenarioError: With every fault that was found.

    Examples:
        >>> load("karabakh-2020").start
        datetime.date(2020, 9, 27)
    """
    return parse(_find(source).read_bytes(), str(source), questions=questions)


def parse(data: bytes, file: str = "scenario", *, questions: bool = True) -> Scenario:
    """Scenario of the bytes of a file.

    Args:
        data: YAML in UTF-8.
        file: Name to print in front of each fault.
        questions: Also check the questions, which takes a little longer.

    Raises:
        ScenarioError: With every fault that was found.
    """
    root, faults = read(data, file)
    if root is None:
        raise faults.error()
    return sound(root, faults, questions=questions)


def sound(root: Node, faults: Faults, *, questions: bool = True) -> Scenario:
    """Scenario of a document that was read.

    Args:
        root: The document.
        faults: What was wrong with its text; takes what is found.
        questions: Also check the questions.

    Raises:
        ScenarioError: With every fault that was found.
    """
    scenario, tree = build(root, faults)
    if scenario is not None:
        check(scenario, tree, _names(root), faults, questions=questions)
    if scenario is None or faults.found:
        raise faults.error()
    return scenario


def again(scenario: Scenario) -> Scenario | None:
    """A changed scenario, read anew; None where `sound` would find a fault in its values."""
    try:
        whole = scenario.model_dump(by_alias=True, exclude_defaults=True)
        found = Scenario.model_validate(whole)
    except ValidationError:
        return None
    names = Names(
        states=frozenset(found.states),
        actors=frozenset(found.states) | frozenset(found.entities),
        territories=frozenset(found.territories),
        treaties=frozenset(found.treaties),
        sources=frozenset(found.sources),
        disputes=frozenset(dispute.id for dispute in found.disputes),
    )
    faulty = not found.disputes or any(True for _ in problems(found, names))
    return None if faulty else found


def json_schema() -> dict[str, Any]:
    """JSON Schema of the file format, for editors.

    Examples:
        >>> json_schema()["properties"]["start"]["format"]
        'date'
    """
    return Scenario.model_json_schema(by_alias=True)


def scaffold(name: str) -> str:
    """Text of a small valid scenario with comments, to start a new one from.

    Raises:
        ValueError: The name is none for a scenario.

    Examples:
        >>> parse(scaffold("my-case").encode()).id
        'my-case'
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", name):
        raise ValueError(f"expected a name of letters, digits, - and _; got {name!r}")
    template = files("foedus.scenario").joinpath("scaffold.yaml").read_text("utf-8")
    return template.replace("NAME", name)


def _names(root: Node) -> Names:
    """What a document defines, whether or not the definition is sound."""
    keys = {name: frozenset(node.keys) for name, node in _children(root)}
    states, none = keys.get("states", frozenset()), frozenset()
    return Names(
        states=states,
        actors=states | keys.get("entities", none),
        territories=keys.get("territories", none),
        treaties=keys.get("treaties", none),
        sources=keys.get("sources", none),
        disputes=_ids(root.child("disputes")),
    )


def _ids(disputes: Node | None) -> frozenset[str]:
    """Ids of the disputes that a document names."""
    listed = disputes.value if disputes is not None and isinstance(disputes.value, list) else []
    ids = (node.child("id") for node in listed)
    return frozenset(node.value for node in ids if node and isinstance(node.value, str))


def _children(root: Node) -> list[tuple[str, Node]]:
    """Entries at the top of a document."""
    return list(root.value.items()) if isinstance(root.value, dict) else []


def _find(source: str | Path) -> Traversable:
    """File that a path or name means."""
    path = Path(source)
    if path.is_file():
        return path
    known = shipped()
    if str(source) in known:
        return known[str(source)]
    fault = Fault(
        str(source), 1, 1, "", "no such file and no such scenario",
        "a path, or one of " + ", ".join(known), closest(str(source), known),
    )  # fmt: skip
    raise ScenarioError([fault])
