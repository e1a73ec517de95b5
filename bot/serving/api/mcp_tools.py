"""What the Model Context Protocol offers, without the protocol: four tools that read, and the documents.

An id of ``search`` is what the corpus calls a passage, "document#3"; of a corpus that is not the default one it is the
URI of the document with the same fragment, so that it says all that ``fetch`` needs.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

from fastapi import Request
from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from bot.schema.contract import (
    QUESTION_CHARACTERS,
    AnswerJson,
    AnyBot,
    ReportJson,
    document_summary_to_json,
    report_to_json,
)
from bot.serving.api.problems import Problem, ProblemType
from bot.serving.api.requests import (
    AskRequest,
    CheckRequest,
    RequestShape,
    Text,
    blank,
    schema_of,
    to_ask_request,
    to_check_request,
    validated,
)
from bot.serving.api.service import Service, known_document
from corpus.model import Document, Passage

RESULTS = 10
"""How many passages a search finds."""

_URI = re.compile(r"wholeads://([^/?#]+)/documents/([^/?#]+)(?:#(.+))?")
_HTTP_ALONE = ("session_id", "stream")
"""Arguments of the API that the tools do not take."""

Arguments = Mapping[str, object]


class SearchRequest(RequestShape):
    """What is to be looked for."""

    query: Text = Field(description=f"words or a question, 1 to {QUESTION_CHARACTERS} characters")
    corpus: Text | None = Field(None, description="id of a corpus; the default corpus when absent")


class FetchRequest(RequestShape):
    """What is to be read."""

    id: Text = Field(description="an id that search gave, or the id or URI of a document")


class ResultJson(TypedDict):
    """A passage that was found; ``fetch`` takes its ``id``."""

    id: str
    title: str
    url: str


class ResultsJson(TypedDict):
    """What ``search`` gives, the best first."""

    results: list[ResultJson]


class FetchedJson(TypedDict):
    """What ``fetch`` gives: a passage or a whole document, word for word."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, str | int | None]


@dataclass(frozen=True)
class Tool:
    """A tool: ``call`` is given a request (None where there is no HTTP) and the arguments, and may raise Problem."""

    name: str
    title: str
    description: str
    takes: type[RequestShape]
    gives: type[Any]
    call: Callable[[Service, Request | None, Arguments], Awaitable[Mapping[str, Any]]]

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """The JSON Schema of the arguments."""
        schema = schema_of(self.takes)
        return schema | {"properties": {k: of for k, of in schema["properties"].items() if k not in _HTTP_ALONE}}

    @cached_property
    def output_schema(self) -> dict[str, Any]:
        """The JSON Schema of what it gives."""
        return TypeAdapter(self.gives).json_schema()

    async def __call__(self, service: Service, request: Request | None, arguments: Arguments) -> Mapping[str, Any]:
        """Call it; what it does not take is left out. Raises Problem."""
        known = {name: value for name, value in arguments.items() if name in self.input_schema["properties"]}
        return await self.call(service, request, known)


def tools() -> dict[str, Tool]:
    """The tools by name."""
    made = (
        Tool(
            "search",
            "Search the documents",
            "Find the passages of the documents nearest to a query. Gives ids for fetch.",
            SearchRequest,
            ResultsJson,
            _search,
        ),
        Tool(
            "fetch",
            "Read a passage or a document",
            "The text of a passage that search found, or of a whole document, word for word.",
            FetchRequest,
            FetchedJson,
            _fetch,
        ),
        Tool(
            "ask",
            "Ask a question",
            "Answer a question from the documents alone, each sentence with its citation; says so where they do not "
            "state it. Send the turns before as history where the question refers to them.",
            AskRequest,
            AnswerJson,
            _ask,
        ),
        Tool(
            "check",
            "Check a text",
            "Check each claim of a text against the documents: supported, refuted or not enough info, with citations.",
            CheckRequest,
            ReportJson,
            _check,
        ),
    )
    return {tool.name: tool for tool in made}


