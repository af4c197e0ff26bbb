"""Processes that draw: a drawing takes a whole core, and Python's lock for as long."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from subprocess import PIPE, Popen

from foedus.report.figures import look
from foedus.report.figures.figure import Chart

_MOST = 2  # more would spend longer on getting ready than on drawing


@contextmanager
def pens() -> Iterator[Callable[[list[Chart]], Iterator[str]]]:
    """Begin processes that get ready to draw while what they are to draw is being thought out.

    Yields:
        What gives the drawings of charts, one after the other; to be called once.

    Examples:
        >>> dot = {"data": {"values": [{}]}, "mark": "point"}
        >>> with pens() as draw:
        ...     list(draw([(dot, "a"), (dot, "b")])) == [look.drawing(dot, name) for name in "ab"]
        True
    """
    with ExitStack() as stack:
        begun = [stack.enter_context(_begun()) for _ in range(min(_MOST, os.cpu_count() or 1))]
        yield lambda charts: _drawings(begun, charts)


@contextmanager
def _begun() -> Iterator[Popen[bytes]]:
    """A process that draws what it is sent, and is ended here at the latest."""
    command = [sys.executable, "-P", "-m", "foedus.report.figures.pens"]
    own = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    # In a group of its own, so that Ctrl-C reaches only who waits for it.
    with Popen(command, stdin=PIPE, stdout=PIPE, env=own, process_group=0) as process:
        try:
            yield process
        finally:
            process.kill()


def _drawings(begun: list[Popen[bytes]], charts: list[Chart]) -> Iterator[str]:
    """Charts dealt out in turn; each reads all of its own before it writes, so none is stuck."""
    for i, process in enumerate(begun):
        assert process.stdin is not None
        with process.stdin as sent:
            sent.write(json.dumps(charts[i :: len(begun)]).encode())
    for i, (_, name) in enumerate(charts):
        made = begun[i % len(begun)].stdout
        assert made is not None
        if not (line := made.readline()):
            raise RuntimeError(f"{name}: expected a drawing; the process that draws has ended")
        yield json.loads(line)


def main() -> None:
    """Draw what stdin holds, a line each."""
    look.drawing({"mark": "text"}, "")  # the first of all takes as long as ten
    for chart in json.loads(sys.stdin.read() or "[]"):  # nothing comes from who was killed
        print(json.dumps(look.drawing(*chart)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
