import subprocess
import sys
from dataclasses import is_dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.claims import language as say
from foedus.claims.evaluate import check, evaluate
from foedus.claims.frame import Frame
from foedus.claims.language import (
    Accedes,
    Aids,
    All,
    Any,
    Backs,
    CivilianDeaths,
    Clash,
    Deaths,
    Deploys,
    Fighting,
    FightingDays,
    FirstStop,
    Hedges,
    Holds,
    Ignites,
    Invokes,
    Joins,
    Keeps,
    Leaves,
    Mediates,
    Member,
    Not,
    Notifies,
    Quiet,
    Resumes,
    Settles,
    Share,
    StrikesAcross,
    Suspends,
    Truce,
    TruceBreaks,
)
from foedus.core.kinds import Action, Grade, Membership, Side, Status
from tests.claims.batches import BOTH, FRAME, START, blank, noise, on

LAST = FRAME.days - 1
DAYS = st.integers(0, LAST)
SEEDS = st.integers(0, 2**32 - 1)
ARM, AZE, RUS, TUR = range(4)
CSTO, SHUSHA = range(2)


def true(claim, history, frame=FRAME):
    (value,) = evaluate(claim, history, frame)
    return value


def changes(claim, history, day):
    """The claim, as a function of a day, is false up to the day before and true from `day` on."""
    return not true(claim(on(day - 1)), history) and true(claim(on(day)), history)


# ---- decisions, by the week ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "claim"),
    [
        (Action.JOIN_TARGET, lambda by: Joins(("RUS", "TUR"), Side.TARGET, by)),
        (Action.JOIN_CHALLENGER, lambda by: Joins(("TUR",), Side.CHALLENGER, by)),
        (Action.AID_TARGET, lambda by: Aids(("TUR",), Side.TARGET, by)),
        (Action.AID_CHALLENGER, lambda by: Aids(("TUR",), Side.CHALLENGER, by)),
        (Action.MEDIATE, lambda by: Mediates(("TUR",), by)),
    ],
)
def test_a_decision_counts_from_the_first_day_of_its_week(action, claim):
    history = blank()
    history.action[2, TUR] = action
    assert changes(claim, history, 14)


def test_nobody_elses_decision_and_no_other_action_counts():
    history = blank()
    history.action[2, TUR] = Action.AID_CHALLENGER
    assert not true(Joins(("TUR",), Side.CHALLENGER, on(LAST)), history)
    assert not true(Aids(("TUR",), Side.TARGET, on(LAST)), history)
    assert not true(Aids(("RUS",), Side.CHALLENGER, on(LAST)), history)


def test_a_start_leaves_out_earlier_weeks_only():
    history = blank()
    history.action[2, TUR] = Action.MEDIATE
    assert true(Mediates(("TUR",), by=on(LAST), start=on(20)), history)
    assert not true(Mediates(("TUR",), by=on(LAST), start=on(21)), history)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("grade", Grade)
def test_a_grade_counts_for_all_that_it_reaches(grade, side):
    history = blank()
    history.action[2, TUR] = Action.of(grade, side)
    for asked in Grade:
        claim = Backs(("TUR",), side, asked.name.lower(), on(LAST))
        assert true(claim, history) == (asked <= grade)
    other = Side(1 - side)
    assert not true(Backs(("TUR",), other, "statement", on(LAST)), history)
    aids, joins = (kind(("TUR",), side, on(LAST)) for kind in (Aids, Joins))
    assert true(aids, history) == (Grade.AID <= grade <= Grade.DENIABLE)
    assert true(joins, history) == (grade == Grade.COMBAT)


def test_invocation_is_of_the_named_treaty():
    history = blank()
    history.asked[3:, SHUSHA] = True
    assert changes(lambda by: Invokes("SHUSHA", by), history, 21)
    assert not true(Invokes("CSTO", on(LAST)), history)


def test_an_old_invocation_that_still_stands_is_no_new_one():
    history = blank()
    history.asked[[0, 3, 4], CSTO] = True
    assert true(Invokes("CSTO", on(LAST), start=on(21)), history)
    assert not true(Invokes("CSTO", on(LAST), start=on(28)), history)
    assert true(Invokes("CSTO", on(6)), history)
    assert not true(Invokes("CSTO", on(20), start=on(7)), history)


