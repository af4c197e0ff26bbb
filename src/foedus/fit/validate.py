"""Skill on what a model has not seen: ours and every reference, on the same folds, in one run.

Tables: `S4a` opportunities fixed at onset, escalation integrated out (a forecast); `S4` the same
where the originators used force, their own highest act known; `S5` given war; `F` all relevant or
allied third parties, either side. Rolling origin: learn before T, judge the ten years from T.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from foedus.core.kinds import Side
from foedus.fit import escalation, joining
from foedus.fit.crises import Crises, crises
from foedus.fit.folds import Fold, block, rolling_origin
from foedus.fit.forecast import tell
from foedus.fit.landscape import leans
from foedus.fit.laplace import Peak
from foedus.fit.references import CLASS_REFERENCES, REFERENCES, class_rows, one_side_rows
from foedus.fit.skill import (
    Scored,
    ScoredClasses,
    calibration,
    class_measures,
    compare,
    evaluate,
    evaluate_classes,
    measures,
    paired_interval,
)
from foedus.record import calls as record_calls
from foedus.record.onsets import onsets

DRAWS = 32
"""Of each origin's posterior over which a forecast is averaged."""
BEST = "mixed9"
OURS = "foedus"
TABLES = ("S4a", "S4", "S5", "F")
_SIDES = {Side.TARGET: 2, Side.CHALLENGER: 1}


class Told(NamedTuple):
    """Our forecasts of one origin's test years.

    Attributes:
        rows: Row of the calls table; probability of joining A and B, war or not known; the same
            with escalation integrated out: [row, 5].
        sides: Number of dispute and side; log score and log chance that nobody comes, both with
            the level known and integrated out: [side, 5].
        usual: Of each table, share of sides learnt from to which somebody came.
    """

    rows: np.ndarray
    sides: np.ndarray


def called_once(calls: pd.DataFrame) -> np.ndarray:
    """Who has a defence pledge to just one side [row, side A and B]."""
    one = calls.defense_a != calls.defense_b
    return np.column_stack([one & calls.defense_a, one & calls.defense_b])


def forecast_origin(
    stacks: list[Crises],
    called: np.ndarray,
    levels: np.ndarray,
    thetas: np.ndarray,
    given: joining.Setting,
    test: tuple[float, float],
) -> Told:
    """Forecast every dispute that began in some years.

    Args:
        stacks: All disputes.
        called: Who has a defence pledge to just one side [row, side A and B].
        levels: Probability of each level of hostility at onset, by dispute number [number, 3].
        thetas: Posterior draws.
        given: What was not fitted.
        test: First year, and the year after the last.
    """
    rows, sides = [], []
    for stack in stacks:
        here = np.flatnonzero((stack.year >= test[0]) & (stack.year < test[1]))
        if not len(here):
            continue
        known = stack.row >= 0
        asked = np.stack([known & called[stack.row, _SIDES[s] - 1] for s in Side], 1)
        told = tell(thetas, given, stack, asked)
        for i in here:
            weight, level = levels[stack.number[i]], stack.level[i]
            states = np.flatnonzero(known[i])
            by_side = told.p[:, i][:, ::-1, states]  # side A first
            mixed = np.einsum("l,lsk->ks", weight, by_side)
            rows.append(np.column_stack([stack.row[i, states], by_side[level].T, mixed]))
            for side in Side:
                if not asked[i, side].any():
                    continue
                scores = [
                    (a[level, i, side], logsumexp(a[:, i, side], b=weight))
                    for a in (told.score, told.nobody)
                ]
                number = stack.number[i] * 10 + _SIDES[side]
                sides.append([number, *scores[0], *scores[1]])
    return Told(np.concatenate(rows), np.array(sides))


