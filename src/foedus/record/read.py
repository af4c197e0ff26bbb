"""One table of the record, from Parquet or from the file that its publisher ships, checked."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from foedus.record import catalogue, publishers
from foedus.record.catalogue import Source
from foedus.record.checks import check
from foedus.record.folder import RecordError


def read(folder: Path, name: str) -> pd.DataFrame:
    r"""One table, by its name in the catalogue.

    Codes for "unknown" are left as the source has them (`Source.missing` names them, `blanked`
    empties them); what a source leaves empty is NA.

    Args:
        folder: Where the tables lie.
        name: Name of the table, as in `foedus record list`.

    Returns:
        One row per `Source.unit`; columns named as in the source, in lower case; integers that
        may be missing are nullable; dates are `datetime.date`.

    Raises:
        RecordError: The table is not there, is of another version, is cut off, lacks a column or
            holds a code that cannot be; one line names the file, the column and the row
            (counted from 1, heading apart).

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     heading = "stateabb,ccode,styear,stmonth,stday,endyear,endmonth,endday,version"
        ...     _ = (Path(folder) / "majors2016.csv").write_text(
        ...         heading + "\nUSA,2,1898,8,13,2016,12,31,2016\n"
        ...     )
        ...     print(read(Path(folder), "cow_majors")[["ccode", "styear"]])
           ccode  styear
        0      2    1898
    """
    source = catalogue.describe(name)
    folder = Path(folder)
    if not folder.is_dir():
        raise RecordError(f"{folder}: expected a folder; got none")
    paths = catalogue.match(sorted(folder.iterdir()), source)
    if not paths:
        shipped = source.files.get("patterns", [])[:1]
        expected = " or ".join([f"{name}.parquet", *shipped])
        raise RecordError(f"{folder}: expected {expected}; got no such file; see {source.url}")
    return read_file(paths, source)


def read_file(paths: list[Path], source: Source) -> pd.DataFrame:
    """One table from the file, or the files, that `catalogue.match` found; as `read`."""
    if paths[0].suffix.lower() == ".parquet":
        frame = _parquet(paths[0])
    else:
        frame = publishers.load(paths, source)
    check(frame, source, paths[0])
    return frame


def blanked(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table in which the codes for "unknown" of the catalogue are empty.

    Examples:
        >>> table = pd.DataFrame({"dispnum": [7], "fatality": pd.array([-9], dtype="Int32")})
        >>> blanked(table, "cow_mida").fatality.isna().all()
        np.True_
    """
    empty = {
        column: frame[column].mask(frame[column].isin(codes).fillna(False))
        for column, codes in catalogue.describe(name).blank.items()
        if column in frame
    }
    return frame.assign(**empty)


def _parquet(path: Path) -> pd.DataFrame:
    """A Parquet file, or one line on why it cannot be read."""
    try:
        return pd.read_parquet(path)
    except (pa.ArrowException, OSError) as fault:
        why = str(fault).splitlines()[0]
        raise RecordError(
            f"{path}: expected a whole Parquet file; got a damaged one: {why}"
        ) from None
