"""The years that were kept shut: disputes of 2011-14, forecast by the fit that ships.

Gibler, Miller and Little's disputes end in 2010. Those of the Correlates of War for 2011-14 were
read by nothing until the model was frozen, and were opened once. Ours is the shipped posterior as
it is; references learn from the same years before (landscape theory is left out: it lines up the
states of Gibler's disputes).
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from foedus.fit import shipped
from foedus.fit.crises import crises
from foedus.fit.folds import Fold
from foedus.fit.references import REFERENCES, one_side_rows
from foedus.fit.skill import evaluate, measures
from foedus.fit.validate import (
    DRAWS,
    OURS,
    called_once,
    forecast_origin,
    one_side_scored,
    summary,
)
from foedus.record import calls as record_calls
from foedus.record.opportunities import CLOSED_FROM
from foedus.record.pledges import READ_APART

LAST = 2014
_FAR = 1_000_000
"""Added to numbers of the disputes that were shut, which another project counted."""


def validate(folder: Path, seed: int = 1) -> dict[str, Any]:
    """Tables S4 and S5 of those years, as `fit.validate.validate` gives them.

    Args:
        folder: Of the record.
        seed: Of references' draws and of resamples.
    """
    known = record_calls.table(folder, without=READ_APART)
    shut = record_calls.table(
        folder, CLOSED_FROM, LAST, without=READ_APART, source="cow", open_closed=True
    )
    shut = shut.assign(dispnum=shut.dispnum + _FAR)
    calls = pd.concat([known, shut], ignore_index=True).rename_axis("row").reset_index()
    levels = np.full((int(calls.dispnum.max()) + 1, 3), 1 / 3)  # known here, so never read
    told = forecast_origin(
        crises(calls.drop(columns="row")),
        called_once(calls),
        levels,
        shipped.thetas(DRAWS),
        shipped.given(),
        (CLOSED_FROM, LAST + 1),
    )
    models_of = {name: model for name, model in REFERENCES.items() if name != "landscape"}
    tables = {}
    for name, options in (("S4", {"force": True}), ("S5", {"war": True})):
        sided = record_calls.one_sided(calls, **options)
        rows = one_side_rows(sided.drop(columns="row"), war=name == "S4")
        late = (sided.year >= CLOSED_FROM).to_numpy()
        if not late.any():
            continue
        folds = [Fold(CLOSED_FROM, ~late, late)]
        models = {OURS: one_side_scored(told, sided, folds, known=True)}
        models |= {n: evaluate(m, rows, folds, seed) for n, m in models_of.items()}
        tables[name] = summary(models, measures, seed)
    return {"seed": seed, "draws": DRAWS, "tables": tables}
