r"""Who came, refitted with one's own covariates: a formula in, coefficients and effects out.

Rows are states with a defence pledge to just one side of a dispute. All decisions on one side of
one dispute share an effect that the data do not hold,

$$ y_k \sim \Lambda(\alpha + \beta x_k + \sigma z_s), \quad z_s \sim N(0, 1), \quad
   \beta_j \sim N(0, s / \mathrm{sd}(x_j)), $$

with the priors of $\alpha$ (where regressors are at their means) and $\sigma$ as in
`mixed.mixed9`, whose sampler this is. The formula's language is that of `formulaic`.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from formulaic import Formula, SimpleFormula, model_matrix
from formulaic.errors import FormulaicError
from formulaic.parser.types import Factor

from foedus.fit.coefficients import citations
from foedus.fit.diagnose import leave_one_out, summary
from foedus.fit.mixed import mixed_posterior
from foedus.fit.sides import Rows, layouts, log_parts, marginal
from foedus.fit.strategic_formula import (
    Equation,
    absences,
    complete,
    plain,
    require,
    subtable,
    term,
)
from foedus.fit.strategic_identify import check_columns
from foedus.record.calls import one_sided

TABLES = {"S4a": {}, "S4": {"force": True}, "S5": {"war": True}}
"""All opportunities at onset; those where originators used force; those that became war."""
DRAWS = 400
FEW = 200
"""Draws for leave-one-out and for marginal effects."""
KEYS = (("dispnum", "ccode"), ("ccode", "year"))
"""What the user's own columns may be merged on."""
MOST = 100
"""Regressors, kinds of a text included: fits of more take minutes and tell nothing."""

_JOINED, _SIGMA, _CONSTANT = "joined", "sigma", "Intercept"
_AFTER = ("act", "entered", "level", "hostlev")  # what the dispute itself decided
_UNKNOWN_YET = {"S4a": ("host",), "S4": (), "S5": ()}
_TOLD = ("mean", "sd", "low", "high")
_GRID = np.arange(-40.0, 40.0, 0.1)
_CONTEXT = {"np": np, "log1p": np.log1p, "sqrt": np.sqrt}
_BASE = (
    "gml_part", "gml_mid_disps", "cow_states", "atop_alliance", "cow_contdir", "cow_majors",
)  # fmt: skip
_TABLES = {
    "cinc": ("cow_nmc",),
    "power": ("cow_nmc",),
    "rival": ("tss_rivalries", "td_rivalries"),
    "distance": ("cow_capitals",),
    "votes": ("unga_idealpoints",),
    "peace": ("peace_scale_spells",),
    "organisations": ("cow_igo_ndy", "cow_igo_sy"),
    "democracy": ("democracy_cow",),
    "affinity": ("unga_idealpoints", "peace_scale_spells", "cow_igo_ndy", "cow_igo_sy"),
}
"""Tables of the record behind a covariate, by its stem, beside those of all calls."""


class Refit(NamedTuple):
    """A fit of who came.

    Attributes:
        formula: Right side of the formula.
        table: Of `TABLES`.
        draws: Posterior draws in the units of the regressors, by regressor and `sigma`, [draw].
        coefficients: By regressor and `sigma`: mean, sd, 5 and 95 per cent on the logit; odds
            ratio, by the median.
        effects: Average marginal effects: `variable`, `change`; mean, sd, low and high of the
            change of the probability of coming, averaged over all rows; missing where a spline
            does not reach so far.
        scores: `side_log_score` of the sides fitted, and of each as if left out (`loo`, with
            its standard error `loo_se`, `p_loo`, and how many sides it fails for, `loo_bad`);
            `chance`, mean probability of coming; `efficiency`, share of the draws that
            independent ones as good would need.
        n: Rows, sides, disputes, and how many came.
        dropped: Rows left out, by reason.
        sources: Tables of the record behind the rows and covariates.
    """

    formula: str
    table: str
    draws: dict[str, np.ndarray]
    coefficients: pd.DataFrame
    effects: pd.DataFrame
    scores: dict[str, Any]
    n: dict[str, int]
    dropped: dict[str, int]
    sources: tuple[str, ...]

    def bibtex(self) -> str:
        """References for foedus and for the data behind the fit; not for the user's own."""
        return citations(self.sources)


