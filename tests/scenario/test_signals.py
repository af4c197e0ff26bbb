"""Signals of a scenario: what steers, what only tells, and whose account it is."""

from datetime import date

import numpy as np
import pytest

from foedus.core.kinds import Side, Signal
from foedus.scenario.arrays import to_arrays
from foedus.scenario.digest import engine_digest
from foedus.scenario.faults import ScenarioError
from foedus.scenario.layout import labels
from foedus.scenario.load import load, parse
from foedus.scenario.signals import accounts, counts, signals_by
from tests.scenario.same import same
from tests.scenario.texts import WIDE, raw, write

CASE = parse(WIDE.encode())
DRAWS = np.arange(3)
START = CASE.start.isoformat()
PLEDGE = {"date": START, "from": "BRA", "to": "ECU", "kind": "pledge"}
TALK = {"date": "2018-01-05", "from": "BRA", "to": "ECU", "kind": "statement", "sent": "no"}
LATER = {"date": "2020-12-30", "from": "CHL", "to": "ECU", "kind": "deployment"}
OTHERWISE = {**TALK, "sent": "yes", "as_stated_by": "somebody"}


def case(*signals):
    data = raw()
    data["signals"] = [dict(signal) for signal in signals]
    return write(data)


def world(*signals):
    return to_arrays(case(*signals), 1, DRAWS)


def test_signals_up_to_the_start_are_counted_by_sender_kind_and_answer():
    rows = labels(CASE)
    found = world(PLEDGE, TALK, TALK, LATER)
    assert found.signals[Signal.PLEDGE, 1, rows.index("BRA")] == 1
    assert found.signals[Signal.STATEMENT, 0, rows.index("BRA")] == 2
    assert found.signals.sum() == 3


def test_a_pledge_stands_in_every_dispute_of_the_side_that_has_it():
    own = world(PLEDGE, TALK)
    slots = sorted(dispute.id for dispute in CASE.disputes)
    for dispute in CASE.disputes:
        here = own.dispute.pledged[..., slots.index(dispute.id)]
        sides = {dispute.target: Side.TARGET, dispute.challenger: Side.CHALLENGER}
        expected = np.zeros_like(here)
        if "ECU" in sides:
            expected[sides["ECU"], labels(CASE).index("BRA")] = 1
        np.testing.assert_array_equal(here, expected)
    assert own.dispute.pledged.any()


@pytest.mark.parametrize("more", [LATER, OTHERWISE])
def test_what_came_later_and_what_others_state_steers_nothing(more):
    assert same(world(PLEDGE, TALK, more), world(PLEDGE, TALK))
    assert engine_digest(case(PLEDGE, TALK, more)) == engine_digest(case(PLEDGE, TALK))
    assert engine_digest(case(PLEDGE)) != engine_digest(CASE)
    assert engine_digest(case(LATER)) == engine_digest(CASE)


def test_their_order_changes_no_bit():
    assert same(world(PLEDGE, TALK, LATER), world(LATER, TALK, PLEDGE))


def test_an_account_replaces_what_is_documented_and_nothing_else():
    told = case(PLEDGE, TALK, OTHERWISE)
    assert accounts(told) == ("somebody",)
    documented, stated = (signals_by(told, told.start, who) for who in ("", "somebody"))
    assert [s.sent for s in documented if s.kind == "statement"] == ["no"]
    assert [s.sent for s in stated if s.kind == "statement"] == ["yes"]
    assert len(documented) == len(stated) == 2
    assert signals_by(told, date(2018, 1, 1)) == []


def test_both_accounts_of_the_exercise_differ_in_three_who_came():
    karabakh = load("karabakh-2020")
    day = date(2020, 10, 12)
    documented, essay = (
        counts(karabakh, signals_by(karabakh, day, who), 16) for who in ("", "essay")
    )
    moved = np.argwhere((documented != essay).any((0, 1)))[:, 0]
    assert [labels(karabakh)[i] for i in moved] == ["KAZ", "KGZ", "TJK"]


def test_a_signal_to_oneself_is_a_fault():
    with pytest.raises(ScenarioError, match="a signal of BRA to itself"):
        case({**PLEDGE, "to": "BRA"})
