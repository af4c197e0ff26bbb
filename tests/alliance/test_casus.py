"""The casus test over every combination of facts: one formula, one verdict, one engine."""

import subprocess
import sys
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from foedus.alliance.casus import REASON, Due, Facts, by_reading, due, hinges, refusals, verdict
from foedus.core import features
from foedus.core.kinds import Obligation, Reading, Side
from foedus.core.params import load, take
from tests.worlds import world

EVERY = [Facts(*facts) for facts in product(Reading, repeat=len(Facts._fields))]
COLUMNS = Facts(*np.array(EVERY, np.int32).T)


def test_a_duty_is_due_as_far_as_all_its_facts_hold():
    assert all(due(facts) == min(facts) for facts in EVERY)


@pytest.mark.parametrize("form", [np.asarray, jnp.asarray])
def test_one_formula_for_readings_and_arrays(form):
    found = due(Facts(*map(form, COLUMNS)))
    assert found.dtype == np.int32
    assert np.asarray(found).tolist() == [due(facts) for facts in EVERY]


def test_the_formula_runs_in_a_jitted_function():
    assert jax.jit(due)(Facts(*map(jnp.asarray, COLUMNS))).tolist() == due(COLUMNS).tolist()


def test_more_of_any_fact_never_makes_it_less_due():
    for name in Facts._fields:
        by_value = [due(COLUMNS._replace(**{name: np.int32(value)})) for value in Reading]
        assert (np.diff(by_value, axis=0) >= 0).all(), name


def test_the_verdict_is_what_the_formula_says_under_both_readings():
    of = {Due.DUE: (True, True), Due.DISPUTED: (True, False)}
    for facts in EVERY:
        found = by_reading(facts)
        assert (found["wide"], found["narrow"]) == of.get(verdict(facts), (False, False)), facts


def test_reasons_stand_exactly_where_nothing_is_due_and_the_first_is_the_verdict():
    for facts in EVERY:
        reasons = refusals(facts)
        assert bool(reasons) == (not by_reading(facts)["wide"])
        assert not reasons or reasons[0] == verdict(facts)


def test_each_fact_alone_gives_its_own_reason_or_is_what_the_verdict_hangs_on():
    whole = Facts(*[Reading.YES] * len(Facts._fields))
    assert verdict(whole) == Due.DUE
    for name in Facts._fields:
        assert verdict(whole._replace(**{name: Reading.NO})) == REASON[name]
        assert hinges(whole._replace(**{name: Reading.DISPUTED})) == (name,)
    assert len(set(REASON.values())) == len(Facts._fields)


def test_the_engine_follows_the_same_law_in_scope_and_trigger():
    cases = list(product(Reading, Reading))
    n, both = len(cases), np.ones((len(Side), 1), np.int32)
    promise = np.zeros((n, len(Obligation)))
    promise[:, Obligation.DEFENSE] = 1
    place = world(
        promise=promise,
        covered=both * [covered for covered, _ in cases],
        triggered=both * [triggered for _, triggered in cases],
    )
    drawn = take(load().params, np.array([0]))
    narrow, wide = np.asarray(features.law(drawn, place, place.dispute))[..., 0]
    rest = Facts(*[Reading.YES] * len(Facts._fields))
    for i, (covered, triggered) in enumerate(cases):
        found = by_reading(rest._replace(inside=covered, attacked=triggered))
        assert (bool(wide[i]), bool(narrow[i])) == (found["wide"], found["narrow"])


def test_it_needs_no_arrays():
    code = "import sys, foedus.alliance.casus; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
