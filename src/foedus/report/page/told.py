"""Answers as the page tells them: in words, with range, class, outcome and what moves them."""

from foedus.report import terminal
from foedus.report.page.section import Told
from foedus.report.rests import drivers, shares
from foedus.report.words import chance, percent, percents, quantities, quantity
from foedus.study.answers import Answer, brier_of
from foedus.study.pipeline import Study

_FLAGS = {
    "judgement": "rests more on judgement than on the record",
    "rare": "rare: fewer than 20 runs in which it happens, or in which it does not",
    "few draws": "fewer than 20 parameter draws, so rough ranges",
    "no run counts": "in no run did what the question takes as given happen",
}


def told(study: Study, answer: Answer) -> Told:
    """One answer."""
    words, figure, within = _said(answer)
    event = answer.kind == "event" and answer.value is not None
    return Told(
        id=answer.id,
        question=answer.question,
        words=words,
        figure=figure,
        range=within,
        outcome="" if answer.happened is None else f"; outcome: {terminal.outcome(answer)}",
        bar=_bar(answer) if event else None,
        facts=_facts(study, answer),
    )


def _said(answer: Answer) -> tuple[str, str, str]:
    """Words, figure and range."""
    if answer.value is None or answer.low is None or answer.high is None:
        return "No run counts", "", "--"
    if answer.kind == "event":
        words = chance(answer.value) + ":"
        return words, percent(answer.value), percents(answer.low, answer.high)
    middle = quantity(answer.value, answer.unit)
    return "Median:", middle, quantities(answer.low, answer.high, answer.unit) + " of runs"


def _bar(answer: Answer) -> dict[str, float]:
    """Where range and probability lie, in per cent."""
    p, low, high = (round(100 * float(x or 0), 2) for x in (answer.value, answer.low, answer.high))
    return {"p": p, "low": low, "width": round(high - low, 2)}


def _facts(study: Study, answer: Answer) -> list[tuple[str, str]]:
    """What is known beside an answer."""
    score = brier_of(answer)
    scored = "" if score is None else f" (Brier score {score:.3f})"
    facts = [("What happened", terminal.outcome(answer) + scored)]
    known = answer.reference
    if known.p is None:
        facts.append(("Such cases", f"no class: {known.none}"))
    else:
        sources = ", ".join(known.src)
        facts.append(("Such cases", f"{percent(known.p)} of {known.n} {known.class_} ({sources})"))
    if (moved := _moved(study, answer)) is not None:
        facts.append(("What would change it", moved))
    if answer.spread is not None:
        facts.append(("Its variance", shares(answer.spread)))
    flags = [_FLAGS.get(flag, flag) for flag in answer.flags]
    return [*facts, *([("Mind", "; ".join(flags))] if flags else [])]


def _moved(study: Study, answer: Answer) -> str | None:
    """The parameters that go with an answer, and which way."""
    forecast = study.forecasts[answer.id]
    if forecast is None:
        return None
    event = answer.kind == "event"
    up, down = ("likelier", "less likely") if event else ("more", "less")
    said = [
        f"{up if r > 0 else down} with more of: {meaning} ({name}, rank correlation {r:+.2f})"
        for name, meaning, r in drivers(forecast)
    ]
    return "; ".join(said) if said else "no single parameter moves it visibly in these draws"
