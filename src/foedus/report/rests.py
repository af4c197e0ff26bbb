"""What an answer rests on: the law of the case, the ally's reasons, the unknowns that move it."""

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from foedus.claims.forecast import Forecast
from foedus.claims.spread import Spread
from foedus.core import params, states
from foedus.core.kinds import Action, Grade, Side
from foedus.report.columns import paragraph
from foedus.report.words import percent, signed
from foedus.scenario.layout import begun, dispute_labels, labels, slots
from foedus.scenario.schema import Dispute, Scenario
from foedus.study.ally import Ally, ally
from foedus.study.casus import cases
from foedus.study.pipeline import ONSET_WEEKS, Study

FEWEST = 20  # draws from which on a rank correlation says something
GRADES = {
    Grade.COMBAT: "fights for {side}",
    Grade.DENIABLE: "fights for {side} without owning up to it",
    Grade.DEPLOYMENT: "sends troops to stand by {side}",
    Grade.AID: "arms or advises {side}",
    Grade.STATEMENT: "speaks up for {side}",
}
"""What a state does that goes so far for a side."""


def rests_on(study: Study) -> Iterator[str]:
    """What the first answer rests on, in a few paragraphs."""
    if not study.answers:
        return
    first = study.answers[0]
    dispute = subject(study.scenario, first.id)
    yield f"WHAT THE FIRST ANSWER RESTS ON ({first.id})"
    if law := [_item(str(case)) for case in cases(study.scenario, dispute, Side.TARGET)]:
        target = _name(study, dispute.target)
        yield "\n".join(
            [f"Duties to {target}, by the treaties (a coding, no legal opinion):", *law]
        )
    if (found := ally(study, dispute)) is not None:
        yield "\n".join(reasons(study, dispute, found))
    forecast = study.forecasts[first.id]
    if forecast is not None and first.spread is not None:
        yield paragraph("Its variance: " + shares(first.spread) + ".")
        yield "\n".join(driven(forecast))


def subject(scenario: Scenario, question: str) -> Dispute:
    """The dispute that a question is about; else where fighting has begun, else the first.

    Examples:
        >>> from foedus.scenario.load import load
        >>> scenario = load("karabakh-2020")
        >>> subject(scenario, next(iter(scenario.questions))).target
        'ARM'
    """
    named = re.findall(r"'dispute': '([^']+)'", str(scenario.questions[question].claim))
    return scenario.dispute([*named, begun(scenario) or slots(scenario)[0].id][0])


def reasons(study: Study, dispute: Dispute, found: Ally) -> Iterator[str]:
    """The terms of the ally's utility, and what it does in the runs."""
    name, target = _name(study, found.code), _name(study, dispute.target)
    yield paragraph(
        f"{name}, strongest ally: what fighting for {target} is worth to it on day 0, in logits "
        f"against staying out (mean of {found.n_draws:,} draws):"
    )
    terms = {text: x for text, x in found.terms.items() if abs(x) >= 0.05}
    terms["duty"] = found.duty[0]
    ordered = sorted(terms.items(), key=lambda term: -abs(term[1]))
    said = ", ".join(f"{text} {signed(x)}" for text, x in ordered)
    total = sum(found.terms.values()) + found.duty[0]
    yield _item(f"{said}; sum {signed(total)}")
    before, after = map(percent, found.owed)
    yield _item(
        f"of its duty in full, {before} counts as due before {target} asks, {after} once it has "
        f"asked ({signed(found.duty[1])}); {target} keeping the land rather than losing it is "
        f"worth {signed(found.stake)}"
    )
    yield _item(
        "not in the sum: prospects of war, fear of a wider war, the unseen will of each run"
    )
    said = ", ".join(_conduct(study, dispute, found.code))
    yield _item(f"within {ONSET_WEEKS} weeks it {said} of the runs")


