"""A chat model only words what was found, and nothing that it makes up is ever shown."""

from __future__ import annotations

import logging
from itertools import repeat

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from bot.chain import Bot
from bot.generator import ChatModelError, Generator, open_chat_model
from bot.model import Status, Verdict
from bot.wording import Line
from tests.bot.checking_helpers import ScriptedModel, alliance_turns, statements_of, untimed, worded_by

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

    generator = Generator(ScriptedModel(reply=reply), "scripted")
    assert generator.word("Which?", [Line("Renault leads Europe."), Line("Nissan leads Japan.")]) == "Two things."
    rules, asked = sent
    assert isinstance(rules, SystemMessage) and isinstance(asked, HumanMessage)
    assert asked.content == "Question: Which?\n\nStatements:\n1. Renault leads Europe.\n2. Nissan leads Japan."


def test_a_faithful_wording_is_shown_under_the_models_name(alliance_bot: Bot) -> None:
    bot = Bot(
        alliance_bot.corpus,
        alliance_bot.index,
        alliance_bot.reader.embedder,
        Generator(says("In Europe it is Renault that leads."), "fake:poet"),
    )
    answer = bot.ask(QUESTION)
    assert answer.answer == "In Europe it is Renault that leads. [1]"
    assert answer.generator == "fake:poet"
    assert (answer.status, answer.values) == (Status.ANSWERED, ("Renault",))
    assert [finding.verdict for finding in answer.findings] == [Verdict.SUPPORTED]
    assert answer.citations[0].quote.text.startswith("Renault will be the leader for Europe")


@pytest.mark.parametrize(
    "reply",
    [
        "Mitsubishi leads Europe.",
        "Renault leads Europe. Nissan leads Russia.",
        "Renault leads Europe, and Nissan does not lead Japan.",
        "Renault does not lead Europe.",
        "Renault leads five regions.",
        "Renault leads Europe. It was founded in 1899 by three brothers in Boulogne.",
        "Renault leads India.",
        "Renault leads Europe since 1999.",
        "Who leads Europe?",
        "Hello!",
        "",
        "   \n",
        "42",
    ],
)
def test_what_a_model_makes_up_is_replaced_by_the_wording_of_the_facts(alliance_bot: Bot, reply: str) -> None:
    worded = worded_by(alliance_bot, lambda _: reply).ask(QUESTION)
    assert untimed(worded) == untimed(alliance_bot.ask(QUESTION))
    assert worded.generator == "facts"


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
        assert untimed(liar.ask(question)) == untimed(alliance_bot.ask(question))


@pytest.mark.parametrize("name", ["nonsense", "no-such-provider:x", "openai:"])
def test_a_model_that_cannot_be_had_is_told_with_the_mend(name: str) -> None:
    with pytest.raises(ChatModelError) as failure:
        open_chat_model(name)
    assert f"WHOLEADS_MODEL={name!r}" in str(failure.value)
    assert "provider:model" in str(failure.value) and "pip install" in str(failure.value)
