"""When each claim of the language is true: one short function a claim."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import reduce, singledispatch

import numpy as np

from foedus.claims import language as say
from foedus.claims.runs import Runs
from foedus.core.kinds import BINDING, Action, Grade, Membership, Side, Status

OVER = (Status.SETTLED, Status.WON, Status.REPULSED)
MATERIAL = (Grade.AID, Grade.DEPLOYMENT, Grade.DENIABLE)
"""Grades of help that are more than words and less than open combat."""
NOTIFIED = (Membership.LEAVING, Membership.PARTING, Membership.LEFT)
INACTIVE = (Membership.SUSPENDED, *NOTIFIED)


@singledispatch
def judge(claim: object, runs: Runs) -> np.ndarray:
    """Truth (bool) or value (float) of a claim in each run, [run]."""
    raise ValueError(f"expected a claim of the language; got {claim!r}")


@judge.register
def _joins(claim: say.Joins, runs: Runs) -> np.ndarray:
    return _acts(runs, claim, _help((Grade.COMBAT,), claim.side))


@judge.register
def _aids(claim: say.Aids, runs: Runs) -> np.ndarray:
    return _acts(runs, claim, _help(MATERIAL, claim.side))


@judge.register
def _backs(claim: say.Backs, runs: Runs) -> np.ndarray:
    grades = [grade for grade in Grade if grade >= _grade(claim.grade)]
    return _acts(runs, claim, _help(grades, claim.side))


@judge.register
def _mediates(claim: say.Mediates, runs: Runs) -> np.ndarray:
    return _acts(runs, claim, (Action.MEDIATE,))


@judge.register
def _clash(claim: say.Clash, runs: Runs) -> np.ndarray:
    if claim.a == claim.b:
        raise ValueError(f"expected two different states; got {claim.a!r} twice")
    weeks = _of_any(runs, runs.action[: runs.frame.week(claim.by) + 1], claim.dispute)
    a, b = (weeks[:, runs.frame.state(code)] for code in (claim.a, claim.b))
    one_way = (a == Action.JOIN_TARGET) & (b == Action.JOIN_CHALLENGER)
    other_way = (b == Action.JOIN_TARGET) & (a == Action.JOIN_CHALLENGER)
    return _ever(_ever(one_way | other_way))


@judge.register
def _keeps(claim: say.Keeps, runs: Runs) -> np.ndarray:
    keeper = _of_any(runs, runs.keeper, claim.dispute)[runs.frame.week(claim.on)]
    return _ever(_among(keeper, _rows(runs, claim.states)))


@judge.register
def _deploys(claim: say.Deploys, runs: Runs) -> np.ndarray:
    keeper = _of_any(runs, runs.keeper, claim.dispute)[: runs.frame.week(claim.by) + 1]
    return _ever(_ever(_among(keeper, _rows(runs, claim.states))))


@judge.register
def _invokes(claim: say.Invokes, runs: Runs) -> np.ndarray:
    first, last = _weeks(runs, claim.start, claim.by)
    asked = runs.asked[: last + 1, runs.frame.treaty(claim.treaty)] != 0
    asked = _of_any(runs, asked, claim.dispute)
    return _ever(_ever(_new(asked)[first:]))


@judge.register
def _strikes_across(claim: say.StrikesAcross, runs: Runs) -> np.ndarray:
    first, last = _weeks(runs, claim.start, claim.by)
    across = _of_any(runs, runs.across[: last + 1, Side(claim.side)] != 0, claim.dispute)
    return _ever(_ever(_new(across)[first:]))


@judge.register
def _hedges(claim: say.Hedges, runs: Runs) -> np.ndarray:
    return _stands(runs, claim, (Membership.HEDGES, *INACTIVE))


@judge.register
def _suspends(claim: say.Suspends, runs: Runs) -> np.ndarray:
    return _stands(runs, claim, INACTIVE)


@judge.register
def _notifies(claim: say.Notifies, runs: Runs) -> np.ndarray:
    return _stands(runs, claim, NOTIFIED)


@judge.register
def _leaves(claim: say.Leaves, runs: Runs) -> np.ndarray:
    return _stands(runs, claim, (Membership.LEFT,))


@judge.register
def _accedes(claim: say.Accedes, runs: Runs) -> np.ndarray:
    bound = _among(_memberships(runs, claim), BINDING)[: runs.frame.week(claim.by) + 1]
    return _ever(_ever(bound & ~bound[:1]))


@judge.register
def _member(claim: say.Member, runs: Runs) -> np.ndarray:
    bound = _among(_memberships(runs, claim)[runs.frame.week(claim.on)], BINDING)
    return np.logical_and.reduce(bound, axis=0)


@judge.register
def _fighting(claim: say.Fighting, runs: Runs) -> np.ndarray:
    return _fights(runs, claim.dispute)[runs.frame.day(claim.on)]


@judge.register
def _quiet(claim: say.Quiet, runs: Runs) -> np.ndarray:
    first = runs.frame.day(claim.since)
    length = _span(runs, claim.days, "days")
    last = runs.frame.day(claim.since + timedelta(days=length - 1))
    return ~_ever(_fights(runs, claim.dispute)[first : last + 1])


@judge.register
def _ignites(claim: say.Ignites, runs: Runs) -> np.ndarray:
    first = _first(claim.start, claim.by, runs.frame.day)
    status = _of(runs, runs.status, claim.dispute)[: runs.frame.day(claim.by) + 1]
    at_rest = _among(status[:-1], (Status.QUIET, *OVER))
    begins = at_rest & (status[1:] == Status.FIGHTING)
    return _ever(begins[max(first - 1, 0) :])


@judge.register
def _truce(claim: say.Truce, runs: Runs) -> np.ndarray:
    return _ever(_begins(runs, Status.TRUCE, claim))


@judge.register
def _truce_breaks(claim: say.TruceBreaks, runs: Runs) -> np.ndarray:
    begins = _begins(runs, Status.TRUCE, claim)
    within = _span(runs, claim.within_days, "within_days")
    last = runs.frame.day(claim.by + timedelta(days=within))
    day, first = np.arange(last + 1)[:, None], begins.argmax(axis=0)
    watched = (day > first) & (day <= first + within) & _ever(begins)
    return _ever(watched & _fights(runs, claim.dispute)[: last + 1])


@judge.register
def _settles(claim: say.Settles, runs: Runs) -> np.ndarray:
    begins = _begins(runs, Status.SETTLED, claim)
    if claim.with_mediator is not None:
        action = runs.action[:, runs.frame.state(claim.with_mediator)]
        brokers = _of(runs, action, claim.dispute) == Action.MEDIATE
        begins = begins & brokers[np.arange(len(begins)) // 7]
    return _ever(begins)


@judge.register
def _resumes(claim: say.Resumes, runs: Runs) -> np.ndarray:
    status = _of(runs, runs.status, claim.dispute)[: runs.frame.day(claim.by) + 1]
    fights = status == Status.FIGHTING
    armistice = (status == Status.QUIET) & np.logical_or.accumulate(fights, axis=0)
    was_over = np.logical_or.accumulate(_among(status, OVER) | armistice, axis=0)
    return _ever(was_over & fights)


@judge.register
def _holds(claim: say.Holds, runs: Runs) -> np.ndarray:
    if not 0 <= claim.share <= 1:
        raise ValueError(f"expected a share from 0 to 1; got {claim.share}")
    front = _of(runs, runs.front, claim.dispute)[runs.frame.day(claim.on)]
    more = front > float(claim.share)  # a Python float takes the precision of the array
    return more if claim.above else ~more


@judge.register
def _all(claim: say.All, runs: Runs) -> np.ndarray:
    return np.all(_parts(claim.claims, runs), axis=0)


@judge.register
def _any(claim: say.Any, runs: Runs) -> np.ndarray:
    return np.any(_parts(claim.claims, runs), axis=0)


@judge.register
def _not(claim: say.Not, runs: Runs) -> np.ndarray:
    return ~_parts((claim.claim,), runs)[0]


@judge.register
def _fighting_days(claim: say.FightingDays, runs: Runs) -> np.ndarray:
    fights = _fights(runs, claim.dispute)[: runs.frame.day(claim.by) + 1]
    return fights.sum(axis=0).astype(float)


@judge.register
def _first_stop(claim: say.FirstStop, runs: Runs) -> np.ndarray:
    n = _span(runs, claim.quiet_days, "quiet_days")
    fought = np.cumsum(_fights(runs, claim.dispute), axis=0, dtype=np.int32)
    before = np.concatenate([np.zeros_like(fought[:1]), fought])  # fighting days before each day
    stops = (before[:-n] > 0) & (before[n:] == before[:-n])
    return np.where(_ever(stops), stops.argmax(axis=0), runs.frame.days).astype(float)


@judge.register
def _deaths(claim: say.Deaths, runs: Runs) -> np.ndarray:
    return _dead(runs, runs.deaths, claim)


@judge.register
def _civilian_deaths(claim: say.CivilianDeaths, runs: Runs) -> np.ndarray:
    return _dead(runs, runs.civilians, claim)


@judge.register
def _share(claim: say.Share, runs: Runs) -> np.ndarray:
    return _of(runs, runs.front, claim.dispute)[runs.frame.day(claim.on)].astype(float)


# ---- which part of the arrays a claim speaks of


def _of(runs: Runs, array: np.ndarray, dispute: str | None) -> np.ndarray:
    """The part of an array [..., dispute, run] that belongs to one dispute, [..., run]."""
    return array[..., runs.frame.dispute(dispute), :]


def _of_any(runs: Runs, array: np.ndarray, dispute: str | None) -> np.ndarray:
    """The part of an array that belongs to the dispute, or to all, [..., dispute, run]."""
    return array if dispute is None else _of(runs, array, dispute)[..., None, :]


def _dead(runs: Runs, deaths: np.ndarray, claim: say.Deaths | say.CivilianDeaths) -> np.ndarray:
    """Deaths of a side, or of both, to the end of the date's week, [run]."""
    dead = _of(runs, deaths, claim.dispute)[runs.frame.week(claim.on)].astype(float)
    return dead.sum(axis=0) if claim.side is None else dead[Side(claim.side)]


