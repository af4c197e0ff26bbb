"""The scenario format, as its JSON Schema has it, and the claims that questions are made of."""

import json
from collections.abc import Iterator
from dataclasses import MISSING, fields
from inspect import getdoc
from typing import Any

from foedus.scenario.load import json_schema
from foedus.scenario.questions import NAMES
from generated.markdown import table

NUMBERS = ("Quantity", "Share", "Positive", "Amount")
EVERYWHERE = ("src", "unsourced", "note")
"""Keys that every sourced entry may have; told once."""

_NAMES = {
    "date": "date",
    "integer": "whole number",
    "boolean": "true or false",
    "string": "text",
    "object": "mapping",
}


def page() -> str:
    """A section for the file, for each kind of entry, for numbers, and for claims."""
    schema = json_schema()
    kinds = schema["$defs"]
    entries = sorted(name for name in kinds if name not in NUMBERS)
    parts = [_section("The file", schema), *(_section(name, kinds[name]) for name in entries)]
    return "\n\n".join([*parts, _numbers(kinds), _claims()])


def _section(name: str, model: dict[str, Any]) -> str:
    needed = model.get("required", ())
    rows = [
        (f"`{key}`", _kind(field), "needed" if key in needed else _default(field), _words(field))
        for key, field in model["properties"].items()
        if key not in EVERYWHERE
    ]
    about = model.get("description", "").split("\n\nAttributes:")[0]
    return f"## {name}\n\n{about}\n\n{table(['Key', 'What', 'Default', 'Meaning'], rows)}"


def _words(field: dict[str, Any]) -> str:
    return field.get("description", "")


def _default(field: dict[str, Any]) -> str:
    """A default in short; empty ones are told as none."""
    value = field.get("default")
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, list):
        return ", ".join(f"`{part}`" for part in value)
    return "" if value in (None, "") else f"`{json.dumps(value)}`"


def _kind(field: dict[str, Any]) -> str:
    """What kind of value a key has, with links to kinds of entry."""
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{'numbers' if name in NUMBERS else name.lower()})"
    if several := field.get("anyOf") or field.get("oneOf"):
        kinds = [_kind(part) for part in several if part.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "const" in field or "enum" in field:
        return ", ".join(f"`{word}`" for word in field.get("enum", [field.get("const")]))
    return _plain(field)


def _plain(field: dict[str, Any]) -> str:
    """A kind that is no entry and no word of a list."""
    if below := field.get("patternProperties") or field.get("additionalProperties"):
        part = next(iter(below.values())) if "patternProperties" in field else below
        return f"mapping of {_kind(part)}" if isinstance(part, dict) else "mapping"
    if field.get("type") == "array":
        pair = field.get("prefixItems")
        return "two numbers" if pair else f"list of {_kind(field.get('items', {}))}"
    if "[A-Z]{3}" in field.get("pattern", ""):
        return "code"
    return _NAMES.get(str(field.get("format") or field.get("type")), "number")


def _numbers(kinds: dict[str, Any]) -> str:
    """How numbers are written, once for all their kinds."""
    forms = {name: next(f for f in kinds[name]["anyOf"] if "properties" in f) for name in NUMBERS}
    kinds_told = table(["Kind", "What"], [(f"`{n}`", f["description"]) for n, f in forms.items()])
    keys = table(
        ["Key", "Meaning"],
        [(f"`{k}`", _words(f)) for k, f in forms["Quantity"]["properties"].items()],
    )
    return f"## Numbers\n\n{kinds_told}\n\n{keys}"


def _claims() -> str:
    """Names of claims, their keys and what they mean."""
    parts = [
        f"### {name}\n\n{getdoc(kind)}\n\nKeys: {', '.join(_keys(kind)) or 'none'}."
        for name, kind in NAMES.items()
    ]
    return "\n\n".join(["## Claims", *parts])


def _keys(kind: type) -> Iterator[str]:
    """Keys of a claim; those in brackets may be left out."""
    for field in fields(kind):
        optional = field.default is not MISSING or field.default_factory is not MISSING
        yield f"[`{field.name}`]" if optional else f"`{field.name}`"
