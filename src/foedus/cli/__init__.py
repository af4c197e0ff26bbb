"""The commands. No logic: each parses its options, calls one function and prints.

Heavy imports stand inside the commands, so `--help`, `list` and `check` start at once.
"""

import gc
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from foedus.cli import estimate
from foedus.cli.compiled import prepare
from foedus.cli.stop import say, stoppable

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="When a state with allies is attacked: who comes, what happens in the war, and what "
    "it does to the alliance.",
)

Scenario = Annotated[str, typer.Argument(help="A shipped scenario or a YAML file.")]
Seed = Annotated[int, typer.Option(min=0, max=2**64 - 1, show_default=True, help="Random seed.")]
Runs = Annotated[int, typer.Option(min=1, max=1_000_000, help="Simulated runs.")]
Where = Annotated[
    str | None,
    typer.Option(metavar="ID", help="Where [default: where fighting has begun, or the only one]."),
]
Beside = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="RUN", help="Keep the JSON in this run's folder, for `foedus report`."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]


@app.command()
def run(
    scenario: Scenario,
    runs: Runs = 10_000,
    seed: Seed = 1,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Change one value of the scenario (ties[0].value=0.5) or hold a parameter "
            "(war.truce=0.3); may be repeated.",
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="SWITCH",
            help="Turn a system off, such as S03, the rival patron (foedus ablate names them); "
            "may be repeated.",
        ),
    ] = None,
    parameters: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help="Draws: prior-2020, or what `foedus fit` wrote."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="Take into account what had been reported by this day.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Run folder [default: foedus-runs/...].")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the same run after it was stopped.")
    ] = False,
    block: Annotated[
        int, typer.Option(min=1, help="Runs computed side by side; changes speed only.")
    ] = 512,
    devices: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, help="Batches made at once; changes speed only. [default: one a core]"
        ),
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a scenario and answer its questions.

    Prints the answers and keeps them, with what they rest on, in a run folder.
    """
    if parameters is not None:
        os.environ["FOEDUS_PARAMETERS"] = parameters
    prepare()
    with stoppable("stopped before the first run") as check:
        from foedus.report import main_job

        main_job.run(
            scenario, runs, seed, set_ or [], without or [], out, resume=resume, block=block,
            as_of=as_of.date() if as_of else None, devices=devices or _cores(), as_json=json_,
            quiet=quiet, check=check,
        )  # fmt: skip


@app.command("report")
def report_(
    run: Annotated[Path, typer.Argument(help="The folder of a finished run.")],
    parameters: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Draws of the run, if not the default.")
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="Print the numbers of all charts as one JSON object.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write the report of a finished run anew: one HTML file that needs no network.

    It has what `foedus ablate` and `foedus claims` have put into the folder with --out, too.
    """
    if parameters is not None:
        os.environ["FOEDUS_PARAMETERS"] = parameters
    prepare()
    with stoppable("stopped; the report is as it was") as check:
        from foedus.report import again

        again.run(run, as_json=json_, quiet=quiet, check=check)


@app.command()
def export(
    run: Annotated[Path, typer.Argument(help="The folder of a finished run.")],
    to: Annotated[
        str, typer.Option(metavar="FORMAT", help="netcdf, parquet, csv, or views (VIEWS).")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Where [default: in the run folder].")
    ] = None,
    parameters: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Draws of the run, if not the default.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write a finished run for other programs: every run, and what the runs do in time."""
    if parameters is not None:
        os.environ["FOEDUS_PARAMETERS"] = parameters
    prepare()
    with stoppable("stopped; files may be lacking") as check:
        from foedus.report import export as report

        report.run(run, to, out, quiet=quiet, check=check)


@app.command()
def dice(
    scenario: Scenario,
    run: Annotated[int, typer.Option(min=0, metavar="ID", help="Number of the run to tell.")],
    runs: Annotated[int, typer.Option(min=1, max=1_000_000, help="Runs of the ensemble.")] = 10_000,
    seed: Seed = 1,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="As for run.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="SWITCH", help="As for run.")
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tell one run day by day: each decision with its odds and what lies behind it."""
    prepare()
    from foedus.report import dice as report

    report.run(scenario, run, runs, seed, set_ or [], without or [], as_json=json_, quiet=quiet)


@app.command()
def ablate(
    scenario: Scenario,
    runs: Annotated[int, typer.Option(min=1, max=1_000_000, help="Runs with and without.")] = 2000,
    seed: Seed = 1,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="SWITCH", help="Only this system; may be repeated."),
    ] = None,
    out: Beside = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Turn each system of the model off in turn, and say what that changes."""
    prepare()
    with stoppable("stopped; nothing is kept") as check:
        from foedus.report import ablate as report

        report.run(
            scenario, runs, seed, only or [], devices=_cores(), as_json=json_, quiet=quiet,
            check=check, out=out,
        )  # fmt: skip


@app.command()
def explain(
    scenario: Scenario,
    by: Annotated[
        str | None,
        typer.Option(metavar="STATE", help="Whom to explain [default: the strongest ally]."),
    ] = None,
    dispute: Where = None,
    draws: Annotated[int, typer.Option(min=2, max=1000, help="Parameter draws.")] = 50,
    seed: Seed = 1,
    on_cases: Annotated[
        int,
        typer.Option(
            "--cases",
            metavar="RUNS",
            min=0,
            max=1_000_000,
            help="Also score each explanation on past cases, with so many runs of each.",
        ),
    ] = 0,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--record",
            metavar="DIR",
            help="Also score them on unseen years of the tables in this folder.",
        ),
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say why an ally comes or stays out: its reasons, and rival explanations side by side."""
    prepare()
    with stoppable("stopped; nothing is kept") as check:
        from foedus.report import explain as report

        report.run(
            scenario, by, dispute, draws, seed, on_cases, folder,
            devices=_cores(), as_json=json_, quiet=quiet, check=check,
        )  # fmt: skip


