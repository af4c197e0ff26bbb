r"""The statistical ultimatum game: how much is offered, and whether it is taken.

The first mover offers y of what there is, Q; the second takes it if $y > R_2 + \epsilon_2$, else
both get what they hold in reserve, $R_1 + \epsilon_1$ and $R_2 + \epsilon_2$, where $\epsilon_m$
is logistic with scale $s_m$ and known to its own mover. The best offer solves

$$ y^* = Q - R_1 - \epsilon_1 - s_2\,[1 + e^{(y^* - R_2)/s_2}], $$

cut to the offers that may be made. Ramsay and Signorino 2009; Kenkel and Signorino 2014.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from scipy.special import expit, logit, wrightomega

from foedus.fit import strategic_search as search
from foedus.fit.strategic_estimate import Estimate, highest
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
from foedus.fit.strategic_likelihood import Problem, problem

EPSILON = float(np.finfo(float).eps)
_EDGE = 1e-8  # offers this close to a bound are at it
_FAR = 500.0  # exponents beyond which an offer is as good as impossible

_RAMSAY = """@unpublished{RamsaySignorino2009,
  author = {Ramsay, Kristopher W. and Signorino, Curtis S.},
  title  = {A Statistical Model of the Ultimatum Game},
  note   = {Working paper},
  year   = {2009},
}
"""


class Terms(NamedTuple):
    """The rules of the game.

    Attributes:
        most: The largest offer.
        least: The smallest.
        scales: s1 and s2, where they are fixed.
        floor: Least probability or density of an offer or an answer.
        answered: Whether answers count.
    """

    most: float
    least: float
    scales: tuple[float | None, float | None]
    floor: float
    answered: bool


@dataclass(frozen=True)
class UltimatumFit(Estimate):
    """A statistical ultimatum game at its maximum of likelihood.

    Attributes:
        terms: The rules of the game.
        reserves: Equations of R1 and R2.
    """

    terms: Terms
    reserves: tuple[Equation, Equation]

    def predict(self, data: pd.DataFrame | None = None, nodes: int = 2000) -> pd.DataFrame:
        """Expected offer, and the probability that the offer is accepted.

        Args:
            data: A table with the covariates; the rows fitted if not given.
            nodes: Quantiles of the first mover's own noise over which to average.
        """
        parts = [e.design if data is None else redesign(e, data) for e in self.reserves]
        k = parts[0].shape[1]
        r1, r2 = parts[0] @ self.coefficients[:k], self.coefficients[k : k + parts[1].shape[1]]
        r2 = parts[1] @ r2
        s1, s2 = self.scales
        noise = s1 * logit((np.arange(nodes) + 0.5) / nodes)
        room = self.terms.most - r1[:, None] - noise - s2
        best = room - s2 * wrightomega((room - r2[:, None]) / s2)
        offer = np.clip(best, self.terms.least, self.terms.most)
        chance = expit((offer - r2[:, None]) / s2)
        index = self.index if data is None else data.index
        found = {"offer": offer.mean(axis=1), "accept": chance.mean(axis=1)}
        return pd.DataFrame(found, index=index)

    @property
    def scales(self) -> tuple[float, float]:
        """Scales of the two movers' noise, s1 and s2."""
        free = iter(np.exp(self.coefficients[sum(len(e.terms) for e in self.reserves) :]))
        one, two = (float(next(free)) if s is None else s for s in self.terms.scales)
        return one, two

    def bibtex(self) -> str:
        """Citations of the model and of the package whose conventions it follows."""
        return _RAMSAY + Estimate.bibtex(self)


def ultimatum(
    formula: str,
    data: pd.DataFrame,
    *,
    max_offer: float,
    min_offer: float = 0.0,
    s1: float | None = None,
    s2: float | None = None,
    outcome: Literal["both", "offer"] = "both",
    floor: float = 0.0,
    starts: int = search.STARTS,
    seed: int = 1,
) -> UltimatumFit:
    """The statistical ultimatum game fitted by maximum likelihood.

    The R package `games` counts no probability as less than `EPSILON`, 2.2e-16. Give that as
    `floor` to compare with it: such a likelihood is not smooth, and has optima at which rows that
    the model cannot tell are given up, so its search starts from the maximum without a floor.

    Args:
        formula: `"offer + accept ~ R1 | R2"`, the formulas of what each mover holds in reserve.
        data: One row a game; rows that lack something are left out and counted.
        max_offer: All there is.
        min_offer: The least that may be offered.
        s1: Scale of the first mover's noise; estimated if not given.
        s2: Scale of the second mover's noise; estimated if not given.
        outcome: Whether answers count, or offers alone.
        floor: Least probability.
        starts: Searches.
        seed: Of their starts.

    Raises:
        ValueError: A formula or table that does not fit, offers out of bounds, or a model that is
            not identified.

    Examples:
        >>> rng = np.random.default_rng(1)
        >>> accept = lambda y: (y > 3 + rng.logistic(size=len(y))).astype(int)
        >>> room = 10 - 4 - rng.logistic(size=500) - 1
        >>> offer = np.clip(room - wrightomega(room - 3), 0, 10)
        >>> games = pd.DataFrame({"offer": offer, "accept": accept(offer)})
        >>> found = ultimatum("offer + accept ~ 1 | 1", games, max_offer=10)
        >>> found.table().estimate.round(1).tolist()
        [4.2, 3.1, -0.1, -0.0]
    """
    if outcome not in ("both", "offer"):
        raise ValueError(f"expected outcome both or offer; got {outcome!r}")
    terms = Terms(float(max_offer), float(min_offer), (s1, s2), float(floor), outcome == "both")
    reserves, offer, accept, index, dropped = _read(formula, data, terms)
    free = [n for n, s in zip(("log(s1)", "log(s2)"), terms.scales, strict=True) if s is None]
    names = [(e.label, t) for e in reserves for t in e.terms] + [(n, "Intercept") for n in free]
    designs = [*(e.design for e in reserves), *(np.ones((len(offer), 1)) for _ in free)]
    smooth = problem(_rows(terms._replace(floor=0.0)), designs, [offer, accept], names)
    peak = highest(smooth, _starts(smooth, reserves, offer, terms, starts, seed))
    what = smooth
    if floor > 0:
        what = problem(_rows(terms), designs, [offer, accept], names)
        peak = highest(what, _around(smooth, peak.coefficients, starts, seed))
    return UltimatumFit(what, *peak, index, dropped, terms=terms, reserves=reserves)