PATHS = {
    "hedges": (Hedges, Membership.HEDGES),
    "suspends": (Suspends, Membership.SUSPENDED),
    "notifies": (Notifies, Membership.LEAVING),
    "leaves": (Leaves, Membership.LEFT),
}


@pytest.mark.parametrize(("claim", "place"), PATHS.values(), ids=PATHS.keys())
def test_a_step_away_is_of_the_named_treaty_and_states(claim, place):
    history = blank()
    history.membership[4:6, CSTO, ARM] = place  # and comes back
    assert changes(lambda by: claim(("RUS", "ARM"), "CSTO", by), history, 28)
    assert not true(claim(("ARM",), "SHUSHA", on(LAST)), history)
    assert not true(claim(("RUS",), "CSTO", on(LAST)), history)


@pytest.mark.parametrize("place", Membership)
def test_where_a_state_stands_in_a_treaty(place):
    history = blank()
    history.membership[3, CSTO, ARM] = place
    away = [kind for kind, _ in PATHS.values() if true(kind(("ARM",), "CSTO", on(LAST)), history)]
    gone = {
        Membership.HEDGES: [Hedges],
        Membership.SUSPENDED: [Hedges, Suspends],
        Membership.LEAVING: [Hedges, Suspends, Notifies],
        Membership.PARTING: [Hedges, Suspends, Notifies],
        Membership.LEFT: [Hedges, Suspends, Notifies, Leaves],
    }
    assert away == gone.get(place, [])
    bound = place in (Membership.FULL, Membership.HEDGES, Membership.LEAVING)
    assert true(Member(("ARM",), "CSTO", on(21)), history) == bound
    assert not true(Member(("ARM", "RUS"), "CSTO", on(21)), history) or bound
    assert true(Member(("ARM", "RUS"), "CSTO", on(20)), history)


@pytest.mark.parametrize("place", Membership)
def test_accession_is_of_those_not_bound_before(place):
    history = blank()
    assert not true(Accedes(("ARM",), "SHUSHA", on(LAST)), history)
    history.membership[:3, SHUSHA, ARM] = place
    bound = place in (Membership.FULL, Membership.HEDGES, Membership.LEAVING)
    if bound:
        assert not true(Accedes(("ARM",), "SHUSHA", on(LAST)), history)
    else:
        assert changes(lambda by: Accedes(("RUS", "ARM"), "SHUSHA", by), history, 21)
    assert not true(Accedes(("RUS",), "SHUSHA", on(LAST)), history)


def test_keepers_stand_from_their_coming_to_their_going():
    history = blank()
    history.keeper[2:4] = RUS
    assert changes(lambda by: Deploys(("TUR", "RUS"), by), history, 14)
    assert [true(Keeps(("RUS",), on(d)), history) for d in (13, 14, 27, 28)] == [0, 1, 1, 0]
    assert true(Deploys(("RUS",), on(LAST)), history)
    assert not true(Deploys(("TUR",), on(LAST)), history)
    assert not true(Keeps(("ARM",), on(0)), history)  # nobody there is no state


def test_a_clash_needs_both_sides_in_one_week():
    history = blank()
    history.action[1, RUS] = Action.JOIN_TARGET
    history.action[2, TUR] = Action.JOIN_CHALLENGER
    assert not true(Clash("RUS", "TUR", on(LAST)), history)
    history.action[2, RUS] = Action.JOIN_TARGET
    assert changes(lambda by: Clash("RUS", "TUR", by), history, 14)
    assert changes(lambda by: Clash("TUR", "RUS", by), history, 14)
    history.action[2, RUS] = Action.JOIN_CHALLENGER  # on the same side
    assert not true(Clash("RUS", "TUR", on(LAST)), history)


# ---- fighting, by the day --------------------------------------------------------------------


def test_fighting_is_judged_on_the_day():
    history = blank()
    history.status[13] = Status.FIGHTING
    assert [true(Fighting(on(d)), history) for d in (12, 13, 14)] == [False, True, False]


def test_quiet_counts_its_days_exactly():
    history = blank()
    history.status[[9, 20]] = Status.FIGHTING
    assert true(Quiet(on(10), days=10), history)
    assert not true(Quiet(on(10), days=11), history)
    assert not true(Quiet(on(9), days=1), history)
    assert true(Quiet(on(21), days=FRAME.days - 21), history)  # for good


