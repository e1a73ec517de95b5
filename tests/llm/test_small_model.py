"""A real chat model, and a poor one: whatever it says, nothing becomes wrong that was right without it.

``make test-llm`` runs these; they tell what they see as they go.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from langchain_core.messages import BaseMessage

from bot.answering.bot import Bot
from bot.answering.chat_model import ChatModel, Generator, Reply
from bot.answering.exam import AT_ONCE, PASSED
from bot.answering.model_reader import ModelChooser, Reader
from bot.schema.answer import Answer, Status, Usage
from bot.understanding.chooser import Chooser, RankedChooser
from corpus.model import Corpus
from corpus.text import sentences, stem
from tests.bot.checking_helpers import Patient, alliance_turns, untimed
from tests.llm.served import Served, serving
from tests.recorded import CASSETTES, readings

pytestmark = pytest.mark.llm
pytest_plugins = ("tests.bot.checking_fixtures",)

READS, WORDS, LATE = 15.0, 10.0, 5.0
"""Seconds that it gets for a reading and for a wording, and that a slow machine may take beyond them."""
READ, WORDED = 30, 15
"""How many messages are read, how many answers are worded."""
QUOTED = re.compile(r'^(?:Message|Earlier question \d+): ("(?:[^"\\]|\\.)*")', re.M)
JOINTS = (
    "a an and are as at both by for from has have he her his in is it its of on or she so that the their there these "
    "they this those to was were where which who whose will with"
)
"""Words that say nothing by themselves."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("llm") / "server.log") as served:
        yield served


@pytest.fixture(scope="module")
def reader(served: Served) -> Reader:
    return Reader(served.chat(READS))


@pytest.fixture(autouse=True)
def _a_line_of_its_own() -> None:
    print(flush=True)


def tell(text: str) -> None:
    print(f"    {text}", flush=True)


def like(bot: Bot, generator: Generator | None = None, chooser: Chooser | None = None) -> Bot:
    """The same bot with a model that words, or with one that reads."""
    chooser = chooser or bot.interpreter.chooser
    return Bot(bot.corpus, bot.index, bot.reader.embedder, generator, bot.reader.reranker, chooser=chooser)


def reading(bot: Bot, reader: Reader) -> Bot:
    assert isinstance(bot.interpreter.chooser, RankedChooser)
    return like(bot, chooser=ModelChooser(reader, bot.interpreter.chooser, bot.corpus.title))


