"""The API with the real bot: what the contract promises, over the wire."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import create_app
from bot.answering.bot import Bot
from tests.api.conftest import serving

pytest_plugins = ("tests.bot.checking_fixtures",)

RENAULT = "Renault will be the leader for Europe, Russia, South America, and North Africa."


def ask(client: httpx.Client, question: str, **more: object) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def check(client: httpx.Client, text: str) -> dict[str, Any]:
    response = client.post("/v1/check", json={"text": text})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def events(client: httpx.Client, question: str, **more: object) -> Iterator[tuple[str, dict[str, Any]]]:
    body = {"question": question, "stream": True, **more}
    with client.stream("POST", "/v1/ask", json=body) as response:
        name = ""
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


def untimed(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in ("timings_ms", "session_id")}


def test_the_leader_of_europe_with_the_sentence_that_says_so(client: httpx.Client) -> None:
    body = ask(client, "Who leads in Europe?")
    assert body["answer"] == "Renault leads Europe. [1]"
    assert (body["status"], body["verdict"], body["values"], body["generator"]) == (
        "answered", None, ["Renault"], "facts",
    )  # fmt: skip
    (citation,) = body["citations"]
    assert citation["cited_text"] == RENAULT
    document = client.get(f"/v1/documents/{citation['document_id']}").json()
    assert document["text"][citation["start_char_index"] : citation["end_char_index"]] == RENAULT
    assert body["answer"][citation["answer_start"] : citation["answer_end"]] == "Renault leads Europe."
    (fact,) = body["facts"]
    assert (fact["subject"], fact["predicate"], fact["object"], fact["object_kind"]) == (
        "Renault", "leads", "Europe", "region",
    )  # fmt: skip
    assert fact["quote"] == RENAULT
    (finding,) = body["findings"]
    assert (finding["verdict"], finding["citations"], finding["correction"]) == ("supported", [1], None)
    assert body["receipt"]["answer"] == hashlib.sha256(body["answer"].encode()).hexdigest()


@pytest.mark.parametrize(
    ("question", "status", "values"),
    [
        ("Who leads in Thailand?", "inferred", ["Mitsubishi"]),
        ("Why does Nissan lead Europe?", "corrected", ["Renault"]),
        ("Who leads in Africa?", "partial", ["Renault"]),
        ("Who leads connected technology?", "ambiguous", ["Nissan", "Renault"]),
        ("Who leads in India?", "not_stated", []),
        ("What is the capital of France?", "out_of_scope", []),
        ("hello", "chat", []),
    ],
)
def test_every_status_reaches_the_client(client: httpx.Client, question: str, status: str, values: list[str]) -> None:
    body = ask(client, question)
    assert (body["status"], body["values"]) == (status, values)


def test_the_same_question_gives_the_same_bytes(client: httpx.Client) -> None:
    first = untimed(ask(client, "What does Renault lead?"))
    with ThreadPoolExecutor(max_workers=6) as pool:
        bodies = list(pool.map(lambda _: untimed(ask(client, "What does Renault lead?")), range(24)))
    assert all(json.dumps(body) == json.dumps(first) for body in bodies)


def test_a_session_carries_a_conversation(client: httpx.Client) -> None:
    session = ask(client, "Who leads in Europe?")["session_id"]
    second = ask(client, "And Japan?", session_id=session)
    assert (second["values"], second["standalone_question"]) == (["Nissan"], "Who leads Japan?")
    assert ask(client, "Does it also lead China?", session_id=session)["values"] == ["yes"]
    assert ask(client, "And Japan?")["session_id"] != session


def test_history_that_is_sent_is_understood(client: httpx.Client) -> None:
    history = [
        {"role": "user", "content": "Which regions does Renault lead?"},
        {"role": "assistant", "content": "Nissan leads everything."},
    ]
    assert ask(client, "And Nissan?", history=history)["values"] == ["China", "North America", "Japan"]


def test_a_stream_brings_the_answer_piece_by_piece_and_then_whole(client: httpx.Client) -> None:
    told = list(events(client, "Who leads in Asia?"))
    order = ["status", "citation", "delta", "finding", "done"]
    places = [order.index(name) for name, _ in told]
    assert places == sorted(places)
    done = told[-1][1]
    assert untimed(done) == untimed(ask(client, "Who leads in Asia?"))
    assert "".join(data["text"] for name, data in told if name == "delta") == done["answer"]
    assert [data for name, data in told if name == "citation"] == done["citations"]
    assert [data for name, data in told if name == "finding"] == done["findings"]


def test_a_streamed_question_is_remembered_too(client: httpx.Client) -> None:
    session = list(events(client, "Who leads in Europe?"))[-1][1]["session_id"]
    assert ask(client, "And Japan?", session_id=session)["values"] == ["Nissan"]


def test_a_text_is_checked_claim_by_claim(client: httpx.Client) -> None:
    text = "Nissan leads Europe. Renault leads Russia. Nissan leads India. Who leads Japan?"
    body = check(client, text)
    assert body["verdict"] == "refuted"
    assert [f["verdict"] for f in body["findings"]] == ["refuted", "supported", "not_enough_info"]
    assert [text[f["start"] : f["end"]] for f in body["findings"]] == [f["claim"] for f in body["findings"]]
    assert body["findings"][0]["correction"] == "Renault leads Europe."
    assert [c["cited_text"] for c in body["citations"]] == [RENAULT, RENAULT]
    assert body["receipt"]["answer"] == hashlib.sha256(text.encode()).hexdigest()


def test_a_long_text_is_checked_as_a_stream(client: httpx.Client) -> None:
    text = "\n\n".join(f"Nissan leads Europe. In chapter {number} Renault leads Russia." for number in range(120))
    told = []
    with client.stream("POST", "/v1/check", json={"text": text, "stream": True}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                told.append((name, json.loads(line.removeprefix("data: "))))
    assert told[-1] == ("done", check(client, text))
    assert [data for name, data in told if name == "finding"] == told[-1][1]["findings"]
    assert [data for name, data in told if name == "citation"] == told[-1][1]["citations"]
    progress = [(data["done"], data["total"]) for name, data in told if name == "status"]
    assert progress == sorted(progress) and progress[-1] == (len(text), len(text))
    assert len(progress) > 10


def test_a_text_that_claims_nothing_has_no_findings(client: httpx.Client) -> None:
    body = check(client, "Hello! Who leads Japan?")
    assert (body["findings"], body["citations"], body["verdict"]) == ([], [], "not_enough_info")


def test_offsets_count_code_points(client: httpx.Client) -> None:
    text = "👩🏽‍🚀🚗 Nissan leads Europe."
    (finding,) = check(client, text)["findings"]
    assert text[finding["start"] : finding["end"]] == finding["claim"] == "Nissan leads Europe"


def test_every_fact_stands_in_its_document(client: httpx.Client, alliance_bot: Bot) -> None:
    facts = client.get("/v1/facts").json()["facts"]
    assert [fact["id"] for fact in facts] == list(alliance_bot.corpus.facts)
    documents = {d["id"]: client.get(f"/v1/documents/{d['id']}").json() for d in documents_of(client)}
    for fact in facts:
        text = documents[fact["document_id"]]["text"]
        assert text[fact["start_char_index"] : fact["end_char_index"]] == fact["quote"]


def documents_of(client: httpx.Client) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = client.get("/v1/documents").json()["documents"]
    return listed


def test_a_documents_hash_is_that_of_its_text(client: httpx.Client) -> None:
    for summary in documents_of(client):
        document = client.get(f"/v1/documents/{summary['id']}").json()
        assert hashlib.sha256(document["text"].encode()).hexdigest() == document["sha256"] == summary["sha256"]
        assert len(document["text"]) == summary["characters"]


def test_the_server_is_ready_and_says_what_it_serves(client: httpx.Client) -> None:
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready" and "alliance" in ready["corpora"]
    corpora = client.get("/v1/corpora").json()
    assert corpora["default"] == "alliance"
    assert "Who leads in Europe?" in next(c for c in corpora["corpora"] if c["id"] == "alliance")["examples"]


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        ("/v1/ask", {"question": " "}, 422, "question"),
        ("/v1/ask", {"question": "x" * 2001}, 413, "2001"),
        ("/v1/ask", {"question": 7}, 422, "question"),
        ("/v1/ask", {"question": "Who leads?", "corpus": "nowhere"}, 404, "alliance"),
        ("/v1/check", {"text": ""}, 422, "text"),
        ("/v1/check", {"text": "x" * 300_000}, 413, ""),
    ],
)
def test_what_cannot_be_served_is_told_as_a_problem(
    client: httpx.Client, path: str, body: dict[str, object], status: int, told: str
) -> None:
    response = client.post(path, json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert told in response.json()["detail"]


def test_the_longest_texts_that_are_taken_are_answered(client: httpx.Client) -> None:
    assert len(ask(client, "Who leads in Europe? " * 95)["values"]) >= 1
    assert check(client, "Nissan leads Europe. " * 2000)["verdict"] == "refuted"


@pytest.mark.parametrize("question", ["\u0000", "'; DROP TABLE x;", "{0} %s", "<script>alert(1)</script>", "🚗" * 500])
def test_odd_questions_are_answered_and_never_fail(client: httpx.Client, question: str) -> None:
    assert ask(client, question)["question"] == question


def test_without_an_index_the_server_starts_and_names_the_command(tmp_path: Path) -> None:
    with serving(create_app({"WHOLEADS_INDEX": str(tmp_path)})) as url, httpx.Client(trust_env=False) as http:
        assert http.get(f"{url}/healthz").status_code == 200
        for refused in (http.get(f"{url}/readyz"), http.post(f"{url}/v1/ask", json={"question": "Who leads?"})):
            assert refused.status_code == 503
            assert "wholeads index" in refused.json()["detail"]