def _conduct(study: Study, dispute: Dispute, code: str) -> Iterator[str]:
    """How often a state does what, in the first weeks; what it never does is left out."""
    rows = labels(study.scenario).index(code), dispute_labels(study.scenario).index(dispute.id)
    took = {action: study.took[action, *rows] for action in Action}
    for side in Side:
        name = _name(study, getattr(dispute, side.name.lower()))
        for grade, does in GRADES.items():
            if share := took[Action.of(grade, side)]:
                yield f"{does.format(side=name)} in {percent(share)}"
    yield f"mediates in {percent(took[Action.MEDIATE])}"


def shares(spread: Spread) -> str:
    """Where an answer's variance comes from.

    Examples:
        >>> shares(Spread(0.1, 0.25, 0.65))
        '10 % from parameters that the record informs, 25 % from judgement, 65 % chance'
    """
    data, prior, chance = (f"{100 * share:.0f} %" for share in spread)
    return (
        f"{data} from parameters that the record informs, {prior} from judgement, {chance} chance"
    )


def driven(forecast: Forecast, most: int = 3) -> Iterator[str]:
    """The parameters that move an answer most, one line each."""
    found = drivers(forecast, most)
    if forecast.n_draws < FEWEST:
        yield f"Which parameters move it shows from {FEWEST} draws on (--runs {FEWEST * 20})."
    elif not found:
        yield "No single parameter moves it visibly."
    else:
        yield "Parameters that move it most (rank correlation over draws):"
    for name, meaning, r in found:
        yield _item(f"{r:+.2f}  {name}: {meaning}", "         ")


def drivers(forecast: Forecast, most: int = 3) -> list[tuple[str, str, float]]:
    """Parameters whose draws go most with an answer: name, meaning, rank correlation.

    Those that chance alone might give (within three standard errors of none) are left out.

    Examples:
        >>> import numpy as np
        >>> tempo = params.load().params.war.noise[:100].repeat(20)
        >>> drivers(Forecast(tempo > np.median(tempo), np.arange(2000)))[0][0]
        'war.noise'
    """
    draws, index = np.unique(forecast.draw, return_inverse=True)
    if len(draws) < FEWEST:
        return []
    p = np.bincount(index, forecast.values) / np.bincount(index)
    stored = params.load()
    names, ranks = _ranked(stored.sha256, tuple(draws))
    found = []
    for name, r in zip(names, ranks @ _standard(p), strict=True):
        group, field = name.split(".")
        if abs(r) > 3 / np.sqrt(len(draws)):
            found.append((name, stored.table[group][field]["meaning"].split(";")[0], float(r)))
    return sorted(found, key=lambda row: -abs(row[2]))[:most]


@lru_cache(maxsize=8)  # many answers share their draws
def _ranked(parameters: str, draws: tuple[int, ...]) -> tuple[list[str], np.ndarray]:
    """Names of the parameters and their standard ranks over some draws, [parameter, draw]."""
    columns = {
        name: values[-1] if values.ndim == 2 else values
        for name, values in params.columns(params.load().params).items()
    }
    rows = [_standard(column[np.array(draws) % len(column)]) for column in columns.values()]
    return list(columns), np.stack(rows)


def _standard(x: np.ndarray) -> np.ndarray:
    """Ranks less their mean, of length 1: the product of two is Spearman's correlation.

    It is nothing where the values do not vary.

    Examples:
        >>> round(float(_standard(np.array([1, 5, 9])) @ _standard(np.array([3, 2, 1]))), 6)
        -1.0
    """
    away = _ranks(x) - (len(x) - 1) / 2
    length = np.sqrt(away @ away)
    return away / length if length else away


def _ranks(x: np.ndarray) -> np.ndarray:
    """Ranks from 0, ties at their mean.

    Examples:
        >>> _ranks(np.array([5, 3, 5, 9]))
        array([1.5, 0. , 1.5, 3. ])
    """
    _, place, count = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count + 1) / 2)[place]


def _name(study: Study, code: str) -> str:
    """Short name of a state on the first day, or its code."""
    return states.called(code, study.scenario.start)


def _item(text: str, more: str = "    ") -> str:
    return paragraph(text, "  ", more)