def unread() -> list[tuple[str, list[str]]]:
    """Messages that the program does not read exactly, with the questions before them."""
    prompts = readings([CASSETTES / "alliance.jsonl"])
    asked = [[json.loads(text) for text in QUOTED.findall(prompt)] for prompt in prompts]
    return [(message, earlier) for *earlier, message in asked[:: len(asked) // READ]][:READ]


def held(answer: Answer) -> tuple[object, ...]:
    """What no model's words may change."""
    return answer.status, answer.values, answer.verdict


def stems(*texts: str) -> set[str]:
    return {stem(word) for text in texts for word in re.findall(r"\w+", text.casefold())}


def known(corpus: Corpus, answer: Answer) -> set[str]:
    """The words of the vocabulary: for relations and kinds, and for whom and what the facts of an answer are about."""
    kinds = [text for kind in corpus.kinds.values() for text in (kind.name, kind.plural, *kind.words)]
    relations = [text for predicate in corpus.predicates.values() for text in predicate.words]
    named = {name for fact in answer.facts for name in (fact.subject, fact.object)} & set(corpus.entities)
    return stems(*kinds, *relations, *(text for name in named for text in (name, *corpus.entities[name].aliases)))


def said(answer: Answer) -> list[str]:
    """The sentences of an answer, without the numbers of its sources."""
    text = re.sub(r" ?\[\d+\]", "", answer.answer)
    return [text[start:end].strip() for start, end in sentences(text)]


def test_it_speaks(served: Served) -> None:
    timings = served.say("Tell me about the sea.", max_tokens=60)["timings"]
    tell("{prompt_per_second:.0f} tokens a second read, {predicted_per_second:.0f} said".format(**timings))
    assert timings["predicted_per_second"] > 1


def test_its_server_keeps_to_a_form(served: Served) -> None:
    picks = {"type": "array", "items": {"type": "integer"}, "maxItems": 3}
    schema = {"type": "object", "properties": {"picks": picks}, "required": ["picks"], "additionalProperties": False}
    form = {"type": "json_schema", "json_schema": {"name": "Reading", "schema": schema}}
    reply = served.say("Which of the readings 1, 2 and 3 is meant?", response_format=form, max_tokens=60)
    text = reply["choices"][0]["message"]["content"]
    tell(f"asked for JSON it says {text!r}")
    assert set(json.loads(text)) == {"picks"}


def test_it_fails_its_exam_in_time(reader: Reader) -> None:
    started = time.monotonic()
    passed = reader.exam.passed()
    took = time.monotonic() - started
    tell(f"the exam: {reader.exam.right} right in {took:.0f} s; {PASSED} of 10 are needed")
    assert took < 10 / AT_ONCE * READS + LATE
    assert (passed, reader.exam.taken) == (False, 1)


def test_where_it_may_not_read_everything_is_read_without_it(alliance_bot: Bot, reader: Reader) -> None:
    assert not reader.exam.passed()
    with_model, before, ranked = reading(alliance_bot, reader), replace(reader.chat.tally), 0
    for message, earlier in unread():
        answer, plain = with_model.ask(message, earlier), alliance_bot.ask(message, earlier)
        assert untimed(answer) == untimed(plain), message
        ranked += answer.reader == "ranked"
    tell(f"{READ} messages answered as without it, {ranked} of them read by the ranked chooser")
    assert ranked > READ // 2
    assert reader.chat.tally == before, "it is not asked again"


def test_what_it_words_adds_nothing_and_changes_nothing(alliance_bot: Bot, served: Served) -> None:
    chat = served.chat(WORDS, Patient())
    with_model, shown, withheld = like(alliance_bot, Generator(chat)), 0, 0
    for question, earlier, plain in stated(alliance_bot):
        started = time.monotonic()
        answer = with_model.ask(question, earlier)
        took, own = time.monotonic() - started, said(plain)
        others = [sentence for sentence in said(answer) if sentence not in own]
        shown += len(others)
        withheld += sum(finding.withheld for finding in answer.findings)
        tell(f"{took:4.1f} s  {question}  ->  {' '.join(others) or '(in the words of the facts)'}")
        assert held(answer) == held(plain), question
        assert took < WORDS + LATE, question
        allowed = stems(JOINTS, question, *own) | known(alliance_bot.corpus, answer)
        assert [sentence for sentence in others if stems(sentence) - allowed] == [], question
    tell(f"{shown} of its sentences shown, {withheld} things that it said withheld; {chat.tally}")
    assert chat.tally.seconds > 0 and chat.tally.refused == 0


def stated(bot: Bot) -> Iterator[tuple[str, Sequence[str], Answer]]:
    """Questions that the facts answer, from all over the suite, with the answers without a model."""
    turns = alliance_turns()
    spread = [turns[at] for first in range(7) for at in range(first, len(turns), 7)]
    found = 0
    for question, earlier in spread:
        plain = bot.ask(question, earlier)
        if plain.status is Status.ANSWERED and plain.facts and plain.generator == "facts":
            yield question, earlier, plain
            found += 1
        if found == WORDED:
            return


class CutOff(ChatModel):
    """A model whose server is killed in the middle of what it says."""

    def __init__(self, served: Served) -> None:
        chat = served.chat(READS)
        super().__init__(chat.model, chat.name, chat.seconds)
        self.served, self.heard = served, 0

    def stream(self, messages: Sequence[BaseMessage], spent: Callable[[Usage], None]) -> Iterator[str]:
        for piece in super().stream(messages, spent):
            self.heard += 1
            if self.heard == 3:
                self.served.kill()
            yield piece

    def reply(self, messages: Sequence[BaseMessage], schema: Mapping[str, Any]) -> Reply:
        Timer(0.5, self.served.kill).start()
        return super().reply(messages, schema)


def test_a_model_that_dies_while_it_speaks_is_done_without(
    alliance_bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    question = "Who leads in Europe?"
    with serving(tmp_path / "server.log") as served:
        chat = CutOff(served)
        bot, plain = like(alliance_bot, Generator(chat)), alliance_bot.ask(question)
        with caplog.at_level(logging.ERROR):
            answers = [bot.ask(question) for _ in range(2)]
    tell(f"killed after {chat.heard} pieces of its reply")
    assert chat.heard >= 3
    assert [(held(answer), answer.answer) for answer in answers] == [(held(plain), plain.answer)] * 2
    assert caplog.text.count("worded without it") == 2


def test_a_model_that_dies_while_it_reads_is_done_without(alliance_bot: Bot, tmp_path: Path) -> None:
    message, earlier = unread()[0]
    with serving(tmp_path / "server.log") as served:
        reader = Reader(CutOff(served))
        started = time.monotonic()
        answer = reading(alliance_bot, reader).ask(message, earlier)
    tell(f"killed in the middle of its exam; answered after {time.monotonic() - started:.1f} s")
    assert untimed(answer) == untimed(alliance_bot.ask(message, earlier))
    assert reader.exam.right is None
