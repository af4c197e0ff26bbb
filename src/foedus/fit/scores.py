"""Bulk scores: who would join whom, had any two states of the last two centuries begun to fight.

For each directed dyad that was politically relevant and each third party that was relevant to it,
the chances that the third party joins either side, at two levels of hostility, with intervals. A
year is computed at a time and kept, so that a stopped job goes on.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from foedus import __version__
from foedus.core.kinds import Side
from foedus.fit import scores_files
from foedus.fit.crises import SIZES, crises
from foedus.fit.joining import Setting
from foedus.fit.scores_chances import LEVELS, chances
from foedus.fit.scores_rows import TABLES, Year, history_to, table, third_parties, years
from foedus.record import catalogue, frames, panel
from foedus.record.export import whole
from foedus.record.folder import RecordError

FIRST, LAST = 1816, 2014
"""Years told where none are named."""
DIGITS = 4
"""Significant digits that are kept."""

Progress = Callable[[int, int], None]
"""Told how many pairs are done, of how many."""


class Written(NamedTuple):
    """What a job has written.

    Attributes:
        files: The scores, their codebook and the citation.
        years: First and last.
        rows: Number of rows.
        missing: Rows without chances, for want of a capability or a distance.
        dyads: Number of directed dyad-years that have a row.
        draws: Posterior draws.
        fit: Mark of the fit and of the tables.
        sources: Versions of the tables, by name.
    """

    files: tuple[Path, ...]
    years: tuple[int, int]
    rows: int
    missing: int
    dyads: int
    draws: int
    fit: str
    sources: dict[str, str]


def write(
    record: Path,
    out: Path,
    first: int = FIRST,
    last: int = LAST,
    *,
    thetas: np.ndarray,
    given: Setting,
    replace: bool = False,
    progress: Progress = lambda done, total: None,
) -> Written:
    """Compute the scores of a span of years and write them, with a codebook and a citation.

    Years that are done stay in a folder beside the file until the file is whole; the same job,
    or one with more years, goes on from there.

    Args:
        record: Folder with the tables.
        out: File; its ending (.parquet, .csv, .dta) says which format.
        first: First year, 1816 or later.
        last: Last year, 2016 or earlier, where contiguity ends.
        thetas: Posterior draws, in the order of `joining.THETA` [draw, theta].
        given: What was not fitted.
        replace: Write over files that are there.
        progress: Told how far it has come.

    Raises:
        ValueError: Years without a list of states, or fewer than two draws.
        RecordError: A table cannot be read, or the file cannot be written.
    """
    if len(thetas) < 2:
        raise ValueError(f"expected at least two posterior draws; got {len(thetas)}")
    scores_files.check(out, replace)
    pairs = panel.dyad_years(record, first, last, directed=False, relevant=True)
    mark = _mark(record, thetas, given)
    kept = out.with_name(f"{out.name}.parts")
    _open(kept, mark)
    places = {year: kept / f"{year}.parquet" for year in range(first, last + 1)}
    done = {year for year, place in places.items() if place.exists()}
    counter = _Counter(progress, len(pairs), int(pairs.year.isin(done).sum()))
    for year in years(record, pairs, places.keys() - done):
        found = scores_files.arrays_to_table(_scores(year, thetas, given, counter))
        whole(places[year.year], lambda file, found=found: pq.write_table(found, file))
    return _join(out, list(places.values()), (first, last), len(thetas), mark, pairs)


class _Counter:
    """Pairs done."""

    def __init__(self, progress: Progress, total: int, done: int) -> None:
        self._progress, self._total, self._done = progress, total, done

    def __call__(self, more: int) -> None:
        self._done = min(self._done + more, self._total)
        self._progress(self._done, self._total)


def _join(
    out: Path,
    parts: list[Path],
    span: tuple[int, int],
    draws: int,
    mark: str,
    pairs: pd.DataFrame,
) -> Written:
    """Make the file of its parts, and drop them."""
    rows, missing, dyads = np.sum([_count(part) for part in parts], axis=0).tolist()
    noted = frames.noted(pd.DataFrame(), pairs, TABLES)
    about = scores_files.About(span, rows, draws, mark, noted)
    made = scores_files.join(out, parts, about)
    shutil.rmtree(parts[0].parent)
    return Written(made, span, rows, missing, dyads, draws, mark, noted.attrs["sources"])


def _count(part: Path) -> tuple[int, int, int]:
    """Rows, rows without chances, and dyads of a year."""
    found = pq.read_table(part, columns=["ccode1", "ccode2", "p_target_war"])
    dyads = found.group_by(["ccode1", "ccode2"]).aggregate([])
    return len(found), found["p_target_war"].null_count, len(dyads)


def _open(kept: Path, mark: str) -> None:
    """A folder for years that are done; those of another job are dropped.

    Raises:
        RecordError: A folder of that name that is none of ours.
    """
    note = kept / "job.json"
    if kept.exists() and not note.is_file():
        raise RecordError(f"{kept}: expected no such folder, or scores in the making; got another")
    if kept.exists() and json.loads(note.read_text())["mark"] != mark:
        shutil.rmtree(kept)
    if not kept.exists():
        kept.mkdir()
        note.write_text(json.dumps({"mark": mark, "version": __version__}))


def _mark(record: Path, thetas: np.ndarray, given: Setting) -> str:
    """Hash of all that decides a score: tables, fit, code."""
    digest = hashlib.sha256(__version__.encode())
    there = sorted(record.iterdir())
    for name in TABLES:
        for path in catalogue.match(there, catalogue.describe(name)):
            digest.update(path.read_bytes())
    for array in (thetas, *jax.tree.leaves(given)):
        digest.update(np.ascontiguousarray(array, "<f8").tobytes())
    for part in ("core", "game", "record", "fit"):
        for module in sorted(Path(str(files("foedus") / part)).glob("*.py")):
            digest.update(module.read_bytes())
    return digest.hexdigest()[:16]


def scores(year: Year, thetas: np.ndarray, given: Setting) -> pd.DataFrame:
    """Scores of a year as a frame.

    Args:
        year: From `scores_rows.years`.
        thetas: Posterior draws [draw, theta].
        given: What was not fitted.

    Returns:
        The columns of `scores_files.columns`; in order of the two states and the third.
    """
    return scores_files.arrays_to_table(_scores(year, thetas, given)).to_pandas()


def _scores(
    year: Year,
    thetas: np.ndarray,
    given: Setting,
    counted: Callable[[int], None] = lambda more: None,
) -> dict[str, np.ndarray]:
    """Columns of a year by name; a chance that is not known is NaN."""
    pair, k = third_parties(year)
    rows = table(year, pair, k, 0)
    p, felt = _chances(rows, thetas, given, counted)
    turned_p, turned_felt = p[:, :, ::-1].copy(), felt[:, ::-1].copy()
    apart = uneven(rows)
    if apart.any():
        other = table(year, pair[apart], k[apart], 1)
        turned_p[apart], turned_felt[apart] = _chances(other, thetas, given)
    i, j = year.state[year.pair[pair]].T
    values = {
        "year": np.full(2 * len(k), year.year),
        "ccode1": np.append(i, j),
        "ccode2": np.append(j, i),
        "ccode3": np.tile(year.state[k], 2),
        "history_to": np.full(2 * len(k), history_to(year.year)),
    }
    values |= _named(np.concatenate([p, turned_p]), np.concatenate([felt, turned_felt]))
    order = np.lexsort([values[name] for name in ("ccode3", "ccode2", "ccode1")])
    return {name: column[order] for name, column in values.items()}


def uneven(rows: pd.DataFrame) -> np.ndarray:
    """Rows of pairs whose roles matter: a pledge of offence holds for a challenger alone.

    Examples:
        >>> rows = pd.DataFrame({"dispnum": [1, 1, 2], "offense_a": [True, False, True]})
        >>> rows = rows.assign(defense_a=[False, False, True], offense_b=False, defense_b=False)
        >>> uneven(rows).tolist()
        [True, True, False]
    """
    only = (rows.offense_a & ~rows.defense_a) | (rows.offense_b & ~rows.defense_b)
    return only.groupby(rows.dispnum).transform("any").to_numpy(bool)


def _chances(
    rows: pd.DataFrame,
    thetas: np.ndarray,
    given: Setting,
    counted: Callable[[int], None] = lambda more: None,
) -> tuple[np.ndarray, np.ndarray]:
    """Chances [row, level, side, mean low high] and duties felt [row, side] of a table of calls.

    Raises:
        ValueError: More third parties than the model has room for.
    """
    _fits(rows)
    p = np.full((len(rows), len(LEVELS), len(Side), 3), np.nan)
    felt = np.full((len(rows), len(Side)), np.nan)
    for stack in crises(rows):
        told = chances(thetas, given, stack)
        dispute, state = np.nonzero(stack.row >= 0)
        row = stack.row[dispute, state]
        p[row] = np.moveaxis(told.p, 0, -1)[:, dispute, :, state]
        felt[row] = told.felt[dispute, :, state]
        counted(int((stack.number >= 0).sum()))
    p[unknown(rows)] = np.nan
    return p, felt


def _fits(rows: pd.DataFrame) -> None:
    most, room = rows.groupby("dispnum").size().max(), max(SIZES) - len(Side)
    if most > room:
        raise ValueError(f"expected at most {room} third parties to a pair; got {most}")


def unknown(rows: pd.DataFrame) -> np.ndarray:
    """Rows whose chances cannot be known, for want of a capability, or of any distance.

    Examples:
        >>> rows = pd.DataFrame({"cinc": [0.1, None, 0.1, 0.1]})
        >>> rows = rows.assign(distance_a=[None, 1, None, None], distance_b=[2, 2, None, None])
        >>> rows = rows.assign(contiguous_a=[False, False, True, False], contiguous_b=False)
        >>> unknown(rows).tolist()
        [False, True, False, True]
    """
    near = rows.contiguous_a | rows.contiguous_b
    lost = rows.distance_a.isna() & rows.distance_b.isna() & ~near
    return (rows.cinc.isna() | lost).to_numpy(bool)


def _named(p: np.ndarray, felt: np.ndarray) -> dict[str, np.ndarray]:
    """Chances and duties by the names of their columns."""
    told = {
        f"p_{side}_{level}{end}": rounded(p[:, n_level, n_side, n_end])
        for n_level, level in enumerate(LEVELS)
        for n_side, side in enumerate(scores_files.SIDES)
        for n_end, end in enumerate(("", "_low", "_high"))
    }
    duties = {
        f"duty_{side}": rounded(felt[:, number]) for number, side in enumerate(scores_files.SIDES)
    }
    return told | duties


def rounded(x: np.ndarray) -> np.ndarray:
    """Numbers from 0 to 1 to `DIGITS` significant digits.

    Examples:
        >>> rounded(np.array([0.0123456, 0.0, 1.0])).tolist()
        [0.01235, 0.0, 1.0]
    """
    digits = np.floor(np.log10(np.where(x > 0, x, 1)))
    scale = 10 ** (DIGITS - 1 - digits)
    return np.round(x * scale) / scale
