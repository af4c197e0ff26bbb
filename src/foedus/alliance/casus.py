"""Is a treaty's duty due? The casus foederis as one three-valued formula, and its verdict in words.

Each fact of a case holds by no reading, by some, or by all (`kinds.Reading`). A duty is due as
far as all of them hold: "and" is the smallest, "or" the largest. Most refusals are dressed as
scope ("not covered") or request ("nobody asked"), so these come before will. A verdict is a
coding of texts and statements, not a legal opinion: where readings differ, it is given under each.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from foedus.core.kinds import Reading

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Array, Int

    type_of_array = np.ndarray | Array
    Readings = Reading | int | Int[type_of_array, "..."]
    """A `kinds.Reading`, or an array of them."""

LEAST = {"wide": Reading.DISPUTED, "narrow": Reading.YES}
"""How far all facts must hold, under the reading widest for the duty and the narrowest."""

CAVEAT = "coding, not legal opinion"
"""Stands with every verdict."""


class Due(StrEnum):
    """Whether a duty is due, and if not, why; the reasons stand in the order of `Facts`."""

    DUE = "due"
    DISPUTED = "due by some readings, not by others"
    NOT_IN_FORCE = "no treaty in force between the two"
    NO_PROMISE = "promises nothing of the kind"
    NOT_ATTACKED = "its member was not attacked, by any reading"
    PROVOKED = "its member began or provoked it, by every reading"
    NOT_ATTRIBUTED = "no open attack by a state, and it counts no other"
    NOT_OUTSIDER = "it is not aimed at this attacker"
    OUTSIDE = "what was attacked lies outside, by every reading"
    NO_CONDITION = "waits for another state to act, or for more attackers"
    NOT_ASKED = "falls due on request, and nobody asked"


class Facts(NamedTuple):
    """What the test needs to know of one promise and one event; each a reading or an array of them.

    Attributes:
        in_force: The treaty binds the ally and the member.
        promises: It promises what is asked of the ally.
        attacked: What sets the promise off has happened: an attack on the member, or what the
            clause names instead.
        unprovoked: The member did not begin or provoke it, or the clause does not care.
        attributed: It was an open attack by a state, or the clause counts others.
        outsider: The attacker is one against whom the clause protects.
        inside: What was attacked, and the place, lie inside the clause.
        condition: What else must come first has come.
        asked: Help was asked for, or need not be.
    """

    in_force: "Readings"
    promises: "Readings"
    attacked: "Readings"
    unprovoked: "Readings"
    attributed: "Readings"
    outsider: "Readings"
    inside: "Readings"
    condition: "Readings"
    asked: "Readings"


REASON = dict(zip(Facts._fields, list(Due)[2:], strict=True))
"""Why nothing is due, where one fact holds by no reading."""


def due(facts: Facts) -> Any:
    """How far the duty is due: the smallest of the facts.

    Returns:
        A reading, or an array of them.

    Examples:
        >>> import numpy as np
        >>> all_hold = Facts(*[Reading.YES] * 9)
        >>> due(all_hold._replace(asked=Reading.DISPUTED))
        1
        >>> due(all_hold._replace(inside=np.array([0, 1, 2])))
        array([0, 1, 2])
    """
    smallest, *rest = facts
    for reading in rest:
        smallest = smallest + (reading - smallest) * (reading < smallest)
    return smallest


def verdict(facts: Facts) -> Due:
    """Whether the duty is due, over all readings; if by none, the first reason why not.

    Examples:
        >>> facts = Facts(*[Reading.YES] * 9)._replace(inside=Reading.NO, asked=Reading.NO)
        >>> verdict(facts)
        <Due.OUTSIDE: 'what was attacked lies outside, by every reading'>
        >>> verdict(facts._replace(inside=Reading.DISPUTED, asked=Reading.YES))
        <Due.DISPUTED: 'due by some readings, not by others'>
    """
    for reason in refusals(facts):
        return reason
    return Due.DUE if due(facts) == Reading.YES else Due.DISPUTED


def refusals(facts: Facts) -> tuple[Due, ...]:
    """Every reason for which the duty is due by no reading, the most basic first.

    Examples:
        >>> facts = Facts(*[Reading.YES] * 9)._replace(inside=Reading.NO, asked=Reading.NO)
        >>> [reason.name for reason in refusals(facts)]
        ['OUTSIDE', 'NOT_ASKED']
    """
    return tuple(REASON[name] for name in _which(facts, Reading.NO))


def hinges(facts: Facts) -> tuple[str, ...]:
    """Names of the facts on which readings differ.

    Examples:
        >>> hinges(Facts(*[Reading.YES] * 9)._replace(outsider=Reading.DISPUTED))
        ('outsider',)
    """
    return _which(facts, Reading.DISPUTED)


def by_reading(facts: Facts) -> dict[str, Any]:
    """Whether the duty is due under the reading widest for it, and under the narrowest.

    Examples:
        >>> by_reading(Facts(*[Reading.YES] * 9)._replace(inside=Reading.DISPUTED))
        {'wide': True, 'narrow': False}
    """
    return {name: due(facts) >= least for name, least in LEAST.items()}


def _which(facts: Facts, reading: Reading) -> tuple[str, ...]:
    """Names of the facts of which a reading is true."""
    return tuple(name for name, found in facts._asdict().items() if found == reading)
