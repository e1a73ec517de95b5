"""Hostile texts sent to a server all at once, beside ordinary clients: ``python -m benchmarks.siege``.

First the ordinary clients are alone, then 41 texts of 20 KB come together while these go on; /healthz is asked all the
time. Once all have left, the processor time that the server still takes is read. It takes half a minute, and answers
with exit code 1 where a bar of those below is missed. Without ``--url`` a server is started for it, and ended after it.
"""

from __future__ import annotations

import json
import multiprocessing
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import cycle, islice
from threading import Event
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.faults import told
from benchmarks.measure import Summary, summarize, timed
from benchmarks.served import NoServer, wholeads

SHAPES = (
    "A ", "a-", "([{", "A. ", "a; ", "x,", "1 ", "not ", "that ", "and ", "in ", "however, ", "http://a.b/ ", "if ",
    "- a\n", "| a | b |\n", "日本", "é́ ", "\u200bA", "who? ",
)  # fmt: skip
"""What hostile texts are made of, again and again."""
ATTACKS, LENGTH, CLIENTS = 41, 20_000, 8
SLOWER, HEALTH_MS = 3.0, 100.0
"""The bars: how many times as long ordinary clients may wait (p95), and the longest that /healthz may take."""
IDLE_AFTER, IDLE = 2.0, 0.1
"""Seconds that the server has to come to rest once its clients have left, and what it may take of a processor then."""


@dataclass(frozen=True)
class Phase:
    """What was seen: milliseconds of answers and of /healthz, the statuses of answers and of attacks."""

    answers: list[float]
    health: list[float]
    statuses: Counter[int]
    attacks: Counter[int]


def sent(url: str, body: object = None) -> int:
    """The status of a request, 0 where none came."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=40) as response:
            response.read()
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def attack(url: str) -> Counter[int]:
    """Send the hostile texts, all at once."""
    texts = [(shape * (LENGTH // len(shape) + 1))[:LENGTH] for shape in islice(cycle(SHAPES), ATTACKS)]
    with ThreadPoolExecutor(ATTACKS) as threads:
        return Counter(threads.map(lambda text: sent(f"{url}/v1/check", {"text": text}), texts))


def watch(url: str, over: Event) -> list[float]:
    """Ask for /healthz until it is over."""
    taken = []
    while not over.is_set():
        taken.append(timed(lambda: sent(f"{url}/healthz"))[1])
        time.sleep(0.05)
    return taken


def watched(url: str, questions: Sequence[str], seconds: float, attacked: bool = False) -> Phase:
    """What ordinary clients and who looks at /healthz saw for so long, and until no attack goes on.

    Attackers, clients and who looks are three processes: none waits for another but at the server.
    """
    answers: list[tuple[int, float]] = []

    def ask(number: int) -> None:
        for question in islice(cycle(questions), number, None):
            if over.is_set():
                return
            answers.append(timed(lambda: sent(f"{url}/v1/ask", {"question": question})))  # noqa: B023
            time.sleep(0.05)

    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager, ProcessPoolExecutor(2, spawn) as others, ThreadPoolExecutor(CLIENTS) as clients:
        over = manager.Event()
        wait([others.submit(time.sleep, 0.5) for _ in range(2)])  # both are there, and take no processor to get ready
        health = others.submit(watch, url, over)
        attacks = others.submit(attack, url) if attacked else None
        asking = [clients.submit(ask, number) for number in range(CLIENTS)]
        time.sleep(seconds)
        became = attacks.result() if attacks else Counter[int]()
        over.set()
        wait(asking)
        return Phase([ms for _, ms in answers], health.result(), Counter(status for status, _ in answers), became)


def main(
    url: Annotated[str, typer.Option(help="Address of a server that runs; without it one is started.")] = "",
    workers: Annotated[int, typer.Option(min=1, help="Processes of the one that is started.")] = 1,
    question: Annotated[list[str] | None, typer.Option(help="What ordinary clients ask (any number).")] = None,
    seconds: Annotated[float, typer.Option(min=1, max=20, help="How long each phase is watched at least.")] = 6,
) -> None:
    """Measure what hostile texts do to ordinary clients and to /healthz."""
    asked = question or ["Who leads what?", "What is this about?", "Who leads most?"]
    with told(NoServer), wholeads(url.rstrip("/"), workers) as server:
        for text in asked * workers:
            sent(f"{server.url}/v1/ask", {"question": text})  # the first answers after a start take longer
        quiet, siege = (watched(server.url, asked, seconds, attacked) for attacked in (False, True))
        time.sleep(IDLE_AFTER)
        before = server.processor
        time.sleep(1)
        idle = server.processor - before
    shown = Table("phase", "answers", "median ms", "p95 ms", "/healthz p95 ms", "/healthz most ms", "statuses")
    for name, phase in (("quiet", quiet), ("siege", siege)):
        health = f"{summarize(phase.health).p95_ms:.1f}", f"{max(phase.health):.1f}"
        shown.add_row(name, *_row(summarize(phase.answers)), *health, str(dict(phase.statuses)))
    console, slower = Console(width=120), summarize(siege.answers).p95_ms / summarize(quiet.answers).p95_ms
    console.print(shown)
    console.print(f"attacks: {dict(siege.attacks)}; p95 {slower:.1f} times as long; processor after: {idle:.2f} s")
    failed = 0 in siege.attacks or set(quiet.statuses) | set(siege.statuses) != {200}
    if failed or slower > SLOWER or max(siege.health) > HEALTH_MS or idle > IDLE:
        raise typer.Exit(1)


def _row(summary: Summary) -> tuple[str, str, str]:
    return str(summary.count), f"{summary.median_ms:.1f}", f"{summary.p95_ms:.1f}"


if __name__ == "__main__":
    typer.run(main)
