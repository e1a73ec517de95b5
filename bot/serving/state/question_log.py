"""The log of questions in the database; who writes it has looked at the setting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import UTC, datetime

from sqlalchemy import delete, select

from bot.serving.state.database import Database, changed, delete_of
from bot.serving.state.records import AskedQuestion
from bot.serving.state.tables import QuestionRow, naive, storable


class QuestionLog:
    """What was asked, and what came of it; safe from several threads and processes. Its methods raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, asked: AskedQuestion) -> None:
        """Keep a question from now on; a loss of power may lose the last ones."""
        with self._database.writing(waits=False) as session:
            session.add(QuestionRow(**storable(asdict(asked))))

    def all(self) -> Iterator[AskedQuestion]:
        """All that is kept, oldest first; read as it is asked for."""
        with self._database.reading() as session:
            for row in session.scalars(
                select(QuestionRow).order_by(QuestionRow.number).execution_options(yield_per=500)
            ):
                values = {each.name: getattr(row, each.name) for each in fields(AskedQuestion)}
                yield AskedQuestion(**{**values, "asked": row.asked.replace(tzinfo=UTC)})

    def delete_of(self, owner: str) -> int:
        """Delete what an owner has asked; gives how much it was. Of nobody's nothing is deleted."""
        return delete_of(self._database, QuestionRow, owner)

    def purge(self, before: datetime) -> int:
        """Delete what was asked before; gives how much it was."""
        with self._database.writing() as session:
            return changed(session, delete(QuestionRow).where(QuestionRow.asked < naive(before)))
