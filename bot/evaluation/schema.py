"""The JSON Schema of suites, for editors that complete and check YAML as it is written.

An editor is told of it by the first line of a suite::

    # yaml-language-server: $schema=suite.schema.json
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.evaluation.suite import NO_VERDICT
from bot.schema.answer import Status, Verdict

# Scalars are taken as they are written, so that numbers and yes are texts as well.
_TEXT: dict[str, object] = {"type": ["string", "number", "boolean"], "minLength": 1}

_MEANINGS = {
    "values": "exactly these, in any order; [] for none",
    "values_may": "these can be there beside 'values'",
    "values_include": "these among others",
    "contains": "literals in the answer, without regard to case",
    "excludes": "literals that are not in the answer",
    "matches": "regular expressions that find something in the answer",
    "not_matches": "regular expressions that find nothing",
    "cites": "text of a document that some citation overlaps",
    "correction_contains": "literals in the corrections of a checked text",
}


def suite_schema() -> dict[str, object]:
    """The schema, of draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A regression suite of wholeads",
        **_mapping(
            {"corpus": _said("id or folder of the corpus that the cases are asked of"), "cases": _cases()},
            ["cases"],
        ),
    }


def _cases() -> dict[str, object]:
    asked = {
        "question": _said("one question"),
        "turns": {**_texts("a conversation, whose last turn is judged"), "minItems": 1},
        "check": _said("a text whose claims are checked"),
    }
    case = _mapping(
        {
            "name": _said("unique in its file"),
            **asked,
            "expect": {**_mapping(_expectations(), []), "minProperties": 1},
            "tags": {**_texts("what the case is about; --tag chooses by it"), "minItems": 1},
            "why": _said("why this is right"),
        },
        ["name", "expect"],
    )
    one = [{"required": [key], "not": {"anyOf": _required(k for k in asked if k != key)}} for key in asked]
    # A question has no findings, a checked text no status and no values.
    only = {
        "if": {"required": ["check"]},
        "then": {"properties": {"expect": _without("status", "values", "values_may", "values_include")}},
        "else": {"properties": {"expect": _without("findings", "correction_contains")}},
    }
    return {"type": "array", "minItems": 1, "items": {**case, "oneOf": one, **only}}


def _expectations() -> dict[str, object]:
    return {
        "status": _choice(Status, "how the answer stands to the source; one, or a list of those accepted"),
        "verdict": _choice((*Verdict, NO_VERDICT), "of a yes/no question or a checked text; one, or a list"),
        "findings": _choice(Verdict, "the verdicts on the claims of a checked text, in order"),
        **{
            key: {**_texts(meaning), **({} if key == "values" else {"minItems": 1})}
            for key, meaning in _MEANINGS.items()
        },
    }


def _without(*keys: str) -> dict[str, object]:
    return {"not": {"anyOf": _required(keys)}}


def _required(keys: Iterable[str]) -> list[dict[str, object]]:
    return [{"required": [key]} for key in keys]


def _mapping(properties: dict[str, object], required: list[str]) -> dict[str, object]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _said(meaning: str) -> dict[str, object]:
    return {**_TEXT, "description": meaning}


def _texts(meaning: str) -> dict[str, object]:
    return {"type": "array", "items": _TEXT, "description": meaning}


def _choice(known: Iterable[str], meaning: str) -> dict[str, object]:
    one = {"enum": [str(each) for each in known]}
    return {"oneOf": [one, {"type": "array", "items": one, "minItems": 1}], "description": meaning}
