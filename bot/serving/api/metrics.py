"""What the server has done and how it stands, for Prometheus: numbers, under names of the program's own.

Nothing that anybody wrote becomes a label: a path that no route has counts as ``OTHER``, and so does an unknown method.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPMethod
from threading import Lock, Thread
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.answering.chat_model import BreakerState
from bot.schema.answer import Answer, CheckReport, Verdict
from bot.schema.contract import AnyChat, AnyEvent, AnyLibrary
from bot.serving.api import logs, tracing
from bot.serving.api.workers import Workers
from bot.serving.state.records import Feedback

TEXT_FORMAT = CONTENT_TYPE_PLAIN_0_0_4

OTHER = "other"
NO_REASON = "none"

_METHODS = frozenset(HTTPMethod)
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)
"""Seconds: a stage may take less than a millisecond, a request as long as its deadline."""
EVERY = 1.0
"""Seconds after which a process tells others anew how it stands."""
SHARED = "PROMETHEUS_MULTIPROC_DIR" in os.environ
"""Whether this is one of several processes that serve, as Prometheus's client finds it when it is imported."""


def forget_process(pid: int, folder: str) -> None:
    """A process that shared its counts in a folder has ended: how it stood is told no more, what it counted is."""
    mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]


class Metrics:
    """The counts of one application, safe from threads; ``read`` names what is looked at when they are asked for."""

    def __init__(self) -> None:
        self._registry = own = CollectorRegistry()
        self._requests = Counter("wholeads_requests", "Requests by route.", ("route", "method", "status"), registry=own)
        self._seconds = Histogram(
            "wholeads_request_seconds", "Until a response has ended.", ("route",), registry=own, buckets=_BUCKETS
        )
        self._answers = Counter(
            "wholeads_answers", "Answers of /v1/ask and /mcp.", ("status", "reader", "generator"), registry=own
        )
        self._stages = Histogram(
            "wholeads_stage_seconds", "What the stages of an answer took.", ("stage",), registry=own, buckets=_BUCKETS
        )
        self._claims = Counter(
            "wholeads_checked_claims", "Claims in the reports of /v1/check and /mcp.", ("verdict",), registry=own
        )
        self._feedback = Counter(
            "wholeads_feedback", "What was received at /v1/feedback.", ("rating", "reason"), registry=own
        )
        self._busy = self._gauge("wholeads_workers_busy", "Pieces of work in a thread.", "pool")
        self._waiting = self._gauge("wholeads_workers_waiting", "Pieces of work without a thread yet.", "pool")
        self._queue = Histogram(
            "wholeads_queue_seconds", "Until work had a thread.", ("pool",), registry=own, buckets=_BUCKETS
        )
        self._outdated = self._gauge("wholeads_corpus_outdated", "What is new cannot be loaded.", "corpus")
        for verdict in Verdict:
            self._claims.labels(verdict)
        ProcessCollector(registry=own)
        PlatformCollector(registry=own)
        self._pools: Mapping[str, Workers] = {}
        self._library: AnyLibrary | None = None
        self._chat: _ChatMetrics | None = None
        self._caches: _CacheMetrics | None = None
        self._lock = Lock()

    def _gauge(self, name: str, meaning: str, label: str) -> Gauge:
        return Gauge(name, meaning, (label,), registry=self._registry, multiprocess_mode="livesum")

    def read(self, library: AnyLibrary | None, pools: Mapping[str, Workers]) -> None:
        """Have the corpora, the chat model, where there is one, and the workers told of from now on."""
        self._library, self._pools = library, pools
        if library:
            self._caches = _CacheMetrics(library, self._registry)
        if library and library.chat:
            self._chat = _ChatMetrics(library.chat, self._registry)
        for pool, workers in pools.items():
            workers.waited = self._queue.labels(pool).observe
        if SHARED:
            Thread(target=self._keep, name="metrics", daemon=True).start()

    def text(self) -> bytes:
        """All of it in Prometheus's text format; of all processes where several serve."""
        self.refresh()
        if not SHARED:
            return generate_latest(self._registry)
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return generate_latest(shared)

    def refresh(self) -> None:
        """Tell how the parts stand now."""
        with self._lock:
            for pool, workers in self._pools.items():
                self._busy.labels(pool).set(workers.busy)
                self._waiting.labels(pool).set(workers.waiting)
            for corpus, state in (self._library.parts().get("served", {}) if self._library else {}).items():
                self._outdated.labels(corpus).set(isinstance(state, dict) and state.get("state") == "outdated")
            if self._caches:
                self._caches.refresh()
            if self._chat:
                self._chat.refresh()

    def _keep(self) -> None:
        """What stands in this process, other processes are asked for."""
        while True:
            time.sleep(EVERY)
            self.refresh()

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request. A page that is looked at keeps a connection, so of ``OTHER`` the time says nothing."""
        self._requests.labels(route, method, status).inc()
        if route != OTHER:
            self._seconds.labels(route).observe(seconds)

    def answer(self, answer: Answer) -> None:
        """Count an answer that is given, and what its stages took; their total is none of them."""
        logs.note(answer)
        self._answers.labels(answer.status, answer.reader, answer.generator).inc()
        for stage, milliseconds in answer.timings_ms.items():
            if stage != "total":
                self._stages.labels(stage).observe(milliseconds / 1000)

    def report(self, report: CheckReport) -> None:
        """Count the claims of a text that is checked."""
        for finding in report.findings:
            self._claims.labels(finding.verdict).inc()

    def feedback(self, feedback: Feedback) -> None:
        """Count feedback that is kept."""
        self._feedback.labels(feedback.rating, feedback.reason or NO_REASON).inc()

    def over(self, events: Iterable[AnyEvent]) -> Iterator[AnyEvent]:
        """The same events; the answer or report in the last one is counted."""
        for event in events:
            match event.payload:
                case Answer() as answer:
                    self.answer(answer)
                case CheckReport() as report:
                    self.report(report)
            yield event


class CountRequests:
    """Counts and logs each HTTP request under the template of the first of ``routes`` that has its path, once it is
    over; the response has the request's id."""

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: Sequence[Route]) -> None:
        self.app, self._metrics, self._routes = app, metrics, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        # What another process hands on is counted there.
        if scope["type"] != "http" or scope.get("wholeads.forwarded"):
            await self.app(scope, receive, send)
            return
        route = next((each.path_format for each in self._routes if each.matches(scope)[0] is not Match.NONE), OTHER)
        # What leaves the application as an exception is answered outside it, with 500.
        status, started = 500, time.perf_counter()
        request = logs.begin(Headers(scope=scope))
        tracing.tell_route(route, scope["query_string"])

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[logs.HEADER] = request.id
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - started
            method = scope["method"] if scope["method"] in _METHODS else OTHER
            self._metrics.request(route, method, status, seconds)
            logs.end(request, method, route, status, seconds)


