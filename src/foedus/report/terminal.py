"""The answers as one table of 80 columns, and below it how good they were and what they rest on."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from foedus.report.words import chance, number, percent, percents
from foedus.study.answers import Answer, Scores

WIDTH = 80


def table(answers: Iterable[Answer]) -> Table:
    """Question, answer, range, outcome."""
    grid = Table(box=None, pad_edge=False, padding=(0, 1), width=WIDTH)
    grid.add_column("Question", ratio=1)
    grid.add_column("Answer", width=17)
    grid.add_column("90 %", justify="right", width=9)
    grid.add_column("Happened", justify="right", width=8)
    for answer in answers:
        marks = "*" if "judgement" in answer.flags else ""
        grid.add_row(answer.question, _value(answer) + marks, _range(answer), _outcome(answer))
    return grid


def _value(answer: Answer) -> str:
    if answer.kind == "quantity":
        return f"about {number(answer.value)}"
    return f"{chance(answer.value)}, {percent(answer.value)}"


def _range(answer: Answer) -> str:
    if answer.kind == "quantity":
        return f"{number(answer.low)}-{number(answer.high)}"
    return percents(answer.low, answer.high)


def _outcome(answer: Answer) -> str:
    if answer.happened is None:
        return "?"
    if answer.kind == "quantity":
        return number(answer.happened)
    return "yes" if answer.happened else "no"


def scoreboard(scores: Scores | None) -> str:
    """Mean Brier score beside 50 per cent and beside the reference classes."""
    if scores is None:
        return "No outcome is known yet: nothing to score."
    lines = [
        f"Mean Brier score on {scores.n} events (lower is better): {scores.brier:.3f}; "
        f"50 % for each: {scores.coin:.3f}."
    ]
    if scores.reference is not None:
        lines.append(
            f"On the {scores.n_reference} that have a reference class: {scores.brier_there:.3f}; "
            f"the classes: {scores.reference:.3f}."
        )
    return " ".join(lines)


def show(console: Console, parts: Iterable[Table | str]) -> None:
    """Print parts with a blank line between them."""
    for part in parts:
        console.print(part if isinstance(part, Table) else Text(part))
        console.print()
