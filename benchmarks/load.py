"""How many questions a server answers in a second, and how long each waits: ``python -m benchmarks.load``.

Clients ask one question after the other, as fast as they are answered, in three mixes, one after the other:

    constant   an application that answers {} at once: what HTTP alone takes on this machine, just now
    fresh      questions that are generated, none of them twice: no answer is helped by one given before
    repeated   a few of them, again and again

Without ``--url`` a server is started for it, and ended after it. Whatever else the machine does meets the mixes
alike only where it goes on throughout: read them beside one another.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from typing import Annotated

import httpx
import typer
from fastapi import FastAPI
from rich.console import Console
from rich.table import Table

from benchmarks.faults import told
from benchmarks.served import NoServer, Server, free_port, started, wholeads
from bot.answering.published import corpus_id_named
from bot.answering.settings import Settings, SettingsError
from bot.evaluation.generate import cases
from bot.evaluation.phrasebook import load_phrasebook
from corpus.errors import CorpusError
from corpus.language import load_language
from corpus.loader import find_corpus, load_corpus
from corpus.world import World

REPEATED = 20
"""So many questions are asked again and again."""
CLEAN = 0.4
"""The share of fresh questions without slips, as ``wholeads eval --generated`` has it."""
TIMEOUT_S = 60

Turns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """What one mix gave: the seconds of each answered request, how many were not answered with 200, the time in all.

    ``resident``: bytes of memory that the server had before and after; ``processor``: seconds of processors that it
    took. Both are 0 where that is not known.
    """

    mix: str
    clients: int
    seconds: float
    times: Sequence[float] = field(repr=False)
    errors: int = 0
    resident: tuple[int, int] = (0, 0)
    processor: float = 0.0

    @property
    def per_second(self) -> float:
        """Answered requests a second."""
        return len(self.times) / self.seconds

    def within(self, share: float) -> float:
        """The milliseconds within which this share of the answered requests were answered (the nearest rank).

        >>> Load("fresh", 1, 1.0, [0.004, 0.001, 0.002, 0.003]).within(0.5)
        2.0
        """
        if not self.times:
            return float("nan")
        rank = max(1, -int(-share * len(self.times) // 1))
        return round(sorted(self.times)[rank - 1] * 1000, 1)


def fresh_questions(name: str, count: int, seed: int) -> tuple[Turns, ...]:
    """``count`` generated conversations on a corpus, no last turn twice; fewer where it does not give so many.

    Raises CorpusError.
    """
    corpus = load_corpus(find_corpus(name))
    language = load_language(corpus.language)
    made = cases(corpus, World.load(), language, load_phrasebook(language.code), seed, CLEAN)
    found: dict[str, Turns] = {}
    for case in islice(made, 2 * count):
        found.setdefault(case.turns[-1], case.turns)
        if len(found) == count:
            break
    return tuple(found.values())


async def drive(
    mix: str, url: str, bodies: Iterable[object], clients: int, seconds: float, most: int, method: str = "POST"
) -> Load:
    """Has clients send bodies to ``url`` until the time is over, or ``most`` requests are sent, or no body is left."""
    left: Iterator[object] = islice(bodies, most)
    times: list[float] = []
    errors = 0
    started = time.perf_counter()

    async def client(http: httpx.AsyncClient) -> None:
        nonlocal errors
        while time.perf_counter() - started < seconds and (body := next(left, None)) is not None:
            sent = time.perf_counter()
            try:
                response = await http.request(method, url, json=body)
            except httpx.HTTPError:
                errors += 1
                continue
            if response.status_code == httpx.codes.OK:
                times.append(time.perf_counter() - sent)
            else:
                errors += 1

    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(limits=limits, timeout=TIMEOUT_S, trust_env=False) as http:
        await asyncio.gather(*(client(http) for _ in range(clients)))
    return Load(mix, clients, time.perf_counter() - started, times, errors)


def measure_load(
    server: Server, constant: str, corpus: str, questions: Sequence[Turns], clients: int, seconds: float, most: int
) -> list[Load]:
    """The three mixes, each for so long. ``constant`` is an address."""
    asked = [asking(turns, corpus) for turns in questions]
    loads = []
    for mix, url, bodies in (
        ("constant", constant, cycle(asked)),
        ("fresh", f"{server.url}/v1/ask", iter(asked)),
        ("repeated", f"{server.url}/v1/ask", cycle(asked[:REPEATED])),
    ):
        before, taken = server.resident, server.processor
        load = asyncio.run(drive(mix, url, bodies, clients, seconds, most))
        loads.append(replace(load, resident=(before, server.resident), processor=server.processor - taken))
    return loads


def asking(turns: Turns, corpus: str) -> dict[str, object]:
    """A conversation as the API takes it."""
    history = [{"role": "user", "content": turn} for turn in turns[:-1]]
    return {"question": turns[-1], "history": history, "corpus": corpus}


def constant_app() -> FastAPI:
    """Reads a body and answers the same, whatever it is."""
    app = FastAPI()

    @app.post("/")
    async def answer(body: dict[str, object]) -> dict[str, str]:
        return {}

    return app


def table(loads: Sequence[Load]) -> Table:
    """The figures, a row for each mix."""
    shown = Table(title=f"{loads[0].clients} clients")
    heads = ("mix", "requests", "a second", "p50 ms", "p95 ms", "p99 ms", "errors", "CPU ms each", "RSS MB", "after")
    for head in heads:
        shown.add_column(head, justify="left" if head == "mix" else "right")
    for load in loads:
        ranks = (f"{load.within(share):.1f}" for share in (0.5, 0.95, 0.99))
        memory = (f"{size / 2**20:.0f}" for size in load.resident)
        sent = len(load.times) + load.errors
        taken = f"{load.processor / max(1, sent) * 1000:.1f}"
        shown.add_row(load.mix, str(sent), f"{load.per_second:.1f}", *ranks, str(load.errors), taken, *memory)
    return shown


def main(
    url: Annotated[str, typer.Option(help="Address of a server that runs; without it one is started.")] = "",
    workers: Annotated[int, typer.Option(min=1, help="Processes of the one that is started.")] = 1,
    clients: Annotated[int, typer.Option(min=1, max=256, help="Clients at once.")] = 32,
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="Seconds of each mix.")] = 30,
    most: Annotated[int, typer.Option(min=1, max=100_000, help="Requests of each mix, at the most.")] = 3_000,
    seed: Annotated[int, typer.Option(help="Other questions for another seed.")] = 1,
) -> None:
    """Measure requests a second beside an application that answers a constant. Exit code 1 where a request failed."""
    with told(CorpusError, SettingsError, NoServer):
        corpus = Settings.from_environ(os.environ).corpus
        questions, port = fresh_questions(corpus, most, seed), free_port()
        constant = (sys.executable, "-m", "uvicorn", "--factory", "benchmarks.load:constant_app", "--port", str(port))
        with (
            started(constant, port, "/docs", "constant application") as beside,
            wholeads(url.rstrip("/"), workers) as server,
        ):
            loads = measure_load(server, f"{beside.url}/", corpus_id_named(corpus), questions, clients, seconds, most)
    Console(width=120).print(table(loads))
    if any(load.errors or not load.times for load in loads):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
