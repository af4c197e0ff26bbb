"""A finished run as tables: each run, and what the runs do in time."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np

from foedus.core.clock import DAYS
from foedus.core.kinds import Action, Side, Status
from foedus.core.runs import draw_of
from foedus.scenario.arrays import frame
from foedus.study.course import QUANTILES, months
from foedus.study.folder import Kept
from foedus.study.pipeline import Study

Table = dict[str, Any]
"""Columns by name, all of one length."""


def tables(study: Study, kept: list[Kept]) -> dict[str, Table]:
    """All tables of a run.

    Args:
        study: The run.
        kept: Its batches.

    Returns:
        `runs`: one row a run: `run`, `draw`, and each question's truth or value, empty where the
        run does not meet its condition. `answers`: one row a question. `status`, `front`,
        `deaths`, `acts`, `bound`: long tables of `study.course`, by date. `months`: deaths of
        both sides, civilians among them, by run, dispute and calendar month.
    """
    axes = frame(study.scenario)
    days = [axes.start + timedelta(days=d) for d in range(axes.days)]
    weeks = days[::DAYS]
    past, disputes = study.course, np.array(axes.disputes)
    sides, at = [side.name.lower() for side in Side], [kind.name.lower() for kind in Status]
    does = [action.name.lower() for action in Action]
    return {
        "answers": _answers(study),
        "runs": _runs(study, kept),
        "status": long(past.status, "share", date=days, status=at, dispute=disputes),
        "front": long(past.front, "share", quantile=QUANTILES, date=weeks, dispute=disputes),
        "deaths": long(
            past.deaths, "deaths", quantile=QUANTILES, date=weeks, side=sides, dispute=disputes
        ),
        "acts": long(
            past.acts, "share", date=weeks, action=does, state=axes.states, dispute=disputes
        ),
        "bound": long(past.bound, "share", date=weeks, treaty=axes.treaties, state=axes.states),
        "months": long(
            past.killed, "deaths", run=range(len(past.killed)), month=months(axes),
            dispute=disputes,
        ),
    }  # fmt: skip


def _answers(study: Study) -> Table:
    """One row a question."""
    names = ("id", "question", "kind", "unit", "value", "low", "high", "happened")
    table = {name: [getattr(answer, name) for answer in study.answers] for name in names}
    return table | {"happened": [None if x is None else float(x) for x in table["happened"]]}


def _runs(study: Study, kept: list[Kept]) -> Table:
    """One row a run."""
    run = np.concatenate([part.run for part in kept])
    return {"run": run, "draw": draw_of(run), **dict(values(study, kept))}


def values(study: Study, kept: list[Kept]) -> Iterator[tuple[str, np.ndarray]]:
    """Each question's truth or value in each run; NaN where the run does not count."""
    for name in study.scenario.questions:
        values = np.concatenate([part.values[name] for part in kept]).astype(float)
        if name in kept[0].counts:
            values[~np.concatenate([part.counts[name] for part in kept]).astype(bool)] = np.nan
        yield name, values


def long(array: np.ndarray, value: str, **axes: Any) -> Table:
    """An array as a long table, its labels beside each entry.

    Examples:
        >>> long(np.array([[1, 2]]), "n", a=["x"], b=["y", "z"])["b"].tolist()
        ['y', 'z']
    """
    labels = [
        np.array([str(x) if isinstance(x, date) else x for x in axis]) for axis in axes.values()
    ]
    array = array[tuple(slice(len(axis)) for axis in labels)]
    grid = np.meshgrid(*labels, indexing="ij")
    return {name: column.ravel() for name, column in zip(axes, grid, strict=True)} | {
        value: array.ravel()
    }
