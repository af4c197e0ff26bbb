from functools import reduce
from itertools import pairwise
from operator import add

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.claims.forecast import Forecast, forecast
from foedus.claims.language import FightingDays, Not, Truce
from foedus.core.runs import REPLICATES, draw_of
from tests.claims.batches import FRAME, noise, on

SEEDS = st.integers(0, 2**32 - 1)


def nested(seed, runs, event):
    """Outcomes whose draws differ, for the runs numbered from 0."""
    rng = np.random.default_rng(seed)
    lean = rng.normal(size=runs // REPLICATES + 1)[draw_of(np.arange(runs))]
    values = rng.normal(size=runs) + lean * rng.exponential() + rng.normal()
    return values > 0 if event else values


def same(one, other):
    return all(
        (one.values.tolist() == other.values.tolist(), one.interval() == other.interval()),
    ) and (one.spread(), one.flags()) == (other.spread(), other.flags())


@settings(deadline=None)
@given(seed=SEEDS, runs=st.integers(1, 150), event=st.booleans(), data=st.data())
def test_any_split_in_any_order_gives_the_same_forecast(seed, runs, event, data):
    values = nested(seed, runs, event)
    whole = Forecast(values, np.arange(runs))
    cuts = data.draw(
        st.lists(st.integers(1, runs), max_size=4).map(lambda c: sorted({0, runs, *c}))
    )
    parts = [Forecast(values[a:b], np.arange(a, b)) for a, b in pairwise(cuts)]
    assert same(reduce(add, data.draw(st.permutations(parts))), whole)
    shuffled = np.array(data.draw(st.permutations(range(runs))))
    assert same(Forecast(values[shuffled], shuffled), whole)


@settings(deadline=None)
@given(seed=SEEDS, runs=st.integers(1, 900), level=st.floats(0.01, 0.99))
def test_the_laws_of_an_event(seed, runs, level):
    f = Forecast(nested(seed, runs, event=True), np.arange(runs))
    low, high = f.interval(level)
    assert 0 <= low <= f.probability <= high <= 1
    assert low < high
    assert min(f.spread()) >= 0
    assert sum(f.spread()) == pytest.approx(1)


@settings(deadline=None)
@given(seed=SEEDS, runs=st.integers(1, 900))
def test_an_event_and_its_opposite_mirror_each_other(seed, runs):
    values = nested(seed, runs, event=True)
    yes, no = Forecast(values, np.arange(runs)), Forecast(~values, np.arange(runs))
    assert no.probability == pytest.approx(1 - yes.probability)
    assert no.interval() == pytest.approx([1 - p for p in yes.interval()[::-1]], abs=1e-6)
    assert no.spread() == pytest.approx(yes.spread())


@settings(deadline=None)
@given(seed=SEEDS, runs=st.integers(1, 900), move=st.floats(-10, 10), stretch=st.floats(0.1, 10))
def test_the_unit_of_a_quantity_does_not_matter(seed, runs, move, stretch):
    values = nested(seed, runs, event=False)
    one = Forecast(values, np.arange(runs))
    other = Forecast(move + stretch * values, np.arange(runs))
    assert other.median == pytest.approx(move + stretch * one.median)
    assert other.interval() == pytest.approx([move + stretch * x for x in one.interval()])
    low, high = one.interval()
    assert low <= one.median <= high
    assert sum(one.spread()) == pytest.approx(1)
    if runs > 1:
        assert other.spread() == pytest.approx(one.spread(), abs=1e-6)


def test_a_forecast_judges_its_batch():
    first, second = noise(1, runs=30), noise(2, runs=30)
    claim = Truce(on(20))
    both = forecast(claim, first, FRAME) + forecast(claim, second, FRAME, first_run=30)
    assert both.kind == "event"
    assert both.n_draws == 3
    assert both.draw.tolist() == [0] * 20 + [1] * 20 + [2] * 20
    opposite = forecast(Not(claim), first, FRAME) + forecast(Not(claim), second, FRAME, 30)
    assert opposite.probability == pytest.approx(1 - both.probability)
    days = forecast(FightingDays(on(20)), first, FRAME)
    assert days.kind == "quantity"
    assert 0 <= days.median <= 21


def test_flags_say_what_the_number_hides():
    rng = np.random.default_rng(2)
    runs = np.arange(2000)
    even = rng.random(2000) < 0.5
    assert "rare" not in Forecast(even, runs).flags()
    assert "few draws" not in Forecast(even, runs).flags()
    assert "few draws" in Forecast(even[:380], runs[:380]).flags()
    assert "few draws" not in Forecast(even[:381], runs[:381]).flags()
    for hits, rare in ((0, True), (19, True), (20, False), (1980, False), (1981, True)):
        assert ("rare" in Forecast(runs < hits, runs).flags()) == rare
    judged = np.repeat(rng.random(100) < 0.5, REPLICATES)  # each draw knows, pairs disagree
    assert "judgement" in Forecast(judged, runs).flags()
    informed = np.repeat(rng.random(50) < 0.5, 2 * REPLICATES)  # each pair knows
    assert Forecast(informed, runs).flags() == ()
    assert "rare" not in Forecast(np.zeros(2000), runs).flags()  # a quantity


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Forecast(np.array([]), np.array([])), "a value a run"),
        (lambda: Forecast(np.ones(3), np.arange(2)), "a value a run"),
        (lambda: Forecast(np.ones(2), np.array([4, 4])), "every run once; got run 4 again"),
        (lambda: Forecast(np.array([np.nan]), np.arange(1)), "finite"),
        (lambda: Forecast(np.ones(2), np.arange(2)).probability, "the forecast of an event"),
        (lambda: Forecast(np.ones(2, bool), np.arange(2)).median, "forecast of a quantity"),
        (lambda: Forecast(np.ones(2), np.arange(2)).interval(90), "level between 0 and 1"),
        (
            lambda: Forecast(np.ones(2), np.arange(2)) + Forecast(np.ones(2), np.arange(1, 3)),
            "got run 1 again",
        ),
        (
            lambda: Forecast(np.ones(1), np.arange(1)) + Forecast(np.ones(1, bool), np.arange(1)),
            "one kind; got quantity and event",
        ),
    ],
)
def test_what_is_no_forecast_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_forecast_cannot_be_changed():
    f = Forecast(np.ones(2), np.arange(2))
    with pytest.raises(ValueError, match="read-only"):
        f.values[0] = 2


