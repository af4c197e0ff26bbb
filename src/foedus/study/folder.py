"""The run folder: a manifest, one file a batch, the answers. Nothing in it is ever half-written.

A file is written beside its place and renamed into it, so a run that is killed leaves whole
batches, and the same command with `--resume` goes on from there.
"""

import json
import os
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from foedus.study.course import Course

_PART = ".part-"
_NAMED = ("values", "counts", "earlier", "course")


class FolderError(ValueError):
    """The folder cannot take this run."""


class Kept(NamedTuple):
    """What is kept of a batch.

    Attributes:
        run: Numbers of its runs.
        draw: Parameter draw of each.
        values: Truth or value of each claim in each run, by question.
        counts: Whether a run meets the condition of a question that has one, by question.
        earlier: The same as `values`, asked of earlier days (`claims.earlier`) [day, run].
        course: What they do in time.
        unsolved: Share of rounds whose third-party stage had not converged.
        took: Share of the runs in which a state took an action early on, [action, state, dispute].
        called: What each state that is called did, as a place in `CATEGORIES`, [state, run].
    """

    run: np.ndarray
    draw: np.ndarray
    values: dict[str, np.ndarray]
    counts: dict[str, np.ndarray]
    earlier: dict[str, np.ndarray]
    course: Course
    unsolved: float
    took: np.ndarray
    called: np.ndarray


class Folder:
    """A folder on disk that holds one run."""

    def __init__(self, path: Path, manifest: dict, *, resume: bool) -> None:
        """Open the folder, or make it; one that cannot take the run is left as it is.

        Args:
            path: Where.
            manifest: What identifies the run; batches count only under the same manifest.
            resume: Keep batches that are already there.

        Raises:
            FolderError: The folder cannot be written, or holds something else.
        """
        self.path, self.manifest, self.resume = path, manifest, resume
        try:
            self._check()
            (path / "batches").mkdir(parents=True, exist_ok=True)
            for part in [*path.glob(f"{_PART}*"), *path.glob(f"batches/{_PART}*")]:
                part.unlink(missing_ok=True)  # left by a run that was killed while it wrote
            self.write_text("manifest.json", json.dumps(manifest, indent=2) + "\n")
        except OSError as fault:
            raise FolderError(
                f"{path}: cannot be written ({fault.strerror}); choose another --out"
            ) from None

    def _check(self) -> None:
        """Refuse a place that holds something else than this run."""
        place = self.path / "manifest.json"
        if self.path.exists() and not self.path.is_dir():
            raise FolderError(f"{self.path}: is a file; expected a folder for --out")
        if not place.exists():
            if self.path.is_dir() and any(_is_other(entry) for entry in self.path.iterdir()):
                raise FolderError(f"{self.path}: holds other files; expected an empty folder")
        elif differ := self._differences(_read_json(place)):
            raise FolderError(
                f"{self.path}: holds another run (other {', '.join(differ)}); choose another --out"
            )

    def _differences(self, found: object) -> list[str]:
        """What another manifest says differently."""
        if not isinstance(found, dict):
            return ["manifest"]
        names = sorted(self.manifest.keys() | found.keys())
        return [name for name in names if found.get(name) != self.manifest.get(name)]

    def write_text(self, name: str, text: str) -> None:
        """Write a text file whole."""
        self._replace(self.path / name, text.encode())

    def write(self, number: int, batch: Kept) -> None:
        """Write a batch whole."""
        out = BytesIO()
        arrays: dict[str, Any] = batch._asdict() | {"course": batch.course._asdict()}
        for kind in _NAMED:
            named = arrays.pop(kind)
            arrays |= {f"{kind}:{name}": array for name, array in named.items()}
        np.savez_compressed(out, **arrays)
        self._replace(self._batch(number), out.getvalue())

    def read(self, number: int) -> Kept | None:
        """A batch that is already there, if the run is resumed; None too if it is damaged."""
        try:
            return self._read(number) if self.resume else None
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
            return None

    def _read(self, number: int) -> Kept:
        with np.load(BytesIO(self._batch(number).read_bytes())) as data:
            arrays: dict[str, Any] = {n: data[n] for n in data.files if ":" not in n}
            for kind in _NAMED:
                mine = [n for n in data.files if n.startswith(f"{kind}:")]
                arrays[kind] = {n.split(":", 1)[1]: data[n] for n in mine}
        arrays["unsolved"] = float(arrays["unsolved"])
        try:
            arrays["course"] = Course(**arrays["course"])
            return Kept(**arrays)
        except TypeError as fault:
            raise ValueError(str(fault)) from None

    def _batch(self, number: int) -> Path:
        return self.path / "batches" / f"{number:05d}.npz"

    def _replace(self, place: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=_PART)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
            os.replace(name, place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _is_other(entry: Path) -> bool:
    """Whether something in a folder was not left by a run that was killed at its beginning."""
    return entry.name != "batches" and not entry.name.startswith(_PART)


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
