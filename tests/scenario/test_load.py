"""What is read from a file, and what of it counts."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.claims.evaluate import evaluate
from foedus.scenario.arrays import frame, to_arrays
from foedus.scenario.catalogue import catalogue
from foedus.scenario.digest import digest, engine_digest
from foedus.scenario.draws import median, quantile
from foedus.scenario.history import history
from foedus.scenario.load import json_schema, load, parse, scaffold
from foedus.scenario.quantity import Share, Support
from foedus.scenario.questions import claim_of
from foedus.scenario.text import scalar
from tests.scenario.same import leaves, same
from tests.scenario.texts import WIDE, raw, write

DRAWS = np.arange(5)
CASE = parse(WIDE.encode())


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize("name", catalogue())
def test_every_shipped_scenario_loads_and_can_be_judged(name):
    scenario = load(name)
    assert scenario.id == name
    assert scenario.title == catalogue()[name]
    world, axes, run = to_arrays(scenario, 1, DRAWS), frame(scenario), history(scenario)
    assert all(np.isfinite(np.asarray(x, float)).all() for x in leaves(world))
    assert (run is None) == scenario.hypothetical
    for question in scenario.questions.values() if run is not None else ():
        evaluate(claim_of(question), run, axes)


def test_a_path_and_a_name_give_the_same(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(scaffold("case"), "utf-8")
    assert load(path) == load(str(path)) == parse(scaffold("case").encode())


@pytest.mark.parametrize("name", ["", "a b", "../x", "ü", "x" * 65])
def test_scaffold_refuses_a_name_that_is_none(name):
    with pytest.raises(ValueError, match="expected a name"):
        scaffold(name)


def test_reading_imports_no_heavy_library():
    code = (
        "import sys; from foedus.scenario import catalogue, load; load.load('karabakh-2020');"
        "catalogue.catalogue(); load.json_schema(); load.scaffold('x');"
        "print([m for m in ('jax', 'pandas', 'scipy') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@given(st.text(max_size=12))
def test_scalars_follow_yaml_1_2(text):
    value = scalar(text)
    if isinstance(value, bool):
        assert text.lower() in ("true", "false")
    elif isinstance(value, int):
        assert value == int(text)
    elif isinstance(value, str):
        assert value == text


def test_short_and_long_numbers_are_the_same():
    data = raw()
    data["ties"][0]["value"] = {"range": [0.2, 0.6]}
    assert digest(write(data)) == digest(CASE)


def test_json_schema_describes_the_file():
    schema = json_schema()
    assert {"start", "states", "disputes"} <= set(schema["required"])
    assert schema["additionalProperties"] is False
    tie = schema["$defs"]["Tie"]["properties"]
    assert "from" in tie
    kinds = [form.get("type") for form in schema["$defs"]["Share"]["anyOf"]]
    assert kinds == ["object", "number", "array"]
    dispute, clause = (schema["$defs"][name]["properties"] for name in ("Dispute", "Clause"))
    assert dispute["form"]["enum"] == ["open", "deniable", "proxy", "internal"]
    assert clause["protects"]["items"]["enum"] == ["territory", "forces", "base"]
    assert "aid" in str(schema["$defs"]["Aid"]["properties"]["grade"])


# ---------------------------------------------------------------- numbers


@given(st.floats(0.01, 0.98), st.floats(0.001, 0.5), st.sampled_from(Support))
def test_a_range_holds_its_quantiles(low, width, support):
    high = min(low + width, 0.99)
    ends = quantile(Share(range=(low, high)), np.array([0.05, 0.95]), support)
    np.testing.assert_allclose(ends, [low, high], rtol=1e-9)


def test_median_is_the_middle():
    assert median(Share(range=(0.2, 0.8)), Support.SHARE) == pytest.approx(0.5)


# ---------------------------------------------------------------- laws


def turned(data: object, flip) -> object:
    """The same data in another order."""
    if isinstance(data, dict):
        return {key: turned(data[key], flip) for key in flip(list(data))}
    if isinstance(data, list) and not all(isinstance(x, int | float) for x in data):
        return [turned(item, flip) for item in flip(data)]
    return data


@pytest.mark.parametrize("seed", range(3))
def test_file_order_never_matters(seed):
    draw = np.random.default_rng(seed)
    other = write(turned(raw(), lambda items: [items[i] for i in draw.permutation(len(items))]))
    assert digest(other) == digest(CASE)
    assert engine_digest(other) == engine_digest(CASE)
    assert frame(other) == frame(CASE)
    assert same(to_arrays(other, 1, DRAWS), to_arrays(CASE, 1, DRAWS))
    for a, b in zip(history(other), history(CASE), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_came_later_steers_nothing():
    data = raw()
    data["events"] = []
    other = write(data)
    assert history(other) is None
    assert engine_digest(other) == engine_digest(CASE)
    assert digest(other) != digest(CASE)
    assert same(to_arrays(other, 1, DRAWS), to_arrays(CASE, 1, DRAWS))


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        (lambda d: d["ties"][0].update(value=[0.1, 0.2]), True),
        (lambda d: d["treaties"]["PACT"]["obligations"][0].update(on_request=False), True),
        (lambda d: d["treaties"]["PACT"]["obligations"][0].update(protects=["base"]), True),
        (lambda d: d["treaties"]["PACT"].update(notice_months=1), True),
        (lambda d: d["states"]["BRA"].update(major=False), True),
        (lambda d: d["states"]["BRA"].update(capital=[-47.93, -15.78]), True),
        (lambda d: d["disputes"][0].update(form="proxy"), True),
        (lambda d: d["disputes"].pop(), True),
        (lambda d: d.update(end="2020-12-31"), True),
        (lambda d: d.update(title="Another"), False),
        (lambda d: d["entities"]["XRB"].update(name="Others"), False),
        (lambda d: d["ties"][0].update(note="A remark."), False),
        (lambda d: d["events"].pop(), False),
    ],
)
def test_engine_digest_moves_with_what_can_change_a_run(change, moves):
    data = raw()
    change(data)
    assert (engine_digest(write(data)) != engine_digest(CASE)) is moves
