"""Which signals of support were sent, or looked for in vain, by a day and by whose account?"""

from collections.abc import Iterable
from datetime import date

import numpy as np

from foedus.core.kinds import Side
from foedus.core.kinds import Signal as Kind
from foedus.scenario.events import Signal
from foedus.scenario.layout import labels
from foedus.scenario.schema import Dispute, Scenario


def signals_by(scenario: Scenario, on: date, stated_by: str = "") -> list[Signal]:
    """Signals up to a day, in one order; an account takes the place of what is documented.

    Args:
        scenario: The scenario.
        on: The day.
        stated_by: Whose account; without one, as documented.

    Examples:
        >>> from foedus.scenario.load import load
        >>> karabakh = load("karabakh-2020")
        >>> {s.to for s in signals_by(karabakh, karabakh.start) if s.from_ == "TUR"}
        {'AZE'}
    """
    known = [signal for signal in scenario.signals if signal.date <= on]
    own = [signal for signal in known if stated_by and signal.as_stated_by == stated_by]
    told = {_what(signal) for signal in own}
    rest = [s for s in known if not s.as_stated_by and _what(s) not in told]
    return sorted([*own, *rest], key=lambda s: (*_what(s), s.sent))


def _what(signal: Signal) -> tuple[date, str, str, str]:
    return signal.date, signal.from_, signal.to, signal.kind


def accounts(scenario: Scenario) -> tuple[str, ...]:
    """Those whose account of a signal differs from what is documented."""
    return tuple(sorted({signal.as_stated_by for signal in scenario.signals} - {""}))


def counts(scenario: Scenario, signals: Iterable[Signal], size: int) -> np.ndarray:
    """Signals of each kind that each of `size` states did not send, and sent [signal, 2, state]."""
    rows, found = labels(scenario), np.zeros((len(Kind), 2, size))
    for signal in signals:
        found[Kind[signal.kind.upper()], int(signal.sent == "yes"), rows.index(signal.from_)] += 1
    return found


def pledged(scenario: Scenario, dispute: Dispute, size: int) -> np.ndarray:
    """Who of `size` states has pledged help in public to a side by the start [side, state]."""
    rows, found = labels(scenario), np.zeros((len(Side), size))
    principals = {dispute.target: Side.TARGET, dispute.challenger: Side.CHALLENGER}
    for signal in signals_by(scenario, scenario.start):
        if signal.kind == "pledge" and signal.sent == "yes" and signal.to in principals:
            found[principals[signal.to], rows.index(signal.from_)] = 1
    return found
