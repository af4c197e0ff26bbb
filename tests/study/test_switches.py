"""Switches: they change what their file says, and nothing else knows of them."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from foedus.claims.runs import view
from foedus.core import params
from foedus.core.kinds import Action, Membership, Status
from foedus.scenario.arrays import to_arrays
from foedus.scenario.load import load, parse
from foedus.study import switches
from foedus.study.choices import configured, parameter
from foedus.study.observables import OBSERVABLES, observe
from foedus.study.switches import Change, Switch, applies, apply, find, said
from tests.claims.batches import BOTH, blank, noise
from tests.scenario.texts import WIDE

ALL = switches.switches()
USABLE = [name for name, switch in ALL.items() if not switch.missing]
BORDER = Switch(
    "S01", "A border", "It is quiet.", "ignitions", "lowers",
    (
        Change("disputes.inland.grievance", -1000, "no attack"),
        Change("disputes.north.in_place.BRA", 0, "nobody stands there"),
        Change("disputes.south.grievance", -1000, "there is no such dispute"),
        Change("war.truce", 0, "no truce"),
    ),
)  # fmt: skip


@cache
def karabakh():
    return load("karabakh-2020")


@cache
def wide():
    return parse(WIDE.encode())


@pytest.fixture
def border(monkeypatch):
    """A world with one switch."""
    table = {"S01": BORDER}
    monkeypatch.setattr(switches, "switches", lambda: table)


def leaves(entry, path=""):
    """Every number and word of a scenario by its path; disputes go by their ids."""
    if isinstance(entry, dict):
        return {k: v for key, e in entry.items() for k, v in leaves(e, f"{path}.{key}").items()}
    if isinstance(entry, list):
        keys = [e["id"] if isinstance(e, dict) and "id" in e else i for i, e in enumerate(entry)]
        return leaves(dict(zip(keys, entry, strict=True)), path)
    return {path.removeprefix("."): entry}


def differing(one, other):
    """Paths at which two scenarios differ."""
    a, b = (leaves(s.model_dump(mode="json", by_alias=True)) for s in (one, other))
    return {path for path in a.keys() | b.keys() if a.get(path) != b.get(path)}


def shapes(world, held):
    arrays = {**world._asdict(), **world.dispute._asdict(), **params.columns(held)}
    del arrays["dispute"]
    return {name: (np.shape(a), np.asarray(a).dtype) for name, a in arrays.items()}


# ---- the file


def test_every_system_of_the_essays_is_listed_with_what_turns_it_off_or_why_nothing_does():
    assert list(ALL) == [f"S{number:02}" for number in range(1, 17)]
    for switch in ALL.values():
        assert switch.name
        assert switch.theory.endswith(".")
        assert bool(switch.changes) != bool(switch.missing)


@pytest.mark.parametrize("name", USABLE)
def test_a_switch_names_a_measure_a_direction_and_paths_that_stand(name):
    switch = ALL[name]
    assert switch.observable in OBSERVABLES
    assert switch.without in ("raises", "lowers")
    assert len({path for path, *_ in switch.changes}) == len(switch.changes)
    for path, value, why in switch.changes:
        assert why
        if path.split(".")[0] in params.GROUPS:
            assert parameter(path, f"{value:g}") == value
        else:
            assert switches._stands(karabakh(), path), path


# ---- applying them


@pytest.mark.parametrize("name", USABLE)
def test_a_switch_changes_only_what_its_file_says(name):
    scenario, fixed = apply(karabakh(), {}, [name])
    told = {path: value for path, value, _ in ALL[name].changes}
    assert fixed == {p: v for p, v in told.items() if p.split(".")[0] in params.GROUPS}
    elsewhere = [p for p in differing(karabakh(), scenario) if not p.startswith("sources.this-run")]
    for path in elsewhere:
        assert any(path.startswith(f"{known}.") for known in told.keys() - fixed.keys()), path
    stored = params.load().params
    before, after = params.columns(stored), params.columns(params.fix(stored, fixed))
    assert {n for n in before if not np.array_equal(before[n], after[n])} == fixed.keys()


@pytest.mark.parametrize("name", USABLE)
def test_no_switch_changes_a_shape_so_the_program_stays_the_same(name):
    draws, stored = np.arange(2), params.load().params
    scenario, fixed = apply(karabakh(), {}, [name])
    plain = shapes(to_arrays(karabakh(), 1, draws), stored)
    assert shapes(to_arrays(scenario, 1, draws), params.fix(stored, fixed)) == plain


def test_scenario_paths_are_set_where_they_stand(border):
    scenario, fixed = apply(wide(), {}, ["S01"])
    assert fixed == {"war.truce": 0}
    assert scenario.dispute("inland").grievance.value == -1000
    assert scenario.dispute("north").in_place["BRA"].value == 0
    before, after = (to_arrays(s, 1, np.arange(3)) for s in (wide(), scenario))
    moved = {
        name
        for name, a in before.dispute._asdict().items()
        if not np.array_equal(a, getattr(after.dispute, name))
    }
    assert moved == {"grievance", "in_place"}


def test_twice_is_once_and_order_does_not_matter(border):
    once = apply(wide(), {}, ["S01"])
    assert apply(*once, ["S01"]) == once
    assert apply(wide(), {}, ["S01", "S01"]) == once


def test_switches_add_in_any_order():
    both = apply(karabakh(), {}, ["S03", "S09"])
    assert apply(karabakh(), {}, ["S09", "S03"]) == both
    assert apply(*apply(karabakh(), {}, ["S09"]), ["S03"]) == both


def test_a_parameter_held_at_something_else_is_refused():
    assert apply(karabakh(), {"war.truce": 0.0}, ["S07"])[1]["war.truce"] == 0
    with pytest.raises(ValueError, match=r"turns war.truce to 0; it is held at 0.2 already"):
        apply(karabakh(), {"war.truce": 0.2}, ["S07"])


def test_where_a_scenario_has_nothing_to_turn_off_that_is_said_and_is_no_error(monkeypatch):
    nowhere = Change("disputes.armenia.grievance", -1000, "no such dispute")
    monkeypatch.setattr(switches, "switches", lambda: {"S01": BORDER._replace(changes=(nowhere,))})
    assert not applies(wide(), BORDER._replace(changes=(nowhere,)))
    assert apply(wide(), {}, ["S01"]) == (wide(), {})
    assert said(wide(), ["S01"])[0].endswith("(not applicable: this scenario has none)")
    assert applies(wide(), ALL["S10"])  # its parameters are there


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("S3", "--without S3: expected a switch from S01 to S16; did you mean 'S03'?"),
        ("s12", "did you mean 'S12'"),
        ("nonsense", "expected a switch from S01 to S16$"),
        ("S16", "foedus ablate"),
    ],
)
def test_what_cannot_be_turned_off_is_said(name, message):
    with pytest.raises(ValueError, match=message):
        find([name])


@pytest.mark.parametrize(
    "path", ["events.truce", "questions.H1", "called.ally", "signals.pledge", "end", "start"]
)
def test_a_switch_that_names_what_may_be_later_is_refused(path, monkeypatch):
    late = BORDER._replace(changes=(*BORDER.changes, Change(path, 0, "it has not happened")))
    monkeypatch.setattr(switches, "switches", lambda: {"S01": late})
    with pytest.raises(ValueError, match=f"--without S01: {path} may be later than the start"):
        apply(wide(), {}, ["S01"])


def test_a_run_without_a_system_says_so_and_is_another_run():
    scenario, words, fixed = configured(load("karabakh-2020"), [], ["S06", "S03"])
    assert words == (
        "without S03, the rival patron",
        "without S06, war across the recognised border",
    )
    paths = [*ALL["S03"].changes, *ALL["S06"].changes]
    held = {path: value for path, value, _ in paths if path.split(".")[0] in params.GROUPS}
    assert dict(fixed) == held
    assert scenario.dispute("armenia").grievance.value == -1000
    assert configured(load("karabakh-2020"), [], [])[1:] == ((), ())


# ---- the measures


@dataclass
class Written:
    """A batch of one run with two disputes in which things are written."""

    name: str
    where: str
    entries: list
    value: int
    expected: float


@pytest.mark.parametrize(
    "case",
    [
        Written("joins-target", "action", [(3, 2, 1)], Action.JOIN_TARGET, 1),
        Written("joins-target", "action", [(3, 2, 1)], Action.JOIN_CHALLENGER, 0),
        Written("joins", "action", [(3, 2, 1)], Action.JOIN_CHALLENGER, 1),
        Written("joins", "action", [(3, 2, 1)], Action.DENIABLE_TARGET, 0),
        Written("clash", "action", [(3, 2, 1), (3, 3, 1)], Action.JOIN_TARGET, 0),
        Written("backs", "action", [(0, 2, 0)], Action.AID_TARGET, 1),
        Written("backs", "action", [(0, 2, 0)], Action.STATE_TARGET, 0),
        Written("aids", "action", [(0, 2, 0)], Action.DEPLOY_CHALLENGER, 1),
        Written("aids", "action", [(0, 2, 0)], Action.JOIN_CHALLENGER, 0),
        Written("mediation-weeks", "action", [(0, 2, 0), (0, 3, 0), (1, 2, 1)], Action.MEDIATE, 2),
        Written("fighting-days", "status", [(0, 0), (0, 1), (5, 1)], Status.FIGHTING, 3),
        Written("deaths", "deaths", [(6, 0, 1), (6, 1, 0), (2, 1, 0)], 70, 140),
        Written("target-losses", "deaths", [(6, 0, 1), (6, 0, 0), (6, 1, 0)], 70, 2 / 3),
        Written("target-losses", "deaths", [(6, 1, 0)], 70, 0),
        Written("target-losses", "action", [(0, 2, 0)], Action.AID_TARGET, 0.5),
        Written("civilian-deaths", "civilians", [(6, 0, 1), (6, 1, 0), (2, 1, 0)], 7, 14),
        Written("strikes-across", "across", [(3, 1, 0)], True, 1),
        Written("spills", "spread", [(3, 1, 0)], True, 1),
        Written("strikes-across", "deaths", [(6, 1, 0)], 70, 0),
        Written("ignitions", "status", [(0, 0), (3, 0), (4, 0), (9, 1)], Status.FIGHTING, 2),
        Written("truces", "status", [(0, 0), (3, 0), (4, 0), (9, 1)], Status.TRUCE, 2),
        Written("settles", "status", [(9, 1)], Status.SETTLED, 1),
        Written("invocations", "asked", [(0, 0, 0), (1, 0, 0), (3, 1, 1)], True, 2),
        Written("keepers", "keeper", [(2, 1)], 0, 1),
        Written("exits", "membership", [(4, 0, 1), (5, 0, 1), (5, 1, 2)], Membership.LEAVING, 2),
        Written("exits", "membership", [(4, 0, 1)], Membership.HEDGES, 0),
        Written("realignments", "membership", [(4, 0, 1), (5, 1, 2)], Membership.HEDGES, 2),
    ],
    ids=lambda case: f"{case.name}-{case.expected}",
)
def test_a_measure_counts_what_it_says(case):
    past = blank(1, BOTH)
    for entry in case.entries:
        getattr(past, case.where)[entry] = case.value
    assert observe(case.name, view(past, BOTH)).tolist() == [case.expected]


def test_a_clash_takes_both_sides_of_one_dispute_in_one_week():
    for week, dispute, expected in ((3, 1, True), (4, 1, False), (3, 0, False)):
        past = blank(1, BOTH)
        past.action[3, 2, 1] = Action.JOIN_TARGET
        past.action[week, 3, dispute] = Action.JOIN_CHALLENGER
        assert observe("clash", view(past, BOTH)).tolist() == [expected]


def test_a_truce_that_breaks_is_no_war_begun():
    past = blank(1, BOTH)
    past.status[3, 0], past.status[4, 0] = Status.TRUCE, Status.FIGHTING
    assert observe("ignitions", view(past, BOTH)).tolist() == [0]


@pytest.mark.parametrize("name", OBSERVABLES)
def test_a_measure_of_some_runs_is_part_of_the_measure_of_all(name):
    past = noise(7, 6, BOTH)
    some = type(past)(*(a[..., 2:5] for a in past))
    whole = observe(name, view(past, BOTH))
    assert whole.shape == (6,)
    assert (whole.dtype == bool) == OBSERVABLES[name].share
    np.testing.assert_array_equal(observe(name, view(some, BOTH)), whole[2:5])
