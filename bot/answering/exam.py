"""An exam for chat models: one that reads less well than the program itself shall not read in its place.

The questions are invented (``exam.yaml``) and asked when the model is first needed. A model that cannot be
reached has neither passed nor failed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from threading import Lock
from typing import Any

from bot.understanding.candidates import NOTHINGS, Candidate, Conversation, Origin, Turn
from corpus.files import read_yaml

logger = logging.getLogger("wholeads")

FILE = Path(__file__).with_name("exam.yaml")
AT_ONCE, PASSED = 2, 8
"""So many questions are asked at once: a model on this machine has no more hands. So many of ten are to be right."""

Asks = Callable[[str, Conversation, Sequence[Candidate]], Sequence[Candidate] | None]
"""What a model picks, for a title, a conversation and candidates; None where it cannot be asked."""


class Exam:
    """Taken once by a model. Safe from several threads: one takes it, for the others it is not passed until then."""

    def __init__(self, name: str, asks: Asks) -> None:
        self.name, self._asks, self._lock = name, asks, Lock()
        self.right: int | None = None
        """How many were right; None while it has not been taken to its end."""
        self.taken = 0
        """How often it was begun and left or ended."""

    def passed(self) -> bool:
        """Whether the model may read. It is examined now if it has not been; one that cannot be reached may read."""
        if self.right is None:
            if not self._lock.acquire(blocking=False):
                return False
            try:
                self.right = self.right if self.right is not None else self._taken()
                self.taken += 1
            finally:
                self._lock.release()
            if self.right is not None and self.right < PASSED:
                logger.warning(
                    "The chat model %s reads no questions: of %s's it read %d rightly, and needs %d.",
                    *(self.name, FILE.name, self.right, PASSED),
                )
        return self.right is None or self.right >= PASSED

    def _taken(self) -> int | None:
        """The right ones; it ends where too many were wrong. None where the model cannot be asked."""
        paper: Mapping[str, Any] = read_yaml(FILE)
        asked = [Candidate(text, Origin.FORM) for text in paper["questions"]]
        said = [Candidate(text, Origin.TEXT) for text in paper["sentences"]]
        candidates = (*asked, *said, *NOTHINGS)

        def right(question: Mapping[str, Any]) -> bool | None:
            before = tuple(Turn(text) for text in question.get("before", ()))
            picked = self._asks(paper["title"], Conversation(question["message"], before), candidates)
            return None if picked is None else [each.text for each in picked] == question["meant"]

        marks: list[bool | None] = []
        questions = paper["asked"]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            # One alone tells whether the model can be reached.
            for at in (0, *range(1, len(questions), AT_ONCE)):
                # Each keeps the deadline of the request that the exam is taken in.
                some = [
                    threads.submit(copy_context().run, right, each)
                    for each in questions[at : at + AT_ONCE if at else 1]
                ]
                marks += [each.result() for each in some]
                if None in marks:
                    return None
                if marks.count(False) > len(questions) - PASSED:
                    break
        return marks.count(True)
