"""Covariates: the table of duties for every reading and kind, and what trust may be."""

from itertools import product

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.core import features
from foedus.core.kinds import Membership, Obligation, Reading, Side
from foedus.core.params import fix, load, take
from foedus.core.situation import Alliances
from foedus.game.payoff import fight_terms
from foedus.simulate.ensemble import spread
from tests.game.rounds import cast
from tests.worlds import STATES, world

SHARES = {"outside": 0.2, "disputed": 0.5, "consultation": 0.3, "unasked": 0.1}
PARAMS = fix(take(load().params, np.array([0])), {f"joining.{n}": v for n, v in SHARES.items()})
LEAGUE, PACT = 0, 1
ALY, CHA, NBR, PAT, SEA, TAR = map(STATES.index, ("ALY", "CHA", "NBR", "PAT", "SEA", "TAR"))
SCOPE = {Reading.NO: 0.2, Reading.DISPUTED: 0.5, Reading.YES: 1.0}
TRIGGER = {Reading.NO: 0.0, Reading.DISPUTED: 0.5, Reading.YES: 1.0}
KIND = {Obligation.DEFENSE: 1.0, Obligation.CONSULTATION: 0.3}
FIRM = [Membership.FULL, Membership.HEDGES, Membership.LEAVING]


def column(**changes):
    """The small world, its only dispute one column of one run."""
    place = world(**changes)
    return spread(PARAMS, place, np.zeros(1, int))[1]


def readings(value):
    return np.full((2, 2), value, np.int32)


def promises(*kinds):
    promise = np.zeros((2, len(Obligation)))
    promise[:, list(kinds)] = 1
    return promise


def due(**changes):
    """Duty to each side [side, treaty] in the one draw."""
    place = column(**changes)
    return np.asarray(features.duty(PARAMS, place, place.dispute))[..., 0]


def expected_duty(kind, side, covered, triggered):
    if kind == Obligation.OFFENSE:
        return SCOPE[covered] * (side == Side.CHALLENGER)
    return KIND.get(kind, 0.0) * SCOPE[covered] * TRIGGER[triggered]


@pytest.mark.parametrize(("covered", "triggered"), list(product(Reading, Reading)))
@pytest.mark.parametrize("kind", Obligation)
def test_table_of_duties(kind, covered, triggered):
    got = due(promise=promises(kind), covered=readings(covered), triggered=readings(triggered))
    for side in Side:
        expected = expected_duty(kind, side, covered, triggered)
        np.testing.assert_allclose(got[side], expected, atol=1e-6)


@pytest.mark.parametrize(("covered", "triggered"), list(product(Reading, Reading)))
def test_of_several_promises_the_strongest_counts(covered, triggered):
    at = {"covered": readings(covered), "triggered": readings(triggered)}
    singles = [due(promise=promises(kind), **at) for kind in Obligation]
    np.testing.assert_array_equal(due(promise=promises(*Obligation), **at), np.max(singles, 0))


def law(**changes):
    """What was due to the target, by the narrow and the wide reading [reading, treaty]."""
    params, place = cast((PARAMS, column(**changes)))
    return np.asarray(features.law(params, place, place.dispute))[..., 0]


@pytest.mark.parametrize(("covered", "triggered"), list(product(Reading, Reading)))
@pytest.mark.parametrize("kind", KIND)
def test_a_disputed_duty_is_due_to_the_wide_reader_alone(kind, covered, triggered):
    """Verdicts depend on clause, facts and reading, not on how far a duty is felt."""
    got = law(promise=promises(kind), covered=readings(covered), triggered=readings(triggered))
    verdict = min(covered, triggered)
    expected = {Reading.NO: (0, 0), Reading.DISPUTED: (0, 1), Reading.YES: (1, 1)}[verdict]
    np.testing.assert_allclose(got, np.outer(expected, np.full(2, KIND[kind])), atol=1e-6)


def owed(asked=False, membership=None, **changes):
    """What each state owes each side [side, state]."""
    place = column(**changes)
    membership = place.member[..., None].astype(int) if membership is None else membership
    active = features.bound(membership)
    duty = features.duty(PARAMS, place, place.dispute)
    waits = features.waits(PARAMS, place, np.full((2, 1), asked))
    ends = features.principals(place, place.dispute)
    parts = [features.owed(d * waits, active, p) for d, p in zip(duty, ends, strict=True)]
    return np.stack(parts)[..., 0]


WIDE = {"covered": readings(Reading.YES), "triggered": readings(Reading.YES)}


