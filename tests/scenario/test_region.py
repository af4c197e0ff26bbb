"""Who is the region, and who arms, bases troops with and has brokered for it."""

import numpy as np
import pytest

from foedus.scenario.arrays import to_arrays
from foedus.scenario.digest import engine_digest
from foedus.scenario.layout import labels
from foedus.scenario.load import load
from tests.scenario.same import same
from tests.scenario.texts import raw, write

DRAWS = np.arange(3)


def test_the_flagship_counts_the_truce_of_1994_and_arms_as_means_over_others():
    case = load("karabakh-2020", questions=False)
    world, rows = to_arrays(case, 1, DRAWS), labels(case)
    region = {code for i, code in enumerate(rows) if world.region[i]}
    assert region == {"ARM", "AZE", "KAZ", "KGZ", "TJK"}
    rus = rows.index("RUS")
    assert world.brokered.sum() == world.brokered[rus] == 1
    assert world.supplies[rus] == pytest.approx((356 / 377 + 379 / 1310 + 0.90 + 0.98 + 0.88) / 5)
    assert world.supplies[rows.index("TUR")] == pytest.approx(41 / 1310 / 5)
    assert (world.bases[rus] > 2.8 / 5).all()


def truce(date, *broker):
    data = raw()
    event = {"date": date, "kind": "truce", "dispute": "north", "broker": list(broker)}
    data["events"] = [*data.get("events", []), event]
    return write(data)


def test_who_brokered_before_the_start_steers_and_later_truces_do_not():
    plain, start = write(raw()), write(raw()).start
    early, late = truce("2000-01-05", "BRA"), truce("2021-10-05", "BRA")
    known = to_arrays(early, 1, DRAWS)
    assert known.brokered[labels(early).index("BRA")] == 1
    assert engine_digest(early) != engine_digest(plain)
    assert early.start == start
    assert same(to_arrays(late, 1, DRAWS), to_arrays(plain, 1, DRAWS))
    assert engine_digest(late) == engine_digest(plain)
