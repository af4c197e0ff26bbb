"""Jobs: a few at once, the rest wait; what nobody waits for is stopped."""

import asyncio
import threading

import pytest

from foedus.web.work import Busy, Limits, Stopped, Work


async def _waits():
    return False


async def _left():
    return True


def _until_stopped(began, stopped):
    def job(check):
        began.set()
        try:
            while True:
                check()
        except Stopped:
            stopped.set()
            raise

    return job


def test_a_job_gives_what_it_finds_or_what_it_raises():
    async def both():
        work = Work(Limits())
        assert await work.do(lambda check: 3, _waits) == 3
        with pytest.raises(ZeroDivisionError):
            await work.do(lambda check: 1 // 0, _waits)

    asyncio.run(both())


def test_a_job_ends_when_nobody_waits_for_it():
    began, stopped = threading.Event(), threading.Event()

    async def leave():
        with pytest.raises(Stopped):
            await Work(Limits()).do(_until_stopped(began, stopped), _left)

    asyncio.run(leave())
    assert began.is_set()
    assert stopped.is_set()


def test_a_job_ends_when_its_time_is_up():
    began, stopped = threading.Event(), threading.Event()

    async def wait():
        with pytest.raises(Stopped):
            await Work(Limits(seconds=0.2)).do(_until_stopped(began, stopped), _waits)

    asyncio.run(wait())
    assert stopped.is_set()


def test_no_more_run_at_once_than_is_allowed_and_too_many_are_refused():
    now, most, lock = 0, 0, threading.Lock()
    enough = threading.Event()

    def job(check):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        enough.wait(5)
        with lock:
            now -= 1

    async def crowd():
        work = Work(Limits(at_once=2, waiting=3))
        jobs = [asyncio.create_task(work.do(job, _waits)) for _ in range(5)]
        await asyncio.sleep(0.1)
        with pytest.raises(Busy):
            await work.do(job, _waits)
        enough.set()
        await asyncio.gather(*jobs)
        assert await work.do(lambda check: 1, _waits) == 1

    asyncio.run(crowd())
    assert most == 2
