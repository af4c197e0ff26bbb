r"""When those who come begin to fight: share within a week, and the delay of the others.

A joiner of war w fights within the first week with probability $\Lambda(\alpha + \sigma_e u_w)$,
else after a lognormal delay with median $\delta\, e^{\sigma_b t_w}$ and log spread $\sigma_w$.
When in that week is not asked: dates of the first days are those of declarations and first shots,
and the engine decides by weeks. The joiners of one war come together more
often than not (twelve states in the Gulf on one day), hence an effect for each war, and not a
weight of 1 / joiners: a weighted likelihood has no posterior spread that means anything. The engine
draws each state alone, so it gets the law of a state in a war of no known kind: the share
averaged over $u$, the median, and $\sqrt{\sigma_b^2 + \sigma_w^2}$.

Who was too late is not in the record: a delay is seen only if the war lasts that long. So each
day counts by its probability given that the delay is shorter than the war. The engine
does the same to its own joiners, so its delays must be those before this selection.
"""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jax.scipy.special import ndtr
from jaxtyping import Array, Float, Int
from scipy import special, stats

from foedus.fit import war_prior
from foedus.fit.diagnose import convergence, predictive, summary
from foedus.fit.fitted import Fitted
from foedus.fit.war_sample import Chains, Likelihood, nuts

NAMES = ("joining.early", "joining.delay", "joining.delay_sd")
_SCORED = (
    "joining.early",
    "joining.early_between",
    "joining.delay",
    "joining.delay_between",
    "joining.delay_within",
)
WEEK = 7.0
LEVELS, WITHIN = (0.1, 0.25, 0.5, 0.75, 0.9), (7, 30, 44, 90)
_FLOOR = 1e-300
_NEVER = 1e9  # days; its log has a slope, that of infinity has none
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(31)


class Delays(NamedTuple):
    """Joiners as arrays.

    Attributes:
        days: Whole days of fighting before the state's own first day.
        limit: Days that the war lasted; very many if that is not to matter.
        war: Number of the war among the wars here.
        wars: How many there are.
    """

    days: Float[np.ndarray, " joiner"]
    limit: Float[np.ndarray, " joiner"]
    war: Int[np.ndarray, " joiner"]
    wars: int


class Law(NamedTuple):
    """The mixture in one war, or in each.

    Attributes:
        early: Share within the first week.
        median: Of the others' delay, log days.
        spread: Of its log.
    """

    early: Any
    median: Any
    spread: Any


def fit(
    entries: pd.DataFrame,
    *,
    draws: int = 1000,
    seed: int,
    table: dict | None = None,
    chains: int = 4,
) -> Fitted:
    """Law of entry delays from coded joiners.

    Args:
        entries: As `record.wars.entries` gives them.
        draws: Wanted of each parameter.
        seed: Of everything.
        table: Priors; the weak ones if none are given.
        chains: Of the sampler.

    Returns:
        Draws of `NAMES`; diagnostics: convergence; `between_wars`, what the law is made of;
        `predictive`, the record's statistics in joiners drawn anew for the same wars; `too_late`,
        share of would-be joiners whom wars as long as the recorded ones would not have seen.

    Raises:
        ValueError: No joiners, or a parameter without a prior.
    """
    rows = joiners(entries)
    data = delays(rows)
    parts, diverging = _sampled(data, table, draws=draws, seed=seed, chains=chains)
    kept = _thinned(parts, draws)
    law = marginal(kept)
    diagnostics: dict[str, Any] = convergence(marginal(parts) | parts, diverging)
    diagnostics |= {
        "between_wars": summary({name: kept[name] for name in _SCORED}),
        "predictive": checked(kept, data, seed=seed),
        "too_late": too_late(law, entries.drop_duplicates("war").war_days.to_numpy(float)),
    }
    n = {
        "joiners": len(rows),
        "wars": data.wars,
        "later entrants that are no coded joiners": int((entries.delay > 0).sum())
        - int((rows.delay > 0).sum()),
        "coded joiners that began their war": int(entries.began.sum()),
        **entries.attrs.get("dropped", {}),
    }
    return Fitted(law, diagnostics, n)


