"""A server on a real socket, with the fake library behind it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from bot.answering.settings import Settings
from bot.serving.api import create_api
from tests.api.fake_library import FakeLibrary, make_library


class Clock:
    """A clock that a test turns by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port of this machine for as long as the block lasts; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.started, "the server did not start within 20 s"
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)


@pytest.fixture(scope="session")
def library() -> FakeLibrary:
    return make_library()


@pytest.fixture(scope="session")
def url(library: FakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings.from_environ({"WHOLEADS_INDEX": str(tmp_path_factory.mktemp("served") / "index")})
    with serving(create_api(library, settings)) as address:
        yield address


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=20, trust_env=False) as http:
        yield http


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client_with(library: FakeLibrary, clock: Clock, tmp_path: Path) -> Iterator[Callable[..., httpx.Client]]:
    """Makes a client of a server with other settings; ``ready=False`` for one with nothing to answer from.

    Servers of one test keep what they keep in one database.
    """
    closing: list[Callable[[], object]] = []

    def make(ready: bool = True, not_ready: str = "", **settings: str) -> httpx.Client:
        settings.setdefault("index", str(tmp_path / "data" / "index"))
        environ = {f"WHOLEADS_{name.upper()}": value for name, value in settings.items()}
        app = create_api(library if ready else None, Settings.from_environ(environ), not_ready, clock)
        context = serving(app)
        address = context.__enter__()
        http = httpx.Client(base_url=address, timeout=20, trust_env=False)
        closing.extend((http.close, lambda: context.__exit__(None, None, None)))
        return http

    yield make
    for close in closing:
        close()
