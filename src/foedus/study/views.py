"""Deaths by country, month and run, as the VIEWS Prediction Challenge of 2023/24 takes them.

The form is that of github.com/prio-data/prediction_competition_2023, README.md and
test_compliance.py (commit f504ed8): a file a calendar year, `cm/window=Y2020/*.parquet`, with the
columns `month_id`, `country_id`, `draw` and `outcome` and no other; Hegre and coauthors (2024),
"The 2023/24 VIEWS Prediction Challenge", arXiv:2407.11045. The target there is
UCDP's count of all who are killed in state-based conflict, civilians among them.

A submission has every country of the world and every month of its window. A scenario has the land
that is fought over in it, and its own months: the rest is another model's to say.

`views.csv` has VIEWS's `country_id` of each state by its Gleditsch-Ward number, from the matching
table countries.csv of the same repository (commit 81c48e2), for today's borders. Six states have
two numbers there that it does not tell apart (Indonesia, Saudi Arabia, Serbia, South Africa,
Tanzania, Yemen): they are left out rather than guessed.
"""

import csv
from collections import defaultdict
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np

from foedus.core import states
from foedus.scenario.arrays import frame
from foedus.scenario.layout import slots
from foedus.study.course import months
from foedus.study.pipeline import Study
from foedus.study.tables import Table, long

_COLUMNS = ("month_id", "country_id", "draw", "outcome")


def windows(study: Study) -> dict[int, Table]:
    """Deaths of both sides, civilians among them, by calendar year.

    `month_id` counts from January 1980, `country_id` is where most states see the land that is
    fought over, `draw` is the run, counted from 0, and `outcome` a whole number.

    Raises:
        ValueError: The scenario begins before 1980, or VIEWS has no number for a country.
    """
    axes, by = frame(study.scenario), defaultdict(lambda: np.zeros(()))
    if axes.start.year < 1980:
        raise ValueError(f"--to views: expected a start from 1980 on; got {axes.start}")
    for slot, dispute in enumerate(slots(study.scenario)):
        place = country_id(study.scenario.territories[dispute.territory].recognised, axes.start)
        by[place] = by[place] + study.course.killed[:, :, slot]
    deaths = np.round(np.stack([by[place] for place in sorted(by)], axis=-1)).astype(int)
    found, ids = {}, np.array([month_id(month) for month in months(axes)])
    years = np.array([month.year for month in months(axes)])
    for year in np.unique(years).tolist():
        own = years == year
        table = long(
            deaths[:, own], "outcome", draw=range(len(deaths)), month_id=ids[own],
            country_id=sorted(by),
        )  # fmt: skip
        found[year] = {name: table[name] for name in _COLUMNS}
    return found


def month_id(month: date) -> int:
    """VIEWS's number of a month.

    Examples:
        >>> month_id(date(1980, 1, 1)), month_id(date(2020, 9, 1))
        (1, 489)
    """
    return 12 * (month.year - 1980) + month.month


def country_id(code: str, on: date) -> int:
    """VIEWS's number of a country.

    Raises:
        ValueError: It has none, or two.

    Examples:
        >>> country_id("AZE", date(2020, 9, 27)), country_id("DEU", date(2020, 9, 27))
        (126, 184)
    """
    found = states.find(code, on)
    if found.gw not in _numbers():
        raise ValueError(f"--to views: VIEWS has no one number for {found.name}")
    return _numbers()[found.gw]


@cache
def _numbers() -> dict[int | None, int]:
    """`country_id` by Gleditsch-Ward number."""
    text = (files("foedus.study") / "views.csv").read_text("utf-8")
    return {int(row["gwcode"]): int(row["country_id"]) for row in csv.DictReader(text.splitlines())}
