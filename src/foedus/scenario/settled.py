"""Is a claim settled on a day, whatever may follow?

History is cut off at the end of that day. A claim is settled if its last day has passed, or if
it is about something that cannot be undone (a war that began by a date has begun) and that is
there already. `settled` says which way; None is open.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from foedus.claims import language as say
from foedus.claims.evaluate import evaluate
from foedus.claims.language import Claim
from foedus.scenario.history import history
from foedus.scenario.layout import frame
from foedus.scenario.questions import claim_of, given_of
from foedus.scenario.schema import Question, Scenario

Judge = Callable[[Claim], bool]

_ONCE = (
    *(say.Joins, say.Aids, say.Backs, say.Mediates, say.Clash, say.Deploys, say.Invokes),
    *(say.Hedges, say.Suspends, say.Notifies, say.Leaves, say.Accedes),
    *(say.Ignites, say.Truce, say.Settles, say.Resumes),
)
"""Claims that, once true, stay true."""


def known_on(scenario: Scenario, day: date) -> Scenario:
    """The scenario with the events up to a day and none later."""
    events = tuple(event for event in scenario.events if event.date <= day)
    return scenario.model_copy(update={"events": events})


def judge_on(scenario: Scenario, day: date) -> Judge:
    """A judge of claims by history up to a day, as if nothing changed from then on."""
    past, axes = history(known_on(scenario, day)), frame(scenario)

    def judge(claim: Claim) -> bool:
        return past is not None and bool(evaluate(claim, past, axes)[0])

    return judge


def settled(claim: Claim, scenario: Scenario, day: date) -> bool | None:
    """Whether a claim is true for good, false for good, or open (None), on a day.

    Examples:
        >>> from foedus.scenario.load import load
        >>> karabakh = load("karabakh-2020")
        >>> by = date(2020, 12, 31)
        >>> truce, settles = say.Truce(by, "karabakh"), say.Settles(by, dispute="karabakh")
        >>> [settled(truce, karabakh, date(2020, 10, d)) for d in (9, 10)]
        [None, True]
        >>> settled(settles, karabakh, date(2020, 10, 28)), settled(settles, karabakh, by)
        (None, True)
    """
    return settled_by(judge_on(scenario, day), claim, day)


def settled_by(judge: Judge, claim: Claim, day: date) -> bool | None:
    """The same by a judge of history up to that day."""
    below = partial(settled_by, judge, day=day)
    match claim:
        case say.Not():
            inner = below(claim=claim.claim)
            return None if inner is None else not inner
        case say.All():
            return _every([below(claim=part) for part in claim.claims])
        case say.Any():
            some = _every([_opposite(below(claim=part)) for part in claim.claims])
            return _opposite(some)
        case say.Event():
            return _single(judge, claim, day)
    return None


def happened(question: Question, judge: Judge) -> bool | None:
    """What history says of an event that is asked about; None where its condition failed.

    Examples:
        >>> from foedus.scenario.load import load
        >>> karabakh = load("karabakh-2020")
        >>> happened(karabakh.questions["H5b"], judge_on(karabakh, karabakh.end))
        False
    """
    given = given_of(question)
    return judge(claim_of(question)) if given is None or judge(given) else None


def _every(parts: list[bool | None]) -> bool | None:
    """Whether all are true; open where that hangs on one that is open."""
    if False in parts:
        return False
    return None if None in parts else True


def _opposite(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _single(judge: Judge, claim: Any, day: date) -> bool | None:
    """A claim that is made of no others."""
    if _last(claim) <= day:
        return judge(claim)
    begun = (getattr(claim, "start", None) or day) <= day
    if isinstance(claim, _ONCE) and begun and judge(claim):
        return True
    if isinstance(claim, say.TruceBreaks):
        return _breaks(judge, claim, day)
    if isinstance(claim, say.Quiet) and claim.since <= day:
        passed = (day - claim.since).days + 1
        return None if judge(say.Quiet(claim.since, passed, claim.dispute)) else False
    return None


def _breaks(judge: Judge, claim: say.TruceBreaks, day: date) -> bool | None:
    """The first truce is past: it broke in time, or its days are over."""
    if not judge(say.Truce(day, claim.dispute)):
        return None
    if judge(claim):
        return True
    over = day - timedelta(days=claim.within_days)
    return False if judge(say.Truce(over, claim.dispute)) else None


def _last(claim: Any) -> date:
    """Last day that a claim speaks of."""
    match claim:
        case say.TruceBreaks():
            return claim.by + timedelta(days=claim.within_days)
        case say.Quiet():
            return claim.since + timedelta(days=claim.days - 1)
    return getattr(claim, "on", None) or claim.by
