"""Where the historical tables lie: the folder that the user names, or the user's data folder.

The tables are other people's data and no part of this package; see `foedus record list`.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_HELP = "name a folder with --record DIR or FOEDUS_RECORD, or run `foedus record import DIR`"
# What a table may be kept in; publishers ship all but the first.
SUFFIXES = (".parquet", ".csv", ".dta", ".dat")


class RecordError(ValueError):
    """A table or a folder of tables is not what it should be; one line for the user."""


def find(given: Path | None = None) -> Path:
    """Folder with historical tables: `given`, else FOEDUS_RECORD, else the user's data folder.

    Args:
        given: Folder named on the command line, if one was.

    Returns:
        The first of the three that is named; what is named is never passed over for another.

    Raises:
        RecordError: The folder does not exist or holds no table, or none of the three is there.

    Examples:
        >>> find(Path("/nowhere"))
        Traceback (most recent call last):
        foedus.record.folder.RecordError: /nowhere (--record): expected a folder; got none
    """
    if (folder := known(given)) is None:
        raise RecordError(f"no historical tables: {_HELP}")
    return folder


def known(given: Path | None = None) -> Path | None:
    """The same folder, or none where none of the three is there.

    Raises:
        RecordError: The folder that is named does not exist or holds no table.
    """
    if given is not None:
        return _checked(Path(given), "--record")
    if named := os.environ.get("FOEDUS_RECORD"):
        return _checked(Path(named), "FOEDUS_RECORD")
    own = user_folder()
    return own if own.is_dir() and _has_tables(own) else None


def user_folder(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """Where `foedus record import` puts tables, on this kind of computer.

    Examples:
        >>> user_folder({"XDG_DATA_HOME": "/data"}, "linux").as_posix()
        '/data/foedus/record'
    """
    env = os.environ if environ is None else environ
    home = Path(env.get("HOME") or Path.home())
    if env.get("XDG_DATA_HOME"):
        base = Path(env["XDG_DATA_HOME"])
    elif platform == "darwin":
        base = home / "Library" / "Application Support"
    elif platform == "win32":
        base = Path(env.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        base = home / ".local" / "share"
    return base / "foedus" / "record"


def _checked(folder: Path, origin: str) -> Path:
    """The folder, if it is one and holds tables."""
    if not folder.is_dir():
        raise RecordError(f"{folder} ({origin}): expected a folder; got none")
    if not _has_tables(folder):
        raise RecordError(f"{folder} ({origin}): expected historical tables; got none; {_HELP}")
    return folder


def _has_tables(folder: Path) -> bool:
    """Whether any file in the folder could be a table."""
    return any(path.suffix.lower() in SUFFIXES for path in folder.iterdir())
