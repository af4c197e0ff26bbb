r"""Who lines up with whom: landscape theory of aggregation, as a yardstick for sides.

Each pair of states has a propensity $p_{ij}$ to work together, above or below zero, and each state
a size $s_i$. A division of all states into two camps has the energy

$$ E(X) = \sum_{i<j} s_i s_j\, p_{ij}\, d_{ij}(X) , $$

$d_{ij}$ being 1 where i and j stand in different camps: friends apart cost, enemies apart gain.
States change camp one at a time while that lowers the energy; where no single change does, the
division is stable. Nothing here is estimated: propensities are sums of signs, all of one weight.

For a dispute the originators stand where they stand, and the others fall in. How often a state
ends on a side, over many beginnings and over propensities whose parts are drawn anew, is its
lean. The theory says nothing on whether anybody acts: `references` puts one slope on it.

Reference:
    Axelrod and Bennett (1993), *British Journal of Political Science* 23(2), 211-233.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from foedus.record.opportunities import disputes
from foedus.record.read import read

PARTS = ("pact", "beside", "against", "rival", "border", "regime")
"""What a propensity is the sum of; see `Ties`."""
HISTORY = 10
"""Years for which past disputes count."""
_LAND = 1  # code of contiguity by land


class Minimum(NamedTuple):
    """A stable division into two camps.

    Attributes:
        camp: 1 or -1 for each state, [state].
        energy: Of the division.
        basin: Share of the beginnings that end in it.
    """

    camp: np.ndarray
    energy: float
    basin: float


class Ties(NamedTuple):
    """What is known of each pair of states at the end of each year.

    `pact`: a promise of defence or offence (+1); `beside`, `against`: stood on one side (+1) or
    on opposite sides (-1) of a militarised dispute of the last ten years; `rival`: strategic
    rivals (-1); `border`: a land border without a pact (-1), for want of a list of unsettled
    borders; `regime`: from +1 for equal to -1 for opposite electoral democracy. What is not
    known adds nothing.

    Attributes:
        state: COW codes, ascending, [state].
        first: First year.
        signs: All parts but the regime, [year, part, state, state].
        democracy: Electoral democracy, 0 to 1, NaN where not known, [year, state].
        size: Composite index of capabilities, 0 where not known, [year, state].
    """

    state: np.ndarray
    first: int
    signs: np.ndarray
    democracy: np.ndarray
    size: np.ndarray

    def at(self, year: int, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sizes [state] and parts of the propensities [part, state, state] as the year begins.

        Raises:
            ValueError: A year outside these tables, or a state that they do not list.
        """
        when = year - 1 - self.first
        if not 0 <= when < len(self.size):
            known = f"{self.first + 1} to {self.first + len(self.size)}"
            raise ValueError(f"expected a year from {known}; got {year}")
        if len(unknown := np.setdiff1d(states, self.state)):
            raise ValueError(f"expected COW codes of states; got {unknown.tolist()}")
        who = np.searchsorted(self.state, states)
        signs = self.signs[when][:, who[:, None], who].astype(float)
        democracy = self.democracy[when, who]
        regime = 1 - 2 * np.abs(democracy[:, None] - democracy)
        parts = np.concatenate([signs, np.nan_to_num(regime)[None]])
        return self.size[when, who], parts


def pulls(size: np.ndarray, propensity: np.ndarray) -> np.ndarray:
    r"""What each pair weighs, $s_i s_j p_{ij}$, [..., state, state]; nothing with itself.

    Raises:
        ValueError: A propensity that differs by direction.
    """
    if not np.allclose(propensity, np.swapaxes(propensity, -1, -2)):
        raise ValueError("expected propensities p[i, j] = p[j, i]; got some that differ")
    return propensity * size[:, None] * size * (1 - np.eye(len(size)))


