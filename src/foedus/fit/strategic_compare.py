"""Strategic models beside logits and probits of the same rows: Vuong's and Clarke's tests."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Float
from scipy.stats import binom, norm

from foedus.fit.strategic import StrategicFit
from foedus.fit.strategic_estimate import Estimate, maximise
from foedus.fit.strategic_formula import (
    Equation,
    absences,
    column,
    complete,
    equation,
    plain,
    redesign,
    require,
    subtable,
    variables,
)
from foedus.fit.strategic_identify import check_columns
from foedus.fit.strategic_likelihood import problem
from foedus.fit.strategic_response import levels
from foedus.game import tree as trees
from foedus.game.tree import Link

LEVEL = 0.05


@dataclass(frozen=True)
class ChoiceFit(Estimate):
    """A multinomial logit, or a binary logit or probit, at its maximum of likelihood.

    Attributes:
        equation: Its regressors.
        outcomes: Values of the response, the base first.
        seen: Which of them each row shows.
        link: Logit or probit.
    """

    equation: Equation
    outcomes: tuple[str, ...]
    seen: np.ndarray
    link: Link

    def predict(self, data: pd.DataFrame | None = None) -> pd.DataFrame:
        """Probability of each outcome, of the rows fitted or of another table."""
        x = self.equation.design if data is None else redesign(self.equation, data)
        index = self.index if data is None else data.index
        eta = x @ self.coefficients.reshape(len(self.outcomes) - 1, -1).T
        if self.link == "probit":
            chance = np.hstack([norm.cdf(-eta), norm.cdf(eta)])
        else:
            odds = np.exp(np.hstack([np.zeros((len(x), 1)), eta]))
            chance = odds / odds.sum(axis=1, keepdims=True)
        return pd.DataFrame(chance, index=index, columns=list(self.outcomes))


def multinomial_logit(formula: str, data: pd.DataFrame, *, link: Link = "logit") -> ChoiceFit:
    """A multinomial logit of a response with any values; of two values, a binary one.

    Args:
        formula: `"outcome ~ x + z"`. The lowest value, or the first category, is the base.
        data: One row an observation; rows that lack something are left out and counted.
        link: `probit` only for two values.

    Raises:
        ValueError: As `strategic.fit`; or a probit of more than two values.

    Examples:
        >>> data = pd.DataFrame({"x": [0.0, 1, 2, 3, 4, 5], "war": [0, 0, 1, 0, 1, 1]})
        >>> multinomial_logit("war ~ x", data).table().estimate.round(3).tolist()
        [-3.035, 1.214]
    """
    response, _, rest = (part.strip() for part in formula.partition("~"))
    if not response or not rest:
        raise ValueError(f"expected 'response ~ regressors'; got {formula!r}")
    columns = variables(rest, "logit", data)
    require({response}, "response", data)
    kept, dropped = complete(absences(data, dict.fromkeys([response, *columns])))
    table = plain(subtable(data, columns)[kept])
    outcomes, seen = _levels(column(data, response)[kept])
    if link == "probit" and len(outcomes) > 2:
        raise ValueError(f"expected two values with a probit; {response!r} has {len(outcomes)}")
    made = equation("logit", rest, table)
    check_columns(made)
    names = [(o, t) for o in outcomes[1:] for t in made.terms]
    designs = [made.design] * (len(outcomes) - 1)
    what = problem(_rows(len(outcomes), link), designs, [seen], names)
    peak = maximise(what, starts=2)
    return ChoiceFit(
        what, *peak, table.index, dropped, equation=made, outcomes=outcomes, seen=seen, link=link
    )


def _levels(values: pd.Series) -> tuple[tuple[str, ...], np.ndarray]:
    """Names of a response's values, and which each row shows."""
    known = [v for v in levels(values) if (values == v).any()]
    if len(known) < 2:
        raise ValueError(f"response {values.name!r}: expected two values or more; got {len(known)}")
    order = {v: i for i, v in enumerate(known)}
    return tuple(str(v) for v in known), values.map(order).to_numpy(int)


@lru_cache(maxsize=32)
def _rows(n: int, link: Link) -> Callable[..., jax.Array]:
    """Log-likelihood of rows of a multinomial logit, or of a probit of two values."""

    def logit(eta: Any, seen: Any) -> jax.Array:
        scores = [jnp.zeros_like(eta[0]), *(eta[i] for i in range(n - 1))]
        total = jax.nn.logsumexp(jnp.stack(scores), axis=0)
        return sum((jnp.where(seen == i, s, 0.0) for i, s in enumerate(scores)), -total)

    def probit(eta: Any, seen: Any) -> jax.Array:
        play = trees.solve(_CHOICE, {("1", "1"): jnp.sqrt(2.0) * eta[0]}).outcomes
        return jnp.where(seen == 1, play["1"], play["0"])

    return probit if link == "probit" else logit


