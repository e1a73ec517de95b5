"""A typed client of the API, sync and async. It loads httpx, pydantic and the shapes of the API, and no model.

    with Client("http://127.0.0.1:8000") as client:
        answer = client.ask("Who leads what?")  # the JSON of POST /v1/ask, as a typed dictionary
        for event in client.stream("Who leads what?"):
            ...

What goes wrong is a ClientError; bot.client.errors draws the tree.
"""

from bot.client.clients import AsyncClient, Client
from bot.client.errors import (
    ApiError,
    ClientError,
    KeyNeeded,
    NotFound,
    NotReached,
    NotUnderstood,
    Refused,
    ServerFailed,
    TooLarge,
    TooManyRequests,
    Unavailable,
)
from bot.client.requests import ENDPOINTS, Turn
from bot.client.responses import CitationEvent, DeltaEvent, DoneEvent, Event, FindingEvent, StatusEvent

__all__ = [
    "ENDPOINTS", "ApiError", "AsyncClient", "CitationEvent", "Client", "ClientError", "DeltaEvent", "DoneEvent",
    "Event", "FindingEvent", "KeyNeeded", "NotFound", "NotReached", "NotUnderstood", "Refused", "ServerFailed",
    "StatusEvent", "TooLarge", "TooManyRequests", "Turn", "Unavailable",
]  # fmt: skip
