"""The proxy's configuration in a real nginx, before a server that dies of what it is asked, and one that does not."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from deploy.cluster import free_ports, nginx_on_loopback

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"
SECONDS = 20
SERVER = """
import os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if sys.argv[2] == "mortal":
            os.kill(os.getpid(), signal.SIGKILL)
        self.do_GET()
    def do_GET(self):
        told = (sys.argv[2] + " " + self.headers["X-Forwarded-For"]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)
    def log_message(self, *_):
        pass
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: apt install nginx)")


def up(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait for it without asking anything: a request more would change whose turn it is."""
    for _ in range(SECONDS * 20):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "it ended"
        time.sleep(0.05)
    raise AssertionError("it does not come up")


def ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(SECONDS)


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of the proxy; the first request goes to the mortal server."""
    port, *servers = free_ports(3)
    text = nginx_on_loopback(CONFIGURATION.read_text(encoding="utf-8"), port, servers, tmp_path)
    (tmp_path / "nginx.conf").write_text(text, encoding="utf-8")
    commands = [
        (each, [sys.executable, "-c", SERVER, str(each), name])
        for each, name in zip(servers, ("mortal", "steady"), strict=True)
    ]
    commands.append(
        (
            port,
            [str(NGINX), "-e", "stderr", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-g", "daemon off;"],
        )
    )
    with ExitStack() as stack:
        for listening, command in commands:
            process = subprocess.Popen(command)
            stack.callback(ended, process)
            up(listening, process)
        yield stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS, trust_env=False))


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/check", "/v1/chat/completions", "/mcp"])
def test_what_a_dying_server_leaves_unanswered_the_other_answers(proxy: httpx.Client, path: str) -> None:
    answers = [proxy.post(path, json={}) for _ in range(4)]
    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "steady 127.0.0.1")] * 4


def test_what_must_not_be_done_twice_is_sent_once(proxy: httpx.Client) -> None:
    assert proxy.post("/v1/feedback", json={}).status_code == 502
    assert proxy.post("/v1/feedback", json={}).text == "steady 127.0.0.1"


def test_questions_alternate_the_page_stays_and_metrics_are_not_for_all(proxy: httpx.Client) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9"}
    assert [proxy.get("/v1/facts", headers=forged).text for _ in range(4)] == [
        "mortal 127.0.0.1",
        "steady 127.0.0.1",
    ] * 2
    assert len({proxy.get("/").text for _ in range(4)}) == 1
    assert proxy.get("/metrics").status_code == 404
