"""Tables of numbers as Stata 14 files (format 118), a part at a time.

pandas writes a Stata file from a table that is whole in memory; ours are larger than that. The
layout is that of StataCorp's "File formats .dta" (release 118); strings are not written.
"""

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

_MISSING = {"<i2": 32_741, "<f4": np.float32(2.0**127)}
_TYPE = {"<i2": 65_529, "<f4": 65_527}
_FORMAT = {"<i2": "%8.0g", "<f4": "%9.0g"}
_LARGEST = 32_740


class Variable(NamedTuple):
    """A column: its name, at most 32 letters, what it is, and "<i2" or "<f4"."""

    name: str
    label: str
    kind: str


def write(
    path: Path,
    variables: Sequence[Variable],
    rows: int,
    parts: Iterable[dict[str, np.ndarray]],
    label: str,
) -> None:
    """Write a file.

    Args:
        path: File.
        variables: Its columns.
        rows: Number of rows of all parts together.
        parts: Columns by name; NaN and masked are missing.
        label: What the file is, at most 80 letters.

    Raises:
        ValueError: The parts have another number of rows, or a number is too large for its kind.

    Examples:
        >>> import tempfile, pandas as pd
        >>> columns = [Variable("year", "year", "<i2"), Variable("p", "probability", "<f4")]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "small.dta"
        ...     part = {"year": np.array([1914]), "p": np.array([0.5])}
        ...     write(file, columns, 2, [part, part | {"p": np.array([np.nan])}], "An example")
        ...     print(pd.read_stata(file).p.tolist())
        [0.5, nan]
    """
    with path.open("wb") as file:
        starts = _head(file, variables, rows, label)
        starts.append(file.tell())
        file.write(b"<data>")
        written = 0
        for part in parts:
            block = _block(variables, part)
            written += len(block)
            file.write(block.tobytes())
        file.write(b"</data>")
        for name in ("strls", "value_labels"):
            starts.append(file.tell())
            file.write(f"<{name}></{name}>".encode())
        starts.append(file.tell())
        file.write(b"</stata_dta>")
        starts.append(file.tell())
        if written != rows:
            raise ValueError(f"{path}: expected {rows} rows; got {written}")
        file.seek(starts[1] + len("<map>"))
        file.write(struct.pack("<14Q", *starts))


def _head(file: BinaryIO, variables: Sequence[Variable], rows: int, label: str) -> list[int]:
    """All before the data; returns where its parts begin."""
    said = label[:80].encode()
    size = len(variables)
    header = b"".join([
        b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder>",
        b"<K>", struct.pack("<H", size), b"</K><N>", struct.pack("<Q", rows), b"</N>",
        b"<label>", struct.pack("<H", len(said)), said, b"</label>",
        b"<timestamp>\0</timestamp></header>",
    ])  # fmt: skip
    sections = {
        "map": bytes(14 * 8),
        "variable_types": struct.pack(f"<{size}H", *(_TYPE[v.kind] for v in variables)),
        "varnames": b"".join(_padded(v.name, 129) for v in variables),
        "sortlist": bytes(2 * (size + 1)),
        "formats": b"".join(_padded(_FORMAT[v.kind], 57) for v in variables),
        "value_label_names": bytes(129 * size),
        "variable_labels": b"".join(_padded(v.label[:80], 321) for v in variables),
        "characteristics": b"",
    }
    starts = [0]
    file.write(header)
    for name, content in sections.items():
        starts.append(file.tell())
        file.write(f"<{name}>".encode() + content + f"</{name}>".encode())
    return starts


def _padded(text: str, size: int) -> bytes:
    return text.encode()[: size - 1].ljust(size, b"\0")


def _block(variables: Sequence[Variable], part: dict[str, np.ndarray]) -> np.ndarray:
    """Rows as Stata has them."""
    size = len(part[variables[0].name])
    block = np.zeros(size, [(v.name, v.kind) for v in variables])
    for name, _, kind in variables:
        values = np.ma.masked_invalid(part[name])
        if kind == "<i2" and size and np.abs(values).max() > _LARGEST:
            raise ValueError(f"column {name}: expected numbers up to {_LARGEST}; got larger ones")
        block[name] = values.filled(_MISSING[kind])
    return block