def test_a_truce_counts_from_its_day():
    history = blank()
    history.status[:13] = Status.FIGHTING
    history.status[13:16] = Status.TRUCE
    assert changes(Truce, history, 13)


def test_a_truce_that_stands_at_the_start_did_not_begin():
    history = blank()
    history.status[:] = Status.TRUCE
    assert not true(Truce(on(LAST)), history)


def test_a_broken_truce_is_counted_in_days_from_its_first():
    history = blank()
    history.status[:13] = Status.FIGHTING
    history.status[13:16] = Status.TRUCE
    history.status[16] = Status.FIGHTING
    assert true(TruceBreaks(within_days=3, by=on(20)), history)
    assert not true(TruceBreaks(within_days=2, by=on(20)), history)
    assert changes(lambda by: TruceBreaks(5, by), history, 13)


def test_only_the_first_truce_may_break():
    history = blank()
    history.status[10:30] = Status.TRUCE
    history.status[30] = Status.QUIET
    history.status[31] = Status.TRUCE
    history.status[32] = Status.FIGHTING
    assert not true(TruceBreaks(within_days=10, by=on(34)), history)


def test_no_truce_does_not_break():
    history = blank()
    history.status[:] = Status.FIGHTING
    assert not true(TruceBreaks(within_days=5, by=on(30)), history)


def test_a_settlement_counts_from_its_day_and_for_the_mediator_of_its_week():
    history = blank()
    history.status[:22] = Status.FIGHTING
    history.status[22:] = Status.SETTLED
    history.action[3, RUS] = Action.MEDIATE
    history.action[4, TUR] = Action.MEDIATE
    assert changes(Settles, history, 22)
    assert changes(lambda by: Settles(by, with_mediator="RUS"), history, 22)
    assert not true(Settles(on(LAST), with_mediator="TUR"), history)


@pytest.mark.parametrize("end", [Status.SETTLED, Status.WON, Status.REPULSED])
def test_a_war_resumes_after_an_end(end):
    history = blank()
    history.status[:10] = Status.FIGHTING
    history.status[10:30] = end
    history.status[30] = Status.FIGHTING
    assert changes(Resumes, history, 30)


@pytest.mark.parametrize("before", Status)
def test_fighting_begins_from_rest_only(before):
    history = blank()
    history.status[:20] = before
    history.status[20:] = Status.FIGHTING
    if before in (Status.FIGHTING, Status.TRUCE):
        assert not true(Ignites(on(LAST)), history)
    else:
        assert changes(Ignites, history, 20)
        assert true(Ignites(on(LAST), start=on(20)), history)
        assert not true(Ignites(on(LAST), start=on(21)), history)


def test_fighting_on_the_first_day_did_not_begin():
    history = blank()
    history.status[0] = Status.FIGHTING
    assert not true(Ignites(on(LAST)), history)
    assert not true(Ignites(on(LAST), start=on(0)), history)


def test_a_war_does_not_resume_after_a_truce():
    history = blank()
    history.status[:10] = Status.FIGHTING
    history.status[10:30] = Status.TRUCE
    history.status[30] = Status.FIGHTING
    assert not true(Resumes(on(LAST)), history)


def test_land_is_held_on_the_day_and_a_share_is_not_more_than_itself():
    history = blank()
    history.front[12:] = 0.3
    assert changes(lambda day: Holds(0.29, day), history, 12)
    assert not true(Holds(0.3, on(12)), history)
    assert true(Holds(0.3, on(12), above=False), history)


# ---- quantities ------------------------------------------------------------------------------


def test_fighting_days_count_both_ends():
    history = blank()
    history.status[[0, 5, 6, 20]] = Status.FIGHTING
    values = [true(FightingDays(on(d)), history) for d in (0, 4, 5, 6, 44)]
    assert values == [1, 1, 2, 3, 4]


def test_the_first_stop_is_long_enough():
    history = blank()
    history.status[:5] = Status.FIGHTING
    history.status[7:14] = Status.FIGHTING  # a pause of two days before
    assert true(FirstStop(quiet_days=2), history) == 5
    assert true(FirstStop(quiet_days=3), history) == 14
    assert true(FirstStop(quiet_days=31), history) == 14
    assert true(FirstStop(quiet_days=32), history) == FRAME.days


