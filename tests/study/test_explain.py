"""Rival explanations: shares add up, symmetric ones are equal, and the file is sound."""

import numpy as np
import pytest

from foedus.core import params
from foedus.fit.restraints import OWN
from foedus.scenario.load import load
from foedus.study import explain as study
from foedus.study.explain import explain, explanations, shapley, subsets
from foedus.study.switches import is_parameter

KARABAKH = load("karabakh-2020")


def game(seed, players=4):
    rng = np.random.default_rng(seed)
    return {s: rng.normal(size=3) for s in subsets(range(players))}


@pytest.mark.parametrize("seed", range(3))
def test_shares_add_up_to_what_all_do_together(seed):
    worth = game(seed)
    total = sum(shapley(worth, i) for i in range(4))
    assert np.allclose(total, worth[frozenset(range(4))] - worth[frozenset()])


def test_who_adds_nothing_has_no_share_and_equals_have_equal_shares():
    worth = {s: np.array([float(len(s & {0, 1}) ** 2)]) for s in subsets(range(3))}
    assert shapley(worth, 2) == 0
    assert shapley(worth, 0) == shapley(worth, 1) == 2


def test_every_explanation_can_be_taken_away_or_says_why_not():
    for one in explanations():
        assert bool(one.changes) != bool(one.missing)
        for path, value, _ in one.changes:
            assert is_parameter(path)
            params.fix(params.load().params, {path: value})
    rows = [row for one in explanations() for row in one.said_by]
    assert len(rows) > 10


def test_every_explanation_has_a_column_of_the_record_or_says_why_not():
    known = {*OWN, "partners_opp"}
    for one in explanations():
        assert bool(one.columns) != bool(one.silent)
        assert set(one.columns) <= known
    told = [name for one in explanations() for name in one.columns]
    assert sorted(told) == sorted(known)


@pytest.fixture(scope="module")
def found():
    """Two explanations only: four evaluations."""
    some = tuple(one for one in explanations() if one.id in ("scope", "attacker", "regions"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "explanations", lambda: some)
        return explain(KARABAKH, draws=25)


def test_the_strongest_ally_is_explained(found):
    assert (found.state, found.dispute.id) == ("RUS", "karabakh")
    assert 0 < found.fights.p < found.comes.p < found.freed.p < 1
    assert [one.id for one in found.missing] == ["regions"]


def test_its_parts_add_up(found):
    total = sum(part.share for part in found.parts)
    assert total == pytest.approx(found.freed.p - found.comes.p, abs=1e-6)
    assert sum(part.largest for part in found.parts) == pytest.approx(1)
    assert found.parts[0].share >= found.parts[1].share


@pytest.mark.parametrize("by", ["ARM", "XYZ"])
def test_whoever_is_no_third_party_is_refused(by):
    with pytest.raises(ValueError, match=f"--by {by}: expected a third party: one of BLR"):
        explain(KARABAKH, by)
