"""The same database twice: an SQLite file, and a PostgreSQL server where its programs are at hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.serving.state.database import Database
from tests.state.postgres import Cluster, programs, running


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL's programs are not at hand: apt-get install postgresql")
    with running(found) as started:
        yield started


def prepared(url: str) -> str:
    """The address of a database, whose tables have been made."""
    database = Database(url)
    database.prepare()
    database.close()
    return url


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with its tables, to be copied."""
    path = tmp_path_factory.mktemp("state") / "state.db"
    prepared(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def shared_url(cluster: Cluster) -> str:
    """The address of a PostgreSQL database, which is emptied for each test: that is faster than to make one."""
    return prepared(cluster.database())


@pytest.fixture
def postgresql_url(cluster: Cluster, shared_url: str) -> str:
    """The address of a PostgreSQL database, which has its tables and nothing in them."""
    with cluster.connected(shared_url.rpartition("/")[2]) as connection:
        connection.execute("TRUNCATE conversations, turns, feedback, questions RESTART IDENTITY")
    return shared_url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of the test's own, which has its tables and nothing in them."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_file"), tmp_path / "state.db")
        return f"sqlite:///{tmp_path / 'state.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()
