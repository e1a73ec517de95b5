"""GET /metrics: what was asked is counted, once each, and nothing that anybody wrote is shown."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from bot.answering.bot import Library
from bot.answering.chat_model import FAILURES, REST, SLOW, Breaker, Tally
from bot.answering.settings import Settings
from bot.schema.answer import CheckReport
from bot.serving.api import BODY_BYTES, create_api
from tests.api.conftest import Clock, serving
from tests.api.fake_library import FakeBot, FakeEvent, FakeLibrary, make_library
from tests.api.test_api_errors import problem
from tests.bot.village import EqualChooser, open_village, write_village

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class Outdated(FakeLibrary):
    """Serves a corpus whose newer state cannot be loaded."""

    def parts(self) -> dict[str, object]:
        return {"served": {"cars": {"state": "outdated", "detail": "…"}}}


@dataclass
class FakeChat:
    breaker: Breaker
    tally: Tally = field(default_factory=Tally)


def app_of(library: FakeLibrary | None = None) -> FastAPI:
    return create_api(library or make_library(), Settings.from_environ({}))


@pytest.fixture
def client() -> Iterator[TestClient]:
    # A request of this client ends when the server is done with it, so that it has been counted by then.
    with TestClient(app_of(), raise_server_exceptions=False) as http:
        yield http


def scraped(client: httpx.Client | TestClient) -> Samples:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(response.text)
    samples = [sample for family in families for sample in family.samples]
    found = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


def value(samples: Samples, name: str, **labels: str) -> float:
    """The value of ``wholeads_…`` with these labels; 0 where it is not there."""
    return samples.get((f"wholeads_{name}", frozenset(labels.items())), 0.0)


def labelled(samples: Samples, name: str) -> dict[tuple[str, ...], float]:
    """The values of ``wholeads_…`` by their labels, in the order of the labels' names."""
    return {
        tuple(text for _, text in sorted(labels)): number
        for (found, labels), number in samples.items()
        if found == f"wholeads_{name}"
    }


def ask(client: TestClient, question: str, **more: object) -> int:
    return client.post("/v1/ask", json={"question": question, **more}).status_code


@pytest.mark.parametrize("stream", [False, True])
def test_answers_and_checks_are_counted_once_streamed_or_not(client: TestClient, stream: bool) -> None:
    assert ask(client, "Who leads Japan?", stream=stream) == ask(client, "Who leads India?", stream=stream) == 200
    text = "Renault leads India. Nissan leads Europe. Renault leads all of it. Nissan leads it"
    assert client.post("/v1/check", json={"text": text, "stream": stream}).status_code == 200
    samples = scraped(client)
    assert labelled(samples, "answers_total") == {
        ("facts", "exact", "answered"): 1,
        ("facts", "exact", "not_stated"): 1,
    }
    assert labelled(samples, "checked_claims_total") == {
        ("supported",): 2, ("refuted",): 1, ("not_enough_info",): 1,
    }  # fmt: skip
    assert labelled(samples, "requests_total") == {("POST", "/v1/ask", "200"): 2, ("POST", "/v1/check", "200"): 1}
    assert labelled(samples, "request_seconds_count") == {("/v1/ask",): 2, ("/v1/check",): 1}
    assert labelled(samples, "stage_seconds_count") == {("understand",): 2}
    assert labelled(samples, "stage_seconds_sum") == {("understand",): pytest.approx(2 * 0.00041234)}
    again = scraped(client)
    assert value(again, "requests_total", route="/metrics", method="GET", status="200") == 1
    assert labelled(again, "answers_total") == labelled(samples, "answers_total")


def test_a_stream_takes_until_it_has_ended() -> None:
    class Pausing(FakeBot):
        def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[FakeEvent]:
            for event in super().stream(question, history):
                yield event
                if event.name == "status":
                    time.sleep(0.1)

    with TestClient(app_of(FakeLibrary({"cars": Pausing()}))) as client:
        assert ask(client, "Who leads Japan?", stream=True) == 200
        assert value(scraped(client), "request_seconds_sum", route="/v1/ask") >= 0.1


def test_paths_and_methods_that_are_made_up_share_a_label(client: TestClient) -> None:
    for number in range(20):
        assert client.get(f"/v1/documents/made-up-{number}").status_code == 404
        assert client.get(f"/v1/made-up-{number}").status_code == 404
        assert client.get(f"/made-up-{number}").status_code == 404
        assert client.request(f"MADE{number}", "/v1/ask").status_code == 405
    samples = scraped(client)
    assert labelled(samples, "requests_total") == {
        ("GET", "/v1/documents/{id}", "404"): 20,
        ("GET", "other", "404"): 40,
        ("other", "/v1/ask", "405"): 20,
    }
    assert set(labelled(samples, "request_seconds_count")) == {("/v1/documents/{id}",), ("/v1/ask",)}