def _fights(runs: Runs, dispute: str | None) -> np.ndarray:
    """Days with fighting, [day, run]."""
    return _of(runs, runs.status, dispute) == Status.FIGHTING


def _memberships(
    runs: Runs,
    claim: say.Hedges | say.Suspends | say.Notifies | say.Leaves | say.Accedes | say.Member,
) -> np.ndarray:
    """Where the states of a claim stand in its treaty, [week, state, run]."""
    return runs.membership[:, runs.frame.treaty(claim.treaty)][:, _rows(runs, claim.states)]


def _rows(runs: Runs, states: tuple[str, ...]) -> list[int]:
    """Places of the states on the `state` axis."""
    if isinstance(states, str) or not states:
        raise ValueError(f"expected a tuple of one or more states; got {states!r}")
    return [runs.frame.state(code) for code in states]


def _weeks(runs: Runs, start: date | None, by: date) -> tuple[int, int]:
    """First and last week from `start` (else day 0) to `by`."""
    return _first(start, by, runs.frame.week), runs.frame.week(by)


# ---- what the judges have in common


def _acts(
    runs: Runs,
    claim: say.Joins | say.Aids | say.Backs | say.Mediates,
    actions: tuple[Action, ...],
) -> np.ndarray:
    """Whether any of the states takes any of the actions in a week from `start` to `by`."""
    first, last = _weeks(runs, claim.start, claim.by)
    weeks = runs.action[first : last + 1][:, _rows(runs, claim.states)]
    return _ever(_ever(_ever(_among(_of_any(runs, weeks, claim.dispute), actions))))


