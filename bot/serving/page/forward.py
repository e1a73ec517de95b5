"""The page in several processes: one serves it, and the others hand on to that one what they are asked for it.

They speak HTTP over a socket of this machine. The page's own conversations, events and logins so stay in one memory.
"""

from __future__ import annotations

from typing import Any

import httpx
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, StreamingResponse

from bot.serving.api.guard import open_guard
from bot.serving.page.mount import ASGIApp, Counted, Message, Receive, Send

CLIENT = "x-wholeads-client"
"""The header that tells who asked."""
CONNECT = 5.0
AGAIN = 5
"""Seconds after which a page that is not there is worth asking for again."""
# What is between two neighbours alone (RFC 9110, 7.6.1); the length comes with the body.
_HOPS = frozenset({"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", CLIENT})


def forward_page(app: Any, path: str, uploads: bool = False) -> None:
    """Hand on what the routes that a FastAPI application has so far do not take, to a socket at ``path``."""
    app.mount("/", Forward(path))
    app.add_middleware(Counted, guard=open_guard(), uploads=uploads)  # who serves the page counts


class Forward:
    """An ASGI application that asks another one behind a socket of this machine; responses are given as they come."""

    def __init__(self, path: str) -> None:
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=path),
            timeout=httpx.Timeout(CONNECT, read=None),
            trust_env=False,
        )
        self._client.headers.clear()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request, as ASGI has it."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        kept = [(name, value) for name, value in request.headers.raw if _lasting(name)]
        client = request.client.host if request.client else ""
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        asked = self._client.build_request(
            request.method,
            httpx.URL("http://page").copy_with(raw_path=target),
            headers=[*kept, (CLIENT.encode(), client.encode())],
            content=None if request.method in ("GET", "HEAD") else request.stream(),
        )
        try:
            given = await self._client.send(asked, stream=True)
        except httpx.TransportError:
            said = "The page is not there at the moment; the API is. Load it again in some seconds."
            response: Any = PlainTextResponse(said, 503, {"Retry-After": str(AGAIN)})
        except ClientDisconnect:
            return
        else:
            response = StreamingResponse(given.aiter_raw(), given.status_code, background=BackgroundTask(given.aclose))
            response.raw_headers = [
                pair for pair in given.headers.raw if pair[0].decode("latin-1").lower() not in _HOPS
            ]
        await response(scope, receive, send)


class Forwarded:
    """Gives requests that come through the socket the client that the header tells; others cannot set that."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] == "http" and not scope.get("client"):
            client = dict(scope["headers"]).get(CLIENT.encode(), b"").decode("latin-1")
            scope = {**scope, "client": (client, 0), "wholeads.forwarded": True}
        await self._app(scope, receive, send)


def _lasting(header: bytes) -> bool:
    return header.decode("latin-1").lower() not in _HOPS
