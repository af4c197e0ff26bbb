"""One answer: what the ensemble says of a question, and what is known beside it."""

from typing import NamedTuple

from foedus.claims.forecast import Forecast
from foedus.claims.score import brier, log_floor, log_score, mean_brier
from foedus.claims.spread import Spread
from foedus.scenario.schema import Question


class Answer(NamedTuple):
    """An answer to a question.

    Attributes:
        id: Key of the question.
        question: Its text.
        kind: 'event' or 'quantity'.
        value: Probability of an event, median of a quantity.
        low: 5 per cent end: of the probability over parameter draws, or of the quantity.
        high: 95 per cent end.
        happened: Outcome, None where it is not known.
        spread: Shares of the outcome's variance: data, prior, chance.
        flags: What a reader must know beside the number.
        reference: Probability that the record's class of cases gives, None where there is none.
    """

    id: str
    question: str
    kind: str
    value: float
    low: float
    high: float
    happened: bool | float | None
    spread: Spread
    flags: tuple[str, ...]
    reference: float | None

    def to_json(self) -> dict:
        """The answer as the object that `--json` prints."""
        name = "probability" if self.kind == "event" else "median"
        return {
            "id": self.id,
            "question": self.question,
            "kind": self.kind,
            name: self.value,
            "low": self.low,
            "high": self.high,
            "happened": self.happened,
            "spread": self.spread._asdict(),
            "flags": list(self.flags),
            "reference": self.reference,
        }


def answer(
    name: str, question: Question, forecast: Forecast, happened: bool | float | None
) -> Answer:
    """The answer that a forecast gives."""
    low, high = forecast.interval()
    event = forecast.kind == "event"
    return Answer(
        id=name,
        question=question.text,
        kind=forecast.kind,
        value=forecast.probability if event else forecast.median,
        low=low,
        high=high,
        happened=happened,
        spread=forecast.spread(),
        flags=forecast.flags(),
        reference=question.reference.p if event else None,
    )


class Scores(NamedTuple):
    """Mean scores over the events whose outcome is known; lower is better.

    Attributes:
        n: Number of those events.
        brier: Of the answers.
        coin: Of 50 per cent for each.
        log: Log score of the answers, nats.
        n_reference: Number of those events that have a reference class.
        brier_there: Of the answers on these.
        reference: Of the reference classes on these.
    """

    n: int
    brier: float
    coin: float
    log: float
    n_reference: int
    brier_there: float | None
    reference: float | None


def scores(answers: tuple[Answer, ...], runs: int) -> Scores | None:
    """Scores of the answers, beside a coin and beside the reference classes; None without outcomes."""
    known = [a for a in answers if a.kind == "event" and a.happened is not None]
    if not known:
        return None
    p, y = [a.value for a in known], [bool(a.happened) for a in known]
    classed = [a for a in known if a.reference is not None]
    there = [bool(a.happened) for a in classed]
    return Scores(
        n=len(known),
        brier=mean_brier(p, y),
        coin=float(brier(0.5, True)),
        log=float(log_score(p, y, log_floor(runs)).mean()),
        n_reference=len(classed),
        brier_there=mean_brier([a.value for a in classed], there) if classed else None,
        reference=mean_brier([a.reference for a in classed], there) if classed else None,
    )
