"""The ledger of claims: who said what, until when it is judged, and what became of it."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from foedus.scenario.ledger import KINDS, Ledger, Row, ledger
from foedus.scenario.load import load
from generated.markdown import table

SCENARIO = "karabakh-2020"


def page() -> str:
    """Counts, then the claims of each author in the order of the ledger."""
    book = ledger(load(SCENARIO))
    counted = _counts(book.claims.values())
    parts = [
        f"## How many\n\n{len(book.claims)} claims.\n\n{counted}",
        f"## Words of probability\n\n{_scale(book)}",
    ]
    head = ["Claim", "Kind", "In our words", "Judged on", "Outcome", "How"]
    for author, rows in groupby(book.claims.items(), key=lambda item: book.author(item[1])):
        parts.append(f"## {author}\n\n{table(head, (_cells(id_, row) for id_, row in rows))}")
    return "\n\n".join(parts)


def essays() -> str:
    """What became of the claims of the essays and their readers, by kind."""
    rows = [row for id_, row in ledger(load(SCENARIO)).claims.items() if id_[0] in "ABR"]
    return f"## What became of them\n\n{_counts(rows)}"


OUTCOMES = {True: "True", False: "False", "mixed": "Mixed", "disputed": "Disputed"}


def _counts(rows: Iterable[Row]) -> str:
    """Claims by kind and outcome; the last column has those that nothing has settled."""
    found = Counter((row.kind, OUTCOMES.get(row.outcome, "Open")) for row in rows)
    heads = [*OUTCOMES.values(), "Open"]
    cells = ([kind, *(str(found[kind, head]) for head in heads)] for kind in KINDS)
    return table(["Kind", *heads], cells)


def _cells(id_: str, row: Row) -> list[str]:
    return [id_, row.kind, row.text, f"{row.deadline or ''}", _outcome(row), _judged(row)]


def _scale(book: Ledger) -> str:
    rows = [(word, "{:.0%} to {:.0%}".format(*w.range), w.says) for word, w in book.scale.items()]
    return table(["Word", "Scored as", "Says"], rows)


def _outcome(row: Row) -> str:
    told = {True: "true", False: "false", None: ""}.get(row.outcome, f"{row.outcome}")
    return f"{told}. {row.because}" if row.because else told


def _judged(row: Row) -> str:
    """What of the model judges the claim."""
    if row.question:
        return f"question `{row.question}`"
    if row.switch:
        return f"switch {row.switch.id}"
    return "a claim of its own" if row.claim else row.why_not
