"""Philox gives its published words, and a draw depends on nothing but what it is for."""

import jax.numpy as jnp
import numpy as np
import pytest

from foedus.core import streams
from foedus.core.streams import Purpose, Streams, entities, entity, philox, uniforms

PI = "243f6a88 85a308d3 13198a2e 03707344"
PUBLISHED = [  # counter, key, words: known-answer test of Random123, philox4x32-10
    ("0 0 0 0", "0 0", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (PI, "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
RUNS = 20_000
ALL = np.arange(RUNS)


def words(text):
    return tuple(jnp.uint32(int(word, 16)) for word in text.split())


def draw(run=ALL, seed=(7, 0), step=0, purpose=Purpose.WILL, key=1, dtype=np.float32):
    numbers = Streams(np.array(seed, np.uint32), np.asarray(run, np.uint32))
    return np.stack(uniforms(numbers, step, purpose, key, dtype))


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED)
def test_philox_gives_the_published_words(counter, key, expected):
    assert [f"{int(w):x}" for w in philox(words(counter), words(key))] == expected.split()


def test_uniforms_are_uniform_and_independent():
    u = draw()
    assert ((u > 0) & (u < 1)).all()
    error = 1 / np.sqrt(12 * RUNS)
    np.testing.assert_allclose(u.mean(1), 0.5, atol=4 * error)
    np.testing.assert_allclose(u.var(1), 1 / 12, atol=4 * np.sqrt(1 / 180 / RUNS))
    correlation = np.corrcoef(u) - np.eye(4)
    assert np.abs(correlation).max() < 4 / np.sqrt(RUNS)
    counts, _ = np.histogram(u, bins=50, range=(0, 1))
    chi = ((counts - counts.mean()) ** 2 / counts.mean()).sum()
    assert chi < 49 + 4 * np.sqrt(98)


def test_normals_have_their_moments():
    u = draw()[0]
    n = streams.normal(u)
    assert abs(float(n.mean())) < 4 / np.sqrt(RUNS)
    assert float(n.std()) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    "other",
    [{"seed": (8, 0)}, {"seed": (7, 1)}, {"step": 1}, {"purpose": Purpose.KIND}, {"key": 2}],
)
def test_seed_step_purpose_and_entity_each_make_another_stream(other):
    a, b = draw()[0], draw(**other)[0]
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(RUNS)


def test_another_entity_changes_no_draw():
    few, more = (np.array(key, np.uint32)[:, None] for key in ([3, 9], [5, 3, 9, 11]))
    np.testing.assert_array_equal(draw(key=few), draw(key=more)[:, 1:3])


def test_another_run_changes_no_draw():
    np.testing.assert_array_equal(draw()[:, 100:164], draw(run=np.arange(100, 164)))


def test_axes_of_the_key_come_before_the_run():
    keys = np.arange(6, dtype=np.uint32).reshape(2, 3, 1)
    assert draw(run=np.arange(5), key=keys).shape == (4, 2, 3, 5)


def test_entities_keep_their_order_and_differ():
    assert entities(["ARM", "AZE", "RUS"]) == [entity("ARM"), entity("AZE"), entity("RUS")]


def test_two_names_with_one_key_are_refused(monkeypatch):
    monkeypatch.setattr(streams, "entity", lambda name: 3)
    with pytest.raises(ValueError, match="'AZE' and 'ARM' share one stream key"):
        entities(["ARM", "AZE"])


def test_purposes_never_change_meaning():
    assert [p.value for p in Purpose] == list(range(1, 20))
