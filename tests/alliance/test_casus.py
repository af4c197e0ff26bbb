"""The casus test over every combination of facts: one formula, one verdict, one engine."""

from itertools import chain, combinations, product
from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
import pytest

from foedus.alliance.casus import Due, Facts, by_reading, is_due, refusals, verdict
from foedus.core import features
from foedus.core.kinds import Obligation, Reading, Side
from foedus.core.params import load, take
from tests.worlds import world

KINDS = tuple(chain.from_iterable(combinations(Obligation, n) for n in range(len(Obligation) + 1)))
BOTH = (False, True)
EVERY = [Facts(*facts) for facts in product(BOTH, KINDS, Reading, Reading, BOTH, BOTH, BOTH)]


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


@pytest.mark.parametrize("arrays", [np, jnp])
def test_one_formula_for_truth_values_and_arrays(arrays):
    rows = list(product(BOTH, repeat=6))
    found = is_due(*(arrays.asarray(column) for column in zip(*rows, strict=True)))
    assert found.dtype == bool
    assert found.tolist() == [is_due(*row) for row in rows]


def test_neither_facts_nor_reading_make_a_duty_without_promise():
    for facts in EVERY:
        if not facts.promised or not facts.in_force:
            assert verdict(facts) in (Due.NOT_IN_FORCE, Due.NO_PROMISE)


@pytest.mark.parametrize("side", list(Side))
def test_the_engine_owes_exactly_where_the_casus_is_due_by_some_reading(side):
    """With no weight on duties outside or unasked; requests are the target's alone."""
    attacks = side == Side.CHALLENGER
    cases = [facts for facts in EVERY if facts.attacks == attacks and (facts.asked or not attacks)]
    owed = _owed(side, cases)
    assert ((owed > 0) == [by_reading(facts)["wide"] for facts in cases]).all()


def _owed(side, cases):
    """What ally i owes by treaty i, which binds it and the principal alone [case]."""
    n, allies = len(cases), np.arange(len(cases)) + 2
    member = np.zeros((n, n + 2), bool)
    member[np.arange(n), allies] = [facts.in_force for facts in cases]
    member[:, int(side)] = True
    readings = lambda name: np.array([[getattr(f, name) for f in cases]] * 2)  # noqa: E731
    promise = np.array([[kind in f.promised for kind in Obligation] for f in cases], float)
    place = world()._replace(
        target=np.int32(Side.TARGET),
        challenger=np.int32(Side.CHALLENGER),
        member=member,
        promise=promise,
        covered=readings("covered"),
        triggered=readings("triggered"),
        on_request=np.array([f.on_request for f in cases]),
    )
    drawn = take(load().params, np.array([0]))
    own = drawn._replace(
        joining=drawn.joining._replace(
            outside=np.zeros(1), unasked=np.zeros(1), disputed=np.full(1, 0.5),
            consultation=np.full(1, 0.3),
        )
    )  # fmt: skip
    today = SimpleNamespace(active=member[..., None], asked=np.array([[f.asked] for f in cases]))
    return np.asarray(features.obligation(own, place, today, features.duty(own, place)))[
        side, allies, 0
    ]
