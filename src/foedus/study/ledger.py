r"""The claims of a ledger: what the model says of each, what became of it, and scores.

Claims are put on the day when they were made: those of one day share an ensemble, and the model
knows what was known then. A claim whose deadline is ours has several; what is said of it,
and its score, are means over them. Claims that an author makes together are scored as one.
An event counts once: where several claims are about it, it gets the mean of their scores. So
totals grade what was said, and never who said it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from foedus.claims.score import log_floor
from foedus.core import params
from foedus.scenario import ledger as book
from foedus.scenario.ledger import Judged, Ledger, Row
from foedus.scenario.questions import claim_of
from foedus.scenario.schema import Question, Scenario
from foedus.scenario.settled import happened, judge_on, settled_by
from foedus.study.ablate import Ablation, Effect
from foedus.study.answers import Answer, answer
from foedus.study.asof import Known
from foedus.study.grades import Grade, Total, conjunction, graded, mean, total
from foedus.study.pipeline import Options
from foedus.study.pipeline import run as simulate
from foedus.study.systems import effect_of, moved, turned_off

OUTSIDE = "outside the model"
"""Flag of a claim of a day whose reports no history agrees with."""


class Said(NamedTuple):
    """A row with what the model says of it.

    Attributes:
        id: Of the row.
        row: What the ledger says.
        made: Day on which it is put.
        by: Its deadlines.
        answers: By each of them; empty where it does not run.
        settled: By the day on which it is put, which only a day of the user's can be.
        grade: Its scores by itself; None where it has none.
        effect: What turning its system off does; None where that was not run.
        verdict: What came of it, in a word or two.
    """

    id: str
    row: Row
    made: date
    by: tuple[date | None, ...]
    answers: tuple[Answer, ...]
    settled: bool
    grade: Grade | None
    effect: Effect | None
    verdict: str

    @property
    def probability(self) -> float | None:
        """Mean over the deadlines; None where it does not run, or no run counts."""
        return mean([a.value for a in self.answers])

    @property
    def low(self) -> float | None:
        """Mean of the 5 per cent ends."""
        return mean([a.low for a in self.answers])

    @property
    def high(self) -> float | None:
        """Mean of the 95 per cent ends."""
        return mean([a.high for a in self.answers])

    @property
    def happened(self) -> bool | None:
        """Whether it came true, by its own deadline."""
        return _truth(self.answers[0]) if self.answers else None


class Told(NamedTuple):
    """A ledger that was run.

    Attributes:
        scenario: What was simulated.
        options: How.
        ledger: The ledger.
        as_of: The day on which all claims were put; None for the day of each.
        known: What conditioning on what was known came to, by day.
        refused: Why no history agrees with what was known, by day; claims of it do not run.
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
    known: dict[date, Known]
    refused: dict[date, str]
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
    asked = {id_: _open(book.questions(ledger, id_, scenario), made[id_]) for id_ in rows}
    named = {name: q for id_ in rows for name, q in _named(id_, rows, asked).items()}
    days = {name: made[name.split("@")[0].split("+")[0]] for name in named}
    ran = _answers(scenario, named, days, options, count, strict=as_of is not None)
    answers = ran.answers
    found = turned_off(scenario, rows, options, count) if mechanisms else None
    floor = log_floor(options.runs)
    settled = _settled(scenario, asked, made) if as_of else frozenset()
    claims = tuple(
        _said(id_, made[id_], asked[id_], answers, id_ in settled, found, ledger, floor)
        for id_ in rows
    )
    joint = tuple(_joint(claims, answers, ledger, floor))
    graded = (*_alone(claims, joint), *joint)
    return Told(
        scenario, options, ledger, as_of, ran.known, ran.refused, claims, joint,
        total(graded),
        {k: t for k in book.KINDS if (t := total([g for g in graded if g.kind == k]))},
        mechanisms, params.load().sha256,
    )  # fmt: skip


