"""Why the ally comes or stays out: the terms of its utility on the first day."""

from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, rounded
from foedus.report.figures.names import called
from foedus.report.words import signed
from foedus.scenario.schema import Dispute, Scenario
from foedus.study.ally import Ally


def reasons(scenario: Scenario, dispute: Dispute, found: Ally) -> Figure:
    """Terms of the strongest ally's utility of fighting for the target."""
    name, target = called(scenario, found.code), called(scenario, dispute.target)
    terms = {**found.terms, "duty": found.duty[0]}
    ordered = sorted(terms.items(), key=lambda term: -abs(term[1]))
    rows = [{"term": text, "logits": rounded(x, 3)} for text, x in ordered if abs(x) >= 0.05]
    total = sum(terms.values())
    says = (
        f"Against staying out, fighting for {target} is worth {signed(total)} logits to {name} on "
        f"day 0, before prospects of war, fear of a wider one and its unseen will."
    )
    return Figure(
        "reasons", f"What speaks for and against {name}'s fighting for {target}", says, rows,
        lambda width: _draw(rows, width),
        f"Means over {found.n_draws:,} parameter draws. One logit more makes the odds 2.7 times "
        "as large; the intercept is the level at which states stay out of others' wars.",
    )  # fmt: skip


def _draw(rows: list[Row], width: int) -> look.Spec:
    """Bars to both sides of nothing."""
    label = 190 if width > 500 else 130
    told = [row | {"said": signed(row["logits"])} for row in rows]
    at = {
        "x": {
            "field": "logits",
            "type": "quantitative",
            "axis": {"title": "logits", "tickCount": 5},
        },
        "y": look.name("term", [row["term"] for row in rows], look.names_axis(label)),
    }
    said = at | {"text": look.text("said")}
    hue = {"color": look.either("datum.logits > 0", look.TARGET, look.CHALLENGER)}
    return look.view(
        told, width - label - 50, 24 * len(rows),
        look.mark("bar", at | hue, opacity=0.8, height=14),
        look.mark("text", said, where="datum.logits > 0", align="left", dx=4, fontSize=11),
        look.mark("text", said, where="datum.logits <= 0", align="right", dx=-4, fontSize=11),
    )  # fmt: skip
