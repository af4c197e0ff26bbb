"""The shipped parameters: posterior draws where the record speaks, the prior elsewhere.

Draws 2i and 2i + 1 share all that the record informs and differ in the rest, as those of the
prior do, so that the two can be told apart in any answer.
"""

import copy
from collections.abc import Iterable

import numpy as np

from foedus.core.params import Params, columns
from foedus.core.priors import sample
from foedus.fit.fitted import Fitted


def assemble(table: dict, fits: Iterable[Fitted], seed: int) -> tuple[Params, dict]:
    """Draws of everything, and the table that says where each comes from.

    Args:
        table: Of priors; gives the number of draws and every parameter that no fit informs.
        fits: Posterior draws by name; their numbers may differ.
        seed: Of the order in which each fit's draws are taken.

    Returns:
        The draws; the table with basis "record" also where a fit informed a parameter, and with
        its posterior mean and spread beside the prior (`posterior`). What the record informs
        through its prior alone (a rate counted in a table) keeps its basis and its pairs.

    Raises:
        ValueError: Two fits inform the same parameter, or a fit names an unknown one.
    """
    params, table = sample(table), copy.deepcopy(table)
    drawn = columns(params)
    informed: set[str] = set()
    rng = np.random.default_rng(seed)
    for fit in fits:
        if again := informed & set(fit.draws):
            raise ValueError(f"expected one fit for each parameter; got two for {sorted(again)}")
        if unknown := set(fit.draws) - set(drawn):
            raise ValueError(f"expected names of parameters; got {sorted(unknown)}")
        informed |= set(fit.draws)
        params = _put(params, fit, table, rng)
    return params, table


def _put(params: Params, fit: Fitted, table: dict, rng: np.random.Generator) -> Params:
    """Put a fit's draws in, each twice; the draws of one fit stay together."""
    draws = params.war.drift.shape[-1]
    available = min(a.shape[-1] for a in fit.draws.values())
    rows = np.resize(rng.permutation(available), draws // 2).repeat(2)
    for name, values in fit.draws.items():
        group, field = name.split(".")
        part = getattr(params, group)._replace(**{field: np.asarray(values)[..., rows]})
        params = params._replace(**{group: part})
        mean, sd = values.mean(-1), values.std(-1)
        table[group][field] |= {
            "basis": "record",
            "posterior": {"mean": np.round(mean, 4).tolist(), "sd": np.round(sd, 4).tolist()},
        }
    return params
