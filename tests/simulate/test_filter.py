"""The particle filter: no report changes nothing, what is reported holds, the rest follows."""

import numpy as np
import pytest

from foedus.core.kinds import Status
from foedus.core.runs import draw_of
from foedus.core.situation import Trajectories
from foedus.simulate.filter import Contradiction, continued, engine, follow
from tests.simulate.small import QUICK, SEED, differing, joined, params, place

RUNS, KNOWN, WEEKS = 1000, 2, 3  # one more week is left: all are lived by one program


@pytest.fixture(scope="module")
def source():
    """Compiled in half the time: these laws no compiler may break."""
    with pytest.MonkeyPatch.context() as patch:
        quick = lambda name, shapes, lower: lower().compile(QUICK)  # noqa: E731
        patch.setattr("foedus.simulate.filter.compiled", quick)
        yield engine(SEED, params, place, RUNS)


@pytest.fixture(scope="module")
def first(whole):
    """The first weeks of the plain ensemble."""
    past = whole.trajectories
    days = {name: getattr(past, name)[: 7 * WEEKS] for name in ("status", "front")}
    weeks = {name: a[:WEEKS] for name, a in past._asdict().items()}
    return Trajectories(**{**weeks, **days})


def whole_of(source, known):
    return joined([make() for make in continued(source, known, 7 * WEEKS)])


def nothing(week, past):
    return np.zeros(past.status.shape[-1])


def fighting(past, week):
    """Fighting at the first place at the end of a week [run]."""
    return past.status[7 * week + 6, 0] == Status.FIGHTING


def only_fighting(week, past):
    return np.where(fighting(past, week), 0.0, -np.inf)


@pytest.fixture(scope="module")
def chosen(source):
    """Runs in which there was fighting at the end of each of the first weeks."""
    known = follow(source, only_fighting, KNOWN)
    return known, whole_of(source, known)


def test_reports_of_nothing_change_nothing(source, first):
    """Choices are the same; numbers to what another level of optimisation leaves of them."""
    known = follow(source, nothing, KNOWN)
    batch = whole_of(source, known)
    numbers = {"front", "deaths", "civilians", "residual"}
    assert set(differing(batch.trajectories, first)) <= numbers
    assert np.allclose(batch.trajectories.front, first.front, atol=1e-4)
    for name in ("deaths", "civilians"):
        own, plain = (getattr(t, name) for t in (batch.trajectories, first))
        assert np.allclose(own, plain, rtol=1e-3, atol=0.1)
    assert np.array_equal(batch.draw, draw_of(np.arange(RUNS)))
    assert (known.log_evidence, known.effective, known.ancestors) == (0, RUNS, 1024)


def test_what_was_reported_holds_in_every_run(chosen):
    _, batch = chosen
    assert batch.trajectories.status.shape[-1] == len(batch.run) == RUNS
    for week in range(KNOWN):
        assert fighting(batch.trajectories, week).all()


def test_the_rest_follows_as_in_the_runs_that_happen_to_agree(chosen, first):
    """Against rejection: the same shares, and the evidence is the share that agrees."""
    known, batch = chosen
    past = first
    agree = np.logical_and.reduce([fighting(past, week) for week in range(KNOWN)])
    share = agree.mean()
    error = np.sqrt((1 - share) / share / RUNS)
    assert 0.2 < share < 0.95
    assert abs(known.log_evidence - np.log(share)) < 3 * error
    later = {
        "war at the end": lambda p: p.status[-1, 0] == Status.FIGHTING,
        "a truce": lambda p: (p.status[:, 0] == Status.TRUCE).any(0),
        "a fifth taken": lambda p: p.front[-1, 0] > 0.2,
    }
    for name, event in later.items():
        there, here = event(past)[agree].mean(), event(batch.trajectories).mean()
        noise = np.sqrt(there * (1 - there) * 2 / agree.sum()) * 1.6  # draws have twenty runs
        assert abs(there - here) < 3 * noise + 0.01, name


def test_copies_share_their_past_and_part_afterwards(chosen):
    known, batch = chosen
    origin = known.cloud.origin[:RUNS]
    twins = np.flatnonzero(origin[1:] == origin[:-1])
    assert len(twins) > 50
    record = batch.trajectories
    early = slice(0, 7)
    assert (record.status[early][..., twins] == record.status[early][..., twins + 1]).all()
    apart = (record.front[:, 0, twins] != record.front[:, 0, twins + 1]).any(0)
    assert apart.mean() > 0.5


def test_reports_that_no_run_agrees_with_are_refused(source):
    with pytest.raises(Contradiction) as fault:
        follow(source, lambda week, past: np.full(past.status.shape[-1], -np.inf), 1)
    assert fault.value.week == 0
