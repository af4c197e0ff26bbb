"""Simple forecasts of outcome and length, to see what the war module adds to them.

An outcome's share, and apart from it a lognormal length; both with their uncertainty, so that a
reference that knows little does not pay for feigned certainty.
"""

import numpy as np
from scipy import stats

from foedus.fit.war_model import OUTCOMES, Record

_FEWEST = 5  # earlier wars of an era from which to say something of it alone


def climatology(train: Record, test: Record) -> np.ndarray:
    """Log density (outcome and log length) of each war, were all wars alike.

    Shares have Jeffreys' prior; the log length is the t that follows from a normal one with
    unknown mean and variance.

    Args:
        train: Wars known.
        test: Wars to judge.
    """
    return _forecast(train, np.ones(len(train.days), bool), test)


def by_era(train: Record, test: Record) -> np.ndarray:
    """The same with each era's own wars, or with all where an era has fewer than five yet."""
    found = np.empty(len(test.days))
    for era in np.unique(test.era):
        mine, asked = np.asarray(train.era == era), np.asarray(test.era == era)
        used = mine if mine.sum() >= _FEWEST else np.ones_like(mine)
        found[asked] = _forecast(train, used, _rows(test, asked))
    return found


def _rows(record: Record, which: np.ndarray) -> Record:
    """Some of the wars."""
    return Record(*(np.asarray(x)[which] for x in record))


def _forecast(train: Record, used: np.ndarray, test: Record) -> np.ndarray:
    """Log density under shares and lengths of the wars that are used."""
    outcome, log_days = np.asarray(train.outcome)[used], np.log(np.asarray(train.days)[used])
    counts = np.bincount(outcome, minlength=len(OUTCOMES)) + 0.5
    n = len(log_days)
    spread = log_days.std(ddof=1) * np.sqrt(1 + 1 / n)
    length = stats.t.logpdf(np.log(test.days), n - 1, log_days.mean(), spread)
    return np.log(counts / counts.sum())[np.asarray(test.outcome)] + length


REFERENCES = {"climatology": climatology, "by_era": by_era}
