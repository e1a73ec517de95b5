"""The log: a JSON line a request under its id, and nothing in it that anybody wrote unless that is asked for."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.answering.settings import Settings
from bot.serving.api import create_api
from bot.serving.api.logs import HEADER, set_up
from tests.api.fake_library import make_library
from tests.fenced import fenced_blocks

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"

Log = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logged() -> Iterator[Callable[..., tuple[TestClient, Log]]]:
    """Makes a client of a server that logs, and what gives its lines so far."""
    names = ("", "wholeads", "uvicorn", "uvicorn.error")
    loggers = [logging.getLogger(name) for name in names]
    before = [(each, list(each.handlers), each.level, each.propagate) for each in loggers]

    def make(**settings: str) -> tuple[TestClient, Log]:
        given = Settings.from_environ({f"WHOLEADS_{name.upper()}": value for name, value in settings.items()})
        stream = io.StringIO()
        set_up(given, stream)
        client = TestClient(create_api(make_library(), given), raise_server_exceptions=False)
        return client, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]

    yield make
    for logger, handlers, level, propagate in before:
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)


@pytest.mark.parametrize("stream", [False, True])
def test_a_request_is_one_line_with_what_came_of_it(logged: Callable[..., Any], stream: bool) -> None:
    client, lines = logged(log="json")
    body = {"question": "Who leads Japan, Xyzzy?", "stream": stream}
    response = client.post("/v1/ask?xyzzy", json=body, headers={HEADER: "from-the-proxy.1"})
    assert response.headers[HEADER] == "from-the-proxy.1"
    [line] = lines()
    [block] = [block for block in fenced_blocks(PAGE.read_text(encoding="utf-8")) if block.mark == "shape: log"]
    assert json.loads(block.body).keys() == line.keys(), "the page shows a line as it is"
    assert line.pop("ms") > 0 and re.match(r"\d{4}-\d\d-\d\dT", line.pop("time"))
    assert line == {
        "level": "INFO", "logger": "wholeads.requests", "message": "POST /v1/ask 200", "request_id": "from-the-proxy.1",
        "method": "POST", "route": "/v1/ask", "status": 200,
        "reader": "exact", "generator": "facts", "answer_status": "answered",
    }  # fmt: skip


def test_questions_are_told_where_that_is_asked_for(logged: Callable[..., Any]) -> None:
    client, lines = logged(log="json", log_questions="1")
    client.post("/v1/ask", json={"question": "Who leads “Japan”?"})
    assert lines()[0]["question"] == "Who leads “Japan”?"


@pytest.mark.parametrize("sent", ["", "two words", "a" * 129, 'x"y', "naïve", "{{id}}"])
def test_an_id_that_is_none_is_replaced(logged: Callable[..., Any], sent: str) -> None:
    client, lines = logged(log="json")
    ids = {client.get("/healthz", headers={HEADER: sent.encode()}).headers[HEADER] for _ in range(2)}
    assert len(ids) == 2 and all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)
    assert {line["request_id"] for line in lines()} == ids


def test_what_fails_has_its_id_in_each_line_and_in_the_response(logged: Callable[..., Any]) -> None:
    client, lines = logged(log="json")
    for stream in (False, True):
        response = client.post("/v1/ask", json={"question": "explode", "stream": stream}, headers={HEADER: "boom"})
        assert response.headers[HEADER] == "boom"
    assert client.get("/nothing").status_code == 404
    found = lines()
    assert [(line["status"], line["route"]) for line in found if line["logger"] == "wholeads.requests"] == [
        (500, "/v1/ask"), (200, "/v1/ask"), (404, "other"),
    ]  # fmt: skip
    [fault] = [line for line in found if line["logger"] != "wholeads.requests"]
    assert fault["request_id"] == "boom" and "the bot is broken" in fault["exc_info"]


def test_faults_alone_are_told_where_nothing_is_asked_for(logged: Callable[..., Any]) -> None:
    client, lines = logged()
    assert client.post("/v1/ask", json={"question": "Who leads Japan?"}).headers[HEADER]
    assert lines() == []
