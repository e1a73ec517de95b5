"""The page at /docs: every operation of the OpenAPI description, and a form to try it, with nothing from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from typing import Any

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""The page carries its own style and script, and may speak to this server alone."""


def docs_page(openapi: Mapping[str, Any]) -> str:
    """A whole HTML page made from an OpenAPI description."""
    operations = "\n".join(
        _operation(path, method, operation, openapi)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    )
    info = openapi["info"]
    return (
        _asset("docs.html")
        .replace("{{title}}", escape(info["title"]))
        .replace("{{summary}}", escape(info.get("summary", "")))
        .replace("{{style}}", _asset("docs.css"))
        .replace("{{script}}", _asset("docs.js"))
        .replace("{{operations}}", operations)
    )


def _asset(name: str) -> str:
    return (files("bot.serving.api") / "static" / name).read_text(encoding="utf-8")


def _operation(path: str, method: str, operation: Mapping[str, Any], openapi: Mapping[str, Any]) -> str:
    """One operation: its method and path, what it does, what it takes, what it gives, and a form to try it."""
    taken = [_parameter(parameter) for parameter in operation.get("parameters", ())]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    taken += list(_properties(body)) if body else []
    given = [_response(status, told, openapi) for status, told in operation.get("responses", {}).items()]
    return f"""<details class="operation" id="{escape(operation["operationId"])}">
<summary><span class="method {escape(method)}">{escape(method.upper())}</span> <code>{escape(path)}</code>
<span class="what">{escape(operation.get("description", ""))}</span></summary>
{_table("Takes", ("name", "type", "meaning"), taken)}
{_table("Gives", ("status", "shape", "meaning"), given)}
{"".join(_examples(operation))}
{_form(path, method, body, operation)}
</details>"""


def _table(caption: str, columns: tuple[str, ...], rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    cells = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td><td>{escape(meaning)}</td></tr>"
        for name, kind, meaning in rows
    )
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>"


def _parameter(parameter: Mapping[str, Any]) -> tuple[str, str, str]:
    where = "in the path" if parameter["in"] == "path" else "in the query, may be left out"
    return parameter["name"], _type(parameter.get("schema", {})), parameter.get("description", where)


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    required = schema.get("required", ())
    for name, told in schema["properties"].items():
        optional = "" if name in required else " (may be left out)"
        yield name, _type(told), told.get("description", "") + optional


def _response(status: str, told: Mapping[str, Any], openapi: Mapping[str, Any]) -> tuple[str, str, str]:
    contents = told.get("content", {})
    content: Mapping[str, Any] = contents.get("application/json") or next(iter(contents.values()), {})
    schema: Mapping[str, Any] = content.get("schema", {})
    described = openapi.get("components", {}).get("schemas", {}).get(_type(schema), schema)
    return status, ", ".join(described.get("properties", ())), told.get("description", "")


def _examples(operation: Mapping[str, Any]) -> Iterator[str]:
    """What was sent and what came back, each to be unfolded."""
    for status, told in operation.get("responses", {}).items():
        for content in told.get("content", {}).values():
            for name, example in content.get("examples", {}).items():
                value = example["value"]
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
                yield (
                    f'<details class="example"><summary>{escape(status)} {escape(name)} '
                    f"<code>{escape(example['summary'])}</code></summary><pre>{escape(text)}</pre></details>"
                )


def _type(schema: Mapping[str, Any]) -> str:
    """A type in one line: "string", "object[]", "string or null"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"{_type(schema.get('items', {}))}[]"
    return str(schema.get("type", "any"))


def _form(path: str, method: str, body: Mapping[str, Any] | None, operation: Mapping[str, Any]) -> str:
    """A form that sends the request and shows what comes back; docs.js drives it."""
    ident = escape(operation["operationId"])
    example = json.dumps(_sent(operation, body), ensure_ascii=False, indent=2) if body else ""
    area = (
        f'<label for="{ident}-body">Body</label>'
        f'<textarea id="{ident}-body" name="body" rows="4" spellcheck="false">{escape(example)}</textarea>'
        if body
        else ""
    )
    return f"""<form data-method="{escape(method.upper())}">
<label for="{ident}-path">Path</label><input id="{ident}-path" name="path" value="{escape(path)}" spellcheck="false">
{area}<button type="submit">Send</button><pre aria-live="polite" hidden></pre></form>"""


def _sent(operation: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
    """A body to begin with: that of the first example, else what is required."""
    examples = operation["requestBody"]["content"]["application/json"].get("examples", {})
    return next((each["value"] for each in examples.values()), {name: "" for name in body.get("required", ())})
