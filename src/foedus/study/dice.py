"""One run told day by day: what was decided, with what odds, and what lay behind it.

The run is made again by the program of the ensemble, so it is that run bit for bit; the terms of
a decision are those the engine added up, recomputed for the run's draw by the same functions.
"""

from typing import NamedTuple

import jax
import numpy as np

from foedus.core.runs import draw_of
from foedus.core.situation import Trajectories
from foedus.scenario.arrays import frame
from foedus.scenario.schema import Scenario
from foedus.simulate.ensemble import replay
from foedus.study.pipeline import Options, inputs
from foedus.study.replayed import Replay, Told, behind
from foedus.study.telling import (
    actions,
    attacks,
    fighting,
    keepers,
    members,
    requests,
    strikes,
)


class Tale(NamedTuple):
    """A run of a scenario, told.

    Attributes:
        run: Its number.
        draw: The parameter draw that it belongs to.
        record: Its history, as in the ensemble.
        events: What happens, in order.
    """

    run: int
    draw: int
    record: Trajectories
    events: tuple[Told, ...]


def dice(scenario: Scenario, options: Options, run: int) -> Tale:
    """Tell one run of an ensemble.

    Args:
        scenario: A checked scenario.
        options: Those of the ensemble.
        run: Number of the run.

    Raises:
        ValueError: The ensemble has no such run.
    """
    here = replayed(scenario, options, run)
    tellers = (fighting, keepers, strikes, attacks, requests, actions, members)
    told = sorted(
        (event for teller in tellers for event in teller(here)),
        key=lambda event: (event.on, event.dispute),
    )
    last = frame(scenario).end
    return Tale(run, draw_of(run), here.record, tuple(e for e in told if e.on <= last))


def replayed(scenario: Scenario, options: Options, run: int) -> Replay:
    """One run of an ensemble made again, with what lay behind its decisions.

    Raises:
        ValueError: The ensemble has no such run.
    """
    if not 0 <= run < options.runs:
        raise ValueError(f"--run {run}: expected a run from 0 to {options.runs - 1}")
    prior, place = inputs(scenario, options)
    batch, ledger = replay(
        options.seed, prior, place, options.runs, frame(scenario).days, run, block=options.block
    )
    record = jax.tree.map(lambda a: a[..., 0], batch.trajectories)
    draw = np.array([draw_of(run)])
    own, world, terms = behind(options.seed, run, prior(draw), place(draw))
    return Replay(scenario, record, ledger, own, world, terms)
