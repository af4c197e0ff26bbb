r"""The claims of a ledger: what the model says of each, what became of it, and scores.

Claims are put on the day when they were made: those of one day share an ensemble, and the model
knows what was known then. A claim whose deadline is ours may have several; what is said of it,
and its score, are means over them. Claims that an author makes together are scored as one.
An event counts once: where several claims are about it, it gets the mean of their scores. So
totals grade what was said, and never who said it.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

import numpy as np

from foedus.claims.score import brier, log_floor, log_score
from foedus.core import params
from foedus.scenario import ledger as book
from foedus.scenario.ledger import Judged, Ledger, Row
from foedus.scenario.questions import claim_of
from foedus.scenario.schema import Question, Scenario
from foedus.scenario.settled import judge_on, settled_by
from foedus.study import switches
from foedus.study.ablate import Ablation, Effect, Verdict, ablate
from foedus.study.answers import Answer
from foedus.study.pipeline import Options
from foedus.study.pipeline import run as simulate

Range = tuple[float, float]
HALF = 0.5


class Grade(NamedTuple):
    """Scores of one claim, or of several made together; the less, the better.

    Attributes:
        ids: Its rows.
        kind: Of the first of them.
        event: Id of the event that it is about.
        p: What the model says.
        happened: Whether it came true, by its own deadline.
        brier: Of the model.
        log: Log score of the model, nats.
        reference: Brier score of its class of cases.
        words: Brier scores of the author's words: the best and the worst of their range.
    """

    ids: tuple[str, ...]
    kind: str
    event: str
    p: float
    happened: bool
    brier: float
    log: float
    reference: float | None
    words: Range | None


class Said(NamedTuple):
    """A row with what the model says of it.

    Attributes:
        id: Of the row.
        row: What the ledger says.
        made: Day on which it is put.
        answers: By each of its deadlines; empty where it does not run.
        settled: By the day on which it is put, which only a day of the user's can be.
        grade: Its scores by itself; None where it has none.
        effect: What turning its system off does; None where that was not run.
        verdict: What came of it, in a word or two.
    """

    id: str
    row: Row
    made: date
    answers: tuple[Answer, ...]
    settled: bool
    grade: Grade | None
    effect: Effect | None
    verdict: str

    @property
    def probability(self) -> float | None:
        """Mean over the deadlines; None where it does not run, or no run counts."""
        return _mean([a.value for a in self.answers])

    @property
    def low(self) -> float | None:
        """Mean of the 5 per cent ends."""
        return _mean([a.low for a in self.answers])

    @property
    def high(self) -> float | None:
        """Mean of the 95 per cent ends."""
        return _mean([a.high for a in self.answers])

    @property
    def happened(self) -> bool | None:
        """Whether it came true, by its own deadline."""
        return _truth(self.answers[0]) if self.answers else None


class Total(NamedTuple):
    """Mean scores over events, each counted once.

    Attributes:
        events: Number of events.
        claims: Number of claims about them; those made together are one.
        brier: Of the model.
        coin: Of 50 per cent for each.
        log: Log score of the model, nats.
        coin_log: Of 50 per cent for each.
        n_reference: Events with a class of cases.
        brier_there: Of the model on these.
        reference: Of the classes.
        n_words: Events with a claim whose words tell a probability.
        brier_words: Of the model on these.
        words_low: Of the words, each at the better end of its range.
        words_high: Each at the worse end.
    """

    events: int
    claims: int
    brier: float
    coin: float
    log: float
    coin_log: float
    n_reference: int
    brier_there: float | None
    reference: float | None
    n_words: int
    brier_words: float | None
    words_low: float | None
    words_high: float | None


class Told(NamedTuple):
    """A ledger that was run.

    Attributes:
        scenario: What was simulated.
        options: How.
        ledger: The ledger.
        as_of: The day on which all claims were put; None for the day of each.
        conditioned: Whether the model knew what was known on that day.
        claims: One for each row asked for.
        joint: Scores of claims made together.
        total: Over all that are graded; None without any.
        kinds: The same for each kind.
        mechanisms: Whether the systems that claims speak of were turned off.
        parameters: Hash of the parameter draws.
    """

    scenario: Scenario
    options: Options
    ledger: Ledger
    as_of: date | None
    conditioned: bool
    claims: tuple[Said, ...]
    joint: tuple[Grade, ...]
    total: Total | None
    kinds: dict[str, Total]
    mechanisms: bool
    parameters: str


def run(
    scenario: Scenario,
    ledger: Ledger,
    options: Options,
    *,
    as_of: date | None = None,
    only: Sequence[str] = (),
    mechanisms: bool = False,
    progress: Callable[[int], None] = lambda runs: None,
) -> Told:
    """Simulate a scenario and say what it makes of the claims of a ledger.

    Args:
        scenario: A checked scenario.
        ledger: Its ledger.
        options: Runs, seed and the like.
        as_of: A day on which every claim is put, in the place of its own.
        only: Ids of the rows wanted; without any, all.
        mechanisms: Also turn off the systems that claims speak of, which takes longer.
        progress: Called with the number of runs done.

    Raises:
        ValueError: No such row, or a day outside the scenario.
    """
    if as_of is not None and not scenario.start <= as_of <= scenario.end:
        raise ValueError(f"expected a day from {scenario.start} to {scenario.end}; got {as_of}")
    rows = {id_: ledger.claims[id_] for id_ in book.find(ledger, list(only))}
    made = {id_: as_of or ledger.made(row) for id_, row in rows.items()}
    count = _Counter(progress)
    asked = {id_: tuple(book.questions(row, scenario, id_)) for id_, row in rows.items()}
    named = {name: q for id_ in rows for name, q in _named(id_, rows, asked).items()}
    days = {name: made[name.split("@")[0].split("+")[0]] for name in named}
    answers = _answers(scenario, named, days, options, count)
    found = _off(scenario, rows, options, count) if mechanisms else None
    floor = log_floor(options.runs)
    settled = _settled(scenario, asked, made) if as_of else frozenset()
    claims = tuple(
        _said(id_, row, made[id_], _own(id_, asked[id_], answers), id_ in settled, found, ledger,
              floor)
        for id_, row in rows.items()
    )  # fmt: skip
    joint = tuple(_joint(claims, answers, ledger, floor))
    graded = (*_alone(claims, joint), *joint)
    return Told(
        scenario, options, ledger, as_of, _can_condition(), claims, joint, total(graded),
        {k: t for k in book.KINDS if (t := total([g for g in graded if g.kind == k]))},
        mechanisms, params.load().sha256,
    )  # fmt: skip


def ensembles(scenario: Scenario, ledger: Ledger, as_of: date | None, only: Sequence[str]) -> int:
    """How many ensembles the claims need: one for each day that the model is put on."""
    rows = [ledger.claims[id_] for id_ in book.find(ledger, list(only))]
    days = {as_of or ledger.made(row) for row in rows if row.asks}
    return len({_conditioned(Options(), day, scenario) for day in days})


# ---- simulation


def _can_condition() -> bool:
    """Whether a run can be conditioned on what was known on a day."""
    return "as_of" in Options._fields


def _conditioned(options: Options, day: date, scenario: Scenario) -> Options:
    """The options of a run that knows what was known on a day."""
    if day <= scenario.start or not _can_condition():
        return options
    return options._replace(**{"as_of": day})


def _named(
    id_: str, rows: dict[str, Row], asked: dict[str, tuple[Judged, ...]]
) -> dict[str, Question]:
    """Questions of a row by name: `A33`, `A33@1`, and `A13+` for what is claimed together."""
    own = {_name(id_, i): one.question for i, one in enumerate(asked[id_])}
    if together := _together(id_, rows, asked):
        own[f"{id_}+"] = together
    return own


def _name(id_: str, i: int) -> str:
    return f"{id_}@{i}" if i else id_


def _together(
    id_: str, rows: dict[str, Row], asked: dict[str, tuple[Judged, ...]]
) -> Question | None:
    """All claims that are made together as one; None where there is one only."""
    ids = (id_, *rows[id_].with_)
    if len(ids) == 1 or not all(asked.get(other) for other in ids):
        return None
    parts = [asked[other][0].question for other in ids]
    given = [part.given for part in parts if part.given is not None]
    update = {
        "claim": {"all": tuple(part.claim for part in parts)},
        "given": {"all": tuple(given)} if given else None,
        "reference": book.NO_CLASS,
    }
    return parts[0].model_copy(update=update)


def _answers(
    scenario: Scenario,
    named: dict[str, Question],
    days: dict[str, date],
    options: Options,
    count: "_Counter",
) -> dict[str, Answer]:
    """Answers to the questions, with one ensemble for each day that the model is put on."""
    how = {name: _conditioned(options, days[name], scenario) for name in named}
    order = sorted(named, key=lambda name: str(how[name]))
    found: dict[str, Answer] = {}
    for held, group in groupby(order, key=how.__getitem__):
        asked = scenario.model_copy(update={"questions": {n: named[n] for n in group}})
        study = simulate(asked, held, progress=count)
        count.next()
        found |= {answer.id: answer for answer in study.answers}
    return found


def _own(id_: str, asked: tuple[Judged, ...], answers: dict[str, Answer]) -> tuple[Answer, ...]:
    """Answers to what a row asks, by deadline."""
    return tuple(answers[_name(id_, i)] for i in range(len(asked)))


def _settled(
    scenario: Scenario, asked: dict[str, tuple[Judged, ...]], made: dict[str, date]
) -> frozenset[str]:
    """Rows that are settled on the day on which they are put."""
    judges = {day: judge_on(scenario, day) for day in set(made.values())}
    return frozenset(
        id_
        for id_, several in asked.items()
        if any(
            settled_by(judges[made[id_]], claim_of(one.question), made[id_]) is not None
            for one in several
        )
    )


class _Counter:
    """Adds up the runs of one ensemble after the other."""

    def __init__(self, say: Callable[[int], None]) -> None:
        self._say, self._before, self._now = say, 0, 0

    def __call__(self, done: int) -> None:
        self._now = done
        self._say(self._before + done)

    def next(self) -> None:
        """The next ensemble begins."""
        self._before, self._now = self._before + self._now, 0


# ---- systems turned off


def _off(
    scenario: Scenario, rows: dict[str, Row], options: Options, count: _Counter
) -> Ablation | None:
    """The ensembles without the systems that claims speak of, and what they say of the measures."""
    spoken = {id_: row.switch for id_, row in rows.items() if row.switch is not None}
    if not spoken:
        return None
    measures = {
        id_: Question(text=rows[id_].text, claim=off.of, reference=book.NO_CLASS)
        for id_, off in spoken.items()
        if off.of is not None
    }
    asked = scenario.model_copy(update={"questions": measures})
    chosen = switches.find({off.id for off in spoken.values()}, "switch")
    return ablate(asked, options, chosen, count)


def _effect(id_: str, row: Row, found: Ablation | None) -> Effect | None:
    """What turning a row's system off does to what the row speaks of."""
    if row.switch is None or found is None:
        return None
    off = next(one for one in found.rows if one.switch.id == row.switch.id)
    return off.effect if row.switch.of is None else off.questions.get(id_)


