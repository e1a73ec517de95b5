"""Puts the API together: routes, limits, problems, description."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import TypeAdapter
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from bot.answering.chat_model import ASKED_AT_ONCE
from bot.answering.settings import Settings
from bot.schema import contract
from bot.serving.api import tracing
from bot.serving.api.bodies import BODY_BYTES, UPLOAD_BYTES, BodyLimit
from bot.serving.api.chat_completions import ChatRequest
from bot.serving.api.conversations import ConversationRoutes
from bot.serving.api.docs import CONTENT_SECURITY_POLICY, docs_page
from bot.serving.api.examples import DescribedApi
from bot.serving.api.feedback import FeedbackDesk
from bot.serving.api.guard import FAILURES, Guard, RateLimiter
from bot.serving.api.keeping import Keeper
from bot.serving.api.mcp_server import McpEndpoint
from bot.serving.api.metrics import CountRequests, Metrics
from bot.serving.api.problems import MEDIA_TYPE, Problem, ProblemJson, ProblemType, install
from bot.serving.api.requests import AskRequest, CheckRequest, FeedbackRequest, TitleRequest, body_schema
from bot.serving.api.schemas import SchemasJson
from bot.serving.api.service import Service
from bot.serving.api.streaming import MEDIA_TYPE as STREAM

NOT_READY = "No corpus is loaded. Build its index with `wholeads index` and start the server again."

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

_OWN_PATHS = ("/v1", "/v1/{rest:path}", "/healthz", "/readyz", "/metrics", "/mcp", "/docs", "/openapi.json")
"""Paths that belong to the API whatever the method, so that nothing mounted behind it answers for them."""


def create_api(
    library: contract.AnyLibrary | None,
    settings: Settings,
    not_ready: str = "",
    clock: Callable[[], float] = time.monotonic,
    rates: str = "",
) -> FastAPI:
    """The HTTP API. With no library it still starts, and tells ``not_ready`` to whoever asks.

    ``clock`` gives seconds and only the rate limit looks at it; ``rates``, where it is named, is the file in which
    several processes count requests together.
    """
    metrics = Metrics()
    limits = {"rate": settings.rate_limit, "failures": FAILURES}
    guard = Guard(settings.api_keys, *(RateLimiter(most, clock, rates, name) for name, most in limits.items()))
    keeper = Keeper(settings)
    desk = FeedbackDesk(keeper)
    service = create_service(library, settings, guard, metrics, desk, keeper, not_ready)
    protocol = McpEndpoint(service, guard)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Callable[[], None]]]:
        async with tracing.flushed(), keeper.tended(), protocol.lifespan(app) as state:
            yield state

    app = DescribedApi(
        title="wholeads",
        summary="Answers from a corpus, each with its proof.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry=tracing.config(),
    )
    app.state.guard, app.state.desk, app.state.keeper = guard, desk, keeper
    install(app)
    app.add_middleware(BodyLimit, upload=UPLOAD_BYTES if settings.uploads else BODY_BYTES)
    _add_answering(app, service)
    _add_feedback(app, service)
    _add_conversations(app, ConversationRoutes(guard, keeper, service.filed))
    _add_reading(app, service)
    _add_operations(app, service)
    app.router.add_route("/mcp", protocol, methods=["POST"], include_in_schema=False)  # type: ignore[arg-type]
    routes = [route for route in app.routes if isinstance(route, Route)]
    app.add_middleware(CountRequests, metrics=metrics, routes=routes)
    seal(app)
    return app


def create_service(
    library: contract.AnyLibrary | None,
    settings: Settings,
    guard: Guard,
    metrics: Metrics,
    desk: FeedbackDesk,
    keeper: Keeper,
    not_ready: str = "",
) -> Service:
    """What all ways in share: the library, its workers, what is kept."""
    # Who waits for a chat model needs a place and no processor.
    places = max(ASKED_AT_ONCE, os.cpu_count() or 1) if settings.model else 0
    return Service(library, not_ready or NOT_READY, guard, keeper, metrics, desk, settings.deadline, places)


def seal(app: FastAPI) -> None:
    """Answer for the API's own paths where no route does: 405 with ``Allow``, or 404. Call it after the last route."""
    unrouted = _Unrouted(tuple(app.routes))
    for path in _OWN_PATHS:
        app.router.add_route(path, unrouted, include_in_schema=False)  # type: ignore[arg-type]


