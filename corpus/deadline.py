"""How long a piece of work may take: looked at inside the loops, so that no text keeps a server from its other clients.

    with Deadline(20).kept():   # seconds
        bot.check(text)         # raises OutOfTime where it takes longer

A deadline belongs to the thread or task that set it. Without one, work takes as long as it takes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import TypeVar

Item = TypeVar("Item")


class OutOfTime(Exception):
    """The work takes longer than it may; nothing is lost but what was done so far."""


class Deadline:
    """A moment of the clock, in seconds; it may be moved to now from another thread, for what nobody waits for.

    ``rest`` is called wherever the work goes on to its next piece: it may let others go first.
    """

    def __init__(self, seconds: float, rest: Callable[[], None] | None = None) -> None:
        self._seconds, self._end, self.rest = seconds, time.monotonic() + seconds, rest
        self._lock = Lock()

    def begin(self) -> None:
        """The time counts from now, unless it has been ended."""
        with self._lock:
            if self._end > -math.inf:
                self._end = time.monotonic() + self._seconds

    def end(self) -> None:
        """From now on there is no time left."""
        with self._lock:
            self._end = -math.inf

    @property
    def left(self) -> float:
        """The seconds that are left; less than none where it is over."""
        return self._end - time.monotonic()

    @property
    def over(self) -> bool:
        """Whether no time is left."""
        return self.left < 0

    @contextmanager
    def kept(self) -> Iterator[None]:
        """What is done inside keeps it."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def over_each(self, items: Iterator[Item]) -> Iterator[Item]:
        """The same items, each made within it; whoever takes them may do so in another thread each time."""
        while True:
            with self.kept():
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def time_left() -> float:
    """The seconds that are left of the deadline, endless where there is none."""
    current = _current.get()
    return math.inf if current is None else current.left


def keep_time() -> None:
    """Called where work goes on to its next piece. Raises OutOfTime once the deadline is over."""
    current = _current.get()
    if current is None:
        return
    if current.over:
        raise OutOfTime
    if current.rest is not None:
        current.rest()
