"""Both corpora, read once: from their folders alone, with no index, no embedding model and no server."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.language import Language, load_language
from corpus.loader import find_corpus, load_corpus
from corpus.world import World
from tests.bot.core import Core, write_brigade


@pytest.fixture(scope="session")
def world() -> World:
    return World.load()


@pytest.fixture(scope="session")
def english() -> Language:
    return load_language("en")


@pytest.fixture(scope="session")
def alliance(world: World, english: Language) -> Core:
    """The shipped corpus."""
    return Core(load_corpus(find_corpus("alliance")), english, world)


@pytest.fixture(scope="session")
def clusters(world: World, english: Language) -> Core:
    """The shipped corpus of several dated documents: leads are shared, and not all documents agree."""
    return Core(load_corpus(find_corpus("clusters")), english, world)


@pytest.fixture(scope="session")
def harbours(world: World, english: Language) -> Core:
    """An invented corpus of many predicates, some of which take dates, numbers and shares."""
    return Core(load_corpus(Path(__file__).parent / "harbours"), english, world)


@pytest.fixture(scope="session")
def waterworks(world: World, english: Language) -> Core:
    """An invented corpus of relations that share words, numbered things and a leader that changed."""
    return Core(load_corpus(Path(__file__).parent / "waterworks"), english, world)


@pytest.fixture(scope="session")
def depot(world: World, english: Language) -> Core:
    """An invented corpus whose predicates have patterns of their own."""
    return Core(load_corpus(Path(__file__).parent / "depot"), english, world)


@pytest.fixture(scope="session")
def brigade(tmp_path_factory: pytest.TempPathFactory, world: World, english: Language) -> Core:
    """The invented corpus: districts are no places of the world, and one predicate takes departments on both sides."""
    return Core(load_corpus(write_brigade(tmp_path_factory.mktemp("brigade"))), english, world)


@pytest.fixture(scope="session")
def world_cores(world: World, english: Language) -> tuple[Core, Core]:
    """The shipped corpus twice: what was asked of one must not show in the answers of the other."""
    corpus = load_corpus(find_corpus("alliance"))
    return Core(corpus, english, world), Core(corpus, english, world)


@pytest.fixture(scope="session", params=["alliance", "brigade"])
def core(request: pytest.FixtureRequest) -> Core:
    """Each of the two, for what must hold of any corpus."""
    found: Core = request.getfixturevalue(request.param)
    return found
