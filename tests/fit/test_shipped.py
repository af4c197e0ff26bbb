"""The draws that the package ships gain parameters without a fit and without another bit."""

import copy
from io import BytesIO

import numpy as np
import pytest

from foedus.core import priors
from foedus.core.params import columns, load, pack, unpack
from foedus.fit.shipped import extend

TABLE = priors.read()
STORED = load()


def without(name):
    """The shipped posterior as it was before a parameter was added."""
    with np.load(BytesIO(pack(STORED.params, STORED.table))) as data:
        arrays = {key: data[key] for key in data if key != name}
    out = BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def test_a_new_judgement_gets_its_prior_draws_and_nothing_else_moves():
    added = unpack(extend(without("war.hunting"), TABLE))
    assert added.sha256 == STORED.sha256
    prior = columns(load("prior-2020").params)["war.hunting"]
    np.testing.assert_array_equal(added.params.war.hunting, prior)
    assert added.table["war"]["hunting"] == TABLE["war"]["hunting"]


def test_nothing_to_add_changes_nothing():
    assert unpack(extend(pack(STORED.params, STORED.table), TABLE)).sha256 == STORED.sha256


def test_what_the_record_informs_takes_a_fit():
    table = copy.deepcopy(TABLE)
    table["war"]["hunting"]["basis"] = "record"
    with pytest.raises(ValueError, match=r"expected a new fit: the record informs war\.hunting"):
        extend(without("war.hunting"), table)