def joiners(entries: pd.DataFrame) -> pd.DataFrame:
    """States coded as joiners, without those that began the war.

    Raises:
        ValueError: There are none.
    """
    coded = entries.joiner.fillna(False).astype(bool) & ~entries.began
    if not coded.any():
        raise ValueError("entries: column joiner: expected coded joiners; got none")
    return entries[coded]


def delays(rows: pd.DataFrame, truncated: bool = True) -> Delays:
    """Joiners as arrays; not `truncated`, as if wars had no end."""
    number, names = pd.factorize(rows.war)
    last = rows.war_days.to_numpy(float)
    return Delays(
        rows.delay.to_numpy(float),
        last if truncated else np.full_like(last, _NEVER),
        number,
        len(names),
    )


def _sampled(
    data: Delays, table: dict | None, *, draws: int, seed: int, chains: int
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Draws [chain, draw] of what the law is made of, and which diverged."""
    prior = war_prior.prior(war_prior.weak() if table is None else table, _SCORED)
    each = max(-(-draws // chains), 500)
    run: Chains = nuts(
        likelihood(prior), prior.size + 2 * data.wars, data, draws=each, seed=seed, chains=chains
    )
    with jax.enable_x64(True):
        z = jnp.asarray(run.z[..., : prior.size])
        found = jax.vmap(jax.vmap(lambda one: war_prior.values(prior, one)))(z)
    return {name: np.asarray(x) for name, x in found.items()}, run.diverging


def _thinned(parts: dict[str, np.ndarray], draws: int) -> dict[str, np.ndarray]:
    """So many draws, evenly from all chains."""
    number = parts[_SCORED[0]].size
    rows = np.linspace(0, number - 1, draws).round().astype(int)
    return {name: x.reshape(-1)[rows] for name, x in parts.items()}


def marginal(parts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The law of a joiner in a war of no known kind, as the engine draws it.

    Args:
        parts: Share and delay of the median war, and their spreads.

    Examples:
        >>> one = {"early": 0.3, "early_between": 1.0, "delay": 90.0,
        ...        "delay_between": 0.8, "delay_within": 0.6}
        >>> law = marginal({f"joining.{name}": np.array([x]) for name, x in one.items()})
        >>> [round(float(x[0]), 2) for x in law.values()]
        [0.33, 90.0, 1.0]
    """
    of = {name.split(".")[1]: x for name, x in parts.items()}
    level = special.logit(of["early"])[..., None] + of["early_between"][..., None] * _NODES
    return {
        "joining.early": special.expit(level) @ (_WEIGHTS / _WEIGHTS.sum()),
        "joining.delay": of["delay"],
        "joining.delay_sd": np.hypot(of["delay_between"], of["delay_within"]),
    }


def likelihood(prior: war_prior.Prior) -> Likelihood:
    """Log likelihood of scores: those of `prior`, then two for each war."""

    def of_scores(z: jax.Array, data: Delays) -> jax.Array:
        of = {n.split(".")[1]: x for n, x in war_prior.values(prior, z[: prior.size]).items()}
        level, pace = z[prior.size :].reshape(2, -1)
        odds = jnp.log(of["early"]) - jnp.log1p(-of["early"]) + of["early_between"] * level
        median = jnp.log(of["delay"]) + of["delay_between"] * pace
        law = Law(jax.nn.sigmoid(odds)[data.war], median[data.war], of["delay_within"])
        return log_density(law, data.days, data.limit).sum()

    return of_scores


def log_density(
    law: Law, days: Float[np.ndarray, " joiner"], limit: Float[np.ndarray, " joiner"]
) -> Float[Array, " joiner"]:
    """Log probability of a delay of so many whole days, given that the war lasts for `limit`.

    The first week (delays of up to seven days) is one class.

    Examples:
        >>> law = Law(0.3, 4.5, 1.2)
        >>> days = np.arange(7.0, 100.0)
        >>> round(float(jnp.exp(log_density(law, days, np.full(93, 100.0))).sum()), 4)
        1.0
    """
    at_once = days <= WEEK
    start, end = (_score(law, day) for day in (jnp.maximum(days, WEEK), days + 1))
    sign = jnp.where(start > 0, -1.0, 1.0)  # in the upper tail, from above: no cancellation
    late = (1 - law.early) * abs(ndtr(sign * end) - ndtr(sign * start))
    soon = law.early + (1 - law.early) * ndtr(_score(law, WEEK + 1))
    seen = jnp.where(at_once, soon, late)
    whole = law.early + (1 - law.early) * ndtr(_score(law, jnp.maximum(limit, WEEK + 1)))
    return jnp.log(seen + _FLOOR) - jnp.log(whole + _FLOOR)


def _score(law: Law, day: Any) -> Array:
    """Normal score of a day among the delays of those who do not come at once."""
    return (jnp.log(day) - law.median) / law.spread


def too_late(law: dict[str, np.ndarray], war_days: np.ndarray) -> dict[str, float]:
    """Share of would-be joiners who would come after the end of wars of these lengths.

    Args:
        law: Draws of `NAMES`.
        war_days: Length of each war; all count alike.

    Returns:
        Mean, and 5 and 95 per cent over draws.
    """
    early, delay, spread = (law[name][:, None] for name in NAMES)
    score = np.log(war_days / delay) / spread
    share = (1 - early * np.minimum(war_days / WEEK, 1) - (1 - early) * stats.norm.cdf(score)).mean(
        1
    )
    low, high = np.quantile(share, [0.05, 0.95])
    return {"mean": float(share.mean()), "low": float(low), "high": float(high)}


def checked(
    parts: dict[str, np.ndarray], data: Delays, *, seed: int
) -> dict[str, dict[str, float]]:
    """Posterior predictive check: as many joiners in the same wars, effects of wars drawn anew.

    Args:
        parts: Draws of what the law is made of.
        data: The joiners that were fitted.
        seed: Of the new joiners.
    """
    told = {f"days {q}": partial(_quantile, level=q) for q in LEVELS[1:]}
    told |= {f"within {day} days": partial(_within, day=day) for day in WITHIN}
    told["spread of log days between wars"] = partial(_between, data=data)
    return predictive(data.days, told, partial(again, data=data), parts, seed)


def _quantile(days: np.ndarray, level: float) -> float:
    return float(np.quantile(days, level))


def _within(days: np.ndarray, day: int) -> float:
    return float((days <= day).mean())


def _between(days: np.ndarray, data: Delays) -> float:
    """Spread of the wars' mean log delays, of those beyond the first week."""
    late = days > WEEK
    sums = np.bincount(data.war[late], np.log(days[late]), data.wars)
    number = np.bincount(data.war[late], minlength=data.wars)
    return float((sums[number > 0] / number[number > 0]).std())


def again(parts: dict[str, np.ndarray], rng: np.random.Generator, data: Delays) -> np.ndarray:
    """Delays of as many joiners in wars of the same lengths, none longer than its war."""
    of = {name.split(".")[1]: float(x) for name, x in parts.items()}
    level, pace = rng.normal(size=(2, data.wars))
    odds = special.logit(of["early"]) + of["early_between"] * level
    median = np.log(of["delay"]) + of["delay_between"] * pace
    early, middle = special.expit(odds)[data.war], median[data.war]
    top = stats.norm.cdf((np.log(data.limit) - middle) / of["delay_within"])
    chance, soon, later = rng.random((3, len(early)))
    at_once = chance * (early + (1 - early) * top) < early
    score = stats.norm.ppf(np.maximum(top * later, _FLOOR))
    slow = np.exp(middle + of["delay_within"] * score)
    return np.floor(np.where(at_once, WEEK * soon, slow))


def sensitivity(entries: pd.DataFrame, *, seed: int, table: dict | None = None) -> dict[str, Any]:
    """The fit under other choices of who is a joiner and what is seen.

    Args:
        entries: As `record.wars.entries` gives them.
        seed: Of the fits.
        table: Priors; the weak ones if none are given.
    """
    rows = joiners(entries)
    choices = {
        "as shipped": delays(rows),
        "as if wars had no end": delays(rows, truncated=False),
        "without the world wars": delays(rows[~rows.world_war]),
        "since 1946": delays(rows[rows.year >= 1946]),
        "all later entrants": delays(entries[entries.delay > 0]),
    }
    told = {}
    for name, data in choices.items():
        parts, _ = _sampled(data, table, draws=1000, seed=seed, chains=2)
        told[name] = summary(marginal(parts)) | {"joiners": len(data.days), "wars": data.wars}
    return told
