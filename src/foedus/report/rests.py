"""What an answer rests on: the law of the case, and the unknowns that move it most."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import rankdata

from foedus.claims.forecast import Forecast
from foedus.core import params
from foedus.core.kinds import Side
from foedus.study.casus import verdicts
from foedus.study.pipeline import Study


def rests_on(study: Study) -> Iterator[str]:
    """What the first answer rests on, in a few lines."""
    if not study.answers:
        return
    first = study.answers[0]
    yield f"What the first answer rests on ({first.id}):"
    yield "\n".join(f"  {line}" for line in verdicts(study.scenario, Side.TARGET))
    moved = "\n".join(
        f"  {'more' if r > 0 else 'less'} with {name}: {meaning} (rank correlation {r:+.2f})"
        for name, meaning, r in drivers(study.forecasts[first.id])
    )
    if moved:
        yield moved


def drivers(forecast: Forecast, most: int = 3) -> list[tuple[str, str, float]]:
    """Parameters whose draws go most with an answer: name, meaning, rank correlation.

    Examples:
        >>> import numpy as np
        >>> tempo = params.load().params.war.noise[:100].repeat(20)
        >>> drivers(Forecast(tempo > np.median(tempo), np.arange(2000)))[0][0]
        'war.noise'
    """
    draws, index = np.unique(forecast.draw, return_inverse=True)
    if len(draws) < 20:
        return []
    p = np.bincount(index, forecast.values) / np.bincount(index)
    stored = params.load()
    found = []
    for name, values in params.columns(stored.params).items():
        column = values[-1] if values.ndim == 2 else values
        group, field = name.split(".")
        r = _rank_correlation(column[draws % column.shape[-1]], p)
        found.append((name, stored.table[group][field]["meaning"].split(";")[0], r))
    return sorted(found, key=lambda row: -abs(row[2]))[:most]


def _rank_correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's; 0 where one of the two does not vary."""
    if x.std() == 0 or y.std() == 0:
        return 0.0
    return float(np.corrcoef(rankdata(x), rankdata(y))[0, 1])
