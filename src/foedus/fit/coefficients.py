"""What was estimated, as people cite it: a table of parameters, marginal effects, references.

A parameter's line stands beside its prior, so that what the record added can be seen.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from scipy.special import logit

from foedus import __version__
from foedus.core.kinds import Side
from foedus.core.params import Stored, columns
from foedus.fit import diagnose
from foedus.fit.crises import LEVELS, crises, levels, single
from foedus.fit.fitted import Fitted
from foedus.fit.joining import Setting, outcomes
from foedus.fit.own_priors import Tables
from foedus.record import catalogue

ERAS = ("1816-1913", "1914-45", "1946-90", "1991-")
"""In the order of `kinds.Era`."""
COLUMNS = (
    "parameter", "era", "stage", "meaning", "prior", "mean", "sd", "low", "high", "rhat", "ess",
    "khat", "contraction",
)  # fmt: skip
_LOGS = ("lognormal",)
_SHARES = ("beta", "uniform")


def coefficients(fits: Mapping[str, Fitted], tables: Tables) -> pd.DataFrame:
    """One line for each parameter that a fit informs, and each era where they differ.

    Args:
        fits: By name of the stage.
        tables: Of priors, as `own_priors.shipped`.

    Returns:
        Columns `COLUMNS`: `low` and `high` are the 5 and 95 per cent of the draws; R-hat, ESS
        and k-hat those of the fit, missing where it has none; `contraction` the share of the
        prior's variance that the record took away, on the log scale of a lognormal.

    Examples:
        >>> from foedus.fit import own_priors
        >>> fit = Fitted({"war.drift": np.array([0.004, 0.006])}, {"rhat": {"war.drift": 1.0}}, {})
        >>> one = coefficients({"war": fit}, own_priors.shipped()).iloc[0]
        >>> one.parameter, one.prior, float(one["mean"])
        ('war.drift', 'lognormal(0.005, 1)', 0.005)
    """
    lines: list[dict[str, Any]] = []
    for stage, fitted in fits.items():
        own = tables.of(stage)
        for name, values in fitted.draws.items():
            if "." not in name:
                continue  # draws that no simulation reads
            told = _checks(fitted.diagnostics, name)
            each = _lines(name, values, own, tables.core)
            lines += [line | told | {"stage": stage} for line in each]
    return pd.DataFrame(lines, columns=COLUMNS)


def shipped(stored: Stored) -> pd.DataFrame:
    """The same of a file of draws: all parameters that the record informs, without diagnostics.

    Examples:
        >>> from foedus.core.params import load
        >>> "war.drift" in set(shipped(load("prior-2020")).parameter)
        True
    """
    lines: list[dict[str, Any]] = []
    for name, values in columns(stored.params).items():
        group, field = name.split(".")
        if stored.table[group][field]["basis"] == "record":
            lines += _lines(name, values, stored.table, stored.table)
    return pd.DataFrame(lines, columns=COLUMNS)


def _checks(diagnostics: dict[str, Any], name: str) -> dict[str, float]:
    """R-hat, ESS and k-hat of a parameter; some fits know it by its last name."""
    told = {}
    for key in ("rhat", "ess"):
        known = diagnostics.get(key, {})
        value = known.get(name, known.get(name.split(".")[1]))
        told[key] = np.nan if value is None else float(value)
    return told | {"khat": float(diagnostics.get("khat", np.nan))}


def _lines(name: str, values: np.ndarray, own: dict, table: dict) -> Iterator[dict[str, Any]]:
    """Lines of one parameter: one, or one for each era."""
    group, field = name.split(".")
    shipped = table[group][field]
    entry = own.get(group, {}).get(field, shipped)  # what a fit has no prior of its own for
    meaning = shipped.get("meaning", "")
    eras = zip(ERAS, values, strict=True) if np.ndim(values) == 2 else [("", values)]
    for number, (era, draws) in enumerate(eras):
        prior = _prior(entry, shipped, number)
        low, high = np.quantile(draws, [0.05, 0.95])
        numbers = {"mean": draws.mean(), "sd": draws.std(), "low": low, "high": high}
        yield {
            "parameter": name, "era": era, "meaning": meaning, "prior": _said(*prior),
            **{key: float(value) for key, value in numbers.items()},
            "contraction": _contraction(*prior, draws),
        }  # fmt: skip


def _prior(entry: dict, shipped: dict, era: int) -> tuple[dict, dict | None, bool]:
    """Prior of an era, spread of eras around it, and whether both are of the logit of a share."""
    dist = entry["dist"]
    one = dist[era] if isinstance(dist, list) else dist
    other = shipped["dist"][0] if isinstance(shipped["dist"], list) else shipped["dist"]
    return one, entry.get("era_sd"), "normal" in one and next(iter(other)) in _SHARES


def _said(dist: dict, spread: dict | None, of_logit: bool) -> str:
    """A prior in words."""
    form = lambda d: ", ".join(f"{n}({', '.join(f'{x:g}' for x in a)})" for n, a in d.items())  # noqa: E731
    text = ("logit " if of_logit else "") + form(dist)
    return f"{text}, eras {form(spread)}" if spread else text


def _contraction(dist: dict, spread: dict | None, of_logit: bool, draws: np.ndarray) -> float:
    """Share of the prior's variance that is gone."""
    ((name, arguments),) = dist.items()
    if of_logit:
        draws = logit(np.clip(draws, 1e-12, 1 - 1e-12))
    if name in _LOGS:
        draws, sd = np.log(draws), float(arguments[1])
    else:
        sd = diagnose.prior_sd(dist)
    if spread:  # half(s): the mean square of the eras' spread is s squared
        sd = float(np.hypot(sd, *spread["half"]))
    return diagnose.contraction(sd, float(draws.std()))


