"""How good the answers were, beside a coin and the record's classes."""

from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, rounded
from foedus.study.answers import Scores, scores
from foedus.study.pipeline import Study


def scoreboard(study: Study) -> Figure | None:
    """Mean scores of the run's answers; None where no outcome is known."""
    found = scores(study.answers, study.options.runs)
    if found is None:
        return None
    rows = _rows(found)
    better = "better" if found.brier < found.coin else "worse"
    says = (
        f"Over {found.n} events whose outcome is known, the mean Brier score is {found.brier:.3f}: "
        f"{better} than the {found.coin:.3f} of saying 50 % each time. Lower is better."
    )
    return Figure(
        "scores", "How good the answers were", says, rows, lambda width: bars(rows, width),
        "One case is no measure of a model: its events hang together. See the model card for "
        "skill on unseen years.",
    )  # fmt: skip


def _rows(found: Scores) -> list[Row]:
    """Scores side by side."""
    every = f"all {found.n}"
    rows = [
        ("Brier", every, "foedus", found.brier),
        ("Brier", every, "50 %", found.coin),
    ]
    if found.n_reference:
        some = f"the {found.n_reference} with a class"
        rows += [
            ("Brier", some, "foedus", found.brier_there),
            ("Brier", some, "50 %", found.coin),
            ("Brier", some, "classes", found.reference),
        ]
    rows += [
        ("log, nats", every, "foedus", found.log),
        ("log, nats", every, "50 %", found.coin_log),
    ]
    return [
        {"score": score, "events": events, "of": of, "mean": rounded(x or 0.0)}
        for score, events, of, x in rows
    ]


def bars(rows: list[Row], width: int) -> look.Spec:
    """Mean scores side by side: rows of `score`, `events`, `of` and `mean`."""
    told = [row | {"row": f"{row['score']}, {row['events']}: {row['of']}"} for row in rows]
    label = 210 if width > 500 else 165
    axis = {"title": "mean score, lower is better", "tickCount": 5}
    at = {
        "x": {"field": "mean", "type": "quantitative", "axis": axis},
        "y": look.name("row", [row["row"] for row in told], look.names_axis(label)),
    }
    hue = {"color": look.either("datum.of == 'foedus'", look.TARGET, look.MUTED)}
    said = {"text": look.text("mean", ".3f")}
    return look.view(
        told, width - label - 50, 26 * len(rows),
        look.mark("bar", at | hue, height=14, opacity=0.8),
        look.mark("text", at | said, align="left", dx=4, fontSize=11),
    )  # fmt: skip
