"""One visitor's conversation: its turns, what waits to be asked, and how an answer is made and stopped.

It is kept by the framework for each open page, and is used by several of its threads: whoever asks while an answer is
being made puts the question behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from typing import Any

from bot.schema.answer import Answer
from bot.schema.contract import TURNS, AnyBot
from bot.serving.page.answers import notice_html, pending_html, question_html, reply_html
from bot.serving.page.picture import question_about
from corpus.deadline import Deadline, OutOfTime
from corpus.model import Corpus

SHOWN = 100
"""How many turns of a conversation stay in the page."""

FAILED = "Something went wrong on the server; its log says what. Please try again."
TOO_MUCH = "That takes longer than the server may work on one thing. Please send it in several parts."
STOPPED = "Stopped."
WAITING = "Waits until the answer before it is done…"

logger = logging.getLogger(__name__)

# What is done under it takes no time.
_LOCK = Lock()


@dataclass
class Turn:
    """A question and what came of it; ``number`` is unique in the conversation."""

    number: int
    question: str
    html: str = ""
    answer: Answer | None = None
    answer_id: str = ""


@dataclass
class Conversation:
    """The turns that are done, the question that is being answered, and those that wait."""

    corpus: str = ""
    owner: str = ""
    id: str = ""
    turns: list[Turn] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    editing: int = 0
    _current: Turn | None = None
    _deadline: Deadline | None = None
    _number: int = 0
    _stopped: bool = False

    def put(self, question: str) -> None:
        """Ask it, once those before it are answered. An edited question replaces its turn and all behind it.

        A key that was pressed twice asks once: what is just being answered, or waits last, is not asked again.
        """
        with _LOCK:
            ahead = self.waiting[-1:] or ([self._current.question] if self._current else [])
            if question in ahead:
                return
            if self.editing:
                self.turns = [turn for turn in self.turns if turn.number < self.editing]
                self.editing = 0
            self.waiting.append(question)

    def take(self) -> Turn | None:
        """The next turn to answer; None where nothing waits, or where one is being answered."""
        with _LOCK:
            if self._current is not None or not self.waiting:
                return None
            self._number += 1
            self._current = Turn(self._number, self.waiting.pop(0), pending_html(""))
            return self._current

    def stop(self) -> None:
        """End the answer that is being made, and forget what waits."""
        with _LOCK:
            self.waiting.clear()
            self._stopped = True
            if self._deadline is not None:
                self._deadline.end()

    def answered(self, turn: Turn, bot: AnyBot, seconds: float) -> Iterator[Turn]:
        """Answer a turn that was taken; gives it each time that there is more of it to be seen."""
        try:
            yield from self._made(turn, bot, Deadline(seconds))
        finally:
            with _LOCK:
                if self._current is turn:  # else the conversation was begun anew meanwhile
                    self._current = self._deadline = None
                    self.turns = [*self.turns, turn][-SHOWN:]

    def _made(self, turn: Turn, bot: AnyBot, deadline: Deadline) -> Iterator[Turn]:
        self._deadline, self._stopped = deadline, False
        history = tuple(earlier.question for earlier in self.turns[-TURNS:])
        so_far = ""
        try:
            for event in deadline.over_each(bot.stream(turn.question, history)):
                match event.payload:
                    case Answer() as answer:
                        turn.answer, turn.html = answer, reply_html(answer, bot.corpus, turn.number)
                    case str() as text if event.name == "delta":
                        so_far += text
                        turn.html = pending_html(so_far)
                    case _:
                        continue
                yield turn
                if deadline.over:
                    raise OutOfTime
        except OutOfTime:
            if turn.answer is None:
                turn.html = notice_html(STOPPED if self._stopped else TOO_MUCH, so_far)
                yield turn
        except Exception:
            logger.exception("unexpected error while answering on the page")
            turn.html = notice_html(FAILED, so_far)
            yield turn

    @property
    def busy(self) -> bool:
        """Whether an answer is being made, or one waits."""
        return self._current is not None or bool(self.waiting)

    def begin(self, corpus: str, owner: str = "", id: str = "", turns: Sequence[Turn] = ()) -> None:
        """Be another conversation: with a corpus, whose, under which id, with these turns."""
        self.stop()
        with _LOCK:
            self.corpus, self.owner, self.id, self.turns, self.editing = corpus, owner, id, list(turns), 0
            self._number = max((turn.number for turn in turns), default=0)
            self._current = None

    def turn(self, number: int) -> Turn | None:
        """The turn of a number, None where there is none (any more)."""
        return next((turn for turn in self.turns if turn.number == number), None)

    def again(self) -> None:
        """Ask the last question anew, in the place of its turn."""
        with _LOCK:
            if self.turns:
                self.waiting.insert(0, self.turns.pop().question)

    def history(self, turn: Turn) -> tuple[str, ...]:
        """The questions before a turn."""
        return tuple(each.question for each in self.turns if each.number < turn.number)[-TURNS:]

    def messages(self) -> list[dict[str, Any]]:
        """All of it as the chat takes it."""
        shown = [*self.turns, *([self._current] if self._current else [])]
        told = [message for turn in shown for message in _message(turn.question, turn.html)]
        for place, question in enumerate(self.waiting):
            first = place == 0 and self._current is None  # it is taken in a moment
            told += _message(question, pending_html("") if first else pending_html("", WAITING))
        return told


def suggestions(conversation: Conversation, corpus: Corpus, limit: int = 4) -> list[str]:
    """Questions to go on with that were not asked yet: those of the last answer, then the corpus's examples."""
    asked = {turn.question.casefold() for turn in conversation.turns}
    last = conversation.turns[-1].answer if conversation.turns else None
    offered = dict.fromkeys((*(last.suggestions if last else ()), *examples(corpus)))
    return [question for question in offered if question.casefold() not in asked][:limit]


def examples(corpus: Corpus) -> Sequence[str]:
    """Questions to begin with: the corpus's own, or who has what its first facts speak of."""
    if corpus.examples:
        return corpus.examples
    named = dict.fromkeys(fact.label or fact.object for fact in corpus.facts_of(corpus.main.name)[:50])
    return [question for name in islice(named, 4) if (question := question_about(corpus, name))]


def _message(question: str, html: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"role": "user", "content": question_html(question)}, {"role": "assistant", "content": html}
