"""The Model Context Protocol, by its official SDK: at /mcp over streamable HTTP, and over stdin and stdout.

Over HTTP no session is kept, so that any of several servers can answer; each request gets one JSON response.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from typing import Any

import anyio
from fastapi import FastAPI, Request
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from mcp.types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    TextContent,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)
from starlette.types import Message, Receive, Scope, Send

from bot.serving.api.bodies import need_json_label
from bot.serving.api.guard import Guard
from bot.serving.api.mcp_tools import document_at, document_uri, tools
from bot.serving.api.problems import UNEXPECTED, Problem, ProblemType
from bot.serving.api.service import Service

PAGE = 100
"""How many documents are listed at once; the client asks for the next ones."""

INSTRUCTIONS = (
    "Answers and checks come from the documents of a corpus alone, and every sentence carries its citation. Use ask "
    "for questions, check for claims, search and fetch to read the documents themselves."
)

_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_LOOPBACK = TransportSecurityMiddleware(
    TransportSecuritySettings(
        allowed_hosts=[f"{host}{port}" for host in _HOSTS for port in ("", ":*")],
        allowed_origins=[
            f"{scheme}://{host}{port}" for scheme in ("http", "https") for host in _HOSTS for port in ("", ":*")
        ],
    )
)

logger = logging.getLogger(__name__)

Context = ServerRequestContext[Any, Request]


class McpEndpoint:
    """An ASGI application that serves the protocol, while the application's lifespan lasts."""

    def __init__(self, service: Service, guard: Guard) -> None:
        self._server, self._guard, self._end = create_server(service), guard, service.end
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[dict[str, Callable[[], None]]]:
        """Serves as long as the block lasts; "end" of its state ends what is being worked on."""
        self._manager = StreamableHTTPSessionManager(self._server, json_response=True, stateless=True)
        async with self._manager.run():
            yield {"end": self._end}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Raises Problem 401, 403, 415 or 429."""
        assert self._manager, "the application's lifespan has not begun"
        request = Request(scope, receive)
        self._guard(request)
        await self._refuse_strangers(request)
        need_json_label(request)
        # Read here: a client that leaves meanwhile is an error to the SDK, with a traceback in the log.
        body = [await request.body()]

        async def read() -> Message:
            return {"type": "http.request", "body": body.pop(), "more_body": False} if body else await receive()

        await self._manager.handle_request(scope, read, send)

    async def _refuse_strangers(self, request: Request) -> None:
        """Keep out the pages that a browser shows under a name of their own for this machine (DNS rebinding).

        Browsers alone send an Origin; programs may use any name that a proxy has. Where keys are set, no page has one.
        """
        if "origin" not in request.headers or self._guard.locked:
            return
        if await _LOOPBACK.validate_request(request):
            raise Problem(
                ProblemType.WRONG_ORIGIN,
                "Without keys, /mcp answers browsers at pages of this machine alone; set WHOLEADS_API_KEYS for others.",
            )


def create_server(service: Service) -> Server[Any]:
    """The protocol's server over a service; what it is asked for takes the service's workers."""
    offered = tools()

    async def list_tools(context: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        annotations = ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        )
        return ListToolsResult(
            tools=[
                Tool(
                    name=tool.name,
                    title=tool.title,
                    description=tool.description,
                    input_schema=tool.input_schema,
                    output_schema=tool.output_schema,
                    annotations=annotations,
                )
                for tool in offered.values()
            ]
        )

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        if params.name not in offered:
            raise MCPError(INVALID_PARAMS, f"No tool {params.name[:100]!r}; there is {', '.join(offered)}.")
        try:
            told = await offered[params.name](service, context.request, params.arguments or {})
        except Problem as problem:
            return _failed(problem)
        except Exception:
            logger.exception("unexpected error in tool %s", params.name)
            return _failed(UNEXPECTED)
        text = json.dumps(told, ensure_ascii=False)
        return CallToolResult(content=[TextContent(text=text)], structured_content=told)

    async def list_resources(context: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
        cursor = (params.cursor if params else None) or "0"
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
            raise MCPError(INVALID_PARAMS, "The cursor is none that resources/list gave.")
        first = int(cursor)
        try:
            page = list(islice(_resources(service), first, first + PAGE + 1))
        except Problem as problem:
            raise MCPError(INTERNAL_ERROR, problem.detail) from None
        return ListResourcesResult(resources=page[:PAGE], next_cursor=str(first + PAGE) if len(page) > PAGE else None)

    async def read_resource(context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        try:
            document = await service.work(context.request, lambda: document_at(service, params.uri))
        except Problem as problem:
            unknown = problem.kind.status == 404
            raise MCPError(INVALID_PARAMS if unknown else INTERNAL_ERROR, problem.detail) from None
        contents = TextResourceContents(uri=params.uri, mime_type="text/plain", text=document.text)
        return ReadResourceResult(contents=[contents])

    return Server(
        "wholeads",
        version=_version(),
        title="wholeads",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
    )


def serve_stdio(service: Service) -> None:
    """Serve one client over stdin and stdout, until it closes stdin. What else is printed goes to stderr."""

    async def serve() -> None:
        server = create_server(service)
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(serve)


def _resources(service: Service) -> Iterator[Resource]:
    """The documents of every corpus."""
    library = service.library()
    for corpus_id in library.ids():
        corpus = library.get(corpus_id).corpus
        for document in corpus.documents.values():
            uri = document_uri(corpus_id, document.id)
            yield Resource(
                uri=uri, name=document.id, title=document.title, description=corpus.title, mime_type="text/plain"
            )


def _failed(problem: Problem) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=problem.detail)], is_error=True)


def _version() -> str:
    try:
        return version("wholeads")
    except PackageNotFoundError:
        return ""
