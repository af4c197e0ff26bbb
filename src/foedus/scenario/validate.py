"""Which entries of a document have the wrong shape, and what is left without them?

Everything is found in one pass: an entry of the wrong shape is reported and left out, and the
rest is read again, so that the checks of meaning see all that can be read.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from foedus.scenario.faults import Faults, Mark, closest
from foedus.scenario.schema import Scenario
from foedus.scenario.text import Node, plain

Steps = Sequence[str | int]
_File = TypeVar("_File", bound=BaseModel)

UNKNOWN = date.max
"""Stands for a start or end that cannot be read."""

_STAND_INS: dict[str, object] = {
    "foedus": 1,
    "id": "unreadable",
    "title": "",
    "start": UNKNOWN.isoformat(),
    "end": UNKNOWN.isoformat(),
    "states": {},
    "territories": {},
    "disputes": [],
}
_EXPECTED = {
    "string_type": "text (in quotes if it looks like a number)",
    "float_type": "a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "too_short": "more entries",
    "too_long": "fewer entries",
    "greater_than_equal": "a whole number of {ge} or more",
}


def build(root: Node, faults: Faults) -> tuple[Scenario | None, Node]:
    """The scenario that can be read, and the document it was read from.

    Args:
        root: The document.
        faults: Takes what has the wrong shape.

    Returns:
        None where nothing can be read; the document without the entries at fault.
    """
    return build_as(Scenario, root, faults, _STAND_INS)


def build_as(
    kind: type[_File], root: Node, faults: Faults, stand_ins: Mapping[str, object]
) -> tuple[_File | None, Node]:
    """The same for a file of another kind.

    Args:
        kind: What the file contains.
        root: The document.
        faults: Takes what has the wrong shape.
        stand_ins: What every such document must have at its top, and what stands in its place
            where it cannot be read.
    """
    _missing(kind, root, faults, stand_ins)
    gone = {fault.path for fault in faults.found} - {""}
    tree = _filled(_without(root, gone), stand_ins)
    while True:
        try:
            return kind.model_validate(plain(tree)), tree
        except ValidationError as found:
            before = frozenset(gone)
            for error in found.errors(include_url=False):
                gone.add(_report(kind, dict(error), tree, faults, gone))
            if "" in gone or gone == before:
                return None, tree
            tree = _filled(_without(root, gone), stand_ins)


def _missing(
    kind: type[BaseModel], root: Node, faults: Faults, stand_ins: Mapping[str, object]
) -> None:
    """Tell of keys that every document must have at its top."""
    for key in stand_ins:
        if root.child(key) is None and isinstance(root.value, dict):
            faults.add(root.mark, "", f"missing key {key!r}", expected=_about(kind, (key,)))


def _filled(tree: Node, stand_ins: Mapping[str, object]) -> Node:
    """The document with something in the place of what it must have at its top."""
    if not isinstance(tree.value, dict):
        return tree
    inserted = {key: Node(value, tree.mark, key) for key, value in stand_ins.items()}
    return Node(inserted | tree.value, tree.mark, tree.path, tree.keys)


def locate(tree: Node, steps: Steps) -> tuple[Node, list[str | int]]:
    """Deepest node on the way, and the steps that the file does not have."""
    here, left = tree, []
    for step in steps:
        below = here.child(step)
        if below is None:
            left.append(step)
        else:
            here, left = below, []
    return here, left


def place(tree: Node, steps: Steps, *, key: bool = False) -> tuple[Mark, str]:
    """Position and path of an entry, or of the one around it; or those of its key."""
    node, _ = locate(tree, steps)
    if key and steps:
        around, _ = locate(tree, steps[:-1])
        return around.keys.get(str(steps[-1]), node.mark), node.path
    return node.mark, node.path


def shown(value: object) -> str:
    """A value in a message: itself, or what it is."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _without(node: Node, gone: Set[str]) -> Node:
    """The document without the entries at some paths."""
    if not gone:
        return node
    if isinstance(node.value, dict):
        kept = {k: _without(v, gone) for k, v in node.value.items() if v.path not in gone}
        return Node(kept, node.mark, node.path, node.keys)
    if isinstance(node.value, list):
        items = [_without(item, gone) for item in node.value if item.path not in gone]
        return Node(items, node.mark, node.path)
    return node


