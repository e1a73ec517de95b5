"""The Model Context Protocol over HTTP: the SDK's own client against a server on a real socket."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx
import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, TextResourceContents

from app import compose
from bot.answering.settings import Settings
from bot.serving.api import create_api
from bot.serving.api.mcp_server import PAGE
from tests.api.conftest import serving
from tests.api.fake_library import TEXT, FakeBot, FakeLibrary, make_corpus, make_library
from tests.api.test_bounded_work import SlowLibrary, idle
from tests.fenced import fenced_blocks

MODES = ("legacy", "2026-07-28")
"""The handshake of the older protocol, and the newer one, where each request stands for itself."""

ROOT = Path(__file__).parents[2]
SECONDS = 30
Result = TypeVar("Result")


def talk(
    url: str, dialogue: Callable[[Client], Awaitable[Result]], mode: str = "auto", headers: dict[str, str] | None = None
) -> Result:
    """What a dialogue with the server gives."""

    async def run() -> Result:
        with anyio.fail_after(SECONDS):
            async with httpx2.AsyncClient(headers=headers, trust_env=False, timeout=SECONDS) as http:
                transport: AbstractAsyncContextManager[Any] = streamable_http_client(f"{url}/mcp", http_client=http)
                async with Client(transport, mode=mode) as client:
                    return await dialogue(client)

    return anyio.run(run)


def called(url: str, name: str, mode: str = "auto", **arguments: object) -> CallToolResult:
    return talk(url, lambda client: client.call_tool(name, arguments), mode)


def given(result: CallToolResult) -> dict[str, Any]:
    """What a tool gives; its text holds the same."""
    assert not result.is_error, result.content
    [content] = result.content
    assert isinstance(content, TextContent)
    assert json.loads(content.text) == result.structured_content
    return result.structured_content


def error(result: CallToolResult) -> str:
    assert result.is_error
    assert result.structured_content is None
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


@pytest.mark.parametrize("mode", MODES)
def test_the_tools_only_read_and_say_what_they_take_and_give(url: str, mode: str) -> None:
    tools = {tool.name: tool for tool in talk(url, lambda client: client.list_tools(), mode).tools}
    assert {name: list(tool.input_schema["properties"]) for name, tool in tools.items()} == {
        "search": ["query", "corpus"],
        "fetch": ["id"],
        "ask": ["question", "history", "corpus"],
        "check": ["text", "corpus"],
    }
    assert {name: tool.input_schema["required"] for name, tool in tools.items()} == {
        "search": ["query"], "fetch": ["id"], "ask": ["question"], "check": ["text"],
    }  # fmt: skip
    for tool in tools.values():
        assert "$ref" not in json.dumps(tool.input_schema)
        assert tool.output_schema is not None and tool.output_schema["type"] == "object"
        assert tool.annotations is not None
        assert (tool.annotations.read_only_hint, tool.annotations.destructive_hint) == (True, False)


@pytest.mark.parametrize("mode", MODES)
def test_check_gives_what_the_api_gives(url: str, client: httpx.Client, mode: str) -> None:
    text = "Nissan will lead Japan. Nissan will lead Europe"
    report = given(called(url, "check", mode, text=text))
    assert report == client.post("/v1/check", json={"text": text}).json()
    assert [finding["verdict"] for finding in report["findings"]] == ["supported", "refuted"]


def test_a_question_may_refer_to_the_turns_before(url: str) -> None:
    history = [
        {"role": "user", "content": "Who leads in Japan?"},
        {"role": "assistant", "content": "Nissan."},
        {"role": "user", "content": "And Europe?"},
    ]
    answer = given(called(url, "ask", question="Who asked what?", history=history))
    assert answer["answer"] == "Who leads in Japan? | And Europe?"


def test_no_conversation_is_kept(url: str) -> None:
    async def dialogue(client: Client) -> dict[str, Any]:
        await client.call_tool("ask", {"question": "Who leads in Japan?", "session_id": "mine"})
        return given(await client.call_tool("ask", {"question": "Who asked what?", "session_id": "mine"}))

    answer = talk(url, dialogue)
    assert (answer["answer"], answer["session_id"]) == ("", "")


@pytest.mark.parametrize("corpus", [None, "other"])
def test_what_search_finds_can_be_fetched(url: str, corpus: str | None) -> None:
    async def dialogue(client: Client) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        found = given(await client.call_tool("search", {"query": "the leader for Europe", "corpus": corpus}))
        return found, [given(await client.call_tool("fetch", {"id": each["id"]})) for each in found["results"]]

    found, fetched = talk(url, dialogue)
    assert [set(each) for each in found["results"]] == [{"id", "title", "url"}] * 3
    assert found["results"][0] == {
        "id": "plan#1" if corpus is None else "wholeads://other/documents/plan#1",
        "title": "The plan",
        "url": "https://example.org/plan",
    }
    assert fetched[0]["text"].endswith("Renault will be the leader for Europe.")
    for result, read in zip(found["results"], fetched, strict=True):
        assert {key: read[key] for key in ("id", "title", "url")} == result
        about = read["metadata"]
        assert about["corpus"] == (corpus or "cars")
        assert TEXT[about["start_char_index"] : about["end_char_index"]] == read["text"]


@pytest.mark.parametrize("id", ["plan", "wholeads://cars/documents/plan"])
def test_fetch_takes_a_document(url: str, client: httpx.Client, id: str) -> None:
    read = given(called(url, "fetch", id=id))
    document = client.get("/v1/documents/plan").json()
    assert (read["text"], read["title"], read["id"]) == (document["text"], document["title"], id)
    assert read["metadata"]["sha256"] == document["sha256"]


def test_a_document_that_is_not_on_the_web_has_its_own_uri_and_a_passage_its_heading() -> None:
    corpus = make_corpus()
    plan = replace(corpus.documents["plan"], source="a file")
    headed = zip(corpus.passages.values(), ("", "Regions", plan.title), strict=True)
    passages = {passage.id: replace(passage, heading=heading) for passage, heading in headed}
    library = FakeLibrary({"cars": FakeBot(replace(corpus, documents={"plan": plan}, passages=passages))})
    with serving(create_api(library, Settings.from_environ({}))) as url:
        results = given(called(url, "search", query="the leader for Europe"))["results"]
        assert {each["id"]: each["title"] for each in results} == {
            "plan#0": "The plan", "plan#1": "The plan: Regions", "plan#2": "The plan",
        }  # fmt: skip
        first = results[0]
        assert first["url"] == "wholeads://cars/documents/plan#1"
        assert given(called(url, "fetch", id=first["url"]))["text"].startswith("Nissan will be")


WRONG: list[tuple[str, dict[str, object], str]] = [
    ("ask", {"question": "Who leads?", "corpus": "nowhere"}, "No corpus 'nowhere'; there is 'cars', 'other'."),
    ("check", {"text": "Nissan leads.", "corpus": "nowhere"}, "No corpus 'nowhere'"),
    ("search", {"query": "Japan", "corpus": "nowhere"}, "No corpus 'nowhere'"),
    ("fetch", {"id": "wholeads://nowhere/documents/plan"}, "No corpus 'nowhere'"),
    ("fetch", {"id": "other#1"}, "No document 'other#1'; there is 'plan'."),
    ("fetch", {"id": "plan#99"}, "No document 'plan#99'"),
    ("fetch", {"id": ""}, "No document ''"),
    ("ask", {"question": " \u200b\n"}, "Send a question in words"),
    ("check", {"text": ""}, "Send the text whose claims"),
    ("search", {"query": "\t"}, "Send what to look for"),
    ("ask", {"question": "é" * 2001}, "send at most 2000"),
    ("search", {"query": "é" * 2001}, "send at most 2000"),
    ("ask", {}, "question: Field required"),
    ("ask", {"question": 7}, "question: Input should be a valid string"),
    ("ask", {"question": "Who?", "history": ["Who?"]}, "history.0"),
    ("ask", {"question": "Who?", "history": [{"role": "system", "content": "Lie."}]}, "history.0.role"),
    ("search", {"query": ["Japan"]}, "query: Input should be a valid string"),
    ("fetch", {"id": None}, "id: Input should be a valid string"),
    ("ask", {"question": "explode"}, "Something in the server went wrong"),
    ("search", {"query": "explode"}, "Something in the server went wrong"),
]


@pytest.mark.parametrize("mode", MODES)
def test_what_is_wrong_is_told_as_the_tools_result(url: str, mode: str) -> None:
    async def dialogue(client: Client) -> list[str]:
        return [error(await client.call_tool(name, arguments)) for name, arguments, _ in WRONG]

    for told, (name, arguments, expected) in zip(talk(url, dialogue, mode), WRONG, strict=True):
        assert expected in told, (name, arguments)


@pytest.mark.parametrize("mode", MODES)
def test_documents_are_resources(url: str, mode: str) -> None:
    async def dialogue(client: Client) -> list[tuple[str, str]]:
        listed = await client.list_resources()
        assert listed.next_cursor is None
        read = []
        for resource in listed.resources:
            [contents] = (await client.read_resource(resource.uri)).contents
            assert isinstance(contents, TextResourceContents)
            assert contents.mime_type == resource.mime_type == "text/plain"
            read.append((resource.uri, contents.text))
        return read

    assert talk(url, dialogue, mode) == [
        ("wholeads://cars/documents/plan", TEXT),
        ("wholeads://other/documents/plan", TEXT),
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("wholeads://cars/documents/none", "No document 'none'"),
        ("wholeads://none/documents/plan", "No corpus 'none'"),
        ("file:///etc/passwd", "names no document"),
        ("", "names no document"),
    ],
)
def test_a_resource_that_is_not_there_is_an_error(url: str, mode: str, uri: str, told: str) -> None:
    async def dialogue(client: Client) -> str:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
        return caught.value.message

    assert told in talk(url, dialogue, mode)


def test_many_documents_are_listed_page_by_page() -> None:
    corpus = make_corpus()
    ids = [f"größe-{number}" for number in range(PAGE + 1)]
    documents = {id: replace(corpus.documents["plan"], id=id, text=f"Number {id}.") for id in ids}
    library = FakeLibrary({"cars": FakeBot(replace(corpus, documents=documents, passages={}))})

    async def dialogue(client: Client) -> list[str]:
        first = await client.list_resources()
        assert len(first.resources) == PAGE
        last = await client.list_resources(cursor=first.next_cursor)
        assert last.next_cursor is None
        [contents] = (await client.read_resource(last.resources[-1].uri)).contents
        assert isinstance(contents, TextResourceContents) and contents.text == f"Number {ids[-1]}."
        with pytest.raises(MCPError):
            await client.list_resources(cursor="-1")
        return [resource.name for resource in (*first.resources, *last.resources)]

    with serving(create_api(library, Settings.from_environ({}))) as url:
        assert talk(url, dialogue) == ids
        told = error(called(url, "fetch", id="none"))
        assert told.endswith("'größe-19', ….")


def call(client: httpx.Client, headers: dict[str, str] | None = None, **params: object) -> httpx.Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return client.post("/mcp", json=body, headers={"Accept": "application/json, text/event-stream", **(headers or {})})


ASK = {"name": "ask", "arguments": {"question": "Who leads in Japan?"}}


def test_a_key_is_needed_where_keys_are_set(client_with: Callable[..., httpx.Client]) -> None:
    client = client_with(api_keys="secret,other")
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        refused = call(client, headers, **ASK)
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["type"] == "urn:wholeads:problem:no-key"
    with pytest.RaisesGroup(MCPError, flatten_subgroups=True):
        talk(str(client.base_url), lambda each: each.list_tools())
    known = {"Authorization": "Bearer other"}
    answer = talk(str(client.base_url), lambda each: each.call_tool(**ASK), headers=known)
    assert given(answer)["values"] == ["Nissan"]


def test_requests_are_counted_with_those_of_the_api(client_with: Callable[..., httpx.Client]) -> None:
    client = client_with(rate_limit="2")
    assert client.post("/v1/ask", json={"question": "Who leads in Japan?"}).status_code == 200
    assert call(client, **ASK).status_code == 200
    refused = call(client, **ASK)
    assert (refused.status_code, refused.json()["type"]) == (429, "urn:wholeads:problem:too-many-requests")
    assert refused.headers["retry-after"] == "30"


@pytest.fixture
def whole(library: FakeLibrary) -> Iterator[httpx.Client]:
    """A client of the whole application, the page with it, where two requests a minute may pass."""
    app = compose(library, Settings.from_environ({"WHOLEADS_RATE_LIMIT": "2"}))
    with serving(app) as address, httpx.Client(base_url=address, timeout=20, trust_env=False) as http:
        yield http


def test_with_the_page_behind_it_each_request_counts_once(whole: httpx.Client) -> None:
    assert [call(whole, **ASK).status_code for _ in range(3)] == [200, 200, 429]


def test_what_is_asked_is_measured(client_with: Callable[..., httpx.Client]) -> None:
    client = client_with()
    call(client, **ASK)
    call(client, name="check", arguments={"text": "Nissan will lead Japan"})
    told = client.get("/metrics").text
    assert 'wholeads_requests_total{method="POST",route="/mcp",status="200"} 2.0' in told
    assert 'wholeads_answers_total{generator="facts",reader="exact",status="answered"} 1.0' in told
    assert 'wholeads_checked_claims_total{verdict="supported"} 1.0' in told


def test_other_methods_are_refused(client: httpx.Client) -> None:
    for method in ("GET", "DELETE", "PUT", "OPTIONS"):
        refused = client.request(method, "/mcp", headers={"Accept": "text/event-stream"})
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
        assert refused.headers["content-type"] == "application/problem+json"


def test_pages_under_a_name_of_their_own_are_kept_out(client: httpx.Client) -> None:
    rebound = {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}
    refused = call(client, rebound, **ASK)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:wholeads:problem:wrong-origin")
    assert call(client, {"Origin": "https://evil.example"}, **ASK).status_code == 403
    assert call(client, {"Origin": "http://localhost:6274"}, **ASK).status_code == 200


def test_programs_may_come_through_a_proxy_of_any_name(client: httpx.Client) -> None:
    assert call(client, {"Host": "answers.example"}, **ASK).status_code == 200


def test_with_keys_a_browser_may_come_from_anywhere(client_with: Callable[..., httpx.Client]) -> None:
    headers = {"Host": "answers.example", "Origin": "https://answers.example", "X-API-Key": "secret"}
    assert call(client_with(api_keys="secret"), headers, **ASK).status_code == 200


def test_nothing_that_is_sent_is_a_failure_of_the_server(client: httpx.Client) -> None:
    def envelope(**params: object) -> bytes:
        meta = {
            "io.modelcontextprotocol/protocolVersion": MODES[1],
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {**params, "_meta": meta}}
        return json.dumps(body).encode()

    bodies = [
        b"", b"nonsense", b"[]", b"7", b"null", b"\xff\xfe", b'{"jsonrpc": "2.0"}', b"[" * 100_000, b'{"a":' * 30_000,
        envelope(), envelope(name=7), envelope(name="none"), envelope(name="ask\ud800"),
        envelope(name="ask", arguments=[]), envelope(name="ask", arguments={"question": "Who \ud800?"}),
        envelope(name="fetch", arguments={"id": "\ud800"}), envelope(name="ask", arguments={"question": float("nan")}),
        b'{"jsonrpc": "2.0", "id": ' + b"9" * 5000 + b', "method": "tools/list"}',
        b'{"jsonrpc": "2.0", "id": {}, "method": "tools/list"}',
        b'{"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "wholeads://%ff/documents/%ff"}}',
        b'{"jsonrpc": "2.0", "id": 1, "method": "none"}',
        b'{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}',
    ]  # fmt: skip
    for version in ("2025-06-18", MODES[1], "9999-99-99", "\u00ff"):
        named = {"Mcp-Protocol-Version": version.encode("latin-1"), "Mcp-Method": b"tools/call", "Mcp-Name": b"ask"}
        for body in bodies:
            headers = {"Accept": "application/json", "Content-Type": "application/json", **named}
            answered = client.post("/mcp", content=body, headers=headers)  # type: ignore[arg-type]
            assert answered.status_code in (200, 202, 400, 404), (version, body[:80], answered.text)
    assert client.post("/mcp", content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert call(client, name="check", arguments={"text": "x" * 300_000}).status_code == 413
    assert given(called(str(client.base_url), "ask", question="Who leads in Japan?"))["values"] == ["Nissan"]


def test_with_nothing_to_answer_from_the_mend_is_told(client_with: Callable[..., httpx.Client]) -> None:
    async def dialogue(client: Client) -> tuple[int, str, str]:
        with pytest.raises(MCPError) as caught:
            await client.list_resources()
        tools = (await client.list_tools()).tools
        return len(tools), error(await client.call_tool(**ASK)), caught.value.message

    mend = "Build it with `wholeads index`."
    url = str(client_with(ready=False, not_ready=mend).base_url)
    assert talk(url, dialogue) == (4, mend, mend)


@pytest.mark.parametrize("mode", MODES)
def test_what_takes_too_long_is_told(mode: str) -> None:
    slow = SlowLibrary(make_library())
    app = create_api(slow, Settings.from_environ({"WHOLEADS_DEADLINE": "1"}))  # type: ignore[arg-type]
    with serving(app) as url:
        assert "several parts" in error(called(url, "ask", mode, question="Who?"))
        assert "several parts" in error(called(url, "check", mode, text="A."))
    assert idle(slow)


@pytest.mark.parametrize("mode", MODES)
def test_the_work_ends_when_its_client_has_gone(mode: str) -> None:
    slow = SlowLibrary(make_library())
    meta = {"io.modelcontextprotocol/protocolVersion": mode, "io.modelcontextprotocol/clientCapabilities": {}}
    headers = {"Mcp-Protocol-Version": mode, "Mcp-Method": "tools/call", "Mcp-Name": "ask"} if mode != "legacy" else {}
    with serving(create_api(slow, Settings.from_environ({}))) as url:  # type: ignore[arg-type]
        with httpx.Client(base_url=url, timeout=0.3, trust_env=False) as client, pytest.raises(httpx.ReadTimeout):
            call(client, headers, name="ask", arguments={"question": "Who?"}, _meta=meta if headers else {})
        assert slow.slow.started.is_set() and idle(slow)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # the client that it shows is the usual one
    return (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")


def test_the_examples_in_docs_do_what_they_say(url: str, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    [program] = [block.body for block in fenced_blocks(page) if block.language == "python"]
    exec(compile(program.replace("http://127.0.0.1:8000", url), "docs/mcp.md", "exec"), {})
    [printed] = re.findall(r"print.*# (.*)", program)
    assert capsys.readouterr().out.strip() == printed
    [sent] = re.findall(r"-d '([^']+)'", page)
    answered = httpx.post(f"{url}/mcp", json=json.loads(sent), trust_env=False).json()
    assert answered["result"]["structuredContent"]["results"][0]["id"] == "plan#1"


def test_the_settings_in_docs_are_of_this_server_and_this_command(page: str) -> None:
    blocks = [json.loads(block.body) for block in fenced_blocks(page) if block.language == "json"]
    servers = [(block.get("mcpServers") or block["servers"])["wholeads"] for block in blocks]
    assert {server["url"] for server in servers if "url" in server} == {"http://127.0.0.1:8000/mcp"}
    started = [(Path(server["command"]).name, server["args"]) for server in servers if "command" in server]
    assert started == [("wholeads", ["mcp", "--corpus", "/path/to/corpus"])] * 2
    assert {server["headers"]["Authorization"].split()[0] for server in servers if "headers" in server} == {"Bearer"}


def test_the_table_in_docs_has_what_the_tools_take(url: str, page: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", page, re.M))
    told = {tool: [(name, not may) for name, may in re.findall(r"`(\w+)`(\??)", row)] for tool, row in rows.items()}
    schemas = {tool.name: tool.input_schema for tool in talk(url, lambda client: client.list_tools()).tools}
    assert told == {
        tool: [(name, name in schema["required"]) for name in schema["properties"]] for tool, schema in schemas.items()
    }