def energy(camp: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """Energy of divisions [..., state] under pulls [..., state, state].

    Examples:
        >>> friends_apart = energy(np.array([1, -1]), np.array([[0, 2], [2, 0]]))
        >>> float(friends_apart)
        2.0
    """
    apart = (1 - camp[..., :, None] * camp[..., None, :]) / 2
    return (pull * apart).sum((-1, -2)) / 2


def descend(camp: np.ndarray, pull: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """Stable divisions that beginnings run into, by the steepest single change each time.

    Args:
        camp: Beginnings, 1 or -1, [beginning, state].
        pull: Of one for all, or of each beginning, [(beginning,) state, state].
        fixed: States that stay where they are, [state].

    Returns:
        One stable division for each beginning, [beginning, state].
    """
    camp = camp.astype(float)
    pull = np.broadcast_to(pull, (*camp.shape, camp.shape[1]))
    field = np.einsum("bij,bj->bi", pull, camp)
    least = 1e-12 * np.abs(pull).sum(-1).max(-1)  # a change must gain more than rounding
    while True:
        change = np.where(fixed, np.inf, camp * field)
        who = change.argmin(1)
        moves = np.flatnonzero(change[np.arange(len(camp)), who] < -least)
        if not len(moves):
            return camp.astype(int)
        mover = who[moves]
        camp[moves, mover] *= -1
        field[moves] += 2 * camp[moves, mover, None] * pull[moves, :, mover]


def minima(pull: np.ndarray, fixed: np.ndarray, seed: int, starts: int = 200) -> list[Minimum]:
    """Stable divisions found from random beginnings, lowest energy first.

    A division and its mirror image are one: the first state stands in camp 1.

    Args:
        pull: From `pulls`, [state, state].
        fixed: 1 or -1 for states that stay there, 0 for the others, [state].
        seed: Of the beginnings.
        starts: How many.

    Examples:
        >>> enemies = -np.ones((3, 3))  # all of each other: the largest against the rest
        >>> found = minima(pulls(np.array([3.0, 2, 1]), enemies), np.zeros(3, int), seed=1)
        >>> [(m.camp.tolist(), m.energy) for m in found]
        [([1, -1, -1], -9.0)]
    """
    begin = _beginnings(fixed, starts, seed)
    ends = descend(begin, pull, fixed != 0)
    ends *= ends[:, :1] if not fixed.any() else 1
    camps, n = np.unique(ends, axis=0, return_counts=True)
    found = [Minimum(c, float(energy(c, pull)), k / starts) for c, k in zip(camps, n, strict=True)]
    return sorted(found, key=lambda minimum: minimum.energy)


def _beginnings(fixed: np.ndarray, starts: int, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).choice([-1, 1], (starts, len(fixed)))
    return np.where(fixed == 0, drawn, fixed)


def lean(
    size: np.ndarray,
    parts: np.ndarray,
    fixed: np.ndarray,
    seed: int,
    resamples: int = 10,
    starts: int = 10,
) -> np.ndarray:
    """How often each state ends in camp 1, [state], pulled towards one half as by two more.

    Each resample draws the parts of the propensities anew, with replacement, so a lean that
    hangs on one part is a weak one.

    Args:
        size: Of each state, [state].
        parts: Of the propensities, [part, state, state], with their signs.
        fixed: 1 or -1 for those who stand there, 0 for the others, [state].
        seed: Of resamples and beginnings.
        resamples: Of the propensities.
        starts: Beginnings for each.
    """
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(parts), np.full(len(parts), 1 / len(parts)), resamples)
    pull = pulls(size, np.tensordot(times, parts, 1))
    begin = _beginnings(fixed, resamples * starts, seed)
    ends = descend(begin, np.repeat(pull, starts, axis=0), fixed != 0)
    return ((ends == 1).sum(0) + 1) / (len(ends) + 2)


def leans(folder: Path, calls: pd.DataFrame, seed: int) -> np.ndarray:
    """How often each third party of the calls table lines up with side A, [row].

    All third parties of a dispute fall in together, so whom one joins depends on the others.

    Args:
        folder: Of the record.
        calls: From `record.calls.table`: dispnum, ccode, year.
        seed: The result of a dispute depends on it and on the dispute's number alone.
    """
    known, found = ties(folder, last=int(calls.year.max())), np.empty(len(calls))
    began = disputes(folder).originator
    of_dispute = began.groupby("dispnum").indices
    for number, place in calls.groupby("dispnum").indices.items():
        started, third = of_dispute[number], calls.ccode.to_numpy()[place]
        states = np.concatenate([began.ccode.to_numpy()[started], third])
        fixed = np.zeros(len(states), int)
        fixed[: len(started)] = np.where(began.side.to_numpy()[started] == 1, 1, -1)
        size, parts = known.at(int(calls.year.to_numpy()[place[0]]), states)
        one_seed = seed + int(calls.dispnum.to_numpy()[place[0]])
        found[place] = lean(size, parts, fixed, one_seed)[len(started) :]
    return found


def ties(folder: Path, first: int = 1815, last: int = 2010) -> Ties:
    """What the record knows of each pair of states at the end of each year."""
    states = np.unique(read(folder, "cow_states").ccode.to_numpy("int64"))
    grid = _Grid(states, first, last)
    pact = grid.pairs(_pacts(folder))
    beside, against = (grid.pairs(events) for events in _fought(folder))
    border = grid.pairs(_borders(folder)) & ~pact
    plus, minus = np.int8(1), np.int8(-1)
    signs = [pact * plus, beside * plus, against * minus]
    signs += [grid.pairs(_rivals(folder)) * minus, border * minus]
    democracy = grid.values(read(folder, "democracy_cow"), "v2x_polyarchy")
    size = np.nan_to_num(grid.values(read(folder, "cow_nmc"), "cinc"))
    return Ties(states, first, np.stack(signs, axis=1), democracy, size)


class _Grid(NamedTuple):
    """Years by states, to be filled from tables."""

    state: np.ndarray
    first: int
    last: int

    def pairs(self, spells: np.ndarray) -> np.ndarray:
        """Whether a pair is in a spell [spell, (i, j, first, last year)], [year, state, state]."""
        flags = np.zeros((self.last - self.first + 1, len(self.state), len(self.state)), bool)
        spells = spells[np.isin(spells[:, :2], self.state).all(1)]
        who = np.searchsorted(self.state, spells[:, :2])
        begin = (spells[:, 2] - self.first).clip(0)
        end = (spells[:, 3] - self.first + 1).clip(0, len(flags))
        for (i, j), b, e in zip(who, begin, end, strict=True):
            flags[b:e, i, j] = flags[b:e, j, i] = True
        return flags

    def values(self, table: pd.DataFrame, name: str) -> np.ndarray:
        """A number of each state and year, [year, state]."""
        found = np.full((self.last - self.first + 1, len(self.state)), np.nan)
        state, year = table.ccode.to_numpy("int64"), table.year.to_numpy("int64") - self.first
        inside = np.isin(state, self.state) & (year >= 0) & (year < len(found))
        who = np.searchsorted(self.state, state[inside])
        found[year[inside], who] = table[name].to_numpy(float, na_value=np.nan)[inside]
        return found


def _spells(*columns: pd.Series | np.ndarray) -> np.ndarray:
    return np.column_stack([np.asarray(column, "int64") for column in columns])


def _pacts(folder: Path) -> np.ndarray:
    listed = read(folder, "atop_alliance").query("atop_defense == 1 or atop_offense == 1")
    return _spells(listed.ccode1, listed.ccode2, listed.year, listed.year)


def _fought(folder: Path) -> list[np.ndarray]:
    """Pairs on one side, and on opposite sides, of a dispute; from when both had acted."""
    found = disputes(folder)
    took = pd.concat([found.originator, found.joiner])[["dispnum", "ccode", "side", "month"]]
    both = took.merge(took, on="dispnum", suffixes=("", "_o")).query("ccode < ccode_o")
    year = both[["month", "month_o"]].to_numpy().max(1) // 12
    spells = _spells(both.ccode, both.ccode_o, year, year + HISTORY - 1)
    same = both.side.to_numpy() == both.side_o.to_numpy()
    return [spells[same], spells[~same]]


def _rivals(folder: Path) -> np.ndarray:
    listed = read(folder, "tss_rivalries")
    return _spells(listed.ccode1, listed.ccode2, listed.start, listed.end)


def _borders(folder: Path) -> np.ndarray:
    listed = read(folder, "cow_contdir").query("conttype == @_LAND")
    years = ([day.year for day in listed[name]] for name in ("stdate", "enddate"))
    return _spells(listed.ccode1, listed.ccode2, *(np.array(year) for year in years))
