"""What was taught by example, as candidates: each message with the reading of the question that it means.

The questions are read as any message is, when a reading is chosen for the first time, and with no example in force:
what an example means never hangs on another one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import RLock

from bot.understanding.candidates import Candidate
from corpus.model import Taught

Read = Callable[[str], Sequence[Candidate]]


class Lessons:
    """The examples that are in force for one bot. Safe from several threads."""

    def __init__(self, taught: Sequence[Taught], read: Read) -> None:
        self._taught, self._read = tuple(taught), read
        self._known: dict[str, Sequence[Candidate]] = {}
        self._made: tuple[Candidate, ...] | None = None
        self._lock = RLock()

    def instead(self, taught: Sequence[Taught], read: Read) -> Lessons:
        """Other examples for the same corpus; no question is read a second time."""
        other = Lessons(taught, read)
        other._known = self._known
        return other

    def candidates(self) -> tuple[Candidate, ...]:
        """The examples as candidates; while they are being read, there are none."""
        with self._lock:
            if self._made is None:
                self._made = ()
                try:
                    self._made = tuple(each for taught in self._taught for each in self._candidates(taught))
                except BaseException:
                    self._made = None
                    raise
            return self._made

    def _candidates(self, taught: Taught) -> list[Candidate]:
        if taught.means not in self._known:
            self._known[taught.means] = tuple(self._read(taught.means))
        return [
            replace(each, text=taught.message, means=taught.means if each.clause is None else each.text)
            for each in self._known[taught.means]
        ]
