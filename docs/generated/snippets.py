"""What a page has its reader do: commands, files and Python, from top to bottom.

A block of a file begins with a comment that names it: `# my-case.yaml`.
"""

import re
from pathlib import Path
from typing import Any, Literal, NamedTuple

_BLOCK = re.compile(r"^```(\{run\} foedus [^\n]*|[a-z]+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"# ([\w-]+\.\w+)\n")
_COMMAND = re.compile(r"(?:^|\s)(foedus [a-z].*)")


class Step(NamedTuple):
    """One thing to do.

    Attributes:
        kind: What it is.
        text: The command, the text of the file, or the code.
        name: Of a file; empty for the others.
    """

    kind: Literal["command", "file", "python"]
    text: str
    name: str = ""


def steps(page: str) -> list[Step]:
    r"""Steps of a page.

    Examples:
        >>> [step.text for step in steps("```sh\nfoedus list  # all\n```\n")]
        ['foedus list']
    """
    found: list[Step] = []
    for language, text in _BLOCK.findall(page):
        named = _FILE.match(text)
        if language.startswith("{run}"):
            found.append(Step("command", language.removeprefix("{run} ")))
        elif language == "sh":
            found.extend(Step("command", line) for line in _commands(text))
        elif language == "python":
            found.append(Step("python", text))
        elif named:
            found.append(Step("file", text, named[1]))
    return found


def write(page: str, folder: Path) -> None:
    """Put the files of a page into a folder."""
    for step in steps(page):
        if step.kind == "file":
            (folder / step.name).write_text(step.text, "utf-8")


def part(printed: str, options: dict[str, Any]) -> str:
    r"""Lines that a page shows; an ellipsis stands for those that it leaves out.

    Examples:
        >>> part("a\nb\nc", {"from": "b", "lines": 1})
        '...\nb\n...'
    """
    every = printed.rstrip().splitlines()
    words = options.get("from", "")
    first = next(i for i, line in enumerate(every) if words in line)
    last = min(len(every), first + options.get("lines", len(every)))
    shown = every[first:last]
    return "\n".join(["..."] * (first > 0) + shown + ["..."] * (last < len(every)))


def _commands(block: str) -> list[str]:
    """Commands of foedus in a shell block, without what goes before and after them."""
    lines = [re.split(r"\s#", line)[0] for line in block.replace("\\\n", " ").splitlines()]
    found = [_COMMAND.search(line) for line in lines]
    return [match[1].split("&&")[0].strip() for match in found if match]
