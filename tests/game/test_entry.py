"""When others begin to fight: the delays that are drawn, against entries into COW wars."""

import numpy as np
import pytest

from foedus.core.params import load, take
from tests.game.rounds import cast, streams
from tests.game.test_laws import draw
from tests.worlds import world

SHARES, DAYS = (0.1, 0.25, 0.5, 0.75, 0.9), (7, 30, 44, 90)
# Days from the first shot to a state's own first day of fighting, of states that enter later
# (war calibration 6): quantiles, shares within so many days; states and wars.
RECORD = {
    "all": ((4, 14, 167, 311, 828), (0.18, 0.31, 0.35, 0.40), (98, 26)),
    "without the world wars": ((5, 15, 114, 167, 301), (0.15, 0.31, 0.37, 0.45), (62, 24)),
    "1946-2003": ((6, 59, 167, 181, 336), (0.11, 0.18, 0.25, 0.34), (44, 12)),
}
KARABAKH, WORLD_WARS = 216, (106, 139)


def statistics(days):
    return [*np.quantile(days, SHARES), *((days <= day).mean() for day in DAYS)]


def drawn(states):
    """Statistics of records of so many entries, one for each draw of the default parameters."""
    params, place = cast(take(load().params, np.arange(1000))), cast(world())
    seeds = range(-(-states // 6))
    delays = [draw(streams(np.arange(1000), seed), params, place).delay for seed in seeds]
    return np.array([statistics(d) for d in np.concatenate(delays)[:states].T])


@pytest.mark.xfail(
    strict=True,
    reason=(
        "known miss: the fit is to coded joiners, day 0 counted and wars that ended before them in "
        "mind, and its slowest tenth comes after 448 days and more; among recorded entrants 301"
    ),
)
def test_entry_delays_follow_the_records():
    """Predictive 90 per cent band of 62 entries holds the record without the world wars.

    Those two carry 36 of its 98 entries, most of them after nine months or more. With them, and
    after 1946, where one war, of the Gulf, has twelve of 44 at 167 d, the median is 167 d, within
    the band of 23 to 351; it is the slowest that come too late.
    """
    quantiles, shares, (states, _) = RECORD["without the world wars"]
    low, high = np.quantile(drawn(states), [0.05, 0.95], axis=0)
    rounding = np.array([0.5] * len(quantiles) + [0.005] * len(shares))
    recorded = np.array([*quantiles, *shares])
    assert (low - rounding <= recorded).all(), low
    assert (recorded <= high + rounding).all(), high


def test_the_record_of_entries_is_quoted_rightly(record):
    late = entries(record)
    groups = {
        "all": late,
        "without the world wars": late[~late.warnum.isin(WORLD_WARS)],
        "1946-2003": late[late.year >= 1946],
    }
    for name, rows in groups.items():
        quantiles, shares, count = RECORD[name]
        found = statistics(rows.days.to_numpy())
        assert (len(rows), rows.warnum.nunique()) == count
        assert found[: len(SHARES)] == pytest.approx(quantiles, abs=0.51)
        assert found[len(SHARES) :] == pytest.approx(shares, abs=0.0051)


def entries(folder):
    """A row for each state that enters a war after its first day; its first entry as listed."""
    import pandas as pd

    people = pd.read_parquet(folder / "cow_war_inter_participants.parquet")
    people = people[people.warnum != KARABAKH]
    entry = pd.to_datetime(people.start_date)
    start = entry.groupby(people.warnum).transform("min")
    rows = people.assign(days=(entry - start).dt.days, year=start.dt.year)
    rows = rows.drop_duplicates(["warnum", "ccode"])
    return rows[rows.days > 0]
