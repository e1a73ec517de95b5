"""A chat model only words what was found, and nothing that it makes up is ever shown."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import repeat
from threading import Event
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from bot.answering.bot import Bot
from bot.answering.chat_model import (
    ASKED_AT_ONCE,
    CHARACTERS,
    ChatModel,
    ChatModelError,
    Generator,
    open_chat_model,
)
from bot.schema.answer import Answer, Status, Verdict
from bot.wording.sentences import Line
from tests.bot.checking_helpers import (
    Patient,
    ScriptedModel,
    StreamingModel,
    alliance_turns,
    statements_of,
    untimed,
    worded_by,
)

pytest_plugins = ("tests.bot.checking_fixtures",)

QUESTION = "Who leads in Europe?"


def faithful(messages: list[BaseMessage]) -> str:
    return " ".join(statements_of(messages))


def says(text: str) -> GenericFakeChatModel:
    return GenericFakeChatModel(messages=repeat(AIMessage(text)))


def test_the_model_sees_the_question_and_the_numbered_statements_and_no_more() -> None:
    sent: list[BaseMessage] = []

    def reply(messages: list[BaseMessage]) -> str:
        sent.extend(messages)
        return "  Two things.\n"

    generator = Generator(ChatModel(ScriptedModel(reply=reply), "scripted"))
    lines = [Line("Renault leads Europe."), Line("Nissan leads Japan.")]
    assert list(generator.sentences("Which?", lines)) == ["Two things."]
    rules, asked = sent
    assert isinstance(rules, SystemMessage) and isinstance(asked, HumanMessage)
    assert asked.content == "Question: Which?\n\nStatements:\n1. Renault leads Europe.\n2. Nissan leads Japan."


def test_a_faithful_wording_is_shown_under_the_models_name(alliance_bot: Bot) -> None:
    bot = Bot(
        alliance_bot.corpus,
        alliance_bot.index,
        alliance_bot.reader.embedder,
        Generator(ChatModel(says("In Europe it is Renault that leads."), "fake:poet")),
    )
    answer = bot.ask(QUESTION)
    assert answer.answer == "In Europe it is Renault that leads. [1]"
    assert answer.generator == "fake:poet"
    assert (answer.status, answer.values) == (Status.ANSWERED, ("Renault",))
    assert [finding.verdict for finding in answer.findings] == [Verdict.SUPPORTED]
    assert answer.citations[0].quote.text.startswith("Renault will be the leader for Europe")


def test_a_model_that_fails_is_logged_and_the_facts_speak(alliance_bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    def fail(messages: list[BaseMessage]) -> str:
        raise RuntimeError("the provider is down")

    with caplog.at_level(logging.ERROR):
        answer = worded_by(alliance_bot, fail).ask(QUESTION)
    assert untimed(answer) == untimed(alliance_bot.ask(QUESTION))
    assert "the provider is down" in caplog.text


@pytest.mark.parametrize("question", ["hello", "What is the capital of France?", "Who leads in India?"])
def test_where_no_fact_was_found_no_model_is_asked(alliance_bot: Bot, question: str) -> None:
    asked: list[str] = []

    def note(messages: list[BaseMessage]) -> str:
        asked.append(str(messages))
        return "Nissan leads India."

    assert untimed(worded_by(alliance_bot, note).ask(question)) == untimed(alliance_bot.ask(question))
    assert asked == []


def test_a_models_wording_changes_neither_status_nor_values_nor_verdict(alliance_bot: Bot) -> None:
    worded = worded_by(alliance_bot, faithful)
    shown = 0
    for question, history in alliance_turns()[::4]:
        plain, answer = alliance_bot.ask(question, history), worded.ask(question, history)
        assert (answer.status, answer.values, answer.verdict) == (plain.status, plain.values, plain.verdict), question
        shown += answer.generator == "scripted"
    assert shown > 10


def test_a_lying_model_is_never_shown(alliance_bot: Bot) -> None:
    leaders = ("Renault", "Nissan", "Mitsubishi")

    def swapped(messages: list[BaseMessage]) -> str:
        text = faithful(messages)
        for name, number in zip(leaders, "123", strict=True):
            text = text.replace(name, number)
        for number, name in zip("123", (*leaders[1:], leaders[0]), strict=True):
            text = text.replace(number, name)
        return text

    liar = worded_by(alliance_bot, swapped)
    for question in (QUESTION, "Who leads in Thailand?", "What does Renault lead?", "Who leads autonomous driving?"):
        answer = liar.ask(question)
        assert answer.findings[-1].withheld or answer.findings[0].withheld
        shown = tuple(finding for finding in answer.findings if not finding.withheld)
        assert untimed(replace(answer, findings=shown)) == untimed(alliance_bot.ask(question))


# As it comes, and never beyond what is allowed


def streaming(pieces: Callable[[], Iterable[str]], seconds: float = 30.0) -> Generator:
    return Generator(ChatModel(StreamingModel(pieces=pieces), "streaming", seconds))


def bot_with(bot: Bot, generator: Generator) -> Bot:
    return Bot(
        bot.corpus, bot.index, bot.reader.embedder, generator, bot.reader.reranker, chooser=bot.interpreter.chooser
    )


def test_a_sentence_is_given_as_soon_as_it_is_whole() -> None:
    go_on = Event()

    def pieces() -> Iterator[str]:
        yield from ("Renault le", "ads Eu", "rope. Nis")
        assert go_on.wait(20)
        yield "san leads Japan"

    said = streaming(pieces).sentences(QUESTION, [])
    assert next(said) == "Renault leads Europe."
    go_on.set()
    assert list(said) == ["Nissan leads Japan"]


def test_a_stream_shows_a_sentence_before_the_model_has_ended(alliance_bot: Bot) -> None:
    go_on = Event()

    def pieces() -> Iterator[str]:
        yield "Sure! In Europe it is Renault that leads. And so"
        assert go_on.wait(20)
        yield " on."

    bot = bot_with(alliance_bot, streaming(pieces))
    events = bot.stream(QUESTION)
    seen = []
    for event in events:
        seen.append(event)
        if event.name == "delta" and str(event.payload).startswith("[1]"):
            break
    assert not go_on.is_set()
    go_on.set()
    rest = list(events)
    done = rest[-1].payload
    assert isinstance(done, Answer)
    deltas = [str(event.payload) for event in (*seen, *rest) if event.name == "delta"]
    assert "".join(deltas) == done.answer == "In Europe it is Renault that leads. [1]"
    assert [event.payload for event in (*seen, *rest) if event.name == "finding"] == list(done.findings)
    assert [event.payload for event in (*seen, *rest) if event.name == "citation"] == list(done.citations)
    assert untimed(bot.ask(QUESTION)) == untimed(done)


def test_what_was_said_before_a_model_failed_stays_and_the_facts_say_the_rest(
    alliance_bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    def pieces() -> Iterator[str]:
        yield "Europe is led by Renault. Japan is led by Mitsu"
        raise ConnectionError("the line went dead")

    answer = bot_with(alliance_bot, streaming(pieces)).ask("Who leads Europe and who leads Japan?")
    assert answer.answer == "Europe is led by Renault. [1] Nissan leads Japan. [2]"
    assert "the line went dead" in caplog.text
    assert not any(finding.withheld for finding in answer.findings), "half a sentence was never said"


def test_a_model_that_hangs_is_left(alliance_bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    let_go = Event()

    def pieces() -> Iterator[str]:
        let_go.wait(60)
        yield "Nissan leads Europe."

    bot = bot_with(alliance_bot, streaming(pieces, seconds=0.3))
    started = time.monotonic()
    answer = bot.ask(QUESTION)
    assert time.monotonic() - started < 20
    assert untimed(answer) == untimed(alliance_bot.ask(QUESTION))
    assert "WHOLEADS_MODEL_TIMEOUT" in caplog.text
    let_go.set()


def test_a_model_on_which_too_many_wait_is_not_asked(caplog: pytest.LogCaptureFixture) -> None:
    let_go = Event()

    def pieces() -> Iterator[str]:
        let_go.wait(60)
        yield "Too late."

    chat = ChatModel(StreamingModel(pieces=pieces), "streaming", 0.01, Patient())
    generator = Generator(chat)
    for _ in range(ASKED_AT_ONCE):
        assert list(generator.sentences(QUESTION, [])) == []
    chat.seconds = 60
    assert list(generator.sentences(QUESTION, [])) == []
    assert "waiting for it already" in caplog.text
    let_go.set()
    deadline = time.monotonic() + 20
    while not (said := list(generator.sentences(QUESTION, []))) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert said == ["Too late."], "places are given back"


@pytest.mark.parametrize("size", [1, 7, 5_000_000])
def test_a_model_that_does_not_stop_is_cut_off(size: int, caplog: pytest.LogCaptureFixture) -> None:
    sentence = "Renault leads Europe. " * (1 + size // 22)

    def pieces() -> Iterator[str]:
        for _ in range(1_000_000):
            yield sentence[:size] if size < 100 else sentence

    said = list(streaming(pieces).sentences(QUESTION, []))
    assert sum(map(len, said)) <= CHARACTERS
    assert str(CHARACTERS) in caplog.text


def test_a_sentence_without_end_is_never_given() -> None:
    assert list(streaming(lambda: repeat("Renault and ")).sentences(QUESTION, [])) == []


def test_a_reply_that_nobody_reads_on_is_given_up() -> None:
    read = []

    def pieces() -> Iterator[str]:
        for number in range(CHARACTERS):
            read.append(number)
            time.sleep(0.005)
            yield "So be it. "

    said = streaming(pieces).sentences(QUESTION, [])
    next(said)
    said.close()  # type: ignore[attr-defined]
    time.sleep(0.1)
    at = len(read)
    time.sleep(0.2)
    assert len(read) <= at + 1


# Which model


def test_a_model_behind_an_address_is_sent_its_own_key_alone() -> None:
    pytest.importorskip("langchain_openai")
    local: Any = open_chat_model("openai:small", "http://127.0.0.1:9/v1")
    assert local.openai_api_base == "http://127.0.0.1:9/v1"
    assert local.openai_api_key.get_secret_value() == "none"
    keyed: Any = open_chat_model("openai:small", "http://127.0.0.1:9/v1", "its-key")
    assert keyed.openai_api_key.get_secret_value() == "its-key"


@pytest.mark.parametrize("name", ["nonsense", "no-such-provider:x", "openai:"])
def test_a_model_that_cannot_be_had_is_told_with_the_mend(name: str) -> None:
    with pytest.raises(ChatModelError) as failure:
        open_chat_model(name)
    assert f"WHOLEADS_MODEL={name!r}" in str(failure.value)
    assert "provider:model" in str(failure.value) and "pip install" in str(failure.value)
