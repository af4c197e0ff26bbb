"""The shipped draws are those of the table of priors, and say so themselves."""

from io import BytesIO

import numpy as np
import pytest

from foedus.core import priors
from foedus.core.params import GROUPS, columns, fingerprint, fix, load, pack, take, unpack

STORED = load("prior-2020")
POSTERIOR = load()
COLUMNS = columns(STORED.params)
NAMES = [f"{group}.{name}" for group, fields in GROUPS.items() for name in fields._fields]
EVEN, ODD = slice(None, None, 2), slice(1, None, 2)


def entry(name):
    group, field = name.split(".")
    return STORED.table[group][field]


def test_hash_matches():
    assert STORED.sha256 == fingerprint(STORED.params)


def test_drawing_again_from_the_table_gives_the_same_hash():
    table = priors.read()
    assert fingerprint(priors.sample(table)) == STORED.sha256
    assert STORED.table == table


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_says_what_it_is(name):
    said = entry(name)
    assert said["meaning"]
    assert said["source"]
    assert said["knowable"] == "yes" or len(said["knowable"]) > 3
    assert said["basis"] in ("record", "judgement")
    assert np.isfinite(COLUMNS[name]).all()


def test_the_table_names_no_other_parameter():
    named = {f"{g}.{n}" for g, v in priors.read().items() if isinstance(v, dict) for n in v}
    assert named == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_pairs_share_exactly_what_the_record_informs(name):
    even, odd = COLUMNS[name][..., EVEN], COLUMNS[name][..., ODD]
    if entry(name)["basis"] == "record":
        np.testing.assert_array_equal(even, odd)
    else:
        assert (even != odd).all()


def test_correlations_are_as_stated():
    stated = {"pair": ["war.noise", "war.drift"], "value": -0.6}
    drawn = columns(priors.sample(priors.read() | {"correlation": [stated]}))
    ranks = [drawn[name].argsort().argsort() for name in stated["pair"]]
    expected = 6 / np.pi * np.arcsin(stated["value"] / 2)  # of ranks, from that of the scores
    assert np.corrcoef(*ranks)[0, 1] == pytest.approx(expected, abs=0.12)


def test_the_posterior_has_the_same_parameters_and_pairs():
    assert POSTERIOR.sha256 == fingerprint(POSTERIOR.params)
    for name, drawn in columns(POSTERIOR.params).items():
        group, field = name.split(".")
        said = POSTERIOR.table[group][field]
        even, odd = drawn[..., EVEN], drawn[..., ODD]
        assert np.isfinite(drawn).all()
        if said["basis"] == "record":
            np.testing.assert_array_equal(even, odd)
        else:
            assert (even != odd).all()
            np.testing.assert_array_equal(drawn, COLUMNS[name])


def test_the_record_narrows_what_it_informs():
    """Spread of the posterior over that of the prior: below one for most, far below for some."""
    said = {name: POSTERIOR.table[name.split(".")[0]][name.split(".")[1]] for name in NAMES}
    informed = [name for name in NAMES if "posterior" in said[name]]
    drawn = columns(POSTERIOR.params)
    ratio = np.array([np.median(drawn[n].std(-1) / COLUMNS[n].std(-1)) for n in informed])
    assert len(informed) > 25
    assert (ratio < 1).mean() > 0.8
    assert np.median(ratio) < 0.6


@pytest.mark.parametrize("name", NAMES)
def test_medians_are_those_of_the_table(name):
    dists = entry(name)["dist"]
    dists = dists if isinstance(dists, list) else [dists]
    for dist, drawn in zip(dists, np.atleast_2d(COLUMNS[name]), strict=True):
        low, high = priors.quantile(dist, np.array([0.42, 0.58]))
        assert low < np.median(drawn) < high


def test_a_changed_value_is_refused():
    params = fix(STORED.params, {"war.truce": 0.5})
    content = pack(STORED.params, {})
    with np.load(BytesIO(content)) as data:
        arrays = dict(data)
    arrays["war.truce"] = columns(params)["war.truce"].astype(np.float32)
    out = BytesIO()
    np.savez(out, **arrays)
    with pytest.raises(ValueError, match="expected draws with hash"):
        unpack(out.getvalue())


def test_a_missing_parameter_is_refused():
    with np.load(BytesIO(pack(STORED.params, {}))) as data:
        arrays = {name: data[name] for name in data if name != "war.truce"}
    out = BytesIO()
    np.savez(out, **arrays)
    with pytest.raises(ValueError, match=r"war\.truce"):
        unpack(out.getvalue())


def test_what_is_packed_is_unpacked():
    stored = unpack(pack(STORED.params, {"note": 1}))
    assert stored.sha256 == STORED.sha256
    assert stored.table == {"note": 1}


def test_a_file_that_is_not_shipped_is_refused():
    with pytest.raises(ValueError, match="expected a shipped file of draws"):
        load("prior-1900")


def test_a_misspelt_parameter_is_refused_with_a_suggestion():
    with pytest.raises(ValueError, match=r"did you mean 'war\.truce'"):
        fix(STORED.params, {"war.truse": 0.5})


def test_draws_are_taken_in_turn():
    taken = take(STORED.params, np.array([3, 1003]))
    assert taken.war.drift[0] == taken.war.drift[1] == STORED.params.war.drift[3]
    assert taken.joining.era.shape == (4, 2)
