"""A first look at a scenario: its opening months alone, which take a fraction of the whole."""

from datetime import date, timedelta

from foedus.claims.due import due
from foedus.scenario.questions import claim_of, given_of
from foedus.scenario.schema import Question, Scenario

DAYS = 120
"""The opening months: enough for the answers that fall due in the first autumn of a war."""


def glimpse(scenario: Scenario, days: int = DAYS) -> Scenario | None:
    """The scenario up to the last deadline of its opening months, with what is asked by then.

    Its runs are the first weeks of the runs of the whole, bit for bit; so are its answers.

    Args:
        scenario: A checked scenario.
        days: Length of the opening months.

    Returns:
        The shortened scenario; None where no question falls due in time.

    Examples:
        >>> from foedus.scenario.load import load
        >>> opening = glimpse(load("karabakh-2020"))
        >>> opening.end, len(opening.questions) > 10
        (datetime.date(2020, 12, 31), True)
    """
    latest = scenario.start + timedelta(days)
    days_due = {name: _due(question) for name, question in scenario.questions.items()}
    soon = {name: day for name, day in days_due.items() if day is not None and day <= latest}
    if not soon:
        return None
    asked = {name: scenario.questions[name] for name in soon}
    return scenario.model_copy(update={"end": max(soon.values()), "questions": asked})


def _due(question: Question) -> date | None:
    """Last day that a question and its condition look at; None where that is the horizon."""
    given = given_of(question)
    return due(claim_of(question), *([given] if given is not None else []))
