"""What is said to keep allies away, on unseen years of the record: scores with it and without.

The model is the logit of the eight numbers (`references`) with the columns that stand for
something that may hold an ally back beside them, learnt on the years before 1900, 1910, ... 2000
and judged on those that follow. It is no causal test: a column may stand for something else, and
what all of the eight numbers say already is worth nothing more.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from foedus.fit.folds import rolling_origin
from foedus.fit.mixed import nine
from foedus.fit.references import logit_of, one_side_rows
from foedus.fit.sides import Rows
from foedus.fit.skill import Scored, evaluate
from foedus.record import calls
from foedus.record.restraints import add_restraints

ALL = ""
"""Name of the model with every column."""
OWN = ("trade_opp", "arms_opp", "war_center", "war_local")


def rows(folder: Path) -> Rows:
    """Allies of one side alone, at onset, with what may have held them back.

    Args:
        folder: Of the record.
    """
    return with_columns(add_restraints(calls.one_sided(calls.table(folder)), folder))


def with_columns(sided: pd.DataFrame) -> Rows:
    """Rows of such a table, its columns of `record.restraints` among the covariates."""
    plain = one_side_rows(sided, war=False)
    x = np.column_stack([plain.x, sided[list(OWN)].to_numpy(float)])
    return plain._replace(x=x, names=(*plain.names, *OWN))


def without_each(
    table: Rows,
    restraints: Mapping[str, Iterable[str]],
    seed: int = 1,
    progress: Callable[[int], None] = lambda models: None,
) -> dict[str, Scored]:
    """Judge the model with all columns, and without those of each restraint.

    Args:
        table: Rows with the eight numbers and these columns.
        restraints: Columns by name.
        seed: Of the models.
        progress: Called with the number of models done; there is one more than restraints.

    Returns:
        Scores on unseen years by the restraint left out; with nothing left out under `ALL`.

    Raises:
        ValueError: A column that the rows lack.
    """
    every = [column for columns in restraints.values() for column in columns]
    folds = rolling_origin(table.year)

    def score(gone: Iterable[str]) -> Scored:
        left = set(gone)
        names = [*nine(table), *(column for column in every if column not in left)]
        return evaluate(logit_of(*names), table, folds, seed)

    found: dict[str, Scored] = {}
    for name, columns in {ALL: (), **restraints}.items():
        found[name] = score(columns)
        progress(len(found))
    return found
