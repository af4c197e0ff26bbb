"""How forecasts of unseen years came out: stated probability beside what came true.

`python -m foedus.report.figures.calibration FOLDER` makes the shipped file anew from the folder in
which `foedus validate --out FOLDER` has kept its report.
"""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, rounded

NAME = "calibration.json"
_TITLES = {
    "S4a": "Somebody comes, told at onset",
    "S4": "Somebody comes, force used",
    "S5": "Somebody comes, given war",
    "F": "A third party comes, force known",
}
_ROW = 20  # pixels


@cache
def stored() -> dict[str, Any]:
    """The shipped file.

    Examples:
        >>> list(stored()["tables"])
        ['S4a', 'S4', 'S5', 'F']
    """
    return json.loads(files("foedus.report.figures").joinpath(NAME).read_text("utf-8"))


def calibration() -> Figure:
    """Classes of stated probability: how often it came true, and within what it is known."""
    rows = [
        _row(what, one) for key, what in _TITLES.items() for one in stored()["tables"][key]["bins"]
    ]
    made = stored()
    return Figure(
        "calibration", "How forecasts of unseen years came out", _says(rows), rows,
        lambda width: _draw(rows, width),
        "By class of stated probability, in brackets how many. Somebody: any state with a "
        "pledge to defend that side alone, a case a side. A third party: any state that is "
        "relevant or allied, whichever side. Diamond: mean of what was stated. Dot: share that "
        "came true; bar: 90 % of it (Jeffreys), as if cases were independent, which those of one "
        "dispute are not. The scale is drawn out towards zero. "
        f"From foedus validate {made['version']} of {made['made']}, seed {made['seed']}, tables, "
        f"priors and code {made['mark']}: fitted before 1900, 1910, ... 2000, each time judged on "
        "the ten years that follow.",
    )  # fmt: skip


def _row(what: str, one: dict[str, Any]) -> Row:
    """A class of stated probability."""
    return {
        "forecast": what, "class": f"{100 * one['low']:g} to {100 * one['high']:g} %",
        "n": one["n"], "stated": rounded(one["stated"]), "came_true": rounded(one["observed"]),
        "low": rounded(one["within"][0]), "high": rounded(one["within"][1]),
    }  # fmt: skip


def ratio(rows: list[Row]) -> float:
    """How many times as often as it came true something was expected."""
    stated, true = (sum(row["n"] * row[key] for row in rows) for key in ("stated", "came_true"))
    return stated / true


def _says(rows: list[Row]) -> str:
    """Where forecasts are off, all in all and most."""
    ratios = [
        f"{_inside(what)}: {ratio([row for row in rows if row['forecast'] == what]):.2f}"
        for what in _TITLES.values()
    ]
    said = f"How many times as often as it happened it was expected: {'; '.join(ratios)}. "
    out = [row for row in rows if not row["low"] <= row["stated"] <= row["high"]]
    if not out:
        return said + "In every class what was stated lies within the bar."
    high = sum(row["stated"] > row["high"] for row in out)
    worst = max(out, key=lambda row: row["n"] * abs(row["stated"] - row["came_true"]))
    return said + (
        f"Of {len(rows)} classes what was stated lies above the bar in {high} and below it in "
        f"{len(out) - high}. The most at fault: {_inside(worst['forecast'])}, {worst['class']}, "
        f"where {worst['n'] * worst['stated']:.0f} of {worst['n']:,} were expected and "
        f"{worst['n'] * worst['came_true']:.0f} came."
    )


def _inside(title: str) -> str:
    """A title within a sentence."""
    return title[0].lower() + title[1:]


def _draw(rows: list[Row], width: int) -> look.Spec:
    """A panel for each kind of forecast."""
    panels = [_panel([r for r in rows if r["forecast"] == w], w, width) for w in _TITLES.values()]
    return look.beside(panels, 2 if width > 500 else 1, 14)


def _panel(rows: list[Row], title: str, width: int) -> look.Spec:
    """A line for each class."""
    label = 124
    room = ((width - 14) // 2 if width > 500 else width) - label - 30
    told = [row | {"row": f"{row['class']} ({row['n']:,})"} for row in rows]
    axis = {"title": None, "format": ".0%", "values": [0, 0.05, 0.2, 0.5, 1]}
    names = look.names_axis(label) | {"labelPadding": 8}
    y = look.name("row", [row["row"] for row in told], names)

    def at(field: str) -> look.Spec:
        return look.number(field, [0, 1], axis, type="sqrt")

    return look.view(
        told, room, _ROW * len(told),
        look.mark("rule", {"x": at("low"), "x2": {"field": "high"}, "y": y},
                  strokeWidth=7, opacity=0.3, color=look.TARGET),
        look.mark("circle", {"x": at("came_true"), "y": y}, size=60, opacity=1, color=look.TARGET),
        look.mark("point", {"x": at("stated"), "y": y}, shape="diamond", size=60, color=look.INK,
                  strokeWidth=1.5),
        title=title,
    )  # fmt: skip


def within(one: dict[str, Any]) -> list[float]:
    """90 % of the share that came true in a class, by Jeffreys' prior.

    Examples:
        >>> [round(end, 3) for end in within({"n": 10, "observed": 0.0})]
        [0.0, 0.171]
    """
    from scipy.stats import beta  # heavy, and only to make the file

    came = round(one["n"] * one["observed"])
    low, high = beta.ppf([0.05, 0.95], came + 0.5, one["n"] - came + 0.5)
    return [float(low) if came else 0.0, float(high) if came < one["n"] else 1.0]


def make(folder: Path, made: str) -> dict[str, Any]:
    """The content of the file.

    Args:
        folder: In which `foedus validate --out` has kept its report.
        made: Day on which it ran.
    """
    report, mark = (
        json.loads((folder / name).read_text("utf-8")) for name in ("report.json", "validate.json")
    )
    tables = {
        name: {
            "bins": [one | {"within": within(one)} for one in report["tables"][name]["calibration"]]
        }
        for name in _TITLES
    }
    kept = {name: report[name] for name in ("version", "seed", "draws")}
    return {**kept, "mark": mark["mark"], "made": made, "tables": tables}


if __name__ == "__main__":
    import sys
    from datetime import UTC, datetime

    where = Path(sys.argv[1])
    day = datetime.fromtimestamp((where / "report.json").stat().st_mtime, UTC).date()
    text = json.dumps(make(where, day.isoformat()), indent=1) + "\n"
    Path(str(files("foedus.report.figures"))).joinpath(NAME).write_text(text, "utf-8")
