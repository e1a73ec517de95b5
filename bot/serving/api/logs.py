"""What a server writes down of its requests: one line each, as JSON where that is asked for, under the request's id.

Nothing that a user wrote stands in it unless ``WHOLEADS_LOG_QUESTIONS`` says so: no question, no text, no key.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TextIO
from uuid import uuid4

from pythonjsonlogger.json import JsonFormatter
from starlette.datastructures import Headers

from bot.answering import tracing
from bot.answering.settings import Settings
from bot.schema.answer import Answer

HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_QUESTION = "question"

logger = logging.getLogger("wholeads.requests")


@dataclass(slots=True)
class Noted:
    """What is known of the request at work, wherever it is worked on; ``answer`` is told in its line."""

    id: str
    answer: dict[str, str] = field(default_factory=dict)


_at_work: ContextVar[Noted | None] = ContextVar("request", default=None)


def begin(headers: Headers) -> Noted:
    """A request begins: with the id that it brings, where that is one, else with a new one."""
    sent = headers.get(HEADER, "")
    noted = Noted(sent if _SANE.fullmatch(sent) else uuid4().hex)
    _at_work.set(noted)
    return noted


def request_id() -> str:
    """The id of the request at work, "" where there is none."""
    noted = _at_work.get()
    return noted.id if noted else ""


def note(answer: Answer) -> None:
    """The request at work is answered so."""
    if noted := _at_work.get():
        told = {"reader": answer.reader, "generator": answer.generator, "answer_status": str(answer.status)}
        tracing.note(**told)
        noted.answer.update({**told, _QUESTION: answer.question})


def end(noted: Noted, method: str, route: str, status: int, seconds: float) -> None:
    """A request is over: its line."""
    milliseconds = round(seconds * 1000, 1)
    told = {"method": method, "route": route, "status": status, "ms": milliseconds, **noted.answer}
    logger.info("%s %s %d", method, route, status, extra=told)


def set_up(settings: Settings, stream: TextIO | None = None) -> None:
    """Write what this process tells as JSON lines to a stream, else to stderr, where the settings want that."""
    if settings.log != "json":
        return
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setLevel(logging.INFO)
    handler.setFormatter(_formatter())
    handler.addFilter(_WithRequest(bool(settings.log_questions)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("wholeads").setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):
        # Its own handlers write plain text.
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _formatter() -> logging.Formatter:
    return JsonFormatter(
        ["levelname", "name", "message"],
        rename_fields={"levelname": "level", "name": "logger"},
        timestamp="time",
        json_ensure_ascii=False,
    )


class _WithRequest(logging.Filter):
    """Adds the ids of the request at work and of its trace to each record, and takes the question from it unless it is
    asked for."""

    def __init__(self, questions: bool) -> None:
        super().__init__()
        self._questions = questions

    def filter(self, record: logging.LogRecord) -> bool:
        """As logging has it: nothing is left out."""
        fields: MutableMapping[str, object] = record.__dict__
        if known := request_id():
            fields.setdefault("request_id", known)
        if known := tracing.trace_id():
            fields.setdefault("trace_id", known)
        if not self._questions:
            fields.pop(_QUESTION, None)
        return True