def _read(formula: str, data: pd.DataFrame, terms: Terms) -> tuple:
    """Equations, offers and answers of the rows that have them, and what was left out."""
    response, _, rest = formula.partition("~")
    names = [part.strip() for part in response.split("+")]
    parts = [part.strip() for part in rest.split("|")]
    if len(parts) != 2 or len(names) not in ((2,) if terms.answered else (1, 2)):
        raise ValueError(f"expected 'offer + accept ~ R1 | R2'; got {formula!r}")
    for name in names:
        require({name}, "response", data)
    columns = [c for n, f in zip(("R1", "R2"), parts, strict=True) for c in variables(f, n, data)]
    seen = names if terms.answered else names[:1]
    kept, dropped = complete(absences(data, dict.fromkeys([*seen, *columns])))
    table = plain(subtable(data, dict.fromkeys(columns))[kept])
    reserves = tuple(equation(n, f, table) for n, f in zip(("R1", "R2"), parts, strict=True))
    for made in reserves:
        check_columns(made)
    offer = column(data, names[0])[kept].astype(float)
    accept = column(data, seen[-1])[kept].astype(float) if terms.answered else 0 * offer
    _check_seen(offer, accept, terms)
    return reserves, offer.to_numpy(), accept.to_numpy(), table.index, dropped


def _check_seen(offer: pd.Series, accept: pd.Series, terms: Terms) -> None:
    """Refuse offers that may not be made, and answers that are neither yes nor no."""
    for values, wrong, wanted in (
        (offer, (offer < terms.least) | (offer > terms.most), f"{terms.least} to {terms.most}"),
        (accept, ~accept.isin([0, 1]), "0 or 1"),
    ):
        if wrong.any():
            row = int(np.argmax(wrong.to_numpy()))
            raise ValueError(
                f"response {values.name!r}: expected {wanted}; got {values.iloc[row]} "
                f"in row {values.index[row]}"
            )


@lru_cache(maxsize=32)
def _rows(terms: Terms) -> Callable[..., jax.Array]:
    """Log-likelihood of rows with an offer and an answer."""

    def rows(eta: Any, offer: Any, accept: Any) -> jax.Array:
        r1, r2, *free = (eta[i] for i in range(len(eta)))
        left = iter(free)
        logs = [next(left) if s is None else jnp.log(s) for s in terms.scales]
        s1, s2 = jnp.exp(logs[0]), jnp.exp(logs[1])

        def over(y: Any) -> Any:  # positive where the best offer is more likely above y
            cost = 1 + jnp.exp(jnp.minimum((y - r2) / s2, _FAR))
            return (terms.most - y - r1 - s2 * cost) / s1

        at = over(offer)
        inside = jax.nn.log_sigmoid(at) + jax.nn.log_sigmoid(-at) - logs[0]
        inside += jax.nn.softplus((offer - r2) / s2)
        made = jnp.where(
            offer - terms.least < _EDGE, jax.nn.log_sigmoid(-over(terms.least)), inside
        )
        made = jnp.where(terms.most - offer < _EDGE, jax.nn.log_sigmoid(over(terms.most)), made)
        sign = jnp.where(accept == 1, 1.0, -1.0)
        answer = jax.nn.log_sigmoid(sign * (offer - r2) / s2) if terms.answered else 0.0
        if terms.floor > 0:
            least = jnp.log(terms.floor)
            return jnp.maximum(made, least) + jnp.maximum(answer, least)
        return made + answer

    return rows


def _starts(
    what: Problem,
    reserves: tuple[Equation, Equation],
    offer: np.ndarray,
    terms: Terms,
    n: int,
    seed: int,
) -> np.ndarray:
    """Starts at which every offer is possible: reserves around what was offered."""
    rng, spread = np.random.default_rng(seed), float(offer.std()) or 1.0
    found = []
    for _ in range(n):
        first = terms.most - offer.mean() + spread * rng.uniform(-1, 1)
        second = offer.max() - spread * rng.uniform(-0.5, 1)
        aims = (first + 0 * offer, second + 0 * offer)
        start = [np.linalg.lstsq(e.design, a)[0] for e, a in zip(reserves, aims, strict=True)]
        logs = np.log(spread) + rng.uniform(-1, 1, terms.scales.count(None))
        found.append(np.concatenate([*start, logs]))
    return np.stack(found)


def _around(what: Problem, coefficients: np.ndarray, n: int, seed: int) -> np.ndarray:
    """A point, and starts close by."""
    noise = np.random.default_rng(seed).standard_normal((n - 1, len(coefficients)))
    near = coefficients + 0.01 * noise / search.spreads(what.blocks)
    return np.vstack([coefficients, near])