def moved(effect: Effect, without: str) -> Verdict:
    """Whether an effect is what a claim expects of it.

    Examples:
        >>> up = Effect(0.2, 0.3, 0.1, 0.01)
        >>> [str(moved(up, without)) for without in ("raises", "lowers", "nothing")]
        ['as said', 'opposite', 'opposite']
        >>> str(moved(Effect(0.2, 0.2, 0.0, 0.01), "nothing"))
        'as said'
    """
    if without == "nothing":
        return Verdict.OPPOSITE if effect.detectable else Verdict.AS_SAID
    if not effect.detectable:
        return Verdict.NONE
    return Verdict.AS_SAID if (effect.difference > 0) == (without == "raises") else Verdict.OPPOSITE


# ---- scores


def _said(
    id_: str,
    row: Row,
    made: date,
    answers: tuple[Answer, ...],
    settled: bool,
    found: Ablation | None,
    ledger: Ledger,
    floor: float,
) -> Said:
    """A row with everything that is said of it."""
    words = ledger.scale[row.words].range if row.words else None
    graded = None if settled or row.vow else _grade((id_,), row, answers, words, ledger, floor)
    effect = _effect(id_, row, found)
    verdict = _verdict(row, answers, settled, effect, off=found is not None)
    return Said(id_, row, made, answers, settled, graded, effect, verdict)


