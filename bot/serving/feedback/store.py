"""The database that keeps feedback. What ``add`` has returned from is on the disk, whatever becomes of the process.

Any database of SQLAlchemy will do; without one that is named it is an SQLite file. It is made, and brought up to date
by Alembic's migrations, when it is used for the first time: by one process after the other, and wholly or not at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from filelock import FileLock
from sqlalchemy import (
    JSON,
    URL,
    Connection,
    Engine,
    NullPool,
    String,
    Text,
    create_engine,
    event,
    func,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bot.answering.settings import Settings
from bot.serving.feedback.records import Feedback, FeedbackReason, Rating, State, StoreError

BUSY_SECONDS = 5
"""How long another process's writing is waited for."""
MIGRATION = 0x77686F6C
"""The number of the lock, in PostgreSQL, that one process holds while it migrates."""

# Alembic keeps what it works on in a global, so that one thread of a process migrates at a time.
_MIGRATING = Lock()


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


class FeedbackStore:
    """Feedback in a database; safe from several threads and several processes. All its methods raise StoreError."""

    def __init__(self, url: str | URL) -> None:
        self._url = url
        self._engine: Engine | None = None

    @classmethod
    def of(cls, settings: Settings) -> FeedbackStore:
        """The store that the settings name; nothing is touched yet."""
        return cls(settings.database_url or URL.create("sqlite", database=str(settings.database_file)))

    def prepare(self) -> Engine:
        """The database, made and up to date."""
        with _MIGRATING, _told():
            self._engine = self._engine or _migrated(make_url(self._url))
            return self._engine

    def add(self, feedback: Feedback) -> int:
        """Keep feedback from now on; gives its id."""
        with self._session() as session:
            told = {**asdict(feedback), "id": None, "received": feedback.received.replace(tzinfo=None)}
            # PostgreSQL takes no NUL in a text.
            row = FeedbackRow(**{k: v.replace("\0", "\ufffd") if isinstance(v, str) else v for k, v in told.items()})
            session.add(row)
            session.flush()
            return row.id

    def all(self) -> tuple[Feedback, ...]:
        """All that is kept, oldest first."""
        with self._session() as session:
            return tuple(map(_feedback, session.scalars(select(FeedbackRow).order_by(FeedbackRow.id))))

    def queue(self) -> tuple[Feedback, ...]:
        """What is to be reviewed, oldest first: all that somebody rated down and nobody has settled."""
        wanted = (FeedbackRow.state == State.OPEN, FeedbackRow.rating == Rating.DOWN)
        with self._session() as session:
            found = session.scalars(select(FeedbackRow).where(*wanted).order_by(FeedbackRow.id))
            return tuple(map(_feedback, found))

    def get(self, number: int) -> Feedback | None:
        """One piece of feedback, None where there is none of this id."""
        with self._session() as session:
            # Higher numbers do not fit into the column, and asking for one fails.
            row = session.get(FeedbackRow, number) if abs(number) < 2**31 else None
            return None if row is None else _feedback(row)

    def settle(self, number: int, state: State) -> None:
        """Write down what the review came to."""
        with self._session() as session:
            session.execute(update(FeedbackRow).where(FeedbackRow.id == number).values(state=state))

    def count(self, rating: Rating) -> int:
        """How many rated so."""
        with self._session() as session:
            return session.scalar(select(func.count()).where(FeedbackRow.rating == rating)) or 0

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """A transaction, which has been written down where the block ends without an error."""
        engine = self.prepare()
        try:
            with _told(), Session(engine) as session, session.begin():
                yield session
        except StoreError:
            self._engine = None  # the file may be gone or another: it is looked at anew
            raise


@contextmanager
def _told() -> Iterator[None]:
    """What the database's libraries raise, as StoreError."""
    try:
        yield
    except (SQLAlchemyError, CommandError, OSError, ImportError) as error:
        raise StoreError(_reason(error)) from error


def _reason(error: Exception) -> str:
    """SQLite's own words name nothing that is secret; those of other databases may."""
    match error:
        case DBAPIError(orig=sqlite3.Error() as told):
            return str(told)
        case OSError(strerror=str(told)):
            return told
        case CommandError():
            return "its tables are those of another version of the program"
        case ImportError():
            return f"its driver is not installed: {error}"
    return "the database cannot be used"


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


def _migrated(url: URL) -> Engine:
    """The engine of a database, which is made where there is none, with the newest tables."""
    sqlite = url.get_backend_name() == "sqlite"
    # A connection each time: feedback is rare, and a file that was replaced is noticed.
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS} if sqlite else {})
    if sqlite:
        event.listen(engine, "connect", _durable)
        event.listen(engine, "begin", _begun)
    with _alone(url if sqlite else None), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION})
        config = Config()
        config.set_main_option("script_location", "bot.serving.feedback:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return engine


def _alone(sqlite: URL | None) -> AbstractContextManager[object]:
    """A lock beside an SQLite file: two processes that make it at once must not get into each other's way."""
    if sqlite is None or not sqlite.database or "uri" in sqlite.query:
        return nullcontext()
    path = Path(sqlite.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(f"{path}.lock", timeout=2 * BUSY_SECONDS)


def _durable(connection: sqlite3.Connection, _: object) -> None:
    """Readers do not wait for a writer, and a commit waits for the disk."""
    connection.isolation_level = None  # else the driver commits before each change of a table
    connection.execute("PRAGMA journal_mode=WAL").close()
    connection.execute("PRAGMA synchronous=FULL").close()


def _begun(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