def test_peace_is_no_stop_and_an_endless_war_is_censored():
    history = blank(runs=2)
    history.status[:, 0, 1] = Status.FIGHTING
    assert evaluate(FirstStop(), history, FRAME).tolist() == [45.0, 45.0]
    history.status[3:5, 0, 0] = Status.FIGHTING  # days before the war are no stop
    assert evaluate(FirstStop(), history, FRAME).tolist() == [5.0, 45.0]


def test_deaths_and_land_are_read_at_the_date():
    history = blank()
    history.deaths[:, Side.TARGET, 0, 0] = 10 * np.arange(1, 8)
    history.deaths[:, Side.CHALLENGER] = 1
    history.front[:, 0, 0] = np.arange(45) / 45
    assert true(Deaths(Side.TARGET, on(13)), history) == 20
    assert true(Deaths(Side.TARGET, on(14)), history) == 30
    assert true(Deaths(None, on(44)), history) == 71
    assert true(Share(on(9)), history) == np.float32(0.2)


def test_civilian_deaths_are_no_military_deaths():
    history = blank()
    history.civilians[1:, Side.TARGET] = 30
    history.civilians[:, Side.CHALLENGER] = 4
    assert true(CivilianDeaths(Side.TARGET, on(6)), history) == 0
    assert true(CivilianDeaths(Side.TARGET, on(7)), history) == 30
    assert true(CivilianDeaths(None, on(44)), history) == 34
    assert true(Deaths(None, on(44)), history) == 0


def test_a_side_strikes_beyond_the_contested_land_when_it_first_does_so_in_a_war():
    history = blank()
    history.across[2:4, Side.CHALLENGER] = history.across[5, Side.CHALLENGER] = True
    strikes = lambda *days: StrikesAcross(Side.CHALLENGER, *map(on, days))  # noqa: E731
    assert [true(strikes(day), history) for day in (13, 14, 44)] == [False, True, True]
    assert not true(strikes(27, 21), history)  # it goes on
    assert true(strikes(35, 21), history)  # and again in another war
    assert not true(StrikesAcross(Side.TARGET, on(44)), history)


# ---- several disputes -------------------------------------------------------------------------


def in_the_second():
    """The land of two disputes sees everything; nothing happens at the border."""
    history = blank(frame=BOTH)
    history.status[10:20, 1] = Status.FIGHTING
    history.status[20:25, 1] = Status.TRUCE
    history.status[25:30, 1] = Status.FIGHTING
    history.status[30:, 1] = Status.SETTLED
    history.front[10:, 1] = 0.7
    history.deaths[2:, :, 1] = 10
    history.civilians[2:, :, 1] = 10
    history.across[2:, :, 1] = True
    history.action[4, RUS, 1] = Action.MEDIATE
    history.action[2, RUS, 1] = Action.JOIN_TARGET
    history.action[2, TUR, 1] = Action.JOIN_CHALLENGER
    history.action[3, TUR, 1] = Action.AID_CHALLENGER
    history.asked[2:, CSTO, 1] = True
    history.keeper[5:, 1] = RUS
    return history


OF_ONE = {
    "fighting": lambda of: Fighting(on(15), of),
    "ignites": lambda of: Ignites(on(LAST), dispute=of),
    "truce": lambda of: Truce(on(30), of),
    "breaks": lambda of: TruceBreaks(5, on(30), of),
    "settles": lambda of: Settles(on(LAST), dispute=of),
    "settles with": lambda of: Settles(on(LAST), "RUS", of),
    "holds": lambda of: Holds(0.5, on(15), dispute=of),
    "not quiet": lambda of: Not(Quiet(on(0), 45, of)),
    "fighting days": lambda of: FightingDays(on(LAST), of),
    "deaths": lambda of: Deaths(None, on(LAST), of),
    "civilian deaths": lambda of: CivilianDeaths(None, on(LAST), of),
    "share": lambda of: Share(on(LAST), of),
}
OF_ANY = {
    "joins": lambda of: Joins(("TUR",), Side.CHALLENGER, on(LAST), dispute=of),
    "aids": lambda of: Aids(("TUR",), Side.CHALLENGER, on(LAST), dispute=of),
    "backs": lambda of: Backs(("TUR",), Side.CHALLENGER, "combat", on(LAST), dispute=of),
    "mediates": lambda of: Mediates(("RUS",), on(LAST), dispute=of),
    "clash": lambda of: Clash("TUR", "RUS", on(LAST), of),
    "keeps": lambda of: Keeps(("RUS",), on(LAST), of),
    "deploys": lambda of: Deploys(("RUS",), on(LAST), of),
    "invokes": lambda of: Invokes("CSTO", on(LAST), dispute=of),
    "strikes across": lambda of: StrikesAcross(Side.TARGET, on(LAST), dispute=of),
}


