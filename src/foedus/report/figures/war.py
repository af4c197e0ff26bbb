"""The war in time: who holds the land, how many die, how long it lasts."""

from datetime import timedelta

import numpy as np

from foedus.core.clock import DAYS
from foedus.core.kinds import Side
from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, rounded
from foedus.report.figures.names import called
from foedus.report.words import number, percent
from foedus.scenario.draws import median
from foedus.scenario.layout import dispute_labels
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Dispute
from foedus.study.pipeline import Study

FIRST_WEEKS = 26
"""Weeks that charts of the war show; their tables have all of them."""
_TENS = {
    "title": None,
    "values": [0, 10, 100, 1000, 10_000, 100_000],
    "labelExpr": "format(datum.value, ',')",
}
_NAMES = ("low_90", "low_50", "median", "high_50", "high_90")
_LABELS = {
    "low_90": "90 %: from", "high_90": "90 %: to", "low_50": "50 %: from", "high_50": "50 %: to"
}  # fmt: skip


def land(study: Study, dispute: Dispute) -> Figure:
    """Fan of the share of the land in the challenger's hands, and what was reported."""
    slot = dispute_labels(study.scenario).index(dispute.id)
    who = called(study.scenario, dispute.challenger)
    rows = _fan(study, study.course.front[:, :, slot], 4)
    told = _reported(study, dispute, "front")
    last = rows[min(len(rows), FIRST_WEEKS) - 1]
    says = (
        f"By {last['date']} {who} holds from {percent(last['low_50'])} to "
        f"{percent(last['high_50'])} of the land in half of the runs, from "
        f"{percent(last['low_90'])} to {percent(last['high_90'])} in nine of ten."
    )
    return Figure(
        "land", f"Share of the contested land in {who}'s hands", says, [*rows, *told],
        lambda width: _draw_fan(rows, told, width, look.CHALLENGER, share=True),
        "Dark band: half of the runs. Light band: nine of ten. Line: the median. Dots: what was "
        "reported later, which steers nothing." if told else "Bands: 50 and 90 % of the runs.",
        _LABELS,
    )  # fmt: skip


def losses(study: Study, dispute: Dispute, side: Side) -> Figure:
    """Fan of a side's military deaths, and what was counted."""
    slot = dispute_labels(study.scenario).index(dispute.id)
    name = called(study.scenario, getattr(dispute, side.name.lower()))
    rows = _fan(study, study.course.deaths[:, :, side, slot], 0)
    told = _reported(study, dispute, "deaths", side)
    last = rows[min(len(rows), FIRST_WEEKS) - 1]
    says = (
        f"By {last['date']} from {number(last['low_50'])} to {number(last['high_50'])} soldiers "
        f"of {name}'s side have died in half of the runs, from {number(last['low_90'])} to "
        f"{number(last['high_90'])} in nine of ten."
    )
    hue = look.TARGET if side == Side.TARGET else look.CHALLENGER
    return Figure(
        f"losses-{side.name.lower()}", f"Military deaths on {name}'s side", says, [*rows, *told],
        lambda width: _draw_fan(rows, told, width, hue, share=False),
        "Bands: 50 and 90 % of the runs; line: the median; dots: what was counted, not used by the "
        "runs. The scale grows by factors of ten.",
        _LABELS,
    )  # fmt: skip


def _fan(study: Study, quantiles: np.ndarray, digits: int) -> list[Row]:
    """Rows of a fan, one a week."""
    return [
        {
            "date": str(study.scenario.start + timedelta(days=DAYS * week)),
            **{
                name: rounded(q, digits) for name, q in zip(_NAMES, quantiles[:, week], strict=True)
            },
            "reported": None,
        }
        for week in range(quantiles.shape[1])
    ]


def _reported(study: Study, dispute: Dispute, kind: str, side: Side | None = None) -> list[Row]:
    """What later events say of the same."""
    rows = []
    for event in sorted(study.scenario.events, key=lambda event: event.date):
        mine = event.kind == kind and getattr(event, "dispute", None) in (None, dispute.id)
        if side is not None:
            mine = mine and getattr(event, "side", None) == side.name.lower()
        if mine and event.date > study.scenario.start:
            value = getattr(event, "share" if kind == "front" else "total")
            support = Support.SHARE if kind == "front" else Support.AMOUNT
            found = float(median(value, support))
            rows.append({"date": str(event.date), **dict.fromkeys(_NAMES), "reported": found})
    return rows


def _draw_fan(rows: list[Row], told: list[Row], width: int, hue: str, *, share: bool) -> look.Spec:
    """A fan of the first weeks."""
    shown = rows[:FIRST_WEEKS]
    seen = [row for row in told if row["date"] <= shown[-1]["date"]]
    room = width - 64
    x = look.day("date", room)

    def at(field: str) -> look.Spec:
        if share:
            return look.number(field, [0, 1], look.per_cent())
        return look.number(field, axis=_TENS, type="symlog", constant=10)

    def band(low: str, high: str, opacity: float) -> look.Spec:
        encoding = {"x": x, "y": at(low), "y2": {"field": high}}
        return look.mark("area", encoding, opacity=opacity, color=hue)

    return look.view(
        shown, room, 260 if width > 500 else 220,
        band("low_90", "high_90", 0.18),
        band("low_50", "high_50", 0.3),
        look.mark("line", {"x": x, "y": at("median")}, color=hue),
        look.mark(
            "point", {"x": x, "y": at("reported")}, seen, filled=True, size=55, opacity=1,
            color=look.RECORD, stroke=look.PAPER, strokeWidth=1,
        ),
    )  # fmt: skip
