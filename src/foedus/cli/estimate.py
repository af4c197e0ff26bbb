"""Commands that read the record: tables, headline numbers, fits, validation, bulk scores."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from foedus.cli.compiled import prepare
from foedus.cli.stop import stoppable

Record = Annotated[
    Path | None,
    typer.Option(
        "--record", metavar="DIR",
        help="Folder with the tables [default: FOEDUS_RECORD, or what was imported].",
    ),
]  # fmt: skip
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Random seed.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder for what is kept.")]

record = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The historical tables.")


@record.command("list")
def list_(folder: Record = None, json_: Json = False) -> None:
    """List the tables that foedus knows, and which of them are there."""
    from foedus.record.folder import known
    from foedus.report import record as report

    here = known(folder)
    _print(report.listing_data(here) if json_ else report.listing(here), as_json=json_)


@record.command()
def describe(
    name: Annotated[str, typer.Argument(help="A table, such as gml_part.")], json_: Json = False
) -> None:
    """Say what a table holds, from when to when, and on what terms."""
    from foedus.report import record as report

    _print(report.one_data(name) if json_ else report.one(name), as_json=json_)


@record.command()
def cite(
    names: Annotated[list[str], typer.Argument(help="Tables.")],
    bibtex: Annotated[bool, typer.Option("--bibtex", help="As BibTeX.")] = False,
) -> None:
    """Say how to cite tables."""
    from foedus.record.catalogue import cite

    typer.echo(cite(names, "bibtex" if bibtex else "text"))


@record.command("import")
def import_(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files lie.")],
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite other contents.")] = False,
    json_: Json = False,
) -> None:
    """Copy tables, as publishers ship them or as Parquet, into your data folder."""
    from foedus.record.importing import import_
    from foedus.report import record as report

    done = import_(source, replace=replace)
    _print(report.imported_data(done) if json_ else report.imported(done), as_json=json_)
    if done.refused:
        raise typer.Exit(2)


def headline(folder: Record = None, json_: Json = False, quiet: Quiet = False) -> None:
    """Compute the record's headline numbers, each with its definition."""
    from foedus.record.folder import find
    from foedus.record.headline import headlines
    from foedus.report import record as report
    from foedus.report.progress import Progress

    with Progress("headline", 0, quiet=quiet, unit="kinds", first="reading") as said:
        found = headlines(find(folder), said)
    _print(report.headlines_data(found) if json_ else report.headlines(found), as_json=json_)


def fit(
    folder: Record = None,
    out: Out = None,
    draws: Annotated[int, typer.Option(min=100, max=10_000, help="Of each fit.")] = 500,
    seed: Seed = 1,
    priors: Annotated[
        Path | None,
        typer.Option("--priors", metavar="FILE", help="Priors to use instead, as TOML."),
    ] = None,
    formula: Annotated[
        str | None,
        typer.Option("--formula", metavar="FORMULA", help="Fit calls by your own covariates."),
    ] = None,
    table: Annotated[
        str, typer.Option("--table", metavar="S4a|S4|S5", help="With --formula: which calls.")
    ] = "S4a",
    extra: Annotated[
        Path | None,
        typer.Option("--extra", metavar="FILE", help="With --formula: columns of your own."),
    ] = None,
    prior_sd: Annotated[
        float, typer.Option("--prior-sd", metavar="SD", help="With --formula: of coefficients.")
    ] = 1.0,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Estimate every parameter that the record informs; a stopped fit goes on.

    foedus run --parameters DIR/posterior.npz uses what came out.
    """
    prepare(double=True)
    with stoppable("stopped; nothing is kept") as check:
        from foedus.report import fit as report

        if formula is not None:
            report.run_formula(
                folder, formula, table, seed, extra=extra, prior_sd=prior_sd, out=out,
                as_json=json_, quiet=quiet, check=check,
            )  # fmt: skip
            return
        report.run(folder, out, draws, seed, priors=priors, as_json=json_, quiet=quiet, check=check)


def validate(
    folder: Record = None,
    seed: Seed = 1,
    out: Out = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Forecast what each fit has not seen, beside reference models, and score both."""
    prepare(double=True)
    with stoppable("stopped; nothing is kept") as check:
        from foedus.report import validate as report

        report.run(folder, seed, as_json=json_, quiet=quiet, out=out, check=check)


def scores(
    years: Annotated[
        str | None,
        typer.Option("--years", metavar="FIRST-LAST", help="Years [default: the shipped facts]."),
    ] = None,
    folder: Record = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to write: .parquet, .csv or .dta."),
    ] = None,
    draws: Annotated[int, typer.Option(min=2, max=500, help="Posterior draws.")] = 20,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write P(k joins i against j) for directed dyads and each relevant third party."""
    prepare()
    with stoppable("stopped; nothing is kept") as check:
        from foedus.report import scores as report

        report.run(years, folder, out, draws=draws, as_json=json_, quiet=quiet, check=check)


def add(app: typer.Typer) -> None:
    """Put these commands beside the others."""
    app.add_typer(record, name="record")
    for command in (headline, fit, validate, scores):
        app.command()(command)


def _print(found: Any, *, as_json: bool) -> None:
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else found)