def document_uri(corpus_id: str, document_id: str) -> str:
    """The URI of a document.

    >>> document_uri("notices", "été")
    'wholeads://notices/documents/%C3%A9t%C3%A9'
    """
    return f"wholeads://{quote(corpus_id, safe='')}/documents/{quote(document_id, safe='')}"


def document_at(service: Service, uri: str) -> Document:
    """The document that a URI names. Raises Problem 404 where it names none."""
    corpus, id = _named(uri)
    if corpus is None:
        raise Problem(ProblemType.UNKNOWN_DOCUMENT, f"{uri!r} names no document; send one of resources/list.")
    return known_document(service.bot(corpus), id.partition("#")[0])


async def _search(service: Service, request: Request | None, arguments: Arguments) -> Mapping[str, Any]:
    search = validated(SearchRequest, arguments, '{"query": "…"}')
    if blank(search.query):
        raise Problem(ProblemType.BLANK_QUESTION, 'Send what to look for in words, such as {"query": "…"}.')
    if len(search.query) > QUESTION_CHARACTERS:
        raise Problem(
            ProblemType.QUESTION_TOO_LONG,
            f"The query has {len(search.query)} characters; send at most {QUESTION_CHARACTERS}.",
        )
    bot = service.bot(search.corpus)
    own = bot.corpus.id == service.library().default
    found = await service.work(request, lambda: bot.search(search.query, RESULTS))
    return {"results": [_result(bot, passage, own) for passage in found]}


def _result(bot: AnyBot, passage: Passage, own: bool) -> ResultJson:
    document = bot.corpus.documents[passage.quote.document_id]
    uri = document_uri(bot.corpus.id, document.id) + passage.id.removeprefix(document.id)
    return {
        "id": passage.id if own else uri,
        "title": _title(document, passage),
        "url": _url(document, uri),
    }


async def _fetch(service: Service, request: Request | None, arguments: Arguments) -> Mapping[str, Any]:
    given = validated(FetchRequest, arguments, '{"id": "…"}').id
    corpus, id = _named(given)
    bot = service.bot(corpus)
    return await service.work(request, lambda: _fetched(bot, given, id))


def _fetched(bot: AnyBot, given: str, id: str) -> FetchedJson:
    passage = bot.corpus.passages.get(id)
    document = known_document(bot, passage.quote.document_id if passage else id)
    about = {name: value for name, value in document_summary_to_json(document).items() if name not in ("id", "title")}
    metadata: dict[str, Any] = {"corpus": bot.corpus.id, "document_id": document.id, **about}
    uri = document_uri(bot.corpus.id, document.id)
    if passage:
        uri += passage.id.removeprefix(document.id)
        metadata |= {
            "heading": passage.heading,
            "page": passage.page or None,
            "start_char_index": passage.quote.start,
            "end_char_index": passage.quote.end,
        }
    return {
        "id": given,
        "title": _title(document, passage),
        "text": passage.quote.text if passage else document.text,
        "url": _url(document, uri),
        "metadata": metadata,
    }


async def _ask(service: Service, request: Request | None, arguments: Arguments) -> Mapping[str, Any]:
    ask = to_ask_request(arguments)
    bot, history = service.bot(ask.corpus), ask.earlier_questions or ()
    answer = await service.answer(request, bot, ask.question, history)
    return service.told(answer, bot.corpus.id, history)


async def _check(service: Service, request: Request | None, arguments: Arguments) -> Mapping[str, Any]:
    check = to_check_request(arguments)
    return report_to_json(await service.report(request, service.bot(check.corpus), check.text))


def _named(id: str) -> tuple[str | None, str]:
    """The corpus that an id names, None for the default one, and what it names there."""
    match = _URI.fullmatch(id)
    if match is None:
        return None, id
    corpus, document, fragment = match.groups()
    return unquote(corpus), unquote(document) + (f"#{fragment}" if fragment else "")


def _title(document: Document, passage: Passage | None) -> str:
    heading = passage.heading if passage else ""
    return f"{document.title}: {heading}" if heading not in ("", document.title) else document.title


def _url(document: Document, uri: str) -> str:
    """Where a person can read it: its source on the web, else its URI here."""
    return document.source if document.source.startswith(("https://", "http://")) else uri
