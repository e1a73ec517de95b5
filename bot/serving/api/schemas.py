"""The JSON Schemas of what the API gives, for /v1/schemas and docs/schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from bot.schema import contract
from bot.serving.api.problems import Problem, ProblemJson, ProblemType

SHAPES: Mapping[str, type[Any]] = {
    "answer": contract.AnswerJson,
    "check": contract.ReportJson,
    "facts": contract.FactsJson,
    "documents": contract.DocumentsJson,
    "document": contract.DocumentJson,
    "corpora": contract.CorporaJson,
    "feedback": contract.FeedbackJson,
    "conversations": contract.ConversationsJson,
    "conversation": contract.TurnsJson,
    "problem": ProblemJson,
}
"""What has a schema, by the schema's name."""


class SchemasJson(TypedDict):
    """The response of ``GET /v1/schemas``: names for ``GET /v1/schemas/{name}``."""

    schemas: list[str]


def schema_named(name: str) -> dict[str, Any]:
    """A JSON Schema (2020-12), which stands on its own. Raises Problem 404 where there is none of this name."""
    if name not in SHAPES:
        told = ", ".join(map(repr, SHAPES))
        raise Problem(ProblemType.UNKNOWN_SCHEMA, f"No schema {name!r}; there is {told}.")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:wholeads:schema:{name}"}
    return head | TypeAdapter(SHAPES[name]).json_schema()
