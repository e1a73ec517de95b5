"""Request bodies: how large they may be, and how they are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.serving.api.problems import Problem, ProblemType

JSON = "application/json"

BODY_BYTES = 256 * 1024
"""The largest request body that is read."""

UPLOAD = "/gradio_api/upload"
"""Where the page takes documents, if it does."""

UPLOAD_BYTES = 32 * 1024 * 1024
"""The largest body there: all documents that are dropped at once."""

DRAINED_BYTES = 4 * 1024 * 1024
"""How much of a body that is too large is still received and thrown away.

A client that is cut off while it sends may never see the answer; one that sends without end must be cut off.
"""


class BodyLimit:
    """Answers 413 to any request whose body goes over the limit, whether it says its length or comes in chunks.

    It wraps the whole application, the web page's own routes included, and holds none of the body in memory.
    """

    def __init__(self, app: ASGIApp, limit: int = BODY_BYTES, upload: int = BODY_BYTES) -> None:
        self.app = app
        self.limit, self.upload = limit, upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.upload if scope["path"] == UPLOAD else self.limit
        if _declared_length(scope) > limit:
            await self._refuse(scope, receive, send, limit, unread=DRAINED_BYTES)
        else:
            await self._count(scope, receive, send, limit)

    async def _count(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        """Pass the body on while it is within the limit; beyond it, nothing the application says is sent."""
        received = 0
        ended = False
        started = False

        async def counted() -> Message:
            nonlocal received, ended
            message = await receive()
            received += len(message.get("body", b""))
            ended = not message.get("more_body", False)
            if received > limit:
                raise _too_large(limit)
            return message

        async def guarded(message: Message) -> None:
            nonlocal started
            if received <= limit or started:
                started = True
                await send(message)

        try:
            await self.app(scope, counted, guarded)
        except Exception:
            # Frameworks wrap what is raised while they read, so the count is asked and not the exception.
            if received <= limit or started:
                raise
        if received > limit and not started:
            await self._refuse(scope, receive, send, limit, unread=0 if ended else DRAINED_BYTES)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, limit: int, unread: int) -> None:
        """Throw up to ``unread`` bytes away, then answer. A body that has ended must not be waited for again."""
        while unread > 0:
            message = await receive()
            unread -= len(message.get("body", b""))
            if not message.get("more_body", False):
                break
        response = _too_large(limit).response(scope["path"])
        response.headers["Connection"] = "close"
        await response(scope, receive, send)


def _too_large(limit: int) -> Problem:
    return Problem(
        ProblemType.BODY_TOO_LARGE,
        f"A request body may hold at most {limit} bytes; send a shorter text, or send it in parts.",
    )


def need_json_label(request: Request) -> None:
    """Raises Problem 415 for a body that is not labelled as JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not (
        media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))
    ):
        raise Problem(ProblemType.WRONG_MEDIA_TYPE, "Send JSON, with the header Content-Type: application/json.")


async def read_json(request: Request) -> object:
    """The request's body as JSON.

    Raises Problem: 415 for a body that is not labelled as JSON, 422 for one that is not JSON in UTF-8. Requiring the
    label also keeps web pages of other origins from posting here without the browser asking first.
    """
    need_json_label(request)
    body = await request.body()
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise _not_json(f"it is not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise _not_json("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise _not_json(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except ValueError as error:
        # Numbers with thousands of digits, and NaN or Infinity.
        raise _not_json(str(error)) from None


def in_parts(value: Mapping[str, Any]) -> bytes:
    """An object as JSON, the items of its lists one by one: while one is encoded, no other thread gets its turn.

    A report on the longest text has ten thousand findings, and takes most of a second.

    >>> in_parts({"findings": [{"é": 1}, 2], "verdict": None})
    b'{"findings":[{"\\xc3\\xa9":1},2],"verdict":null}'
    """
    members = (f"{_dumped(name)}:{_listed(each)}" for name, each in value.items())
    return f"{{{','.join(members)}}}".encode()


def _listed(value: object) -> str:
    return f"[{','.join(map(_dumped, value))}]" if isinstance(value, list) else _dumped(value)


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _declared_length(scope: Scope) -> int:
    declared = Headers(scope=scope).get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 19 else 0


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _not_json(why: str) -> Problem:
    return Problem(ProblemType.NOT_JSON, f"The body cannot be read as JSON: {why}. Send one JSON object in UTF-8.")
