r"""What each system of the essays does: the whole model, and the model without each of them.

Every pair of ensembles shares its seed, its runs and its parameter draws, so a difference is
that of the same histories with and without a system. It shows whether the code of a system is
alive and which way it works, not whether a theory is true, and chooses no parameter.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import partial
from typing import NamedTuple

import numpy as np

from foedus.claims.evaluate import evaluate
from foedus.claims.frame import Frame
from foedus.claims.runs import view
from foedus.claims.spread import components, draw_sums
from foedus.core import params
from foedus.core.runs import draw_of
from foedus.scenario.arrays import frame
from foedus.scenario.questions import claim_of, given_of
from foedus.scenario.schema import Question, Scenario
from foedus.simulate.ensemble import Batch
from foedus.study import switches
from foedus.study.observables import observe
from foedus.study.pipeline import Options, batches
from foedus.study.switches import Switch
from foedus.study.workers import in_order


class Verdict(StrEnum):
    """Which way an observable moves once a system is off."""

    AS_SAID = "as said"
    OPPOSITE = "opposite"
    NONE = "none"


class Outcome(NamedTuple):
    """A claim or a measure in each run of an ensemble.

    Attributes:
        values: Its truth or value [run].
        counts: Whether the run counts [run]; some questions have a condition.
    """

    values: np.ndarray
    counts: np.ndarray

    @property
    def mean(self) -> float:
        """Share of the runs that count in which it is true, or its mean there."""
        return float(self.values[self.counts].mean())

    @property
    def pulls(self) -> np.ndarray:
        """How far each run pulls that mean, times the number of runs [run]."""
        return self.counts * (self.values - self.mean) / self.counts.mean()


class Effect(NamedTuple):
    """What turning a system off does to a mean.

    Attributes:
        full: With everything.
        without: Without the system.
        difference: Without less full.
        error: Standard error of the difference over runs and parameter draws.
        flips: Share of the runs, of those that count with it and without, that come out otherwise.
    """

    full: float
    without: float
    difference: float
    error: float
    flips: float = 0.0

    @property
    def detectable(self) -> bool:
        """Whether the difference is at least two standard errors."""
        return self.difference != 0 and abs(self.difference) >= 2 * self.error


class Row(NamedTuple):
    """A system and what follows from turning it off.

    Attributes:
        switch: The system.
        effect: On its observable; None where the scenario has nothing to turn off.
        questions: On each question; None where no run meets its condition.
    """

    switch: Switch
    effect: Effect | None
    questions: dict[str, Effect | None]

    @property
    def verdict(self) -> Verdict | None:
        """Which way the observable moves, against what the theory says of it."""
        return None if self.effect is None else verdict(self.effect, self.switch)


class Ablation(NamedTuple):
    """A scenario with and without each system.

    Attributes:
        scenario: What was simulated.
        options: How.
        baseline: Each question with everything.
        rows: One for each system, in the order of ids.
        events: Ids of the questions that are events; the others are quantities.
        parameters: Hash of the parameter draws.
    """

    scenario: Scenario
    options: Options
    baseline: dict[str, Outcome]
    rows: tuple[Row, ...]
    events: frozenset[str]
    parameters: str


class _Lived(NamedTuple):
    """Outcomes of one ensemble: of each question, and of each measure."""

    questions: dict[str, Outcome]
    measures: dict[str, Outcome]


def usable(only: Iterable[str] = ()) -> tuple[Switch, ...]:
    """The switches asked for; without any, all that can be turned off.

    Raises:
        ValueError: A switch cannot be found, or cannot be turned off yet.

    Examples:
        >>> [switch.id for switch in usable(["S07"])]
        ['S07']
    """
    every = (switch.id for switch in switches.switches().values() if not switch.missing)
    return switches.find(tuple(only) or every, "--only")


def ablate(
    scenario: Scenario,
    options: Options,
    chosen: Iterable[Switch],
    progress: Callable[[int], None] = lambda runs: None,
) -> Ablation:
    """Simulate the whole, and once more without each system.

    Args:
        scenario: A checked scenario.
        options: Runs, seed and the like, the same for all.
        chosen: The systems.
        progress: Called with the number of runs done after each batch.
    """
    chosen = tuple(chosen)
    done = _Counter(progress)
    names = sorted({switch.observable for switch in chosen})
    full = _live(scenario, options, names, done)
    rows = []
    for switch in chosen:
        if not switches.applies(scenario, switch):
            rows.append(Row(switch, None, {}))
            continue
        changed, fixed = switches.apply(scenario, dict(options.fixed), [switch.id])
        held = options._replace(fixed=tuple(sorted(fixed.items())))
        rows.append(_row(switch, full, _live(changed, held, names, done), options.runs))
    events = frozenset(n for n, one in full.questions.items() if one.values.dtype == np.bool_)
    known = params.load().sha256
    return Ablation(scenario, options, full.questions, tuple(rows), events, known)


def _row(switch: Switch, full: _Lived, without: _Lived, runs: int) -> Row:
    """What follows from turning a system off."""
    of = partial(effect, runs=np.arange(runs))
    return Row(
        switch,
        of(full.measures[switch.observable], without.measures[switch.observable]),
        {name: of(one, without.questions[name]) for name, one in full.questions.items()},
    )


def effect(full: Outcome, without: Outcome, runs: np.ndarray) -> Effect | None:
    """Difference of two means over the same runs; None where no run counts.

    Runs of one parameter draw are alike, so the error is that of an analysis of variance over
    draws, of how far each run pulls the difference (the delta method where runs drop out).

    Args:
        full: With everything.
        without: Without a system.
        runs: Numbers of the runs.

    Examples:
        >>> runs = np.arange(400)
        >>> every = np.ones(400, bool)
        >>> found = effect(Outcome(runs % 2 == 0, every), Outcome(runs % 4 == 0, every), runs)
        >>> found.full, found.without, found.difference, found.detectable
        (0.5, 0.25, -0.25, True)
    """
    if not (full.counts.any() and without.counts.any()):
        return None
    pulls = draw_sums(without.pulls - full.pulls, draw_of(runs))
    error = float(np.sqrt(components(pulls).mean))
    both = full.counts & without.counts
    flips = float((full.values != without.values)[both].mean()) if both.any() else 0.0
    return Effect(full.mean, without.mean, without.mean - full.mean, error, flips)


def verdict(effect: Effect, switch: Switch) -> Verdict:
    """Whether an effect is what the theory says; no detectable effect is a result too.

    Examples:
        >>> [str(verdict(Effect(0.2, 0.2 + d, d, 0.01), switches.switches()["S01"]))
        ...  for d in (-0.1, 0.1, 0.01)]
        ['as said', 'opposite', 'none']
    """
    if not effect.detectable:
        return Verdict.NONE
    raises = effect.difference > 0
    return Verdict.AS_SAID if raises == (switch.without == "raises") else Verdict.OPPOSITE


class _Counter:
    """Adds up the runs of one ensemble after the other."""

    def __init__(self, say: Callable[[int], None]) -> None:
        self._say, self._done = say, 0

    def __call__(self, more: int) -> None:
        self._done += more
        self._say(self._done)


def _live(
    scenario: Scenario, options: Options, names: list[str], done: Callable[[int], None]
) -> _Lived:
    """Simulate, and judge every question and measure batch by batch."""
    judge = partial(_judge, scenario.questions, names, frame(scenario))
    tasks = [partial(_judged, judge, make) for make in batches(scenario, options)[1]]
    kept: list[_Lived] = []
    for runs, lived in in_order(tasks, options.devices):
        kept.append(lived)
        done(runs)
    return _Lived(
        _joined([part.questions for part in kept]), _joined([part.measures for part in kept])
    )


def _judged(judge: Callable[[Batch], _Lived], make: Callable[[], Batch]) -> tuple[int, _Lived]:
    """The number of runs of a batch, and what it says; its histories are dropped."""
    batch = make()
    return len(batch.run), judge(batch)


def _judge(questions: dict[str, Question], names: list[str], axes: Frame, batch: Batch) -> _Lived:
    """What a batch says of each question and each measure."""
    past = batch.trajectories
    every = np.ones(len(batch.run), bool)
    answers = {}
    for name, question in questions.items():
        given = given_of(question)
        counts = every if given is None else evaluate(given, past, axes)
        answers[name] = Outcome(evaluate(claim_of(question), past, axes), counts)
    seen = view(past, axes)
    return _Lived(answers, {name: Outcome(observe(name, seen), every) for name in names})


def _joined(parts: list[dict[str, Outcome]]) -> dict[str, Outcome]:
    """Outcomes of all batches in the order of their runs."""
    outcomes = {name: [part[name] for part in parts] for name in parts[0]}
    return {
        name: Outcome(
            np.concatenate([one.values for one in found]),
            np.concatenate([one.counts for one in found]),
        )
        for name, found in outcomes.items()
    }
