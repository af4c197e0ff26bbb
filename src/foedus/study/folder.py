"""The run folder: a manifest, one file a batch, the answers. Nothing in it is ever half-written.

A file is written beside its place and renamed into it, so a run that is killed leaves whole
batches, and the same command with `--resume` goes on from there.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np


class FolderError(ValueError):
    """The folder cannot take this run."""


class Kept(NamedTuple):
    """What is kept of a batch.

    Attributes:
        run: Numbers of its runs.
        values: Truth or value of each claim in each run, by question.
        fighting: Share of the runs in which there was fighting, by day.
        front: 5, 25, 50, 75 and 95 per cent quantiles of the share of the land, by week.
        unsolved: Share of rounds whose third-party stage had not converged.
    """

    run: np.ndarray
    values: dict[str, np.ndarray]
    fighting: np.ndarray
    front: np.ndarray
    unsolved: float


class Folder:
    """A folder on disk that holds one run."""

    def __init__(self, path: Path, manifest: dict, *, resume: bool) -> None:
        """Open the folder, or make it.

        Args:
            path: Where.
            manifest: What identifies the run; batches count only under the same manifest.
            resume: Keep batches that are already there.

        Raises:
            FolderError: The folder cannot be written, or holds another run.
        """
        self.path, self.manifest, self.resume = path, manifest, resume
        try:
            (path / "batches").mkdir(parents=True, exist_ok=True)
            self._claim()
        except OSError as fault:
            raise FolderError(
                f"{path}: cannot be written ({fault.strerror}); choose --out"
            ) from None

    def _claim(self) -> None:
        place = self.path / "manifest.json"
        if not place.exists():
            if any(p.name != "batches" for p in self.path.iterdir()):
                raise FolderError(f"{self.path}: holds other files; expected an empty folder")
        elif (found := _read_json(place)) != self.manifest:
            differ = [
                k
                for k in self.manifest
                if not isinstance(found, dict) or found.get(k) != self.manifest[k]
            ]
            raise FolderError(
                f"{self.path}: holds another run ({', '.join(differ)} differ); choose another --out"
            )
        self.write_text("manifest.json", json.dumps(self.manifest, indent=2) + "\n")

    def write_text(self, name: str, text: str) -> None:
        """Write a text file whole."""
        self._replace(self.path / name, text.encode())

    def write(self, number: int, batch: Kept) -> None:
        """Write a batch whole."""
        from io import BytesIO

        out = BytesIO()
        values = {f"value:{name}": array for name, array in batch.values.items()}
        rest = {k: v for k, v in batch._asdict().items() if k != "values"}
        np.savez_compressed(out, **rest, **values)
        self._replace(self._batch(number), out.getvalue())

    def read(self, number: int) -> Kept | None:
        """A batch that is already there, if the run is resumed."""
        path = self._batch(number)
        if not (self.resume and path.exists()):
            return None
        with np.load(path) as data:
            values = {n.split(":", 1)[1]: data[n] for n in data.files if n.startswith("value:")}
            return Kept(
                data["run"], values, data["fighting"], data["front"], float(data["unsolved"])
            )

    def _batch(self, number: int) -> Path:
        return self.path / "batches" / f"{number:05d}.npz"

    def _replace(self, place: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
            os.replace(name, place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError:
        return None
