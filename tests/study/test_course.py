"""What runs do in time: shares, quantiles and lengths agree with the histories they come from."""

from datetime import timedelta

import numpy as np
import pytest

from foedus.claims.runs import view
from foedus.core.kinds import Status
from foedus.scenario.arrays import frame
from foedus.scenario.history import history
from foedus.scenario.load import load
from foedus.study.course import QUANTILES, Course, course, merged, months
from foedus.study.pipeline import Options, batches


@pytest.fixture(scope="module")
def scenario():
    return load("karabakh-2020")


@pytest.fixture(scope="module")
def lived(scenario):
    (make,) = batches(scenario, Options(80))[1]
    return make().trajectories


@pytest.fixture(scope="module")
def whole(scenario, lived):
    return course(view(lived, frame(scenario)))


def part(lived, runs):
    return type(lived)(*(array[..., runs] for array in lived))


def test_shares_are_shares_and_kinds_exclude_each_other(whole):
    assert whole.status.sum(1) == pytest.approx(1, abs=1e-5)
    assert whole.acts.sum(1) == pytest.approx(1, abs=1e-5)
    for shares in (whole.status, whole.acts, whole.bound, whole.intact):
        assert (shares >= 0).all()
        assert (shares <= 1).all()


def test_quantiles_are_in_order_and_nothing_dead_comes_back(whole):
    assert (np.diff(whole.front, axis=0) >= 0).all()
    assert (np.diff(whole.deaths, axis=0) >= 0).all()
    assert (np.diff(whole.deaths, axis=1) >= 0).all()
    assert (whole.killed >= 0).all()


def test_quantiles_are_those_of_numpy(scenario, lived, whole):
    axes = frame(scenario)
    front = np.asarray(lived.front)[: axes.days : 7, : len(axes.disputes)]
    assert whole.front == pytest.approx(np.quantile(front, QUANTILES, axis=-1), abs=1e-5)


def test_a_treaty_never_gets_its_lost_members_back(whole):
    assert (np.diff(whole.intact, axis=0) <= 0).all()


def test_months_add_up_to_all_deaths(scenario, lived, whole):
    axes = frame(scenario)
    ends = (lived.deaths + lived.civilians)[axes.weeks - 1].sum(0)[: len(axes.disputes)]
    assert whole.killed.sum(1) == pytest.approx(ends.T, rel=1e-4, abs=1e-2)
    assert whole.killed.shape[1] == len(months(axes)) == 64


def test_batches_put_together_are_all_runs(scenario, lived, whole):
    axes = frame(scenario)
    parts = [course(view(part(lived, s), axes)) for s in (slice(0, 30), slice(30, 80))]
    found = merged(parts)
    for name in ("status", "acts", "bound", "intact"):
        assert getattr(found, name) == pytest.approx(getattr(whole, name), abs=1e-5)
    for name in ("lasted", "held", "killed"):
        assert np.array_equal(getattr(found, name), getattr(whole, name), equal_nan=True)


def test_history_is_a_run_like_any(scenario):
    axes = frame(scenario)
    past = course(view(history(scenario), axes))
    assert isinstance(past, Course)
    slot = axes.dispute("karabakh")
    assert past.lasted[0, slot] == 44
    assert past.held[0, slot] == 1  # the truce of 10 October broke at once
    day = (axes.start + timedelta(days=20) - axes.start).days
    assert past.status[day, Status.FIGHTING, slot] == 1
    assert np.isnan(past.held[0, axes.dispute("kazakhstan")])
