"""The engine lives the same weeks as the slow reference of the law, under the same streams."""

from collections import Counter
from typing import NamedTuple

import numpy as np
import pytest

from foedus.core.kinds import Action, Membership, Obligation, Reading, Status
from foedus.core.params import Params, fix, load, take
from foedus.core.world import World
from tests import worlds
from tests.reference.history import live
from tests.simulate.conftest import SIDE_BY_SIDE, WEEKS
from tests.simulate.small import border, candidates

RUNS = 12
"""Of each case; the engine lives 64 side by side."""
ALL = np.arange(SIDE_BY_SIDE)
IN_WAR = ("age",)
"""Means nothing in peace."""


class Case(NamedTuple):
    """A seed, what differs from the small world and its two places, parameters that are held."""

    seed: int
    first: int
    world: dict
    places: tuple[dict, dict]
    held: dict


def promise(league, pact):
    """What the two treaties promise."""
    found = np.zeros((2, len(Obligation)))
    found[0, league] = found[1, pact] = 1
    return found


def readings(league, pact):
    return np.array([[league, Reading.NO], [Reading.NO, pact]], np.int32)


def ramp(first, last):
    """Ties that differ by side and state."""
    return np.linspace(first, last, 12)[:, None].reshape(2, 6, 1) * np.ones(SIDE_BY_SIDE)


def everywhere(number):
    return np.full(SIDE_BY_SIDE, number)


def friendly():
    """NBR and PAT have promised both principals not to fight them; SEA is in both treaties."""
    member = np.array(worlds.world().member)
    member[0, [1, 2]] = member[1, [2, 4, 5]] = True
    kinds = promise(
        [Obligation.DEFENSE, Obligation.NONAGGRESSION],
        [Obligation.NEUTRALITY, Obligation.CONSULTATION],
    )
    return {"member": member, "promise": kinds}


def unsigned():
    """The pact is not signed yet; CHA, NBR and PAT might."""
    member, candidate = np.array(worlds.world().member), candidates()
    member[1], candidate[1] = False, np.isin(worlds.STATES, ["CHA", "NBR", "PAT"])
    return {"member": member, "candidate": candidate}


STRIKES = {"strike": ramp(0.1, 0.9)[:, 3], "air_defence": ramp(0.2, 0.8)[:, 1]}
HUNTED = {
    "war.strike_effect": 1.5,
    "war.strike_arms": 2.0,
    "war.hunting": 0.05,
    "war.sorties": 0.05,
    "war.air_weight": 0.8,
}
ROUTES = {"route": np.array([0.1, 1, 1, 0, 0.5, 1])[:, None] * np.ones(SIDE_BY_SIDE)}
ACROSS = {"home": readings(Reading.YES, Reading.DISPUTED), "long_range": ramp(0.2, 0.9)[:, 2]}
STRUCK = {
    "war.across": 0.3,
    "war.across_losses": 1.5,
    "war.across_duty": 0.5,
    "war.civilians": 0.4,
    "war.across_toll": 20.0,
    "joining.outrage": 0.4,
}
PRESSED = {
    "burden": np.linspace(0.9, 0, 18).reshape(3, 6, 1) * np.ones(SIDE_BY_SIDE),
    "engaged": np.linspace(0, 0.8, 18).reshape(3, 6, 1) * np.ones(SIDE_BY_SIDE),
}
"""Three months of pressures at home; the last stays."""
OWN_LAND = np.array([[Reading.YES] * 6, [Reading.DISPUTED] * 6], np.int32)
SPILT = {"war.spill": 0.9, "war.across_duty": 0.3}
CLASSES = {"supply": np.linspace(0, 0.4, 36).reshape(3, 2, 6, 1) * np.ones(SIDE_BY_SIDE)}
SUPPLIED = {"war.resupply": 0.05, "joining.aid_intercept": 0.0}
PLEDGES = np.array([[1.0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1]])
ATTACK_TOO = [Obligation.DEFENSE, Obligation.OFFENSE]
EAGER = {"joining.intercept": -1.0, "joining.side_sd": 1.0, "joining.early": 0.7}
GRADED = {"joining.deploy_intercept": -1.0, "joining.deniable_intercept": -1.0}
RESTLESS = {"crisis.attack_intercept": 0.5, "crisis.half_life": 0.3, "war.repulse": 0.3}
BROKERED = {"war.truce": 0.1, "joining.mediate_intercept": 0.5, "war.truce_week": 0.4}
KEPT = {
    "war.keepers": 0.8,
    "war.keepers_leave": 1.0,
    "war.keepers_idle": 3.0,
    "war.truce_kept": 1.0,
    "war.keepers_term": 0.4,
}
FICKLE = {
    "alliance.suspend_intercept": -1.5,
    "alliance.disappointment": 2.0,
    "alliance.resume": 8.0,
    "crisis.half_life": 0.3,
}
TRUSTING = {"crisis.attack_fear": 3.0, "joining.steadfast": 0.9, "joining.obligation": 3.0}
FAST = {"war.tempo_theatre": 2.0, "war.settlement": 0.004}
BOUGHT = {
    "imports": np.array([-1.0, 1.0])[:, None] * np.ones(SIDE_BY_SIDE),
    "exports": ramp(0, 0.5),
}
AGREED = {"covered": readings(Reading.YES, Reading.YES)}

