"""Traces by OpenTelemetry, with the extra ``otel``, where its own variables (``OTEL_…``) ask for them.

FastAPI makes a span of each request, the stages of an answer are spans below it (``bot.answering.tracing``). What is
told of a path is the template of its route, and of a query nothing: both may hold what somebody wrote.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from importlib.metadata import entry_points
from typing import Any

from anyio import move_on_after, to_thread
from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace

LAST = 1.0
"""Seconds that the last spans may take to be sent once a server ends."""
_EXPORTERS = "opentelemetry_traces_exporter"

logger = logging.getLogger("wholeads")


class NoExporter(Exception):
    """OTEL_TRACES_EXPORTER, or the protocol, names what is not there."""


def set_up(environ: Mapping[str, str]) -> None:
    """Have this process's requests traced, where that is asked for and nobody else has seen to it already."""
    if not wanted(environ) or not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return
    try:
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        resource = Resource.create({"service.name": "wholeads"}).merge(OTELResourceDetector().detect())
        provider = TracerProvider(resource=resource)
        for exporter in tuple(exporters(environ)):
            provider.add_span_processor(BatchSpanProcessor(exporter))
    except (ImportError, NoExporter) as error:
        logger.warning("Nothing is traced: %s. What is made for it comes with pip install 'wholeads[otel]'.", error)
    else:
        trace.set_tracer_provider(provider)


@asynccontextmanager
async def flushed() -> AsyncIterator[None]:
    """What was traced in the block is sent at its end, if that can be done soon."""
    yield
    if flush := getattr(trace.get_tracer_provider(), "force_flush", None):
        with move_on_after(LAST):
            await to_thread.run_sync(flush, abandon_on_cancel=True)


def wanted(environ: Mapping[str, str]) -> bool:
    """Whether OpenTelemetry's variables ask for traces: they name an exporter, or where the collector is."""
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    if named := environ.get("OTEL_TRACES_EXPORTER", "").strip().lower():
        return named != "none"
    return any(environ.get(f"OTEL_EXPORTER_OTLP_{name}") for name in ("ENDPOINT", "TRACES_ENDPOINT"))


def exporters(environ: Mapping[str, str]) -> Iterator[Any]:
    """The exporters that are named, made; without a name it is OTLP, and of its protocols HTTP. Raises NoExporter."""
    protocol = environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") or "http"
    for named in (environ.get("OTEL_TRACES_EXPORTER") or "otlp").split(","):
        name = named.strip()
        name = f"otlp_proto_{protocol.partition('/')[0]}" if name == "otlp" else name
        found = tuple(entry_points(group=_EXPORTERS, name=name))
        if not found:
            known = ", ".join(sorted({each.name for each in entry_points(group=_EXPORTERS)}))
            raise NoExporter(f"there is no exporter {name!r} (OTEL_TRACES_EXPORTER), there is {known}")
        yield found[0].load()()


def config() -> TelemetryConfig:
    """What FastAPI is to tell of requests: a span of each, and nothing that Prometheus and the log are told already."""
    return {"metrics": False, "logs": False, "operation_spans": False, "exclude": _untraced}


def tell_route(route: str, query: bytes) -> None:
    """Have the request at work, if it is traced, told by the template of its route."""
    attributes = {"url.path": route, **({"url.query": ""} if query else {})}
    trace.get_current_span().set_attributes(attributes)


def _untraced(scope: MutableMapping[str, Any]) -> bool:
    """The page, and what probes and Prometheus ask for."""
    path = str(scope["path"])
    return not (path.startswith("/v1/") or path == "/mcp")
