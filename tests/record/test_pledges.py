"""Which treaty makes a pledge."""

import pandas as pd

from foedus.record import calls, pledges


def members(treaty, states, first, last, defence=1):
    return pd.DataFrame({
        "atopid": treaty, "member": states, "yrent": first, "moent": 1, "dayent": 1,
        "yrexit": last, "moexit": 12, "dayexit": 31, "defense": defence, "offense": 0,
        "neutral": 0, "nonagg": 0, "consul": 0,
    })  # fmt: skip


def test_the_largest_multilateral_treaty_makes_the_pledge():
    table = pd.concat([
        members(1, range(2, 5), 1950, 1952),
        members(2, range(2, 6), 1951, 1952),
        members(3, [2, 3], 1950, 1952),
        members(4, range(2, 9), 1950, 1952, defence=0),
    ])  # fmt: skip
    found = pledges.multilateral(table, least=3).set_index(["ccode1", "ccode2", "year"]).atopid
    assert found[2, 3, 1950] == 1
    assert found[2, 3, 1951] == 2
    assert found[5, 2, 1952] == 2
    assert (5, 2, 1950) not in found.index
    assert found.index.is_unique
    less = pledges.multilateral(table, least=3, without=[2])
    assert set(less.atopid) == {1}


def test_the_record_s_treaties_bind_only_who_pledged_defence(record):
    table = calls.table(record, 1960, 1975, without=pledges.READ_APART, wide=False)
    owed = calls.treaties(record, table, pledges.READ_APART)
    assert owed.index.equals(table.index)
    for side in calls.SIDES:
        bound = owed[f"treaty_{side}"] > 0
        assert bound.any()
        assert table[f"defense_{side}"][bound].all()
        assert 4400 not in set(owed[f"treaty_{side}"])
