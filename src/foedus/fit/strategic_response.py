"""Which outcome of a tree each row of a table shows."""

from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from foedus.fit.strategic_formula import column, require
from foedus.game import tree as trees
from foedus.game.tree import Decision


def outcome_of_rows(tree: Decision, response: str, data: pd.DataFrame) -> Int[np.ndarray, " row"]:
    """Which outcome of the tree each row shows; -1 where that is missing.

    Args:
        tree: With the outcomes.
        response: A column with outcomes, by name or by order; or columns of moves joined by `+`,
            0 for the first action and 1 for the second, one a decision or one a level.
        data: One row an observation.

    Raises:
        ValueError: A column that the table lacks, or values that are no outcomes or moves.

    Examples:
        >>> tree = trees.egame12(outcomes=("sq", "yields", "war"))
        >>> data = pd.DataFrame({"attack": [0, 1, 1, 1], "war": [0, 0, 1, None]})
        >>> outcome_of_rows(tree, "attack + war", data)
        array([ 0,  1,  2, -1])
    """
    names = [part.strip() for part in response.split("+")]
    for name in names:
        require({name}, "response", data)
    if len(names) == 1:
        return _of_levels(tree, column(data, names[0]))
    return _of_moves(tree, names, data)


def levels(values: pd.Series) -> list:
    """Values of a response in their order: of its categories, or sorted."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return list(values.cat.categories)
    return sorted(values.dropna().unique())


def _of_levels(tree: Decision, values: pd.Series) -> Int[np.ndarray, " row"]:
    """By name; or by order, if the values are numbers or ordered and as many as the outcomes."""
    known, found = list(trees.outcomes(tree)), levels(values)
    if {str(v) for v in found} <= set(known):
        order = {v: known.index(str(v)) for v in found}
    elif len(found) == len(known) and _has_order(values):
        order = {v: i for i, v in enumerate(found)}
    else:
        raise ValueError(
            f"response {values.name!r}: expected outcomes {', '.join(known)}; "
            f"got {', '.join(str(v) for v in found[:8])}"
        )
    return values.map(order).astype("Float64").fillna(-1).to_numpy().astype(int)


def _has_order(values: pd.Series) -> bool:
    """Whether values can be matched with outcomes by their order alone."""
    return isinstance(values.dtype, pd.CategoricalDtype) or pd.api.types.is_numeric_dtype(values)


def _of_moves(tree: Decision, names: list[str], data: pd.DataFrame) -> Int[np.ndarray, " row"]:
    """By columns of 0 and 1, one a decision or one a level."""
    made = list(trees.decisions(tree))
    depth = 1 + max(len(path) for path, _ in made)
    if len(names) not in (len(made), depth):
        raise ValueError(
            f"response: expected {depth} or {len(made)} columns of moves; got {len(names)}"
        )
    moves = [_moves(column(data, name)) for name in names]
    by_path = {
        path: i if len(names) == len(made) else len(path) for i, (path, _) in enumerate(made)
    }
    known = trees.outcomes(tree)
    found = np.full(len(data), -1)

    def walk(node: Any, path: tuple[str, ...], here: np.ndarray) -> None:
        if isinstance(node, trees.End):
            found[here] = known.index(node.outcome)
            return
        if len(node.actions) > 2:
            raise ValueError(f"response: expected one column with outcomes; {path} has 3 actions")
        for move, (name, child) in enumerate(node.actions.items()):
            walk(child, (*path, name), here & (moves[by_path[path]] == move))

    walk(tree, (), np.ones(len(data), bool))
    return found


def _moves(values: pd.Series) -> Float[np.ndarray, " row"]:
    """Zeros and ones, not a number where missing."""
    found = values.astype("Float64").to_numpy(float, na_value=np.nan)
    wrong = ~np.isnan(found) & (found != 0) & (found != 1)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"response {values.name!r}: expected 0 or 1; got {values.iloc[row]} "
            f"in row {values.index[row]}"
        )
    return found
