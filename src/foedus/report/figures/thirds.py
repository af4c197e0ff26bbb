"""Who comes: by state, response and side, and in time."""

from datetime import timedelta

import numpy as np

from foedus.core.clock import DAYS
from foedus.core.kinds import Action, Grade, Side
from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, listed, rounded
from foedus.report.figures.names import called
from foedus.report.figures.war import FIRST_WEEKS
from foedus.report.words import percent
from foedus.scenario.layout import dispute_labels, labels, third_parties
from foedus.scenario.schema import Dispute
from foedus.study.pipeline import ONSET_WEEKS, Study

RESPONSES = {
    Grade.STATEMENT: "words",
    Grade.AID: "arms",
    Grade.DEPLOYMENT: "troops to deter",
    Grade.DENIABLE: "unowned force",
    Grade.COMBAT: "open war",
}
"""What a third party does for a side, from least to most."""
_MEDIATES = "mediates"
_LEVELS = {"arms or more": Grade.AID, "troops or more": Grade.DEPLOYMENT, "open war": Grade.COMBAT}
_MOST = 4
_LEAST = 0.02
"""Share of the runs from which on a course in time is drawn."""


def responses(study: Study, dispute: Dispute) -> Figure | None:
    """Each third party's responses in the first weeks; None where there is no third party."""
    rows = [
        row for code in third_parties(study.scenario, dispute) for row in _of(study, dispute, code)
    ]
    target, challenger = (
        called(study.scenario, code) for code in (dispute.target, dispute.challenger)
    )
    troops = ("troops to deter", "unowned force", "open war")
    likely = sorted((r for r in rows if r["response"] in troops), key=lambda r: -r["share"])[:3]
    said = [
        f"{r['state']} ({r['response']} for {r['side']}, {percent(r['share'])})" for r in likely
    ]
    if not rows:
        return None
    says = (
        f"Share of the runs in which a state does so within {ONSET_WEEKS} weeks. Likeliest to send "
        f"forces: {listed(said)}."
    )
    return Figure(
        "responses", f"Who comes, for {target} or for {challenger}, or to mediate", says, rows,
        lambda width: _draw(rows, [target, challenger], width),
        "Per cent of the runs; an empty cell is less than half a per cent. A state may do several "
        "of these in turn, so that rows do not add up to 100 %.",
    )  # fmt: skip


def _of(study: Study, dispute: Dispute, code: str) -> list[Row]:
    """What one state does."""
    place = labels(study.scenario).index(code), dispute_labels(study.scenario).index(dispute.id)
    took = {action: rounded(study.took[action, *place]) for action in Action}
    name = called(study.scenario, code)
    rows = [{"state": name, "response": _MEDIATES, "side": "", "share": took[Action.MEDIATE]}]
    for side in Side:
        principal = called(study.scenario, getattr(dispute, side.name.lower()))
        rows += [
            {
                "state": name,
                "response": text,
                "side": principal,
                "share": took[Action.of(grade, side)],
            }
            for grade, text in RESPONSES.items()
        ]
    return rows


def _draw(rows: list[Row], sides: list[str], width: int) -> look.Spec:
    """A panel a side, and one for mediation."""
    wide = width > 500
    cell = 50 if wide else 38
    panels = [
        _panel(rows, side, f"For {side}", [*RESPONSES.values()], cell, hue, names=not (wide and i))
        for i, (side, hue) in enumerate(zip(sides, (look.TARGET, look.CHALLENGER), strict=True))
    ]
    last = _panel(rows, "", "Mediates", [_MEDIATES], cell, look.THIRD, names=not wide)
    return look.beside([*panels, last], 3 if wide else 1, 14)


def _panel(
    rows: list[Row], side: str, title: str, columns: list[str], cell: int, hue: str, *, names: bool
) -> look.Spec:
    """States by responses, each share as a shade and a number."""
    mine = [r | {"said": percent(r["share"]).removesuffix(" %")} for r in rows if r["side"] == side]
    order = list(dict.fromkeys(r["state"] for r in mine))
    axis = look.names_axis(120) | {
        "orient": "top", "labelColor": look.MUTED, "labelAngle": -40, "labels": len(columns) > 1
    }  # fmt: skip
    at = {
        "x": look.name("response", columns, axis),
        "y": look.name("state", order, look.names_axis(120) if names else None),
    }
    shade = {
        "field": "share", "type": "quantitative", "legend": None,
        "scale": {"domain": [0, 0.6], "range": [0.04, 0.75], "clamp": True},
    }  # fmt: skip
    return look.view(
        mine, cell * len(columns), 24 * len(order),
        look.mark("rect", at | {"opacity": shade}, color=hue, stroke=look.PAPER, strokeWidth=2),
        look.mark(
            "text", at | {"text": look.text("said")}, where="datum.share >= 0.005", fontSize=11
        ),
        title=title,
    )  # fmt: skip


def arrival(study: Study, dispute: Dispute) -> Figure | None:
    """How far the likeliest third parties go, week by week."""
    found = _helpers(study, dispute)
    if not found:
        return None
    rows = [
        {
            "who": who,
            "date": str(study.scenario.start + timedelta(days=DAYS * week)),
            "response": text,
            "share": rounded(share),
        }
        for who, shares in found
        for text, column in shares.items()
        for week, share in enumerate(column[:FIRST_WEEKS])
    ]
    says = f"In the first half year most is done by {listed([who for who, _ in found])}."
    return Figure(
        "arrival", "Who is helping whom, week by week", says, rows,
        lambda width: _draw_time(rows, [who for who, _ in found], width),
        "Share of the runs in which the state is doing that much, or more, in that week.",
    )  # fmt: skip


def _helpers(study: Study, dispute: Dispute) -> list[tuple[str, dict[str, np.ndarray]]]:
    """Who helps whom most, and how far by week."""
    found = []
    for code in third_parties(study.scenario, dispute):
        for side in Side:
            principal = called(study.scenario, getattr(dispute, side.name.lower()))
            who = f"{called(study.scenario, code)} for {principal}"
            shares = {
                text: _share(study, dispute, code, side, grade) for text, grade in _LEVELS.items()
            }
            if (most := shares["arms or more"][:FIRST_WEEKS].max()) >= _LEAST:
                found.append((most, who, shares))
    found.sort(key=lambda one: (-one[0], one[1]))
    return [(who, shares) for _, who, shares in found[:_MOST]]


def _share(study: Study, dispute: Dispute, code: str, side: Side, grade: Grade) -> np.ndarray:
    """Share of the runs in which a state goes so far, or further, by week."""
    place = labels(study.scenario).index(code), dispute_labels(study.scenario).index(dispute.id)
    actions = [Action.of(g, side) for g in Grade if g >= grade]
    return study.course.acts[:, actions, *place].sum(1)


def _draw_time(rows: list[Row], order: list[str], width: int) -> look.Spec:
    """A panel for each state and side."""
    wide = width > 500
    room = (width - 120) // 2 if wide else width - 60
    top = max(0.1, *(row["share"] for row in rows))
    known = dict(zip(_LEVELS, (look.THIRD, look.TARGET, look.CHALLENGER), strict=True))
    encoding = {
        "x": look.day("date", room),
        "y": look.number("share", [0, top], look.per_cent()),
        "color": look.hues("response", known, {}),
    }
    panels = [
        look.view(
            [row for row in rows if row["who"] == who], room, 110,
            look.mark("line", encoding, interpolate="step-after"), title=who,
        )
        for who in order
    ]  # fmt: skip
    return look.beside(panels, 2 if wide else 1)
