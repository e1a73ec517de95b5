"""Puts the page on the server, in its own dress, and keeps it from loading anything from elsewhere."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from importlib.resources import files
from typing import Any, Protocol

import gradio as gr

from bot.serving.page.workshop import FILE_BYTES

logger = logging.getLogger("wholeads")

# ASGI's own shapes; the package that names the web framework is another one.
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Message, Receive, Send], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
"""Whatever the framework's scripts may try, the browser speaks to this server alone."""

_SAFE: RawHeaders = [(b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"SAMEORIGIN")]

# Cards for social networks, about the framework and with pictures of its own site.
_CARDS = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')

_FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Helvetica Neue", "Arial", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")


class Guarding(Protocol):
    """Who may use the page, and how often; seconds to wait are 0 where there is no need to."""

    @property
    def locked(self) -> bool:
        """Whether a key is asked for."""
        ...

    def knows(self, key: str) -> bool:
        """Whether a key is right."""
        ...

    def wait(self, address: str) -> int:
        """Count a request of an address; the seconds that it must wait."""
        ...

    def wait_to_try(self, address: str) -> int:
        """The seconds until an address may try another key."""
        ...

    def failed(self, address: str) -> None:
        """Count a wrong key."""
        ...


def mount_page(app: Any, page: gr.Blocks, guard: Guarding, uploads: bool = False) -> None:
    """Serve the page at "/" behind the routes that a FastAPI application has so far, which keep their paths.

    ``uploads``: documents may be sent to it.
    """
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        max_file_size=FILE_BYTES if uploads else 1,  # the smallest size that the framework takes
        auth=(lambda _, key: guard.knows(key)) if guard.locked else None,
        auth_message="Any name, and one of this server's keys as the password.",
        theme=_theme(),
        css=_asset("page.css"),
        head=f"<script>{_asset('page.js')}</script>",
    )
    app.add_middleware(Offline)
    app.add_middleware(Counted, guard=guard, uploads=uploads)


class Offline:
    """Gives the page a policy that allows this server alone, and takes from its HTML what names any other."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self.app(scope, receive, send)
            return
        # The HTML has to be read here, so it may not come compressed.
        headers = _without(scope["headers"], b"accept-encoding")
        await self.app({**scope, "headers": headers}, receive, _Cleaner(send))


class Counted:
    """Counts what the page's own routes are asked, as the API counts its own; takes uploads only where they are on."""

    def __init__(self, app: ASGIApp, guard: Guarding, uploads: bool = False) -> None:
        self.app, self._guard, self._uploads = app, guard, uploads

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, (address, *_) = scope["path"], scope.get("client") or ("",)
        own = scope["method"] == "POST" and not path.startswith(("/v1", "/mcp"))
        logs_in = own and path.rstrip("/") == "/login"
        if own and "/upload" in path and not self._uploads:
            await _refused(send, 404, "Nothing can be uploaded here.")
        elif own and (seconds := self._guard.wait(address)):
            await _too_many(send, "The limit for one client is reached", seconds)
        elif logs_in and (seconds := self._guard.wait_to_try(address)):
            await _too_many(send, "Too many wrong keys came from this address", seconds)
        else:
            safe = _Safe(self._counting(address, send) if logs_in else send)
            await self._unbroken(_leaving(scope), receive, safe)

    async def _unbroken(self, scope: Message, receive: Receive, safe: _Safe) -> None:
        """Serve; a stream of the page that breaks off, as one of an unknown session does, is a line of the log."""
        try:
            await self.app(scope, receive, safe)
        except Exception as error:
            if not safe.started or not scope["path"].startswith("/gradio_api/"):
                raise
            logger.warning("%s: broke off (%r)", scope["path"], error.__cause__ or error)
            await safe({"type": "http.response.body", "body": b""})

    def _counting(self, address: str, send: Send) -> Send:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 400:
                self._guard.failed(address)
            await send(message)

        return counted


def _leaving(scope: Message) -> Message:
    """A logout ends the session that it comes from, and none of others under the same name."""
    if scope["path"].rstrip("/") != "/logout":
        return scope
    # The framework looks for the session in the one of its two cookies which browsers send over HTTPS alone.
    plain = [
        (name, value.replace(b"access-token-unsecure-", b"access-token-"))
        for name, value in scope["headers"]
        if name == b"cookie"
    ]
    both = b"; ".join(value for name, value in (*scope["headers"], *plain) if name == b"cookie")
    headers = [*_without(scope["headers"], b"cookie"), (b"cookie", both)]
    return {**scope, "query_string": b"all_session=false", "headers": headers}


class _Safe:
    """Adds to each response what keeps browsers from guessing its type and others from framing it."""

    def __init__(self, send: Send) -> None:
        self._send, self.started = send, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            kept = [(name, value) for name, value in message["headers"] if name.lower() not in dict(_SAFE)]
            message = {**message, "headers": [*kept, *_SAFE]}
        await self._send(message)


async def _refused(send: Send, status: int, said: str, headers: RawHeaders | None = None) -> None:
    start = {"type": "http.response.start", "status": status}
    plain = [(b"content-type", b"text/plain; charset=utf-8"), *_SAFE]
    await send({**start, "headers": [*plain, *(headers or ())]})
    await send({"type": "http.response.body", "body": said.encode()})


async def _too_many(send: Send, what: str, seconds: int) -> None:
    await _refused(send, 429, f"{what}; try again in {seconds} s.", [(b"retry-after", str(seconds).encode())])


class _Cleaner:
    """Holds an HTML response back until it is whole, and sends it cleaned."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if dict(message["headers"]).get(b"content-type", b"").startswith(b"text/html"):
                self._start = message
                return
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)
            return
        await self._send(message)

    async def _finish(self, start: Message) -> None:
        body = _CARDS.sub(b"", self._body)
        headers = _without(start["headers"], b"content-length")
        # A response to HEAD has no body, and then its length is not known here.
        if self._body:
            headers.append((b"content-length", str(len(body)).encode()))
        headers += [
            (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
            (b"referrer-policy", b"no-referrer"),
        ]
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _without(headers: Iterable[tuple[bytes, bytes]], left_out: bytes) -> RawHeaders:
    return [(name, value) for name, value in headers if name.lower() != left_out]


def _theme() -> gr.themes.Base:
    # Fonts of the reader's own machine: the framework's default ones would have to be fetched.
    return gr.themes.Base(
        primary_hue=gr.themes.colors.sky,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_md,
        font=_FONT,
        font_mono=_MONO,
    ).set(
        button_primary_background_fill="#0b5c8a",
        button_primary_background_fill_hover="#094a70",
        button_primary_background_fill_dark="#0b6ea6",
        button_primary_background_fill_hover_dark="#0d7fbf",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        body_background_fill="#f6f8fa",
    )


def _asset(name: str) -> str:
    return (files("bot.serving.page") / "static" / name).read_text(encoding="utf-8")
