"""The description of the API is what the API does: its examples are answers of today, and everything has one."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from bot.answering.bot import Library
from bot.answering.settings import Settings
from bot.serving.api.examples import ExampleJson, examples
from bot.serving.api.schemas import SHAPES, schema_named
from tests.described import SCHEMAS, recorded, schema_text

pytest_plugins = ("tests.bot.checking_fixtures",)

MEND = "run `make described`, look at what has changed, and commit it"
EACH_TIME = ("created", "receipt", "session_id", "sha256", "timings_ms", "updated")
"""What differs from time to time, or with any edit of a corpus."""


@pytest.fixture
def openapi(client: httpx.Client) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/openapi.json").json()
    return described


def settled(value: Any) -> Any:
    """A value without what differs each time."""
    if isinstance(value, dict):
        return {key: settled(each) for key, each in value.items() if key not in EACH_TIME}
    return [settled(each) for each in value] if isinstance(value, list) else value


def events(text: str) -> list[Any]:
    """What the data lines of a stream hold."""
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


def comparable(example: ExampleJson) -> Any:
    given = events(example["given"]) if example["media_type"] == "text/event-stream" else example["given"]
    return {**example, "given": settled(given)}


def test_the_examples_are_what_the_server_says_today(
    alliance_library: Library, alliance_settings: Settings, tmp_path: Path
) -> None:
    today = list(recorded(alliance_library, alliance_settings, tmp_path / "feedback.db"))
    for now, then in zip(today, examples(), strict=True):
        assert comparable(now) == comparable(then), MEND


def test_every_response_and_every_error_has_an_example_of_its_shape(openapi: dict[str, Any]) -> None:
    shown: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            for status, told in operation["responses"].items():
                for media_type, content in told.get("content", {}).items():
                    assert content.get("examples"), (
                        f"{method} {path} {status} {media_type}: add one to tests/described.py"
                    )
                    schema = {**content.get("schema", {}), "components": openapi["components"]}
                    for example in content["examples"].values():
                        Draft202012Validator(schema).validate(example["value"])
                        if "problem" in media_type:
                            shown[method, path, told["description"]].add(example["value"]["title"])
                if "requestBody" in operation:
                    assert operation["requestBody"]["content"]["application/json"]["examples"]
    assert shown
    for (method, path, description), titles in shown.items():
        assert titles == set(description.split("; or: ")), (method, path)


def test_examples_of_openais_shapes_are_of_openais_shapes() -> None:
    by_path = {(each["path"], each["name"]): each["given"] for each in examples()}
    ChatCompletion.model_validate(by_path["/v1/chat/completions", "completed"])
    *chunks, done = events(by_path["/v1/chat/completions", "streamed"])
    assert done == "[DONE]" and [ChatCompletionChunk.model_validate(chunk) for chunk in chunks]
    Model.model_validate(by_path["/v1/models/{id}", "a model"])


def test_the_schemas_in_docs_are_those_that_are_served(client: httpx.Client) -> None:
    assert client.get("/v1/schemas").json() == {"schemas": list(SHAPES)}
    assert {path.stem for path in SCHEMAS.iterdir()} == set(SHAPES)
    for name in SHAPES:
        assert (SCHEMAS / f"{name}.json").read_text(encoding="utf-8") == schema_text(name), MEND
        assert client.get(f"/v1/schemas/{name}").json() == schema_named(name)


def test_answers_are_of_their_schema_and_others_are_not(client: httpx.Client) -> None:
    validator = Draft202012Validator(schema_named("answer"))
    Draft202012Validator.check_schema(validator.schema)
    for question in ("Who leads in Asia?", "Why does Nissan lead Europe?", "hello", "Who leads in India?"):
        answer = client.post("/v1/ask", json={"question": question}).json()
        validator.validate(answer)
        for wrong in ({"status": "maybe"}, {"verdict": "yes"}, {"citations": [{}]}, {"values": None}):
            assert not validator.is_valid({**answer, **wrong})
    Draft202012Validator(schema_named("check")).validate(client.post("/v1/check", json={"text": "Peru."}).json())
