"""Feedback in the database."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC

from sqlalchemy import func, select, update

from bot.answering.settings import Settings
from bot.serving.state.database import Database, delete_of
from bot.serving.state.records import Feedback, FeedbackReason, Rating, State
from bot.serving.state.tables import FeedbackRow, storable


class FeedbackStore:
    """Feedback; safe from several threads and several processes. All its methods raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def of(cls, settings: Settings) -> FeedbackStore:
        """The store in the database that the settings name; nothing is touched yet."""
        return cls(Database.of(settings))

    def add(self, feedback: Feedback) -> int:
        """Keep feedback from now on; gives its id."""
        with self._database.writing() as session:
            row = FeedbackRow(**{**storable(asdict(feedback)), "id": None})
            session.add(row)
            session.flush()
            return row.id

    def all(self) -> tuple[Feedback, ...]:
        """All that is kept, oldest first."""
        with self._database.reading() as session:
            return tuple(map(_feedback, session.scalars(select(FeedbackRow).order_by(FeedbackRow.id))))

    def queue(self) -> tuple[Feedback, ...]:
        """What is to be reviewed, oldest first: all that somebody rated down and nobody has settled."""
        wanted = (FeedbackRow.state == State.OPEN, FeedbackRow.rating == Rating.DOWN)
        with self._database.reading() as session:
            found = session.scalars(select(FeedbackRow).where(*wanted).order_by(FeedbackRow.id))
            return tuple(map(_feedback, found))

    def get(self, number: int) -> Feedback | None:
        """One piece of feedback, None where there is none of this id."""
        with self._database.reading() as session:
            # Higher numbers do not fit into the column, and asking for one fails.
            row = session.get(FeedbackRow, number) if abs(number) < 2**31 else None
            return None if row is None else _feedback(row)

    def settle(self, number: int, state: State) -> None:
        """Write down what the review came to."""
        with self._database.writing() as session:
            session.execute(update(FeedbackRow).where(FeedbackRow.id == number).values(state=state))

    def count(self, rating: Rating) -> int:
        """How many rated so."""
        with self._database.reading() as session:
            return session.scalar(select(func.count()).where(FeedbackRow.rating == rating)) or 0

    def delete_of(self, owner: str) -> int:
        """Delete what an owner has sent; gives how much it was. Of nobody's nothing is deleted."""
        return delete_of(self._database, FeedbackRow, owner)


def _feedback(row: FeedbackRow) -> Feedback:
    values = {each.name: getattr(row, each.name) for each in fields(Feedback)}
    told = {
        "rating": Rating(row.rating),
        "reason": row.reason and FeedbackReason(row.reason),
        "state": State(row.state),
        "received": row.received.replace(tzinfo=UTC),
        "history": tuple(row.history),
        "alternatives": tuple(row.alternatives),
    }
    return Feedback(**{**values, **told})
