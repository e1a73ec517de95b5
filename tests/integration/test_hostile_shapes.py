"""Texts made to keep a server busy: the work grows as they do and no faster, and questions have an end."""

from __future__ import annotations

import gc
import time

import pytest

from benchmarks.siege import SHAPES as HOSTILE
from bot.answering.bot import Bot
from bot.schema.answer import Reason, Status
from bot.schema.contract import QUESTION_CHARACTERS
from bot.understanding.parser import LONGEST, MOST_NAMES

pytest_plugins = ("tests.bot.checking_fixtures",)

SHAPES = {
    **{shape: shape for shape in (*HOSTILE, "\n\n", "Renault and ", "Nissan leads China. ")},
    "longest lists": "Renault, Nissan, " * (MOST_NAMES // 2 - 1) + "and Renault lead Europe. ",
    "longest sentences of letters": "A " * LONGEST + ". ",
    "longest sentences of denials": "not " * LONGEST + ". ",
}
SHORT, TIMES = 2_000, 8


def seconds(bot: Bot, shape: str, length: int) -> float:
    text = (shape * (length // len(shape) + 1))[:length]
    # In a process that holds much, a sweep of the garbage collector takes longer than all of this.
    gc.disable()
    try:
        started = time.thread_time()
        bot.check(text)
        return time.thread_time() - started
    finally:
        gc.enable()


@pytest.mark.parametrize("name", SHAPES)
def test_the_work_grows_as_the_text(alliance_bot: Bot, name: str) -> None:
    seconds(alliance_bot, SHAPES[name], 200)
    short = max(0.1, seconds(alliance_bot, SHAPES[name], SHORT))
    assert seconds(alliance_bot, SHAPES[name], TIMES * SHORT) <= 1.5 * TIMES * short


def test_a_sentence_that_is_too_long_is_left_open(alliance_bot: Bot) -> None:
    report = alliance_bot.check("Nissan leads Europe and " * LONGEST + "so on. Renault leads Europe.")
    reasons = [finding.reason for finding in report.findings]
    assert reasons == [Reason.UNREAD, Reason.STATED] and "too long" in report.findings[0].explanation


def test_of_many_questions_some_are_read(alliance_bot: Bot) -> None:
    question = " ".join(f"Who leads Europe, and what about region {i}?" for i in range(100))[:QUESTION_CHARACTERS]
    answer = alliance_bot.ask(question)
    assert answer.status is not Status.CHAT
    assert "more questions were not read" in answer.answer
