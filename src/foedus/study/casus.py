"""Which duties the attack on the first day touches, and what the casus test says of each."""

from collections.abc import Iterator

from foedus.alliance.casus import Due, Facts, verdict
from foedus.core.kinds import Obligation, Side
from foedus.scenario.duties import casus
from foedus.scenario.layout import members_on, treaty_labels
from foedus.scenario.schema import Scenario


def facts(scenario: Scenario, key: str, side: Side) -> Facts:
    """What the test needs to know of one treaty, for the principal of a side."""
    treaty = scenario.treaties[key]
    covered, triggered = casus(scenario, key, side)
    return Facts(
        in_force=getattr(scenario.dispute, side.name.lower()) in members_on(scenario, treaty),
        promised=tuple(Obligation[clause.kind.upper()] for clause in treaty.obligations),
        triggered=triggered,
        covered=covered,
        on_request=all(clause.on_request for clause in treaty.obligations),
        asked=False,
    )


def verdicts(scenario: Scenario, side: Side) -> Iterator[str]:
    """One line a treaty of that side's principal: who owes it what, and whether it is due."""
    for key in treaty_labels(scenario):
        found = facts(scenario, key, side)
        said = verdict(found)
        if said == Due.NOT_IN_FORCE:
            continue
        owe = members_on(scenario, scenario.treaties[key]) - {
            getattr(scenario.dispute, side.name.lower())
        }
        yield f"{key} ({', '.join(sorted(owe))}): {said}"
