"""The load: bounded in time and count, errors counted, no fresh question twice."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from benchmarks.load import asking, constant_app, drive, fresh_questions, measure_load, table
from benchmarks.served import NoServer, Server, wholeads
from bot.answering.settings import Settings
from bot.serving.api import create_api
from tests.api.conftest import serving
from tests.api.fake_library import make_library

QUESTIONS = tuple((f"Who leads in Japan, {number}?",) for number in range(400))


@pytest.fixture
def url() -> Iterator[str]:
    with serving(create_api(make_library(), Settings.from_environ({}))) as address:
        yield address


def test_each_mix_is_asked_for_its_time_and_no_longer(url: str) -> None:
    with serving(constant_app()) as constant:
        here = Server(url, os.getpid())
        loads = measure_load(here, f"{constant}/", "cars", QUESTIONS, clients=2, seconds=0.4, most=10_000)
    assert [load.mix for load in loads] == ["constant", "fresh", "repeated"]
    for load in loads:
        assert load.errors == 0 and load.per_second > 0 and load.seconds < 10
        assert 0 < load.within(0.5) <= load.within(0.95) <= load.within(0.99)
        assert min(load.resident) > 0
    assert loads[1].processor > 0
    assert len(loads[1].times) <= len(QUESTIONS)
    assert table(loads).row_count == 3


def test_no_more_is_sent_than_is_wanted_and_each_failure_counts(url: str) -> None:
    bodies = [asking(turns, "cars") for turns in QUESTIONS]
    load = asyncio.run(drive("fresh", f"{url}/v1/ask", bodies, clients=2, seconds=20, most=7))
    assert (len(load.times), load.errors) == (7, 0)
    wrong = asyncio.run(drive("fresh", f"{url}/v1/ask", [{"question": ""}] * 3, clients=2, seconds=20, most=10))
    assert (len(wrong.times), wrong.errors) == (0, 3)


def test_where_nothing_answers_the_mend_is_told() -> None:
    with serving(FastAPI()) as gone:
        pass
    with pytest.raises(NoServer, match="wholeads serve"), wholeads(gone):
        pass


def test_fresh_questions_are_asked_once() -> None:
    questions = fresh_questions("alliance", 60, seed=3)
    assert len({turns[-1] for turns in questions}) == len(questions) == 60
