"""The three walks of CONTRIBUTING.md are walked: every step is taken, in the order that is told."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from bot.answering.bot import Bot

pytest_plugins = ("tests.bot.checking_fixtures",)

PAGE = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
WALKS: dict[str, Callable[[Bot, str], object]] = {
    "A question": Bot.ask,
    "A claim": Bot.check,
    "Free text": Bot.ask,
}


def told(walk: str) -> tuple[str, list[str]]:
    """The message of a walk, and its steps as module:function."""
    [(message, table)] = re.findall(rf'^### {walk}: "(.*?)"\n\n(.*?)(?:\n\n|\Z)', PAGE, re.M | re.S)
    return message, [f"{module}:{name}" for module, name in re.findall(r"^\| `(.+?)` \| `(.+?)` \|", table, re.M)]


@contextmanager
def called() -> Iterator[list[str]]:
    """What is called of the program, call by call, in the order of the calls."""
    calls: list[str] = []

    def seen(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            calls.append(f"{frame.f_globals.get('__name__')}:{frame.f_code.co_qualname}")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        yield calls
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_goes_as_it_is_told(walk: str, alliance_bot: Bot) -> None:
    message, steps = told(walk)
    fresh = Bot(
        alliance_bot.corpus, alliance_bot.index, alliance_bot.reader.embedder, chooser=alliance_bot.interpreter.chooser
    )
    with called() as calls:
        WALKS[walk](fresh, message)
    assert steps
    at = -1
    for step in steps:
        assert step in calls, f"{step} is not called"
        assert step in calls[at + 1 :], f"{step} comes earlier"
        at = calls.index(step, at + 1)


def test_a_glossary_stays_short() -> None:
    _, _, words = PAGE.partition("\n## Words\n")
    assert 15 <= len(re.findall(r"^\| (?!term|---)", words, re.M)) <= 25