@pytest.mark.parametrize("claim", (OF_ONE | OF_ANY).values(), ids=(OF_ONE | OF_ANY).keys())
def test_a_claim_is_about_its_dispute(claim):
    history = in_the_second()
    assert true(claim("land"), history, BOTH)
    assert not true(claim("border"), history, BOTH)
    alone = type(history)(
        *(a if name == "membership" else a[..., 1:, :] for name, a in history._asdict().items())
    )
    assert true(claim(None), alone) == true(claim("land"), history, BOTH)
    with pytest.raises(ValueError, match="disputes border, land; got 'lend', did you mean 'land'"):
        check(claim("lend"), BOTH)


@pytest.mark.parametrize("claim", OF_ONE.values(), ids=OF_ONE.keys())
def test_a_claim_that_could_be_about_several_disputes_is_refused(claim):
    with pytest.raises(ValueError, match="expected dispute: one of border, land; got none"):
        check(claim(None), BOTH)


@pytest.mark.parametrize("claim", OF_ANY.values(), ids=OF_ANY.keys())
def test_what_states_do_may_be_asked_of_all_disputes(claim):
    batch = noise(11, runs=40, frame=BOTH)
    each = [evaluate(claim(name), batch, BOTH) for name in BOTH.disputes]
    assert evaluate(claim(None), batch, BOTH).tolist() == (each[0] | each[1]).tolist()


def test_states_on_two_sides_of_two_disputes_do_not_clash():
    history = blank(frame=BOTH)
    history.action[2, RUS, 0] = Action.JOIN_TARGET
    history.action[2, TUR, 1] = Action.JOIN_CHALLENGER
    assert not true(Clash("RUS", "TUR", on(LAST)), history, BOTH)


def test_the_first_stop_of_each_dispute_is_its_own():
    history = in_the_second()
    assert true(FirstStop(10, "land"), history, BOTH) == 30
    assert true(FirstStop(10, "border"), history, BOTH) == BOTH.days
    history.status[39:, 0] = Status.FIGHTING
    assert true(FirstStop(10, "land"), history, BOTH) == 30


# ---- laws ------------------------------------------------------------------------------------


def by_dates():
    """Claims that can only become true as the deadline moves."""
    return {
        "joins": lambda by: Joins(("RUS", "TUR"), Side.TARGET, by),
        "aids": lambda by: Aids(("TUR",), Side.CHALLENGER, by),
        "mediates": lambda by: Mediates(("RUS",), by),
        "invokes": lambda by: Invokes("CSTO", by),
        "invokes late": lambda by: Invokes("CSTO", max(by, on(20)), start=on(20)),
        "backs": lambda by: Backs(("RUS", "TUR"), Side.TARGET, "deployment", by),
        "deploys": lambda by: Deploys(("RUS",), by),
        "hedges": lambda by: Hedges(("ARM",), "CSTO", by),
        "suspends": lambda by: Suspends(("ARM",), "CSTO", by),
        "notifies": lambda by: Notifies(("ARM", "RUS"), "CSTO", by),
        "leaves": lambda by: Leaves(("ARM", "RUS"), "CSTO", by),
        "accedes": lambda by: Accedes(("ARM", "RUS"), "SHUSHA", by),
        "ignites": Ignites,
        "clash": lambda by: Clash("RUS", "TUR", by),
        "truce": Truce,
        "settles": Settles,
        "settles with": lambda by: Settles(by, "RUS"),
        "resumes": Resumes,
        "fighting days": FightingDays,
        "deaths": lambda by: Deaths(None, by),
        "civilian deaths": lambda by: CivilianDeaths(None, by),
        "strikes across": lambda by: StrikesAcross(Side.TARGET, by),
    }


