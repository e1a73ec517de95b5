"""What is kept: feedback as it is received and reviewed, conversations and their turns, questions of the log.

Whom something belongs to is told by a digest, ``owner_of``: of a key, or of a secret that a browser holds. It is
``NOBODY`` where there is neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from bot.schema.contract import AnswerJson

NOBODY = ""
"""The owner of what was kept for somebody without a key."""

COMMENT_CHARACTERS = 2_000
"""The longest comment that is taken, in code points."""

TITLE_CHARACTERS = 200
"""The longest title of a conversation, in code points."""


class Rating(StrEnum):
    """What somebody thinks of an answer."""

    UP = "up"
    DOWN = "down"


class FeedbackReason(StrEnum):
    """What is wrong with it."""

    MISREAD = "misread"
    INCORRECT = "incorrect"
    WRONG_EVIDENCE = "wrong_evidence"
    MISSING = "missing"
    OTHER = "other"


class State(StrEnum):
    """How far the review is."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class StoreError(Exception):
    """The database cannot be used now; the message says why, and holds no address and no password."""


def owner_of(kind: Literal["key", "browser"], secret: str) -> str:
    """Whom it belongs to: a digest of 64 characters that does not tell the secret.

    It hides keys as long as they cannot be guessed, as any digest does.
    """
    return hashlib.sha256(f"wholeads {kind}\0{secret}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody says of an answer.

    ``history`` has the user's questions before this one; ``understood`` says how the question was read, with
    ``alternatives`` as the next best readings; those and ``answer`` are empty where the server had forgotten them.
    ``meant`` is the question that was meant, in words of its own. ``id`` is 0 until it is kept.
    """

    rating: Rating
    reason: FeedbackReason | None
    corpus: str
    question: str
    history: tuple[str, ...] = ()
    answer_id: str = ""
    answer: str = ""
    understood: str = ""
    alternatives: tuple[str, ...] = ()
    meant: str = ""
    comment: str = ""
    received: datetime = field(default_factory=lambda: datetime.now(UTC))
    state: State = State.OPEN
    owner: str = NOBODY
    id: int = 0

    def to_json(self) -> Mapping[str, object]:
        """All of it for programs but for whom it is of; times are in ISO 8601."""
        told = {"id": self.id, **asdict(self), "received": self.received.isoformat(timespec="seconds")}
        del told["owner"]
        return told


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation, asked of a corpus, and its answer.

    ``answer`` is None where the client sent the question along as one that had been asked before. ``position`` grows
    with each turn of a conversation, from 1; it is 0 until the turn is kept.
    """

    corpus: str
    question: str
    answer: AnswerJson | None = None
    answer_id: str = ""
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    position: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its turns; ``corpus`` is that of its first turn, ``turns`` their number."""

    id: str
    corpus: str
    title: str
    created: datetime
    updated: datetime
    turns: int


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """Some conversations, the one that was spoken in last first; ``next`` is what gives those after them, if any."""

    conversations: tuple[Conversation, ...] = ()
    next: str | None = None


@dataclass(frozen=True, slots=True)
class TurnPage:
    """The last turns of a conversation before some position, oldest first; ``before`` gives older ones, if any."""

    conversation: Conversation
    turns: tuple[Turn, ...]
    before: int | None = None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """An entry of the log of questions; ``way`` is the path that it came by."""

    way: str
    corpus: str
    question: str
    status: str
    reader: str
    generator: str
    milliseconds: float
    owner: str = NOBODY
    asked: datetime = field(default_factory=lambda: datetime.now(UTC))

    def to_json(self) -> Mapping[str, object]:
        """All of it for programs but for whom it is of; times are in ISO 8601."""
        told = {**asdict(self), "asked": self.asked.isoformat(timespec="milliseconds")}
        del told["owner"]
        return told


@dataclass(frozen=True, slots=True)
class Deleted:
    """How much was deleted of each."""

    conversations: int = 0
    feedback: int = 0
    questions: int = 0