def test_a_condition_keeps_the_runs_in_which_it_is_true():
    runs = np.arange(200)
    values, condition = nested(1, 200, event=True), Forecast(runs % 7 == 3, runs)
    part = Forecast(values, runs).given(condition)
    assert part.run.tolist() == runs[runs % 7 == 3].tolist()
    assert part.values.tolist() == values[runs % 7 == 3].tolist()
    assert Forecast(values, runs).given(Forecast(runs < 0, runs)) is None
    whole = Forecast(values, runs).given(Forecast(runs >= 0, runs))
    assert same(whole, Forecast(values, runs))


@settings(deadline=None)
@given(seed=SEEDS, runs=st.integers(1, 300), share=st.floats(0.01, 1), event=st.booleans())
def test_any_part_of_an_ensemble_is_a_forecast(seed, runs, share, event):
    chosen = np.random.default_rng(seed).random(runs) < share
    f = Forecast(nested(seed, runs, event), np.arange(runs))
    part = f.given(Forecast(chosen, np.arange(runs)))
    if part is None:
        assert not chosen.any()
        return
    low, high = part.interval()
    assert low <= (part.probability if event else part.median) <= high
    assert sum(part.spread()) == pytest.approx(1)
    assert min(part.spread()) >= 0
    assert ("few draws" in part.flags()) == (part.n_draws < 20)


def test_a_condition_is_an_event_of_the_same_runs():
    f = Forecast(np.ones(3, bool), np.arange(3))
    for wrong in (Forecast(np.ones(3), np.arange(3)), Forecast(np.ones(3, bool), np.arange(1, 4))):
        with pytest.raises(ValueError, match="same runs"):
            f.given(wrong)
