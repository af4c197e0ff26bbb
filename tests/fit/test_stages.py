"""The fits one after another: kept, resumed, and never mixed with another fit."""

import json

import numpy as np
import pytest

from foedus.fit import own_priors, stages, war_prior
from foedus.fit.alliance_prior import distribution
from foedus.fit.fitted import Fitted


@pytest.fixture
def record_folder(tmp_path):
    folder = tmp_path / "record"
    folder.mkdir()
    for name in stages.TABLES:
        (folder / f"{name}.parquet").write_bytes(name.encode())
    return folder


@pytest.fixture
def two_stages(monkeypatch):
    """Two cheap stages that count how often they are made; the second may stop."""
    made = []

    def first(inputs, done):
        made.append("first")
        return Fitted({"war.drift": np.arange(3.0)}, {"rhat": {"war.drift": 1.0}}, {"wars": 2})

    def second(inputs, done):
        made.append("second")
        if stop:
            raise KeyboardInterrupt
        return Fitted({"war.noise": done["first"].draws["war.drift"] + 1}, {}, {})

    stop = [1]
    monkeypatch.setattr(stages, "STAGES", {"first": first, "second": second})
    return made, stop


def inputs(folder, seed=1, given=None):
    return stages.Inputs(folder, own_priors.over(given or {}), 3, seed, lambda line: None)


def test_a_stopped_fit_goes_on_where_it_was(record_folder, tmp_path, two_stages):
    made, stop = two_stages
    with pytest.raises(KeyboardInterrupt):
        stages.fit(inputs(record_folder), tmp_path / "out")
    stop.clear()
    done = stages.fit(inputs(record_folder), tmp_path / "out")
    assert made == ["first", "second", "second"]
    np.testing.assert_array_equal(done["second"].draws["war.noise"], [1, 2, 3])
    assert done["first"].n == {"wars": 2}
    stages.fit(inputs(record_folder), tmp_path / "out")
    assert made == ["first", "second", "second"]
    assert not list((tmp_path / "out").glob("*.part*"))


def test_a_folder_of_another_fit_is_not_touched(record_folder, tmp_path, two_stages):
    _, stop = two_stages
    stop.clear()
    stages.fit(inputs(record_folder), tmp_path / "out")
    before = (tmp_path / "out" / "fit.json").read_bytes()
    with pytest.raises(ValueError, match="another fit"):
        stages.fit(inputs(record_folder, seed=2), tmp_path / "out")
    given = {"fulfilment": {"kind": {"dist": {"normal": [0.0, 0.3]}}}}
    with pytest.raises(ValueError, match="another fit"):
        stages.fit(inputs(record_folder, given=given), tmp_path / "out")
    (record_folder / "gml_part.parquet").write_bytes(b"another version")
    with pytest.raises(ValueError, match="another fit"):
        stages.fit(inputs(record_folder), tmp_path / "out")
    assert (tmp_path / "out" / "fit.json").read_bytes() == before


def test_what_was_read_is_told_by_its_hash(record_folder, tmp_path, two_stages):
    _, stop = two_stages
    stop.clear()
    stages.fit(inputs(record_folder), tmp_path / "out")
    told = json.loads((tmp_path / "out" / "fit.json").read_text())
    assert set(told["data"]) == set(stages.TABLES)
    assert all(len(h) == 64 for h in told["data"].values())


def test_a_missing_table_is_named(record_folder, tmp_path):
    (record_folder / "gml_part.parquet").unlink()
    with pytest.raises(ValueError, match="expected the table gml_part"):
        stages.fit(inputs(record_folder), tmp_path / "out")
    assert not (tmp_path / "out").exists()


GIVEN = {
    "war": {"drift": {"dist": {"lognormal": [0.02, 0.1]}}},
    "joining": {
        "major": {"dist": {"normal": [0.5, 0.3]}},
        "delay_between": {"dist": {"half": [0.2]}},
    },
    "alliance": {"trust": {"dist": {"normal": [1.0, 0.4]}}, "treaty_sd": {"dist": {"half": [0.3]}}},
    "coverage": {"began": {"dist": {"normal": [-1.0, 0.5]}}},
}


def seen(monkeypatch, record_folder, stage, module, function):
    """The table of priors that a stage hands to its fit; nothing is read or fitted."""
    monkeypatch.setattr(stages, "wars", Nothing())
    monkeypatch.setattr(stages, "treaties", Nothing())
    monkeypatch.setattr(stages, "record_fulfilment", Nothing())
    monkeypatch.setattr(stages, "record_calls", Nothing())
    monkeypatch.setattr(stages.alliance, "leaving", lambda years: years)

    def spy(*data, table=None, **options):
        found.append(data[-1] if table is None else table)
        raise Seen

    found = []
    monkeypatch.setattr(module, function, spy)
    done = {
        "coverage": Fitted({}, {"unconditional": 0.4}, {}),
        "joining": Fitted(dict.fromkeys(("joining.obligation", "joining.fading"), DRAWS), {}, {}),
    }
    with pytest.raises(Seen):
        stages.STAGES[stage](inputs(record_folder, given=GIVEN), done)
    return found[0]


DRAWS = np.array([2.0, 3.0, 4.0])


class Seen(Exception):
    """The fit was reached."""


class Nothing:
    """A module of the record whose tables are empty."""

    def __getattr__(self, name):
        return lambda *args, **options: None


@pytest.mark.parametrize(
    ("stage", "name", "median"),
    [("war", "war.drift", 0.02), ("entry", "joining.delay_between", 0.2 * 0.6745)],
)
def test_own_priors_reach_the_scores_of_wars_and_of_entry(
    record_folder, monkeypatch, stage, name, median
):
    table = seen(monkeypatch, record_folder, stage, getattr(stages, stage), "fit")
    prior = war_prior.prior(table, [name])
    assert war_prior.values(prior, np.zeros(1))[name] == pytest.approx(median, rel=1e-3)


@pytest.mark.parametrize(
    ("stage", "name", "moments"),
    [
        ("coverage", "coverage.began", (-1.0, 0.5)),
        ("alliance", "alliance.treaty_sd", (0.2394, 0.1808)),
        ("fulfilment", "alliance.trust", (1.0, 0.4)),
        ("fulfilment", "joining.obligation", (3.0, 0.8165)),  # of the joining fit
    ],
)
def test_own_priors_reach_the_densities_of_alliances(
    record_folder, monkeypatch, stage, name, moments
):
    module, function = (
        (stages, "coverage") if stage == "coverage" else (getattr(stages, stage), "fit")
    )
    table = seen(monkeypatch, record_folder, stage, module, function)
    told = distribution(table, name)
    assert (float(told.mean), float(told.variance**0.5)) == pytest.approx(moments, rel=0.01)
    assert table["alliance"]["trust"]["era_sd"] == {"half": [0.7]}


def test_own_priors_reach_the_joining_fit(record_folder, monkeypatch):
    table = seen(monkeypatch, record_folder, "joining", stages.calls, "fit")
    assert table["joining"]["major"]["dist"] == {"normal": [0.5, 0.3]}
