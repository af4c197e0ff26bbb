"""Strikes across the recognised border: what drives them, what they set off, whom they kill."""

from functools import cache

import jax.numpy as jnp
import numpy as np
import pytest

from foedus.core import features
from foedus.core.kinds import Action, Grade, Reading, Side
from foedus.core.streams import Streams
from foedus.game import payoff
from foedus.scenario.arrays import to_arrays
from foedus.scenario.duties import casus_arrays
from foedus.scenario.layout import labels, treaty_labels
from foedus.scenario.load import load
from foedus.war.escalation import across_hazard, escalate, spill_hazard
from tests import worlds
from tests.war.fights import best, fight
from tests.worlds import AT

RUNS = 4096
HARM = {
    "civilians": 0.5,
    "across": 0.2,
    "across_losses": 2.0,
    "across_duty": 1.0,
    "across_toll": 10.0,
    "spill": 0.1,
}
ALL_LEFT, NONE_OWED = jnp.ones((2, RUNS)), jnp.zeros((2, RUNS))


@cache
def war(**changes):
    """Wars in which both sides reach the other's own land, by shares of all sizes."""
    reach = np.random.default_rng(4).random((2, RUNS))
    case = fight(best(**{**HARM, **changes}), RUNS)
    return case._replace(dispute=case.dispute._replace(long_range=jnp.asarray(reach, jnp.float32)))


def a_week(case, hazard, days=7, dead=0.0, seed=1, spill=NONE_OWED):
    """The conflict after a week with so many days of fighting and military deaths of each side."""
    before = case.conflict
    after = before._replace(fought=before.fought + days, deaths=before.deaths + dead)
    streams = Streams(np.array([seed, 0], np.uint32), case.streams.run)
    return escalate(streams, case.params, case.dispute, before, after, hazard, spill, jnp.array(0))


def hazard_of(case, left=ALL_LEFT, owed=NONE_OWED):
    return np.asarray(across_hazard(case.params, case.dispute, left, owed))


def test_nobody_strikes_without_arms_that_reach_or_a_wish_to():
    """By the facts (nothing reaches) as by the parameter (nobody does); then nothing changes."""
    case = war()
    short = case._replace(dispute=case.dispute._replace(long_range=NONE_OWED))
    for one in (short, war(across=0.0)):
        assert (hazard_of(one) == 0).all()
        after = a_week(one, jnp.asarray(hazard_of(one)))
        assert not np.asarray(after.across).any()
        assert not np.asarray(after.civilians).any()
    utility = tuple(jnp.asarray(np.random.default_rng(1).normal(size=(6, RUNS))) for _ in Action)
    against = payoff.horror(after.across, after.civilians + 500)
    told = payoff.outraged(case.params, utility, against)
    assert all((np.asarray(a) == np.asarray(b)).all() for a, b in zip(utility, told, strict=True))


def test_losses_make_strikes_likelier_and_duties_to_the_struck_side_rarer():
    case, half = war(), jnp.full((2, RUNS), 0.5)
    plain = hazard_of(case)
    assert hazard_of(case, left=half) == pytest.approx(plain * 2, rel=1e-5)
    owed = NONE_OWED.at[Side.TARGET].set(1)
    bound = hazard_of(case, owed=owed)
    assert bound[Side.CHALLENGER] == pytest.approx(plain[Side.CHALLENGER] * np.exp(-1), rel=1e-5)
    assert (bound[Side.TARGET] == plain[Side.TARGET]).all()


def test_strikes_come_as_often_as_the_hazard_of_the_days_fought_says():
    case = war()
    hazard = jnp.full((2, RUNS), 0.7)
    for days, share in ((7, 1 - np.exp(-0.7)), (3, 1 - np.exp(-0.3)), (0, 0)):
        across = np.asarray(a_week(case, hazard, days).across)
        assert across.mean(1) == pytest.approx([share] * 2, abs=4 * 0.5 / np.sqrt(RUNS))
    both = np.asarray(a_week(case, hazard).across)
    assert abs(np.corrcoef(both)[0, 1]) < 4 / np.sqrt(RUNS)  # each side by itself


def test_strikes_kill_on_the_other_side_and_fighting_kills_at_home():
    case = war()
    only = NONE_OWED.at[Side.CHALLENGER].set(100.0)
    after = a_week(case, only, dead=jnp.array([[40.0], [20.0]]))
    civilians = np.asarray(after.civilians)
    assert civilians[Side.CHALLENGER] == pytest.approx(10)  # half of its military deaths
    toll = civilians[Side.TARGET] - 20
    assert (toll > 0).all()
    assert toll.mean() == pytest.approx(10, rel=4 / np.sqrt(RUNS))  # exponential
    assert toll.std() == pytest.approx(10, rel=0.15)
    again = case.with_conflict(across=after.across, civilians=after.civilians)
    quiet = a_week(again, NONE_OWED)
    assert np.asarray(quiet.across)[Side.CHALLENGER].all()  # what has happened stays
    assert (np.asarray(quiet.civilians) == civilians).all()


def test_the_dead_speak_against_the_side_that_struck_alone():
    case = war()
    params = case.params._replace(joining=case.params.joining._replace(outrage=jnp.full(RUNS, 0.5)))
    across = jnp.zeros((2, RUNS), bool).at[Side.CHALLENGER].set(True)
    against = payoff.horror(across, jnp.full((2, RUNS), 900.0))
    none = tuple(jnp.zeros((6, RUNS)) for _ in Action)
    rows = payoff.outraged(params, none, against)
    told = {action: float(rows[action][0, 0]) for action in Action}
    cost = 0.5 * np.log(10)
    for grade in Grade:
        assert told[Action.of(grade, Side.CHALLENGER)] == pytest.approx(-cost)
    gains = {action for action, value in told.items() if value > 0}
    assert gains == {Action.MEDIATE, Action.STATE_TARGET}
    assert told[Action.MEDIATE] == pytest.approx(cost)
    assert told[Action.ABSTAIN] == 0


