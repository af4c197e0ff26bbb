"""From a scenario to answers: simulate batch by batch, judge each claim, add, compare.

A batch is judged and dropped, so memory does not grow with the number of runs. History goes
through the same judge as the simulated runs.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from foedus.claims.earlier import asked_of, days
from foedus.claims.forecast import Forecast
from foedus.claims.frame import Frame
from foedus.claims.judge import judge
from foedus.claims.language import Claim, Quantity
from foedus.claims.runs import Runs, view
from foedus.core import params
from foedus.core.kinds import Action
from foedus.core.world import World
from foedus.game.joining import TOLERANCE
from foedus.scenario.arrays import frame, to_arrays
from foedus.scenario.history import history
from foedus.scenario.questions import claim_of, given_of
from foedus.scenario.schema import Scenario
from foedus.simulate.ensemble import BLOCK, Batch, ensemble
from foedus.study.answers import Answer, answer
from foedus.study.asof import Known, conditioned, nothing_known
from foedus.study.called import Call, Line, calls, did, forget, lines
from foedus.study.course import Course, course, merged
from foedus.study.folder import Folder, Kept
from foedus.study.workers import in_order

ONSET_WEEKS = 13
"""First weeks, about 90 days, over which the actions of third parties are told."""


class Options(NamedTuple):
    """What a user may choose of a run.

    Attributes:
        runs: Simulated runs.
        seed: Key of the random streams.
        block: Runs computed side by side; changes speed only.
        devices: Batches made at once, one a core; changes speed only.
        fixed: Parameters held at a value, by dotted name.
        as_of: Day by which reports are known and taken into account; None for none.
    """

    runs: int = 10_000
    seed: int = 1
    block: int = BLOCK
    devices: int = 1
    fixed: tuple[tuple[str, float], ...] = ()
    as_of: date | None = None


class Study(NamedTuple):
    """A finished run.

    Attributes:
        scenario: What was simulated.
        options: How.
        answers: One for each question, in the order of the file.
        forecasts: What they rest on, by question; None where no run meets its condition.
        unsolved: Share of rounds whose third-party stage had not converged.
        took: Share of the runs in which a state took an action in `ONSET_WEEKS`,
            [action, state, dispute].
        course: What the runs do in time.
        called: What each state that is called would do, and what it did.
        parameters: Hash of the parameter draws.
        known: What conditioning on reports came to; None where none were asked for.
    """

    scenario: Scenario
    options: Options
    answers: tuple[Answer, ...]
    forecasts: dict[str, Forecast | None]
    unsolved: float
    took: np.ndarray
    course: Course
    called: tuple[Line, ...]
    parameters: str
    known: Known | None = None


def run(
    scenario: Scenario,
    options: Options,
    folder: Folder | None = None,
    progress: Callable[[int], None] = lambda runs: None,
) -> Study:
    """Simulate a scenario and answer its questions.

    Args:
        scenario: A checked scenario.
        options: Runs, seed and the like.
        folder: Keeps each batch as it is done; batches it already holds are not made again.
        progress: Called with the number of runs done after each batch.

    Raises:
        ValueError: A fixed parameter does not exist, or the block does not fit.
    """
    judged = partial(_judge, _asked(scenario), calls(scenario), frame(scenario))
    known, makers = batches(scenario, options)
    tasks = [partial(_keep, folder, *numbered, judged) for numbered in enumerate(makers)]
    kept: list[Kept] = []
    for batch in in_order(tasks, options.devices):
        kept.append(batch)
        progress(sum(len(part.run) for part in kept))
    return told(scenario, options, kept, known)


def told(scenario: Scenario, options: Options, kept: Sequence[Kept], known: Known | None) -> Study:
    """The study that batches make together, just made or read again from a folder."""
    asked = _asked(scenario)
    forecasts = {name: _forecast(name, claim, kept) for name, claim in asked.items()}
    happened = _happened(scenario, asked)
    answers = tuple(
        answer(
            name, question, forecasts[name], happened.get(name),
            _course(scenario, name, asked[name], kept),
        )
        for name, question in scenario.questions.items()
    )  # fmt: skip
    took = _mean(kept, [part.took for part in kept])
    unsolved = float(_mean(kept, [part.unsolved for part in kept]))
    whole = merged([part.course for part in kept])
    called, sha256 = _called(scenario, kept), params.load().sha256
    return Study(
        scenario, options, answers, forecasts, unsolved, took, whole, called, sha256, known
    )


def _called(scenario: Scenario, kept: Sequence[Kept]) -> tuple[Line, ...]:
    """What those called would do; nothing where the draws cannot forget the war."""
    if not calls(scenario):
        return ()
    try:
        forgot = forget(scenario)
    except ValueError:
        return ()
    draw = np.concatenate([part.draw for part in kept])
    return lines(scenario, draw, np.concatenate([part.called for part in kept], axis=1), forgot)


def _keep(
    folder: Folder | None,
    number: int,
    make: Callable[[], Batch],
    judged: Callable[[Batch], Kept],
) -> Kept:
    """A batch from the folder, or made, judged and put there."""
    batch = folder.read(number) if folder else None
    if batch is None:
        batch = judged(make())
        if folder:
            folder.write(number, batch)
    return batch


def inputs(
    scenario: Scenario, options: Options
) -> tuple[Callable[[np.ndarray], params.Params], Callable[[np.ndarray], World]]:
    """Functions that give the parameters and the world of some draws, as the user wants them."""
    held = params.fix(params.load().params, dict(options.fixed))
    return partial(params.take, held), partial(to_arrays, scenario, options.seed)


def batches(
    scenario: Scenario, options: Options
) -> tuple[Known | None, Iterator[Callable[[], Batch]]]:
    """What conditioning came to, if it was asked for, and functions that make the batches."""
    span, on, given = frame(scenario).days, options.as_of, inputs(scenario, options)
    if on is not None and (found := conditioned(scenario, on, options.seed, given, options.runs)):
        return found
    plain = ensemble(options.seed, *given, options.runs, span, block=options.block)
    return (nothing_known(on, options.runs) if on else None), plain


class Asked(NamedTuple):
    """A question's claim, and the claim that must be true for it to count."""

    claim: Claim
    given: Claim | None


