"""The sampler of a case-control subset: weights, laws of its likelihood, numbers recovered."""

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

from foedus.core.priors import read
from foedus.fit import joining, sampled
from foedus.fit.crises import crises
from foedus.fit.prior import density
from tests.fit.small import calls
from tests.fit.test_joining import GIVEN, THETA

pytestmark = pytest.mark.usefixtures("small_stacks")
loglik = jax.jit(sampled.loglik)

TREATIES = np.array([3150, 3180])
rng = np.random.default_rng(4)


def treaties(table):
    """Every defence pledge to a side is by one of two treaties."""
    pick = np.random.default_rng(5).choice(TREATIES, (len(table), 2))
    owed = table[["defense_a", "defense_b"]].to_numpy()
    return pd.DataFrame(np.where(owed, pick, 0), table.index, ["treaty_a", "treaty_b"])


@pytest.fixture(scope="module")
def table():
    """Forty disputes, of which every third has joiners."""
    made = calls()
    made.loc[(made.dispnum % 3 == 0) & (made.ccode % 4 == 0), "joined"] = 2
    return made


@pytest.fixture(scope="module")
def data(table):
    return sampled.subset(table, treaties(table), THETA, GIVEN, others=10)


def point(data, spread=0.0):
    shared = sum(len(p.scale) for p in data.joined)
    return sampled.Effects(
        jnp.append(THETA, np.log([0.3, 0.3])),
        jnp.asarray(spread * np.random.default_rng(6).normal(size=len(data.states))),
        jnp.asarray(spread * np.random.default_rng(7).normal(size=len(data.treaties))),
        jnp.zeros((shared, 2)),
    )


def test_weights_stand_for_the_whole_record():
    joined, fitted = rng.random(500) < 0.1, rng.random(500) < 0.95
    weight = sampled.weights(joined, fitted, 50, seed=2)
    assert weight.sum() == pytest.approx(fitted.sum())
    assert (weight[joined & fitted] == 1).all()
    assert (weight[~fitted] == 0).all()
    assert (weight > 0).sum() == (joined & fitted).sum() + 50


def test_all_joined_disputes_are_in_the_subset(table, data):
    joined = {n for p in data.joined for n in p.stack.number}
    assert joined == set(table.dispnum[table.joined > 0])
    weight = np.concatenate([p.stack.weight for p in (*data.joined, *data.others)])
    assert weight.sum() == pytest.approx(table.dispnum.nunique())
    assert sum(len(p.scale) for p in data.others) == 10


def test_without_spread_it_is_the_likelihood_of_the_fit(data):
    value, _ = loglik(point(data), data, GIVEN)
    each = [joining.loglik(jnp.asarray(THETA), GIVEN, p.stack, p.nodes) @ p.stack.weight
            for p in (*data.joined, *data.others)]  # fmt: skip
    assert float(value) == pytest.approx(float(sum(each)), rel=1e-5)


def test_each_third_party_has_its_own_and_its_treaty_s_effect(table, data):
    owed, found = treaties(table), point(data, 1.0)
    for part in (*data.joined, *data.others):
        lean = np.asarray(sampled.leaning(part, found))
        i, k = np.argwhere(part.stack.row >= 0)[7]
        row = part.stack.row[i, k]
        own = found.states[np.flatnonzero(data.states == table.ccode[row])[0]]
        for side, name in enumerate(("b", "a")):
            number = owed[f"treaty_{name}"][row]
            bound = found.treaties[np.flatnonzero(data.treaties == number)[0]] if number else 0
            assert lean[i, side, k] == pytest.approx(float(own + bound), abs=1e-6)
        assert (lean[i][:, part.stack.row[i] < 0] == 0).all()


def test_other_names_of_states_change_nothing(table, data):
    """Effects follow their states, whatever order the codes have."""
    turned = table.assign(ccode=900 - table.ccode)
    other = sampled.subset(turned, treaties(table), THETA, GIVEN, others=10)
    here, there = point(data, 0.7), point(other, 0.7)
    there = there._replace(states=here.states[::-1])
    one, two = (loglik(x, d, GIVEN)[0] for x, d in ((here, data), (there, other)))
    assert float(one) == pytest.approx(float(two), rel=1e-5)


def test_few_nodes_do_where_nobody_joined(data):
    for part in data.others:
        fine = joining.prior_nodes(len(part.scale), 41)
        near, exact = (joining.loglik(jnp.asarray(THETA), GIVEN, part.stack, n)
                       for n in (part.nodes, fine))  # fmt: skip
        np.testing.assert_allclose(near, exact, atol=0.05)


def test_the_prior_is_that_of_the_fit():
    thetas = THETA + np.random.default_rng(1).normal(size=(99, len(THETA)))
    about, at = sampled.known(read(), thetas), np.append(THETA, [-1.0, -0.5])
    dists = (*joining.prior(read()), sampled.SPREAD, sampled.SPREAD)
    exact = sum(density(dist, x)[0] for dist, x in zip(dists, at, strict=True))
    assert float(sampled.log_prior(jnp.asarray(at), about)) == pytest.approx(exact, rel=1e-5)
    np.testing.assert_allclose(np.cov(thetas.T), (about.root @ about.root.T)[:-2, :-2], atol=1e-9)


def leaned(table, states):
    """The table with outcomes drawn from the model in which states lean so much."""
    made, given = table.copy(), GIVEN._replace(covered=1.0)
    for stack in crises(table):
        z = np.random.default_rng(8).normal(size=(len(stack.number), 2, 1))
        own = np.append(states, 0.0)
        lean = own[np.where(stack.row >= 0, table.ccode.to_numpy()[stack.row] - 100, -1)]
        one = lambda w, h, e, a: joining.outcomes(jnp.asarray(THETA), given, w, h, e, a)[0][0]  # noqa: E731
        logp = jax.vmap(one)(*jax.tree.map(jnp.asarray, (stack.world, stack.level, z, lean)))
        drawn = jax.random.categorical(jax.random.key(9), jnp.moveaxis(logp[..., 0], 1, -1))
        there = stack.row >= 0
        made.loc[stack.row[there], "joined"] = np.array([0, 2, 1])[np.asarray(drawn)[there]]
    return made


def test_effects_of_states_and_their_spread_are_recovered():
    """Pledges called for and covered for certain; the first fit is a normal about the truth."""
    base = calls(disputes=60, third=8)
    states = np.array([1.2, -1.2, 0.8, -0.8, 0.4, -0.4, 0.0, 0.0])
    made = leaned(base, states)
    thetas = THETA + 0.3 * np.random.default_rng(1).normal(size=(200, len(THETA)))
    found = sampled.fit(
        made, treaties(made) * 0, read(), thetas, covered=1.0, draws=60, warmup=60, others=60
    )
    told = found.diagnostics
    assert found.draws == {}
    assert found.n["disputes"] == 60
    assert told["divergences"] < 15
    assert 0.3 < told["spread"]["state_sd"]["mean"] < 1.5
    for one in told["states"][:3]:
        assert one["low"] - 0.5 < states[int(one["label"]) - 100] < one["high"] + 0.5
    assert {one["label"] for one in told["states"][:3]} & {100, 101}
    assert np.abs([one["shift"] for one in told["moved"].values()]).mean() < 2
