"""Feedback on an answer, as it is received, kept and reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

COMMENT_CHARACTERS = 2_000
"""The longest comment that is taken, in code points."""


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
    id: int = 0

    def to_json(self) -> Mapping[str, object]:
        """All of it for programs; times are in ISO 8601."""
        return {"id": self.id, **asdict(self), "received": self.received.isoformat(timespec="seconds")}
