"""A week and a block of runs: halves and wholes, slots, those who stand by, lessons."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import norm

from foedus.alliance.revise import month, start
from foedus.alliance.signals import heard
from foedus.core.clock import MONTH
from foedus.core.features import fielded
from foedus.core.kinds import Action, Grade, Membership, Obligation, Reading, Side, Status
from foedus.core.params import fix, take
from foedus.core.situation import Alliances
from foedus.core.streams import Streams, entity
from foedus.core.world import Dispute
from foedus.game import wills
from foedus.simulate import step
from foedus.simulate.ensemble import cast, live, spread
from foedus.simulate.step import columns, tile
from foedus.study.switches import switches
from tests.simulate.small import LIVELY, QUICK, SEED, WEEKS, differing, params, place
from tests.worlds import AT, STATES, TREATIES

RUNS, HALF = 64, 13
RUN = np.arange(RUNS, dtype=np.uint32)
WORDS = np.array([SEED & 0xFFFFFFFF, SEED >> 32], np.uint32)
EACH = np.arange(RUNS) // 20
BINDING = (Membership.FULL, Membership.HEDGES, Membership.LEAVING)


def inputs(world):
    """Params and world with a column for each place of each run, in float32."""
    return spread(*cast((params(np.arange(4)), world), np.float32), EACH)


STATE = {"party": 0, "seat": 0, "distance": 0, "in_place": 0, "route": 0, "rivalry": 1,
         "contiguous": 1, "alongside": 1, "against": 1, "pledged": 1,
         "domestic": 1, "affinity": 1, "arms": 1, "exports": 1, "trade": 1, "energy": 1, "base": 1,
         "sold": 1, "supply": 2, "covered": None, "triggered": None, "home": None}  # fmt: skip
"""Axis of the state in the arrays of a dispute."""


def room(first=None, second=None, **changes):
    """The small world with a place for one state and one treaty more, both empty."""
    plain = place(np.arange(4), first, second)
    one = lambda a, axis, value=0: np.insert(a, a.shape[axis], value, axis)  # noqa: E731
    keys = {"state_entity": [*STATES, "padding"], "treaty_entity": [*TREATIES, "no treaty"]}
    wide = {name: np.array([entity(n) for n in names], np.uint32) for name, names in keys.items()}
    for name in ("major", "nuclear", "reads", "region", "brokered", "supplies", "bases"):
        wide[name] = one(getattr(plain, name), 0)
    for name in ("member", "candidate", "dependence", "closeness", "trust", "own_land"):
        wide[name] = one(one(getattr(plain, name), 0), 1)
    for name in ("notice", "promise", "on_request", "leader"):
        wide[name] = one(getattr(plain, name), 0)
    wide["signals"] = one(plain.signals, 2)
    wide |= {name: one(getattr(plain, name), 1) for name in ("burden", "engaged")}
    wide["capability"] = one(plain.capability, 0, 1e-6)
    slots = {
        name: one(getattr(plain.dispute, name), 1 if axis is None else axis)
        for name, axis in STATE.items()
    }
    dispute = plain.dispute._replace(**slots)
    return plain._replace(**{**wide, "dispute": dispute, **changes})


def turned(world):
    """The same world with its two slots the other way round."""
    return world._replace(
        dispute=Dispute(*(flip(n, a) for n, a in world.dispute._asdict().items()))
    )


def flip(name, a):
    """Slots reversed: the last axis, or the last but one before `draw`."""
    drawn = Dispute._fields.index(name) >= Dispute._fields.index("distance")
    return np.flip(a, -2 if drawn else -1)


def _lived(params, world):
    return live(Streams(WORDS, RUN), params, world, None, 0, WEEKS)


def _first_half(params, world):
    return live(Streams(WORDS, RUN), params, world, None, 0, HALF)


def _second_half(params, world, situation):
    return live(Streams(WORDS, RUN), params, world, situation, HALF, WEEKS - HALF)


lived, begun, continued = (
    jax.jit(f, compiler_options=QUICK) for f in (_lived, _first_half, _second_half)
)


@pytest.fixture(scope="module")
def plain():
    """The small world as it is: the situation at its end, its record, its ledger."""
    return lived(*inputs(room()))


standing = jax.jit(
    lambda params, world: columns(Streams(WORDS, RUN), params, world).standing,
    compiler_options=QUICK,
)


def drawn(world):
    """The wills of each column."""
    return standing(*inputs(world)).wills


def by_slot(a):
    """From [..., column] to [..., dispute, run]."""
    return np.asarray(a).reshape(*a.shape[:-1], -1, RUNS)


def test_two_halves_are_the_whole_bit_for_bit(plain):
    case = inputs(room())
    middle, *first = begun(*case)
    after, *second = continued(*case, middle)
    situation, *whole = plain
    assert not differing(after, situation)
    for a, b, both in zip(first, second, whole, strict=True):
        joined = jax.tree.map(lambda x, y: np.concatenate([x, y]), a, b)
        assert not differing(joined, both)


# ---------------------------------------------------------------- slots


def test_slots_are_exchangeable(plain):
    situation, record, _ = plain
    after, other, _ = lived(*inputs(turned(room())))
    for name, a in other._asdict().items():
        a = np.asarray(a) if name == "membership" else np.flip(a, -2)
        assert np.array_equal(a, getattr(record, name)), name
    assert not differing(after.alliances, situation.alliances)
    for name, a in after.conflict._asdict().items():
        assert np.array_equal(np.flip(by_slot(a), -2), by_slot(getattr(situation.conflict, name)))


def empty(**changes):
    """A slot of padding, whatever its numbers."""
    unused = {"open_": np.bool_(False), "party": np.zeros(len(STATES), bool)}
    return {**unused, "ignites": np.bool_(False), **changes}


def test_an_empty_slot_stays_empty_and_its_numbers_matter_to_nobody():
    one = lived(*inputs(room(second=empty())))
    wild = empty(grievance=np.full(4, 9.0), front=np.full(4, 0.5), entity=np.uint32(7))
    other = lived(*inputs(room(second={**wild, "covered": np.full((2, 2), Reading.YES)})))
    assert not differing(one[0].alliances, other[0].alliances)
    for name, a in one[1]._asdict().items():
        b = getattr(other[1], name)
        slot = (...,) if name == "membership" else (..., 0, slice(None))
        assert np.array_equal(np.asarray(a)[slot], np.asarray(b)[slot]), name
    assert (one[1].status[:, 1] == one[1].status[0, 1, 0]).all()
    for name in ("deaths", "asked", "action", "residual"):
        assert not np.asarray(getattr(one[1], name))[..., 1, :].any(), name


@pytest.mark.parametrize("slots", [2, 4, 8])
def test_neither_the_order_of_slots_nor_empty_ones_change_what_is_learnt(slots):
    """All that disputes share are lessons: their sum may depend on no order."""
    shape = (2, 2, len(STATES), slots * RUNS)
    lessons = -np.exp(np.random.default_rng(1).normal(0, 3, shape)).astype(np.float32)
    sum_ = lambda news: _taught(news.reshape(*shape[:3], -1, RUNS))  # noqa: E731
    whole = lessons.reshape(*shape[:3], slots, RUNS)
    learnt = sum_(whole)
    for order in ([1, 0, *range(2, slots)], np.roll(np.arange(slots), 1), np.arange(slots)[::-1]):
        assert np.array_equal(sum_(whole[..., order, :]), learnt)
    padded = np.concatenate([whole[..., :-1, :], 0 * whole], -2)
    fewer = np.concatenate([whole[..., :-1, :], 0 * whole[..., :1, :]], -2)
    assert np.array_equal(sum_(padded), sum_(whole[..., :-1, :]))
    assert np.array_equal(sum_(fewer), sum_(whole[..., :-1, :]))


def _taught(news):
    """Lessons of a week after news [type, reading, state, dispute, run]."""
    kinds, readings, states, slots, runs = news.shape
    world = place(np.arange(1))
    attacked = np.full(slots * runs, AT["TAR"])
    dispute = world.dispute._replace(target=attacked, challenger=attacked)
    flat = news.reshape(kinds, readings, states, -1)
    none = np.zeros((states, slots * runs), bool)
    lone = np.zeros((2, slots * runs), bool)
    told = {"news": flat, "unhelped": lone, "fell_out": lone, "brokered": none}
    week = step.Lived(**{**dict.fromkeys(step.Lived._fields), **told})
    each = np.zeros((2, states, runs), np.float32)
    rest = each, each[0], each[0], each[0]
    flags, before = jnp.asarray(each > 0), np.zeros_like(news[..., 0, :])
    before = Alliances(None, None, flags, flags, before, each[0], *rest)
    own = step.Columns(None, None, dispute, None)
    numbers = fix(take(LIVELY, np.zeros(runs, int)), {"alliance.learning": 1.0})
    return np.asarray(step._learn(numbers, world, own, before, week).lessons)


# ---------------------------------------------------------------- forces at a place


def test_forces_and_stocks_are_never_negative_nor_more_than_there_are(plain):
    reach = np.asarray(standing(*inputs(room())).reach) * (1 + 1e-5)
    conflict = plain[0].conflict
    for situation in (conflict, begun(*inputs(room()))[0].conflict):
        assert (np.asarray(situation.present) >= 0).all()
        assert (np.asarray(situation.present) <= reach).all()
        assert (np.asarray(situation.stock) >= 0).all()
        assert (np.asarray(situation.stock) <= 1).all()
        assert (np.asarray(situation.strength) > 0).all()
    assert (np.asarray(plain[2].disputes.present) >= 0).all()


def peace(conflict):
    return ~np.isin(conflict.status, [Status.FIGHTING, Status.TRUCE])


def test_after_a_war_outsiders_have_gone_home(plain):
    conflict, dispute = plain[0].conflict, inputs(room())[1].dispute
    over = peace(conflict) & (np.asarray(conflict.buried + conflict.deaths).sum(0) > 0)
    assert over.any()
    assert (np.asarray(conflict.action)[:, over] == Action.ABSTAIN).all()
    assert np.array_equal(np.asarray(conflict.present)[:, over], dispute.in_place[:, over])
    assert not np.asarray(conflict.mediated)[over].any()


def test_in_peace_no_helper_of_an_old_war_is_counted(plain):
    """What an attacker may expect rests on the forces at the place, and helpers have left."""
    conflict, own = plain[0].conflict, inputs(room())
    over, alone = peace(conflict), fielded(tile(own[0], 2), own[1].dispute)
    assert over.any()
    assert np.array_equal(np.asarray(conflict.strength)[:, over], np.asarray(alone)[:, over])


# ---------------------------------------------------------------- a rising at home


def test_a_rising_weighs_on_its_state_in_the_other_disputes_while_it_lasts():
    """The second place is a rising inside SEA: once fought over, it weighs on SEA at the first."""
    risen = lived(*inputs(room(second={"unrest": np.bool_(True), "ignites": np.bool_(True)})))
    calm = lived(*inputs(room(second={"ignites": np.bool_(True)})))
    _, record, ledger = risen
    burden, seen = (
        np.asarray(ledger.disputes.burden)[:, :, 0],
        np.asarray(record.status)[6::7, 1, 0],
    )
    before = np.concatenate([[Status.FIGHTING], seen[:-1]])
    fought = np.isin(before, [Status.FIGHTING, Status.TRUCE])
    decided = np.asarray(ledger.disputes.decided)[:, 0]
    assert (burden[fought & decided, AT["SEA"]] > 0).all()
    assert (fought & decided).any()
    assert not burden[~fought].any()
    assert not np.delete(burden, AT["SEA"], 1).any()
    assert not np.asarray(calm[2].disputes.burden).any()


# ---------------------------------------------------------------- entry


def fought(status):
    """Days of fighting before each week, in a war that began on day 0 [week, ...].

    A day on which a truce breaks is one.
    """
    began = np.concatenate([np.full_like(status[:1], Status.FIGHTING), status[:-1]])
    breaks = (began == Status.TRUCE) & (status == Status.FIGHTING)
    days = np.cumsum((began == Status.FIGHTING) | breaks, 0)
    return np.concatenate([np.zeros_like(days[:1]), days[6:-1:7]])


def test_nobody_fights_before_it_is_able(plain):
    record, delay = plain[1], by_slot(drawn(room()).delay)[:, 0]
    status, action = np.asarray(record.status)[:, 0], np.asarray(record.action)[:, :, 0]
    first = np.cumprod(np.isin(status[6::7], [Status.FIGHTING, Status.TRUCE]), 0).astype(bool)
    first = np.concatenate([np.full_like(first[:1], True), first[:-1]])
    fights = (action >= Action.JOIN_TARGET) & first[:, None]
    days = np.broadcast_to(fought(status)[:, None], fights.shape)
    assert fights.any()
    assert (days[fights] >= np.broadcast_to(delay, fights.shape)[fights]).all()


def test_delays_follow_their_law():
    """Some are ready within a week, evenly; the others lognormal about the median."""
    run = np.arange(5000, dtype=np.uint32)
    world = place(np.arange(1))
    numbers, wide = spread(*cast((params(np.arange(1)), world), np.float32), 0 * run)
    one = lambda a: a[..., : len(run)]  # noqa: E731
    dispute = Dispute(*(one(a) for a in wide.dispute))
    law = lambda: wills.draw(Streams(WORDS, run), numbers, wide, dispute).delay  # noqa: E731
    delay = np.asarray(jax.jit(law, compiler_options=QUICK)()).ravel()
    j = params(np.arange(1)).joining
    early, median, sd = (float(a[0]) for a in (j.early, j.delay, j.delay_sd))
    for days in (3.5, 7, 30, 75, 120, 300):
        slow = norm.cdf(np.log(days / median) / sd)
        share = early * min(days / 7, 1) + (1 - early) * slow
        assert abs((delay <= days).mean() - share) < 0.012, days
    seen = (delay[:, None] <= wills.WAR_DAYS).mean()
    assert abs(seen - float(wills.in_time(params(np.arange(1)))[0])) < 0.012


# ---------------------------------------------------------------- lessons


def test_nothing_is_learnt_where_nothing_was_owed_by_any_reading():
    """Nobody was attacked by any reading, and nothing else was promised."""
    nothing = {"triggered": np.full((2, 2), Reading.NO)}
    situation, record, _ = lived(*inputs(room(nothing, nothing)))
    assert (np.asarray(record.action) >= Action.JOIN_TARGET).any()
    steadfast, other = np.asarray(situation.alliances.lessons)
    assert np.array_equal(steadfast, other)
    assert steadfast.any()


def taught(situation):
    """Log-odds that conduct has added, by reading [reading, ally, run]."""
    steadfast, other = np.asarray(situation.alliances.lessons)
    return steadfast - other


def test_only_an_ally_that_owed_something_teaches_anything(plain):
    """By no reading is anybody attacked whom the pact covers."""
    bound_ = np.isin(plain[1].membership, BINDING)[:, TREATIES.index("league")].any(0)
    owed = taught(plain[0]).any(0)
    assert not owed[~bound_].any()
    assert owed[[AT["ALY"], AT["SEA"], AT["TAR"]]].any(1).all()


def test_without_s12_trust_is_what_signals_have_said_and_what_has_faded_of_it(plain):
    """Wars and requests go on; whatever anybody does in them, nobody learns."""
    signals = np.zeros((4, 2, len(STATES) + 1))
    signals[2, 1, AT["ALY"]] = signals[0, 0, AT["SEA"]] = 1
    numbers, place = inputs(room(signals=signals))
    off = {c.path: c.value for c in switches()["S12"].changes}
    still = cast((fix(numbers, off),), np.float32)[0]
    situation, record, _ = lived(still, place)
    known = situation.alliances
    assert (np.asarray(record.action) == Action.JOIN_TARGET).any()
    assert not np.asarray(known.lessons).any()
    assert np.asarray(plain[0].alliances.lessons).any()
    first = np.asarray(heard(still, signals))
    left = (1 - np.asarray(still.alliance.forget)) ** (WEEKS // MONTH * MONTH * 7 / 365.25)
    np.testing.assert_allclose(known.heard, first * left, rtol=1e-4)
    assert (first[AT["ALY"]] > 0).all()
    assert (first[AT["SEA"]] < 0).all()


def helped(record):
    """Who has helped the target in any grade [state, run], and who has fought for it."""
    action = np.asarray(record.action)
    grades = [(action == Action.of(grade, Side.TARGET)).any((0, 2)) for grade in Grade]
    return np.any(grades, axis=0), grades[Grade.COMBAT]


def test_who_fought_for_its_allies_gains_trust_and_who_stayed_out_loses_it(plain):
    came, fought = helped(plain[1])
    for ally in ("ALY", "SEA"):
        k = AT[ally]
        news = taught(plain[0])[:, k]
        assert (news[:, ~came[k]] <= 0).all()
        assert news[:, fought[k]].max() > 0


def test_the_wide_reading_blames_at_least_as_much(plain):
    """Who stayed out disappoints those who read the treaty widely at least as much."""
    never = ~helped(plain[1])[0]
    narrow, wide = taught(plain[0])
    assert (wide <= narrow + 1e-6)[never].all()
    assert (wide < narrow - 1e-3)[never].any()


# ---------------------------------------------------------------- those who stand by


def bystander(**changes):
    """A third party without ties whose strength is none to speak of."""
    base = room()
    party, capability = base.dispute.party.copy(), base.capability.copy()
    party[-1], capability[-1] = True, 1e-13
    names = np.array([entity(n) for n in (*STATES, "ZZZ")], np.uint32)
    own = {"capability": capability, "state_entity": names}
    return base._replace(**{**own, "dispute": base.dispute._replace(party=party), **changes})


def others(will):
    """The wills of the states of the small world."""
    own = {"urge": will.urge[:, :-1], "delay": will.delay[:-1], "steadfast": will.steadfast[:-1]}
    return will._replace(**own)


def test_one_state_more_shifts_no_other_draw():
    assert not differing(others(drawn(bystander())), others(drawn(room())))


def test_a_state_that_stands_by_changes_nothing(plain):
    situation, record, _ = lived(*inputs(bystander()))
    idle = (np.asarray(record.action)[:, -1] == Action.ABSTAIN).all((0, 1))
    assert idle.sum() > RUNS / 8
    for name in ("status", "front", "deaths", "asked", "keeper"):
        found, wanted = (np.asarray(getattr(r, name))[..., idle] for r in (record, plain[1]))
        assert np.array_equal(found, wanted), name
    for name, axis in (("action", 1), ("membership", 2)):
        found, wanted = (np.asarray(getattr(r, name))[..., idle] for r in (record, plain[1]))
        rest = np.arange(len(STATES))
        assert np.array_equal(found.take(rest, axis), wanted.take(rest, axis)), name
    assert not taught(situation)[:, -1, idle].any()


def club(base, *codes):
    """A third treaty among states of which none is a principal."""
    n = len(STATES)
    member, promise = base.member.copy(), base.promise.copy()
    member[-1, [AT.get(code, n) for code in codes]] = True
    promise[-1, [Obligation.DEFENSE, Obligation.NONAGGRESSION]] = 1
    everything = {}
    for name in ("covered", "triggered"):
        a = getattr(base.dispute, name).copy()
        a[:, -1] = Reading.YES
        everything[name] = a
    leader = base.leader.copy()
    leader[-1] = AT[codes[0]]
    names = np.array([entity(n) for n in (*TREATIES, "club")], np.uint32)
    return base._replace(
        member=member,
        promise=promise,
        leader=leader,
        notice=np.array([4.0, 10.0, 4.0]),
        treaty_entity=names,
        dispute=base.dispute._replace(**everything),
    )


def test_a_treaty_that_covers_nobody_attacked_changes_nothing():
    """ALY and PAT promise each other everything; no dispute is about either of them."""
    base = bystander()
    _, expected, _ = lived(*inputs(base))
    situation, found, _ = lived(*inputs(club(base, "ALY", "PAT")))
    for name in ("status", "front", "deaths", "action", "keeper", "residual"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
    assert np.array_equal(found.asked[:, :-1], expected.asked[:, :-1])
    assert np.array_equal(found.membership[:, :-1], expected.membership[:, :-1])
    assert not np.asarray(found.asked)[:, -1].any()
    assert (np.asarray(found.membership)[:, -1, AT["ALY"]] == Membership.FULL).all()
    assert not np.asarray(situation.alliances.unaided)[-1].any()


# ---------------------------------------------------------------- coming in


def test_who_has_just_come_in_is_not_on_its_way_out():
    """Who wishes to belong so much that it comes in does not hedge a month later."""
    rare = {"alliance.join_intercept": -4.0, "alliance.suspend_intercept": -6.0}
    numbers = take(fix(LIVELY, rare), np.zeros(1, int))
    past = jax.jit(_two_months, compiler_options=QUICK)(
        *cast((numbers, place(np.arange(1))), np.float32)
    )
    before, then, later = (np.asarray(a.membership) for a in past)
    came = (before == Membership.OUTSIDE) & (then == Membership.FULL)
    assert came.sum() > 100
    assert (later[came] == Membership.FULL).mean() > 0.95


def _two_months(params, world):
    """Alliances on day 0 and after each of two months in which nothing happens."""
    streams = Streams(WORDS, np.arange(20_000, dtype=np.uint32))
    first = start(streams, params, world, np.float32)
    second = month(streams, params, world, first, 28)
    return first, second, month(streams, params, world, second, 56)
