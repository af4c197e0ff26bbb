"""What is read from a file, and what of it counts."""

import json
import subprocess
import sys
from datetime import date

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from foedus.claims.evaluate import evaluate
from foedus.claims.language import QUANTITIES
from foedus.core.kinds import Action, Reading, Side, Status
from foedus.core.world import DRAWN, World
from foedus.scenario.arrays import frame, to_arrays
from foedus.scenario.catalogue import catalogue
from foedus.scenario.digest import digest, engine_digest
from foedus.scenario.draws import median
from foedus.scenario.history import history
from foedus.scenario.layout import labels, treaty_labels
from foedus.scenario.load import json_schema, load, parse, scaffold
from foedus.scenario.quantity import Share, Support
from foedus.scenario.questions import claim_of
from foedus.scenario.schema import Scenario
from foedus.scenario.text import plain, read, scalar

DRAWS = np.arange(5)
KARABAKH = load("karabakh-2020")


def raw(name: str = "karabakh-2020") -> dict:
    """Data of a shipped scenario, free to change."""
    from foedus.scenario.load import _find

    root, _ = read(_find(name).read_bytes(), name)
    return json.loads(json.dumps(plain(root)))


def write(data: dict) -> Scenario:
    """Scenario of data, through a file."""
    return parse(yaml.safe_dump(data, sort_keys=False, allow_unicode=True).encode())


def same(a: World, b: World) -> bool:
    """Whether two worlds hold the same bits."""
    return all(np.array_equal(x, y) and x.dtype == y.dtype for x, y in zip(a, b, strict=True))


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize("name", catalogue())
def test_every_shipped_scenario_loads_and_can_be_judged(name):
    scenario = load(name)
    assert scenario.id == name
    assert scenario.title == catalogue()[name]
    world, axes, run = to_arrays(scenario, 1, DRAWS), frame(scenario), history(scenario)
    assert all(np.isfinite(np.asarray(x, float)).all() for x in world)
    for question in scenario.questions.values():
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
    data["ties"][0]["value"] = {"value": 0.94}
    assert digest(write(data)) == digest(KARABAKH)


def test_json_schema_describes_the_file():
    schema = json_schema()
    assert {"start", "states", "disputes"} <= set(schema["required"])
    assert schema["additionalProperties"] is False
    tie = schema["$defs"]["Tie"]["properties"]
    assert "from" in tie
    kinds = [form.get("type") for form in schema["$defs"]["Share"]["anyOf"]]
    assert kinds == ["object", "number", "array"]


# ---------------------------------------------------------------- numbers


@given(st.floats(0.01, 0.98), st.floats(0.001, 0.5), st.sampled_from(Support))
def test_a_range_holds_its_quantiles(low, width, support):
    from foedus.scenario.draws import quantile

    high = min(low + width, 0.99)
    ends = quantile(Share(range=(low, high)), np.array([0.05, 0.95]), support)
    np.testing.assert_allclose(ends, [low, high], rtol=1e-9)


def test_draws_do_not_depend_on_who_else_is_drawn():
    whole = to_arrays(KARABAKH, 7, np.arange(10))
    part = to_arrays(KARABAKH, 7, np.array([3, 8]))
    for name in DRAWN:
        np.testing.assert_array_equal(getattr(whole, name)[..., [3, 8]], getattr(part, name))


def test_seeds_differ_and_repeat():
    one, other = (to_arrays(KARABAKH, seed, DRAWS) for seed in (1, 2**40 + 1))
    assert same(one, to_arrays(KARABAKH, 1, DRAWS))
    assert not np.array_equal(one.domestic, other.domestic)


def test_editing_one_number_moves_no_other():
    data = raw()
    data["states"]["RUS"]["domestic"]["target"] = [0.3, 0.4]
    before, after = (to_arrays(s, 1, DRAWS) for s in (KARABAKH, write(data)))
    russia = labels(KARABAKH).index("RUS")
    assert not np.array_equal(before.domestic[0, russia], after.domestic[0, russia])
    domestic = after.domestic.copy()
    domestic[0, russia] = before.domestic[0, russia]
    assert same(before, after._replace(domestic=domestic))


