"""Servers that a measurement starts, each in processes of its own, and what these take of the machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from benchmarks.measure import processor_seconds, resident_bytes

STARTS_WITHIN_S = 300
"""A server may have its index to build first."""
ENDS_WITHIN_S = 20


class NoServer(Exception):
    """The server is not there, or did not get ready; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its address; ``process`` is 0 where it was not started here, and then nothing is known of it."""

    url: str
    process: int = 0

    @property
    def resident(self) -> int:
        """The bytes of memory that its processes hold, together; 0 where that is not known."""
        return resident_bytes(self.process)

    @property
    def processor(self) -> float:
        """The seconds of processors that they have taken; 0 where that is not known."""
        return processor_seconds(self.process)


@contextmanager
def wholeads(url: str = "", workers: int = 1) -> Iterator[Server]:
    """The server at ``url``, or one that is started for as long as the block lasts. Raises NoServer."""
    if url:
        if not _answers(f"{url}/readyz"):
            raise NoServer(f"{url}: does not answer, or is not ready. Start one with 'wholeads serve'.")
        yield Server(url)
        return
    port = free_port()
    command = (sys.executable, "-m", "bot", "serve", "--port", str(port), "--workers", str(workers))
    with started(command, port, "/readyz", "server") as server:
        yield server


@contextmanager
def started(command: Sequence[str], port: int, path: str, name: str) -> Iterator[Server]:
    """A server that answers at ``path`` of a port, for as long as the block lasts. Raises NoServer."""
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not _answers(url + path):
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoServer(f"The {name} did not get ready. Run it by hand to see why: {' '.join(command)}")
            time.sleep(0.2)
        yield Server(url, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False