def test_a_duty_on_request_counts_little_until_asked_for():
    assert owed(asked=True, **WIDE)[Side.TARGET, ALY] == pytest.approx(1)
    assert owed(asked=False, **WIDE)[Side.TARGET, ALY] == pytest.approx(0.1)
    unasked = {**WIDE, "on_request": np.zeros(2, bool)}
    assert owed(asked=False, **unasked)[Side.TARGET, ALY] == pytest.approx(1)


def test_nobody_owes_a_side_with_which_it_shares_no_treaty():
    shares = owed(asked=True, **WIDE) > 0
    league, pact = world().member
    np.testing.assert_array_equal(shares[Side.TARGET], league)
    np.testing.assert_array_equal(shares[Side.CHALLENGER], pact)


@pytest.mark.parametrize("gone", [ALY, TAR])
@pytest.mark.parametrize("standing", Membership)
def test_who_is_not_bound_owes_nothing_and_is_owed_nothing(gone, standing):
    """Bound also while one hedges, or until a notice runs out; not while suspended."""
    membership = world().member[..., None].astype(int)
    membership[LEAGUE, gone] = standing
    got = owed(asked=True, membership=membership, **WIDE)[Side.TARGET, ALY]
    assert got == (1 if standing in FIRM else 0)


@given(st.data())
def test_more_promise_scope_trigger_or_request_never_lowers_an_obligation(data):
    low, high = (sorted(data.draw(st.sampled_from(Reading)) for _ in range(2)) for _ in range(2))
    asked = sorted(data.draw(st.booleans()) for _ in range(2))
    kinds = data.draw(st.sets(st.sampled_from(Obligation)))
    more = kinds | data.draw(st.sets(st.sampled_from(Obligation)))
    less, greater = (
        owed(
            asked=asked[i],
            promise=promises(*k),
            covered=readings(low[i]),
            triggered=readings(high[i]),
        )
        for i, k in enumerate((kinds, more))
    )
    assert (greater >= less).all()
    assert (less >= 0).all()
    assert (greater <= 1).all()


def trust_of(params, place, seen, observer, wide=None, heard=0.0):
    """Trust of an observer in each state; `seen` is log-odds of steadfastness, by reading."""
    lessons = np.zeros((2, 2, 6, 1))
    lessons[0] = np.reshape(seen, (-1, 1, 1))
    reads = place.reads if wide is None else np.full(6, wide)
    place, who = place._replace(reads=reads), np.arange(6)[:, None] == observer
    blank = dict.fromkeys(Alliances._fields)
    known = Alliances(**blank | {"lessons": lessons, "heard": np.full((6, 1), heard)})
    return np.asarray(features.trust(params, place, features.news(params, place, known, who), who))


@given(
    st.floats(0.01, 0.99),
    st.floats(-12, 12),
    st.floats(-12, 12),
    st.floats(0, 1),
    st.integers(0, 5),
)
def test_trust_is_a_probability_and_rises_with_good_conduct(prior, added, seen, part, who):
    params = fix(PARAMS, {"alliance.trust": prior, "alliance.attention": part})
    place = column(trust=np.full((6, 6), added))
    trust = trust_of(params, place, [seen, seen], who)
    assert ((trust >= 0) & (trust <= 1)).all()
    assert (trust_of(params, place, [seen + 1, seen + 1], who) >= trust).all()


def test_an_ally_minds_conduct_more_than_an_onlooker():
    params = fix(PARAMS, {"alliance.trust": 0.5, "alliance.attention": 0.3})
    own, onlooker = (trust_of(params, column(), [-2, -2], who)[ALY, 0] for who in (TAR, CHA))
    assert float(own) == pytest.approx(1 / (1 + np.exp(2.0)), abs=1e-6)
    assert float(onlooker) == pytest.approx(1 / (1 + np.exp(0.6)), abs=1e-6)


@given(st.floats(-4, 4), st.floats(-4, 4), st.integers(0, 5), st.sampled_from(Reading))
def test_signals_and_conduct_add_whoever_listens_and_however_it_reads(seen, heard, who, reads):
    both = trust_of(PARAMS, column(), [seen, seen], who, reads, heard)
    at_once = trust_of(PARAMS, column(), [seen + heard, seen + heard], who, reads)
    np.testing.assert_allclose(both, at_once, atol=1e-6)


