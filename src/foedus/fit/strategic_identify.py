"""Whether the data can tell a model's coefficients, before it is fitted and after.

Lewis and Schultz 2003 (*Political Analysis* 11: 345-367): only differences between the payoffs of
a mover matter to its choice, so what enters all payoffs below its decision cancels.
"""

from collections.abc import Sequence

import numpy as np

from foedus.fit.strategic_formula import Equation
from foedus.fit.strategic_model import Design, Model, label
from foedus.game import tree as trees
from foedus.game.tree import Payoff

_TINY = 1e-9


def check(model: Model, design: Design) -> None:
    """Refuse a model of which some coefficients cannot be told.

    Raises:
        ValueError: An outcome that no row shows, columns that are combinations of others, a
            regressor in all payoffs of a mover, a scale that has nothing to be measured by.
    """
    known = trees.outcomes(model.tree)
    for i, outcome in enumerate(known):
        if design.payoffs and not (design.outcome == i).any():
            raise ValueError(
                f"not identified: no row has the outcome {outcome!r}, so its payoffs have no bound"
            )
    if not design.equations:
        raise ValueError("expected a payoff or scale to estimate; got fixed numbers alone")
    for equation in design.equations:
        check_columns(equation)
    for mover in trees.movers(model.tree):
        for _, decision in trees.first_decisions(model.tree, mover):
            _check_shared(mover, decision, design)
    _check_scales(model, design)


def check_columns(equation: Equation) -> None:
    """Refuse columns that are zero, or combinations of those before them.

    Raises:
        ValueError: Naming equation and columns.
    """
    x = equation.design
    size = np.linalg.norm(x, axis=0)
    if (size == 0).any():
        name = equation.terms[int(np.argmin(size))]
        raise ValueError(f"not identified: {equation.label}: column {name!r} is 0 in every row")
    x = x / size
    for j in range(1, x.shape[1]):
        combination, *_ = np.linalg.lstsq(x[:, :j], x[:, j])
        if np.linalg.norm(x[:, j] - x[:, :j] @ combination) < _TINY:
            others = [equation.terms[i] for i in np.flatnonzero(np.abs(combination) > 1e-6)]
            raise ValueError(
                f"not identified: {equation.label}: column {equation.terms[j]!r} is a combination "
                f"of {', '.join(repr(o) for o in others)}"
            )


def _check_shared(mover: str, decision: trees.Decision, design: Design) -> None:
    """Refuse what enters every payoff of a mover below its decision."""
    below: list[Payoff] = [(mover, outcome) for outcome in trees.outcomes(decision)]
    if not all(payoff in design.payoffs for payoff in below):
        return  # a fixed payoff anchors the others
    equations = [design.payoffs[payoff] for payoff in below]
    shared = [t for t in equations[0].terms if all(t in e.terms for e in equations)]
    if not shared:
        shared = _shared_combination([e.design for e in equations], equations[0].terms)
    if shared:
        columns = ", ".join(repr(t) for t in shared)
        raise ValueError(
            f"not identified: {columns} in all payoffs of {mover!r} at one decision "
            f"({', '.join(label(p) for p in below)}); leave it out of one"
        )


def _shared_combination(blocks: list[np.ndarray], terms: Sequence[str]) -> list[str]:
    """Columns of the first block whose combination every other block can make too."""
    sizes = [block / np.linalg.norm(block, axis=0) for block in blocks]
    small = np.asarray(
        np.linalg.qr(np.hstack(sizes), mode="r")
    )  # same relations between columns, few rows
    ends = [int(e) for e in np.cumsum([block.shape[1] for block in blocks])]
    first = small[:, : ends[0]]
    rows = []
    for k in range(1, len(blocks)):
        row = [first, *(np.zeros((len(small), b.shape[1])) for b in blocks[1:])]
        row[k] = -small[:, ends[k - 1] : ends[k]]
        rows.append(np.hstack(row))
    _, size, directions = np.linalg.svd(np.vstack(rows))
    if len(size) == len(directions) and size[-1] > _TINY:
        return []
    weights = directions[-1][: ends[0]]
    return [t for t, w in zip(terms, weights, strict=True) if abs(w) > 1e-6]


def _check_scales(model: Model, design: Design) -> None:
    """Refuse a constant in a scale where all payoffs could be multiplied with it."""
    fixed = {m for (m, _), f in model.payoffs.items() if not isinstance(f, str) and f != 0}
    for mover, equation in design.scales.items():
        own = {mover} if mover else set(trees.movers(model.tree))
        anchored = own & fixed if mover else fixed
        if not anchored and _makes_constant(equation.design):
            raise ValueError(
                f"not identified: {equation.label}: its constant multiplies all payoffs of "
                f"{', '.join(sorted(own))}; leave it out ('- 1') or fix a payoff"
            )


def _makes_constant(x: np.ndarray) -> bool:
    """Whether the columns can make a constant."""
    one = np.ones(len(x)) / np.sqrt(len(x))
    combination, *_ = np.linalg.lstsq(x / np.linalg.norm(x, axis=0), one)
    return bool(np.linalg.norm(one - x / np.linalg.norm(x, axis=0) @ combination) < _TINY)


def flat_direction(
    information: np.ndarray, spread: np.ndarray, names: Sequence[tuple[str, str]]
) -> str:
    """The coefficients along which a likelihood is flattest, in words."""
    scaled = information / np.outer(spread, spread)
    direction = np.linalg.eigh(scaled)[1][:, 0]
    leading = np.flatnonzero(np.abs(direction) > 0.1 * np.abs(direction).max())
    return ", ".join(f"{names[i][0]}: {names[i][1]!r}" for i in map(int, leading))