def refit(
    calls: pd.DataFrame,
    formula: str,
    *,
    table: str = "S4a",
    prior_sd: float = 1.0,
    extra: pd.DataFrame | None = None,
    seed: int,
    draws: int = DRAWS,
) -> Refit:
    """Fit who came by a formula.

    Args:
        calls: From `record.calls.table`.
        formula: Such as `joined ~ rival_opp + major + log(cinc) + log1p(alongside_own)`; the left
            side may be left out. Columns of the ally's side end in `_own`, of the other in `_opp`.
        table: `S4a`, `S4` or `S5`.
        prior_sd: Of the coefficients of standardised regressors.
        extra: The user's own columns, one row for each (dispnum, ccode) or (ccode, year of onset).
        seed: Of the draws.
        draws: Of the posterior.

    Raises:
        ValueError: Another table; a column that is not there, that the dispute itself decided or
            that does not vary; columns that are combinations of others; a regressor that is not
            finite, or more than `MOST` of them; own columns with other keys, or several rows for
            one key.
    """
    if not (prior_sd > 0 and np.isfinite(prior_sd)):
        raise ValueError(f"expected a prior standard deviation above 0; got {prior_sd}")
    right = _right(formula)
    sided, own = _rows(calls, table, extra)
    wanted = variables(right, table, sided)
    held = sided.held_back.to_numpy(bool)
    missing = absences(sided[~held], [_JOINED, *wanted])
    if held.any():
        sided = sided[~held]
    kept, dropped = complete(missing)
    sided = sided[kept]
    equation = _equation(right, plain(subtable(sided, wanted)), sided)
    _check(equation, sided, table)
    if held.any():
        dropped |= {"disputes of Armenia and Azerbaijan past 1993": int(held.sum())}
    rows = _skill_rows(sided, equation)
    found, efficiency = _posterior(rows, equation, prior_sd, seed, draws)
    effects, chance = _effects(equation, subtable(sided, wanted), found)
    scores = {**_scores(rows, equation, found), "chance": chance, "efficiency": efficiency}
    n = {
        "rows": len(sided),
        "sides": int(sided.side.nunique()),
        "disputes": int(sided.dispnum.nunique()),
        "came": int(sided.joined.sum()),
    }
    sources = _sources(name for name in wanted if name not in own)
    told = _coefficients(found)
    return Refit(right, table, found, told, effects, scores, n, dropped, sources)


def _right(formula: str) -> str:
    """The right side of a formula.

    Examples:
        >>> _right("joined ~ major"), _right("major")
        ('major', 'major')
    """
    left, tilde, right = formula.rpartition("~")
    if tilde and left.strip() != _JOINED:
        raise ValueError(f"expected a formula of {_JOINED!r}; got {left.strip()!r} on its left")
    if not right.strip():
        raise ValueError(f"expected a formula such as 'joined ~ major'; got {formula!r}")
    return right.strip()