CASES = {
    "as it stands": Case(1, 0, {}, ({}, {"ignites": np.bool_(True)}), {"war.truce": 0.05}),
    "duties due": Case(
        2**40 + 5,
        1000,
        {"candidate": candidates(), "notice": np.array([0.0, 9.0]), "own_land": OWN_LAND},
        ({**AGREED, **STRIKES, **ROUTES, "spill": everywhere(0.8)}, {**AGREED, **BOUGHT}),
        {**EAGER, **BROKERED, **GRADED, **HUNTED, **SPILT, "joining.obligation": 3.0,
         "crisis.ask_intercept": 0.0, "crisis.attack_intercept": -1.0,
         "alliance.join_intercept": -2.0, "war.imports": 0.3, "joining.customer": 2.0},
    ),
    "readings differ, peace at first": Case(
        7,
        200,
        {
            "on_request": np.array([True, True]),
            "promise": promise([Obligation.DEFENSE, Obligation.CONSULTATION], ATTACK_TOO),
            "trust": np.outer([0, 3, 0, 0, 0, -3], np.ones(6)),
            "reads": np.array([2, 1, 0, 1, 0, 2], np.int32),
            "notice": np.array([6.0, 0.0]),
            **PRESSED,
            "signals": np.arange(48).reshape(4, 2, 6) % 3.0,
        },
        (
            {
                "covered": readings(Reading.DISPUTED, Reading.DISPUTED),
                "triggered": readings(Reading.DISPUTED, Reading.YES),
                "ignites": np.bool_(False),
                "front": everywhere(0.2),
                **ACROSS,
            },
            {"pace": everywhere(0.5), "grievance": everywhere(0.3), "pledged": PLEDGES,
             "unrest": np.bool_(True)},
        ),
        {**EAGER, **RESTLESS, **FICKLE, **FAST, **TRUSTING, **STRUCK, "crisis.ask_intercept": 1.0},
    ),
    "many truces": Case(
        99,
        50,
        {"candidate": candidates(), "notice": np.array([4.0, 12.0]),
         "brokered": np.array([1.0, 0, 0, 2, 0, 0])},
        ({**ACROSS}, {**STRIKES, **CLASSES, "ignites": np.bool_(True)}),
        {**BROKERED, **RESTLESS, **TRUSTING, **KEPT, **GRADED, **SUPPLIED, **STRUCK,
         "war.truce": 0.6, "war.settlement": 0.01, "joining.mediate_intercept": 2.0,
         "alliance.attention": 0.1},
    ),
    "truces that hold": Case(
        31,
        7,
        {**unsigned(), "closeness": ramp(0, 1)},
        (AGREED, {}),
        {**BROKERED, **FICKLE, **KEPT, "war.truce_week": 0.97, "war.truce": 0.6, "war.noise": 0.03,
         "war.settlement": 0.001, "war.tempo_sd": 0.3, "crisis.attack_intercept": -1.0,
         "joining.mediate_intercept": 2.0, "alliance.join_intercept": -1.0},
    ),
    "promises not to fight, an older era": Case(
        2**64 - 1,
        4000,
        {**friendly(), **PRESSED, "own_land": OWN_LAND,
         "era": np.int32(0), "year": np.float64(1890.0),
         "trust": np.linspace(-1, 1, 36).reshape(6, 6)},
        (
            {
                "covered": np.array([[2, 1], [1, 2]], np.int32),
                "triggered": np.array([[2, 2], [0, 1]], np.int32),
                "domestic": ramp(0, 0.4),
                "energy": ramp(0.5, 0),
                "rivalry": np.eye(2, 6),
                "spill": everywhere(0.8),
                **ACROSS,
                **BOUGHT,
            },
            {"domestic": ramp(0.3, 0), "trade": ramp(0, 0.5), "covered": np.full((2, 2), 2)},
        ),
        {**EAGER, **BROKERED, **FICKLE, **GRADED, **STRUCK, **SPILT, "joining.peer": 1.5,
         "joining.camps": 0.5, "crisis.resist_intercept": -1.0, "war.settlement": 0.01,
         "war.noise": 0.03,
         "crisis.attack_intercept": 1.0},
    ),
}  # fmt: skip


