"""What long jobs say and print: dated lines on stderr, figures, JSON without NaN."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from foedus.report.columns import paragraph
from foedus.report.progress import left

MISSING = "--"


class Lines:
    """Lines of progress on stderr, each with the time since the start and, where known, left.

    Args:
        name: Of the job.
        quiet: Say nothing.
        check: Called with every line; may raise to stop the job.
    """

    def __init__(self, name: str, *, quiet: bool, check: Callable[[], None]) -> None:
        self._name, self._quiet, self._check = name, quiet, check
        self._start = time.monotonic()

    def __call__(self, text: str, done: float = 0.0) -> None:
        """Say what was done, and which share of the whole that is if it is known."""
        if not self._quiet:
            passed = time.monotonic() - self._start
            ahead = left((0, 0), (passed, done), 1) if done < 1 else ""
            clock = f"{int(passed) // 60}:{int(passed) % 60:02d}"
            sys.stderr.write(f"{self._name}: {text} ({clock}{ahead})\n")
            sys.stderr.flush()
        self._check()


def plain(value: Any) -> Any:
    """The same as JSON has it: numbers of Python's own, None for what is no number.

    Examples:
        >>> plain({"a": np.float64("nan"), 3: (np.int64(1), True)})
        {'a': None, '3': [1, True]}
    """
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(each) for each in value]
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not np.isfinite(value) else value


def json_text(value: Any, indent: int | None = None) -> str:
    """One object and a line end."""
    return json.dumps(plain(value), indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def figure(x: float | None, form: str = ".3g") -> str:
    """A number in a form, or that there is none; zero has no sign.

    Examples:
        >>> figure(0.12345), figure(None), figure(-0.0004, ".3f"), figure(4, "+.1f")
        ('0.123', '--', '0.000', '+4.0')
    """
    if x is None or not np.isfinite(x):
        return MISSING
    text = format(float(x), form)
    return text.lstrip("+-") if set(text) <= set("+-0.,") else text


def span(low: float | None, high: float | None, form: str = ".3g") -> str:
    """An interval.

    Examples:
        >>> span(-0.01, 0.02, "+.2f"), span(None, None)
        ('-0.01 to +0.02', '--')
    """
    ends = figure(low, form), figure(high, form)
    return MISSING if MISSING in ends else " to ".join(ends)


def fact(name: str, said: str, width: int = 11) -> str:
    """A name and what is said of it, wrapped beside it."""
    return paragraph(said, f"{name:<{width}}", " " * width)
