from __future__ import annotations

from pathlib import Path

import pytest

import bot.answering.bot
from bot.answering.bot import Bot, Library
from bot.answering.settings import Settings
from bot.evaluation.noise import Typist
from bot.evaluation.phrasebook import Phrasebook, load_phrasebook
from corpus.language import Language, load_language
from corpus.loader import find_corpus, load_corpus
from corpus.model import Corpus
from corpus.world import World


@pytest.fixture(scope="session")
def alliance() -> Corpus:
    return load_corpus(find_corpus("alliance"))


@pytest.fixture(scope="session")
def english() -> Language:
    return load_language("en")


@pytest.fixture(scope="session")
def book() -> Phrasebook:
    return load_phrasebook("en")


@pytest.fixture(scope="session")
def world() -> World:
    return World.load()


@pytest.fixture(scope="session")
def typist(alliance: Corpus, world: World, english: Language, book: Phrasebook) -> Typist:
    return Typist(alliance, world, english, book)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped corpora's bots themselves, on an index built for these tests."""
    folder: Path = tmp_path_factory.mktemp("index")
    settings = Settings.from_environ({"WHOLEADS_INDEX": str(folder)})
    bot.answering.bot.build(settings)
    return bot.answering.bot.open_library(settings)


@pytest.fixture(scope="session")
def real_bot(library: Library) -> Bot:
    """The first corpus's bot."""
    return library.get("alliance")
