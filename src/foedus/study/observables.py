"""What can be measured on simulated runs beside a scenario's questions, by name.

The theories behind switches name these. Each takes a batch of runs, all disputes together, and
gives one entry a run: whether something happens (bool), or how much of it (float).
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from foedus.claims.runs import Runs
from foedus.core.kinds import Action, Grade, Membership, Side, Status

_AT_REST = (Status.QUIET, Status.SETTLED, Status.WON, Status.REPULSED)
_GONE = (Membership.SUSPENDED, Membership.LEAVING, Membership.PARTING, Membership.LEFT)


class Observable(NamedTuple):
    """A measure.

    Attributes:
        words: What happens, or what is counted.
        of: Truth or number in each run of a batch.
        share: It happens or not; otherwise it is a number.
    """

    words: str
    of: Callable[[Runs], np.ndarray]
    share: bool = False


def _joins_target(runs: Runs) -> np.ndarray:
    """A third party fights openly for a target [run]."""
    return _ever(runs.action == Action.JOIN_TARGET)


def _joins(runs: Runs) -> np.ndarray:
    """A third party fights openly for either side [run]."""
    return _ever(_does(runs, Grade.COMBAT))


def _clash(runs: Runs) -> np.ndarray:
    """Third parties fight on both sides of a dispute in one week [run]."""
    target, challenger = (
        (runs.action == Action.of(Grade.COMBAT, side)).any(axis=1) for side in Side
    )
    return _ever(target & challenger)


def _backs(runs: Runs) -> np.ndarray:
    """A third party gives a side more than words: arms, troops or combat [run]."""
    return _ever(_does(runs, *(grade for grade in Grade if grade > Grade.STATEMENT)))


def _aids(runs: Runs) -> np.ndarray:
    """A third party gives a side more than words and less than open combat [run]."""
    return _ever(_does(runs, Grade.AID, Grade.DEPLOYMENT, Grade.DENIABLE))


def _mediation_weeks(runs: Runs) -> np.ndarray:
    """Weeks in which somebody mediates, summed over disputes [run]."""
    return _count((runs.action == Action.MEDIATE).any(axis=1))


def _fighting_days(runs: Runs) -> np.ndarray:
    """Days of fighting, summed over disputes [run]."""
    return _count(runs.status == Status.FIGHTING)


def _deaths(runs: Runs) -> np.ndarray:
    """Military deaths of both sides of all disputes to the end [run]."""
    return runs.deaths[-1].astype(float).sum(axis=(0, 1))


def _target_losses(runs: Runs) -> np.ndarray:
    """Target's share of the military deaths of both sides; a half where nobody dies [run]."""
    target, challenger = (runs.deaths[-1, side].astype(float).sum(axis=0) for side in Side)
    both = target + challenger
    return np.where(both > 0, target / np.where(both > 0, both, 1), 0.5)


def _civilians(runs: Runs) -> np.ndarray:
    """Civilian deaths of both sides of all disputes to the end [run]."""
    return runs.civilians[-1].astype(float).sum(axis=(0, 1))


def _strikes_across(runs: Runs) -> np.ndarray:
    """A side strikes recognised land of the other's beyond the contested [run]."""
    return _ever(runs.across != 0)


def _spills(runs: Runs) -> np.ndarray:
    """The own land of an outsider that fights is struck [run]."""
    return _ever(runs.spread != 0)


def _ignitions(runs: Runs) -> np.ndarray:
    """Times that fighting begins in a dispute that was at rest the day before [run]."""
    rest = _among(runs.status[:-1], _AT_REST)
    return _count(rest & (runs.status[1:] == Status.FIGHTING))


def _truces(runs: Runs) -> np.ndarray:
    """Truces that begin [run]."""
    truce = runs.status == Status.TRUCE
    return _count(truce[1:] & ~truce[:-1])


def _settles(runs: Runs) -> np.ndarray:
    """A dispute is settled by agreement [run]."""
    return _ever(runs.status == Status.SETTLED)


def _invocations(runs: Runs) -> np.ndarray:
    """Treaties invoked, each once in an episode of fighting [run]."""
    asked = runs.asked != 0
    return _count(asked[:1]) + _count(asked[1:] & ~asked[:-1])


def _keepers(runs: Runs) -> np.ndarray:
    """Peacekeepers come [run]."""
    return _ever(runs.keeper >= 0)


def _exits(runs: Runs) -> np.ndarray:
    """Memberships that are suspended, or of which notice is given, at least once [run]."""
    return _count(np.logical_or.reduce(_among(runs.membership, _GONE), axis=0))


def _realignments(runs: Runs) -> np.ndarray:
    """Memberships that change at least once: hedging, suspension, exit, accession [run]."""
    return _count((runs.membership != runs.membership[:1]).any(axis=0))


OBSERVABLES = {
    "joins-target": Observable("an outsider fights for a target", _joins_target, True),
    "joins": Observable("an outsider fights", _joins, True),
    "clash": Observable("outsiders fight on both sides", _clash, True),
    "backs": Observable("an outsider arms a side or fights", _backs, True),
    "aids": Observable("an outsider helps short of combat", _aids, True),
    "mediation-weeks": Observable("weeks of mediation", _mediation_weeks),
    "fighting-days": Observable("days of fighting", _fighting_days),
    "deaths": Observable("military deaths", _deaths),
    "target-losses": Observable("targets' share of military deaths", _target_losses),
    "civilian-deaths": Observable("civilian deaths", _civilians),
    "strikes-across": Observable(
        "a side strikes the other's own recognised land", _strikes_across, True
    ),
    "spills": Observable("the own land of outsiders that fight is struck", _spills, True),
    "ignitions": Observable("wars begun later", _ignitions),
    "truces": Observable("truces begun", _truces),
    "settles": Observable("a dispute is settled", _settles, True),
    "invocations": Observable("treaties invoked", _invocations),
    "keepers": Observable("peacekeepers come", _keepers, True),
    "exits": Observable("members suspended or leaving", _exits),
    "realignments": Observable("memberships changed", _realignments),
}
"""The measures by name."""


def observe(name: str, runs: Runs) -> np.ndarray:
    """A measure in each run [run].

    Examples:
        >>> from datetime import date
        >>> from foedus.claims.frame import Frame
        >>> from foedus.claims.runs import nothing
        >>> quiet = nothing(Frame(date(2020, 9, 27), ("ARM",), ("CST",), ("land",), 14))
        >>> observe("truces", quiet).shape
        (0,)
    """
    return OBSERVABLES[name].of(runs)


def _does(runs: Runs, *grades: Grade) -> np.ndarray:
    """Where a state goes exactly so far for either side [week, state, dispute, run]."""
    return _among(runs.action, [Action.of(grade, side) for grade in grades for side in Side])


def _among(entries: np.ndarray, values: Sequence[int]) -> np.ndarray:
    """Where entries equal one of a few values."""
    return reduce(np.logical_or, (entries == value for value in values))


def _ever(entries: np.ndarray) -> np.ndarray:
    """Whether something holds anywhere in a run [run]."""
    return np.logical_or.reduce(entries, axis=tuple(range(entries.ndim - 1)))


def _count(entries: np.ndarray) -> np.ndarray:
    """How often something holds in a run [run]."""
    return entries.sum(axis=tuple(range(entries.ndim - 1))).astype(float)
