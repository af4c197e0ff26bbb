"""Who is tied to whom: promises of defence, arms, bases and energy, with dates."""

import math
from datetime import date

import numpy as np

from foedus.core.kinds import Obligation
from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, rounded
from foedus.report.figures.names import called
from foedus.scenario.deliveries import shares
from foedus.scenario.draws import Draws, median
from foedus.scenario.layout import known_ties, members_on, treaty_labels
from foedus.scenario.schema import Dispute, Scenario

_DEFENCE = "promise of defence"
PANELS = {
    _DEFENCE: ("Promises to help if attacked", look.TARGET),
    "arms": ("Arms: share of the receiver's imports", look.CHALLENGER),
    "base": ("Bases", look.OTHER),
    "energy": ("Energy: share of the receiver's imports", look.THIRD),
}
_FEWEST = 0.05
"""Share below which a tie stands in the table alone."""
_DRAWS = 200
"""Draws of what was delivered, of whose shares the median is shown."""


def ties(scenario: Scenario, dispute: Dispute) -> Figure | None:
    """Ties of the states of a scenario on the first day."""
    rows = [*_promises(scenario, dispute), *_others(scenario)]
    if not rows:
        return None
    counts = ", ".join(
        f"{sum(r['kind'] == kind for r in rows)} of {name.split(':')[0].lower()}"
        for kind, (name, _) in PANELS.items()
    )
    return Figure(
        "ties", "Who is tied to whom on the first day", f"Ties that the scenario knows: {counts}.",
        rows, lambda width: _draw(rows, width),
        "A line runs from giver (dot) to receiver; the thicker, the larger the share. Promises are "
        "drawn to the two sides only, and say nothing of whether they cover this case. Shares "
        "under 5 % stand in the table alone.",
    )  # fmt: skip


def _promises(scenario: Scenario, dispute: Dispute) -> list[Row]:
    """Treaties that promise one side help, by member."""
    rows = []
    for key in treaty_labels(scenario):
        treaty = scenario.treaties[key]
        inside = members_on(scenario, treaty)
        kinds = {Obligation[clause.kind.upper()] for clause in treaty.obligations}
        if Obligation.DEFENSE not in kinds:
            continue
        for side in (dispute.target, dispute.challenger):
            rows += [
                _row(scenario, giver, side, _DEFENCE, 1.0, treaty.in_force or treaty.signed, key)
                for giver in sorted(inside - {side})
                if side in inside
            ]
    return rows


def _others(scenario: Scenario) -> list[Row]:
    """Arms, bases and energy."""
    rows = []
    for tie in known_ties(scenario):
        if tie.kind in PANELS and tie.from_ in scenario.states:
            source = ", ".join(tie.src) or "unsourced"
            value = median(tie.value, tie.support)
            rows.append(_row(scenario, tie.from_, tie.to, tie.kind, value, tie.on, source))
    for (giver, to), share in shares(scenario, Draws(1, np.arange(_DRAWS))).items():
        if giver in scenario.states:
            value, source = float(np.median(share)), _sources(scenario, giver, to)
            rows.append(_row(scenario, giver, to, "arms", value, None, source))
    return rows


def _sources(scenario: Scenario, giver: str, to: str) -> str:
    """Keys of the sources of the arms that one state had from another."""
    found = {key for one in scenario.deliveries if (one.from_, one.to) == (giver, to)
             for key in one.src}  # fmt: skip
    return ", ".join(sorted(found)) or "unsourced"


def _row(
    scenario: Scenario, giver: str, to: str, kind: str, value: float, on: date | None, by: str
) -> Row:
    return {
        "kind": kind,
        "from": called(scenario, giver),
        "to": called(scenario, to),
        "share": rounded(value, 3),
        "date": str(on) if on else "",
        "treaty_or_source": by,
    }


def _draw(rows: list[Row], width: int) -> look.Spec:
    """A ring of states in each panel, in one order."""
    wide = width > 500
    size = (width - 40) // 2 if wide else width - 20
    names = sorted({r["from"] for r in rows} | {r["to"] for r in rows})
    turn = [2 * math.pi * i / len(names) for i in range(len(names))]
    ring = {name: (math.cos(t), math.sin(t)) for name, t in zip(names, turn, strict=True)}
    panels = [
        _panel([r for r in rows if r["kind"] == kind], title, hue, ring, size)
        for kind, (title, hue) in PANELS.items()
    ]
    return look.beside(panels, 2 if wide else 1, 18)


def _panel(
    rows: list[Row], title: str, hue: str, ring: dict[str, tuple[float, float]], size: int
) -> look.Spec:
    """One kind of ties."""
    drawn = [r for r in rows if r["share"] >= _FEWEST]
    lines = [
        dict(zip(("x", "y", "x2", "y2"), ring[r["from"]] + ring[r["to"]], strict=True))
        | {"share": r["share"]}
        for r in drawn
    ]
    nodes = _nodes(rows, drawn, ring)
    scale = {"domain": [0, 1], "range": [0.6, 5]}
    thick = {"field": "share", "type": "quantitative", "scale": scale, "legend": None}
    ends = _at("x", "y") | {"x2": {"field": "x2"}, "y2": {"field": "y2"}, "strokeWidth": thick}
    dots = {
        "size": look.either("datum.gives", 90, 28),
        "color": look.either("datum.on", hue, look.LINE),
    }
    ink = {"text": look.text("name"), "color": look.either("datum.on", look.INK, look.MUTED)}
    return look.view(
        nodes, size, int(size * 0.8),
        look.mark("rule", ends, lines, opacity=0.55, color=hue, strokeCap="round"),
        look.mark("circle", _at("x", "y") | dots, opacity=1),
        *(
            look.mark("text", _at("tx", "ty") | ink, where=f"datum.align == '{align}'",
                      align=align, fontSize=11)
            for align in ("left", "center", "right")
        ),
        title=title,
    )  # fmt: skip


def _nodes(rows: list[Row], drawn: list[Row], ring: dict[str, tuple[float, float]]) -> list[Row]:
    """States on the ring, and where their names stand."""
    active = {r["from"] for r in rows} | {r["to"] for r in rows}
    givers = {r["from"] for r in drawn}
    return [
        {
            "name": name, "x": x, "y": y, "tx": 1.1 * x, "ty": 1.12 * y,
            "gives": name in givers, "on": name in active,
            "align": "center" if abs(x) <= 0.2 else "left" if x > 0 else "right",
        }
        for name, (x, y) in ring.items()
    ]  # fmt: skip


def _at(x: str, y: str) -> look.Spec:
    """Where on the ring, with room for names around it."""
    return {"x": look.number(x, [-1.62, 1.62]), "y": look.number(y, [-1.3, 1.3])}