@app.command()
def cases(
    runs: Annotated[int, typer.Option(min=1, max=1_000_000, help="Runs of each case.")] = 1000,
    seed: Seed = 1,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ID|FILE", help="Only this case; may be repeated."),
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say of each state that was called in past cases what it would do, and what it did."""
    prepare()
    with stoppable("stopped; nothing is kept") as check:
        from foedus.report import cases as report

        report.run(
            runs, seed, only or [], devices=_cores(), as_json=json_, quiet=quiet, check=check
        )


@app.command()
def check(
    scenario: Scenario,
    json_: Annotated[bool, typer.Option("--json", help="Print faults as JSON.")] = False,
) -> None:
    """Check a scenario file; every fault is listed with its place."""
    from dataclasses import asdict

    from foedus.scenario.faults import ScenarioError
    from foedus.scenario.load import load

    try:
        checked = load(scenario)
    except ScenarioError as error:
        if not json_:
            raise
        typer.echo(json.dumps(list(map(asdict, error.faults)), indent=2, ensure_ascii=False))
        raise typer.Exit(2) from None
    sound = {"scenario": checked.id, "questions": len(checked.questions), "faults": []}
    said = f"{checked.id}: sound; {len(checked.states)} states, {len(checked.questions)} questions"
    typer.echo(json.dumps(sound) if json_ else said)


@app.command()
def calls(
    state: Annotated[str, typer.Argument(help="Code or name of the state that is attacked.")],
    on: Annotated[
        datetime, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Day of the attack.")
    ],
    by: Annotated[
        str | None, typer.Option(metavar="STATE", help="The attacker [default: an outsider].")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(metavar="TERRITORY", help="Place attacked [default: the state's own land]."),
    ] = None,
    scenario: Annotated[
        str, typer.Option(metavar="NAME", help="A shipped scenario or a YAML file.")
    ] = "karabakh-2020",
    json_: Json = False,
) -> None:
    """Say who owes a state what on a day: clause, verdict under each reading, what triggers it."""
    from foedus.report import calls as report
    from foedus.scenario.calls import calls
    from foedus.scenario.load import load

    answer = calls(load(scenario, questions=False), state, on.date(), by, where)
    typer.echo(report.as_json(answer) if json_ else report.text(answer))


@app.command()
def casus(
    id_: Annotated[str | None, typer.Argument(metavar="[ID]", help="A case, such as C42.")] = None,
    agreement: Annotated[
        bool, typer.Option("--agreement", help="Compare with the codings of two studies.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell the numbered cases of the casus foederis, or one of them, with their verdicts."""
    from foedus.report import casus as report
    from foedus.scenario.cases import catalogue

    book = catalogue()
    if agreement:
        found = report.agreement_data(book) if json_ else report.agreement(book)
    elif id_ is None:
        found = report.as_list(book) if json_ else report.listing(book)
    else:
        found = report.as_data(book, id_) if json_ else report.one(book, id_)
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False) if json_ else found)


