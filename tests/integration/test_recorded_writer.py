"""A strong chat model as a writer, recorded: how much of its wording is let through, and that nothing else is.

What it said, seeing each prompt and nothing else, was let through 62 times of 86 on the development questions. The
answers were read by somebody who held them against the source alone: no sentence says more than its statements do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from langchain_core.messages import BaseMessage

from bot.answering.bot import Bot
from tests.bot.checking_helpers import worded_by
from tests.recorded import CASSETTES

pytest_plugins = ("tests.bot.checking_fixtures",)

EVERY = 4
_WORDS = re.compile(r"\w+")


def test_a_strong_writer_is_let_through_and_changes_nothing(alliance_bot: Bot) -> None:
    lines = (CASSETTES / "wordings" / "alliance.jsonl").read_text(encoding="utf-8").splitlines()
    known = {line["asked"]: line["said"] for line in map(json.loads, lines)}
    names = {name.casefold() for name in alliance_bot.corpus.entities}
    met: list[str] = []

    def says(messages: Sequence[BaseMessage]) -> str:
        prompt = str(messages[-1].content)
        met.extend({prompt} & set(known))
        return known.get(prompt, "")

    writer, shown, sample = worded_by(alliance_bot, says, "writer"), 0, list(known)[::EVERY]
    for prompt in sample:
        question = prompt.partition("\n")[0].removeprefix("Question: ")
        plain, answer = alliance_bot.ask(question), writer.ask(question)
        assert (answer.status, answer.verdict, answer.values) == (plain.status, plain.verdict, plain.values), question
        if answer.generator == "writer":
            shown += 1
            told = f"{prompt} {plain.answer}".casefold()
            said = re.sub(r" \[\d+\]", "", answer.answer).casefold()
            assert all(name in told for name in names if name in said), question
            assert {w for w in _WORDS.findall(said) if w.isdigit()} <= set(_WORDS.findall(told)), question
    assert len(met) >= 0.7 * len(sample), "the statements have changed: record the wordings anew"
    assert shown >= 0.5 * len(sample)
