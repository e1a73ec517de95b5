"""Traces: the stages of an answer below its request, in the trace that it comes with; nothing of what was written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, DEFAULT_ON, Sampler, SamplingResult

from bot.answering.bot import Library
from bot.answering.settings import Settings
from bot.answering.tracing import trace_id
from bot.serving.api import create_api
from bot.serving.api.tracing import set_up, wanted
from tests.bot.village import EqualChooser, open_village, write_village

ROOT = Path(__file__).parents[2]
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
STAGES = {"understand", "retrieve", "generate", "check"}

Spans = Callable[[], list[ReadableSpan]]


class Switch(Sampler):
    """As by default, until it is switched off: a process has one provider of traces as long as it lives."""

    sampler = DEFAULT_ON

    def should_sample(self, *args: Any, **named: Any) -> SamplingResult:
        return self.sampler.should_sample(*args, **named)

    def get_description(self) -> str:
        return "a switch"


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Spans]]:
    """A client of a traced server with a real bot, and what gives the spans since it was called last."""
    folder = tmp_path_factory.mktemp("traced")
    bot = open_village(write_village(folder / "village"), EqualChooser(), folder / "built")
    library = Library({"village": bot}, "village")
    app = create_api(library, Settings.from_environ({"WHOLEADS_INDEX": str(folder / "data" / "index")}))
    switch = Switch()
    exporter, provider = InMemorySpanExporter(), TracerProvider(sampler=switch)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)

    def spans() -> list[ReadableSpan]:
        finished = list(exporter.get_finished_spans())
        exporter.clear()
        return finished

    with TestClient(app, raise_server_exceptions=False) as client:
        yield client, spans
    switch.sampler = ALWAYS_OFF


def below(spans: list[ReadableSpan], parent: ReadableSpan) -> list[str]:
    return [each.name for each in spans if each.parent and each.parent.span_id == parent.context.span_id]


@pytest.mark.parametrize("stream", [False, True])
def test_the_stages_of_an_answer_are_below_its_request_in_the_trace_that_it_came_with(
    traced: tuple[TestClient, Spans], stream: bool
) -> None:
    client, spans = traced
    spans()
    # What was read before is not chosen again.
    body = {"question": f"the mill, Xyzzy, who, {stream}?", "stream": stream}
    told = client.post("/v1/ask?corpus=Xyzzy", json=body, headers=TRACEPARENT)
    assert told.status_code == 200
    found = spans()
    [request] = [each for each in found if each.kind is trace.SpanKind.SERVER]
    assert request.name == "POST /v1/ask" and request.parent and request.parent.is_remote
    assert trace.format_span_id(request.parent.span_id) == CALLER
    assert {trace.format_trace_id(each.context.trace_id) for each in found} == {TRACE}
    assert set(below(found, request)) == STAGES | {"database"} and len(found) == len(below(found, request)) + 2
    [understand] = [each for each in found if each.name == "understand"]
    assert below(found, understand) == ["choose"]
    answer = json.loads(told.text.split("event: done\ndata: ")[1].splitlines()[0]) if stream else told.json()
    assert answer["timings_ms"].keys() >= STAGES
    noted = {name: value for name, value in (request.attributes or {}).items() if name.startswith("wholeads.")}
    assert noted == {
        "wholeads.reader": answer["reader"],
        "wholeads.generator": answer["generator"],
        "wholeads.answer_status": answer["status"],
    }
    assert "Xyzzy" not in str([each.to_json() for each in found])


def test_a_check_is_traced_and_ids_and_queries_are_not_told(traced: tuple[TestClient, Spans]) -> None:
    client, spans = traced
    spans()
    assert client.post("/v1/check", json={"text": "Anna runs the mill."}).json()["verdict"] == "supported"
    found = spans()
    assert [each.name for each in found if each.kind is not trace.SpanKind.SERVER] == ["check"]
    client.get("/v1/conversations/Xyzzy-00000000-0000-0000-0000-000000000000")
    client.get("/v1/facts?text=Xyzzy")
    client.get("/v1/Xyzzy")
    found = spans()
    assert {"GET /v1/conversations/{id}", "GET /v1/facts"} < {each.name for each in found}
    assert "Xyzzy" not in str([each.to_json() for each in found])


def test_probes_and_what_nobody_traces_leave_no_spans(traced: tuple[TestClient, Spans]) -> None:
    client, spans = traced
    spans()
    for path in ("/healthz", "/readyz", "/metrics", "/docs", "/"):
        client.get(path)
    asked = {"question": "Who runs the inn?"}
    assert client.post("/v1/ask", json=asked, headers={"traceparent": "nonsense"}).is_success
    found = spans()
    [request] = [each for each in found if each.kind is trace.SpanKind.SERVER]
    assert request.name == "POST /v1/ask" and request.parent is None
    unsampled = {"traceparent": f"00-{TRACE}-{CALLER}-00"}
    assert client.post("/v1/ask", json=asked, headers=unsampled).is_success
    assert spans() == [] and trace_id() == ""


def test_what_is_traced_already_is_left_alone(traced: tuple[TestClient, Spans]) -> None:
    before = trace.get_tracer_provider()
    set_up({"OTEL_TRACES_EXPORTER": "console"})
    assert trace.get_tracer_provider() is before


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x", "OTEL_EXPORTER_OTLP_HEADERS": "a=b"}, False),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://127.0.0.1:4318"}, False),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "TRUE"}, False),
    ],
)
def test_traces_are_made_where_opentelemetrys_variables_ask_for_them(environ: dict[str, str], expected: bool) -> None:
    assert wanted(environ) is expected


SERVER = """
import logging, os, sys
from fastapi.testclient import TestClient
from bot.answering.settings import Settings
from bot.serving.api import create_api, tracing
from bot.serving.api.logs import set_up
from tests.api.fake_library import make_library

