"""What a state that is called does in the end, in five categories of which exactly one is true.

They are claims of the language, so the judge of all other claims judges these, in runs and in
history alike.
"""

from datetime import date

from foedus.claims.language import All, Backs, Event, Joins, Mediates, Not
from foedus.core.kinds import Side

CATEGORIES: tuple[str, ...] = ("none", "mediate", "aid", "join", "oppose")


def conduct(state: str, side: Side, by: date, dispute: str | None = None) -> dict[str, Event]:
    """The claim that stands for each category.

    The furthest that it goes counts: `oppose` is arms, troops or combat for the other side, `join`
    open combat at the side that calls, `aid` arms, troops that deter or force not owned up to;
    words alone are `none`.

    Args:
        state: Code of the state.
        side: That calls it.
        by: Last day that counts.
        dispute: Name of the dispute; may be left out where there is only one.

    Examples:
        >>> claims = conduct("RUS", Side.TARGET, date(2020, 12, 31))
        >>> list(claims)
        ['none', 'mediate', 'aid', 'join', 'oppose']
        >>> claims["oppose"].side.name
        'CHALLENGER'
    """
    who, other = (state,), Side(1 - side)
    furthest: list[tuple[str, Event]] = [
        ("oppose", Backs(who, other, "aid", by, dispute=dispute)),
        ("join", Joins(who, side, by, dispute=dispute)),
        ("aid", Backs(who, side, "aid", by, dispute=dispute)),
        ("mediate", Mediates(who, by, dispute=dispute)),
    ]
    found: dict[str, Event] = {}
    beyond: tuple[Event, ...] = ()
    for name, claim in furthest:
        found[name] = All((claim, *(Not(far) for far in beyond))) if beyond else claim
        beyond += (claim,)
    found["none"] = All(tuple(Not(far) for far in beyond))
    return {name: found[name] for name in CATEGORIES}
