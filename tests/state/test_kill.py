"""kill -9 of a server under load: what was acknowledged is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Lock
from typing import Any

import httpx
import pytest

from bot.answering.settings import Settings
from bot.serving.state.stores import Stores
from tests.state.conftest import prepared
from tests.state.postgres import Cluster

ROOT = Path(__file__).parents[2]
CLIENTS = 4
ACKNOWLEDGED = 100
"""After so many the server is killed, while others are on their way."""

SERVER = """
import os, socket
import uvicorn
from bot.answering.settings import Settings
from bot.serving.api import create_api
from tests.api.fake_library import make_library
app = create_api(make_library(), Settings.from_environ(os.environ))
listener = socket.create_server(("127.0.0.1", 0))
class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(listener.getsockname()[1], flush=True)
Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listener])
"""


class Load:
    """What clients send until the server is gone, and what of it was acknowledged."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = Lock()
        self.turns: dict[tuple[str, str], str] = {}
        self.feedback: dict[int, str] = {}
        self.begun: dict[str, str] = {}
        self.enough = Event()

    def send(self, client: int) -> None:
        """Questions of one conversation, each followed by feedback on it and by one that begins a conversation."""
        session = f"conversation-{client}"
        with httpx.Client(base_url=self._address, timeout=30, trust_env=False) as http:
            for number in range(10 * ACKNOWLEDGED):
                question = f"Who leads in Japan, {client}.{number}?"
                try:
                    answer = http.post("/v1/ask", json={"question": question, "session_id": session})
                    assert answer.status_code == 200
                    self._count(self.turns, (session, question), answer.json()["answer_id"])
                    sent = {"answer_id": answer.json()["answer_id"], "rating": "up"}
                    received = http.post("/v1/feedback", json=sent)
                    assert received.status_code == 201
                    self._count(self.feedback, received.json()["id"], question)
                    begun = http.post("/v1/ask", json={"question": question})
                    assert begun.status_code == 200 and begun.json()["session_id"]
                    self._count(self.begun, begun.json()["session_id"], question)
                except httpx.TransportError:
                    return

    def _count(self, counted: dict[Any, str], name: Any, what: str) -> None:
        with self._lock:
            counted[name] = what
            if len(self.turns) + len(self.feedback) + len(self.begun) >= ACKNOWLEDGED:
                self.enough.set()


def killed_under_load(url: str) -> Load:
    environ = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", SERVER], cwd=ROOT, env=environ, stdout=subprocess.PIPE)
    assert process.stdout
    try:
        load = Load(f"http://127.0.0.1:{int(process.stdout.readline())}")
        with ThreadPoolExecutor(CLIENTS) as threads:
            sending = [threads.submit(load.send, client) for client in range(CLIENTS)]
            assert load.enough.wait(60)
            process.kill()
            for each in sending:
                each.result(60)
        assert process.wait(30) == -signal.SIGKILL
    finally:
        process.kill()
        process.wait(30)
        process.stdout.close()
    return load


def all_is_there(url: str, load: Load) -> None:
    stores = Stores.of(Settings.from_environ({"DATABASE_URL": url}))
    kept: dict[tuple[str, str], str] = {}
    for client in range(CLIENTS):
        page = stores.conversations.load("", f"conversation-{client}", 10 * ACKNOWLEDGED)
        assert page is not None
        kept |= {(page.conversation.id, turn.question): turn.answer_id for turn in page.turns}
        assert [turn.question for turn in page.turns] == [
            f"Who leads in Japan, {client}.{number}?" for number in range(len(page.turns))
        ]
    feedback = {each.id: each.question for each in stores.feedback.all()}
    begun = stores.conversations.listed("", ids=list(load.begun), limit=10 * ACKNOWLEDGED).conversations
    acknowledged = len(load.turns) + len(load.feedback)
    assert acknowledged + len(load.begun) >= ACKNOWLEDGED and load.turns and load.feedback and load.begun
    assert load.turns.items() <= kept.items() and load.feedback.items() <= feedback.items()
    assert load.begun == {each.id: each.title for each in begun}
    # Of each client one request at most was written and not acknowledged any more.
    assert len(kept) + len(feedback) <= acknowledged + CLIENTS
    stores.database.close()
    told = f"{len(load.turns)} turns, {len(load.begun)} beginnings and {len(load.feedback)} pieces of feedback"
    print(f"{url.partition(':')[0]}: {told} acknowledged")


def test_what_was_acknowledged_is_in_the_file(sqlite_file: Path, tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(sqlite_file.read_bytes())
    url = f"sqlite:///{tmp_path / 'state.db'}"
    all_is_there(url, killed_under_load(url))


@pytest.fixture
def durable(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster as it is in earnest: it waits for the disk."""
    cluster.stop()
    cluster.start(fsync=True)
    yield cluster
    cluster.stop(signal.SIGQUIT)
    cluster.start()


def test_what_was_acknowledged_is_in_postgresql_even_where_that_is_killed_as_well(durable: Cluster) -> None:
    url = prepared(durable.database())
    load = killed_under_load(url)
    durable.stop(signal.SIGQUIT)
    durable.start(fsync=True)
    all_is_there(url, load)
