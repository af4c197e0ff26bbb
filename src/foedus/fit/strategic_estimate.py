"""What every maximum-likelihood fit of this family tells: estimates, and how far to trust them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from jaxtyping import Float
from scipy.special import ndtr

from foedus.fit import strategic_likelihood as likelihood
from foedus.fit import strategic_search as search
from foedus.fit.strategic_identify import flat_direction
from foedus.fit.strategic_likelihood import Problem

Errors: TypeAlias = Literal["hessian", "robust", "bootstrap"]

GAMES = """@article{KenkelSignorino2014,
  author  = {Kenkel, Brenton and Signorino, Curtis S.},
  title   = {Estimating Extensive Form Games in {R}},
  journal = {Journal of Statistical Software},
  volume  = {56},
  number  = {8},
  pages   = {1--27},
  year    = {2014},
}
"""


class Bootstrap(NamedTuple):
    """Refits to rows, or clusters of rows, drawn again.

    Attributes:
        draws: One row a sample, one column a coefficient.
        failed: Samples left out because their likelihood has no maximum.
    """

    draws: pd.DataFrame
    failed: int


@dataclass(frozen=True)
class Estimate:
    """A maximum of a likelihood.

    Attributes:
        problem: What was fitted.
        coefficients: Where the maximum is.
        log_likelihood: How high it is.
        information: Minus the Hessian there.
        starts: Where each search ended: its log-likelihood, its largest gradient for columns of
            unit spread, and whether it is a strict maximum. A search that ended higher, on no
            maximum, tells of a likelihood that rises without end elsewhere.
        index: Labels of the rows fitted.
        dropped: Rows left out, by the first column that they lack.
    """

    problem: Problem
    coefficients: Float[np.ndarray, " coefficient"]
    log_likelihood: float
    information: Float[np.ndarray, "coefficient coefficient"]
    starts: pd.DataFrame
    index: pd.Index
    dropped: dict[str, int]

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.problem.n

    @property
    def n_parameters(self) -> int:
        """Number of coefficients."""
        return len(self.coefficients)

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * self.n_parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion."""
        return float(np.log(self.n)) * self.n_parameters - 2 * self.log_likelihood

    @property
    def names(self) -> pd.MultiIndex:
        """Equation and term of each coefficient."""
        return pd.MultiIndex.from_tuples(self.problem.names, names=["equation", "term"])

    def row_log_likelihood(self) -> Float[np.ndarray, " row"]:
        """Log-likelihood of each row."""
        return likelihood.row_log_likelihood(self.problem, self.coefficients)

    def value(self, coefficients: np.ndarray) -> float:
        """Log-likelihood anywhere."""
        return likelihood.value(self.problem, coefficients)

    def gradient(self, coefficients: np.ndarray) -> Float[np.ndarray, " coefficient"]:
        """Gradient of the log-likelihood anywhere."""
        return likelihood.gradient(self.problem, coefficients)

    def covariance(
        self,
        errors: Errors = "hessian",
        *,
        cluster: pd.Series | np.ndarray | None = None,
        samples: int = 1000,
        seed: int = 1,
    ) -> Float[np.ndarray, "coefficient coefficient"]:
        """Covariance of the estimates.

        Args:
            errors: From the inverse Hessian; from the sandwich around the rows' scores (White
                1982), which holds where the model does not; or from a bootstrap.
            cluster: Groups of rows that are not independent, one label a row fitted or a row of
                the table; the sandwich is then multiplied by G / (G - 1).
            samples: Of the bootstrap.
            seed: Of the bootstrap.

        Raises:
            ValueError: Unknown errors, clusters that do not fit the rows, or clusters with
                `hessian`.
        """
        if errors not in ("hessian", "robust", "bootstrap"):
            raise ValueError(f"expected errors hessian, robust or bootstrap; got {errors!r}")
        if errors == "bootstrap":
            drawn = self.bootstrap(samples, seed=seed, cluster=cluster).draws
            return np.cov(drawn.to_numpy(), rowvar=False).reshape([self.n_parameters] * 2)
        if errors == "hessian" and cluster is not None:
            raise ValueError("expected no clusters with errors 'hessian'; use 'robust'")
        return self._bread if errors == "hessian" else self._sandwich(cluster)

    def table(
        self,
        errors: Errors = "hessian",
        *,
        cluster: pd.Series | np.ndarray | None = None,
        samples: int = 1000,
        seed: int = 1,
    ) -> pd.DataFrame:
        """Estimate, standard error, z and two-sided p of each coefficient.

        The arguments are those of `covariance`.
        """
        found = self.covariance(errors, cluster=cluster, samples=samples, seed=seed)
        return coefficient_table(self.coefficients, np.sqrt(np.diag(found)), self.names)

    def bootstrap(
        self, samples: int, *, seed: int, cluster: pd.Series | np.ndarray | None = None
    ) -> Bootstrap:
        """Refits to samples of the rows, or of clusters of them.

        Args:
            samples: How many.
            seed: Of the samples.
            cluster: As in `covariance`.
        """
        groups = np.arange(self.n) if cluster is None else self._groups(cluster)
        rng, n = np.random.default_rng(seed), groups.max() + 1
        weights = rng.multinomial(n, np.full(n, 1 / n), samples)[:, groups].astype(float)
        found = search.refit(self.problem, weights, self.coefficients)
        drawn = pd.DataFrame(found.coefficients[found.peak], columns=self.names)
        return Bootstrap(drawn, int((~found.peak).sum()))

    def bibtex(self) -> str:
        """The method's citation."""
        return GAMES

    @cached_property
    def _bread(self) -> np.ndarray:
        """Inverse of the observed information."""
        spread = search.spreads(self.problem.blocks)
        units = np.outer(spread, spread)
        return np.linalg.inv(self.information / units) / units

    def _sandwich(self, cluster: pd.Series | np.ndarray | None) -> np.ndarray:
        """Covariance that does not trust the model's own variance."""
        scores = likelihood.scores(self.problem, self.coefficients)
        factor = 1.0
        if cluster is not None:
            groups = self._groups(cluster)
            n = int(groups.max()) + 1
            scores = np.stack([np.bincount(groups, s, n) for s in scores.T], axis=1)
            factor = n / (n - 1)
        return factor * self._bread @ (scores.T @ scores) @ self._bread

    def _groups(self, cluster: pd.Series | np.ndarray) -> np.ndarray:
        """Number of each row's cluster."""
        if isinstance(cluster, pd.Series) and len(cluster) != self.n:
            cluster = cluster.reindex(self.index)
        labels = np.asarray(cluster)
        if len(labels) != self.n or pd.isna(labels).any():
            raise ValueError(
                f"expected a cluster for each of {self.n} rows; got {len(labels)}, "
                f"{int(pd.isna(labels).sum())} of them missing"
            )
        groups = np.unique(labels, return_inverse=True)[1]
        if groups.max() == 0:
            raise ValueError("expected two clusters or more; got one")
        return groups


