"""Answers and checks as server-sent events: status, citation, delta, finding, done, error."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator

from bot.schema.answer import Answer, CheckReport, Citation, Finding, Progress
from bot.schema.contract import AnswerJson, AnyEvent, answer_to_json, citation_to_json, finding_to_json, report_to_json
from bot.serving.api.problems import UNEXPECTED, Problem
from corpus.deadline import OutOfTime

MEDIA_TYPE = "text/event-stream"

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
"""Neither a cache nor a buffering proxy may hold events back."""

# Legal in JSON, but line ends to clients that split a stream with Unicode's rules.
_LINE_ENDS = str.maketrans({"\u0085": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})

Failed = Callable[[Problem, str], bytes]
"""Tells of a problem as the last of a stream, given the path of its request."""

logger = logging.getLogger(__name__)


def sse(events: Iterable[AnyEvent], told: Callable[[Answer], AnswerJson] = answer_to_json) -> Iterator[bytes]:
    """The events as they go over the wire; ``told`` gives the last of an answer, and is called before it is sent."""
    return (encoded(_data(event, told), event.name) for event in events)


def unbroken(made: Iterator[bytes], instance: str, failed: Failed) -> Iterator[bytes]:
    """What is sent of a response; it has begun, so that a failure can only be told by the last of it: by ``failed``."""
    try:
        yield from made
    except OutOfTime:
        raise
    except Problem as problem:
        yield failed(problem, instance)
    except Exception:
        logger.exception("unexpected error while streaming at %s", instance)
        yield failed(UNEXPECTED, instance)


def error_event(problem: Problem, instance: str) -> bytes:
    """A problem as the last event of a stream that has begun."""
    return encoded(problem.to_json(instance), "error")


def _data(event: AnyEvent, told: Callable[[Answer], AnswerJson]) -> object:
    match event.payload:
        case Answer() as answer:
            return told(answer)
        case CheckReport() as report:
            return report_to_json(report)
        case Progress() as progress:
            return {event.name: "checking", "done": progress.done, "total": progress.total}
        case Citation() as citation:
            return citation_to_json(citation)
        case Finding() as finding:
            return finding_to_json(finding)
        case str() as text:
            return {"text" if event.name == "delta" else event.name: str(text)}
        case other:
            raise TypeError(f"event {event.name!r}: a payload of type {type(other).__name__} has no JSON shape")


def encoded(data: object, name: str = "") -> bytes:
    """One server-sent event, with a name where it has one."""
    told = f"data: {json.dumps(data, ensure_ascii=False).translate(_LINE_ENDS)}\n\n"
    return (f"event: {name}\n{told}" if name else told).encode()
