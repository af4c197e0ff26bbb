"""`foedus calls` as a user meets it: text of 80 columns, JSON, one message for a mistake."""

import json
import subprocess
import sys
from datetime import date

import pytest

from foedus import cli
from foedus.report.calls import as_json, text
from foedus.scenario.calls import calls
from foedus.scenario.load import parse
from tests.scenario.texts import WIDE

CASE = parse(WIDE.encode())


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "wide.yaml"
    path.write_text(WIDE, "utf-8")
    return str(path)


def test_no_line_is_wider_than_the_page():
    for state in ("BRA", "ECU", "PER", "URY"):
        for where in (None, "province"):
            shown = text(calls(CASE, state, date(2019, 12, 1), where=where))
            assert max(map(len, shown.splitlines())) <= 80


def test_the_text_tells_clause_verdict_readings_and_trigger():
    shown = " ".join(text(calls(CASE, "ECU", CASE.start, "PER", "province")).split())
    for part in (
        "Ecuador (ECU) on 2019-06-01: who owes it what",
        "attacked openly by Peru (PER), at province (scenario wide; coding, not legal opinion)",
        "Art. 4 (defense): An attack on one is an attack on all.",
        "Owed by BRA, COL",
        "Verdict: due by some readings, not by others",
        "Widest reading: due, narrowest: not due; BRA: not due; ECU: due",
        "Falls due: an attack on its territory; its request; a decision of all members",
    ):
        assert part in shown
    shown = text(calls(CASE, "URY", CASE.start))
    assert "Nobody owes it anything." in shown
    assert "PACT: no longer a member" in shown
    assert "Notice of leaving given by ECU" in text(calls(CASE, "BRA", date(2020, 6, 1)))
    assert "shaken from inside by XRB" in text(calls(CASE, "COL", CASE.start, "XRB"))


def test_json_holds_the_same():
    whole = json.loads(as_json(calls(CASE, "ECU", CASE.start, "PER", "province")))
    assert whole["scenario"], whole["state"] == ("wide", "ECU")
    assert whole["calls"][0]["owing"] == ["BRA", "COL"]
    assert whole["calls"][0]["parties"]["ECU"] == "due"
    assert (whole["on"], whole["by"], whole["where"]) == ("2019-06-01", "PER", "province")


def test_the_command(file, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["calls", "Ecuador", "--on", "2019-06-01", "--scenario", file, "--json"])
    assert stop.value.code == 0
    assert json.loads(capsys.readouterr().out)["state"] == "ECU"


@pytest.mark.parametrize(
    "arguments",
    [("ARG", "--on", "2019-06-01"), ("ECU", "--on", "1900-01-01"), ("ECU", "--on", "soon")],
)
def test_a_mistake_is_one_message_and_exit_2(file, capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        cli.main(["calls", *arguments, "--scenario", file])
    assert stop.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "expected" in shown.err or "does not match" in shown.err


def test_it_starts_without_a_heavy_library(file):
    code = (
        "import sys; from foedus.cli import main\n"
        f"try: main(['calls', 'ECU', '--on', '2019-06-01', '--scenario', {file!r}])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy', 'jax', 'pandas', 'scipy') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.splitlines()[-1] == "[]"
