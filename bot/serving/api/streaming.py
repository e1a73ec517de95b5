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

logger = logging.getLogger(__name__)


def sse(
    events: Iterable[AnyEvent], instance: str, told: Callable[[Answer], AnswerJson] = answer_to_json
) -> Iterator[bytes]:
    """The events as they go over the wire; ``told`` is called before the last one of an answer is sent, and gives it.

    The response has begun by then, so a failure can only be told as an ``error`` event, which carries a problem.
    """
    try:
        for event in events:
            yield _encoded(event.name, _data(event, told))
    except OutOfTime:
        raise
    except Exception:
        logger.exception("unexpected error while streaming at %s", instance)
        yield error_event(UNEXPECTED, instance)


def error_event(problem: Problem, instance: str) -> bytes:
    """A problem as the last event of a stream that has begun."""
    return _encoded("error", problem.to_json(instance))


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


def _encoded(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False).translate(_LINE_ENDS)}\n\n".encode()
