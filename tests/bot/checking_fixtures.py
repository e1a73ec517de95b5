"""The real thing, made once a session: the shipped corpus, its index in a folder of the session, the real model.

Test modules take these fixtures with ``pytest_plugins``; the models below stand in for a chat model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from bot.chain import Bot, Library, build, open_library
from bot.evaluation import Case, load_suite
from bot.generator import Generator
from bot.model import Answer
from bot.settings import Settings

SUITES = Path(__file__).parents[1] / "suites"


class ScriptedModel(BaseChatModel):
    """A chat model that answers with what ``reply`` makes of the messages it is sent."""

    reply: Callable[[list[BaseMessage]], str]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *args: Any, **more: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.reply(messages)))])


def statements_of(messages: Sequence[BaseMessage]) -> list[str]:
    """The numbered statements that a chat model is given, without their numbers."""
    _, _, listed = str(messages[-1].content).partition("Statements:\n")
    return [line.partition(". ")[2] for line in listed.splitlines()]


def worded_by(bot: Bot, reply: Callable[[list[BaseMessage]], str], name: str = "scripted") -> Bot:
    """The same bot with a chat model that words its answers."""
    return Bot(bot.corpus, bot.index, bot.reader.embedder, Generator(ScriptedModel(reply=reply), name))


def untimed(answer: Answer) -> Answer:
    """The answer without what differs from run to run."""
    return replace(answer, timings_ms={})


def alliance_turns(*, without: Sequence[str] = ()) -> list[tuple[str, tuple[str, ...]]]:
    """Every question of the suite with the questions before it, but for cases that have one of these tags."""
    cases: list[Case] = [c for c in load_suite(SUITES / "alliance.yaml").cases if not set(c.tags) & set(without)]
    return [(turn, case.turns[:number]) for case in cases for number, turn in enumerate(case.turns)]


@pytest.fixture(scope="session")
def alliance_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings.from_environ({"WHOLEADS_INDEX": str(tmp_path_factory.mktemp("alliance-index"))})
    build(settings)
    return settings


@pytest.fixture(scope="session")
def alliance_library(alliance_settings: Settings) -> Library:
    return open_library(alliance_settings)


@pytest.fixture(scope="session")
def alliance_bot(alliance_library: Library) -> Bot:
    return alliance_library.get("alliance")