def _report(
    file: type[BaseModel], error: dict[str, Any], tree: Node, faults: Faults, gone: Set[str]
) -> str:
    """Tell a fault of shape; returns the path of the entry that cannot be used."""
    kind, steps = error["type"], error["loc"]
    if steps and steps[-1] == "[key]":
        mark, path = place(tree, steps[:-1], key=True)
        faults.add(mark, path, f"the key {shown(steps[-2])}", expected=_pattern(error))
        return path
    node, left = locate(tree, steps)
    if kind == "missing":
        path = f"{node.path}.{left[-1]}" if node.path else str(left[-1])
        if path not in gone:
            faults.add(
                node.mark, node.path, f"missing key {left[-1]!r}", expected=_about(file, steps)
            )
        return node.path
    if kind == "extra_forbidden":
        mark, path = place(tree, steps, key=True)
        known = sorted(_keys(file, steps[:-1]))
        hint = closest(str(steps[-1]), known)
        faults.add(
            mark, path, f"unknown key {steps[-1]!r}", expected=_one_of(known), suggestion=hint
        )
        return path
    if any(path.startswith((f"{node.path}[", f"{node.path}.")) for path in gone):
        return node.path  # it is incomplete because of what was told already
    return _wrong(error, node, faults)


def _wrong(error: dict[str, Any], node: Node, faults: Faults) -> str:
    """Tell of a value that is not what it should be."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        below = node.child("kind")
        if below is None:
            faults.add(node.mark, node.path, "missing key 'kind'", expected="what happened")
            return node.path
        known = re.findall(r"'(\w+)'", context["expected_tags"])
        _unknown(faults, below, known)
        return node.path
    if kind == "literal_error":
        known = re.findall(r"'([^']+)'", context["expected"]) or [context["expected"]]
        _unknown(faults, node, known)
    elif kind in ("form", "date"):
        expected = error["msg"].removeprefix("expected ")
        faults.add(node.mark, node.path, shown(node.value), expected=expected)
    else:
        expected = _EXPECTED.get(kind, "").format(**context) or _pattern(error)
        faults.add(node.mark, node.path, shown(node.value), expected=expected)
    return node.path


def _unknown(faults: Faults, node: Node, known: list[str]) -> None:
    """Tell of a word that is none of those known."""
    hint = closest(str(node.value), known)
    what = shown(node.value)
    faults.add(node.mark, node.path, what, expected=_one_of(known), suggestion=hint)


def _pattern(error: dict[str, Any]) -> str:
    """What a text must look like, or the message of pydantic."""
    pattern = error.get("ctx", {}).get("pattern", "")
    if pattern.startswith("^[A-Z]{3}"):
        return "a code of three capital letters"
    if pattern:
        return "a name of letters, digits, - and _"
    return error["msg"].removeprefix("Input should be ")


def _one_of(known: Iterable[str]) -> str:
    words = list(known)
    return words[0] if len(words) == 1 else "one of " + ", ".join(words)


def _about(file: type[BaseModel], steps: Steps) -> str:
    """First line of what is written about a key in the schema."""
    around = _kind(file, steps[:-1])
    for name, field in getattr(around, "model_fields", {}).items():
        if (field.alias or name) == steps[-1] and field.description:
            return field.description.splitlines()[0].rstrip(".").lower()
    return ""


def _keys(file: type[BaseModel], steps: Steps) -> set[str]:
    """Keys that the entry at these steps may have."""
    around = _kind(file, steps)
    fields = getattr(around, "model_fields", {})
    return {field.alias or name for name, field in fields.items()}


def _kind(file: type[BaseModel], steps: Steps) -> Any:
    """Type of the entry at these steps of a pydantic location."""
    here: Any = file
    for step in steps:
        here = _below(here, step)
    return here


def _below(kind: Any, step: str | int) -> Any:
    """Type of what stands one step below a type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        names = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
        return names.get(str(step))
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        tagged = [arg for arg in args if _tag(arg) == step]
        return tagged[0] if tagged else _below(args[0], step)
    if origin is dict:
        return args[1]
    if origin is tuple:
        return args[0]
    return _below(args[0], step) if args else None


def _tag(kind: Any) -> str | None:
    """Word in the key `kind` by which a member of a union is told."""
    fields = getattr(kind, "model_fields", {})
    return get_args(fields["kind"].annotation)[0] if "kind" in fields else None
