"""The routes that are called, and what they are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote

import httpx
from typing_extensions import TypedDict

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
    ReceiptJson,
    ReportJson,
    TurnsJson,
)

Shape = TypeVar("Shape")


class Turn(TypedDict):
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str


class AskOptions(TypedDict, total=False):
    """What a question may have besides its words: ``history`` is oldest first, ``corpus`` an id."""

    history: Sequence[Turn]
    session_id: str | None
    corpus: str | None


class CheckOptions(TypedDict, total=False):
    """What a check may have besides its text."""

    corpus: str | None


class TurnsOptions(TypedDict, total=False):
    """Which part is wanted: ``limit`` items (1 to 1,000; of conversations 1 to 200) behind ``cursor``, the
    ``next_cursor`` before."""

    limit: int
    cursor: str | None


class PageOptions(TurnsOptions, total=False):
    """Which part of what a corpus has is wanted."""

    corpus: str | None


class ConversationsOptions(PageOptions, total=False):
    """Which conversations are wanted: those that began in a corpus, those of these ids."""

    id: Sequence[str]


class FactsOptions(PageOptions, total=False):
    """What the facts must have."""

    subject: str
    predicate: str
    object: str
    object_kind: str
    document: str
    text: str


class FeedbackOptions(TypedDict, total=False):
    """Which answer it is about (``answer_id`` or ``receipt``), and what is to be said of it."""

    answer_id: str
    receipt: ReceiptJson
    reason: Literal["misread", "incorrect", "wrong_evidence", "missing", "other"]
    meant: str
    comment: str
    question: str
    history: Sequence[Turn]
    corpus: str | None


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[Shape]):
    """A route of the API, and the shape of what it gives."""

    method: str
    path: str
    gives: type[Shape]


ASK = Endpoint("POST", "/v1/ask", AnswerJson)
CHECK = Endpoint("POST", "/v1/check", ReportJson)
FEEDBACK = Endpoint("POST", "/v1/feedback", FeedbackJson)
FACTS = Endpoint("GET", "/v1/facts", FactsJson)
DOCUMENTS = Endpoint("GET", "/v1/documents", DocumentsJson)
DOCUMENT = Endpoint("GET", "/v1/documents/{id}", DocumentJson)
CORPORA = Endpoint("GET", "/v1/corpora", CorporaJson)
CONVERSATIONS = Endpoint("GET", "/v1/conversations", ConversationsJson)
DELETE_ALL = Endpoint("DELETE", "/v1/conversations", DeletedJson)
CONVERSATION = Endpoint("GET", "/v1/conversations/{id}", TurnsJson)
RENAME = Endpoint("PATCH", "/v1/conversations/{id}", ConversationJson)
DELETE: Endpoint[None] = Endpoint("DELETE", "/v1/conversations/{id}", type(None))
ENDPOINTS: tuple[Endpoint[Any], ...] = (
    ASK, CHECK, FEEDBACK, FACTS, DOCUMENTS, DOCUMENT, CORPORA, CONVERSATIONS, DELETE_ALL, CONVERSATION, RENAME, DELETE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call(Generic[Shape]):
    """A request to be made; ``id`` fills that of the path."""

    endpoint: Endpoint[Shape]
    body: Mapping[str, object] | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""

    def request(self, http: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """The request; what is None is left out."""
        path = self.endpoint.path.replace("{id}", quote(self.id, safe=""))
        query = {name: value for name, value in self.query.items() if value is not None}
        body = None if self.body is None else {name: value for name, value in self.body.items() if value is not None}
        return http.build_request(self.endpoint.method, path, params=query, json=body)
