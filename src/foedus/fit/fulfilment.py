r"""Who keeps its word once a treaty is invoked, in the engine's terms of two types of ally.

The engine's allies are steadfast with probability `alliance.trust`, and feel a duty of weight
$w(1 + s)$, others $w(1 - s)$ (`joining.obligation`, `joining.steadfast`). In war and side g, era e,

$$ P(\text{comes}) = \Lambda(b_e + \sigma z_g + w e^{-f t} (1 \pm s)) , $$

t half centuries after 1945 and f `joining.fading`, where states without a duty come with
$\Lambda(b_e + \sigma z_g)$: these are counted too, so that the shared effect of a war and side is
told apart from duty. A treaty's type is the same in all its wars. Only promises of defence are
used: neutrality is kept by staying out. Since 1991 two were invoked (war 216 is held back), so
trust is one share from 1946 on.

Beside it, `fulfilment_rates` gives the shares kept of all kinds, and `fulfilment_coverage` the
probability that a pact is invoked at all.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
import pandas as pd
from jax.nn import log_sigmoid
from scipy.special import expit

from foedus.core.features import faded
from foedus.core.kinds import Era
from foedus.fit.alliance_prior import ENOUGH, distribution, draw, sample, thin, weak
from foedus.fit.diagnose import convergence, predictive, summary
from foedus.fit.fitted import Fitted
from foedus.fit.fulfilment_coverage import coverage
from foedus.fit.fulfilment_rates import (
    Codings,
    at,
    by_era,
    coders,
    eras,
    invoked,
    log_p,
    marginal,
    shares_kept,
)
from foedus.record.treaties import Table

NAMES = ("alliance.trust", "joining.steadfast")
MODERN = Era.COLD_WAR
"""Era from which trust in allies is one share."""


class Crowds(NamedTuple):
    """States without a duty that might have come to the wars and sides of `Codings`.

    Attributes:
        war: Place of the war and side, [crowd].
        era: [crowd].
        relevant: Their number, [crowd].
        joined: How many came, [crowd].
    """

    war: np.ndarray
    era: np.ndarray
    relevant: np.ndarray
    joined: np.ndarray


def crowds(bystanders: Table, wars: pd.MultiIndex) -> tuple[Crowds, int]:
    """Bystanders laid on the wars and sides of `invoked`; other wars come after them.

    Args:
        bystanders: `record.fulfilment.bystanders`.
        wars: Wars and sides of the codings.

    Returns:
        The crowds; the number of wars and sides in all.
    """
    own = pd.MultiIndex.from_frame(bystanders[["war", "side"]])
    every = wars.append(own.difference(wars)) if len(own.difference(wars)) else wars
    columns = (bystanders[name].to_numpy("int64") for name in ("era", "relevant", "joined"))
    return Crowds(every.get_indexer(own), *columns), len(every)


def types(told: Codings, crowd: Crowds, wars: int, table: dict) -> None:
    """NumPyro model of steadfast and other allies, in the engine's terms."""
    without, coder = eras(table, "fulfilment.without"), coders(table)
    trust = eras(table, "alliance.trust", MODERN + 1)
    spread = draw("side_sd", distribution(table, "joining.side_sd"))
    duty = draw("obligation", distribution(table, "joining.obligation"))
    fading = draw("fading", distribution(table, "joining.fading"))
    differ = draw("steadfast", distribution(table, "joining.steadfast"))
    with numpyro.plate("sides", wars):
        shared = draw("side_z", dist.Normal(0.0, 1.0))
    alone = at(without, crowd.era) + spread * at(shared, crowd.war)
    stayed = crowd.relevant - crowd.joined
    came = crowd.joined * log_sigmoid(alone) + stayed * log_sigmoid(-alone)
    numpyro.factor("crowds", came.sum())
    eta = at(without, told.era) + spread * at(shared, told.war) + at(coder, told.scheme)
    whose = told.weight[:, None] * (told.treaty[:, None] == np.arange(told.treaty.max() + 1))
    duty = duty * faded(fading, told.year)
    each = [
        log_p(told.kept, eta + duty * (1 + sign * differ)) @ whose.astype(np.float32)
        for sign in (1, -1)
    ]
    share = at(trust, _first_era(told))
    mixed = jnp.logaddexp(log_sigmoid(share) + each[0], log_sigmoid(-share) + each[1])
    numpyro.factor("treaties", mixed.sum())


def _first_era(told: Codings) -> np.ndarray:
    """Era of trust in which each treaty was first invoked [treaty]."""
    first = np.full(told.treaty.max() + 1, MODERN)
    np.minimum.at(first, told.treaty, told.era)
    return first