def _rows(
    calls: pd.DataFrame, table: str, extra: pd.DataFrame | None
) -> tuple[pd.DataFrame, set[str]]:
    """Rows of a table, with the user's own columns; and the names of these."""
    if table not in TABLES:
        raise ValueError(f"expected one of the tables {', '.join(TABLES)}; got {table!r}")
    sided = one_sided(calls, **TABLES[table])
    if extra is None:
        return sided, set()
    keys = next((list(k) for k in KEYS if set(k) <= set(extra.columns)), None)
    if keys is None:
        raise ValueError(
            "own columns: expected dispnum and ccode, or ccode and year, to merge on; got "
            + ", ".join(map(str, extra.columns))
        )
    own = set(extra.columns) - {key for each in KEYS for key in each}
    if taken := sorted(own & set(sided.columns)):
        raise ValueError(f"own columns: expected new names; got {taken[0]!r}, which calls have")
    twice = extra.duplicated(keys)
    if twice.any():
        told = ", ".join(f"{key} {extra.loc[twice, key].iloc[0]}" for key in keys)
        raise ValueError(f"own columns: expected one row for each key; got several for {told}")
    return sided.merge(extra[[*keys, *sorted(own)]], "left", on=keys), own


def variables(right: str, table: str, sided: pd.DataFrame) -> list[str]:
    """Columns that a formula needs, in the table's order.

    Args:
        right: Right side of the formula.
        table: Of `TABLES`.
        sided: The rows.

    Raises:
        ValueError: It cannot be read, a column is not there, or the dispute itself decided it.

    Examples:
        >>> sided = pd.DataFrame({"major": [1], "cinc": [0.1], "act": [14]})
        >>> variables("log(cinc) + major", "S4a", sided)
        ['major', 'cinc']
        >>> variables("majr", "S4a", sided)
        Traceback (most recent call last):
        ValueError: formula: expected a column 'majr' in the table; got none (did you mean 'major'?)
    """
    try:
        parsed: Any = Formula(right)  # pyright: ignore[reportAbstractUsage]
    except FormulaicError as fault:
        raise ValueError(f"formula: expected a formula; got {right!r}") from fault
    if not isinstance(parsed, SimpleFormula):
        raise ValueError(f"formula: expected one right side; got {right!r}")
    wanted = {name for part in parsed for factor in part.factors for name in _names(factor)}
    for name in (_JOINED, *_AFTER, *_UNKNOWN_YET[table]):
        if name in wanted:
            raise ValueError(
                f"formula: expected what was known beforehand; the dispute itself decided {name!r}"
            )
    return require(wanted, "formula", sided)


def _equation(right: str, values: pd.DataFrame, sided: pd.DataFrame) -> Equation:
    """The regressors; all finite, and no more than can be fitted in a minute."""
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            matrix: Any = model_matrix(right, values, context=_CONTEXT, na_action="ignore")
    except (FormulaicError, TypeError, ValueError) as fault:
        reason = str(fault).splitlines()[0]
        raise ValueError(f"formula: expected a formula of the table's columns; {reason}") from fault
    if len(matrix.columns) > MOST:
        texts = [c for c in values if not pd.api.types.is_numeric_dtype(values[c].dtype)]
        told = "".join(f"; {c!r} is text of {values[c].nunique()} kinds" for c in texts)
        raise ValueError(
            f"formula: expected at most {MOST} regressors; got {len(matrix.columns)}{told}"
        )
    design, terms = matrix.to_numpy(float), tuple(term(c) for c in matrix.columns)
    if not np.isfinite(design).all():
        row, column = np.argwhere(~np.isfinite(design))[0]
        state, dispute = (sided[key].iloc[row] for key in ("ccode", "dispnum"))
        raise ValueError(
            f"formula: expected finite regressors; {terms[column]} is {design[row, column]} for "
            f"state {state} in dispute {dispute}"
        )
    return Equation("formula", matrix.model_spec, design, terms)


def _check(equation: Equation, sided: pd.DataFrame, table: str) -> None:
    """Refuse what the rows cannot tell."""
    if _CONSTANT not in equation.terms:
        raise ValueError("formula: expected a constant; got a formula without one")
    for name, column in zip(equation.terms, equation.design.T, strict=True):
        if name != _CONSTANT and np.ptp(column) == 0:
            raise ValueError(
                f"formula: expected columns that vary; {name} is {column[0]:g} in every row"
            )
    check_columns(equation)
    if not 0 < sided.joined.sum() < len(sided):
        came = "all" if sided.joined.any() else "none"
        raise ValueError(f"{table}: expected some that came and some that did not; got {came}")


