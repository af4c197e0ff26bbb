r"""What a structural model has to beat, learnt on the same rows in the same run.

All but `mixed9` learn the chance of each row as if rows were independent; for the score of a side
they get a shared effect whose standard deviation is chosen on the rows learnt from, and logits
such that each row keeps its chance: $E\,\Lambda(\eta + \sigma z) = p$. `mixed9` stands in `mixed`.

Settings are fixed. The penalty of the ridge was set so that the nine-number logit scores as in
the study of predictability before this package; the trees were not tuned.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from foedus.fit.folds import by_group
from foedus.fit.mixed import mixed9, nine, standard
from foedus.fit.sides import Prediction, Rows, joint_log_score, marginal
from foedus.fit.skill import ClassReference, Reference
from foedus.record.opportunities import WAR

LEAN = "lean"
"""Covariate of `landscape`: log-odds that the state lines up with the ally (or with side A)."""
LOOK_UP = ("defense_a", "defense_b", "host", "postwar")
"""What the look-up table of `look_up_classes` goes by."""

_RIDGE = 0.1  # inverse penalty of the logits, on standardised covariates
_STAY_OUTS = 12_000  # of those who stayed out, for three classes
_TREES = {
    "learning_rate": 0.05,
    "max_iter": 100,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 30,
    "l2_regularization": 1.0,
    "early_stopping": False,
}
_PLAIN = {"major", "relevant"}
_SCORES = {"distance", "rival", "contiguous", "defense", "offense", "neutral", "nonagg", "consul"}
_CLOSENESS = {"votes", "peace", "organisations", "portfolio", "democracy", "affinity"}
_SHARES = {"cinc", "power"}
_COUNTS = {"partners", "alongside", "against", "originators"}
_BEFOREHAND = _PLAIN | _SCORES | _CLOSENESS | _SHARES | _COUNTS
"""Stems of the columns that were known as the dispute began; no other is learnt from."""
_LEAST_SHARE = 1e-6  # CINC is published to six places and more; the smallest states round to 0

Learner = Callable[[Rows, Rows, int], np.ndarray]
"""Learns from the first rows; chances [row] of the second, as if rows were independent."""


def one_side_rows(sided: pd.DataFrame, *, war: bool, lean: np.ndarray | None = None) -> Rows:
    """Rows of a casus-foederis table, with all that was known beforehand.

    Shares are logs, counts log(1 + n), the year in half centuries from 1950.

    Args:
        sided: From `record.calls.one_sided`.
        war: Whether the originators' own highest act is known (S4), and so whether they fought a
            war; else (S4a) or where all did (S5) the nine numbers are eight.
        lean: Chance that each state lines up with its ally, from `landscape.leans`, [row].
    """
    extra = {"war": sided.host == WAR} if war else {}
    return _rows(sided, sided.side, sided.joined.astype(bool), extra, lean)


def class_rows(calls: pd.DataFrame, *, lean: np.ndarray | None = None) -> Rows:
    """Rows of the table of all calls, where either side may be joined, in the same scales.

    Args:
        calls: From `record.calls.table`; the originators' own highest act is taken as known.
        lean: Chance that each state lines up with side A, from `landscape.leans`, [row].
    """
    extra = {"host": calls.host, "war": calls.host == WAR, "postwar": calls.year > 1945}
    return _rows(calls, calls.dispnum, calls.joined, extra, lean)


def _rows(
    table: pd.DataFrame, side: pd.Series, joined: pd.Series, extra: dict, lean: np.ndarray | None
) -> Rows:
    known = [c for c in table.columns if c.split("_")[0] in _BEFOREHAND]
    columns = {name: _scaled(name, table[name].to_numpy(float)) for name in known} | extra
    columns["year"] = (table.year - 1950) / 50
    if lean is not None:
        columns[LEAN] = logit(lean)
    x = np.column_stack([np.asarray(column, float) for column in columns.values()])
    dispute, held = table.dispnum.to_numpy(), table.held_back.to_numpy(bool)
    keys = dispute, side.to_numpy(), table.year.to_numpy()
    return Rows(*keys, joined.to_numpy(), held, x, tuple(columns))


def _scaled(name: str, x: np.ndarray) -> np.ndarray:
    stem = name.split("_")[0]
    if stem in _SHARES:
        return np.log(np.maximum(x, _LEAST_SHARE))
    return np.log1p(x) if stem in _COUNTS else x


def keep_chance(p: np.ndarray, sigma: float) -> np.ndarray:
    """Logits that leave each chance as it is once a normal effect is averaged out.

    Examples:
        >>> p = np.array([0.01, 0.6])
        >>> marginal(keep_chance(p, 2.5), 2.5).round(4)
        array([0.01, 0.6 ])
    """
    grid = np.arange(-40.0, 40.0, 0.02)
    with np.errstate(divide="ignore"):
        return np.interp(logit(p), logit(marginal(grid, sigma)), grid)


def fit_sigma(p: np.ndarray, rows: Rows) -> float:
    """Standard deviation of the shared effect that makes what sides did likeliest, 0 to 6.

    Args:
        p: Chances of the rows, kept, [row].
        rows: What happened.
    """

    def loss(sigma: float) -> float:
        one = Prediction(keep_chance(p, sigma)[None], np.array([sigma]))
        return -float(joint_log_score(one, rows).sum())

    return float(minimize_scalar(loss, bounds=(0.0, 6.0), method="bounded").x)  # type: ignore[union-attr]


def shared(learn: Learner, folds: int = 0) -> Reference:
    """Any learner of rows, with a shared effect chosen on the rows learnt from.

    Args:
        learn: The learner.
        folds: Where above zero, chances for the choice are those of disputes left out; for
            learners that fit their own rows too well.
    """

    def model(train: Rows, test: Rows, seed: int) -> Prediction:
        p = learn(train, test, seed)
        own = _left_out(learn, train, folds, seed) if folds else learn(train, train, seed)
        sigma = fit_sigma(own, train)
        return Prediction(keep_chance(p, sigma)[None], np.array([sigma]))

    return model


def _left_out(learn: Learner, rows: Rows, folds: int, seed: int) -> np.ndarray:
    p = np.empty(len(rows.joined))
    for fold in by_group(rows.dispute, min(folds, len(np.unique(rows.dispute))), seed):
        p[fold.test] = learn(rows.take(fold.train), rows.take(fold.test), seed)
    return p


def _base(train: Rows, test: Rows, seed: int) -> np.ndarray:
    """Share that came, half a joiner added to each kind so that none is impossible."""
    share = (train.joined.sum() + 0.5) / (len(train.joined) + 1)
    return np.full(len(test.joined), share)


def _ridge(train: Rows, test: Rows, *names: str) -> np.ndarray:
    """Chances of all classes seen, [row, class], by a ridge logit of these covariates."""
    x, z = standard(train.of(*names), test.of(*names))
    model = LogisticRegression(C=_RIDGE, max_iter=2000).fit(x, train.joined)
    return model.predict_proba(z)


def logit_of(*names: str) -> Reference:
    """A ridge logit of these covariates, with a shared effect for each side."""

    def learn(train: Rows, test: Rows, seed: int) -> np.ndarray:
        if not train.joined.any():
            return _base(train, test, seed)
        return _ridge(train, test, *names)[:, 1]

    return shared(learn)


def _logit(train: Rows, test: Rows, seed: int) -> np.ndarray:
    if not train.joined.any():
        return _base(train, test, seed)
    return _ridge(train, test, *nine(train))[:, 1]


def _boosting(train: Rows, test: Rows, seed: int) -> np.ndarray:
    if not train.joined.any():
        return _base(train, test, seed)
    return _trees(train, test, seed, None)[:, 1]


def _trees(train: Rows, test: Rows, seed: int, weight: np.ndarray | None) -> np.ndarray:
    some = ~np.isnan(train.x).all(0)
    model = HistGradientBoostingClassifier(random_state=seed, **_TREES)
    model.fit(train.x[:, some], train.joined, sample_weight=weight)
    return model.predict_proba(test.x[:, some])


def _both(train: Rows, test: Rows, seed: int) -> np.ndarray:
    """Mean of the logits of the nine-number logit and of boosting."""
    mean = sum(logit(learn(train, test, seed)) for learn in (_logit, _boosting)) / 2
    return 1 / (1 + np.exp(-mean))


def _lean(train: Rows, test: Rows, seed: int) -> np.ndarray:
    if not train.joined.any():
        return _base(train, test, seed)
    return _ridge(train, test, LEAN)[:, 1]


def base_classes(train: Rows, test: Rows, seed: int) -> np.ndarray:
    """Shares that stayed out, joined A, joined B, [row, 3]."""
    n = np.bincount(train.joined.astype(int), minlength=3) + 0.5
    return np.broadcast_to(n / n.sum(), (len(test.joined), 3))


def look_up_classes(train: Rows, test: Rows, seed: int) -> np.ndarray:
    """Shares in each cell of pact x hostility x era, pulled to the whole by twenty rows."""
    (cells, place), asked = _cells(train), _cells(test)
    whole = base_classes(train, test, seed)[0]
    n = np.array([np.bincount(place, train.joined == k, len(cells)) for k in range(3)]).T
    shares = (n + 20 * whole) / (n.sum(1, keepdims=True) + 20)
    table = {tuple(cell): share for cell, share in zip(cells, shares, strict=True)}
    given = np.array([table.get(tuple(cell), whole) for cell in asked[0]])
    return given[asked[1]]


def _cells(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    cells, place = np.unique(rows.of(*LOOK_UP), axis=0, return_inverse=True)
    return cells, place.ravel()


def _thinned(train: Rows, seed: int) -> tuple[Rows, np.ndarray]:
    """All joiners and some of those who stayed out, these with more weight."""
    out = np.flatnonzero(train.joined == 0)
    n = min(_STAY_OUTS, len(out))
    kept = np.random.default_rng(seed).choice(out, n, replace=False)
    rows = np.concatenate([np.flatnonzero(train.joined), np.sort(kept)])
    return train.take(rows), np.where(train.joined[rows] == 0, len(out) / n, 1.0)


def _learn_classes(
    train: Rows, test: Rows, seed: int, learn: Callable[[Rows, np.ndarray], tuple]
) -> np.ndarray:
    """Chances [row, 3]; a class that was never seen keeps its share of `base_classes`."""
    thin, weight = _thinned(train, seed)
    classes, p = learn(thin, weight)
    base = base_classes(train, test, seed).copy()
    seen = base[:, classes].sum(1, keepdims=True)
    base[:, classes] = p * seen
    return base


def logit_classes(train: Rows, test: Rows, seed: int) -> np.ndarray:
    """Multinomial ridge logit of all covariates."""
    return _logit_classes(train, test, seed, train.names)


def landscape_classes(train: Rows, test: Rows, seed: int) -> np.ndarray:
    """Multinomial logit of the lean towards A: which side, and how clearly."""
    lean = [rows.of(LEAN) for rows in (train, test)]
    train, test = (
        rows._replace(x=np.hstack([x, np.abs(x)]), names=(LEAN, "clarity"))
        for rows, x in zip((train, test), lean, strict=True)
    )
    return _logit_classes(train, test, seed, train.names)


def _logit_classes(train: Rows, test: Rows, seed: int, names: tuple[str, ...]) -> np.ndarray:
    def learn(thin: Rows, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, z = standard(thin.of(*names), test.of(*names))
        model = LogisticRegression(C=_RIDGE, max_iter=2000)
        model.fit(x, thin.joined, sample_weight=weight)
        return model.classes_.astype(int), model.predict_proba(z)

    return _learn_classes(train, test, seed, learn)


def boosting_classes(train: Rows, test: Rows, seed: int) -> np.ndarray:
    """Boosted trees of all covariates."""

    def learn(thin: Rows, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.unique(thin.joined).astype(int), _trees(thin, test, seed, weight)

    return _learn_classes(train, test, seed, learn)


REFERENCES: dict[str, Reference] = {
    "base_rate": shared(_base),
    "logit9": shared(_logit),
    "boosting": shared(_boosting, folds=3),
    "landscape": shared(_lean),
    "mixed9": mixed9,
}
"""By the names of the JSON report. `landscape` needs the covariate `lean`."""
AVERAGE: Reference = shared(_both, folds=3)
"""Mean of logit9 and boosting on the logit: the best reference before `mixed9`."""
CLASS_REFERENCES: dict[str, ClassReference] = {
    "base_rate": base_classes,
    "look_up": look_up_classes,
    "logit": logit_classes,
    "boosting": boosting_classes,
    "landscape": landscape_classes,
}
"""The same where either side may be joined."""