def test_what_fails_counts_under_its_status_and_is_no_answer(client: TestClient) -> None:
    assert ask(client, "explode") == 500
    assert ask(client, "explode", stream=True) == ask(client, "Who leads Japan? break off", stream=True) == 200
    assert ask(client, " ") == 422
    assert ask(client, "Who?", corpus="nope") == 404
    assert client.post("/v1/ask", content=b"x" * (BODY_BYTES + 1)).status_code == 413
    assert client.post("/v1/check", json={"text": "explode"}).status_code == 500
    samples = scraped(client)
    assert labelled(samples, "requests_total") == {
        ("POST", "/v1/ask", "500"): 1, ("POST", "/v1/ask", "200"): 2, ("POST", "/v1/ask", "422"): 1,
        ("POST", "/v1/ask", "404"): 1, ("POST", "/v1/ask", "413"): 1, ("POST", "/v1/check", "500"): 1,
    }  # fmt: skip
    assert labelled(samples, "answers_total") == labelled(samples, "stage_seconds_count") == {}
    assert set(labelled(samples, "checked_claims_total").values()) == {0}


def test_nothing_that_anybody_wrote_is_shown(client: TestClient) -> None:
    for stream in (False, True):
        body = {"question": "Who leads Japan, Xyzzy?", "text": "Xyzzy leads Japan.", "session_id": "xyzzy"}
        for path in ("/v1/ask", "/v1/check"):
            assert client.post(path, json={**body, "stream": stream}).status_code == 200
            client.post(path, json={**body, "corpus": "xyzzy", "stream": stream})
    client.request("XYZZY", "/xyzzy?xyzzy=xyzzy", headers={"X-API-Key": "xyzzy", "User-Agent": "xyzzy"})
    text = client.get("/metrics").text
    assert "xyzzy" not in text.lower() and "Japan" not in text and "Nissan" not in text


