"""The joining likelihood: laws of probability, symmetry, and numbers recovered."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import approx_fprime

from foedus.core.params import fix
from foedus.core.priors import read
from foedus.fit import calls as fitting
from foedus.fit import joining
from foedus.fit.crises import crises, levels
from foedus.fit.forecast import tell
from tests.fit.small import calls

TRUTH = {
    "intercept": -3.0, "trend": -0.3, "power": 0.2, "major": 0.5, "rivalry": 0.7,
    "contiguity": 0.6, "alongside": 0.9, "against": 0.5, "affinity": 1.0, "remoteness": 0.3,
    "crowd": 0.1, "fading": 0.3, "obligation": np.log(1.5), "nonaggression": np.log(0.4),
    "patron_risk": np.log(0.2), "side_sd": np.log(1.2), "display": -1.5, "force": -1.0,
}  # fmt: skip
THETA = np.array([TRUTH.get(name, 0.0) for name in joining.THETA])
GIVEN = joining.setting()

pytestmark = pytest.mark.usefixtures("small_stacks")


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def at(name):
    return joining.THETA.index(name)


_outcomes = jax.jit(joining.outcomes)


def told(theta, stack, z=(0.5, -0.5), given=GIVEN):
    """Log probabilities of the first dispute [outcome, state]."""
    world = jax.tree.map(lambda a: jnp.asarray(a[0], dtype=None), stack.world)
    level = jnp.asarray(stack.level[0])
    logp, chance = _outcomes(jnp.asarray(theta), given, world, level, jnp.array(z)[:, None])
    mixed = jax.nn.logsumexp(logp + chance[:, None, None, None], axis=0)
    return np.asarray(mixed[..., 0])


def test_probabilities_sum_to_one():
    for stack in crises(calls()):
        p = np.exp(told(THETA, stack))
        np.testing.assert_allclose(p.sum(0), 1, atol=1e-9)


def test_who_is_no_third_party_does_nothing():
    (stack,) = crises(calls(third=5))
    p = np.exp(told(THETA, stack))
    np.testing.assert_allclose(p[0, stack.row[0] < 0], 1, atol=1e-12)


@pytest.mark.parametrize("name", ["alongside", "rivalry", "contiguity", "obligation"])
def test_more_reason_to_come_never_lowers_coming(name):
    """Each by itself: without company and risk, who might stand on the other side is no matter."""
    (stack,) = crises(calls())
    alone = THETA.copy()
    alone[at("patron_risk")] = -40
    more = alone.copy()
    more[at(name)] += 0.5
    quiet = GIVEN._replace(params=fix(GIVEN.params, {"joining.peer": 0.0}))
    low, high = (np.exp(told(t, stack, given=quiet)) for t in (alone, more))
    comes = low[1:].sum(0), high[1:].sum(0)
    assert (comes[1] >= comes[0] - 1e-12).all()


def test_swapping_the_sides_swaps_the_answers():
    table = calls()
    names = {c: c[:-1] + ("b" if c[-1] == "a" else "a") for c in table if c[-2:] in ("_a", "_b")}
    swapped = table.rename(columns=names)
    offence = [c for c in table if c.startswith("offense")]
    table[offence] = swapped[offence] = False  # a pledge of offence is owed to the challenger only
    one, two = (crises(t)[0] for t in (table, swapped))
    there, back = told(THETA, one), told(THETA, two, z=(-0.5, 0.5))
    np.testing.assert_allclose(there, back[[0, 2, 1]], atol=1e-9)


def test_the_order_of_third_parties_does_not_matter():
    table = calls(disputes=1)
    turned = table.iloc[::-1].reset_index(drop=True)
    one, two = (crises(t)[0] for t in (table, turned))
    n = len(table)
    there, back = told(THETA, one)[:, 2 : n + 2], told(THETA, two)[:, 2 : n + 2]
    np.testing.assert_allclose(there, back[:, ::-1], atol=1e-12)


def test_levels_of_hostility_are_three():
    assert levels(np.array([1, 2, 3, 4, 5])).tolist() == [0, 0, 0, 1, 2]


def test_nodes_near_the_evidence_give_the_integral_of_a_fine_grid():
    table = calls(disputes=12)
    table.loc[table.index % 7 == 0, "joined"] = 1
    stacks = crises(table)
    nodes = joining.place(jnp.asarray(THETA), GIVEN, stacks)
    fine = [joining.prior_nodes(len(s.number), 61) for s in stacks]
    for stack, near, grid in zip(stacks, nodes, fine, strict=True):
        here = stack.weight > 0
        a, b = (joining.loglik(jnp.asarray(THETA), GIVEN, stack, n) for n in (near, grid))
        np.testing.assert_allclose(np.asarray(a)[here], np.asarray(b)[here], atol=0.02)


def test_the_gradient_is_that_of_the_value():
    table = calls(disputes=10)
    table.loc[table.index % 9 == 0, "joined"] = 2
    stacks = crises(table)
    density = joining.objective(
        read(), GIVEN, stacks, joining.place(jnp.asarray(THETA), GIVEN, stacks)
    )
    slope = density(THETA)[1]
    numeric = approx_fprime(THETA, lambda t: density(t)[0], 1e-6)
    np.testing.assert_allclose(slope, numeric, rtol=1e-3, atol=1e-3)


def simulated(table, seed):
    """The table with outcomes drawn from the model."""
    made = table.copy()
    stacks = crises(table)
    keys = jax.random.split(jax.random.key(seed), len(stacks))
    for stack, key in zip(stacks, keys, strict=True):
        drawn = np.asarray(fitting.simulated(jnp.asarray(THETA), GIVEN, stack, key))
        there = stack.row >= 0
        made.loc[stack.row[there], "joined"] = np.array([0, 2, 1])[drawn[there]]
    return made


def test_known_numbers_are_recovered():
    """Of a made-up record of 250 disputes, within four standard deviations of the posterior."""
    table = simulated(calls(disputes=250, third=16), 11)
    assert 100 < (table.joined > 0).sum() < 2000
    found = joining.fit_peak(read(), GIVEN, crises(table)).peak
    sd = np.sqrt(np.diag(found.covariance))
    eras = [at(n) for n in joining.SHIFTS[:4]]  # told apart from intercept and trend by the prior
    off = np.delete((found.mode - THETA) / sd, eras)
    assert np.abs(off).max() < 4
    assert np.abs(off).mean() < 1.5


def test_weight_zero_is_as_if_a_dispute_were_not_there():
    table = simulated(calls(disputes=30), 5)
    some = table.dispnum <= 20
    held = table.assign(held_back=~some)
    whole = joining.setting(), crises(held)
    value = sum(
        float(joining.weighted(jnp.asarray(THETA), whole[0], s, joining.prior_nodes(len(s.number))))
        for s in whole[1]
    )
    part = sum(
        float(joining.weighted(jnp.asarray(THETA), whole[0], s, joining.prior_nodes(len(s.number))))
        for s in crises(table[some])
    )
    assert value == pytest.approx(part, abs=1e-9)


def test_a_forecast_is_the_model_s_own_chance():
    """Chances of rows agree with records drawn anew, within four standard errors."""
    table = calls(disputes=3)
    (stack,) = crises(table)
    called = np.ones((len(stack.number), 2, stack.row.shape[1]), bool) & (stack.row >= 0)[:, None]
    forecast = tell(THETA[None], GIVEN, stack, called)
    keys = jax.random.split(jax.random.key(2), 4000)
    drawn = np.asarray(
        jax.vmap(lambda k: fitting.simulated(jnp.asarray(THETA), GIVEN, stack, k))(keys)
    )
    for side in (0, 1):
        share = (drawn == 1 + side).mean(0)
        p = np.take_along_axis(forecast.p, stack.level[None, :, None, None], 0)[0][:, side]
        error = np.sqrt(p * (1 - p) / len(keys)) + 1e-4
        here = stack.row >= 0
        assert (np.abs(share - p)[here] / error[here]).max() < 4.5
        none = (drawn != 1 + side).all(2).mean(0)
        chance = np.exp(
            np.take_along_axis(forecast.nobody, stack.level[None, :, None], 0)[0, :, side]
        )
        known = stack.number >= 0
        off = np.abs(none - chance)[known] / np.sqrt(chance * (1 - chance) / len(keys))[known]
        assert off.max() < 4.5


def test_draws_carry_the_names_of_parameters():
    from foedus.core.params import columns, load

    drawn = fitting.named(np.tile(THETA, (3, 1)))
    assert set(drawn) == set(fitting.NAMES)
    assert set(drawn) <= set(columns(load().params))
    assert drawn["joining.era"].shape == (4, 3)
    assert drawn["joining.obligation"][0] == pytest.approx(1.5)
