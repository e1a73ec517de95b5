"""Search by words: BM25 over stemmed words, the passages' side that knows names and numbers better than vectors do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import bm25s  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from corpus.text import stemmer
from index.ranking import Asked


@dataclass(frozen=True, slots=True)
class WordRules:
    """The names under which the two libraries know a language: its stopwords, and its stemmer."""

    stopwords: str
    stemmer: str


RULES = {
    # English has a short list and a long one; the long one holds the words that questions are made of.
    "en": WordRules("en_plus", "english"),
    "da": WordRules("da", "danish"),
    "de": WordRules("de", "german"),
    "es": WordRules("es", "spanish"),
    "fr": WordRules("fr", "french"),
    "it": WordRules("it", "italian"),
    "nl": WordRules("nl", "dutch"),
    "no": WordRules("no", "norwegian"),
    "pt": WordRules("pt", "portuguese"),
    "ru": WordRules("ru", "russian"),
    "sv": WordRules("sv", "swedish"),
    "tr": WordRules("tr", "turkish"),
}
"""By ISO 639-1 code. In any other language words are compared as they stand."""


K1, B = 0.9, 0.4
"""BM25's two constants, as ``benchmarks.passages`` measures them best: how soon a repeated word counts for no more, and
how much a long text is held back."""

KEPT = 50_000
"""How many stems are kept, and how many sentences' words."""


class Lexical:
    """BM25 scores of a fixed sequence of texts, and how much a word tells among them."""

    def __init__(self, texts: Sequence[str], language: str) -> None:
        self._rules = RULES.get(language)
        self._stem = lru_cache(maxsize=KEPT)(self._stemmed)
        self._size = len(texts)
        words = self._words(texts)
        self._texts_with = Counter(word for text in words for word in set(text))
        self._ranking = bm25s.BM25(k1=K1, b=B) if any(words) else None
        if self._ranking is not None:
            self._ranking.index(words, show_progress=False)
        self.words = lru_cache(maxsize=KEPT)(self._words_of)
        """The words of a text by their stems, in order, without those that say nothing."""

    def scores(self, text: str) -> NDArray[np.float32]:
        """The score of each text against ``text``, (n,), zero where they share no word."""
        words = list(self.words(text))
        if self._ranking is None or not words:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._ranking.get_scores(words), dtype=np.float32)

    def rarity(self, word: str) -> float:
        """How much a stem tells, above 0 and up to 1: the more, the fewer of the texts have it; 1 where none has."""
        texts = self._texts_with.get(word, 0)
        told = math.log(1 + (self._size - texts + 0.5) / (texts + 0.5))
        return told / math.log(1 + (self._size + 0.5) / 0.5)

    def asked(self, question: str) -> Asked:
        """What a question says, weighed by how rare its words are in the texts."""
        return Asked(question, self.words, self.rarity)

    def _words_of(self, text: str) -> tuple[str, ...]:
        [words] = self._words([text])
        return tuple(words)

    def _words(self, texts: Sequence[str]) -> list[list[str]]:
        words: list[list[str]] = bm25s.tokenize(
            list(texts),
            stopwords=self._rules.stopwords if self._rules else None,
            stemmer=self._stems if self._rules else None,
            return_ids=False,
            show_progress=False,
        )
        return words

    def _stems(self, words: Sequence[str]) -> list[str]:
        return [self._stem(word) for word in words]

    def _stemmed(self, word: str) -> str:
        assert self._rules is not None
        stem: str = stemmer(self._rules.stemmer).stemWord(word)
        return stem
