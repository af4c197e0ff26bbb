"""The commands as a user meets them: answers, folder, mistakes, interrupts, start-up."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from foedus import cli
from foedus.cli import compiled
from foedus.scenario.catalogue import shipped

HEAVY = {"jax", "pandas", "xarray", "scipy"}
RUN = ("run", "karabakh-2020", "--runs", "200")
START = """\
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it in the background
from foedus.cli import main
main(sys.argv[1:])
"""


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """Environment in which all processes share the programs of these tests (`tests.conftest`)."""
    return {**os.environ, "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}


@pytest.fixture
def foedus(cache, tmp_path):
    """Start a command in an empty folder."""

    def start(*arguments, **changes):
        env = cache | changes.pop("env", {})
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        command = [sys.executable, "-W", "error", "-c", START, *map(str, arguments)]
        return subprocess.Popen(command, **{"cwd": tmp_path, "env": env, **pipes, **changes})

    return start


@pytest.fixture
def done(foedus):
    """Run a command to its end: exit code, stdout, stderr."""

    def run(*arguments, **changes):
        process = foedus(*arguments, **changes)
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    return run


@pytest.fixture(scope="session")
def once(cache, tmp_path_factory):
    """One finished run that several tests read: its folder, stdout, stderr."""
    place = tmp_path_factory.mktemp("once")
    command = [sys.executable, "-W", "error", "-c", START, *RUN, "--out", "r"]
    found = subprocess.run(
        command, cwd=place, env=cache, capture_output=True, text=True, check=True
    )
    return place / "r", found.stdout, found.stderr


def files(folder):
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_table_fits_and_says_what_the_issue_asks(once):
    _, text, errors = once
    assert errors == ""
    assert max(map(len, text.splitlines())) <= 80
    assert not re.search(r"^\s*%", text, re.MULTILINE)
    for word in ("Question", "Answer", "90 %", "Class", "Outcome", "Quantity", "Median",
                 "Brier", "(none: 19)", "Log score", "H1", "RUS-ARM-1997",
                 "what was attacked lies outside", "intercept", "duty", "fights for Armenia",
                 "from judgement", "Run folder: r",
                 "Report: r/report.html"):  # fmt: skip
        assert word in text, word


def test_the_summary_says_it_all_again_for_every_question(once):
    folder, text, _ = once
    summary = (folder / "summary.txt").read_text()
    assert summary.startswith(text.split("Run folder")[0])
    assert max(map(len, summary.splitlines())) <= 80
    answers = json.loads((folder / "answers.json").read_text())["answers"]
    for answer in answers:
        assert f"\n{answer['id']}: " in summary
    for line in ("outcome", "reference class", "variance"):
        assert summary.count(f"\n  {line}: ") == len(answers) > 40


def test_json_is_one_object_and_the_same_again_without_the_same_folder(once, done):
    code, out, errors = done(*RUN, "--json", "--quiet")
    assert (code, errors) == (0, "")
    found = json.loads(out, parse_constant=pytest.fail)
    assert out.count("\n") == 1
    assert found == json.loads((once[0] / "answers.json").read_text())
    head = {k: found[k] for k in ("scenario", "start", "horizon_days", "runs", "seed")}
    assert head == {
        "scenario": "karabakh-2020", "start": "2020-09-27", "horizon_days": 1921,
        "runs": 200, "seed": 1,
    }  # fmt: skip
    for answer in found["answers"]:
        middle = {"event": "probability", "quantity": "median"}[answer["kind"]]
        wanted = {"id", "question", middle, "low", "high", "happened", "spread", "flags"}
        assert wanted <= answer.keys()
        assert answer["spread"].keys() == {"data", "prior", "chance"}


def test_the_same_command_again_gives_the_same_bytes(done, once, tmp_path):
    assert done(*RUN)[0] == 0
    (folder,) = (tmp_path / "foedus-runs").iterdir()
    first = files(folder)
    names = {"manifest.json", "00000.npz", "answers.json", "summary.txt", "scenario.json"}
    assert first.keys() == names | {"report.html"}
    assert done(*RUN)[0] == 0
    assert list((tmp_path / "foedus-runs").iterdir()) == [folder]
    assert files(folder)["answers.json"] == first["answers.json"]
    assert first["answers.json"] == (once[0] / "answers.json").read_bytes()


def test_a_second_process_compiles_nothing(once, done):
    logs = {"JAX_LOG_COMPILES": "1", "PYTHONWARNINGS": "ignore"}
    code, _, said = done(*RUN, env=logs)
    assert code == 0
    compiled = set(re.findall(r"Finished XLA compilation of (\S+)", said))
    hit = set(re.findall(r"compilation cache hit for '(\w+)'", said))
    assert {re.sub(r"\W+", "_", name).strip("_") for name in compiled} <= hit
    assert not any("blocks" in name for name in compiled)  # it was loaded whole


MANY = ("run", "poland-1939", "--runs", "12000", "--out", "r", "--quiet")


def batches(folder):
    return sorted((folder / "batches").glob("[0-9]*.npz"))


def wait_for(process, folder, number):
    until = time.monotonic() + 200
    while len(batches(folder)) < number:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture(scope="session")
def whole(cache, tmp_path_factory):
    """A run of several batches that nobody stops."""
    place = tmp_path_factory.mktemp("whole")
    command = [sys.executable, "-c", START, *MANY]
    subprocess.run(command, cwd=place, env=cache, capture_output=True, check=True)
    return place / "r"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_leaves_whole_files_and_goes_on_with_the_same_bits(
    foedus, done, whole, tmp_path, how
):
    folder = tmp_path / "r"
    process = foedus(*MANY)
    wait_for(process, folder, 1)
    process.send_signal(how)
    out, said = process.communicate(timeout=100)
    kept = {p: p.stat().st_mtime_ns for p in batches(folder)}
    assert out == ""
    assert 1 <= len(kept) < len(batches(whole))
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert re.fullmatch(r"stopped: [\d,]+ of 12,000 runs are kept in r; .*--resume.*\n", said)
        assert not list(folder.rglob(".part-*"))
    for batch in kept:
        assert batch.read_bytes() == (whole / "batches" / batch.name).read_bytes()
    code, _, said = done(*MANY, "--resume")
    assert (code, said) == (0, "")
    assert {p: p.stat().st_mtime_ns for p in kept} == kept
    assert files(folder) == files(whole)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "karabak-2020"), "did you mean 'karabakh-2020'?"),
        (("run", "broken.yaml"), "broken.yaml:2:"),
        (("check", "broken.yaml"), "broken.yaml:2:"),
        (("check", "binary.yaml"), "expected a YAML file"),
        (("check", "huge.yaml"), "expected at most"),
        (("run", "."), "no such file and no such scenario"),
        ((*RUN, "--set", "x"), "--set x: expected path=value"),
        ((*RUN, "--set", "wars.truce=1"), "nothing stands at 'wars'"),
        ((*RUN, "--set", "war.truc=1"), "did you mean 'war.truce'?"),
        ((*RUN, "--without", "S3"), "did you mean 'S03'?"),
        ((*RUN, "--without", "S16"), "cannot be turned off"),
        (("ablate", "karabakh-2020", "--only", "S99"), "did you mean 'S09'?"),
        (("dice", "karabakh-2020", "--run", "200", "--runs", "200"), "a run from 0 to 199"),
        (("casus", "C4242"), "did you mean"),
        (("claims", "karabak-2020"), "did you mean 'karabakh-2020'?"),
        (("claims", "karabakh-2020", "--only", "A333"), "did you mean 'A33'?"),
        (("claims", "karabakh-2020", "--as-of", "1999-01-01"), "expected a day from 2020-09-27"),
        (("claims", "karabakh-2020", "--as-of", "2020-10-01", "--each-day"), "expected one of"),
        (("explain", "karabakh-2020", "--dispute", "nowhere"), "expected dispute: one of armenia"),
        (("register", "karabakh-2020", "H33", "0.5"), "did you mean 'H3'?"),
        (("register", "karabakh-2020", "H3", "0.5"), "H3: expected an open question"),
        (("register", "karabakh-2020"), "expected SCENARIO QUESTION PROBABILITY"),
        (("calls", "AMR", "--on", "2020-09-27"), "did you mean 'ARM'?"),
        ((*RUN, "--set", "war.truce=-1"), "--set war.truce: expected a number from 0 on; got '-1'"),
        ((*RUN, "--set", "alliance.trust=2"), "expected a number from 0 to 1; got '2'"),
        ((*RUN, "--set", "joining.intercept=nan"), "expected a number; got 'nan'"),
        ((*RUN, "--set", "ties[0].value=3"), "--set ties[0].value: 3; expected a share"),
        (("run", "karabakh-2020", "--runs", "0"), "Invalid value for '--runs'"),
        (("run", "karabakh-2020", "--runs", "99999999"), "Invalid value for '--runs'"),
        ((*RUN, "--seed", "-1"), "Invalid value for '--seed'"),
        ((*RUN, "--seed", str(2**64)), "Invalid value for '--seed'"),
        ((*RUN, "--block", "100", "--devices", "1"), "--block 100: expected one of 1, 2, 4, 8"),
        ((*RUN, "--devices", "0"), "Invalid value for '--devices'"),
        ((*RUN, "--out", "broken.yaml"), "broken.yaml: is a file"),
        ((*RUN, "--out", "."), "holds other files"),
        ((*RUN, "--out", "broken.yaml/below"), "cannot be written"),
        (("new", "broken"), "broken.yaml: exists"),
        (("new", "a/b"), "expected a name of letters"),
        (("nonsense",), "No such command"),
        (("run",), "Missing argument"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_message_and_exit_2(tmp_path, monkeypatch, capfd, cache, arguments, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", cache["XDG_CACHE_HOME"])
    Path("broken.yaml").write_text("foedus: 1\n id: [\n")
    Path("binary.yaml").write_bytes(bytes(range(256)))
    if "huge.yaml" in arguments:
        with Path("huge.yaml").open("wb") as file:
            file.truncate(100_000_000)
    before = set(tmp_path.rglob("*"))
    with pytest.raises(SystemExit) as stopped:
        cli.main(list(arguments))
    out, errors = capfd.readouterr()
    assert stopped.value.code == 2
    assert out == ""
    assert said in errors
    assert "Traceback" not in errors
    assert set(tmp_path.rglob("*")) == before


def test_a_finished_run_is_told_anew_and_exported(once, done, tmp_path):
    folder = tmp_path / "r"
    shutil.copytree(once[0], folder)
    (folder / "report.html").unlink()
    assert done("report", folder) == (0, f"{folder / 'report.html'}\n", "")
    assert (folder / "report.html").read_bytes() == (once[0] / "report.html").read_bytes()
    code, out, errors = done("report", folder, "--json")
    assert (code, errors, out.count("\n")) == (0, "", 1)
    assert len(json.loads(out)["figures"]["answers"]) == 37
    assert done("export", folder, "--to", "csv")[0] == 0
    assert (folder / "csv" / "runs.csv").read_text().count("\n") == 201
    code, out, errors = done("export", folder, "--to", "pdf")
    assert (code, out) == (2, "")
    assert errors == "--to pdf: expected one of netcdf, parquet, csv, views\n"
    code, out, errors = done("report", tmp_path)
    assert (code, out, errors.count("\n")) == (2, "", 1)


def test_a_run_repeats_from_the_scenario_in_its_folder(once, done):
    code, out, _ = done("run", once[0] / "scenario.json", "--runs", "200", "--json", "--quiet")
    assert code == 0
    assert (
        json.loads(out)["answers"] == json.loads((once[0] / "answers.json").read_text())["answers"]
    )


def test_another_runs_folder_is_refused(done, once):
    code, out, errors = done(*RUN, "--seed", "7", "--out", once[0])
    assert (code, out) == (2, "")
    assert "holds another run (other seed)" in errors


def test_a_folder_whose_scenario_changed_is_not_resumed(done, tmp_path):
    text, old = shipped()["karabakh-2020"].read_text("utf-8"), "[0.0001, 0.0004]"
    assert old in text
    (tmp_path / "mine.yaml").write_text(text)
    assert done("run", "mine.yaml", "--runs", "100", "--out", "r", "--quiet")[0] == 0
    before = files(tmp_path / "r")
    (tmp_path / "mine.yaml").write_text(text.replace(old, "[0.0001, 0.0005]"))
    code, out, errors = done("run", "mine.yaml", "--runs", "100", "--out", "r", "--resume")
    assert (code, out) == (2, "")
    assert "holds another run (other content" in errors
    assert files(tmp_path / "r") == before


def test_check_says_faults_as_json(done, tmp_path):
    (tmp_path / "broken.yaml").write_text("foedus: 1\n id: [\n")
    code, out, _ = done("check", "broken.yaml", "--json")
    assert code == 2
    assert json.loads(out)[0]["line"] == 2
    assert json.loads(done("check", "karabakh-2020", "--json")[1])["faults"] == []


def test_a_supplier_whom_nobody_knows_is_refused_at_its_place(done, tmp_path):
    lines = shipped()["karabakh-2020"].read_text("utf-8").splitlines()
    line = next(i for i, text in enumerate(lines) if text.strip() == "TUR: [0.1, 0.4]")
    lines[line] = lines[line].replace("TUR", "TRU")
    (tmp_path / "mine.yaml").write_text("\n".join(lines))
    code, out, errors = done("check", "mine.yaml")
    assert (code, out) == (2, "")
    assert f"mine.yaml:{line + 1}:11: " in errors
    assert "suppliers.challenger.strike.TRU: TRU is no third party of karabakh" in errors
    assert "did you mean 'TUR'?" in errors
    assert "Traceback" not in errors


def test_what_weighs_on_states_and_who_armed_whom_is_read_from_a_file_or_refused_at_its_place(
    done, tmp_path
):
    """A sound file is called so; one with a slip is told where, and what was expected."""
    done("new", "my-case")
    told = (tmp_path / "my-case.yaml").read_text()
    added = (
        "deliveries:\n  - {to: PER, years: [2014, 2018], volume: [10, 20], unsourced: true}\n"
        "pressures:\n  - {states: [BRA], kind: unrest, from: 2018-01-01, months: [3, 9],"
        " cost: [0.1, 0.3], unsourced: true}\nties:"
    )
    (tmp_path / "mine.yaml").write_text(told.replace("\nties:", f"\n{added}"))
    assert "sound" in done("check", "mine.yaml")[1]
    broken = added.replace("2018-01-01", "2030-01-01").replace("[2014, 2018]", "[2018, 2014]")
    (tmp_path / "broken.yaml").write_text(told.replace("\nties:", f"\n{broken}"))
    code, out, said = done("check", "broken.yaml")
    assert code == 2
    assert re.search(
        r"broken.yaml:\d+:\d+: deliveries\[0\].years: \[2018, 2014\]; expected", out + said
    )
    assert re.search(r"broken.yaml:\d+:\d+: pressures\[0\].from: 2030-01-01 is after", out + said)
    assert "Traceback" not in out + said


def test_new_writes_a_file_that_check_finds_sound(done, tmp_path):
    assert done("new", "my-case")[0] == 0
    assert "sound" in done("check", "my-case.yaml")[1]


def test_nobody_listens(foedus, tmp_path):
    """No fault is told, and the report is drawn all the same."""
    read, write = os.pipe()
    os.close(read)
    process = foedus(*RUN, "--out", tmp_path / "r", stdout=write)
    os.close(write)
    _, errors = process.communicate(timeout=100)
    assert errors == ""
    assert process.returncode in (0, 1)
    assert (tmp_path / "r" / "report.html").is_file()


@pytest.mark.parametrize("home", [None, "file"])
def test_no_home_and_no_cache_are_no_reason_to_fail(home, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file") if home else "")

    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    assert compiled._cache() is None


@pytest.mark.parametrize("arguments", [("--help",), ("list",), ("list", "--json"), ("schema",),
                                       ("check", "karabakh-2020"), ("run", "--help"),
                                       ("calls", "ARM", "--on", "2022-09-13"),
                                       ("casus",), ("casus", "C66")])  # fmt: skip
def test_light_commands_import_nothing_heavy(arguments, tmp_path):
    code = (
        "import sys, atexit; from foedus.cli import main;"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, *arguments]
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert found.stdout
    loaded = {name.split(".")[0] for name in found.stderr.split()}
    assert "foedus" in loaded
    assert not loaded & HEAVY
    assert not any(tmp_path.iterdir())
