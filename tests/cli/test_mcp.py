"""``wholeads mcp``: the SDK's own client against the command line as a process, over its stdin and stdout."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, TextContent, TextResourceContents

from bot.schema.contract import answer_to_json, report_to_json
from tests.cli.conftest import TEXT, Backend
from tests.cli.test_process import PROGRAM, ROOT, environ, start

Result = TypeVar("Result")
NOISY = """
import logging, sys
from tests.cli.conftest import Backend
opened = Backend.open_library
def noisy(self, settings, corpora):
    print("a library that prints")
    logging.getLogger("wholeads").warning("a library that warns")
    shelf = opened(self, settings, corpora)
    ask = shelf.bot.ask
    def loud(question, history=()):
        print("a bot that prints")
        return ask(question, history)
    shelf.bot.ask = loud
    return shelf
Backend.open_library = noisy
"""
HELLO = {
    "jsonrpc": "2.0", "id": 0, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}},
}  # fmt: skip


def talk(errors: Path, dialogue: Callable[[Client], Awaitable[Result]], mode: str) -> Result:
    """What a dialogue with the process gives; what it writes to stderr goes to a file."""
    command = StdioServerParameters(command=sys.executable, args=["-c", PROGRAM, "mcp"], env=dict(environ()), cwd=ROOT)

    async def run() -> Result:
        with anyio.fail_after(60), errors.open("w") as stderr:
            async with Client(stdio_client(command, errlog=stderr), mode=mode) as client:
                return await dialogue(client)

    return anyio.run(run)


def given(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.content
    [content] = result.content
    assert isinstance(content, TextContent)
    assert json.loads(content.text) == result.structured_content
    return result.structured_content


def test_the_tools_and_the_documents_are_there(tmp_path: Path) -> None:
    async def dialogue(client: Client) -> dict[str, Any]:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        answer = given(await client.call_tool("ask", {"question": "Who runs the north line?"}))
        report = given(await client.call_tool("check", {"text": "Ben runs “it”."}))
        [found] = given(await client.call_tool("search", {"query": "trams"}))["results"]
        fetched = given(await client.call_tool("fetch", {"id": found["id"]}))
        [resource] = (await client.list_resources()).resources
        [contents] = (await client.read_resource(resource.uri)).contents
        assert isinstance(contents, TextResourceContents)
        return {
            "tools": tools, "answer": answer, "report": report, "found": found["id"], "fetched": fetched["text"],
            "read": (resource.uri, contents.text),
        }  # fmt: skip

    bot = Backend().bot
    told = talk(tmp_path / "stderr", dialogue, "2026-07-28")
    answer_id = told["answer"].pop("answer_id")
    assert re.fullmatch(r"[0-9a-f]{32}", answer_id)
    assert told == {
        "tools": ["search", "fetch", "ask", "check"],
        "answer": {k: v for k, v in answer_to_json(bot.ask("Who runs the north line?")).items() if k != "answer_id"},
        "report": report_to_json(bot.check("Ben runs “it”.")),
        "found": "lines#0",
        "fetched": "Anna runs the north line.",
        "read": ("wholeads://railway/documents/lines", TEXT),
    }
    assert (tmp_path / "stderr").read_text() == ""


def test_what_is_wrong_is_told_and_the_next_call_is_served(tmp_path: Path) -> None:
    async def dialogue(client: Client) -> list[str]:
        wrong = [
            await client.call_tool("ask", {"question": "Who runs the north line?", "corpus": "bus"}),
            await client.call_tool("ask", {"question": " "}),
            await client.call_tool("check", {}),
        ]
        assert all(result.is_error for result in wrong)
        assert given(await client.call_tool("ask", {"question": "Who runs the line?"}))["values"] == ["Anna"]
        return [content.text for result in wrong for content in result.content if isinstance(content, TextContent)]

    unknown, blank, empty = talk(tmp_path / "stderr", dialogue, "legacy")
    assert unknown == "No corpus 'bus'; there is 'railway'."
    assert blank.startswith("Send a question in words")
    assert empty.startswith("text: Field required")


def test_on_stdout_stands_the_protocol_alone(tmp_path: Path) -> None:
    calls = [
        HELLO,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
         "params": {"name": "ask", "arguments": {"question": "Who runs “the” line?"}}},
    ]  # fmt: skip
    command = [sys.executable, "-c", NOISY + PROGRAM, "mcp"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environ(), **pipes) as process:  # type: ignore[call-overload]
        assert process.stdin and process.stdout and process.stderr
        lines = []
        for sent in (b"this is no JSON", b'"\\ud800"', *(json.dumps(call).encode() for call in calls)):
            process.stdin.write(sent + b"\n")
            process.stdin.flush()
        while not lines or lines[-1].get("id") != 1:
            lines.append(json.loads(process.stdout.readline()))
        process.stdin.close()
        assert process.wait(30) == 0
        assert process.stdout.read() == b""
        errors = process.stderr.read().decode()
    assert all(line["jsonrpc"] == "2.0" for line in lines)
    assert lines[-1]["result"]["structuredContent"]["answer"] == "Anna runs it. [1]"
    for told in ("a library that prints", "a library that warns", "a bot that prints"):
        assert told in errors


def test_ctrl_c_ends_it_at_once() -> None:
    with start("mcp") as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(json.dumps(HELLO).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "wholeads"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == b""


def test_a_corpus_that_is_not_there_is_wrong_use() -> None:
    with start("mcp", "--corpus", "bus") as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, b"")
    assert b"error: corpus 'bus'" in err
