"""All answers at a glance."""

import textwrap

from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row
from foedus.report.words import percent
from foedus.study.answers import Answer
from foedus.study.pipeline import Study

_ROW = 56  # pixels


def answers(study: Study) -> Figure | None:
    """Each event's probability and range, beside its class and what happened."""
    events = [a for a in study.answers if a.kind == "event" and a.value is not None]
    if not events:
        return None
    rows = [_row(answer) for answer in events]
    known = [row for row in rows if row["happened"] != "unknown"]
    right = sum((row["probability"] > 0.5) == (row["happened"] == "yes") for row in known)
    says = f"{len(rows)} answers with their ranges. "
    if known:
        says += f"Of {len(known)} with a known outcome, {right} lay on the right side of one half."
    return Figure(
        "answers", "Every question: probability, range and what happened", says, rows,
        lambda width: _draw(rows, width),
        "Dot: probability. Bar: 90 % of it over what is not known. Diamond: how often it came true "
        "in the record's class of such cases, where one is known. Right: what happened.",
        {"reference": "class of cases"},
    )  # fmt: skip


def _row(answer: Answer) -> Row:
    happened = {None: "unknown", True: "yes", False: "no"}[answer.happened]  # pyright: ignore
    return {
        "id": answer.id,
        "question": answer.question,
        "probability": answer.value,
        "low": answer.low,
        "high": answer.high,
        "reference": answer.reference.p,
        "happened": happened,
    }


def _draw(rows: list[Row], width: int) -> look.Spec:
    """A row for each question: its text over a bar, or its key where there is little room."""
    room = width - 84
    wide = int(room / 6.1) if width > 500 else 0
    told = [row | _words(row, i, wide) for i, row in enumerate(rows)]
    y = look.number("place", [0, len(rows)], reverse=True)
    left, right = look.value(0), look.value(room + 10)

    def at(field: str) -> look.Spec:
        return look.number(field, [0, 1], look.per_cent())

    said = {"yes": look.THIRD, "no": look.CHALLENGER, "unknown": look.MUTED}
    return look.view(
        told, room, _ROW * len(rows),
        look.mark(
            "text", {"x": left, "y": y, "text": look.text("lines")},
            align="left", baseline="top", lineBreak="\n", dy=-37,
        ),
        look.mark(
            "rule", {"x": at("low"), "x2": {"field": "high"}, "y": y},
            strokeWidth=7, opacity=0.3, color=look.TARGET, strokeCap="round",
        ),
        look.mark(
            "point", {"x": at("reference"), "y": y}, where="isValid(datum.reference)",
            shape="diamond", size=70, color=look.INK, strokeWidth=1.5,
        ),
        look.mark(
            "circle", {"x": at("probability"), "y": y}, size=90, opacity=1, color=look.TARGET
        ),
        look.mark(
            "text",
            {"x": right, "y": y, "text": look.text("said"), "color": look.hues("happened", said)},
            align="left", lineBreak="\n", dy=-4,
        ),
    )  # fmt: skip


def _words(row: Row, place: int, wide: int) -> Row:
    """The question in up to two lines of a width, or its key, and what stands at the right."""
    whole = textwrap.wrap(row["question"], wide, max_lines=2, placeholder=" ...") if wide else []
    lines = whole or [row["id"]]
    mark = {"yes": "happened", "no": "did not", "unknown": "unknown"}[row["happened"]]
    return {
        "place": place + 0.74,
        "lines": "\n".join([""] * (2 - len(lines)) + lines),
        "said": f"{percent(row['probability'])}\n{mark}",
    }
