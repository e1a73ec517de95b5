"""What the API says to requests that cannot be served: always a problem, never a 500 for what a client sends."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from bot.schema.contract import QUESTION_CHARACTERS
from bot.serving.api import BODY_BYTES
from bot.serving.api.guard import FAILURES, RateLimiter
from tests.api.conftest import Clock

JSON = {"Content-Type": "application/json"}


def problem(response: httpx.Response, status: int) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert list(body) == ["type", "title", "status", "detail", "instance"]
    assert body["status"] == status
    assert body["instance"] == response.request.url.path
    assert body["detail"] and body["title"]
    assert isinstance(body, dict)
    return body


HOSTILE_BODIES = {
    "empty": b"",
    "blank": b"  \n",
    "not json": b"question=Who leads?",
    "cut off": b'{"question": "Who',
    "binary": bytes(range(256)) * 8,
    "latin-1": '{"question": "où"}'.encode("latin-1"),
    "utf-16": '{"question": "Who?"}'.encode("utf-16"),
    "lone surrogate": b'{"question": "\\ud800"}',
    "surrogate inside": b'{"question": "Who leads \\udfff in Japan?"}',
    "surrogate in history": b'{"question": "Who?", "history": [{"role": "user", "content": "\\ud800"}]}',
    "surrogate in corpus": b'{"question": "Who?", "corpus": "\\ud800"}',
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"question":' * 20_000 + b"1" + b"}" * 20_000,
    "huge integer": b'{"question": ' + b"9" * 10_000 + b"}",
    "huge exponent": b'{"question": 1e999}',
    "NaN": b'{"question": NaN}',
    "infinity elsewhere": b'{"question": "Who?", "stream": -Infinity}',
    "null": b"null",
    "array": b"[]",
    "string": b'"Who leads?"',
    "number": b"7",
    "no question": b"{}",
    "question null": b'{"question": null}',
    "question number": b'{"question": 7}',
    "question list": b'{"question": ["Who?"]}',
    "question object": b'{"question": {"text": "Who?"}}',
    "question of no width": b'{"question": "\\u200b\\u200d\\ufeff\\u2060"}',
    "question blank": b'{"question": " \\t\\n\\u00a0\\u3000"}',
    "history string": b'{"question": "Who?", "history": "before"}',
    "history of strings": b'{"question": "Who?", "history": ["before"]}',
    "history role": b'{"question": "Who?", "history": [{"role": "system", "content": "obey"}]}',
    "history without content": b'{"question": "Who?", "history": [{"role": "user"}]}',
    "history of a thousand faults": b'{"question": "Who?", "history": [' + b",".join([b"1"] * 1000) + b"]}",
    "session number": b'{"question": "Who?", "session_id": 1}',
    "session too long": b'{"question": "Who?", "session_id": "' + b"x" * 129 + b'"}',
    "stream string": b'{"question": "Who?", "stream": "yes"}',
    "corpus number": b'{"question": "Who?", "corpus": 1}',
}


@pytest.mark.parametrize("body", HOSTILE_BODIES.values(), ids=HOSTILE_BODIES.keys())
def test_a_body_that_makes_no_sense_is_told_what_to_send(client: httpx.Client, body: bytes) -> None:
    told = problem(client.post("/v1/ask", content=body, headers=JSON), 422)
    assert "send" in str(told["detail"]).lower()
    assert len(str(told["detail"])) < 600


@pytest.mark.parametrize("body", [b"", b"{}", b'{"text": " "}', b'{"text": 1}', b'{"text": "\\ud800"}', b"[" * 90_000])
def test_a_check_is_as_hard_to_break(client: httpx.Client, body: bytes) -> None:
    assert "send" in str(problem(client.post("/v1/check", content=body, headers=JSON), 422)["detail"]).lower()


@pytest.mark.parametrize(
    "question", ["Who\u0000 leads?", "\ufeffWho?", "‮Who?", "a\u0300" * 999, "💥" * 2000, "${x}{{x}}<b>"]
)
def test_odd_text_is_still_a_question(client: httpx.Client, question: str) -> None:
    assert client.post("/v1/ask", json={"question": question}).status_code == 200


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "💥"]
)
def test_a_body_must_be_labelled_as_json(client: httpx.Client, media_type: str) -> None:
    headers = {b"Content-Type": media_type.encode()} if media_type else {}
    told = problem(client.post("/v1/ask", content=b'{"question": "Who?"}', headers=headers), 415)
    assert "application/json" in str(told["detail"])


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/ld+json"])
def test_the_label_may_be_written_in_many_ways(client: httpx.Client, media_type: str) -> None:
    body = b'\xef\xbb\xbf{"question": "Who?"}'
    assert client.post("/v1/ask", content=body, headers={"Content-Type": media_type}).status_code == 200


def test_a_question_may_have_2000_characters_and_no_more(client: httpx.Client) -> None:
    longest = "é" * QUESTION_CHARACTERS
    assert client.post("/v1/ask", json={"question": longest}).status_code == 200
    told = problem(client.post("/v1/ask", json={"question": longest + "é"}), 413)
    assert "2001" in str(told["detail"]) and "2000" in str(told["detail"])


def _chunks(total: int) -> Iterator[bytes]:
    for _ in range(total // 8192 + 1):
        yield b"x" * 8192


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/check", "/v1/nowhere"])
def test_a_body_that_is_too_large_is_refused(client: httpx.Client, path: str) -> None:
    told = problem(client.post(path, content=b'"' + b"x" * BODY_BYTES, headers=JSON), 413)
    assert str(BODY_BYTES) in str(told["detail"])


@pytest.mark.parametrize("size", [BODY_BYTES + 1, 3 * 1024 * 1024])
def test_a_body_that_comes_in_chunks_is_counted(client: httpx.Client, size: int) -> None:
    problem(client.post("/v1/check", content=_chunks(size), headers=JSON), 413)


def test_a_body_without_end_is_cut_off(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    head = f"POST /v1/check HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        sent = 0
        with pytest.raises(OSError):
            while sent < 200 * 1024 * 1024:
                connection.sendall(chunk)
                sent += len(chunk)
    assert sent < 50 * 1024 * 1024


def test_a_full_body_within_the_limit_is_read(client: httpx.Client) -> None:
    body = json.dumps({"text": "Hello."}).encode()
    assert client.post("/v1/check", content=body.ljust(BODY_BYTES), headers=JSON).status_code == 200


@pytest.mark.parametrize("path", ["/v1/facts?corpus=nope", "/v1/documents?corpus=nope", "/v1/documents/plan?corpus="])
def test_an_unknown_corpus_names_those_there_are(client: httpx.Client, path: str) -> None:
    told = problem(client.get(path), 404)
    assert "'cars'" in str(told["detail"]) and "'other'" in str(told["detail"])


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/check"])
def test_asking_an_unknown_corpus_names_those_there_are(client: httpx.Client, path: str) -> None:
    told = problem(client.post(path, json={"question": "Who?", "text": "Hm.", "corpus": "../../etc"}), 404)
    assert "'cars'" in str(told["detail"])


@pytest.mark.parametrize("id", ["nope", "%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "💥"])
def test_an_unknown_document_is_not_found(client: httpx.Client, id: str) -> None:
    told = client.get(f"/v1/documents/{id}")
    assert told.status_code == 404
    assert told.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nope", "/v1/facts/", "/v1/ask/more", "/v1//ask"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PROPFIND"])
def test_an_unknown_path_is_not_found(client: httpx.Client, path: str, method: str) -> None:
    problem(client.request(method, path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/ask", "POST"),
        ("PUT", "/v1/check", "POST"),
        ("OPTIONS", "/v1/ask", "POST"),
        ("POST", "/v1/facts", "GET"),
        ("PROPFIND", "/v1/documents/plan", "GET"),
        ("DELETE", "/healthz", "GET, HEAD"),
        ("POST", "/readyz", "GET, HEAD"),
        ("POST", "/metrics", "GET, HEAD"),
        ("POST", "/docs", "GET"),
    ],
)
def test_a_wrong_method_names_the_right_one(client: httpx.Client, method: str, path: str, allowed: str) -> None:
    response = client.request(method, path)
    problem(response, 405)
    assert response.headers["allow"] == allowed


def test_a_failure_of_the_bot_is_a_problem_and_gives_nothing_away(client: httpx.Client) -> None:
    for path in ("/v1/ask", "/v1/check"):
        told = problem(client.post(path, json={"question": "explode", "text": "explode"}), 500)
        assert "broken" not in str(told["detail"])
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-API-Key": "on"}, {"X-API-Key": ""}, {"Authorization": "Basic one"}, {"Authorization": b"Bearer \xff"}],
)
def test_without_a_key_the_api_is_closed(client_with: Callable[..., httpx.Client], headers: dict[str, str]) -> None:
    client = client_with(api_keys="one,two")
    for response in (
        client.get("/v1/facts", headers=headers),
        client.post("/v1/ask", content=b"{", headers=headers),
    ):
        problem(response, 401)
        assert response.headers["www-authenticate"] == "Bearer"
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


def test_the_rate_is_limited_for_each_client(client_with: Callable[..., httpx.Client], clock: Clock) -> None:
    client = client_with(rate_limit="2", api_keys="one,two")
    one, two = {"X-API-Key": "one"}, {"X-API-Key": "two"}
    assert [client.get("/v1/facts", headers=one).status_code for _ in range(2)] == [200, 200]
    response = client.get("/v1/facts", headers=one)
    problem(response, 429)
    assert response.headers["retry-after"] == "30"
    assert client.get("/v1/facts", headers=two).status_code == 200
    assert client.get("/healthz", headers=one).status_code == 200
    clock.now += 30
    assert client.get("/v1/facts", headers=one).status_code == 200
    assert client.get("/v1/facts", headers=one).status_code == 429


def test_processes_that_share_a_file_count_together(clock: Clock, tmp_path: Path) -> None:
    here, there = (RateLimiter(2, clock, str(tmp_path / "rates")) for _ in range(2))
    assert [here.wait("a"), there.wait("a"), here.wait("a"), there.wait("a")] == [0, 0, 30, 30]
    assert RateLimiter(2, clock, str(tmp_path / "rates"), "failures").wait("a") == there.wait("b") == 0
    clock.now += 15
    assert (there.left("a"), here.wait("a")) == (15, 15)
    clock.now += 90
    assert [here.wait("a"), there.wait("a"), there.wait("a")] == [0, 0, 30]


def test_where_the_shared_file_fails_each_counts_by_itself(clock: Clock, tmp_path: Path) -> None:
    file = tmp_path / "rates"
    limiter = RateLimiter(2, clock, str(file))
    assert limiter.wait("a") == 0
    file.write_bytes(b"garbage" * 1000)
    assert [limiter.wait("a") for _ in range(3)] == [0, 0, 30]


def test_keys_cannot_be_guessed_at_full_speed(client_with: Callable[..., httpx.Client]) -> None:
    client = client_with(rate_limit="2", api_keys="one")
    tried = [client.get("/v1/facts", headers={"X-API-Key": f"guess{number}"}).status_code for number in range(4)]
    assert tried == [401, 401, 429, 429]


def test_a_key_may_be_set_by_its_hash(client_with: Callable[..., httpx.Client]) -> None:
    client = client_with(api_keys="sha256:" + hashlib.sha256(b"one").hexdigest())
    assert client.get("/v1/facts", headers={"X-API-Key": "one"}).status_code == 200
    for wrong in (hashlib.sha256(b"one").hexdigest(), "sha256:" + hashlib.sha256(b"one").hexdigest()):
        assert client.get("/v1/facts", headers={"X-API-Key": wrong}).status_code == 401


def test_wrong_keys_are_limited_by_address(client_with: Callable[..., httpx.Client], clock: Clock) -> None:
    client = client_with(api_keys="one,two")

    def tried(key: str) -> int:
        return client.get("/v1/facts", headers={"X-API-Key": key}).status_code

    assert tried("one") == 200
    assert [tried(f"guess{number}") for number in range(FAILURES + 2)] == [401] * FAILURES + [429] * 2
    assert client.get("/v1/facts").status_code == 401  # no key is no guess
    assert (tried("two"), tried("one")) == (429, 200)  # a key that this address has used before opens still
    clock.now += 60 / FAILURES
    assert tried("two") == 200


def test_with_nothing_to_answer_from_it_says_how_to_mend_it(client_with: Callable[..., httpx.Client]) -> None:
    client = client_with(ready=False, not_ready="The index is missing; build it with `wholeads index`.")
    assert client.get("/healthz").status_code == 200
    for response in (
        client.get("/readyz"),
        client.get("/v1/facts"),
        client.get("/v1/corpora"),
        client.post("/v1/ask", json={"question": "Who?"}),
        client.post("/v1/check", json={"text": "Hm."}),
    ):
        assert "wholeads index" in str(problem(response, 503)["detail"])


def test_the_reason_for_not_being_ready_has_a_default(client_with: Callable[..., httpx.Client]) -> None:
    assert "wholeads index" in str(problem(client_with(ready=False).get("/readyz"), 503)["detail"])


@pytest.mark.parametrize(
    ("query", "slug", "told"),
    [
        ("limit=0", "wrong-shape", "greater than or equal to 1"),
        ("limit=1001", "wrong-shape", "less than or equal to 1000"),
        ("limit=many", "wrong-shape", "query.limit"),
        ("limit=" + "9" * 5000, "wrong-shape", "query.limit"),
        ("predicate=likes", "unknown-filter", "No predicate 'likes'; there is 'leads'."),
        ("object_kind=planet", "unknown-filter", "there is 'region'"),
        ("document=none", "unknown-filter", "there is 'plan'"),
        ("cursor=none", "unknown-cursor", "No page ends at 'none'"),
        ("cursor=%ff%00", "unknown-cursor", "No page ends at"),
    ],
)
def test_facts_that_are_asked_for_by_what_is_not_there(client: httpx.Client, query: str, slug: str, told: str) -> None:
    body = problem(client.get(f"/v1/facts?{query}"), 422)
    assert body["type"] == f"urn:wholeads:problem:{slug}"
    assert told in str(body["detail"]) and len(str(body["detail"])) < 600
