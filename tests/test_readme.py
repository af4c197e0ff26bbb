"""Every command of the README runs, in its order and in one folder, with fewer runs."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).resolve().parent.parent / "README.md"
FOEDUS = Path(sys.executable).with_name("foedus")


def commands() -> list[list[str]]:
    """Words of each `foedus` command in the README's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    found = [line.split("uv run foedus ", 1)[1] for line in lines if "uv run foedus " in line]
    return [shlex.split(words) for words in found]


def test_the_two_commands_stand_in_these_words():
    text = README.read_text("utf-8")
    assert "pip install uv && uv run foedus run karabakh-2020" in text
    assert "pip install uv && uv run pytest" in text
    assert "pipx" in text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("readme")


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_command(words, folder):
    if words[0] in ("run", "dice", "ablate", "claims"):
        words = [*words, "--runs", "100"]
    env = {**os.environ, "XDG_CACHE_HOME": str(folder)}
    done = subprocess.run(
        [FOEDUS, *words], cwd=folder, env=env, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
