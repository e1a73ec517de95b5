"""The examples of the OpenAPI description: requests that were sent to a server, and what it gave."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from typing_extensions import TypedDict


class ExampleJson(TypedDict):
    """A request and its response; ``path`` is that of the description, ``url`` and ``body`` are as they were sent."""

    method: str
    path: str
    url: str
    name: str
    body: Any
    status: int
    media_type: str
    given: Any


class DescribedApi(FastAPI):
    """An application whose description has examples."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = with_examples(super().openapi(), examples())
        return self.openapi_schema


@cache
def examples() -> tuple[ExampleJson, ...]:
    """Those that come with the program; ``make described`` records them."""
    text = (files("bot.serving.api") / "static" / "examples.json").read_text(encoding="utf-8")
    return tuple(json.loads(text))


def with_examples(openapi: dict[str, Any], recorded: tuple[ExampleJson, ...]) -> dict[str, Any]:
    """The description with each example in its place; the framework's own 422 is taken out, as this API has another."""
    for methods in openapi["paths"].values():
        for operation in methods.values():
            if "HTTPValidationError" in json.dumps(operation["responses"].get("422", "")):
                del operation["responses"]["422"]
    for unused in ("HTTPValidationError", "ValidationError"):
        openapi.get("components", {}).get("schemas", {}).pop(unused, None)
    for example in recorded:
        operation = openapi["paths"].get(example["path"], {}).get(example["method"].lower())
        if operation is None or str(example["status"]) not in operation["responses"]:
            continue
        contents = operation["responses"][str(example["status"])].setdefault("content", {})
        content = contents.setdefault(example["media_type"], {})
        shown = {"summary": f"{example['method']} {example['url']}", "value": example["given"]}
        content.setdefault("examples", {})[example["name"]] = shown
        if example["body"] is not None:
            taken = operation["requestBody"]["content"]["application/json"]
            taken.setdefault("examples", {})[example["name"]] = {"value": example["body"]}
    return openapi