def _grade(
    ids: tuple[str, ...],
    row: Row,
    answers: tuple[Answer, ...],
    words: Sequence[float] | None,
    ledger: Ledger,
    floor: float,
) -> Grade | None:
    """Scores of a claim, means over its deadlines; None where nothing can be scored."""
    known = [a for a in answers if a.scored]
    if not known:
        return None
    y = np.array([bool(a.happened) for a in known])
    p = np.array([a.value for a in known], float)
    rates = [a.reference.p for a in known]
    return Grade(
        ids=ids,
        kind=row.kind,
        event=ledger.event(ids[0]),
        p=float(p.mean()),
        happened=bool(y[0]),
        brier=float(brier(p, y).mean()),
        log=float(log_score(p, y, floor).mean()),
        reference=None if None in rates else float(brier(np.array(rates, float), y).mean()),
        words=_worded(words, y) if words else None,
    )


def _worded(words: Sequence[float], y: np.ndarray) -> Range:
    """Least and greatest Brier score of a probability within a range."""
    best = float(np.clip(y.mean(), *words))
    scores = [float(brier(p, y).mean()) for p in (best, *map(float, words))]
    return min(scores), max(scores)


def _joint(
    claims: Iterable[Said], answers: dict[str, Answer], ledger: Ledger, floor: float
) -> Iterable[Grade]:
    """Scores of claims made together; their words bound a conjunction after Fréchet."""
    for said in claims:
        answer = answers.get(f"{said.id}+")
        if answer is None or said.settled:
            continue
        ids = (said.id, *said.row.with_)
        words = [ledger.scale[w].range for i in ids if (w := ledger.claims[i].words)]
        both = conjunction(words) if len(words) == len(ids) else None
        if graded := _grade(ids, said.row, (answer,), both, ledger, floor):
            yield graded


