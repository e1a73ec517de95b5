"""A PostgreSQL server of its own for tests: Debian's programs, a temporary folder, a free port of loopback."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

USER = "postgres"
"""Whom the server runs as where the tests are root's: PostgreSQL does not run as root."""


def programs() -> Path | None:
    """The folder of the newest server's programs, None where there is none, or nobody whom it could run as."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found or (os.geteuid() == 0 and USER not in {each.pw_name for each in pwd.getpwall()}):
        return None
    return found[-1].parent


class Cluster:
    """A server and its data; databases are made as they are wanted."""

    def __init__(self, bin: Path, folder: Path) -> None:
        self._bin, self._folder = bin, folder
        self.password = secrets.token_hex(8)
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._number = 0

    def create(self) -> None:
        """Make the data, for one user with a password."""
        secret = self._folder / "password"
        secret.write_text(self.password)
        if os.geteuid() == 0:
            for path in (self._folder, secret):
                shutil.chown(path, USER, USER)
        told = ["--no-sync", "--auth=scram-sha-256", f"--username={USER}", f"--pwfile={secret}", "--encoding=UTF8"]
        command = [str(self._bin / "initdb"), "--pgdata", str(self._folder / "data"), *told, "--locale=C"]
        subprocess.run(command, check=True, capture_output=True, **self._as_user())  # type: ignore[call-overload]

    def start(self, fsync: bool = False) -> None:
        """Start the server, on the port that it had before, if any."""
        for _ in range(5):
            port = self._port or _free_port()
            options = {"fsync": "on" if fsync else "off", "listen_addresses": "127.0.0.1", "port": str(port)}
            options |= {
                "unix_socket_directories": str(self._folder),
                "max_connections": "100",
                "shared_buffers": "16MB",
            }
            given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
            command = [str(self._bin / "postgres"), "-D", str(self._folder / "data"), *given]
            log = (self._folder / "log").open("ab")
            with log:
                self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._as_user())  # type: ignore[call-overload]
            self._port = port
            if self._answers():
                return
            self._port = 0
        raise RuntimeError((self._folder / "log").read_text(errors="replace"))

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT ends it in order, SIGQUIT at once, so that it has to recover."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()  # what it has started ends with it
                self._process.wait(60)
            self._process = None

    def database(self) -> str:
        """A new, empty database; gives its address for SQLAlchemy."""
        self._number += 1
        name = f"test_{self._number}"
        with self.connected() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self._port}/{name}"

    @contextmanager
    def connected(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        """A connection of the superuser, each statement its own transaction."""
        told = {"user": USER, "password": self.password, "host": "127.0.0.1", "dbname": database}
        with psycopg.connect(**told, port=self._port, autocommit=True, connect_timeout=5) as connection:
            yield connection

    def _answers(self) -> bool:
        until = time.monotonic() + 30
        while time.monotonic() < until and self._process is not None and self._process.poll() is None:
            try:
                with self.connected():
                    return True
            except psycopg.OperationalError:
                time.sleep(0.05)
        return False

    def _as_user(self) -> dict[str, object]:
        if os.geteuid() != 0:
            return {"cwd": self._folder}
        return {"cwd": self._folder, "user": USER, "group": USER, "extra_groups": []}


@contextmanager
def running(bin: Path) -> Iterator[Cluster]:
    """A cluster, started, for as long as the block lasts; nothing of it is left."""
    # Not below pytest's own folder, which the server's user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="wholeads-pg-"))
    cluster = Cluster(bin, folder)
    try:
        cluster.create()
        cluster.start()
        yield cluster
    finally:
        cluster.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