def _skill_rows(sided: pd.DataFrame, equation: Equation) -> Rows:
    """The rows as `skill` lays them out."""
    dispute, side, year = (sided[key].to_numpy() for key in ("dispnum", "side", "year"))
    joined, held = (sided[key].to_numpy(bool) for key in (_JOINED, "held_back"))
    return Rows(dispute, side, year, joined, held, equation.design, equation.terms)


def _posterior(
    rows: Rows, equation: Equation, prior_sd: float, seed: int, draws: int
) -> tuple[dict[str, np.ndarray], float]:
    """Draws in the regressors' own units, and the share of them that counts."""
    free = [name for name in equation.terms if name != _CONSTANT]
    x = rows.of(*free) if free else np.empty((len(rows.side), 0))
    mean, sd = x.mean(0), x.std(0)
    # a coefficient of the scaled column has sd 1, as the sampler takes it
    scaled = (x - mean) / sd * prior_sd
    found, efficiency = mixed_posterior(scaled, layouts(rows), seed, draws)
    slopes = found[:, 1:-1] * prior_sd / sd
    told = {_CONSTANT: found[:, 0] - slopes @ mean}
    told |= dict(zip(free, slopes.T, strict=True))
    return told | {_SIGMA: np.exp(found[:, -1])}, efficiency


def _coefficients(found: dict[str, np.ndarray]) -> pd.DataFrame:
    """One line for each regressor, and for the spread of the shared effect."""
    table = pd.DataFrame(summary(found)).T
    ratio = np.exp(table["median"].to_numpy())
    ratio[table.index.isin([_CONSTANT, _SIGMA])] = np.nan
    return table.assign(odds_ratio=ratio)[[*_TOLD, "odds_ratio"]]


