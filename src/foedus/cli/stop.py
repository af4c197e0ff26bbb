"""How a command ends early: one message on stderr, and the exit code that says why."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import typer


@contextmanager
def stoppable(otherwise: str) -> Iterator[Callable[[], None]]:
    """Run what Ctrl-C may stop: exit 130, and a word on what is kept.

    Args:
        otherwise: What to say where the work itself said nothing.

    Yields:
        What the work calls between steps; raises KeyboardInterrupt if one was lost.
    """
    from foedus.report.interrupt import Interrupt

    try:
        with Interrupt() as interrupt:
            yield interrupt.check
    except KeyboardInterrupt as stop:
        say(str(stop) or otherwise)
        raise typer.Exit(130) from None


def say(message: object) -> None:
    """One message on stderr, even where that is closed."""
    with suppress(OSError):
        print(message, file=sys.stderr, flush=True)  # noqa: T201
