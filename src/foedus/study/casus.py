"""Which duties each dispute touches on the first day, and what the casus test says of each."""

from collections.abc import Iterator
from typing import NamedTuple

from foedus.alliance.casus import Due, Facts, due, refusals, verdict
from foedus.core.kinds import Reading, Side
from foedus.scenario.duties import helping, strongest
from foedus.scenario.law import dispute_facts
from foedus.scenario.layout import members_on, treaty_labels
from foedus.scenario.schema import Clause, Dispute, Scenario


class Case(NamedTuple):
    """The test of one treaty.

    Attributes:
        treaty: Its key.
        clause: The clause that goes furthest of those that may oblige a member to help.
        owing: Members that would owe help, by their codes.
        facts: What the test knows.
    """

    treaty: str
    clause: Clause
    owing: tuple[str, ...]
    facts: Facts

    def __str__(self) -> str:
        """Who owes what, and whether it is due."""
        said = verdict(self.facts)
        if said in (Due.DUE, Due.DISPUTED):
            return f"{self.treaty} ({', '.join(self.owing)}): {said}"
        why = "; ".join(refusals(self.facts))
        return f"{self.treaty} ({', '.join(self.owing)}): not due: {why}"


def cases(scenario: Scenario, dispute: Dispute, side: Side) -> Iterator[Case]:
    """The treaties in force for a side's principal, with the clauses that the engine gets.

    The model does not follow requests of the challenger: they count as made.

    Examples:
        >>> from foedus.scenario.load import load
        >>> scenario = load("karabakh-2020")
        >>> dispute = next(d for d in scenario.disputes if d.id == "karabakh")
        >>> "RUS-ARM-1997" in [case.treaty for case in cases(scenario, dispute, Side.TARGET)]
        True
    """
    principal = getattr(dispute, side.name.lower())
    for key in treaty_labels(scenario):
        inside = members_on(scenario, scenario.treaties[key])
        if principal in inside:
            clause, facts = _furthest(scenario, key, dispute, side)
            yield Case(key, clause, tuple(sorted(inside - {principal})), facts)


def torn(scenario: Scenario, dispute: Dispute) -> set[str]:
    """Codes of the third states that treaties bind to both sides of a dispute.

    Examples:
        >>> from foedus.scenario.load import load
        >>> scenario = load("karabakh-2020")
        >>> dispute = next(d for d in scenario.disputes if d.id == "karabakh")
        >>> "RUS" in torn(scenario, dispute)
        True
    """
    bound = [{code for case in cases(scenario, dispute, s) for code in case.owing} for s in Side]
    return set.intersection(*bound) - {dispute.target, dispute.challenger}


def main_ally(scenario: Scenario, dispute: Dispute) -> str | None:
    """Code of the strongest state that a treaty binds to the target; None if there is none.

    Examples:
        >>> from foedus.scenario.load import load
        >>> scenario = load("karabakh-2020")
        >>> main_ally(scenario, next(d for d in scenario.disputes if d.id == "karabakh"))
        'RUS'
    """
    bound = {code for case in cases(scenario, dispute, Side.TARGET) for code in case.owing}
    allies = bound - {dispute.challenger}
    return strongest(scenario, allies) if allies else None


def _furthest(scenario: Scenario, key: str, dispute: Dispute, side: Side) -> tuple[Clause, Facts]:
    """Of the clauses that promise help, the one that goes furthest, and its facts."""
    found = []
    for clause in helping(scenario.treaties[key]):
        facts = dispute_facts(scenario, key, clause, dispute, side)
        if side == Side.CHALLENGER:
            facts = facts._replace(asked=Reading.YES)
        found.append((clause, facts))
    return max(found, key=lambda pair: (due(pair[1]._replace(asked=Reading.YES)), sum(pair[1])))
