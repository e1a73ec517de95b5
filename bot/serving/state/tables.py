"""The tables, as the migrations make them. Times are in UTC, without a zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What the migrations are to make of an empty database."""


class FeedbackRow(Base):
    """The table of feedback; a column for each field of ``Feedback``."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    received: Mapped[datetime]
    rating: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), index=True)
    corpus: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    history: Mapped[list[str]] = mapped_column(JSON)
    answer_id: Mapped[str] = mapped_column(String(32))
    answer: Mapped[str] = mapped_column(Text)
    understood: Mapped[str] = mapped_column(Text)
    alternatives: Mapped[list[str]] = mapped_column(JSON)
    meant: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(64), index=True, server_default="")


class ConversationRow(Base):
    """A conversation; ``id`` is the client's ``session_id``, and names one of its owner's alone."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("owner", "id", name="uq_conversations_owner_id"),
        Index("ix_conversations_owner_updated", "owner", "updated"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    id: Mapped[str] = mapped_column(String(128))
    corpus: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime]
    updated: Mapped[datetime] = mapped_column(index=True)


class TurnRow(Base):
    """A turn of a conversation; ``answer`` is the JSON that was answered, empty where there is none."""

    __tablename__ = "turns"

    conversation: Mapped[int] = mapped_column(
        ForeignKey("conversations.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    corpus: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    answer_id: Mapped[str] = mapped_column(String(32), index=True)
    created: Mapped[datetime]


class QuestionRow(Base):
    """The log of questions; a column for each field of ``AskedQuestion``."""

    __tablename__ = "questions"

    number: Mapped[int] = mapped_column(primary_key=True)
    asked: Mapped[datetime] = mapped_column(index=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    way: Mapped[str] = mapped_column(Text)
    corpus: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    reader: Mapped[str] = mapped_column(Text)
    generator: Mapped[str] = mapped_column(Text)
    milliseconds: Mapped[float]


Owned = ConversationRow | FeedbackRow | QuestionRow
"""What belongs to somebody."""


def naive(moment: datetime) -> datetime:
    """A moment as the tables have it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def storable(values: Mapping[str, Any]) -> dict[str, Any]:
    """A record's values as every database takes them: PostgreSQL takes no NUL in a text, and times have no zone."""
    return {name: _storable(value) for name, value in values.items()}


def _storable(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\0", "\ufffd")
        case datetime():
            return naive(value)
    return value
