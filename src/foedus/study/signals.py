"""What signals do to beliefs: how far each observer trusts an ally that spoke or acted to it.

Trust is the mean, over the parameter draws, of the probability that the ally is steadfast: before
any signal, at the start, and once the later signals are known, by each account of them.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from foedus.alliance.signals import heard
from foedus.core import params
from foedus.core.features import is_state, trust
from foedus.core.world import World
from foedus.scenario.arrays import to_arrays
from foedus.scenario.events import Signal
from foedus.scenario.layout import labels
from foedus.scenario.schema import Scenario
from foedus.scenario.signals import accounts, counts, signals_by


class Belief(NamedTuple):
    """Trust of one observer in one ally.

    Attributes:
        observer: Whom the ally's signals were sent to.
        ally: Who sent them, or did not.
        before: Trust without any signal.
        start: With those up to the start, by which a run begins.
        later: With all, by account: "documented", and whoever states it otherwise.
    """

    observer: str
    ally: str
    before: float
    start: float
    later: dict[str, float]


DOCUMENTED = "documented"


def beliefs(scenario: Scenario, until: date | None = None) -> tuple[Belief, ...]:
    """Trust of everybody that signals were sent to in everybody that sent some.

    Args:
        scenario: A checked scenario.
        until: Last day of the later signals; the scenario's end if not given.

    Examples:
        >>> from foedus.scenario.load import load
        >>> found = {(b.observer, b.ally): b for b in beliefs(load("karabakh-2020"))}
        >>> found["AZE", "TUR"].start > found["AZE", "TUR"].before
        True
        >>> found["ARM", "KAZ"].later["essay"] < found["ARM", "KAZ"].later["documented"]
        True
    """
    end = until or scenario.end
    known = {
        "before": [],
        "start": signals_by(scenario, scenario.start),
        DOCUMENTED: signals_by(scenario, end),
        **{who: signals_by(scenario, end, who) for who in accounts(scenario)},
    }
    world = to_arrays(scenario, 1, np.arange(1))
    pairs = sorted({(s.to, s.from_) for s in scenario.signals if s.date <= end})
    found = {
        name: _trust(scenario, world, signals, sorted({observer for observer, _ in pairs}))
        for name, signals in known.items()
    }
    later = [name for name in known if name not in ("before", "start")]
    return tuple(
        Belief(
            *pair, found["before"][pair], found["start"][pair], {n: found[n][pair] for n in later}
        )
        for pair in pairs
    )


def _trust(
    scenario: Scenario, world: World, signals: Iterable[Signal], observers: Iterable[str]
) -> dict[tuple[str, str], float]:
    """Mean trust of each observer in each state, with these signals."""
    rows, own = labels(scenario), params.load().params
    size = world.state_entity.shape[0]
    news = heard(own, jnp.asarray(counts(scenario, signals, size)))
    found = {}
    for observer in observers:
        who = is_state(jnp.array([rows.index(observer)]), size)
        mean = np.asarray(trust(own, world, news, who)).mean(-1)
        found |= {(observer, ally): float(mean[i]) for i, ally in enumerate(rows)}
    return found
