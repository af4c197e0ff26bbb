"""Influence as it is told: by day, what becomes of an entity's land, who is next."""

from datetime import date

import numpy as np

from foedus.core.kinds import Action, Status
from foedus.report.influence import text, to_json
from foedus.scenario.layout import dispute_labels, frame
from foedus.scenario.load import load
from foedus.study.influence import (
    YEAR,
    Ending,
    Holding,
    Order,
    _after,
    _ends,
    _hazards,
    ending,
    first_war,
    holders,
    holding,
    places,
)
from foedus.study.pipeline import Options
from tests.claims.batches import blank

CASE = load("karabakh-2020", questions=False)
AXES = frame(CASE)
FIRST = dispute_labels(CASE).index("karabakh")
NEXT = dispute_labels(CASE).index("armenia")


def test_years_end_within_a_month_and_the_start_comes_first():
    found = _ends(CASE)
    assert next(iter(found)) == CASE.start
    assert next(iter(found.values())) == 0
    for day in list(found)[1:]:
        assert 0 <= (date(day.year, 12, 31) - day).days < 28


def test_parts_are_told_in_their_order_and_add_up():
    rng = np.random.default_rng(1)
    parts = rng.random((5, 3, 40)) / 5
    for place in places(("A", "B", "C"), parts):
        assert np.isclose(place.influence, sum(place.parts.values()))
        assert place.low <= place.influence <= place.high
    assert np.isclose(sum(p.leads for p in places(("A", "B", "C"), parts)), 1)


def test_what_becomes_of_a_hold_follows_front_and_settlement():
    cases = {
        (Status.QUIET, 0.0): Holding.HOLDS,
        (Status.REPULSED, 0.0): Holding.HOLDS,
        (Status.QUIET, 0.3): Holding.CONTESTED,
        (Status.FIGHTING, 0.0): Holding.CONTESTED,
        (Status.TRUCE, 0.6): Holding.CONTESTED,
        (Status.SETTLED, 0.2): Holding.SETTLED,
        (Status.SETTLED, 0.8): Holding.ABSORBED,
        (Status.WON, 1.0): Holding.DISPLACED,
    }
    status, front = map(np.array, zip(*cases, strict=True))
    assert list(holding(status, front)) == list(cases.values())
    assert holders(CASE) == {"XNK": FIRST}


def wars(won, answered, later=None):
    """One run: the first war ends on day 20, and fighting may begin in Armenia on a later day."""
    past = blank(1, AXES)
    past.status[:20, FIRST] = Status.FIGHTING
    past.status[20:, FIRST] = Status.WON if won else Status.SETTLED
    if answered:
        past.action[20 // 7, 0, FIRST] = Action.JOIN_TARGET
    if later is not None:
        past.status[later : later + 9, NEXT] = Status.FIGHTING
    return past


def test_the_next_war_is_counted_by_how_the_first_ended():
    assert first_war(CASE) == FIRST
    assert ending(wars(True, False), FIRST, 20, 0) == Ending.UNANSWERED
    assert ending(wars(True, True), FIRST, 20, 0) == Ending.ANSWERED
    assert ending(wars(False, True), FIRST, 20, 0) == Ending.OTHER
    pasts = [
        wars(True, False, later=300),
        wars(True, False, later=20 + YEAR + 1),  # too late
        wars(True, False, later=15),  # burns already
        wars(False, False, later=21),
    ]
    found = {
        (n.dispute, n.after): (n.runs, n.share)
        for n in _hazards(CASE, np.concatenate([_after(CASE, p, AXES.days) for p in pasts], -1))
    }
    assert found["armenia", Ending.UNANSWERED] == (2, 0.5)
    assert found["armenia", Ending.OTHER] == (1, 1.0)
    assert found["armenia", Ending.ANSWERED] == (0, None)
    assert found["kgz-tjk", Ending.UNANSWERED] == (3, 0.0)
    assert not any(name == "karabakh" for name, _ in found)


def test_the_page_is_80_columns_wide_and_json_says_the_same():
    day, run = CASE.start, np.full((5, 2, 3), 0.1)
    found = Order(
        CASE.id,
        Options(3),
        {day: places(("RUS", "TUR"), run)},
        {"XNK": {day: dict.fromkeys(map(str, Holding), 0.2)}},
        _hazards(CASE, _after(CASE, wars(True, False), AXES.days)),
    )
    assert max(map(len, text(found).splitlines())) <= 80
    told = to_json(found)
    assert '"influence": 0.5' in told
    assert str(Ending.UNANSWERED) in told
