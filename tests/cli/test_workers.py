"""``wholeads serve --workers``: several real processes on one socket, and the page that one of them serves to all."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from prometheus_client.parser import text_string_to_metric_families

from bot.serving.page.forward import Forwarded, forward_page
from tests.api.conftest import serving
from tests.cli.test_process import ROOT, SERVER, environ

APPLICATION = """
import os
from bot.answering.settings import Settings
from bot.serving.api import create_api
from bot.serving.cli.workers import RATES_AT
from tests.api.fake_library import make_library

def create_app(environ):
    app = create_api(make_library(), Settings.from_environ(environ), rates=environ[RATES_AT])
    app.add_api_route("/pid", lambda: os.getpid(), methods=["GET"])
    return app
"""


@contextmanager
def served(folder: Path, application: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Two processes of the application; the settings are put over those that all tests have."""
    (folder / "app.py").write_text(application, encoding="utf-8")
    command = [sys.executable, "-c", SERVER, "serve", "--port", "0", "--workers", "2"]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environ(**{"PYTHONPATH": str(ROOT), "TMPDIR": str(folder), "WHOLEADS_RATE_LIMIT": "12", **settings}),
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def pids(url: str) -> set[int]:
    """Those of the processes that answer; each connection is taken by one of them."""
    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(lambda _: httpx.get(f"{url}/pid", trust_env=False, timeout=20).json(), range(24)))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until(holds: object, seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.05)
    return bool(holds())  # type: ignore[operator]


def test_two_processes_answer_are_counted_together_are_replaced_and_end(tmp_path: Path) -> None:
    with served(tmp_path, APPLICATION) as process:
        assert process.stderr and process.stderr.readline().startswith(b"Loading")
        url = process.stderr.readline().decode().split()[-1]
        seen: set[int] = set()
        assert until(lambda: len(seen.update(pids(url)) or seen) == 2)  # type: ignore[func-returns-value]
        for _ in range(10):
            answered = httpx.post(f"{url}/v1/ask", json={"question": "Who leads Japan?"}, trust_env=False)
            assert answered.json()["answer"] == "Nissan leads Japan. [1]"

        statuses = {httpx.get(f"{url}/v1/facts", trust_env=False).status_code for _ in range(10)}
        assert 429 in statuses, "the rate holds over both"

        def answers() -> float:
            text = httpx.get(f"{url}/metrics", trust_env=False).text
            samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
            return sum(sample.value for sample in samples if sample.name == "wholeads_answers_total")

        assert {answers() for _ in range(8)} == {10}, "each tells what all have counted"
        killed = min(seen)
        os.kill(killed, signal.SIGKILL)
        now: set[int] = set()
        assert until(lambda: len(now.update(pids(url)) or now - {killed}) == 2)  # type: ignore[func-returns-value]
        assert answers() == 10, "what was counted by a process that has ended stays"
        process.terminate()
        started = time.monotonic()
        assert process.wait(20) == 0
        assert time.monotonic() - started < 5
        assert not [pid for pid in now if alive(pid)]
        assert not list(tmp_path.glob("wholeads-workers-*"))


def test_where_no_process_can_start_the_command_ends(tmp_path: Path) -> None:
    with served(tmp_path, "def create_app(environ):\n    raise SystemExit(3)\n") as process:
        _, told = process.communicate(timeout=60)
        assert process.returncode == 2
        assert b"error: The server could not start" in told and b"Ready" not in told


def page() -> FastAPI:
    """Something like the page, behind the socket."""
    app = FastAPI()
    gone = threading.Event()
    app.state.gone = gone

    async def shown(request: Request) -> dict[str, object]:
        body = (await request.body()).decode()
        query = dict(request.query_params)
        return {"client": request.client and request.client.host, "host": request.url.netloc, "body": body, **query}

    async def events() -> StreamingResponse:
        async def made() -> object:
            try:
                while True:
                    yield b"data: here\n\n"
                    await asyncio.sleep(0.05)
            finally:
                gone.set()

        return StreamingResponse(made(), media_type="text/event-stream")  # type: ignore[arg-type]

    app.add_api_route("/join", shown, methods=["GET", "POST"])
    app.add_api_route("/events", events, methods=["GET"])
    return app


@pytest.fixture
def at(tmp_path: Path) -> str:
    return str(tmp_path / "page")


@contextmanager
def behind(at: str, app: FastAPI) -> Iterator[None]:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(at)
    server = uvicorn.Server(uvicorn.Config(Forwarded(app), log_level="critical"))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    assert until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


def front(at: str) -> FastAPI:
    app = FastAPI()
    app.add_api_route("/own", lambda: "own", methods=["GET"])
    forward_page(app, at)
    return app


def test_what_is_asked_for_the_page_is_handed_on_as_it_is(at: str) -> None:
    with behind(at, page()), serving(front(at)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        assert client.get("/own").json() == "own"
        sent = client.post("/join?a=1%202", content=b"x" * 100_000, headers={"X-Wholeads-Client": "1.2.3.4"})
        told = sent.json()
        assert told == {"client": "127.0.0.1", "host": url.removeprefix("http://"), "body": "x" * 100_000, "a": "1 2"}
        assert sent.headers["x-content-type-options"] == "nosniff"
        assert client.get("/join").json()["body"] == "" and client.get("/nothing").status_code == 404


def test_a_stream_is_handed_on_as_it_comes_and_ends_with_who_reads_it(at: str) -> None:
    app = page()
    with behind(at, app), serving(front(at)) as url:
        with httpx.stream("GET", f"{url}/events", trust_env=False) as response:
            lines = response.iter_lines()
            assert [next(lines), next(lines), next(lines)] == ["data: here", "", "data: here"]
        assert app.state.gone.wait(10)


def test_while_nobody_serves_the_page_it_is_told(at: str) -> None:
    with serving(front(at)) as url:
        told = httpx.get(f"{url}/", trust_env=False)
        assert (told.status_code, told.headers["retry-after"]) == (503, "5") and "Load it again" in told.text
