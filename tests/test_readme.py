"""What the README and the pages of the documentation show runs: commands, files, Python.

A page is run from top to bottom in a folder of its own, with fewer runs; a command that reads no
file of its page runs once, whoever shows it.
"""

import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import typer.main
from generated.snippets import Step, steps

from foedus.cli import app

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
FOEDUS = Path(sys.executable).with_name("foedus")
SHORT = ("run", "dice", "ablate", "cases", "influence")
SLOW = ("fit", "validate", "scores", "explain", "claims", "serve")
"""Commands of which the words are checked, and not more: other tests run them, on less."""


def quick(command: str) -> list[str]:
    """Words of a command after `foedus`, with as few runs as will do."""
    words = shlex.split(command)[1:]
    if words[0] in SHORT:
        if "--runs" in words:
            del words[(at := words.index("--runs")) : at + 2]
        words += ["--runs", "100"]
    return words


def slow(words: list[str]) -> bool:
    """Whether a command takes too long to be run for a page."""
    return words[0] in SLOW or "--as-of" in words or (words[0] == "cases" and "--only" not in words)


def alone(step: Step) -> bool:
    """Whether a command reads no file that its page has written."""
    return step.kind == "command" and not re.search(r"\.(yaml|jsonl)\b|my-", step.text)


def collected() -> list[tuple[str, Step]]:
    """Page and step, in order."""
    found, seen = [], set()
    for page in PAGES:
        name = str(page.relative_to(ROOT))
        for step in steps(page.read_text("utf-8")):
            same = tuple(quick(step.text)) if alone(step) else (name, step)
            if same not in seen:
                found.append((name, step))
            seen.add(same)
    return found


def test_the_two_commands_stand_in_these_words():
    text = README.read_text("utf-8")
    assert "pip install uv && uv run foedus run karabakh-2020" in text
    assert "pip install uv && uv run pytest" in text
    assert "pipx" in text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Folder of a page, made when it is first asked for."""
    return cache(lambda page: tmp_path_factory.mktemp(re.sub(r"\W", "-", page)))


def told(value):
    """A page, or a step in short."""
    return value if isinstance(value, str) else value.name or value.text.split("\n")[0]


@pytest.mark.parametrize(("page", "step"), collected(), ids=told)
def test_step(page, step, folder, monkeypatch):
    place = folder(page)
    monkeypatch.chdir(place)
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    monkeypatch.setenv("XDG_DATA_HOME", str(place / "data"))
    if step.kind == "file":
        (place / step.name).write_text(step.text, "utf-8")
    elif step.kind == "python":
        python(step.text)
    else:
        command(quick(step.text))


def command(words):
    """A command does its work, prints, and says nothing of a fault."""
    if slow(words):
        leaf = typer.main.get_command(app).commands[words[0]]
        leaf.make_context(words[0], words[1:])
        return
    if {"DIR", "headline", "--states"} & set(words):
        tables = record()
        words = [tables if word == "DIR" else word for word in words]
    done = subprocess.run([FOEDUS, *words], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def python(code):
    """A block runs by itself, in the folder in which the page's commands ran."""
    if "foedus.record" in code:
        record()
    exec(compile(code, "page", "exec"), {"__name__": "page"})


def record() -> str:
    """Folder of the historical tables, without which the step is skipped."""
    if "FOEDUS_RECORD" not in os.environ:
        pytest.skip("FOEDUS_RECORD does not name a folder with the historical tables")
    return os.environ["FOEDUS_RECORD"]


def test_steps_of_a_page_are_found_in_order():
    page = (
        "```yaml\n# a.yaml\nx: 1\n```\n```sh\npip install uv && uv run foedus run a.yaml # so\n"
        "foedus new b \\\n  --states A\n```\n```{run} foedus list\n:lines: 2\n```\n"
        "```python\n1 / 1\n```\n```text\nfoedus no\n```\n"
    )
    assert steps(page) == [
        Step("file", "# a.yaml\nx: 1\n", "a.yaml"),
        Step("command", "foedus run a.yaml"),
        Step("command", "foedus new b    --states A"),
        Step("command", "foedus list"),
        Step("python", "1 / 1\n"),
    ]
    assert quick("foedus run a.yaml --runs 9 --json") == [
        "run",
        "a.yaml",
        "--json",
        "--runs",
        "100",
    ]
