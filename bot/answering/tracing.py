"""The spans of a request that is traced by OpenTelemetry: one for each stage of its answer.

Where nothing is traced, as without the extra ``otel`` and its settings, a span costs next to nothing. No attribute
holds what anybody wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from opentelemetry import trace

Item = TypeVar("Item")

_tracer = trace.get_tracer("wholeads")


@contextmanager
def span(name: str) -> Iterator[None]:
    """A span of the request that is traced, if one is, for as long as the block or the decorated call lasts."""
    if not trace.get_current_span().is_recording():
        yield
        return
    # What is raised may quote what somebody wrote; the log has it, under the same trace.
    with _tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
        yield


def spanned(name: str, items: Iterable[Item]) -> Iterator[Item]:
    """The same items, in a span that lasts until the last; as each may be made in a thread of its own, it has no
    spans below it."""
    if not trace.get_current_span().is_recording():
        yield from items
        return
    lasting = _tracer.start_span(name)
    try:
        yield from items
    finally:
        lasting.end()


def note(**attributes: str) -> None:
    """Tell of the request that is traced, if one is, under names that begin with ``wholeads.``."""
    trace.get_current_span().set_attributes({f"wholeads.{name}": value for name, value in attributes.items()})


def trace_id() -> str:
    """The id of the trace at work, 32 hexadecimal digits, "" where nothing is traced."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.trace_flags.sampled else ""
