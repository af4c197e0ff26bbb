"""How is a scenario file read safely, and where in it does each value stand?

YAML with the scalars of YAML 1.2 (`NO` is text, `010` is ten), read from the event stream of
PyYAML's C parser so that aliases, tags, deep nesting and huge files are refused before
anything is built.
"""

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NoReturn

import yaml

from foedus.scenario.faults import Faults, Mark

MAX_BYTES = 2_000_000
MAX_DEPTH = 20

_Event = Any  # the events of PyYAML, whose common class knows no marks
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place: `value` is a dict or list of nodes, or a scalar."""

    value: object
    mark: Mark
    path: str
    keys: dict[str, Mark] = field(default_factory=dict)

    def child(self, step: str | int) -> "Node | None":
        """The node below, or None if there is none of that name or number."""
        if isinstance(self.value, dict):
            return self.value.get(step)
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            return self.value[step]
        return None


def plain(node: Node) -> object:
    """The data alone: dicts, tuples and scalars."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return tuple(plain(child) for child in node.value)
    return node.value


def scalar(text: str) -> object:
    """Value of an unquoted scalar by the rules of YAML 1.2; dates stay text.

    Examples:
        >>> [scalar(word) for word in ("NO", "010", "1e3", "true", "~", "2020-09-27")]
        ['NO', 10, 1000.0, True, None, '2020-09-27']
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return math.nan if _NOT_FINITE.fullmatch(text) else text


def read(data: bytes, file: str) -> tuple[Node | None, Faults]:
    """The file as nodes with positions, and what is wrong with its text.

    Args:
        data: Bytes of the file.
        file: Name to print in front of each fault.

    Returns:
        The document (None if it cannot be read to its end), and the faults.
    """
    faults = Faults(file)
    text = _decode(data, faults)
    if text is None:
        return None, faults
    faults.lines = re.split("\r\n|[\r\n\x85\u2028\u2029]", text)
    try:
        with suppress(_Stop):
            return _Builder(faults).document(yaml.parse(text, Loader=_LOADER)), faults
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Mark(mark.line, mark.column) if mark else Mark(0, 0)
        faults.add(place, "", f"no valid YAML: {getattr(error, 'problem', error)}")
    return None, faults


def tree(content: object, faults: Faults) -> Node:
    """Data that was in no file, as nodes whose marks are in its order.

    Args:
        content: Dicts with text keys, lists and scalars, as JSON has them.
        faults: Takes text that no file may hold.

    Examples:
        >>> found = tree({"a": [1, 2.5]}, Faults("data"))
        >>> found.child("a").child(1).path, plain(found)
        ('a[1]', {'a': (1, 2.5)})
    """
    return _grown(content, "", count(), faults)


def _grown(content: object, path: str, place: Iterator[int], faults: Faults) -> Node:
    mark = Mark(0, next(place))
    if isinstance(content, dict):
        below = {
            key: _grown(value, f"{path}.{key}" if path else key, place, faults)
            for key, value in content.items()
        }
        return Node(below, mark, path, dict.fromkeys(below, mark))
    if isinstance(content, list):
        items = [_grown(item, f"{path}[{i}]", place, faults) for i, item in enumerate(content)]
        return Node(items, mark, path)
    return Node(_printable(content, mark, path, faults), mark, path)


def _printable(value: object, mark: Mark, path: str, faults: Faults) -> object:
    """A scalar; null, with a fault, where it holds what no text does."""
    if isinstance(value, str) and (bad := _UNPRINTABLE.search(value)):
        faults.add(mark, path, f"the character U+{ord(bad.group()):04X}", expected="text")
        return None
    return value


def printable(text: str) -> bool:
    """Whether a file may hold a text."""
    return _UNPRINTABLE.search(text) is None


def _decode(data: bytes, faults: Faults) -> str | None:
    """Text of the bytes, or None with a fault."""
    if len(data) > MAX_BYTES:
        faults.add(Mark(0, 0), "", f"{len(data)} bytes", expected=f"at most {MAX_BYTES} bytes")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        faults.add(_mark_after(before), "", "no text in UTF-8", expected="a YAML file")
        return None
    bad = _UNPRINTABLE.search(text)
    if bad:
        what = f"the character U+{ord(bad.group()):04X}, which no text file holds"
        faults.add(_mark_after(text[: bad.start()]), "", what, expected="a YAML file")
        return None
    return text


def _mark_after(text: str) -> Mark:
    """Position just after a text."""
    return Mark(text.count("\n"), len(text) - text.rfind("\n") - 1)


class _Stop(Exception):
    """Nothing after this can be trusted."""


class _Builder:
    """Nodes from a stream of events; one method a kind of event."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def document(self, events: Iterator[_Event]) -> Node | None:
        """The only document."""
        root = None
        for event in events:
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            if root is not None:
                self.stop(event, "", "a second document", "one scenario a file")
            root = self.node(next(events), events, "", 1)
        if root is None:
            self.faults.add(Mark(0, 0), "", "an empty file", expected="a scenario")
        return root

    def stop(self, event: _Event, path: str, what: str, expected: str) -> NoReturn:
        """Note a fault after which reading makes no sense."""
        self.faults.add(_mark(event), path, what, expected=expected)
        raise _Stop

    def node(self, event: _Event, events: Iterator[_Event], path: str, depth: int) -> Node:
        """Node that begins with an event."""
        if depth > MAX_DEPTH:
            self.stop(event, path, "nested too deeply", f"at most {MAX_DEPTH} levels")
        self.refuse(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(event, events, path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, events, path, depth)
        return self.leaf(event, path)

    def refuse(self, event: _Event, path: str) -> None:
        """Aliases, anchors and tags are refused: they make files hard to read and unsafe."""
        add, mark = self.faults.add, _mark(event)
        if isinstance(event, yaml.AliasEvent):
            add(mark, path, f"the alias *{event.anchor}", expected="the value itself")
        elif event.anchor:
            add(mark, path, f"the anchor &{event.anchor}", expected="the value alone")
        elif event.tag:
            add(mark, path, f"the tag {event.tag!r}", expected="the value alone")

    def leaf(self, event: _Event, path: str) -> Node:
        """Scalar; what cannot be read becomes null."""
        if isinstance(event, yaml.AliasEvent):
            return Node(None, _mark(event), path)
        value = scalar(event.value) if event.implicit[0] else event.value
        if isinstance(value, float) and not math.isfinite(value):
            self.faults.add(_mark(event), path, event.value, expected="a finite number")
            value = None
        return Node(_printable(value, _mark(event), path, self.faults), _mark(event), path)

    def sequence(self, event: _Event, events: Iterator[_Event], path: str, depth: int) -> Node:
        """List of nodes."""
        items: list[Node] = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            items.append(self.node(item, events, f"{path}[{len(items)}]", depth + 1))
        return Node(items, _mark(event), path)

    def mapping(self, event: _Event, events: Iterator[_Event], path: str, depth: int) -> Node:
        """Dict of nodes by text key; a second entry with the same key is a fault."""
        items: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        while not isinstance(key := next(events), yaml.MappingEndEvent):
            self.refuse(key, path)
            if not isinstance(key, yaml.ScalarEvent):
                self.stop(key, path, "a key that is no word", "a word")
            below = f"{path}.{key.value}" if path else key.value
            value = self.node(next(events), events, below, depth + 1)
            if key.value in items:
                first = keys[key.value].line + 1
                self.faults.add(_mark(key), below, f"written twice, first in line {first}")
                continue
            items[key.value], keys[key.value] = value, _mark(key)
        return Node(items, _mark(event), path, keys)


def _mark(event: _Event) -> Mark:
    """Where an event begins."""
    return Mark(event.start_mark.line, event.start_mark.column)
