"""The same claim asked of earlier days: when, what of it changes, and what cannot come undone."""

from dataclasses import fields

import numpy as np
import pytest

from foedus.claims import language as say
from foedus.claims.due import due
from foedus.claims.earlier import POINTS, asked_of, days
from foedus.claims.evaluate import check, evaluate
from foedus.core.kinds import Side
from foedus.scenario.catalogue import shipped
from foedus.scenario.layout import frame
from foedus.scenario.load import load
from foedus.scenario.questions import claim_of
from tests.claims.batches import FRAME, noise, on

BY = on(40)
GROWING = [
    say.Joins(("RUS", "TUR"), Side.TARGET, BY, on(3)),
    say.Backs(("RUS",), Side.CHALLENGER, "aid", BY),
    say.Invokes("CSTO", BY),
    say.Truce(BY),
    say.Ignites(BY, on(5)),
    say.Leaves(("ARM",), "CSTO", BY),
    say.All((say.Truce(BY), say.Mediates(("RUS",), on(20)))),
    say.Any((say.Settles(on(10)), say.Deploys(("RUS",), BY))),
    say.FightingDays(BY),
    say.Deaths(None, BY),
]
"""What has happened stays so."""


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_question_can_be_asked_of_every_day_and_ends_as_itself(name):
    scenario = load(name)
    axes = frame(scenario)
    for question in scenario.questions.values():
        claim = claim_of(question)
        asked = days(claim, scenario.start)
        assert list(asked) == sorted(set(asked))
        assert len(asked) <= POINTS
        for day in asked:
            check(asked_of(claim, day), axes)
        if asked:
            assert asked[-1] == due(claim)
            assert asked_of(claim, asked[-1]) == claim
            assert asked[0] >= scenario.start
        else:
            assert due(claim) is None


@pytest.mark.parametrize("claim", GROWING, ids=lambda claim: type(claim).__name__)
def test_what_has_happened_stays_so(claim):
    for seed in range(3):
        batch = noise(seed)
        found = np.array(
            [evaluate(asked_of(claim, day), batch, FRAME) for day in days(claim, FRAME.start)]
        )
        assert (np.diff(found.astype(float), axis=0) >= 0).all()
        assert (found[-1] == evaluate(claim, batch, FRAME)).all()
        opposite = say.Not(claim) if isinstance(claim, say.Event) else None
        if opposite is not None:
            assert (evaluate(asked_of(opposite, on(30)), batch, FRAME)
                    == ~evaluate(asked_of(claim, on(30)), batch, FRAME)).all()  # fmt: skip


def test_an_earlier_day_reads_nothing_later():
    """Days after the one that is asked of may be anything."""
    for claim in (*GROWING, say.Holds(0.5, BY), say.Fighting(BY), say.Quiet(on(10), 20)):
        for day in days(claim, FRAME.start)[1:-1]:
            batch, other = noise(1), noise(2)
            cut, week = (day - FRAME.start).days + 1, (day - FRAME.start).days // 7 + 1
            for name in batch._fields:
                until = cut if name in ("status", "front") else week
                getattr(other, name)[:until] = getattr(batch, name)[:until]
            asked = asked_of(claim, day)
            assert (evaluate(asked, batch, FRAME) == evaluate(asked, other, FRAME)).all()


def test_every_date_of_the_language_is_known_here():
    dates = {f.name for kind in (*say.EVENTS, *say.QUANTITIES) for f in fields(kind)
             if "date" in str(f.type)}  # fmt: skip
    assert dates == {"by", "on", "start", "since"}