class _ChatMetrics:
    """The chat model's state and what it was asked."""

    def __init__(self, chat: AnyChat, registry: CollectorRegistry) -> None:
        self._chat, self._since = chat, _Since()
        self._states = Gauge(
            "wholeads_model_state",
            "The chat model's circuit breaker.",
            ("state",),
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._requests = Counter(
            "wholeads_model_requests", "What came of asking the chat model.", ("result",), registry=registry
        )
        self._tokens = Counter(
            "wholeads_model_tokens", "Tokens that the chat model counted.", ("kind",), registry=registry
        )
        self._seconds = Counter("wholeads_model_seconds", "Waiting for the chat model.", registry=registry)

    def refresh(self) -> None:
        """Tell how it stands now."""
        present, tally = self._chat.breaker.state, self._chat.tally
        for state in BreakerState:
            self._states.labels(state).set(state == present)
        for result in ("replied", "failed", "refused"):
            self._requests.labels(result).inc(self._since("requests", result, getattr(tally, result)))
        for kind in ("prompt", "completion"):
            self._tokens.labels(kind).inc(self._since("tokens", kind, getattr(tally, f"{kind}_tokens")))
        self._seconds.inc(self._since("seconds", "", tally.seconds))


class _CacheMetrics:
    """What is kept and how often that helped; a process adds what has come since it looked last."""

    def __init__(self, library: AnyLibrary, registry: CollectorRegistry) -> None:
        self._library, self._since = library, _Since()
        own: dict[str, Any] = {"labelnames": ("cache",), "registry": registry}
        self._hits = Counter("wholeads_cache_hits", "What was kept and used again.", **own)
        self._misses = Counter("wholeads_cache_misses", "What had to be worked out.", **own)
        self._entries = Gauge("wholeads_cache_entries", "What is kept.", multiprocess_mode="livesum", **own)
        self._limit = Gauge("wholeads_cache_limit", "What may be kept.", multiprocess_mode="livesum", **own)

    def refresh(self) -> None:
        """Tell how they stand now."""
        for cache, (hits, misses, limit, entries) in self._library.caches().items():
            self._hits.labels(cache).inc(self._since("hits", cache, hits))
            self._misses.labels(cache).inc(self._since("misses", cache, misses))
            self._entries.labels(cache).set(entries)
            self._limit.labels(cache).set(math.inf if limit is None else limit)


class _Since:
    """By how much a count has grown since it was looked at last; one that has begun anew has grown by all it is."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], float] = {}

    def __call__(self, name: str, label: str, now: float) -> float:
        before = self._told.get((name, label), 0.0)
        self._told[name, label] = now
        return now - before if now >= before else now
