"""Who and when: the names and dates behind the axes of a `Trajectories`."""

from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import NamedTuple


class Frame(NamedTuple):
    """Labels of the axes of a batch of runs.

    Day d is `start` plus d days; week w covers days 7w to 7w + 6, the last week perhaps fewer.

    Attributes:
        start: Date of day 0.
        states: Code of each state, in the order of the `state` axis; padding has no code.
        treaties: Code of each treaty, in the order of the `treaty` axis.
        disputes: Name of each dispute, in the order of the `dispute` axis.
        days: Number of days, day 0 included.

    Examples:
        >>> frame = Frame(date(2020, 9, 27), ("ARM", "AZE", "TUR"), ("CSTO",), ("border",), 45)
        >>> frame.end, frame.weeks
        (datetime.date(2020, 11, 10), 7)
        >>> frame.day(date(2020, 10, 10)), frame.week(date(2020, 10, 10))
        (13, 1)
        >>> frame.state("TRU")
        Traceback (most recent call last):
        ValueError: expected one of the states ARM, AZE, TUR; got 'TRU', did you mean 'TUR'?
        >>> frame.dispute(None)
        0
    """

    start: date
    states: tuple[str, ...]
    treaties: tuple[str, ...]
    disputes: tuple[str, ...]
    days: int

    @property
    def end(self) -> date:
        """Last date on which a claim can be judged."""
        return self.start + timedelta(days=self.days - 1)

    @property
    def weeks(self) -> int:
        """Number of weeks, a last incomplete one included."""
        return -(-self.days // 7)

    def day(self, on: date) -> int:
        """Index of a date on the `day` axis.

        Raises:
            ValueError: `on` is no plain date, or lies outside the frame.
        """
        if not isinstance(on, date) or isinstance(on, datetime):
            raise ValueError(f"expected a date without a time; got {on!r}")
        if not self.start <= on <= self.end:
            raise ValueError(f"expected a date from {self.start} to {self.end}; got {on}")
        return (on - self.start).days

    def week(self, on: date) -> int:
        """Index of the week that contains a date.

        Raises:
            ValueError: As for `day`.
        """
        return self.day(on) // 7

    def state(self, code: str) -> int:
        """Index of a state on the `state` axis.

        Raises:
            ValueError: No state of this frame has that code.
        """
        return _position(code, self.states, "states")

    def treaty(self, code: str) -> int:
        """Index of a treaty on the `treaty` axis.

        Raises:
            ValueError: No treaty of this frame has that code.
        """
        return _position(code, self.treaties, "treaties")

    def dispute(self, name: str | None) -> int:
        """Index of a dispute on the `dispute` axis; None means the only one.

        Raises:
            ValueError: No dispute of this frame has that name, or None where there are several.
        """
        if name is None and len(self.disputes) != 1:
            listed = ", ".join(self.disputes) or "(none)"
            raise ValueError(f"expected dispute: one of {listed}; got none")
        return 0 if name is None else _position(name, self.disputes, "disputes")


def _position(code: str, known: tuple[str, ...], kind: str) -> int:
    """Place of a code among the known ones."""
    if code in known:
        return known.index(code)
    near = get_close_matches(str(code), known, n=1, cutoff=0.5)
    hint = f", did you mean {near[0]!r}?" if near else ""
    listed = ", ".join(known) or "(none)"
    raise ValueError(f"expected one of the {kind} {listed}; got {code!r}{hint}")
