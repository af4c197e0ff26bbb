"""All checks of meaning at once."""

from collections.abc import Iterator

from foedus.scenario.checks import actors, dates, numbers, questions
from foedus.scenario.checks.problem import Problem
from foedus.scenario.faults import Faults
from foedus.scenario.schema import Scenario
from foedus.scenario.text import Node
from foedus.scenario.validate import UNKNOWN, place
from foedus.scenario.walk import walk


def check(scenario: Scenario, tree: Node, names: actors.Names, faults: Faults) -> None:
    """Note everything that makes no sense.

    Args:
        scenario: What could be read.
        tree: The document it was read from.
        names: What the whole file defines.
        faults: Takes the faults, with their places.
    """
    if not scenario.disputes and not any("disputes" in str(fault) for fault in faults.found):
        mark, path = place(tree, ("disputes",))
        faults.add(mark, path, "no dispute", expected="one")
    for problem in _problems(scenario, names):
        mark, path = place(tree, problem.steps, key=problem.key)
        expected, hint = problem.expected, problem.suggestion
        faults.add(mark, path, problem.what, expected=expected, suggestion=hint)


def _problems(scenario: Scenario, names: actors.Names) -> Iterator[Problem]:
    """What the checks find, value by value and then as a whole."""
    for found in walk(scenario):
        yield from actors.check_reference(found, names)
        yield from numbers.check_number(found)
        yield from dates.check_steering(found, scenario.start)
    for check_whole in (*_PARTS, *(_WHOLE if _is_readable(scenario) else ())):
        yield from check_whole(scenario)


def _is_readable(scenario: Scenario) -> bool:
    """Whether the days and the two principals are known, without which the rest means little."""
    sides = {code for d in scenario.disputes for code in (d.challenger, d.target)}
    known = len(sides) > 1 and sides <= scenario.states.keys()
    return known and UNKNOWN not in (scenario.start, scenario.end)


_PARTS = (
    actors.check_disputes,
    actors.check_ties,
    dates.check_treaties,
    dates.check_scopes,
    dates.check_holders,
)
_WHOLE = (
    actors.check_states,
    actors.check_entities,
    actors.check_distances,
    actors.check_events,
    dates.check_horizon,
    dates.check_events,
    questions.check_questions,
)