def conjunction(ranges: Sequence[Sequence[float]]) -> Range:
    """Least and greatest probability that all of several claims are true, whatever ties them.

    Reference:
        Fréchet (1935), *Fundamenta Mathematicae* 25, 379-387.

    Examples:
        >>> conjunction([(0.75, 1.0), (0.75, 0.875)])
        (0.5, 0.875)
    """
    low = sum(low for low, _ in ranges) - (len(ranges) - 1)
    return max(0.0, low), min(high for _, high in ranges)


def _alone(claims: Iterable[Said], joint: Iterable[Grade]) -> Iterable[Grade]:
    """Scores of the claims that are not part of several made together."""
    together = {id_ for grade in joint for id_ in grade.ids}
    return (c.grade for c in claims if c.grade is not None and c.id not in together)


def total(grades: Iterable[Grade]) -> Total | None:
    """Mean scores, each event counted once: claims about one event share its weight.

    Examples:
        >>> one = Grade(("A",), "forecast", "E", 0.5, True, 0.25, 0.7, None, (0.0, 0.2))
        >>> two = one._replace(ids=("B",), brier=0.75)
        >>> three = one._replace(ids=("C",), event="F", brier=0.0, reference=0.1, words=None)
        >>> found = total([one, two, three])
        >>> found.events, found.claims, found.brier, found.n_reference, found.n_words
        (2, 3, 0.25, 1, 1)
        >>> total([]) is None
        True
    """
    grades = list(grades)
    if not grades:
        return None
    classed = [g for g in grades if g.reference is not None]
    worded = [g for g in grades if g.words is not None]
    return Total(
        events=len({g.event for g in grades}),
        claims=len(grades),
        brier=_by_event(grades, [g.brier for g in grades]) or 0.0,
        coin=float(brier(HALF, True)),
        log=_by_event(grades, [g.log for g in grades]) or 0.0,
        coin_log=math.log(2),
        n_reference=len({g.event for g in classed}),
        brier_there=_by_event(classed, [g.brier for g in classed]),
        reference=_by_event(classed, [g.reference for g in classed]),
        n_words=len({g.event for g in worded}),
        brier_words=_by_event(worded, [g.brier for g in worded]),
        words_low=_by_event(worded, [g.words[0] for g in worded if g.words]),
        words_high=_by_event(worded, [g.words[1] for g in worded if g.words]),
    )


def _by_event(grades: Sequence[Grade], scores: Sequence[float | None]) -> float | None:
    """Mean over events of the mean over the claims about each; None without any."""
    events: dict[str, list[float]] = {}
    for grade, score in zip(grades, scores, strict=True):
        if score is not None:
            events.setdefault(grade.event, []).append(score)
    return _mean([_mean(found) for found in events.values()])


def _mean(numbers: Sequence[float | None]) -> float | None:
    """Mean of numbers; None without any, or where one is not known."""
    known = [x for x in numbers if x is not None]
    return math.fsum(known) / len(known) if known and len(known) == len(numbers) else None


# ---- words


def _verdict(
    row: Row, answers: tuple[Answer, ...], settled: bool, effect: Effect | None, *, off: bool
) -> str:
    """What came of a claim, in a word or two."""
    if row.switch is not None:
        return _of_switch(row.switch.without, effect, off=off)
    if not answers:
        return "not run" if row.outcome is None else str(row.outcome).lower()
    truths = {_truth(answer) for answer in answers}
    if settled:
        return "settled by then"
    if None in truths:
        return "condition not met" if row.given or answers[0].value is None else "unknown"
    if len(truths) > 1:
        return "by its deadline"
    return "came true" if truths == {True} else "did not"


def _of_switch(without: str, effect: Effect | None, *, off: bool) -> str:
    """What turning a system off says of a claim."""
    if not off:
        return "runs with --mechanisms"
    return "n/a" if effect is None else str(moved(effect, without))


def _truth(answer: Answer) -> bool | None:
    return None if answer.happened is None else bool(answer.happened)
