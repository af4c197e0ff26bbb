"""Lines of the table of coefficients, and effects of what a call is like."""

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

from foedus.core.params import GROUPS, load
from foedus.fit import coefficients as subject
from foedus.fit import own_priors
from foedus.fit.crises import crises
from foedus.fit.fitted import Fitted
from foedus.fit.joining import THETA, outcomes, setting
from foedus.record.opportunities import WAR
from tests.fit.small import calls

NORMAL = np.random.default_rng(1).standard_normal(4000)
TRUTH = {
    "intercept": -2.0, "major": 0.5, "contiguity": 0.6, "alongside": 0.9, "against": 0.5,
    "power": 0.2, "affinity": 1.0, "remoteness": 0.5, "display": -1.5, "force": -1.0,
    "obligation": np.log(1.5), "nonaggression": np.log(0.8), "patron_risk": -40.0, "side_sd": 0.2,
}  # fmt: skip
THETAS = np.tile([TRUTH.get(name, 0.0) for name in THETA], (2, 1))
GIVEN = setting()


def line(stage, name, values, **diagnostics):
    told = subject.coefficients(
        {stage: Fitted({name: values}, diagnostics, {})}, own_priors.shipped()
    )
    return told.iloc[0]


def test_each_era_has_its_line_and_draws_for_no_simulation_have_none():
    draws = {"joining.era": np.zeros((4, 9)), "joining.major": NORMAL, "theta": NORMAL}
    told = subject.coefficients({"joining": Fitted(draws, {"khat": 0.4}, {})}, own_priors.shipped())
    assert told.columns.tolist() == list(subject.COLUMNS)
    assert told.era.tolist() == [*subject.ERAS, ""]
    assert set(told.parameter) == {"joining.era", "joining.major"}
    assert (told.khat == 0.4).all()
    assert told.rhat.isna().all()
    assert told.meaning[4] == "joining by a major power; logit"


def test_checks_are_found_under_the_whole_name_or_its_last_part():
    told = {"rhat": {"suspend_intercept": 1.01}, "ess": {"alliance.suspend_intercept": 800.0}}
    one = line("alliance", "alliance.suspend_intercept", NORMAL, **told)
    assert (one.rhat, one.ess) == (1.01, 800.0)


def test_a_prior_is_that_of_its_own_fit():
    assert line("war", "war.drift", np.exp(NORMAL)).prior == "lognormal(0.005, 1)"
    assert line("joining", "joining.major", NORMAL).prior == "normal(0, 1)"
    eras = line("war", "war.initiative", np.stack([NORMAL] * 4)).prior
    assert eras == "normal(0, 0.7), eras half(0.7)"
    shares = 1 / (1 + np.exp(-NORMAL))
    assert line("fulfilment", "alliance.trust", shares).prior.startswith("logit normal(0, 1.5)")


def test_contraction_is_on_the_scale_of_the_prior():
    assert line("joining", "joining.major", NORMAL / 2).contraction == pytest.approx(0.75, abs=0.02)
    lognormal = line("joining", "joining.side_sd", np.exp(0.15 * NORMAL))  # its sd is 0.3
    assert lognormal.contraction == pytest.approx(0.75, abs=0.02)
    eras = line("war", "war.initiative", np.stack([NORMAL] * 4) * 0.7)  # 0.7 and 0.7 give 0.99
    assert eras.contraction == pytest.approx(0.5, abs=0.02)
    logits = line("fulfilment", "alliance.trust", 1 / (1 + np.exp(-NORMAL)))
    assert logits.contraction == pytest.approx(1 - 1 / (1.5**2 + 0.7**2), abs=0.02)


def test_a_file_of_draws_tells_what_the_record_informs():
    stored = load()
    told = subject.shipped(stored)
    every = (f"{group}.{name}" for group in GROUPS for name in stored.table[group])
    basis = (stored.table[g][n]["basis"] for g, n in (name.split(".") for name in told.parameter))
    assert set(basis) == {"record"}
    assert {"war.drift", "joining.major"} < set(told.parameter) < set(every)
    assert told.low.le(told["mean"]).all()


@pytest.fixture(scope="module")
def effects():
    return subject.joining_effects(calls(), THETAS, GIVEN, sample=60, draws=2, seed=1)


def test_effects_go_the_way_of_their_coefficients(effects):
    told = effects.set_index("covariate")["mean"]
    up = ("obligation", "contiguity", "major", "power", "alongside", "against", "affinity")
    assert (told[[f"joining.{name}" for name in up]] > 0).all()
    assert told["joining.remoteness"] < 0
    assert told["joining.nonaggression"] < 0


def test_what_weighs_nothing_has_no_effect(effects):
    assert effects.set_index("covariate")["mean"]["joining.rivalry"] == 0
    assert effects.sd.eq(0).all()  # two draws that are the same


def test_the_chance_is_that_of_the_call_in_its_own_dispute():
    """Where it stood in the table before the dispute was copied, over a finer grid."""
    table = calls()
    asked = subject._asked(table, 60, seed=1)
    call = asked[asked.focal].iloc[7]
    same = (table.ccode == call.ccode) & (table.month == call.month) & (table.cinc == call.cinc)
    (stack,) = crises(table)
    dispute, state = (int(i) for i in np.argwhere(stack.row == np.flatnonzero(same)[0])[0])
    z, side = np.zeros((2, 61)), {"a": 1, "b": 0}[call.own]
    z[side] = np.linspace(-4, 4, 61)
    world = jax.tree.map(lambda a: jnp.asarray(a[dispute]), stack.world)
    logp, case = outcomes(
        jnp.asarray(THETAS[0]), GIVEN, world, jnp.asarray(stack.level[dispute]), jnp.asarray(z)
    )
    p = np.exp(np.asarray(logp[:, 1 + side, state] + case[:, None])).sum(0)
    by_hand = np.average(p, weights=np.exp(-(z[side] ** 2) / 2))
    assert subject._chances(asked, THETAS, GIVEN)[0, 7] == pytest.approx(by_hand, rel=1e-3)


def test_only_the_call_drawn_is_changed():
    asked = subject._asked(calls(), 30, seed=1)
    assert asked.focal.groupby(asked.dispnum).sum().eq(1).all()
    assert set(asked[asked.focal].host) == {3, 4, WAR}
    changed = subject._set(asked, "rival_opp", lambda x: 0 * x + 1)
    assert (changed.rival_b[asked.focal & (asked.own == "a")] == 1).all()
    same = ~(asked.focal & (asked.own == "a"))
    pd.testing.assert_series_equal(changed.rival_b[same], asked.rival_b[same].astype(float))


def test_references_are_each_there_once():
    told = subject.citations(["cow_nmc", "cow_nmc", "cow_majors"])
    assert told.count("@software{foedus") == 1
    keys = [line for line in told.splitlines() if line.startswith("@")]
    assert len(keys) == len(set(keys))
