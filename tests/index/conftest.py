"""A small invented corpus, and embedders that need no model."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.model import Corpus, Document, Entity, Fact, Kind, Passage, Predicate, Quote

DIMENSIONS = 256

PARAGRAPHS = (
    "The Harbour Office runs the ferries and the lighthouse of Port Avon.",
    "The Parks Office looks after the botanical garden, the riverside meadows and every playground.",
    "Snow is cleared by the Roads Office, which also mends potholes and paints cycle lanes.",
    "The mayor, Ada Lind, said the offices were merged in 2019 to save paper.",
    "Libraries open on Sundays thanks to the Culture Office, says the yearly report.",
)


@dataclass
class WordEmbedder:
    """Embeds a text as the sum of one fixed random direction for each of its words; texts that share words are near.

    ``texts`` keeps what was embedded, in order; ``pause`` is the seconds that each call takes.
    """

    name: str = "words"
    dimensions: int = DIMENSIONS
    pause: float = 0.0

    def __post_init__(self) -> None:
        self.texts: list[str] = []
        self.batches: list[int] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        time.sleep(self.pause)
        self.texts += texts
        self.batches.append(len(texts))
        rows = np.array([self._sum(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dimensions)
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def _sum(self, text: str) -> NDArray[np.float64]:
        total = np.zeros(self.dimensions)
        for word in re.findall(r"\w+", text.lower()) or [text]:
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            total += np.random.default_rng(seed).standard_normal(self.dimensions)
        return total


def city_corpus(paragraphs: Sequence[str] = PARAGRAPHS, lead: str = "", language: str = "en") -> Corpus:
    """Offices of a city and what they run. ``lead`` is put before the first paragraph, and moves all the rest."""
    text = lead + "\n\n".join(paragraphs)
    document = Document(id="report", title="Yearly report", text=text, sha256=_sha256(text), language=language)
    passages = {passage.id: passage for passage in _passages(text, paragraphs)}
    quote = passages["p0"].quote
    offices = [Entity(name="Harbour Office", kind="office", aliases=("the harbour people", "Harbour Office"))]
    offices += [Entity(name=name, kind="office", aliases=()) for name in ("Parks Office", "Roads Office")]
    services = [Entity(name="ferries", kind="service", aliases=("boats",)), Entity(name="lighthouse", kind="service")]
    facts = [
        Fact("f1", "Harbour Office", "in_charge_of", "ferries", "service", quote, label="the ferries"),
        Fact("f2", "Harbour Office", "in_charge_of", "lighthouse", "service", quote),
    ]
    return Corpus(
        id="city",
        title="City offices",
        folder=Path("city"),
        sha256=_sha256(text + language),
        language=language,
        documents={document.id: document},
        passages=passages,
        kinds={"office": Kind("office", "offices", ("office",)), "service": Kind("service", "services", ("service",))},
        entities={entity.name: entity for entity in (*offices, *services)},
        predicates={"in_charge_of": Predicate("in_charge_of", ("office",), ("service",), ("runs",), functional=True)},
        facts={fact.id: fact for fact in facts},
    )


def long_corpus(paragraphs: int) -> Corpus:
    """A corpus of many paragraphs, each with words of its own."""
    rooms = (f"Room {n} of hall {n * 7} holds file number {n * 31}." for n in range(paragraphs))
    return city_corpus((*PARAGRAPHS, *rooms))


def _passages(text: str, paragraphs: Sequence[str]) -> Iterator[Passage]:
    start = 0
    for number, paragraph in enumerate(paragraphs):
        start = text.index(paragraph, start)
        quote = Quote("report", start, start + len(paragraph), paragraph)
        yield Passage(f"p{number}", quote, (quote,), heading="Who runs what" if number == 0 else "")
        start = quote.end


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def make_embedder() -> Callable[..., WordEmbedder]:
    return WordEmbedder


@pytest.fixture
def corpus() -> Corpus:
    return city_corpus()


@pytest.fixture
def make_corpus() -> Callable[..., Corpus]:
    return city_corpus


@pytest.fixture
def make_long_corpus() -> Callable[[int], Corpus]:
    return long_corpus


@pytest.fixture
def other_sha(corpus: Corpus) -> Corpus:
    """The same entries in a corpus whose files differ."""
    return replace(corpus, sha256=_sha256("a comment was added"))