def replicate(
    told: Codings, crowd: Crowds, one: dict[str, np.ndarray], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Who would come, in wars with the same shared effects but among allies of other types.

    Args:
        told: The codings.
        crowd: The bystanders.
        one: One draw of `types`, with eras' levels as `without` and `trust`.
        rng: Of the data.

    Returns:
        Kept [coding], joined [crowd].
    """
    shared = one["side_sd"] * one["side_z"]
    coder = np.concatenate([[0.0], one["coder"]])
    steadfast = rng.random(told.treaty.max() + 1) < one["trust"][_first_era(told)]
    sign = np.where(steadfast, 1, -1)[told.treaty]
    left = np.asarray(faded(one["fading"], told.year))
    duty = one["obligation"] * left * (1 + sign * one["steadfast"])
    eta = one["without"][told.era] + shared[told.war] + coder[told.scheme] + duty
    alone = expit(one["without"][crowd.era] + shared[crowd.war])
    return rng.random(len(eta)) < expit(eta), rng.binomial(crowd.relevant, alone)


def _checked(told: Codings, crowd: Crowds, flat: dict[str, np.ndarray], seed: int) -> dict:
    """Posterior predictive check of the types model."""
    late = told.era >= MODERN

    def share(rows: np.ndarray) -> Callable:
        return lambda data: np.average(data[0][rows], weights=told.weight[rows])

    statistics = {
        "kept to 1945": share(~late),
        "kept since 1946": share(late),
        "bystanders that came": lambda data: float(data[1].sum()),
        "wars to which bystanders came": lambda data: float((data[1] > 0).sum()),
    }
    names = ("side_sd", "side_z", "coder", "obligation", "fading", "steadfast")
    draws = {name: np.moveaxis(flat[name], 0, -1) for name in names}
    draws["without"] = by_era(flat, "fulfilment.without").T
    draws["trust"] = expit(by_era(flat, "alliance.trust")).T
    kept = {name: rows for name, rows in statistics.items() if name[:4] != "kept"}
    kept |= {n: s for n, s in statistics.items() if (late if "since" in n else ~late).any()}
    observed = (told.kept, crowd.joined)
    return predictive(observed, kept, lambda d, rng: replicate(told, crowd, d, rng), draws, seed)


def fit(
    codings: Table,
    bystanders: Table,
    *,
    draws: int = 1000,
    seed: int,
    table: dict | None = None,
) -> Fitted:
    """Trust in allies since 1946 and how much types differ, from codings of promises invoked.

    The two hang together with `joining.obligation` and `joining.fading`, the weight here of a duty
    that was invoked and covered. To fit given another posterior of these, put it in `table`.

    Args:
        codings: `record.fulfilment.codings`.
        bystanders: `record.fulfilment.bystanders`.
        draws: Wanted of each parameter.
        seed: Of the samplers.
        table: Priors, as `alliance.weak()`.

    Returns:
        Draws of `NAMES`. Diagnostics: convergence of the types model; trust by era, and the
        numbers it hangs together with (`with_trust`, `correlation`); `implied`, what the engine's
        types would do in a war not seen, by era; `predictive` checks; `rates`, the model by era
        and kind, with its own convergence; `coverage`.
    """
    table = weak() if table is None else table
    told, wars = invoked(codings, sided=True)
    crowd, number = crowds(bystanders, wars)
    many = max(draws, ENOUGH)
    found, diverging = sample(types, told, crowd, number, table, draws=many, seed=seed)
    scalars = {name: a for name, a in found.items() if name != "side_z"}
    flat = thin(found, draws)
    trust = expit(by_era(flat, "alliance.trust"))
    by_kind, checked = shares_kept(invoked(codings)[0], table, many, seed)
    cover = coverage(codings, draws=draws, seed=seed, table=table)
    names = ["concert", "world_wars", "modern"]
    modern = trust[:, MODERN]
    single = ("obligation", "fading", "steadfast", "side_sd")
    diagnostics = convergence(scalars, diverging)
    diagnostics |= {
        "trust": summary(dict(zip(names, trust.T, strict=True))),
        "with_trust": summary({name: flat[name] for name in single}),
        "correlation": {n: float(np.corrcoef(modern, flat[n])[0, 1]) for n in single},
        "implied": _implied(flat, trust, by_era(flat, "fulfilment.without")),
        "predictive": _checked(told, crowd, flat, seed),
        "rates": by_kind,
        "rates_fit": checked,
        "coverage": {
            "names": list(cover.names),
            "mean": cover.mean.tolist(),
            "covariance": cover.covariance.tolist(),
            "n": cover.n,
            **cover.diagnostics,
        },
    }
    kept = {"alliance.trust": modern, "joining.steadfast": flat["steadfast"]}
    n = {
        "codings": len(told.kept),
        "promises": round(float(told.weight.sum())),
        "treaties": int(told.treaty.max()) + 1,
        "bystanders": int(crowd.relevant.sum()),
        "bystanders_joined": int(crowd.joined.sum()),
    }
    return Fitted(kept, diagnostics, n)


def _implied(
    flat: dict[str, np.ndarray], trust: np.ndarray, without: np.ndarray
) -> dict[str, dict[str, float]]:
    """Probability that a relevant state comes, with a duty in full and without, by era."""
    told = {}
    trust = trust[:, [min(era, MODERN) for era in Era]]
    spread = flat["side_sd"][:, None] * np.ones(len(Era))
    middle = np.array([era.middle for era in Era])
    duty = flat["obligation"][:, None] * np.asarray(faded(flat["fading"][:, None], middle))
    more = duty * flat["steadfast"][:, None]
    steadfast, other = (marginal(without + duty + d, spread) for d in (more, -more))
    mean = trust * steadfast + (1 - trust) * other
    for label, values in (("duty", mean), ("no duty", marginal(without, spread))):
        told |= {f"{label} {era.name.lower()}": values[:, era] for era in Era}
    return summary(told)
