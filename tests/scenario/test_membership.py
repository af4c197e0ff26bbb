"""Who is bound by what on a day, events after the start included."""

from datetime import date, timedelta

import pytest

from foedus.core.kinds import Membership
from foedus.scenario.layout import members_on
from foedus.scenario.load import parse
from foedus.scenario.membership import as_of, bound_on, standing
from tests.scenario.texts import WIDE, raw, write

CASE = parse(WIDE.encode())


@pytest.mark.parametrize(
    ("treaty", "on", "expected"),
    [
        ("PACT", date(1998, 12, 31), set()),
        ("PACT", date(2005, 1, 1), {"BRA", "COL", "ECU", "URY"}),
        ("PACT", date(2010, 1, 1), {"BRA", "COL", "ECU"}),
        ("PACT", date(2019, 9, 30), {"BRA", "COL", "ECU"}),
        ("PACT", date(2019, 10, 1), {"BRA", "ECU"}),  # suspended
        ("PACT", date(2021, 1, 30), {"BRA", "ECU"}),  # notice runs
        ("PACT", date(2021, 1, 31), {"BRA"}),  # and has run out
        ("SOON", date(2019, 7, 31), set()),
        ("SOON", date(2019, 8, 1), {"PER"}),
        ("SOON", date(2019, 9, 1), {"BRA", "PER"}),
    ],
)
def test_who_is_bound_on_a_day(treaty, on, expected):
    assert bound_on(CASE, treaty, on) == expected
    stands = as_of(CASE, treaty, on)
    assert members_on(CASE, stands, on, everybody=True) == expected
    assert stands.possible is (treaty == "SOON" and not expected)


def test_up_to_the_start_the_spells_tell_it():
    for key, treaty in CASE.treaties.items():
        for days in range(0, 8000, 501):
            day = CASE.start - timedelta(days=days)
            assert bound_on(CASE, key, day) == members_on(CASE, treaty, day, everybody=True)


def test_the_last_event_counts():
    data = raw()
    data["events"] += [
        {"date": "2020-03-01", "kind": "leave", "who": "ECU", "treaty": "PACT"},
        {"date": "2020-06-01", "kind": "accede", "who": "ECU", "treaty": "PACT"},
    ]
    case = write(data)
    stood = [
        standing(case, "PACT", day)["ECU"]
        for day in (date(2020, 2, 1), date(2020, 3, 1), date(2020, 6, 1), date(2021, 6, 1))
    ]
    assert stood == [Membership.LEAVING, Membership.LEFT, Membership.FULL, Membership.FULL]


def test_who_left_still_signed():
    former = {spell.state for spell in as_of(CASE, "PACT", CASE.end).members}
    assert former == {"BRA", "COL", "ECU", "URY"}