@pytest.mark.parametrize("claim", by_dates().values(), ids=by_dates().keys())
@settings(deadline=None)
@given(seed=SEEDS, days=st.tuples(DAYS, DAYS).map(sorted))
def test_a_later_deadline_never_makes_a_claim_less_true(claim, seed, days):
    batch = noise(seed)
    early, late = (evaluate(claim(on(day)), batch, FRAME) for day in days)
    assert (early <= late).all()


@settings(deadline=None)
@given(seed=SEEDS, days=st.tuples(DAYS, DAYS, DAYS))
def test_logic(seed, days):
    batch = noise(seed)
    claims = (Truce(on(days[0])), Joins(("TUR",), Side.TARGET, on(days[1])), Fighting(on(days[2])))
    parts = np.array([evaluate(claim, batch, FRAME) for claim in claims])
    every, some = evaluate(All(claims), batch, FRAME), evaluate(Any(claims), batch, FRAME)
    assert (every == parts.all(axis=0)).all()
    assert (some == parts.any(axis=0)).all()
    assert (evaluate(All(claims[:2]), batch, FRAME) >= every).all()
    assert (evaluate(Any(claims[:2]), batch, FRAME) <= some).all()
    assert (evaluate(Not(claims[0]), batch, FRAME) != parts[0]).all()
    morgan = Not(Any(tuple(Not(claim) for claim in claims)))
    assert (evaluate(morgan, batch, FRAME) == every).all()


@settings(deadline=None)
@given(seed=SEEDS, day=DAYS, share=st.floats(0, 1))
def test_above_and_not_above_divide_the_runs(seed, day, share):
    batch = noise(seed)
    above, below = (evaluate(Holds(share, on(day), up), batch, FRAME) for up in (True, False))
    assert (above != below).all()


SAMPLES = {
    **{name: claim(on(20)) for name, claim in by_dates().items()},
    "fighting": Fighting(on(20)),
    "quiet": Quiet(on(20), 7),
    "breaks": TruceBreaks(7, on(20)),
    "holds": Holds(0.5, on(20)),
    "keeps": Keeps(("RUS", "TUR"), on(20)),
    "member": Member(("ARM", "AZE"), "CSTO", on(20)),
    "first stop": FirstStop(7),
    "share": Share(on(20)),
    "all": All((Truce(on(20)), Not(Fighting(on(3))))),
    "any": Any((Truce(on(20)), Fighting(on(3)))),
    "not": Not(Truce(on(20))),
}


def test_every_word_of_the_language_is_sampled():
    said = {type(claim) for claim in SAMPLES.values()}
    assert said == {*say.EVENTS, *say.QUANTITIES}
    words = {word for word in vars(say).values() if is_dataclass(word)}
    assert words == said
    assert all(issubclass(word, say.Event) for word in say.EVENTS)


@pytest.mark.parametrize("claim", SAMPLES.values(), ids=SAMPLES.keys())
def test_each_run_is_judged_alone_and_padding_is_not_read(claim):
    batch = noise(7, runs=5)
    values = evaluate(claim, batch, FRAME)
    assert values.shape == (5,)
    assert values.dtype == (bool if isinstance(claim, say.Event) else float)
    singles = [
        evaluate(claim, type(batch)(*(a[..., run : run + 1] for a in batch)), FRAME)
        for run in range(5)
    ]
    assert np.concatenate(singles).tolist() == values.tolist()
    more = (*FRAME.states, "p", "q"), (*FRAME.treaties, "r"), (*FRAME.disputes, "s")
    bigger = Frame(START, *more, days=70)
    padded = noise(8, runs=5, frame=bigger)
    for whole, part in zip(padded, batch, strict=True):
        whole[tuple(slice(n) for n in part.shape)] = part
    assert evaluate(claim, padded, FRAME).tolist() == values.tolist()


@pytest.mark.parametrize("claim", SAMPLES.values(), ids=SAMPLES.keys())
def test_what_can_be_evaluated_passes_the_check(claim):
    check(claim, FRAME)


def test_jax_arrays_are_judged_alike():
    jnp = pytest.importorskip("jax.numpy")
    batch = noise(3)
    device = type(batch)(*(jnp.asarray(array) for array in batch))
    for claim in SAMPLES.values():
        expected = evaluate(claim, batch, FRAME)
        assert np.allclose(evaluate(claim, device, FRAME), expected, rtol=1e-6)