_CHOICE = trees.Decision("1", {"0": trees.End("0"), "1": trees.End("1")})


class Comparison(NamedTuple):
    """Which of two models is closer to the truth.

    Attributes:
        statistic: Vuong's, normal if neither is; or Clarke's, the rows that the first tells better.
        p: Two-sided.
        preferred: 1 or 2 where p is below 0.05, 0 where neither is.
        log_likelihoods: Of both, of what they were compared on.
        n: Rows.
    """

    statistic: float
    p: float
    preferred: Literal[0, 1, 2]
    log_likelihoods: tuple[float, float]
    n: int


def vuong(first: Estimate, second: Estimate, *, outcome: str | None = None) -> Comparison:
    """Vuong's test of two models that do not contain each other, corrected as by Schwarz.

    Args:
        first: A fit.
        second: A fit of the same rows.
        outcome: If only one outcome is compared: strategic models tell its probability, and a
            binary model has it as response.

    Raises:
        ValueError: The models have other rows or responses, or say the same of every row.

    Reference:
        Vuong (1989), *Econometrica* 57(2), 307-333.
    """
    one, two = _compared(first, second, outcome)
    spread = float((one - two).std())
    if spread < 1e-12:
        raise ValueError("expected models that differ; their likelihoods are equal in every row")
    n = len(one)
    penalty = (first.n_parameters - second.n_parameters) * np.log(n) / 2
    statistic = float(((one - two).sum() - penalty) / (np.sqrt(n) * spread))
    sums = float(one.sum()), float(two.sum())
    p = float(2 * norm.cdf(-abs(statistic)))
    return Comparison(statistic, p, _preferred(p, statistic > 0), sums, n)


def clarke(first: Estimate, second: Estimate, *, outcome: str | None = None) -> Comparison:
    """Clarke's test: in how many rows the first model tells more, corrected as by Schwarz.

    Arguments and errors are those of `vuong`.

    Reference:
        Clarke (2007), *Political Analysis* 15(3), 347-363.
    """
    one, two = _compared(first, second, outcome)
    n = len(one)
    penalty = (first.n_parameters - second.n_parameters) * np.log(n) / (2 * n)
    better = int((one - two > penalty).sum())
    sums = float(one.sum()), float(two.sum())
    p = float(min(1.0, 2 * binom.cdf(min(better, n - better), n, 0.5)))
    return Comparison(better, p, _preferred(p, better > n - better), sums, n)


def _preferred(p: float, first: bool) -> Literal[0, 1, 2]:
    if p >= LEVEL:
        return 0
    return 1 if first else 2


def _compared(
    first: Estimate, second: Estimate, outcome: str | None
) -> tuple[Float[np.ndarray, " row"], Float[np.ndarray, " row"]]:
    """Both models' log-likelihoods of the same rows and the same response."""
    if not first.index.equals(second.index):
        raise ValueError(
            f"expected models of the same rows; got {first.n} and {second.n} rows "
            "(fit both to data.loc[fit.index])"
        )
    (one, seen_one), (two, seen_two) = (_told(fit, outcome) for fit in (first, second))
    if (seen_one != seen_two).any():
        row = first.index[np.flatnonzero(seen_one != seen_two)[0]]
        raise ValueError(f"expected models of the same response; row {row} differs")
    return one, two


def _told(fit: Estimate, outcome: str | None) -> tuple[np.ndarray, np.ndarray]:
    """A model's log-likelihood of each row, and what the row shows."""
    if isinstance(fit, StrategicFit):
        names = np.array(trees.outcomes(fit.model.tree))[fit.design.outcome]
        if outcome is None:
            return fit.row_log_likelihood(), names
        return fit.outcome_log_likelihood(outcome), names == outcome
    if isinstance(fit, ChoiceFit):
        if outcome is None:
            return fit.row_log_likelihood(), np.array(fit.outcomes)[fit.seen]
        if len(fit.outcomes) != 2:
            raise ValueError(f"expected a binary response; got {', '.join(fit.outcomes)}")
        return fit.row_log_likelihood(), fit.seen == 1
    raise ValueError(f"expected a strategic model or a logit; got {type(fit).__name__}")
