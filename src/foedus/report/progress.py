"""How far a run has come, on stderr: one line that is rewritten, with the time left."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

_BAR = 24
_EVERY = 15.0  # seconds between lines where nobody watches


class Progress:
    """A line of progress; silent if told so, sparing where stderr is no terminal.

    The time left is judged by the batches made after the first, which compiles. `first` is what is
    said until then. `check` is called once a step has been told, and raises where the work is to
    stop.
    """

    def __init__(
        self,
        name: str,
        total: int,
        *,
        quiet: bool = False,
        unit: str = "runs",
        first: str = "compiling; half a minute the first time, then kept",
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._name, self._total, self._quiet, self._unit = name, total, quiet, unit
        self._opening, self._check = first, check
        self._watched = sys.stderr.isatty()
        self._first: tuple[float, int] | None = None
        self._said = time.monotonic()
        self.done = 0

    def __enter__(self) -> Self:
        if self._watched:
            self._say(self._opening)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._watched:
            self._write("\r\x1b[K")

    def __call__(self, done: int, total: int | None = None) -> None:
        """Say that so much is done, of `total` where that was not known before."""
        now = time.monotonic()
        self._total = total or self._total
        self.done = done
        ahead = left(self._first, (now, done), self._total)
        said = f"{done:,} of {self._total:,} {self._unit}{ahead}"
        self._first = self._first or (now, done)
        if self._watched:
            filled = _BAR * done // self._total
            self._say(f"{'=' * filled}{' ' * (_BAR - filled)}| {said}")
        elif now - self._said > _EVERY and done < self._total:
            self._said = now
            self._write(f"{self._name}: {said}\n")
        self._check()

    def _say(self, text: str) -> None:
        self._write(f"\r\x1b[K{self._name}: {text}"[:84])

    def _write(self, text: str) -> None:
        if not self._quiet:
            sys.stderr.write(text)
            sys.stderr.flush()


def left(first: tuple[float, float] | None, now: tuple[float, float], total: float) -> str:
    """Time left in words, from two pairs of seconds and what was done; nothing before the second.

    Examples:
        >>> left((0.0, 1024), (2.0, 3072), 10_000)
        ', 7 s left'
        >>> left((0.0, 1024), (60.0, 2048), 10_000)
        ', 8 min left'
    """
    if first is None or now[1] <= first[1]:
        return ""
    seconds = (now[0] - first[0]) / (now[1] - first[1]) * (total - now[1])
    return f", {seconds:.0f} s left" if seconds < 100 else f", {seconds / 60:.0f} min left"
