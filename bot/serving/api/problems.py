"""Every error of the API, as RFC 9457 problem details.

    {"type": "urn:wholeads:problem:blank-question", "title": "…", "status": 422, "detail": "…", "instance": "/v1/ask"}

``type`` is stable and meant for programs; ``detail`` says what was wrong with this request and what to send instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from typing_extensions import TypedDict

from bot.serving.api.logs import HEADER, request_id

MEDIA_TYPE = "application/problem+json"


class ProblemType(Enum):
    """What can go wrong: the last part of ``type``, the HTTP status and the title."""

    BLANK_QUESTION = ("blank-question", 422, "The question is blank")
    BLANK_TEXT = ("blank-text", 422, "The text is blank")
    QUESTION_TOO_LONG = ("question-too-long", 413, "The question is too long")
    BODY_TOO_LARGE = ("body-too-large", 413, "The request body is too large")
    NOT_JSON = ("not-json", 422, "The request body is not JSON")
    WRONG_SHAPE = ("wrong-shape", 422, "The request does not have the expected shape")
    WRONG_MEDIA_TYPE = ("wrong-media-type", 415, "The request body is not labelled as JSON")
    UNKNOWN_CORPUS = ("unknown-corpus", 404, "There is no such corpus")
    UNKNOWN_DOCUMENT = ("unknown-document", 404, "There is no such document")
    UNKNOWN_FILTER = ("unknown-filter", 422, "There is nothing of that name to filter by")
    UNKNOWN_CURSOR = ("unknown-cursor", 422, "There is no such page")
    UNKNOWN_SCHEMA = ("unknown-schema", 404, "There is no such schema")
    WRONG_ORIGIN = ("wrong-origin", 403, "The request comes from a page of another origin")
    UNKNOWN_ANSWER = ("unknown-answer", 404, "There is no such answer")
    AMBIGUOUS_RECEIPT = ("ambiguous-receipt", 422, "Several answers have that receipt")
    UNKNOWN_CONVERSATION = ("unknown-conversation", 404, "There is no such conversation")
    UNKNOWN_PATH = ("unknown-path", 404, "There is nothing at this path")
    WRONG_METHOD = ("wrong-method", 405, "This path does not take that method")
    NO_KEY = ("no-key", 401, "A valid API key is needed")
    TOO_MANY_REQUESTS = ("too-many-requests", 429, "Too many requests")
    TOO_MUCH_WORK = ("too-much-work", 422, "It takes more work than a request may cost")
    BUSY = ("busy", 503, "The server is full")
    ENDING = ("ending", 503, "The server is being stopped")
    NOT_READY = ("not-ready", 503, "The server cannot answer yet")
    STATE_UNAVAILABLE = ("state-unavailable", 503, "The database cannot be used now")
    UNEXPECTED = ("unexpected", 500, "The server failed")

    def __init__(self, slug: str, status: int, title: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title

    @property
    def urn(self) -> str:
        """The ``type`` of the problem."""
        return f"urn:wholeads:problem:{self.slug}"


class ProblemJson(TypedDict):
    """An RFC 9457 problem; ``instance`` is the path of the request."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


class Problem(Exception):
    """Raised wherever a request cannot be served; ``headers`` go out with the response."""

    def __init__(self, kind: ProblemType, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})

    def to_json(self, instance: str) -> ProblemJson:
        """The body that tells a client of it."""
        return {
            "type": self.kind.urn,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "instance": instance,
        }

    def response(self, instance: str) -> Response:
        """The whole HTTP response."""
        return _response(self.to_json(instance), self.headers)


UNEXPECTED = Problem(
    ProblemType.UNEXPECTED,
    "Something in the server went wrong; its log says what. Please try again.",
    # The server ends a connection on which a request failed; a client that is not told would use it again.
    {"Connection": "close"},
)


def install(app: FastAPI) -> None:
    """Have every exception that leaves a route answered as a problem."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, _on_unexpected)


def _response(problem: ProblemJson, headers: Mapping[str, str]) -> Response:
    # "replace": a path may hold what UTF-8 cannot carry, and an error must not fail on it.
    body = json.dumps(problem, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, problem["status"], dict(headers), MEDIA_TYPE)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response(request.url.path)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """What the framework itself raises; the title is then the status's own phrase, as RFC 9457 asks."""
    assert isinstance(error, HTTPException)
    return _response(
        {
            "type": "about:blank",
            "title": HTTPStatus(error.status_code).phrase,
            "status": error.status_code,
            "detail": str(error.detail),
            "instance": request.url.path,
        },
        error.headers or {},
    )


async def _on_disconnect(request: Request, error: Exception) -> Response:
    """A client that left while it sent: nobody reads the answer, and metrics count it as proxies do."""
    return Response(status_code=499)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
    return Problem(ProblemType.WRONG_SHAPE, faults).response(request.url.path)


async def _on_unexpected(request: Request, error: Exception) -> Response:
    # The server above logs the traceback: the framework raises the exception again once this response is sent.
    response = UNEXPECTED.response(request.url.path)
    response.headers[HEADER] = request_id()  # this is outside of what gives other responses theirs
    return response
