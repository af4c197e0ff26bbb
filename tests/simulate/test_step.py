"""A week and a block of runs: halves and wholes, those who stand by, lessons."""

import jax
import numpy as np
import pytest

from foedus.core.kinds import Action, Obligation, Reading
from foedus.core.streams import Streams, entity
from foedus.game import wills
from foedus.simulate.ensemble import _cast, live, spread
from foedus.simulate.step import initial
from tests.simulate.small import QUICK, READINGS, SEED, WEEKS, differing, params, place
from tests.worlds import STATES, TREATIES

RUNS, HALF = 64, 13
RUN = np.arange(RUNS, dtype=np.uint32)
WORDS = np.array([SEED & 0xFFFFFFFF, SEED >> 32], np.uint32)
EACH = np.arange(RUNS) // 20


def inputs(world):
    """Params and world with a column a run, in float32."""
    return spread(*_cast((params(np.arange(4)), world), np.float32), EACH)


def room(draws=4, **changes):
    """The small world with a place for one state and one treaty more, both empty."""
    plain = place(np.arange(draws))
    one = lambda a, axis, value=0: np.insert(a, a.shape[axis], value, axis)  # noqa: E731
    keys = {"state_entity": [*STATES, "padding"], "treaty_entity": [*TREATIES, "no treaty"]}
    wide = {name: np.array([entity(n) for n in names], np.uint32) for name, names in keys.items()}
    for name in ("party", "major", "nuclear", "seat", "distance"):
        wide[name] = one(getattr(plain, name), 0)
    wide["capability"] = one(plain.capability, 0, 1e-6)
    ties = ("domestic", "affinity", "arms", "trade", "energy", "base", "rivalry", "contiguous")
    for name in ties:
        wide[name] = one(getattr(plain, name), 1)
    wide["member"] = one(one(plain.member, 0), 1)
    wide["dependence"] = one(one(plain.dependence, 0), 1)
    wide["trust"] = one(one(plain.trust, 0), 1)
    wide["promise"] = one(plain.promise, 0)
    wide["covered"] = one(READINGS, 1)
    wide["triggered"] = one(plain.triggered, 1)
    wide["on_request"] = one(plain.on_request, 0)
    wide["leader"] = one(plain.leader, 0)
    return plain._replace(**{**wide, **changes})


def _from_the_start(params, world):
    streams = Streams(WORDS, RUN)
    start = initial(streams, params, world)
    return wills.draw(streams, params, world), *live(streams, params, world, start, 0, WEEKS)


def _first_half(params, world):
    streams = Streams(WORDS, RUN)
    return live(streams, params, world, initial(streams, params, world), 0, HALF)


def _second_half(params, world, situation):
    return live(Streams(WORDS, RUN), params, world, situation, HALF, WEEKS)


lived = jax.jit(_from_the_start, compiler_options=QUICK)
begun = jax.jit(_first_half, compiler_options=QUICK)
continued = jax.jit(_second_half, compiler_options=QUICK)


def test_two_halves_are_the_whole_bit_for_bit():
    case = inputs(room())
    _, situation, whole = lived(*case)
    middle, first = begun(*case)
    after, second = continued(*case, middle)
    assert not differing(after, situation)
    joined = type(whole)(*(np.concatenate(pair) for pair in zip(first, second, strict=True)))
    assert not differing(joined, whole)


# ---------------------------------------------------------------- lessons


def test_evidence_is_nil_where_nothing_was_owed_by_any_reading():
    """Nobody was attacked by any reading, and nothing else was promised: nothing is learnt."""
    nothing = room(triggered=np.full((2, 3), Reading.NO, np.int32))
    _, situation, record = lived(*inputs(nothing))
    assert (record.action >= Action.JOIN_TARGET).any()
    assert (situation.evidence == 0).all()


def test_only_an_ally_that_owed_something_teaches_anything():
    _, situation, _ = lived(*inputs(room()))
    learnt = (np.asarray(situation.evidence) != 0).any(1)
    assert {state for state, any_ in zip((*STATES, ""), learnt, strict=True) if any_} == {
        "ALY",
        "SEA",
    }


def test_who_fought_for_the_target_gains_trust_and_who_stayed_out_loses_it():
    _, situation, record = lived(*inputs(room()))
    came = (np.asarray(record.action) == Action.JOIN_TARGET).any(0)
    for ally in ("ALY", "SEA"):
        k = STATES.index(ally)
        evidence = np.asarray(situation.evidence)[k]
        never = ~came[k]
        assert (evidence[never] <= 0).all()
        assert evidence[came[k]].max() > 0


# ---------------------------------------------------------------- those who stand by


@pytest.fixture(scope="module")
def without():
    return lived(*inputs(room()))


def bystander():
    """A third party without ties whose strength is none to speak of."""
    base = room()
    party, capability = base.party.copy(), base.capability.copy()
    party[-1], capability[-1] = True, 1e-13
    names = np.array([entity(n) for n in (*STATES, "ZZZ")], np.uint32)
    return base._replace(party=party, capability=capability, state_entity=names)


def others(will):
    """The wills of the states of the small world."""
    return will._replace(
        urge=will.urge[:, :-1], delay=will.delay[:-1], steadfast=will.steadfast[:-1]
    )


def test_one_state_more_shifts_no_other_draw(without):
    will, *_ = lived(*inputs(bystander()))
    assert not differing(others(will), others(without[0]))


def test_a_state_that_stands_by_changes_nothing(without):
    _, situation, record = lived(*inputs(bystander()))
    *_, expected = without
    idle = (np.asarray(record.action)[:, -1] == Action.ABSTAIN).all(0)
    assert idle.sum() > RUNS / 3
    keep = lambda a: np.asarray(a)[..., idle]  # noqa: E731
    for name in ("status", "front", "deaths", "asked"):
        found, wanted = keep(getattr(record, name)), keep(getattr(expected, name))
        assert np.array_equal(found, wanted), name
    action = keep(record.action)[:, :-1]
    assert np.array_equal(action, keep(expected.action)[:, :-1])
    assert np.array_equal(keep(record.active)[:, :, :-1], keep(expected.active)[:, :, :-1])
    assert (keep(situation.evidence)[-1] == 0).all()


def test_a_treaty_of_nobody_involved_changes_nothing_but_its_own_columns():
    base = bystander()
    idle, before, expected = lived(*inputs(base))
    member, promise = base.member.copy(), base.promise.copy()
    member[-1, -1], promise[-1, [Obligation.DEFENSE, Obligation.NONAGGRESSION]] = True, 1
    covered, triggered = base.covered.copy(), base.triggered.copy()
    covered[:, -1] = triggered[:, -1] = Reading.YES
    keys = np.array([entity(n) for n in (*TREATIES, "club")], np.uint32)
    leader = base.leader.copy()
    leader[-1] = len(STATES)
    club = {"member": member, "promise": promise, "covered": covered, "triggered": triggered}
    changed = base._replace(**club, treaty_entity=keys, leader=leader)
    will, after, found = lived(*inputs(changed))
    own = {"asked", "active", "unaided", "stay_will", "ask"}
    assert set(differing(will, idle)) <= own
    assert set(differing(found, expected)) <= own
    assert set(differing(after, before)) <= own
    for name in ("asked", "active"):
        a, b = (np.asarray(getattr(r, name))[:, :-1] for r in (found, expected))
        assert np.array_equal(a, b)
    assert np.asarray(found.active)[:, -1, -1].all()
    assert not np.asarray(found.asked)[:, -1].any()
