"""What happened, above what the runs do at that time."""

from datetime import timedelta

from foedus.core.clock import DAYS
from foedus.core.kinds import Status
from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, rounded
from foedus.report.figures.names import called
from foedus.report.words import percent
from foedus.scenario.layout import slots
from foedus.scenario.schema import Dispute, Scenario
from foedus.study.pipeline import Study

_KINDS = {
    "attack": "fighting begins",
    "truce": "truce",
    "breach": "truce breaks",
    "settlement": "settlement",
    "victory": "won",
    "repulse": "beaten off",
}
_SHAPES = ("triangle-up", "square", "triangle-down", "circle", "diamond", "cross")


def timeline(study: Study) -> Figure:
    """Each dispute: share of the runs with fighting, and what the record tells."""
    scenario, rows = study.scenario, []
    for slot, dispute in enumerate(slots(scenario)):
        name = label(scenario, dispute)
        fighting = study.course.status[:, Status.FIGHTING, slot]
        rows += [
            {"dispute": name, "date": str(scenario.start + timedelta(days=d)),
             "fighting": rounded(fighting[d]), "event": ""}
            for d in range(0, len(fighting), DAYS)
        ]  # fmt: skip
        rows += _events(scenario, dispute, name)
    marks = sum(bool(row["event"]) for row in rows)
    most = max((r for r in rows if r["fighting"] is not None), key=lambda r: r["fighting"])
    return Figure(
        "timeline", "What happened, above how often the runs fight at that time",
        f"{marks} turns of the record over {len(slots(scenario))} disputes. Fighting is most "
        f"frequent in {most['dispute']}, on {most['date']}: in {percent(most['fighting'])}.",
        rows, lambda width: _draw(rows, width),
        "Area: share of the runs with fighting on that day. Marks above: what the record tells, "
        "which steers nothing after the start. Each panel has its own height.",
    )  # fmt: skip


def label(scenario: Scenario, dispute: Dispute) -> str:
    """A dispute by its sides and its land."""
    sides = f"{called(scenario, dispute.challenger)} and {called(scenario, dispute.target)}"
    return f"{sides}: {scenario.territories[dispute.territory].names[0]}"


def _events(scenario: Scenario, dispute: Dispute, name: str) -> list[Row]:
    """Turns of a dispute after the start."""
    return [
        {"dispute": name, "date": str(event.date), "fighting": None, "event": _KINDS[event.kind]}
        for event in sorted(scenario.events, key=lambda e: (e.date, e.kind))
        if event.kind in _KINDS
        and getattr(event, "dispute", None) in (None, dispute.id)
        and event.date > scenario.start
    ]


def _draw(rows: list[Row], width: int) -> look.Spec:
    """A panel a dispute."""
    order = list(dict.fromkeys(row["dispute"] for row in rows))
    panels = [
        _panel([row for row in rows if row["dispute"] == name], name, width) for name in order
    ]
    return look.beside(panels, 1, 12) | {"resolve": {"scale": {"shape": "shared"}}}


def _panel(rows: list[Row], name: str, width: int) -> look.Spec:
    """How often the runs fight, and what happened above."""
    room = width - 60
    runs = [row for row in rows if row["fighting"] is not None]
    told = [row for row in rows if row["event"]]
    top = max(row["fighting"] for row in runs)
    few = width // 8
    x = look.day("date", room)
    axis = {"title": None, "format": ".0%", "tickCount": 3}
    legend = {
        "columns": 6 if width > 500 else 3,
        "symbolFillColor": look.RECORD, "symbolStrokeColor": look.RECORD,
    }  # fmt: skip
    shape = look.hues("event", dict(zip(_KINDS.values(), _SHAPES, strict=True)), legend)
    return look.view(
        runs, room, 90,
        look.mark(
            "area", {"x": x, "y": look.number("fighting", [0, max(1.3 * top, 0.02)], axis)},
            color=look.CHALLENGER, opacity=0.45,
            line={"color": look.CHALLENGER, "strokeWidth": 1},
        ),
        look.mark(
            "point", {"x": x, "y": look.value(8), "shape": shape}, told,
            filled=True, size=60, opacity=1, color=look.RECORD,
        ),
        title=name if len(name) <= few else f"{name[:few]} ...",
    )  # fmt: skip