def test_drawn_shares_and_strengths_lie_where_they_can():
    world = to_arrays(KARABAKH, 1, np.arange(500))
    for name in ("domestic", "affinity", "arms", "trade", "energy", "base", "front"):
        values = getattr(world, name)
        assert ((values >= 0) & (values <= 1)).all(), name
    assert (world.capability > 0).all()
    assert (world.local > 0).all()


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
    assert digest(other) == digest(KARABAKH)
    assert engine_digest(other) == engine_digest(KARABAKH)
    assert same(to_arrays(other, 1, DRAWS), to_arrays(KARABAKH, 1, DRAWS))
    for a, b in zip(history(other), history(KARABAKH), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_came_later_steers_nothing():
    data = raw()
    data["events"] = [e for e in data["events"] if e["date"] <= str(KARABAKH.start)]
    for question in data["questions"].values():
        question["reference"] = {"none": "Removed."}
    other = write(data)
    assert history(other) is None
    assert engine_digest(other) == engine_digest(KARABAKH)
    assert digest(other) != digest(KARABAKH)
    assert same(to_arrays(other, 1, DRAWS), to_arrays(KARABAKH, 1, DRAWS))
    data["questions"] = {}
    assert engine_digest(write(data)) == engine_digest(KARABAKH)


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        (lambda d: d["ties"][0].update(value=0.5), True),
        (lambda d: d["treaties"]["CST"]["obligations"][0].update(on_request=False), True),
        (lambda d: d["states"]["FRA"].update(major=False), True),
        (lambda d: d.update(end="2021-12-31", events=[], questions={}), True),
        (lambda d: d.update(title="Another"), False),
        (lambda d: d["ties"][0].update(note="A remark."), False),
        (lambda d: d["events"].pop(), False),
    ],
)
def test_engine_digest_moves_with_what_can_change_a_run(change, moves):
    data = raw()
    change(data)
    assert (engine_digest(write(data)) != engine_digest(KARABAKH)) is moves


def test_known_events_may_steer():
    data = raw()
    tie = {"from": "ISR", "to": "AZE", "kind": "base"}
    data["events"].append(
        {"date": "2020-09-01", "kind": "incident", "what": "A base.", "effect": {"ties": [tie]}}
    )
    world = to_arrays(write(data), 1, DRAWS)
    israel = labels(KARABAKH).index("ISR")
    assert (world.base[Side.CHALLENGER, israel] == 1).all()
    assert (world.distance[israel] == 1.37).all()  # a base is no army next door


# ---------------------------------------------------------------- arrays


def test_states_and_treaties_are_sorted_and_padded():
    world = to_arrays(KARABAKH, 1, DRAWS)
    assert labels(KARABAKH) == tuple(sorted(labels(KARABAKH)))
    assert world.party.shape == (16,)
    assert world.member.shape == (4, 16)
    assert world.party.sum() == 12
    at = labels(KARABAKH).index
    assert (world.challenger, world.target) == (at("AZE"), at("ARM"))
    assert not world.party[[at("ARM"), at("AZE"), at("XNK"), 15]].any()
    assert len(set(world.state_entity.tolist())) == 16


def test_members_and_leaders_on_the_day():
    world = to_arrays(KARABAKH, 1, DRAWS)
    names, keys = np.array(labels(KARABAKH)), treaty_labels(KARABAKH)
    league = world.member[keys.index("CST")][: len(names)]
    assert names[league].tolist() == ["ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"]
    assert [names[i] for i in world.leader] == ["RUS", "RUS", "RUS", "TUR"]


def test_scope_follows_recognition_and_readings():
    world, keys = to_arrays(KARABAKH, 1, DRAWS), treaty_labels(KARABAKH)
    covered = {key: world.covered[:, i].tolist() for i, key in enumerate(keys)}
    assert covered["CST"] == [Reading.NO, Reading.NO]
    assert covered["TUR-AZE-2010"] == [Reading.NO, Reading.YES]
    data = raw()
    for clause in data["treaties"]["CST"]["obligations"]:
        if clause["kind"] == "defense":
            (entry,) = clause["scope"]["territories"]
            entry["by_reading"] = {"ARM": "yes", "RUS": "no"}
    world = to_arrays(write(data), 1, DRAWS)
    assert world.covered[Side.TARGET, keys.index("CST")] == Reading.DISPUTED
    data["territories"]["karabakh"]["recognised"] = "ARM"
    for treaty in data["treaties"].values():
        for clause in treaty["obligations"]:
            clause.pop("scope", None)
    world = to_arrays(write(data), 1, DRAWS)
    assert world.covered[Side.TARGET, keys.index("CST")] == Reading.YES
    assert world.covered[Side.CHALLENGER, keys.index("TUR-AZE-2010")] == Reading.NO


