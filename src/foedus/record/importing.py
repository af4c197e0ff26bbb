"""A user's own copies of the tables, brought into the user's data folder."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from foedus.record import catalogue
from foedus.record.export import whole
from foedus.record.folder import SUFFIXES, RecordError, user_folder
from foedus.record.read import read_file


class Imported(NamedTuple):
    """What an import did.

    Attributes:
        folder: Where the tables are now.
        written: Files that each new table was made from.
        same: Tables that were there already, with the same content.
        refused: Why a table was not taken, by its name.
        unknown: Files that the catalogue does not know.
    """

    folder: Path
    written: dict[str, list[Path]]
    same: list[str]
    refused: dict[str, str]
    unknown: list[Path]


def import_(source_dir: Path, target: Path | None = None, replace: bool = False) -> Imported:
    """Copy the tables of a folder, and of the folders in it, as Parquet.

    A table is recognised by the name of its file: that of the record (`cow_nmc.parquet`, also
    .csv and .dta), or that which its publisher gives it (`NMC-70-abridged.csv`). Each is read and
    checked as by `read.read`; one that fails is refused and the others go on. A table is written
    whole or not at all.

    Args:
        source_dir: Folder with the files.
        target: Where to put the tables; without it, the user's data folder.
        replace: Write over tables that are there with other content.

    Returns:
        What was done with each table and file.

    Raises:
        RecordError: The folder does not exist or holds no table that the catalogue knows.
    """
    source_dir, target = Path(source_dir), target or user_folder()
    if not source_dir.is_dir():
        raise RecordError(f"{source_dir}: expected a folder; got none")
    there = sorted(path for path in source_dir.rglob("*") if path.suffix.lower() in SUFFIXES)
    found = {
        source.name: paths
        for source in catalogue.sources()
        if (paths := catalogue.match(there, source))
    }
    if not found:
        raise RecordError(f"{source_dir}: expected tables of the record; got none that is known")
    target.mkdir(parents=True, exist_ok=True)
    done = Imported(target, {}, [], {}, _others(there, found.values()))
    for name, paths in found.items():
        _one(name, paths, done, replace)
    return done


def _one(name: str, paths: list[Path], done: Imported, replace: bool) -> None:
    """Import one table."""
    file = done.folder / f"{name}.parquet"
    try:
        table = read_file(paths, catalogue.describe(name))
    except RecordError as fault:
        done.refused[name] = str(fault)
        return
    if file.exists() and file not in paths:
        if _same(file, table):
            done.same.append(name)
            return
        if not replace:
            done.refused[name] = f"{file}: expected the same table or none; got another one"
            return
    elif file in paths:
        done.same.append(name)
        return
    whole(file, lambda part: table.to_parquet(part, index=False, compression="zstd"))
    done.written[name] = paths


def _same(file: Path, table: pd.DataFrame) -> bool:
    """Whether a file holds the same table."""
    try:
        old = pd.read_parquet(file)
        pd.testing.assert_frame_equal(old, table, check_dtype=False)
    except (AssertionError, OSError, ValueError):
        return False
    return True


def _others(there: list[Path], found: Iterable[list[Path]]) -> list[Path]:
    """Files that no table was recognised in."""
    known = {path for paths in found for path in paths}
    return [path for path in there if path not in known]
