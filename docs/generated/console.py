"""Commands whose output a page shows: run by the build, so that no page shows yesterday's."""

import atexit
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from generated.snippets import part, write

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
        command, here = self.arguments[0], folder()
        typed = nodes.literal_block(command, command, language="sh")
        if not self.config.foedus_run:
            return [typed]
        write(Path(self.env.doc2path(self.env.docname)).read_text("utf-8"), here)
        printed = part(output(command, here), self.options)
        said = nodes.literal_block(printed, printed, language="text")
        return [nodes.container("", typed, said, classes=["ran"])]


@cache
def folder() -> Path:
    """Where commands run: one new folder for the whole build."""
    made = tempfile.mkdtemp(prefix="foedus-docs-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


@cache
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
    """Add the directive; `-D foedus_run=0` shows commands alone, for a quick look at the pages."""
    app.add_config_value("foedus_run", True, "env", bool)
    app.add_directive("run", Run)