def test_a_strike_on_the_land_of_a_member_is_read_as_its_treaty_reads_it():
    """Karabakh is outside; Armenia's own land is inside by some readings; Azerbaijan's by all."""
    scenario = load("karabakh-2020")
    arrays = casus_arrays(scenario, scenario.dispute("karabakh"))
    at = treaty_labels(scenario).index
    home = {key: arrays["home"][:, at(key)].tolist() for key in treaty_labels(scenario)}
    assert home["CST"] == [Reading.DISPUTED, Reading.NO]
    assert home["RUS-ARM-1997"] == [Reading.DISPUTED, Reading.NO]
    assert home["TUR-AZE-2010"] == [Reading.NO, Reading.YES]
    assert (
        home["NATO"] == home["CIS-1993"] == [Reading.NO, Reading.NO]
    )  # no member; a member strikes
    assert arrays["covered"][Side.TARGET, at("CST")] == Reading.NO
    nowhere = casus_arrays(scenario, scenario.dispute("kgz-tjk"))
    assert not nowhere["home"].any()


def test_a_treaty_is_in_play_for_the_land_that_was_struck():
    """The duty is felt as for land inside it, and due by the readings that say so."""
    case = war()
    home = jnp.zeros_like(case.dispute.home).at[Side.TARGET].set(Reading.DISPUTED)
    struck = features.at_home(case.dispute._replace(home=home))
    felt = np.asarray(features.duty(case.params, case.world, struck))[Side.TARGET, 0]
    assert felt == pytest.approx(np.asarray(case.params.joining.disputed))
    narrow, wide = np.asarray(features.law(case.params, case.world, struck))
    assert (narrow[0] == 0).all()
    assert (wide[0] == 1).all()


# ---- patrons that fight each other


def test_patrons_strike_each_others_land_only_once_both_fight_and_it_lies_within_reach():
    case, clash = war(), jnp.arange(RUNS) % 2 == 0
    near = case.dispute._replace(spill=jnp.full(RUNS, 0.5))
    hazard = np.asarray(spill_hazard(case.params, near, NONE_OWED, clash))
    assert hazard[:, ::2] == pytest.approx(0.05)
    assert (hazard[:, 1::2] == 0).all()
    assert not np.asarray(spill_hazard(case.params, case.dispute, NONE_OWED, clash)).any()
    owed = NONE_OWED.at[Side.CHALLENGER].set(1)
    restrained = np.asarray(spill_hazard(case.params, near, owed, clash))
    assert (restrained[Side.TARGET] == hazard[Side.TARGET]).all()
    assert restrained[Side.CHALLENGER, 0] == pytest.approx(0.05 * np.exp(-1))


def test_the_war_reaches_the_land_of_each_sides_patrons_by_itself():
    case = war()
    after = a_week(case, NONE_OWED, spill=NONE_OWED.at[Side.CHALLENGER].set(0.7))
    spread = np.asarray(after.spread)
    assert not spread[Side.TARGET].any()
    assert spread[Side.CHALLENGER].mean() == pytest.approx(1 - np.exp(-0.7), abs=0.03)
    assert not np.asarray(after.across).any()
    assert not np.asarray(after.civilians).any()


def test_a_patron_calls_those_who_signed_with_it_once_its_land_is_struck():
    """PAT fights for CHA; of the pact, SEA has signed too; ALY is of another treaty."""
    case = war()
    member = np.array(worlds.world().member)
    member[1, AT["SEA"]] = True
    active = jnp.asarray(np.broadcast_to(member[..., None], (*member.shape, RUNS)))
    fights = jnp.asarray(np.arange(6) == AT["PAT"])[:, None] & jnp.ones(RUNS, bool)
    for reading, felt in ((Reading.YES, 1), (Reading.NO, 0)):
        place = case.world._replace(own_land=jnp.full((2, 6), reading))
        due, (narrow, wide) = features.own_land(case.params, place)
        owed = np.asarray(features.owed_fighters(due, active, fights))
        assert (owed[AT["SEA"]] == felt).all()
        assert (owed[[AT["ALY"], AT["PAT"]]] == 0).all()
        assert (np.asarray(narrow) == np.asarray(wide)).all()
    place = case.world._replace(own_land=jnp.full((2, 6), Reading.DISPUTED))
    due, (narrow, wide) = features.own_land(case.params, place)
    owed = np.asarray(features.owed_fighters(due, active, fights))
    assert owed[AT["SEA"]] == pytest.approx(np.asarray(case.params.joining.disputed))
    assert np.asarray(wide)[1].max() == 1
    consults = np.asarray(narrow)  # no duty by the narrow reading
    assert not consults.any()


def test_whose_land_a_treaty_speaks_of():
    """Each member's own, and of nobody else's; what only binds not to fight promises nothing."""
    scenario = load("karabakh-2020")
    world = to_arrays(scenario, 1, np.arange(2))
    at, row = treaty_labels(scenario).index, labels(scenario).index
    read = lambda key, code: world.own_land[at(key), row(code)]  # noqa: E731
    assert read("NATO", "TUR") == read("CST", "RUS") == read("TUR-AZE-2010", "TUR") == Reading.YES
    assert read("NATO", "RUS") == read("CST", "TUR") == read("NATO", "AZE") == Reading.NO
    assert not world.own_land[:, row("XNK")].any()
