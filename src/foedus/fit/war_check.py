"""Does the fitted law of wars make wars like the recorded ones, and does it foresee later ones?"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, special

from foedus.fit import war, war_losses, war_model, war_prior
from foedus.fit.diagnose import calibration, predictive, summary
from foedus.fit.folds import rolling_origin
from foedus.fit.war_losses import LOSSES
from foedus.fit.war_model import OUTCOMES, Record
from foedus.fit.war_references import REFERENCES
from foedus.fit.war_sample import nuts

ERAS = ("1816-1913", "1914-45", "1946-")
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
SHORT = 45
"""Days within which a war counts as short."""

Statistic = Callable[[Record], float]


def statistics() -> dict[str, Statistic]:
    """What the record of wars is compared by, by name: war calibration, table 3, and losses."""
    found: dict[str, Statistic] = {}
    for era, name in enumerate(ERAS):
        for level in QUANTILES:
            found[f"{name} days {level}"] = partial(_quantile, era=era, level=level)
        found[f"{name} within {SHORT} days"] = partial(_short, era=era)
        found[f"{name} Weibull shape"] = partial(_shape, era=era)
        for outcome in OUTCOMES:
            found[f"{name} {outcome}"] = partial(_share, era=era, outcome=outcome)
    last = len(ERAS) - 1
    return found | {
        "slope of winning on log ratio": _slope,
        f"{ERAS[last]} median days of wars won": partial(_quantile, era=last, level=0.5, outcome=0),
        f"{ERAS[last]} won within {SHORT} days": partial(_short, era=last, outcome=0),
        "spread of log death rates": lambda record: float(np.nanstd(record.intensity)),
        "correlation of death rate and length": _deadly_short,
        **{f"exchange ratio, {o}": partial(_exchange, outcome=o) for o in OUTCOMES},
        "spread of exchange ratios": lambda record: float(np.nanstd(record.exchange)),
    }


def _of(record: Record, era: int, outcome: int | None = None) -> np.ndarray:
    """Lengths of the wars of an era that ended so."""
    mine = np.asarray(record.era == era)
    if outcome is not None:
        mine &= np.asarray(record.outcome == outcome)
    return np.asarray(record.days)[mine]


def _quantile(record: Record, era: int, level: float, outcome: int | None = None) -> float:
    days = _of(record, era, outcome)
    return float(np.quantile(days, level)) if len(days) else np.nan


def _short(record: Record, era: int, outcome: int | None = None) -> float:
    return float((_of(record, era, outcome) <= SHORT).sum() / len(_of(record, era)))


def _share(record: Record, era: int, outcome: str) -> float:
    return len(_of(record, era, OUTCOMES.index(outcome))) / len(_of(record, era))


def _shape(record: Record, era: int) -> float:
    return weibull_shape(_of(record, era))


def weibull_shape(days: np.ndarray) -> float:
    """Maximum-likelihood shape of a Weibull law of lengths; 1 is no duration dependence.

    Examples:
        >>> round(weibull_shape(np.random.default_rng(1).weibull(0.7, 9999)), 1)
        0.7
    """
    x = np.log(days) - np.log(days).mean()

    def slope(shape: float) -> float:
        weight = special.softmax(shape * x)
        return float(weight @ x - 1 / shape)

    return float(optimize.root_scalar(slope, bracket=(0.02, 50.0)).root)


def _slope(record: Record) -> float:
    decided = np.asarray(record.outcome) < OUTCOMES.index("other")
    won = np.asarray(record.outcome)[decided] == OUTCOMES.index("won")
    return logit_slope(np.asarray(record.log_ratio)[decided], won)


def logit_slope(x: np.ndarray, y: np.ndarray) -> float:
    """Slope of a logit of y on x and a constant, by maximum likelihood (faintly ridged).

    Examples:
        >>> round(logit_slope(np.array([-1.0, -1, 1, 1, 0]), np.array([0, 1, 1, 0, 1])), 3)
        0.0
    """
    design = np.stack([np.ones_like(x), x], axis=1)

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        p = special.expit(design @ at)
        height = -np.where(y, np.log(p + 1e-300), np.log1p(-p + 1e-300)).sum()
        return height + 1e-4 * at @ at, design.T @ (p - y) + 2e-4 * at

    return float(optimize.minimize(loss, np.zeros(2), jac=True).x[1])


def _deadly_short(record: Record) -> float:
    known = np.isfinite(record.intensity)
    return float(np.corrcoef(record.intensity[known], np.log(record.days)[known])[0, 1])


def _exchange(record: Record, outcome: str) -> float:
    mine = np.asarray(record.outcome) == OUTCOMES.index(outcome)
    return float(np.nanmean(record.exchange[mine])) if mine.any() else np.nan


def checked(
    theta: dict[str, np.ndarray], record: Record, *, seed: int
) -> dict[str, dict[str, float]]:
    """Posterior predictive check: the same wars fought anew, once for each draw.

    Args:
        theta: Draws of `war.NAMES`, [..., draw].
        record: The wars that were fitted.
        seed: Of the new wars.
    """
    return predictive(record, statistics(), partial(again, record=record), theta, seed)


def again(theta: dict[str, np.ndarray], rng: np.random.Generator, record: Record) -> Record:
    """The same wars with other chances; days are whole, and losses unknown where they were."""
    fought = war_model.simulate(theta, record, rng)
    new = war_losses.simulate(theta, fought, rng)
    return new._replace(
        days=np.maximum(np.ceil(new.days), 1),
        intensity=np.where(np.isnan(record.intensity), np.nan, new.intensity),
        exchange=np.where(np.isnan(record.exchange), np.nan, new.exchange),
    )


def rolling(
    wars: pd.DataFrame,
    *,
    seed: int,
    table: dict | None = None,
    first: int = 1870,
    last: int = 1990,
    step: int = 10,
    form: war.Form = war.ENGINE,
) -> dict[str, Any]:
    """Score each war from a fit to the wars before, beside simple references on the same folds.

    Args:
        wars: As `record.wars.wars` gives them.
        seed: Of the fits and of the bootstrap.
        table: Priors; the weak ones if none are given.
        first: First year judged.
        last: Last origin; judged to the end of the table.
        step: Years from one fit to the next.
        form: Which law.

    Returns:
        `n`; by name ("foedus", "climatology", "by_era") the mean `log_score` per war (outcome and
        log length), and for the references `gain`: mean, 5 and 95 per cent of our score less
        theirs over resampled wars; `eras`, the means within eras.
    """
    table = war_prior.weak() if table is None else table
    known = wars[wars.log_ratio.notna()]
    record = war_model.arrays(known)
    over = known.end.dt.year.to_numpy()
    scores = {name: np.full(len(known), np.nan) for name in ("foedus", *REFERENCES)}
    for fold in rolling_origin(known.year.to_numpy(), first, last, step):
        before = fold.train & (over < fold.label)
        weighed = record._replace(weight=before.astype(float))  # of one shape, so compiled once
        run = war.posterior(weighed, table, draws=800, seed=seed, form=form, chains=2, warmup=250)
        density = run.log_density[..., fold.test].reshape(run.diverging.size, -1)
        scores["foedus"][fold.test] = np.logaddexp.reduce(density, axis=0) - np.log(len(density))
        for name, reference in REFERENCES.items():
            scores[name][fold.test] = reference(_pick(record, before), _pick(record, fold.test))
    return _compared(scores, np.asarray(record.era), seed)


def _pick(record: Record, which: np.ndarray) -> Record:
    return Record(*(np.asarray(x)[which] for x in record))


def _compared(scores: dict[str, np.ndarray], era: np.ndarray, seed: int) -> dict[str, Any]:
    """Mean scores, and gains over the references with their uncertainty."""
    judged = np.isfinite(scores["foedus"])
    rng = np.random.default_rng(seed)
    rows = rng.integers(judged.sum(), size=(4000, judged.sum()))
    told: dict[str, Any] = {"n": int(judged.sum())}
    for name, score in scores.items():
        told[name] = {"log_score": float(score[judged].mean())}
        if name != "foedus":
            gain = (scores["foedus"] - score)[judged]
            low, high = np.quantile(gain[rows].mean(1), [0.05, 0.95])
            told[name]["gain"] = [float(gain.mean()), float(low), float(high)]
    told["eras"] = {
        label: {name: float(score[judged & (era == e)].mean()) for name, score in scores.items()}
        for e, label in enumerate(ERAS)
        if (judged & (era == e)).any()
    }
    return told


def sensitivity(wars: pd.DataFrame, *, seed: int, table: dict | None = None) -> dict[str, Any]:
    """The fit under other choices: form of settlement, wars taken, truces counted, codings.

    Args:
        wars: As `record.wars.wars` gives them.
        seed: Of the fits.
        table: Priors; the weak ones if none are given.

    Returns:
        By choice: 5, 50, 95 per cent of each parameter, `elpd` (leave-one-out; comparable only
        where the wars are the same) and the mean `held_out` score.
    """
    table = war_prior.weak() if table is None else table
    known, later = war.split(wars)
    recoded = known.assign(outcome=known.outcome.mask(known.transformed_won, "won"))
    first_week = known[known.log_ratio_first.notna()]
    choices: dict[str, tuple[pd.DataFrame, str, war.Form]] = {
        "as shipped": (known, "days", war.ENGINE),
        "settlement in war time": (known, "days", war.PROPOSED),
        "without the world wars": (known[~known.world_war], "days", war.ENGINE),
        "truces counted": (known, "span", war.ENGINE),
        "regime aims reached are wins": (recoded, "days", war.ENGINE),
        "ratio of the first week": (
            first_week.assign(log_ratio=first_week.log_ratio_first),
            "days",
            war.ENGINE,
        ),
        "with the wars held out": (pd.concat([known, later]), "days", war.ENGINE),
    }
    return {
        name: _refitted(war_model.arrays(rows, days), later, table, form, seed)
        for name, (rows, days, form) in choices.items()
    }


def _refitted(
    record: Record, later: pd.DataFrame, table: dict, form: war.Form, seed: int
) -> dict[str, Any]:
    """One fit, in brief."""
    run = war.posterior(record, table, draws=1200, seed=seed, form=form, chains=2)
    theta = run.thinned(400)
    whole = war.leave_one_out(run.log_density)
    flat = {name: x for name, x in theta.items() if x.ndim == 1}
    for name, x in theta.items():
        if x.ndim == 2:
            flat |= {f"{name} {label}": x[e] for e, label in enumerate(ERAS)}
    return {
        "parameters": summary(flat),
        "elpd": whole["elpd"],
        "held_out": war.held_out(theta, later)["mean"],
    }


def calibrate(
    n: int,
    seed: int,
    *,
    record: Record | None = None,
    table: dict | None = None,
    draws: int = 99,
    warmup: int = 200,
) -> dict[str, dict[str, Any]]:
    """Simulation-based calibration of the law's fit, and of the losses'.

    Args:
        n: Synthetic records.
        seed: Of everything.
        record: Ratios and eras of the wars to make; else 88 of the record's eras and spread.
        table: Priors; the weak ones if none are given.
        draws: Kept of each fit, one in four.
        warmup: Steps of each fit.

    Returns:
        As `diagnose.calibration`; by parameter, and era where they differ.
    """
    table = war_prior.weak() if table is None else table
    like = typical() if record is None else record
    prior = war_prior.prior(table, war.LENGTH)
    likelihood = war.likelihood(prior)
    losses = war_prior.prior(table, LOSSES)

    def simulate(rng: np.random.Generator) -> tuple[dict[str, float], Record]:
        theta = war.values(prior, rng.normal(size=prior.size))
        given = war.values(losses, rng.normal(size=losses.size))
        fought = war_model.simulate(theta, like, rng)
        return _named(theta | given), war_losses.simulate(given, fought, rng)

    def infer(data: Record, rng: np.random.Generator) -> dict[str, np.ndarray]:
        one = int(rng.integers(2**31))
        run = nuts(likelihood, prior.size, data, draws=4 * draws, seed=one, warmup=warmup, chains=1)
        theta = war.values(prior, run.z[0, ::4])
        theta = {name: np.moveaxis(x, 0, -1) for name, x in theta.items()}
        return _named(theta | war_losses.draw(losses, theta, data, seed=one).draws)

    return calibration(simulate, infer, n, seed)


def _named(theta: dict[str, np.ndarray]) -> dict[str, Any]:
    """Scalars by name, and by era where there are three."""
    found = {}
    for name, x in theta.items():
        eras = name in ("war.initiative", "war.settlement", "war.tempo_sd")
        found |= {f"{name} {ERAS[e]}": x[e] for e in range(3)} if eras else {name: x}
    return found


def typical(seed: int = 1) -> Record:
    """Ratios and eras like the record's; outcomes, lengths and losses are yet to be drawn."""
    era = np.repeat([0, 1, 2], [38, 19, 31])
    n = len(era)
    ratio = np.random.default_rng(seed).normal(0.4, 1.7, n)
    return Record(ratio, np.ones(n), np.zeros(n, int), era, np.ones(n), np.zeros(n), np.zeros(n))