@given(st.floats(-8, 8), st.floats(0, 8))
def test_a_reader_learns_by_its_own_reading_and_who_does_not_say_in_between(narrow, more):
    """One who holds that less was due learns less; a stated reading is held to."""
    params = fix(PARAMS, {"alliance.trust": 0.5, "joining.disputed": 0.3})
    for seen in ([narrow, narrow - more], [narrow, narrow + more]):
        strict, mixed, wide = (
            trust_of(params, column(), seen, TAR, reads)[ALY, 0] for reads in Reading
        )
        for got, evidence in ((strict, seen[0]), (wide, seen[1])):
            assert float(got) == pytest.approx(1 / (1 + np.exp(-evidence)), abs=1e-5)
        assert min(strict, wide) - 1e-6 <= mixed <= max(strict, wide) + 1e-6


def test_watchers_are_the_other_third_parties_of_ones_leagues():
    expected = {"ALY": 1, "SEA": 1, "TAR": 2, "PAT": 0, "CHA": 1, "NBR": 0}
    place = column()
    found = features.watchers(place, place.dispute)[:, 0]
    assert dict(zip(STATES, found.tolist(), strict=True)) == expected


def camps(*treaties):
    """Of each state, by side; treaties as lists of their members."""
    place = column()
    member = np.array([[i in treaty for i in range(6)] for treaty in treaties])
    sides = features.principals(place, place.dispute)
    found = np.asarray(features.camps(member[..., None], sides))[..., 0]
    assert (found >= 0).all()
    assert (found <= 1).all()
    return found


def test_a_camp_is_the_share_of_a_states_treaties_with_either_side_that_it_has_with_this_one():
    """CHA attacks TAR; a league of all binds everybody alike, and what it adds is leaning."""
    everybody, league = [ALY, CHA, NBR, SEA, TAR], [ALY, SEA, TAR]
    target, challenger = camps(everybody, league, [CHA, PAT], [CHA, NBR], [SEA, PAT])
    assert [target[k] for k in (ALY, SEA, PAT)] == [1, 1, 0]
    assert [challenger[k] for k in (ALY, SEA, PAT)] == [0.5, 0.5, 1]
    assert (target[NBR], challenger[NBR]) == (0.5, 1)
    lone = camps(everybody)
    assert (lone[:, [ALY, NBR, SEA]] == 1).all()
    assert (lone[:, PAT] == 0).all()


def test_restraint_is_a_promise_not_to_fight():
    place = column(promise=promises(Obligation.CONSULTATION))
    target, challenger = features.principals(place, place.dispute)
    active = features.bound(place.member[..., None].astype(int))
    for side, members in ((target, place.member[LEAGUE]), (challenger, place.member[PACT])):
        assert not np.asarray(features.restraint(place, active, side)).any()
        for kind in (Obligation.NONAGGRESSION, Obligation.NEUTRALITY):
            pledged = place._replace(promise=promises(kind))
            held = features.restraint(pledged, active, side)[:, 0]
            np.testing.assert_array_equal(held, members)


def test_ties_to_both_sides_cancel_and_swap():
    dispute = column().dispute
    swapped = {name: getattr(dispute, name)[::-1] for name in ("trade", "energy", "base")}
    stake = features.stake(PARAMS, dispute)
    np.testing.assert_allclose(features.stake(PARAMS, dispute._replace(**swapped)), -stake)


# ------------------------------------------------------- what is estimated of joining


_partners = jax.jit(features.partners)
_fight_terms = jax.jit(fight_terms, static_argnames="side")


def partners(of=TAR, **changes):
    """Third parties bound to defend the target and not the challenger, and the reverse.

    As one state counts them: itself left out, so the target, who is no third party, sees all.
    """
    everywhere = {"covered": np.full((2, 2), Reading.YES, np.int32)}
    place = cast(column(**(everywhere | changes)))
    return _partners(place, place.dispute)[:, of, 0].tolist()


def members(league, pact):
    return np.array([[code in treaty for code in STATES] for treaty in (league, pact)])


def test_partners_are_the_third_parties_bound_to_defend_one_side_alone():
    assert partners() == [2, 1]  # ALY and SEA; PAT
    assert partners(promise=promises(Obligation.OFFENSE, Obligation.CONSULTATION)) == [0, 0]
    both = members(["ALY", "SEA", "TAR"], ["ALY", "CHA", "PAT"])
    assert partners(member=both) == [1, 1]  # ALY is bound to both and counts for none
    twice = members(["ALY", "SEA", "TAR"], ["ALY", "NBR", "TAR"])
    assert partners(member=twice) == [3, 0]  # ALY is bound to the target by two treaties
    together = members(["ALY", "CHA", "SEA", "TAR"], ["CHA", "PAT"])
    assert partners(member=together) == [0, 1]
    assert [partners(of=k) for k in (ALY, PAT, NBR)] == [[1, 1], [2, 0], [2, 1]]


