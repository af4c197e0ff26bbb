"""Which duties the attack on the first day touches, and what the casus test says of each."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from foedus.alliance.casus import Due, Facts, refusals, verdict
from foedus.core.kinds import Obligation, Reading, Side
from foedus.scenario.duties import strongest, treaty_arrays
from foedus.scenario.layout import STATE_BUCKETS, bucket, labels, members_on, treaty_labels
from foedus.scenario.schema import Scenario


class Case(NamedTuple):
    """The test of one treaty.

    Attributes:
        treaty: Its key.
        owing: Members that would owe help, by their codes.
        facts: What the test knows.
    """

    treaty: str
    owing: tuple[str, ...]
    facts: Facts

    def __str__(self) -> str:
        """Who owes what, and whether it is due."""
        said = verdict(self.facts)
        if said in (Due.DUE, Due.DISPUTED):
            return f"{self.treaty} ({', '.join(self.owing)}): {said}"
        why = "; ".join(refusals(self.facts))
        return f"{self.treaty} ({', '.join(self.owing)}): not due: {why}"


def cases(scenario: Scenario, side: Side) -> Iterator[Case]:
    """The treaties in force for a side's principal, with the numbers that the engine gets.

    Nobody has asked on the first day; the model does not follow requests of the challenger.

    Examples:
        >>> from foedus.scenario.load import load
        >>> [str(case) for case in cases(load("karabakh-2020"), Side.CHALLENGER)][-1]
        'TUR-AZE-2010 (TUR): due by some readings, not by others'
    """
    arrays = treaty_arrays(scenario, bucket(len(labels(scenario)), STATE_BUCKETS))
    principal = getattr(scenario.dispute, side.name.lower())
    for i, key in enumerate(treaty_labels(scenario)):
        inside = members_on(scenario, scenario.treaties[key])
        if principal not in inside:
            continue
        facts = Facts(
            in_force=True,
            promised=tuple(Obligation(k) for k in np.flatnonzero(arrays["promise"][i])),
            triggered=Reading(arrays["triggered"][side, i]),
            covered=Reading(arrays["covered"][side, i]),
            on_request=bool(arrays["on_request"][i]),
            asked=side == Side.CHALLENGER,
            attacks=side == Side.CHALLENGER,
        )
        yield Case(key, tuple(sorted(inside - {principal})), facts)


def main_ally(scenario: Scenario) -> str | None:
    """Code of the strongest state that a treaty binds to the target; None if there is none.

    Examples:
        >>> from foedus.scenario.load import load
        >>> main_ally(load("karabakh-2020"))
        'RUS'
    """
    bound = {code for case in cases(scenario, Side.TARGET) for code in case.owing}
    allies = bound - {scenario.dispute.challenger}
    return strongest(scenario, allies) if allies else None
