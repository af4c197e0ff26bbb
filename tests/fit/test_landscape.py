from itertools import product

import numpy as np
import pytest

from foedus.fit import landscape
from foedus.fit.landscape import Ties


def drawn(n, seed):
    rng = np.random.default_rng(seed)
    p = rng.normal(size=(n, n))
    return landscape.pulls(rng.uniform(0.5, 3, n), p + p.T)


def all_stable(pull):
    """Every division that no single change betters, with the first state in camp 1."""
    n = len(pull)
    for rest in product([1, -1], repeat=n - 1):
        camp = np.array([1, *rest])
        changed = np.where(np.eye(n, dtype=bool), -camp, camp)
        if (landscape.energy(changed, pull) >= landscape.energy(camp, pull) - 1e-12).all():
            yield tuple(camp.tolist())


@pytest.mark.parametrize(("n", "seed"), [(2, 1), (5, 2), (8, 3), (10, 4), (10, 5)])
def test_search_finds_the_stable_divisions_that_counting_finds(n, seed):
    pull = drawn(n, seed)
    found = landscape.minima(pull, np.zeros(n, int), seed=1, starts=500)
    assert {tuple(m.camp.tolist()) for m in found} == set(all_stable(pull))
    assert [m.energy for m in found] == sorted(m.energy for m in found)
    assert sum(m.basin for m in found) == pytest.approx(1)


def test_energy_counts_each_pair_once():
    pull = landscape.pulls(np.array([3.0, 2, 1]), np.array([[0, 1, -1], [1, 0, 1], [-1, 1, 0]]))
    assert landscape.energy(np.array([1, 1, -1]), pull) == pytest.approx(-3 + 2)
    assert landscape.energy(np.array([1, 1, 1]), pull) == 0


def test_every_step_goes_down():
    pull = drawn(9, 7)
    begin = np.random.default_rng(1).choice([-1, 1], (50, 9))
    ends = landscape.descend(begin, pull, np.zeros(9, bool))
    assert (landscape.energy(ends, pull) <= landscape.energy(begin, pull) + 1e-12).all()


def test_two_blocs_part():
    bloc = np.array([1, 1, 1, -1, -1])
    pull = landscape.pulls(np.ones(5), np.outer(bloc, bloc).astype(float))
    (found,) = landscape.minima(pull, np.zeros(5, int), seed=1)
    np.testing.assert_array_equal(found.camp, bloc)


def test_all_against_the_largest():
    """With nothing but enmity the two smaller stand together: power is balanced."""
    pull = landscape.pulls(np.array([3.0, 2, 1]), -np.ones((3, 3)))
    (found,) = landscape.minima(pull, np.zeros(3, int), seed=1)
    assert found.camp.tolist() == [1, -1, -1]


def test_those_who_stand_stay():
    fixed = np.array([1, -1, 0, 0])
    pull = landscape.pulls(np.ones(4), np.ones((4, 4)))  # all friends, yet two are at odds
    for found in landscape.minima(pull, fixed, seed=1):
        assert found.camp[:2].tolist() == [1, -1]


def test_propensities_that_differ_by_direction_are_refused():
    with pytest.raises(ValueError, match=r"p\[i, j\] = p\[j, i\]"):
        landscape.pulls(np.ones(2), np.array([[0.0, 1], [0, 0]]))


def test_friends_lean_towards_friends():
    parts = np.zeros((6, 4, 4))
    parts[:, 0, 2] = parts[:, 2, 0] = 1  # a friend of the first
    parts[:, 0, 3] = parts[:, 3, 0] = -1  # an enemy of the first
    lean = landscape.lean(np.ones(4), parts, np.array([1, -1, 0, 0]), seed=1)
    assert lean == pytest.approx([101 / 102, 1 / 102, 101 / 102, 1 / 102])


def test_a_lean_that_hangs_on_one_part_is_weaker():
    parts = np.zeros((6, 3, 3))
    parts[0, 0, 2] = parts[0, 2, 0] = 1
    lean = landscape.lean(np.ones(3), parts, np.array([1, -1, 0]), seed=1, resamples=400)
    # the part is drawn in 1 - (5/6)^6 = 67 per cent of resamples, else the beginning decides
    assert lean[2] == pytest.approx(0.665 + 0.335 / 2, abs=0.05)


def small_ties():
    signs = np.zeros((2, 5, 2, 2), np.int8)
    signs[1, 0] = [[0, 1], [1, 0]]
    democracy, size = np.array([[0.1, 0.9], [0.5, np.nan]]), np.array([[0.1, 0.2], [0.3, 0.4]])
    return Ties(np.array([2, 20]), 1900, signs, democracy, size)


def test_ties_are_those_of_the_year_before():
    size, parts = small_ties().at(1902, np.array([20, 2]))
    np.testing.assert_array_equal(size, [0.4, 0.3])
    assert parts[:, 0, 1].tolist() == [1, 0, 0, 0, 0, 0]
    size, parts = small_ties().at(1901, np.array([2, 20]))
    assert parts[5, 0, 1] == pytest.approx(1 - 2 * 0.8)


def test_year_or_state_outside_is_refused():
    with pytest.raises(ValueError, match="expected a year from 1901 to 1902; got 1903"):
        small_ties().at(1903, np.array([2]))
    with pytest.raises(ValueError, match=r"got \[3\]"):
        small_ties().at(1901, np.array([2, 3]))


def test_1914_on_the_record(record):
    """Before the war: France, Russia and Britain stand apart from Germany and its allies."""
    states = np.array([200, 220, 255, 300, 365])  # UK, France, Germany, Austria-Hungary, Russia
    size, parts = landscape.ties(record, last=1914).at(1914, states)
    pull = landscape.pulls(size, parts.sum(0))
    best = landscape.minima(pull, np.zeros(5, int), seed=1)[0]
    assert best.camp.tolist() == [1, 1, -1, -1, 1]
