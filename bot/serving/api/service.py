"""The routes: each reads its request, asks the library in a worker thread, and gives the contract's shape."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from bot.schema.answer import Answer, CheckReport
from bot.schema.contract import (
    AnswerJson,
    AnyBot,
    AnyEvent,
    AnyLibrary,
    FeedbackJson,
    answer_to_json,
    corpora_to_json,
    document_to_json,
    documents_to_json,
    facts_to_json,
    report_to_json,
)
from bot.serving.api.bodies import JSON, in_parts, read_json
from bot.serving.api.chat_completions import (
    ChatRequest,
    Completion,
    error_chunk,
    model_to_json,
    models_to_json,
    to_chat_request,
    with_error,
)
from bot.serving.api.feedback import FeedbackDesk
from bot.serving.api.guard import Guard
from bot.serving.api.keeping import Keeper, Talk
from bot.serving.api.metrics import TEXT_FORMAT, Metrics
from bot.serving.api.problems import MEDIA_TYPE as PROBLEM
from bot.serving.api.problems import Problem, ProblemType
from bot.serving.api.requests import (
    AskRequest,
    FactsQuery,
    PageQuery,
    to_ask_request,
    to_check_request,
    to_feedback_request,
)
from bot.serving.api.schemas import SHAPES, SchemasJson, schema_named
from bot.serving.api.streaming import HEADERS, MEDIA_TYPE, Failed, error_event, sse, unbroken
from bot.serving.api.workers import Workers
from bot.serving.state.records import AskedQuestion
from corpus.model import Document
from corpus.selection import UnknownCursor, UnknownName, listed

logger = logging.getLogger(__name__)

FILED_AT_ONCE = 4
"""How many threads ask the database; its writers wait for each other, readers do not."""

Result = TypeVar("Result")


class Service:
    """What the routes share. ``library`` is None while there is nothing to answer from; ``not_ready`` says why."""

    def __init__(
        self,
        library: AnyLibrary | None,
        not_ready: str,
        guard: Guard,
        keeper: Keeper,
        metrics: Metrics,
        desk: FeedbackDesk,
        seconds: float,
        places: int = 0,
    ) -> None:
        self._library = library
        self._not_ready = not_ready
        self._guard = guard
        self._keeper = keeper
        self._metrics = metrics
        self._started = int(time.time())
        self._desk = desk
        self._asking, self._filing = Workers(seconds, places), Workers(seconds, FILED_AT_ONCE)
        self._checking = Workers(seconds, places=1, first=(self._asking, self._filing))
        self._pools = {"ask": self._asking, "check": self._checking, "database": self._filing}
        metrics.read(library, self._pools)

    def end(self) -> None:
        """Tell those whose work is not done that the server ends."""
        for workers in self._pools.values():
            workers.end()

    async def ask(self, request: Request) -> Response:
        """Answer a question from the corpus, with citations, findings and a receipt."""
        self._guard(request)
        ask = to_ask_request(await read_json(request))
        bot = self.bot(ask.corpus)
        talk = self._talk(ask, request, bot.corpus.id)
        history = await self.filed(talk.history) if talk.reads else talk.sent or ()

        def told(answer: Answer) -> AnswerJson:
            return talk.kept(self.told(answer, bot.corpus.id, history, talk.id))

        if ask.stream:
            events = self._events(request, bot, ask.question, history)
            return _streaming(self._asking, sse(events, told), request)
        answer = await self.answer(request, bot, ask.question, history)
        return JSONResponse(await self.filed(lambda: told(answer)))

    async def check(self, request: Request) -> Response:
        """Check each claim of a text against the corpus: supported, refuted or not enough info."""
        self._guard(request)
        check = to_check_request(await read_json(request))
        bot = self.bot(check.corpus)
        if check.stream:
            told = self._metrics.over(bot.check_stream(check.text))
            return _streaming(self._checking, sse(told), request)

        def checked() -> tuple[CheckReport, bytes]:
            report = bot.check(check.text)
            return report, in_parts(report_to_json(report))

        report, body = await self._checking.run(request, checked)
        self._metrics.report(report)
        return Response(body, media_type=JSON)

    async def chat(self, request: Request) -> Response:
        """Answer a conversation in OpenAI's shape; ``model`` names a corpus, citations come as annotations."""
        try:
            self._guard(request)
            chat = to_chat_request(await read_json(request))
            return await self._completed(chat, request)
        except Problem as problem:
            told = with_error(problem, request.url.path)
            return JSONResponse(told, problem.kind.status, problem.headers, PROBLEM)

    async def _completed(self, chat: ChatRequest, request: Request) -> Response:
        bot = self.bot(chat.model)
        completion = Completion.of(chat, bot.corpus.id, int(time.time()), str(request.base_url))
        if chat.stream:
            chunks = completion.chunks(self._events(request, bot, chat.question, chat.history))
            return _streaming(self._asking, chunks, request, error_chunk)
        return JSONResponse(completion.whole(await self.answer(request, bot, chat.question, chat.history)))

    def models(self, request: Request) -> Response:
        """The corpora, as OpenAI lists models."""
        self._guard(request)
        return JSONResponse(models_to_json(tuple(self.library().ids()), self._started))

    def model(self, request: Request, id: str) -> Response:
        """One corpus, as OpenAI tells of a model."""
        self._guard(request)
        return JSONResponse(model_to_json(self.bot(id).corpus.id, self._started))

    async def feedback(self, request: Request) -> Response:
        """Say what you think of an answer; what a misread question meant is taught once somebody has looked at it."""
        self._guard(request)
        sent = to_feedback_request(await read_json(request))
        owner = self._guard.owner(request)
        feedback = await self.filed(
            lambda: self._desk.feedback(sent, lambda: self.bot(sent.corpus).corpus.id, owner),
        )
        number = await self.filed(lambda: self._desk.file(feedback))
        self._metrics.feedback(feedback)
        received: FeedbackJson = {"id": number, "status": "received"}
        return JSONResponse(received, 201)

    def facts(self, request: Request, query: Annotated[FactsQuery, Query()]) -> Response:
        """The facts of a corpus, each with the quote that carries it: all, those that fit, or a page of them."""
        self._guard(request)
        corpus = self.bot(query.corpus).corpus
        return _listing(lambda: facts_to_json(corpus, query.chosen, query.limit, query.cursor))

    def documents(self, request: Request, query: Annotated[PageQuery, Query()]) -> Response:
        """The documents of a corpus, without their text: all, or a page of them."""
        self._guard(request)
        corpus = self.bot(query.corpus).corpus
        return _listing(lambda: documents_to_json(corpus, query.limit, query.cursor))

    def document(self, request: Request, id: str, corpus: str | None = None) -> Response:
        """One document: its text and its sha256."""
        self._guard(request)
        return JSONResponse(document_to_json(known_document(self.bot(corpus), id)))

    def corpora(self, request: Request) -> Response:
        """The corpora that are served, and which one is the default."""
        self._guard(request)
        return JSONResponse(corpora_to_json(self.library()))

    def schemas(self, request: Request) -> Response:
        """The names of the JSON Schemas of what the API gives."""
        self._guard(request)
        named: SchemasJson = {"schemas": list(SHAPES)}
        return JSONResponse(named)

    def schema(self, request: Request, name: str) -> Response:
        """The JSON Schema of what a route gives."""
        self._guard(request)
        return JSONResponse(schema_named(name))

    async def healthz(self) -> Response:
        """The process is up."""
        return JSONResponse({"status": "ok"})

    def readyz(self) -> Response:
        """The corpora and their indexes are loaded, and how each part stands; 503 with the mend where none is."""
        library = self.library()
        pools = {name: {"busy": pool.busy, "waiting": pool.waiting} for name, pool in self._pools.items()}
        told = {"status": "ready", "corpora": list(library.ids()), **library.parts(), "pools": pools}
        # Questions are answered without the database, so that it keeps nobody from asking.
        return JSONResponse({**told, "database": self._keeper.stores.database.state()})

    async def metrics(self, request: Request) -> Response:
        """What was asked, what came of it, what it took and how the server stands, for Prometheus."""
        self._guard.need_key(request)
        return Response(self._metrics.text(), media_type=TEXT_FORMAT)

    async def answer(self, request: Request | None, bot: AnyBot, question: str, history: Sequence[str]) -> Answer:
        """An answer, made by a worker and counted. Raises Problem as ``Workers.run`` does."""
        answer = await self._asking.run(request, lambda: bot.ask(question, history))
        self._metrics.answer(answer)
        if self._keeper.logs_questions:
            await self.filed(lambda: self._keeper.log(self._asked(request, bot, answer)))
        return answer

    def told(self, answer: Answer, corpus: str, history: Sequence[str], session_id: str = "") -> AnswerJson:
        """An answer in the contract's shape, remembered for feedback on it."""
        return answer_to_json(answer, session_id, self._desk.keep(corpus, history, answer))

    async def report(self, request: Request | None, bot: AnyBot, text: str) -> CheckReport:
        """A report on a text, made by a worker and counted. Raises Problem as ``Workers.run`` does."""
        report = await self._checking.run(request, lambda: bot.check(text))
        self._metrics.report(report)
        return report

    async def filed(self, call: Callable[[], Result]) -> Result:
        """What a call gives that asks the database; whether the client is still there does not matter to it."""
        return await self._filing.run(None, call)

    async def work(self, request: Request | None, call: Callable[[], Result]) -> Result:
        """What a call gives that takes a worker as a question does. Raises Problem as ``Workers.run`` does."""
        return await self._asking.run(request, call)

    def library(self) -> AnyLibrary:
        """Raises Problem 503 while there is none."""
        if self._library is None:
            raise Problem(ProblemType.NOT_READY, self._not_ready)
        return self._library

    def bot(self, corpus_id: str | None) -> AnyBot:
        """The bot of a corpus, None for the default. Raises Problem 404 for one that is not served."""
        library = self.library()
        try:
            return library.get(corpus_id)
        except KeyError:
            known = listed(library.ids())
            raise Problem(ProblemType.UNKNOWN_CORPUS, f"No corpus {corpus_id!r}; there is {known}.") from None

    def _talk(self, ask: AskRequest, request: Request, corpus_id: str) -> Talk:
        """The conversation that a question belongs to, a new one where none is named."""
        id, owner = ask.session_id or str(uuid.uuid4()), self._guard.owner(request)
        return Talk(self._keeper, owner, id, corpus_id, bool(ask.session_id), ask.earlier_questions)

    def _events(self, request: Request, bot: AnyBot, question: str, history: Sequence[str]) -> Iterator[AnyEvent]:
        """The steps of an answer, which is counted and, where that is wanted, logged."""
        events = self._metrics.over(bot.stream(question, history))
        if not self._keeper.logs_questions:
            return events
        return self._keeper.logging(events, lambda answer: self._asked(request, bot, answer))

    def _asked(self, request: Request | None, bot: AnyBot, answer: Answer) -> AskedQuestion:
        """What the log has of an answer."""
        return AskedQuestion(
            way=request.url.path if request is not None else "stdio",
            corpus=bot.corpus.id,
            question=answer.question,
            status=answer.status,
            reader=answer.reader,
            generator=answer.generator,
            milliseconds=answer.timings_ms.get("total", 0.0),
            owner=self._guard.owner(request),
        )


def _streaming(
    workers: Workers, made: Iterator[bytes], request: Request, failed: Failed = error_event
) -> StreamingResponse:
    """A response that workers make piece by piece."""
    workers.admit()
    path = request.url.path
    told = workers.stream(unbroken(made, path, failed), lambda problem: failed(problem, path))
    return StreamingResponse(told, media_type=MEDIA_TYPE, headers=HEADERS)


def _listing(told: Callable[[], Mapping[str, Any]]) -> Response:
    """A list as JSON. Raises Problem 422 where it is asked for by what is not there."""
    try:
        return Response(in_parts(told()), media_type=JSON)
    except UnknownName as error:
        raise Problem(ProblemType.UNKNOWN_FILTER, str(error)) from None
    except UnknownCursor as error:
        raise Problem(ProblemType.UNKNOWN_CURSOR, str(error)) from None


def known_document(bot: AnyBot, id: str) -> Document:
    """A document of a corpus. Raises Problem 404 where there is none of this id."""
    known = bot.corpus.documents
    if id not in known:
        raise Problem(ProblemType.UNKNOWN_DOCUMENT, f"No document {id!r}; there is {listed(known)}.")
    return known[id]
