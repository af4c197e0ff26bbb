"""What each rival explanation is worth on unseen years of the record, by the columns that it has.

The model is a plain logit, in which columns stand for an explanation (`fit.restraints`); years are
judged that come after those learnt from, and the standard error is over disputes.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from foedus.fit import restraints
from foedus.study.explain import explanations
from foedus.study.held_out import Worth, worth


class OnRecord(NamedTuple):
    """Explanations on unseen years of the record.

    Attributes:
        sides: Of disputes, to which allies might have come.
        log_score: Mean log score of a side with all columns, nats; lower is better.
        worths: One for each explanation that has a column.
    """

    sides: int
    log_score: float
    worths: tuple[Worth, ...]


def on_record(
    folder: Path, seed: int = 1, progress: Callable[[int], None] = lambda models: None
) -> OnRecord:
    """Score on unseen years every explanation that a column of the record stands for.

    Args:
        folder: Of the record.
        seed: Of the models.
        progress: Called with the number of models done; one more than explanations with columns.
    """
    told = {one.id: one for one in explanations() if one.columns}
    columns = {name: tuple(one.columns) for name, one in told.items()}
    scored = restraints.without_each(restraints.rows(folder), columns, seed, progress)
    whole = scored.pop(restraints.ALL)
    base = -whole.log_score
    worths = (
        worth(told[name], base, -one.log_score, whole.dispute) for name, one in scored.items()
    )
    return OnRecord(len(base), float(base.mean()), tuple(worths))
