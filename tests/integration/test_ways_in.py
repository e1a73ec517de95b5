"""Every way in gives the same text, values and citations, streamed and not, follow-ups included.

One server, the real bot, and the clients that people use: each has to say what ``POST /v1/ask`` says.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
import openai
import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from mcp import Client as McpClient
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from bot.answering.settings import Settings
from bot.client import AsyncClient, CitationEvent, Client, DeltaEvent, DoneEvent, Turn
from tests.fenced import fenced_blocks

pytest_plugins = ("tests.bot.checking_fixtures",)

ROOT = Path(__file__).parents[2]
SECONDS = 60
DIALOGUES = (
    ("Who leads in Europe?", "And Japan?", "Does it also lead China?"),
    ("Which regions does Renault lead?", "And Mitsubishi?"),
    ("Who leads in Thailand?",),
    ("Why does Nissan lead Europe?",),
    ("Who leads connected technology?",),
    ("Qui est le leader au Japon ?",),
    ("Who leads in India?",),
    ("hello",),
)


@dataclass(frozen=True)
class Told:
    """What a client can read out of an answer; ``all`` is the whole of it where it is sent whole."""

    text: str
    values: list[str]
    citations: list[dict[str, Any]]
    all: Mapping[str, Any] | None = field(default=None, compare=False)


Ask = Callable[[str, list[Turn]], Told]
"""Asks a question with the turns before it."""
Way = Callable[[str, Settings], list[Told]]
"""Goes through all dialogues at a server (or, over stdio, one with these settings)."""


def all_told(ask: Ask) -> list[Told]:
    """The dialogues' answers, each question with the turns before it."""
    told = []
    for questions in DIALOGUES:
        history: list[Turn] = []
        for question in questions:
            told.append(ask(question, list(history)))
            history += [{"role": "user", "content": question}, {"role": "assistant", "content": told[-1].text}]
    return told


async def all_told_later(ask: Callable[[str, list[Turn]], Awaitable[Told]]) -> list[Told]:
    told = []
    for questions in DIALOGUES:
        history: list[Turn] = []
        for question in questions:
            told.append(await ask(question, list(history)))
            history += [{"role": "user", "content": question}, {"role": "assistant", "content": told[-1].text}]
    return told


def whole(answer: Mapping[str, Any]) -> Told:
    """Out of the JSON of an answer."""
    return Told(answer["answer"], answer["values"], answer["citations"], untimed(answer))


def untimed(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key not in ("session_id", "timings_ms")}


def from_events(events: Iterable[tuple[str, Mapping[str, Any]]]) -> Told:
    """Out of server-sent events: the text of the pieces, the citations as they came."""
    told = list(events)
    text = "".join(data["text"] for name, data in told if name == "delta")
    assert told[-1][0] == "done"
    done = told[-1][1]
    return Told(text, done["values"], [dict(data) for name, data in told if name == "citation"], untimed(done))


def parsed(stream: str) -> Iterable[tuple[str, Any]]:
    for event in stream.strip().split("\n\n"):
        name, data = event.split("\n")
        yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def by_http(url: str, _: Settings) -> list[Told]:
    with httpx.Client(base_url=url, timeout=SECONDS, trust_env=False) as http:
        return all_told(lambda q, history: whole(http.post("/v1/ask", json=body(q, history)).json()))


def by_http_stream(url: str, _: Settings) -> list[Told]:
    with httpx.Client(base_url=url, timeout=SECONDS, trust_env=False) as http:
        return all_told(lambda q, h: from_events(parsed(http.post("/v1/ask", json=body(q, h, stream=True)).text)))


def by_session(url: str, _: Settings) -> list[Told]:
    """The server keeps the turns; each dialogue is a session."""
    with httpx.Client(base_url=url, timeout=SECONDS, trust_env=False) as http:
        told = []
        for questions in DIALOGUES:
            session = None
            for question in questions:
                answer = http.post("/v1/ask", json={"question": question, "session_id": session}).json()
                session = answer["session_id"]
                told.append(whole(answer))
        return told


def body(question: str, history: list[Turn], **more: object) -> dict[str, object]:
    return {"question": question, "history": history, **more}


