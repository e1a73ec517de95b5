"""All that is kept, over one database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.answering.settings import Settings
from bot.serving.state.conversations import ConversationStore
from bot.serving.state.database import Database
from bot.serving.state.feedback import FeedbackStore
from bot.serving.state.question_log import QuestionLog
from bot.serving.state.records import Deleted


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of one application, which share its database; ``retention_days`` is 0 where nothing grows too old."""

    database: Database
    conversations: ConversationStore
    feedback: FeedbackStore
    questions: QuestionLog
    retention_days: int

    @classmethod
    def of(cls, settings: Settings) -> Stores:
        """The stores in the database that the settings name; nothing is touched yet."""
        database = Database.of(settings)
        conversations = ConversationStore(database, settings.sessions)
        return cls(database, conversations, FeedbackStore(database), QuestionLog(database), settings.retention_days)

    def delete_of(self, owner: str) -> Deleted:
        """Delete all that an owner has left here, nothing of nobody's; gives how much. Raises StoreError."""
        stores = (self.conversations, self.feedback, self.questions)
        return Deleted(*(store.delete_of(owner) for store in stores))

    def purge(self, now: datetime | None = None) -> Deleted:
        """Delete conversations and logged questions that are too old; gives how much. Raises StoreError."""
        if self.retention_days == 0:
            return Deleted()
        before = (now or datetime.now(UTC)) - timedelta(days=self.retention_days)
        return Deleted(conversations=self.conversations.purge(before), questions=self.questions.purge(before))
