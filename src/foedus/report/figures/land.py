"""Coast lines of the world, without any border: Natural Earth's land at 1:50 million.

    python -m foedus.report.figures.land land-50m.json

makes `land.npz` from that file of the npm package world-atlas 2.0.2 (public domain data). No
border is in it, so that no map of this program draws one.
"""

import json
import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np

_UNIT = 100  # of a degree


class Box(NamedTuple):
    """A part of the world, in degrees."""

    west: float
    south: float
    east: float
    north: float


def coast(box: Box) -> list[np.ndarray]:
    """Rings of land and of inland seas within a box, each [point, (east, north)].

    Examples:
        >>> len(coast(Box(40, 36, 56, 47))) >= 2  # land, and the Caspian Sea in it
        True
    """
    low, high = _extents()
    near = ((low < (box.east, box.north)) & (high > (box.west, box.south))).all(1)
    inside = (_cut(_rings()[i], box) for i in np.flatnonzero(near))
    return [ring for ring in inside if len(ring) > 2]


@cache
def _rings() -> list[np.ndarray]:
    """All rings."""
    content = files("foedus.report.figures").joinpath("land.npz").read_bytes()
    with np.load(BytesIO(content)) as data:
        points, lengths = data["points"] / _UNIT, data["lengths"]
    return np.split(points, np.cumsum(lengths)[:-1])


@cache
def _extents() -> tuple[np.ndarray, np.ndarray]:
    """The least and the most of each ring, [ring, (east, north)]."""
    rings = _rings()
    return np.array([ring.min(0) for ring in rings]), np.array([ring.max(0) for ring in rings])


def _cut(ring: np.ndarray, box: Box) -> np.ndarray:
    """A ring within a box, edge by edge.

    Reference:
        Sutherland and Hodgman (1974), *Communications of the ACM* 17, 32-42.
    """
    for axis, edge, sign in (
        (0, box.west, 1),
        (0, box.east, -1),
        (1, box.south, 1),
        (1, box.north, -1),
    ):
        if len(ring) == 0:
            return ring
        ring = _half(ring, axis, edge, sign)
    return ring


def _half(ring: np.ndarray, axis: int, edge: float, sign: int) -> np.ndarray:
    """What of a ring lies on one side of an edge."""
    before = np.roll(ring, 1, axis=0)
    inside, was = sign * (ring[:, axis] - edge) >= 0, sign * (before[:, axis] - edge) >= 0
    step = ring[:, axis] - before[:, axis]
    share = np.where(inside == was, 0, (edge - before[:, axis]) / np.where(step == 0, 1, step))
    crossing = before + share[:, None] * (ring - before)
    both = np.stack([crossing, ring], axis=1).reshape(-1, 2)
    keep = np.stack([inside != was, inside], axis=1).ravel()
    return both[keep]


def make(source: Path, to: Path) -> None:
    """Write `land.npz` from a file of world-atlas."""
    topology = json.loads(source.read_text("utf-8"))
    scale, shift = (np.array(topology["transform"][name]) for name in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]
    rings = [
        _joined(ring, arcs.__getitem__)
        for shape in topology["objects"]["land"]["geometries"]
        for polygon in shape["arcs"]
        for ring in polygon
    ]
    points = np.round(np.concatenate(rings) * _UNIT).astype(np.int16)
    np.savez_compressed(
        to, points=points, lengths=np.array([len(ring) for ring in rings], np.int32)
    )


def _joined(numbers: Sequence[int], arc: Callable[[int], np.ndarray]) -> np.ndarray:
    """A ring of its arcs; a negative number is an arc told backwards."""
    parts = [arc(n) if n >= 0 else arc(~n)[::-1] for n in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(__file__).with_name("land.npz"))