@app.command()
def claims(
    scenario: Scenario,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="Put every claim on this day, with what was known by it. [default: the first]",
        ),
    ] = None,
    each_day: Annotated[
        bool,
        typer.Option(
            "--each-day",
            help="Put each claim on the day on which it was made: an ensemble a day, so slow.",
        ),
    ] = False,
    runs: Annotated[int, typer.Option(min=1, max=1_000_000, help="Runs of an ensemble.")] = 2000,
    seed: Seed = 1,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ID", help="Only this claim; may be repeated."),
    ] = None,
    mechanisms: Annotated[
        bool,
        typer.Option("--mechanisms", help="Also turn off the systems that claims speak of."),
    ] = False,
    out: Beside = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run the claims of a ledger: who said what, what the model says of it, and what happened."""
    prepare()
    with stoppable("stopped; nothing is kept") as check:
        from foedus.report import ledger as report

        report.run(
            scenario, runs, seed, as_of.date() if as_of else None, only or [],
            each_day=each_day, mechanisms=mechanisms, devices=_cores(), as_json=json_, quiet=quiet,
            check=check, out=out,
        )  # fmt: skip


@app.command()
def register(
    scenario: Annotated[
        str | None, typer.Argument(help="A shipped scenario or a YAML file.")
    ] = None,
    question: Annotated[str | None, typer.Argument(help="An open question of it.")] = None,
    probability: Annotated[float | None, typer.Argument(help="Your forecast, 0 to 1.")] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The register.")] = Path(
        "foedus-register.jsonl"
    ),
    score: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Score this register instead.")
    ] = None,
    json_: Json = False,
) -> None:
    """Keep a dated forecast of your own, or score those that are kept."""
    from foedus.report import register as report

    today = datetime.now(UTC).date()
    if score is not None:
        report.scored(score, today, as_json=json_)
    elif scenario is None or question is None or probability is None:
        raise ValueError("expected SCENARIO QUESTION PROBABILITY, or --score FILE")
    else:
        report.add(scenario, question, probability, today, out)


@app.command()
def signals(scenario: Scenario, json_: Json = False) -> None:
    """Say how far words and deeds make observers trust an ally, by each account of them."""
    prepare()
    from foedus.report import signals as report

    typer.echo(report.run(scenario, as_json=json_))


@app.command()
def influence(
    scenario: Scenario,
    runs: Runs = 2000,
    seed: Seed = 1,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say who leads the region, by parts, who keeps unrecognised land, and who is next."""
    prepare()
    with stoppable("stopped; nothing is kept") as check:
        from foedus.report import influence as report

        report.run(scenario, runs, seed, as_json=json_, quiet=quiet, check=check)


@app.command()
def rents(
    scenario: Scenario,
    patron: Annotated[
        str | None,
        typer.Option(metavar="STATE", help="Who mediates [default: whom most rents go to]."),
    ] = None,
    outsider: Annotated[
        str | None,
        typer.Option(
            metavar="STATE", help="Who may help the challenger [default: its strongest ally]."
        ),
    ] = None,
    dispute: Where = None,
    draws: Annotated[int, typer.Option(min=2, max=1000, help="Parameter draws.")] = 200,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Map where a frozen dispute would pay its mediator more than a settled one; no forecast."""
    prepare()
    from foedus.report import rents as report

    typer.echo(report.run(scenario, patron, outsider, dispute, draws, as_json=json_, quiet=quiet))


@app.command()
def reports(scenario: Scenario, json_: Json = False) -> None:
    """Say what the sides' own figures of the dead say together, beside what was counted later."""
    from foedus.report import reports as report

    typer.echo(report.run(scenario, as_json=json_))


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = 8000,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; others need --exposed.")
    ] = "127.0.0.1",
    exposed: Annotated[
        bool,
        typer.Option("--exposed", help="Let other machines reach it; a token is asked for."),
    ] = False,
) -> None:
    """Serve a page on this machine: move numbers and switches, and see the answers change."""
    prepare()
    try:
        from foedus.web.serve import serve as run
    except ModuleNotFoundError as missing:
        raise ValueError(
            f"{missing.name} is not installed; expected the extra: pip install 'foedus[web]'"
        ) from None
    run(host, port, exposed=exposed, say=typer.echo)


@app.command("list")
def list_(
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the scenarios that come with the package."""
    from foedus.scenario.catalogue import listed

    found = listed()
    if json_:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    width = max(map(len, found))
    for name, title in found.items():
        typer.echo(f"{name:<{width}}  {title}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of the scenario format, for editors."""
    from foedus.scenario.load import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario; NAME.yaml is written.")],
    states: Annotated[
        str | None,
        typer.Option(metavar="A,B,C", help="Fill in what the record knows of these states."),
    ] = None,
    challenger: Annotated[
        str, typer.Option(metavar="CODE", help="With --states: who attacks; X.. if no state.")
    ] = "",
    target: Annotated[
        str, typer.Option(metavar="CODE", help="With --states: who is attacked.")
    ] = "",
    start: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="With --states: the first day."),
    ] = None,
    folder: estimate.Record = None,
) -> None:
    """Write a small scenario to start from: commented, or filled from the record."""
    from foedus.scenario.load import scaffold

    path = Path(f"{name}.yaml")
    if states is None:
        text = scaffold(name)
    else:
        from foedus.report.draft import asked

        text = asked(folder, name, states, (challenger, target), start and start.date())
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ValueError(f"{path}: exists; expected a new name") from None
    except OSError as fault:
        raise ValueError(f"{path}: cannot be written ({fault.strerror})") from None
    typer.echo(f"{path}: written; next: foedus check {path}")


estimate.add(app)


def _cores() -> int:
    """Cores this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return usable or 1


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; a user's mistake is one message and exit 2, an interrupt is 130."""
    gc.set_threshold(100_000, 50, 50)  # imports and tracing make much that lives and little waste
    try:
        app(arguments)
    except ValueError as mistake:
        say(mistake)
        sys.exit(2)
    except OSError as fault:
        say(f"{fault.filename}: {fault.strerror}" if fault.filename else fault.strerror)
        sys.exit(1 if fault.filename is None else 2)
