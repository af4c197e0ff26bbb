"""What was reported: history agrees with itself, contradictions and other days are refused."""

from datetime import date, timedelta

import jax
import numpy as np
import pytest

from foedus.core.kinds import Action, Status
from foedus.scenario.history import history
from foedus.scenario.load import load
from foedus.scenario.reports import agreement, ahead, reports

KARABAKH = load("karabakh-2020")
ON = date(2020, 10, 28)
UNTIL = KARABAKH.model_copy(update={"events": tuple(e for e in KARABAKH.events if e.date <= ON)})


@pytest.fixture(scope="module")
def known():
    return reports(KARABAKH, ON)


@pytest.fixture(scope="module")
def past():
    """History up to that day three times over, as runs."""
    record = history(UNTIL)
    assert record is not None
    return jax.tree.map(lambda a: np.repeat(a, 3, axis=-1), record)


def altered(past, name, place, value):
    array = getattr(past, name).copy()
    array[place] = value
    return past._replace(**{name: array})


def weights(known, week, past):
    return np.sum(list(agreement(known, week, past).values()), axis=0)


def test_history_agrees_with_its_own_reports(known, past):
    assert known.weeks == 5
    for week in range(known.weeks):
        log = weights(known, week, past)
        assert np.isfinite(log).all()
        assert (log == log[0]).all()


def test_nothing_of_a_later_day_is_known(known):
    again = reports(UNTIL, ON)
    assert (again.counts, again.land) == (known.counts, known.land)
    assert all((a == b).all() for a, b in zip(again.record[1:], known.record[1:], strict=True))


def test_who_fights_differently_is_out(known, past):
    axes = known.axes
    row = (2, axes.state("RUS"), axes.dispute("karabakh"), 1)
    log = weights(known, 2, altered(past, "action", row, Action.JOIN_TARGET))
    assert np.isneginf(log).tolist() == [False, True, False]


@pytest.mark.parametrize("place", [(6, 0), (27, 2)])
def test_another_status_at_the_end_of_a_week_is_out(known, past, place):
    day, slot = place
    other = altered(past, "status", (day, slot, 0), Status.WON)
    assert np.isneginf(weights(known, day // 7, other)).tolist() == [True, False, False]


def test_deaths_far_from_the_count_weigh_less(known, past):
    slot = known.axes.dispute("karabakh")
    more = altered(past, "deaths", (slice(None), slice(None), slot, 2), 1e6)
    log = agreement(known, 0, more)["deaths"]
    assert log[0] == log[1] > log[2] > -np.inf


def test_a_deployment_that_was_reported_must_have_been_made(known, past):
    axes = known.axes
    row = (slice(0, 5), axes.state("TUR"), axes.dispute("karabakh"), 0)
    idle = altered(past, "action", row, Action.ABSTAIN)
    assert np.isneginf(agreement(known, 2, idle)["deployments"]).tolist() == [True, False, False]
    assert ahead(known, 1, idle)[0] < ahead(known, 2, past)[0] == 0
    assert (ahead(known, -1, past) == 0).all()


@pytest.mark.parametrize("day", [KARABAKH.start - timedelta(1), KARABAKH.end + timedelta(1)])
def test_a_day_outside_the_scenario_is_refused(day):
    with pytest.raises(ValueError, match=r"--as-of .*expected a day from 2020-09-27 to 2025-12-31"):
        reports(KARABAKH, day)


def test_contradictory_reports_are_refused():
    deaths = [event for event in UNTIL.events if event.kind == "deaths"]
    fewer = deaths[-1].model_copy(update={"total": deaths[0].total})
    events = tuple(event for event in UNTIL.events if event is not deaths[-1])
    with pytest.raises(ValueError, match="contradictory reports: 602 deaths of the target"):
        reports(KARABAKH.model_copy(update={"events": (*events, fewer)}), ON)