def _asked(scenario: Scenario) -> dict[str, Asked]:
    """Claims of the questions."""
    return {name: Asked(claim_of(q), given_of(q)) for name, q in scenario.questions.items()}


def _judge(asked: dict[str, Asked], called: tuple[Call, ...], axes: Frame, batch: Batch) -> Kept:
    """What is kept of a batch: the truth of each claim in each run, and weekly summaries."""
    past, runs = batch.trajectories, view(batch.trajectories, axes)
    onset = np.asarray(past.action[:ONSET_WEEKS])
    given = {name: one.given for name, one in asked.items() if one.given is not None}
    return Kept(
        run=batch.run,
        draw=batch.draw,
        values={name: judge(one.claim, runs) for name, one in asked.items()},
        counts={name: judge(claim, runs) for name, claim in given.items()},
        earlier={name: _earlier(one.claim, runs) for name, one in asked.items()},
        course=course(runs),
        unsolved=float((past.residual > TOLERANCE).mean()),
        took=np.stack([(onset == action).any(0).mean(-1) for action in Action]),
        called=did(called, runs),
    )


def _earlier(claim: Claim, runs: Runs) -> np.ndarray:
    """A claim in each run, asked of earlier days [day, run]."""
    found = [judge(asked_of(claim, day), runs) for day in days(claim, runs.frame.start)]
    return np.stack(found) if found else np.zeros((0, runs.status.shape[-1]), bool)


def _course(
    scenario: Scenario, name: str, asked: Asked, kept: Sequence[Kept]
) -> tuple[tuple[date, float], ...]:
    """How an answer moves until its day, over the runs that count for it."""
    found = np.concatenate([part.earlier[name] for part in kept], axis=1)
    if asked.given is not None:
        found = found[:, np.concatenate([part.counts[name] for part in kept]).astype(bool)]
    if not found.shape[1]:
        return ()
    middle = np.median if isinstance(asked.claim, Quantity) else np.mean
    return tuple(
        zip(days(asked.claim, scenario.start), middle(found, axis=1).tolist(), strict=True)
    )


def _mean(kept: Sequence[Kept], shares: Sequence[ArrayLike]) -> np.ndarray:
    """Mean over all runs of a share that is known for each batch."""
    return np.average(np.stack(shares), axis=0, weights=[len(part.run) for part in kept])


def _forecast(name: str, asked: Asked, kept: Sequence[Kept]) -> Forecast | None:
    """Forecast of a claim from all batches; None where no run meets its condition."""
    runs = [np.concatenate([getattr(part, axis) for part in kept]) for axis in ("run", "draw")]
    forecast = Forecast(np.concatenate([part.values[name] for part in kept]), *runs)
    if asked.given is None:
        return forecast
    return forecast.given(Forecast(np.concatenate([part.counts[name] for part in kept]), *runs))


def _happened(scenario: Scenario, asked: dict[str, Asked]) -> dict[str, bool | float]:
    """What the record says of each claim whose condition it met: history is a run like any."""
    past = history(scenario)
    if past is None:
        return {}
    runs = view(past, frame(scenario))
    met = {
        name: one for name, one in asked.items() if one.given is None or judge(one.given, runs)[0]
    }
    return {name: judge(one.claim, runs)[0].item() for name, one in met.items()}
