"""Connections: clients that are slow, silent, too many, or gone, and the end of the server."""

from __future__ import annotations

import logging
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from bot.answering.settings import Settings
from bot.serving import connections
from bot.serving.api import create_api
from bot.serving.api.guard import FAILURES
from bot.serving.connections import Server, config_of
from tests.api.fake_library import make_library
from tests.api.test_bounded_work import SlowLibrary

HEAD = b"POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n"
ASKED = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


@contextmanager
def running(
    app: Any, most: int = 50, seconds: float = 0.3, proxies: Collection[str] = ()
) -> Iterator[tuple[Server, int]]:
    """The server itself on a free port; gives it and its port."""
    server = Server(config_of(app, most, proxies, seconds=seconds), lambda: None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        try:
            yield server, listener.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            thread.join(20)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running(create_api(make_library(), Settings.from_environ({}))) as (_, port):
        yield port


def connected(port: int, sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=5)
    connection.sendall(sent)
    return connection


def told_until_closed(connection: socket.socket) -> bytes:
    """All that comes until the server closes the connection; fails if it does not within 5 s."""
    told = b""
    try:
        while part := connection.recv(65536):
            told += part
    except ConnectionResetError:
        pass
    return told


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nX-A: ", HEAD, HEAD + b'{"text": "'])
def test_who_sends_no_whole_request_is_cut_off(port: int, sent: bytes) -> None:
    with connected(port, sent) as connection:
        assert told_until_closed(connection) == b""


@pytest.mark.parametrize("sent", [b"GET /healthz HTTP/1.1\r\nX-A: ", HEAD])
def test_a_trickle_buys_no_time(port: int, sent: bytes) -> None:
    started = time.monotonic()
    with connected(port, sent) as connection, pytest.raises(OSError):
        while time.monotonic() - started < 4:
            connection.sendall(b"x")
            time.sleep(0.05)
    assert time.monotonic() - started < 3


def test_a_connection_is_used_again_and_again(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        for _ in range(3):
            assert client.get("/healthz").status_code == 200
            time.sleep(0.2)


def test_a_second_request_that_trickles_is_cut_off(port: int) -> None:
    with connected(port, ASKED) as connection:
        assert b"200 OK" in connection.recv(65536)
        connection.sendall(HEAD)
        assert told_until_closed(connection) == b""


def test_an_answer_that_is_not_taken_is_cut_off() -> None:
    left = threading.Event()

    async def endless(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await _soon(receive))["type"] != "http.disconnect":
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        left.set()

    with running(endless) as (_, port), connected(port, ASKED):
        assert left.wait(5)


async def _soon(receive: Any) -> Any:
    import asyncio

    try:
        return await asyncio.wait_for(receive(), 0.001)
    except TimeoutError:
        return {"type": "http.request"}


def test_of_too_many_connections_the_one_silent_longest_makes_way() -> None:
    app = create_api(make_library(), Settings.from_environ({}))
    with running(app, most=3, seconds=20) as (_, port):
        silent = [connected(port) for _ in range(3)]
        for _ in range(2):
            with connected(port, ASKED.replace(b"Host", b"Connection: close\r\nHost")) as asking:
                assert b"200 OK" in told_until_closed(asking)
        assert told_until_closed(silent[0]) == b""
        silent[2].sendall(ASKED)
        assert b"200 OK" in silent[2].recv(65536)
        for connection in silent:
            connection.close()


@pytest.fixture
def slow() -> SlowLibrary:
    return SlowLibrary(make_library())


def slow_app(slow: SlowLibrary) -> Any:
    return create_api(slow, Settings.from_environ({"WHOLEADS_DEADLINE": "30"}))  # type: ignore[arg-type]


def test_where_all_are_worked_for_one_more_is_told_to_come_back(slow: SlowLibrary) -> None:
    with running(slow_app(slow), most=1) as (_, port), connected(port, CHECK):
        assert slow.slow.started.wait(5)
        with connected(port) as late:
            assert told_until_closed(late).startswith(b"HTTP/1.1 503")


CHECK = (
    b'POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"text": "A."}'
)
STREAM = CHECK.replace(b": 14", b": 30").replace(b"}", b', "stream": true}')


@pytest.mark.parametrize(("sent", "status"), [(CHECK, b"503"), (STREAM, b"200")])
def test_who_waits_is_told_that_the_server_ends(
    slow: SlowLibrary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, sent: bytes, status: bytes
) -> None:
    monkeypatch.setattr(connections, "GRACE", 0.2)
    with running(slow_app(slow), seconds=20) as (server, port), connected(port, sent) as connection:
        assert slow.slow.started.wait(5)
        server.handle_exit(signal.SIGTERM, None)
        server._captured_signals.clear()  # this process goes on
        told = told_until_closed(connection)
    assert told.startswith(b"HTTP/1.1 " + status) and b"urn:wholeads:problem:ending" in told
    assert caplog.records == []


def test_a_second_signal_ends_at_once(slow: SlowLibrary) -> None:
    with running(slow_app(slow), seconds=20) as (server, port), connected(port, STREAM) as connection:
        assert slow.slow.started.wait(5)
        started = time.monotonic()
        for _ in range(2):
            server.handle_exit(signal.SIGTERM, None)
        server._captured_signals.clear()
        told_until_closed(connection)
        assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("path", ["/v1/check", "/v1/ask", "/v1/feedback", "/v1/chat/completions", "/mcp"])
def test_who_leaves_while_sending_leaves_no_trace_in_the_log(
    port: int, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with connected(port, HEAD.replace(b"/v1/check", path.encode()).replace(b"a\r\n", b"127.0.0.1\r\nAccept: */*\r\n")):
        time.sleep(0.1)
    time.sleep(0.2)
    assert len([record for record in caplog.records if record.name != "httpx"]) <= 1
    assert all(record.exc_info is None for record in caplog.records)


@pytest.mark.parametrize(("proxies", "last"), [((), 429), (("10.0.0.7",), 429), (("127.0.0.0/8",), 401)])
def test_who_a_client_says_it_is_counts_from_named_proxies_alone(proxies: tuple[str, ...], last: int) -> None:
    app = create_api(make_library(), Settings.from_environ({"WHOLEADS_API_KEYS": "one"}))
    with running(app, proxies=proxies) as (_, port), httpx.Client(trust_env=False) as client:
        for number in range(FAILURES + 1):
            headers = {"X-API-Key": f"guess{number}", "X-Forwarded-For": f"10.1.0.{number}"}
            told = client.get(f"http://127.0.0.1:{port}/v1/facts", headers=headers).status_code
        assert told == last
