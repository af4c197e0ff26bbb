"""Each system off: the world without the facts it lives on, and the way its theory says."""

from functools import cache, partial

import numpy as np
import pytest

from foedus.core import params
from foedus.core.kinds import Action
from foedus.scenario.arrays import frame, to_arrays
from foedus.scenario.load import load
from foedus.simulate.ensemble import ensemble
from foedus.study import switches
from foedus.study.ablate import Verdict, ablate, usable
from foedus.study.choices import configured
from foedus.study.glimpse import glimpse
from foedus.study.onset import first_round
from foedus.study.pipeline import Options, inputs
from tests.simulate.small import differing

DRAWS, RUNS = 250, 256
SHIPPED = pytest.mark.parametrize("shipped", ["prior-2020", "posterior-2020"])


@cache
def karabakh():
    """Without what only scores, which is not asked for here."""
    whole = load("karabakh-2020")
    asked = {"H1": whole.questions["H1"]}
    return whole.model_copy(update={"called": (), "events": (), "questions": asked})


@cache
def opening():
    return glimpse(karabakh())


# ---- neutral values


@pytest.mark.parametrize("name", [switch.id for switch in usable()])
def test_a_run_without_a_system_is_the_run_with_its_numbers_set(name):
    off = configured(karabakh(), [], [name])
    texts = [f"{path}={value}" for path, value, _ in switches.switches()[name].changes]
    by_hand = configured(karabakh(), texts, [])
    assert (by_hand[0], by_hand[2]) == (off[0], off[2])
    assert by_hand[1] != off[1]  # it says what it is


def lived(scenario, fixed=(), disputes=(), states=()):
    """Runs of a scenario without the facts of these names."""
    own, whole = inputs(scenario, Options(fixed=fixed))

    def bare(draws):
        world = whole(draws)
        dispute = world.dispute._replace(**zeros(world.dispute, disputes))
        return world._replace(**zeros(world, states), dispute=dispute)

    (make,) = ensemble(1, own, bare, RUNS, frame(scenario).days, block=RUNS)
    return make().trajectories


def zeros(part, names):
    """Nothing, in the shape of each of these arrays."""
    return {name: np.zeros_like(getattr(part, name)) for name in names}


@pytest.mark.parametrize(
    ("off", "disputes", "states", "but"),
    [
        ("S05", "strike air_defence supply", "", []),
        # civilians also die where nobody strikes the other's own land
        ("S06", "long_range", "", ["civilians"]),
        ("S11", "pledged", "signals", []),
        # these read the same ties, so they go together
        (
            "S08 S09 S10 S14",
            "seat arms exports imports base energy trade domestic unrest",
            "dependence burden engaged",
            [],
        ),
    ],
    ids=["S05", "S06", "S11", "S08-S09-S10-S14"],
)
def test_systems_off_are_a_world_without_the_facts_they_live_on(off, disputes, states, but):
    scenario, _, held = configured(opening(), [], off.split())
    gone = lived(scenario, held)
    assert len(differing(gone, lived(opening()))) > 3
    # numbers of the scenario that the switches turn are facts too
    assert differing(gone, lived(scenario, (), disputes.split(), states.split())) == but


# ---- the way that the theory says


@SHIPPED
def test_in_the_opening_months_no_system_works_against_its_theory(shipped, monkeypatch):
    """What such a span and so few runs can tell; `docs/systems` has the measures of the whole."""
    monkeypatch.setenv("FOEDUS_PARAMETERS", shipped)
    found = ablate(opening(), Options(runs=RUNS), usable())
    verdicts = {row.switch.id: row.verdict for row in found.rows}
    assert Verdict.OPPOSITE not in verdicts.values()
    assert {"S02", "S05", "S06", "S07", "S08", "S13"} <= {
        name for name, said in verdicts.items() if said == Verdict.AS_SAID
    }


@SHIPPED
def test_over_the_years_wars_and_leagues_go_the_way_that_their_theories_say(shipped, monkeypatch):
    monkeypatch.setenv("FOEDUS_PARAMETERS", shipped)
    found = ablate(karabakh(), Options(runs=2 * RUNS), usable(["S04", "S12", "S15"]))
    assert {row.verdict for row in found.rows} == {Verdict.AS_SAID}


def somebody(play, actions):
    """Chance that any third party does one of these in any dispute [draw]."""
    return 1 - np.prod(1 - sum(play[action] for action in actions), axis=(0, 1))


def both_sides(play):
    """Chance that third parties fight on both sides of a dispute [draw]."""
    target, challenger = (
        1 - np.prod(1 - play[action], axis=0)
        for action in (Action.JOIN_TARGET, Action.JOIN_CHALLENGER)
    )
    return 1 - np.prod(1 - target * challenger, axis=0)


CHANCES = {
    "joins-target": lambda play: somebody(play, [Action.JOIN_TARGET]),
    "joins": lambda play: somebody(play, [Action.JOIN_TARGET, Action.JOIN_CHALLENGER]),
    "clash": both_sides,
}
"""Observables as chances in the first round of decisions, where no luck hides them."""


@cache
def first(shipped, off=()):
    scenario, held = switches.apply(karabakh(), {}, off)
    own = params.fix(params.load(shipped).params, held)
    return first_round(partial(to_arrays, scenario, 1), own, DRAWS, 1, begun=True)[0]


@SHIPPED
@pytest.mark.parametrize("name", ["S01", "S03", "S09", "S10", "S11", "S14"])
def test_in_the_first_round_who_comes_moves_as_the_theory_says(name, shipped):
    switch = switches.switches()[name]
    chance = CHANCES[switch.observable]
    moved = chance(first(shipped, (name,))) - chance(first(shipped))
    said = moved if switch.without == "raises" else -moved
    assert said.mean() > 4 * said.std() / np.sqrt(DRAWS)
    assert (said > 0).mean() > 0.6
