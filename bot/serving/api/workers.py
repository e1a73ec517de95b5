"""Work in threads: so much at once, so much waiting, each piece with a deadline, none for clients that have gone.

The threads' number is bounded, so that the event loop, which tells whether the process is up, always gets its turn.
Checks of long texts have places of their own: questions need not wait behind them.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import local
from typing import TypeVar

from anyio import CapacityLimiter, create_task_group, sleep_forever, to_thread
from fastapi import Request

from bot.serving.api.problems import Problem, ProblemType
from corpus.deadline import Deadline, OutOfTime

WAITING = 64
"""Requests that may wait for a place; more are told to come back."""
RETRY_SECONDS = 2
RESTS = 1
"""A text that is checked beside questions has half of the time: threads take turns at the interpreter."""
SWITCH = 0.0002
"""Seconds after which a thread gives way while a text is checked: who answers a question meanwhile pauses often, and
waits so long each time. Among questions alone it would only cost: they are stopped in their work more often."""

Result = TypeVar("Result")


class Workers:
    """Runs calls in threads. ``places`` run at once, WAITING wait; ``seconds`` are what one request may take.

    While there is work for any of ``first``, the work here rests RESTS times as long as it has taken.
    """

    def __init__(self, seconds: float, places: int = 0, first: Sequence[Workers] = ()) -> None:
        self.seconds, self._first = seconds, first
        self._worked = local()
        self._places = CapacityLimiter(places or max(1, os.cpu_count() or 1))
        self._asked = 0
        self._switch = SWITCH
        self._deadlines: set[Deadline] = set()
        self._ended = False
        self.waited: Callable[[float], None] = lambda _: None
        """Told the seconds that each piece of work has waited for a place."""

    def end(self) -> None:
        """End what is being worked on, and take no more."""
        self._ended = True
        for deadline in self._deadlines:
            deadline.end()

    @property
    def busy(self) -> int:
        """How many places are taken."""
        return self._places.borrowed_tokens

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return self._places.statistics().tasks_waiting

    async def run(self, request: Request | None, call: Callable[[], Result]) -> Result:
        """What ``call`` gives; with no ``request`` there is no client that could go but by cancelling.

        Raises Problem 422 past the deadline, 503 where too many wait or it waited too long.
        """
        self.admit()
        deadline, asked = self._begun(), time.perf_counter()

        def work() -> Result | _Failed:
            self.waited(time.perf_counter() - asked)
            return _done(call, deadline)

        try:
            async with create_task_group() as tasks:
                tasks.start_soon(_watch, request, deadline)
                done = await to_thread.run_sync(work, limiter=self._places)
                tasks.cancel_scope.cancel()
        finally:
            self._left(deadline)
        if isinstance(done, _Failed):
            raise self._too_much() if isinstance(done.error, OutOfTime) else done.error
        return done

    async def stream(self, items: Iterator[bytes], late: Callable[[Problem], bytes]) -> AsyncIterator[bytes]:
        """The items, each made in a thread; past the deadline ``late`` makes the last one.

        The time counts from when the first one is begun, and waiting for a place between two counts as well.
        """
        deadline = self._begun()
        timed = deadline.over_each(_begun(self._timed(items, time.perf_counter()), deadline))
        try:
            while (item := await self._next(timed, deadline)) is not None:
                yield item
        except OutOfTime:
            yield late(self._too_much("What was sent stands; the rest was not done. Send that by itself."))
        finally:
            self._left(deadline)
            deadline.end()

    def _timed(self, items: Iterator[bytes], asked: float) -> Iterator[bytes]:
        """The same items; the first has waited since it was ``asked`` for."""
        self.waited(time.perf_counter() - asked)
        yield from items

    async def _next(self, timed: Iterator[bytes], deadline: Deadline) -> bytes | None:
        """The next item; a client that goes ends the work on it, and its place is free once the thread is."""
        made = False

        async def end_where_left() -> None:
            try:
                await sleep_forever()
            finally:
                if not made:
                    deadline.end()

        found: bytes | Exception | None = None
        async with create_task_group() as tasks:
            tasks.start_soon(end_where_left)
            found = await to_thread.run_sync(_one, timed, limiter=self._places)
            made = True
            tasks.cancel_scope.cancel()
        if isinstance(found, Exception):
            raise found
        return found

    def admit(self) -> None:
        """Raises Problem 503 where too many wait, or the server ends; a stream is asked for before it begins."""
        if self._ended:
            raise ending()
        if self._asked >= WAITING + self._places.total_tokens:
            raise busy()

    def _begun(self) -> Deadline:
        deadline = Deadline(self.seconds, self._rest if self._first else None)
        if self._first and not self._asked:
            self._switch = sys.getswitchinterval()
            sys.setswitchinterval(min(self._switch, SWITCH))
        self._asked += 1
        self._deadlines.add(deadline)
        return deadline

    def _left(self, deadline: Deadline) -> None:
        self._asked -= 1
        self._deadlines.discard(deadline)
        if self._first and not self._asked:
            sys.setswitchinterval(self._switch)

    def _rest(self) -> None:
        """Called between two pieces of work; a thread that waits for its turn at the interpreter takes no time."""
        worked = time.thread_time() - getattr(self._worked, "until", 0.0)
        if any(workers.busy for workers in self._first):
            time.sleep(RESTS * worked)
        self._worked.until = time.thread_time()

    def _too_much(self, mend: str = "") -> Problem:
        if self._ended:
            return ending()
        mend = mend or (
            "Nothing of it is kept. Send it in several parts: fewer questions, shorter sentences, a shorter text; or "
            "stream it, to have what is done by then."
        )
        return Problem(ProblemType.TOO_MUCH_WORK, f"It was not done after {self.seconds:g} s. {mend}")


def ending() -> Problem:
    """What a request is told that is not done when the server ends."""
    return Problem(
        ProblemType.ENDING,
        f"The server is being stopped, and this was not done; send it again in {RETRY_SECONDS} s.",
        {"Retry-After": str(RETRY_SECONDS)},
    )


def busy() -> Problem:
    """What a request is told that comes when the server is full."""
    return Problem(
        ProblemType.BUSY,
        f"More requests are being worked on than can wait; try again in {RETRY_SECONDS} s.",
        {"Retry-After": str(RETRY_SECONDS)},
    )


@dataclass(frozen=True)
class _Failed:
    """What a call raised."""

    error: Exception


def _done(call: Callable[[], Result], deadline: Deadline) -> Result | _Failed:
    """The result of a call; its time begins now, since it may have waited for a place, though not longer than that."""
    if deadline.over:
        return _Failed(busy())
    deadline.begin()
    try:
        with deadline.kept():
            return call()
    except Exception as error:
        return _Failed(error)


def _begun(items: Iterator[bytes], deadline: Deadline) -> Iterator[bytes]:
    """The same items; the time counts from when the first is asked for."""
    deadline.begin()
    yield from items


def _one(items: Iterator[bytes]) -> bytes | Exception | None:
    """The next of them, None where there is no other, or what went wrong."""
    try:
        return next(items, None)
    except Exception as error:
        return error


async def _watch(request: Request | None, deadline: Deadline) -> None:
    """Ends the work once the client has gone, or nobody waits for it any more."""
    try:
        if request is None:
            await sleep_forever()
        else:
            while (await request.receive())["type"] != "http.disconnect":
                pass
    finally:
        deadline.end()