def test_how_long_work_waits_for_a_place_is_told(client: TestClient) -> None:
    class Slow(FakeBot):
        def check(self, text: str) -> CheckReport:
            time.sleep(0.2)
            return super().check(text)

    body = {"text": "Nissan leads Japan."}
    with serving(app_of(FakeLibrary({"cars": Slow()}))) as url, httpx.Client(base_url=url, trust_env=False) as http:
        threads = [threading.Thread(target=http.post, args=("/v1/check",), kwargs={"json": body}) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        samples = scraped(http)
    assert value(samples, "queue_seconds_count", pool="check") == 2
    assert value(samples, "queue_seconds_sum", pool="check") >= 0.1
    assert client.post("/v1/check", json={**body, "stream": True}).status_code == 200
    assert value(scraped(client), "queue_seconds_count", pool="check") == 1


def test_a_corpus_that_cannot_be_taken_up_is_told() -> None:
    with TestClient(app_of(Outdated({"cars": FakeBot()}))) as client:
        assert labelled(scraped(client), "corpus_outdated") == {("cars",): 1}


def test_what_caches_have_and_have_not_is_counted(tmp_path: Path) -> None:
    bot = open_village(write_village(tmp_path / "village"), EqualChooser(), tmp_path / "index")
    app = create_api(Library({"village": bot}, "village"), Settings.from_environ({}))
    with TestClient(app) as client:
        for _ in range(3):
            assert ask(client, "Who runs the mill?") == 200
        told = [labelled(scraped(client), f"cache_{result}_total")["readings",] for result in ("hits", "misses")]
        assert told == [2, 1]
        assert labelled(scraped(client), "cache_hits_total")["readings",] == 2  # looking counts nothing again


def test_two_applications_count_each_for_itself() -> None:
    with TestClient(app_of()) as one, TestClient(app_of()) as two:
        for client, times in ((one, 1), (two, 3)):
            assert [ask(client, "Who leads Japan?") for _ in range(times)] == [200] * times
        told = [labelled(scraped(client), "answers_total") for client in (one, two)]
    assert told == [{("facts", "exact", "answered"): 1}, {("facts", "exact", "answered"): 3}]


def test_the_chat_model_is_told_of_as_it_is_now(clock: Clock) -> None:
    chat = FakeChat(Breaker(clock))

    def state(samples: Samples) -> Mapping[tuple[str, ...], float]:
        return labelled(samples, "model_state")

    with TestClient(app_of(FakeLibrary({"cars": FakeBot()}, chat=chat))) as client:
        samples = scraped(client)
        assert state(samples) == {("closed",): 1, ("open",): 0, ("half-open",): 0}
        assert labelled(samples, "model_requests_total") == {("replied",): 0, ("failed",): 0, ("refused",): 0}
        for _ in range(FAILURES):
            chat.breaker.tell(False, SLOW)
        chat.tally.failed += FAILURES
        assert state(scraped(client)) == {("closed",): 0, ("open",): 1, ("half-open",): 0}
        clock.now += REST
        assert state(scraped(client)) == {("closed",): 0, ("open",): 0, ("half-open",): 1}
        chat.breaker.tell(True)
        chat.tally.replied, chat.tally.refused, chat.tally.seconds = 7, 2, 4.5
        chat.tally.prompt_tokens, chat.tally.completion_tokens = 900, 15
        samples = scraped(client)
    assert state(samples) == {("closed",): 1, ("open",): 0, ("half-open",): 0}
    assert labelled(samples, "model_requests_total") == {("replied",): 7, ("failed",): FAILURES, ("refused",): 2}
    assert labelled(samples, "model_tokens_total") == {("prompt",): 900, ("completion",): 15}
    assert value(samples, "model_seconds_total") == 4.5


def test_without_a_chat_model_or_a_corpus_the_rest_is_told(client: TestClient) -> None:
    with TestClient(create_api(None, Settings.from_environ({}))) as empty:
        assert ask(empty, "Who?") == 503
        samples = scraped(empty)
    assert labelled(samples, "requests_total") == {("POST", "/v1/ask", "503"): 1}
    for told in (samples, scraped(client)):
        names = {name for name, _ in told}
        assert not any(name.startswith("wholeads_model") for name in names)
        assert {"wholeads_workers_busy", "wholeads_workers_waiting", "python_info"} <= names


def test_what_is_kept_is_told_with_how_often_that_helped(client: TestClient) -> None:
    samples = scraped(client)
    told = {
        name: value(samples, f"cache_{name}", cache="pairs")
        for name in ("hits_total", "misses_total", "entries", "limit")
    }
    assert told == {"hits_total": 3, "misses_total": 1, "entries": 1, "limit": 10}


def test_who_is_at_work_and_who_waits_is_told_meanwhile() -> None:
    go_on = threading.Event()

    class Waiting(FakeBot):
        def check(self, text: str) -> CheckReport:
            assert go_on.wait(20)
            return super().check(text)

    def load(client: httpx.Client) -> list[float]:
        samples = scraped(client)
        return [value(samples, f"workers_{name}", pool="check") for name in ("busy", "waiting")]

    app = app_of(FakeLibrary({"cars": Waiting()}))
    with serving(app) as url, httpx.Client(base_url=url, timeout=20, trust_env=False) as client:

        def check() -> None:
            assert client.post("/v1/check", json={"text": "Nissan leads Japan."}).status_code == 200

        assert load(client) == [0, 0]
        checks = [threading.Thread(target=check) for _ in range(3)]
        for thread in checks:
            thread.start()
        until = time.monotonic() + 10
        while load(client) != [1, 2] and time.monotonic() < until:
            time.sleep(0.01)
        samples = scraped(client)
        assert load(client) == [1, 2] and value(samples, "workers_busy", pool="ask") == 0
        go_on.set()
        for thread in checks:
            thread.join()
        while load(client) != [0, 0] and time.monotonic() < until:
            time.sleep(0.01)
        assert load(client) == [0, 0]


def test_where_keys_are_set_one_is_needed_and_guesses_are_counted(client_with: Callable[..., httpx.Client]) -> None:
    client = client_with(rate_limit="2", api_keys="one")
    unknown = client.get("/metrics")
    problem(unknown, 401)
    assert unknown.headers["www-authenticate"] == "Bearer"
    problem(client.get("/metrics", headers={"X-API-Key": "guess"}), 401)
    problem(client.get("/metrics", headers={"X-API-Key": "guess"}), 429)
    # Whoever has a key may look as often as they like, and is left their requests to the API.
    key = {"Authorization": "Bearer one"}
    assert {client.get("/metrics", headers=key).status_code for _ in range(9)} == {200}
    assert client.get("/v1/facts", headers=key).status_code == 200


def test_the_page_about_them_names_all_that_are_there_and_no_other() -> None:
    with TestClient(app_of(Outdated({"cars": FakeBot()}, chat=FakeChat(Breaker())))) as client:
        text = client.get("/metrics").text
    shown = set(re.findall(r"^# TYPE (wholeads_\w+) ", text, re.M))
    rows = re.findall(r"^\| `(wholeads_\w+)` \|", PAGE.read_text(encoding="utf-8"), re.M)
    assert sorted(rows) == sorted(name for name in shown if not name.endswith("_created"))
