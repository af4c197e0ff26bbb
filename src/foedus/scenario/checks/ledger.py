"""Can each claim of a ledger be judged, and was it open on the day when it was made?"""

from collections.abc import Callable, Collection, Iterator
from datetime import date
from functools import cache, partial

from foedus.scenario.checks.problem import Problem, one_of
from foedus.scenario.checks.questions import check_question
from foedus.scenario.faults import closest
from foedus.scenario.ledger import Judged, Ledger, Row, questions
from foedus.scenario.questions import claim_of, given_of
from foedus.scenario.schema import Scenario
from foedus.scenario.settled import Judge, judge_on, settled_by
from foedus.scenario.walk import Steps

_WAYS = ("question", "claim", "switch", "why_not")


def problems(ledger: Ledger, scenario: Scenario, ids: Collection[str]) -> Iterator[Problem]:
    """What makes no sense in a ledger.

    Args:
        ledger: What could be read.
        scenario: The scenario on which it runs.
        ids: Ids of all rows of the file, whether or not they could be read.
    """
    judge = cache(partial(judge_on, scenario))
    if ledger.scenario != scenario.id:
        yield Problem(("scenario",), repr(ledger.scenario), repr(scenario.id))
    for id_, word in ledger.scale.items():
        if not 0 <= word.range[0] <= word.range[1] <= 1:
            yield Problem(("scale", id_, "range"), f"{word.range}", "two shares, the lesser first")
    for id_, row in ledger.claims.items():
        steps = ("claims", id_)
        yield from _whole(row, steps)
        yield from _names(ledger, scenario, row, steps, ids)
        if _dated(ledger, row) and row.asks and len(_ways(row)) == 1:
            yield from _judged(ledger, scenario, id_, steps, judge)
        if row.switch is not None and row.switch.of is not None:
            yield from check_question(scenario, row.switch.measure(row.text), (*steps, "switch"))


def _ways(row: Row) -> list[str]:
    """In which ways a row says that it runs, or that it does not."""
    return [name for name in _WAYS if getattr(row, name)]


def _whole(row: Row, steps: Steps) -> Iterator[Problem]:
    """A row runs in one way or says why not; a fact has an outcome instead."""
    ways = _ways(row)
    if row.kind == "fact":
        if ways:
            yield Problem((*steps, ways[0]), "a fact that runs", "an outcome alone", key=True)
        if row.outcome is None:
            yield Problem(steps, "a fact without an outcome", "outcome")
    elif len(ways) != 1:
        yield Problem(steps, " and ".join(ways) or "a row that says nothing", one_of(_WAYS))
    if row.outcome is not None and not row.because:
        yield Problem(steps, "an outcome without a reason", "because")


def _names(
    ledger: Ledger, scenario: Scenario, row: Row, steps: Steps, ids: Collection[str]
) -> Iterator[Problem]:
    """Names that the file or the scenario does not have."""
    if row.question is not None:
        yield from _unknown(row.question, scenario.questions, "question", (*steps, "question"))
    if row.words is not None:
        yield from _unknown(row.words, ledger.scale, "word", (*steps, "words"))
    for i, other in enumerate(row.with_):
        yield from _unknown(other, ids, "claim", (*steps, "with", i))
    if row.shares is not None:
        yield from _unknown(row.shares, ids, "claim", (*steps, "shares"))
        first = ledger.claims.get(row.shares)
        if first is not None and first.shares is not None:
            yield Problem((*steps, "shares"), row.shares, f"{first.shares}, which it shares with")
    cited = [*row.src, *(row.reference.src if row.reference else ())]
    for key in cited:
        yield from _unknown(key, ledger.sources | scenario.sources, "source", (*steps, "src"))
    if not _dated(ledger, row):
        yield Problem(steps, "a claim without a day", "date, or an author of this file")


def _unknown(name: str, known: Collection[str], what: str, steps: Steps) -> Iterator[Problem]:
    if name not in known:
        wanted = f"a {what} of this file or its scenario"
        yield Problem(steps, f"unknown {what} {name!r}", wanted, closest(name, known))


def _dated(ledger: Ledger, row: Row) -> bool:
    return row.date is not None or row.author in ledger.authors


def _judged(
    ledger: Ledger, scenario: Scenario, id_: str, steps: Steps, judge: Callable[[date], Judge]
) -> Iterator[Problem]:
    """A claim can be judged, and was open when it was made."""
    row = ledger.claims[id_]
    if row.question is not None and row.question not in scenario.questions:
        return
    day = ledger.made(row)
    if not scenario.start <= day <= scenario.end:
        wanted = f"a day from {scenario.start} to {scenario.end}"
        yield Problem((*steps, "date"), day.isoformat(), wanted)
        return
    for asked in questions(ledger, id_, scenario):
        claims = yield from check_question(scenario, asked.question, steps)
        if None not in claims and (said := _closed(asked, judge(day), day)):
            yield Problem(steps, said, "why_not, for it was no forecast any more")


def _closed(asked: Judged, judge: Judge, day: date) -> str:
    """Why a claim was not open on its own day; empty if it was."""
    given, claim = given_of(asked.question), claim_of(asked.question)
    if given is not None and settled_by(judge, given, day) is False:
        return f"a condition that had failed by {day}"
    truth = settled_by(judge, claim, day)
    word = {True: "true", False: "false"}.get(truth)  # pyright: ignore[reportArgumentType]
    return f"a claim that was settled by {day}: {word}" if word else ""
