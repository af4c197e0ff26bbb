"""Strategic models fitted to tables: who does what in a tree, and what it depends on.

Maximum likelihood from many starts, with exact gradients and Hessians. For a Bayesian fit see
`strategic_bayes`, for rival models `strategic_compare`, for offers `strategic_ultimatum`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Float

from foedus.fit import strategic_identify as identify
from foedus.fit import strategic_search as search
from foedus.fit.strategic_estimate import Estimate, maximise
from foedus.fit.strategic_formula import column, redesign, require
from foedus.fit.strategic_likelihood import Problem, double, indices, problem
from foedus.fit.strategic_model import Design, Model, design, parse, scale_by_mover
from foedus.fit.strategic_response import levels
from foedus.game import tree as trees
from foedus.game.tree import Decision, Payoff, Play

_SIGNORINO = """@article{Signorino2003,
  author  = {Signorino, Curtis S.},
  title   = {Structure and Uncertainty in Discrete Choice Models},
  journal = {Political Analysis},
  volume  = {11},
  number  = {4},
  pages   = {316--344},
  year    = {2003},
}
"""


class Layout(NamedTuple):
    """Which index is what; equal layouts share their compiled likelihood."""

    tree: Decision
    error: trees.Error
    link: trees.Link
    payoffs: tuple[Payoff, ...]
    fixed: tuple[tuple[Payoff, float], ...]
    scales: tuple[str, ...]
    fixed_scales: tuple[tuple[str, float], ...]

    def play(self, eta: Any) -> Play:
        """The tree solved at linear indices [index, row]."""
        payoffs = dict(self.fixed) | dict(zip(self.payoffs, eta, strict=False))
        scales: dict[str, Any] = dict(self.fixed_scales)
        scales |= {m: jnp.exp(eta[len(self.payoffs) + i]) for i, m in enumerate(self.scales)}
        if "" in scales:
            scales = dict.fromkeys(trees.movers(self.tree), scales[""])
        return trees.solve(self.tree, payoffs, scales, error=self.error, link=self.link)


@lru_cache(maxsize=64)
def _rows(layout: Layout) -> Callable[..., jax.Array]:
    """Log-likelihood of the rows, given the number of the outcome that each shows."""

    def rows(eta: Any, outcome: Any) -> jax.Array:
        found = layout.play(eta).outcomes.values()
        return sum((jnp.where(outcome == i, p, 0.0) for i, p in enumerate(found)), jnp.zeros(()))

    return rows


@lru_cache(maxsize=64)
def _probabilities(layout: Layout) -> Callable[..., Any]:
    """Probabilities of outcomes and actions, given blocks and coefficients."""

    @jax.jit
    def found(blocks: tuple, coefficients: Any) -> Any:
        eta = indices(blocks, coefficients)
        return jax.tree.map(lambda p: jnp.broadcast_to(jnp.exp(p), eta[0].shape), layout.play(eta))

    return found


@dataclass(frozen=True)
class StrategicFit(Estimate):
    """A strategic model at its maximum of likelihood.

    Attributes:
        model: What was fitted.
        design: On which rows.
        layout: Which index is what.
    """

    model: Model
    design: Design
    layout: Layout

    def blocks(self, data: pd.DataFrame | None = None) -> tuple[np.ndarray, ...]:
        """Regressors of each index, [column, row], of the rows fitted or of another table."""
        equations = self.design.equations
        designs = (e.design if data is None else redesign(e, data) for e in equations)
        return tuple(x.T for x in designs)

    def predict(
        self, data: pd.DataFrame | None = None, kind: Literal["outcome", "action"] = "outcome"
    ) -> pd.DataFrame:
        """Probabilities of the outcomes, or of the actions where their decision is reached.

        Args:
            data: A table with the covariates; the rows fitted if not given.
            kind: Outcomes, one column each by name; or actions, by mover and action.

        Raises:
            ValueError: Unknown kind, or a table that lacks something.
        """
        if kind not in ("outcome", "action"):
            raise ValueError(f"expected kind outcome or action; got {kind!r}")
        play = self._play(self.blocks(data), self.coefficients)
        index = self.index if data is None else data.index
        if kind == "outcome":  # a dictionary comes back from jit with its keys sorted
            found = {o: play.outcomes[o] for o in trees.outcomes(self.model.tree)}
            return pd.DataFrame(found, index=index)
        who = [(d.mover, (*p, a)) for p, d in trees.decisions(self.model.tree) for a in d.actions]
        found = {(mover, " > ".join(path)): play.actions[path] for mover, path in who}
        return pd.DataFrame(found, index=index).rename_axis(columns=["mover", "action"])

    def outcome_log_likelihood(self, outcome: str) -> Float[np.ndarray, " row"]:
        """Log-likelihood of each row as to whether one outcome happened.

        Raises:
            ValueError: The tree has no such outcome.
        """
        known = trees.outcomes(self.model.tree)
        if outcome not in known:
            raise ValueError(f"expected an outcome {', '.join(known)}; got {outcome!r}")
        chance = self.predict()[outcome].to_numpy()
        happened = self.design.outcome == known.index(outcome)
        return np.log(np.where(happened, chance, 1 - chance))

    def bibtex(self) -> str:
        """Citations of the model and of the package whose conventions it follows."""
        return _SIGNORINO + Estimate.bibtex(self)

    @double
    def _play(self, blocks: tuple, coefficients: Any) -> Play:
        return jax.tree.map(np.asarray, _probabilities(self.layout)(blocks, coefficients))


def fit(
    formula: str | Model,
    data: pd.DataFrame,
    *,
    movers: Sequence[str] | None = None,
    outcomes: Sequence[str] | None = None,
    tree: Decision | None = None,
    starts: int = search.STARTS,
    seed: int = 1,
    **kind: Any,
) -> StrategicFit:
    """A strategic model fitted by maximum likelihood.

    Args:
        formula: `"response ~ payoff | payoff | ..."` as in `strategic_model.parse`, or a `Model`
            with a tree and a formula for each payoff.
        data: One row an observation. Rows that lack something are left out and counted.
        movers: Names of the movers.
        outcomes: Names of the outcomes in the order of the tree; if not given, the values of the
            response, or its moves.
        tree: A tree that is none of the three of Kenkel and Signorino.
        starts: Searches, of which the first starts at zero.
        seed: Of the other starts.
        **kind: `error` ("agent" or "private"), `link` ("probit" or "logit") and `scale`, as in
            `strategic_model.Model`.

    Raises:
        ValueError: A formula, table or tree that does not fit, or a model that is not identified;
            one line names equation and column.

    Examples:
        >>> rng = np.random.default_rng(0)
        >>> data = pd.DataFrame({"power": rng.normal(size=400), "army": rng.normal(size=400)})
        >>> fights = 0.5 + data.army + rng.normal(size=400) * np.sqrt(2) > 0
        >>> data["attack"] = (data.power + rng.normal(size=400) > 0).astype(int)
        >>> data["war"] = (fights & (data.attack == 1)).astype(int)
        >>> found = fit("attack + war ~ 1 | 0 | 0 + power | army", data)
        >>> list(found.table().loc["u2(attack,war)"].index)
        ['Intercept', 'army']
        >>> bool(np.allclose(found.predict().sum(axis=1), 1))
        True
    """
    named = {"movers": movers, "outcomes": outcomes, "tree": tree}
    ready = prepare(formula, data, **named, **kind)
    peak = maximise(ready.problem, starts=starts, seed=seed)
    own = {"model": ready.model, "design": ready.design, "layout": ready.layout}
    made = ready.design
    return StrategicFit(ready.problem, *peak, made.table.index, made.dropped, **own)


class Ready(NamedTuple):
    """A model with its data, about to be fitted."""

    model: Model
    design: Design
    layout: Layout
    problem: Problem


def prepare(
    formula: str | Model,
    data: pd.DataFrame,
    *,
    movers: Sequence[str] | None = None,
    outcomes: Sequence[str] | None = None,
    tree: Decision | None = None,
    **kind: Any,
) -> Ready:
    """A model that is identified, as far as can be told before it is fitted.

    Arguments and errors are those of `fit`.
    """
    if isinstance(formula, str):
        if outcomes is None and tree is None:
            outcomes = _outcome_names(formula, data)
        formula = parse(formula, movers=movers, outcomes=outcomes, tree=tree, **kind)
    elif kind or movers or outcomes or tree:
        raise ValueError("expected a formula with movers, outcomes, tree or kind; got a Model")
    made = design(formula, data)
    identify.check(formula, made)
    layout = _layout(formula, made)
    names = tuple((e.label, t) for e in made.equations for t in e.terms)
    designs = [e.design for e in made.equations]
    return Ready(formula, made, layout, problem(_rows(layout), designs, [made.outcome], names))


def _layout(model: Model, made: Design) -> Layout:
    """Which index of the design is what."""
    fixed = tuple((p, float(f)) for p, f in model.payoffs.items() if not isinstance(f, str))
    scales = tuple((m, float(f)) for m, f in scale_by_mover(model).items() if m not in made.scales)
    kept = tuple(made.payoffs), fixed, tuple(made.scales), scales
    return Layout(model.tree, model.error, model.link, *kept)


def _outcome_names(formula: str, data: pd.DataFrame) -> tuple[str, ...] | None:
    """Names for the outcomes of the usual games: the response's values, or its moves."""
    response, _, rest = formula.partition("~")
    names = [part.strip() for part in response.split("+")]
    n = {4: 3, 6: 4, 8: 4}.get(rest.count("|") + 1)
    if n is None or "" in names:
        return None  # `parse` says what is wrong
    for name in names:
        require({name}, "response", data)
    if len(names) == 1:
        found = tuple(str(v) for v in levels(column(data, names[0])))
        if len(found) != n:
            raise ValueError(
                f"response {names[0]!r}: expected {n} values; got {len(found)}: "
                f"{', '.join(found[:8])}"
            )
        return found
    return _moves_names(names, n, rest.count("|") + 1)


def _moves_names(names: list[str], n: int, payoffs: int) -> tuple[str, ...]:
    """Outcomes named by what was done, `~` where it was not."""
    if payoffs == 6:
        first, *answers = names
        left, right = answers[0], answers[-1]
        return f"~{first},~{left}", f"~{first},{left}", f"{first},~{right}", f"{first},{right}"
    made = [",".join([*names[:i], f"~{names[i]}"]) for i in range(min(len(names), n - 1))]
    return (*made, ",".join(names))
