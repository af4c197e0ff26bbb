"""A run told again: the same bits, and each decision explained by what decided it."""

from functools import cache

import numpy as np
import pytest

from foedus.claims.frame import Frame
from foedus.core.kinds import Action, Grade, Side, Status
from foedus.report.dice import to_json, told
from foedus.scenario.arrays import frame
from foedus.scenario.load import load
from foedus.study import pipeline
from foedus.study.dice import dice
from foedus.study.pipeline import Options

KARABAKH = load("karabakh-2020")
OPTIONS = Options(runs=200)
RUNS = (3, 150)


@cache
def tale(run):
    return dice(KARABAKH, OPTIONS, run)


@cache
def ensemble():
    _, (batch,) = pipeline.batches(KARABAKH, OPTIONS)
    return batch().trajectories


@pytest.mark.parametrize("run", RUNS)
def test_it_is_that_run_of_the_ensemble_bit_for_bit(run):
    for name, mine in tale(run).record._asdict().items():
        theirs = getattr(ensemble(), name)[..., run]
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("run", RUNS)
def test_every_change_of_the_record_is_told_on_its_day(run):
    axes: Frame = frame(KARABAKH)
    record, events = tale(run).record, tale(run).events
    said = {(e.on, e.dispute) for e in events}
    for slot, name in enumerate(axes.disputes):
        changed = np.flatnonzero(np.diff(record.status[: axes.days, slot].astype(int))) + 1
        assert {(axes.start + np.timedelta64(int(d), "D").item(), name) for d in changed} <= said
    moved = np.argwhere(np.diff(record.membership.astype(int), axis=0))
    assert sum(e.dispute == "" for e in events) == len(moved)


def test_truces_are_told_by_their_class():
    """As many as the record has; chances that the parties sign and that it fails stand beside."""
    classes, truce = set(), ensemble().status[: frame(KARABAKH).days] == Status.TRUCE
    begun = np.concatenate([truce[:1], truce[1:] & ~truce[:-1]]).sum((0, 1))
    for run in begun.argsort()[-2:]:
        told = [e for e in tale(int(run)).events if e.what.startswith("a truce begins")]
        assert len(told) == begun[run] > 0
        for event in told:
            assert 0 < event.why["chances a day"]["truce is signed"] < 1
        classes |= {event.what.removeprefix("a truce begins: ") for event in told}
    assert classes == {"the parties sign it", "it is announced"}


@pytest.mark.parametrize("run", RUNS)
def test_odds_are_probabilities_and_terms_add_up_to_them(run):
    found = 0
    for event in tale(run).events:
        assert event.odds is None or 0 <= event.odds <= 1
        if logits := event.why.get("logits against staying out"):
            found += 1
            out = sum(logits.values())
            assert np.isfinite(out)
    assert found


@pytest.mark.parametrize("run", RUNS)
def test_each_third_party_does_what_odds_and_draws_decide(run):
    """The told decision is the largest of odds times draw, among what the state can do."""
    from foedus.study.dice import replayed  # the replay behind the tale

    here = replayed(KARABAKH, OPTIONS, run)
    urge, delay = here.own.standing.wills.urge, here.own.standing.wills.delay
    for week, slot in np.argwhere(here.ledger.disputes.decided):
        if here.record.status[7 * week, slot] != Status.FIGHTING:
            continue
        score = here.ledger.disputes.odds.play[week, ..., slot] * urge[..., slot]
        done = here.record.action[week, :, slot]
        for k in np.flatnonzero(here.own.dispute.party[:, slot]):
            if (
                here.ledger.disputes.odds.play[week, :, k, slot].sum() == 0
                or done[k] == score[:, k].argmax()
            ):
                continue
            joins = [Action.of(Grade.COMBAT, side) for side in Side]
            assert score[:, k].argmax() in joins  # not ready yet: the best of the rest
            assert delay[k, slot] > 0


def test_a_run_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="--run 200: expected a run from 0 to 199"):
        dice(KARABAKH, OPTIONS, 200)


def test_it_fits_the_page_and_is_plain_json():
    import json

    lines = [line for event in tale(3).events for line in told(event)]
    assert max(len(part) for line in lines for part in line.splitlines()) <= 80
    json.dumps(to_json(tale(3), KARABAKH.id, OPTIONS), allow_nan=False)
