"""The two clients: one that waits, one for asyncio."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Literal, Self, TypeVar

import httpx
from typing_extensions import Unpack

from bot.client.errors import pause, transport_errors
from bot.client.requests import (
    ASK,
    CHECK,
    CONVERSATION,
    CONVERSATIONS,
    CORPORA,
    DELETE,
    DELETE_ALL,
    DOCUMENT,
    DOCUMENTS,
    FACTS,
    FEEDBACK,
    RENAME,
    AskOptions,
    Call,
    CheckOptions,
    ConversationsOptions,
    FactsOptions,
    FeedbackOptions,
    PageOptions,
    TurnsOptions,
)
from bot.client.responses import Event, EventReader, read_json
from bot.schema.contract import (
    AnswerJson,
    ConversationJson,
    ConversationsJson,
    CorporaJson,
    DeletedJson,
    DocumentJson,
    DocumentsJson,
    FactsJson,
    FeedbackJson,
    ReportJson,
    TurnsJson,
)

URL = "http://127.0.0.1:8000"
"""Where the API is if neither ``base_url`` nor WHOLEADS_URL says so."""
TIMEOUT = 60.0
"""Seconds to wait for a connection, and for each piece of a response."""
RETRIES = 2

Shape = TypeVar("Shape")


class _Settings:
    """What both clients are told."""

    def __init__(
        self, base_url: str | None, api_key: str | None, timeout: float, environ: Mapping[str, str] | None
    ) -> None:
        environ = os.environ if environ is None else environ
        key = environ.get("WHOLEADS_API_KEY", "") if api_key is None else api_key
        self.base_url = base_url or environ.get("WHOLEADS_URL", "") or URL
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.timeout = timeout


class Client:
    """The API, call by call. Close it when it is done with, or use it in a ``with`` block; threads may share it.

    ``base_url`` and ``api_key`` are taken from WHOLEADS_URL and WHOLEADS_API_KEY where they are not given, ``timeout``
    is in seconds. A request that is told to come back later (429, 503 with ``Retry-After``) is sent up to ``retries``
    times more. ``transport``, ``sleep`` and ``environ`` are for tests. Every call may raise ClientError.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        told = _Settings(base_url, api_key, timeout, environ)
        with transport_errors():
            self._http = httpx.Client(
                base_url=told.base_url, headers=told.headers, timeout=told.timeout, transport=transport
            )
        self._retries, self._sleep = max(0, retries), sleep

    def ask(self, question: str, **options: Unpack[AskOptions]) -> AnswerJson:
        """The answer to a question."""
        return self._called(Call(ASK, {"question": question, **options}))

    def stream(self, question: str, **options: Unpack[AskOptions]) -> Iterator[Event[AnswerJson]]:
        """The answer as it is made; the last event has it whole."""
        return self._events(Call(ASK, {"question": question, "stream": True, **options}))

    def check(self, text: str, **options: Unpack[CheckOptions]) -> ReportJson:
        """What the corpus says of each claim of a text."""
        return self._called(Call(CHECK, {"text": text, **options}))

    def check_stream(self, text: str, **options: Unpack[CheckOptions]) -> Iterator[Event[ReportJson]]:
        """The findings as they are made; the last event has the whole report."""
        return self._events(Call(CHECK, {"text": text, "stream": True, **options}))

    def feedback(self, rating: Literal["up", "down"], **options: Unpack[FeedbackOptions]) -> FeedbackJson:
        """Say what you think of an answer; once this returns, it is kept."""
        return self._called(Call(FEEDBACK, {"rating": rating, **options}))

    def facts(self, **options: Unpack[FactsOptions]) -> FactsJson:
        """The facts that fit: all of them, or a page."""
        return self._called(Call(FACTS, query=options))

    def documents(self, **options: Unpack[PageOptions]) -> DocumentsJson:
        """The documents without their text: all of them, or a page."""
        return self._called(Call(DOCUMENTS, query=options))

    def document(self, id: str, **options: Unpack[CheckOptions]) -> DocumentJson:
        """A document with its text."""
        return self._called(Call(DOCUMENT, query=options, id=id))

    def corpora(self) -> CorporaJson:
        """The corpora that are served."""
        return self._called(Call(CORPORA))

    def conversations(self, **options: Unpack[ConversationsOptions]) -> ConversationsJson:
        """Your conversations, the one that was spoken in last first; without keys, those that you name by ``id``."""
        return self._called(Call(CONVERSATIONS, query=options))

    def conversation(self, id: str, **options: Unpack[TurnsOptions]) -> TurnsJson:
        """The last turns of a conversation, oldest first; ``id`` is its ``session_id``."""
        return self._called(Call(CONVERSATION, query=options, id=id))

    def rename_conversation(self, id: str, title: str) -> ConversationJson:
        """Give a conversation a title of up to 200 characters."""
        return self._called(Call(RENAME, {"title": title}, id=id))

    def delete_conversation(self, id: str) -> None:
        """Delete a conversation with its turns."""
        self._called(Call(DELETE, id=id))

    def delete_all(self) -> DeletedJson:
        """Delete all that your key has left: conversations, feedback, logged questions."""
        return self._called(Call(DELETE_ALL))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _called(self, call: Call[Shape]) -> Shape:
        with transport_errors():
            response = self._sent(call)
        return read_json(response.content if response.status_code != 204 else b"null", call.endpoint.gives)

    def _events(self, call: Call[Shape]) -> Iterator[Event[Shape]]:
        reader = EventReader(call.endpoint.gives)
        with transport_errors():
            response = self._sent(call, stream=True)
            try:
                for line in response.iter_lines():
                    if (event := reader.read(line)) is not None:
                        yield event
            finally:
                response.close()
        reader.end()

    def _sent(self, call: Call[Shape], stream: bool = False) -> httpx.Response:
        for left in range(self._retries, -1, -1):
            response = self._http.send(call.request(self._http), stream=stream)
            if response.is_success:
                break
            response.read()
            self._sleep(pause(response, left))
        return response


