"""Chat models that stand in for real ones, and what the tests over the shipped corpus share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from bot.answering.bot import Bot
from bot.answering.chat_model import Breaker, ChatModel, Generator
from bot.evaluation import load_suite
from bot.schema.answer import Answer

SUITES = Path(__file__).parents[1] / "suites"


class Patient(Breaker):
    """Never leaves a model alone, however often it fails."""

    def admit(self) -> None:
        """Nobody is turned away."""


class ScriptedModel(BaseChatModel):
    """A chat model that answers with what ``reply`` makes of the messages it is sent."""

    reply: Callable[[list[BaseMessage]], str]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *args: Any, **more: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.reply(messages)))])


class StreamingModel(BaseChatModel):
    """A chat model that gives its reply in pieces: those that ``pieces`` makes, when it makes them."""

    pieces: Callable[[], Iterable[str]]

    @property
    def _llm_type(self) -> str:
        return "streaming"

    def _generate(self, messages: list[BaseMessage], *args: Any, **more: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("".join(self.pieces())))])

    def _stream(self, messages: list[BaseMessage], *args: Any, **more: Any) -> Iterator[ChatGenerationChunk]:
        for piece in self.pieces():
            yield ChatGenerationChunk(message=AIMessageChunk(piece))


def statements_of(messages: Sequence[BaseMessage]) -> list[str]:
    """The numbered statements that a chat model is given, without their numbers."""
    _, _, listed = str(messages[-1].content).partition("Statements:\n")
    return [line.partition(". ")[2] for line in listed.splitlines()]


def worded_by(bot: Bot, reply: Callable[[list[BaseMessage]], str], name: str = "scripted") -> Bot:
    """The same bot with a chat model that words its answers."""
    generator = Generator(ChatModel(ScriptedModel(reply=reply), name))
    return Bot(
        bot.corpus, bot.index, bot.reader.embedder, generator, bot.reader.reranker, chooser=bot.interpreter.chooser
    )


def untimed(answer: Answer) -> Answer:
    """The answer without what differs from run to run."""
    return replace(answer, timings_ms={})


def alliance_turns(*, without: Sequence[str] = ()) -> list[tuple[str, tuple[str, ...]]]:
    """Every question of the suite with the questions before it, but for cases that have one of these tags."""
    cases = [c for c in load_suite(SUITES / "alliance.yaml").cases if not set(c.tags) & set(without)]
    return [(turn, case.turns[:number]) for case in cases for number, turn in enumerate(case.turns)]