def test_a_treaty_that_covers_the_place_by_no_reading_makes_no_partners():
    covered = np.full((2, 2), Reading.YES, np.int32)
    covered[Side.TARGET, 0] = Reading.NO
    assert partners(covered=covered) == [0, 1]
    covered[Side.TARGET, 0] = Reading.DISPUTED
    assert partners(covered=covered) == [2, 1]


def test_an_entity_that_is_no_party_is_nobodys_partner():
    party = world().dispute.party[:, 0].copy()
    party[ALY] = False
    assert partners(party=party) == [1, 1]


def flags(*shape):
    """Arrays of yes and no."""
    size = int(np.prod(shape))
    return st.lists(st.booleans(), min_size=size, max_size=size).map(lambda x: np.reshape(x, shape))


@given(flags(2, 6), flags(2), flags(6))
def test_partners_swap_with_the_sides_and_are_those_that_a_list_gives(member, defends, party):
    party[[TAR, CHA]] = False
    promise = np.zeros((2, len(Obligation)))
    promise[defends, Obligation.DEFENSE] = 1
    third = set(np.flatnonzero(party))
    with_ = {s: [m for m, d in zip(member, defends, strict=True) if d and m[s]] for s in (TAR, CHA)}
    bound = {s: {k for m in rows for k in np.flatnonzero(m)} for s, rows in with_.items()}
    expected = [len(third & (bound[a] - bound[b])) for a, b in ((TAR, CHA), (CHA, TAR))]
    case = {"member": member, "promise": promise, "party": party}
    assert partners(**case) == expected
    turned = {"challenger": np.int32(TAR), "target": np.int32(CHA)}
    assert partners(**case, **turned) == expected[::-1]


def terms(side=Side.TARGET, held=None, **changes):
    """Standing reasons to fight on a side [state], by name, each weighing one unless `held`."""
    own = dict.fromkeys(("trend", "alongside", "against", "affinity", "remoteness", "crowd"), 1.0)
    params = fix(PARAMS, {f"joining.{name}": v for name, v in (own | (held or {})).items()})
    params, place = cast((params, column(**changes)))
    found = _fight_terms(params, place, place.dispute, side)
    return {name: np.asarray(term)[:, 0] for name, term in found.items()}


@pytest.mark.parametrize(("year", "expected"), [(1895, -1), (1945, 0), (1970, 0.5), (2020, 1.5)])
def test_the_trend_is_counted_in_half_centuries_from_1945(year, expected):
    got = terms(year=np.float64(year))["trend"]
    np.testing.assert_allclose(got, expected, rtol=1e-6)
    eased = terms(year=np.float64(year), held={"trend": -0.4})["trend"]
    np.testing.assert_allclose(eased, -0.4 * expected, rtol=1e-6)


def counts(**by):
    """Numbers by side and state."""
    found = np.zeros((2, len(STATES)))
    for name, number in by.items():
        side, code = name.split("_")
        found[Side[side.upper()], STATES.index(code)] = number
    return found


def test_past_fights_speak_for_the_side_one_stood_with_and_against_the_other():
    past = {"alongside": counts(target_ALY=3), "against": counts(target_PAT=1, challenger_ALY=7)}
    target, challenger = (terms(side, **past) for side in Side)
    with_, other = "fought at its side before", "fought the opponent before"
    assert target[with_][ALY] == pytest.approx(np.log(4))
    assert target[other][ALY] == pytest.approx(np.log(8))
    assert challenger[other][PAT] == pytest.approx(np.log(2))
    for found, state in ((target, ALY), (challenger, PAT)):
        rest = np.arange(len(STATES)) != state
        assert not found[with_][rest].any()
        assert not found[other][rest].any()


@pytest.mark.parametrize(
    ("kind", "name", "at"),
    [
        ("alongside", "fought at its side before", "target_ALY"),
        ("against", "fought the opponent before", "challenger_ALY"),
    ],
)
def test_each_more_past_fight_counts_for_something_and_for_less(kind, name, at):
    worth = [terms(**{kind: counts(**{at: n})})[name][ALY] for n in (0, 1, 2, 3, 10, 11)]
    steps = np.diff(worth)
    assert worth[0] == 0
    assert (steps > 0).all()
    assert steps[0] > steps[1] > steps[2] > steps[4]


