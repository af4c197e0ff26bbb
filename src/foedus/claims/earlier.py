"""How does an answer move in time? The same claim, asked of earlier days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from foedus.claims import language as say
from foedus.claims.due import due
from foedus.claims.language import Claim

POINTS = 8
"""Days of which a claim is asked, its first and its own last day included."""


def days(claim: Claim, first: date) -> tuple[date, ...]:
    """Days of which a claim can be asked, evenly from its first day to its own; none without one.

    Args:
        claim: Of the language.
        first: Of the frame; a claim that begins later is asked from there on.

    Examples:
        >>> [str(day) for day in days(say.Truce(by=date(2020, 10, 13)), date(2020, 9, 27))][::7]
        ['2020-09-27', '2020-10-13']
        >>> days(say.FirstStop(), date(2020, 9, 27))
        ()
    """
    last = due(claim)
    if last is None:
        return ()
    begin = max([first, *_begins(claim)])
    steps = [round(i * (last - begin).days / (POINTS - 1)) for i in range(POINTS)]
    return tuple(begin + timedelta(days) for days in sorted(set(steps)))


def asked_of(claim: Claim, on: date) -> Claim:
    """The claim with each of its dates no later than a day.

    What has to happen by a date has to have happened by that day; what is asked of a date is asked
    of that day. The days within which a truce breaks are counted on from it.

    Examples:
        >>> asked_of(say.Not(say.Truce(by=date(2020, 12, 31))), date(2020, 10, 10))
        Not(claim=Truce(by=datetime.date(2020, 10, 10), dispute=None))
    """
    match claim:
        case say.Not(part):
            return replace(claim, claim=asked_of(part, on))
        case say.All(parts) | say.Any(parts):
            return replace(claim, claims=tuple(asked_of(part, on) for part in parts))
        case say.Quiet(since, days):
            return replace(claim, days=min(days, (on - since).days + 1))
    dates = {name: getattr(claim, name) for name in ("by", "on") if hasattr(claim, name)}
    own: Any = claim
    return replace(own, **{name: min(date, on) for name, date in dates.items()})


def _begins(claim: Claim) -> Iterator[date]:
    """Days before which a part of the claim says nothing."""
    match claim:
        case say.Not(part):
            yield from _begins(part)
        case say.All(parts) | say.Any(parts):
            for part in parts:
                yield from _begins(part)
        case say.Quiet(since):
            yield since
        case _:
            if (start := getattr(claim, "start", None)) is not None:
                yield start