def _stands(
    runs: Runs,
    claim: say.Hedges | say.Suspends | say.Notifies | say.Leaves,
    places: tuple[Membership, ...],
) -> np.ndarray:
    """Whether any of the states is at one of these places of a treaty in a week up to `by`."""
    weeks = _memberships(runs, claim)[: runs.frame.week(claim.by) + 1]
    return _ever(_ever(_among(weeks, places)))


def _help(grades: Iterable[Grade], side: Side) -> tuple[Action, ...]:
    """Actions that go as far as one of the grades for a side."""
    return tuple(Action.of(grade, Side(side)) for grade in grades)


def _grade(name: str) -> Grade:
    """A grade by its name in lower case."""
    known = {grade.name.lower(): grade for grade in Grade}
    if name not in known:
        raise ValueError(f"expected a grade: one of {', '.join(known)}; got {name!r}")
    return known[name]


def _among(entries: np.ndarray, values: Iterable[int]) -> np.ndarray:
    """Where the entries equal one of a few values."""
    return reduce(np.logical_or, [entries == value for value in values])


def _ever(entries: np.ndarray) -> np.ndarray:
    """Whether something holds at any entry of the first axis."""
    return np.logical_or.reduce(entries, axis=0)


def _begins(
    runs: Runs, kind: Status, claim: say.Truce | say.TruceBreaks | say.Settles
) -> np.ndarray:
    """Days up to `by` on which the status becomes `kind`; what stands on day 0 began before it."""
    now = _of(runs, runs.status, claim.dispute)[: runs.frame.day(claim.by) + 1] == kind
    before = np.concatenate([np.ones_like(now[:1]), now[:-1]])
    return now & ~before


def _new(holds: np.ndarray) -> np.ndarray:
    """Weeks in which something comes to hold that did not hold the week before."""
    return holds & ~np.concatenate([np.zeros_like(holds[:1]), holds[:-1]])


def _first(start: date | None, by: date, index: Callable[[date], int]) -> int:
    """Index of the first day or week from `start` on."""
    if start is not None and start > by:
        raise ValueError(f"expected start on or before by; got {start} after {by}")
    return 0 if start is None else index(start)


def _span(runs: Runs, days: int, name: str) -> int:
    """A number of days that fits into the frame."""
    whole = isinstance(days, int) and not isinstance(days, bool)
    if not whole or not 1 <= days <= runs.frame.days:
        raise ValueError(
            f"expected {name} as a whole number from 1 to {runs.frame.days}; got {days!r}"
        )
    return days


def _parts(claims: Iterable[say.Event], runs: Runs) -> list[np.ndarray]:
    """Truth of each of the claims that a compound claim is made of."""
    claims = tuple(claims)
    wrong = next((claim for claim in claims if not isinstance(claim, say.Event)), None)
    if wrong is not None or not claims:
        raise ValueError(f"expected one or more events; got {wrong if claims else 'none'}")
    return [judge(claim, runs) for claim in claims]
