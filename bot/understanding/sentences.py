"""The sentences of the text that may answer, each as it is understood where it stands.

A row of a table is told with the heads of its columns, a sentence with the heading that it stands under, and where it
takes up the one before by a pronoun, with that one. What is quoted is the sentence itself.

    | Ferry | Cabins |        Ferries of 2031: Ferry: Aurora, Cabins: 40
    | ----- | ------ |
    | Aurora | 40 |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corpus.language import Cue, Language
from corpus.model import Corpus, Passage, Quote
from corpus.tables import row_told, states
from corpus.text import tokenize
from index.caches import Cache
from index.embedding import Embedder, KeptVectors
from index.search import Index

KEPT_SENTENCES = 12
"""Sentences that a model is shown."""
PASSAGES, SMALL = 8, 64
"""Passages whose sentences are candidates; a corpus of so many is small: it is looked through whole."""
KEPT_VECTORS = 50_000
OPENING = 3
"""Words at the beginning of a sentence among which a pronoun takes up the sentence before."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence where it stands; ``text`` is what it says there."""

    text: str
    quote: Quote
    passage: Passage


class Sentences:
    """Finds the sentences of a corpus that come nearest to a message. Safe from several threads."""

    def __init__(self, corpus: Corpus, language: Language, index: Index, embedder: Embedder) -> None:
        self.corpus, self.index = corpus, index
        self._pronouns = frozenset(w for cue in (Cue.PRONOUN, Cue.THOSE) for w in language.cues[cue] if " " not in w)
        self._small = len(corpus.passages) <= SMALL
        self._vectors = KeptVectors(embedder, KEPT_VECTORS)

    def caches(self) -> Iterator[tuple[str, Cache]]:
        """The vectors of sentences."""
        yield "sentence_vectors", self._vectors

    def warm(self) -> None:
        """Have the vectors of a small corpus before the first question."""
        if self._small:
            self._vectors.of([each.text for passage in self.corpus.passages.values() for each in self._of(passage)])

    def nearest(self, text: str) -> list[Sentence]:
        """The sentences that come nearest to a text, in words and, where they are few, in meaning; nearest first."""
        found = [
            (window.coverage + hit.score, self._standing(hit.passage, window.first))
            for hit in self.index.passages(text, SMALL if self._small else PASSAGES)
            for window in hit.windows
            if window.last - window.first == 1 and states(hit.passage, window.first)
        ]
        if self._small and found:
            vectors = np.stack(self._vectors.of([sentence.text for _, sentence in found]))
            likeness = (vectors @ self.index.vector(text)).tolist()
            found = [(score / 2 + like, each) for (score, each), like in zip(found, likeness, strict=True)]
        found.sort(key=lambda row: (-round(row[0], 4), row[1].quote.document_id, row[1].quote.start))
        return [sentence for _, sentence in found[:KEPT_SENTENCES]]

    def _of(self, passage: Passage) -> Iterator[Sentence]:
        return (self._standing(passage, at) for at in range(len(passage.sentences)) if states(passage, at))

    def _standing(self, passage: Passage, at: int) -> Sentence:
        """A sentence with what it is understood by."""
        quote = passage.sentences[at]
        text = quote.text
        if row := row_told(self.corpus, quote):
            text = row
        elif at and self._refers(text):
            text = f"({passage.sentences[at - 1].text}) {text}"
        return Sentence(f"{passage.heading}: {text}" if passage.heading else text, quote, passage)

    def _refers(self, text: str) -> bool:
        """Whether a sentence takes up the one before: by a pronoun, or because it begins in the middle."""
        words = [token.norm for token in tokenize(text[:60]) if token.word][:OPENING]
        return text[:1].islower() or any(word in self._pronouns for word in words)
