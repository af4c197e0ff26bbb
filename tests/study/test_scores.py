"""Chances of the shipped scenario's third parties, from its own facts."""

from functools import partial

import numpy as np
import pytest

from foedus.core.params import load as load_params
from foedus.scenario.arrays import to_arrays
from foedus.scenario.load import load
from foedus.study.onset import first_round
from foedus.study.scores import scores


@pytest.fixture(scope="module")
def scenario():
    return load("karabakh-2020")


@pytest.fixture(scope="module")
def found(scenario):
    return scores(scenario, draws=25)


def test_chances_are_chances(found):
    for score in found:
        for chance in (score.join_target, score.join_challenger):
            assert 0 <= chance.low <= chance.high <= 1
            assert 0 <= chance.p <= 1
        assert score.join_target.p + score.join_challenger.p <= 1
        assert 0 <= score.duty_target <= 1
        assert 0 <= score.duty_challenger <= 1


def test_every_third_state_of_every_dispute_is_told_once(scenario, found):
    told = {(score.dispute, score.state) for score in found}
    expected = {
        (dispute.id, code)
        for dispute in scenario.disputes
        for code in scenario.states
        if code not in (dispute.target, dispute.challenger)
    }
    assert told == expected
    assert len(told) == len(found)


def test_order_in_the_file_is_of_no_matter(scenario, found):
    turned = scenario.model_copy(update={"disputes": scenario.disputes[::-1]})
    assert scores(turned, draws=25) == found


def test_draws_are_the_first_of_many(scenario):
    world, own = partial(to_arrays, scenario, 1), load_params().params
    few, many = (first_round(world, own, number, 1)[0] for number in (3, 25))
    np.testing.assert_array_equal(few, many[..., :3])
    with pytest.raises(ValueError, match="expected at least two"):
        scores(scenario, draws=1)
