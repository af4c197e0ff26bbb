"""How far the originators of a dispute go, from what is known on its first day."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from foedus.record.onsets import KNOWN

RIDGE = 0.1
"""Inverse penalty on standardised covariates; stated, not tuned."""


def learn(onsets: pd.DataFrame) -> Pipeline:
    """Multinomial logit of the level of hostility, with a fixed ridge penalty.

    Args:
        onsets: Disputes to learn from (`record.onsets.onsets`).
    """
    known = onsets[~onsets.held_back]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=RIDGE, max_iter=5000))
    return model.fit(known[list(KNOWN)].to_numpy(), known.level.to_numpy())


def chances(model: Pipeline, onsets: pd.DataFrame) -> np.ndarray:
    """Probability of each level, display or less, force, war [dispute, 3]."""
    return model.predict_proba(onsets[list(KNOWN)].to_numpy())
