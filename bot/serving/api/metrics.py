"""What the server has done and how it stands, for Prometheus: numbers, under names of the program's own.

Nothing that anybody wrote becomes a label: a path that no route has counts as ``OTHER``, and so does an unknown method.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPMethod

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.answering.chat_model import State
from bot.schema.answer import Answer, CheckReport, Verdict
from bot.schema.contract import AnyChat, AnyEvent
from bot.serving.api.workers import Workers
from bot.serving.state.records import Feedback

TEXT_FORMAT = CONTENT_TYPE_PLAIN_0_0_4

OTHER = "other"
NO_REASON = "none"

_METHODS = frozenset(HTTPMethod)
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)
"""Seconds: a stage may take less than a millisecond, a request as long as its deadline."""


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
        for verdict in Verdict:
            self._claims.labels(verdict)
        ProcessCollector(registry=own)
        PlatformCollector(registry=own)

    def read(self, chat: AnyChat | None, pools: Mapping[str, Workers]) -> None:
        """Have the chat model, where there is one, and the workers told of from now on."""
        self._registry.register(_Present(chat, pools))

    def text(self) -> bytes:
        """All of it in Prometheus's text format."""
        return generate_latest(self._registry)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request. A page that is looked at keeps a connection, so of ``OTHER`` the time says nothing."""
        self._requests.labels(route, method if method in _METHODS else OTHER, status).inc()
        if route != OTHER:
            self._seconds.labels(route).observe(seconds)

    def answer(self, answer: Answer) -> None:
        """Count an answer that is given, and what its stages took; their total is none of them."""
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
    """Counts each HTTP request under the template of the first of ``routes`` that has its path, once it is over."""

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: Sequence[Route]) -> None:
        self.app, self._metrics, self._routes = app, metrics, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        route = next((each.path_format for each in self._routes if each.matches(scope)[0] is not Match.NONE), OTHER)
        # What leaves the application as an exception is answered outside it, with 500.
        status, started = 500, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            self._metrics.request(route, scope["method"], status, time.perf_counter() - started)


class _Present(Collector):
    """How the workers and the chat model stand at the moment of asking."""

    def __init__(self, chat: AnyChat | None, pools: Mapping[str, Workers]) -> None:
        self._chat, self._pools = chat, pools

    def collect(self) -> Iterator[Metric]:
        """The metrics, as a registry asks for them."""
        busy = GaugeMetricFamily("wholeads_workers_busy", "Pieces of work in a thread.", labels=["pool"])
        waiting = GaugeMetricFamily("wholeads_workers_waiting", "Pieces of work without a thread yet.", labels=["pool"])
        for pool, workers in self._pools.items():
            busy.add_metric([pool], workers.busy)
            waiting.add_metric([pool], workers.waiting)
        yield from (busy, waiting)
        if self._chat:
            yield from _of_chat(self._chat)


def _of_chat(chat: AnyChat) -> Iterator[Metric]:
    present, tally = chat.breaker.state, chat.tally
    states = GaugeMetricFamily("wholeads_model_state", "The chat model's circuit breaker.", labels=["state"])
    for state in State:
        states.add_metric([state], state == present)
    requests = CounterMetricFamily("wholeads_model_requests", "What came of asking the chat model.", labels=["result"])
    requests.add_metric(["replied"], tally.replied)
    requests.add_metric(["failed"], tally.failed)
    requests.add_metric(["refused"], tally.refused)
    tokens = CounterMetricFamily("wholeads_model_tokens", "Tokens that the chat model counted.", labels=["kind"])
    tokens.add_metric(["prompt"], tally.prompt_tokens)
    tokens.add_metric(["completion"], tally.completion_tokens)
    seconds = CounterMetricFamily("wholeads_model_seconds", "Waiting for the chat model.", value=tally.seconds)
    yield from (states, requests, tokens, seconds)
