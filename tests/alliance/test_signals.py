"""What is learnt from words and deeds before a war."""

import numpy as np
import pytest

from foedus.alliance.revise import start
from foedus.alliance.signals import heard, likelihood, weights
from foedus.core.features import trust
from foedus.core.kinds import Signal
from foedus.core.params import fix, load, take
from foedus.core.streams import Streams
from tests.worlds import STATES, world

DRAWS = np.arange(200)
PARAMS = take(load("prior-2020").params, DRAWS)
ALY, TAR, PAT = (STATES.index(code) for code in ("ALY", "TAR", "PAT"))
NONE = np.zeros((len(Signal), 2, len(STATES)))


def signals(*sent, missing=()):
    """Signals of ALY by kind, sent and missing."""
    found = NONE.copy()
    for kind in sent:
        found[kind, 1, ALY] += 1
    for kind in missing:
        found[kind, 0, ALY] += 1
    return found


def news(found, params=PARAMS):
    """Log-odds of steadfastness that signals add [state, draw]."""
    return np.asarray(heard(params, found))


@pytest.mark.parametrize("kind", Signal)
def test_a_signal_sent_earns_trust_and_one_looked_for_in_vain_loses_it(kind):
    assert (news(signals(kind))[ALY] > 0).all()
    assert (news(signals(missing=[kind]))[ALY] < 0).all()
    assert (np.delete(news(signals(kind)), ALY, axis=0) == 0).all()


@pytest.mark.parametrize("kind", Signal)
def test_what_costs_more_earns_more(kind):
    """The more a signal tells the types apart, the more it moves, whichever way."""
    name = f"alliance.signal_{kind.name.lower()}"
    dear = fix(PARAMS, {name: 3.0})
    assert (np.asarray(weights(PARAMS)[kind]) < 3).mean() > 0.8
    cheap = news(signals(kind))[ALY] <= news(signals(kind), dear)[ALY]
    assert cheap[np.asarray(weights(PARAMS)[kind]) < 3].all()


def test_more_signals_earn_more_and_their_order_is_not_known():
    one, two = news(signals(Signal.EXERCISE)), news(signals(Signal.EXERCISE, Signal.PLEDGE))
    assert (two[ALY] > one[ALY]).all()
    assert (two == news(signals(Signal.PLEDGE, Signal.EXERCISE))).all()


def test_an_absence_moves_little_unless_attendance_was_near_certain():
    rare, sure = (fix(PARAMS, {"alliance.signal_base": base}) for base in (-3.0, 3.0))
    missed = signals(missing=[Signal.EXERCISE])
    assert (np.abs(news(missed, sure)[ALY]) > np.abs(news(missed, rare)[ALY])).all()


@pytest.mark.parametrize("kind", Signal)
def test_probabilities_of_both_answers_sum_to_one(kind):
    for type_ in (1, -1):
        missing, sent = likelihood(PARAMS, kind, type_)
        np.testing.assert_allclose(np.exp(missing) + np.exp(sent), 1, rtol=1e-6)


def test_without_signals_nothing_is_learnt_to_the_bit():
    streams = Streams(np.array([1, 0], np.uint32), np.arange(200, dtype=np.uint32))
    begun = start(streams, PARAMS, world(200), np.float32)
    for first in map(np.asarray, (begun.heard, begun.lessons)):
        assert first.dtype == np.float32
        assert (first == 0).all()
        assert not np.signbit(first).any()


def test_switched_off_signals_are_sent_by_both_types_alike():
    off = fix(PARAMS, {f"alliance.signal_{kind.name.lower()}": 0.0 for kind in Signal})
    assert (news(signals(*Signal, missing=list(Signal)), off) == 0).all()


def test_the_target_trusts_who_signals_and_an_outsider_takes_a_part_of_it():
    place = world(200)
    found = {
        who: np.asarray(
            trust(PARAMS, place, heard(PARAMS, shown), np.arange(6)[:, None] == observer)
        )[ALY]
        for who, (observer, shown) in {
            "before": (TAR, NONE),
            "target": (TAR, signals(Signal.DEPLOYMENT)),
            "outsider": (PAT, signals(Signal.DEPLOYMENT)),
        }.items()
    }
    assert (found["target"] > found["outsider"]).all()
    assert (found["outsider"] > found["before"]).all()