settings = Settings.from_environ({**os.environ, "WHOLEADS_LOG": "json"})
set_up(settings)
app = create_api(make_library(), settings)
missing = "opentelemetry.sdk.resources"
sys.modules[missing] = None
tracing.set_up(os.environ)
del sys.modules[missing]
tracing.set_up({"OTEL_TRACES_EXPORTER": "carrier-pigeon"})
tracing.set_up({})
with TestClient(app) as client:
    client.get("/v1/facts")
    tracing.set_up(os.environ)
    client.get("/v1/corpora")
os._exit(0)  # nothing is sent any more once the application has ended
"""


def test_spans_reach_the_collector_and_what_is_missing_is_told(tmp_path: Path) -> None:
    received: list[ExportTraceServiceRequest] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            received.append(ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: a test's output is no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as collector:
        thread = Thread(target=collector.serve_forever)
        thread.start()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
        environ = {
            **kept,
            "PYTHONPATH": str(ROOT),
            "WHOLEADS_INDEX": str(tmp_path / "index"),
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_address[1]}",
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=test",
        }
        try:
            run = [sys.executable, "-c", SERVER]
            done = subprocess.run(run, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        finally:
            collector.shutdown()
            thread.join()
    assert done.returncode == 0, done.stderr
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.stderr.splitlines()]
    warned = [line["message"] for line in lines if line["level"] == "WARNING"]
    assert len(warned) == 2 and "pip install 'wholeads[otel]'" in warned[0]
    assert "carrier-pigeon" in warned[1] and "otlp_proto_http" in warned[1]
    [resource] = [each for request in received for each in request.resource_spans]
    told = {each.key: each.value.string_value for each in resource.resource.attributes}
    assert (told["service.name"], told["deployment.environment"]) == ("wholeads", "test")
    [span] = [span for scope in resource.scope_spans for span in scope.spans]
    assert span.name == "GET /v1/corpora"
    # Only what is traced names its trace in the log.
    logged = {line["route"]: line.get("trace_id") for line in lines if "route" in line}
    assert logged == {"/v1/facts": None, "/v1/corpora": span.trace_id.hex()}