def inputs(case: Case) -> tuple[Params, World]:
    """One draw a run, all different."""
    params = take(fix(load().params, case.held), 13 + 37 * ALL)
    first, second = case.places
    slots = worlds.place(SIDE_BY_SIDE, **first), border(SIDE_BY_SIDE, **second)
    return params, worlds.world(SIDE_BY_SIDE, slots, **case.world)


SEEN = {}


@pytest.mark.parametrize("name", CASES)
def test_the_engine_lives_as_the_reference_does(double, name):
    case = CASES[name]
    params, place = inputs(case)
    record, situation, ledger = double(case.seed, case.first + ALL, ALL, params, place)
    assert record.residual.max() <= 1e-13
    seen = Counter()
    for run in range(RUNS):
        past = live(case.seed, case.first + run, params, place, run, WEEKS)
        _records_agree(record, past, run)
        _situations_agree(situation, past, run)
        if run == 0:
            _odds_agree(ledger, past)
        seen.update(_decisions(past))
    SEEN[name] = seen


def _records_agree(record, past, run):
    for field in past[0].records[0]:
        expected = np.array([[slot[field] for slot in week.records] for week in past])
        expected = np.moveaxis(expected, 1, -1)
        found = getattr(record, field)[..., run]
        _same(field, found.reshape(expected.shape), expected)
    _same(
        "membership",
        record.membership[..., run],
        np.array([week.alliances["membership"] for week in past]),
    )


def _situations_agree(situation, past, run):
    conflict, alliances = situation
    war = np.isin(
        [[slot["status"] for slot in week.conflicts] for week in past],
        [Status.FIGHTING, Status.TRUCE],
    )
    for field in past[0].conflicts[0]:
        expected = np.array([[slot[field] for slot in week.conflicts] for week in past])
        found = getattr(conflict, field)
        found = found.reshape(*found.shape[:-1], -1, SIDE_BY_SIDE)[..., run]
        found = np.moveaxis(found, -1, 1)
        matters = war if field in IN_WAR else np.full(war.shape, True)
        _same(field, found[matters], expected[matters])
    for field in past[0].alliances:
        expected = np.array([week.alliances[field] for week in past])
        _same(field, getattr(alliances, field)[..., run], expected)


def _odds_agree(ledger, past):
    """Probabilities behind the decisions of one run, wherever the engine worked them out."""
    decided = 0
    for week, then in enumerate(past):
        for slot, odds in enumerate(then.odds):
            if ledger.disputes.decided[week, slot]:
                decided += 1
                _same_odds(ledger.disputes.odds, odds, week, slot)
        if (week + 1) % 4 == 0:
            for name, found in ledger.wishes._asdict().items():
                wish = [[one[name] for one in row] for row in then.wishes]
                _same(name, found[week], np.array(wish))
    assert decided


def _same_odds(found, expected, week, slot):
    for name in ("attack", "held", "resist", "win", "ask"):
        value = getattr(expected, name)
        _same(name, getattr(found, name)[week][..., slot], np.array(value))
    for k, row in expected.play.items():
        _same("play", found.play[week][:, k, slot], np.array(row))


def _same(field, found, expected):
    if expected.dtype.kind in "biu":
        np.testing.assert_array_equal(found, expected, field)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13, err_msg=field)


