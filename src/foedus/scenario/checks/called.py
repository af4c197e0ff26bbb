"""Can those who are called do something, and be judged?"""

from collections.abc import Iterator

from foedus.scenario.checks.problem import Problem, one_of
from foedus.scenario.layout import dispute_labels
from foedus.scenario.schema import Scenario


def check_called(scenario: Scenario) -> Iterator[Problem]:
    """Calls of no dispute, of a principal, of one state twice, or with a day nobody lives to."""
    known, told = dispute_labels(scenario), {}
    for i, call in enumerate(scenario.called):
        here = ("called", i)
        if scenario.end > scenario.start and not scenario.start < call.by <= scenario.end:
            wanted = f"a day after {scenario.start}, up to {scenario.end}"
            yield Problem((*here, "by"), f"{call.by}", wanted)
        if call.dispute is None and len(known) > 1:
            yield Problem(here, "missing key 'dispute'", one_of(known))
            continue
        dispute = next((d for d in scenario.disputes if call.dispute in (None, d.id)), None)
        if dispute is None:
            continue
        for j, code in enumerate(call.states):
            steps = (*here, "states", j)
            if code in (dispute.target, dispute.challenger):
                yield Problem(steps, f"{code} is a principal of the dispute", "a third party")
            if (dispute.id, code) in told:
                what = f"{code} is called twice, first in called[{told[dispute.id, code]}]"
                yield Problem(steps, what, "each state once in a dispute")
            told.setdefault((dispute.id, code), i)
