"""Jobs of the server: a few at once, the rest wait; what nobody waits for any more is stopped."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

Check = Callable[[], None]
"""Called between steps of a job; raises `Stopped` where the job is to end."""

_T = TypeVar("_T")
_LOOK = 0.05  # seconds between looks at whether anybody still waits


class Stopped(Exception):
    """Nobody waits for the job, or its time is up."""


class Busy(Exception):
    """Too many jobs wait already."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server does for its users.

    Attributes:
        body: Bytes of a request.
        runs: Simulated runs of a request.
        draws: Parameter draws of an explanation.
        at_once: Jobs under way at the same time.
        waiting: Jobs that may wait for their turn.
        seconds: Time for one job.
    """

    body: int = 1_000_000
    runs: int = 10_000
    draws: int = 200
    at_once: int = 2
    waiting: int = 16
    seconds: float = 300.0


class Work:
    """Threads that do jobs, within limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool = ThreadPoolExecutor(limits.at_once, thread_name_prefix="job")
        self._open = 0

    async def do(self, job: Callable[[Check], _T], gone: Callable[[], Awaitable[bool]]) -> _T:
        """Do a job, and stop it once nobody waits for it.

        Args:
            job: Gets the function to call between its steps.
            gone: Whether whoever asked has left.

        Raises:
            Busy: Too many wait already.
            Stopped: Nobody waits, or the time is up.
        """
        if self._open >= self._limits.at_once + self._limits.waiting:
            raise Busy
        stop, until = threading.Event(), time.monotonic() + self._limits.seconds

        def check() -> None:
            if stop.is_set() or time.monotonic() > until:
                raise Stopped

        def begin() -> _T:
            check()
            return job(check)

        self._open += 1
        try:
            future = asyncio.wrap_future(self._pool.submit(begin))
            while not future.done():
                await asyncio.wait([future], timeout=_LOOK)
                if not future.done() and await gone():
                    stop.set()
            return future.result()
        finally:
            stop.set()
            self._open -= 1

    def close(self) -> None:
        """Let no job begin any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