def citations(tables: Iterable[str]) -> str:
    """BibTeX of foedus and of the works behind tables of the record.

    Raises:
        RecordError: There is no such table.

    Examples:
        >>> citations(["cow_nmc"]).splitlines()[0]
        '@software{foedus,'
    """
    own = "\n".join([
        "@software{foedus,",
        "  author = {{The foedus developers}},",
        "  title = {foedus: when a state with allies is attacked},",
        f"  version = {{{__version__}}},",
        "}",
    ])  # fmt: skip
    return f"{own}\n\n{catalogue.cite(tables, 'bibtex')}\n"


GRID = np.linspace(-4.0, 4.0, 17)
"""Values of the shared effect of a side over which a chance is averaged."""
_WEIGHT = np.exp(-(GRID**2) / 2) / np.exp(-(GRID**2) / 2).sum()

FLAG, ONE, DOUBLE, TENTH = "0 -> 1", "+1", "doubled", "+0.1"
COVARIATES = (
    ("obligation", "defense_own", FLAG),
    ("nonaggression", "nonagg_opp", FLAG),
    ("rivalry", "rival_opp", FLAG),
    ("contiguity", "contiguous_opp", FLAG),
    ("major", "major", FLAG),
    ("power", "cinc", DOUBLE),
    ("alongside", "alongside_own", ONE),
    ("against", "against_opp", ONE),
    ("affinity", "affinity_own", TENTH),
    ("remoteness", "distance", ONE),
)
"""Parameter, the column that carries it (`own`: the side that is joined), and its change."""
_CHANGED = {
    FLAG: (lambda x: 0 * x, lambda x: 0 * x + 1),
    ONE: (lambda x: x, lambda x: x + 1),
    DOUBLE: (lambda x: x, lambda x: 2 * x),
    TENTH: (lambda x: x, lambda x: x + 0.1),
}


def joining_effects(
    calls: pd.DataFrame,
    thetas: np.ndarray,
    given: Setting,
    *,
    sample: int = 240,
    draws: int = 16,
    seed: int,
) -> pd.DataFrame:
    """Average marginal effects of what a call is like on the chance that it is answered.

    For each of some calls, drawn by level of hostility and weighted to all of them, and one of
    its dispute's two sides, drawn too, one covariate of that third party alone is changed: from
    0 to 1, or by one unit from what it was. The others of the dispute stay as they were, and
    expect the change. The level of hostility is the record's. A border with the opponent also
    takes the distance away.

    Args:
        calls: From `record.calls.table`.
        thetas: Posterior draws in the order of `joining.THETA`, [draw, theta].
        given: What was not fitted.
        sample: Calls; the interval holds what draws differ in, not which calls were drawn.
        draws: Of the posterior, evenly from all.
        seed: Of the calls and sides drawn.

    Returns:
        Line by line `covariate` (the parameter), `column`, `change`, and `mean`, `sd`, `low`,
        `high` of the change of the probability, over draws; `chance`: the mean probability as
        the calls stand.
    """
    asked = _asked(calls, sample, seed)
    rows = np.linspace(0, len(thetas) - 1, draws).astype(int)
    chance = lambda frame: _chances(frame, thetas[rows], given)  # noqa: E731
    weight = asked[asked.focal].sort_values("dispnum").weight.to_numpy()
    stands, lines = chance(asked), []
    for parameter, column, change in COVARIATES:
        low, high = (_set(asked, column, to) for to in _CHANGED[change])
        before = chance(low) if change == FLAG else stands
        effect = (chance(high) - before) @ weight
        told = diagnose.summary({"x": effect})["x"]
        lines.append({
            "covariate": f"joining.{parameter}", "column": column, "change": change,
            **{key: told[key] for key in ("mean", "sd", "low", "high")},
            "chance": float((stands @ weight).mean()),
        })  # fmt: skip
    return pd.DataFrame(lines)


