import numpy as np
import pytest

from foedus.fit import mixed, sides
from foedus.fit.mixed import NINE
from tests.fit.tables import COEFFICIENTS, INTERCEPT, SIGMA, drawn


def test_slope_of_the_posterior_is_its_derivative():
    rows = drawn(2, sides=60)
    x, parts = rows.of(*NINE), sides.layouts(rows)
    at = np.random.default_rng(1).normal([-2.0, *np.zeros(9), 0.5], 0.3)
    _, slope = mixed._log_posterior(at, x, parts)
    for k, step in enumerate(1e-5 * np.eye(len(at))):
        up, down = (
            mixed._log_posterior(at + sign * step, x, parts, slope=False)[0] for sign in (1, -1)
        )
        assert slope[k] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-5)


def test_mixed9_recovers_what_made_the_data():
    inside = []
    for seed in range(4):
        rows = drawn(seed, sides=250)
        draws, worth = mixed.mixed_posterior(rows.of(*NINE), sides.layouts(rows), seed, draws=400)
        truth = np.array([INTERCEPT, *COEFFICIENTS, np.log(SIGMA)])
        rank = (draws < truth).mean(0)
        inside.append((rank > 0.05) & (rank < 0.95))
        assert worth > 0.3
        np.testing.assert_allclose(draws.mean(0), truth, atol=4.5 * draws.std(0).max())
    # 44 intervals of 90 per cent: 39.6 expected to hold, with a standard deviation of 2.0
    assert np.sum(inside) >= 34


def test_mixed9_agrees_with_nuts():
    """The same posterior with an effect for every side, sampled by NumPyro."""
    jax = pytest.importorskip("jax")
    numpyro = pytest.importorskip("numpyro")
    import numpyro.distributions as dist
    from numpyro.infer import MCMC, NUTS

    rows = drawn(3, sides=40)
    x = rows.of("rival_opp", "major")

    def model():
        intercept = numpyro.sample("intercept", dist.Normal(*mixed.INTERCEPT))
        beta = numpyro.sample("beta", dist.Normal(0, mixed.COEFFICIENT).expand([2]))
        log_sigma = numpyro.sample("log_sigma", dist.Normal(*mixed.LOG_SIGMA))
        with numpyro.plate("sides", 40):
            z = numpyro.sample("z", dist.Normal())
        logits = intercept + x @ beta + jax.numpy.exp(log_sigma) * z[rows.side]
        numpyro.sample("y", dist.Bernoulli(logits=logits), obs=rows.joined.astype(int))

    sampler = MCMC(NUTS(model), num_warmup=200, num_samples=1000, progress_bar=False)
    sampler.run(jax.random.key(1))
    found = sampler.get_samples()
    exact = np.column_stack([found["intercept"], found["beta"], found["log_sigma"]])
    ours, _ = mixed.mixed_posterior(x, sides.layouts(rows), 1, draws=2000)
    spread = exact.std(0)
    np.testing.assert_allclose(ours.mean(0), exact.mean(0), atol=0.15 * spread.min())
    np.testing.assert_allclose(ours.std(0), spread, rtol=0.12)


def test_eight_numbers_where_war_is_not_known():
    rows = drawn(7, sides=60)
    without = rows._replace(x=rows.x[:, :8], names=rows.names[:8])
    assert mixed.nine(without) == NINE[:-1]
    found = mixed.mixed9(without, without, 1)
    assert found.logits.shape[1] == len(without.year)
