"""Work on the columns that need it changes nothing in them, and nothing in the others."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from foedus.core.groups import SIZE, where_needed

RUNS, SLOTS = 200, 3
COUNT = RUNS * SLOTS


@jax.jit
def worked(columns, runs, needed, others, watched=0):
    return where_needed(
        lambda c, r: ((c * r, c.sum(0)), c + r), columns, runs, needed, others, watched
    )


@pytest.fixture(scope="module")
def numbers():
    """Some number of each column, of each run, and what is given to who needs nothing."""
    rng = np.random.default_rng(1)
    draw = lambda *shape: jnp.asarray(rng.normal(size=shape), jnp.float32)  # noqa: E731
    return draw(2, COUNT), draw(RUNS), (draw(2, COUNT), draw(COUNT))


def some(share, seed=2):
    return jnp.asarray(np.random.default_rng(seed).random(COUNT) < share)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.4, 1.0])
def test_who_needs_it_is_worked_on_and_nobody_else(numbers, share):
    columns, runs, others = numbers
    needed = some(share)
    found, _ = worked(columns, runs, needed, others)
    wide = jnp.tile(runs, SLOTS)
    whole = (columns * wide, columns.sum(0))
    for got, work, given in zip(found, whole, others, strict=True):
        np.testing.assert_array_equal(got, jnp.where(needed, work, given))


def test_a_group_that_is_not_full_leaves_column_0_alone(numbers):
    """It stands in for the missing ones; so does nothing that was asked for."""
    needed = jnp.arange(COUNT) == SIZE + 1
    found, _ = worked(*numbers[:2], needed, numbers[2])
    np.testing.assert_array_equal(found[0][:, 0], numbers[2][0][:, 0])


@pytest.mark.parametrize("watched", [0, 5, RUNS - 1])
def test_the_watched_run_is_shown_slot_by_slot(numbers, watched):
    columns, runs, others = numbers
    needed = some(0.5, 3)
    _, shown = worked(columns, runs, needed, others, watched)
    index = watched + RUNS * np.arange(SLOTS)
    expected = jnp.where(needed[index], columns[:, index] + runs[watched], 0)
    np.testing.assert_array_equal(shown, expected)


def test_a_column_does_not_know_who_else_is_worked_on(numbers):
    columns, runs, others = numbers
    few, many = some(0.1, 4), some(0.1, 4) | some(0.7, 5)
    one, other = (worked(columns, runs, n, others)[0] for n in (few, many))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a[..., few], b[..., few])