class _Unrouted:
    """An ASGI application for what no route takes; being no function, it is given every method."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._routes = tuple(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = [method for method in _METHODS if self._takes({**scope, "method": method})]
        if not allowed:
            raise Problem(ProblemType.UNKNOWN_PATH, "There is nothing at this path; GET /docs lists what there is.")
        raise Problem(
            ProblemType.WRONG_METHOD,
            f"This path takes {', '.join(allowed)}, not {scope['method']}.",
            {"Allow": ", ".join(allowed)},
        )

    def _takes(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.FULL for route in self._routes)


_CALLED = (ProblemType.NO_KEY, ProblemType.TOO_MANY_REQUESTS)
_READ = (*_CALLED, ProblemType.NOT_READY)
_TAKEN = (
    *_READ, ProblemType.UNKNOWN_CORPUS, ProblemType.BODY_TOO_LARGE, ProblemType.WRONG_MEDIA_TYPE, ProblemType.NOT_JSON,
    ProblemType.WRONG_SHAPE,
)  # fmt: skip
_WORKED = (*_TAKEN, ProblemType.TOO_MUCH_WORK, ProblemType.BUSY, ProblemType.ENDING)
_ASKED = (*_WORKED, ProblemType.BLANK_QUESTION, ProblemType.QUESTION_TOO_LONG)
_CONVERSED = (*_ASKED, ProblemType.STATE_UNAVAILABLE)
_PAGED = (*_READ, ProblemType.UNKNOWN_CORPUS, ProblemType.WRONG_SHAPE, ProblemType.UNKNOWN_CURSOR)
_FILED = (
    *_TAKEN, ProblemType.BUSY, ProblemType.ENDING, ProblemType.BLANK_QUESTION, ProblemType.QUESTION_TOO_LONG,
    ProblemType.UNKNOWN_ANSWER, ProblemType.AMBIGUOUS_RECEIPT, ProblemType.STATE_UNAVAILABLE,
)  # fmt: skip
_KEPT = (*_CALLED, ProblemType.STATE_UNAVAILABLE, ProblemType.BUSY)
_TITLED = (
    *_KEPT, ProblemType.UNKNOWN_CONVERSATION, ProblemType.BODY_TOO_LARGE, ProblemType.WRONG_MEDIA_TYPE,
    ProblemType.NOT_JSON, ProblemType.WRONG_SHAPE,
)  # fmt: skip
"""What can be wrong with a request, by what is done for it."""


def _add_answering(app: FastAPI, service: Service) -> None:
    for path, endpoint, takes, gives, problems in (
        ("/v1/ask", service.ask, AskRequest, contract.AnswerJson, _CONVERSED),
        ("/v1/check", service.check, CheckRequest, contract.ReportJson, (*_WORKED, ProblemType.BLANK_TEXT)),
        ("/v1/chat/completions", service.chat, ChatRequest, None, _ASKED),
    ):
        described = _responses(gives, *problems)
        described.setdefault(200, {}).setdefault("content", {})[STREAM] = {"schema": {"type": "string"}}
        app.add_api_route(path, endpoint, methods=["POST"], openapi_extra=body_schema(takes), responses=described)


def _add_feedback(app: FastAPI, service: Service) -> None:
    app.add_api_route(
        "/v1/feedback",
        service.feedback,
        methods=["POST"],
        status_code=201,
        openapi_extra=body_schema(FeedbackRequest),
        responses=_responses(contract.FeedbackJson, *_FILED, done=201),
    )


def _add_conversations(app: FastAPI, own: ConversationRoutes) -> None:
    every, one = "/v1/conversations", "/v1/conversations/{id:path}"
    of_one = (*_KEPT, ProblemType.UNKNOWN_CONVERSATION)
    listed = _responses(contract.ConversationsJson, *_KEPT, ProblemType.WRONG_SHAPE, ProblemType.UNKNOWN_CURSOR)
    read = _responses(contract.TurnsJson, *of_one, ProblemType.WRONG_SHAPE, ProblemType.UNKNOWN_CURSOR)
    renamed = _responses(contract.ConversationJson, *_TITLED)
    app.add_api_route(every, own.list, methods=["GET"], responses=listed)
    app.add_api_route(every, own.delete_all, methods=["DELETE"], responses=_responses(contract.DeletedJson, *of_one))
    app.add_api_route(one, own.read, methods=["GET"], responses=read)
    app.add_api_route(one, own.rename, methods=["PATCH"], openapi_extra=body_schema(TitleRequest), responses=renamed)
    app.add_api_route(one, own.delete, methods=["DELETE"], status_code=204, responses=_responses(None, *of_one))


def _add_reading(app: FastAPI, service: Service) -> None:
    one = (*_READ, ProblemType.UNKNOWN_CORPUS)
    for path, endpoint, shape, problems in (
        ("/v1/facts", service.facts, contract.FactsJson, (*_PAGED, ProblemType.UNKNOWN_FILTER)),
        ("/v1/documents", service.documents, contract.DocumentsJson, _PAGED),
        ("/v1/documents/{id}", service.document, contract.DocumentJson, (*one, ProblemType.UNKNOWN_DOCUMENT)),
        ("/v1/corpora", service.corpora, contract.CorporaJson, _READ),
        ("/v1/models", service.models, None, _READ),
        ("/v1/models/{id}", service.model, None, one),
        ("/v1/schemas", service.schemas, SchemasJson, _CALLED),
        ("/v1/schemas/{name}", service.schema, None, (*_CALLED, ProblemType.UNKNOWN_SCHEMA)),
    ):
        app.add_api_route(path, endpoint, methods=["GET"], responses=_responses(shape, *problems))


def _add_operations(app: FastAPI, service: Service) -> None:
    async def docs() -> HTMLResponse:
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
        return HTMLResponse(docs_page(app.openapi()), headers=headers)

    app.add_api_route("/healthz", service.healthz, methods=["GET"])
    app.add_api_route("/readyz", service.readyz, methods=["GET"], responses=_responses(None, ProblemType.NOT_READY))
    app.add_api_route(
        "/metrics",
        service.metrics,
        methods=["GET"],
        response_class=PlainTextResponse,
        responses=_responses(None, *_CALLED),
    )
    app.add_api_route("/docs", docs, methods=["GET"], include_in_schema=False)
    for path, endpoint in (("/healthz", service.healthz), ("/readyz", service.readyz), ("/metrics", service.metrics)):
        app.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)


def _responses(shape: type[Any] | None, *problems: ProblemType, done: int = 200) -> dict[int | str, dict[str, Any]]:
    """The responses for the description: the shape for what is ``done``, and a problem for each status of these."""
    told: dict[int | str, dict[str, Any]] = {done: {"model": shape}} if shape else {}
    schema = TypeAdapter(ProblemJson).json_schema()
    for status in sorted({problem.status for problem in problems}):
        titles = dict.fromkeys(problem.title for problem in problems if problem.status == status)
        told[status] = {"description": "; or: ".join(titles), "content": {MEDIA_TYPE: {"schema": schema}}}
    return told
