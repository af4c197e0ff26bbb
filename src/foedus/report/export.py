"""`foedus export`: a finished run for other programs."""

import csv
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from foedus.core.kinds import Action, Side, Status
from foedus.report.progress import Progress
from foedus.scenario.arrays import frame
from foedus.study.course import QUANTILES, months
from foedus.study.folder import Kept
from foedus.study.pipeline import Study
from foedus.study.reopen import batches, reopen
from foedus.study.tables import Table, tables, values
from foedus.study.views import windows

FORMATS = ("netcdf", "parquet", "csv", "views")
_WINDOW = "cm/window=Y{0}/predictions_{0}.parquet"


def run(
    path: Path,
    to: str,
    out: Path | None,
    *,
    quiet: bool = False,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Write a run in another form, and say where.

    Args:
        path: The run folder.
        to: One of `FORMATS`.
        out: Folder, or file for netcdf; without one it stands in the run folder.
        quiet: No progress.
        check: Called between steps; may raise KeyboardInterrupt.

    Raises:
        ValueError: Bad input, or a library is missing, in one clear message.
    """
    if to not in FORMATS:
        raise ValueError(f"--to {to}: expected one of {', '.join(FORMATS)}")
    needed = {"netcdf": "xarray", "parquet": "pyarrow", "views": "pyarrow"}.get(to)
    if needed is not None:
        _library(needed, to)
    folder, study = reopen(path)
    kept = batches(folder)
    place = out or path / {"netcdf": "run.nc"}.get(to, to)
    with Progress("export", 0, quiet=quiet, unit="files", first="writing", check=check) as said:
        if to == "netcdf":
            _dataset(study, kept).to_netcdf(place, engine="scipy")
        elif to == "views":
            _each(windows(study), _parquet, lambda year: place / _WINDOW.format(year), said)
        else:
            write = _csv if to == "csv" else _parquet
            _each(tables(study, kept), write, lambda name: place / f"{name}.{to}", said)
    sys.stdout.write(f"{place}\n")


def _each(
    whole: dict[Any, Table],
    write: Callable[[Table, Path], None],
    place: Callable[[Any], Path],
    said: Progress,
) -> None:
    """Write each table into a file of its own."""
    for done, (name, table) in enumerate(whole.items(), 1):
        write(table, place(name))
        said(done, len(whole))


def _library(name: str, to: str) -> Any:
    """A library of the extra [fit]."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise ValueError(
            f"--to {to}: needs {name}, which comes with the extra [fit]: pip install 'foedus[fit]'"
        ) from None


def _csv(table: Table, place: Path) -> None:
    """Comma-separated values; what is not known is empty."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table)
        for row in zip(*(np.asarray(column, object) for column in table.values()), strict=True):
            writer.writerow(["" if x is None or x != x else x for x in row])


def _parquet(table: Table, place: Path) -> None:
    """A Parquet file, without an index."""
    place.parent.mkdir(parents=True, exist_ok=True)
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    parquet.write_table(arrow.table(table), place)


def _dataset(study: Study, kept: list[Kept]) -> Any:
    """The run with named axes, for NetCDF."""
    xarray = import_module("xarray")
    axes, past = frame(study.scenario), study.course
    treaties, states = len(axes.treaties), len(axes.states)
    whole = np.array([truth for _, truth in values(study, kept)])
    start = np.datetime64(axes.start)
    return xarray.Dataset(
        {
            "status_share": (("day", "status", "dispute"), past.status),
            "front": (("quantile", "week", "dispute"), past.front),
            "deaths": (("quantile", "week", "side", "dispute"), past.deaths),
            "acts": (("week", "action", "state", "dispute"), past.acts[:, :, :states]),
            "bound": (("week", "treaty", "state"), past.bound[:, :treaties, :states]),
            "days_to_first_stop": (("run", "dispute"), past.lasted),
            "days_of_first_truce": (("run", "dispute"), past.held),
            "deaths_by_month": (("run", "month", "dispute"), past.killed),
            "answer": (("question", "run"), whole),
        },
        coords={
            "run": np.arange(past.lasted.shape[0]),
            "day": start + np.arange(past.status.shape[0]),
            "week": start + 7 * np.arange(past.front.shape[1]),
            "month": np.array(months(axes), "datetime64[D]"),
            "quantile": np.array(QUANTILES),
            "status": [kind.name.lower() for kind in Status],
            "side": [side.name.lower() for side in Side],
            "action": [action.name.lower() for action in Action],
            "state": list(axes.states),
            "treaty": list(axes.treaties),
            "dispute": list(axes.disputes),
            "question": list(study.scenario.questions),
        },
        attrs={
            "scenario": study.scenario.id,
            "seed": str(study.options.seed),
            "parameters": study.parameters,
        },
    )
