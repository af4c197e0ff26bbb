"""What can be moved in a scenario: its numbers as sliders, its yes and no as toggles."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import BaseModel

from foedus.core import states
from foedus.scenario.checks.numbers import support
from foedus.scenario.draws import quantile
from foedus.scenario.quantity import Quantity, Support
from foedus.scenario.schema import Scenario
from foedus.scenario.walk import Found, Steps, walk

_UNMOVED = frozenset({"sources", "questions", "events", "called"})
_ENDS = np.array([0.05, 0.5, 0.95])


class Input(BaseModel):
    """A number or a yes and no that a user may set.

    Attributes:
        path: As `--set` takes it.
        group: What it belongs to.
        label: What it is.
        meaning: A sentence of the format's reference.
        kind: 'number' or 'toggle'.
        value: Its median, or whether it is so.
        low: 5 per cent end of what the scenario holds possible; the value itself if it is known.
        high: 95 per cent end.
        least: Left end of the slider.
        most: Right end of the slider.
        log: The slider moves by ratios.
        known: It is no range.
        sources: Keys of its sources; empty where it has none.
    """

    path: str
    group: str
    label: str
    meaning: str
    kind: Literal["number", "toggle"]
    value: float | bool
    low: float | None = None
    high: float | None = None
    least: float | None = None
    most: float | None = None
    log: bool = False
    known: bool = True
    sources: tuple[str, ...] = ()


def inputs(scenario: Scenario) -> list[Input]:
    """Everything that can be moved, in the order of the file.

    Examples:
        >>> from foedus.scenario.load import load
        >>> found = {one.path: one for one in inputs(load("karabakh-2020"))}
        >>> found["states.RUS.domestic"].group
        'Russia'
    """
    return list(_inputs(scenario))


def _inputs(scenario: Scenario) -> Iterator[Input]:
    for found in walk(scenario):
        if found.steps[0] in _UNMOVED:
            continue
        if isinstance(found.value, Quantity):
            yield _number(scenario, found, found.value)
        elif isinstance(found.value, bool) and found.name != "unsourced":
            yield Input(**_told(scenario, found), kind="toggle", value=found.value)


def _number(scenario: Scenario, found: Found, number: Quantity) -> Input:
    low, middle, high = (float(x) for x in quantile(number, _ENDS, support(found)))
    least, most, log = _reach(support(found), low, high)
    return Input(
        **_told(scenario, found),
        kind="number",
        value=middle,
        low=low,
        high=high,
        least=least,
        most=most,
        log=log,
        known=number.value is not None,
        sources=number.src or getattr(found.around, "src", ()),
    )


def _reach(support: Support, low: float, high: float) -> tuple[float, float, bool]:
    """Ends of a slider, and whether it moves by ratios."""
    if support is Support.SHARE:
        return 0.0, 1.0, False
    if support in (Support.POSITIVE, Support.AMOUNT, Support.COUNT) and low > 0:
        return low / 10, high * 10, True
    around = max(high - low, abs(high), 1.0)
    return (0.0 if support is not Support.REAL else low - around), high + around, False


def _told(scenario: Scenario, found: Found) -> dict:
    """Where it stands, in words."""
    steps = _by_id(scenario, found.steps)
    described = type(found.around).model_fields.get(found.name)
    meaning = (described.description or "") if described else ""
    return {
        "path": _path(steps),
        "group": _group(scenario, steps),
        "label": _label(scenario, found.steps),
        "meaning": meaning.strip().partition("\n")[0],
    }


def _by_id(scenario: Scenario, steps: Steps) -> Steps:
    """Steps with a dispute's id in the place of its number."""
    if steps[0] != "disputes" or not isinstance(steps[1], int):
        return steps
    return ("disputes", scenario.disputes[steps[1]].id, *steps[2:])


def _path(steps: Steps) -> str:
    """Steps as `--set` writes them."""
    said = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return said.removeprefix(".")


def _group(scenario: Scenario, steps: Steps) -> str:
    kind, name = steps[0], str(steps[1]) if len(steps) > 1 else ""
    match kind:
        case "states":
            return states.called(name, scenario.start)
        case "disputes":
            return f"Dispute: {name}"
        case "treaties":
            return scenario.treaties[name].name
        case "ties":
            return "Ties between states"
        case _:
            return str(kind).capitalize()


def _label(scenario: Scenario, steps: Steps) -> str:
    """The last words of where it stands; a tie by whom it ties."""
    if steps[0] == "ties" and isinstance(steps[1], int):
        tie = scenario.ties[steps[1]]
        return f"{tie.kind}: {tie.from_} to {tie.to}"
    words = [str(step).replace("_", " ") for step in steps[2:]] or [str(steps[0])]
    return " ".join(words)
