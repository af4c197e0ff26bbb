"""Entry delays: the law itself, its recovery from joiners made by it, and the record's."""

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from foedus.fit import entry
from foedus.fit.entry import Law, again, delays, fit, joiners, log_density, marginal, too_late
from foedus.record.wars import entries

TRUE = {"early": 0.3, "early_between": 1.0, "delay": 90.0, "delay_between": 0.8}
TRUE = {f"joining.{name}": value for name, value in (TRUE | {"delay_within": 0.6}).items()}


def made(wars, each, seed=1, **changes):
    """Entries made by the law, in wars of one to a thousand days of fighting."""
    rng = np.random.default_rng(seed)
    number = np.repeat(np.arange(wars), each)
    rows = pd.DataFrame({"war": number, "war_days": np.exp(rng.uniform(2.5, 7, wars))[number]})
    rows = rows.assign(year=1900, delay=0, began=False, world_war=False)
    rows["joiner"] = pd.array([True] * len(rows), "boolean")
    value = {f"joining.{name}": x for name, x in changes.items()}
    rows["delay"] = again(TRUE | value, rng, delays(rows))
    return rows


@pytest.mark.parametrize(("early", "median"), [(0.3, 4.5), (0.05, 2.0), (0.8, 7.0)])
def test_delays_that_a_war_can_show_sum_to_one(early, median):
    for limit in (8, 30, 400):
        days = np.arange(7.0, limit)
        law = Law(early, median, 1.3)
        seen = np.exp(log_density(law, days, np.full(len(days), float(limit))))
        assert seen.sum() == pytest.approx(1, abs=1e-5)


def test_the_first_week_is_one_class():
    law, days = Law(0.3, 4.0, 1.0), np.array([0.0, 3, 7])
    assert np.ptp(log_density(law, days, np.full(3, 200.0))) == 0


def test_far_delays_keep_their_density():
    """Six spreads out a difference of distribution functions near one would be noise."""
    law, day = Law(jnp.float32(0.3), jnp.float32(2.0), jnp.float32(1.0)), np.array([3000.0])
    known = 0.7 * np.diff(stats.norm.sf(np.log([3001.0, 3000.0]) - 2.0))
    found = np.exp(log_density(law, day, np.array([1e8])))
    assert found == pytest.approx(known, rel=0.02)


def test_the_engine_gets_the_law_of_a_state_in_an_unknown_war():
    rng = np.random.default_rng(2)
    level = np.log(0.3 / 0.7) + rng.normal(size=400_000)
    pace = np.log(90) + 0.8 * rng.normal(size=400_000) + 0.6 * rng.normal(size=400_000)
    law = marginal({name: np.array([value]) for name, value in TRUE.items()})
    share, middle, spread = (law[name][0] for name in entry.NAMES)
    assert share == pytest.approx((1 / (1 + np.exp(-level))).mean(), abs=0.002)
    assert np.log(middle) == pytest.approx(pace.mean(), abs=0.01)
    assert spread == pytest.approx(pace.std(), abs=0.01)


def test_the_late_are_those_that_outlast_the_war():
    law = {name: np.array([value]) for name, value in zip(entry.NAMES, (0.4, 100, 1), strict=True)}
    assert too_late(law, np.array([100.0]))["mean"] == pytest.approx(0.6 * 0.5)
    assert too_late(law, np.array([1e9]))["mean"] == pytest.approx(0, abs=1e-6)


def test_the_law_is_recovered_though_the_late_are_not_seen():
    """50 wars with six joiners each; wars end before many a slow joiner would have come."""
    rows = made(50, 6)
    found = fit(rows, draws=400, seed=3, chains=1)
    truth = marginal({name: np.array(value) for name, value in TRUE.items()})
    for name in entry.NAMES:
        draws = found.draws[name]
        assert draws.shape == (400,)
        assert abs(draws.mean() - truth[name]) < 3.5 * draws.std(), name
    assert found.draws["joining.delay"].std() < 40
    assert found.n["joiners"] == 300
    assert set(found.diagnostics["rhat"]) >= set(entry.NAMES)
    assert 0.05 < found.diagnostics["predictive"]["within 30 days"]["tail"] < 0.95


def test_only_coded_joiners_that_did_not_begin_the_war_count():
    rows = made(2, 3)
    rows["joiner"] = pd.array([True, False, pd.NA, True, True, True], "boolean")
    rows["began"] = [False] * 5 + [True]
    assert joiners(rows).index.tolist() == [0, 3, 4]
    with pytest.raises(ValueError, match="expected coded joiners; got none"):
        joiners(rows[rows.began])


def test_the_record_has_as_many_joiners_as_published_but_for_those_that_began(record):
    table = entries(record)
    rows = joiners(table)
    assert (len(rows), rows.war.nunique()) == (92, 26)
    assert (rows.delay <= 7).sum() == 30
    data = delays(rows)
    assert (data.limit > data.days).all()
    assert np.isfinite(log_density(Law(0.2, 5.0, 1.5), data.days, data.limit)).all()
