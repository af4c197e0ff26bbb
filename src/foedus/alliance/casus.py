"""Is a treaty's duty due? The casus foederis as one Boolean formula, and its verdict in words.

Most refusals are dressed as scope ("not covered") or request ("nobody asked"), so these come
before will. A verdict is a coding of texts and statements, not a legal opinion: where readings
of the place or of who began differ, it is given under each.
"""

from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Array, Bool

from foedus.core.kinds import Obligation, Reading

Truth = bool | np.bool_ | Bool[np.ndarray, "..."] | Bool[Array, "..."]
"""A truth value, or an array of them."""

READINGS = {"wide": Reading.DISPUTED, "narrow": Reading.YES}
"""What must at least hold of a fact, under the reading widest for the duty and the narrowest."""


class Due(StrEnum):
    """Whether a duty is due, and if not, why."""

    DUE = "due"
    DISPUTED = "due by some readings, not by others"
    NOT_IN_FORCE = "not in force for both"
    NO_PROMISE = "promises no help"
    NOT_TRIGGERED = "its member was not attacked, by any reading"
    OUTSIDE = "the place lies outside, by every reading"
    NOT_ASKED = "falls due on request, and nobody asked"


class Facts(NamedTuple):
    """What the test needs to know of one treaty, one ally and one attack.

    Attributes:
        in_force: Treaty in force between the ally and the member.
        promised: Kinds of obligation it contains.
        triggered: Was the member attacked?
        covered: Does the place lie inside?
        on_request: Falls due only when asked for.
        asked: It was asked for.
        attacks: The member is the one that attacks: a promise of offence counts.
    """

    in_force: bool
    promised: tuple[Obligation, ...]
    triggered: Reading
    covered: Reading
    on_request: bool
    asked: bool
    attacks: bool = False


def is_due(
    in_force: Truth,
    promised: Truth,
    triggered: Truth,
    covered: Truth,
    on_request: Truth,
    asked: Truth,
) -> Any:
    """The formula, for one reading; arguments are truth values or arrays of them.

    Examples:
        >>> import numpy as np
        >>> is_due(True, True, True, np.array([True, False]), True, True)
        array([ True, False])
    """
    return in_force & promised & triggered & covered & (asked | (not_(on_request)))


def not_(x: Truth) -> Any:
    """Negation of a truth value or an array of them."""
    return x ^ True


def verdict(facts: Facts) -> Due:
    """Whether the duty is due, over all readings; if by none, the first reason why not.

    Examples:
        >>> facts = Facts(True, (Obligation.DEFENSE,), Reading.YES, Reading.NO, True, False)
        >>> verdict(facts)
        <Due.OUTSIDE: 'the place lies outside, by every reading'>
        >>> verdict(facts._replace(covered=Reading.DISPUTED, asked=True))
        <Due.DISPUTED: 'due by some readings, not by others'>
    """
    for reason in refusals(facts):
        return reason
    return Due.DUE if min(_trigger(facts), facts.covered) == Reading.YES else Due.DISPUTED


def refusals(facts: Facts) -> tuple[Due, ...]:
    """Every reason for which the duty is due by no reading, the most basic first.

    Examples:
        >>> facts = Facts(True, (Obligation.DEFENSE,), Reading.YES, Reading.NO, True, False)
        >>> [reason.name for reason in refusals(facts)]
        ['OUTSIDE', 'NOT_ASKED']
    """
    holds = {
        Due.NOT_IN_FORCE: not facts.in_force,
        Due.NO_PROMISE: not _promises(facts),
        Due.NOT_TRIGGERED: _trigger(facts) == Reading.NO,
        Due.OUTSIDE: facts.covered == Reading.NO,
        Due.NOT_ASKED: facts.on_request and not facts.asked,
    }
    return tuple(reason for reason, is_so in holds.items() if is_so)


def by_reading(facts: Facts) -> dict[str, bool]:
    """Whether the duty is due under the reading widest for it, and under the narrowest.

    Examples:
        >>> facts = Facts(True, (Obligation.DEFENSE,), Reading.YES, Reading.DISPUTED, False, False)
        >>> by_reading(facts)
        {'wide': True, 'narrow': False}
    """
    return {
        name: is_due(
            facts.in_force,
            _promises(facts),
            _trigger(facts) >= least,
            facts.covered >= least,
            facts.on_request,
            facts.asked,
        )
        for name, least in READINGS.items()
    }


def _promises(facts: Facts) -> bool:
    """Whether the treaty promises help in such a case."""
    helping = {Obligation.DEFENSE, Obligation.CONSULTATION}
    if facts.attacks:
        helping.add(Obligation.OFFENSE)
    return not helping.isdisjoint(facts.promised)


def _trigger(facts: Facts) -> Reading:
    """Whether the promise was triggered: one of offence is by the member's own attack."""
    offence = facts.attacks and Obligation.OFFENSE in facts.promised
    return Reading.YES if offence else facts.triggered
