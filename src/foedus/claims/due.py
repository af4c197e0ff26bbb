"""When a claim falls due."""

from datetime import date, timedelta

from foedus.claims.language import All, Any, Claim, FirstStop, Not, Quiet, TruceBreaks


def due(*claims: Claim) -> date | None:
    """Last day that some claims look at; None where that is the end of the frame.

    Examples:
        >>> from foedus.claims.language import Truce
        >>> due(All((Truce(date(2020, 10, 31)), Quiet(date(2020, 11, 10), days=30))))
        datetime.date(2020, 12, 9)
        >>> due(FirstStop()) is None
        True
    """
    days = [_due(claim) for claim in claims]
    return None if None in days else max(day for day in days if day)


def _due(claim: Claim) -> date | None:
    """The same of one claim."""
    match claim:
        case Not():
            return due(claim.claim)
        case All() | Any():
            return due(*claim.claims)
        case Quiet():
            return claim.since + timedelta(claim.days - 1)
        case TruceBreaks():
            return claim.by + timedelta(claim.within_days)
        case FirstStop():
            return None
        case _:
            return getattr(claim, "by", None) or claim.on  # pyright: ignore[reportAttributeAccessIssue]