def curled(url: str, sent: Mapping[str, object]) -> str:
    command = [
        "curl",
        "-sS",
        "-N",
        "--noproxy",
        "*",
        f"{url}/v1/ask",
        "-H",
        "Content-Type: application/json",
        "-d",
        "@-",
    ]
    done = subprocess.run(command, input=json.dumps(sent), capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


def by_curl(url: str, _: Settings) -> list[Told]:
    return all_told(lambda question, history: whole(json.loads(curled(url, body(question, history)))))


def by_curl_stream(url: str, _: Settings) -> list[Told]:
    return all_told(lambda question, history: from_events(parsed(curled(url, body(question, history, stream=True)))))


def by_client(url: str, _: Settings) -> list[Told]:
    with Client(url, environ={}) as client:
        return all_told(lambda question, history: whole(client.ask(question, history=history)))


def from_typed(events: Sequence[object]) -> Told:
    done = events[-1]
    assert isinstance(done, DoneEvent)
    text = "".join(event.text for event in events if isinstance(event, DeltaEvent))
    citations = [dict(event.citation) for event in events if isinstance(event, CitationEvent)]
    return Told(text, done.result["values"], citations, untimed(done.result))


def by_client_stream(url: str, _: Settings) -> list[Told]:
    with Client(url, environ={}) as client:
        return all_told(lambda question, history: from_typed(list(client.stream(question, history=history))))


def by_async_client(url: str, _: Settings) -> list[Told]:
    async def run() -> list[Told]:
        async with AsyncClient(url, environ={}) as client:

            async def ask(question: str, history: list[Turn]) -> Told:
                return whole(await client.ask(question, history=history))

            return await all_told_later(ask)

    return asyncio.run(run())


def by_async_client_stream(url: str, _: Settings) -> list[Told]:
    async def run() -> list[Told]:
        async with AsyncClient(url, environ={}) as client:

            async def ask(question: str, history: list[Turn]) -> Told:
                return from_typed([event async for event in client.stream(question, history=history)])

            return await all_told_later(ask)

    return asyncio.run(run())


def from_annotations(text: str, annotations: Iterable[Mapping[str, Any]], own: Mapping[str, Any]) -> Told:
    """Out of OpenAI's shapes; what an annotation has of that API's own is left aside."""
    theirs = ("url", "title", "start_index", "end_index")
    cited = [annotation["url_citation"] for annotation in annotations]
    citations = [{key: value for key, value in each.items() if key not in theirs} for each in cited]
    assert all((each["start_index"], each["end_index"]) == (each["answer_start"], each["answer_end"]) for each in cited)
    assert all(each["title"] == each["document_title"] for each in cited)
    return Told(text, own["values"], citations)


def official(url: str) -> openai.OpenAI:
    direct = httpx.Client(trust_env=False)
    return openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=SECONDS, http_client=direct)


def by_openai(url: str, _: Settings) -> list[Told]:
    with official(url) as client:

        def ask(question: str, history: list[Turn]) -> Told:
            messages: Any = [*history, {"role": "user", "content": question}]
            message = client.chat.completions.create(model="alliance", messages=messages).choices[0].message
            told = message.model_dump()
            return from_annotations(told["content"], told["annotations"], told["wholeads"])

        return all_told(ask)


def by_openai_stream(url: str, _: Settings) -> list[Told]:
    with official(url) as client:

        def ask(question: str, history: list[Turn]) -> Told:
            messages: Any = [*history, {"role": "user", "content": question}]
            chunks = client.chat.completions.create(model="alliance", messages=messages, stream=True)
            deltas = [chunk.choices[0].delta.model_dump() for chunk in chunks]
            [beside] = [delta for delta in deltas if "annotations" in delta]
            text = "".join(delta["content"] or "" for delta in deltas)
            return from_annotations(text, beside["annotations"], beside["wholeads"])

        return all_told(ask)


def langchain(url: str, name: str) -> Any:
    """A chat model of docs/langchain.md, as it stands there."""
    page = (ROOT / "docs" / "langchain.md").read_text(encoding="utf-8")
    [program] = [block.body for block in fenced_blocks(page) if f"chat = {name}(" in block.body]
    code: dict[str, Any] = {}
    exec(compile(program.partition("\nchat = ")[0], "docs/langchain.md", "exec", dont_inherit=True), code)
    direct = httpx.Client(trust_env=False)
    return code[name](base_url=f"{url}/v1", api_key="none", model="alliance", max_retries=0, http_client=direct)


