"""How fast and how big: everything as a ratio to a reference measured in the same run.

    uv run python benchmarks/run.py [--runs 10000] [--repeat 5]

Prints one table. Nothing here is a test: timings depend on the machine, ratios much less.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
FOEDUS = str(Path(PYTHON).with_name("foedus"))


def seconds(command: list[str], repeat: int, **environment: str) -> float:
    """Median wall time of a command."""
    env, times = {**os.environ, **environment}, []
    for _ in range(repeat):
        start = time.perf_counter()
        subprocess.run(
            command, check=True, capture_output=True, env=env, cwd=environment.get("PWD")
        )
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def starts(repeat: int) -> list[tuple[str, float, str]]:
    """Start-up of the light commands, against an interpreter that does nothing."""
    bare = seconds([PYTHON, "-c", "pass"], repeat)
    rows = [("python -c pass", bare, "")]
    for words, target in ((["--help"], 12), (["list"], 12), (["check", "karabakh-2020"], 40)):
        took = seconds([FOEDUS, *words], repeat)
        rows.append((f"foedus {' '.join(words)}", took, f"{took / bare:.1f} x (target {target})"))
    return rows


def first_call(repeat: int) -> list[tuple[str, float, str]]:
    """A short run, with a cold and a warm compile cache, against a bare import of JAX."""
    jax = seconds([PYTHON, "-c", "import jax"], repeat)
    rows = [("python -c 'import jax'", jax, "")]
    with tempfile.TemporaryDirectory() as folder:
        job = [FOEDUS, "run", "karabakh-2020", "--runs", "200", "--quiet"]
        place = {"XDG_CACHE_HOME": folder, "PWD": folder}
        cold = seconds(job, 1, **place)
        warm = seconds(job, repeat, **place)
    rows.append(("foedus run --runs 200, cold cache", cold, f"{cold / jax:.1f} x import jax"))
    rows.append(("the same, warm cache", warm, f"{warm / jax:.1f} x import jax (target 3)"))
    return rows


def kernel(runs: int, devices: int, *parts: str) -> dict:
    """Steady time of the ensemble in a process of its own."""
    command = [PYTHON, str(ROOT / "benchmarks" / "kernel.py"), str(runs), str(devices), *parts]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def ensembles(runs: int) -> list[tuple[str, float, str]]:
    """The ensemble on one and two devices, against the plain-Python reference of the same law."""
    one, two = kernel(runs, 1, "reference"), kernel(runs, 2, "slots")
    per_run = one["steady_s"] / runs
    return [
        (f"{runs:,} runs x 1,921 days, 4 disputes, one device", one["steady_s"], ""),
        (
            "the same, two devices",
            two["steady_s"],
            f"{one['steady_s'] / two['steady_s']:.2f} x faster; target 15 s for 10,000",
        ),
        ("with one dispute only, two devices", two["one_s"], ""),
        (
            "with a second dispute, two devices",
            two["two_s"],
            f"{two['two_s'] / two['one_s']:.2f} x one (target 2.2)",
        ),
        (
            "peak memory, GiB",
            two["peak_gib"],
            "target 2",
        ),
        (
            "plain Python, one run",
            one["reference_s"],
            f"{one['reference_s'] / per_run:,.0f} x the engine's time for one",
        ),
        ("programs compiled after editing numbers", float(one["recompiled"]), "target 0"),
    ]


def report(runs: int) -> list[tuple[str, float, str]]:
    """What the report of a run adds to it."""
    with tempfile.TemporaryDirectory() as folder:
        place = {"XDG_CACHE_HOME": folder, "PWD": folder}
        job = [FOEDUS, "run", "karabakh-2020", "--runs", str(runs), "--quiet", "--out", "r"]
        seconds(job, 1, **place)
        command = [PYTHON, str(ROOT / "benchmarks" / "report.py"), f"{folder}/r"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    size = f"{found['megabytes']:.1f} MB"
    note = f"{found['processor']:.1f} s of processor, {size} (target 3 s, 3 MB)"
    return [(f"report.html beyond a run of {runs:,}", found["seconds"], note)]


def page() -> list[tuple[str, float, str]]:
    """What the page makes its users wait for."""
    command = [PYTHON, str(ROOT / "benchmarks" / "page.py")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    ratio = lambda key: f"{found[key] / found['whole']:.2f} x the whole"  # noqa: E731
    rows = [
        ("page: answers to a slider, 1,000 runs, the whole", found["whole"], ""),
        ("the same, the opening months", found["opening"], f"{ratio('opening')}; target 0.3 s"),
        ("the same, as of 2020-10-28", found["as_of"], ratio("as_of")),
    ]
    if found["paint"] is not None:
        rows.append(("page: first paint", found["paint"], "target 1 s"))
    return rows


def studies(runs: int) -> list[tuple[str, float, str]]:
    """What is made of many ensembles, programs warm, against one run of as many histories."""
    shared = ["karabakh-2020", "--runs", str(runs), "--json", "--quiet"]
    jobs = {
        f"foedus run, {runs:,} runs": (["run", *shared], None),
        "foedus ablate": (["ablate", *shared], "target 18"),
        "foedus run --as-of 2020-10-28": (["run", *shared, "--as-of", "2020-10-28"], None),
        "foedus cases (eighteen, 1,000 runs)": (["cases", "--json", "--quiet"], "target 60 s"),
    }
    rows: list[tuple[str, float, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        place = {"XDG_CACHE_HOME": folder, "PWD": folder}
        for name, (words, target) in jobs.items():
            seconds([FOEDUS, *words], 1, **place)
            took = seconds([FOEDUS, *words], 1, **place)
            ratio = f"{took / rows[0][1]:.1f} x the run" if rows else ""
            rows.append((name, took, f"{ratio} ({target})" if target else ratio))
    return rows


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=10_000)
    options.add_argument("--repeat", type=int, default=5)
    chosen = options.parse_args()
    rows = [*starts(chosen.repeat), *first_call(chosen.repeat), *ensembles(chosen.runs)]
    rows += report(min(chosen.runs, 2000))
    rows += page()
    rows += studies(min(chosen.runs, 2000))
    for name, value, note in rows:
        print(f"{name:<52}{value:>9.3f}  {note}")


if __name__ == "__main__":
    main()
