"""Commands whose output a page shows: run by the build, so that no page shows yesterday's."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

FOEDUS = Path(sys.executable).with_name("foedus")
log = getLogger(__name__)


class Run(SphinxDirective):
    """`{run} foedus ...`: the command and what it prints, or a part of that.

    `lines` shows so many lines; `from` begins with the first line that has these words.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"lines": directives.positive_int, "from": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Two blocks: what is typed, what is printed."""
        command = self.arguments[0]
        printed = part(output(command, folder(self.config.project, self.env.app)), self.options)
        typed, said = nodes.literal_block(command, command), nodes.literal_block(printed, printed)
        typed["language"], said["language"] = "sh", "text"
        return [nodes.container("", typed, said, classes=["ran"])]


def part(printed: str, options: dict) -> str:
    """Lines that a page shows; an ellipsis stands for those that it leaves out.

    Examples:
        >>> part("a\\nb\\nc", {"from": "b", "lines": 1})
        '...\\nb\\n...'
    """
    every = printed.rstrip().splitlines()
    words = options.get("from", "")
    first = next(i for i, line in enumerate(every) if words in line)
    last = min(len(every), first + options.get("lines", len(every)))
    shown = every[first:last]
    return "\n".join(["..."] * (first > 0) + shown + ["..."] * (last < len(every)))


def folder(project: str, app: Sphinx) -> Path:
    """Where commands run: one folder for the whole build, beside what Sphinx remembers."""
    place = Path(app.doctreedir) / f"{project}-console"
    place.mkdir(parents=True, exist_ok=True)
    return place


def output(command: str, place: Path) -> str:
    """What a command prints; RuntimeError with its message if it fails."""
    words = shlex.split(command)
    if words[0] != "foedus":
        raise ValueError(f"expected a command of foedus; got {command!r}")
    log.info("running %s", command)
    done = subprocess.run(
        [FOEDUS, *words[1:]], cwd=place, capture_output=True, text=True,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "80"},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr}")
    return done.stdout


def setup(app: Sphinx) -> None:
    """Add the directive."""
    app.add_directive("run", Run)