def test_troops_at_the_place_pull_their_owner_in_on_the_side_that_defends_it():
    there = np.zeros((6, 1))
    there[PAT] = 0.0002
    pull = {side: terms(side, {"tripwire": 0.8}, in_place=there) for side in Side}
    drawn = [row["own troops attacked"] for row in pull.values()]
    np.testing.assert_allclose(drawn[Side.TARGET], np.where(np.arange(6) == PAT, 0.8, 0), rtol=1e-6)
    assert not drawn[Side.CHALLENGER].any()


def test_the_farther_the_dearer():
    far = np.array([0.0, 0.1, 1.0, 5.0, 12.0, 20.0])[:, None]
    cost = terms(distance=far)["far away"]
    np.testing.assert_allclose(cost, -np.log1p(far[:, 0]), rtol=1e-6)
    assert (np.diff(cost) < 0).all()


def test_each_fellow_partner_is_a_reason_to_leave_it_to_others():
    named, every = "others are bound too", readings(Reading.YES)
    target, challenger = (terms(side, covered=every)[named] for side in Side)
    others = np.full(len(STATES), 2.0)
    others[[ALY, SEA]] = 1
    np.testing.assert_allclose(target, -np.log1p(others), rtol=1e-6)
    alone = np.arange(len(STATES)) == PAT
    np.testing.assert_allclose(challenger, np.where(alone, 0, -np.log(2)), rtol=1e-6)
    assert not terms(promise=promises(Obligation.CONSULTATION))["others are bound too"].any()


def test_closeness_to_both_sides_cancels_and_swaps():
    dispute = column().dispute
    target, challenger = (features.closer(dispute.affinity, side) for side in Side)
    np.testing.assert_array_equal(target, -challenger)
    assert target[ALY, 0] == pytest.approx(0.3)
    assert challenger[PAT, 0] == pytest.approx(0.8)
    same = np.repeat(dispute.affinity[:1], 2, 0)
    assert not np.asarray(features.closer(same, Side.TARGET)).any()
    got = terms(Side.CHALLENGER, held={"affinity": -2.0})["closer to this side"]
    np.testing.assert_allclose(got, -2 * np.asarray(challenger)[:, 0], rtol=1e-6)


def test_closeness_is_no_part_of_the_stake():
    """It speaks for fighting as such; what is at stake is material."""
    place = column()
    warm = place.dispute._replace(affinity=1 - place.dispute.affinity)
    one, other = (features.stake(PARAMS, d) for d in (place.dispute, warm))
    np.testing.assert_array_equal(one, other)


def test_strength_falls_with_distance_and_rises_with_capability():
    place = column()
    reach = lambda world, further=0: features.reach(  # noqa: E731
        PARAMS, world, place.dispute._replace(distance=place.dispute.distance + further)
    )
    near = reach(place)
    assert (reach(place, 1) < near).all()
    np.testing.assert_allclose(reach(place._replace(capability=2 * place.capability)), 2 * near)
    logged = np.log(near / features.MEDIAN_CAPABILITY)
    np.testing.assert_allclose(
        features.power(PARAMS, place, place.dispute), logged, rtol=1e-5, atol=1e-5
    )


@given(st.floats(0, 0.2), st.floats(0, 2), st.floats(0, 400), st.floats(0, 400))
def test_forces_arrive_by_lift_and_never_exceed_reach(lift, stands, early, late):
    """Linear in days from what stands there, until all that a state can bring has come.

    More than that may stand there already; it stays.
    """
    params, full = fix(PARAMS, {"joining.lift": lift}), np.ones((1, 1))
    at = lambda days: float(features.arrives(params, full, full * stands, days)[0, 0])  # noqa: E731
    first, last = sorted((early, late))
    most = max(stands, 1)
    assert at(first) <= at(last) <= most * (1 + 1e-6)
    assert at(0) == pytest.approx(stands, abs=1e-6)
    assert at(late) == pytest.approx(min(stands + lift * late, most), rel=1e-5, abs=1e-6)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 400))
def test_who_has_only_part_of_a_way_brings_as_much_later(stands, route, days):
    """A way that lets half of the lift through takes twice as long; none leaves what stands."""
    params, full = fix(PARAMS, {"joining.lift": 0.02}), np.ones((1, 1))
    at = lambda days, route: float(  # noqa: E731
        features.arrives(params, full, full * stands, days, route)[0, 0]
    )
    assert at(days, route) == pytest.approx(at(days * route, 1.0), rel=1e-5, abs=1e-6)
    assert at(days, 0.0) == pytest.approx(stands, abs=1e-6)
    assert at(days, 1.0) == float(features.arrives(params, full, full * stands, days)[0, 0])
