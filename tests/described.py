"""What describes the API and is made by it: docs/schemas, and the examples of its OpenAPI description.

    python -m tests.described        writes them anew ("make described")

Responses are those of the real bot over the shipped corpora. A problem is provoked at every route that may tell of it;
the bot is played for two of them alone: that the server is full, and that the work is too much.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi.testclient import TestClient

from bot.answering.bot import Library, build, open_library
from bot.answering.settings import Settings, hashed
from bot.schema.contract import AnyLibrary
from bot.serving.api import BODY_BYTES, create_api
from bot.serving.api.examples import ExampleJson
from bot.serving.api.problems import Problem, ProblemType
from bot.serving.api.schemas import SHAPES, schema_named
from bot.serving.api.workers import busy, ending
from corpus.deadline import OutOfTime

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "bot" / "serving" / "api" / "static" / "examples.json"
SCHEMAS = ROOT / "docs" / "schemas"
JSON = {"Content-Type": "application/json"}
URL = "http://127.0.0.1:8000"

EUROPE = "Who leads in Europe?"
CLAIMS = "Nissan leads Europe. Renault leads India."
MESSAGES = [{"role": "user", "content": EUROPE}, {"role": "assistant", "content": "Renault leads Europe. [1]"}]
FOLLOW_UP = [*MESSAGES, {"role": "user", "content": "And Japan?"}]
SESSION = "2f1c7c52-3a0c-4b7e-9d7e-5e0d3f3a9b11"
OF_A_KEY = "DELETE /v1/conversations"
CONVERSATION = "/v1/conversations/{id}"
FEEDBACK = {"rating": "down", "reason": "misread", "meant": "Who leads in Japan?"}


@dataclass(frozen=True)
class Sent:
    """A request to a route; ``path`` is as the description has it, ``url`` as it is sent."""

    method: str
    path: str
    url: str
    name: str
    body: Any = None

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"


def get(path: str, name: str, url: str = "") -> Sent:
    return Sent("GET", path, url or path, name)


def post(path: str, name: str, body: Any) -> Sent:
    return Sent("POST", path, path, name, body)


SERVED = (
    post("/v1/ask", "answered", {"question": EUROPE}),
    post("/v1/ask", "follow-up", {"question": "And Japan?", "history": MESSAGES}),
    post("/v1/ask", "inferred", {"question": "Who leads in Thailand?"}),
    post("/v1/ask", "corrected", {"question": "Why does Nissan lead Europe?"}),
    post("/v1/ask", "not-stated", {"question": "Who leads in India?"}),
    post("/v1/ask", "streamed", {"question": EUROPE, "stream": True}),
    post("/v1/check", "checked", {"text": CLAIMS}),
    post("/v1/check", "streamed", {"text": CLAIMS, "stream": True}),
    post("/v1/chat/completions", "completed", {"model": "alliance", "messages": FOLLOW_UP}),
    post("/v1/chat/completions", "streamed", {"model": "alliance", "messages": FOLLOW_UP, "stream": True}),
    post("/v1/feedback", "misread", {"answer_id": "", **FEEDBACK}),
    get("/v1/conversations", "those that are named", f"/v1/conversations?id={SESSION}"),
    get(CONVERSATION, "its last turn", f"/v1/conversations/{SESSION}?limit=1"),
    Sent("PATCH", CONVERSATION, f"/v1/conversations/{SESSION}", "renamed", {"title": "Europe and Japan"}),
    Sent("DELETE", CONVERSATION, f"/v1/conversations/{SESSION}", "deleted"),
    Sent("DELETE", "/v1/conversations", "/v1/conversations", "of a key"),
    get("/v1/facts", "two of the facts", "/v1/facts?limit=2"),
    get("/v1/facts", "those that fit", "/v1/facts?subject=renault&object_kind=region&text=africa"),
    get("/v1/documents", "documents"),
    get("/v1/documents/{id}", "a document", "/v1/documents/refugees?corpus=clusters"),
    get("/v1/corpora", "corpora"),
    get("/v1/models", "models"),
    get("/v1/models/{id}", "a model", "/v1/models/alliance"),
    get("/v1/schemas", "names"),
    get("/v1/schemas/{name}", "of feedback", "/v1/schemas/feedback"),
    get("/healthz", "up"),
    get("/readyz", "ready"),
    get("/metrics", "answers"),
)

Provoke = Callable[[Sent, TestClient], Any]
"""Sends something like a request that is served, but for what makes it a problem."""


def as_it_is(sent: Sent, client: TestClient) -> Any:
    return client.request(sent.method, sent.url, json=sent.body)


def with_body(**changes: object) -> Provoke:
    return lambda sent, client: client.post(sent.url, json={**sent.body, **changes})


def with_content(content: bytes, headers: dict[str, str] = JSON) -> Provoke:
    return lambda sent, client: client.request(sent.method, sent.url, content=content, headers=headers)


def with_query(query: str) -> Provoke:
    return lambda sent, client: client.get(f"{sent.url.partition('?')[0]}?{query}")


def at(url: str) -> Provoke:
    return lambda sent, client: client.get(url)


def twice(sent: Sent, client: TestClient) -> Any:
    as_it_is(sent, client)
    return as_it_is(sent, client)


def with_question(text: str) -> Provoke:
    def provoke(sent: Sent, client: TestClient) -> Any:
        asked = {"/v1/feedback": {"meant": text}, "/v1/ask": {"question": text}}
        messages = {"messages": [{"role": "user", "content": text}]}
        return client.post(sent.url, json={**sent.body, **asked.get(sent.path, messages)})

    return provoke


def wrong_type(sent: Sent, client: TestClient) -> Any:
    if sent.method == "GET":
        return client.get(f"{sent.path}?limit=0")
    return client.request(sent.method, sent.url, json={**sent.body, next(iter(sent.body)): 7})


def elsewhere(sent: Sent, client: TestClient) -> Any:
    """The request of another corpus."""
    if sent.path == "/v1/models/{id}":
        return client.get("/v1/models/nowhere")
    if sent.method == "GET":
        return client.get(f"{sent.url.partition('?')[0]}?corpus=nowhere")
    named = {"model": "nowhere"} if "model" in sent.body else {"corpus": "nowhere", "question": EUROPE}
    return client.post(
        sent.url, json={**sent.body, **named, **({"answer_id": "0" * 32} if "rating" in sent.body else {})}
    )


def of_two_answers(sent: Sent, client: TestClient) -> Any:
    answers = [client.post("/v1/ask", json={"question": q}).json() for q in (EUROPE, "Which company leads Europe?")]
    assert answers[0]["answer"] == answers[1]["answer"]
    return client.post(sent.url, json={"receipt": answers[0]["receipt"], **FEEDBACK})


def of_a_conversation(sent: Sent, client: TestClient) -> Any:
    """The request as it is, but for a question, which is made one of a conversation."""
    body = {**sent.body, "session_id": SESSION} if sent.path == "/v1/ask" else sent.body
    return client.request(sent.method, sent.url, json=body)


def of_another(sent: Sent, client: TestClient) -> Any:
    """The request of a conversation that is not there; where it is of all of them, it comes without a key."""
    return client.request(sent.method, sent.url.replace(SESSION, SESSION[::-1]), json=sent.body)


PROVOKED: dict[ProblemType, Provoke] = {
    ProblemType.NO_KEY: as_it_is,
    ProblemType.TOO_MANY_REQUESTS: twice,
    ProblemType.NOT_READY: as_it_is,
    ProblemType.BUSY: as_it_is,
    ProblemType.ENDING: as_it_is,
    ProblemType.TOO_MUCH_WORK: as_it_is,
    ProblemType.UNKNOWN_CORPUS: elsewhere,
    ProblemType.BODY_TOO_LARGE: with_content(b'"' + b"x" * BODY_BYTES + b'"'),
    ProblemType.WRONG_MEDIA_TYPE: with_content(b"{}", {"Content-Type": "text/plain"}),
    ProblemType.NOT_JSON: with_content(b'{"question": '),
    ProblemType.WRONG_SHAPE: wrong_type,
    ProblemType.BLANK_QUESTION: with_question(" "),
    ProblemType.QUESTION_TOO_LONG: with_question("x" * 2001),
    ProblemType.BLANK_TEXT: with_body(text=" "),
    ProblemType.UNKNOWN_ANSWER: with_body(answer_id="0" * 32),
    ProblemType.AMBIGUOUS_RECEIPT: of_two_answers,
    ProblemType.STATE_UNAVAILABLE: of_a_conversation,
    ProblemType.UNKNOWN_CONVERSATION: of_another,
    ProblemType.UNKNOWN_CURSOR: with_query("limit=2&cursor=none"),
    ProblemType.UNKNOWN_FILTER: with_query("predicate=likes"),
    ProblemType.UNKNOWN_DOCUMENT: at("/v1/documents/nowhere"),
    ProblemType.UNKNOWN_SCHEMA: at("/v1/schemas/nothing"),
}


UNANSWERED = (ProblemType.BUSY, ProblemType.ENDING, ProblemType.NOT_READY)
"""Where these are told no answer has been given yet that feedback could be about."""
WITH_KEY = (ProblemType.BUSY, ProblemType.ENDING, ProblemType.STATE_UNAVAILABLE, OF_A_KEY)
"""Where requests come with a key, as what is deleted as a whole is a key's."""