class AsyncClient:
    """The same for asyncio: what ``Client`` has, awaited, its streams as asynchronous iterators."""

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        told = _Settings(base_url, api_key, timeout, environ)
        with transport_errors():
            self._http = httpx.AsyncClient(
                base_url=told.base_url, headers=told.headers, timeout=told.timeout, transport=transport
            )
        self._retries, self._sleep = max(0, retries), sleep

    async def ask(self, question: str, **options: Unpack[AskOptions]) -> AnswerJson:
        """The answer to a question."""
        return await self._called(Call(ASK, {"question": question, **options}))

    def stream(self, question: str, **options: Unpack[AskOptions]) -> AsyncIterator[Event[AnswerJson]]:
        """The answer as it is made; the last event has it whole."""
        return self._events(Call(ASK, {"question": question, "stream": True, **options}))

    async def check(self, text: str, **options: Unpack[CheckOptions]) -> ReportJson:
        """What the corpus says of each claim of a text."""
        return await self._called(Call(CHECK, {"text": text, **options}))

    def check_stream(self, text: str, **options: Unpack[CheckOptions]) -> AsyncIterator[Event[ReportJson]]:
        """The findings as they are made; the last event has the whole report."""
        return self._events(Call(CHECK, {"text": text, "stream": True, **options}))

    async def feedback(self, rating: Literal["up", "down"], **options: Unpack[FeedbackOptions]) -> FeedbackJson:
        """Say what you think of an answer; once this returns, it is kept."""
        return await self._called(Call(FEEDBACK, {"rating": rating, **options}))

    async def facts(self, **options: Unpack[FactsOptions]) -> FactsJson:
        """The facts that fit: all of them, or a page."""
        return await self._called(Call(FACTS, query=options))

    async def documents(self, **options: Unpack[PageOptions]) -> DocumentsJson:
        """The documents without their text: all of them, or a page."""
        return await self._called(Call(DOCUMENTS, query=options))

    async def document(self, id: str, **options: Unpack[CheckOptions]) -> DocumentJson:
        """A document with its text."""
        return await self._called(Call(DOCUMENT, query=options, id=id))

    async def corpora(self) -> CorporaJson:
        """The corpora that are served."""
        return await self._called(Call(CORPORA))

    async def conversations(self, **options: Unpack[ConversationsOptions]) -> ConversationsJson:
        """Your conversations, the one that was spoken in last first; without keys, those that you name by ``id``."""
        return await self._called(Call(CONVERSATIONS, query=options))

    async def conversation(self, id: str, **options: Unpack[TurnsOptions]) -> TurnsJson:
        """The last turns of a conversation, oldest first; ``id`` is its ``session_id``."""
        return await self._called(Call(CONVERSATION, query=options, id=id))

    async def rename_conversation(self, id: str, title: str) -> ConversationJson:
        """Give a conversation a title of up to 200 characters."""
        return await self._called(Call(RENAME, {"title": title}, id=id))

    async def delete_conversation(self, id: str) -> None:
        """Delete a conversation with its turns."""
        await self._called(Call(DELETE, id=id))

    async def delete_all(self) -> DeletedJson:
        """Delete all that your key has left: conversations, feedback, logged questions."""
        return await self._called(Call(DELETE_ALL))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _called(self, call: Call[Shape]) -> Shape:
        with transport_errors():
            response = await self._sent(call)
        return read_json(response.content if response.status_code != 204 else b"null", call.endpoint.gives)

    async def _events(self, call: Call[Shape]) -> AsyncIterator[Event[Shape]]:
        reader = EventReader(call.endpoint.gives)
        with transport_errors():
            response = await self._sent(call, stream=True)
            try:
                async for line in response.aiter_lines():
                    if (event := reader.read(line)) is not None:
                        yield event
            finally:
                await response.aclose()
        reader.end()

    async def _sent(self, call: Call[Shape], stream: bool = False) -> httpx.Response:
        for left in range(self._retries, -1, -1):
            response = await self._http.send(call.request(self._http), stream=stream)
            if response.is_success:
                break
            await response.aread()
            await self._sleep(pause(response, left))
        return response
