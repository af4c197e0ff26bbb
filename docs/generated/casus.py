"""The catalogue of casus-foederis cases, with the verdict that the law of the model gives."""

from foedus.alliance.casus import verdict
from foedus.report import casus as report
from foedus.scenario import cases
from generated.markdown import code, table


def page() -> str:
    """All cases in a table, the codings of two studies, and each case in full."""
    book = cases.catalogue()
    rows = [
        (
            f"[{id_}](#{id_.lower()})", f"{case.date}", case.title,
            f"{verdict(cases.facts(book, case))}", case.did.what, case.kept,
        )
        for id_, case in book.cases.items()
    ]  # fmt: skip
    head = ["Case", "Date", "What", "Due", "Did", "Kept"]
    each = [
        f"({id_.lower()})=\n### {id_}\n\n{code(report.one(book, id_), 'text')}"
        for id_ in book.cases
    ]
    return "\n\n".join(
        [
            "## All cases",
            f"{len(rows)} cases. Verdicts are computed from clauses and facts; each is a "
            f"{report.CAVEAT}.",
            table(head, rows),
            "## Beside two published codings",
            code(report.agreement(book), "text"),
            "## Each case",
            *each,
        ]
    )
