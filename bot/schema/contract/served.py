"""What the API and the page ask of what they serve: bots, their libraries, chat models, by what they can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from bot.schema.answer import (
    Answer,
    CheckReport,
    Status,
    Step,
)
from corpus.model import Corpus, Passage


class AnyEvent(Protocol):
    """One step of a streamed answer."""

    @property
    def name(self) -> str:
        """Which step: status, citation, delta, finding or done."""

    @property
    def payload(self) -> object:
        """What the step brings: text, progress, a citation, a finding, or at ``done`` the whole answer or report."""


class AnyEvidence(Protocol):
    """What was found for a question: how it stands to the source, who or what it is, and by which steps."""

    @property
    def status(self) -> Status:
        """How it stands to the source."""

    @property
    def values(self) -> Sequence[str]:
        """The names that were found."""

    @property
    def steps(self) -> Sequence[Step]:
        """What leads from the facts to them."""


class AnyBot(Protocol):
    """What the API and the page ask of a bot."""

    @property
    def corpus(self) -> Corpus:
        """What it answers from."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer; ``history`` holds the user's earlier questions, oldest first."""

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[AnyEvent]:
        """Answer step by step; the last event is ``done``."""

    def check(self, text: str) -> CheckReport:
        """Check each claim of a text."""

    def check_stream(self, text: str) -> Iterator[AnyEvent]:
        """Check claim by claim; the last event is ``done``."""

    def search(self, text: str, limit: int) -> Sequence[Passage]:
        """The passages nearest to a text, best first, at most ``limit``."""

    def leaders_in(self, place: str) -> AnyEvidence:
        """Who has a place of the world's map in the corpus's main relation, by its id. Raises UnknownPlace."""


class AnyBreaker(Protocol):
    """The circuit breaker of a chat model."""

    @property
    def state(self) -> str:
        """closed, open or half-open."""


class AnyTally(Protocol):
    """What has come of asking a chat model since the program began; ``seconds`` were waited for it."""

    replied: int
    failed: int
    refused: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float


class AnyChat(Protocol):
    """What is told of a chat model."""

    @property
    def breaker(self) -> AnyBreaker:
        """Tells whether it is asked."""

    @property
    def tally(self) -> AnyTally:
        """What has come of it."""


class AnyLibrary(Protocol):
    """The served bots by corpus id; ``get`` takes None for the default and raises KeyError for an unknown id."""

    @property
    def default(self) -> str:
        """The id of the corpus that answers when none is named."""

    @property
    def chat(self) -> AnyChat | None:
        """The chat model that the bots ask, where there is one."""

    def get(self, corpus_id: str | None) -> AnyBot:
        """The bot of a corpus. Raises KeyError."""

    def ids(self) -> tuple[str, ...]:
        """The ids of all corpora served."""

    def parts(self) -> Mapping[str, Mapping[str, object]]:
        """How each part stands: the corpora that are served, a chat model's name and circuit breaker."""

    def caches(self) -> Mapping[str, tuple[int, int, int | None, int]]:
        """By the name of what is kept: how often it was there, how often not, how many may be kept, how many are."""
