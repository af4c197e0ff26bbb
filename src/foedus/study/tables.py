"""A finished run as tables: each run, and what the runs do in time."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np

from foedus.core import states
from foedus.core.clock import DAYS
from foedus.core.kinds import Action, Side, Status
from foedus.core.runs import draw_of
from foedus.scenario.arrays import frame
from foedus.scenario.layout import slots
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
        "status": _long(past.status, "share", date=days, status=at, dispute=disputes),
        "front": _long(past.front, "share", quantile=QUANTILES, date=weeks, dispute=disputes),
        "deaths": _long(
            past.deaths, "deaths", quantile=QUANTILES, date=weeks, side=sides, dispute=disputes
        ),
        "acts": _long(
            past.acts, "share", date=weeks, action=does, state=axes.states, dispute=disputes
        ),
        "bound": _long(past.bound, "share", date=weeks, treaty=axes.treaties, state=axes.states),
        "months": _long(
            past.killed, "deaths", run=range(len(past.killed)), month=months(axes),
            dispute=disputes,
        ),
    }  # fmt: skip


def views(study: Study) -> Table:
    """Deaths by country, month and run, in the form of the VIEWS prediction challenge.

    `month_id` counts from January 1980, `draw` is a run, `outcome` the deaths of disputes over
    land that most states see in that country, civilians among them. `gwcode` stands in place of
    `country_id`, which is VIEWS's own number.

    Raises:
        ValueError: No dispute is over land of a state with a Gleditsch-Ward number.
    """
    axes, by = frame(study.scenario), {}
    for slot, dispute in enumerate(slots(study.scenario)):
        code = study.scenario.territories[dispute.territory].recognised
        number = states.find(code, study.scenario.start).gw
        if number is not None:
            by[number] = by.get(number, 0) + study.course.killed[:, :, slot]
    if not by:
        raise ValueError("expected a dispute over land of a state with a Gleditsch-Ward number")
    numbers = [_month_id(month) for month in months(axes)]
    whole = np.stack([by[number] for number in sorted(by)], axis=-1)
    found = _long(
        np.round(whole).astype(int), "outcome", draw=range(len(whole)), month_id=numbers,
        gwcode=sorted(by),
    )  # fmt: skip
    return {name: found[name] for name in ("month_id", "gwcode", "draw", "outcome")}


def _month_id(month: date) -> int:
    """VIEWS's number of a month.

    Examples:
        >>> _month_id(date(1980, 1, 1)), _month_id(date(2020, 9, 1))
        (1, 489)
    """
    return 12 * (month.year - 1980) + month.month


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


def _long(array: np.ndarray, value: str, **axes: Any) -> Table:
    """An array as a long table, its labels beside each entry.

    Examples:
        >>> _long(np.array([[1, 2]]), "n", a=["x"], b=["y", "z"])["b"].tolist()
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