def test_ties_reach_the_side_they_are_with():
    world, at = to_arrays(KARABAKH, 1, DRAWS), labels(KARABAKH).index
    assert (world.arms[Side.TARGET, at("RUS")] == 0.94).all()
    assert (world.arms[Side.CHALLENGER, at("ISR")] == 0.6).all()
    assert (world.energy[Side.CHALLENGER, at("TUR")] == 0.212).all()
    assert world.contiguous[:, at("IRN")].tolist() == [1, 1]
    assert world.contiguous[:, at("RUS")].tolist() == [0, 1]
    league = treaty_labels(KARABAKH).index("CST")
    assert (world.dependence[league, at("ARM")] > 0.5).all()
    assert (world.dependence[league, at("RUS")] == 0).all()


# ---------------------------------------------------------------- history

OUTCOMES = {
    "csto-stays-out": True,
    "csto-asked": False,
    "russia-asked": True,
    "turkey-fights": False,
    "turkey-helps": True,
    "fighting-day-30": True,
    "fighting-day-61": False,
    "truce-by-october": True,
    "first-truce-breaks": True,
    "russia-mediates": True,
    "russia-settles": True,
    "half-the-land": True,
    "all-the-land": True,
    "fighting-resumes": True,
    "armenia-suspends": True,
    "others-suspend": False,
    "russia-turkey-clash": False,
    "days-to-first-stop": 44,
    "deaths-target": 4012,
    "deaths-challenger": 2912,
    "land-at-year-end": 0.72,
}


def test_outcomes_follow_from_the_events():
    run, axes = history(KARABAKH), frame(KARABAKH)
    claims = {key: claim_of(question) for key, question in KARABAKH.questions.items()}
    found = {key: evaluate(claim, run, axes)[0] for key, claim in claims.items()}
    assert found == pytest.approx(OUTCOMES)
    assert sum(isinstance(claim, QUANTITIES) for claim in claims.values()) == 4


def test_history_has_the_axes_of_a_run():
    run, axes = history(KARABAKH), frame(KARABAKH)
    assert run.status.shape == run.front.shape == (axes.days, 1)
    assert run.deaths.shape == (axes.weeks, 2, 1)
    assert run.action.shape == (axes.weeks, 16, 1)
    assert run.asked.shape == (axes.weeks, 4, 1)
    assert run.active.shape == (axes.weeks, 4, 16, 1)
    assert (run.status.dtype, run.action.dtype) == (np.uint8, np.uint8)
    assert (np.diff(run.deaths, axis=0) >= 0).all()
    assert ((run.front >= 0) & (run.front <= 1)).all()


def test_a_truce_that_breaks_at_once_is_one_day_of_truce():
    run, axes = history(KARABAKH), frame(KARABAKH)
    days = [axes.day(date(2020, 10, day)) for day in (9, 10, 11)]
    states = [Status(run.status[day, 0]) for day in days]
    assert states == [Status.FIGHTING, Status.TRUCE, Status.FIGHTING]


def test_help_lasts_while_the_war_does():
    run, axes = history(KARABAKH), frame(KARABAKH)
    turkey = run.action[:, axes.state("TUR"), 0]
    last = axes.week(date(2020, 11, 9))
    assert (turkey[: last + 1] == Action.AID_CHALLENGER).all()
    assert (turkey[last + 1 :] == Action.ABSTAIN).all()


def test_no_constant_answers():
    """Each question is one that some thinkable run answers the other way."""
    run, axes = history(KARABAKH), frame(KARABAKH)
    quiet = run._replace(
        status=np.full_like(run.status, Status.QUIET),
        front=np.zeros_like(run.front),
        action=np.zeros_like(run.action),
        asked=np.zeros_like(run.asked),
        active=np.ones_like(run.active),
    )
    wild = quiet._replace(
        status=np.full_like(run.status, Status.FIGHTING),
        action=np.full_like(run.action, Action.JOIN_TARGET),
        asked=np.ones_like(run.asked),
        active=np.zeros_like(run.active),
    )
    wild.action[:, axes.state("TUR")] = Action.JOIN_CHALLENGER
    for key, question in KARABAKH.questions.items():
        answers = {float(evaluate(claim_of(question), r, axes)[0]) for r in (run, quiet, wild)}
        assert len(answers) > 1 or isinstance(claim_of(question), QUANTITIES), key


def test_median_is_the_middle():
    assert median(Share(range=(0.2, 0.8)), Support.SHARE) == pytest.approx(0.5)