def coefficient_table(estimate: np.ndarray, se: np.ndarray, index: pd.Index) -> pd.DataFrame:
    """Estimates with their errors, z, and two-sided p."""
    z = estimate / se
    columns = {"estimate": estimate, "se": se, "z": z, "p": 2 * ndtr(-np.abs(z))}
    return pd.DataFrame(columns, index=index)


class Peak(NamedTuple):
    """The highest maximum, and how every search ended."""

    coefficients: Float[np.ndarray, " coefficient"]
    log_likelihood: float
    information: Float[np.ndarray, "coefficient coefficient"]
    starts: pd.DataFrame


def maximise(problem: Problem, *, starts: int = search.STARTS, seed: int = 1) -> Peak:
    """The highest maximum found from zero and random starts.

    Raises:
        ValueError: No start ended on a strict maximum: the coefficients are not identified, or
            the likelihood rises without end.
    """
    if starts < 2:
        raise ValueError(f"expected two starts or more; got {starts}")
    return highest(problem, search.random_starts(problem, starts, seed))


def highest(problem: Problem, starts: np.ndarray) -> Peak:
    """The highest maximum found from given starts [start, coefficient].

    Raises:
        ValueError: As `maximise`.
    """
    found = search.from_starts(problem, starts)
    if not found.peak.any():
        best = int(np.nanargmax(np.where(np.isfinite(found.value), found.value, -np.inf)))
        spread = search.spreads(problem.blocks)
        where = flat_direction(found.information[best], spread, problem.names)
        raise ValueError(
            f"not identified: the likelihood is flat or rises without end along {where} "
            "(is an outcome predicted without fail?)"
        )
    best = int(np.argmax(np.where(found.peak, found.value, -np.inf)))
    ends = pd.DataFrame(
        {"log_likelihood": found.value, "slope": found.slope, "maximum": found.peak}
    )
    top = found.coefficients[best], float(found.value[best]), found.information[best]
    return Peak(*top, ends)