# ---- what is refused -------------------------------------------------------------------------

BY = on(20)
REFUSED = [
    (Joins(("TRU",), Side.TARGET, BY), "states ARM, AZE, RUS, TUR; got 'TRU', did you mean 'TUR'"),
    (Joins(("XXX",), Side.TARGET, BY), r"got 'XXX'$"),
    (Joins("TUR", Side.TARGET, BY), "tuple of one or more states; got 'TUR'"),
    (Joins((), Side.TARGET, BY), "one or more states"),
    (Joins(("TUR",), Side.TARGET, by=on(3), start=on(10)), "start on or before by"),
    (Joins(("TUR",), 2, BY), "2 is not a valid Side"),
    (Clash("RUS", "RUS", BY), "two different states"),
    (Settles(BY, "RU"), "did you mean 'RUS'"),
    (Backs(("TUR",), Side.TARGET, "troops", BY), "grade: one of statement, aid, deployment, "),
    (Keeps(("RU",), BY), "did you mean 'RUS'"),
    (Member((), "CSTO", BY), "one or more states"),
    (Accedes(("ARM",), "NATO", BY), "got 'NATO'"),
    (Ignites(on(3), start=on(10)), "start on or before by"),
    (Fighting(BY, "lend"), "disputes land; got 'lend', did you mean 'land'"),
    (Invokes("CTSO", BY), "treaties CSTO, SHUSHA; got 'CTSO', did you mean 'CSTO'"),
    (Suspends(("ARM",), "NATO", BY), "got 'NATO'"),
    (Truce(on(45)), "date from 2020-09-27 to 2020-11-10; got 2020-11-11"),
    (Truce(on(-1)), "got 2020-09-26"),
    (Truce(datetime(2020, 10, 1)), "without a time"),  # noqa: DTZ001 - the fault itself
    (Truce("2020-10-01"), "without a time; got '2020-10-01'"),
    (TruceBreaks(5, on(40)), "got 2020-11-11"),
    (TruceBreaks(0, BY), "within_days as a whole number from 1 to 45; got 0"),
    (Quiet(on(40), 6), "got 2020-11-11"),
    (Quiet(BY, 10**12), "days as a whole number"),
    (FirstStop(46), "quiet_days as a whole number"),
    (FirstStop(1.5), "whole number"),
    (Holds(30, BY), "share from 0 to 1; got 30"),
    (Holds(float("nan"), BY), "share from 0 to 1; got nan"),
    (Not(Share(BY)), "expected one or more events; got Share"),
    (All(()), "got none"),
    (Any((Truce(BY), Not(Truce(on(45))))), "got 2020-11-11"),
    ("a truce", "expected a claim of the language; got 'a truce'"),
]


@pytest.mark.parametrize(("claim", "message"), REFUSED)
def test_a_question_that_nobody_can_resolve_is_refused_before_and_after(claim, message):
    with pytest.raises(ValueError, match=message):
        check(claim, FRAME)
    with pytest.raises(ValueError, match=message):
        evaluate(claim, blank(), FRAME)


def test_a_frame_that_the_arrays_do_not_fill_is_refused():
    longer = FRAME._replace(days=50)
    with pytest.raises(ValueError, match=r"status of at least \(50, 1, 'run'\); got \(45, 1, 1\)"):
        evaluate(Truce(BY), blank(), longer)


def test_a_frame_of_one_day():
    frame = Frame(date(2000, 1, 1), ("A",), (), ("d",), days=1)
    assert (frame.end, frame.weeks) == (frame.start, 1)
    assert evaluate(Fighting(frame.start), blank(frame=frame), frame).tolist() == [False]
    with pytest.raises(ValueError, match=r"treaties \(none\); got 'CSTO'"):
        check(Invokes("CSTO", frame.start), frame)
    with pytest.raises(ValueError, match="expected a date"):
        check(Fighting(frame.start + timedelta(days=1)), frame)


def test_judging_needs_no_jax():
    code = (
        "import sys, foedus.claims.forecast, foedus.claims.score\n"
        "sys.exit(any(m in sys.modules for m in ('jax', 'pandas', 'pydantic')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