def messages_of(question: str, history: list[Turn]) -> list[AnyMessage]:
    said = {"user": HumanMessage, "assistant": AIMessage}
    return [*(said[turn["role"]](turn["content"]) for turn in history), HumanMessage(question)]


def by_langchain(url: str, _: Settings) -> list[Told]:
    chat = langchain(url, "CitingChat")

    def ask(question: str, history: list[Turn]) -> Told:
        message = chat.invoke(messages_of(question, history))
        return from_annotations(message.content, **of_message(message))

    return all_told(ask)


def by_langchain_stream(url: str, _: Settings) -> list[Told]:
    chat = langchain(url, "CitingChat")

    def ask(question: str, history: list[Turn]) -> Told:
        message, *chunks = chat.stream(messages_of(question, history))
        for chunk in chunks:
            message += chunk
        return from_annotations(message.content, **of_message(message))

    return all_told(ask)


def of_message(message: AIMessage) -> dict[str, Any]:
    return {"annotations": message.additional_kwargs["annotations"], "own": message.additional_kwargs["wholeads"]}


def by_mcp(transport: AbstractAsyncContextManager[Any], mode: str) -> Callable[[], Awaitable[list[Told]]]:
    async def run() -> list[Told]:
        with anyio.fail_after(2 * SECONDS):
            async with McpClient(transport, mode=mode) as client:

                async def ask(question: str, history: list[Turn]) -> Told:
                    result = await client.call_tool("ask", body(question, history))
                    assert not result.is_error, result.content
                    return whole(result.structured_content)

                return await all_told_later(ask)

    return run


def by_mcp_over_http(url: str, _: Settings, mode: str) -> list[Told]:
    async def run() -> list[Told]:
        async with httpx2.AsyncClient(trust_env=False, timeout=SECONDS) as http:
            return await by_mcp(streamable_http_client(f"{url}/mcp", http_client=http), mode)()

    return anyio.run(run)


def by_mcp_over_stdio(_: str, settings: Settings) -> list[Told]:
    env = {**os.environ, "WHOLEADS_INDEX": str(settings.index), "PYTHONPATH": str(ROOT)}
    command = StdioServerParameters(command=sys.executable, args=["-m", "bot", "mcp"], env=env, cwd=ROOT)
    return anyio.run(by_mcp(stdio_client(command), "2026-07-28"))


WAYS: dict[str, Way] = {
    "http, streamed": by_http_stream,
    "http, a session": by_session,
    "curl": by_curl,
    "curl, streamed": by_curl_stream,
    "typed client": by_client,
    "typed client, streamed": by_client_stream,
    "typed client, asynchronous": by_async_client,
    "typed client, asynchronous, streamed": by_async_client_stream,
    "openai": by_openai,
    "openai, streamed": by_openai_stream,
    "LangChain": by_langchain,
    "LangChain, streamed": by_langchain_stream,
    "MCP over HTTP, with a handshake": lambda url, settings: by_mcp_over_http(url, settings, "legacy"),
    "MCP over HTTP": lambda url, settings: by_mcp_over_http(url, settings, "2026-07-28"),
    "MCP over stdio": by_mcp_over_stdio,
}


@pytest.fixture(scope="module")
def expected(served: str, alliance_settings: Settings) -> list[Told]:
    return by_http(served, alliance_settings)


def test_the_dialogues_say_something(expected: list[Told]) -> None:
    assert len(expected) == sum(map(len, DIALOGUES))
    assert [told.values for told in expected[:3]] == [["Renault"], ["Nissan"], ["yes"]]
    assert max(len(told.citations) for told in expected) > 1 and expected[-1].citations == []


@pytest.mark.parametrize("way", WAYS)
def test_the_same_by_every_way(served: str, alliance_settings: Settings, expected: list[Told], way: str) -> None:
    if way.startswith("curl") and shutil.which("curl") is None:
        pytest.skip("curl is not installed on this machine")
    told = WAYS[way](served, alliance_settings)
    assert told == expected
    assert all(mine.all in (None, theirs.all) for mine, theirs in zip(told, expected, strict=True))


def test_langchains_own_chat_model_has_the_text(served: str, expected: list[Told]) -> None:
    chat = langchain(served, "ChatOpenAI")
    assert chat.invoke(DIALOGUES[0][0]).content == expected[0].text
    assert "".join(chunk.content for chunk in chat.stream(DIALOGUES[0][0])) == expected[0].text
