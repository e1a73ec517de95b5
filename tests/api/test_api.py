"""The API over a real socket: its shapes, its conversations, its streams."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from bot.schema.contract import TURNS
from tests.api.fake_library import TEXT

ANSWER_KEYS = [
    "question", "standalone_question", "answer", "status", "verdict", "values", "citations", "facts", "findings",
    "suggestions", "receipt", "alternatives", "reader", "generator", "session_id", "timings_ms",
]  # fmt: skip


def ask(client: httpx.Client, question: str, **more: object) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **more})
    assert response.status_code == 200, response.text
    body = response.json()
    assert isinstance(body, dict)
    return body


def events(client: httpx.Client, question: str, **more: object) -> Iterator[tuple[str, dict[str, object]]]:
    yield from sent(client, "/v1/ask", {"question": question, "stream": True, **more})


def sent(client: httpx.Client, path: str, body: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    with client.stream("POST", path, json=body) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


def test_an_answer_has_the_contracts_keys_in_order(client: httpx.Client) -> None:
    body = ask(client, "Who leads in Japan?")
    assert list(body)[: len(ANSWER_KEYS)] == ANSWER_KEYS
    assert body["values"] == ["Nissan"]
    assert body["timings_ms"] == {"understand": 0.412, "total": 1.5}
    (citation,) = body["citations"]
    assert list(citation) == [
        "index", "document_id", "document_title", "start_char_index", "end_char_index", "cited_text", "answer_start",
        "answer_end",
        "heading",
        "page",
    ]  # fmt: skip
    (finding,) = body["findings"]
    assert list(finding)[:7] == ["claim", "start", "end", "verdict", "explanation", "correction", "citations"]
    (fact,) = body["facts"]
    assert list(fact)[:5] == ["id", "subject", "predicate", "object", "object_kind"]


def test_a_citations_offsets_give_its_text_in_the_served_document(client: httpx.Client) -> None:
    (citation,) = ask(client, "Who leads in Europe?")["citations"]
    document = client.get(f"/v1/documents/{citation['document_id']}").json()
    assert document["text"][citation["start_char_index"] : citation["end_char_index"]] == citation["cited_text"]
    assert hashlib.sha256(document["text"].encode()).hexdigest() == document["sha256"]


def test_text_travels_as_utf_8_and_not_as_escapes(client: httpx.Client) -> None:
    raw = client.get("/v1/documents/plan").content
    assert "☕".encode() in raw
    question = "Где лидер? 日本 👩🏽‍🚀 e\u0301\u0000"
    assert ask(client, question)["question"] == question


def test_a_session_is_named_and_remembered(client: httpx.Client) -> None:
    session = ask(client, "Who leads in Japan?")["session_id"]
    ask(client, "And Europe?", session_id=session)
    assert ask(client, "Who asked?", session_id=session)["answer"] == "Who leads in Japan? | And Europe?"
    assert ask(client, "Who asked?")["answer"] == ""
    assert ask(client, "Who asked?", session_id=session, corpus="other")["answer"] == ""


def test_history_that_is_sent_is_used_instead_of_the_session(client: httpx.Client) -> None:
    session = ask(client, "Who leads in Japan?")["session_id"]
    history = [
        {"role": "user", "content": "Sent one"},
        {"role": "assistant", "content": "An answer"},
        {"role": "user", "content": " "},
        {"role": "user", "content": "Sent two"},
    ]
    assert ask(client, "Who asked?", history=history, session_id=session)["answer"] == "Sent one | Sent two"
    assert ask(client, "Who asked?", history=[], session_id=session)["answer"] == ""


def test_a_long_history_counts_from_its_end(client: httpx.Client) -> None:
    history = [{"role": "user", "content": str(number)} for number in range(TURNS + 5)]
    assert ask(client, "Who asked?", history=history)["answer"].split(" | ")[0] == "5"


def test_the_oldest_session_is_forgotten_first(client_with: Callable[..., httpx.Client]) -> None:
    client = client_with(sessions="2")
    for session in ("a", "b", "a", "c"):
        ask(client, f"in {session}", session_id=session)
    assert ask(client, "Who asked?", session_id="a")["answer"] == "in a | in a"
    assert ask(client, "Who asked?", session_id="b")["answer"] == ""


def test_one_keys_session_is_closed_to_another(client_with: Callable[..., httpx.Client]) -> None:
    client = client_with(api_keys="one,two")
    client.headers["X-API-Key"] = "one"
    ask(client, "Who leads in Japan?", session_id="s")
    client.headers["X-API-Key"] = "two"
    assert ask(client, "Who asked?", session_id="s")["answer"] == ""


def test_a_stream_ends_with_the_whole_answer(client: httpx.Client) -> None:
    seen = list(events(client, "Who leads in Japan?", session_id="stream"))
    names = [name for name, _ in seen]
    assert names[0] == "status" and names[-1] == "done"
    assert {"citation", "delta", "finding"} <= set(names)
    plain = ask(client, "Who leads in Japan?", session_id="plain")
    done = seen[-1][1]
    assert {**done, "session_id": ""} == {**plain, "session_id": ""}
    assert "".join(str(data["text"]) for name, data in seen if name == "delta").strip() == done["answer"]
    assert ask(client, "Who asked?", session_id="stream")["answer"] == "Who leads in Japan?"


def test_a_stream_survives_text_that_looks_like_line_ends(client: httpx.Client) -> None:
    question = "a\u2028b\u2029c\u0085d\r\n\ndata: e"
    seen = list(events(client, question))
    assert seen[-1][1]["question"] == question


def test_a_stream_that_breaks_says_so_as_a_problem(client: httpx.Client) -> None:
    name, data = list(events(client, "break off"))[-1]
    assert name == "error"
    assert data["status"] == 500 and data["instance"] == "/v1/ask"


def test_a_check_streams_its_findings_with_its_progress(client: httpx.Client) -> None:
    text = "Nissan leads Japan. Nissan leads Europe. Someone leads India"
    seen = list(sent(client, "/v1/check", {"text": text, "stream": True}))
    plain = client.post("/v1/check", json={"text": text}).json()
    assert [name for name, _ in seen if name != "citation"] == ["status", *["finding"] * 3, "status", "done"]
    assert [data for name, data in seen if name == "status"] == [
        {"status": "checking", "done": done, "total": len(text)} for done in (0, len(text))
    ]
    assert [data for name, data in seen if name == "finding"] == plain["findings"]
    assert seen[-1] == ("done", plain)


def test_a_check_that_breaks_in_the_middle_says_so_as_a_problem(client: httpx.Client) -> None:
    seen = list(sent(client, "/v1/check", {"text": "Nissan leads and we break off", "stream": True}))
    assert [name for name, _ in seen][-2:] == ["finding", "error"]
    assert (seen[-1][1]["status"], seen[-1][1]["instance"]) == (500, "/v1/check")


def test_a_check_that_cannot_be_streamed_is_refused_as_any_other(client: httpx.Client) -> None:
    assert client.post("/v1/check", json={"text": " ", "stream": True}).status_code == 422
    assert client.post("/v1/check", json={"text": "x", "stream": "yes"}).status_code == 422
    assert client.post("/v1/check", json={"text": "x" * 300_000, "stream": True}).status_code == 413


def test_a_withheld_finding_stands_nowhere_in_the_answer(client: httpx.Client) -> None:
    shown, withheld = ask(client, "Withhold what is said of Japan")["findings"]
    assert (shown["withheld"], shown["start"], shown["end"]) == (False, 0, 19)
    assert (withheld["withheld"], withheld["start"], withheld["end"]) == (True, None, None)
    assert withheld["correction"] == "Renault leads Europe."


def test_a_check_reports_each_claim(client: httpx.Client) -> None:
    text = "Nissan leads Japan. Nissan leads Europe. Someone leads India"
    body = client.post("/v1/check", json={"text": text}).json()
    assert list(body) == ["verdict", "findings", "citations", "receipt", "text"]
    assert body["verdict"] == "refuted"
    assert [finding["verdict"] for finding in body["findings"]] == ["supported", "refuted", "not_enough_info"]
    refuted = body["findings"][1]
    assert (refuted["correction"], refuted["reason"], refuted["facts"]) == (
        "Renault leads Europe.",
        "wrong_leader",
        ["f2"],
    )
    assert all(text[finding["start"] : finding["end"]] == finding["claim"] for finding in body["findings"])


def test_a_text_without_claims_has_no_findings(client: httpx.Client) -> None:
    body = client.post("/v1/check", json={"text": "Hello."}).json()
    assert (body["verdict"], body["findings"]) == ("not_enough_info", [])


def test_a_text_much_longer_than_a_question_is_checked(client: httpx.Client) -> None:
    assert client.post("/v1/check", json={"text": "Hello. " * 30_000}).status_code == 200


def test_the_corpora_their_documents_and_their_facts_are_listed(client: httpx.Client) -> None:
    corpora = client.get("/v1/corpora").json()
    assert corpora["default"] == "cars"
    assert [corpus["id"] for corpus in corpora["corpora"]] == ["cars", "other"]
    (document,) = client.get("/v1/documents", params={"corpus": "other"}).json()["documents"]
    assert "text" not in document and document["characters"] == len(TEXT)
    facts = client.get("/v1/facts").json()
    assert facts["corpus"] == "cars"
    assert [fact["id"] for fact in facts["facts"]] == ["f1", "f2"]
    assert facts["facts"][1]["qualifiers"] == {"since": ["2020"]}
    assert (
        TEXT[facts["facts"][0]["start_char_index"] : facts["facts"][0]["end_char_index"]] == facts["facts"][0]["quote"]
    )


def test_facts_are_picked_out_and_come_in_pages(client: httpx.Client) -> None:
    whole = client.get("/v1/facts").json()
    assert (whole["total"], whole["next_cursor"]) == (2, None)

    def ids(**params: str | int) -> list[str]:
        told = client.get("/v1/facts", params=params).json()
        return [fact["id"] for fact in told["facts"]]

    assert ids(subject="NISSAN") == ids(object="japan") == ids(text="China japan") == ["f1"]
    assert ids(predicate="leads", object_kind="region", document="plan") == ["f1", "f2"]
    assert ids(subject="Renault", object="Japan") == []
    first = client.get("/v1/facts", params={"limit": 1}).json()
    assert (first["facts"], first["total"]) == (whole["facts"][:1], 2)
    last = client.get("/v1/facts", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert (last["facts"], last["next_cursor"]) == (whole["facts"][1:], None)
    documents = client.get("/v1/documents", params={"limit": 1}).json()
    assert (len(documents["documents"]), documents["total"], documents["next_cursor"]) == (1, 1, None)


def test_it_is_healthy_and_ready(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    pools = {pool: {"busy": 0, "waiting": 0} for pool in ("ask", "check", "database")}
    ready = {"status": "ready", "corpora": ["cars", "other"], "pools": pools, "database": {"state": "ready"}}
    assert client.get("/readyz").json() == ready
    assert client.head("/healthz").status_code == 200


def test_the_description_covers_every_route_and_resolves(client: httpx.Client) -> None:
    openapi = client.get("/openapi.json").json()
    assert set(openapi["paths"]) == {
        "/v1/ask", "/v1/check", "/v1/feedback", "/v1/facts", "/v1/documents", "/v1/documents/{id}", "/v1/corpora",
        "/v1/chat/completions", "/v1/models", "/v1/models/{id}", "/v1/schemas", "/v1/conversations",
        "/v1/conversations/{id}", "/v1/schemas/{name}", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip
    body = openapi["paths"]["/v1/ask"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {"question", "history", "session_id", "corpus", "stream"}
    told = openapi["components"]["schemas"]["AnswerJson"]["properties"]
    assert list(told)[: len(ANSWER_KEYS)] == ANSWER_KEYS
    for reference in _references(openapi):
        assert reference.removeprefix("#/components/schemas/") in openapi["components"]["schemas"]


def test_the_docs_list_every_operation_and_load_nothing(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    shown = re.sub(r"<(pre|textarea)\b.*?</\1>", "", page.text, flags=re.S)  # there, examples quote addresses
    assert "http://" not in shown and "https://" not in shown and "src=" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for path in client.get("/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in page.text


def test_many_at_once_are_answered_side_by_side(client: httpx.Client) -> None:
    questions = [f"Who leads in {place}? {number}" for number in range(30) for place in ("Japan", "Europe")]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda question: ask(client, question), questions))
    assert [answer["question"] for answer in answers] == questions
    assert len({answer["session_id"] for answer in answers}) == len(questions)


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield str(value)
            yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


@pytest.mark.parametrize(
    "header", [{"Authorization": "Bearer two"}, {"authorization": "bearer two"}, {"X-API-Key": "two"}]
)
def test_a_key_opens_the_api(client_with: Callable[..., httpx.Client], header: dict[str, str]) -> None:
    client = client_with(api_keys="one, two")
    assert client.get("/v1/facts", headers=header).status_code == 200
