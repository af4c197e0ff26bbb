"""The ledger of claims: who said what, until when it is judged, and what became of it."""

from collections import Counter
from itertools import groupby

from foedus.scenario.ledger import Ledger, Row, ledger
from foedus.scenario.load import load
from generated.markdown import table

SCENARIO = "karabakh-2020"


def page() -> str:
    """Counts, then the claims of each author in the order of the ledger."""
    book = ledger(load(SCENARIO))
    kinds = Counter(row.kind for row in book.claims.values())
    counted = ", ".join(f"{n} of kind {kind}" for kind, n in kinds.items())
    parts = [
        f"## How many\n\n{len(book.claims)} claims: {counted}.",
        f"## Words of probability\n\n{_scale(book)}",
    ]
    head = ["Claim", "Kind", "In our words", "Judged on", "Outcome", "How"]
    for author, rows in groupby(book.claims.items(), key=lambda item: book.author(item[1])):
        parts.append(f"## {author}\n\n{table(head, (_cells(id_, row) for id_, row in rows))}")
    return "\n\n".join(parts)


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
