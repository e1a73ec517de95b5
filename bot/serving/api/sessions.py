"""The conversations that the server keeps, so that a client need not send its history."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from bot.schema.contract import TURNS

SessionKey = tuple[str, str, str]
"""Caller, corpus id, session id: no caller can reach another's conversation by guessing its id."""


class Sessions:
    """The last questions of the last conversations, in memory; safe to use from many threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._questions: OrderedDict[SessionKey, tuple[str, ...]] = OrderedDict()
        self._lock = Lock()

    def questions(self, key: SessionKey) -> tuple[str, ...]:
        """The conversation's questions, oldest first; none for one that is new or forgotten."""
        with self._lock:
            return self._questions.get(key, ())

    def remember(self, key: SessionKey, questions: tuple[str, ...]) -> None:
        """Keep the conversation's questions, and forget the conversation that has been silent for longest."""
        with self._lock:
            self._questions[key] = questions[-TURNS:]
            self._questions.move_to_end(key)
            while len(self._questions) > self._limit:
                self._questions.popitem(last=False)
