"""``python -m benchmarks.siege URL``: hostile texts sent to a running server all at once, beside ordinary clients.

First the ordinary clients are alone, then 41 texts of 20 KB come together while these go on; /healthz is asked all the
time. Once the attackers have left, the processor time that the server takes is read from its /metrics. It takes some
twenty seconds, and answers with exit code 1 where /healthz took longer than 100 ms or a client was failed.
"""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Summary, summarize

SHAPES = (
    "A ", "a-", "([{", "A. ", "a; ", "x,", "1 ", "not ", "that ", "and ", "in ", "however, ", "http://a.b/ ", "if ",
    "- a\n", "| a | b |\n", "日本", "é́ ", "\u200bA", "who? ",
)  # fmt: skip
ATTACKS, LENGTH, CLIENTS = 41, 20_000, 8
HEALTH_MS = 100.0
IDLE_AFTER = 2.0
"""Seconds that the server has to come to rest once its clients have left."""


@dataclass
class Phase:
    """What was seen: milliseconds of answers and of /healthz, statuses, and what is asked for until ``over``."""

    over: threading.Event = field(default_factory=threading.Event)
    answers: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True)
class Server:
    """A server that is asked."""

    url: str

    def status(self, path: str, body: object = None, seconds: float = 40.0) -> int:
        """The status of a request, 0 where none came."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=seconds) as response:
                response.read()
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def processor_seconds(self) -> float:
        """What the server has taken of the processor so far."""
        with urllib.request.urlopen(self.url + "/metrics", timeout=10) as response:
            [seconds] = re.findall(r"^process_cpu_seconds_total ([\d.e+]+)$", response.read().decode(), re.MULTILINE)
            return float(seconds)


def _timed(call: Callable[[], int], into: list[float]) -> int:
    started = time.perf_counter()
    status = call()
    into.append((time.perf_counter() - started) * 1000)
    return status


def _ordinary(server: Server, phase: Phase, questions: list[str], first: int) -> None:
    number = first
    while not phase.over.is_set():
        question = questions[number % len(questions)]
        phase.statuses[_timed(lambda: server.status("/v1/ask", {"question": question}), phase.answers)] += 1  # noqa: B023
        number += CLIENTS
        time.sleep(0.05)


def _healthy(server: Server, phase: Phase) -> None:
    while not phase.over.is_set():
        _timed(lambda: server.status("/healthz"), phase.health)
        time.sleep(0.05)


def watched(server: Server, questions: list[str], seconds: float, attacks: int = 0) -> tuple[Phase, Counter[int]]:
    """What ordinary clients saw for so long, and what became of the attacks."""
    phase, told = Phase(), Counter[int]()

    def attack(number: int) -> None:
        shape = SHAPES[number % len(SHAPES)]
        text = (shape * (LENGTH // len(shape) + 1))[:LENGTH]
        told[server.status("/v1/check", {"text": text})] += 1

    with ThreadPoolExecutor(CLIENTS + 1 + attacks) as threads:
        for number in range(CLIENTS):
            threads.submit(_ordinary, server, phase, questions, number)
        threads.submit(_healthy, server, phase)
        sent = [threads.submit(attack, number) for number in range(attacks)]
        time.sleep(seconds)
        wait(sent)
        phase.over.set()
    return phase, told


def main(
    url: Annotated[str, typer.Argument(help="A server, such as http://127.0.0.1:8000.")],
    question: Annotated[list[str] | None, typer.Option(help="What ordinary clients ask (any number).")] = None,
    seconds: Annotated[float, typer.Option(min=1, max=20, help="How long each phase is watched at least.")] = 6,
) -> None:
    """Measure what hostile texts do to ordinary clients and to /healthz."""
    server, asked = Server(url.rstrip("/")), question or ["Who leads what?", "What is this about?", "Who leads most?"]
    for text in asked:
        server.status("/v1/ask", {"question": text})  # the first answers after a start take longer
    quiet, _ = watched(server, asked, seconds)
    siege, told = watched(server, asked, seconds, ATTACKS)
    time.sleep(IDLE_AFTER)
    before = server.processor_seconds()
    time.sleep(1)
    idle = server.processor_seconds() - before
    table = Table("phase", "answers", "median ms", "p95 ms", "/healthz p95 ms", "/healthz most ms", "statuses")
    for name, phase in (("quiet", quiet), ("siege", siege)):
        answers, health = summarize(phase.answers), summarize(phase.health)
        table.add_row(
            name, *_row(answers), f"{health.p95_ms:.1f}", f"{max(phase.health):.1f}", str(dict(phase.statuses))
        )
    console = Console()
    console.print(table)
    console.print(f"attacks: {dict(told)}; processor in the second after: {idle:.2f} s")
    slow = max(siege.health) > HEALTH_MS
    if slow or set(quiet.statuses) | set(siege.statuses) != {200} or 0 in told:
        raise typer.Exit(1)


def _row(summary: Summary) -> tuple[str, str, str]:
    return str(summary.count), f"{summary.median_ms:.1f}", f"{summary.p95_ms:.1f}"


if __name__ == "__main__":
    typer.run(main)
