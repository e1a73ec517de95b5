"""The typed client, against a server on a real socket; what a server does seldom is played by a transport."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from bot.client import (
    ENDPOINTS,
    AsyncClient,
    CitationEvent,
    Client,
    ClientError,
    DeltaEvent,
    DoneEvent,
    FindingEvent,
    KeyNeeded,
    NotFound,
    NotReached,
    NotUnderstood,
    Refused,
    ServerFailed,
    StatusEvent,
    TooLarge,
    TooManyRequests,
    Unavailable,
)
from bot.schema.contract import FactJson

ROOT = Path(__file__).parents[2]
QUESTION = "Who leads in Japan?"
TEXT = "Nissan leads Japan. Nissan leads Europe."

LEFT_OUT = {
    "POST /v1/chat/completions": "OpenAI's own client speaks it",
    "GET /v1/models": "OpenAI's own client speaks it",
    "GET /v1/models/{id}": "OpenAI's own client speaks it",
    "GET /v1/schemas": "for who writes a client of their own",
    "GET /v1/schemas/{name}": "for who writes a client of their own",
    "GET /healthz": "for who runs the server",
    "GET /readyz": "for who runs the server",
    "GET /metrics": "for who runs the server",
}
"""Routes that the client does not call, and why. A new route belongs here or into bot.client."""


@pytest.fixture
def typed(url: str) -> Iterator[Client]:
    with Client(url, environ={}) as client:
        yield client


def same(told: Any, expected: Any) -> bool:
    """Whether two answers are the same but for what is of its own each time."""
    own = ("session_id", "timings_ms")
    return bool({k: v for k, v in told.items() if k not in own} == {k: v for k, v in expected.items() if k not in own})


def test_each_call_gives_what_the_api_sends(typed: Client, client: httpx.Client) -> None:
    def sent(path: str, **body: object) -> Any:
        return (client.post(path, json=body) if body else client.get(path)).json()

    assert same(typed.ask(QUESTION), sent("/v1/ask", question=QUESTION))
    assert typed.check(TEXT) == sent("/v1/check", text=TEXT)
    assert typed.facts() == sent("/v1/facts")
    assert typed.facts(subject="renault", limit=1, corpus=None) == sent("/v1/facts?subject=renault&limit=1")
    assert typed.documents() == sent("/v1/documents")
    assert typed.document("plan", corpus="other") == sent("/v1/documents/plan?corpus=other")
    assert typed.corpora() == sent("/v1/corpora")


def test_a_conversation_by_history_and_by_session(typed: Client) -> None:
    told = typed.ask("Who asked?", history=[{"role": "user", "content": "One"}, {"role": "assistant", "content": "A"}])
    assert told["answer"] == "One"
    assert typed.ask("Who asked?", session_id=told["session_id"])["answer"] == "One | Who asked?"


def test_a_conversation_is_read_renamed_and_deleted(client_with: Callable[..., httpx.Client]) -> None:
    url = str(client_with(api_keys="mine,yours").base_url)
    with Client(url, "mine", environ={}) as typed, Client(url, "yours", environ={}) as other:
        first, second = typed.ask(QUESTION)["session_id"], typed.ask("Who leads in Europe?")["session_id"]
        typed.ask("Who asked?", session_id=second)
        listed = typed.conversations()
        assert [(each["id"], each["turns"]) for each in listed["conversations"]] == [(second, 2), (first, 1)]
        page = typed.conversations(limit=1, corpus="cars")
        assert page["conversations"] == listed["conversations"][:1]
        rest = typed.conversations(limit=1, corpus="cars", cursor=page["next_cursor"])
        assert rest == {"conversations": listed["conversations"][1:], "next_cursor": None}
        assert typed.conversations(id=[first, second]) == listed
        assert other.conversations(id=[first, second])["conversations"] == []

        last = typed.conversation(second, limit=1)
        assert [turn["question"] for turn in last["turns"]] == ["Who asked?"]
        before = typed.conversation(second, cursor=last["next_cursor"])
        [turn] = before["turns"]
        assert turn["answer"] is not None and turn["answer"]["values"] == ["Renault"]
        assert typed.rename_conversation(second, "Europe")["title"] == "Europe"
        assert typed.conversation(second)["conversation"]["title"] == "Europe"

        async def later() -> None:
            async with AsyncClient(url, "mine", environ={}) as client:
                assert await client.conversations(limit=1) == typed.conversations(limit=1)
                assert await client.conversation(second, limit=1) == typed.conversation(second, limit=1)
                assert (await client.rename_conversation(first, "Japan"))["title"] == "Japan"
                await client.delete_conversation(second)
                assert await client.delete_all() == {"conversations": 1, "feedback": 0, "questions": 0}

        asyncio.run(later())
        third = typed.ask(QUESTION, session_id="a/b c")["session_id"]
        with pytest.raises(NotFound):
            other.delete_conversation(third)
        assert typed.delete_conversation(third) is None
        assert typed.conversations() == {"conversations": [], "next_cursor": None}
        assert typed.delete_all() == {"conversations": 0, "feedback": 0, "questions": 0}


def test_feedback_on_an_answer(client_with: Callable[..., httpx.Client], tmp_path: Path) -> None:
    server = client_with(index=str(tmp_path / "index"))
    with Client(str(server.base_url), environ={}) as typed:
        answer = typed.ask(QUESTION)
        received = typed.feedback("down", answer_id=answer["answer_id"], reason="misread", meant="Who leads in Europe?")
        assert received == {"id": 1, "status": "received"}
        assert typed.feedback("up", receipt=answer["receipt"])["id"] == 2
        with pytest.raises(Refused, match="Send a reason"):
            typed.feedback("down", answer_id=answer["answer_id"])


def test_an_answer_comes_as_typed_events(typed: Client) -> None:
    events = list(typed.stream(QUESTION))
    assert isinstance(events[0], StatusEvent) and events[0].status == "retrieving"
    done = events[-1]
    assert isinstance(done, DoneEvent) and same(done.result, typed.ask(QUESTION))
    words = "".join(event.text for event in events if isinstance(event, DeltaEvent))
    assert words.strip() == done.result["answer"]
    assert [e.citation for e in events if isinstance(e, CitationEvent)] == done.result["citations"]
    assert [e.finding for e in events if isinstance(e, FindingEvent)] == done.result["findings"]


def test_a_check_comes_as_typed_events(typed: Client) -> None:
    events = list(typed.check_stream(TEXT))
    assert events[0] == StatusEvent("checking", 0, len(TEXT))
    assert events[-1] == DoneEvent(typed.check(TEXT))
    assert [e.finding["verdict"] for e in events if isinstance(e, FindingEvent)] == ["supported", "refuted"]


def test_the_asynchronous_client_gives_the_same(url: str, typed: Client) -> None:
    async def all_of_it() -> list[Any]:
        async with AsyncClient(url, environ={}) as client:
            answers = await asyncio.gather(*(client.ask(QUESTION) for _ in range(3)))
            assert all(same(answer, typed.ask(QUESTION)) for answer in answers)
            streamed = [event async for event in client.stream(QUESTION)]
            assert same(streamed[-1].result, typed.ask(QUESTION))  # type: ignore[union-attr]
            with pytest.raises(NotFound):
                [event async for event in client.stream(QUESTION, corpus="nowhere")]
            return [
                await client.check(TEXT),
                [event async for event in client.check_stream(TEXT)],
                await client.facts(object="Europe"),
                await client.documents(limit=1),
                await client.document("plan"),
                await client.corpora(),
            ]

    assert asyncio.run(all_of_it()) == [
        typed.check(TEXT),
        list(typed.check_stream(TEXT)),
        typed.facts(object="Europe"),
        typed.documents(limit=1),
        typed.document("plan"),
        typed.corpora(),
    ]


@pytest.mark.parametrize(
    ("call", "expected", "slug"),
    [
        (lambda c: c.ask(" "), Refused, "blank-question"),
        (lambda c: c.ask("x" * 2001), TooLarge, "question-too-long"),
        (lambda c: c.ask(QUESTION, corpus="nowhere"), NotFound, "unknown-corpus"),
        (lambda c: c.document("pl?n é#%2e"), NotFound, "unknown-document"),
        (lambda c: c.facts(limit=0), Refused, "wrong-shape"),
        (lambda c: c.facts(predicate="likes"), Refused, "unknown-filter"),
        (lambda c: c.ask("explode"), ServerFailed, "unexpected"),
        (lambda c: list(c.stream("break off")), ServerFailed, "unexpected"),
        (lambda c: list(c.check_stream(" ")), Refused, "blank-text"),
        (lambda c: c.feedback("up", answer_id="0" * 32), NotFound, "unknown-answer"),
    ],
)
def test_what_the_api_refuses_is_an_error_of_its_own(
    typed: Client, call: Callable[[Client], object], expected: type[Any], slug: str
) -> None:
    with pytest.raises(expected) as caught:
        call(typed)
    error = caught.value
    assert error.type == f"urn:wholeads:problem:{slug}"
    assert error.title and error.detail and str(error.status) in str(error)


def test_the_key_and_the_address_come_from_the_environment(client_with: Callable[..., httpx.Client]) -> None:
    url = str(client_with(api_keys="secret").base_url)
    with Client(environ={"WHOLEADS_URL": url, "WHOLEADS_API_KEY": "secret"}) as typed:
        assert typed.ask(QUESTION)["values"] == ["Nissan"]
    with Client(url, "wrong", environ={"WHOLEADS_API_KEY": "secret"}) as typed, pytest.raises(KeyNeeded):
        typed.ask(QUESTION)


def test_a_limited_client_waits_as_it_is_told(client_with: Callable[..., httpx.Client], clock: Any) -> None:
    url = str(client_with(rate_limit="1").base_url)
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock.now += seconds

    with Client(url, environ={}, sleep=sleep) as typed:
        assert [typed.ask(QUESTION)["values"] for _ in range(2)] == [["Nissan"]] * 2
        assert waited == [60.0]
    with Client(url, environ={}, sleep=sleep, retries=0) as typed, pytest.raises(TooManyRequests) as caught:
        typed.ask(QUESTION)
    assert caught.value.retry_after == 60.0 and len(waited) == 1


def answering(*responses: httpx.Response) -> tuple[list[float], Client, AsyncClient]:
    """Both clients of a server that gives these responses in turn, the last one again and again; and what is waited."""
    waited: list[float] = []
    left = {"sync": list(responses), "async": list(responses)}

    def respond(which: str) -> httpx.Response:
        response = left[which].pop(0) if len(left[which]) > 1 else left[which][0]
        return httpx.Response(response.status_code, headers=response.headers, content=response.content)

    async def respond_later(_: httpx.Request) -> httpx.Response:
        return respond("async")

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    plain = Client(transport=httpx.MockTransport(lambda _: respond("sync")), sleep=waited.append, environ={})
    later = AsyncClient(transport=httpx.MockTransport(respond_later), sleep=sleep, environ={})
    return waited, plain, later


BUSY = httpx.Response(503, headers={"Retry-After": "2"}, json={"title": "The server is full", "status": 503})
CORPORA = {"default": "a", "corpora": [], "of another version": 1}


def test_a_full_server_is_asked_again_and_in_the_end_believed() -> None:
    waited, plain, later = answering(BUSY, BUSY, httpx.Response(200, json=CORPORA))
    assert plain.corpora() == asyncio.run(later.corpora()) == CORPORA
    assert waited == [2.0] * 4
    waited, plain, later = answering(BUSY)
    for call in (plain.corpora, lambda: asyncio.run(later.corpora())):
        with pytest.raises(Unavailable) as caught:
            call()
        assert (caught.value.title, caught.value.retry_after) == ("The server is full", 2.0)
    assert waited == [2.0] * 4


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (httpx.Response(503, text="no Retry-After"), Unavailable),
        (httpx.Response(503, headers={"Retry-After": "3600"}), Unavailable),
        (httpx.Response(429, headers={"Retry-After": "soon"}, json=[1]), TooManyRequests),
        (httpx.Response(500, headers={"Retry-After": "1"}), ServerFailed),
        (httpx.Response(502, html="<h1>Bad gateway</h1>"), ServerFailed),
        (httpx.Response(302, headers={"Location": "http://elsewhere.example/"}), Refused),
        (httpx.Response(418, json={"status": "teapot", "detail": 7}), Refused),
    ],
)
def test_what_need_not_be_tried_again_is_told_at_once(response: httpx.Response, expected: type[Any]) -> None:
    waited, plain, _ = answering(response)
    with pytest.raises(expected) as caught:
        plain.corpora()
    assert waited == [] and caught.value.status == response.status_code


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"[]", b"{}", b"\xff", b'{"default": 1, "corpora": []}', b"1" * 9999]
)
def test_what_is_not_of_this_api_is_not_understood(content: bytes) -> None:
    with pytest.raises(NotUnderstood, match="base_url"):
        answering(httpx.Response(200, content=content))[1].corpora()


@pytest.mark.parametrize(
    "sent", ["", 'event: status\ndata: {"status": "a"}\n\n', ": a comment\n\nevent: of another version\ndata: 1\n\n"]
)
def test_a_stream_that_is_cut_off_is_no_answer(sent: str) -> None:
    _, plain, later = answering(httpx.Response(200, text=sent))
    with pytest.raises(NotReached, match="broke off"):
        list(plain.stream("Who?"))

    async def drained() -> None:
        async for _event in later.stream("Who?"):
            pass

    with pytest.raises(NotReached, match="broke off"):
        asyncio.run(drained())


def test_a_stream_that_is_left_is_closed(typed: Client) -> None:
    for _ in range(30):  # more than the connections that it may hold at once would be slow to get otherwise
        events = typed.stream(QUESTION)
        next(events)
        events.close()  # type: ignore[attr-defined]
    assert typed.ask(QUESTION)["values"] == ["Nissan"]


def test_what_cannot_be_sent_or_reached_is_told() -> None:
    for url in ("http://127.0.0.1:9", "127.0.0.1:8000", "http://[", "ftp://127.0.0.1", "http://127.0.0.1:99999"):
        with pytest.raises(NotReached):
            Client(url, environ={}, timeout=5).corpora()
    with pytest.raises(ClientError, match="cannot be sent"):
        Client(environ={}).ask("\ud800")
    with pytest.raises(ClientError, match="cannot be sent"):
        Client(api_key="ключ", environ={})


def test_every_route_is_called_or_left_out_on_purpose_with_the_shapes_of_the_description(client: httpx.Client) -> None:
    openapi = client.get("/openapi.json").json()
    described = {
        f"{method.upper()} {path}": operation
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    }
    called = {f"{endpoint.method} {endpoint.path}": endpoint for endpoint in ENDPOINTS}
    assert called.keys() | LEFT_OUT.keys() == described.keys()
    assert called.keys() & LEFT_OUT.keys() == set()
    for name, endpoint in called.items():
        [(status, given)] = [each for each in described[name]["responses"].items() if each[0].startswith("2")]
        if endpoint.gives is type(None):
            assert status == "204" and "content" not in given
            continue
        reference = given["content"]["application/json"]["schema"]["$ref"]
        schema = TypeAdapter(endpoint.gives).json_schema(ref_template="#/components/schemas/{model}")
        others = schema.pop("$defs", {})
        shapes = openapi["components"]["schemas"]
        assert reference == f"#/components/schemas/{schema['title']}"
        assert shapes[schema["title"]] == schema
        assert {known: shapes[known] for known in others} == others


def test_every_parameter_can_be_sent(client: httpx.Client) -> None:
    from typing import get_type_hints

    from bot.client import requests

    paths = client.get("/openapi.json").json()["paths"]

    def body(path: str, method: str = "post") -> set[str]:
        return set(paths[path][method]["requestBody"]["content"]["application/json"]["schema"]["properties"])

    def query(path: str) -> set[str]:
        return {each["name"] for each in paths[path]["get"]["parameters"] if each["in"] == "query"}

    def options(shape: type[Any]) -> set[str]:
        return set(get_type_hints(shape))

    assert body("/v1/ask") == options(requests.AskOptions) | {"question", "stream"}
    assert body("/v1/check") == options(requests.CheckOptions) | {"text", "stream"}
    assert body("/v1/feedback") == options(requests.FeedbackOptions) | {"rating"}
    assert query("/v1/facts") == options(requests.FactsOptions)
    assert query("/v1/documents") == options(requests.PageOptions)
    assert query("/v1/documents/{id}") == options(requests.CheckOptions)
    assert query("/v1/conversations") == options(requests.ConversationsOptions)
    assert query("/v1/conversations/{id}") == options(requests.TurnsOptions)
    assert body("/v1/conversations/{id}", "patch") == {"title"}


def test_a_fact_of_the_client_is_typed(typed: Client) -> None:
    [fact] = typed.facts(object="Europe")["facts"]
    TypeAdapter(FactJson).validate_python(fact)
    assert json.loads(json.dumps(fact)) == fact


def test_it_loads_neither_models_nor_servers() -> None:
    program = "import sys, bot.client; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    heavy = {
        "chromadb", "fastapi", "gradio", "index", "langchain", "langchain_core", "mcp", "numpy", "onnxruntime",
        "openai", "sentence_transformers", "sqlalchemy", "torch", "transformers", "typer", "uvicorn",
    }  # fmt: skip
    assert heavy & set(done.stdout.split()) == set()