def forecasts(
    folder: Path,
    table: dict,
    calls: pd.DataFrame,
    seed: int,
    progress: Callable[..., None] = lambda line, done=0: None,
    peaks: dict[int, Peak] | None = None,
) -> Told:
    """Ours, origin by origin: fit the years before, forecast those after.

    Args:
        folder: Of the record.
        table: Of priors.
        calls: From `record.calls.table`.
        seed: Of posterior draws.
        progress: Told what was done, and its share of all these forecasts.
        peaks: Filled with the fit of each origin; fits that it holds are not made again.
    """
    stacks, given, known = crises(calls), joining.setting(), onsets(folder)
    called = called_once(calls)
    peaks = {} if peaks is None else peaks
    parts: list[Told] = []
    folds = rolling_origin(calls.year.to_numpy())
    work = np.cumsum([0.0 if fold.label in peaks else fold.train.sum() for fold in folds])
    for fold, done in zip(folds, work / max(work[-1], 1), strict=True):
        origin = fold.label
        if origin not in peaks:
            before = [s._replace(weight=s.weight * (s.year < origin)) for s in stacks]
            start = peaks.get(origin - 10)
            peaks[origin] = joining.fit_peak(table, given, before, start).peak
        thetas = peaks[origin].draw(DRAWS, seed)
        chance = escalation.chances(escalation.learn(known[known.year < origin]), known)
        levels = np.zeros((int(known.index.max()) + 1, chance.shape[1]))
        levels[known.index] = chance
        until = calls.year[fold.test].max() + 1
        parts.append(forecast_origin(stacks, called, levels, thetas, given, (origin, until)))
        progress(f"origin {origin}: {len(parts[-1].sides)} sides forecast", done)
    return Told(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def one_side_scored(told: Told, sided: pd.DataFrame, folds: list[Fold], *, known: bool) -> Scored:
    """Our forecasts as `skill` scores them.

    Args:
        told: Forecasts.
        sided: From `record.calls.one_sided`, with the row of the calls table in `row`.
        folds: The same as for the references.
        known: Whether the level of hostility was known.
    """
    p = np.full((int(told.rows[:, 0].max()) + 1, 2), np.nan)
    p[told.rows[:, 0].astype(int)] = told.rows[:, 1:3] if known else told.rows[:, 3:5]
    column = 1 if known else 2
    by_side = pd.DataFrame(told.sides[:, [column, column + 2]], told.sides[:, 0].astype(int))
    parts, number = [], 0
    for fold in folds:
        train, test = sided[fold.train & ~sided.held_back], sided[fold.test]
        names, first, of = np.unique(test.side, return_index=True, return_inverse=True)
        joined = test.joined.to_numpy(bool)
        score, nobody = by_side.loc[names].to_numpy().T
        own = (test.side.to_numpy() % 10) - 1
        usual = float(train.groupby("side").joined.any().mean())
        parts.append(
            Scored(
                p[test.row, own], joined, of + number, score, -np.expm1(nobody),
                np.bincount(of, joined) > 0, np.full(len(names), usual),
                test.dispnum.to_numpy()[first], test.year.to_numpy()[first],
            )
        )  # fmt: skip
        number += len(names)
    return Scored(*(np.concatenate(c) for c in zip(*parts, strict=True)))


def classes_scored(told: Told, calls: pd.DataFrame, folds: list[Fold]) -> ScoredClasses:
    """Our forecasts where either side may be joined; the level of hostility is known."""
    p = np.full((len(calls), 2), np.nan)
    p[told.rows[:, 0].astype(int)] = told.rows[:, 1:3]
    parts = []
    for fold in folds:
        train, test = calls[fold.train & ~calls.held_back], calls[fold.test]
        usual = np.bincount(train.joined, minlength=3) / len(train)
        both = p[np.flatnonzero(fold.test)]
        stated = np.column_stack([1 - both.sum(1), both])
        given = np.broadcast_to(usual, stated.shape)
        joined = test.joined.to_numpy()
        parts.append(
            ScoredClasses(stated, joined, given, test.dispnum.to_numpy(), test.year.to_numpy())
        )
    return ScoredClasses(*(np.concatenate(c) for c in zip(*parts, strict=True)))


def validate(
    folder: Path,
    table: dict,
    seed: int = 1,
    progress: Callable[..., None] = lambda line, done=0: None,
    peaks: dict[int, Peak] | None = None,
) -> dict[str, Any]:
    """Every table and model; the JSON of `foedus validate`.

    Args:
        folder: Of the record.
        table: Of priors.
        seed: Of draws and resamples.
        progress: Told what was done.
        peaks: As for `forecasts`.
    """
    calls = record_calls.table(folder).rename_axis("row").reset_index()
    told = forecasts(folder, table, calls.drop(columns="row"), seed, progress, peaks)
    lean = leans(folder, calls, seed)
    progress("landscape: every third party of every dispute lined up")
    tables = {}
    for name, options in (("S4a", {}), ("S4", {"force": True}), ("S5", {"war": True})):
        sided = record_calls.one_sided(calls, **options)
        own = np.where(sided.side % 10 == 1, lean[sided.row], 1 - lean[sided.row])
        rows = one_side_rows(sided.drop(columns="row"), war=name == "S4", lean=own)
        folds = rolling_origin(rows.year)
        models = {OURS: one_side_scored(told, sided, folds, known=name != "S4a")}
        models |= {n: evaluate(m, rows, folds, seed) for n, m in REFERENCES.items()}
        tables[name] = summary(models, measures, seed) | {"hard": _hard(models, sided, seed)}
        progress(f"table {name}: {', '.join(models)}")
    rows = class_rows(calls.drop(columns="row"), lean=lean)
    folds = rolling_origin(rows.year)
    models = {OURS: classes_scored(told, calls, folds)}
    models |= {n: evaluate_classes(m, rows, folds, seed) for n, m in CLASS_REFERENCES.items()}
    tables["F"] = summary(models, class_measures, seed)
    return {"seed": seed, "draws": DRAWS, "tables": tables}


def summary(models: dict[str, Any], of: Callable[[Any], dict], seed: int) -> dict[str, Any]:
    """Figures of every model, each with its paired interval against the best reference."""
    best = BEST if BEST in models else _best(models)
    figures = {}
    for name, scored in models.items():
        compared = compare(scored, models[best], seed)
        figures[name] = of(scored) | {
            "paired_interval_vs_best_reference": list(compared.by_dispute),
            "paired_interval_by_five_years": list(compared.by_block),
            "difference": compared.difference,
            "verdict": "is the reference" if name == best else compared.verdict,
        }
    ours = models[OURS]
    stated = (
        (ours.somebody, ours.came)
        if isinstance(ours, Scored)
        else (1 - ours.p[:, 0], ours.joined > 0)
    )
    sizes = {k: figures[OURS][k] for k in ("n_sides", "n_rows")}
    return {**sizes, "best_reference": best, "calibration": calibration(*stated), "models": figures}


def _best(models: dict[str, Any]) -> str:
    others = {name: m.log_score.mean() for name, m in models.items() if name != OURS}
    return max(others, key=lambda name: others[name])


MANY = 9
"""Partners from which a pact counts as multilateral."""


def _hard(models: dict[str, Scored], sided: pd.DataFrame, seed: int) -> dict[str, Any]:
    """Side scores apart where the record is thin: after 1945, large pacts, onset after peace."""
    first = sided[sided.year >= models[OURS].year.min()].drop_duplicates("side")
    by_year = first.assign(fold=(first.year // 10).clip(upper=200)).sort_values(["fold", "side"])
    masks = {
        "after 1945": by_year.year > 1945,
        f"{MANY} or more partners": by_year.partners_own >= MANY,
        "no fight with the opponent's side in ten years": by_year.against_opp == 0,
    }
    found = {}
    for name, mask in masks.items():
        only = mask.to_numpy()
        ours, best = (models[m].log_score[only] for m in (OURS, BEST))
        cluster = models[OURS].dispute[only], block(models[OURS].year[only])
        found[name] = {
            "n_sides": int(only.sum()),
            OURS: float(ours.mean()),
            BEST: float(best.mean()),
            "paired_interval": list(paired_interval(ours, best, cluster[0], seed)),
            "by_five_years": list(paired_interval(ours, best, cluster[1], seed)),
        }
    return found