def _decisions(past):
    """What was compared, by kind: how often each thing happened in a run."""
    seen = Counter()
    for slot in range(len(past[0].records)):
        weeks = [week.records[slot] for week in past]
        seen.update(_turns(np.array([w["status"] for w in weeks]).ravel()))
        actions = np.array([w["action"] for w in weeks])
        seen.update({f"weeks of {a.name}": int((actions == a).sum()) for a in Action})
        asked = np.array([w["asked"] for w in weeks])
        seen["treaties invoked"] += int((asked[1:] & ~asked[:-1]).sum() + asked[0].sum())
        seen["requests that lapsed"] += int((~asked[1:] & asked[:-1]).sum())
        across = np.array([w["across"] for w in weeks])
        seen["sides that struck beyond the contested land"] += int(across.any(0).sum())
        spread = np.array([w["spread"] for w in weeks])
        seen["wars that reached outsiders' own land"] += int(spread.any(0).sum())
        seen["ends of such strikes"] += int((~across[1:] & across[:-1]).sum())
        seen.update(_agreements([week.conflicts[slot] for week in past]))
        keeper = np.array([w["keeper"] for w in weeks])
        seen["peacekeepers came"] += int(((keeper[1:] >= 0) & (keeper[:-1] < 0)).sum())
        taken = np.array([w["status"][-1] for w in weeks]) == Status.WON
        seen["weeks that a land taken is kept"] += int(((keeper >= 0) & taken).sum())
        seen["peacekeepers left"] += int(((keeper[1:] < 0) & (keeper[:-1] >= 0)).sum())
    seen.update(_memberships(np.array([week.alliances["membership"] for week in past])))
    lessons = np.array([week.alliances["lessons"] for week in past])
    lowered = (one.held > 0 for week in past for one in week.odds if one)
    seen["chances of an attack that a patron lowered"] = sum(lowered)
    seen["lessons"] = int((np.abs(np.diff(lessons, axis=0)) > 1e-3).sum())
    seen["targets unaided"] = int(np.sum(past[-1].alliances["unaided"]))
    seen["members that fought a member"] = int(np.sum(past[-1].alliances["quarrelled"]))
    return seen


def _agreements(stands):
    """Classes of truces, and terms of peacekeepers, by the situations at the ends of weeks."""
    begun = [s["signed"] for s in stands if s["status"] == Status.TRUCE and s["age"] < 7]
    term = np.array([s["mandate"] for s in stands])
    return Counter(
        {
            "truces signed": sum(begun),
            "truces announced": len(begun) - sum(begun),
            "peacekeepers given a term": int(((term[1:] > 0) & (term[:-1] == 0)).sum()),
            "terms renewed": int(((term[1:] > term[:-1]) & (term[:-1] > 0)).sum()),
        }
    )


def _turns(days):
    before, after = days[:-1], days[1:]
    seen = Counter({f"days in {Status(s).name}": int((days == s).sum()) for s in Status})

    def turn(a, b):
        return int(((before == a) & (after == b)).sum())

    seen["truces begun"] = turn(Status.FIGHTING, Status.TRUCE)
    seen["truces broken"] = turn(Status.TRUCE, Status.FIGHTING)
    seen["truces that became armistices"] = turn(Status.TRUCE, Status.QUIET)
    for end in (Status.SETTLED, Status.WON, Status.REPULSED):
        seen[f"wars {end.name}"] = turn(Status.FIGHTING, end) + turn(Status.TRUCE, end)
    peace = np.isin(before, [Status.QUIET, Status.SETTLED, Status.REPULSED])
    seen["attacks"] = int((peace & (after == Status.FIGHTING)).sum())
    seen["lands yielded"] = int((peace & (after == Status.WON)).sum())
    return seen


def _memberships(now):
    before, after = now[:-1], now[1:]
    moved = before != after
    turns = {
        "hedged": Membership.HEDGES,
        "suspended": Membership.SUSPENDED,
        "gave notice": Membership.LEAVING,
        "gave notice after suspending": Membership.PARTING,
        "left": Membership.LEFT,
    }
    seen = Counter({name: int((moved & (after == to)).sum()) for name, to in turns.items()})
    full = moved & (after == Membership.FULL)
    resumed = moved & (before == Membership.SUSPENDED) & (after <= Membership.HEDGES)
    seen["parts taken up again"] = int(resumed.sum())
    signed = np.isin(now, [Membership.FULL, Membership.HEDGES, Membership.LEAVING]).any(-1)
    seen["treaties signed"] = int((signed[1:] & ~signed[:-1]).sum())
    seen["came in"] = int((full & (before == Membership.OUTSIDE)).sum())
    seen["content again"] = int((full & (before == Membership.HEDGES)).sum())
    return seen


def test_every_kind_of_decision_was_compared():
    """After the cases above: agreement on what never happens would prove nothing."""
    if SEEN.keys() != CASES.keys():
        pytest.skip("not all of the cases above were run")
    seen = Counter()
    for counted in SEEN.values():
        seen.update(counted)
    rare = {kind: n for kind, n in seen.items() if n < 5}
    assert not rare
