"""A strategic model in words: a tree and a formula for each payoff, on the rows of a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Int

from foedus.fit.strategic_formula import (
    Equation,
    absences,
    complete,
    equation,
    plain,
    subtable,
    variables,
)
from foedus.fit.strategic_response import outcome_of_rows
from foedus.game import tree as trees
from foedus.game.tree import Decision, Error, Link, Payoff

_SHAPES: dict[int, Callable[..., Decision]] = {
    4: trees.egame12,
    6: trees.egame122,
    8: trees.egame123,
}


@dataclass(frozen=True)
class Model:
    """What is estimated.

    Attributes:
        tree: Who moves when.
        payoffs: By mover and outcome, the formula of a linear index or a fixed number; a payoff
            that is not named is 0.
        response: One column with the outcomes, or columns of 0 and 1 joined by `+` that tell the
            moves: one a decision, in the order of the tree, or one a level of it.
        error: Agent error or private information.
        link: Probit or logit.
        scale: Formula of the log standard deviation of the noise, or a fixed standard deviation;
            or these by mover. 1 where it is not named.
    """

    tree: Decision
    payoffs: Mapping[Payoff, str | float]
    response: str
    error: Error = "agent"
    link: Link = "probit"
    scale: str | float | Mapping[str, str | float] = 1.0


@dataclass(frozen=True)
class Design:
    """A model's equations on a table's rows.

    Attributes:
        payoffs: Equations of the payoffs that are estimated.
        scales: Equations of the scales that are estimated; by mover, or `""` for all.
        outcome: Which outcome was seen.
        table: The columns used, of the rows that have all that is needed.
        dropped: Rows left out, by the first column that they lack.
    """

    payoffs: dict[Payoff, Equation]
    scales: dict[str, Equation]
    outcome: Int[np.ndarray, " row"]
    table: pd.DataFrame
    dropped: dict[str, int]

    @property
    def equations(self) -> list[Equation]:
        """All equations, the payoffs' first."""
        return [*self.payoffs.values(), *self.scales.values()]


def parse(
    formula: str,
    *,
    movers: Sequence[str] | None = None,
    outcomes: Sequence[str] | None = None,
    tree: Decision | None = None,
    **kind: Any,
) -> Model:
    """The model of a formula, `"response ~ payoff | payoff | ..."`.

    The payoffs are those of `foedus.game.tree.payoffs`. Four make the game in which the second
    mover answers one action, six the one in which it answers both, eight the one of three movers.

    Args:
        formula: With as many parts as the tree has payoffs; `0` fixes one at zero.
        movers: Names of the movers; `1`, `2`, `3` if not given.
        outcomes: Names of the outcomes, in the order of the tree.
        tree: Another tree.
        **kind: `error`, `link` and `scale` of the `Model`.

    Raises:
        ValueError: No response, or a number of parts that fits no tree.

    Examples:
        >>> model = parse("esc + war ~ x | 0 | 1 | z", outcomes=("sq", "yields", "war"))
        >>> model.payoffs[("2", "war")], model.response
        ('z', 'esc + war')
    """
    response, _, rest = formula.partition("~")
    parts = [part.strip() for part in rest.split("|")]
    if not response.strip() or "" in parts:
        raise ValueError(f"expected 'response ~ payoff | payoff | ...'; got {formula!r}")
    tree = tree or _usual(len(parts), movers, outcomes)
    wanted = trees.payoffs(tree)
    if len(parts) != len(wanted):
        labels = ", ".join(label(p) for p in wanted)
        raise ValueError(f"expected {len(wanted)} payoffs, {labels}; got {len(parts)}")
    return Model(tree, dict(zip(wanted, parts, strict=True)), response.strip(), **kind)


def _usual(payoffs: int, movers: Sequence[str] | None, outcomes: Sequence[str] | None) -> Decision:
    """The usual tree with so many payoffs."""
    if payoffs not in _SHAPES:
        raise ValueError(f"expected 4, 6 or 8 payoffs split by '|', or a tree; got {payoffs}")
    plain = _SHAPES[payoffs]()
    usual = {"movers": trees.movers(plain), "outcomes": trees.outcomes(plain)}
    named = {k: tuple(v) for k, v in (("movers", movers), ("outcomes", outcomes)) if v is not None}
    for what, names in named.items():
        if len(names) != len(usual[what]):
            raise ValueError(f"expected {len(usual[what])} {what}; got {', '.join(names)}")
    return _SHAPES[payoffs](**named)


def label(payoff: Payoff) -> str:
    """A payoff as it stands in tables.

    Examples:
        >>> label(("1", "war")), label(("target", "war"))
        ('u1(war)', 'u_target(war)')
    """
    mover, outcome = payoff
    return f"u{mover}({outcome})" if mover.isdigit() else f"u_{mover}({outcome})"


def design(model: Model, data: pd.DataFrame) -> Design:
    """The regressors and the outcomes of the rows that have them all.

    Raises:
        ValueError: A formula that cannot be read, a column that the table lacks, a response that
            is no outcome, a regressor that is not finite, no row left.
    """
    trees.check(model.tree, model.error, model.link)
    _check_payoffs(model)
    formulas = {p: f for p, f in model.payoffs.items() if isinstance(f, str) and f != "0"}
    scales = {m: f for m, f in scale_by_mover(model).items() if isinstance(f, str)}
    names = [(label(p), f) for p, f in formulas.items()]
    names += [(_scale_label(m), f) for m, f in scales.items()]
    columns = list(dict.fromkeys(c for n, f in names for c in variables(f, n, data)))
    outcome = outcome_of_rows(model.tree, model.response, data)
    kept, dropped = complete({model.response: outcome < 0} | absences(data, columns))
    table = plain(subtable(data, columns)[kept])
    made = [equation(n, f, table) for n, f in names]
    payoffs = {p: e for p, e in zip(formulas, made, strict=False) if e.terms}
    own = dict(zip(scales, made[len(formulas) :], strict=True))
    return Design(payoffs, own, outcome[kept], table, dropped)


def scale_by_mover(model: Model) -> dict[str, str | float]:
    """Scales that are not 1: by mover, or under `""` for all alike."""
    if isinstance(model.scale, Mapping):
        if strangers := set(model.scale) - set(trees.movers(model.tree)):
            known = ", ".join(trees.movers(model.tree))
            raise ValueError(f"expected scales of {known}; got {sorted(strangers)[0]!r}")
        return dict(model.scale)
    return {"": model.scale} if model.scale != 1 else {}


def _scale_label(mover: str) -> str:
    return f"log(sigma {mover})" if mover else "log(sigma)"


def _check_payoffs(model: Model) -> None:
    """Refuse payoffs of nobody, and those that no choice depends on."""
    for mover, outcome in model.payoffs:
        below = [
            o
            for m in trees.movers(model.tree)
            if m == mover
            for _, d in trees.first_decisions(model.tree, m)
            for o in trees.outcomes(d)
        ]
        if outcome not in below:
            known = ", ".join(below) or f"a mover of {', '.join(trees.movers(model.tree))}"
            raise ValueError(
                f"{label((mover, outcome))}: no choice of {mover!r} depends on it; expected {known}"
            )