def _some(found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A few of the draws, evenly from all."""
    number = len(found[_SIGMA])
    rows = np.linspace(0, number - 1, min(FEW, number)).astype(int)
    return {name: values[rows] for name, values in found.items()}


def _coefficient_rows(found: dict[str, np.ndarray], terms: Iterable[str]) -> np.ndarray:
    """Coefficients in the order of the regressors [draw, regressor]."""
    return np.column_stack([found[name] for name in terms])


def _scores(rows: Rows, equation: Equation, found: dict[str, np.ndarray]) -> dict[str, Any]:
    """Log score of a side, as fitted and as if it were left out."""
    some, parts = _some(found), layouts(rows)
    by_draw = np.empty((len(some[_SIGMA]), len(np.unique(rows.side))))
    for draw, beta in enumerate(_coefficient_rows(some, equation.terms)):
        for part in parts:
            logits = equation.design @ beta
            by_draw[draw, part.side] = log_parts(part, logits, some[_SIGMA][draw])[1]
    told = leave_one_out(by_draw[None])
    sides = by_draw.shape[1]
    fitted = np.logaddexp.reduce(by_draw, axis=0) - np.log(len(by_draw))
    return {
        "side_log_score": float(fitted.mean()),
        "loo": told["elpd"] / sides,
        "loo_se": told["se"] / sides,
        "p_loo": told["p_loo"],
        "loo_bad": told["bad"],
    }


def _effects(
    equation: Equation, values: pd.DataFrame, found: dict[str, np.ndarray]
) -> tuple[pd.DataFrame, float]:
    """Average marginal effects of each variable, and the mean chance as the rows stand."""
    some, table = _response(found, equation.terms), plain(values)
    stands = _chances(equation, table, some)
    lines = []
    for name in table.columns:
        for change, low, high in _changes(equation, table, name):
            try:
                before = stands if low is None else _chances(equation, low, some)
                effect = _chances(equation, high, some) - before
            except FormulaicError:  # a spline does not reach beyond what it was made for
                effect = np.full_like(stands, np.nan)
            told = summary({"x": effect})["x"]
            lines.append({"variable": name, "change": change} | {key: told[key] for key in _TOLD})
    return pd.DataFrame(lines, columns=["variable", "change", *_TOLD]), float(stands.mean())


def _changes(
    equation: Equation, table: pd.DataFrame, name: str
) -> Iterator[tuple[str, pd.DataFrame | None, pd.DataFrame]]:
    """Changes of a variable in every row: in words, before (None: as it is), after.

    From 0 to 1; from the first level to each other; doubled, where only its log is used; else
    one more, or one standard deviation where the whole range is less than one.
    """
    values = table[name]
    if not pd.api.types.is_numeric_dtype(values.dtype) or _in_factor(equation, name, r"C\(.*"):
        levels = sorted(values.unique())
        for level in levels[1:]:
            ends = [table.assign(**{name: _level(values, x)}) for x in (levels[0], level)]
            yield f"{levels[0]} -> {level}", ends[0], ends[1]
    elif set(values.unique()) <= {0, 1}:
        yield "0 -> 1", table.assign(**{name: 0}), table.assign(**{name: 1})
    elif _in_factor(equation, name, rf"(np\.)?log(2|10)?\({re.escape(name)}\)"):
        yield "doubled", None, table.assign(**{name: 2 * values})
    else:
        step = float(values.std()) if np.ptp(values) < 1 else 1.0
        word = "+1" if step == 1 else f"+{step:.2g} (1 sd)"
        yield word, None, table.assign(**{name: values + step})


def _level(values: pd.Series, level: Any) -> pd.Series:
    """A categorical variable at one level in every row."""
    return pd.Series([level] * len(values), values.index, dtype=values.dtype)


def _in_factor(equation: Equation, name: str, form: str) -> bool:
    """Whether every factor that uses a variable has this form."""
    factors = {f.expr for part in equation.spec.terms for f in part.factors if name in _names(f)}
    return all(re.fullmatch(form, text) for text in factors)


def _names(factor: Factor) -> set[str]:
    """Columns that a factor of a formula needs; `formulaic` does not tell those of splines.

    Examples:
        >>> sorted(_names(Factor("poly(year, 2) / np.sqrt(cinc)", eval_method="python")))
        ['cinc', 'year']
    """
    if factor.eval_method is Factor.EvalMethod.LOOKUP:
        return {factor.expr}
    if factor.eval_method is Factor.EvalMethod.LITERAL:
        return set()
    nodes = list(ast.walk(ast.parse(factor.expr, mode="eval")))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = (node for node in nodes if isinstance(node, ast.Name) and id(node) not in called)
    return {node.id for node in names} - set(_CONTEXT)


class _Response(NamedTuple):
    """Coefficients [draw, regressor], and chances at `_GRID` of the logit [draw, point]."""

    beta: np.ndarray
    curve: np.ndarray


def _response(found: dict[str, np.ndarray], terms: Iterable[str]) -> _Response:
    some = _some(found)
    curve = np.array([marginal(_GRID, float(sigma)) for sigma in some[_SIGMA]])
    return _Response(_coefficient_rows(some, terms), curve)


def _chances(equation: Equation, table: pd.DataFrame, some: _Response) -> np.ndarray:
    """Mean probability of coming over all rows, for each draw."""
    matrix: Any = equation.spec.get_model_matrix(table, context=_CONTEXT)
    eta = np.asarray(matrix, float) @ some.beta.T
    pairs = zip(eta.T, some.curve, strict=True)
    return np.array([np.interp(x, _GRID, curve).mean() for x, curve in pairs])


def _sources(names: Iterable[str]) -> tuple[str, ...]:
    """Tables of the record behind covariates."""
    found = list(_BASE)
    for name in names:
        found += _TABLES.get(name.rpartition("_")[0] or name, _TABLES.get(name, ()))
    return tuple(dict.fromkeys(found))
