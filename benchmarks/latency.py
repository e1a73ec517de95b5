"""How long an answer takes, beside the one thing nobody can leave out who searches by meaning: embedding the question.

For each question the bare model, the bot and the API take their turns, one right after the other, so that whatever
else the machine does meets all three alike. Bot and API answer over bots of their own, opened anew in each round:
no answer is helped by one given before to the same question.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from tempfile import TemporaryDirectory

import uvicorn

from benchmarks.measure import Summary, summarize, timed
from benchmarks.stage import CountingEmbedder, Stage, warmed
from benchmarks.workload import Conversation, Workload
from bot.answering.bot import Bot, Library
from bot.answering.settings import Settings
from bot.serving.api import create_api

_STARTS_WITHIN_S = 20


class Route(StrEnum):
    """What was needed for an answer: the facts alone, or a search by meaning as well."""

    STRUCTURED = "structured"
    PASSAGE = "passage"


class Way(StrEnum):
    """What was timed."""

    EMBED = "embed one query"
    ASK = "Bot.ask"
    POST = "POST /v1/ask"


@dataclass(frozen=True, slots=True)
class RouteLatency:
    """The questions of one route. The ratios are of medians: to the embedding of the same questions, side by side."""

    route: Route
    embed: Summary
    ask: Summary
    post: Summary
    ask_to_embed: float
    post_to_embed: float


@dataclass(frozen=True, slots=True)
class Latency:
    """``check``: one text sent to be checked; ``check_p95_to_embed``: the 95th percentile of that to the median of
    embedding the same texts. Both are None where the workload holds no claims."""

    routes: tuple[RouteLatency, ...]
    check: Summary | None
    check_p95_to_embed: float | None


Times = dict[tuple[Route, Way], list[float]]
Checks = list[tuple[float, float]]
Post = Callable[[str, object], bytes]


def measure_latency(stage: Stage, workload: Workload, embed: Callable[[str], object], rounds: int) -> Latency:
    """``embed`` is the bare model's embedding of one text."""
    times: Times = defaultdict(list)
    checks: Checks = []
    for _ in range(rounds):
        _round(stage, workload, embed, times, checks)
    routes = tuple(_route(route, times) for route in Route if (route, Way.ASK) in times)
    if not checks:
        return Latency(routes, None, None)
    embedding, check = (summarize(column) for column in map(list, zip(*checks, strict=True)))
    return Latency(routes, check, round(check.p95_ms / embedding.median_ms, 3))


def _round(stage: Stage, workload: Workload, embed: Callable[[str], object], times: Times, checks: Checks) -> None:
    counter = CountingEmbedder(stage.embedder)
    bot = warmed(Stage(stage.corpus, stage.index, counter).bot())
    embed(workload.conversations[0].question)
    with serving(warmed(stage.bot())) as post:
        for conversation in workload.conversations:
            before = counter.texts
            taken = {
                Way.EMBED: timed(partial(embed, conversation.question))[1],
                Way.ASK: timed(partial(bot.ask, conversation.question, conversation.history))[1],
                Way.POST: timed(partial(post, "/v1/ask", asked(conversation)))[1],
            }
            route = Route.PASSAGE if counter.texts > before else Route.STRUCTURED
            for way, milliseconds in taken.items():
                times[route, way].append(milliseconds)
        for claim in workload.claims:
            embedding = timed(partial(embed, claim))[1]
            checks.append((embedding, timed(partial(post, "/v1/check", {"text": claim}))[1]))


def _route(route: Route, times: Times) -> RouteLatency:
    embed, ask, post = (summarize(times[route, way]) for way in (Way.EMBED, Way.ASK, Way.POST))
    return RouteLatency(route, embed, ask, post, _ratio(ask, embed), _ratio(post, embed))


def _ratio(one: Summary, other: Summary) -> float:
    return round(one.median_ms / other.median_ms, 3)


@contextmanager
def serving(bot: Bot) -> Iterator[Post]:
    """The API over ``bot`` on a free port of this machine; gives what sends a body to a path and reads the answer.

    Raises RuntimeError where the server does not start, or answers anything but 200.
    """
    library = Library({bot.corpus.id: bot}, bot.corpus.id)
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        # Conversations are kept as they are in earnest, and then forgotten.
        app = create_api(library, Settings.from_environ({"WHOLEADS_INDEX": f"{folder}/index"}))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            _wait_for(server)
            port = listener.getsockname()[1]
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
                yield partial(_post, connection)
        finally:
            server.should_exit = True
            thread.join(_STARTS_WITHIN_S)


def _wait_for(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while not server.started:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the API did not start within {_STARTS_WITHIN_S} s; try again on a machine less busy")
        time.sleep(0.01)


def asked(conversation: Conversation) -> dict[str, object]:
    """A conversation as the API takes it."""
    history = [{"role": "user", "content": turn} for turn in conversation.history]
    return {"question": conversation.question, "history": history}


def _post(connection: http.client.HTTPConnection, path: str, body: object) -> bytes:
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    if response.status != 200:
        raise RuntimeError(f"POST {path}: {response.status} for {body!r}: {answer.decode()}")
    return answer
