"""Several batches at once: one a thread, for the compiled program leaves Python's lock alone."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")


def in_order(tasks: Sequence[Callable[[], _T]], workers: int) -> Iterator[_T]:
    """Results of the tasks in their order, `workers` of them under way at once.

    A task that fails, or a caller that stops, leaves the tasks not yet begun undone.

    Examples:
        >>> list(in_order([lambda: 1, lambda: 2, lambda: 3], workers=2))
        [1, 2, 3]
    """
    if workers == 1:
        yield from (task() for task in tasks)
        return
    pool = ThreadPoolExecutor(workers)
    try:
        futures: list[Future[_T]] = [pool.submit(task) for task in tasks]
        for future in futures:
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
