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
def postgresql_name(cluster: Cluster) -> str:
    """The name of a PostgreSQL database with its tables, to be copied."""
    return prepared(cluster.database()).rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of the test's own, which has its tables and nothing in them."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_file"), tmp_path / "state.db")
        return f"sqlite:///{tmp_path / 'state.db'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.database(request.getfixturevalue("postgresql_name"))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()
