"""When each claim of the language is true: one short function a claim."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import reduce, singledispatch

import numpy as np

from foedus.claims import language as say
from foedus.claims.runs import Runs
from foedus.core.kinds import Action, Side, Status

JOIN = {Side.TARGET: Action.JOIN_TARGET, Side.CHALLENGER: Action.JOIN_CHALLENGER}
AID = {Side.TARGET: Action.AID_TARGET, Side.CHALLENGER: Action.AID_CHALLENGER}
OVER = (Status.SETTLED, Status.WON, Status.REPULSED)


@singledispatch
def judge(claim: object, runs: Runs) -> np.ndarray:
    """Truth (bool) or value (float) of a claim in each run, [run]."""
    raise ValueError(f"expected a claim of the language; got {claim!r}")


@judge.register
def _joins(claim: say.Joins, runs: Runs) -> np.ndarray:
    return _acts(runs, claim.states, JOIN[Side(claim.side)], claim.start, claim.by)


@judge.register
def _aids(claim: say.Aids, runs: Runs) -> np.ndarray:
    return _acts(runs, claim.states, AID[Side(claim.side)], claim.start, claim.by)


@judge.register
def _mediates(claim: say.Mediates, runs: Runs) -> np.ndarray:
    return _acts(runs, claim.states, Action.MEDIATE, claim.start, claim.by)


@judge.register
def _invokes(claim: say.Invokes, runs: Runs) -> np.ndarray:
    last = runs.frame.week(claim.by)
    return _ever(runs.asked[: last + 1, runs.frame.treaty(claim.treaty)])


@judge.register
def _suspends(claim: say.Suspends, runs: Runs) -> np.ndarray:
    last = runs.frame.week(claim.by)
    active = runs.active[: last + 1, runs.frame.treaty(claim.treaty)]
    return _ever((active[:, _rows(runs, claim.states)] == 0).any(axis=1))


@judge.register
def _clash(claim: say.Clash, runs: Runs) -> np.ndarray:
    if claim.a == claim.b:
        raise ValueError(f"expected two different states; got {claim.a!r} twice")
    weeks = runs.action[: runs.frame.week(claim.by) + 1]
    a, b = (weeks[:, runs.frame.state(code)] for code in (claim.a, claim.b))
    one_way = (a == Action.JOIN_TARGET) & (b == Action.JOIN_CHALLENGER)
    other_way = (b == Action.JOIN_TARGET) & (a == Action.JOIN_CHALLENGER)
    return _ever(one_way | other_way)


@judge.register
def _fighting(claim: say.Fighting, runs: Runs) -> np.ndarray:
    return runs.status[runs.frame.day(claim.on)] == Status.FIGHTING


@judge.register
def _quiet(claim: say.Quiet, runs: Runs) -> np.ndarray:
    first = runs.frame.day(claim.since)
    length = _span(runs, claim.days, "days")
    last = runs.frame.day(claim.since + timedelta(days=length - 1))
    return ~_ever(runs.status[first : last + 1] == Status.FIGHTING)


@judge.register
def _truce(claim: say.Truce, runs: Runs) -> np.ndarray:
    return _ever(_begins(runs, Status.TRUCE, claim.by))


@judge.register
def _truce_breaks(claim: say.TruceBreaks, runs: Runs) -> np.ndarray:
    begins = _begins(runs, Status.TRUCE, claim.by)
    within = _span(runs, claim.within_days, "within_days")
    last = runs.frame.day(claim.by + timedelta(days=within))
    day, first = np.arange(last + 1)[:, None], begins.argmax(axis=0)
    watched = (day > first) & (day <= first + within) & _ever(begins)
    return _ever(watched & (runs.status[: last + 1] == Status.FIGHTING))


@judge.register
def _settles(claim: say.Settles, runs: Runs) -> np.ndarray:
    begins = _begins(runs, Status.SETTLED, claim.by)
    if claim.with_mediator is not None:
        brokers = runs.action[:, runs.frame.state(claim.with_mediator)] == Action.MEDIATE
        begins = begins & brokers[np.arange(len(begins)) // 7]
    return _ever(begins)


@judge.register
def _resumes(claim: say.Resumes, runs: Runs) -> np.ndarray:
    status = runs.status[: runs.frame.day(claim.by) + 1]
    over = reduce(np.logical_or, [status == kind for kind in OVER])
    was_over = np.logical_or.accumulate(over, axis=0)
    return _ever(was_over & (status == Status.FIGHTING))


@judge.register
def _holds(claim: say.Holds, runs: Runs) -> np.ndarray:
    if not 0 <= claim.share <= 1:
        raise ValueError(f"expected a share from 0 to 1; got {claim.share}")
    front = runs.front[runs.frame.day(claim.on)]
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
    status = runs.status[: runs.frame.day(claim.by) + 1]
    return (status == Status.FIGHTING).sum(axis=0).astype(float)


@judge.register
def _first_stop(claim: say.FirstStop, runs: Runs) -> np.ndarray:
    n = _span(runs, claim.quiet_days, "quiet_days")
    fights = runs.status == Status.FIGHTING
    fought = np.cumsum(fights, axis=0, dtype=np.int32)
    before = np.concatenate([np.zeros_like(fought[:1]), fought])  # fighting days before each day
    stops = (before[:-n] > 0) & (before[n:] == before[:-n])
    return np.where(_ever(stops), stops.argmax(axis=0), runs.frame.days).astype(float)


@judge.register
def _deaths(claim: say.Deaths, runs: Runs) -> np.ndarray:
    deaths = runs.deaths[runs.frame.week(claim.on)].astype(float)
    return deaths.sum(axis=0) if claim.side is None else deaths[Side(claim.side)]


@judge.register
def _share(claim: say.Share, runs: Runs) -> np.ndarray:
    return runs.front[runs.frame.day(claim.on)].astype(float)


def _acts(
    runs: Runs, states: tuple[str, ...], action: Action, start: date | None, by: date
) -> np.ndarray:
    """Whether any of the states takes the action in a week from `start` to `by`."""
    first = 0 if start is None else runs.frame.week(start)
    last = runs.frame.week(by)
    if start is not None and start > by:
        raise ValueError(f"expected start on or before by; got {start} after {by}")
    weeks = runs.action[first : last + 1][:, _rows(runs, states)]
    return _ever((weeks == action).any(axis=1))


def _ever(entries: np.ndarray) -> np.ndarray:
    """Whether something holds at any entry of the first axis."""
    return np.logical_or.reduce(entries, axis=0)


def _rows(runs: Runs, states: tuple[str, ...]) -> list[int]:
    """Places of the states on the `state` axis."""
    if isinstance(states, str) or not states:
        raise ValueError(f"expected a tuple of one or more states; got {states!r}")
    return [runs.frame.state(code) for code in states]


def _begins(runs: Runs, kind: Status, by: date) -> np.ndarray:
    """Days up to `by` on which the status becomes `kind`; what stands on day 0 began before it."""
    now = runs.status[: runs.frame.day(by) + 1] == kind
    before = np.concatenate([np.ones_like(now[:1]), now[:-1]])
    return now & ~before


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
