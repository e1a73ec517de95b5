"""What suites are run against: the bot of this process, or one that is reached over HTTP (see ``remote``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.evaluation.grading import Observation, observe_answer, observe_report
from bot.schema.answer import Answer, CheckReport
from corpus.model import Corpus, Document, Taught


class Answerer(Protocol):
    """What a suite needs of a bot."""

    @property
    def corpus(self) -> Corpus:
        """The corpus the bot answers from."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer a question; ``history`` holds the user's earlier turns, oldest first."""

    def check(self, text: str) -> CheckReport:
        """Check the claims of a text."""


class Teachable(Answerer, Protocol):
    """What teaching by example needs of a bot."""

    def with_taught(self, examples: Sequence[Taught]) -> Answerer:
        """The same bot with these taught examples in force, and no others."""


class Target(Protocol):
    """What a suite is run against, as far as its cases can see it."""

    @property
    def unjudged(self) -> str:
        """Why only the words of an answer can be judged here, "" where everything can."""

    def documents(self) -> Mapping[str, Document]:
        """All documents that may be cited, by id."""

    def converse(self, turns: Sequence[str]) -> tuple[Observation, ...]:
        """What is said to each turn of a conversation of its own."""

    def check(self, text: str) -> Observation:
        """What is said of a text that is to be checked."""


class InProcess:
    """The bot of this process as a target."""

    unjudged = ""

    def __init__(self, bot: Answerer) -> None:
        self.bot = bot

    def documents(self) -> Mapping[str, Document]:
        """The documents of the bot's corpus."""
        return self.bot.corpus.documents

    def converse(self, turns: Sequence[str]) -> tuple[Observation, ...]:
        """Each turn is asked with those before it as history."""
        return tuple(observe_answer(self.bot.ask(turn, tuple(turns[:number]))) for number, turn in enumerate(turns))

    def check(self, text: str) -> Observation:
        """The bot's own check."""
        return observe_report(self.bot.check(text))
