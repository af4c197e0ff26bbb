"""Ctrl-C that is not lost: Python drops an interrupt that arrives inside a callback of JAX."""

import signal
import sys
from types import FrameType, TracebackType
from typing import Any, Self


class Interrupt:
    """While it is entered, remembers that the user has pressed Ctrl-C."""

    def __init__(self) -> None:
        self._pressed = False
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = signal.getsignal(signal.SIGINT)
        if self._before is signal.default_int_handler:  # not where the shell has switched it off
            signal.signal(signal.SIGINT, self._press)
            sys.unraisablehook = _quiet
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._before is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._before)
            sys.unraisablehook = sys.__unraisablehook__

    def check(self) -> None:
        """Stop now if an interrupt was lost.

        Raises:
            KeyboardInterrupt: The user has pressed Ctrl-C.
        """
        if self._pressed:
            raise KeyboardInterrupt

    def _press(self, number: int, frame: FrameType | None) -> None:
        self._pressed = True
        raise KeyboardInterrupt


def _quiet(lost: Any) -> None:
    """Say nothing of a lost interrupt; `check` raises it again."""
    if not isinstance(lost.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