class Raising:
    """A library whose bots raise this, whatever they are asked."""

    def __init__(self, library: AnyLibrary, error: Exception) -> None:
        self._library, self._error = library, error
        self.default, self.chat, self.ids = library.default, library.chat, library.ids
        self.parts, self.caches = library.parts, library.caches

    def get(self, corpus_id: str | None) -> Any:
        self.corpus = self._library.get(corpus_id).corpus
        return self

    def ask(self, *_: object) -> Any:
        raise self._error

    check = ask


def server(library: Library, settings: Settings, kind: ProblemType | str | None) -> TestClient:
    """A server that is in the state in which it tells of a kind of problem; in a good one where there is none."""
    served: Any = library
    headers = {}
    if kind in WITH_KEY:
        settings, headers = replace(settings, api_keys=(hashed("secret"),)), {"X-API-Key": "secret"}
    match kind:
        case ProblemType.NO_KEY:
            settings = replace(settings, api_keys=(hashed("secret"),))
        case ProblemType.TOO_MANY_REQUESTS:
            # Who has no key is counted, everywhere.
            settings = replace(settings, rate_limit=1, api_keys=(hashed("secret"),))
        case ProblemType.NOT_READY:
            served = None
        case ProblemType.STATE_UNAVAILABLE:
            settings = replace(settings, database_url="sqlite:////dev/null/wholeads.db")
        case ProblemType.BUSY:
            served = Raising(library, busy())
        case ProblemType.ENDING:
            served = Raising(library, ending())
        case ProblemType.TOO_MUCH_WORK:
            served = Raising(library, OutOfTime())
    app = create_api(served, settings, clock=lambda: 0.0)
    if kind in (ProblemType.BUSY, ProblemType.ENDING):
        full = busy() if kind is ProblemType.BUSY else ending()
        app.state.keeper.used = lambda *_: _raise(full)
    return TestClient(app, base_url=URL, headers=headers)


