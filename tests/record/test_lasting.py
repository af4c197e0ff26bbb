"""How long what has stopped stays stopped: the estimate, and what is in the tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from foedus.record.lasting import pacts, survival, truces
from foedus.record.opportunities import SHARED

CASES = some.lists(some.tuples(some.integers(1, 20), some.booleans()), min_size=1, max_size=30)
AT = np.arange(0, 22)


@given(CASES)
def test_without_censoring_it_is_the_share_that_lasts_longer(cases):
    days = np.array([day for day, _ in cases])
    found = survival(days, np.ones(len(days), bool), AT)
    assert found == pytest.approx((days[:, None] > AT).mean(0))


@given(CASES)
def test_it_falls_from_one_and_what_is_censored_lasts_no_less(cases):
    days, ended = (np.array(column) for column in zip(*cases, strict=True))
    found = survival(days, ended, AT)
    assert found[0] == 1
    assert (np.diff(found) <= 0).all()
    assert (found >= survival(days, np.ones(len(days), bool), AT) - 1e-9).all()


def test_truces_are_of_pairs_that_fought_and_none_is_of_the_war_that_is_never_used(record):
    found = truces(record)
    assert not (found.a.isin(SHARED) & found.b.isin(SHARED)).any()
    assert (found.days > 1).all()
    assert (found.stop + found.days.astype("timedelta64[D]")).max().year <= 2010
    denmark = found[(found.a == 255) & (found.b == 390)]
    first, *_ = denmark.itertuples()
    # The truce of Malmoe, August 1848, which Denmark ended in March 1849.
    assert (first.stop.year, first.stop.month, first.ended) == (1848, 8, True)
    assert 200 < first.days < 230


def test_pacts_are_followed_for_ten_years_and_not_past_the_record(record):
    found = pacts(record)
    assert (found.members > 1).all()
    assert found.days.between(0, 3653).all()
    assert found.days[found.year == 2010].max() == 9 * 365 + 2
    assert not found.duplicated(["atopid", "year"]).any()
    # The Rio Treaty, of which Cuba was no longer part from 1962 on.
    (rio,) = found[(found.atopid == 3075) & (found.year == 1960)].itertuples()
    assert rio.ended
    assert 730 <= rio.days < 1096
