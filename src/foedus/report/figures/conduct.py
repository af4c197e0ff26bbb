"""What each state that is called would do, beside what it did: the numbers of `foedus cases`."""

from foedus.claims.conduct import CATEGORIES
from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, rounded
from foedus.report.figures.names import called
from foedus.report.words import percent
from foedus.study.called import Line
from foedus.study.pipeline import Study

_MEANS = (
    "none: nothing, or words alone; mediate: between the two; aid: arms, troops that deter, or "
    "force not owned up to; join: fights openly at its side; oppose: arms or troops for the other."
)


def conduct(study: Study) -> Figure | None:
    """Each state's five kinds of conduct and what it did; None where nobody is called."""
    if not study.called:
        return None
    rows = [row for line in study.called for row in _of(study, line)]
    return Figure(
        "conduct", "Who of those called comes", _says(study.called), rows,
        lambda width: _draw(rows, width),
        f"Per cent of the runs, by the day on which conduct is judged; an empty cell is less than "
        f"half a per cent. Framed: what it did. {_MEANS} {_forgets(study.called)}",
    )  # fmt: skip


def _of(study: Study, line: Line) -> list[Row]:
    """One state's row of cells."""
    scenario = study.scenario
    caller = called(scenario, getattr(scenario.dispute(line.dispute), line.side))
    happened = "unknown" if line.happened is None else line.happened
    return [
        {
            "state": called(scenario, line.called), "called_by": caller, "conduct": name,
            "probability": rounded(line.probability[name]), "happened": happened,
        }
        for name in CATEGORIES
    ]  # fmt: skip


def _says(lines: tuple[Line, ...]) -> str:
    """How much of what happened was held likely."""
    known = [line for line in lines if line.happened is not None]
    if not known:
        return f"{len(lines)} states are called; of none is it known what it would do."
    right = sum(line.likeliest == line.happened for line in known)
    stated = percent(sum(line.probability[str(line.happened)] for line in known) / len(known))
    return (
        f"Of {len(known)} states called, {right} did what the runs hold likeliest; what they did "
        f"had {stated} on average, where holding all five alike gives 20 %."
    )


def _forgets(lines: tuple[Line, ...]) -> str:
    """Whether the war was in the fit."""
    if not lines[0].in_fit:
        return "The fit has not seen this war."
    weak = " It cannot well (k-hat above .7)." if lines[0].weak else ""
    return f"The fit saw this war and was made to forget it: who joined, not how it ended.{weak}"


def _draw(rows: list[Row], width: int) -> look.Spec:
    """A panel for each caller."""
    callers = list(dict.fromkeys(row["called_by"] for row in rows))
    panels = [_panel([r for r in rows if r["called_by"] == who], who, width) for who in callers]
    return look.beside(panels, 1, 12)


def _panel(rows: list[Row], caller: str, width: int) -> look.Spec:
    """States by conduct, each probability as a shade and a number, what happened in a frame."""
    label = 150 if width > 500 else 110
    told = [row | {"said": percent(row["probability"]).removesuffix(" %")} for row in rows]
    states = list(dict.fromkeys(row["state"] for row in rows))
    names = look.names_axis(label) | {"labelPadding": 6}
    at = {
        "x": look.name("conduct", list(CATEGORIES), names | {
            "orient": "top", "labelAngle": 0, "labelColor": look.MUTED
        }),
        "y": look.name("state", states, names),
    }  # fmt: skip
    shade = {
        "field": "probability", "type": "quantitative", "legend": None,
        "scale": {"domain": [0, 1], "range": [0.04, 0.75]},
    }  # fmt: skip
    cells = {"color": look.THIRD, "stroke": look.PAPER, "strokeWidth": 2}
    frame = {"filled": False, "stroke": look.RECORD, "strokeWidth": 2}
    return look.view(
        told, width - label - 26, 30 * len(states),
        look.mark("rect", at | {"opacity": shade}, **cells),
        look.mark("rect", at, where="datum.happened == datum.conduct", **frame),
        look.mark("text", at | {"text": look.text("said")}, where="datum.probability >= 0.005"),
        title=f"Called by {caller}",
    )  # fmt: skip
