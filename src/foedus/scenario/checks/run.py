"""All checks of meaning at once."""

from collections.abc import Iterable, Iterator
from datetime import date

from foedus.scenario.checks import actors, called, dates, events, numbers
from foedus.scenario.checks.problem import Problem
from foedus.scenario.faults import Faults
from foedus.scenario.quantity import Quantity
from foedus.scenario.schema import Scenario
from foedus.scenario.text import Node
from foedus.scenario.validate import UNKNOWN, place
from foedus.scenario.walk import walk


def check(
    scenario: Scenario, tree: Node, names: actors.Names, faults: Faults, *, questions: bool = True
) -> None:
    """Note everything that makes no sense.

    Args:
        scenario: What could be read.
        tree: The document it was read from.
        names: What the whole file defines.
        faults: Takes the faults, with their places.
        questions: Also check the questions, for which NumPy is imported.
    """
    if not scenario.disputes and not any("disputes" in str(fault) for fault in faults.found):
        mark, path = place(tree, ("disputes",))
        faults.add(mark, path, "no dispute", expected="one or more")
    note(problems(scenario, names, questions=questions), tree, faults)


def note(problems: Iterable[Problem], tree: Node, faults: Faults) -> None:
    """Note problems at their places, but not those of entries of which a part was told already."""
    told = [fault.path for fault in faults.found]
    for problem in problems:
        mark, path = place(tree, problem.steps, key=problem.key)
        if any(below.startswith((f"{path}.", f"{path}[")) for below in told):
            continue  # it is incomplete because of what was told already
        expected, hint = problem.expected, problem.suggestion
        faults.add(mark, path, problem.what, expected=expected, suggestion=hint)


def problems(
    scenario: Scenario, names: actors.Names, *, questions: bool = True
) -> Iterator[Problem]:
    """What the checks find, value by value and then as a whole."""
    for found in walk(scenario):
        match found.value:
            case str() | None:
                yield from actors.check_reference(found, names)
                yield from actors.check_codes(found, names)
            case Quantity():
                yield from numbers.check_number(found)
            case date():
                yield from dates.check_steering(found, scenario.start)
    readable = _is_readable(scenario)
    for check_whole in (*_PARTS, *(_WHOLE if readable else ())):
        yield from check_whole(scenario)
    if readable and questions:
        from foedus.scenario.checks.questions import check_questions

        yield from check_questions(scenario)


def _is_readable(scenario: Scenario) -> bool:
    """Whether days, disputes and principals are known, without which the rest means little."""
    actors = scenario.states.keys() | scenario.entities.keys()
    sides = {dispute.id: {dispute.challenger, dispute.target} for dispute in scenario.disputes}
    known = all(len(pair) == 2 and pair <= actors for pair in sides.values())
    told_apart = 0 < len(sides) == len(scenario.disputes)
    return told_apart and known and UNKNOWN not in (scenario.start, scenario.end)


_PARTS = (
    actors.check_disputes,
    actors.check_ties,
    actors.check_signals,
    dates.check_treaties,
    dates.check_scopes,
    dates.check_holders,
    dates.check_deliveries,
    dates.check_pressures,
)
_WHOLE = (
    actors.check_states,
    actors.check_entities,
    actors.check_capitals,
    actors.check_candidates,
    dates.check_horizon,
    events.check_actors,
    events.check_days,
    called.check_called,
)