def _raise(problem: Problem) -> None:
    raise problem


def recorded(library: Library, settings: Settings, database: Path) -> Iterator[ExampleJson]:
    """The examples: each request that is served, and each problem at each route that may tell of it.

    ``database`` is the file that feedback goes to, which is not there yet.
    """
    settings = replace(settings, database_url=f"sqlite:///{database}")
    good = server(library, settings, None)
    asked = good.post("/v1/ask", json={"question": EUROPE}).json()
    for question in (EUROPE, "And Japan?"):
        good.post("/v1/ask", json={"question": question, "session_id": SESSION})
    served = tuple(_about(sent, asked["answer_id"]) for sent in SERVED)
    for sent in served:
        client = server(library, settings, OF_A_KEY) if sent.route == OF_A_KEY else good
        response = as_it_is(sent, client)
        if response.status_code != 204:
            yield _example(sent, sent.name, response, sent.body)
    described = good.get("/openapi.json").json()["paths"]
    first = {sent.route: sent for sent in reversed(served)}
    for kind in ProblemType:
        client = server(library, settings, kind)
        if kind is ProblemType.STATE_UNAVAILABLE:
            client.post("/v1/ask", json={"question": EUROPE})
        for sent in first.values():
            told = described[sent.path][sent.method.lower()]["responses"].get(str(kind.status), {})
            if kind.title in told.get("description", "").split("; or: "):
                if kind in UNANSWERED and sent.path == "/v1/feedback":
                    sent = replace(sent, body={**sent.body, "question": EUROPE, "answer_id": "0" * 32})
                yield _example(sent, kind.slug, PROVOKED[kind](sent, client))


def _about(sent: Sent, answer_id: str) -> Sent:
    """Feedback is about an answer that was given."""
    return replace(sent, body={**sent.body, "answer_id": answer_id}) if "answer_id" in (sent.body or ()) else sent


def _example(sent: Sent, name: str, response: Any, body: Any = None) -> ExampleJson:
    media_type = response.headers["content-type"].partition(";")[0]
    text = re.sub(r"chatcmpl-\w+", "chatcmpl-0", response.text)
    if sent.path == "/metrics" and response.status_code == 200:
        text = "".join(line + "\n" for line in text.splitlines() if "wholeads_answers_total" in line)
    parts = urlsplit(str(response.request.url))
    return {
        "method": sent.method,
        "path": sent.path,
        "url": parts.path + (f"?{parts.query}" if parts.query else ""),
        "name": name,
        "body": body,
        "status": response.status_code,
        "media_type": media_type,
        "given": json.loads(text) if media_type.endswith("json") else text,
    }


def write(examples: list[ExampleJson]) -> None:
    """Write examples and schemas where they belong."""
    EXAMPLES.write_text(json.dumps(examples, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    SCHEMAS.mkdir(exist_ok=True)
    for name in SHAPES:
        (SCHEMAS / f"{name}.json").write_text(schema_text(name), encoding="utf-8")


def schema_text(name: str) -> str:
    return json.dumps(schema_named(name), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    logging.disable()  # what is provoked is logged as well
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environ({"WHOLEADS_INDEX": f"{folder}/index"})
        build(settings)
        write(list(recorded(open_library(settings), settings, Path(folder) / "feedback.db")))


if __name__ == "__main__":
    main()
