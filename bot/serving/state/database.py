"""The one database of all that is kept: its connections, its transactions, its migrations.

Any database of SQLAlchemy will do; without one that is named it is an SQLite file. It is made, and brought up to date
by Alembic's migrations, when it is used for the first time: by one process after the other, and wholly or not at all.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from filelock import FileLock
from sqlalchemy import URL, Connection, CursorResult, Engine, Executable, create_engine, delete, event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from bot.answering.settings import Settings
from bot.answering.tracing import span
from bot.serving.state.records import NOBODY, StoreError
from bot.serving.state.tables import Owned

BUSY_SECONDS = 5
"""How long another's writing, a connection or a place among the connections is waited for."""
MIGRATION = 0x77686F6C
"""The number of the lock, in PostgreSQL, that one process holds while it migrates."""

_WRITES, _WAITS = "wholeads_writes", "wholeads_waits"
_SCRIPTS = "bot.serving.state:migrations"
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}

_SQLSTATES = {
    "08": "it cannot be reached",
    "25006": "it is read-only",
    "28": "it does not let the program in",
    "3D": "there is no database of that name",
    "42501": "it does not allow that to its user",
    "53100": "its disk is full",
    "53": "it has nothing left to work with",
    "55P03": "database is locked",
    "57014": "database is locked",
    "57": "it is being stopped",
}
"""What the codes of PostgreSQL's errors mean that are no fault of the program; the longest that fits counts."""

# Alembic keeps what it works on in a global, so that one thread of a process migrates at a time.
_MIGRATING = Lock()

logger = logging.getLogger("wholeads")


@dataclass(frozen=True, slots=True)
class _Failure:
    """What went wrong last, and when (seconds of the monotonic clock)."""

    reason: str
    at: float


