"""The server below the application: how many connections it holds, how long it waits for a client, how it ends.

A client that is slow to send its request, or to take its answer, is cut off; of too many connections the one that has
kept the server waiting longest goes first, so that those who ask at once get through.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, ClassVar

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

CLIENT_SECONDS = 20.0
"""How long a client may take to send a request, head and body, or to take a part of the answer."""

GRACE = 3.0
"""Seconds that answers in flight have after a signal; then they are told that the server ends."""
TOLD = 0.5
"""Seconds for that; then open pages and streams are cut off, and 5 s after the signal all is over."""

SWITCH = 0.001
"""Seconds after which a thread that works gives way. With Python's own 5 ms, the event loop and who asks the database,
which pause often and briefly, wait long for those that check a text."""

SHUTDOWN = 4
"""After so many whole seconds what is left is cancelled."""

_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\nretry-after: 2\r\n"
    b"content-length: 45\r\nconnection: close\r\n\r\nToo many connections are open; try again soon"
)


@dataclass(slots=True)
class _Open:
    """The connections of one server; ``waiting`` are those whose client has something to send, longest first."""

    most: int
    seconds: float
    all: set[_Connection] = field(default_factory=set)
    waiting: dict[_Connection, None] = field(default_factory=dict)

    def admits(self, connection: _Connection) -> bool:
        """Take one in, for which another may have to go; whether there is a place."""
        if len(self.all) >= self.most:
            longest = next(iter(self.waiting), None)
            if longest is None:
                return False
            longest.cut_off()
        self.all.add(connection)
        return True

    def forget(self, connection: _Connection) -> None:
        self.all.discard(connection)
        self.waiting.pop(connection, None)


class _Connection(asyncio.Protocol):
    """What is added to the protocol of the server: it is put before that in the order of inheritance."""

    open: ClassVar[_Open]
    transport: asyncio.Transport
    _receiving: asyncio.TimerHandle | None = None
    _sending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self.open.admits(self):
            self._look()
        else:
            self.transport.write(_FULL)
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_receiving()
        self._stop_sending()
        self.open.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()  # type: ignore[misc]
        if not self._whole() and not self.transport.is_closing():
            self.open.waiting[self] = None  # for the next request, and not for long: the server below sees to that
        if self.transport.get_write_buffer_size():
            self.pause_writing()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._sending = self._sending or _later(self.open.seconds, self._not_taken)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_sending()

    def cut_off(self) -> None:
        """End it at once."""
        self.open.forget(self)
        self.transport.abort()

    def _look(self) -> None:
        """The time of a request begins with its connection, or its first byte, and ends when it is whole."""
        if self._whole() or self.transport.is_closing():
            self._stop_receiving()
            self.open.waiting.pop(self, None)
        elif self._receiving is None:
            self._receiving = _later(self.open.seconds, self.cut_off)
            self.open.waiting[self] = None

    def _stop_receiving(self) -> None:
        if self._receiving:
            self._receiving.cancel()
        self._receiving = None

    def _stop_sending(self) -> None:
        if self._sending:
            self._sending.cancel()
        self._sending = None

    def _whole(self) -> bool:
        """Whether a request has been received and is being worked on."""
        cycle: Any = vars(self).get("cycle")
        return cycle is not None and not cycle.response_complete and not cycle.more_body

    def _not_taken(self) -> None:
        self._sending = None
        if self.transport.get_write_buffer_size():
            self.cut_off()

    def _unsupported_upgrade_warning(self) -> None:
        """No request is worth two lines of log."""


def _later(seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
    return asyncio.get_running_loop().call_later(seconds, call)


def bounded(connections: int, seconds: float = CLIENT_SECONDS) -> type[asyncio.Protocol]:
    """The HTTP protocol of a server with at most so many connections, whose clients may take so long."""
    added = {"open": _Open(connections, seconds), "__doc__": bounded.__doc__}
    return type("Connection", (_Connection, AutoHTTPProtocol), added)


def config_of(
    app: Any,
    connections: int,
    proxies: Collection[str] = (),
    *,
    factory: bool = False,
    seconds: float = CLIENT_SECONDS,
) -> uvicorn.Config:
    """How the server is run. Whom a proxy names as its client is believed from ``proxies`` alone."""
    return uvicorn.Config(
        app,
        factory=factory,
        http=bounded(connections, seconds),
        ws="none",
        log_level="warning",
        timeout_graceful_shutdown=SHUTDOWN,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
    )


class Server(uvicorn.Server):
    """Ends within 5 s of a signal whatever is open, and at once by a second one; ``ready`` is called once it answers.

    An application that is to be told puts a call under the name "end" into the state of its lifespan.
    """

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn has it."""
        sys.setswitchinterval(SWITCH)
        await super().startup(sockets)
        self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """As uvicorn has it; there, only Ctrl-C counts as the second signal."""
        self.force_exit = self.force_exit or self.should_exit
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn has it."""
        ending = asyncio.create_task(self._end())
        await super().shutdown(sockets)
        ending.cancel()
        if self.force_exit:  # then uvicorn tells the application nothing, which is cancelled with a long traceback
            with suppress(TimeoutError):
                await asyncio.wait_for(self.lifespan.shutdown(), TOLD)

    async def _end(self) -> None:
        await self._unless_forced(GRACE)
        self.lifespan.state.get("end", lambda: None)()
        await self._unless_forced(TOLD)
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    async def _unless_forced(self, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        while not self.force_exit and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.05)