def _asked(calls: pd.DataFrame, sample: int, seed: int) -> pd.DataFrame:
    """Calls drawn, each with the whole of its dispute under a number of its own.

    As many of each level of hostility, evenly by pledges and past fights, so that the few calls
    that are often answered are among them. Adds `focal`, whether a row is the call that was
    drawn; `own`, the side asked about, "a" or "b"; `weight`, share of all calls it stands for.
    """
    rng = np.random.default_rng(seed)
    known = calls[~calls.held_back.astype(bool)]
    told = [known.host, known.defense_a + known.defense_b, known.alongside_a + known.alongside_b]
    known = known.iloc[np.lexsort([x.to_numpy(int) for x in reversed(told)])]
    level, places, weights = levels(known.host.to_numpy()), [], []
    for each in np.unique(level):
        here = np.flatnonzero(level == each)
        n = min(sample // LEVELS, len(here))
        places.append(here[((np.arange(n) + rng.random()) * len(here) / n).astype(int)])
        weights.append(np.full(n, len(here) / n / len(known)))
    drawn = known.iloc[np.concatenate(places)]
    chosen = pd.DataFrame({
        "dispnum": drawn.dispnum.to_numpy(),
        "asked": drawn.ccode.to_numpy(),
        "copy": np.arange(len(drawn)),
        "own": rng.choice(["a", "b"], len(drawn)),
        "weight": np.concatenate(weights),
    })  # fmt: skip
    rows = chosen.merge(known, on="dispnum").sort_values(["copy", "ccode"], ignore_index=True)
    rows["focal"] = rows.ccode == rows.asked
    return rows.assign(dispnum=rows["copy"]).drop(columns=["asked", "copy"])


def _set(asked: pd.DataFrame, column: str, to: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    """The calls with one covariate of those drawn changed."""
    changed = asked.copy()
    for own in ("a", "b"):
        here = asked.focal & (asked.own == own)
        for name in _columns(column, own):
            changed[name] = changed[name].astype(float)
            changed.loc[here, name] = to(changed.loc[here, name])
    return changed


def _columns(column: str, own: str) -> list[str]:
    """Columns of the calls table that a covariate is in, where one side is the own.

    Examples:
        >>> _columns("rival_opp", "a"), _columns("major", "a"), _columns("distance", "a")
        (['rival_b'], ['major'], ['distance_a', 'distance_b'])
    """
    stem, _, of = column.rpartition("_")
    opponent = {"a": "b", "b": "a"}[own]
    if of in ("own", "opp"):
        return [f"{stem}_{own if of == 'own' else opponent}"]
    return ["distance_a", "distance_b"] if column == "distance" else [column]


def _chances(asked: pd.DataFrame, thetas: np.ndarray, given: Setting) -> np.ndarray:
    """Probability that each call drawn is answered, for each draw, [draw, call]."""
    own = asked[asked.focal].set_index("dispnum").own
    focal, parts, number = asked.focal.to_numpy(), [], []
    for stack in crises(asked):
        n = int((stack.number >= 0).sum())  # padding stands at the end
        where = np.argmax((stack.row >= 0) & focal[stack.row], axis=1)
        side = np.where(own.reindex(stack.number) == "a", Side.CHALLENGER, Side.TARGET)
        items = (stack.world, stack.level, where, side)
        items = jax.tree.map(operator.itemgetter(slice(n)), items)
        parts.append(np.asarray(_answers(*single((thetas, given, items)))))
        number.append(stack.number[:n])
    return np.concatenate(parts, axis=1)[:, np.argsort(np.concatenate(number))]


@jax.jit
def _answers(thetas: jax.Array, given: Setting, items: tuple) -> jax.Array:
    """Probability that one state of each dispute joins one side, [draw, dispute]."""
    grid = jnp.asarray(GRID, thetas.dtype)

    def one(theta: jax.Array, item: tuple) -> jax.Array:
        world, level, state, side = item
        z = jnp.where(jnp.arange(len(Side))[:, None] == side, grid, 0)
        logp, chance = outcomes(theta, given, world, level, z)
        return jnp.exp(logp[:, 1 + side, state] + chance[:, None]).sum(0) @ _WEIGHT

    each = lambda theta: jax.vmap(lambda item: one(theta, item))(items)  # noqa: E731
    return jax.lax.map(each, thetas)