class Database:
    """The database; safe from several threads and several processes. All its methods raise StoreError.

    What a block of ``writing`` has done is kept once the block has ended, whatever becomes of the process.
    """

    def __init__(self, url: str | URL) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._failed: _Failure | None = None
        self._writer = Lock()

    @classmethod
    def of(cls, settings: Settings) -> Database:
        """The database that the settings name; nothing is touched yet."""
        return cls(settings.database_url or URL.create("sqlite", database=str(settings.database_file)))

    @property
    def failed_lately(self) -> bool:
        """Whether the last use failed, and that a moment ago: who can do without need not wait for it again."""
        return self._failed is not None and time.monotonic() - self._failed.at < BUSY_SECONDS

    def prepare(self) -> Engine:
        """The database, made and up to date."""
        if self._engine is not None:
            return self._engine
        began = time.monotonic()
        with _MIGRATING, self._told():
            if self._engine is None:
                # Who has waited while another was failing need not try the same again.
                if self._failed is not None and self._failed.at > began:
                    raise StoreError(self._failed.reason)
                self._engine = _migrated(_url(self._url))
            return self._engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that changes nothing."""
        with self._session(writes=False) as session:
            yield session

    @contextmanager
    def writing(self, *, waits: bool = True) -> Iterator[Session]:
        """A transaction, which has been written down where the block ends without an error.

        Unless it ``waits`` for the disk, a machine that loses its power may lose the last of them in an SQLite file.
        """
        with self._session(writes=True, waits=waits) as session:
            yield session

    def state(self) -> dict[str, str]:
        """How it stands: ``state`` is ready or failing, ``reason`` says why it is not ready."""
        try:
            with self.reading() as session:
                session.execute(text("SELECT version_num FROM alembic_version"))
        except StoreError as error:
            return {"state": "failing", "reason": str(error)}
        failure = self._failed
        return {"state": "ready"} if failure is None else {"state": "failing", "reason": failure.reason}

    def migrate(self, revision: str) -> None:
        """Bring the tables to a revision, up or down; "base" takes them all away. Nobody may use them meanwhile."""
        with _MIGRATING, self._told():
            engine = self._engine or _engine(_url(self._url))
            self._engine = None
            try:
                _migrate(engine, revision)
            finally:
                engine.dispose()

    def close(self) -> None:
        """Close the connections; whoever uses it again opens new ones."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    @contextmanager
    def _session(self, writes: bool, waits: bool = True) -> Iterator[Session]:
        engine = self.prepare()
        options = {_WRITES: writes, _WAITS: waits}
        try:
            with (
                self._told(),
                span("database"),
                self._in_turn() if writes and engine.dialect.name == "sqlite" else nullcontext(),
                Session(engine.execution_options(**options), expire_on_commit=False) as session,
                session.begin(),
            ):
                if writes and engine.dialect.name == "postgresql":
                    session.execute(text(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'"))
                yield session
        except StoreError:
            self.close()  # the file may be gone or another: it is looked at anew
            raise
        if writes:
            self._failed = None

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One writer of this process after the other: SQLite lets them try again and again, and some for seconds."""
        if not self._writer.acquire(timeout=BUSY_SECONDS):
            raise PoolTimeout
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the database's libraries raise, as StoreError."""
        try:
            yield
        except (SQLAlchemyError, CommandError, OSError, ImportError) as error:
            self._failed = _Failure(_reason(error), time.monotonic())
            raise StoreError(self._failed.reason) from error


def changed(session: Session, statement: Executable) -> int:
    """Run a statement that changes or deletes rows; gives how many it found."""
    result = session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount


def delete_of(database: Database, table: type[Owned], owner: str) -> int:
    """Delete what an owner has left in a table; gives how much. Of nobody's nothing is deleted."""
    if owner == NOBODY:
        return 0
    with database.writing() as session:
        return changed(session, delete(table).where(table.owner == owner))


def _url(given: str | URL) -> URL:
    """The address with the driver that is meant where none is named."""
    url = make_url(given)
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def _reason(error: Exception) -> str:
    """SQLite's own words name nothing that is secret; those of other databases may."""
    match error:
        case DBAPIError(orig=sqlite3.Error() as told):
            return str(told)
        case DBAPIError(orig=told):
            return _meaning(getattr(told, "sqlstate", None) or ("08" if error.connection_invalidated else ""))
        case PoolTimeout():
            return "all its connections are busy"
        case DisconnectionError():
            return "it cannot be reached"
        case OSError(strerror=str(told)):
            return told
        case CommandError():
            return "its tables are those of another version of the program"
        case ImportError():
            mend = "; install it: pip install 'wholeads[postgresql]'" if "psycopg" in str(error) else ""
            return f"its driver is not installed: {error}{mend}"
    return "the database cannot be used"


def _meaning(sqlstate: str) -> str:
    fits = [code for code in _SQLSTATES if sqlstate.startswith(code)]
    # A server that does not answer at all has no code.
    return _SQLSTATES[max(fits, key=len)] if fits else "the database cannot be used" if sqlstate else _SQLSTATES["08"]


def _migrated(url: URL) -> Engine:
    """The engine of a database, which is made where there is none, with the newest tables."""
    engine = _engine(url)
    try:
        newest = ScriptDirectory.from_config(_config()).get_current_head()
        with engine.begin() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        if present != newest:
            _migrate(engine, "head")
    except BaseException:
        engine.dispose()
        raise
    return engine


def _engine(url: URL) -> Engine:
    # What was asked and answered does not belong into the log, with which errors end up.
    pool: dict[str, Any] = {"hide_parameters": True, "pool_size": 5, "max_overflow": 10, "pool_timeout": BUSY_SECONDS}
    if url.get_backend_name() == "sqlite":
        path = _file(url)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        waits = {} if "timeout" in url.query else {"timeout": BUSY_SECONDS}
        engine = create_engine(url, connect_args=waits, **pool)
        event.listen(engine, "connect", _durable)
        event.listen(engine, "begin", _begun)
        if path is not None:
            _watch(engine, path)
        return engine
    waits = {} if "connect_timeout" in url.query else {"connect_timeout": BUSY_SECONDS}
    waits = waits if url.get_backend_name() == "postgresql" else {}
    # A connection that the server has closed in the meantime is noticed, and replaced.
    return create_engine(url, connect_args=waits, pool_pre_ping=True, **pool)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    return config


def _migrate(engine: Engine, revision: str) -> None:
    with _alone(engine.url), engine.execution_options(**{_WRITES: True}).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION})
        config = _config()
        config.attributes["connection"] = connection
        scripts = ScriptDirectory.from_config(config)
        present = MigrationContext.configure(connection).get_current_revision()
        if revision == "base" or _is_older(scripts, revision, present):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def _is_older(scripts: ScriptDirectory, revision: str, present: str | None) -> bool:
    """Whether a revision comes before the present one. Raises CommandError for one that is not known."""
    if present is None or revision in ("head", present):
        return False
    return any(each.revision == revision for each in scripts.iterate_revisions(present, "base"))


def _file(url: URL) -> Path | None:
    """The file of an SQLite database, None where its address is more than a path."""
    return Path(url.database) if url.database and "uri" not in url.query else None


def _alone(url: URL) -> AbstractContextManager[object]:
    """A lock beside an SQLite file: two processes that make it at once must not get into each other's way."""
    path = _file(url) if url.get_backend_name() == "sqlite" else None
    return nullcontext() if path is None else FileLock(f"{path}.lock", timeout=2 * BUSY_SECONDS)


def _durable(connection: sqlite3.Connection, _: object) -> None:
    """Readers do not wait for a writer, and what is deleted is overwritten."""
    connection.isolation_level = None  # else the driver commits before each change of a table
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begun(connection: Connection) -> None:
    # One that begins to write in the middle fails where another has written since it began to read.
    options = connection.get_execution_options()
    connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options.get(_WAITS, True) else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES, False) else "BEGIN")


def _watch(engine: Engine, path: Path) -> None:
    """Let go of connections to a file that was taken away or replaced: what they write would be nowhere."""

    def opened(_: object, record: Any) -> None:
        record.info["file"] = _identity(path)

    def taken(_: object, record: Any, __: object) -> None:
        if record.info["file"] != _identity(path):
            raise DisconnectionError

    event.listen(engine, "connect", opened)
    event.listen(engine, "checkout", taken)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
