"""One answer: what the ensemble says of a question, and what is known beside it."""

import math
from datetime import date
from typing import NamedTuple

from foedus.claims.forecast import Forecast
from foedus.claims.language import Quantity
from foedus.claims.score import brier, log_floor, log_score, mean_brier
from foedus.claims.spread import Spread
from foedus.scenario.questions import claim_of
from foedus.scenario.schema import Question, Reference

_UNITS = {
    "share": "share",
    **dict.fromkeys(("first_stop", "fighting_days"), "days"),
    **dict.fromkeys(("deaths", "civilian_deaths"), "people"),
}


class Answer(NamedTuple):
    """An answer to a question.

    Attributes:
        id: Key of the question.
        question: Its text.
        kind: 'event' or 'quantity'.
        unit: Of a quantity: 'share', 'days' or 'people'; empty for an event.
        value: Probability of an event, median of a quantity; None where no run meets the
            question's condition.
        low: 5 per cent end: of the probability over parameter draws, or of the quantity.
        high: 95 per cent end.
        happened: Outcome, None where it is not known.
        spread: Shares of the outcome's variance: data, prior, chance.
        flags: What a reader must know beside the number.
        reference: What the record's class of cases says, or why there is none.
        course: The answer to the same question asked of earlier days, its own day last
            (`claims.earlier`); empty where it has no day of its own, or no run counts.
    """

    id: str
    question: str
    kind: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    happened: bool | float | None
    spread: Spread | None
    flags: tuple[str, ...]
    reference: Reference
    course: tuple[tuple[date, float], ...] = ()

    @property
    def scored(self) -> bool:
        """Whether it is of an event whose outcome is known."""
        return self.kind == "event" and None not in (self.value, self.happened)

    @property
    def classed(self) -> bool:
        """Whether there is a class of cases beside it."""
        return self.kind == "event" and self.reference.p is not None

    def to_json(self) -> dict:
        """The answer as the object that `--json` prints."""
        name = "probability" if self.kind == "event" else "median"
        reference = self.reference.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {
            "id": self.id,
            "question": self.question,
            "kind": self.kind,
            name: self.value,
            "low": self.low,
            "high": self.high,
            **({"unit": self.unit} if self.unit else {}),
            "happened": self.happened,
            "spread": self.spread._asdict() if self.spread else None,
            "flags": list(self.flags),
            "reference": reference,
            "course": [{"on": day.isoformat(), "value": value} for day, value in self.course],
        }


def answer(
    name: str,
    question: Question,
    forecast: Forecast | None,
    happened: bool | float | None,
    course: tuple[tuple[date, float], ...] = (),
) -> Answer:
    """The answer that a forecast gives."""
    kind = "quantity" if isinstance(claim_of(question), Quantity) else "event"
    event = kind == "event"
    known = happened is not None and math.isfinite(happened)
    said = _said(forecast, event=event) if forecast else _nothing()
    return Answer(
        id=name,
        question=question.text,
        kind=kind,
        unit="" if event else _UNITS.get(next(iter(question.claim)), ""),
        happened=happened if known else None,
        reference=question.reference,
        course=course,
        **said,
    )


def _said(forecast: Forecast, *, event: bool) -> dict:
    """What an ensemble says."""
    low, high = forecast.interval()
    return {
        "value": forecast.probability if event else forecast.median,
        "low": low,
        "high": high,
        "spread": forecast.spread(),
        "flags": forecast.flags(),
    }


def _nothing() -> dict:
    """What it says where no run meets the condition."""
    return dict.fromkeys(("value", "low", "high", "spread")) | {"flags": ("no run counts",)}


class Scores(NamedTuple):
    """Mean scores over the events whose outcome is known; lower is better.

    Attributes:
        n: Number of those events.
        brier: Of the answers.
        coin: Of 50 per cent for each.
        log: Log score of the answers, nats.
        coin_log: Log score of 50 per cent for each, nats.
        n_reference: Number of those events that have a reference class.
        brier_there: Of the answers on these.
        reference: Of the reference classes on these.
    """

    n: int
    brier: float
    coin: float
    log: float
    coin_log: float
    n_reference: int
    brier_there: float | None
    reference: float | None


def scores(answers: tuple[Answer, ...], runs: int) -> Scores | None:
    """Scores of the answers, beside a coin and the reference classes; None without outcomes."""
    known = [a for a in answers if a.scored]
    if not known:
        return None
    p, y = [_value(a) for a in known], [bool(a.happened) for a in known]
    half, floor = [0.5] * len(known), log_floor(runs)
    classed = [a for a in known if a.classed]
    there = [bool(a.happened) for a in classed]
    rates = [a.reference.p for a in classed if a.reference.p is not None]
    return Scores(
        n=len(known),
        brier=mean_brier(p, y),
        coin=mean_brier(half, y),
        log=float(log_score(p, y, floor).mean()),
        coin_log=float(log_score(half, y, floor).mean()),
        n_reference=len(classed),
        brier_there=mean_brier([_value(a) for a in classed], there) if classed else None,
        reference=mean_brier(rates, there) if classed else None,
    )


def brier_of(answer: Answer) -> float | None:
    """Brier score of one answer; None where there is nothing to score."""
    return float(brier(_value(answer), bool(answer.happened))) if answer.scored else None


def _value(answer: Answer) -> float:
    """The value of an answer that has one."""
    assert answer.value is not None
    return answer.value
