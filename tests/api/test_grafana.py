"""The dashboard: of the shape that Grafana takes, its queries well-formed and of metrics and labels that there are."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from bot.answering.chat_model import Breaker
from tests.api.fake_library import FakeBot
from tests.api.test_metrics import FakeChat, Outdated, app_of, ask, scraped

DASHBOARD = json.loads((Path(__file__).parents[2] / "deploy/grafana/wholeads.json").read_text(encoding="utf-8"))
QUERIES = [(panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"]]

# What this dashboard needs of the form that Grafana documents (dashboard JSON model, schema version 39).
TEXT, COUNT = {"type": "string", "minLength": 1}, {"type": "integer", "minimum": 0}
SOURCE = {"type": "object", "required": ["type", "uid"], "properties": {"type": {"const": "prometheus"}, "uid": TEXT}}
TARGET = {
    "type": "object",
    "required": ["refId", "expr", "datasource"],
    "properties": {"refId": {"pattern": "^[A-Z]$"}, "expr": TEXT, "datasource": SOURCE, "legendFormat": TEXT},
}
PANEL = {
    "type": "object",
    "required": ["id", "type", "title", "description", "gridPos", "targets", "datasource", "fieldConfig", "options"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "type": {"enum": ["timeseries", "stat"]},
        "title": TEXT,
        "gridPos": {
            "type": "object",
            "required": ["h", "w", "x", "y"],
            "properties": {"h": COUNT, "w": {"type": "integer", "maximum": 24}, "x": COUNT, "y": COUNT},
            "additionalProperties": False,
        },
        "targets": {"type": "array", "minItems": 1, "items": TARGET},
        "datasource": SOURCE,
        "fieldConfig": {"type": "object", "required": ["defaults", "overrides"]},
    },
}
SCHEMA = {
    "type": "object",
    "required": ["uid", "title", "schemaVersion", "version", "time", "templating", "annotations", "panels"],
    "properties": {
        "id": {"type": "null"},
        "uid": {"type": "string", "minLength": 1, "maxLength": 40},
        "title": TEXT,
        "description": TEXT,
        "tags": {"type": "array", "items": TEXT},
        "timezone": TEXT,
        "editable": {"type": "boolean"},
        "graphTooltip": {"enum": [0, 1, 2]},
        "refresh": TEXT,
        "schemaVersion": {"type": "integer", "minimum": 36},
        "version": COUNT,
        "time": {"type": "object", "required": ["from", "to"], "additionalProperties": {"type": "string"}},
        "templating": {
            "type": "object",
            "required": ["list"],
            "properties": {
                "list": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["type", "name", "query"],
                        "properties": {"type": {"enum": ["datasource", "query"]}, "name": TEXT, "query": TEXT},
                    },
                }
            },
        },
        "annotations": {"type": "object", "required": ["list"]},
        "panels": {"type": "array", "minItems": 1, "items": PANEL},
    },
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def labels() -> dict[str, set[str]]:
    """The labels of each metric that a server tells, once all kinds of things have happened."""
    library = Outdated({"cars": FakeBot()}, chat=FakeChat(Breaker()))
    found: dict[str, set[str]] = defaultdict(set)
    with TestClient(app_of(library), raise_server_exceptions=False) as client:
        assert ask(client, "Who leads Japan?") == 200
        client.post("/v1/check", json={"text": "Nissan leads Japan."})
        text = client.get("/metrics").text
        # Feedback is not kept here; its metric is known by its type alone.
        found.update({f"{name}_total": {"rating", "reason"} for name in re.findall(r"TYPE (\w+feedback)_total", text)})
        for name, pairs in scraped(client):
            found[name] |= {label for label, _ in pairs}
    return found


def test_it_has_the_shape_of_a_dashboard() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(DASHBOARD)
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    known = {variable["name"] for variable in DASHBOARD["templating"]["list"]} | {"__rate_interval"}
    assert set(re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD["panels"]))) <= known


def test_no_panel_lies_over_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken and max(x for x, _ in cells) < 24
        taken |= cells


@pytest.mark.parametrize(("title", "query"), QUERIES)
def test_a_query_is_well_formed_and_of_what_there_is(title: str, query: str, labels: dict[str, set[str]]) -> None:
    written = query.replace("$__rate_interval", "5m").replace("$job", ".+")
    promql_parser.parse(written)
    named: Any = re.findall(r"(wholeads_\w+)\{([^}]*)\}", written)
    assert named and len(named) == written.count("wholeads_")
    for metric, selectors in named:
        assert metric in labels, f"{title}: no such metric"
        used = set(re.findall(r"(\w+)\s*[=!]", selectors)) - {"job"}
        grouped = {label for each in re.findall(r"by \(([^)]*)\)", written) for label in re.findall(r"\w+", each)}
        assert used | grouped <= labels[metric], f"{title}: no such label"


def test_all_that_is_counted_is_shown(labels: dict[str, set[str]]) -> None:
    shown = {
        re.sub(r"_(total|bucket)$", "", name) for _, query in QUERIES for name in re.findall(r"wholeads_\w+", query)
    }
    told = {re.sub(r"_(total|bucket|sum|count|created)$", "", name) for name in labels if name.startswith("wholeads_")}
    assert told == shown
