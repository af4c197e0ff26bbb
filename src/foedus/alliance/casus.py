"""Is a treaty's duty due? The casus foederis as one Boolean formula, and its verdict in words.

Most refusals are dressed as scope ("not covered") or request ("nobody asked"), so these come
before will. A verdict is a coding of texts and statements, not a legal opinion: where readings
of the place or of who began differ, it is given under each.
"""

from enum import StrEnum
from typing import NamedTuple

from foedus.core.kinds import Obligation, Reading

HELPING = (Obligation.DEFENSE, Obligation.OFFENSE, Obligation.CONSULTATION)


class Due(StrEnum):
    """Whether a duty is due, and if not, the first reason why."""

    DUE = "due"
    DISPUTED = "due by some readings, not by others"
    NOT_IN_FORCE = "not in force for both"
    NO_PROMISE = "promises no help"
    NOT_TRIGGERED = "not triggered: its member was not attacked, by any reading"
    OUTSIDE = "the place lies outside, by every reading"
    NOT_ASKED = "due on request, and not asked for"


class Facts(NamedTuple):
    """What the test needs to know of one treaty, one ally and one attack.

    Attributes:
        in_force: Treaty in force between the ally and the member attacked.
        promised: Kinds of obligation it contains.
        triggered: Was the member attacked?
        covered: Does the attacked place lie inside?
        on_request: Falls due only when asked for.
        asked: It was asked for.
    """

    in_force: bool
    promised: tuple[Obligation, ...]
    triggered: Reading
    covered: Reading
    on_request: bool
    asked: bool


def is_due(in_force, promised, triggered, covered, on_request, asked):
    """The formula, for one reading; arguments are truth values or arrays of them.

    Examples:
        >>> import numpy as np
        >>> is_due(True, True, True, np.array([True, False]), True, True)
        array([ True, False])
    """
    return in_force & promised & triggered & covered & (asked | (not_(on_request)))


def not_(x):
    """Negation of a truth value or an array of them."""
    return x ^ True


def verdict(facts: Facts) -> Due:
    """Whether the duty is due, over all readings.

    Examples:
        >>> facts = Facts(True, (Obligation.DEFENSE,), Reading.YES, Reading.NO, True, False)
        >>> verdict(facts)
        <Due.OUTSIDE: 'the place lies outside, by every reading'>
        >>> verdict(facts._replace(covered=Reading.DISPUTED, asked=True))
        <Due.DISPUTED: 'due by some readings, not by others'>
    """
    promised = any(kind in HELPING for kind in facts.promised)
    refusals = {
        Due.NOT_IN_FORCE: not facts.in_force,
        Due.NO_PROMISE: not promised,
        Due.NOT_TRIGGERED: facts.triggered == Reading.NO,
        Due.OUTSIDE: facts.covered == Reading.NO,
        Due.NOT_ASKED: facts.on_request and not facts.asked,
    }
    for reason, holds in refusals.items():
        if holds:
            return reason
    agreed = min(facts.triggered, facts.covered) == Reading.YES
    return Due.DUE if agreed else Due.DISPUTED


def by_reading(facts: Facts) -> dict[str, bool]:
    """Whether the duty is due under the reading widest for it, and under the narrowest.

    Examples:
        >>> facts = Facts(True, (Obligation.DEFENSE,), Reading.YES, Reading.DISPUTED, False, False)
        >>> by_reading(facts)
        {'wide': True, 'narrow': False}
    """
    promised = any(kind in HELPING for kind in facts.promised)
    return {
        name: is_due(
            facts.in_force,
            promised,
            facts.triggered >= least,
            facts.covered >= least,
            facts.on_request,
            facts.asked,
        )
        for name, least in (("wide", Reading.DISPUTED), ("narrow", Reading.YES))
    }
