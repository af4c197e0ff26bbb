"""How many of the promises that wars invoked were kept, by era and kind.

A logit with eras, wars and treaties pooled, and what each coding scheme adds. A war and treaty
coded by several schemes counts once, shared among them.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
import pandas as pd
from jax.nn import log_sigmoid
from numpyro.infer import MCMC, NUTS
from scipy.special import expit

from foedus.core.kinds import Era
from foedus.fit.alliance_hazard import bootstrap
from foedus.fit.alliance_prior import distribution, draw, sample, thin, weak
from foedus.fit.diagnose import convergence, leave_one_out, summary
from foedus.fit.folds import rolling_origin
from foedus.record.fulfilment import HONORED, OUTSIDE, SCHEMES
from foedus.record.treaties import KINDS, Table


class Codings(NamedTuple):
    """Codings of promises that were invoked.

    Attributes:
        kept: [coding], 0 or 1.
        weight: One over the number of codings of the same war and treaty, [coding].
        scheme: Place in `SCHEMES`, [coding].
        war: Place of the war among wars, or of war and side, [coding].
        treaty: Place of the treaty among treaties, [coding].
        era: `kinds.Era`, [coding].
        kind: Promises, [coding, kind of `KINDS`].
        year: In which the war began, [coding].
        last: In which it ended, [coding].
    """

    kept: np.ndarray
    weight: np.ndarray
    scheme: np.ndarray
    war: np.ndarray
    treaty: np.ndarray
    era: np.ndarray
    kind: np.ndarray
    year: np.ndarray
    last: np.ndarray


def invoked(codings: Table, *, sided: bool = False) -> tuple[Codings, pd.MultiIndex]:
    """Codings of promises that were invoked, war 216 left out.

    Args:
        codings: `record.fulfilment.codings`.
        sided: Of pacts of defence only, with each war divided by the side that was to be helped.

    Returns:
        The codings; the wars and sides in their order.

    Raises:
        ValueError: None is left.
    """
    rows = codings[(codings.outcome != OUTSIDE) & ~codings.held_back]
    if sided:
        rows = rows[rows.defense == 1]
    if not len(rows):
        raise ValueError("expected codings of promises that were invoked; got none")
    groups = pd.MultiIndex.from_arrays([rows.war, helped(rows) if sided else [""] * len(rows)])
    war, wars = pd.factorize(groups)
    many = rows.groupby(["war", "atopid"]).outcome.transform("size").to_numpy(float)
    told = Codings(
        kept=(rows.outcome == HONORED).to_numpy(float),
        weight=1 / many,
        scheme=np.array([SCHEMES.index(scheme) for scheme in rows.scheme]),
        war=war,
        treaty=pd.factorize(rows.atopid)[0],
        era=rows.era.to_numpy("int64"),
        kind=rows[list(KINDS)].to_numpy(float),
        year=rows.year.to_numpy("int64"),
        last=rows["last"].to_numpy("int64"),
    )
    return told, pd.MultiIndex.from_tuples(list(wars))


def helped(rows: Table) -> np.ndarray:
    """Side of the war that a treaty's members were on: target before challenger, or unknown."""
    target = (rows.attacked == 1) | (rows.joined_target == 1)
    challenger = (rows.began == 1) | (rows.joined_challenger == 1)
    return np.select([target, challenger], ["target", "challenger"], "unknown")


def eras(table: dict, name: str, eras: int = len(Era)) -> Any:
    """A level for each era, pooled [era]."""
    centre = draw(name, distribution(table, name))
    spread = draw(f"{name}_era_sd", distribution(table, name, "era_sd"))
    with numpyro.plate(f"{name}_eras", eras):
        shift = draw(f"{name}_z", dist.Normal(0.0, 1.0))
    return centre + spread * shift


def at(values: jax.Array, place: np.ndarray | jax.Array) -> jax.Array:
    """`values[place]`, as a product: several times faster to compile and to run backwards."""
    return jax.nn.one_hot(place, values.shape[0]) @ values


def coders(table: dict) -> jax.Array:
    """What each scheme adds to the first [scheme]."""
    with numpyro.plate("schemes", len(SCHEMES) - 1):
        rest = draw("coder", distribution(table, "fulfilment.coder"))
    return jnp.concatenate([jnp.zeros(1), rest])


def log_p(kept: np.ndarray | jax.Array, eta: np.ndarray | jax.Array) -> jax.Array:
    """Log-probability of what was done, given its log-odds."""
    return jnp.where(kept > 0.5, log_sigmoid(eta), log_sigmoid(-eta))


def by_era(flat: dict[str, np.ndarray], name: str) -> np.ndarray:
    """Levels [draw, era] of what `_eras` sampled."""
    return flat[name][:, None] + flat[f"{name}_era_sd"][:, None] * flat[f"{name}_z"]


