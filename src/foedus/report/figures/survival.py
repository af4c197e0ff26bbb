"""How long wars, truces and alliances last in the runs, beside the record's."""

import tomllib
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from foedus.core.clock import DAYS, MONTH
from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, listed, rounded
from foedus.report.words import percent
from foedus.scenario.layout import dispute_labels, members_on, treaty_labels
from foedus.scenario.schema import Dispute
from foedus.study.pipeline import Study

DAYS_SHOWN = (1, 3, 7, 14, 30, 60, 90, 180, 365, 730, 1460)
"""Days at which the record's curve is known, and the table's rows."""


_DASHES = ([1, 0], [5, 3], [2, 2])


@cache
def record() -> dict[str, Any]:
    """What the record says of the length of wars between states (`record.toml`)."""
    return tomllib.loads(files("foedus.report.figures").joinpath("record.toml").read_text("utf-8"))


def wars(study: Study, dispute: Dispute) -> Figure | None:
    """Share of wars not over after so many days, beside wars of the record."""
    slot = dispute_labels(study.scenario).index(dispute.id)
    known = record()["wars"]
    rows = _survival(study, study.course.lasted[:, slot], "runs")
    if not rows:
        return None
    for era in known.values():
        rows += [
            {"days": d, "of": era["label"], "share": share}
            for d, share in zip(record()["days"], era["lasted"], strict=True)
        ]
    month = next((row["share"] for row in rows if row["days"] == 30 and row["of"] == "runs"), None)
    recent = known["since_1946"]
    beside = recent["lasted"][record()["days"].index(30)]
    says = (
        f"In {percent(month)} of the runs the war lasts over 30 days; so did {percent(beside)} of "
        f"{recent['n']} wars between states since 1946."
        if month is not None
        else ""
    )
    return Figure(
        "war-survival", "How long the war lasts, beside wars of the record", says, rows,
        lambda width: _draw(rows, width),
        f"Runs: until fighting stops for 30 days. Record: {record()['source']}",
    )  # fmt: skip


def truces(study: Study, dispute: Dispute) -> Figure | None:
    """Share of first truces that still hold after so many days."""
    slot = dispute_labels(study.scenario).index(dispute.id)
    rows = _survival(study, study.course.held[:, slot], "runs")
    if not rows:
        return None
    week = next((row["share"] for row in rows if row["days"] == 7), None)
    says = f"Of first truces {percent(week)} hold over a week." if week is not None else ""
    return Figure(
        "truce-survival", "How long the first truce holds", says, rows,
        lambda width: _draw(rows, width),
        "Until fighting begins again. No table of truces by day covers wars between states, so "
        "that nothing of the record stands beside it.",
    )  # fmt: skip


def _survival(study: Study, lengths: np.ndarray, of: str) -> list[Row]:
    """Share of the lengths over each number of days; none that the horizon may cut."""
    known = lengths[~np.isnan(lengths)]
    days = (study.scenario.end - study.scenario.start).days // 2
    return [
        {"days": d, "of": of, "share": rounded((known > d).mean())}
        for d in DAYS_SHOWN
        if len(known) and d <= max(days, 1)
    ]


def _draw(rows: list[Row], width: int) -> look.Spec:
    """Curves over days, on a scale that grows by factors."""
    order = list(dict.fromkeys(row["of"] for row in rows))
    known = dict(zip(order, (look.TARGET, look.RECORD, look.OTHER), strict=False))
    legend = {"columns": 3 if width > 500 else 1, "labelLimit": 320} if len(order) > 1 else None
    ticks = [1, 7, 30, 90, 365, 1460]
    axis = {"title": "days", "values": ticks, "format": ",", "grid": False}
    encoding = {
        "x": look.number("days", [1, 1460], axis, type="log"),
        "y": look.number("share", [0, 1], look.per_cent()),
        "color": look.hues("of", known, legend),
        "strokeDash": look.hues("of", dict(zip(order, _DASHES, strict=False)), legend),
    }
    line = look.mark("line", encoding, point={"size": 45, "filled": True, "opacity": 1})
    return look.view(rows, width - 60, 240 if width > 500 else 200, line)


def alliances(study: Study) -> Figure | None:
    """Share of the runs in which a treaty has kept all members of the first day."""
    scenario = study.scenario
    weeks = range(0, study.course.intact.shape[0], MONTH)
    kept = {
        key: study.course.intact[:, t]
        for t, key in enumerate(treaty_labels(scenario))
        if len(members_on(scenario, scenario.treaties[key])) > 1
    }
    rows = [
        {"date": str(scenario.start + timedelta(days=DAYS * week)), "treaty": key,
         "share": rounded(share[week])}
        for key, share in kept.items() for week in weeks
    ]  # fmt: skip
    if not rows:
        return None
    least = sorted(kept.items(), key=lambda one: (one[1][-1], one[0]))[:3]
    said = [f"{key} in {percent(share[-1])}" for key, share in least]
    return Figure(
        "alliance-survival", "How long treaties keep all their members",
        f"Share of the runs in which no member has left or suspended its part; by the end: "
        f"{listed(said)}.", rows,
        lambda width: _draw_alliances(rows, list(kept), width),
        "Members of the first day. A notice counts once it has run out. The record's classes of "
        "exits stand beside the questions about them.",
    )  # fmt: skip


def _draw_alliances(rows: list[Row], names: list[str], width: int) -> look.Spec:
    """A line a treaty."""
    room = width - 60
    low = min(0.9, *(row["share"] for row in rows))
    some = (look.TARGET, look.CHALLENGER, look.THIRD, look.OTHER, look.MUTED)
    known = {name: some[i % len(some)] for i, name in enumerate(names)}
    dash = {name: _DASHES[i // len(some) % len(_DASHES)] for i, name in enumerate(names)}
    legend = {"columns": 4 if width > 500 else 2}
    encoding = {
        "x": look.day("date", room),
        "y": look.number("share", [low, 1], look.per_cent()),
        "color": look.hues("treaty", known, legend),
        "strokeDash": look.hues("treaty", dash, legend),
    }
    return look.view(rows, room, 230, look.mark("line", encoding))
