"""No request keeps the server from its other clients: deadlines, places, clients that leave."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import anyio
import httpx
import pytest

from bot.answering.settings import Settings
from bot.schema.answer import Answer, CheckReport
from bot.serving.api import create_api
from bot.serving.api.problems import Problem
from bot.serving.api.workers import SWITCH, Workers
from corpus.deadline import Deadline, OutOfTime, keep_time
from tests.api.conftest import serving
from tests.api.fake_library import FakeLibrary, make_library


class Slow:
    """A bot's calls that take as long as they may; ``at_work`` are those that are being made."""

    def __init__(self, bot: object) -> None:
        self.bot, self.at_work, self.started = bot, 0, threading.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self.bot, name)

    def _work(self) -> None:
        self.at_work += 1
        self.started.set()
        try:
            while True:
                keep_time()
                time.sleep(0.005)
        finally:
            self.at_work -= 1

    def ask(self, question: str, history: object = ()) -> Answer:
        self._work()
        raise AssertionError

    def check(self, text: str) -> CheckReport:
        self._work()
        raise AssertionError

    def check_stream(self, text: str) -> Iterator[object]:
        yield from self.bot.check_stream(text)  # type: ignore[attr-defined]
        self._work()


class SlowLibrary:
    """One corpus whose bot never comes to an end by itself."""

    chat = None

    def __init__(self, library: FakeLibrary) -> None:
        self.slow = Slow(library.get(None))

    def get(self, corpus_id: str | None) -> Slow:
        return self.slow

    def parts(self) -> dict[str, dict[str, str]]:
        return {}

    def caches(self) -> dict[str, tuple[int, int, int | None, int]]:
        return {}

    def ids(self) -> tuple[str, ...]:
        return ("cars",)


@pytest.fixture
def slow() -> SlowLibrary:
    return SlowLibrary(make_library())


@pytest.fixture
def url(slow: SlowLibrary) -> Iterator[str]:
    with serving(create_api(slow, Settings.from_environ({"WHOLEADS_DEADLINE": "1"}))) as address:  # type: ignore[arg-type]
        yield address


def idle(slow: SlowLibrary) -> bool:
    """Whether no work is left, after a moment."""
    until = time.monotonic() + 2
    while slow.slow.at_work and time.monotonic() < until:
        time.sleep(0.01)
    return slow.slow.at_work == 0


@pytest.mark.parametrize(("path", "body"), [("/v1/ask", {"question": "Who?"}), ("/v1/check", {"text": "A. B."})])
def test_what_takes_too_long_is_told(url: str, slow: SlowLibrary, path: str, body: dict[str, str]) -> None:
    told = httpx.post(url + path, json=body, timeout=10, trust_env=False)
    assert (told.status_code, told.json()["type"]) == (422, "urn:wholeads:problem:too-much-work")
    assert "several parts" in told.json()["detail"] and idle(slow)


def test_a_stream_ends_with_what_is_done(url: str, slow: SlowLibrary) -> None:
    told = httpx.post(url + "/v1/check", json={"text": "A.", "stream": True}, timeout=10, trust_env=False)
    events = [block.split("\n")[0] for block in told.text.strip().split("\n\n")]
    assert events[0] == "event: status" and events[-1] == "event: error" and "too-much-work" in told.text
    assert idle(slow)


@pytest.mark.parametrize("stream", [False, True])
def test_the_work_ends_when_its_client_has_gone(url: str, slow: SlowLibrary, stream: bool) -> None:
    with pytest.raises(httpx.ReadTimeout):
        body = {"text": "A.", "stream": stream}
        with httpx.stream("POST", url + "/v1/check", json=body, timeout=0.2, trust_env=False) as response:
            for _ in response.iter_bytes():
                pass
    assert slow.slow.started.is_set() and idle(slow)


def test_others_are_told_to_come_back_and_health_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, slow: SlowLibrary
) -> None:
    monkeypatch.setattr("bot.serving.api.workers.WAITING", 0)
    codes: list[int] = []

    def check(address: str) -> None:
        codes.append(httpx.post(address + "/v1/check", json={"text": "A."}, timeout=20, trust_env=False).status_code)

    with serving(create_api(slow, Settings.from_environ({"WHOLEADS_DEADLINE": "2"}))) as address:  # type: ignore[arg-type]
        first = threading.Thread(target=check, args=(address,))
        first.start()
        assert slow.slow.started.wait(5)
        full = httpx.post(address + "/v1/check", json={"text": "B."}, timeout=5, trust_env=False)
        streamed = httpx.post(address + "/v1/check", json={"text": "B.", "stream": True}, timeout=5, trust_env=False)
        for path in ("/healthz", "/metrics"):
            asked = time.perf_counter()
            assert httpx.get(address + path, timeout=5, trust_env=False).status_code == 200
            assert time.perf_counter() - asked < 0.5
        first.join()
    for told in (full, streamed):
        assert (told.status_code, told.json()["type"]) == (503, "urn:wholeads:problem:busy")
    assert int(full.headers["Retry-After"]) > 0 and codes == [422]


@pytest.mark.parametrize("busy", [0, 1])
def test_a_check_rests_while_questions_are_worked_on(busy: int) -> None:
    questions: Any = SimpleNamespace(busy=busy)

    def work() -> float:
        keep_time()
        until = time.thread_time() + 0.1
        while time.thread_time() < until:
            pass
        started = time.perf_counter()
        keep_time()
        return time.perf_counter() - started

    rested = anyio.run(Workers(20, 1, first=(questions,)).run, None, work)
    assert rested >= 0.09 if busy else rested < 0.09


def test_threads_give_way_sooner_while_a_check_is_worked_on() -> None:
    def work() -> float:
        if chance.pop():
            raise OutOfTime
        return sys.getswitchinterval()

    before, questions, chance = sys.getswitchinterval(), SimpleNamespace(busy=0), [False, True, False]
    checks, asked = Workers(20, 1, first=(cast(Workers, questions),)), Workers(20, 1)
    assert anyio.run(checks.run, None, work) == pytest.approx(SWITCH)
    assert sys.getswitchinterval() == before
    with pytest.raises(Problem):
        anyio.run(checks.run, None, work)
    assert sys.getswitchinterval() == before
    assert anyio.run(asked.run, None, work) == before


def test_a_deadline_is_kept_from_thread_to_thread() -> None:
    deadline = Deadline(60)
    seen: list[object] = []

    def items() -> Iterator[int]:
        for number in range(10):
            keep_time()
            yield number

    def take(iterator: Iterator[int], then: Callable[[], None]) -> None:
        try:
            seen.append(next(iterator))
        except OutOfTime as error:
            seen.append(type(error))
        then()

    timed = deadline.over_each(items())
    for then in (lambda: None, deadline.end, lambda: None):
        thread = threading.Thread(target=take, args=(timed, then))
        thread.start()
        thread.join()
    assert seen == [0, 1, OutOfTime]
    keep_time()  # without a deadline there is time
