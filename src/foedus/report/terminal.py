"""The answers as tables, and how good they were."""

from collections.abc import Iterable

from foedus.claims.earlier import POINTS
from foedus.report.columns import Column, spark, table
from foedus.report.words import chance, percent, percents, quantities, quantity
from foedus.study.answers import Answer, Scores

MARKS = {"judgement": "*", "rare": "+"}
"""What stands beside an answer, by its flag."""

_EVENTS = (
    Column("Question", 33),
    Column("Answer", 17),
    Column("90 %", 8, True),
    Column("Class", 6, True),
    Column("Outcome", 8),
)
_QUANTITIES = (
    Column("Quantity", 35),
    Column("Median", 11),
    Column("90 % of runs", 15, True),
    Column("Outcome", 13),
)


def tables(answers: Iterable[Answer]) -> Iterable[str]:
    """Events, then quantities, then what the columns and marks mean."""
    answers = tuple(answers)
    events = [answer for answer in answers if answer.kind == "event"]
    rest = [answer for answer in answers if answer.kind == "quantity"]
    if events:
        yield table(_EVENTS, map(_event, events))
    if rest:
        yield table(_QUANTITIES, map(_quantity, rest))
    if events:
        yield "\n".join(_legend(answers))


def _legend(answers: tuple[Answer, ...]) -> Iterable[str]:
    """What the columns mean, and the marks that stand beside an answer."""
    flags = {flag for answer in answers for flag in answer.flags}
    if any(answer.course for answer in answers):
        low, mid, high = spark((0, 0.5, 1))
        asked = f"the same asked of {POINTS} days, the first to its own"
        yield f"{low}{mid}{high}    {asked}; {high} is 100 %"
        yield f"       (of a quantity: its median; {high} is the largest of these)"
    yield "90 %   range of the probability, over what is not known"
    yield "Class  how often it came true in such cases of the record; -- if none is known"
    if "judgement" in flags:
        yield "*      rests more on judgement than on the record"
    if "rare" in flags:
        yield "+      rare: fewer than 20 runs in which it happens, or in which it does not"
    if "no run counts" in flags:
        yield "       no run counts: in none did what the question takes as given happen"
    if "few draws" in flags:
        yield "       Fewer than 20 parameter draws, so rough ranges; --runs 400 is better"


def _event(answer: Answer) -> tuple[str, ...]:
    rate = answer.reference.p
    found, within = said(answer)
    *words, last = found.split("\n")
    return (
        f"{answer.id}: {answer.question}",
        "\n".join([*words, f"{last:<9}{course(answer)}"]),
        within,
        "--" if rate is None else percent(rate),
        outcome(answer),
    )


def _quantity(answer: Answer) -> tuple[str, ...]:
    found, within = said(answer)
    return f"{answer.id}: {answer.question}", f"{found}\n{course(answer)}", within, outcome(answer)


def course(answer: Answer) -> str:
    """How the answer moves until its day; empty where that cannot be said."""
    values = [value for _, value in answer.course]
    return spark(values, 1 if answer.kind == "event" else max([*values, 1e-9]))


def said(answer: Answer) -> tuple[str, str]:
    """The answer and its range, in words and figures."""
    if answer.value is None or answer.low is None or answer.high is None:
        return "no run counts", "--"
    if answer.kind == "event":
        p = f"{percent(answer.value)} {marks(answer)}".rstrip()
        return f"{chance(answer.value)}\n{p}", percents(answer.low, answer.high)
    found = f"{quantity(answer.value, answer.unit)} {marks(answer)}".rstrip()
    return found, quantities(answer.low, answer.high, answer.unit)


def marks(answer: Answer) -> str:
    """Marks of an answer's flags."""
    return "".join(mark for flag, mark in MARKS.items() if flag in answer.flags)


def outcome(answer: Answer) -> str:
    """What happened."""
    if answer.happened is None:
        return "unknown"
    if answer.kind == "quantity":
        return quantity(answer.happened, answer.unit)
    return "yes" if answer.happened else "no"


def scoreboard(scores: Scores | None, n_events: int) -> str:
    """Mean scores beside 50 per cent and beside the reference classes."""
    if scores is None:
        return "No outcome is known yet: nothing to score."
    beside = (
        Column(f"Mean score, lower is better ({scores.n} of {n_events} events)", 47),
        Column("foedus", 7, True),
        Column("50 %", 7, True),
        Column("classes", 7, True),
    )
    classed, none = scores.n_reference, scores.n - scores.n_reference
    rows = [
        ("Brier, all", _figure(scores.brier), _figure(scores.coin), "--"),
        ("Log score in nats, all", _figure(scores.log), _figure(scores.coin_log), "--"),
    ]
    if classed:
        there = _figure(scores.brier_there), _figure(scores.coin), _figure(scores.reference)
        rows.insert(1, (f"Brier, the {classed} with a reference class (none: {none})", *there))
    return table(beside, rows)


def _figure(x: float | None) -> str:
    return "--" if x is None else f"{x:.3f}"