def ensembles(scenario: Scenario, ledger: Ledger, as_of: date | None, only: Sequence[str]) -> int:
    """How many ensembles the claims need: one for each day that the model is put on."""
    rows = [ledger.claims[id_] for id_ in book.find(ledger, list(only))]
    days = {as_of or ledger.made(row) for row in rows if row.asks}
    return len({_conditioned(Options(), day, scenario) for day in days})


# ---- simulation


def _conditioned(options: Options, day: date, scenario: Scenario) -> Options:
    """The options of a run that knows what was known on a day."""
    return options if day <= scenario.start else options._replace(as_of=day)


def _open(several: Iterable[Judged], day: date) -> tuple[Judged, ...]:
    """What a row asks by its own deadline, and by those others that a day has not passed."""
    return tuple(q for i, q in enumerate(several) if i == 0 or (q.deadline or day) > day)


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


class _Ran(NamedTuple):
    """Answers by the name of their question; what conditioning came to, and why not, by day."""

    answers: dict[str, Answer]
    known: dict[date, Known]
    refused: dict[date, str]


def _answers(
    scenario: Scenario,
    named: dict[str, Question],
    days: dict[str, date],
    options: Options,
    count: "_Counter",
    *,
    strict: bool,
) -> _Ran:
    """Answers to the questions, with one ensemble for each day that the model is put on."""
    how = {name: _conditioned(options, days[name], scenario) for name in named}
    order = sorted(named, key=lambda name: str(how[name]))
    ran = _Ran({}, {}, {})
    for held, group in groupby(order, key=how.__getitem__):
        asked = {name: named[name] for name in group}
        day = days[next(iter(asked))]
        try:
            study = simulate(scenario.model_copy(update={"questions": asked}), held, progress=count)
        except ValueError as fault:
            if strict or held == options:
                raise
            ran.refused[day] = str(fault)
            ran.answers.update(_unsaid(scenario, asked))
        else:
            ran.answers.update({answer.id: answer for answer in study.answers})
            if study.known:
                ran.known[day] = study.known
        count.next()
    return ran


def _unsaid(scenario: Scenario, asked: dict[str, Question]) -> dict[str, Answer]:
    """Answers without a probability, where no history agrees with what was known."""
    judge = judge_on(scenario, scenario.end)
    return {
        name: answer(name, question, None, happened(question, judge))._replace(flags=(OUTSIDE,))
        for name, question in asked.items()
    }


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


# ---- scores


def _said(
    id_: str,
    made: date,
    asked: tuple[Judged, ...],
    known: dict[str, Answer],
    settled: bool,
    found: Ablation | None,
    ledger: Ledger,
    floor: float,
) -> Said:
    """A row with everything that is said of it."""
    row, by = ledger.claims[id_], tuple(one.deadline for one in asked)
    answers = tuple(known[_name(id_, i)] for i in range(len(asked)))
    words = ledger.scale[row.words].range if row.words else None
    scores = None if settled or row.vow else graded((id_,), row, answers, words, ledger, floor)
    effect = effect_of(row, found)
    verdict = _verdict(row, answers, settled, effect, off=found is not None)
    return Said(id_, row, made, by, answers, settled, scores, effect, verdict)


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
        if scores := graded(ids, said.row, (answer,), both, ledger, floor):
            yield scores


def _alone(claims: Iterable[Said], joint: Iterable[Grade]) -> Iterable[Grade]:
    """Scores of the claims that are not part of several made together."""
    together = {id_ for grade in joint for id_ in grade.ids}
    return (c.grade for c in claims if c.grade is not None and c.id not in together)


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
        return "depends on the deadline"
    return "came true" if truths == {True} else "did not come true"


def _of_switch(without: str, effect: Effect | None, *, off: bool) -> str:
    """What turning a system off says of a claim."""
    if not off:
        return "runs with --mechanisms"
    return "n/a" if effect is None else str(moved(effect, without))


def _truth(answer: Answer) -> bool | None:
    return None if answer.happened is None else bool(answer.happened)