def rates(told: Codings, wars: int, treaties: int, table: dict) -> None:
    """NumPyro model of the share of invoked promises that were kept."""
    level, coder = eras(table, "fulfilment.level"), coders(table)
    with numpyro.plate("kinds", len(KINDS)):
        kind = draw("kind", distribution(table, "fulfilment.kind"))
    eta = at(level, told.era) + at(coder, told.scheme) + told.kind @ kind
    for name, place, size in (("war", told.war, wars), ("treaty", told.treaty, treaties)):
        spread = draw(f"{name}_sd", distribution(table, f"fulfilment.{name}_sd"))
        with numpyro.plate(name, size):
            effect = draw(f"{name}_z", dist.Normal(0.0, 1.0))
        eta = eta + spread * at(effect, place)
    numpyro.deterministic("eta", eta)
    numpyro.factor("codings", (told.weight * log_p(told.kept, eta)).sum())


def shares_kept(
    told: Codings, table: dict, draws: int, seed: int
) -> tuple[dict[str, dict[str, float]], dict[str, Any]]:
    """Fit of `rates`: shares by era and kind, and what can be said of the fit."""
    sizes = told.war.max() + 1, told.treaty.max() + 1
    found, diverging = sample(rates, told, *sizes, table, draws=draws, seed=seed)
    scalars = {k: a for k, a in found.items() if k not in ("eta", "war_z", "treaty_z")}
    kept = np.asarray(told.kept) > 0.5
    logs = -np.logaddexp(0, np.where(kept, -1, 1) * found["eta"]) * told.weight
    _, item = np.unique(np.stack([told.war, told.treaty]), axis=1, return_inverse=True)
    by_item = logs @ (item.ravel()[:, None] == np.arange(item.max() + 1))
    loo = leave_one_out(by_item)
    told_of = convergence(scalars, diverging)
    told_of |= {"loo": {key: loo[key] for key in ("elpd", "se", "p_loo", "bad")}}
    told_of |= {"coder": summary(dict(zip(SCHEMES[1:], found["coder"].T, strict=True)))}
    return _shares(told, thin(found, draws)), told_of


def _shares(told: Codings, flat: dict[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """Share kept in a war and of a treaty not seen, by era and kind, the first scheme's reading.

    A kind stands for the promises that usually go with it.
    """
    level = by_era(flat, "fulfilment.level")
    spread = np.hypot(flat["war_sd"], flat["treaty_sd"])
    shares = {}
    for k, kind in enumerate(KINDS):
        if not told.kind[:, k].any():
            continue
        usual = told.kind[told.kind[:, k] == 1].mean(0)
        for era in Era:
            centre = level[:, era] + flat["kind"] @ usual
            shares[f"{kind} {era.name.lower()}"] = marginal(centre, spread)
    return summary(shares)


def marginal(centre: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Mean of the logistic function of a normal variable.

    Examples:
        >>> marginal(np.array([0.0]), np.array([2.0])).round(3)
        array([0.5])
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    values = expit(np.asarray(centre)[..., None] + np.asarray(spread)[..., None] * nodes)
    return values @ weights / weights.sum()


def held_out(
    codings: Table,
    first: int = 1900,
    last: int = 1980,
    step: int = 20,
    *,
    draws: int = 400,
    seed: int = 1,
    table: dict | None = None,
) -> dict[str, Any]:
    """Log score of `rates` on wars after those it learnt from, beside the base rate.

    Args:
        codings: `record.fulfilment.codings`.
        first: First origin: wars that ended before it are learnt from.
        last: Last origin.
        step: Years between origins.
        draws: Of each fit.
        seed: Of the sampler and of the bootstrap over wars.
        table: Priors, as `alliance.weak()`.

    Returns:
        `promises` judged (wars and treaties), `model` and `base_rate` (mean log score a promise),
        `gain` and its 90 per cent `interval`, and `origins`: the same two scores by origin.
    """
    table = weak() if table is None else table
    told, wars = invoked(codings)
    sizes = len(wars), int(told.treaty.max()) + 1
    kernel = NUTS(lambda c: rates(c, *sizes, table), target_accept_prob=0.9)
    run = MCMC(kernel, num_warmup=300, num_samples=draws, progress_bar=False, jit_model_args=True)
    ours, base, origins = np.zeros(len(told.kept)), np.zeros(len(told.kept)), []
    judged = np.zeros(len(told.kept), bool)
    for fold in rolling_origin(told.year, first, last, step):
        known = told._replace(weight=told.weight * (told.last < fold.label))
        run.run(jax.random.key(seed), jax.tree.map(jnp.asarray, known))
        p = expit(np.asarray(run.get_samples()["eta"], float)).mean(0)
        share = np.average(told.kept, weights=known.weight).clip(0.01, 0.99)
        for score, chance in ((ours, p), (base, np.full(len(p), share))):
            log_p = np.where(told.kept > 0.5, np.log(chance), np.log1p(-chance))
            score[fold.test] = log_p[fold.test]
        judged |= fold.test
        scores = [np.average(s[fold.test], weights=told.weight[fold.test]) for s in (ours, base)]
        stated = dict(zip(("model", "base_rate"), map(float, scores), strict=True))
        origins.append({"origin": fold.label, **stated})
    weight, war = told.weight[judged], told.war[judged]
    gain = (ours - base)[judged] * weight
    mean = {"model": ours, "base_rate": base}
    return {
        "promises": float(weight.sum()),
        **{name: float(np.average(s[judged], weights=weight)) for name, s in mean.items()},
        "gain": float(gain.sum() / weight.sum()),
        "interval": bootstrap(gain, war, seed, weight),
        "origins": origins,
    }
