"""When a pact of defence is invoked and covers the place, by its conditions.

pi of the joining likelihood L = pi s(covered) + (1 - pi) s(not covered): by conditions on place,
adversary, conflict and others, and by whether a member was attacked or had begun the war.
"""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
import numpyro
from scipy.special import expit

from foedus.core.kinds import Era
from foedus.fit.alliance_prior import ENOUGH, distribution, draw, sample, thin, weak
from foedus.fit.diagnose import convergence
from foedus.fit.fulfilment_rates import by_era, eras, log_p
from foedus.record.fulfilment import OUTSIDE
from foedus.record.treaties import CONDITIONS, Table

RARE = ("number", "demand", "unprovoked")
"""Rarer conditions on defence, taken as one: `other`."""
TERMS = ("intercept", "began", "place", "adversary", "conflict", "other")
"""Columns of the coverage model: where a member was attacked, an intercept and what each condition
adds to it; where members began the war, `began` instead of conditions. Eras come after."""
_ERAS = tuple(f"era_{int(era)}" for era in Era)


class Coverage(NamedTuple):
    """When a pact of defence is invoked and covers the place: coefficients of a logit.

    Attributes:
        names: `TERMS`, then `era_0` .. `era_3`: what each era adds.
        mean: [name].
        covariance: [name, name].
        draws: [name, draw].
        diagnostics: `rhat`, `ess` and so on.
        n: Rows, invoked, wars.
    """

    names: tuple[str, ...]
    mean: np.ndarray
    covariance: np.ndarray
    draws: np.ndarray
    diagnostics: dict[str, Any]
    n: dict[str, int]


def features(frame: Table) -> np.ndarray:
    """Columns of the coverage model [row, name], names as in `Coverage`.

    Args:
        frame: `began` (0: a member was attacked), the conditions of `record.treaties.CONDITIONS`
            and `era`, one row a pact.

    Raises:
        ValueError: A missing column.

    Examples:
        >>> import pandas as pd
        >>> pact = pd.DataFrame({"began": [0, 1], "era": [3, 3], "place": [1, 1], "adversary": 0,
        ...                      "conflict": 0, "number": 0, "demand": 0, "unprovoked": 1})
        >>> features(pact)[:, :6]
        array([[1., 0., 1., 0., 0., 1.],
               [1., 1., 0., 0., 0., 0.]])
    """
    if lack := [name for name in ("began", "era", *CONDITIONS) if name not in frame]:
        raise ValueError(f"expected columns {', '.join(lack)}; got {', '.join(frame.columns)}")
    began = frame.began.to_numpy(float)
    other = frame[list(RARE)].to_numpy(float).max(1)
    plain = frame[["place", "adversary", "conflict"]].to_numpy(float)
    held = np.column_stack([plain, other]) * (1 - began)[:, None]
    era = frame.era.to_numpy("int64")[:, None] == np.arange(len(Era))
    return np.column_stack([np.ones(len(frame)), began, held, era]).astype(float)


def invocation(cover: Coverage, x: np.ndarray) -> np.ndarray:
    """pi: probability that a pact was invoked and covered, [row, draw].

    Args:
        cover: From `coverage`.
        x: `features` [row, name].
    """
    return expit(np.asarray(x) @ cover.draws)


def covering(x: np.ndarray, y: np.ndarray, weight: np.ndarray, table: dict) -> None:
    """NumPyro model of what is invoked and covered."""
    era = eras(table, "coverage.level")
    began = draw("began", distribution(table, "coverage.began"))
    with numpyro.plate("conditions", len(TERMS) - 2):
        conditions = draw("condition", distribution(table, "coverage.condition"))
    slopes = jnp.concatenate([began[None], conditions])
    eta = x[:, len(TERMS) :] @ era + x[:, 1 : len(TERMS)] @ slopes
    numpyro.factor("rows", (weight * log_p(y, eta)).sum())


def coverage(
    codings: Table, *, draws: int = 1000, seed: int, table: dict | None = None
) -> Coverage:
    """When pacts of defence are invoked and cover the place, from the codings.

    Rows are pacts with members in the war from its first day on one side only: all attacked, or
    all among those who began it. Both schemes of Berkemeier and Fuhrmann count half each. It is
    learnt from wars: in lesser disputes pacts may be invoked less.

    Args:
        codings: `record.fulfilment.codings`.
        draws: Wanted.
        seed: Of the sampler.
        table: Priors, as `alliance.weak()`.

    Raises:
        ValueError: No such row.
    """
    table = weak() if table is None else table
    rows = codings[codings.scheme.isin(("llm", "bf")) & ~codings.held_back]
    rows = rows[(rows.defense == 1) & (rows.attacked + rows.began == 1)]
    rows = rows.dropna(subset=list(CONDITIONS))
    if not len(rows):
        raise ValueError("expected codings of pacts of defence in wars; got none")
    y = (rows.outcome != OUTSIDE).to_numpy(float)
    many = rows.groupby(["war", "atopid"]).outcome.transform("size").to_numpy(float)
    data = (features(rows), y, 1 / many, table)
    found, diverging = sample(covering, *data, draws=max(draws, ENOUGH), seed=seed)
    flat = thin(found, max(draws, ENOUGH))
    level = by_era(flat, "coverage.level")
    centre = flat["coverage.level"][:, None]
    whole = np.column_stack([centre, flat["began"], flat["condition"], level - centre])
    pick = np.linspace(0, len(whole) - 1, draws).astype(int)
    n = {
        "pacts": round(float((1 / many).sum())),
        "invoked": round(float((y / many).sum())),
        "wars": int(rows.war.nunique()),
    }
    return Coverage(
        names=(*TERMS, *_ERAS),
        mean=whole.mean(0),
        covariance=np.cov(whole.T),
        draws=whole[pick].T,
        diagnostics=convergence(found, diverging),
        n=n,
    )
