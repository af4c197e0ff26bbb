"""Regressors of a formula, and the rows of a table that have all that formulas need.

Formulas are those of `formulaic`: `"regime1 + log(distance)"`, `"0 + balanc"` or `"balanc - 1"`
without a constant, `"1"` for a constant alone.
"""

import warnings
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from formulaic import Formula, ModelSpec, model_matrix
from formulaic.errors import DataMismatchWarning, FormulaicError
from jaxtyping import Bool, Float

_CONTEXT = {"np": np}


class Rows(NamedTuple):
    """Rows that have all that is needed.

    Attributes:
        kept: Which.
        dropped: Rows left out, by the first thing that they lack.
    """

    kept: Bool[np.ndarray, " row"]
    dropped: dict[str, int]


def complete(missing: Mapping[str, np.ndarray]) -> Rows:
    """Rows that lack nothing.

    Args:
        missing: By name, in which rows it is missing.

    Raises:
        ValueError: No row has all.

    Examples:
        >>> complete({"x": np.array([True, False]), "y": np.array([False, False])})
        Rows(kept=array([False,  True]), dropped={'x': 1})
    """
    kept, dropped = np.ones(len(next(iter(missing.values()))), bool), {}
    for name, absent in missing.items():
        if n := int((kept & absent).sum()):
            dropped[name] = n
        kept &= ~absent
    if not kept.any():
        told = ", ".join(f"{n} without {name}" for name, n in dropped.items())
        raise ValueError(f"expected rows without missing values; got none of {len(kept)} ({told})")
    return Rows(kept, dropped)


def absences(data: pd.DataFrame, columns: Iterable[str]) -> dict[str, np.ndarray]:
    """In which rows columns are missing."""
    return {name: column(data, name).isna().to_numpy() for name in columns}


class Equation(NamedTuple):
    """A linear index and its regressors.

    Attributes:
        label: As it stands in tables, `u1(war)`.
        spec: Makes the regressors from a table.
        design: [row, column].
        terms: Name of each column.
    """

    label: str
    spec: ModelSpec
    design: Float[np.ndarray, "row column"]
    terms: tuple[str, ...]


def variables(formula: str, name: str, data: pd.DataFrame) -> list[str]:
    """Columns that a formula needs, in the table's order.

    Raises:
        ValueError: It cannot be read, or the table lacks a column.
    """
    try:
        wanted = {str(v) for v in Formula(formula).required_variables}  # pyright: ignore
    except FormulaicError as e:
        raise ValueError(f"{name}: expected a formula; got {formula!r}") from e
    return require(wanted, name, data)


def require(wanted: set[str], name: str, data: pd.DataFrame) -> list[str]:
    """Columns that something needs, in the table's order.

    Raises:
        ValueError: The table lacks one.
    """
    for absent in sorted(wanted - set(data.columns)):
        near = get_close_matches(absent, [str(c) for c in data.columns], 1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise ValueError(f"{name}: expected a column {absent!r} in the table; got none{hint}")
    return [c for c in data.columns if c in wanted]


def column(data: pd.DataFrame, name: str) -> pd.Series:
    """A column of a table.

    Raises:
        ValueError: The table has several of that name.
    """
    found = data[name]
    if not isinstance(found, pd.Series):
        raise ValueError(f"expected one column {name!r} in the table; got several")
    return found


def subtable(data: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Some columns of a table."""
    return pd.DataFrame({name: column(data, name) for name in columns}, index=data.index)


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Columns without missing values in NumPy's own types, text as objects."""
    found = {}
    for name, values in table.items():
        if isinstance(values.dtype, pd.CategoricalDtype):
            found[name] = values
        elif pd.api.types.is_bool_dtype(values) or pd.api.types.is_integer_dtype(values):
            found[name] = values.astype(np.int64)
        elif pd.api.types.is_numeric_dtype(values):
            found[name] = values.astype(np.float64)
        else:
            found[name] = values.astype(object)
    return pd.DataFrame(found, index=table.index)


def equation(name: str, formula: str, table: pd.DataFrame) -> Equation:
    """The regressors of a formula.

    Raises:
        ValueError: It cannot be evaluated, or a regressor is not finite.
    """
    try:
        matrix: Any = model_matrix(formula, table, context=_CONTEXT)
    except (FormulaicError, TypeError, ValueError) as e:
        reason = str(e).splitlines()[0]
        raise ValueError(f"{name}: expected a formula of the table's columns; {reason}") from e
    terms = tuple(term(c) for c in matrix.columns)
    values = matrix.to_numpy(float)
    _check_finite(name, terms, values, table.index)
    return Equation(name, matrix.model_spec, values, terms)


def term(name: str) -> str:
    """A regressor's name as it stands in tables, a level after its variable.

    Examples:
        >>> term("regime2[T.dem]"), term("Intercept")
        ('regime2dem', 'Intercept')
    """
    return name.replace("[T.", "[").replace("[", "").replace("]", "")


def redesign(equation: Equation, data: pd.DataFrame) -> Float[np.ndarray, "row column"]:
    """The regressors of another table.

    Raises:
        ValueError: It lacks a column or a value, or has a level that was not in the fit.
    """
    sources = {str(v) for v in equation.spec.required_variables}
    table = subtable(data, require(sources, equation.label, data))
    for name, values in table.items():
        if (absent := values.isna().to_numpy()).any():
            row = data.index[int(np.argmax(absent))]
            raise ValueError(f"{equation.label}: expected a value of {name!r}; row {row} has none")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DataMismatchWarning)
            matrix: Any = equation.spec.get_model_matrix(plain(table), context=_CONTEXT)
    except DataMismatchWarning as e:
        raise ValueError(f"{equation.label}: expected levels that were in the fit; {e}") from e
    values = np.asarray(matrix, float).reshape(len(data), len(equation.terms))
    _check_finite(equation.label, equation.terms, values, data.index)
    return values


def _check_finite(name: str, terms: tuple[str, ...], values: np.ndarray, index: pd.Index) -> None:
    """Refuse regressors that are infinite or no number."""
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise ValueError(
            f"{name}: expected finite numbers; column {terms[column]!r} is "
            f"{values[row, column]} in row {index[row]}"
        )
