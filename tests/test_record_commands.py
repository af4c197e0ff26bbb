"""Every command of the README that reads the record runs on it, and tells something.

Left out are `foedus fit` without a formula and `foedus validate`, which take minutes: tests/fit and
tests/report have their parts. Scores are those of one early year.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

README = Path(__file__).resolve().parent.parent / "README.md"
FOEDUS = Path(sys.executable).with_name("foedus")
YEAR = "1820"


def commands():
    """Words of each command in the README's shell blocks that wants the tables."""
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("foedus ")]
    found = [shlex.split(line, comments=True)[1:] for line in lines]
    return [words for words in found if words[0] != "validate" and not whole_fit(words)]


def whole_fit(words):
    return words[0] == "fit" and "--formula" not in words


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("commands")


@pytest.fixture
def foedus(folder, record):
    """Runs a command in a folder of its own and gives what it printed."""

    def run(words, code=0):
        own = {"XDG_CACHE_HOME": folder, "XDG_DATA_HOME": folder / "data", "COLUMNS": "80"}
        done = subprocess.run(
            [FOEDUS, *words],
            cwd=folder, env={**os.environ, **{name: str(value) for name, value in own.items()}},
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stderr

    return run


def told(words):
    """What the output of a command must have."""
    return {
        "headline": ["fulfilment", "joining, war", "war days", "What is counted"],
        "fit": ["S4a", "rival_opp", "Odds ratio", "log1p(alongside_own)", "Data: gml_part"],
        "scores": [f"{YEAR} to {YEAR}", "third party of a directed dyad-year", "p_target_war"],
        "record": ["gml_part", "0 refused"],
    }[words[0]]


def test_the_readme_has_a_command_of_each_kind():
    assert {words[0] for words in commands()} == {"record", "headline", "fit", "scores"}


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_command(words, foedus, record):
    words = [str(record) if word == "DIR" else word for word in words]
    if "--years" in words:
        words[words.index("--years") + 1] = YEAR
    said = foedus(words)
    assert max(map(len, said.splitlines())) <= 80
    for text in told(words):
        assert text in " ".join(said.split())


def test_the_scores_are_chances_of_that_year(foedus, folder, record):
    if not (folder / "scores.parquet").exists():  # of the README's command, if that ran
        foedus(["scores", "--years", YEAR, "--record", str(record), "--out", "scores.parquet"])
    scores = pd.read_parquet(folder / "scores.parquet")
    assert set(scores.year) == {int(YEAR)}
    assert len(scores) > 1000
    chances = scores.filter(regex=r"^p_.*(war|force)$")
    assert ((chances >= 0) & (chances <= 1)).all(axis=None)
    assert chances.shape[1] == 4


def test_the_list_marks_the_tables_that_commands_find(foedus, record):
    said = foedus(["record", "list"])
    starred = [line.split()[0] for line in said.splitlines() if line.endswith("  *")]
    assert "gml_part" in starred
    here = {
        each["name"] for each in json.loads(foedus(["record", "list", "--json"])) if each["here"]
    }
    assert here == set(starred)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["headline", "--record", "nowhere"], "nowhere (--record): expected a folder; got none"),
        (["scores", "--years", "1700-1720"], "--years: expected years from 1816"),
        (["record", "describe", "gml_prat"], "did you mean 'gml_part'?"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else "",
)
def test_bad_input_gets_one_line_and_leaves_nothing(words, said, foedus, folder):
    out = ["--out", "never.csv"] if words[0] == "scores" else []
    told = foedus([*words, *out], code=2)
    assert said in told
    assert len(told.strip().splitlines()) == 1
    assert not list(folder.glob("never*"))
